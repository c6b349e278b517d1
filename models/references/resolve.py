"""Joining the mentions of one document, each filling what the others lack."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from models.letter import Relation
from models.references import lexicon
from models.references.bodies import known_bodies
from models.references.folding import low
from models.references.mention import Mention
from models.references.view import View
from models.text import squeeze


@dataclass
class Resolved:
    """One cited document with all its mentions."""

    mentions: list[Mention]
    spans: list[tuple[int, int]] = field(default_factory=list)
    relation: Relation = Relation.VIEN_DAN
    via: Resolved | None = None
    conflicts: set[str] = field(default_factory=set)

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    @property
    def type(self) -> str | None:
        explicit = next((m.type for m in self.mentions if m.explicit), None)
        return explicit or self.first.type

    @property
    def identifier(self) -> str | None:
        named = [m.identifier for m in self.mentions if m.identifier]
        known = next((i.canonical for i in named if i.body in known_bodies()), None)
        return (
            known
            or (named[0].canonical if named else None)
            or next((m.number for m in self.mentions if m.number), None)
        )

    @property
    def key(self) -> str | None:
        return next((m.identifier.key for m in self.mentions if m.identifier), None)

    @property
    def date(self) -> str | None:
        sure = next((m.date for m in self.mentions if m.date and not m.supplied_year), None)
        return sure or next((m.date for m in self.mentions if m.date), None)

    @property
    def year(self) -> str | None:
        return next((m.year for m in self.mentions if m.year), None) or (self.date[:4] if self.date else None)

    @property
    def issuer(self) -> str | None:
        own = next((m.issuer.name for m in self.mentions if m.issuer and not m.issuer_shared), None)
        return own or next((m.issuer.name for m in self.mentions if m.issuer), None)

    @property
    def title(self) -> str | None:
        own = [m for m in self.mentions if m.title and not m.title_shared] or [m for m in self.mentions if m.title]
        best = max(own, key=lambda m: (m.date is not None) + (m.issuer is not None), default=None)
        return best.title.text if best and best.title else None


def law_key(name: str) -> str:
    """A law's name without punctuation, marks and the abbreviations of councils and committees."""
    key = low(squeeze(name))
    key = re.sub(r"\bhdnd\b", "hoi dong nhan dan", re.sub(r"\bubnd\b", "uy ban nhan dan", key))
    return re.sub(r"[^a-z0-9]+", " ", key).strip()


def resolve(view: View, mentions: list[Mention]) -> tuple[list[Resolved], dict[int, Resolved]]:
    """The documents in the order of first mention, and the document of each mention by its index."""
    documents: list[Resolved] = []
    of: dict[int, Resolved] = {}
    numbered: dict[str, list[Resolved]] = {}
    for i, m in enumerate(mentions):
        if m.kind == "numbered" and m.identifier:
            document = _same_number(numbered.setdefault(m.identifier.key, []), m)
            if document is None:
                document = Resolved([])
                numbered[m.identifier.key].append(document)
                documents.append(document)
            document.mentions.append(m)
            of[i] = document
    _join_laws(mentions, documents, of)
    _join_dated(mentions, documents, of)
    _join_bare(mentions, documents, of)
    for i, m in enumerate(mentions):
        if i in of:
            of[i].spans.append((m.start, m.end))
    _anaphors(view, mentions, documents)
    for d in documents:
        d.mentions.sort(key=lambda m: m.start)
    documents.sort(key=lambda d: d.first.start)
    return documents, of


def _same_number(candidates: list[Resolved], m: Mention) -> Resolved | None:
    """A document with this number, unless type or date say that it is another of the same number."""
    for d in candidates:
        if (
            m.date
            and d.date
            and m.date != d.date
            and not (m.supplied_year or any(x.supplied_year for x in d.mentions if x.date))
        ):
            if m.date[:4] != d.date[:4] and not (m.identifier and m.identifier.year):
                continue
            d.conflicts.add("date")
        if m.explicit and d.first.explicit and m.type != d.type:
            d.conflicts.add("type")
        return d
    return None


