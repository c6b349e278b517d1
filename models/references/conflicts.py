"""Where a letter contradicts itself about a document it cites: two dates, types, issuers or titles of one number.

Nothing is decided silently: the reference keeps the value that counts more (a full date, a printed type), and
``conflicts`` names every value read, so that a reader can look at the places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rapidfuzz import fuzz

from models.letter import Conflict, Reference, Warning_
from models.references.bodies import body_key, full_name
from models.references.mention import Mention
from models.text import match_key

_FIELD_NAMES = {"date": "ngày", "type": "loại văn bản", "issuer": "cơ quan ban hành", "title": "trích yếu"}
_TITLES_DIFFER = 50
"""Likeness below which two titles cannot be one title told shorter (rapidfuzz partial ratio of the comparison keys)."""
_ISSUERS_DIFFER = 70


def conflicts_of(mentions: Sequence[Mention]) -> list[Conflict]:
    """The contradictions among the mentions of one document, each with all values in the order read."""
    found: list[Conflict] = []
    dates = list(dict.fromkeys(m.date for m in mentions if m.date and not m.supplied_year))
    if len(dates) > 1:
        found.append(Conflict(field="date", values=dates))
    types = list(dict.fromkeys(m.type for m in mentions if m.explicit and m.type))
    if len(types) > 1:
        found.append(Conflict(field="type", values=types))
    issuers = _apart((m.issuer.name for m in mentions if m.issuer and not m.issuer_shared), _other_body)
    if len(issuers) > 1:
        found.append(Conflict(field="issuer", values=issuers))
    titles = _apart((m.title.text for m in mentions if m.title and not m.title_shared), _other_title)
    if len(titles) > 1:
        found.append(Conflict(field="title", values=titles))
    return found


def reference_warnings(references: Iterable[Reference], letter_date: str | None) -> list[Warning_]:
    """What a reader should know of the cited documents: contradictions, and dates after the letter's own."""
    warnings: list[Warning_] = []
    for r in references:
        name = " ".join(filter(None, (r.type, r.identifier or r.title))) or r.id
        page = next((m.page for m in r.mentions if m.page is not None), None)
        for conflict in r.conflicts:
            values = "; ".join(conflict.values)
            message = f"Văn bản viện dẫn “{name}” được nêu với {_FIELD_NAMES[conflict.field]} khác nhau: {values}."
            warnings.append(Warning_(code="reference_conflict", message=message, page=page))
        if letter_date and r.date and r.date > letter_date:
            message = f"Văn bản viện dẫn “{name}” đề ngày {r.date}, sau ngày của chính văn bản này ({letter_date})."
            warnings.append(Warning_(code="reference_after_letter", message=message, page=page))
    return warnings


def _other_body(a: str, b: str) -> bool:
    x, y = body_key(full_name(a)), body_key(full_name(b))
    return not (x in y or y in x or fuzz.token_set_ratio(x, y) >= _ISSUERS_DIFFER)


def _other_title(a: str, b: str) -> bool:
    x, y = match_key(a), match_key(b)
    return min(len(x), len(y)) >= 12 and fuzz.partial_ratio(x, y) < _TITLES_DIFFER


def _apart(values: Iterable[str], differ: Callable[[str, str], bool]) -> list[str]:
    """The values of which each differs from all before it."""
    kept: list[str] = []
    for value in values:
        if all(differ(value, other) for other in kept):
            kept.append(value)
    return kept
