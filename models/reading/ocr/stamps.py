"""Stamps of urgency and secrecy (dấu chỉ mức độ khẩn, mật) on the first page: KHẨN, HỎA TỐC, MẬT and their like.

Decree 30/2020 Appendix I II.11 and Decree 26/2020: red letters in a red frame, right under the number or the subject;
clerks press them at any angle, some in the shape of an arrow. Page preparation removes red ink and the finder of lines
looks for level ones, so they are looked for apart: patches of red ink, and closed frames on black-and-white scans, are
turned level and read, and only the few words that such a stamp may hold are believed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from models.letter import Box
from models.reading.ocr import detector, second
from models.reading.ocr.engine import Gray
from models.reading.ocr.inks import red_ink
from models.reading.ocr.tesseract import TesseractEngine
from models.text import fold

WORDS = {
    "hoa toc hen gio": "HỎA TỐC HẸN GIỜ", "thuong khan": "THƯỢNG KHẨN", "hoa toc": "HỎA TỐC", "khan": "KHẨN",
    "tuyet mat": "TUYỆT MẬT", "toi mat": "TỐI MẬT", "mat": "MẬT",
}  # fmt: skip
"""What a stamp may say, folded, and as it is written."""
_PART = 0.62
"""Share of the page's height, from the top, in which these stamps stand."""
_MIN_MM, _MAX_MM = (9.0, 3.5), (78.0, 38.0)
"""Long and short side of the smallest and largest stamp in millimetres."""
_MOST = 5
_SMALL_DPI, _FRAME_DPI = 75.0, 110.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp that was read: its words, its box in points of the page image, how sure (0–1)."""

    text: str
    box: Box
    confidence: float


def find_stamps(image: NDArray[np.uint8], *, dpi: float, engine: TesseractEngine) -> list[Stamp]:
    """The stamps of urgency and secrecy in the upper part of an upright page image (gray or RGB)."""
    part = image[: round(_PART * image.shape[0])]
    factor = min(1.0, _SMALL_DPI / dpi)
    rectangles = _patches(red_ink(_smaller(part, factor)), factor, dpi) if part.ndim == 3 else []
    red = bool(rectangles)
    if not red:
        factor = min(1.0, _FRAME_DPI / dpi)
        rectangles = _frames(_gray(_smaller(part, factor)), factor, dpi)
    found: list[Stamp] = []
    for rectangle in rectangles[:_MOST]:
        stamp = _read(part, rectangle, dpi, engine, red=red)
        if stamp is not None and all(s.text != stamp.text for s in found):
            found.append(stamp)
    return found


Rectangle = tuple[tuple[float, float], tuple[float, float], float]
"""OpenCV's turned rectangle: middle, sides, angle; here the first side is the longer and the angle lies within ±45°."""


def _smaller(part: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _gray(part: NDArray[np.uint8]) -> Gray:
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), dtype=np.uint8) if part.ndim == 3 else part


def _patches(small: Gray, factor: float, dpi: float) -> list[Rectangle]:
    """Patches of red ink of the size of a stamp, the fullest first; ``small`` is the page made smaller by ``factor``."""
    mask = (small < 205).astype(np.uint8)
    if mask.mean() < 0.0004:
        return []
    reach = max(3, round(2.2 / 25.4 * _SMALL_DPI)) | 1
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rectangles: list[tuple[float, Rectangle]] = []
    for contour in contours:
        rectangle = _level(cv2.minAreaRect(contour), 1 / factor)
        if _fits(rectangle, dpi):
            rectangles.append((float(cv2.contourArea(contour)), rectangle))
    return [r for _, r in sorted(rectangles, key=lambda item: item[0], reverse=True)]


def _frames(small: Gray, factor: float, dpi: float) -> list[Rectangle]:
    """Closed outlines of the size and shape of a stamp on a scan without colour: frames and arrows."""
    mask = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Rectangle] = []
    for index, contour in enumerate(contours):
        if hierarchy[0][index][3] < 0 or len(contour) < 4:  # an outline that is closed has a hole in it
            continue
        rectangle = _level(cv2.minAreaRect(contour), 1 / factor)
        long, short = rectangle[1]
        if not _fits(rectangle, dpi) or long < 1.5 * short or short > 24 / 25.4 * dpi:
            continue
        area = float(cv2.contourArea(contour)) / factor**2
        if area > 0.45 * long * short and all(math.dist(rectangle[0], other[0]) > short for other in found):
            found.append(rectangle)
    # The stamp stands at the left or in the middle; cells of a table come in numbers.
    return sorted(found, key=lambda r: r[0][0])[:3] if len(found) <= 8 else []


