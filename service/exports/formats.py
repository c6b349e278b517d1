"""The forms in which letters leave the archive, by name: what ``congvan export --as`` and ``GET /v1/exports?format=`` offer."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from models.errors import CongvanError
from models.letter import Extraction
from service.exports import edxml, flat, lines, opensearch, package, registers, sheets, tasks
from service.exports.facts import FileContext, letter_facts
from service.exports.metadata import metadata_sets, to_row
from service.exports.records import LetterRecord

CHUNK = 1 << 16


class UnknownFormat(CongvanError):
    """A form of export that congvan does not write."""

    code = "unknown_format"
    http_status = 400
    exit_code = 2


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What some forms need besides the letters.

    ``data_of`` gives a file's bytes by SHA-256 (packages and edXML carry the files), ``context`` is the file (hồ sơ) they
    are put into, ``first_number`` the first number of the incoming register, ``link`` an address with ``{sha256}`` for calendars.
    """

    context: FileContext = field(default_factory=FileContext)
    data_of: Callable[[str], bytes] | None = None
    first_number: int | None = None
    link: str | None = None
    agency: str = "congvan"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A form: its name, media type, file suffix, what it is, and what writes it."""

    name: str
    media_type: str
    suffix: str
    about: str
    write: Callable[[Iterable[LetterRecord], ExportOptions], Iterator[bytes]]
    takes_deleted: bool = False
    needs_files: bool = False


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _encoded(parts: Iterable[str]) -> Iterator[bytes]:
    return (part.encode() for part in parts)


def _alive(records: Iterable[LetterRecord]) -> Iterator[LetterRecord]:
    return (record for record in records if not record.deleted)


def _metadata_rows(name: str, records: Iterable[LetterRecord], options: ExportOptions) -> Iterator[dict[str, str]]:
    for number, record in enumerate(_alive(records), start=1):
        facts = letter_facts(record, options.context, ordinal=number)
        if name == "decree30_in":
            arrived = sheets.parse_day(registers.arrival_day(record.added_at))
            facts["arrival_date"] = arrived.strftime("%d/%m/%Y") if arrived else ""
            facts["arrival_number"] = str(options.first_number + number - 1) if options.first_number is not None else ""
        yield to_row(name, facts)


def _metadata_columns(name: str) -> list[sheets.Column]:
    return [sheets.Column(f.name, f.name, 18) for f in metadata_sets()[name]]


def _metadata(name: str, *, workbook: bool) -> Callable[[Iterable[LetterRecord], ExportOptions], Iterator[bytes]]:
    def write(records: Iterable[LetterRecord], options: ExportOptions) -> Iterator[bytes]:
        rows, columns = _metadata_rows(name, records, options), _metadata_columns(name)
        if workbook:
            yield sheets.xlsx_bytes(columns, rows, sheet=name)
        else:
            yield from _encoded(sheets.csv_lines(columns, rows))

    return write


def _register_out(records: Iterable[LetterRecord], options: ExportOptions) -> Iterator[bytes]:
    yield sheets.xlsx_bytes(registers.OUTGOING, registers.outgoing(records), sheet="Văn bản đi", title=("SỔ ĐĂNG KÝ VĂN BẢN ĐI",))


def _register_in(records: Iterable[LetterRecord], options: ExportOptions) -> Iterator[bytes]:
    yield sheets.xlsx_bytes(registers.INCOMING, registers.incoming(records, first_number=options.first_number), sheet="Văn bản đến", title=("SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",))


def _bytes_of(record: LetterRecord, options: ExportOptions) -> bytes:
    if options.data_of is None:
        raise CongvanError("This form carries the letters' files, and none are at hand", remedy="Export from an archive that holds the files.", code="files_needed")
    return options.data_of(record.sha256)


def message_of(record: LetterRecord, options: ExportOptions) -> bytes:
    """One letter as an edXML message with its file."""
    name = record.filename or f"{record.id}.pdf"
    attachment = edxml.Attachment(name.replace("\\", "/").rsplit("/", 1)[-1], record.data["source"]["media_type"], _bytes_of(record, options))
    return edxml.to_edxml(record, [attachment], sender_id=options.context.organ_id)


def _edxml(records: Iterable[LetterRecord], options: ExportOptions) -> Iterator[bytes]:
    """A ZIP of one message a letter; letters that lack what the regulation demands are listed in ``not_exported.jsonl``."""
    with tempfile.TemporaryFile() as out:
        left_out = []
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for record in _alive(records):
                try:
                    archive.writestr(f"{record.id}.edxml", message_of(record, options))
                except edxml.BadEdxml as error:
                    left_out.append(json.dumps({"id": record.id, **error.as_dict()}, ensure_ascii=False))
            if left_out:
                archive.writestr("not_exported.jsonl", "\n".join(left_out) + "\n")
        out.seek(0)
        while chunk := out.read(CHUNK):
            yield chunk


def _package(kind: str) -> Callable[[Iterable[LetterRecord], ExportOptions], Iterator[bytes]]:
    def write(records: Iterable[LetterRecord], options: ExportOptions) -> Iterator[bytes]:
        chosen = list(_alive(records))
        if options.data_of is None and chosen:
            _bytes_of(chosen[0], options)
        assert options.data_of is not None or not chosen
        with tempfile.TemporaryFile() as out:
            package.write_package(out, chosen, options.data_of or (lambda _: b""), options.context, kind=kind, agency=options.agency)
            out.seek(0)
            while chunk := out.read(CHUNK):
                yield chunk

    return write


def _tasks(write: Callable[[list[LetterRecord], ExportOptions], bytes]) -> Callable[[Iterable[LetterRecord], ExportOptions], Iterator[bytes]]:
    return lambda records, options: iter([write(list(_alive(records)), options)])


def _models(records: Iterable[LetterRecord]) -> list[Extraction]:
    return [record.extraction for record in records]


_ALL = (
    ExportFormat("jsonl", "application/jsonl", ".jsonl", "every letter whole with its corrections, one JSON object a line", lambda r, o: _encoded(lines.to_lines(r)), takes_deleted=True),
    ExportFormat("csv", "text/csv", ".csv", "one row a letter, Vietnamese headings; corrected cells can be imported", lambda r, o: _encoded(sheets.csv_lines(flat.COLUMNS, flat.to_rows(r)))),
    ExportFormat("xlsx", XLSX, ".xlsx", "the same as an Excel workbook", lambda r, o: iter([sheets.xlsx_bytes(flat.COLUMNS, flat.to_rows(r), sheet="Văn bản")])),
    ExportFormat("register-out", XLSX, ".xlsx", "sổ đăng ký văn bản đi, Decree 30/2020 Appendix IV", _register_out),
    ExportFormat("register-in", XLSX, ".xlsx", "sổ đăng ký văn bản đến, Decree 30/2020 Appendix IV", _register_in),
    *(ExportFormat(f"{label}-{end}", XLSX if end == "xlsx" else "text/csv", "." + end, about, _metadata(name, workbook=end == "xlsx"))
      for label, name, about in (("decree30-out", "decree30_out", "metadata of outgoing documents, Decree 30/2020 Appendix VI"),
                                 ("decree30-in", "decree30_in", "metadata of incoming documents, Decree 30/2020 Appendix VI"),
                                 ("tt02", "tt02_document", "archive metadata of Circular 02/2019/TT-BNV (until 2025-06-30)"),
                                 ("tt05", "tt05_document", "archive metadata of Circular 05/2025/TT-BNV"))
      for end in ("csv", "xlsx")),
    ExportFormat("edxml", "application/zip", ".zip", "edXML messages (QCVN 102:2016/BTTTT) with the files, in a ZIP", _edxml, needs_files=True),
    ExportFormat("sip", "application/zip", ".zip", "submission package of Circular 05/2025/TT-BNV (METS, EAD, PREMIS)", _package("SIP"), needs_files=True),
    ExportFormat("aip", "application/zip", ".zip", "archival package of Circular 05/2025/TT-BNV (METS, EAD, PREMIS)", _package("AIP"), needs_files=True),
    ExportFormat("opensearch", "application/x-ndjson", ".ndjson", "OpenSearch _bulk lines; mapping: congvan export --as opensearch-index", lambda r, o: _encoded(opensearch.to_bulk(r)), takes_deleted=True),
    ExportFormat("opensearch-index", "application/json", ".json", "OpenSearch settings and mapping with Vietnamese analysis", lambda r, o: iter([json.dumps(opensearch.index_definition(), ensure_ascii=False, indent=1).encode() + b"\n"])),
    ExportFormat("ics", "text/calendar", ".ics", "the tasks' days as iCalendar", _tasks(lambda r, o: tasks.to_ics(_models(r), link=o.link))),
    ExportFormat("tasks-csv", "text/csv", ".csv", "one row a task", _tasks(lambda r, o: tasks.to_csv(_models(r)).encode())),
    ExportFormat("tasks-xlsx", XLSX, ".xlsx", "one row a task, as an Excel workbook", _tasks(lambda r, o: tasks.to_xlsx(_models(r)))),
    ExportFormat("tracker", "application/json", ".json", "tasks in the field names of task-tracking systems", _tasks(lambda r, o: json.dumps(tasks.to_tracker(_models(r)), ensure_ascii=False, indent=1).encode() + b"\n")),
)

FORMATS = {form.name: form for form in _ALL}
"""Every form of export by name."""


def export(name: str, records: Iterable[LetterRecord], options: ExportOptions | None = None) -> Iterator[bytes]:
    """Write letters in the form ``name``, in pieces. Raises UnknownFormat; errors of a form come before its first piece or,
    where it streams, at the letter that causes them."""
    if name not in FORMATS:
        raise UnknownFormat(f"{name!r} is no form of export", remedy=f"Use one of {', '.join(FORMATS)}.")
    form = FORMATS[name]
    return form.write(records if form.takes_deleted else _alive(records), options or ExportOptions())


def collected(name: str, records: Iterable[LetterRecord], options: ExportOptions | None = None) -> bytes:
    """The whole export as bytes."""
    return b"".join(export(name, records, options))


__all__ = ["FORMATS", "ExportFormat", "ExportOptions", "UnknownFormat", "collected", "export", "message_of"]
