"""The grade of a scanned page, two pages on one sheet, and layers of text that are not believed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.letter import PageQuality
from models.reading.ocr.language import share_of_doubtful
from models.reading.ocr.page import PageReading, read_page_image
from models.reading.ocr.quality import estimated_error, measures
from models.reading.ocr.two_up import arrange_sheet, gutter_of
from models.reading.options import ReadOptions
from models.reading.pdf_layout import Fragment
from models.reading.trust import judge_page
from tests.test_ocr import _needs_tesseract
from tests.test_reading_pdf_samples import BODY, FOOT, HEAD, drawn_page

FAST = ReadOptions(ocr_quality="fast")


def test_clean_page_is_good_and_a_ruined_one_is_not() -> None:
    _needs_tesseract()
    clean = np.array(drawn_page(HEAD + BODY + FOOT).convert("L"))
    dpi = clean.shape[1] / 595 * 72
    good = read_page_image(clean, dpi=dpi, options=FAST)
    assert good.quality is not None
    assert good.quality.grade in ("good", "fair")
    assert good.warnings(1) == []
    small = cv2.resize(clean, None, fx=0.24, fy=0.24, interpolation=cv2.INTER_AREA)
    faint = 255 - (255 - cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)) * 0.5
    back = cv2.resize(faint.astype(np.uint8), (clean.shape[1], clean.shape[0]))
    bad = read_page_image(back, dpi=dpi, options=FAST, scan_dpi=0.24 * dpi)
    if bad.quality is not None:  # nothing at all may be left of it
        assert bad.quality.estimated_error > 2 * good.quality.estimated_error
        assert bad.quality.grade in ("fair", "poor", "hopeless")
        assert bad.quality.reason in ("resolution", "blur", "contrast")


@pytest.mark.parametrize(("grade", "warned"), [("good", False), ("poor", False), ("hopeless", True)])
def test_only_a_hopeless_page_asks_for_another_scan(grade: str, warned: bool) -> None:
    quality = PageQuality(
        grade=grade, reason="blur", estimated_error=0.2, confidence=0.5, dpi=70, sharpness=0.1, contrast=80, specks=0.0, skew=0.0
    )  # type: ignore[arg-type]  # fmt: skip
    reading = PageReading([], [], 1, 1, 0, 0.0, 0.5, quality=quality)
    codes = [w.code for w in reading.warnings(3)]
    assert codes == (["rescan"] if warned else [])
    assert all(w.page == 3 and "300 dpi" in w.message for w in reading.warnings(3))


def test_estimate_grows_with_every_sign() -> None:
    base = estimated_error(0.97, 0.99, 0.0)
    assert base < estimated_error(0.80, 0.99, 0.0)
    assert base < estimated_error(0.97, 0.80, 0.0)
    assert base < estimated_error(0.97, 0.99, 0.05)


def test_measures_tell_blur_contrast_and_specks() -> None:
    page = np.array(drawn_page(HEAD + BODY + FOOT).convert("L"))
    page = cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    sharp, contrast, specks = measures(page)
    assert measures(cv2.GaussianBlur(page, (0, 0), 4))[0] < 0.7 * sharp
    assert measures((255 - (255 - page.astype(np.float32)) * 0.3).astype(np.uint8))[1] < 0.5 * contrast
    dirty = page.copy()
    dirty[np.random.default_rng(1).random(page.shape) < 0.0005] = 0
    assert measures(dirty)[2] > specks + 1


# --- two pages on a sheet -------------------------------------------------------------------------------------------------


def _running(x: float, lines: int, width: float = 330) -> list[Fragment]:
    return [Fragment(f"dòng {i} {x:.0f}", (x, 60 + 20 * i, x + width, 74 + 20 * i), 12) for i in range(lines)]


def test_halves_are_read_one_after_the_other() -> None:
    sheet = _running(60, 12) + _running(480, 12)
    assert gutter_of(sheet, 842, 595) == pytest.approx(435, abs=40)
    texts = [p.text for p in arrange_sheet(sheet, 842, 595)]
    assert texts == [f"dòng {i} 60" for i in range(12)] + [f"dòng {i} 480" for i in range(12)]
    assert sheet[-1].box[0] == 480, "boxes stay those of the sheet"


@pytest.mark.parametrize(
    ("fragments", "width", "height"),
    [
        (_running(60, 12, 230) + _running(310, 12, 230), 595, 842),  # a portrait page of two columns
        (_running(60, 12, 360) + _running(430, 12, 360), 842, 595),  # a landscape table: columns stand close
        (_running(60, 20, 720), 842, 595),
        (_running(60, 3) + _running(480, 3), 842, 595),
    ],
)
def test_one_page_stays_one(fragments: list[Fragment], width: float, height: float) -> None:
    assert gutter_of(fragments, width, height) is None


# --- layers that are not believed -------------------------------------------------------------------------------------------

TYPED = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; theo đề nghị của Giám đốc Sở Y tế, Ủy ban nhân dân tỉnh "
    "yêu cầu các sở, ban, ngành triển khai thực hiện kế hoạch phòng chống dịch, tổ chức kiểm tra và báo cáo kết quả trước ngày 15 tháng 3."
)
CONFUSED = TYPED.replace("Tổ chức", "Tố chức").replace("kế hoạch", "kê hoạch").replace("triển khai", "triến khai").replace("yêu cầu", "yêu câu")


def test_marks_that_do_not_suit_their_neighbours() -> None:
    assert share_of_doubtful(TYPED)[0] == 0.0
    share, count = share_of_doubtful(CONFUSED)
    assert share * count >= 2


@pytest.mark.parametrize(
    ("text", "cover", "verdict"),
    [(TYPED, 0.95, "trusted"), (CONFUSED, 0.95, "broken"), (CONFUSED, 0.0, "trusted")],  # a typed page is never sent to OCR for it
)
def test_layer_with_confused_marks_is_not_believed(text: str, cover: float, verdict: str) -> None:
    assert judge_page(text, image_cover=cover).verdict == verdict
