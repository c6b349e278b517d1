"""Joining the mentions of one document, each filling what the others lack; only where one antecedent is left."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from models.letter import Relation
from models.lexicons import table
from models.references.anaphors import pointers
from models.references.bodies import known_bodies
from models.references.folding import low
from models.references.mention import Mention
from models.references.view import View

PROGRAMMES = ("đề án", "dự án", "chương trình", "phương án")
"""Types whose name with a number is often a programme, not a document: "Đề án 30"."""
LAWS = ("luật", "bộ luật", "pháp lệnh")


@dataclass
class Resolved:
    """One cited document with all its mentions."""

    mentions: list[Mention] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    relation: Relation = Relation.VIEN_DAN
    via: Resolved | None = None
    type: str | None = None
    explicit: bool = False
    date: str | None = None
    date_is_sure: bool = False
    year: str | None = None
    start: int = 1 << 60
    """Where the document is first mentioned."""

    def add(self, m: Mention) -> None:
        """Take one more mention and what it tells of type and date; a printed type and a full date count more."""
        self.mentions.append(m)
        self.start = min(self.start, m.start)
        if self.type is None or (m.explicit and not self.explicit):
            self.type, self.explicit = m.type, m.explicit
        if m.date and (self.date is None or (not self.date_is_sure and not m.supplied_year)):
            self.date, self.date_is_sure = m.date, not m.supplied_year
        if self.year is None:
            law_year = m.identifier.year if m.identifier and m.type in LAWS else None
            self.year = m.year or (m.date[:4] if m.date else None) or law_year

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    @property
    def identifier(self) -> str | None:
        """The number; of two spellings the one whose body's code is known."""
        named = [m.identifier for m in self.mentions if m.identifier]
        known = next((i.canonical for i in named if i.body in known_bodies()), None)
        bare = next((m.number for m in self.mentions if m.number), None)
        return known or (named[0].canonical if named else bare)

    @property
    def issuer(self) -> str | None:
        own = next((m.issuer.name for m in self.mentions if m.issuer and not m.issuer_shared), None)
        return own or next((m.issuer.name for m in self.mentions if m.issuer), None)

    @property
    def title(self) -> str | None:
        own = [m for m in self.mentions if m.title and not m.title_shared] or [m for m in self.mentions if m.title]
        best = max(own, key=lambda m: (m.date is not None) + (m.issuer is not None), default=None)
        return best.title.text if best and best.title else None


@cache
def _law_abbreviations() -> dict[str, str]:
    return {r["abbr"]: r["full"] for r in table("ref_law_abbreviations")}


def law_key(name: str) -> str:
    """A law's name in folded words, its abbreviations written out: "Thuế GTGT" and "thuế giá trị gia tăng" are one."""
    known = _law_abbreviations()
    return " ".join(known.get(word, word) for word in re.findall(r"[a-z0-9]+", low(name)))


