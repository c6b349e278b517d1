"""Letters that come as pictures: scans and photographs in JPEG, PNG, TIFF, WebP, HEIC and the like.

The picture is turned as its EXIF data says, a photographed sheet is cut out and squared where its outline is clearly
seen, then the page goes the way of every scan.
"""

from __future__ import annotations

import io
import logging
import time
import warnings as python_warnings
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from models.document import Document, Line, Page, assemble
from models.errors import InputTooLarge, UnreadableInput, UnsupportedMediaType
from models.letter import Warning_
from models.reading.options import ReadOptions
from models.reading.photo import PAGE_INCHES, square_page

_LOG = logging.getLogger(__name__)
_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "PPM": "image/x-portable-anymap",
    "JPEG2000": "image/jp2",
}
_MIN_DPI, _MAX_DPI = 90.0, 600.0
_WORK_LONG_SIDE = 3600
"""Pictures are made no longer than this before recognition (A4 at 300 dpi has 3508 rows)."""
_LEAST_SIDE = 24


def read_image(data: bytes, *, options: ReadOptions | None = None) -> Document:
    """Read a picture of one page, or a TIFF of many.

    Raises UnreadableInput (damaged, cut off, no text in it), UnsupportedMediaType (no picture that is known),
    InputTooLarge (bytes, pixels or pages over the limits), MissingProgram (no recogniser is installed).
    """
    from models.reading.ocr.page import get_engine, ocr_info, read_page_image

    options = options or ReadOptions()
    if not data:
        raise UnreadableInput("The file is empty.", remedy="Send the file again; nothing of it arrived.")
    if len(data) > options.max_bytes:
        raise InputTooLarge(
            f"The picture has {len(data):,} bytes; at most {options.max_bytes:,} are read.",
            remedy="Save it with fewer pixels or as JPEG.",
        )
    image = _open(data)
    media_type = _MEDIA_TYPES.get(image.format or "", "image/" + (image.format or "x-unknown").lower())
    pages: list[Page] = []
    overlays: list[Line] = []
    notes: list[Warning_] = []
    confidences: list[float] = []
    engine = get_engine(options.ocr_quality)
    started = time.monotonic()
    for number, (pixels, dpi, photo) in enumerate(_frames(image, options), start=1):
        if time.monotonic() - started > options.total_seconds:
            notes.append(
                Warning_(
                    code="reading_stopped",
                    message=f"Reading stopped after {options.total_seconds:.0f} s, before page {number}.",
                    page=number,
                )
            )
            break
        if photo:
            pixels, squared = square_page(pixels)
            if squared:
                dpi = _dpi_of(pixels.shape[1], pixels.shape[0], None)
        pixels, dpi = _within(pixels, dpi)
        reading = read_page_image(pixels, dpi=dpi, options=options, first=number == 1)
        notes += reading.warnings(number)
        for line in reading.overlays:
            line.page = number
            overlays.append(line)
        if reading.confidence is not None:
            confidences.append(reading.confidence)
        pages.append(reading.as_page(number))
    return assemble(pages, media_type=media_type, ocr=ocr_info(engine, confidences), overlays=overlays, warnings=notes)


def page_pixels(data: bytes, number: int, *, options: ReadOptions | None = None) -> NDArray[np.uint8] | None:
    """Page ``number`` (from 1) of a picture as it is read: upright as EXIF says, a photographed sheet cut out and squared.

    None when the picture has fewer pages. Raises UnreadableInput, UnsupportedMediaType, InputTooLarge.
    """
    for at, (pixels, _, photo) in enumerate(_frames(_open(data), options or ReadOptions()), start=1):
        if at == number:
            return square_page(pixels)[0] if photo else pixels
    return None


