"""While somebody types: numbers, issuers and subjects of the archive that begin so, with marks though typed without."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

import tantivy
from tantivy import Occur, Order, Query

from service.archive.search.compile import term
from service.archive.search.documents import SHOWN, schema
from service.archive.search.numbers import number_key
from service.archive.search.ranking import exactly
from service.archive.search.words import folded

_MOST_TERMS = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to offer: ``query`` is what to search for when it is chosen; ``letters`` how many have it (None: not counted)."""

    kind: Literal["number", "issuer", "subject"]
    text: str
    query: str
    letters: int | None = None


def suggest(searcher: tantivy.Searcher, typed: str, limit: int = 8) -> list[Suggestion]:
    """Suggestions for what has been typed so far, the likeliest first; none for fewer than two letters."""
    words = folded(typed[:200])
    if not words or len("".join(words)) < 2:
        return []
    found: list[Suggestion] = []
    if words[0].isdigit():
        found += [Suggestion("number", shown, f'so:"{shown}"', count) for shown, count in _begin(searcher, number_key(typed), limit)]
    if not words[0].isdigit() or len(words) > 1:
        found += [Suggestion("issuer", shown, f'cq:"{shown}"', count) for shown, count in _begin(searcher, " ".join(words), max(2, limit // 2))]
        found += _subjects(searcher, words, limit)
    seen: set[str] = set()
    return [one for one in found if not (one.text.casefold() in seen or seen.add(one.text.casefold()))][:limit]  # type: ignore[func-returns-value]


def _begin(searcher: tantivy.Searcher, beginning: str, limit: int) -> list[tuple[str, int]]:
    """Numbers or issuers that begin so, those of most letters first.

    The index's dictionary still knows what only deleted letters had, until their files are merged: so the letters that are
    there now are counted, of as many terms as will be shown.
    """
    terms = sorted(searcher.terms_with_prefix("suggest", beginning, None, _MOST_TERMS), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))
    found: list[tuple[str, int]] = []
    for name, _ in terms:
        if len(found) == limit:
            break
        if count := exactly(searcher, term("suggest", name)):
            found.append((name.split(SHOWN, 1)[1].replace('"', ""), count))
    return sorted(found, key=lambda pair: -pair[1])


def _subjects(searcher: tantivy.Searcher, words: list[str], limit: int) -> list[Suggestion]:
    """Subjects of the newest letters that have the words, the last one perhaps unfinished."""
    parts = [(Occur.Must, term("subject", word)) for word in words[:-1]]
    if re.fullmatch(r"[a-z0-9]+", words[-1]):
        parts.append((Occur.Must, Query.regex_query(schema(), "subject", f"{words[-1]}.*")))
    query = Query.boolean_query(parts)
    texts: list[str] = []
    for _, address in searcher.search(query, limit * 3, count=False, order_by_field="date", order=Order.Desc).hits:
        subject = json.loads(searcher.doc(address).get_first("record") or "{}").get("subject")
        if subject:
            texts.append(" ".join(subject.split()))
    return [Suggestion("subject", text, f'trichyeu:"{text.replace(chr(34), "")}"') for text in dict.fromkeys(texts)]