def _level(rectangle: tuple[Sequence[float], Sequence[float], float], factor: float) -> Rectangle:
    (x, y), (a, b), angle = rectangle
    if a < b:
        a, b, angle = b, a, angle - 90
    while angle > 45:
        angle -= 90 if a < 1.25 * b else 180
    while angle < -45:
        angle += 90 if a < 1.25 * b else 180
    return (x * factor, y * factor), (a * factor, b * factor), angle


def _fits(rectangle: Rectangle, dpi: float) -> bool:
    """The size of a stamp; a round seal is as high as it is wide, and stands lower or is larger."""
    long, short = (side * 25.4 / dpi for side in rectangle[1])
    if abs(rectangle[2]) > 60:
        return False
    return _MIN_MM[0] <= long <= _MAX_MM[0] and _MIN_MM[1] <= short <= _MAX_MM[1] and long >= 1.25 * short


def _read(
    part: NDArray[np.uint8], rectangle: Rectangle, dpi: float, engine: TesseractEngine, *, red: bool
) -> Stamp | None:
    (x, y), (long, short), angle = rectangle
    reach = round(0.75 * math.hypot(long, short))
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    around = part[top : round(y) + reach, left : round(x) + reach]
    picture = red_ink(around) if red else _gray(around)
    scale = min(2.0, 300.0 / dpi)
    pad = 0.12 * short
    size = (round((long + 2 * pad) * scale), round((short + 2 * pad) * scale))
    middle = (x - left, y - top)
    matrix = cv2.getRotationMatrix2D(middle, angle, scale)
    matrix[:, 2] += np.array([size[0] / 2 - middle[0], size[1] / 2 - middle[1]])
    level = np.asarray(cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(255,)), dtype=np.uint8)
    best = likeliest(_texts(level, engine))
    if not best[1] or best[0] < 0.55:
        return None
    wide = abs(long * math.cos(math.radians(angle))) + abs(short * math.sin(math.radians(angle)))
    high = abs(long * math.sin(math.radians(angle))) + abs(short * math.cos(math.radians(angle)))
    point = 72 / dpi
    box = tuple(round(v * point, 1) for v in (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
    return Stamp(best[1], (box[0], box[1], box[2], box[3]), round(min(0.97, best[0]), 3))


def likeliest(texts: Sequence[tuple[str, float]]) -> tuple[float, str]:
    """How sure (0–1) and which stamp several readings of one picture say; what two of them say letter for letter is surer."""
    best: tuple[float, str] = (0.0, "")
    words = [known(text) for text, _ in texts]
    for (word, alike), (_, sure) in zip(words, texts, strict=True):
        agreed = 0.15 if words.count((word, 1.0)) > 1 and alike == 1.0 else 0.0
        best = max(best, (min(1.0, alike * (0.5 + 0.5 * sure) + agreed), word))
    return best


def _texts(level: Gray, engine: TesseractEngine) -> list[tuple[str, float]]:
    """Readings of a level stamp: of the lines in it, and of the whole without its frame."""
    height, width = level.shape
    texts: list[tuple[str, float]] = []
    frame = round(0.5 * max(height, 60))
    canvas: Gray = np.pad(level, frame, constant_values=255)
    boxes = [box for box, _ in detector.find_lines(canvas)][:4]
    for box in boxes:
        line = engine.read_line(canvas, box)
        texts.append((line.text, line.confidence))
    readings = second.read_second([canvas] * len(boxes), boxes)
    texts += [(r.text, r.confidence) for r in readings]
    if len(boxes) > 1:  # "THƯỢNG" over "KHẨN"
        texts.append((" ".join(r.text for r in readings), min((r.confidence for r in readings), default=0.0)))
    inside = (round(0.14 * width), round(0.2 * height), round(0.86 * width), round(0.8 * height))
    for box in ((0, 0, width, height), inside):
        line = engine.read_line(level, box)
        texts.append((line.text, line.confidence))
    return [(t, c) for t, c in texts if t.strip()]


def known(text: str) -> tuple[str, float]:
    """The stamp's words that ``text`` is most like, and how like (0–1); "" where it is none of them."""
    letters = " ".join("".join(c if c.isalpha() else " " for c in fold(text).lower()).split())
    if not letters:
        return "", 0.0
    best = max(WORDS, key=lambda word: (fuzz.ratio(letters, word), len(word)))
    alike = fuzz.ratio(letters, best) / 100
    needed = 0.85 if len(best) <= 4 else 0.74
    return (WORDS[best], alike) if alike >= needed else ("", 0.0)
