"""Citations in every form letters use: a table of texts and what is to be found in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.references import LetterContext, find_references
from models.text import match_key

TABLE = Path(__file__).parent / "data" / "reference_citations.tsv"
CONTEXT = LetterContext(date="2024-03-14")

Row = tuple[str, str, str, str, str]


def rows() -> list[tuple[str, str, list[Row]]]:
    out = []
    for line in TABLE.read_text(encoding="utf-8").splitlines()[3:]:
        form, text, expected = line.split("\t")
        citations: list[Row] = []
        for cell in filter(None, expected.split(" || ")):
            parts = [part.strip() for part in cell.split("|")]
            parts += [""] * (5 - len(parts))
            citations.append((parts[0], parts[1], parts[2], parts[3], parts[4]))
        out.append((form, text.replace("\\n", "\n"), citations))
    return out


def found(text: str) -> list[Row]:
    return [
        (r.type or "", r.identifier or "", r.date or "", r.issuer or "", r.title or "")
        for r in find_references(text, context=CONTEXT)
    ]


def key(row: Row) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", " ", match_key(value)) for value in row)


def test_the_table_is_large_enough() -> None:
    table = rows()
    assert sum(len(citations) for _, _, citations in table) >= 600
    assert sum(not citations for _, _, citations in table) >= 40


@pytest.mark.parametrize(
    ("form", "text", "expected"), rows(), ids=lambda v: v if isinstance(v, str) and len(v) < 30 else ""
)
def test_citations(form: str, text: str, expected: list[Row]) -> None:
    assert sorted(map(key, found(text))) == sorted(map(key, expected))
