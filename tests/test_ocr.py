"""Scans: preparation, the vote of the recognisers, whole pages, pictures as files."""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from models.errors import CongvanError, InputTooLarge, UnreadableInput
from models.reading.images import read_image
from models.reading.ocr.ctc import ctc_score
from models.reading.ocr.engine import OcrWord
from models.reading.ocr.handwriting import as_digits
from models.reading.ocr.page import without_overlays, without_rules
from models.reading.ocr.prepare import estimate_skew, prepare, rotate, split_colours
from models.reading.ocr.syllables import is_syllable, share_of_syllables
from models.reading.ocr.tessdata import directory
from models.reading.ocr.vote import align, merge
from models.reading.options import ReadOptions
from models.reading.pdf import read_pdf
from models.reading.pdf_layout import Fragment
from models.reading.photo import square_page
from tests.test_reading_pdf_samples import BODY, FOOT, HEAD, drawn_page, scanned_pdf


def _needs_tesseract() -> None:
    pytest.importorskip("tesserocr")
    try:
        directory()
    except CongvanError:
        pytest.skip("Tesseract's Vietnamese data is not installed")


@pytest.mark.parametrize(
    "word", ["nghiêng", "Thủy", "quý", "giữa", "khuya", "ỦY", "gì", "hoà", "yêu", "quyết", "tuyên"]
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["nghip", "thát̃", "Dc", "truong1", "pham̉p", "cáchc", "tếcg", "bat"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_share_of_syllables_leaves_abbreviations_out() -> None:
    assert share_of_syllables("UBND tỉnh và QLĐT xzq") == (2 / 3, 3)


def _words(text: str, confidence: float = 0.9) -> list[OcrWord]:
    return [OcrWord(t, (10 * i, 0, 10 * i + 9, 10), confidence) for i, t in enumerate(text.split())]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("UBND THÀNH PHÓ HÀ NỘI", "UBND THÀNH PHỔ HÀ NỘI", "UBND THÀNH PHỐ HÀ NỘI"),
        ("báo cáo vẻ việc tô chức", "báo cáo vể việc tổ chức", "báo cáo về việc tổ chức"),
        ("số 11 20/UBND-QLĐT ngày", "số 1120/UBND-QLĐT ngày", "số 1120/UBND-QLĐT ngày"),
        ("ngày 25 tháng 12 năm 200];", "ngày 25 tháng 12 năm 2001;", "ngày 25 tháng 12 năm 2001;"),
        ("hỗ trợ nhà đầu tư ;", "hỗ trợ nhà đẩu tư", "hỗ trợ nhà đầu tư"),
        ("TÒA ÁN NHÂ N DÂN QUẬN", "TÒA ÁN NHÂN DÂN QUẬN", "TÒA ÁN NHÂN DÂN QUẬN"),
        ("cơ quan, đơn v ị có liên quan", "cơ quan, đơn vị có liên quan", "cơ quan, đơn vị có liên quan"),
        ("do ông A ký", "do ông A ký", "do ông A ký"),
        ("nhà đầu ‹ vốn", "nhà đầu tư vốn", "nhà đầu tư vốn"),
        ("[Điều 3]", "[Điều 3]", "[Điều 3]"),
        ("_Căn cứ Nghị định", "Căn cứ Nghị định", "Căn cứ Nghị định"),
        ("Bà Trần Ngọc Căng", "Bà Trần Ngọc Căng", "Bà Trần Ngọc Căng"),
    ],
)
def test_vote(first: str, second: str, expected: str) -> None:
    assert " ".join(w.text for w in merge(_words(first), second, 0.95)) == expected


@given(
    st.lists(st.sampled_from(["12", "số", "3/4", "2019", "ngày", "15/QĐ-UBND", "a1"]), min_size=1, max_size=6),
    st.text("0123456789 /đa", max_size=20),
)
def test_vote_never_invents_digits(first: list[str], second: str) -> None:
    merged = "".join(w.text for w in merge(_words(" ".join(first), 0.5), second, 0.5))
    read = "".join(first) + second
    assert all(merged.count(d) <= read.count(d) for d in "0123456789")


@given(st.lists(st.text("abđê12", min_size=1, max_size=6), min_size=1, max_size=6), st.text("abđê12 ", max_size=30))
def test_alignment_gives_one_piece_a_word(words: list[str], other: str) -> None:
    assert len(align(words, other)) == len(words)


def test_ctc_score_prefers_what_the_frames_say() -> None:
    characters = ["", "1", "2", "I"]
    window = np.log(np.array([[0.1, 0.8, 0.05, 0.05], [0.9, 0.03, 0.04, 0.03], [0.1, 0.05, 0.1, 0.75]]))
    digits = as_digits(window, characters)
    assert ctc_score(digits, characters, "11") > ctc_score(digits, characters, "12")
    assert ctc_score(window, characters, "1") < math.log(0.9)


def _striped(width: int = 900, height: int = 1200) -> np.ndarray:
    page = np.full((height, width), 255, np.uint8)
    for y in range(100, 1100, 40):
        page[y : y + 14, 80 : 820 - (y % 3) * 90 : 1] = 0
    return page


@pytest.mark.parametrize("angle", [-5.0, -1.2, 0.0, 0.8, 3.0])
def test_skew_is_found(angle: float) -> None:
    assert estimate_skew(rotate(_striped(), -angle)) == pytest.approx(angle, abs=0.25)


