"""Which letters a query takes, how many, and which come first; in a large archive by ways that do not look at all of them.

Small sets are taken whole. In an archive of more than :data:`EXACT_UP_TO` letters the best are looked for among *candidates*:
the letters with most of the query's rarer terms, which are found in a thousandth of the time that "công" and "của" take,
and are then ordered by everything. Where too few of the candidates have all that was asked, all letters that have it are
ordered, or those that have the words in their subject, or side by side, as long as these are plenty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur, Query

from service.archive.search.compile import Meaning, Score, among, term
from service.archive.search.documents import BUCKETS
from service.archive.search.vocabulary import corrections, syllables

EXACT_UP_TO = 20_000
"""Letters up to which counts and facets are exact and every letter is looked at."""
FEW = 200
"""Where fewer letters have all of a query, letters that have much of it are ranked with them."""
COMPLETE = 4.0
"""What a letter gains by having everything among letters that have only much of it."""
_WORTH = 0.3
"""Letters that have less than this share of the best one's score are not shown as nearly fitting."""
_PLENTY = 16
"""Hits in one bucket from which on a narrower set is enough to order."""
_COMMON = 0.15
"""Terms that a greater share of the letters has find no candidates, unless the query has no others."""
_FOUND_BY = 5000
"""Letters that the terms which find candidates should have between them."""
_CANDIDATES = 64

Ranked = list[tuple[float, tantivy.DocAddress, bool]]
"""Score, place and whether the letter has everything asked; the best first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The letters that have all of a query: how many, and, where they are many, the sample by which they were counted (its
    query, by how much to multiply). ``places`` are all of them where they are few."""

    query: Query
    count: int
    sample: tuple[Query, int] | None = None
    places: list[tantivy.DocAddress] | None = None


def exactly(searcher: tantivy.Searcher, letters: Query) -> int:
    """How many letters a query takes."""
    return _counted(searcher.search(letters, 1, count=True))


def _counted(found: tantivy.SearchResult) -> int:
    return int(getattr(found, "count", 0) or 0)  # the library's type stubs lack it


def take(searcher: tantivy.Searcher, meaning: Meaning) -> Taken:
    """The letters that have everything asked."""
    letters = meaning.must()
    if searcher.num_docs > EXACT_UP_TO and _at_most(searcher, meaning) > EXACT_UP_TO:
        one = exactly(searcher, _within(letters, [0]))
        if one * BUCKETS > EXACT_UP_TO:
            return _sampled(searcher, letters, one)
    found = searcher.search(letters, FEW, count=True)
    count = _counted(found)
    if count > FEW:
        return Taken(letters, count)
    places = [address for _, address in found.hits]
    return Taken(_named(searcher, places), count, places=places)


def _at_most(searcher: tantivy.Searcher, meaning: Meaning) -> int:
    """A number of letters that no more than have everything asked."""
    bounds = [sum(min(searcher.doc_freq(name, value) for name, value in way) for way in unit.ways) for unit in meaning.units if unit.ways]
    return min(bounds, default=searcher.num_docs)


def _sampled(searcher: tantivy.Searcher, letters: Query, one: int) -> Taken:
    buckets = 1
    while buckets < BUCKETS // 4 and one * buckets < 2000:
        buckets *= 2
    sampled = _within(letters, range(buckets))
    factor = BUCKETS // buckets
    return Taken(letters, exactly(searcher, sampled) * factor if buckets > 1 else one * factor, (sampled, factor))


def _within(letters: Query, buckets: Sequence[int]) -> Query:
    dealt = [term("bucket", bucket) for bucket in buckets]
    sample = dealt[0] if len(dealt) == 1 else Query.boolean_query([(Occur.Should, one) for one in dealt])
    return Query.boolean_query([(Occur.Must, sample), (Occur.Must, letters)])


def _named(searcher: tantivy.Searcher, places: Sequence[tantivy.DocAddress]) -> Query:
    """The letters at these places, as a query that need not look for them."""
    return among([int(uid) for uid in searcher.fast_field_values("uid", list(places)) if uid is not None]) if places else Query.empty_query()


def best(searcher: tantivy.Searcher, meaning: Meaning, taken: Taken, offset: int, limit: int) -> Ranked:
    """The letters from ``offset`` on that have everything asked, the best first."""
    if limit == 0 or taken.count == 0:
        return []
    letters = taken.query
    if taken.places is None and searcher.num_docs > EXACT_UP_TO:
        candidates = _candidates(searcher, meaning, meaning.scores, 3 * (offset + limit))
        of_them = Query.boolean_query([(Occur.Must, _named(searcher, candidates)), (Occur.Must, letters)])
        found = searcher.search(meaning.scored(of_them), limit, count=False, offset=offset).hits
        if len(found) == limit:
            return [(float(score), address, True) for score, address in found]
        if taken.sample is not None:
            for narrower in meaning.narrower():
                tight = Query.boolean_query([(Occur.Must, letters), *((Occur.Must, n) for n in narrower)])
                if exactly(searcher, _within(tight, [0])) >= _PLENTY * (1 + (offset + limit) // 100):
                    letters = tight
                    break
        if offset + limit <= _CANDIDATES // 2:  # the best by the rarer terms, ordered by all
            found = searcher.search(meaning.scored(letters, _rarer(searcher, meaning.scores)), _CANDIDATES, count=False).hits
            letters = _named(searcher, [address for _, address in found])
    return [(float(score), address, True) for score, address in searcher.search(meaning.scored(letters), limit, count=False, offset=offset).hits]


def near(searcher: tantivy.Searcher, meaning: Meaning, taken: Taken, depth: int, owner: int) -> Ranked:
    """The best letters that have much of the query, whether or not they have all of it (few have, and :attr:`Taken.places` tells which)."""
    def spellings(word: str) -> Sequence[str]:
        known = searcher.doc_freq("fold", word)  # of deleted letters too, until their files are merged
        return corrections(word, syllables(searcher, owner)) if known == 0 or (known < FEW and exactly(searcher, term("fold", word)) == 0) else ()

    scores = meaning.spelled(spellings)
    complete = {_where(address): address for address in taken.places or ()}
    places = {_where(address): address for address in _candidates(searcher, meaning, scores, depth)} | complete
    scored = searcher.search(meaning.scored(_named(searcher, list(places.values())), scores), len(places) or 1, count=False).hits
    ranked = [(float(score) + (COMPLETE if (place := _where(address)) in complete else 0.0), address, place in complete) for score, address in scored]
    ranked.sort(key=lambda one: (-one[0], _where(one[1])))
    return [one for one in ranked if one[2] or one[0] >= _WORTH * ranked[0][0]][:depth]


def _candidates(searcher: tantivy.Searcher, meaning: Meaning, scores: Sequence[Score], depth: int) -> list[tantivy.DocAddress]:
    """Letters that may be the best: those with most of the query's rarer terms."""
    many = _CANDIDATES * -(-4 * max(1, depth) // _CANDIDATES)  # the same for the first pages, so that these follow from each other
    return [address for _, address in searcher.search(meaning.loose(_rarer(searcher, scores)), many, count=False).hits]


def _rarer(searcher: tantivy.Searcher, scores: Sequence[Score]) -> Sequence[Score]:
    if searcher.num_docs <= EXACT_UP_TO:
        return scores
    rare: list[Score] = []
    letters = 0
    for known, score in sorted(((searcher.doc_freq(score.name, score.value), score) for score in scores), key=lambda pair: pair[0]):
        if known > _COMMON * searcher.num_docs and letters >= _FOUND_BY:
            break
        rare.append(score)
        letters += known
    return rare


def _where(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc
