"""The same request in other words: fixed phrases of official prose for each other (``phrase_pairs.tsv``)."""

from __future__ import annotations

import re
from functools import cache
from random import Random

from corpus.data import data_table
from corpus.generate.draft import Draft, innermost_reference
from models.letter import Zone

PROSE = frozenset({Zone.BODY, Zone.TASK, Zone.CLOSING, Zone.APPENDIX})
_KEPT = frozenset(
    ["who", "lead", "coord", "report", "via", "email", "name", "title", "subject", "addressee", "recipient"]
)
"""Marks whose words are a value of the gold form: names stay as they are."""
SHARE = 0.5
"""Chance of each place to be changed."""


@cache
def _table() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    table: dict[str, tuple[str, ...]] = {}
    for row in data_table("phrase_pairs"):
        table[row["one"]] = (*table.get(row["one"], ()), row["other"])
        if row["both"]:
            table[row["other"]] = (*table.get(row["other"], ()), row["one"])
    keys = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{keys})(?!\w)"), table


def paraphrase(draft: Draft, rng: Random) -> None:
    """Exchange about half of the phrases that have a fellow."""
    pattern, table = _table()
    changed = 0

    def edit(words: str, stack: tuple[str, ...], zone: Zone) -> str:
        nonlocal changed
        if zone not in PROSE or innermost_reference(stack) or any(name in _KEPT for name in stack):
            return words

        def one(m: re.Match[str]) -> str:
            nonlocal changed
            if rng.random() > SHARE:
                return m[0]
            changed += 1
            return rng.choice(table[m[0]])

        return pattern.sub(one, words)

    draft.edit_text(edit)
    if changed:
        draft.done.append("paraphrase")
