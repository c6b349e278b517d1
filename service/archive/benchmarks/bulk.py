"""``python -m service.archive.benchmarks.bulk FOLDER…``: how fast letters are taken in, folder by folder.

Each folder (one form of file each, from ``python -m corpus.generate --count 2000 --files OUT --as txt,docx,pdf``) goes into a
fresh archive. Printed are letters a second by the clock, and processor time a letter: of the reading processes, and of the
process that stores. A machine with two idle cores reaches about 2 / (sum of both) letters a second; so much is also printed.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from service.archive.bulk.report import Report
from service.archive.bulk.run import BulkRun
from service.archive.bulk.sources import Item, Unlisted, listing
from service.archive.store import Store
from service.settings import Settings

_FIRST = 4


def measure(folder: str, jobs: int) -> str:
    """One folder into a fresh archive; a line of figures. A run over a few files first shows what starting the processes costs; it is taken off."""
    items = list(listing([folder]))
    _run(items[:_FIRST], jobs)
    starting = _children()
    report, seconds, stored = _run(items, jobs)
    count = max(1, report.read - _FIRST)
    read = (_children() - 2 * starting) / count
    stored /= max(1, report.read)
    counts = ", ".join(f"{number} {name}" for name, number in report.counts.items())
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (f"{Path(folder).name}: {report.read} files ({counts}) in {seconds:.0f} s, {report.read / seconds:.1f} a second; processor a file: reading {read * 1000:.1f} ms, "
            f"storing {stored * 1000:.1f} ms; two idle cores: {2 / (read + stored):.0f} a second; largest process {largest:.0f} MB")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(items: Sequence[Item | Unlisted], jobs: int) -> tuple[Report, float, float]:
    """Report, seconds by the clock, seconds of processor of this process."""
    with tempfile.TemporaryDirectory(prefix="congvan-bulk-") as room:
        store = Store.open(Path(room))
        used, start = time.process_time(), time.monotonic()
        report = BulkRun(store, Settings(), jobs=jobs).run(items)
        found = report, time.monotonic() - start, time.process_time() - used
        store.close()
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m service.archive.benchmarks.bulk", description=__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    for folder in arguments.folders:
        if arguments.here:
            print(measure(folder, arguments.jobs), flush=True)
        else:  # a process each, so that the children's time is that of one folder
            subprocess.run([sys.executable, "-m", "service.archive.benchmarks.bulk", "--here", "--jobs", str(arguments.jobs), folder], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
