"""Searchable PDF: the pages as they are, with an invisible layer of the words that were recognised over their places.

The layer is written with pdfium, which reads PDFs here already, in a font made for it
(``models/weights/invisible.ttf``: a box for every letter), so that a scan of 300 kB grows by some kB a page. Only recognised pages are touched;
an OCR layer that was not believed is taken out first. Digital signatures of the file do not survive any change of it: the
searchable file is a copy for finding and reading, and the original is what counts.
"""

from __future__ import annotations

import ctypes
import io
from functools import lru_cache
from importlib.resources import files
from statistics import median

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageOps

from models.document import Document, Line, Page
from models.errors import UnreadableInput
from models.letter import TextOrigin

FONT = "weights/invisible.ttf"
_ADVANCE = 0.5
"""Width of every character of the font, in its size."""
_DESCENT = 0.22
_INVISIBLE = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
Point = tuple[float, float]


def searchable_pdf(data: bytes, document: Document) -> bytes:
    """The PDF or picture ``data`` as a PDF with the words of ``document``, which was read from it.

    Raises UnreadableInput for a file that has no pages to look at (a word processor's, a text).
    """
    if document.media_type == "application/pdf":
        pdf = pdfium.PdfDocument(data)
    elif document.media_type.startswith("image/"):
        pdf = pdfium.PdfDocument(_pictures(data, document))
    else:
        raise UnreadableInput(
            f"A file of the kind {document.media_type} has no page images.", remedy="Give a PDF or a picture of the letter."
        )
    try:
        font = _font(pdf)
        for page in document.pages:
            if page.text_origin == TextOrigin.OCR and page.number <= len(pdf):
                _write_page(pdf, font, page)
        out = io.BytesIO()
        pdf.save(out)
    finally:
        pdf.close()
    return out.getvalue()


def _pictures(data: bytes, document: Document) -> bytes:
    """The frames of a picture as pages of the size that the reading gave them."""
    from models.reading.photo import square_page

    image = Image.open(io.BytesIO(data))
    sheets: list[Image.Image] = []
    for page in document.pages:
        image.seek(page.number - 1)
        sheet = (ImageOps.exif_transpose(image) or image).convert("RGB")
        upright = page.width / page.height if page.rotation % 180 == 0 else page.height / page.width
        if abs(sheet.width / sheet.height - upright) > 0.01 * upright:
            squared, done = square_page(np.asarray(sheet, dtype=np.uint8))
            sheet = Image.fromarray(squared) if done else sheet
        sheets.append(sheet)
    out = io.BytesIO()
    first = document.pages[0]
    inches = (first.width if first.rotation % 180 == 0 else first.height) / 72
    sheets[0].save(out, "PDF", resolution=sheets[0].width / inches, save_all=True, append_images=sheets[1:], quality=85)
    return out.getvalue()


@lru_cache(maxsize=1)
def _font_bytes() -> bytes:
    return files("models").joinpath(FONT).read_bytes()


def _font(pdf: pdfium.PdfDocument) -> ctypes.c_void_p:
    data = _font_bytes()
    array = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
    font = pdfium_c.FPDFText_LoadFont(pdf.raw, array, len(data), pdfium_c.FPDF_FONT_TRUETYPE, True)
    if not font:
        raise UnreadableInput("The font of the text layer could not be loaded.", remedy="Install congvan again.")
    return font  # type: ignore[no-any-return]


def _write_page(pdf: pdfium.PdfDocument, font: ctypes.c_void_p, page: Page) -> None:
    sheet = pdf[page.number - 1]
    try:
        _drop_old_layer(sheet)
        shown = sheet.get_size()
        slope = _slope(page)
        for line in page.lines:
            for text, *corners in _placed(line, slope):
                _write_word(pdf, font, sheet, text, [_shown(p, page, shown) for p in corners])
        if not pdfium_c.FPDFPage_GenerateContent(sheet.raw):
            raise UnreadableInput(f"Page {page.number} cannot be changed.", remedy="Print it to a new PDF first.")
    finally:
        sheet.close()


def _drop_old_layer(sheet: pdfium.PdfPage) -> None:
    """Take out the text of an OCR layer: what is drawn invisibly, or lies under the image of the sheet."""
    from models.reading.pdf import image_cover
    from models.reading.trust import SCAN_COVER

    covered = image_cover(sheet)[0] >= SCAN_COVER
    for item in list(sheet.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=1)):
        if covered or pdfium_c.FPDFTextObj_GetTextRenderMode(item.raw) == _INVISIBLE:
            sheet.remove_obj(item)


