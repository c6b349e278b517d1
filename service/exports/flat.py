"""One row a letter, for spreadsheets: written as CSV or XLSX, corrected there by a person, and read back as corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from models.text import match_key
from service.exports.facts import SECRECY_NAMES, URGENCY_NAMES, earliest_due
from service.exports.records import LetterRecord
from service.exports.sheets import Column

COLUMNS = (
    Column("id", "Mã văn bản", 26), Column("document_type", "Loại văn bản", 16), Column("number", "Số", 9), Column("symbol", "Ký hiệu", 18),
    Column("identifier", "Số, ký hiệu", 20), Column("date", "Ngày văn bản", 13, day=True), Column("place", "Địa danh", 16),
    Column("parent_body", "Cơ quan chủ quản", 28), Column("issuer", "Cơ quan ban hành", 32), Column("subject", "Trích yếu", 60),
    Column("urgency", "Độ khẩn", 12), Column("secrecy", "Độ mật", 10), Column("addressees", "Kính gửi", 40), Column("recipients", "Nơi nhận", 40),
    Column("archive_note", "Lưu", 14), Column("signer.authority", "Quyền hạn ký", 24), Column("signer.title", "Chức vụ người ký", 24),
    Column("signer.name", "Người ký", 22), Column("references", "Văn bản viện dẫn", 40), Column("tasks", "Số nhiệm vụ", 10), Column("due", "Hạn sớm nhất", 13, day=True),
    Column("pages", "Số trang", 9), Column("confidence", "Độ tin cậy thấp nhất", 12), Column("filename", "Tệp", 30), Column("sha256", "SHA-256", 20),
)
"""Columns of the table; those of :data:`CORRECTABLE` may be changed in the sheet and imported."""

CORRECTABLE = ("document_type", "number", "symbol", "identifier", "date", "place", "parent_body", "issuer", "subject", "urgency", "secrecy", "archive_note",
               "signer.authority", "signer.title", "signer.name")
_CODES = {"urgency": {v: k for k, v in URGENCY_NAMES.items()}, "secrecy": {v: k for k, v in SECRECY_NAMES.items()}}


@dataclass(frozen=True, slots=True)
class SheetCorrection:
    """A cell that a person changed: letter, path of the field, and the new value (None: the letter states none)."""

    letter_id: str
    path: str
    value: str | None


def to_rows(records: Iterable[LetterRecord]) -> Iterator[dict[str, str]]:
    """One row a letter; keys as in :data:`COLUMNS`. Deleted letters have none."""
    for record in records:
        if not record.deleted:
            yield row_of(record)


def row_of(record: LetterRecord) -> dict[str, str]:
    """The row of one letter."""
    data = record.data
    row = {path: shown(data, path) for path in CORRECTABLE}
    fields = [field for path in CORRECTABLE if (field := _field(data, path))]
    row.update({
        "id": record.id, "addressees": "; ".join(i["value"] for i in data["addressees"]), "recipients": "; ".join(i["value"] for i in data["recipients"]),
        "references": "; ".join(filter(None, (r["identifier"] or r["title"] for r in data["references"]))), "tasks": str(len(data["tasks"])),
        "due": earliest_due(data) or "", "pages": str(data["source"]["page_count"]), "confidence": f"{min((f['confidence'] for f in fields), default=0):.2f}",
        "filename": record.filename or "", "sha256": record.sha256,
    })
    return row


def _field(data: dict[str, Any], path: str) -> dict[str, Any] | None:
    node: Any = data
    for part in path.split("."):
        node = (node or {}).get(part)
    return node if isinstance(node, dict) else None


def shown(data: dict[str, Any], path: str) -> str:
    """A field as the sheet shows it: codes by their Vietnamese names."""
    value = str((_field(data, path) or {}).get("value") or "")
    return {"urgency": URGENCY_NAMES, "secrecy": SECRECY_NAMES}.get(path, {}).get(value, value)


def corrections(record: LetterRecord, row: dict[str, str]) -> list[SheetCorrection]:
    """The cells of ``row`` that differ from the letter. Columns that the sheet does not have change nothing."""
    found = []
    for path in CORRECTABLE:
        if path not in row:
            continue
        cell = row[path].strip()
        if match_key(cell) == match_key(shown(record.data, path)):
            continue
        found.append(SheetCorrection(record.id, path, _CODES.get(path, {}).get(cell, cell) or None))
    return found
