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

from service.archive.bulk.run import BulkRun
from service.archive.bulk.sources import listing
from service.archive.store import Store
from service.settings import Settings


def measure(folder: str, jobs: int) -> str:
    """One folder into a fresh archive; a line of figures. Starting the processes is part of it."""
    with tempfile.TemporaryDirectory(prefix="congvan-bulk-") as room:
        store = Store.open(Path(room))
        main, start = time.process_time(), time.monotonic()
        report = BulkRun(store, Settings(), jobs=jobs).run(listing([folder]))
        seconds = time.monotonic() - start
        stored = (time.process_time() - main) / max(1, report.read)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        read = (used.ru_utime + used.ru_stime) / max(1, report.read)
        store.close()
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    return (f"{Path(folder).name}: {report.read} files ({counts}) in {seconds:.0f} s, {report.read / seconds:.1f} a second; processor a file: reading {read * 1000:.1f} ms, "
            f"storing {stored * 1000:.1f} ms; two idle cores: {2 / (read + stored):.0f} a second; largest process {used.ru_maxrss / 1024:.0f} MB")


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
