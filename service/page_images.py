"""Pictures of a letter's pages in the page space of its boxes: turned and, for photographs, squared as reading did."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.errors import CongvanError, UnreadableInput, UnsupportedMediaType
from models.reading import sniff
from models.reading.options import ReadOptions

MAX_WIDTH = 2400
"""Widest picture in pixels."""

Frame = tuple[tuple[float, float, float, float], str]
"""A box in fractions of the page's width and height, and the name of its zone or field."""
_COLOURS = ("#c0392b", "#2471a3", "#1e8449", "#9a7d0a", "#7d3c98", "#b9770e", "#117a65", "#5d6d7e")


class PageNotFound(CongvanError):
    """The letter has no page of that number."""

    code = "page_not_found"
    http_status = 404


def page_png(data: bytes, page: int, *, width: int = 1200, rotation: int = 0, filename: str | None = None, options: ReadOptions | None = None,
             boxes: Sequence[Frame] = ()) -> bytes:
    """Page ``page`` (from 1) as PNG of ``width`` pixels; ``rotation`` is the page's, in degrees clockwise.

    ``boxes`` are framed in the colour of their zone.

    Raises UnsupportedMediaType for letters that have no pages to draw (text, DOCX), PageNotFound, and what opening raises.
    """
    options = options or ReadOptions()
    kind = sniff.sniff(data, filename, None)
    if kind.name == "pdf":
        pixels = _pdf_page(data, page, width, rotation)
    elif kind.name == "image":
        pixels = _image_page(data, page, options)
    else:
        raise UnsupportedMediaType("Letters of this kind have no page pictures.", remedy="Show the text with its spans instead.", code="no_page_pictures")
    if rotation % 360:
        pixels = np.ascontiguousarray(np.rot90(pixels, k=(360 - rotation) // 90 % 4))
    picture = Image.fromarray(pixels)
    if picture.width != width:
        picture = picture.resize((width, max(1, min(MAX_WIDTH * 4, round(picture.height * width / picture.width)))), Image.Resampling.LANCZOS)
    if boxes:
        picture = _frame(picture, boxes)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _pdf_page(data: bytes, page: int, width: int, rotation: int) -> NDArray[np.uint8]:
    import pypdfium2 as pdfium

    from models.reading.pdf import render

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadableInput("The PDF cannot be opened.", remedy="Export or scan it again.") from error
    try:
        if not 1 <= page <= len(document):
            raise PageNotFound(f"The letter has {len(document)} pages.", remedy="Ask for a page from 1 to that number.")
        sheet = document[page - 1]
        across = sheet.get_size()[1 if rotation % 180 else 0]
        image, _ = render(sheet, min(600.0, width * 72.0 / max(across, 1.0)), annotations=True)
        return image
    except pdfium.PdfiumError as error:
        raise UnreadableInput(f"Page {page} is damaged.", remedy="Export or scan it again.") from error
    finally:
        document.close()


def _image_page(data: bytes, page: int, options: ReadOptions) -> NDArray[np.uint8]:
    from models.reading.images import page_pixels

    pixels = page_pixels(data, page, options=options)
    if pixels is None:
        raise PageNotFound("The picture has fewer pages.", remedy="Ask for a page that the letter has.")
    return pixels


def _frame(picture: Image.Image, boxes: Sequence[Frame]) -> Image.Image:
    """The picture with a coloured frame around every box."""
    from PIL import ImageDraw

    framed = picture.convert("RGB")
    pen = ImageDraw.Draw(framed)
    wide, high = framed.size
    for (x0, y0, x1, y1), zone in boxes:
        colour = _COLOURS[zlib.crc32(zone.encode()) % len(_COLOURS)]
        pen.rectangle((min(x0, x1) * wide, min(y0, y1) * high, max(x0, x1) * wide, max(y0, y1) * high), outline=colour, width=max(1, wide // 500))
    return framed
