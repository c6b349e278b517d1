"""Lexicons: names, codes and abbreviations as tables that a domain expert can read and correct.

Every table is a tab-separated UTF-8 file beside this module: lines that begin with ``#`` say what it is and where it
comes from, the next line names the columns. :func:`table` reads one, once.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``models/lexicons/<name>.tsv`` as dictionaries, in file order.

    Raises FileNotFoundError for an unknown table and ValueError for a row with too many columns.
    """
    text = files(__package__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows: list[dict[str, str]] = []
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""):
        if None in row:
            raise ValueError(f"lexicon {name}: too many columns in {row!r}")
        rows.append({key: value.strip() for key, value in row.items()})
    return tuple(rows)


@cache
def words(name: str) -> tuple[str, ...]:
    """The first column of a table, for lexicons that are plain lists."""
    rows = table(name)
    if not rows:
        return ()
    first = next(iter(rows[0]))
    return tuple(row[first] for row in rows)
