"""From joined mentions to the contract's references: relations, chains, bodies, confidence."""

from __future__ import annotations

import re

from models.letter import Located, Reference, Relation
from models.references.bodies import body_key, body_of
from models.references.conflicts import conflicts_of
from models.references.context import LetterContext
from models.references.identifiers import parse_printed, type_codes
from models.references.mention import Mention
from models.references.relations import (
    DECIDES,
    letter_relation,
    listed_regions,
    nested_relation,
    passive_relation,
    plan_of,
)
from models.references.resolve import Resolved
from models.references.view import View
from models.text import squeeze

_SENTENCE_END = re.compile(r"¶|\.(?=[ ¶])")
_REMARK = re.compile(r"\([^()]{1,24}\)")
_SHARED_CODES = frozenset({"UBND", "HĐND", "TU", "HU", "ĐU", "VP"})
"""Codes that many bodies have: they do not tell that the letter's own issuer wrote a document."""
_STRENGTH = {
    Relation.THAY_THE: 7,
    Relation.BAI_BO: 7,
    Relation.SUA_DOI: 7,
    Relation.TRA_LOI: 6,
    Relation.CAN_CU: 4,
    Relation.THUC_HIEN: 5,
    Relation.TIEP_THEO: 4,
    Relation.KEM_THEO: 3,
    Relation.DUOC_TRIEN_KHAI_BOI: 2,
    Relation.VIEN_DAN: 1,
}


def to_references(
    view: View, mentions: list[Mention], documents: list[Resolved], of: dict[int, Resolved], context: LetterContext
) -> list[Reference]:
    """One :class:`Reference` a document, ids r1, r2 … in the order of first mention."""
    _relate(view, mentions, of, context)
    names = {id(d): f"r{n}" for n, d in enumerate(documents, 1)}
    return [_reference(view, d, names, context) for d in documents]


def _relate(view: View, mentions: list[Mention], of: dict[int, Resolved], context: LetterContext) -> None:
    run_starts = _run_starts(view, mentions)
    subject_end = _subject_end(view)
    regions, plan = listed_regions(view), plan_of(view)
    before: tuple[int, Relation] | None = None
    chosen: dict[int, tuple[int, Relation, Resolved | None]] = {}
    for i, m in enumerate(mentions):
        document = of.get(i)
        if document is None:
            continue
        via: Resolved | None = None
        outer = of.get(m.inside) if m.inside is not None else None
        if m.inside is not None:
            nested = nested_relation(view, mentions[m.inside], m)
            relation = nested or Relation.VIEN_DAN
            via = outer if nested and outer is not document else None
            rank = _STRENGTH[Relation.DUOC_TRIEN_KHAI_BOI] if nested and via else 1
        else:
            same_sentence = before is not None and not _SENTENCE_END.search(view.flat, before[0], m.start)
            relation = letter_relation(
                view,
                m,
                run_starts[i],
                before[1] if before and same_sentence else None,
                context.document_type,
                plan,
                own=_is_of(m, context),
                again=document.start < m.start,
            )
            if relation is Relation.VIEN_DAN:
                relation = next((listed for a, b, listed in regions if a <= m.start < b), relation)
            before = (m.full_end, relation)
            rank = _STRENGTH[relation]
            if relation is Relation.THUC_HIEN and context.document_type in DECIDES:
                rank = _STRENGTH[Relation.CAN_CU] - 1
            if (
                m.start < subject_end
                and rank > 1
                and relation not in (Relation.THAY_THE, Relation.BAI_BO, Relation.SUA_DOI)
            ):
                rank = 1
        if i and (passive := passive_relation(view, mentions[i - 1], m)):
            earlier = of.get(i - 1)
            if earlier is not None and earlier is not document and chosen.get(id(earlier), (0,))[0] <= 1:
                chosen[id(earlier)] = (2, passive, document)
            if rank <= 1 and earlier is not None and id(earlier) in chosen and chosen[id(earlier)][2] is None:
                rank, relation = chosen[id(earlier)][:2]
        if id(document) not in chosen or rank > chosen[id(document)][0]:
            chosen[id(document)] = (rank, relation, via)
    for document in of.values():
        if id(document) in chosen:
            _, document.relation, document.via = chosen[id(document)]


def _is_of(m: Mention, context: LetterContext) -> bool:
    """Whether the letter's own issuer wrote the cited document: by name, or by the first code of the symbol."""
    if m.issuer and context.issuer and body_key(m.issuer.name) == body_key(context.issuer):
        return True
    own = parse_printed(context.identifier)
    return bool(own and own.body and m.identifier and m.identifier.body == own.body and own.body not in _SHARED_CODES)


def _run_starts(view: View, mentions: list[Mention]) -> list[int]:
    """Where the enumeration begins that a mention belongs to."""
    starts: list[int] = []
    groups: dict[int, int] = {}
    for i, m in enumerate(mentions):
        start = groups.get(m.group, m.start)
        if start == m.start and i and m.inside == mentions[i - 1].inside:
            gap = _REMARK.sub("", view.low[mentions[i - 1].full_end : m.start])
            if len(gap) < 40 and gap.strip(" ,;()") in (
                "",
                "va",
                "so",
                "va so",
                "cac",
                "va cac",
                "hoac",
                "cung",
                "so:",
                "va so:",
            ):
                start = starts[i - 1]
        groups.setdefault(m.group, start)
        starts.append(start)
    return starts


def _subject_end(view: View) -> int:
    """End of the letter's own subject, whose citations the body repeats."""
    subjects = [end for _, end, zone in view.zones if zone == "subject"]
    if subjects:
        return max(subjects)
    to = view.low.find("kinh gui", 0, 4000)
    return max(to, 0)


def _reference(view: View, d: Resolved, names: dict[int, str], context: LetterContext) -> Reference:
    first = d.first
    identifier = next((m.identifier for m in d.mentions if m.identifier), None)
    code = identifier.type_code if identifier else None
    if code is None and d.type:
        code = next((c for (c, _), name in type_codes().items() if name == d.type), None)
    conflicts = conflicts_of(d.mentions)
    return Reference(
        id=names[id(d)],
        type=d.type,
        type_code=code,
        identifier=d.identifier,
        date=d.date,
        issuer=d.issuer,
        title=d.title,
        relation=d.relation,
        via=names[id(d.via)] if d.via is not None else None,
        mentions=[Located(span=span) for span in sorted(set(d.spans))],
        confidence=_confidence(d, len(conflicts)),
        text=squeeze(view.text[first.start : first.end]),
        pinpoints=list(dict.fromkeys(m.pinpoint for m in d.mentions if m.pinpoint)),
        body=body_of(d.issuer, identifier, d.type, context),
        year=d.year if d.date is None else None,
        conflicts=conflicts,
    )


def _confidence(d: Resolved, conflicts: int) -> float:
    """Probability that type, identifier and date are right: from how complete and how consistent the mentions are."""
    value = 0.97 if d.identifier and d.date else 0.93 if d.identifier or d.first.kind == "law" else 0.8
    marks = set().union(*(m.marks for m in d.mentions))
    value -= 0.15 * ("no_head" in marks) + 0.1 * ("ocr" in marks) + 0.12 * conflicts
    value -= 0.05 * any(m.supplied_year for m in d.mentions)
    value -= 0.2 * (d.first.kind == "bare")
    return round(min(0.99, max(0.3, value + 0.01 * (len(d.mentions) > 1))), 3)
