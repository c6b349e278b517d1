"""The stamp of incoming mail (dấu "ĐẾN", Decree 30/2020 Appendix IV) that stands over a scanned letter's head or text.

Its frame is found, and only a frame that says "ĐẾN" counts. What stands in it is kept apart from the letter, for its number
and day are not the letter's; a line of the letter that runs out of the frame is read again without the part that the
stamp covers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from statistics import median

import cv2
import numpy as np

from models.reading.ocr.engine import Gray, OcrLine, PixelBox
from models.text import fold

_WIDE, _HIGH = (0.1, 0.36), (0.035, 0.19)
"""Least and greatest sides of the frame as shares of the page's (35 × 50 mm of A4 are .17 × .17, and stamps vary)."""
_WORDS = re.compile(r"(?:cong van|van ban) d[eo]n|(?:^|\W)den(?:\W|$)")
_INSIDE = 0.55
_WORK_WIDTH = 1000


def frames_of(image: Gray) -> list[PixelBox]:
    """Closed frames of the size of such a stamp in the upper 60% of a page, also those that the page's edge cuts."""
    height, width = image.shape
    factor = _WORK_WIDTH / width
    part = image[: round(0.6 * height)]
    small = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    mask = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    mask[:, :2] = mask[:, -2:] = 255  # what the edge cuts off is closed by it
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found: list[PixelBox] = []
    for index, contour in enumerate(contours):
        x, y, w, h = cv2.boundingRect(contour)
        fits = _WIDE[0] * width < w / factor < _WIDE[1] * width and _HIGH[0] * height < h / factor < _HIGH[1] * height
        if hierarchy[0][index][3] < 0 or not fits:
            continue
        # Text over the frame eats into the hole: what counts is that its hull fills the box.
        if float(cv2.contourArea(cv2.convexHull(contour))) > 0.7 * w * h:
            found.append((round(x / factor), round(y / factor), round((x + w) / factor), round((y + h) / factor)))
    return found if len(found) <= 6 else []  # a table has many


def set_apart(
    lines: Sequence[OcrLine], image: Gray, read: Callable[[Gray, PixelBox], OcrLine]
) -> None:
    """Mark the lines of received stamps (``extra["stamp"]``) and read anew what runs out of them, in place."""
    if not any(_WORDS.search(_folded(line)) for line in lines):
        return
    left, right = _margins([line.box for line in lines])
    for frame in frames_of(image):
        touching = [line for line in lines if _share(line.box, frame) > 0.1]
        if not any(_WORDS.search(_folded(line)) for line in touching):
            continue
        for line in touching:
            if _share(line.box, frame) >= _INSIDE and line.box[2] - frame[2] < 3 * (line.box[3] - line.box[1]):
                line.extra["stamp"] = True
                continue
            height = line.box[3] - line.box[1]
            if line.box[2] > right - 2 * height and left < frame[2] - height:
                continue  # a line of the body begins under the stamp: nothing of it may be cut off
            rest = (frame[2] + round(0.1 * height), line.box[1], line.box[2], line.box[3])
            if rest[2] - rest[0] < 2 * height or line.box[0] > frame[0] + 0.6 * (frame[2] - frame[0]):
                continue
            again = read(image, rest)
            if len(again.text) > 3:
                line.words, line.box, line.confidence = again.words, rest, again.confidence


def _margins(boxes: Sequence[PixelBox]) -> tuple[float, float]:
    """Where the long lines begin and end."""
    widest = max(b[2] - b[0] for b in boxes)
    long = [b for b in boxes if b[2] - b[0] > 0.7 * widest]
    return median(b[0] for b in long), median(b[2] for b in long)


def _folded(line: OcrLine) -> str:
    return fold(" ".join([line.text, str(line.extra.get("second", ""))])).lower()


def _share(box: PixelBox, frame: PixelBox) -> float:
    """Share of a line's width that lies in the frame; 0 where it stands above or below."""
    middle = (box[1] + box[3]) / 2
    if not frame[1] <= middle <= frame[3]:
        return 0.0
    return max(0, min(box[2], frame[2]) - max(box[0], frame[0])) / max(1, box[2] - box[0])
