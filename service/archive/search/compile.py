"""What a query means in the index: which letters it takes, and what makes one of them better than another.

A query becomes two things. *Must*: the letters that have every unit of the query (a name or its abbreviation, a number in
any spelling, a date in any spelling, a syllable with or without marks). *Score*: BM25 over syllables, over pairs of
neighbouring syllables (compounds, word order) and, where marks were typed, over the same with marks, so that exact
comes first. Where few letters have every unit, :meth:`Meaning.loose` finds those that have much of the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import tantivy
from tantivy import FieldType, Occur, Query

from models.references.folding import low
from service.archive.search.documents import NAMES, schema
from service.archive.search.lexicon import concepts_in_query
from service.archive.search.numbers import NUMBER, dates_at, number_key, spelled_number
from service.archive.search.syntax import All, Any_, Close, Free, Node, Not, Phrase, Prefix, Test
from service.archive.search.words import analyse, folded, forms, has_marks, pairs, tokens

PAIR, EXACT_PAIR, EXACT, CONCEPT, NUMBER_OWN, NUMBER_CITED, DATE = 0.6, 0.8, 0.4, 2.0, 12.0, 6.0, 3.0
"""Weights of what scores beside syllables (1.0); chosen on one half of the benchmark's queries, reported on the other."""
CORRECTED = 0.7
"""Weight of a word that differs in a letter from one that no letter has."""


@cache
def _schema() -> tantivy.Schema:
    return schema()


@dataclass(frozen=True, slots=True)
class Score:
    """A term that makes the letters that have it better: ``query`` scores it."""

    name: str
    value: str | int
    query: Query


Ways = tuple[tuple[tuple[str, str | int], ...], ...]
"""Each way to have a unit of a query, as the terms that it takes: no letter has the unit without all terms of a way."""


@dataclass(slots=True)
class Unit:
    """A part of a query that a letter has or has not: ``must`` is true of letters that have it, ``ways`` are known ways to have it (none: unknown)."""

    must: Query
    ways: Ways = ()


@dataclass(slots=True)
class Meaning:
    """A query, understood."""

    units: list[Unit] = field(default_factory=list)
    filters: list[Query] = field(default_factory=list)
    refused: list[Query] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    in_subject: list[Query] = field(default_factory=list)
    side_by_side: list[Query] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Tokens without marks to be highlighted; a beginning ends in ``*``."""
    phrases: list[tuple[str, ...]] = field(default_factory=list)

    def must(self) -> Query:
        """The letters that the query takes, unscored."""
        return self._letters([(Occur.Must, unit.must) for unit in self.units])

    def spelled(self, spellings: Callable[[str], Sequence[str]]) -> list[Score]:
        """What scores, also in other ``spellings`` of words."""
        return [*self.scores, *(_scoring("fold", other, CORRECTED) for word in dict.fromkeys(self.words) for other in spellings(word))]

    def loose(self, scores: Sequence[Score]) -> Query:
        """Letters that have any of ``scores``, in the order of how much they have.

        Without filters this is a plain disjunction of terms, of which the index finds the best without looking at all.
        """
        anyone = Query.boolean_query([(Occur.Should, score.query) for score in scores])
        if not self.filters and not self.refused:
            return anyone
        parts = [(Occur.Must, Query.const_score_query(f, 0.0)) for f in self.filters]
        return Query.boolean_query([(Occur.Must, anyone), *parts, *((Occur.MustNot, r) for r in self.refused)])

    def narrower(self) -> list[list[Query]]:
        """Sets within :meth:`must` whose letters come first, the narrowest first."""
        ways = []
        if len(self.in_subject) > 1:
            ways.append(self.in_subject)
        if self.side_by_side:
            ways.append(self.side_by_side)
        return ways

    def _letters(self, parts: list[tuple[Occur, Query]]) -> Query:
        parts = [*parts, *((Occur.Must, f) for f in self.filters)]
        if not parts:
            parts = [(Occur.Must, term("kind", "letter"))]
        parts += [(Occur.MustNot, r) for r in self.refused]
        return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)

    def scored(self, letters: Query, scores: Sequence[Score] | None = None) -> Query:
        """``letters`` in the order of their worth, by all that scores or by ``scores``."""
        scores = self.scores if scores is None else scores
        if not scores:
            return Query.const_score_query(letters, 0.0)
        return Query.boolean_query([(Occur.Must, Query.const_score_query(letters, 0.0)), *((Occur.Should, score.query) for score in scores)])


def term(name: str, value: str | int, option: str = "basic") -> Query:
    """Letters that have ``value`` in a field."""
    return Query.term_query(_schema(), name, value, option)


def among(uids: Sequence[int]) -> Query:
    """The letters of these numbers (:func:`~service.archive.search.documents.uid`)."""
    # a disjunction of terms: the library's query of a set of terms walks the dictionary, which takes ten times as long
    return _any([term("uid", uid) for uid in uids])


def _scoring(name: str, value: str | int, boost: float = 1.0) -> Score:
    query = Query.term_query(_schema(), name, value, "freq")
    return Score(name, value, query if boost == 1.0 else Query.boost_query(query, boost))


def _having(*terms: tuple[str, str | int]) -> Unit:
    """The unit of letters that have one of the terms."""
    return Unit(_any([term(name, value) for name, value in terms]), tuple(((name, value),) for name, value in terms))


def _any(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def _all(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, q) for q in queries])


def understand(node: Node) -> Meaning:
    """The meaning of a query's tree."""
    meaning = Meaning()
    for part in node.nodes if isinstance(node, All) else (node,):
        _part(part, meaning)
    return meaning


