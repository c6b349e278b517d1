"""How a cited document stands to the letter, or to the citation in whose title it stands."""

from __future__ import annotations

import re

from models.letter import Relation
from models.lexicons import table
from models.references import lexicon
from models.references.mention import Mention
from models.references.view import BREAK, View
from models.text import fold

_ROWS = table("ref_relations")
_LINE = {fold(r["trigger"]).lower(): r["relation"] for r in _ROWS if r["place"] == "line"}
_NEAR = {fold(r["trigger"]).lower(): r["relation"] for r in _ROWS if r["place"] == "near"}
_LINE_TRIGGER = re.compile(rf"(?<![a-z])(?P<t>{lexicon.alternation(_LINE)})(?![a-z])")
_NEAR_TRIGGER = re.compile(rf"(?<![a-z])(?P<t>{lexicon.alternation(_NEAR)})(?![a-z])")
_PROMULGATED_WITH = re.compile(r"(?:ban\s+hanh|quy\s+dinh|qui\s+dinh|neu|phu\s+luc)\s+(?:tai\s+)?kem\s+theo\s*$")
_CLAUSE_START = re.compile(r"[;.¶:]")
_NESTED = (
    (re.compile(r"(?<![a-z])(?:thay\s+the)\s"), Relation.THAY_THE),
    (re.compile(r"(?<![a-z])(?:bai\s+bo|huy\s+bo|thu\s+hoi)\s"), Relation.BAI_BO),
    (re.compile(r"(?<![a-z])(?:sua\s+doi|bo\s+sung|dieu\s+chinh|dinh\s+chinh)"), Relation.SUA_DOI),
    (
        re.compile(r"(?<![a-z])(?:thuc\s+hien|trien\s+khai|thi\s+hanh|quy\s+dinh\s+chi\s+tiet|huong\s+dan|cu\s+the\s+hoa|to\s+chuc)"),
        Relation.DUOC_TRIEN_KHAI_BOI,
    ),
)
_BACKGROUND = re.compile(r"(?<![a-z])(?:ke\s+tu|theo\s+quy\s+dinh|theo\s+phan\s+cong|quy\s+dinh\s+tai|dan\s+chieu|tai)\s*(?:cac\s+)?$")
_WITHIN = 60


def letter_relation(view: View, mention: Mention, run_start: int) -> Relation:
    """The relation of a citation in the letter's own sentence; ``run_start`` is where its enumeration begins."""
    low, flat = view.low, view.flat
    base = max(0, run_start - 420)
    paragraph = flat.rfind(BREAK, base, run_start)
    base = paragraph + 1 if paragraph >= 0 else base
    clause = base
    for m in _CLAUSE_START.finditer(flat, base, run_start):
        if m[0] != "." or flat[m.end() : m.end() + 1] in (" ", BREAK):
            if m[0] == ":" and run_start - m.end() < 4:
                continue
            clause = m.end()
    if _PROMULGATED_WITH.search(low, max(clause, run_start - 60), run_start):
        near = None
    else:
        near = _last(_NEAR_TRIGGER, low, max(clause, run_start - _WITHIN), run_start)
    line = _first(_LINE_TRIGGER, low, clause, run_start)
    if view.zone_at(mention.start) == "legal_basis":
        return Relation.CAN_CU
    if near and _NEAR[_key(near)] in ("thay_the", "bai_bo", "sua_doi", "kem_theo"):
        return Relation(_NEAR[_key(near)])
    if line and (line.start() - clause < 45 or run_start - line.end() < 45):
        return Relation(_LINE[_key(line)])
    if near:
        return Relation(_NEAR[_key(near)])
    if _basis_goes_on(view, clause, run_start):
        return Relation.CAN_CU
    return Relation.VIEN_DAN


def _basis_goes_on(view: View, clause: int, start: int) -> bool:
    """Within "Căn cứ A; B; C" every member is a basis."""
    base = max(0, clause - 700)
    paragraph = view.flat.rfind(BREAK, base, max(base, clause - 1))
    begin = paragraph + 1 if paragraph >= 0 else base
    head = view.low[begin : begin + 12].lstrip()
    return head.startswith("can cu") and view.flat[clause - 1 : clause] == ";" and start - clause < 40


def _key(m: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", m["t"])


def _first(pattern: re.Pattern[str], low: str, start: int, end: int) -> re.Match[str] | None:
    return pattern.search(low, start, end)


def _last(pattern: re.Pattern[str], low: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(low, start, end):  # noqa: B007 - the last one is wanted
        pass
    return found


def nested_relation(view: View, outer: Mention, inner: Mention) -> Relation | None:
    """How the document cited inside a title stands to the document that bears the title; None when merely named."""
    if outer.title is None:
        return None
    lead = view.low[outer.title.start : inner.start]
    best: tuple[int, Relation] | None = None
    for pattern, relation in _NESTED:
        for m in pattern.finditer(lead):
            if best is None or m.start() > best[0]:
                best = (m.start(), relation)
    if best is None or len(lead) - best[0] > 110:
        return None
    return best[1]


_AMENDED_BY = re.compile(r"\s*,?\s*\(?\s*(?:da\s+)?duoc\s+(?P<how>sua\s+doi|bo\s+sung|thay\s+the|bai\s+bo|dieu\s+chinh)[^;.¶]{0,60}?(?:boi|tai|theo|bang)\s*(?:cac\s+)?(?:khoan\s+\d+\s+)?(?:dieu\s+\d+\s+)?$")


def passive_relation(view: View, before: Mention, after: Mention) -> Relation | None:
    """"A được sửa đổi, bổ sung bởi B": how A stands to B."""
    if not 0 < after.start - before.end < 140:
        return None
    m = _AMENDED_BY.fullmatch(view.low, before.end, after.start)
    if not m:
        return None
    how = m["how"]
    return Relation.THAY_THE if how.startswith("thay") else Relation.BAI_BO if how.startswith("bai") else Relation.SUA_DOI
