"""One letter as the plain facts that exchange formats ask for: text by name, nothing invented.

The tables in ``tables/`` map the fields of each standard to these names; :data:`FACTS` lists them. A fact that the letter
does not state is absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.tasks.deadlines import due_date
from service.exports.organs import organ_id
from service.exports.records import LetterRecord

PRIORITIES = {None: "0", "khan": "1", "thuong_khan": "2", "hoa_toc": "3", "hoa_toc_hen_gio": "4"}
"""Độ khẩn as QCVN 102:2016/BTTTT numbers it: 0 thường to 4 hỏa tốc hẹn giờ."""

URGENCY_NAMES = {"khan": "Khẩn", "thuong_khan": "Thượng khẩn", "hoa_toc": "Hỏa tốc", "hoa_toc_hen_gio": "Hỏa tốc hẹn giờ"}
SECRECY_NAMES = {"mat": "Mật", "toi_mat": "Tối mật", "tuyet_mat": "Tuyệt mật"}
LANGUAGE = "Tiếng Việt"


@dataclass(frozen=True, slots=True)
class FileContext:
    """What the archive office knows of the file (hồ sơ) that letters belong to; no letter states it.

    ``maintenance`` is "Vĩnh viễn" or "<n> năm" (Circular 10/2022/TT-BNV); ``mode`` "Công khai", "Có điều kiện" or "Mật".
    """

    organ_id: str | None = None
    archives_id: str | None = None
    fond_id: str | None = None
    catalog_year: int | None = None
    file_notation: str | None = None
    title: str | None = None
    maintenance: str | None = None
    mode: str | None = None
    creator: str | None = None
    note: str | None = None

    @property
    def code(self) -> str | None:
        """Mã hồ sơ: archives, fond, catalogue and notation joined by points; None while the notation is unknown."""
        if not self.file_notation:
            return None
        parts = (self.archives_id, self.fond_id or self.organ_id, self.catalog_year, self.file_notation)
        return ".".join(str(part) for part in parts if part not in (None, ""))


def letter_facts(record: LetterRecord, context: FileContext | None = None, *, ordinal: int | None = None, day_format: str = "%d/%m/%Y") -> dict[str, str]:
    """The facts of one letter; ``ordinal`` is its place in the file, days are written in ``day_format``."""
    data, context = record.data, context or FileContext()

    def value(name: str) -> str | None:
        return (data.get(name) or {}).get("value")

    def signer(name: str) -> str | None:
        return ((data.get("signer") or {}).get(name) or {}).get("value")

    day = value("date")
    issuer, type_name = value("issuer"), value("document_type")
    receivers = [item["value"] for item in [*data["addressees"], *data["recipients"]]]
    names = list(dict.fromkeys(receivers))
    origin = data["source"]["text_origin"]
    facts: dict[str, Any] = {
        "type_name": type_name[:1].upper() + type_name[1:] if type_name else None,
        "type_code": (data.get("document_type") or {}).get("code"),
        "number": value("number"), "notation": value("symbol"), "identifier": value("identifier"),
        "issued_date": formatted(day, day_format), "place": value("place"), "issuer": issuer, "parent": value("parent_body"), "subject": value("subject"),
        "issuer_id": organ_id(issuer, day), "language": LANGUAGE, "pages": data["source"]["page_count"] or None,
        "signer_authority": signer("authority"), "signer_position": signer("title"), "signer_name": signer("name"),
        "to_names": "; ".join(names), "to_ids": "; ".join(filter(None, (organ_id(name, day) for name in names))),
        "addressees": "; ".join(item["value"] for item in data["addressees"]), "recipients": "; ".join(item["value"] for item in data["recipients"]),
        "archive_note": value("archive_note"), "priority": PRIORITIES.get(value("urgency"), "0"), "urgency": URGENCY_NAMES.get(value("urgency") or ""),
        "secrecy": SECRECY_NAMES.get(value("secrecy") or ""), "due_date": formatted(earliest_due(data), day_format),
        "keywords": "; ".join(dict.fromkeys(r["identifier"] for r in data["references"] if r["identifier"])),
        "document_code": ".".join(filter(None, (context.code, f"{ordinal:07d}" if ordinal else None))) if context.code and ordinal else None,
        "reliability": {"embedded": "Gốc điện tử", "ocr": "Số hóa", "mixed": "Hỗn hợp"}[origin],
        "condition": "Điện tử" if origin == "embedded" else "Bản số hóa",
        "mode": context.mode or ("Mật" if value("secrecy") else None), "ordinal": ordinal,
        "organ_id": context.organ_id, "archives_id": context.archives_id, "fond_id": context.fond_id, "file_notation": context.file_notation, "file_code": context.code,
        "catalog_year": context.catalog_year or (int(day[:4]) if day else None), "note": None,
    }
    return {name: str(found) for name, found in facts.items() if found not in (None, "")}


def file_facts(records: list[LetterRecord], context: FileContext, *, day_format: str = "%d/%m/%Y") -> dict[str, str]:
    """The facts of a file (hồ sơ) that holds these letters: its dates, number of documents and of pages."""
    days = sorted(d for r in records if (d := (r.data.get("date") or {}).get("value")))
    origins = {r.data["source"]["text_origin"] for r in records}
    facts: dict[str, Any] = {
        "organ_id": context.organ_id, "archives_id": context.archives_id, "fond_id": context.fond_id, "file_notation": context.file_notation, "file_code": context.code,
        "catalog_year": context.catalog_year or (int(days[0][:4]) if days else None), "file_title": context.title, "maintenance": context.maintenance, "mode": context.mode,
        "file_creator": context.creator, "language": LANGUAGE, "start_date": formatted(days[0], day_format) if days else None,
        "end_date": formatted(days[-1], day_format) if days else None, "total_documents": len(records),
        "total_pages": sum(r.data["source"]["page_count"] for r in records) or None, "file_note": context.note,
        "reliability": "Gốc điện tử" if origins == {"embedded"} else "Số hóa" if origins == {"ocr"} else "Hỗn hợp",
        "condition": "Điện tử" if origins == {"embedded"} else "Bản số hóa",
    }
    return {name: str(found) for name, found in facts.items() if found not in (None, "")}


def earliest_due(data: dict[str, Any]) -> str | None:
    """The first day (ISO 8601) on which a task of the letter is due: hạn trả lời. None when no task has a date."""
    from models.letter import Deadline

    signed = (data.get("date") or {}).get("value")
    days = [due_date(Deadline.model_validate(t["deadline"]), signed=signed) for t in data["tasks"] if t["deadline"]]
    return min((d for d in days if d), default=None)


def formatted(day: str | None, pattern: str) -> str | None:
    """An ISO day in another form; None for what is no day."""
    try:
        return date.fromisoformat(day[:10]).strftime(pattern) if day else None
    except ValueError:
        return None