def _open(data: bytes) -> Image.Image:
    _register_heif()
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data))
    except Image.DecompressionBombError as error:
        raise InputTooLarge("The picture claims too many pixels.", remedy="Save it with fewer pixels.") from error
    except UnidentifiedImageError as error:
        raise UnsupportedMediaType(
            "The file is no picture that is known, or its beginning is damaged.",
            remedy="Send JPEG, PNG, TIFF, WebP, HEIC or PDF.",
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableInput("The picture is damaged or cut off.", remedy="Scan or save it again.") from error


def _register_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        return
    pillow_heif.register_heif_opener()


def _frames(image: Image.Image, options: ReadOptions) -> Iterator[tuple[NDArray[np.uint8], float, bool]]:
    """Each page as pixels (gray or RGB), its resolution in dots an inch, and whether it may be a photograph."""
    photo_format = image.format in ("JPEG", "MPO", "HEIF", "WEBP", "AVIF", "PNG")
    index = 0
    while True:
        if index >= options.max_pages:
            raise InputTooLarge(
                f"The picture has more than {options.max_pages} pages.", remedy="Split the file or raise the limit."
            )
        try:
            image.seek(index)
        except EOFError:
            if index == 0:
                raise UnreadableInput("The picture holds no page.", remedy="Scan or save it again.") from None
            return
        except (OSError, ValueError, SyntaxError) as error:
            raise UnreadableInput(
                f"Page {index + 1} of the picture is damaged.", remedy="Scan or save it again."
            ) from error
        width, height = image.size
        if width * height > options.max_pixels:
            raise InputTooLarge(
                f"Page {index + 1} has {width} × {height} pixels; at most {options.max_pixels:,} are read.",
                remedy="Save it with fewer pixels (300 dots an inch are enough).",
            )
        if min(width, height) < _LEAST_SIDE:
            raise UnreadableInput(
                f"The picture has only {width} × {height} pixels.", remedy="Scan the letter at 300 dots an inch."
            )
        if index and image.format in ("GIF", "MPO", "PNG", "WEBP"):
            return  # frames of an animation, or previews, are no pages
        yield _pixels(image), _dpi(image), photo_format and width * height > 1_000_000
        index += 1


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """One frame upright as EXIF says, transparency on white, gray or RGB."""
    try:
        frame = ImageOps.exif_transpose(image)
        frame = frame if frame is not None else image
        if frame.mode in ("1", "L"):
            return np.asarray(frame.convert("L"), dtype=np.uint8)
        if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
            rgba = frame.convert("RGBA")
            frame = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
        if frame.mode.startswith("I;16") or frame.mode in ("I", "F"):
            wide: NDArray[Any] = np.asarray(frame, dtype=np.float64)
            top = 65535.0 if wide.max(initial=0) > 255 else 255.0
            return np.clip(wide * (255.0 / top), 0, 255).astype(np.uint8)
        return np.asarray(frame.convert("RGB"), dtype=np.uint8)
    except Image.DecompressionBombError as error:
        raise InputTooLarge("The picture claims too many pixels.", remedy="Save it with fewer pixels.") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableInput("The picture is damaged or cut off.", remedy="Scan or save it again.") from error


def _dpi(image: Image.Image) -> float:
    said = image.info.get("dpi")
    value: float | None = None
    try:
        value = float(said[0]) if said else None
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        value = None
    return _dpi_of(image.width, image.height, value)


def _dpi_of(width: int, height: int, said: float | None) -> float:
    """The resolution that the file says, where a sheet between A5 and A3 comes of it; else that of an A4 sheet."""
    longest = max(width, height)
    if said and _MIN_DPI <= said <= _MAX_DPI and 7.0 < longest / said < 17.5:
        return said
    return longest / PAGE_INCHES


def _within(pixels: NDArray[np.uint8], dpi: float) -> tuple[NDArray[np.uint8], float]:
    """Large pictures made smaller: more than 300 dots an inch only cost time."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _WORK_LONG_SIDE / max(height, width))
    if factor > 0.97:
        return pixels, dpi
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), dpi * factor
