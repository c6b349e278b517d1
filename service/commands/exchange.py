"""``congvan export`` and ``congvan import``: the archive's letters to other systems and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.archive.store import Store
    from service.exports.records import LetterRecord

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The archive's folder; default: CONGVAN_DATA.")]
Database = Annotated[str | None, typer.Option("--database", metavar="URL", help="The archive's database, where it is not the SQLite file in the folder.")]


def export(
    form: Annotated[str, typer.Option("--as", metavar="FORM", help="Form of the export; --list shows all.")] = "jsonl",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write to this file instead of standard output.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="CURSOR", help="Only letters changed after this cursor ('' or 'start': from the beginning); the next cursor is printed on standard error.")] = None,
    cursor_file: Annotated[Path | None, typer.Option("--cursor-file", help="Read the cursor from this file, if it is there, and write the next one into it.")] = None,
    type_code: Annotated[str | None, typer.Option("--type", help="Only this type, by its code (QĐ, KH …).")] = None,
    issuer: Annotated[str | None, typer.Option(help="Only issuers whose name contains this.")] = None,
    date_from: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD")] = None,
    date_to: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD")] = None,
    files: Annotated[Path | None, typer.Option("--files", metavar="FOLDER", help="Also copy the letters' files there, named by SHA-256 (for congvan import --files).")] = None,
    organ_id: Annotated[str | None, typer.Option("--organ-id", help="Id of your organisation (mã định danh): edXML, metadata, packages.")] = None,
    fond: Annotated[str | None, typer.Option(help="Id of the fond (mã phông): packages and archive metadata.")] = None,
    archives_id: Annotated[str | None, typer.Option("--archives-id", help="Id of the archives (mã cơ quan lưu trữ).")] = None,
    notation: Annotated[str | None, typer.Option(help="Number and notation of the file (số và ký hiệu hồ sơ).")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the file (tiêu đề hồ sơ).")] = None,
    maintenance: Annotated[str | None, typer.Option(help="Retention: 'Vĩnh viễn' or '<n> năm'.")] = None,
    year: Annotated[int | None, typer.Option(help="Year in which the file was formed.")] = None,
    first_number: Annotated[int | None, typer.Option("--first-number", help="First number of the incoming register.")] = None,
    list_forms: Annotated[bool, typer.Option("--list", help="Show the forms of export.")] = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Export letters of the archive: JSON lines, tables, registers, archive metadata, edXML, SIP/AIP packages, OpenSearch, calendars."""
    from models.errors import CongvanError
    from service.archive.store import LetterFilters, Store
    from service.exports.facts import FileContext
    from service.exports.formats import FORMATS, ExportOptions
    from service.exports.formats import export as written
    from service.exports.records import from_store

    if list_forms:
        for known in FORMATS.values():
            print(f"{known.name:<17} {known.about}")
        return
    try:
        store = Store.open(data, database)
        context = FileContext(organ_id=organ_id, archives_id=archives_id, fond_id=fond, catalog_year=year, file_notation=notation, title=title, maintenance=maintenance)
        options = ExportOptions(context=context, data_of=store.get_file, first_number=first_number)
        next_cursor = None
        records: Iterable[LetterRecord]
        if since is not None or cursor_file is not None:
            if cursor_file is not None and since is None and cursor_file.is_file():
                since = cursor_file.read_text(encoding="utf-8").strip()
            records, next_cursor = _changed(store, since if since not in ("", "start") else None)
        else:
            records = from_store(store, LetterFilters(type_code=type_code, issuer=issuer, date_from=date_from, date_to=date_to))
        _write(written(form, _copying(records, store, files), options), out)
        if next_cursor is not None:
            print(f"cursor: {next_cursor}", file=sys.stderr)
            if cursor_file is not None:
                cursor_file.write_text(next_cursor + "\n", encoding="utf-8")
    except CongvanError as error:
        print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from error


def _changed(store: Store, cursor: str | None) -> tuple[list[LetterRecord], str]:
    """All changes after ``cursor``, each letter once, as it is now."""
    from service.exports.records import changed_since

    latest: dict[str, LetterRecord] = {}
    while True:
        records, following = changed_since(store, cursor)
        for record in records:
            latest.pop(record.id, None)
            latest[record.id] = record
        if following == cursor or not records:
            return list(latest.values()), following
        cursor = following


def _copying(records: Iterable[LetterRecord], store: Store, folder: Path | None) -> Iterator[LetterRecord]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    for record in records:
        if folder is not None and not record.deleted and not (folder / record.sha256).exists():
            (folder / record.sha256).write_bytes(store.get_file(record.sha256))
        yield record


def _write(pieces: Iterator[bytes], out: Path | None) -> None:
    if out is None:
        if sys.stdout.isatty():
            first = next(pieces, b"")
            if b"\0" in first or first.startswith(b"PK"):
                raise typer.BadParameter("this form is not for the screen: name a file with --out")
            sys.stdout.buffer.write(first)
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    # never leave half an export under the name that another system watches
    partial = out.with_name(out.name + ".part")
    with partial.open("wb") as stream:
        for piece in pieces:
            stream.write(piece)
    partial.replace(out)


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON lines, corrected CSV or XLSX, edXML messages, SIP/AIP packages.")],
    bytes_folder: Annotated[Path | None, typer.Option("--files", metavar="FOLDER", help="Folder with the letters' bytes, as congvan export --files wrote it.")] = None,
    who: Annotated[str, typer.Option(help="Whose corrections these are.")] = "import",
    data: Data = None,
    database: Database = None,
) -> None:
    """Import what other systems give back. What is refused is listed on standard error, the rest is kept."""
    from models.errors import CongvanError
    from service.archive.store import Store
    from service.exports.imports import import_file

    failed = False
    try:
        store = Store.open(data, database)
        for path in files:
            report = import_file(store, path, who=who, files=bytes_folder)
            print(f"{path}: {report.letters} letters, {report.corrections} corrections, {report.deleted} deleted, {len(report.refused)} refused")
            for item in report.refused:
                failed = True
                print(json.dumps(item, ensure_ascii=False), file=sys.stderr)
    except (CongvanError, OSError) as error:
        remedy = error.remedy if isinstance(error, CongvanError) else ""
        print(f"congvan: {error}. {remedy}".rstrip(), file=sys.stderr)
        raise typer.Exit(1) from error
    raise typer.Exit(1 if failed else 0)


def pdfa(
    file: Annotated[Path, typer.Argument(help="A PDF or an image (PNG, JPEG, TIFF).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The PDF/A to write.")],
    dpi: Annotated[int, typer.Option(min=72, max=1200, help="Resolution of an image that does not say its own.")] = 300,
) -> None:
    """Make a searchable PDF/A of a scan (two layers, Circular 05/2025/TT-BNV) with OCRmyPDF."""
    from models.errors import CongvanError
    from service.exports.pdfa import to_pdfa

    try:
        out.write_bytes(to_pdfa(file.read_bytes(), suffix=file.suffix.lower() or ".pdf", dpi=dpi))
    except (CongvanError, OSError) as error:
        remedy = error.remedy if isinstance(error, CongvanError) else ""
        print(f"congvan: {error}. {remedy}".rstrip(), file=sys.stderr)
        raise typer.Exit(1) from error


def register(app: typer.Typer) -> None:
    """Add the commands to ``congvan``."""
    app.command("export")(export)
    app.command("import")(import_)
    app.command("pdfa")(pdfa)
