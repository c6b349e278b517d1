"""Whatever the text: no crash, spans inside it, no text that makes it hang."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.letter import Relation
from models.references import LetterContext, find_references
from models.references.identifiers import identifier_key
from models.references.view import make_view

PIECES = [
    "Căn cứ ",
    "Quyết định ",
    "các Công văn ",
    "số ",
    "12/QĐ-UBND",
    "168-KH/TU",
    "45/2019/QH14",
    " ngày 5/3/2024",
    " ngày 5\ntháng 3 năm",
    " của ",
    "Bộ Tài chính",
    "UBND tỉnh ",
    " về việc ",
    "phê duyệt ",
    ";",
    ", ",
    " và ",
    "\n",
    "\n\n",
    "(",
    ")",
    "“",
    "”",
    '"',
    "Luật ",
    "Đất đai",
    " nêu trên",
    "Kế hoạch 168",
    " được sửa đổi, bổ sung bởi ",
    "412/TTr-\n",
    "SKHĐT",
    "Ban Chỉ đạo ",
    "1",
    "/",
    "-",
    ".",
    ":",
    "Nghị quyết Đại hội XIII ",
    "Theo ",
    "tại khoản 4 Điều 3 của ",
    "quy định tại các ",
    "bãi bỏ các văn bản sau đây:",
    "thực hiện ",
    "như sau: ",
    "đã có ",
    "để triển khai các nội dung ",
    "¶",
    "\ufffe",
    "|",
    "\x00",
    "😀",
    "\u0301",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_mixture_of_citation_parts(text: str) -> None:
    references = find_references(text, context=LetterContext(date="2024-03-14", issuer="Sở Nội vụ"))
    assert [r.id for r in references] == [f"r{i}" for i in range(1, len(references) + 1)]
    ids = {r.id for r in references}
    for r in references:
        assert r.mentions
        assert r.via is None or (r.via in ids and r.via != r.id)
        assert 0.0 <= r.confidence <= 1.0
        for mention in r.mentions:
            assert mention.span is not None
            start, end = mention.span
            assert 0 <= start < end <= len(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    for r in find_references(text):
        assert all(m.span and text[m.span[0] : m.span[1]].strip() for m in r.mentions)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_the_readings_keep_every_offset(text: str) -> None:
    view = make_view(text)
    assert len(view.flat) == len(view.low) == len(text)


@given(
    st.integers(1, 99999),
    st.sampled_from(["QĐ-UBND", "TB-SNV", "NQ-HĐND", "KH-LĐLĐ", "SGDĐT-GDTrH", "VPCP-KTTH"]),
    st.booleans(),
    st.booleans(),
)
def test_spelling_of_a_number_does_not_matter(number: int, symbol: str, blank: bool, without_bar: bool) -> None:
    printed = f"{number} / {symbol}" if blank else f"{number}/{symbol}"
    printed = printed.replace("Đ", "D") if without_bar else printed
    [found] = find_references(f"Căn cứ Công văn số {printed} ngày 5/3/2024;")
    assert found.identifier is not None
    assert identifier_key(found.identifier) == identifier_key(f"{number}/{symbol}")


HARD = {
    "nothing to find": "Các cơ quan, đơn vị báo cáo kết quả thực hiện nhiệm vụ được giao về Sở để tổng hợp. ",
    "one citation": "Căn cứ Quyết định số 12/QĐ-UBND ngày 5/3/2024 của UBND tỉnh về việc phê duyệt kế hoạch;\n",
    "numbers": "12/34/56/78-90/12/ABC-DEF/GHI.",
    "commas in a title": "Công văn số 1/A-B ngày 1/1/2020 về việc a, b, c, d, ",
    "open brackets": "Quyết định số 1/QĐ-A về (((“““",
    "blanks": "số 1/QĐ-                                                                                   ",
    "newlines": "Luật\n\n\n\n",
    "of": "của của của Bộ của Sở, ",
    "codes": "1/A-A-A-A-A-A-A-A-A-A",
    "letters O": "OOOOOIIIIIlllll",
    "dates": "ngày 1 tháng 1 năm ngày 1/1/",
    "and": "Luật Đất đai và Luật Đất đai và ",
    "units": "Theo quy định tại điểm a, khoản 4 Điều 3 và các mục của phần một trong số đó ",
    "units before a citation": "1. Theo quy định tại điểm a khoản 4 Điều 3 của các mục trong số đó Luật Đất đai năm 2024. ",
    "lead-in": "Thực hiện Kế hoạch số 1/KH-A về a, b đã c, d, ",
    "anaphors": "Kế hoạch số 1/KH-A. Kế hoạch nêu trên. ",
}


HANG = 20.0
"""Seconds of processor time that only backtracking can take on these texts (measured: well under one); no timing of speed."""


@pytest.mark.parametrize("piece", HARD.values(), ids=HARD.keys())
def test_hard_text_does_not_hang(piece: str) -> None:
    start = time.process_time()
    find_references(piece * (32_000 // len(piece)))
    assert time.process_time() - start < HANG


def _calls(text: str) -> int:
    """Function calls, Python's and C's, that finding the references of a text takes: a measure that no load disturbs."""
    count = 0
    find_references(text)  # what is cached shall not count for one text and not for the other

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        find_references(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HARD.values(), ids=HARD.keys())
def test_work_grows_with_the_length_of_the_text(piece: str) -> None:
    text = piece * max(2, 3_000 // len(piece))
    assert _calls(text * 4) < 5.5 * _calls(text)


def test_relations_are_of_the_contract() -> None:
    text = "Thực hiện Kế hoạch số 3/KH-UBND về triển khai Luật Đất đai; Phúc đáp Công văn số 5/SNV-TH;"
    assert {r.relation for r in find_references(text)} <= {relation.value for relation in Relation}
