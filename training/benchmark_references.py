"""The benchmark of the reference stage: figures by form, citations gained and lost against a stored run, speed.

    python -m training.benchmark_references                      the table, by form of citation
    python -m training.benchmark_references --store run.json     … and keep what was found
    python -m training.benchmark_references --against run.json   … and print what was gained and lost since
    python -m training.benchmark_references --letters DIR        gold letters (contract form) beside their .txt or .md
    python -m training.benchmark_references --speed [FILE …]     megabytes of text a second of processor time on one core

The table is ``tests/data/reference_citations.tsv``: texts written for the project with the citations to be found.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
from models.references import LetterContext, find_references
from models.references.identifiers import identifier_key
from models.text import match_key, squeeze

TABLE = Path(__file__).parent.parent / "tests" / "data" / "reference_citations.tsv"
FIELDS = ("type", "identifier", "date", "issuer", "title")
CONTEXT = LetterContext(date="2024-03-14")


@dataclass(frozen=True)
class Citation:
    """One cited document as a row of the table or as found."""

    type: str
    identifier: str
    date: str
    issuer: str
    title: str

    @property
    def known_by(self) -> str:
        """What tells it from other citations of one text."""
        return identifier_key(self.identifier) or f"{self.type}|{self.date}|{match_key(self.title)}"


@dataclass
class Count:
    """Right, spurious and missed."""

    right: int = 0
    spurious: int = 0
    missed: int = 0

    def add(self, right: int, spurious: int, missed: int) -> None:
        """Add the counts of one text."""
        self.right += right
        self.spurious += spurious
        self.missed += missed

    def row(self) -> str:
        """Precision, recall, F1 and support, as printed."""
        p = self.right / (self.right + self.spurious) if self.right + self.spurious else 1.0
        r = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        f = 2 * p * r / (p + r) if p + r else 0.0
        return f"{p:7.4f} {r:7.4f} {f:7.4f} {self.right + self.missed:6d}"


def read_table(path: Path = TABLE) -> list[tuple[str, str, list[Citation]]]:
    """(form, text, citations) of every row."""
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "form\t")):
            continue
        form, text, expected = line.split("\t")
        cells = [[part.strip() for part in cell.split("|")] for cell in filter(None, expected.split(" || "))]
        rows = [Citation(*(cell + [""] * 5)[:5]) for cell in cells]
        out.append((form, text.replace("\\n", "\n"), rows))
    return out


def found_in(text: str, context: LetterContext = CONTEXT) -> list[Citation]:
    """What the stage finds in a text."""
    return [Citation(*(str(getattr(r, name) or "") for name in FIELDS)) for r in find_references(text, context=context)]


def compare(wanted: Sequence[Citation], found: Sequence[Citation], counts: dict[str, Count], form: str) -> None:
    """Count one text: citations, the tuple of type, identifier and date, and every field among the matched."""
    left = list(found)
    pairs: list[tuple[Citation, Citation]] = []
    for w in wanted:
        same = sorted((c for c in left if c.known_by == w.known_by), key=lambda c: c.date != w.date)
        if same:
            left.remove(same[0])
            pairs.append((w, same[0]))
    for name in (form, "ALL citations"):
        counts[name].add(len(pairs), len(found) - len(pairs), len(wanted) - len(pairs))
    right = sum(w.type == f.type and w.date == f.date for w, f in pairs)
    counts["ALL tuple"].add(right, len(found) - right, len(wanted) - right)
    for field in ("date", "issuer", "title"):
        for w, f in pairs:
            a, b = match_key(getattr(w, field)), match_key(getattr(f, field))
            counts[f"ALL {field}"].add(int(bool(a) and a == b), int(bool(b) and a != b), int(bool(a) and a != b))


def print_counts(counts: dict[str, Count]) -> None:
    """The table of figures."""
    print(f"{'form':<28}{'P':>7} {'R':>7} {'F1':>7} {'gold':>6}")
    for name in sorted(counts, key=lambda n: (n.startswith("ALL"), n)):
        print(f"{name:<28}{counts[name].row()}")


def run_table() -> tuple[dict[str, Count], dict[str, list[str]]]:
    """Figures over the table, and what was found in each text."""
    counts: dict[str, Count] = defaultdict(Count)
    found: dict[str, list[str]] = {}
    for form, text, wanted in read_table():
        citations = found_in(text)
        compare(wanted, citations, counts, form)
        found[text] = [" | ".join(getattr(c, name) for name in FIELDS) for c in citations]
    return counts, found


def print_difference(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    """Citations gained and lost, text by text: what a reviewer of a change wants to see."""
    gained = lost = 0
    for text, now in new.items():
        before = old.get(text, [])
        for mark, rows in (("-", [c for c in before if c not in now]), ("+", [c for c in now if c not in before])):
            for row in rows:
                print(f"{mark} {row}    in: {squeeze(text)[:100]}")
                gained, lost = gained + (mark == "+"), lost + (mark == "-")
    print(f"gained {gained}, lost {lost}")


def run_letters(folder: Path) -> dict[str, Count]:
    """Figures over gold letters of the contract's form whose text stands beside them."""
    counts: dict[str, Count] = defaultdict(Count)
    for path in sorted(folder.glob("*.json")):
        gold: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        text_path = next((p for p in (path.with_suffix(".txt"), path.with_suffix(".md")) if p.exists()), None)
        if text_path is None:
            continue
        context = LetterContext(
            identifier=gold.get("full_number"), document_type=gold.get("doc_type"), date=gold.get("date"),
            issuer=gold.get("issuer"), parent_body=gold.get("issuer_parent"), place=gold.get("place"),
        )  # fmt: skip
        wanted = [
            Citation(*(str(r.get(name) or "") for name in ("type", "number", "date", "issuer", "title")))
            for r in gold.get("references") or []
        ]
        compare(wanted, found_in(text_path.read_text(encoding="utf-8"), context), counts, "letters")
    return counts


