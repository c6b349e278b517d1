"""``python -m corpus.generate --count 20000 --seed 7 > letters.jsonl``: one generated letter with its gold a line.

``--form extraction`` gives the perfect extraction (CONTRACT section 1) instead, beside what the letter's author noted of it.
``--files DIR --as txt,docx,pdf`` also writes each letter as a file, the forms in turn, into DIR/txt, DIR/docx and so on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.generate import generate
from corpus.gold import to_extraction, to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.generate", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", choices=["train", "dev", "test", "all"], default="train")
    parser.add_argument("--form", choices=["gold", "extraction"], default="gold")
    parser.add_argument("--out", type=Path, help="file to write; default: standard output")
    parser.add_argument("--files", type=Path, metavar="DIR", help="also write the letters as files")
    parser.add_argument("--as", dest="kinds", default="txt", help="forms of the files, in turn: any of txt,docx,pdf")
    arguments = parser.parse_args(argv)
    kinds = arguments.kinds.split(",")
    if unknown := set(kinds) - {"txt", "docx", "pdf"}:
        parser.error(f"--as: unknown {', '.join(sorted(unknown))}; any of txt,docx,pdf")
    if arguments.count < 1:
        parser.error("--count must be at least 1")
    letters = list(load(arguments.split))
    stream = arguments.out.open("w", encoding="utf-8") if arguments.out else sys.stdout
    made = 0
    try:
        for one in generate(letters, arguments.count, arguments.seed):
            record: dict[str, Any] = {"id": one.letter.id, "base": one.base, "edits": one.edits}
            if arguments.form == "gold":
                record |= {"text": one.letter.text, "gold": to_gold(one.letter)}
            else:
                header = one.letter.header
                record |= {"topic": header.topic, "province": header.province, "extraction": to_extraction(one.letter).to_dict()}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            if arguments.files:
                _write(one.letter, arguments.files, kinds[made % len(kinds)], made)
            made += 1
    finally:
        if arguments.out:
            stream.close()
    print(f"{made} letters out of {len(letters)}", file=sys.stderr)
    return 0 if made == arguments.count else 1


def _write(letter: AnnotatedLetter, folder: Path, kind: str, number: int) -> None:
    from corpus.render.docx import to_docx
    from corpus.render.layout import lay_out
    from corpus.render.pdf import draw_pdf
    from corpus.render.style import choose_style

    style = choose_style(letter, number)
    data = {
        "txt": lambda: letter.text.encode(), "docx": lambda: to_docx(letter, number, style=style), "pdf": lambda: draw_pdf(lay_out(letter, style), title=letter.id),
    }[kind]()
    place = folder / kind
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{number:06}.{kind}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