def _slope(page: Page) -> float:
    """How much the lines of a crooked sheet fall a point to the right: the middle of what its long lines say."""
    found: list[float] = []
    for line in page.lines:
        boxes = [w.box for w in line.words if w.box is not None]
        if len(boxes) >= 5 and boxes[-1][0] - boxes[0][0] > 0.35 * page.width:
            xs, ys = [(b[0] + b[2]) / 2 for b in boxes], [(b[1] + b[3]) / 2 for b in boxes]
            found.append(float(np.polyfit(xs, ys, 1)[0]))
    return median(found) if len(found) >= 3 and abs(median(found)) < 0.25 else 0.0


def _placed(line: Line, slope: float) -> list[tuple[str, Point, Point, Point]]:
    """Words of a line with the beginning and end of the baseline and the top over its beginning (y downwards).

    All words of a line share height and a straight baseline, so that a viewer selects them as one line: boxes of words
    are tight, and that of a dash is a dash high.
    """
    words = [w for w in line.words if w.box is not None and w.text.strip()]
    if not words:
        return []
    boxes = [w.box for w in words if w.box is not None]
    height = max(2.0, min(1.5 * median(b[3] - b[1] for b in boxes), max(b[3] - b[1] for b in boxes)))
    at = median((b[1] + b[3]) / 2 - slope * (b[0] + b[2]) / 2 for b in boxes)
    result: list[tuple[str, Point, Point, Point]] = []
    for index, (word, box) in enumerate(zip(words, boxes, strict=True)):
        # A word ends where the next begins: the blank between them belongs to it.
        end = boxes[index + 1][0] if index + 1 < len(boxes) and boxes[index + 1][0] > box[0] + 1 else box[2]
        end = min(end, box[2])
        base = [at + slope * x + (0.5 - _DESCENT) * height for x in (box[0], end)]
        result.append((word.text, (box[0], base[0]), (end, base[1]), (box[0], base[0] - (1 - _DESCENT) * height)))
    return result


def _shown(point: Point, page: Page, shown: tuple[float, float]) -> Point:
    """A point of the upright page on the page as a viewer shows it: reading may have turned it by quarters."""
    x, y = point
    if page.rotation == 90:
        x, y = page.height - y, x
    elif page.rotation == 180:
        x, y = page.width - x, page.height - y
    elif page.rotation == 270:
        x, y = y, page.width - x
    wide, high = (page.height, page.width) if page.rotation in (90, 270) else (page.width, page.height)
    return x * shown[0] / wide, y * shown[1] / high


def _user(sheet: pdfium.PdfPage, point: Point) -> Point:
    """A point of the shown page in the coordinates in which the page's content is drawn."""
    width, height = sheet.get_size()
    scale = 64  # pdfium takes whole pixels
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDF_DeviceToPage(
        sheet.raw, 0, 0, round(width * scale), round(height * scale), 0, round(point[0] * scale), round(point[1] * scale), x, y
    )
    return x.value, y.value


def _write_word(
    pdf: pdfium.PdfDocument, font: ctypes.c_void_p, sheet: pdfium.PdfPage, text: str, corners: list[Point]
) -> None:
    start, end, top = (_user(sheet, p) for p in corners)
    item = pdfium_c.FPDFPageObj_CreateTextObj(pdf.raw, font, 1.0)
    encoded = (text + " \0").encode("utf-16-le")
    buffer = ctypes.cast(ctypes.create_string_buffer(encoded), pdfium_c.FPDF_WIDESTRING)
    pdfium_c.FPDFText_SetText(item, buffer)
    pdfium_c.FPDFTextObj_SetTextRenderMode(item, _INVISIBLE)
    units = max(1, len(text)) * _ADVANCE
    rise = 1 - _DESCENT
    pdfium_c.FPDFPageObj_Transform(
        item,
        (end[0] - start[0]) / units,
        (end[1] - start[1]) / units,
        (top[0] - start[0]) / rise,
        (top[1] - start[1]) / rise,
        start[0],
        start[1],
    )
    pdfium_c.FPDFPage_InsertObject(sheet.raw, item)