def _join_laws(mentions: list[Mention], documents: list[Resolved], of: dict[int, Resolved]) -> None:
    by_name: dict[tuple[str, str], list[Resolved]] = {}
    for d in documents:
        if d.first.type in ("luật", "bộ luật", "pháp lệnh") and d.title:
            by_name.setdefault((d.first.type, law_key(d.title)), []).append(d)
    for dated_first in (True, False):
        for i, m in enumerate(mentions):
            if m.kind != "law" or i in of or bool(m.date or m.year) != dated_first:
                continue
            key = (m.type or "", law_key(m.title.text) if m.title else "")
            same = [d for d in by_name.get(key, []) if _same_version(d, m)]
            if len(same) == 1:
                document = same[0]
            else:
                document = Resolved([])
                by_name.setdefault(key, []).append(document)
                documents.append(document)
            document.mentions.append(m)
            of[i] = document


def _same_version(d: Resolved, m: Mention) -> bool:
    year = m.year or (m.date[:4] if m.date else None)
    known = d.year or next((x.identifier.year for x in d.mentions if x.identifier and x.identifier.year), None)
    if m.date and d.date and m.date != d.date:
        return False
    return not (year and known and year != known)


def _join_dated(mentions: list[Mention], documents: list[Resolved], of: dict[int, Resolved]) -> None:
    for i, m in enumerate(mentions):
        if m.kind not in ("dated", "named"):
            continue
        if m.kind == "named":
            same = [
                d
                for d in documents
                if d.type == m.type
                and d.issuer
                and m.issuer
                and low(d.issuer) == low(m.issuer.name)
                and (not d.date or not m.date or d.date == m.date)
            ]
        else:
            same = [
                d
                for d in documents
                if d.date == m.date
                and (d.type == m.type or not m.explicit)
                and _one_issuer(d.issuer, m.issuer.name if m.issuer else None)
            ]
        if len(same) == 1:
            document = same[0]
        else:
            document = Resolved([])
            documents.append(document)
        document.mentions.append(m)
        of[i] = document


def _one_issuer(a: str | None, b: str | None) -> bool:
    if not a or not b:
        return True
    a, b = low(a), low(b)
    return a in b or b in a


def _join_bare(mentions: list[Mention], documents: list[Resolved], of: dict[int, Resolved]) -> None:
    """Join "Kế hoạch 168" to the one document of that type and number, or make a stub if the text says more of it."""
    for i, m in enumerate(mentions):
        if m.kind != "bare" or not m.number:
            continue
        number = m.number.lstrip("0")
        same = [
            d
            for d in documents
            if (not m.explicit or d.type == m.type)
            and any(
                (x.identifier and x.identifier.number.lstrip("0") == number)
                or (x.number and x.number.lstrip("0") == number)
                for x in d.mentions
            )
            and not (m.date and d.date and m.date != d.date)
        ]
        if len(same) == 1:
            document = same[0]
        elif not same and (m.issuer or ("so" in m.marks and m.date)):
            document = Resolved([])
            documents.append(document)
        else:
            continue
        document.mentions.append(m)
        of[i] = document


_ANAPHOR = re.compile(
    r"(?:(?:vua|da)\s+(?:neu|dan|noi|ban\s+hanh)(?:\s+tren)?|neu\s+tren|noi\s+tren|neu\s+o\s+tren|dan\s+tren"
    r"|tren\s+day|ke\s+tren|tren|do)(?![a-z])"
)
_SEVERAL = re.compile(r"(?:cac|hai|ba|nhung)\s+$")


def _anaphors(view: View, mentions: list[Mention], documents: list[Resolved]) -> None:
    """ "Kế hoạch nêu trên", "Công văn vừa dẫn": one more mention of the only document of that type so far."""
    taken = sorted((m.start, m.full_end) for m in mentions)
    if not documents:
        return
    kinds = [(d.first.start, d.type, d) for d in documents]
    for m in _ANAPHOR.finditer(view.low, documents[0].first.end):
        end = m.start()
        while view.low[end - 1] == " ":
            end -= 1
        if end == m.start():
            continue
        base = max(0, end - 30)
        words = [w for w in lexicon.DOCUMENT_TYPE.finditer(view.low, base, end) if w.end() == end]
        if not words:
            continue
        w = words[-1]
        if any(a <= w.start() < b for a, b in taken if a > w.start() - 1200):
            continue
        word = lexicon.document_words()[squeeze(w[0])]
        if squeeze(m[0]) in ("tren", "do") and not (view.flat[w.start()].isupper() and word.kind != "generic"):
            continue
        if _SEVERAL.search(view.low, max(0, w.start() - 7), w.start()):
            continue
        before = [
            d
            for at, kind, d in kinds
            if at < w.start() and (kind == word.type or (word.kind == "generic" and kind not in ("luật", "nghị định")))
        ]
        if len(before) == 1:
            before[0].spans.append((w.start(), m.end()))
