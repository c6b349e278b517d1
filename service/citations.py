"""The citation graph around a letter of the archive: its neighbours are fetched, the graph itself is models.references'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.letter import Extraction, FieldValue, Reference
from models.references.graph import CitationGraph, build_graph
from service.archive.errors import NotFound
from service.archive.store import Store

MOST_LETTERS = 120
"""Letters that are fetched at most for one graph."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A stored letter as matching and graph need it (:class:`models.references.matching.StoredLetter`)."""

    id: str
    document_type: str | None
    identifier: str | None
    date: str | None
    issuer: str | None
    parent_body: str | None
    place: str | None
    subject: str | None
    references: Sequence[Reference]


def around(store: Store, id: str, *, steps: int = 2) -> CitationGraph:
    """The graph of the letters at most ``steps`` citations away from ``id``. Raises NotFound."""
    found = {id: _cited(id, store.get_letter(id).extraction)}
    edge = [id]
    for _ in range(steps):
        names: list[str] = []
        for name in edge:
            names += store.resolve_references(name).values()
            names += [letter.id for letter in store.citing(name)]
        edge = []
        for name in dict.fromkeys(names):
            if name in found or len(found) >= MOST_LETTERS:
                continue
            try:
                found[name] = _cited(name, store.get_letter(name).extraction)
            except NotFound:  # deleted in between
                continue
            edge.append(name)
    return build_graph(found.values()).around(id, steps=steps)


def _cited(id: str, letter: Extraction) -> Cited:
    def value(field: FieldValue | None) -> str | None:
        return field.value if field else None

    return Cited(id, value(letter.document_type), value(letter.identifier), value(letter.date), value(letter.issuer), value(letter.parent_body), value(letter.place),
                 value(letter.subject), letter.references)
