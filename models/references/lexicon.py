"""The stage's word lists as compiled patterns. The lists are tables under ``models/lexicons`` (``ref_*.tsv``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from models.lexicons import table, words
from models.references.letters import UPPER
from models.text import fold, match_key


def alternation(entries: Iterable[str]) -> str:
    """A regular expression that matches any entry, the longest first, blanks standing for any run of white space."""
    unique = sorted(set(entries), key=lambda w: (-len(w), w))
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in unique)


def folded(entries: Iterable[str]) -> list[str]:
    """The entries in lower case without marks, as in the folded view."""
    return [fold(w).lower() for w in entries]


@dataclass(frozen=True)
class DocumentWord:
    """A type name as it stands in text."""

    name: str
    type: str
    kind: str
    unnumbered: bool
    not_after: tuple[str, ...] = ()


@cache
def document_words() -> dict[str, DocumentWord]:
    """Folded name -> what it says."""
    return {
        fold(r["name"]).lower(): DocumentWord(
            r["name"], r["type"], r["kind"], r["unnumbered"] == "yes", tuple(folded(r["not_after"].split()))
        )
        for r in table("ref_types")
    }


def _types(kinds: tuple[str, ...], *, unnumbered: bool = False) -> list[str]:
    return [k for k, w in document_words().items() if w.kind in kinds and (w.unnumbered or not unnumbered)]


ANY_TYPE = re.compile(rf"(?<![a-z])(?:{alternation(_types(('document', 'generic', 'other', 'law')))})(?![a-z])")
"""A type name, on the folded view."""
DATED_TYPE = re.compile(
    rf"(?<![a-z])(?:{alternation(_types(('document', 'generic', 'other'), unnumbered=True))})(?![a-z])"
)
"""A type name that may be cited by its date alone."""
DOCUMENT_TYPE = re.compile(rf"(?<![a-z])(?:{alternation(_types(('document', 'generic', 'other')))})(?![a-z])")

TYPE_ENDS = frozenset(name.split()[-1] for name in _types(("document", "generic", "other")))
"""The last syllables of the names in :data:`DOCUMENT_TYPE`: a cheap test before the pattern."""

_HEADS = words("ref_bodies_head")
BODY_HEAD = re.compile(
    "(?:"
    + alternation(
        [
            *_HEADS,
            *(h.title() for h in _HEADS if " " in h),
            *(r["head"].lower() for r in table("ref_bodies_head") if r["lower"]),
        ]
    )
    + r")(?!\w)"
)
"""The beginning of a body's name, on the flat view."""
SUBJECT_PLACE = re.compile(
    rf"(?:{alternation({r['old'] for r in table('provinces')} | {r['new'] for r in table('provinces')})})(?!\w)"
)
"""A province as the subject of a sentence: "Hà Nội phải …"."""
BODY_HEAD_UPPER = re.compile(rf"(?:{alternation(w.upper() for w in words('ref_bodies_head'))})(?!\w)")
ISSUER_STOP = alternation(words("ref_issuer_stops"))
CLAUSE_OPENER = alternation(words("ref_clause_openers"))
CLAUSE_VERB = re.compile(
    rf"\s*(?:\([^()¶]{{1,40}}\)\s*)?(?:(?:-\s*)?[{UPPER}a-z][^\s,;.]*\s+){{0,4}}?"
    r"(?:(?:đã|cũng|xin|vừa|tiếp tục|trân trọng|thống nhất|sẽ|lại)\s+)*"
    rf"(?:{alternation(words('ref_clause_verbs'))})(?!\w)"
)
"""A main verb that follows a body's name, a few words (a person's name) between allowed."""
DROPPED_OPENER = alternation(r["opener"] for r in table("ref_title_openers") if r["keep"] == "drop")
_KEPT = [r["opener"] for r in table("ref_title_openers") if r["keep"] == "keep"]
_CAPITALS = frozenset(r["opener"] for r in table("ref_title_openers") if r["capital"] == "yes")
KEPT_OPENER = alternation(_KEPT)
CAPITAL_OPENER = alternation(w[0].upper() + w[1:] for w in _KEPT if w in _CAPITALS)
"""Title openers that are also printed with a capital after the issuer ("của Chính phủ Quy định chi tiết …")."""
NOT_CITATION = re.compile(
    rf"(?<!\w)(?:{alternation(words('ref_not_citations'))})\s*(?:số\s*)?[:.(]?\s*(?:[a-z]{{1,3}}\s*)?[-:.]?\s*$",
    re.IGNORECASE,
)


@cache
def comma_names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(folded text before a comma, pattern of the text after it) for names of bodies that hold a comma."""
    return tuple(
        (fold(r["before"]).lower(), re.compile(re.escape(fold(r["after"]).lower()) + r"(?![a-z])"))
        for r in table("ref_name_commas")
    )


@cache
def closed_names() -> re.Pattern[str]:
    """Names that are complete as they stand, on the folded view."""
    return re.compile(rf"(?:{alternation(folded(r['name'] for r in table('ref_closed_names')))})(?![a-z])")


def is_type_word(flat: str, low: str, start: int, end: int, word: DocumentWord) -> bool:
    """Whether the type name at ``start`` is that word: not part of "Bí thư", not the syllable "Thủ"."""
    if " " not in word.name and not flat[start:end].isascii() and match_key(flat[start:end]) != match_key(word.name):
        return False
    return not word.not_after or not low[max(0, start - 8) : start].rstrip().endswith(word.not_after)
