"""Scans: error of characters, fields and time, against plain Tesseract and the parts of the recogniser, in one run.

    python -m training.benchmark_scans                     4 letters a grade, 2 pages at most, five grades
    python -m training.benchmark_scans --ablation          … and each step of page preparation left out in turn
    python -m training.benchmark_scans --folder DIR        letters of one's own beside their gold (CONTRACT section 3)
    python -m training.benchmark_scans --write             keep the tables in training/results/scans.{json,md}

The letters are those of the corpus' dev and test splits, printed, signed and scanned by ``corpus.render``; every reader gets the same
pages at 300 dots an inch. The likelihood of syllables is counted anew from the training split, so that no letter is read with its own words.
Reported a reader and grade: CER free of order and in reading order (grapheme clusters, :mod:`training.characters`), the share of key
strings (number, date, references, names) that the text holds exactly, F1 of the fields that decide registration, CPU seconds a page.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from corpus.gold import to_gold
from corpus.load import load
from corpus.render.__main__ import scan_pdf
from corpus.render.boxes import GoldBox
from corpus.render.scan import GRADES, scan
from models.document import Document, assemble
from models.letter import Source, TextOrigin
from models.pipeline import extract_document
from models.reading import read
from models.reading.ocr.prepare import STEPS
from models.reading.options import ReadOptions
from models.reading.pdf import render
from models.scoring import load_gold, score
from models.text import squeeze
from training.characters import free_errors, ordered_errors
from training.scan_regressions import losses

RESULTS = Path(__file__).parent / "results"
DPI = 300
FIELDS = ("number", "identifier", "date", "place", "issuer", "subject (soft)", "signer.name", "references tuple", "urgency")

Image8 = NDArray[np.uint8]


@dataclass(slots=True)
class Sample:
    """One letter to read: its pages as images, its gold, and what its text must hold."""

    name: str
    grade: str
    pages: list[Image8]
    gold: dict[str, Any]
    keys: list[str]
    lines: list[list[str]] = field(default_factory=list)
    """The printed lines of each page; empty for a letter whose whole text is not known."""
    data: bytes = b""


@dataclass(slots=True)
class Tally:
    """What one reader reached on one grade."""

    free: list[int] = field(default_factory=lambda: [0, 0])
    ordered: list[int] = field(default_factory=lambda: [0, 0])
    keys: list[int] = field(default_factory=lambda: [0, 0])
    seconds: float = 0.0
    pages: int = 0
    gold: dict[str, dict[str, Any]] = field(default_factory=dict)
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_page: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Wrong characters and all of them, by letter and page."""
    held: dict[str, set[str]] = field(default_factory=dict)
    """The key strings that the text of a letter holds."""

    def row(self) -> dict[str, float | int | None]:
        """The figures; rates in percent."""
        counts = score(self.gold, self.found).counts if self.gold else {}
        figures: dict[str, float | int | None] = {
            "pages": self.pages,
            "cer": _percent(self.free),
            "cer_ordered": _percent(self.ordered),
            "keys": _percent(self.keys),
            "cpu_s": round(self.seconds / max(1, self.pages), 2),
        }
        for name in FIELDS:
            f1 = counts[name].f1 if name in counts else None
            figures[name] = None if f1 is None else round(f1, 3)
        return figures


def _percent(pair: Sequence[int]) -> float | None:
    return round(100 * pair[0] / pair[1], 2) if pair[1] else None


Reader = Callable[[Sample], tuple[list[str], Document]]
"""Reads the pages of a sample: text a page, and the Document for the stages after."""


# --- samples ----------------------------------------------------------------------------------------------------------


