"""Contradictions among the mentions of one document, charters, and years without a day."""

from __future__ import annotations

import pytest

from models.letter import Reference
from models.pipeline import extract
from models.references import LetterContext, find_references, reference_warnings

CONFLICTS = [
    (
        "Thực hiện Kế hoạch số 12/KH-UBND ngày 05/3/2024 của UBND tỉnh; nội dung tại Kế hoạch số 12/KH-UBND ngày 15/3/2024.",
        [("date", ["2024-03-05", "2024-03-15"])],
    ),
    (
        "Căn cứ Kế hoạch số 12/UBND-KT ngày 05/3/2024 của UBND tỉnh; theo Công văn số 12/UBND-KT ngày 05/3/2024,",
        [("type", ["kế hoạch", "công văn"])],
    ),
    (
        "Căn cứ Công văn số 7/STC-NS ngày 05/3/2024 của Sở Tài chính về việc giao dự toán ngân sách; Công văn số 7/STC-NS của Bộ Công an về việc diễn tập phòng thủ.",
        [("issuer", ["Sở Tài chính", "Bộ Công an"]), ("title", ["giao dự toán ngân sách", "diễn tập phòng thủ"])],
    ),
    (
        "Theo Kế hoạch số 12/KH-UBND ngày 05/3/2024 của UBND tỉnh; Kế hoạch số 12/KH-UBND ngày 05/3 của Ủy ban nhân dân tỉnh.",
        [],
    ),
    (
        "Theo Kế hoạch số 12/KH-UBND ngày 05/3/2024 của Chủ tịch UBND tỉnh Hà Nam; Kế hoạch số 12/KH-UBND của UBND tỉnh.",
        [],
    ),
    (
        "Kế hoạch số 1/KH-SYT ngày 2/1/2024 của Sở Y tế về tiêm chủng mở rộng năm 2024; Kế hoạch số 1/KH-SYT về tiêm chủng mở rộng;",
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CONFLICTS)
def test_conflicts(text: str, expected: list[tuple[str, list[str]]]) -> None:
    [reference] = find_references(text, context=LetterContext(date="2024-04-01"))
    found = [(c.field, c.values) for c in reference.conflicts]
    assert found == expected


def test_a_conflict_lowers_the_confidence_and_warns() -> None:
    whole, broken = (
        find_references(
            f"Kế hoạch số 12/KH-UBND ngày 5/3/2024 của UBND tỉnh. Theo Kế hoạch số 12/KH-UBND ngày {day}/3/2024."
        )[0]
        for day in (5, 6)
    )
    assert broken.confidence < whole.confidence
    [warning] = reference_warnings([broken], "2024-04-01")
    assert warning.code == "reference_conflict"
    assert "2024-03-05; 2024-03-06" in warning.message


def test_a_document_of_a_later_day_is_reported() -> None:
    reference = Reference(id="r1", type="công văn", identifier="5/STC", date="2024-05-01")
    assert [w.code for w in reference_warnings([reference], "2024-04-30")] == ["reference_after_letter"]
    assert reference_warnings([reference], "2024-05-01") == []
    assert reference_warnings([reference], None) == []


def test_the_letter_carries_the_warnings() -> None:
    letter = (
        "SỞ TÀI CHÍNH\nSố: 9/STC-NS\nHà Nam, ngày 10 tháng 3 năm 2024\nKính gửi: Sở Y tế\n"
        "Thực hiện Kế hoạch số 12/KH-UBND ngày 05/3/2024 của UBND tỉnh, đề nghị Sở Y tế báo cáo theo Kế hoạch số 12/KH-UBND ngày 06/3/2024.\n"
    )
    assert "reference_conflict" in {w.code for w in extract(letter.encode(), "x.txt").warnings}


NAMED = [
    ("Căn cứ Điều lệ Công đoàn Việt Nam;", [("điều lệ", "Công đoàn Việt Nam", None)]),
    (
        "Căn cứ Điều lệ Công đoàn Việt Nam (khóa XII) ban hành theo quyết nghị",
        [("điều lệ", "Công đoàn Việt Nam (khóa XII)", None)],
    ),
    ("- Căn cứ Điều 12 Điều lệ Đảng;\n- Căn cứ Điều lệ Đảng;", [("điều lệ", "Đảng", None)]),
    ("Căn cứ Quy chế làm việc của Ủy ban nhân dân huyện;", [("quy chế", "làm việc của Ủy ban nhân dân huyện", None)]),
    ("Đại hội bảo đảm dân chủ, đúng Điều lệ, tiết kiệm.", []),
    ("Soạn thảo Điều lệ Đại hội Thể thao cấp tỉnh.", []),
    ("Căn cứ Luật Đất đai năm 2024;", [("luật", "Đất đai", "2024")]),
    ("Căn cứ Pháp lệnh thuế nông nghiệp ngày 31-7-1992;", [("pháp lệnh", "thuế nông nghiệp", None)]),
    ("Luật tổ chức thi đấu được công bố.", []),
]


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_documents_known_by_name(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert [(r.type, r.title, r.year) for r in find_references(text)] == expected
