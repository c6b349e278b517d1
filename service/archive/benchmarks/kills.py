"""``python -m service.archive.benchmarks.kills FOLDER --kills 20``: is a run that is killed again and again as good as an undisturbed one?

A first run is left alone. A second one, into another archive, is killed (SIGKILL, with its reading processes) at random
moments and started again until it ends by itself. Then the two archives are compared: letters with extractions,
references, tasks, near-duplicates, quarantine, files, and the search index.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from service.archive.checkup import checkup
from service.archive.database import reading
from service.archive.records import unpack
from service.archive.schema import extractions, letters, quarantine, references, seen_files, similar, tasks
from service.archive.search.index import SearchIndex
from service.archive.store import Store


def snapshot(store: Store) -> dict[str, list[Any]]:
    """All that a run puts into an archive, moments of time left out, in a fixed order."""
    def rows(table: Any, *names: str) -> list[Any]:
        return sorted((tuple(row) for row in connection.execute(select(*(table.c[name] for name in names)))), key=repr)

    def content(blob: bytes) -> str:
        data = unpack(blob)
        data["source"].pop("filename")  # of the same bytes under two names either may be read first; the letter bears the first name
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    with reading(store.engine) as connection:
        found = {
            "letters": rows(letters, "id", "sha256", "filename", "type_code", "identifier", "date", "issuer", "subject", "signer", "page_count", "task_count", "simhash"),
            "extractions": sorted((row[0], row[1], content(row[2])) for row in connection.execute(select(extractions.c.letter_id, extractions.c.version, extractions.c.data))),
            "references": rows(references, "letter_id", "ref", "identifier", "date", "relation", "via"),
            "tasks": rows(tasks, "id", "letter_id", "position", "text", "types", "deadline", "status"),
            "similar": rows(similar, "letter_id", "other_id", "similarity"),
            "quarantine": rows(quarantine, "sha256", "filename", "error"),
            "seen": rows(seen_files, "name", "size", "sha256", "outcome"),
        }
    found["files"] = sorted(store.blobs.names())
    index = SearchIndex.open(store)
    index.catch_up(store)
    found["index"] = sorted(index.ids())
    return found


def run_killed(
    places: Sequence[str], data: Path, kills: int, *, jobs: int = 2, seconds: tuple[float, float] = (0.5, 4.0), files: tuple[int, int] | None = None, rng: random.Random | None = None,
) -> int:
    """Index ``places`` into the archive at ``data``, killed up to ``kills`` times at random moments, then left alone; returns how many kills hit.

    A moment is so many ``seconds`` after the start or, given ``files``, when so many files more have come to the archive's
    folder, however fast the machine is.
    """
    rng = rng or random.Random(0)
    hit = 0
    command = [sys.executable, "-m", "service.cli", "index", "--quiet", "--jobs", str(jobs), *places]
    environment = os.environ | {"CONGVAN_DATA": str(data)}
    for number in range(kills + 1):
        # a group of its own, so that the reading processes are killed with it, as by a power cut
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, process_group=0)
        if number < kills:
            if files is not None:
                _wait_for_files(process, data / "files", rng.randint(*files))
            else:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(rng.uniform(*seconds))
            if process.poll() is not None:
                break
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            hit += 1
        elif process.wait() != 0:
            raise RuntimeError("the run that was left alone did not end well")
    return hit


def _wait_for_files(process: subprocess.Popen[bytes], folder: Path, more: int) -> None:
    """Until ``more`` files have come to a folder, or the process has ended."""
    before = _count_files(folder)
    while process.poll() is None and _count_files(folder) < before + more:
        time.sleep(0.002)


def _count_files(folder: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(folder))


def differences(first: dict[str, list[Any]], second: dict[str, list[Any]]) -> list[str]:
    """What two archives do not have in common, in words; empty when they are equal."""
    return [f"{name}: {len(set(map(repr, a)) ^ set(map(repr, second[name])))} entries differ of {len(a)}" for name, a in first.items() if a != second[name]]


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m service.archive.benchmarks.kills", description=__doc__)
    parser.add_argument("places", nargs="+")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-seconds", type=float, default=12.0, help="longest time between two kills")
    parser.add_argument("--most-files", type=int, help="kill when 1 to so many files more were read, instead of after some seconds")
    arguments = parser.parse_args(argv)
    room = Path(tempfile.mkdtemp(prefix="congvan-kills-"))
    try:
        start = time.monotonic()
        run_killed(arguments.places, room / "calm", 0, jobs=arguments.jobs)
        print(f"undisturbed run: {time.monotonic() - start:.0f} s", flush=True)
        hit = run_killed(arguments.places, room / "killed", arguments.kills, jobs=arguments.jobs, seconds=(0.3, arguments.most_seconds), files=(1, arguments.most_files) if arguments.most_files else None,
                         rng=random.Random(arguments.seed))
        calm, killed = Store.open(room / "calm"), Store.open(room / "killed")
        found = differences(snapshot(calm), snapshot(killed))
        damage = checkup(killed, deep=True)
        print(f"killed {hit} times; {calm.count_letters()} letters; {'equal' if not found else '; '.join(found)}; doctor finds {len(damage)} things")
        for one in damage[:10]:
            print(f"  {one['code']}: {one['message']}")
        return 1 if found or damage else 0
    finally:
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
