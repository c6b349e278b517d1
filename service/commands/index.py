"""``congvan index``, ``reextract``, ``quarantine`` and ``doctor``: whole archives from the command line."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from service.archive.bulk.report import Report
    from service.archive.bulk.run import BulkRun
    from service.archive.store import Store
    from service.settings import Settings
    from service.worker import Workers

_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="Processes that read at the same time; default: one a core.")]
_Seconds = Annotated[float | None, typer.Option("--letter-seconds", min=1, help="Longest time for one file; default: CONGVAN_LETTER_SECONDS.")]
_ReportFile = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Also write the report to this file as JSON.")]
_NoIndex = Annotated[bool, typer.Option("--no-search-index", help="Leave the search index as it is; it catches up when next used.")]
_Ray = Annotated[str | None, typer.Option("--ray", metavar="ADDRESS", help="Read on a Ray cluster (auto, HOST:6379, ray://HOST:10001); with congvan[cluster].")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")]
_CORES = os.cpu_count() or 1


def index(
    places: Annotated[list[str], typer.Argument(metavar="PATH…", help="Folders, files, ZIPs, or URLs of object stores (s3://bucket/prefix with congvan[stores]).")],
    jobs: _Jobs = _CORES,
    include: Annotated[list[str] | None, typer.Option("--include", metavar="PATTERN", help="Only files of such names, e.g. *.pdf.")] = None,
    exclude: Annotated[list[str] | None, typer.Option("--exclude", metavar="PATTERN", help="No files of such names.")] = None,
    retry: Annotated[bool, typer.Option("--retry-quarantined", help="Try the files of the quarantine list again.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on for ever: look for new and changed files every few seconds (a scanner's inbox).")] = False,
    every: Annotated[float, typer.Option("--every", min=0.1, help="With --watch: seconds between two looks.")] = 5.0,
    ray: _Ray = None,
    letter_seconds: _Seconds = None,
    report: _ReportFile = None,
    no_search_index: _NoIndex = False,
    quiet: _Quiet = False,
) -> None:
    """Take letters into the archive. Files done before are skipped; a run that was stopped, or killed, goes on where it was.

    A file that cannot be read is put on the quarantine list with its cause, and the run goes on.
    """
    from service.archive.bulk.sources import listing
    from service.commands.archive import archive

    with archive() as store:
        if retry:
            store.forget_quarantined()

        def items() -> Iterable[Any]:
            return listing(places, include=include or (), exclude=exclude or ())

        with _interruptible() as stopped:
            if not watch:
                done = _run(store, items(), stopped, jobs=jobs, letter_seconds=letter_seconds, quiet=quiet, ray=ray)
                _finish(store, done, report, no_search_index, jobs)
                return
            from service.archive.bulk.inbox import Inbox
            from service.worker import Workers

            inbox, workers = Inbox(), Workers(_settings(1 if ray else jobs, letter_seconds))
            try:
                while not stopped():
                    done = _run(store, inbox.ready(items()), stopped, jobs=jobs, letter_seconds=letter_seconds, quiet=quiet, workers=workers, ray=ray)
                    if done.read:
                        _finish(store, done, report, no_search_index, jobs)
                    end = time.monotonic() + every
                    while not stopped() and time.monotonic() < end:
                        time.sleep(0.1)
            finally:
                workers.close()


def reextract(
    every: Annotated[bool, typer.Option("--all", help="Also letters that this very version of the model has read.")] = False,
    ray: _Ray = None, jobs: _Jobs = _CORES, letter_seconds: _Seconds = None, report: _ReportFile = None, no_search_index: _NoIndex = False, quiet: _Quiet = False,
) -> None:
    """Read the archive's letters anew with the model of this version. Corrections and states of tasks stay; may be stopped and started again."""
    from service.archive.bulk.run import stored_items
    from service.commands.archive import archive

    with archive() as store, _interruptible() as stopped:
        done = _run(store, stored_items(store, all_versions=every), stopped, jobs=jobs, letter_seconds=letter_seconds, quiet=quiet, again=True, ray=ray)
        _finish(store, done, report, no_search_index, jobs)


