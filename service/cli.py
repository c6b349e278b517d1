"""The command line ``congvan``. Imports are inside the commands, so that the command starts at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands import assistant, exchange, index, keys, pdf, search, serve, upkeep

app = typer.Typer(
    name="congvan", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Reads Vietnam's official letters (công văn): structure out of PDF, scans, photos, DOCX, DOC and text.",
)

app.add_typer(keys.app, name="keys")
app.command()(serve.serve)
exchange.register(app)
app.command()(index.index)
app.command()(index.reextract)
app.command()(index.quarantine)
app.command()(index.doctor)
app.command()(search.search)
app.command()(search.reindex)
upkeep.register(app)
pdf.register(app)
app.command()(assistant.mcp)


class Ocr(StrEnum):
    """When to recognise text in images."""

    auto = "auto"
    never = "never"
    always = "always"


class Quality(StrEnum):
    """How much time OCR may take."""

    fast = "fast"
    default = "default"
    accurate = "accurate"


@app.command()
def extract(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Letters in any form; - reads standard input.")],
    pretty: Annotated[bool, typer.Option("--pretty", help="Indent the JSON.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Show each letter as a table for reading, instead of JSON.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="Processes that read at the same time.")] = 1,
    ocr: Annotated[Ocr, typer.Option("--ocr", help="Recognise text in images: where needed, never, or on every page.")] = Ocr.auto,
    ocr_quality: Annotated[Quality, typer.Option("--ocr-quality", help="Speed or accuracy of OCR.")] = Quality.default,
    candidates: Annotated[bool, typer.Option("--candidates", help="Also give the readings that were not chosen, for a person to pick from.")] = False,
    searchable: Annotated[Path | None, typer.Option("--searchable-pdf", metavar="OUT", help="Also write each scan with its words as an invisible text layer: a file, or a folder for several letters.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")] = False,
) -> None:
    """Extract letters: one JSON object a line on standard output, in the order given.

    A file that cannot be read gives an "error" object on its line and the exit status is 1; the others are unharmed.
    """
    from service.batch import BatchOptions, extract_file, extract_many

    if searchable is not None and len(files) > 1 and not searchable.is_dir():
        raise typer.BadParameter("--searchable-pdf must name a folder where several letters are given")
    options = BatchOptions(ocr=ocr.value, ocr_quality=ocr_quality.value, candidates=candidates, searchable=str(searchable) if searchable else None)
    if files.count("-") > 1:
        raise typer.BadParameter("standard input (-) can be given once only")
    failed = 0
    if "-" in files:
        results: Iterable[dict[str, Any]] = (extract_file("stdin", sys.stdin.buffer.read(), options) if name == "-" else extract_file(name, None, options) for name in files)
    else:
        results = extract_many(files, jobs=jobs, options=options)
    with _Progress(len(files), enabled=not quiet and len(files) > 1) as progress:
        for result in results:
            error = result.get("error")
            failed += error is not None
            progress.advance(failed=error is not None)
            if error is not None:
                print(f"congvan: {result['source']['filename']}: {error['message']}. {error.get('remedy', '')}".rstrip(), file=sys.stderr)
            _emit(result, pretty=pretty, table=table)
    raise typer.Exit(1 if failed else 0)


def _emit(result: dict[str, Any], *, pretty: bool, table: bool) -> None:
    if table and "error" not in result:
        from service.table import print_letter

        print_letter(result)
    else:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2 if pretty else None)
        sys.stdout.write("\n")
        sys.stdout.flush()


class _Progress:
    """A line of progress on standard error: files done, failed, rate and remaining time."""

    def __init__(self, total: int, *, enabled: bool) -> None:
        self.total, self.enabled = total, enabled
        self.done = self.failed = 0

    def __enter__(self) -> _Progress:
        import time

        self.clock = time.monotonic
        self.start = self.last = time.monotonic()
        self.terminal = sys.stderr.isatty()
        return self

    def advance(self, *, failed: bool) -> None:
        """Count one file and print at most twice a second (once every ten seconds where nobody watches)."""
        self.done += 1
        self.failed += failed
        now = self.clock()
        if not self.enabled or (now - self.last < (0.5 if self.terminal else 10) and self.done < self.total):
            return
        self.last = now
        rate = self.done / max(now - self.start, 1e-6)
        left = (self.total - self.done) / rate
        line = f"{self.done}/{self.total} letters, {self.failed} failed, {rate:.1f} a second, {left:.0f} s left"
        print(("\r" + line.ljust(70)) if self.terminal else line, end="" if self.terminal and self.done < self.total else "\n", file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        return None


class TaskView(StrEnum):
    """Forms in which tasks are shown or written."""

    table = "table"
    csv = "csv"
    xlsx = "xlsx"
    ics = "ics"
    tracker = "tracker"


@app.command()
def tasks(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Letters in any form.")],
    view: Annotated[TaskView, typer.Option("--as", help="Table, CSV, Excel, iCalendar, or JSON in the field names of task-tracking systems.")] = TaskView.table,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write to this file instead of standard output (needed for xlsx).")] = None,
    received: Annotated[str | None, typer.Option("--received", metavar="YYYY-MM-DD", help="Day of receipt, from which limits may count.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256)] = 1,
) -> None:
    """Who must do what by when: the tasks of letters as a table, a spreadsheet or a calendar."""
    from models.letter import Extraction
    from service.batch import extract_many
    from service.exports import tasks as exports

    if view is TaskView.xlsx and out is None:
        raise typer.BadParameter("a workbook is not for the screen: name a file with --out")
    letters: list[Extraction] = []
    failed = 0
    for result in extract_many(files, jobs=jobs):
        if "error" in result:
            failed += 1
            print(f"congvan: {result['source']['filename']}: {result['error']['message']}", file=sys.stderr)
        else:
            letters.append(Extraction.model_validate(result))
    if view is TaskView.table:
        from service.table import print_tasks

        print_tasks(exports.rows(letters, received=received))
    else:
        written = {
            TaskView.csv: lambda: exports.to_csv(letters, received=received).encode(),
            TaskView.xlsx: lambda: exports.to_xlsx(letters, received=received),
            TaskView.ics: lambda: exports.to_ics(letters, received=received),
            TaskView.tracker: lambda: json.dumps(exports.to_tracker(letters, received=received), ensure_ascii=False, indent=1).encode() + b"\n",
        }[view]()
        if out is None:
            sys.stdout.buffer.write(written)
        else:
            out.write_bytes(written)
    raise typer.Exit(1 if failed else 0)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="Folder with letters and their <id>.json gold (CONTRACT section 3).")],
    predictions: Annotated[Path | None, typer.Option("--predictions", help="Score these extractions (JSON lines) instead of extracting now.")] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Write the extractions to this file as JSON lines.")] = None,
    errors: Annotated[str | None, typer.Option("--errors", metavar="FIELD", help="List the errors of a field (e.g. subject, references, tasks).")] = None,
    only: Annotated[str | None, typer.Option("--only", metavar="ID,ID", help="Only these letters.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256)] = 1,
) -> None:
    """Extract the letters of a gold folder and print precision, recall and F1 a field, over all and by kind of source."""
    from models.errors import CongvanError
    from service.evaluate import evaluate_folder

    try:
        report = evaluate_folder(gold, predictions=predictions, save=save, only=only.split(",") if only else None, jobs=jobs)
        if as_json:
            json.dump(report.as_dict(), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            sys.stdout.write(report.as_text())
        if errors:
            for entry in report.errors_of(errors):
                print(json.dumps(entry, ensure_ascii=False))
    except CongvanError as error:
        print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
        raise typer.Exit(1) from error


@app.command()
def schema() -> None:
    """Print the JSON Schema of the extraction."""
    from models.schema import extraction_schema_text

    sys.stdout.write(extraction_schema_text())


@app.command()
def settings(markdown: Annotated[bool, typer.Option("--markdown", help="Print the documentation table (service/SETTINGS.md).")] = False) -> None:
    """Show every setting of the service: its environment variable, the value in force, and what it means."""
    from service.settings import PREFIX, Settings, as_markdown

    if markdown:
        sys.stdout.write(as_markdown())
        return
    for name, value in Settings():
        if name == "database_url" and value:
            from sqlalchemy.engine import make_url

            value = make_url(value).render_as_string(hide_password=True)
        print(f"{PREFIX}{name.upper()}={value}\n    {Settings.model_fields[name].description}")


def main() -> None:
    """Entry point of the ``congvan`` command."""
    app()


if __name__ == "__main__":
    main()
