"""The letters of an evaluation: a corpus split in many forms, or a folder of gold letters.

Forms of corpus letters: plain text; text spoilt by one of the kinds of ``corpus.noise``; typed PDF and DOCX set by ``corpus.render``;
scans in its five grades, read by OCR. The choice of kinds and samples is a function of the letter's id and the seed.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.gold import segments, to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from corpus.noise.text import make_noise
from corpus.render.__main__ import render
from models.errors import UnreadableInput
from models.scoring import load_gold

NOISES = ("merged_columns", "one_line", "hard_wraps", "run_together", "lost_tones", "detached_marks", "ocr", "tcvn3", "web_copy")
GRADES = ("clean", "light", "scan", "hard", "fax")


@dataclass(slots=True)
class Case:
    """One file to read: which letter, in what form, its bytes, its gold, and what it is sliced by."""

    letter: str
    form: str
    filename: str
    data: bytes
    gold: dict[str, Any]
    slices: dict[str, str] = field(default_factory=dict)
    zones: list[tuple[str, str]] | None = None
    """Line and zone, line by line, where the text is the corpus's own."""

    @property
    def key(self) -> str:
        """Names the case in results: "letter · form"."""
        return f"{self.letter} · {self.form}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many letters are read in each form (None: all); noised text is read once a letter and kind."""

    text: int | None = None
    noise_kinds: int = 2
    pdf: int | None = 30
    docx: int | None = 30
    scans: int | None = 10


def corpus_cases(split: str, sizes: Sizes, seed: int = 7) -> Iterator[Case]:
    """The letters of a split in their forms. Letters are shuffled by the seed, so that a sample is one of all kinds."""
    letters = list(load(split))  # type: ignore[arg-type]
    random.Random(seed).shuffle(letters)
    for letter in letters[: sizes.text]:
        yield _case(letter, "text", "none", f"{letter.id}.txt", letter.text.encode(), zones=zone_lines(letter))
        for kind in random.Random(f"{seed}/{letter.id}").sample(NOISES, sizes.noise_kinds):
            noisy = make_noise(letter, kind, seed=seed)
            yield _case(letter, "noised text", kind, f"{letter.id}.txt", noisy.text.encode())
    for form, size in (("pdf", sizes.pdf), ("docx", sizes.docx)):
        for letter in letters[:size]:
            yield _case(letter, form, "none", *_rendered(letter, form, "clean", seed))
    for number, letter in enumerate(letters[: sizes.scans]):
        grade = GRADES[number % len(GRADES)]
        yield _case(letter, "scan", grade, *_rendered(letter, "scan", grade, seed))


def folder_cases(folder: Path) -> Iterator[Case]:
    """Gold letters beside their files (CONTRACT section 3). Raises UnreadableInput for a folder without gold, or gold without its file."""
    for stem, gold in load_gold(folder).items():
        files = [p for p in sorted(folder.glob(f"{stem}.*")) if p.suffix != ".json"]
        if not files:
            raise UnreadableInput(f"No letter beside {stem}.json", remedy="Put the letter with the same stem beside its gold.")
        form = str(gold.get("kind") or files[0].suffix.lstrip("."))
        slices = {"source": form, "decade": decade(gold), "type": str(gold.get("doc_type") or "?")}
        yield Case(stem, form, files[0].name, files[0].read_bytes(), gold, slices)


def zone_lines(letter: AnnotatedLetter) -> list[tuple[str, str]]:
    """Every line of the letter that has words, with its zone; rules and stars ("*", "-----") are drawing, and readers leave them out."""
    found = segments(letter)
    return [(line.text, next((str(s.zone) for s in found if s.span[0] <= line.span[0] < s.span[1]), "body")) for line in letter.lines if any(c.isalnum() for c in line.text)]


def decade(gold: dict[str, Any]) -> str:
    """The decade of the letter's date: "2010s", or "?"."""
    date = str(gold.get("date") or "")
    return f"{date[:3]}0s" if date[:4].isdigit() else "?"


def data_hash(cases: Sequence[Case]) -> str:
    """A short hash of the letters and their gold (not of the rendered bytes, which hold dates of making)."""
    digest = hashlib.sha256()
    for case in sorted(cases, key=lambda c: c.key):
        digest.update(f"{case.key}\t{case.slices.get('noise', '')}\t{case.gold}\n".encode())
        if case.zones is not None:
            digest.update(case.data)
    return digest.hexdigest()[:12]


def _case(letter: AnnotatedLetter, form: str, noise: str, name: str, data: bytes, *, zones: list[tuple[str, str]] | None = None) -> Case:
    gold = to_gold(letter)
    slices = {"source": form, "system": letter.header.system, "decade": decade(gold), "noise": f"{form}: {noise}" if noise != "none" else "none", "type": letter.header.type}
    return Case(letter.id, form if noise == "none" else f"{form} {noise}", name, data, gold, slices, zones)


def _rendered(letter: AnnotatedLetter, form: str, grade: str, seed: int) -> tuple[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        render(letter, out, [form], grade, seed)
        path = next(p for p in sorted(out.iterdir()) if p.suffix in (".pdf", ".docx"))
        return path.name, path.read_bytes()
