"""Answering a query: hits in order, how many there are, facets, fragments.

Counts and facets are exact up to about :data:`~service.archive.search.ranking.EXACT_UP_TO` letters. Beyond, they are taken
from a sample (buckets that letters are dealt out to by their id) and say so. How the order is found:
:mod:`~service.archive.search.ranking`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from service.archive.errors import InvalidCursor, InvalidFilter
from service.archive.search.compile import Meaning, name_filter, term, understand
from service.archive.search.documents import NAMES
from service.archive.search.fields import known_values, spaced
from service.archive.search.highlight import add_boxes, fragments
from service.archive.search.ranking import FEW, Ranked, Taken, best, near, take
from service.archive.search.syntax import parse

FACETS = ("type", "issuer", "level", "province", "province_old", "year", "urgency", "secrecy", "task", "origin", "cites")
SORTS = {"relevance": None, "-date": ("date", Order.Desc), "date": ("date", Order.Asc), "-added": ("added", Order.Desc), "due": ("due", Order.Asc)}
WINDOW = 10_000
"""How deep results can be paged through."""


_COUNTING = ThreadPoolExecutor(8, thread_name_prefix="search-facets")


@dataclass(frozen=True, slots=True)
class Hit:
    """A letter found: ``score`` only compares within one answer; ``complete`` when it has everything asked; ``fragments`` show where."""

    id: str
    score: float
    complete: bool
    letter: dict[str, Any]
    fragments: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer. ``total`` and facets are of the letters that have everything asked (where none has, ``total`` counts those that
    nearly do). ``approximate``: they come from a sample, or there are more. ``widened``: letters that have much of it are among the hits."""

    total: int
    approximate: bool
    widened: bool
    hits: list[Hit]
    facets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    next_cursor: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def search(
    searcher: tantivy.Searcher, text: str, *, filters: Mapping[str, Sequence[str]] | None = None, facets: Sequence[str] = (), sort: str = "relevance", limit: int = 10,
    cursor: str | None = None, highlight: bool = True, owner: int = 0,
) -> Found:
    """The letters that a query finds.

    ``filters``: values chosen in facets, one of each named facet must hold. ``owner`` tells indexes of one process apart. Raises InvalidQuery for a query that breaks
    the syntax, InvalidFilter for a facet, sort or limit that there is not, InvalidCursor.
    """
    if sort not in SORTS:
        raise InvalidFilter(f"Results cannot be sorted by {sort!r}", remedy=f"Use one of {', '.join(SORTS)}.")
    for name in facets:
        if name not in FACETS:
            raise InvalidFilter(f"There is no facet {name!r}", remedy=f"Facets are {', '.join(FACETS)}.")
    if not 0 <= limit <= 200:
        raise InvalidFilter(f"limit is {limit}; it can be 0 to 200", remedy="Ask for smaller pages and follow next_cursor.")
    offset = _decode(cursor, sort)
    if offset + limit > WINDOW:
        raise InvalidFilter(f"Only the first {WINDOW} results can be paged through", remedy="Narrow the query, or take all letters from GET /v1/exports.")
    meaning = understand(parse(text))
    meaning.filters.extend(_chosen(filters or {}))
    taken = take(searcher, meaning)
    counting = _COUNTING.submit(_facets, searcher, taken, facets)  # the index is searched outside the interpreter's lock: beside the ranking
    try:
        return _answer(searcher, meaning, taken, counting, sort, offset, limit, highlight, owner)
    finally:
        counting.cancel()


