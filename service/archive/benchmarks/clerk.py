"""Queries written by hand, as a clerk would type them, judged by hand over the written letters that the corpus is generated from.

``clerk_queries.tsv``: the query, the letters (ids of ``corpus/letters``) that answer it, those that are of some use. They
were judged by topic and subject of all 488 before any engine was asked. A generated letter is as good as what it is made of.
"""

from __future__ import annotations

import csv
from pathlib import Path

from service.archive.benchmarks.queries import Judged, Letter

FAMILY = "written by hand"
_TABLE = Path(__file__).with_name("clerk_queries.tsv")
BEST, RELATED = 3, 1


def clerk_queries(letters: list[Letter]) -> list[Judged]:
    """The queries that some of ``letters`` answer."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = []
    for row in rows:
        worth = dict.fromkeys((row["related"] or "").split(), RELATED) | dict.fromkeys(row["best"].split(), BEST)
        grades = {letter.id: worth[letter.base] for letter in letters if letter.base in worth}
        if BEST in grades.values():
            found.append(Judged(FAMILY, row["query"], grades))
    return found
