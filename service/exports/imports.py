"""What other systems give back: letters, corrections made in a spreadsheet, edXML messages and archival packages, into an archive.

Metadata that comes with a file (from its sender, or from the archive that packed it) is taken as a person's: where it
differs from what was read, it is laid over as a correction, and the machine's value stays beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import CongvanError
from models.text import match_key
from service.archive.errors import NotFound
from service.archive.store import Store
from service.exports import edxml, flat, lines, package, sheets
from service.exports.records import LetterRecord, of_letter

_PATHS = {
    "type_name": "document_type", "number": "number", "notation": "symbol", "identifier": "identifier", "issued_date": "date", "place": "place", "issuer": "issuer",
    "parent": "parent_body", "subject": "subject", "signer_authority": "signer.authority", "signer_position": "signer.title", "signer_name": "signer.name",
}


@dataclass(slots=True)
class ImportReport:
    """What an import did: letters stored and deleted, corrections laid over, and what was refused with its cause."""

    letters: int = 0
    deleted: int = 0
    corrections: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready objects."""
        return {"letters": self.letters, "deleted": self.deleted, "corrections": self.corrections, "refused": self.refused}


def import_file(store: Store, path: Path, *, who: str, files: Path | None = None) -> ImportReport:
    """Import a file by its kind: .jsonl, .csv, .xlsx, .edxml or .xml, .zip (package).

    ``files`` is the folder with the letters' bytes, named by SHA-256 (``congvan export --files`` writes it). Raises
    CongvanError when the file as a whole cannot be read; what one item lacks is in the report.
    """
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        with path.open(encoding="utf-8") as stream:
            return import_lines(store, stream, who=who, files=files)
    if suffix in (".csv", ".xlsx"):
        return import_sheet(store, path, who=who)
    if suffix in (".edxml", ".xml"):
        return import_edxml(store, path.read_bytes(), who=who)
    if suffix == ".zip":
        return import_package(store, path, who=who)
    raise CongvanError(f"{path.name} is of no kind that can be imported", remedy="Give .jsonl, .csv, .xlsx, .edxml, .xml or a package (.zip). Letters themselves go in with congvan index.", code="unknown_format")


def import_lines(store: Store, stream: Iterable[str], *, who: str, files: Path | None = None) -> ImportReport:
    """Letters of a JSON Lines export. A letter whose bytes are neither in the archive nor in ``files`` is refused."""
    report = ImportReport()
    for item in lines.from_lines(stream):
        if item.deleted:
            try:
                store.delete_letter(item.id)
                report.deleted += 1
            except NotFound:
                pass
            continue
        assert item.extraction is not None
        sha256 = item.extraction.source.sha256
        try:
            store.get_file(sha256)
        except CongvanError:
            source = files / sha256 if files else None
            if source is None or not source.is_file():
                report.refused.append({"id": item.id, "code": "bytes_missing", "message": f"The file of letter {item.id} is not in the archive", "remedy": "Give --files, the folder that congvan export --files wrote."})
                continue
            if store.add_file(source.read_bytes(), item.extraction.source.media_type) != sha256:
                report.refused.append({"id": item.id, "code": "bytes_changed", "message": f"The file {source.name} is not the letter's: its SHA-256 differs", "remedy": "Export again."})
                continue
        # the export shows the letter as corrected: first the machine's values, then the corrections over them
        data = _uncorrected(item.extraction.to_dict(), item.corrections)
        id = store.put_extraction(sha256, data, filename=item.filename)
        known = {(c.path, str(c.value)) for c in store.get_letter(id).corrections}
        for correction in item.corrections:
            if (correction["path"], str(correction["value"])) not in known:
                report.corrections += _corrected(store, report, id, correction["path"], correction["value"], str(correction.get("who") or who))
        report.letters += 1
    return report


def _uncorrected(data: dict[str, Any], corrections: list[dict[str, Any]]) -> dict[str, Any]:
    from service.archive import overlay

    for correction in reversed(corrections):
        if correction.get("applied", True) and correction["path"].split(".")[0] in overlay.FIELDS | {"signer"}:
            data = overlay.apply(data, correction["path"], correction["machine_value"])
    return data


def import_sheet(store: Store, path: Path, *, who: str) -> ImportReport:
    """Corrected cells of a CSV or XLSX export become corrections by ``who``. Rows of unknown letters are refused."""
    report = ImportReport()
    for row in sheets.read_table(path, flat.COLUMNS):
        id = row.get("id", "")
        try:
            record = of_letter(store, id)
        except NotFound:
            report.refused.append({"id": id, "code": "not_found", "message": f"There is no letter {id!r} in the archive", "remedy": "Keep the column of ids as the export wrote it."})
            continue
        report.letters += 1
        for change in flat.corrections(record, row):
            report.corrections += _corrected(store, report, id, change.path, change.value, who)
    return report


def _corrected(store: Store, report: ImportReport, id: str, path: str, value: Any, who: str) -> int:
    try:
        store.correct_field(id, path, value, who)
        return 1
    except CongvanError as error:
        report.refused.append({"id": id, "path": path, **error.as_dict()})
        return 0


def import_edxml(store: Store, message: bytes, *, who: str) -> ImportReport:
    """The attachments of a message are read as letters; the first takes the message's metadata as corrections."""
    found = edxml.from_edxml(message, strict=False)
    report = ImportReport()
    for number, attachment in enumerate(found.attachments):
        _take(store, report, attachment.name, attachment.data, found.facts if number == 0 else {}, who)
    if not found.attachments:
        report.refused.append({"id": found.facts.get("document_id", ""), "code": "no_attachment", "message": "The message carries no file", "remedy": "Ask the sender for the document itself."})
    return report


def import_package(store: Store, path: Path, *, who: str) -> ImportReport:
    """The documents of a SIP or AIP, checked, read as letters, with the package's metadata as corrections."""
    with path.open("rb") as stream:
        found = package.read_package(stream)
    report = ImportReport()
    for letter in found.letters:
        _take(store, report, letter.name, letter.data, letter.facts, who)
    return report


def _take(store: Store, report: ImportReport, name: str, data: bytes, facts: dict[str, str], who: str) -> None:
    from service.batch import BatchOptions, extract_file

    result = extract_file(name, data, BatchOptions())
    if "error" in result:
        report.refused.append({"id": name, **result["error"]})
        return
    sha256 = store.add_file(data, result["source"]["media_type"])
    id = store.put_extraction(sha256, result, filename=name)
    report.letters += 1
    record = LetterRecord(id, store.get_letter(id).data)
    for fact, path in _PATHS.items():
        value = facts.get(fact)
        if not value or value.endswith("…"):  # cut to the length of the standard: what was read is longer
            continue
        if fact == "issued_date":
            day = sheets.parse_day(value)
            value = day.isoformat() if day else value
        elif fact == "type_name":
            value = value[:1].lower() + value[1:]
        if match_key(value) != match_key(flat.shown(record.data, path)):
            report.corrections += _corrected(store, report, id, path, value, who)


__all__ = ["ImportReport", "import_edxml", "import_file", "import_lines", "import_package", "import_sheet"]
