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
from typing import Literal, Protocol, TypeVar

from rapidfuzz import fuzz

from models.letter import Reference
from models.references.bodies import body_key, body_of
from models.references.context import LetterContext
from models.references.folding import low
from models.references.identifiers import identifier_key, parse_printed
from models.text import match_key, nfc

TITLE_THRESHOLD = 94.0
"""Least likeness (0 to 100) at which a title alone names a letter's subject.

``python -m training.calibrate_matching`` prints precision and recall by threshold; this one has most recall at
precision 0.99, among rivals of another year, instalment, place, supplement and repeal.
"""
DATED_THRESHOLD = 88.0
"""The same where type and date agree, which few rivals do."""
TITLE_MARGIN = 2.0
"""How much liker than the second the best title must be."""

T = TypeVar("T")
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
        (reference.type or "", reference.date or reference.year or "", issuer, title if not issuer or not reference.date else "")
    )


class Matcher:
    """Finds the letter of an archive that a reference cites. Letters may be added at any time."""

    def __init__(self, letters: Iterable[StoredLetter] = ()) -> None:
        self._by_number: dict[str, list[StoredLetter]] = defaultdict(list)
        self._by_bare: dict[str, list[StoredLetter]] = defaultdict(list)
        self._titled: dict[str, list[tuple[StoredLetter, TitleKey]]] = defaultdict(list)
        for letter in letters:
            self.add(letter)

    def add(self, letter: StoredLetter) -> None:
        """Take a letter into the index."""
        if letter.identifier:
            self._by_number[identifier_key(letter.identifier)].append(letter)
            if printed := parse_printed(letter.identifier):
                self._by_bare[printed.number.lstrip("0")].append(letter)
        if letter.document_type and letter.subject:
            self._titled[letter.document_type].append((letter, TitleKey.of(letter.subject)))

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
        wanted = TitleKey.of(reference.title)
        scored = [
            (likeness, c)
            for c, key in self._titled[reference.type or ""]
            if (not reference.date or c.date == reference.date)
            and (likeness := title_likeness(wanted, key)) >= DATED_THRESHOLD - TITLE_MARGIN
            and _body_fits(reference, c)
        ]
        best = choose(scored, DATED_THRESHOLD if reference.date else TITLE_THRESHOLD)
        if best is None:
            return None
        score, letter = best
        return Match(letter.id, "title_and_date" if reference.date else "title", round(score / 100 * 0.95, 3))


@dataclass(frozen=True)
class TitleKey:
    """A title as titles are compared: its key, the key without tone marks, and its figures in order."""

    key: str
    bare: str
    figures: tuple[str, ...]

    @classmethod
    def of(cls, title: str) -> TitleKey:
        """The key of a printed title."""
        key = match_key(title)
        return cls(key, match_key(low(nfc(title))), tuple(_FIGURES.findall(key)))


def title_likeness(cited: TitleKey, subject: TitleKey) -> float:
    """Likeness of a cited title to a letter's subject, 0 to 100; 0 where their figures differ ("đợt 1", "đợt 2").

    A title printed without tone marks is compared without them.
    """
    if cited.figures != subject.figures:
        return 0.0
    return fuzz.ratio(cited.key, subject.bare if cited.key.isascii() else subject.key)


def choose(scored: Sequence[tuple[float, T]], threshold: float) -> tuple[float, T] | None:
    """The best of what was scored, if it reaches the threshold and no second comes near it."""
    ranked = sorted(scored, key=lambda item: item[0], reverse=True)
    if not ranked or ranked[0][0] < threshold or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < TITLE_MARGIN):
        return None
    return ranked[0]


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