def _part(node: Node, into: Meaning) -> None:
    if isinstance(node, Free):
        _free(node.text, into)
    elif isinstance(node, Test):
        into.filters.append(_test(node))
        if node.field.kind == "words":
            into.words.extend(folded(node.value))
    elif isinstance(node, Phrase):
        _phrase(node, into)
    elif isinstance(node, Close):
        flat = forms(node.word)[1]
        into.units.append(Unit(_close(flat)))
        into.scores.append(_scoring("fold", flat))
        into.words.append(flat)
    elif isinstance(node, Prefix):
        flat = forms(node.word)[1]
        into.units.append(Unit(Query.regex_query(_schema(), "fold", f"{flat}.*")))
        into.words.append(f"{flat}*")
    elif isinstance(node, Not):
        into.refused.append(understand(node.node).must())
    elif isinstance(node, All):
        for part in node.nodes:
            _part(part, into)
    elif isinstance(node, Any_):
        branches = [understand(one) for one in node.nodes]
        into.units.append(Unit(_any([branch.must() for branch in branches])))
        for branch in branches:
            into.scores.extend(branch.scores)
            into.words.extend(branch.words)
            into.phrases.extend(branch.phrases)


def _close(flat: str) -> Query:
    if len(flat) < 3 or flat.isdigit():
        return term("fold", flat)
    return Query.fuzzy_term_query(_schema(), "fold", flat, distance=2 if len(flat) >= 8 else 1)


def _free(text: str, into: Meaning) -> None:
    """Words in a row: numbers, dates, names and syllables."""
    flat = low(text)
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    for start, end, day in dates_at(flat):
        taken.append((start, end))
        spelled = folded(text[start:end])
        into.units.append(_having(("dates", day)))
        into.scores.extend([_scoring("dates", day, DATE), _scoring("due", day, DATE), _scoring("date", day, DATE)])
        into.phrases.append(tuple(spelled))
    for found in NUMBER.finditer(text):
        if free(*found.span()):
            taken.append(found.span())
            _number(number_key(found[0]), into)
    pieces: list[str] = []
    at = 0
    for start, end in sorted(taken):
        pieces.append(text[at:start])
        at = end
    pieces.append(text[at:])
    for piece in pieces:
        _words(tokens(piece), into)


def _number(key: str, into: Meaning) -> None:
    """A number in any spelling: the letter of that number first, then the letters that cite it, then those that contain it."""
    words = key.split(" ")
    queries = [term("key", key), term("cites", key)]
    if len(words) > 1:
        queries.append(Query.phrase_query(_schema(), "fold", list(words)))
    spelled: Ways = (tuple(("fold", word) for word in words),) if len(words) > 1 else ()
    into.units.append(Unit(_any(queries), ((("key", key),), (("cites", key),), *spelled)))
    into.scores.extend([_scoring("key", key, NUMBER_OWN), _scoring("cites", key, NUMBER_CITED)])
    into.scores.extend(_scoring("pairs", pair, PAIR) for pair in pairs(words))
    into.phrases.append(tuple(words))


