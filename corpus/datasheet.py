"""``python -m corpus.datasheet``: writes today's numbers into ``corpus/DATASHEET.md`` (``--check``: only compares).

The block between the two marker lines is the command's; the rest of the page is written by hand. Exit status 1 when ``--check``
finds other numbers there.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from corpus.gold import to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from corpus.splits import issuer_key
from corpus.stats import Numbers, distribution, numbers, pages, spread
from models.letter import TaskType

SHEET = Path(__file__).parent / "DATASHEET.md"
BEGIN, END = "<!-- numbers: python -m corpus.datasheet -->", "<!-- end of numbers -->"
RECURRING = ("daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "continuous")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def block(letters: Sequence[AnnotatedLetter]) -> str:
    """The numbers as a Markdown table between its markers."""
    found: Numbers = numbers((to_gold(letter), letter.text) for letter in letters)
    places = spread(letters)
    provinces = {letter.header.province for letter in letters if letter.header.province}
    dues = places["deadline values"]
    recurring = sum(dues[name] for name in RECURRING)
    least = min(TaskType, key=lambda label: found.labels[label.value]).value
    rows = [
        (
            "letters written by hand",
            f"{found.letters}, of {len(found.types)} document types, from {len({issuer_key(one) for one in letters})} issuers "
            f"in {len(provinces)} provinces (63 of before July 2025, 34 since, older ones) and the centre",
        ),
        ("types", _listed(found.types)),
        ("tasks", f"{sum(found.tasks):,}; a letter: {distribution(found.tasks)}"),
        (
            "task labels",
            f"{_listed(found.labels)}; the fewest tasks: `{least}`, {found.labels[least]}",
        ),
        ("references", f"{sum(found.citations):,}; a letter: {distribution(found.citations)}"),
        ("words a letter", distribution(found.words)),
        ("pages a letter", _listed(pages(letters))),
        ("systems", _listed(places["system"])),
        ("levels", _listed(places["level"])),
        ("decades", _listed(Counter(dict(sorted(found.decades.items()))))),
        (
            "deadlines (marks)",
            f"{dues['date']} a day, {dues['date and hour']} a day with an hour, {dues['relative']} relative, "
            f"{recurring} recurring or continuous, {dues['none']} without a day",
        ),
        ("hard negatives", f"{sum(places['hard negatives'].values())}: {_listed(places['hard negatives'])}"),
        ("splits", _listed(places["split"])),
    ]
    return "\n".join([BEGIN, "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), END])


def renewed(sheet: str, letters: Sequence[AnnotatedLetter]) -> str:
    """The page with today's block. Raises ValueError where the markers are missing."""
    head, begin, rest = sheet.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{SHEET.name} has no lines {BEGIN!r} and {END!r} -> put them where the numbers belong")
    return head + block(letters) + tail


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.datasheet", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the numbers are today's")
    arguments = parser.parse_args(argv)
    old = SHEET.read_text(encoding="utf-8")
    new = renewed(old, list(load("all")))
    if arguments.check:
        if new != old:
            print("DATASHEET.md holds other numbers -> python -m corpus.datasheet", file=sys.stderr)
        return int(new != old)
    SHEET.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