def quarantine(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    forget: Annotated[list[str] | None, typer.Option("--forget", metavar="NAME", help="Take a file off the list, so that the next run tries it again.")] = None,
) -> None:
    """List the files that could not be read: name, cause, what to do."""
    from service.commands.archive import archive

    with archive() as store:
        if forget:
            count = store.forget_quarantined(forget)
            print(f"congvan: {count} of {len(forget)} taken off the list", file=sys.stderr)
            raise typer.Exit(0 if count == len(forget) else 1)
        for row in store.list_quarantine():
            if as_json:
                print(json.dumps(row, ensure_ascii=False))
            else:
                error = row["error"]
                print(f"{row['filename']}\n    {error.get('code')}: {str(error.get('message')).rstrip('.')}. {error.get('remedy', '')}".rstrip())


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Also read and hash every file and every extraction.")] = False,
    mend: Annotated[bool, typer.Option("--mend", help="Bring the search index up to date, or make it anew; remove bytes that no letter knows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Look for damage: database, files against their hashes, leftovers, search index against the archive. Exit status 1 when there is any."""
    from service.archive.checkup import checkup
    from service.archive.checkup import mend as put_right
    from service.commands.archive import archive

    with archive() as store:
        if mend:
            for line in put_right(store):
                print(f"congvan: {line}", file=sys.stderr)
        found = checkup(store, deep=deep)
        for one in found:
            print(json.dumps(one, ensure_ascii=False) if as_json else f"{one['code']}: {one['message']}. {one['remedy']}")
        if not found:
            print(f"congvan: no damage found; {store.count_letters():,} letters", file=sys.stderr)
    raise typer.Exit(1 if found else 0)


def _settings(jobs: int, letter_seconds: float | None) -> Settings:
    from service.settings import Settings

    chosen = Settings()
    return chosen.model_copy(update={"workers": jobs, "letter_seconds": letter_seconds or chosen.letter_seconds})


def _run(
    store: Store, items: Iterable[Any], stopped: Callable[[], bool], *, jobs: int, letter_seconds: float | None, quiet: bool, again: bool = False, workers: Workers | None = None,
    ray: str | None = None,
) -> Report:
    from service.archive.bulk.run import BulkRun

    store.blobs.sweep()
    with _progress(quiet) as tell:
        run: BulkRun

        def both(report: Report) -> None:
            tell(report)
            if stopped():
                run.stop()

        if ray is None:
            run = BulkRun(store, _settings(jobs, letter_seconds), jobs=jobs, again=again, tell=both, workers=workers)
            return run.run(items)
        from models.errors import CongvanError
        from service.archive.bulk.clustered import ClusterRun

        run = ClusterRun(store, _settings(jobs, letter_seconds), ray, again=again, tell=both)
        try:
            return run.run(items)
        except CongvanError as error:
            print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
            raise typer.Exit(1) from error


def _finish(store: Store, report: Report, to: Path | None, no_search_index: bool, jobs: int) -> None:
    from models.errors import CongvanError

    if not no_search_index and not report.stopped:
        from service.archive.search.index import SearchIndex

        try:
            report.indexed = SearchIndex.open(store).follow(store, processes=jobs)
        except CongvanError as error:
            print(f"congvan: the search index is not up to date: {error.message}. {error.remedy}", file=sys.stderr)
    if to is not None:
        to.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(report.text(), file=sys.stderr)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Within, Ctrl-C and SIGTERM end the work after the files under way; a second one ends it at once."""
    asked: list[int] = []

    def ask(number: int, frame: Any) -> None:
        asked.append(number)
        if len(asked) > 1:
            raise KeyboardInterrupt
        print("congvan: stopping after the files under way; once more to stop at once", file=sys.stderr)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Report], None]]:
    """Progress on standard error: a live line on a terminal, a line every ten seconds elsewhere."""
    if quiet:
        yield lambda report: None
        return
    last = time.monotonic()
    if not sys.stderr.isatty():
        def plain(report: Report) -> None:
            nonlocal last
            if time.monotonic() - last >= 10:
                last = time.monotonic()
                print(f"congvan: {report.line()}", file=sys.stderr, flush=True)

        yield plain
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("…", total=None)

        def live(report: Report) -> None:
            bar.update(task, description=report.line(), completed=report.done, total=report.listed if report.listing_done else None)

        yield live