def test_boxes_return_to_the_crooked_page() -> None:
    page = np.full((1200, 900), 255, np.uint8)
    page[100:1100:40] = 255
    straight = _striped()
    crooked = rotate(straight, -3.0)
    prepared = prepare(crooked, dpi=72, find_rotation=False)
    assert prepared.skew == pytest.approx(3.0, abs=0.25)
    x0, y0, x1, y1 = prepared.to_page((100, 500, 110, 514))
    matrix = cv2.getRotationMatrix2D((450, 600), -3.0, 1.0)
    x, y = matrix @ np.array([105.0, 507.0, 1.0])
    assert (x0 + x1) / 2 == pytest.approx(x, abs=3)
    assert (y0 + y1) / 2 == pytest.approx(y, abs=3)


def test_red_seal_vanishes_and_the_print_under_it_stays() -> None:
    image = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((50, 50, 350, 350), outline=(215, 40, 50), width=24)
    draw.rectangle((40, 190, 360, 210), fill=(25, 25, 25))
    gray, plain = split_colours(np.asarray(image))
    assert gray[62, 200] > 230  # seal alone
    assert gray[200, 62] < 120  # print over the seal's edge
    assert gray[200, 200] < 120
    assert plain is not None


def _read_back(items: list[tuple[float, float, float, str]]) -> list[str]:
    return [text for _, _, _, text in items]


def test_scanned_page_is_read_in_order() -> None:
    _needs_tesseract()
    document = read_pdf(scanned_pdf(drawn_page(HEAD + BODY + FOOT)))
    assert document.text_origin == "ocr"
    assert document.ocr is not None
    assert document.ocr.mean_confidence is not None
    assert document.ocr.mean_confidence > 0.8
    lines = [line.text for line in document.lines]
    assert lines.index("Số: 45/STN-VP") < lines.index("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    assert "Mẫu Sơn, ngày 05 tháng 6 năm 2023" in lines
    assert lines.index("Nơi nhận:") < lines.index("GIÁM ĐỐC")
    number = next(line for line in document.lines if line.text.startswith("Số"))
    assert number.box is not None
    assert abs(number.box[0] - 75) < 6
    assert abs(number.box[3] - 105) < 8


@pytest.mark.parametrize("turn", [90, 180])
def test_turned_scan_is_put_upright(turn: int) -> None:
    _needs_tesseract()
    pytest.importorskip("trueocr")
    picture = drawn_page(HEAD + BODY + FOOT, height=842).rotate(-turn, expand=True)
    out = io.BytesIO()
    picture.save(out, "PNG")
    document = read_image(out.getvalue())
    assert document.pages[0].rotation == turn
    assert "Kính gửi: Các phòng chuyên môn" in document.text


def test_recognition_can_be_switched_off() -> None:
    document = read_pdf(scanned_pdf(drawn_page(BODY)), options=ReadOptions(ocr="never"))
    assert document.text == ""
    assert [w.code for w in document.warnings] == ["not_recognised"]


def test_tiff_of_two_pages() -> None:
    _needs_tesseract()
    first, second = drawn_page(BODY, height=260), drawn_page(FOOT, height=360)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second], dpi=(200, 200))
    document = read_image(out.getvalue())
    assert [page.number for page in document.pages] == [1, 2]
    assert "báo cáo kết quả" in document.pages[0].lines[-1].text
    assert document.media_type == "image/tiff"


def _png(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("L", size, 255).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", UnreadableInput),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, CongvanError),
        (_png((800, 800))[:60], UnreadableInput),
        (_png((5, 5)), UnreadableInput),
        (b"GIF89a", CongvanError),
    ],
)
def test_bad_pictures(data: bytes, error: type[CongvanError]) -> None:
    _needs_tesseract()
    with pytest.raises(error) as caught:
        read_image(data)
    assert caught.value.remedy


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    _needs_tesseract()
    with pytest.raises(InputTooLarge):
        read_image(_png((2000, 2000)), options=ReadOptions(max_pixels=1_000_000))


def test_photographed_sheet_is_squared_and_flat_scan_left_alone() -> None:
    table = np.full((1200, 1000, 3), 60, np.uint8)
    corners = np.array([[180, 150], [830, 210], [860, 1060], [140, 1020]], np.int32)
    cv2.fillPoly(table, [corners], (245, 245, 240))
    squared, found = square_page(table)
    assert found
    assert float((squared < 150).mean()) < 0.03
    flat = np.full((1200, 900, 3), 250, np.uint8)
    assert square_page(flat)[1] is False


@pytest.mark.parametrize(
    ("text", "left", "size", "kept"),
    [
        ("DN: C=VN, O=Sở Y tế", 300.0, 7.0, False),
        ("Email: vanthu@coquan.example", 300.0, 7.0, False),
        ("NGHỊ QUYẾT", 300.0, 7.0, True),
        ("Email: vanthu@coquan.example", 90.0, 7.0, True),  # the letter's own, far from the overlay
        ("Cơ quan: Sở Y tế", 300.0, 14.0, True),  # in the letter's print
    ],
)
def test_what_stands_beside_the_mark_of_a_signature(text: str, left: float, size: float, kept: bool) -> None:
    mark = Fragment("Digitally signed by Sở Y tế", (300, 40, 420, 49), 7)
    other = Fragment(text, (left, 52, left + 120, 52 + size), size)
    own, signed = without_overlays([mark, other])
    assert (other in own) == kept
    assert mark in signed


@pytest.mark.parametrize(("text", "kept"), [("KHẨN |", "KHẨN"), ("| Tổng số ¦", "Tổng số"), ("a | b", "a | b"), ("|", "|"), ("", "")])
def test_rules_at_the_ends_of_a_line_are_no_words(text: str, kept: str) -> None:
    assert " ".join(w.text for w in without_rules([OcrWord(word, (0, 0, 1, 1), 0.9) for word in text.split()])) == kept