def _answer(
    searcher: tantivy.Searcher, meaning: Meaning, taken: Taken, counting: Future[dict[str, list[dict[str, Any]]]], sort: str, offset: int, limit: int, highlight: bool, owner: int,
) -> Found:
    end = offset + limit
    if sort == "relevance" and meaning.scores and (taken.count == 0 or (taken.count < FEW and len(meaning.units) > 1)):
        nearly = near(searcher, meaning, taken, end + 1, owner)
        if len(nearly) > min(taken.count, end):
            more = len(nearly) > end > 0
            shown = [_hit(searcher, meaning, highlight, *one) for one in nearly[offset:end]]
            return Found(taken.count or len(nearly), taken.count == 0 and more, True, shown, counting.result(), _encode(end, sort) if more and limit else None)
    order = SORTS[sort] if meaning.scores or SORTS[sort] else SORTS["-date"]
    hits = best(searcher, meaning, taken, offset, limit) if order is None else _ordered(searcher, taken, order, offset, limit)
    more = end < min(taken.count, WINDOW) and len(hits) == limit and limit > 0
    return Found(taken.count, taken.sample is not None, False, [_hit(searcher, meaning, highlight, *one) for one in hits], counting.result(), _encode(end, sort) if more else None)


def _ordered(searcher: tantivy.Searcher, taken: Taken, order: tuple[str, Order], offset: int, limit: int) -> Ranked:
    if limit == 0 or taken.count == 0:
        return []
    hits = searcher.search(taken.query, limit, count=False, order_by_field=order[0], offset=offset, order=order[1]).hits
    return [(0.0, address, True) for _, address in hits]


def _hit(searcher: tantivy.Searcher, meaning: Meaning, highlight: bool, score: float, address: tantivy.DocAddress, complete: bool) -> Hit:
    document = searcher.doc(address)
    record = json.loads(document.get_first("record") or "{}")
    parts = fragments(record, meaning.words, meaning.phrases) if highlight else []
    if parts and (lines := document.get_first("lines")):
        add_boxes(parts, record["text"], json.loads(lines))
    return Hit(record["id"], round(score, 3), complete, {k: v for k, v in record.items() if k not in ("text", "places")}, parts)


def _facets(searcher: tantivy.Searcher, taken: Taken, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    if not names or taken.count == 0:
        return {name: [] for name in names}
    query, factor = taken.sample or (taken.query, 1)
    wanted = {name: {"terms": {"field": name, "size": 40 if name != "issuer" else 20}} for name in names}
    found = searcher.aggregate(query, wanted)
    return {
        name: [{"value": int(b["key"]) if name == "year" else b["key"], "count": b["doc_count"] * factor} for b in found[name]["buckets"]]
        for name in names
    }


def _chosen(filters: Mapping[str, Sequence[str]]) -> list[Query]:
    queries: list[Query] = []
    for name, values in filters.items():
        if not values:
            continue
        if name == "year":
            if not all(v.isdigit() and len(v) == 4 for v in values):
                raise InvalidFilter("year takes years such as 2024", remedy="Give four digits.")
            queries.append(Query.boolean_query([(Occur.Should, term("year", int(v))) for v in values]))
        elif name in NAMES:
            queries.append(name_filter(name, [_value(name, v) for v in values]))
        else:
            raise InvalidFilter(f"There is no facet {name!r}", remedy=f"Facets are {', '.join(FACETS)}.")
    return queries


def _value(name: str, value: str) -> str:
    """A facet's value as the index has it: the value itself, or a spelling of it."""
    if name in ("issuer", "province_old"):
        return value
    known = known_values(name)
    return known.get(value) or known.get(spaced(value)) or value


def _encode(offset: int, sort: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, sort]).encode()).decode().rstrip("=")


def _decode(cursor: str | None, sort: str) -> int:
    if cursor is None:
        return 0
    try:
        offset, of_sort = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(offset) is not int or not 0 <= offset <= WINDOW:
            raise ValueError
    except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError) as error:
        raise InvalidCursor("The cursor is not one of this search", remedy="Pass next_cursor of the last answer unchanged, or leave it out to begin anew.") from error
    if of_sort != sort:
        raise InvalidCursor("The cursor belongs to another order of sorting", remedy="Keep sort unchanged while you follow a cursor.")
    return offset