class _Joiner:
    """The documents found so far, with the ways to find them again."""

    def __init__(self, mentions: list[Mention]) -> None:
        self.mentions = mentions
        self.documents: list[Resolved] = []
        self.of: dict[int, Resolved] = {}

    def put(self, i: int, document: Resolved | None) -> Resolved:
        """Add mention ``i`` to a document, a new one if there is none."""
        if document is None:
            document = Resolved()
            self.documents.append(document)
        document.add(self.mentions[i])
        self.of[i] = document
        return document

    def numbered(self) -> None:
        by_number: dict[str, list[Resolved]] = defaultdict(list)
        for i, m in enumerate(self.mentions):
            if m.kind == "numbered" and m.identifier:
                candidates = by_number[m.identifier.key]
                document = self.put(i, known := _same_number(candidates, m))
                if known is None:
                    candidates.append(document)

    def laws(self) -> None:
        by_name: dict[tuple[str | None, str], list[Resolved]] = defaultdict(list)
        for d in self.documents:
            if d.type in LAWS and d.title:
                by_name[d.type, law_key(d.title)].append(d)
        for with_date in (True, False):
            for i, m in enumerate(self.mentions):
                if m.kind != "law" or bool(m.date or m.year) != with_date:
                    continue
                candidates = by_name[m.type, law_key(m.title.text) if m.title else ""]
                same = [d for d in candidates if _same_version(d, m)]
                document = self.put(i, same[0] if len(same) == 1 else None)
                if len(same) != 1:
                    candidates.append(document)

    def charters(self) -> None:
        """Join the mentions of one charter by its name."""
        known: dict[tuple[str | None, str], Resolved] = {}
        for i, m in enumerate(self.mentions):
            if m.kind == "charter" and m.title:
                key = (m.type, law_key(m.title.text))
                known[key] = self.put(i, known.get(key))

    def dated(self) -> None:
        by_date: dict[str | None, list[Resolved]] = defaultdict(list)
        for d in self.documents:
            by_date[d.date].append(d)
        for i, m in enumerate(self.mentions):
            if m.kind not in ("dated", "named"):
                continue
            same = [
                d
                for d in by_date[m.date]
                if (d.type == m.type or not m.explicit)
                and _one_issuer(d.issuer, m.issuer.name if m.issuer else None, strict=m.kind == "named")
            ]
            document = self.put(i, same[0] if len(same) == 1 else None)
            if len(same) != 1:
                by_date[m.date].append(document)

    def bare(self) -> None:
        """Join "Kế hoạch 168" to the one document of that type and number; a stub if the text says more of it."""
        by_number: dict[str, list[Resolved]] = defaultdict(list)
        for d in self.documents:
            for number in {x.identifier.number.lstrip("0") for x in d.mentions if x.identifier}:
                by_number[number].append(d)
        for i, m in enumerate(self.mentions):
            if m.kind != "bare" or not m.number:
                continue
            candidates = by_number[m.number.lstrip("0")]
            same = [
                d
                for d in candidates
                if (not m.explicit or d.type == m.type) and not (m.date and d.date and m.date != d.date)
            ]
            if len(same) == 1:
                self.put(i, same[0])
            elif (
                not same
                and (m.date or (m.issuer and " " in m.issuer.name))
                and ("so" in m.marks or m.type not in PROGRAMMES)
            ):
                candidates.append(self.put(i, None))

    def pointers(self, view: View) -> None:
        """Add to a document the phrases that point back to it, where it is the only one of its type so far."""
        if not self.documents:
            return
        by_type: dict[str | None, list[Resolved]] = defaultdict(list)
        letters: list[Resolved] = []
        for d in sorted(self.documents, key=lambda d: d.start):
            by_type[d.type].append(d)
            if d.type not in ("luật", "bộ luật", "nghị định"):
                letters.append(d)
        first = min(d.start for d in self.documents)
        for word, start, end in pointers(view, first, ((m.start, m.full_end) for m in self.mentions)):
            known = letters if word.kind == "generic" else by_type[word.type]
            before = [d for d in islice(known, 2) if d.start < start]
            if len(before) == 1:
                before[0].spans.append((start, end))


def resolve(view: View, mentions: list[Mention]) -> tuple[list[Resolved], dict[int, Resolved]]:
    """The documents in the order of first mention, and the document of each mention by its index."""
    joiner = _Joiner(mentions)
    joiner.numbered()
    joiner.laws()
    joiner.charters()
    joiner.dated()
    joiner.bare()
    for i, m in enumerate(mentions):
        if i in joiner.of:
            joiner.of[i].spans.append((m.start, m.end))
    joiner.pointers(view)
    for d in joiner.documents:
        d.mentions.sort(key=lambda m: m.start)
    joiner.documents.sort(key=lambda d: d.start)
    return joiner.documents, joiner.of


def _same_number(candidates: list[Resolved], m: Mention) -> Resolved | None:
    """A document with this number, unless the year of its date says that it is another of the same number."""
    for d in candidates:
        dated = m.date and d.date and d.date_is_sure and not m.supplied_year
        another = dated and m.date[:4] != d.date[:4] and not (m.identifier and m.identifier.year)  # type: ignore[index]
        if not another:
            return d
    return None


def _same_version(d: Resolved, m: Mention) -> bool:
    year = m.year or (m.date[:4] if m.date else None)
    if m.date and d.date and m.date != d.date:
        return False
    return not (year and d.year and year != d.year)


def _one_issuer(a: str | None, b: str | None, *, strict: bool = False) -> bool:
    if strict:
        return bool(a and b) and low(a or "") == low(b or "")
    if not a or not b:
        return True
    a, b = low(a), low(b)
    return a in b or b in a
