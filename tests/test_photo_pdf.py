"""A photographed sheet in a PDF: squared before it is read, and its words told back to where the page shows them."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from models.reading.ocr.engine import Gray
from models.reading.options import ReadOptions
from models.reading.pdf import read_pdf
from models.reading.pdf_scan import read_scan
from models.reading.photo import square_page, squared_sheet
from tests.test_ocr import _needs_tesseract
from tests.test_reading_pdf_samples import HEAD, drawn_page


def _photo() -> tuple[Gray, np.ndarray]:
    """A drawn page lying askew on a dark table, and the matrix from its pixels to those of the photograph."""
    sheet = np.array(drawn_page(HEAD).convert("L"))
    high, wide = sheet.shape
    table = np.full((round(1.2 * high), round(1.25 * wide)), 60, dtype=np.uint8)
    corners = np.array([[0.13, 0.06], [1.09, 0.1], [1.13, 1.1], [0.07, 1.12]], dtype=np.float32) * np.array([wide, high], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32), corners)
    moved = cv2.warpPerspective(sheet, matrix, (table.shape[1], table.shape[0]))
    mask = cv2.warpPerspective(np.full_like(sheet, 255), matrix, (table.shape[1], table.shape[0]))
    table[mask > 127] = moved[mask > 127]
    return table, matrix


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_places_are_told_back(rotation: int) -> None:
    photo, matrix = _photo()
    found = squared_sheet(photo)
    assert found is not None
    wide, high = found.image.shape[1] * 72 / found.dpi, found.image.shape[0] * 72 / found.dpi
    upright = (high, wide) if rotation % 180 else (wide, high)
    whole = (photo.shape[1], photo.shape[0])
    # The middle of the sheet is the middle of the sheet, whichever way it was turned.
    box = found.back((upright[0] / 2 - 1, upright[1] / 2 - 1, upright[0] / 2 + 1, upright[1] / 2 + 1), rotation, upright, 72)
    sheet = cv2.perspectiveTransform(np.array([[[whole[0] / 2.5, whole[1] / 2.4]]], dtype=np.float64), matrix.astype(np.float64))[0][0]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    lying = {0: (x, y), 90: (whole[0] - y, x), 180: (whole[0] - x, whole[1] - y), 270: (y, whole[1] - x)}[rotation]
    assert abs(lying[0] - sheet[0]) < 0.03 * whole[0]
    assert abs(lying[1] - sheet[1]) < 0.03 * whole[1]


def test_a_photograph_in_a_pdf_is_read_squared(tmp_path: Path) -> None:
    _needs_tesseract()
    photo, _ = _photo()
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PDF", resolution=200)
    document = read_pdf(buffer.getvalue())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in document.text
    page = document.pages[0]
    assert (page.width, page.height) == pytest.approx((photo.shape[1] * 0.36, photo.shape[0] * 0.36), abs=1.5)
    line = next(x for x in page.lines if "CỘNG HÒA" in x.text)
    assert line.box is not None
    x0, y0, x1, y1 = (round(v / 0.36) for v in line.box)
    assert photo[y0:y1, x0:x1].min() < 100 < np.median(photo[y0:y1, x0:x1])  # there is print on paper


def test_a_flat_scan_is_left_as_it_is() -> None:
    flat = np.array(drawn_page(HEAD).convert("L"))
    assert squared_sheet(flat) is None
    assert square_page(flat)[1] is False
    assert read_scan(np.full((400, 300), 250, np.uint8), 72, options=ReadOptions()).lines == []
