"""Pages of a PDF that are pictures: scans, and photographs of sheets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from models.document import Line, Word
from models.reading.ocr.page import PageReading, read_page_image
from models.reading.options import ReadOptions
from models.reading.photo import Squared, squared_sheet

_MAX_OBJECTS = 50


def scan_resolution(page: pdfium.PdfPage, drawn: float) -> float:
    """Dots an inch of the largest image of a page; ``drawn`` where it has none. The caller holds pdfium's lock."""
    best, found = 0.0, drawn
    for at, item in enumerate(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        if at > _MAX_OBJECTS:
            break
        try:
            x0, y0, x1, y1 = item.get_bounds()
            across, down = item.get_px_size()
        except (pdfium.PdfiumError, AttributeError):
            continue
        area = (x1 - x0) * (y1 - y0)
        if area > best and x1 > x0 and y1 > y0:
            best = area
            found = 72 * max(across, down) / max(x1 - x0, y1 - y0)
    return float(found)


def read_scan(
    image: NDArray[np.uint8], dpi: float, *, options: ReadOptions, stamped: Sequence[Word] = (), first: bool = False, scan_dpi: float | None = None
) -> PageReading:
    """Recognise the picture of a page, drawn at ``dpi``. A photographed sheet is squared before; the boxes are those of the page
    as the PDF shows it. The other arguments are those of :func:`~models.reading.ocr.page.read_page_image`."""
    photo = squared_sheet(image) if not stamped and "photo" not in options.without else None
    if photo is None:
        return read_page_image(image, dpi=dpi, options=options, stamped=stamped, first=first, scan_dpi=scan_dpi)
    share = max(photo.image.shape[:2]) / max(image.shape[:2])
    reading = read_page_image(photo.image, dpi=photo.dpi, options=options, first=first, scan_dpi=(scan_dpi or dpi) * share)
    upright = (reading.width, reading.height)
    for line in [*reading.lines, *reading.overlays]:
        _told_back(line, photo, reading.rotation, upright, dpi)
    whole = (image.shape[1] * 72 / dpi, image.shape[0] * 72 / dpi)
    reading.width, reading.height = whole[::-1] if reading.rotation % 180 else whole
    return reading


def _told_back(line: Line, photo: Squared, rotation: int, upright: tuple[float, float], dpi: float) -> None:
    if line.box is not None:
        line.box = photo.back(line.box, rotation, upright, dpi)
    for word in line.words:
        if word.box is not None:
            word.box = photo.back(word.box, rotation, upright, dpi)
