"""Loading the corpus: ``corpus.load("train")`` gives annotated letters one by one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

from corpus.markup import parse
from corpus.model import AnnotatedLetter
from corpus.splits import Split, assign

LETTERS = Path(__file__).parent / "letters"


def paths(directory: Path | None = None) -> list[Path]:
    """All letters' files in the order of their names."""
    return sorted((directory or LETTERS).rglob("*.cv"))


def read(path: Path) -> AnnotatedLetter:
    """One letter. Raises MarkupError."""
    return parse(path.read_text(encoding="utf-8"), str(path))


@lru_cache(maxsize=4)
def _all(directory: Path) -> tuple[AnnotatedLetter, ...]:
    return tuple(read(path) for path in paths(directory))


def load(split: Split | Literal["all"] = "all", directory: Path | None = None) -> Iterator[AnnotatedLetter]:
    """The letters of one split (``train``, ``dev``, ``test``) or all of them, in the order of their files.

    Raises ValueError for an unknown split, MarkupError for a letter that breaks the markup.
    """
    if split not in ("all", "train", "dev", "test"):
        raise ValueError(f"unknown split {split!r}: use 'train', 'dev', 'test' or 'all'")
    letters = _all(directory or LETTERS)
    if split == "all":
        yield from letters
        return
    sides = assign(letters)
    yield from (letter for letter in letters if sides[letter.id] == split)
