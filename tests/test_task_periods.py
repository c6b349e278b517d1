"""Periods that limit a duty, deadlines to come after words of the past, who acts in later clauses, names whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tasks import TaskContext, find_tasks, task_warnings
from models.tasks.deadlines import find_deadlines
from models.tasks.periods import period_of

PERIODS = [
    ("Rà soát quy hoạch các điểm chợ trong quý II", "2024-06-30"),
    ("Ra quân dọn vệ sinh từ ngày 22/9 đến ngày 10/10/2024; chụp ảnh gửi về xã", "2024-10-10"),
    ("Sơ kết phong trào, tháng 11/2024", "2024-11-30"),
    ("Báo cáo tình hình vi phạm trong tháng 5", None),
    ("Thực hiện Chỉ thị số 4 ngày 09 tháng 11 năm 2024", None),
    ("Treo băng rôn trong năm 2025", None),
    ("Rà soát hồ sơ trong tháng 2/2023", None),
]


@pytest.mark.parametrize(("text", "date"), PERIODS)
def test_period_of_a_duty(text: str, date: str | None) -> None:
    found = period_of(text, "2024-03-14")
    assert (found.date if found else None) == date
    if found and found.span:
        assert text[slice(*found.span)].strip(" ,") == found.text


@given(st.text(alphabet="trong tháng quýnămừđếày/.,; IV0123456789", max_size=80))
def test_any_period(text: str) -> None:
    found = period_of(text, "2024-03-14")
    assert found is None or (found.date is not None and found.date >= "2024-03-14")


AHEAD = [
    ("ban hành quyết định thành lập tổ công tác trước 25/3/2024", "2024-03-25"),
    ("hồ sơ được cấp trước ngày 25/3/2023", None),
    ("quy định có hiệu lực trước ngày 01/7/2024", None),
]


@pytest.mark.parametrize(("text", "date"), AHEAD)
def test_a_day_to_come_limits(text: str, date: str | None) -> None:
    assert next((d.date for d in find_deadlines(text, "2024-03-14") if d.date), None) == date


LETTER = "Kính gửi: Các phòng, ban.\nThực hiện kế hoạch công tác, Ủy ban nhân dân huyện yêu cầu các đơn vị:\n{items}\n"
NAMES = [
    ("1. Thanh tra huyện kiểm tra việc chi trả tại 03 xã.", ["Thanh tra huyện"]),
    ("1. Phòng Hậu cần bố trí xe đưa đón.", ["Phòng Hậu cần"]),
    ("1. Chánh Văn phòng HĐND và UBND huyện đôn đốc việc thực hiện.", ["Chánh Văn phòng HĐND và UBND huyện"]),
    ("1. Phòng Tài chính - Kế hoạch bố trí kinh phí; Phòng Nội vụ hướng dẫn hồ sơ.", ["Phòng Tài chính - Kế hoạch", "Phòng Nội vụ"]),
    ("1. Chủ tịch UBND các xã đắp các đập tạm, báo cáo trước ngày 20/3/2024.", ["Chủ tịch UBND các xã"]),
    ("1. Mỗi đơn vị cử 02 cán bộ tham gia lớp tập huấn.", []),
]


@pytest.mark.parametrize(("item", "names"), NAMES)
def test_who_acts(item: str, names: list[str]) -> None:
    text = LETTER.format(items=f"{item}\n2. Báo cáo kết quả về Ủy ban nhân dân huyện trước ngày 30/3/2024.")
    task = find_tasks(text, context=TaskContext(date="2024-03-14", issuer="Ủy ban nhân dân huyện An Biên"))[0]
    assert [a.value for a in task.assignees if a.explicit] == names


@given(st.integers(1, 28), st.integers(1, 12), st.integers(2022, 2026), st.sampled_from(["trước ngày", "chậm nhất ngày", "đến hết ngày"]))
def test_a_deadline_before_its_letter_is_reported(day: int, month: int, year: int, lead: str) -> None:
    """A deadline never precedes its letter unless a warning says so."""
    context = TaskContext(date="2024-03-14", issuer="Ủy ban nhân dân huyện An Biên")
    text = LETTER.format(items=f"1. Phòng Nội vụ gửi báo cáo {lead} {day}/{month}/{year}.\n2. Rà soát hồ sơ, lập danh sách.")
    tasks = find_tasks(text, context=context)
    early = [t for t in tasks if t.deadline and t.deadline.date and t.deadline.date < "2024-03-14"]
    assert [w.code for w in task_warnings(tasks, context)] == ["deadline_before_letter"] * len(early)


def test_the_formula_of_an_answer_is_no_task() -> None:
    text = (
        "Kính gửi: Công ty TNHH An Phú.\nTrả lời công văn số 12/AP ngày 02/3/2024 của Công ty, Cục Thuế có ý kiến như sau:\n"
        "Chi phí có hóa đơn được trừ khi tính thuế.\nĐề nghị Công ty căn cứ quy định nêu trên, đối chiếu với thực tế để thực hiện.\n"
    )
    assert find_tasks(text, context=TaskContext(date="2024-03-14", issuer="Cục Thuế tỉnh An Giang")) == []
