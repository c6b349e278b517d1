"""Letters like one: those that share its telling pairs of syllables and names."""

from __future__ import annotations

import json
from collections import Counter
from math import log
from typing import Any

import tantivy
from tantivy import Occur, Query

from service.archive.errors import NotFound
from service.archive.search.compile import term
from service.archive.search.engine import Hit
from service.archive.search.words import folded, pairs

_TERMS = 24
_LOOKED_AT = 160


def similar(searcher: tantivy.Searcher, id: str, limit: int = 10) -> list[Hit]:
    """The letters most like one, the likest first, itself left out. ``score`` is 0 to 1: the share of its telling pairs that they have.

    Raises NotFound when the index does not know the letter.
    """
    hits = searcher.search(term("id", id), 1, count=False).hits
    if not hits:
        raise NotFound(f"No letter {id} in the search index", remedy="It may have been deleted, or is not indexed yet; try again in a moment.")
    record = json.loads(searcher.doc(hits[0][1]).get_first("record") or "{}")
    telling = _telling(searcher, record)
    if not telling:
        return []
    whole = sum(weight for _, weight in telling)
    # a constant for each pair, so that the score says how much of this letter the other has
    shoulds = [(Occur.Should, Query.const_score_query(term("pairs", pair), weight / whole)) for pair, weight in telling]
    query = Query.boolean_query([*shoulds, (Occur.MustNot, term("id", id))], minimum_number_should_match=max(1, len(shoulds) // 5))
    found = []
    for score, address in searcher.search(query, limit, count=False).hits:
        other: dict[str, Any] = json.loads(searcher.doc(address).get_first("record") or "{}")
        found.append(Hit(other["id"], round(float(score), 3), False, {k: v for k, v in other.items() if k not in ("text", "places")}, []))
    return found


def _telling(searcher: tantivy.Searcher, record: dict[str, Any]) -> list[tuple[str, float]]:
    """The pairs of most worth: often in this letter, seldom in the archive, in no single letter only."""
    counts = Counter(pair for pair in pairs(folded(record["text"])) if not any(c.isdigit() for c in pair))
    counts.update(dict.fromkeys(pairs(folded(record.get("subject") or "")), 2))
    total = max(searcher.num_docs, 2)
    weighed: list[tuple[str, float]] = []
    for pair, count in counts.most_common(_LOOKED_AT):
        frequency = searcher.doc_freq("pairs", pair)
        if 2 <= frequency <= total * 0.5 or total < 20:
            weighed.append((pair, (1 + log(count)) * log(1 + total / max(frequency, 1))))
    return sorted(weighed, key=lambda one: (-one[1], one[0]))[:_TERMS]
