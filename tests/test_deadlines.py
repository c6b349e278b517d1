"""Deadlines: the table of forms, the calendar, and what must hold for any text."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.canonical import canonical
from models.letter import Deadline, RelativeDeadline
from models.tasks import TaskContext, find_tasks, task_warnings
from models.tasks.deadlines import binding, due_date, find_deadlines
from models.tasks.workdays import add_working_days, covered, is_working_day

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    lines = [x for x in (DATA / name).read_text(encoding="utf-8").splitlines() if x.strip() and not x.startswith("#")]
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t") + [""] * len(head), strict=False)) for line in lines[1:]]


FORMS = rows("deadlines_forms.tsv")


def test_the_table_is_large() -> None:
    assert len(FORMS) >= 400
    assert len({r["sentence"] for r in FORMS}) == len(FORMS)


@pytest.mark.parametrize("row", FORMS, ids=lambda r: r["sentence"][:60])
def test_form(row: dict[str, str]) -> None:
    found = binding(find_deadlines(row["sentence"], row["letter_date"]))
    wanted = (row["date"], row["time"], row["recurrence"], row["relative"])
    if not any(wanted):
        assert found is None, f"no deadline, but found {found!r}"
        return
    assert found is not None, "no deadline found"
    relative = f"{found.relative.amount} {found.relative.unit} {found.relative.from_}" if found.relative else ""
    assert (found.date or "", found.time or "", found.recurrence or "", relative) == wanted
    if row["rrule"]:
        assert found.rrule == row["rrule"]
    if row["text"]:
        assert found.text == row["text"]
    assert found.span is not None
    assert row["sentence"][found.span[0] : found.span[1]] == found.text


@pytest.mark.parametrize(
    ("words", "inclusive"),
    [("trước ngày 20/3/2024", False), ("chậm nhất ngày 20/3/2024", True), ("đến hết ngày 20/3/2024", True), ("trong ngày 20/3/2024", True)],
)
def test_before_is_exclusive(words: str, inclusive: bool) -> None:
    found = binding(find_deadlines(f"Gửi báo cáo {words}.", "2024-03-01"))
    assert found is not None
    assert found.inclusive is inclusive


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2024-03-01", 1, "2024-03-04"),  # Friday -> Monday
        ("2024-04-26", 1, "2024-05-02"),  # 29/4 swapped, 30/4 and 1/5 holidays
        ("2024-04-26", 2, "2024-05-03"),
        ("2024-04-26", 3, "2024-05-04"),  # the Saturday worked in exchange
        ("2025-01-24", 1, "2025-02-03"),  # Tết Ất Tỵ
        ("2024-03-04", 5, "2024-03-11"),
        ("2024-03-11", -5, "2024-03-04"),
        ("1990-04-28", 1, "1990-05-02"),  # a year outside the table: fixed days only
    ],
)
def test_working_days(start: str, amount: int, end: str) -> None:
    assert add_working_days(date.fromisoformat(start), amount).isoformat() == end


def test_calendar_knows_what_it_covers() -> None:
    assert covered(2025)
    assert not covered(1990)


@given(st.dates(date(2019, 1, 1), date(2026, 12, 1)), st.integers(0, 60))
def test_working_days_go_forth_and_back(start: date, amount: int) -> None:
    end = add_working_days(start, amount)
    assert end >= start
    assert amount == 0 or is_working_day(end)
    assert sum(is_working_day(start + timedelta(days=i)) for i in range(1, (end - start).days + 1)) == amount


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [("working_day", 5, "2024-03-11"), ("day", 10, "2024-03-14"), ("week", 2, "2024-03-18"), ("month", 1, "2024-04-04"), ("hour", 24, "2024-03-05"),
     ("quarter", 1, "2024-06-04"), ("year", 1, "2025-03-04")],
)  # fmt: skip
def test_relative_limits_count_from_their_event(unit: str, amount: int, expected: str) -> None:
    deadline = Deadline(text="…", relative=RelativeDeadline.model_validate({"amount": amount, "unit": unit, "from": "receipt"}))
    assert due_date(deadline, signed="2024-03-01", received="2024-03-04") == expected
    assert due_date(deadline, signed="2024-03-01") is None


def test_the_last_day_of_a_short_month() -> None:
    deadline = Deadline(text="…", relative=RelativeDeadline.model_validate({"amount": 1, "unit": "month", "from": "signing"}))
    assert due_date(deadline, signed="2024-01-31") == "2024-02-29"


WORDS = st.sampled_from(
    ["trước", "ngày", "20/3", "tháng", "năm", "2024", "chậm", "nhất", "trong", "quý", "II", "hằng", "định", "kỳ", "kể", "từ", "nhận", "được", "gửi", "báo", "cáo", "hoàn", "thành", "5", "làm", "việc", "giờ", "đến", "hết", "thời", "hạn", ":", ".", ",", ";", "(", ")", "31/12/2025", "6", "15", "một", "lần"]
)


@given(st.lists(WORDS, max_size=40).map(" ".join), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_spans_index_the_text_and_do_not_overlap(text: str, letter: date) -> None:
    found = find_deadlines(text, letter.isoformat())
    position = 0
    for deadline in found:
        assert deadline.span is not None
        assert position <= deadline.span[0] < deadline.span[1] <= len(text)
        position = deadline.span[1]
        if deadline.date:
            date.fromisoformat(deadline.date)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    find_deadlines(text, "2024-03-01")
    assert len(canonical(text)) == len(text)
    assert canonical(canonical(text)) == canonical(text)


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.dates(date(2010, 1, 1), date(2030, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_a_deadline_before_its_letter_is_reported(letter: date, due: date) -> None:
    context = TaskContext(document_type="công văn", date=letter.isoformat())
    text = f"Kính gửi: Các phòng.\n\nĐề nghị các phòng gửi báo cáo về Văn phòng trước ngày {due.day}/{due.month}/{due.year}.\n"
    tasks = find_tasks(text, context=context)
    assert len(tasks) == 1
    early = [t for t in tasks if t.deadline and t.deadline.date and t.deadline.date < letter.isoformat()]
    assert bool(early) == bool(task_warnings(tasks, context))
    if due >= letter:
        assert tasks[0].deadline is not None
        assert tasks[0].deadline.date == due.isoformat()


def test_long_text_does_not_hang() -> None:
    import time

    unit = "Đề nghị các đơn vị báo cáo trước ngày 20/3/2024, định kỳ hằng tháng, trong thời hạn 5 ngày kể từ ngày nhận được văn bản; "
    begin = time.process_time()
    assert len(find_deadlines(unit * 160, "2024-03-01")) >= 160
    # only backtracking can take so long; speed is a matter of benchmarks
    assert time.process_time() - begin < 20
