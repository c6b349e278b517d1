"""Is a page that plain Tesseract read right wrong after preparation and the other recognisers? Page by page.

    python -m training.scan_regressions                       rendered letters of all grades against plain Tesseract
    python -m training.scan_regressions --before fast         any two readers of training.benchmark_scans
    python -m training.scan_regressions --folder DIR          letters of one's own beside their gold

A page loses where a string by which the letter is registered or found (number, date, references, name) stood in the text
before and does not after, or where its error of characters is more than :data:`WORSE` higher; a letter loses a field where its
value was right before and is not after. Losses are named one by one; the exit status is 1 where there is any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.scoring import score

if TYPE_CHECKING:
    from training.benchmark_scans import Tally

WORSE = 0.003
"""A page's share of wrong characters may be so much higher: a comma more is no loss."""
SCALARS = ("number", "symbol", "date", "place", "issuer", "parent_body", "subject", "signer.authority", "signer.title", "signer.name", "urgency")


@dataclass(slots=True)
class Losses:
    """What was right before and is wrong after, and how much there was to lose."""

    pages: list[str] = field(default_factory=list)
    """Pages whose characters got worse, with both shares in percent."""
    keys: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    compared: int = 0
    better: int = 0
    """Pages whose characters got better by as much."""
    keys_won: int = 0
    fields_won: int = 0

    @property
    def any(self) -> bool:
        return bool(self.pages or self.keys or self.fields)

    def table(self) -> str:
        """Markdown: counts, then each loss."""
        rows = ["| | lost | won |", "|---|---|---|", f"| pages' characters (of {self.compared} pages) | {len(self.pages)} | {self.better} |"]
        rows += [f"| strings | {len(self.keys)} | {self.keys_won} |", f"| fields | {len(self.fields)} | {self.fields_won} |"]
        return "\n".join([*rows, *(f"- {loss}" for loss in [*self.pages, *self.keys, *self.fields])])


def losses(before: Iterable[Tally], after: Iterable[Tally]) -> Losses:
    """Compare two readers of the same samples."""
    result = Losses()
    for first, second in zip(before, after, strict=True):
        for page, (errors, total) in sorted(first.by_page.items()):
            if page not in second.by_page or not total:
                continue
            result.compared += 1
            old, new = errors / total, second.by_page[page][0] / max(1, second.by_page[page][1])
            if new > old + WORSE:
                result.pages.append(f"page {page}: {100 * old:.2f} % of its characters were wrong, now {100 * new:.2f} %")
            result.better += new < old - WORSE
        for name, held in sorted(first.held.items()):
            result.keys += [f"{name}: {key!r} stood in the text" for key in sorted(held - second.held.get(name, set()))]
            result.keys_won += len(second.held.get(name, set()) - held)
        old_wrong, new_wrong = (wrong_fields(t.gold, t.found) for t in (first, second))
        result.fields += [f"{letter}: {what} was right" for letter, what in sorted(new_wrong - old_wrong)]
        result.fields_won += len(old_wrong - new_wrong)
    return result


def wrong_fields(gold: Mapping[str, Any], found: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(letter, field) of every scalar field that is not as in gold."""
    if not gold:
        return set()
    errors = score(dict(gold), dict(found)).errors
    return {(str(e["id"]), name) for name in SCALARS for e in errors.get(name, [])}


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    from corpus.render.scan import GRADES
    from training.benchmark_scans import READERS, measure, of_folder, rendered, unseen_language

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=2, help="letters a grade")
    parser.add_argument("--pages", type=int, default=2, help="most pages of a letter")
    parser.add_argument("--grades", default=",".join(GRADES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--before", default="plain Tesseract", choices=list(READERS))
    parser.add_argument("--after", default="default", choices=list(READERS))
    parser.add_argument("--folder", type=Path, help="letters with gold instead of rendered ones")
    arguments = parser.parse_args(argv)
    unseen_language()
    samples = list(
        of_folder(arguments.folder)
        if arguments.folder
        else rendered(arguments.grades.split(","), arguments.letters, arguments.pages, arguments.seed)
    )
    tallies = measure(samples, {name: READERS[name]() for name in (arguments.before, arguments.after)})
    first, second = tallies[arguments.before], tallies[arguments.after]
    result = losses(first.values(), [second[grade] for grade in first])
    print(result.table())
    return 1 if result.any else 0


if __name__ == "__main__":
    sys.exit(main())
