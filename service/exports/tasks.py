"""The tasks of letters for people and programs: CSV, XLSX, iCalendar, and the records of task-tracking systems.

All functions take extractions and return text or bytes; they read no files and know nothing of the network.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, vRecur
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from models.letter import Deadline, Extraction, Task
from models.tasks.deadlines import due_date
from service.exports.sheets import printable, shielded

COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("letter", "Số, ký hiệu văn bản", 22),
    ("letter_date", "Ngày văn bản", 13),
    ("issuer", "Cơ quan ban hành", 32),
    ("id", "Mã nhiệm vụ", 10),
    ("item", "Mục", 8),
    ("text", "Nội dung nhiệm vụ", 80),
    ("lead", "Chủ trì", 36),
    ("coordinators", "Phối hợp", 36),
    ("due", "Hạn xử lý", 13),
    ("time", "Giờ", 8),
    ("deadline", "Thời hạn theo văn bản", 28),
    ("recurrence", "Định kỳ", 12),
    ("report_to", "Nơi nhận báo cáo", 28),
    ("deliverable", "Sản phẩm", 24),
    ("types", "Loại nhiệm vụ", 26),
    ("page", "Trang", 8),
)
"""Key, Vietnamese heading and width in characters of the columns of every table."""


def rows(extractions: Iterable[Extraction], *, received: str | None = None) -> list[dict[str, str]]:
    """One flat record a task, in the order of the letters; keys as in :data:`COLUMNS`.

    ``received`` (ISO date) dates the limits that count from receipt.
    """
    found: list[dict[str, str]] = []
    for letter in extractions:
        signed = letter.date.value if letter.date else None
        for task in letter.tasks:
            deadline = task.deadline
            found.append(
                {
                    "letter": letter.identifier.value if letter.identifier else letter.source.filename or "",
                    "letter_date": signed or "",
                    "issuer": letter.issuer.value if letter.issuer else "",
                    "id": task.id,
                    "item": task.item or "",
                    "text": task.text,
                    "lead": "; ".join(a.value for a in task.assignees),
                    "coordinators": "; ".join(a.value for a in task.coordinators),
                    "due": (due_date(deadline, signed=signed, received=received) or "") if deadline else "",
                    "time": (deadline.time or "") if deadline else "",
                    "deadline": deadline.text if deadline else "",
                    "recurrence": (deadline.recurrence or "") if deadline else "",
                    "report_to": task.report_to.name if task.report_to else "",
                    "deliverable": task.deliverable or "",
                    "types": ", ".join(str(t.label) for t in task.types),
                    "page": str(task.page or ""),
                }
            )
    return found


def to_csv(extractions: Iterable[Extraction], *, received: str | None = None) -> str:
    """The tasks as CSV with Vietnamese headings, with a byte-order mark so that spreadsheets read the letters right.

    A cell that a spreadsheet would run as a formula is shielded by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([title for _, title, _ in COLUMNS])
    for row in rows(extractions, received=received):
        writer.writerow([shielded(row[key]) for key, _, _ in COLUMNS])
    return "\ufeff" + out.getvalue()


