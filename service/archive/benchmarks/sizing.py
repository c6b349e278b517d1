"""``python -m service.archive.benchmarks.sizing NAME=FOLDER …``: what a letter costs, and what an archive of millions needs.

Each folder (typed=…, scanned=…) is indexed into a fresh archive by one reading process, search index included. Processor time
is counted, of this process and of all its children, not time on the wall: it does not depend on what else the machine does.
``--markdown FILE`` writes the page ``service/deploy/SIZING.md``.

    python -m corpus.render $(ls corpus/letters | head -200 | sed s/.cv$//) --form pdf --out /tmp/typed
    python -m corpus.render $(ls corpus/letters | head -12 | sed s/.cv$//) --form scan --out /tmp/scanned
    python -m service.archive.benchmarks.sizing typed=/tmp/typed scanned=/tmp/scanned
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from service.archive.bulk.run import BulkRun
from service.archive.bulk.sources import listing
from service.archive.search.index import SearchIndex
from service.archive.store import Store
from service.settings import Settings

MILLIONS = (1, 10, 100)
CORES = 16
DAYS = 30
USE = 0.7
"""Share of a core's time that is really used for reading: the rest goes to the system, to waiting and to failures."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kind of letters costs. Seconds are of one core; bytes are on the disk, all letters together."""

    name: str
    letters: int
    pages: int
    seconds: float
    files: int
    database: int
    index: int

    @property
    def letters_an_hour(self) -> float:
        """Letters that one core reads and indexes in an hour."""
        return 3600 * self.letters / self.seconds


def measure(name: str, folder: Path) -> Cost:
    """Index a folder into a fresh archive."""
    with tempfile.TemporaryDirectory(prefix="congvan-sizing-") as place:
        store = Store.open(Path(place) / "archive")
        before = _processor_seconds()
        report = BulkRun(store, Settings(), jobs=1).run(listing([str(folder)], exclude=("*.json",)))
        SearchIndex.open(store).follow(store)
        seconds = _processor_seconds() - before
        stats = store.stats()
        store.close()
        if not report.counts["new"]:
            raise SystemExit(f"{folder}: no letter could be read ({dict(report.causes)})")
        files, database, index = (_size(Path(place) / "archive" / part) for part in ("files", "archive.db", "index"))
    return Cost(name, stats["letters"], stats["pages"], seconds, files, database, index)


def _processor_seconds() -> float:
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    return total


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())


def as_markdown(costs: Sequence[Cost]) -> str:
    """The page: measurements, and the machines they mean."""
    lines = [
        "# Sizing", "",
        "Written by `python -m service.archive.benchmarks.sizing` (its docstring shows how the folders are made); do not edit by hand.",
        f"Measured on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}: processor time of one core, search index included.", "",
        "| letters | number | pages a letter | core seconds a letter | letters an hour a core | file kB | database kB | index kB |", "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for c in costs:
        lines.append(f"| {c.name} | {c.letters} | {c.pages / c.letters:.1f} | {c.seconds / c.letters:.3f} | {c.letters_an_hour:,.0f} "
                     f"| {c.files / c.letters / 1000:.1f} | {c.database / c.letters / 1000:.1f} | {c.index / c.letters / 1000:.1f} |")
    lines += [
        "", f"Computed from these, for archives of one kind alone: machines of {CORES} cores that finish within {DAYS} days with {USE:.0%} of their time used; storage once, without backup.", "",
        "| pages | letters | kind | core days | machines | files | database | search index |", "| --: | --: | --- | --: | --: | --: | --: | --: |",
    ]
    for millions in MILLIONS:
        for c in costs:
            letters = millions * 1e6 / (c.pages / c.letters)
            days = letters * c.seconds / c.letters / 86400
            machines = max(1, -(-days // (CORES * DAYS * USE)))
            lines.append(f"| {millions} million | {letters / 1e6:.2f} million | {c.name} | {days:,.1f} | {machines:.0f} | {_amount(letters * c.files / c.letters)} "
                         f"| {_amount(letters * c.database / c.letters)} | {_amount(letters * c.index / c.letters)} |")
    lines += [
        "", "What changes with size", "",
        "- Up to about a million letters: one machine, SQLite, `congvan index`.",
        "- Several service processes or machines: PostgreSQL (`CONGVAN_DATABASE_URL`), a shared folder for `CONGVAN_DATA`; each process claims jobs from the database.",
        "- Reading that one machine does not finish in time: `congvan index --ray ADDRESS`; nodes need no disk in common, the driver stores.",
        "- Past tens of millions of letters: search on an OpenSearch cluster (`congvan export --as opensearch-index` and `--as opensearch --since`), because one Tantivy index is on one disk;",
        "  files in object storage (`congvan index s3://…` reads from there; the store's own folder may be a mounted bucket). Neither was tried at that size here.", "",
    ]
    return "\n".join(lines)


def _amount(size: float) -> str:
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size / 1000:,.0f} kB"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--markdown", type=Path, help="write the page to this file")
    chosen = parser.parse_args(arguments)
    costs = [measure(name, Path(folder)) for name, _, folder in (given.partition("=") for given in chosen.folders)]
    for cost in costs:
        print(json.dumps({**asdict(cost), "letters_an_hour": round(cost.letters_an_hour)}))
    if chosen.markdown:
        chosen.markdown.write_text(as_markdown(costs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
