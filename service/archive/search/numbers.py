"""Numbers of documents and dates, found in letters and queries however they are spelled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from models.lexicons import table
from models.references.folding import low
from service.archive.search.words import forms

_NOT_WORD = re.compile(r"[\W_]+")
_DATE = re.compile(
    r"(?<!\d)(?:(?P<y0>(?:19|20)\d{2})-(?P<m0>\d{1,2})-(?P<d0>\d{1,2})|(?P<d>\d{1,2})\s*(?:[/.\-]|\s+thang\s+)\s*(?P<m>\d{1,2})\s*(?:[/.\-]|,?\s*nam\s+)\s*(?P<y>(?:19|20)\d{2}))(?!\d)"
)
_ZEROS = re.compile(r"^0+(?=\d)")
NUMBER = re.compile(r"\d+[a-zA-ZđĐ]?(?:/\d{4})?[-/–.][^\W\d_][\w&.]*(?:[-/–&.:,][\w&]+)*")
"""A number with its symbol written together: 168-KH/TU, 12/2024/QĐ-UBND, 123/UBND-KTTH."""


def number_key(text: str) -> str:
    """One key of every spelling of a number: "168-KH/TU", "168 KH TU", "0168/kh-tu" -> "168 kh tu"."""
    return _ZEROS.sub("", _NOT_WORD.sub(" ", low(text)).strip())


def day_number(iso: str | None) -> int | None:
    """2024-06-20 -> 20240620; None for what is no whole date."""
    if not iso or len(iso) < 10:
        return None
    try:
        return int(date.fromisoformat(iso[:10]).strftime("%Y%m%d"))
    except ValueError:
        return None


def iso_of(day: int) -> str:
    """20240620 -> 2024-06-20."""
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def _real(match: re.Match[str]) -> int | None:
    y, m, d = (int(match["y0"]), int(match["m0"]), int(match["d0"])) if match["y0"] else (int(match["y"]), int(match["m"]), int(match["d"]))
    try:
        date(y, m, d)
    except ValueError:
        return None
    return y * 10000 + m * 100 + d


def days_in(flat: str) -> set[int]:
    """Every whole date in a text in small letters without marks: 20/6/2024, "20 thang 6 nam 2024", 2024-06-20."""
    return {day for match in _DATE.finditer(flat) if (day := _real(match)) is not None}


def dates_at(flat: str) -> list[tuple[int, int, int]]:
    """``(start, end, day)`` of the dates in a text in small letters without marks."""
    return [(m.start(), m.end(), day) for m in _DATE.finditer(flat) if (day := _real(m)) is not None]


@cache
def _codes() -> tuple[frozenset[str], frozenset[str]]:
    types = {low(row["code"]) for row in table("document_types") if row["code"]}
    bodies = {low(row["code"]) for name in ("bodies_by_code", "ministries") for row in table(name) if row["code"]}
    bodies |= {low(row["abbr"]) for row in table("abbreviations") if row["abbr"].isalnum() and not row["abbr"].islower()}
    return frozenset(types), frozenset(bodies)


def spelled_number(words: Sequence[str], at: int) -> int:
    """End of a number spelled with blanks that begins at ``words[at]`` ("168 KH TU", "12 2024 qd ubnd"); ``at`` when none does."""
    if not re.fullmatch(r"\d{1,6}[a-zđ]?", words[at].lower()):
        return at
    types, bodies = _codes()
    end = at + 1
    if end < len(words) and re.fullmatch(r"(?:19|20)\d{2}", words[end]):
        end += 1
    codes = 0
    while end < len(words) and codes < 4:
        flat = forms(words[end])[1]
        known = flat in types or flat in bodies
        if not (known and (words[end].isupper() or (codes == 0 and flat in types) or codes > 0)):
            break
        codes += 1
        end += 1
    return end if codes >= 2 or (codes == 1 and words[end - 1].isupper() and end - at == 2) else at
