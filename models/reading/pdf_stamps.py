"""Number and day that stand on a typed page as pictures: read where the typed head leaves a gap.

Many e-office systems type "Số:      /UBND-KGVX" and "ngày    tháng 01 năm 2025" and stamp the digits as images. Only
the gap is drawn and recognised, and only digits are taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.document import Line, Page, Word
from models.letter import Box, TextOrigin
from models.reading.options import ReadOptions
from models.text import fold

Renderer = Callable[[float], tuple[NDArray[np.uint8], float]]
_DIGITS = re.compile(r"\d{1,6}[a-zA-Z]?")
_GAPS = (
    (re.compile(r"(?:^|\s)so\s*:?\s*$"), re.compile(r"^\s*/")),
    (re.compile(r"ngay\s*$"), re.compile(r"^\s*thang")),
    (re.compile(r"thang\s*$"), re.compile(r"^\s*nam")),
)
"""What stands left and right of a blank that a number, a day or a month fills (folded, lower case)."""


def gaps_of(line: Line) -> list[tuple[int, Box]]:
    """Blanks of a head's line that digits should fill: index of the word after the blank, and the blank's box."""
    found: list[tuple[int, Box]] = []
    for index in range(1, len(line.words)):
        before, after = line.words[index - 1], line.words[index]
        if before.box is None or after.box is None:
            continue
        left = fold(" ".join(w.text for w in line.words[:index])).lower()
        right = fold(" ".join(w.text for w in line.words[index:])).lower()
        if any(a.search(left) and b.match(right) for a, b in _GAPS):
            found.append(
                (
                    index,
                    (before.box[2], min(before.box[1], after.box[1]), after.box[0], max(before.box[3], after.box[3])),
                )
            )
    return found


def fill_gaps(page: Page, places: list[Box], render: Renderer, options: ReadOptions) -> bool:
    """Fill the blanks of the head of ``page`` that a picture covers; True when something was read."""
    done = False
    drawn: tuple[NDArray[np.uint8], float] | None = None
    for line in page.lines[:16]:
        for index, gap in reversed(gaps_of(line)):
            if gap[2] - gap[0] < 4 or not any(_covers(place, gap) for place in places):
                continue
            if drawn is None:
                drawn = render(float(options.dpi))
            word = _read(drawn[0], drawn[1], gap)
            if word is None:
                continue
            line.words.insert(index, word)
            line.text = " ".join(w.text for w in line.words)
            line.origin = TextOrigin.MIXED
            done = True
    return done


def _covers(place: Box, gap: Box) -> bool:
    wide = min(place[2], gap[2]) - max(place[0], gap[0])
    high = min(place[3], gap[3]) - max(place[1], gap[1])
    return wide > 3 and high > 3


def _read(image: NDArray[np.uint8], dpi: float, gap: Box) -> Word | None:
    from models.reading.ocr.page import read_digits

    scale = dpi / 72.0
    height = gap[3] - gap[1]
    box = (
        int((gap[0] + 0.5) * scale),
        int((gap[1] - 0.25 * height) * scale),
        int((gap[2] - 0.5) * scale),
        int((gap[3] + 0.25 * height) * scale),
    )
    text, confidence = read_digits(image, box)
    found = _DIGITS.search(text)
    if not found or confidence < 0.4:
        return None
    return Word(found[0], gap, round(confidence, 3))
