"""The letter itself is no citation: its own number, "Kèm theo Quyết định số …" above its annex."""

from __future__ import annotations

import re

from models.references.context import LetterContext
from models.references.identifiers import IDENTIFIER, identifier_key, parse_identifier
from models.references.mention import Mention
from models.references.view import BREAK, View

_NUMBER_LINE = re.compile(r"(?m)^[^\w\n]{0,60}(?:Số|SỐ)\s{0,3}[:.]?\s{0,3}(?=[\dOIl])")
_ANNEX = re.compile(r"\(?\s*(?:ban\s+hanh\s+)?kem\s+theo\s+(?:cac\s+)?$")


def own_identifier(text: str, context: LetterContext) -> str | None:
    """The letter's own number: as extraction found it, or the first "Số: …" line of the head."""
    if context.identifier:
        return context.identifier
    m = _NUMBER_LINE.search(text, 0, 2500)
    if not m:
        return None
    found = IDENTIFIER.match(text, m.end())
    if not found:
        return None
    return parse_identifier(found["number"], found["year"], found["join"], found["symbol"]).canonical


def without_own(view: View, mentions: list[Mention], context: LetterContext, own: str | None) -> list[Mention]:
    """The mentions that cite another document; positions in whose titles others stand are kept right."""
    key = identifier_key(own) if own else None
    keep = [i for i, m in enumerate(mentions) if not _is_own(view, m, context, key)]
    place = {old: new for new, old in enumerate(keep)}
    out = []
    for i in keep:
        m = mentions[i]
        m.inside = place.get(m.inside) if m.inside is not None else None
        out.append(m)
    return out


def _is_own(view: View, m: Mention, context: LetterContext, key: str | None) -> bool:
    if m.identifier is None:
        return False
    if key and m.identifier.key == key:
        return not (m.date and context.date and m.date != context.date and m.date[:4] != context.date[:4])
    lead = view.low[max(0, m.start - 40) : m.start]
    if "theo" not in lead[-14:]:
        return False
    annex = _ANNEX.search(lead)
    if not annex or key:
        return False
    at = max(0, m.start - 40) + annex.start()
    stands_alone = view.flat[:at].rstrip(" ").endswith(BREAK) if at else True
    return stands_alone and context.document_type in (None, m.type)
