"""The store's citations: which letter of the archive a reference means, and which letters cite a letter.

Rows that may be meant are fetched by number, or by type and date; :class:`models.references.matching.Matcher` decides,
so that two bodies with one number ("12/KH-UBND" of two provinces) are told apart, and nothing is joined where two fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, or_, select

from models.letter import Reference, Relation
from models.references.bodies import body_of
from models.references.context import LetterContext
from models.references.identifiers import parse_printed
from models.references.matching import Matcher
from service.archive.database import reading
from service.archive.records import LetterSummary, identifier_key
from service.archive.schema import letters, references

_SUMMARY = [letters.c[name] for name in LetterSummary.__dataclass_fields__]
_LETTER = [letters.c[name] for name in ("id", "document_type", "identifier", "date", "issuer", "place", "subject")]
_REFERENCE = [references.c[name] for name in ("letter_id", "ref", "type", "identifier", "identifier_key", "date", "issuer", "title", "relation")]
MOST_CANDIDATES = 2000
"""Letters of one type that are compared by title at most."""
MOST_CITING = 20_000
"""References that are looked through for one letter at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """A stored letter as matching needs it (:class:`models.references.matching.StoredLetter`)."""

    id: str
    document_type: str | None
    identifier: str | None
    date: str | None
    issuer: str | None
    place: str | None
    subject: str | None
    parent_body: str | None = None
    references: tuple[Reference, ...] = ()


class CitationStore:
    """Functions on citations; :class:`service.archive.store.Store` joins them with the others."""

    engine: Engine

    def cited_by(self, identifier: str) -> list[LetterSummary]:
        """Letters that cite a number in any spelling, whichever body it is of; for one letter see :meth:`citing`."""
        query = select(*_SUMMARY).where(letters.c.id.in_(select(references.c.letter_id).where(references.c.identifier_key == identifier_key(identifier))))
        with reading(self.engine) as connection:
            return [LetterSummary(*row) for row in connection.execute(query.order_by(letters.c.date, letters.c.id))]

    def citing(self, id: str) -> list[LetterSummary]:
        """Letters that cite this letter and no other that fits as well, by date. An unknown id is cited by none."""
        with reading(self.engine) as connection:
            found = connection.execute(select(*_LETTER).where(letters.c.id == id)).first()
            if found is None:
                return []
            letter = Row(*found)
            rows = connection.execute(select(*_REFERENCE).where(_may_cite(letter), references.c.letter_id != id).limit(MOST_CITING)).all()
            matcher = _matcher(connection, rows, letter)
            contexts = _contexts(connection, {row.letter_id for row in rows})
            citing = {row.letter_id for row in rows if (match := matcher.match(_reference(row, contexts[row.letter_id]))) and match.letter_id == id}
            query = select(*_SUMMARY).where(letters.c.id.in_(citing)).order_by(letters.c.date, letters.c.id)
            return [LetterSummary(*row) for row in connection.execute(query)] if citing else []

    def resolve_references(self, id: str) -> dict[str, str]:
        """Which references of a letter the archive holds: reference id -> letter id; left out where none or several fit."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(*_REFERENCE).where(references.c.letter_id == id)).all()
            matcher = _matcher(connection, rows)
            context = _contexts(connection, {id}).get(id, LetterContext())
            matches = ((row.ref, matcher.match(_reference(row, context))) for row in rows)
            return {ref: match.letter_id for ref, match in matches if match and match.letter_id != id}


def _may_cite(letter: Row) -> ColumnElement[bool]:
    """Rows of references that can mean a letter: its number, its bare number, or its type without a number."""
    named = and_(references.c.identifier.is_(None), references.c.title.is_not(None), references.c.type == letter.document_type,
                 or_(references.c.date.is_(None), references.c.date == letter.date))
    if not letter.identifier:
        return named
    keys = [identifier_key(letter.identifier)]
    if printed := parse_printed(letter.identifier):
        keys.append(identifier_key(printed.number))
    return or_(references.c.identifier_key.in_(keys), named)


def _matcher(connection: Connection, rows: Iterable[Any], letter: Row | None = None) -> Matcher:
    """A matcher over the letters that the references can mean (and over ``letter``)."""
    rows = list(rows)
    keys = {row.identifier_key for row in rows if row.identifier_key}
    starts = [key for key in keys if key.isdigit()]
    named = {row.type for row in rows if not row.identifier and row.title and row.type}
    found: dict[str, Row] = {letter.id: letter} if letter else {}
    if keys:
        wanted = [letters.c.identifier_key.in_(keys), *(letters.c.identifier_key.startswith(f"{key} ") for key in starts)]
        found |= {row.id: Row(*row) for row in connection.execute(select(*_LETTER).where(or_(*wanted)))}
    if named:
        query = select(*_LETTER).where(letters.c.document_type.in_(named)).order_by(letters.c.date.desc(), letters.c.id).limit(MOST_CANDIDATES)
        found |= {row.id: Row(*row) for row in connection.execute(query)}
    return Matcher(found.values())


def _contexts(connection: Connection, ids: set[str]) -> dict[str, LetterContext]:
    """What a citing letter tells of the bodies it cites: its own issuer, place and date."""
    query = select(letters.c.id, letters.c.issuer, letters.c.place, letters.c.date).where(letters.c.id.in_(ids))
    return {row.id: LetterContext(issuer=row.issuer, place=row.place, date=row.date) for row in connection.execute(query)} if ids else {}


def _reference(row: Any, context: LetterContext) -> Reference:
    body = body_of(row.issuer, parse_printed(row.identifier), row.type, context)
    return Reference(id=row.ref, type=row.type, identifier=row.identifier, date=row.date, issuer=row.issuer, title=row.title, relation=Relation(row.relation), body=body)
