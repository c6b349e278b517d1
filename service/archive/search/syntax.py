"""The query language (``QUERY.md``): from text to a tree, with errors that say what, where and what to do.

    query   := either*
    either  := all ("OR" all)*
    all     := item+
    item    := ["-"] ( "(" either ")" | FIELD ":" value | phrase | word )
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.process import extractOne

from models.references.folding import low
from models.text import nfc
from service.archive.errors import InvalidQuery
from service.archive.search.fields import Field, by_name, known_values, parse_days, spaced

MAX_LENGTH = 1000
MAX_ITEMS = 64
MAX_DEPTH = 12
_FIELD = re.compile(r"([^\W\d]\w*):")
_WORD = re.compile(r'[^\s()"]+')
_OR = ("OR", "HOẶC", "||", "|")
_AND = ("AND", "VÀ", "&&")
_NOT = ("NOT", "KHÔNG")
_SLOP = re.compile(r"~(\d{1,2})")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(frozen=True, slots=True)
class Free:
    """Words in a row, as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, with at most ``slop`` others between."""

    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Close:
    """A word that may differ in one letter (two from eight letters on)."""

    word: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    word: str


@dataclass(frozen=True, slots=True)
class Test:
    """A field with a value: ``days`` for fields of dates (first, last), ``value`` else; "*" is any value."""

    field: Field
    value: str
    days: tuple[int | None, int | None] | None = None
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """None of this."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """One of these at least."""

    nodes: tuple[Node, ...]


Node = Free | Phrase | Close | Prefix | Test | Not | All | Any_


def parse(text: str) -> Node:
    """The tree of a query; an empty query is ``All(())``. Raises InvalidQuery."""
    text = nfc(text).translate(_QUOTES)
    if len(text) > MAX_LENGTH:
        raise problem(text, MAX_LENGTH, f"The query has {len(text)} characters; {MAX_LENGTH} is the most", "Search for its telling words only.")
    parser = _Parser(text)
    node = parser.either(0)
    if not parser.at_end():
        raise problem(text, parser.at, "A closing bracket has no opening one", "Take the ) out, or put a ( before the words it belongs to.")
    return node


def problem(text: str, at: int, message: str, remedy: str) -> InvalidQuery:
    """The error for a query, with the place where it went wrong."""
    shown = text[max(0, at - 20) : at] + "▸" + text[at : at + 20]
    error = InvalidQuery(f"{message} (at character {at + 1}: {shown})", remedy=remedy)
    error.position = at
    return error


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.items = 0

    def at_end(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at >= len(self.text)

    def keyword(self, words: tuple[str, ...]) -> bool:
        if self.at_end():
            return False
        found = _WORD.match(self.text, self.at)
        if found and found[0] in words:
            self.at = found.end()
            return True
        return False

    def either(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise problem(self.text, self.at, f"Brackets are nested more than {MAX_DEPTH} deep", "Write the query with fewer brackets.")
        nodes = [self.all(depth)]
        while True:
            at = self.at
            if not self.keyword(_OR):
                break
            following = self.all(depth)
            if nodes[-1] == All(()) or following == All(()):
                raise problem(self.text, at, "OR needs something on both sides", 'Write it as: "kế hoạch" OR "chương trình".')
            nodes.append(following)
        return nodes[0] if len(nodes) == 1 else Any_(tuple(nodes))

    def all(self, depth: int) -> Node:
        nodes: list[Node] = []
        while not self.at_end() and self.text[self.at] != ")":
            found = _WORD.match(self.text, self.at)
            if found and found[0] in _OR:
                break
            if self.keyword(_AND):
                continue
            node = self.item(depth)
            if isinstance(node, Free) and nodes and isinstance(nodes[-1], Free):
                nodes[-1] = Free(f"{nodes[-1].text} {node.text}")  # words in a row belong together: names, numbers, dates
            else:
                nodes.append(node)
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def item(self, depth: int) -> Node:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise problem(self.text, self.at, f"The query has more than {MAX_ITEMS} words", "Search for its telling words only.")
        start = self.at
        following = self.text[start + 1 : start + 2]
        if self.keyword(_NOT) or (self.text[start] == "-" and following and not following.isspace() and not following.isdigit()):
            if self.at == start:
                self.at += 1
            if self.at_end() or self.text[self.at] == ")":
                raise problem(self.text, start, "Nothing follows the NOT", "Write -word, -field:value or -(several words).")
            return Not(self.item(depth))
        if self.text[start] == "(":
            self.at += 1
            node = self.either(depth + 1)
            if self.at_end() or self.text[self.at] != ")":
                raise problem(self.text, start, "A bracket is not closed", "Put a ) after the words it belongs to.")
            self.at += 1
            return node
        if self.text[start] == '"':
            return self.phrase()
        if found := _FIELD.match(self.text, start):
            return self.test(found)
        return self.word()

    def quoted(self) -> str:
        start = self.at
        end = self.text.find('"', start + 1)
        if end < 0:
            raise problem(self.text, start, "A quotation mark is not closed", 'Put a " after the last word of the phrase.')
        self.at = end + 1
        return self.text[start + 1 : end]

    def phrase(self) -> Node:
        words = self.quoted()
        if slop := _SLOP.match(self.text, self.at):
            self.at = slop.end()
        return Phrase(words, int(slop[1]) if slop else 0)

    def word(self) -> Node:
        found = _WORD.match(self.text, self.at)
        if found is None:  # pragma: no cover - the callers have seen a character that begins a word
            raise problem(self.text, self.at, "Here a word is expected", "Take this character out.")
        self.at = found.end()
        word = found[0]
        if word.endswith("~") and word[:-1].isalnum():
            return Close(word[:-1])
        if word.endswith("*") and word[:-1].isalnum():
            if len(word) < 3:
                raise problem(self.text, found.start(), "A beginning needs two letters at least", f"Write more letters before the *, such as {word[:-1]}a*.")
            return Prefix(word[:-1])
        return Free(word)

    def test(self, found: re.Match[str]) -> Node:
        start = found.start()
        name = low(found[1])
        field = by_name().get(name)
        if field is None:
            near = extractOne(name, list(by_name()), score_cutoff=60)
            hint = f"Did you mean {near[0]}:? " if near else ""
            raise problem(self.text, start, f"There is no field {found[1]}", f'{hint}Fields are {", ".join(sorted(by_name()))}. For the words as such write "{found[0]}…" in quotation marks.')
        self.at = found.end()
        phrase = self.at < len(self.text) and self.text[self.at] == '"'
        if phrase:
            value = self.quoted()
        else:
            word = _WORD.match(self.text, self.at)
            value = word[0] if word else ""
            self.at = word.end() if word else self.at
        if not value.strip(' ,.;"'):
            raise problem(self.text, start, f"{found[0]} has no value", f"Write it without a blank after the colon: {field.example}.")
        return self.check(field, value, start, phrase)

    def check(self, field: Field, value: str, start: int, phrase: bool) -> Test:
        if field.kind in ("day", "year"):
            days = parse_days(value)
            if days is None:
                raise problem(self.text, start, f"{value} is no date", f"Write 2024-06-20, 20/6/2024, 6/2024, 2024 or a range a..b, such as {field.example}.")
            if days[0] is not None and days[1] is not None and days[0] > days[1]:
                raise problem(self.text, start, f"The range {value} ends before it begins", "Write the earlier date first.")
            if field.name == "from":
                days = (days[0], None)
            elif field.name == "to":
                days = (None, days[1])
            return Test(field, value, days)
        if field.kind == "name" and value != "*":
            known = known_values(field.name)
            found = known.get(value) or known.get(spaced(value))
            if found is None:
                near = extractOne(spaced(value), list(known), score_cutoff=60)
                hint = f"Did you mean {known[near[0]]}? " if near else ""
                shown = sorted(set(known.values()))
                raise problem(self.text, start, f"{value} is no value of {field.name}", hint + (f"Values are {', '.join(shown)}." if len(shown) <= 20 else f"Write it as in {field.example}."))
            value = found
        return Test(field, value, phrase=phrase)
