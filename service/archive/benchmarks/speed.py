"""``python -m service.archive.benchmarks.speed LETTERS.jsonl --records 1000000``: time to index extraction records, time of a search.

The records are those of LETTERS.jsonl (see :mod:`service.archive.benchmarks.search`) again and again, each time with
another number, day and year, in text and fields alike; all of the analysis runs on every one. Then the judged queries of
the search benchmark are asked, all with six facets, every other one also with filters, first without and then with
fragments, and percentiles of their times are printed: wall-clock, and processor time of the searching thread, which a
busy machine does not blur.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from service.archive.benchmarks.queries import queries, read_letters
from service.archive.search.documents import to_fields, to_json
from service.archive.search.index import SearchIndex, commit

_CHUNK = 500
FACETS = ("type", "year", "issuer", "level", "province", "task")
_YEARS = range(2000, 2027)


def varied(record: dict[str, Any], turn: int) -> dict[str, Any]:
    """The record with another number and date in fields and text; turn 0 is the record itself."""
    if turn == 0:
        return record
    record, text = {**record}, record["text"]
    if identifier := (record.get("identifier") or {}).get("value"):
        digits = re.match(r"\d+", identifier)
        if digits:
            new = f"{(int(digits[0]) + 37 * turn) % 4000 + 1}{identifier[digits.end() :]}"
            record["identifier"] = {**record["identifier"], "value": new}
            text = text.replace(identifier, new)
    date = (record.get("date") or {}).get("value") or ""
    if len(date) >= 10:
        year = _YEARS[(int(date[:4]) + turn) % len(_YEARS)]
        record["date"] = {**record["date"], "value": f"{year}{date[4:]}"}
        text = text.replace(f"năm {date[:4]}", f"năm {year}")
    record["text"] = text
    return record


def _documents(job: tuple[list[str], range, int]) -> list[str]:
    """The index's documents of some lines in several turns: what a process does."""
    lines, turns, first = job
    records = [json.loads(line)["extraction"] for line in lines]
    return [to_json(to_fields(f"{first + place * len(lines) + n:024x}", varied(record, turn))) for place, turn in enumerate(turns) for n, record in enumerate(records)]


def _jobs(path: Path, count: int, known: int) -> Iterator[tuple[list[str], range, int]]:
    with path.open(encoding="utf-8") as file:
        lines = sum(1 for _ in file)
    turns = range(known // lines, -(-count // lines))
    first = known
    with path.open(encoding="utf-8") as file:
        while chunk := list(islice(file, max(1, _CHUNK // max(1, len(turns))))):
            yield chunk, turns, first
            first += len(chunk) * len(turns)


def build(index: SearchIndex, path: Path, count: int, processes: int) -> int:
    """Bring the index to ``count`` records at least; returns how many were added."""
    done = 0
    jobs = _jobs(path, count, index.size)
    with index.writer(2) as writer, ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_documents, job) for job in islice(jobs, processes * 3)]
        while waiting:
            for line in waiting.pop(0).result():
                writer.add_json(line)
                done += 1
            waiting.extend(pool.submit(_documents, job) for job in islice(jobs, 1))
        commit(writer, 0)
    index.index.reload()
    return done


def ask(index: SearchIndex, asked: Sequence[tuple[str, dict[str, list[str]]]], *, highlight: bool) -> tuple[list[float], list[float]]:
    """Wall-clock and thread times of every query in milliseconds, each asked twice and the second time taken."""
    walls, threads = [], []
    for text, filters in asked:
        for _ in range(2):
            wall, thread = time.perf_counter(), time.thread_time()
            index.search(text, filters=filters, facets=FACETS, highlight=highlight)
            wall, thread = time.perf_counter() - wall, time.thread_time() - thread
        walls.append(wall * 1000)
        threads.append(thread * 1000)
    return walls, threads


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m service.archive.benchmarks.speed", description=__doc__)
    parser.add_argument("letters", type=Path)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder of the index, kept; one that has some records already gets the rest")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="congvan-speed-") as room:
        place = arguments.keep or Path(room)
        index = SearchIndex(place)
        if index.size < arguments.records:
            start = time.monotonic()
            count = build(index, arguments.letters, arguments.records, arguments.processes)
            seconds = time.monotonic() - start
            used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            cpu = sum(u.ru_utime + u.ru_stime for u in used)
            size, every = sum(f.stat().st_size for f in place.rglob("*") if f.is_file()), index.size
            print(f"{count:,} records indexed in {seconds:,.0f} s, {count / seconds:,.0f} a second; processor {cpu:,.0f} s, {cpu / count * 1000:.2f} ms a record; "
                  f"index {size / 1e9:.2f} GB, {size / every:,.0f} bytes a record")
        with arguments.letters.open(encoding="utf-8") as file:
            letters = list(islice(read_letters(file), 5000))
        texts = [re.sub(r'[()":]|(?<!\w)-', " ", one.text) for one in queries(letters, 20)]
        places = [one.province for one in letters if one.province]
        asked = [(text, {} if n % 2 else {"year": [str(2010 + n % 16)]} if n % 4 else {"province": [places[n]], "type": ["CV", "KH", "QĐ", "BC"]}) for n, text in enumerate(texts)]
        print(f"{index.size:,} records in {index.searcher().num_segments} segments, {len(asked)} queries, half of them with filters, {len(FACETS)} facets each; milliseconds:")
        for highlight in (False, True):
            walls, threads = ask(index, asked, highlight=highlight)
            shown = ", ".join(f"p{share * 100:.0f} {percentile(walls, share):.1f} (processor {percentile(threads, share):.1f})" for share in (0.5, 0.9, 0.95, 0.99))
            print(f"  {'with' if highlight else 'without'} fragments: {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