def speed(texts: Iterable[str]) -> float:
    """Megabytes (10^6 bytes of UTF-8) a second of processor time, the best of three rounds."""
    batch = list(texts)
    size = sum(len(text.encode()) for text in batch)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for text in batch:
            find_references(text)
        best = min(best, time.process_time() - start)
    return size / 1e6 / best


PROSE = (
    "Các cơ quan, đơn vị, địa phương chủ động rà soát, tổng hợp kết quả thực hiện nhiệm vụ được giao, kịp thời báo cáo "
    "khó khăn, vướng mắc phát sinh về Sở để được hướng dẫn, xử lý theo thẩm quyền. Trong quá trình triển khai, nếu có "
    "nội dung chưa rõ, đề nghị liên hệ với phòng chuyên môn để trao đổi, thống nhất.\n"
)


def letter_like(seed: int = 7) -> list[str]:
    """Letters of three citations among prose, about two kilobytes each, made from the table."""
    rows = [text for form, text, citations in read_table() if citations]
    random.Random(seed).shuffle(rows)
    return ["\n".join(rows[i : i + 3]) + "\n" + PROSE * 4 for i in range(0, len(rows) - 3, 3)]


def speed_texts() -> dict[str, list[str]]:
    """Letters of the corpus, prose with three citations a letter, and nothing but citations."""
    rows = [text for _, text, citations in read_table() if citations]
    return {
        "corpus letters": [letter.text for letter in corpus.load()],
        "letter-like": letter_like(),
        "citations only": ["\n".join(rows[i : i + 10]) for i in range(0, len(rows), 10)],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--speed", nargs="*", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    if options.speed is not None:
        given = [p.read_text(encoding="utf-8") for p in options.speed]
        for name, texts in {"files": given}.items() if given else speed_texts().items():
            size = sum(len(text.encode()) for text in texts)
            mentions = sum(len(r.mentions) for text in texts for r in find_references(text))
            print(f"{name:<18}{speed(texts):6.2f} MB/s  {len(texts)} texts, {mentions / size * 1000:.1f} mentions a kilobyte")
        return 0
    if options.letters:
        print_counts(run_letters(options.letters))
        return 0
    counts, found = run_table()
    print_counts(counts)
    if options.against:
        print_difference(json.loads(options.against.read_text(encoding="utf-8")), found)
    if options.store:
        options.store.write_text(json.dumps(found, ensure_ascii=False, indent=0), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
