"""The corpus's own tables (``corpus/tables/*.tsv``): names, lists and forms that the generator and the checks use."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "tables"


@cache
def data_table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``corpus/tables/<name>.tsv``; lines that begin with ``#`` say what it is and where it comes from.

    Raises FileNotFoundError for an unknown table and ValueError for a row with too many columns.
    """
    lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    rows: list[dict[str, str]] = []
    for row in csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""):
        if None in row:
            raise ValueError(f"table {name}: too many columns in {row!r}")
        rows.append({key: (value or "").strip() for key, value in row.items()})
    return tuple(rows)


@cache
def bound(to: str) -> re.Pattern[str]:
    """Words that bind a letter to its ``dates`` or to its ``province`` (``bound_events.tsv``)."""
    words = [row["words"] for row in data_table("bound_events") if row["binds"] in (to, "both")]
    return re.compile("|".join(f"(?:{word})" for word in words))
