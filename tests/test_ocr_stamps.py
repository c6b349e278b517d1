"""Stamps of urgency and secrecy: found on drawn pages at any angle, in red and on black-and-white scans, and nowhere else."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest

from corpus.render import ink
from models.document import Line, Page, assemble
from models.extraction import extract_fields
from models.letter import Zone
from models.reading.ocr import received
from models.reading.ocr.engine import OcrLine, OcrWord
from models.reading.ocr.page import get_engine, with_stamps
from models.reading.ocr.stamps import Stamp, find_stamps, known, likeliest
from models.segmentation import segment
from tests.test_ocr import _needs_tesseract
from tests.test_reading_pdf_samples import BODY, FOOT, HEAD, drawn_page

DPI = 200


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("HỎA TỐC", "HỎA TỐC"),
        ("HOẢ TÓC", "HỎA TỐC"),
        ("[KHẨN]", "KHẨN"),
        ("THƯỢNG KHÂN", "THƯỢNG KHẨN"),
        ("TỐI MẬT", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("Hỏa tốc hẹn giờ", "HỎA TỐC HẸN GIỜ"),
        ("MẶT", "MẬT"),
        ("ĐẾN", ""),
        ("MẶT TRẬN TỔ QUỐC", ""),
        ("CÔNG VĂN ĐẾN", ""),
        ("", ""),
        ("12/2024", ""),
    ],
)
def test_words_of_a_stamp(text: str, word: str) -> None:
    assert known(text)[0] == word


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        ([("HÃ K I", 0.4), ("KHẨN", 0.1), ("KHẨN", 0.1)], True),  # two readings with doubt say the same
        ([("KHẨN", 0.05), ("HÃ", 0.9)], False),
        ([("KHẨN", 0.9)], True),
        ([("KHAN", 0.05), ("ĐẾN", 0.9), ("ĐẾN", 0.9)], False),
    ],
)
def test_two_doubtful_readings_that_agree(texts: list[tuple[str, float]], read: bool) -> None:
    assert (likeliest(texts)[0] >= 0.55) == read


def _page(text: str, seed: int, *, color: ink.Color = (205, 30, 40), gray: bool = False) -> np.ndarray:
    page = np.array(drawn_page(HEAD).convert("RGB"))
    mask = ink.marking_stamp(text, page.shape[0] / 842, Random(seed))
    ink.lay_ink(page, mask, color, (round(0.08 * page.shape[1]), round(0.42 * page.shape[0])))
    return np.ascontiguousarray(page.mean(axis=2).astype(np.uint8)) if gray else page


@pytest.mark.parametrize(("text", "seed"), [("HỎA TỐC", 1), ("KHẨN", 2), ("MẬT", 3), ("THƯỢNG KHẨN", 4), ("TUYỆT MẬT", 5)])
def test_red_stamp_is_read(text: str, seed: int) -> None:
    _needs_tesseract()
    page = _page(text, seed)
    found = find_stamps(page, dpi=page.shape[0] / 11.69, engine=get_engine("fast"))  # type: ignore[arg-type]
    assert [s.text for s in found] == [text]
    assert found[0].confidence > 0.5
    x0, y0, x1, y1 = found[0].box
    assert 60 < x0 < x1 < 400
    assert 330 < y0 < y1 < 480


def test_stamp_without_colour_is_read() -> None:
    _needs_tesseract()
    page = _page("HỎA TỐC", 1, color=(40, 40, 40), gray=True)
    found = find_stamps(page, dpi=page.shape[0] / 11.69, engine=get_engine("fast"))  # type: ignore[arg-type]
    assert [s.text for s in found] == ["HỎA TỐC"]


def test_seals_and_received_stamps_are_none() -> None:
    _needs_tesseract()
    page = np.array(drawn_page(HEAD + BODY + FOOT).convert("RGB"))
    unit = page.shape[0] / 842
    printed, _ = ink.incoming_stamp(unit, Random(5))
    ink.lay_ink(page, printed, (200, 30, 40), (40, round(200 * unit)))
    ink.lay_ink(page, ink.seal(round(95 * unit), "Sở Nội vụ", Random(2)), (200, 30, 40), (round(330 * unit), round(330 * unit)))
    assert find_stamps(page, dpi=page.shape[0] / 11.69, engine=get_engine("fast")) == []  # type: ignore[arg-type]


def test_stamp_stands_behind_the_head_and_becomes_a_field() -> None:
    texts = [
        "ỦY BAN NHÂN DÂN", "TỈNH PHÚ ĐIỀN", "Số: 12/UBND-NC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
        "Phú Điền, ngày 3 tháng 5 năm 2024", "Kính gửi: Các Sở, ban, ngành", "Ủy ban nhân dân tỉnh yêu cầu các Sở báo cáo.",
    ]  # fmt: skip
    lines = with_stamps([Line(t) for t in texts], [Stamp("HỎA TỐC", (40, 200, 120, 230), 0.8), Stamp("MẬT", (40, 240, 90, 260), 0.9)])
    assert [line.text for line in lines][6:8] == ["HỎA TỐC", "MẬT"]
    document = assemble([Page(1, 595, 842, lines=lines)])
    found = segment(document)
    fields = extract_fields(document, found.zones)
    assert fields.urgency is not None
    assert fields.urgency.value == "hoa_toc"
    assert fields.secrecy is not None
    assert fields.secrecy.value == "mat"
    assert Zone.URGENCY in found.zones


def test_stamp_that_was_read_as_a_line_is_not_added() -> None:
    lines = [Line("Số: 12/UBND-NC"), Line("HOẢ TỐC")]
    assert [line.text for line in with_stamps(lines, [Stamp("HỎA TỐC", (0, 0, 1, 1), 0.8)])] == ["Số: 12/UBND-NC", "HOẢ TỐC"]


# --- the stamp of incoming mail -------------------------------------------------------------------------------------------


def _stamped_page() -> tuple[np.ndarray, tuple[int, int, int, int]]:
    page = np.full((1400, 1000), 255, np.uint8)
    frame = (30, 200, 280, 380)
    cv2.rectangle(page, frame[:2], frame[2:], 0, 3)
    return page, frame


def _line(text: str, box: tuple[int, int, int, int]) -> OcrLine:
    return OcrLine([OcrWord(text, box, 0.9)], box, 0.9)


def test_received_stamp_is_set_apart_and_the_line_under_it_read_again() -> None:
    page, frame = _stamped_page()
    assert [abs(a - b) < 6 for a, b in zip(received.frames_of(page)[0], frame, strict=True)] == [True] * 4
    inside = [_line("CÔNG VĂN ĐẾN", (60, 210, 250, 240)), _line("Số: 203", (60, 250, 200, 280))]
    crossing = _line("Ngày 8 tháthành lập phường Chiềng", (60, 300, 700, 330))
    body = _line("Căn cứ Luật Tổ chức Chính phủ", (120, 350, 940, 375))
    others = [_line("Xét đề nghị của Bộ trưởng Bộ Nội vụ", (120, 400 + 40 * i, 940, 425 + 40 * i)) for i in range(8)]
    asked: list[tuple[int, int, int, int]] = []

    def read(picture: np.ndarray, box: tuple[int, int, int, int]) -> OcrLine:
        asked.append(box)
        return _line("thành lập phường Chiềng", box)

    received.set_apart([*inside, crossing, body, *others], page, read)
    assert [bool(line.extra.get("stamp")) for line in inside] == [True, True]
    assert crossing.text == "thành lập phường Chiềng"
    assert crossing.box[0] > frame[2] - 6
    assert len(asked) == 1, "a line of the body that begins under the stamp is left whole"
    assert not body.extra
    assert not any(line.extra for line in others)


def test_frame_without_the_word_is_no_stamp() -> None:
    page, _ = _stamped_page()
    lines = [_line("Họ và tên", (60, 210, 250, 240)), _line("đến dự họp", (60, 600, 250, 630))]
    received.set_apart(lines, page, lambda picture, box: _line("x", box))
    assert not any(line.extra for line in lines)