def rendered(grades: Sequence[str], letters: int, pages: int, seed: int) -> Iterator[Sample]:
    """``letters`` letters a grade of at most ``pages`` pages, other letters in every grade, drawn at 300 dpi."""
    pool = [letter for split in ("dev", "test") for letter in load(split)]
    order = np.random.default_rng(seed).permutation(len(pool))
    queue = iter(order)
    for grade in grades:
        taken = 0
        while taken < letters:
            try:
                letter = pool[int(next(queue))]
            except StopIteration:
                queue = iter(order)
                continue
            found = scan(letter, grade, seed)  # type: ignore[arg-type]
            if len(found.pages) > pages:
                continue
            taken += 1
            data = scan_pdf(found)
            yield Sample(
                f"{letter.id}-{grade}", grade, drawn(data), to_gold(letter), key_strings(to_gold(letter)),
                printed_lines(found.boxes, len(found.pages)), data,
            )  # fmt: skip


def of_folder(folder: Path) -> Iterator[Sample]:
    """The PDF letters of a folder with gold JSON beside them."""
    for stem, gold in load_gold(folder).items():
        path = folder / f"{stem}.pdf"
        if path.is_file():
            data = path.read_bytes()
            yield Sample(stem, folder.name, drawn(data), gold, key_strings(gold), [], data)


def drawn(data: bytes) -> list[Image8]:
    """The pages of a PDF as images."""
    document = pdfium.PdfDocument(data)
    images = [render(document[index], DPI)[0] for index in range(len(document))]
    document.close()
    return images


def printed_lines(boxes: Sequence[GoldBox], pages: int) -> list[list[str]]:
    """The printed lines of each page from the gold words' boxes."""
    lines: list[list[str]] = [[] for _ in range(pages)]
    last: GoldBox | None = None
    for box in sorted((b for b in boxes if b.kind == "word"), key=lambda b: (b.page, b.span)):
        middle = (box.box[1] + box.box[3]) / 2
        follows = last is not None and last.page == box.page and last.box[1] - 2 < middle < last.box[3] + 2
        if follows and last is not None:  # columns are lines apart
            follows = last.box[0] < box.box[0] < last.box[2] + 2.2 * (box.box[3] - box.box[1])
        glue = "" if follows and last is not None and last.span[1] == box.span[0] else " "
        if follows:
            lines[box.page - 1][-1] += glue + box.text
        else:
            lines[box.page - 1].append(box.text)
        last = box
    return lines


def key_strings(gold: dict[str, Any]) -> list[str]:
    """The strings by which a letter is registered and found again, as they are printed."""
    wanted = [gold.get("full_number"), gold.get("place"), (gold.get("signer") or {}).get("name")]
    for reference in gold.get("references") or []:
        wanted.append(reference.get("number"))
    keys = [_key(str(w)) for w in wanted if w]
    if gold.get("date"):
        year, month, day = str(gold["date"]).split("-")
        keys.append(_key(f"ngày {int(day)} tháng {int(month)} năm {year}"))
    return keys


def _key(text: str) -> str:
    bare = re.sub(r"\s*([/\-–.:])\s*", r"\1", squeeze(text).casefold().replace("–", "-"))
    return re.sub(r"\b0(\d)\b", r"\1", bare)


# --- readers ----------------------------------------------------------------------------------------------------------


def unseen_language() -> None:
    """Let the likelihood of syllables know the letters of the training split only."""
    from models.reading.ocr import language

    model = language.parse(language.count(letter.text for letter in load("train")))
    language.load = lambda: model  # type: ignore[assignment]


def plain_tesseract() -> Reader:
    """Tesseract 5 as it comes: page segmentation 3, the Vietnamese script, the page as it is."""
    import tesserocr
    from PIL import Image

    from models.reading.ocr import tessdata

    api = tesserocr.PyTessBaseAPI(path=str(tessdata.directory()), lang=tessdata.language(), psm=3)

    def run(sample: Sample) -> tuple[list[str], Document]:
        texts: list[str] = []
        for image in sample.pages:
            api.SetImage(Image.fromarray(image))
            api.SetSourceResolution(DPI)
            texts.append(str(api.GetUTF8Text()))
        return texts, read("\n".join(texts).encode(), "letter.txt")

    return run