def to_xlsx(extractions: Iterable[Extraction], *, received: str | None = None) -> bytes:
    """The tasks as an Excel workbook: real dates, a frozen heading and a filter."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Nhiệm vụ"
    sheet.append([title for _, title, _ in COLUMNS])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows(extractions, received=received), start=2):
        for position, (key, _, _) in enumerate(COLUMNS, start=1):
            cell = sheet.cell(number, position)
            day = _day(row[key]) if key in ("due", "letter_date") else None
            if day is not None:
                cell.value = day
                cell.number_format = "dd/mm/yyyy"
            else:
                cell.value = printable(row[key])
                cell.data_type = "s"  # never a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for position, (_, _, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def to_ics(extractions: Iterable[Extraction], *, received: str | None = None, link: str | None = None) -> bytes:
    """The dated and the recurring tasks as an iCalendar (RFC 5545) with a reminder the day before each.

    ``link`` is an address with ``{sha256}`` for the letter's, e.g. the service's page of it. Tasks without a date or a
    rule are left out: a calendar has no place for them.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//congvan//tasks//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Nhiệm vụ theo văn bản")
    for letter in extractions:
        signed = letter.date.value if letter.date else None
        for task in letter.tasks:
            event = _event(letter, task, signed, received, link)
            if event is not None:
                calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(letter: Extraction, task: Task, signed: str | None, received: str | None, link: str | None) -> Event | None:
    deadline = task.deadline
    if deadline is None:
        return None
    due = due_date(deadline, signed=signed, received=received)
    day = _day(due) if due else None
    if day is None and deadline.rrule and signed:
        day = first_occurrence(deadline.rrule, _day(signed))
    if day is None:
        return None
    number = letter.identifier.value if letter.identifier else letter.source.filename or ""
    event = Event()
    key = f"{letter.source.sha256}/{task.id}/{task.text}"
    event.add("uid", hashlib.sha256(key.encode()).hexdigest()[:32] + "@congvan")
    event.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=UTC))
    event.add("summary", f"{number}: {task.text[:120]}")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    lines = [task.text, f"Thời hạn: {deadline.text}"]
    if task.assignees:
        lines.append("Chủ trì: " + "; ".join(a.value for a in task.assignees))
    if task.coordinators:
        lines.append("Phối hợp: " + "; ".join(a.value for a in task.coordinators))
    if task.report_to:
        lines.append("Báo cáo: " + task.report_to.name)
    event.add("description", "\n".join(lines))
    if deadline.rrule:
        event.add("rrule", vRecur.from_ical(deadline.rrule))
    if link:
        event.add("url", link.format(sha256=letter.source.sha256))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Đến hạn: {number}")
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event


_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def first_occurrence(rule: str, start: date | None) -> date | None:
    """The first day on or after ``start`` that a rule of :mod:`models.tasks.deadlines` names; None without a start."""
    if start is None:
        return None
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    months = {int(m) for m in parts.get("BYMONTH", "").split(",") if m}
    wanted = int(parts["BYMONTHDAY"]) if "BYMONTHDAY" in parts else None
    day = start
    for _ in range(4 * 366 + 1):  # a yearly 29 February recurs within four years
        following = day + timedelta(days=1)
        right_day = wanted is None or (following.day == 1 if wanted == -1 else day.day == wanted)
        right_weekday = "BYDAY" not in parts or parts["BYDAY"] == _WEEKDAYS[day.weekday()]
        if right_day and right_weekday and (not months or day.month in months):
            return day
        day = following
    return None


_STATE = "CHUA_THUC_HIEN"


def to_tracker(extractions: Sequence[Extraction], *, received: str | None = None) -> list[dict[str, Any]]:
    """The tasks as records with the field names of Vietnamese task-tracking systems (module QLNV linked with VPCP).

    ``LoaiThoiHan`` is one of CO_HAN, DINH_KY, THUONG_XUYEN, KHONG_HAN. "Quá hạn" is never stored: it follows from
    HanXuLy and NgayHoanThanh.
    """
    records: list[dict[str, Any]] = []
    for letter in extractions:
        signed = letter.date.value if letter.date else None
        for task in letter.tasks:
            records.append(
                {
                    "SoNhiemVu": task.id,
                    "NoiDungTheoDoi": task.text,
                    "DonViChuTri": [a.value for a in task.assignees],
                    "DonViPhoiHop": [a.value for a in task.coordinators],
                    "DonViNhanBaoCao": task.report_to.name if task.report_to else None,
                    "HanXuLy": due_date(task.deadline, signed=signed, received=received) if task.deadline else None,
                    "ThoiHanTheoVanBan": task.deadline.text if task.deadline else None,
                    "LoaiThoiHan": _kind(task.deadline),
                    "SanPham": task.deliverable,
                    "LoaiNhiemVu": [str(t.label) for t in task.types],
                    "SoKyHieuVanBan": letter.identifier.value if letter.identifier else None,
                    "NgayVanBan": signed,
                    "TrichYeuVanBan": letter.subject.value if letter.subject else None,
                    "CoQuanBanHanh": letter.issuer.value if letter.issuer else None,
                    "MaTrangThai": _STATE,
                    "NgayHoanThanh": None,
                    "TinhHinhThucHien": None,
                }
            )
    return records


def _kind(deadline: Deadline | None) -> str:
    if deadline is None:
        return "KHONG_HAN"
    if deadline.recurrence == "continuous":
        return "THUONG_XUYEN"
    return "DINH_KY" if deadline.recurrence else "CO_HAN"
