"""The views of tasks: CSV, XLSX, iCalendar and tracker records."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from models.letter import Extraction, FieldValue, PageInfo, Source
from models.tasks import TaskContext, find_tasks
from service.exports.tasks import COLUMNS, first_occurrence, rows, to_csv, to_ics, to_tracker, to_xlsx

TEXT = (
    "Kính gửi: Các sở.\n\nUBND tỉnh yêu cầu các đơn vị thực hiện các nhiệm vụ sau:\n"
    "1. Sở Nội vụ chủ trì, phối hợp với Sở Tài chính lập danh sách, gửi về Văn phòng UBND tỉnh trước ngày 20/3/2024.\n"
    "2. Sở Y tế báo cáo số liệu trước ngày 25 hằng tháng.\n"
    "3. Sở Công Thương trả lời trong thời hạn 05 ngày làm việc kể từ ngày nhận được văn bản.\n"
    "4. Sở Xây dựng kiểm tra các công trình trên địa bàn.\n"
)


@pytest.fixture(scope="module")
def letter() -> Extraction:
    return Extraction(
        source=Source(filename="a.txt", media_type="text/plain", sha256="ab" * 32, page_count=1, text_origin="embedded"),  # type: ignore[arg-type]
        text=TEXT,
        pages=[PageInfo(number=1, width=595, height=842, text_origin="embedded", span=(0, len(TEXT)))],  # type: ignore[arg-type]
        identifier=FieldValue(value="12/UBND-NC"),
        date=FieldValue(value="2024-03-01"),
        tasks=find_tasks(TEXT, context=TaskContext(date="2024-03-01")),
    )


def test_rows_say_who_and_when(letter: Extraction) -> None:
    found = rows([letter], received="2024-03-04")
    assert [(r["lead"], r["due"]) for r in found] == [
        ("Sở Nội vụ", "2024-03-20"), ("Sở Y tế", ""), ("Sở Công Thương", "2024-03-11"), ("Sở Xây dựng", ""),
    ]  # fmt: skip
    assert found[0]["coordinators"] == "Sở Tài chính"
    assert found[0]["report_to"] == "Văn phòng UBND tỉnh"
    assert found[1]["recurrence"] == "monthly"


def test_csv_reads_back_and_runs_nothing(letter: Extraction) -> None:
    evil = letter.model_copy(deep=True)
    evil.tasks[0].text = '=HYPERLINK("x")'
    table = list(csv.reader(io.StringIO(to_csv([evil]).lstrip("\ufeff"))))
    assert table[0] == [title for _, title, _ in COLUMNS]
    assert len(table) == 5
    assert table[1][5] == "'=HYPERLINK(\"x\")"


def test_xlsx_has_dates_and_no_formulas(letter: Extraction) -> None:
    evil = letter.model_copy(deep=True)
    evil.tasks[1].text = "=1+1\x07"
    sheet = load_workbook(io.BytesIO(to_xlsx([evil]))).active
    assert sheet is not None
    assert sheet.cell(2, 9).value.date() == date(2024, 3, 20)
    assert sheet.cell(3, 6).value == "=1+1"
    assert sheet.cell(3, 6).data_type == "s"
    assert sheet.freeze_panes == "A2"


def test_the_calendar_holds_dated_and_recurring_tasks(letter: Extraction) -> None:
    calendar = Calendar.from_ical(to_ics([letter], received="2024-03-04", link="https://example.vn/l/{sha256}"))
    events = list(calendar.walk("VEVENT"))
    assert [e["dtstart"].dt for e in events] == [date(2024, 3, 20), date(2024, 3, 25), date(2024, 3, 11)]
    assert events[1]["rrule"]["FREQ"] == ["MONTHLY"]
    assert events[0]["url"].endswith("ab" * 32)
    assert "12/UBND-NC" in events[0]["summary"]
    assert len({str(e["uid"]) for e in events}) == 3


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=20", "2024-03-20"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2024-03-31"),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=15", "2024-03-15"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15", "2024-12-15"),
        ("FREQ=WEEKLY;BYDAY=FR", "2024-03-08"),
        ("FREQ=DAILY", "2024-03-02"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None),
    ],
)
def test_first_occurrence(rule: str, day: str | None) -> None:
    assert first_occurrence(rule, date(2024, 3, 2)) == (date.fromisoformat(day) if day else None)


def test_tracker_records(letter: Extraction) -> None:
    records = to_tracker([letter], received="2024-03-04")
    assert [r["LoaiThoiHan"] for r in records] == ["CO_HAN", "DINH_KY", "CO_HAN", "KHONG_HAN"]
    assert records[0]["HanXuLy"] == "2024-03-20"
    assert records[0]["SoKyHieuVanBan"] == "12/UBND-NC"
    assert {r["MaTrangThai"] for r in records} == {"CHUA_THUC_HIEN"}
