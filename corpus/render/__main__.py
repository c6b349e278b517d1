"""``python -m corpus.render ID|FILE… --out DIR [--grade scan] [--form pdf,docx,png]``: renders letters with their gold.

Writes ``<id>.pdf``, ``<id>.docx``, ``<id>-<page>.png`` and ``<id>.boxes.json`` (boxes of zones, marks and words; of the
typed PDF in points, of images in pixels) and ``<id>.json`` (the gold form of the contract).
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from corpus.gold import to_gold
from corpus.load import load, read
from corpus.model import AnnotatedLetter
from corpus.render.boxes import GoldBox, gold_boxes
from corpus.render.docx import to_docx
from corpus.render.layout import lay_out
from corpus.render.pdf import draw_pdf
from corpus.render.scan import GRADES, Scan, scan
from corpus.render.style import choose_style
from models.errors import CongvanError


def scan_pdf(found: Scan) -> bytes:
    """The page images of a scan as one PDF without a text layer."""
    images = [Image.fromarray(page.image) for page in found.pages]
    if found.grade == "fax":
        images = [image.convert("1") for image in images]
    buffer = io.BytesIO()
    dpi = found.pages[0].dpi
    quality = {} if found.grade == "fax" else {"quality": 70}
    images[0].save(buffer, "PDF", resolution=dpi, save_all=True, append_images=images[1:], **quality)
    return buffer.getvalue()


def box_records(boxes: Iterable[GoldBox]) -> list[dict[str, object]]:
    """Boxes as plain objects for JSON."""
    return [
        {
            "kind": b.kind, "name": b.name, "span": list(b.span), "page": b.page, "box": [round(v, 1) for v in b.box],
            "text": b.text,
        }
        for b in boxes
    ]  # fmt: skip


def render(letter: AnnotatedLetter, out: Path, forms: Sequence[str], grade: str, seed: int) -> None:
    """Write one letter in the forms asked for."""
    style = choose_style(letter, seed)
    (out / f"{letter.id}.json").write_text(json.dumps(to_gold(letter), ensure_ascii=False, indent=1), encoding="utf-8")
    if "txt" in forms:
        (out / f"{letter.id}.txt").write_text(letter.text + "\n", encoding="utf-8")
    if "docx" in forms:
        (out / f"{letter.id}.docx").write_bytes(to_docx(letter, seed, style=style))
    boxes: list[GoldBox] = []
    if "pdf" in forms:
        layout = lay_out(letter, style)
        (out / f"{letter.id}.pdf").write_bytes(draw_pdf(layout, title=letter.id))
        boxes = gold_boxes(letter, layout, words=True)
    if "png" in forms or "scan" in forms:
        found = scan(letter, grade, seed, style)  # type: ignore[arg-type]
        boxes = found.boxes
        if "scan" in forms:
            (out / f"{letter.id}-scan.pdf").write_bytes(scan_pdf(found))
        if "png" in forms:
            for number, page in enumerate(found.pages, start=1):
                Image.fromarray(page.image).save(out / f"{letter.id}-{number}.png")
    (out / f"{letter.id}.boxes.json").write_text(json.dumps(box_records(boxes), ensure_ascii=False), encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.render", description=__doc__)
    parser.add_argument("letters", nargs="+", help="ids of corpus letters, or .cv files")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--form", default="pdf", help="any of pdf,docx,txt,png,scan; default: pdf")
    parser.add_argument("--grade", choices=GRADES, default="scan", help="of png and scan")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    forms = arguments.form.split(",")
    if unknown := set(forms) - {"pdf", "docx", "txt", "png", "scan"}:
        parser.error(f"--form: unknown {', '.join(sorted(unknown))}; any of pdf,docx,txt,png,scan")
    arguments.out.mkdir(parents=True, exist_ok=True)
    by_id: dict[str, AnnotatedLetter] = {}
    failed = 0
    for name in arguments.letters:
        try:
            if name.endswith(".cv"):
                letter = read(Path(name))
            else:
                by_id = by_id or {one.id: one for one in load("all")}
                if name not in by_id:
                    print(
                        f"{name}: no such letter in the corpus -> give an id of corpus/letters or a .cv file",
                        file=sys.stderr,
                    )
                    failed = 1
                    continue
                letter = by_id[name]
            render(letter, arguments.out, forms, arguments.grade, arguments.seed)
        except (CongvanError, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
