"""Letters for load: those of the corpus as text, each with a number of its own, so that no two are the same bytes."""

from __future__ import annotations

from pathlib import Path

from corpus.load import paths, read

SAMPLES = Path(__file__).parent.parent.parent / "corpus" / "samples"


def text_letters(count: int) -> list[bytes]:
    """``count`` different letters in plain text, from every eighth letter of the corpus."""
    texts = [read(path).text for path in paths()[::8][: min(count, 60)]]
    return [f"{texts[n % len(texts)]}\n\nBản số {n + 1}\n".encode() for n in range(count)]


def pdf_letters(count: int) -> list[bytes]:
    """``count`` typed PDFs of two pages that differ in a comment after their end."""
    data = (SAMPLES / "letter-typed.pdf").read_bytes()
    return [data + f"\n% {n}\n".encode() for n in range(count)]
