"""Matching a cited document to the letter of the archive that it is.

In this order (each only when exactly one letter is left): number, symbol and date; number, body and year; number and
symbol, where no other body has them; type, date and title; type and title. Two bodies with one code (UBND of two
provinces) are told apart by the body's name and province, which the reference stage read within the citing letter's own
province.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rapidfuzz import fuzz

from models.letter import Reference
from models.references.bodies import body_key, body_of
from models.references.context import LetterContext
from models.references.folding import low
from models.references.identifiers import identifier_key, parse_printed
from models.text import match_key

TITLE_THRESHOLD = 90.0
"""Least likeness (rapidfuzz ratio of the comparison keys, 0 to 100) at which a title names a letter's subject.

Measured with ``training/benchmark_references.py --titles`` on the titles of the citation table, figures in them equal:
the nearest title of another document against the title itself with one letter in 25 misread.
"""

_FIGURES = re.compile(r"\d+")

How = Literal["number_and_date", "number_body_and_year", "number", "title_and_date", "title"]


class StoredLetter(Protocol):
    """What matching and graph need to know of a letter in the archive."""

    @property
    def id(self) -> str: ...
    @property
    def document_type(self) -> str | None: ...
    @property
    def identifier(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...
    @property
    def issuer(self) -> str | None: ...
    @property
    def parent_body(self) -> str | None: ...
    @property
    def place(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def references(self) -> Sequence[Reference]: ...


@dataclass(frozen=True)
class Match:
    """The letter a citation was matched to, by what, and how sure (0 to 1)."""

    letter_id: str
    how: How
    confidence: float


def canonical_key(reference: Reference) -> str:
    """One string a document, equal for every citation of it: number with symbol, year, and the body if it is local.

    Without a number: type, date and issuer, or the title where those do not tell enough (laws: type, date and name).
    """
    year = (reference.date or "")[:4]
    if reference.identifier:
        printed = parse_printed(reference.identifier)
        year = year or (printed.year if printed and printed.year else "") or ""
        local = reference.body and reference.body.level not in (None, "central")
        body = body_key(reference.body.name) if reference.body and local else ""
        return "|".join((identifier_key(reference.identifier), year, body))
    title = match_key(reference.title or "")
    issuer = body_key(reference.issuer)
    return "|".join(
        (reference.type or "", reference.date or "", issuer, title if not issuer or not reference.date else "")
    )


class Matcher:
    """Finds the letter of an archive that a reference cites. Letters may be added at any time."""

    def __init__(self, letters: Iterable[StoredLetter] = ()) -> None:
        self._by_number: dict[str, list[StoredLetter]] = defaultdict(list)
        self._by_bare: dict[str, list[StoredLetter]] = defaultdict(list)
        self._by_type: dict[str, list[StoredLetter]] = defaultdict(list)
        for letter in letters:
            self.add(letter)

    def add(self, letter: StoredLetter) -> None:
        """Take a letter into the index."""
        if letter.identifier:
            self._by_number[identifier_key(letter.identifier)].append(letter)
            if printed := parse_printed(letter.identifier):
                self._by_bare[printed.number.lstrip("0")].append(letter)
        if letter.document_type:
            self._by_type[letter.document_type].append(letter)

    def match(self, reference: Reference) -> Match | None:
        """The only letter that fits, or None: nothing fits, or more than one does."""
        if reference.identifier:
            return self._by_identifier(reference)
        return self._by_title(reference)

    def _by_identifier(self, reference: Reference) -> Match | None:
        identifier = reference.identifier or ""
        same = [c for c in self._by_number[identifier_key(identifier)] if _body_fits(reference, c)]
        if not same:
            return self._by_bare_number(reference)
        if reference.date:
            dated = [c for c in same if c.date == reference.date]
            if len(dated) == 1:
                return Match(dated[0].id, "number_and_date", 0.99)
            same = [c for c in same if c.date is None or c.date[:4] == reference.date[:4]]
            if len(same) == 1:
                return Match(same[0].id, "number_body_and_year", 0.93 if same[0].date is None else 0.85)
            return None
        return Match(same[0].id, "number", 0.9) if len(same) == 1 else None

    def _by_bare_number(self, reference: Reference) -> Match | None:
        """ "Kế hoạch số 168 ngày 02/02/2024": number, type, and the date or the body."""
        number = reference.identifier or ""
        if not number.isalnum() or not (reference.date or reference.issuer):
            return None
        fits = [
            c
            for c in self._by_bare[number.lstrip("0")]
            if c.document_type == reference.type
            and (not reference.date or c.date == reference.date)
            and _body_fits(reference, c, needed=not reference.date)
        ]
        if len(fits) != 1:
            return None
        return Match(fits[0].id, "number_and_date" if reference.date else "number_body_and_year", 0.8)

    def _by_title(self, reference: Reference) -> Match | None:
        if not reference.title:
            return None
        wanted = match_key(reference.title)
        scored = [
            (fuzz.ratio(wanted, match_key(c.subject or "")), c)
            for c in self._by_type[reference.type or ""]
            if c.subject
            and same_figures(wanted, match_key(c.subject))
            and (not reference.date or c.date == reference.date)
            and _body_fits(reference, c)
        ]
        near = [(score, c) for score, c in scored if score >= TITLE_THRESHOLD]
        if len(near) != 1:
            return None
        score, letter = near[0]
        return Match(letter.id, "title_and_date" if reference.date else "title", round(score / 100 * 0.95, 3))


def same_figures(a: str, b: str) -> bool:
    """Whether two titles hold the same numbers: "đợt 1" and "đợt 2" are two documents however alike."""
    return _FIGURES.findall(a) == _FIGURES.findall(b)


def _body_fits(reference: Reference, letter: StoredLetter, *, needed: bool = False) -> bool:
    """Whether the cited body can be the letter's issuer; unknown bodies fit unless one is ``needed``."""
    if reference.body is None or not letter.issuer:
        return not needed
    context = LetterContext(issuer=letter.issuer, parent_body=letter.parent_body, place=letter.place, date=letter.date)
    own = body_of(letter.issuer, None, None, context)
    if own is None:
        return not needed
    cited = reference.body
    if cited.province and own.province and low(cited.province) != low(own.province):
        return False
    a, b = body_key(cited.name), body_key(own.name)
    return a == b or a in b or b in a or fuzz.token_set_ratio(a, b) >= 85
