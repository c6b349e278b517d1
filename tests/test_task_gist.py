"""The gist of a task: what is left when names, citations, purposes, brackets and numbers are gone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks.gist import gist

GISTS = [
    ("Giao Sở Thông tin và Truyền thông rà soát các trạm phát sóng", "Giao đơn vị rà soát các trạm phát sóng"),
    ("Thực hiện nghiêm Quyết định số 12/2021/QĐ-UBND ngày 05/6/2021 của UBND tỉnh về công tác kiểm tra văn bản", "Thực hiện nghiêm văn bản"),
    ("Báo cáo kết quả về Sở Nội vụ trước ngày 20/3/2024 để tổng hợp, kiểm tra", "Báo cáo kết quả về đơn vị trước ngày"),
    ("Để kịp tổng hợp, đề nghị các trường gửi hồ sơ", "đề nghị các trường gửi hồ sơ"),
    ("Kiểm tra đê điều, không để xảy ra sự cố", "Kiểm tra đê điều, không để xảy ra sự cố"),
    ("Cử cán bộ dự họp về việc thanh tra đất đai", "Cử cán bộ dự họp"),
    ("Phát động phong trào “Dân vận khéo” trong toàn xã (có hướng dẫn riêng)", "Phát động phong trào trong toàn xã"),
    ("Gửi về hộp thư so@tinh.example.vn để theo dõi; niêm yết danh sách", "Gửi về hộp thư so@tinh.example.vn ; niêm yết danh sách"),
]


@pytest.mark.parametrize(("text", "expected"), GISTS)
def test_gist_keeps_what_is_to_be_done(text: str, expected: str) -> None:
    assert gist(text) == expected


@pytest.mark.parametrize("text", ["", "(xem phụ lục)", "Để tổng hợp", "1.", "Sở Nội vụ"])
def test_a_task_that_is_nothing_else_is_never_lost(text: str) -> None:
    assert bool(gist(text)) == bool(text)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="abc đểnhằm,.;()“”số12/ ", max_size=80))
def test_gist_of_any_text_is_no_longer_than_its_words_and_stays_when_taken_again(text: str) -> None:
    once = gist(text)
    assert "\n" not in once or once == text
    assert len(gist(once)) <= max(len(once), len(text)) + 20