def of_quality(quality: str, without: frozenset[str] = frozenset()) -> Reader:
    """This project's reading of a page at one quality."""
    from models.reading.ocr.page import read_page_image

    options = ReadOptions(ocr_quality=quality, without=without)  # type: ignore[arg-type]

    def run(sample: Sample) -> tuple[list[str], Document]:
        readings = [read_page_image(image, dpi=DPI, options=options, first=at == 0) for at, image in enumerate(sample.pages)]
        pages = [reading.as_page(number) for number, reading in enumerate(readings, start=1)]
        overlays = [line for reading in readings for line in reading.overlays]
        document = assemble(pages, media_type="application/pdf", overlays=overlays)
        return ["\n".join(line.text for line in page.lines) for page in document.pages], document

    return run


def without_asterocr() -> Reader:
    """The default reader where AsterOCR is not installed."""
    from models.reading.ocr import second

    inner = of_quality("default")

    def run(sample: Sample) -> tuple[list[str], Document]:
        kept = second._asterocr
        second._asterocr = lambda: None  # type: ignore[assignment]
        try:
            return inner(sample)
        finally:
            second._asterocr = kept

    return run


def trueocr_alone() -> Reader:
    """TrueOCR's own lines and reading, without preparation."""
    from models.reading.ocr import detector, second

    def run(sample: Sample) -> tuple[list[str], Document]:
        texts: list[str] = []
        for image in sample.pages:
            gray = image if image.ndim == 2 else np.asarray(image.mean(axis=2), dtype=np.uint8)
            boxes = [box for box, _ in detector.find_lines(gray)]
            texts.append("\n".join(reading.text for reading in second.read_second([gray] * len(boxes), boxes)))
        return texts, read("\n".join(texts).encode(), "letter.txt")

    return run


READERS: dict[str, Callable[[], Reader]] = {
    "plain Tesseract": plain_tesseract,
    "fast": lambda: of_quality("fast"),
    "TrueOCR alone": trueocr_alone,
    "default": lambda: of_quality("default"),
    "accurate": lambda: of_quality("accurate"),
}
NO_FIELDS = ("TrueOCR alone",)

# --- run --------------------------------------------------------------------------------------------------------------


def measure(samples: Sequence[Sample], readers: dict[str, Reader], *, minutes: float | None = None) -> dict[str, dict[str, Tally]]:
    """Reader to grade to tally; the readers take turns on every letter so that the machine's load is shared.

    After ``minutes`` no further letter is begun; the grades come in turn, so that each has its part of what was read.
    """
    tallies: dict[str, dict[str, Tally]] = {name: defaultdict(Tally) for name in readers}
    turns: dict[str, int] = defaultdict(int)
    ordered: list[tuple[int, Sample]] = []
    for sample in samples:
        ordered.append((turns[sample.grade], sample))
        turns[sample.grade] += 1
    began = time.monotonic()
    for _, sample in sorted(ordered, key=lambda pair: pair[0]):
        if minutes is not None and time.monotonic() - began > 60 * minutes:
            break
        for name, reader in readers.items():
            tally = tallies[name][sample.grade]
            start = time.process_time()
            texts, document = reader(sample)
            tally.seconds += time.process_time() - start
            tally.pages += len(sample.pages)
            for number, (lines, text) in enumerate(zip(sample.lines, texts, strict=False), start=1):
                free = tally.by_page[f"{sample.name}/{number}"] = free_errors(lines, text)
                for pair, (errors, total) in ((tally.free, free), (tally.ordered, ordered_errors(" ".join(lines), text))):
                    pair[0] += errors
                    pair[1] += total
            whole = _key("\n".join(texts))
            tally.held[sample.name] = {key for key in sample.keys if key in whole}
            tally.keys[0] += sum(key in whole for key in sample.keys)
            tally.keys[1] += len(sample.keys)
            if name not in NO_FIELDS:
                source = Source(media_type=document.media_type, sha256="", page_count=len(texts), text_origin=TextOrigin.OCR)
                tally.gold[sample.name] = sample.gold
                tally.found[sample.name] = extract_document(document, source).to_dict()
    return tallies


