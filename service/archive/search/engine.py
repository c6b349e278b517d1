"""Answering a query: hits in order, how many there are, facets, fragments.

Counts and facets are exact up to about :data:`EXACT_UP_TO` letters. Beyond, they are taken from a sample (buckets that
letters are dealt out to by their id) and say so; and the order is looked for among the letters that have the query's
words in their subject, or side by side, as long as these are plenty: among a hundred thousand letters that all have
"báo cáo" and "kết quả" no other can come first.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from service.archive.errors import InvalidCursor, InvalidFilter
from service.archive.search.compile import Meaning, name_filter, term, understand
from service.archive.search.documents import BUCKETS, NAMES
from service.archive.search.fields import known_values, spaced
from service.archive.search.highlight import fragments
from service.archive.search.syntax import parse
from service.archive.search.vocabulary import corrections, syllables

FACETS = ("type", "issuer", "level", "province", "province_old", "year", "urgency", "secrecy", "task", "origin", "cites")
SORTS = {"relevance": None, "-date": ("date", Order.Desc), "date": ("date", Order.Asc), "-added": ("added", Order.Desc), "due": ("due", Order.Asc)}
EXACT_UP_TO = 20_000
FEW = 200
"""Where fewer letters have all of a query, letters that have much of it are ranked with them."""
COMPLETE = 4.0
"""What a letter gains by having everything among letters that have only much of it."""
_WORTH = 0.3
"""Letters that have less than this share of the best one's score are not shown as nearly fitting."""
WINDOW = 10_000
"""How deep results can be paged through."""
_PLENTY = 16
"""Hits in one bucket from which on a narrower set is enough to order."""


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
    letters = meaning.must()
    count, sample = _count(searcher, letters)
    counted = _facets(searcher, letters, facets, sample)
    if sort == "relevance" and meaning.scores and (count == 0 or (count < FEW and len(meaning.units) > 1)):
        near = _near(searcher, meaning, letters, offset + limit + 1, owner)
        if len(near) > min(count, offset + limit):
            shown = [_hit(searcher, score, address, meaning, highlight, complete) for score, address, complete in near[offset : offset + limit]]
            more = len(near) > offset + limit > 0
            return Found(count or len(near), count == 0 and more, True, shown, counted, _encode(offset + limit, sort) if more and limit else None)
    hits = _hits(searcher, meaning, letters, sort, offset, limit, few=sample is None)
    shown = [_hit(searcher, score, address, meaning, highlight, True) for score, address in hits]
    more = offset + limit < min(count, WINDOW) and len(hits) == limit and limit > 0
    return Found(count, sample is not None, False, shown, counted, _encode(offset + limit, sort) if more else None)


def _near(searcher: tantivy.Searcher, meaning: Meaning, letters: Query, depth: int, owner: int) -> list[tuple[float, tantivy.DocAddress, bool]]:
    """The best letters that have much of the query, whether or not they have all of it."""
    def spellings(word: str) -> Sequence[str]:
        known = searcher.doc_freq("fold", word)  # of deleted letters too, until their files are merged
        return corrections(word, syllables(searcher, owner)) if known == 0 or (known < FEW and exactly(searcher, term("fold", word)) == 0) else ()

    complete = {_where(address) for _, address in searcher.search(letters, FEW, count=False).hits}
    found = {_where(address): (float(score), address) for score, address in searcher.search(meaning.loose(spellings), depth, count=False).hits}
    found |= {_where(address): (float(score), address) for score, address in searcher.search(meaning.scored(letters), depth, count=False).hits}
    ranked = [(score + (COMPLETE if place in complete else 0.0), address, place in complete) for place, (score, address) in found.items()]
    ranked.sort(key=lambda one: (-one[0], _where(one[1])))
    return [one for one in ranked if one[2] or one[0] >= _WORTH * ranked[0][0]][:depth]


def _count(searcher: tantivy.Searcher, letters: Query) -> tuple[int, tuple[Query, int] | None]:
    """How many letters, and, where they are many, the sample (its query, by how much to multiply)."""
    if searcher.num_docs <= EXACT_UP_TO:
        return exactly(searcher, letters), None
    one = exactly(searcher, _within(letters, [0]))
    if one * BUCKETS <= EXACT_UP_TO:
        return exactly(searcher, letters), None
    buckets = 1
    while buckets < BUCKETS // 4 and one * buckets < 2000:
        buckets *= 2
    sampled = _within(letters, range(buckets))
    factor = BUCKETS // buckets
    return exactly(searcher, sampled) * factor if buckets > 1 else one * factor, (sampled, factor)


def exactly(searcher: tantivy.Searcher, letters: Query) -> int:
    """How many letters a query takes."""
    found = searcher.search(letters, 1, count=True)
    return int(getattr(found, "count", 0) or 0)  # the library's type stubs lack it


def _within(letters: Query, buckets: Sequence[int]) -> Query:
    dealt = [term("bucket", bucket) for bucket in buckets]
    sample = dealt[0] if len(dealt) == 1 else Query.boolean_query([(Occur.Should, one) for one in dealt])
    return Query.boolean_query([(Occur.Must, sample), (Occur.Must, letters)])


def _hits(searcher: tantivy.Searcher, meaning: Meaning, letters: Query, sort: str, offset: int, limit: int, *, few: bool) -> list[tuple[float, tantivy.DocAddress]]:
    if limit == 0:
        return []
    order = SORTS[sort]
    if order is None and not meaning.scores:
        order = SORTS["-date"]
    if order is not None:
        hits = searcher.search(letters, limit, count=False, order_by_field=order[0], offset=offset, order=order[1]).hits
        return [(0.0, address) for _, address in hits]
    if not few:
        for narrower in meaning.narrower():
            tight = Query.boolean_query([(Occur.Must, letters), *((Occur.Must, n) for n in narrower)])
            if exactly(searcher, _within(tight, [0])) >= _PLENTY * (1 + (offset + limit) // 100):
                letters = tight
                break
    return [(float(score), address) for score, address in searcher.search(meaning.scored(letters), limit, count=False, offset=offset).hits]


def _hit(searcher: tantivy.Searcher, score: float, address: tantivy.DocAddress, meaning: Meaning, highlight: bool, complete: bool) -> Hit:
    record = json.loads(searcher.doc(address).get_first("record") or "{}")
    parts = fragments(record, meaning.words, meaning.phrases) if highlight else []
    return Hit(record["id"], round(score, 3), complete, {k: v for k, v in record.items() if k not in ("text", "places")}, parts)


def _where(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def _facets(searcher: tantivy.Searcher, letters: Query, names: Sequence[str], sample: tuple[Query, int] | None) -> dict[str, list[dict[str, Any]]]:
    if not names:
        return {}
    query, factor = sample if sample else (letters, 1)
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