def _words(words: list[str], into: Meaning) -> None:
    at = 0
    rest: list[str] = []
    while at < len(words):
        end = spelled_number(words, at)
        if end > at:
            _syllables(rest, into)
            rest = []
            _number(number_key(" ".join(words[at:end])), into)
            at = end
            continue
        if low(words[at]) == "so" and at + 1 < len(words) and words[at + 1].isdigit():
            _syllables(rest, into)
            rest = []
            number = words[at + 1].lstrip("0") or "0"
            into.units.append(_having(("number", number), ("fold", words[at + 1])))
            into.scores.extend([_scoring("number", number, NUMBER_CITED), _scoring("fold", words[at + 1])])
            into.words.append(words[at + 1])
            at += 2
            continue
        rest.append(words[at])
        at += 1
    _syllables(rest, into)


def _syllables(words: list[str], into: Meaning) -> None:
    if not words:
        return
    both = [forms(word) for word in words]
    exact, flat = [b[0] for b in both], [b[1] for b in both]
    marked = [has_marks(word) for word in words]
    in_concept: set[int] = set()
    for concept in concepts_in_query(words):
        in_concept.update(range(concept.start, concept.end))
        span = flat[concept.start : concept.end]
        ways: list[tuple[str, str | int]] = [("concepts", name) for name in concept.names]
        if len(span) == 1:
            ways.append(("fold", span[0]))
        into.units.append(_having(*ways))
        into.scores.extend(_scoring("concepts", name, CONCEPT) for name in concept.names)
        into.words.extend(span)
        into.phrases.extend(tuple(name.split("_")) for name in concept.names)
    for at, word in enumerate(flat):
        if at in in_concept:
            continue
        into.units.append(_having(("fold", word)))
        into.scores.append(_scoring("fold", word))
        into.in_subject.append(term("subject", word))
        if marked[at]:
            into.scores.append(_scoring("text", exact[at], EXACT))
        into.words.append(word)
    for at, pair in enumerate(pairs(flat)):
        if at in in_concept and at + 1 in in_concept:
            continue
        into.scores.append(_scoring("pairs", pair, PAIR))
        into.side_by_side.append(term("pairs", pair))
        if marked[at] or marked[at + 1]:
            into.scores.append(_scoring("exact_pairs", f"{exact[at]}_{exact[at + 1]}", EXACT_PAIR))


def _phrase(node: Phrase, into: Meaning) -> None:
    exact, flat = analyse(node.text)
    if not flat:
        return
    name, words = ("text", exact) if any(has_marks(word) for word in tokens(node.text)) else ("fold", flat)
    into.units.append(Unit(phrase(name, words, node.slop), (tuple((name, word) for word in words),)))
    into.scores.extend(_scoring("fold", word) for word in flat)
    into.scores.extend(_scoring("pairs", pair, PAIR) for pair in pairs(flat))
    into.words.extend(flat)
    into.phrases.append(tuple(flat))


def phrase(name: str, words: Sequence[str], slop: int = 0) -> Query:
    """Letters that have the words in this order in a field."""
    if len(words) == 1:
        return term(name, words[0])
    return Query.phrase_query(_schema(), name, list(words), slop=slop)


def _test(node: Test) -> Query:
    name, kind = node.field.index, node.field.kind
    if kind in ("day", "year"):
        first, last = node.days or (None, None)
        if kind == "year":
            first, last = first // 10000 if first else None, last // 10000 if last else None
            if first is not None and first == last:
                return term(name, first)
        return Query.range_query(_schema(), name, FieldType.Unsigned, lower_bound=first, upper_bound=last)
    if kind == "words":
        words = folded(node.value)
        return phrase(name, words) if node.phrase else _all([term(name, word) for word in words])
    if kind == "number":
        key = number_key(node.value)
        if node.field.name == "number" and " " not in key:
            return term("number", key)
        return term(name, key)
    if kind == "id":
        return term("id", node.value)
    if node.value == "*":
        return Query.exists_query(name)
    if node.field.name == "province":
        return _any([term("province", node.value), term("province_old", node.value)])
    return term(name, node.value)


def name_filter(name: str, values: Iterable[str]) -> Query:
    """Letters with one of the values in a field of whole values (a facet that was chosen)."""
    if name not in NAMES:
        raise ValueError(f"{name} is no facet")
    return _any([term(name, value) for value in values])