def joined(tallies: dict[str, Tally]) -> Tally:
    """All grades of one reader as one tally."""
    whole = Tally()
    for tally in tallies.values():
        for name in ("free", "ordered", "keys"):
            mine, other = getattr(whole, name), getattr(tally, name)
            mine[0] += other[0]
            mine[1] += other[1]
        whole.seconds += tally.seconds
        whole.pages += tally.pages
        whole.gold |= tally.gold
        whole.found |= tally.found
    return whole


def table(rows: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Markdown: a line a reader and grade."""
    columns = ["pages", "cer", "cer_ordered", "keys", "cpu_s", *FIELDS]
    lines = ["| reader | grade | " + " | ".join(columns) + " |", "|---" * (len(columns) + 2) + "|"]
    for name, grades in rows.items():
        for grade, row in grades.items():
            cells = ["–" if row.get(c) is None else str(row[c]) for c in columns]
            lines.append(f"| {name} | {grade} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def rows_of(tallies: dict[str, dict[str, Tally]]) -> dict[str, dict[str, dict[str, Any]]]:
    """The figures by reader and grade, "all" last."""
    return {
        name: {grade: tally.row() for grade, tally in grades.items()} | {"all": joined(grades).row()}
        for name, grades in tallies.items()
    }


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=4, help="letters a grade")
    parser.add_argument("--pages", type=int, default=2, help="most pages of a letter")
    parser.add_argument("--grades", default=",".join(GRADES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", default="plain Tesseract,fast,TrueOCR alone,default", help=f"any of {', '.join(READERS)}")
    parser.add_argument("--folder", type=Path, help="letters with gold instead of rendered ones")
    parser.add_argument("--minutes", type=float, help="begin no letter after so long; the table says how many pages were read")
    parser.add_argument("--ablation", action="store_true", help="also the default reader without each step of preparation")
    parser.add_argument("--write", nargs="?", const="scans", metavar="NAME", help="write training/results/NAME.json and .md")
    arguments = parser.parse_args(argv)
    names = arguments.readers.split(",")
    if unknown := set(names) - set(READERS):
        parser.error(f"--readers: unknown {', '.join(sorted(unknown))}; any of {', '.join(READERS)}")
    if unknown := set(arguments.grades.split(",")) - set(GRADES):
        parser.error(f"--grades: unknown {', '.join(sorted(unknown))}; any of {', '.join(GRADES)}")
    unseen_language()
    samples = list(
        of_folder(arguments.folder)
        if arguments.folder
        else rendered(arguments.grades.split(","), arguments.letters, arguments.pages, arguments.seed)
    )
    readers = {name: READERS[name]() for name in names}
    if arguments.ablation:
        readers |= {f"default without {step}": of_quality("default", frozenset({step})) for step in (*STEPS, "signing", "stamps", "tables")}
        readers["default without AsterOCR"] = without_asterocr()
    tallies = measure(samples, readers, minutes=arguments.minutes)
    rows = rows_of(tallies)
    text = table(rows)
    if "plain Tesseract" in rows and "default" in rows:
        plain, own = rows["plain Tesseract"]["all"], rows["default"]["all"]
        if plain["cer"]:
            ratio = f"default / plain Tesseract: CER {own['cer'] / plain['cer']:.2f}, time {own['cpu_s'] / plain['cpu_s']:.2f}"
            text += f"\n\n{ratio}"
        before, after = tallies["plain Tesseract"], tallies["default"]
        text += f"\n\n## Right with plain Tesseract, wrong with the default reader\n\n{losses(before.values(), [after[g] for g in before]).table()}"
    print(text)
    if arguments.write:
        RESULTS.mkdir(exist_ok=True)
        report = {"setting": {name: getattr(arguments, name) for name in ("letters", "grades", "seed", "pages", "minutes")}, "rows": rows}
        (RESULTS / f"{arguments.write}.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        command = f"python -m training.benchmark_scans --letters {arguments.letters} --pages {arguments.pages} --seed {arguments.seed}"
        command += f' --readers "{arguments.readers}"' + (" --ablation" if arguments.ablation else "")
        head = f"# Scans: readers compared\n\n`{command}`"
        (RESULTS / f"{arguments.write}.md").write_text(f"{head}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
