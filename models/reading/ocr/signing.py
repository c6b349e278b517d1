"""The signer's name and title once more, where a seal or a signature covers them (Decree 30/2020 Appendix I II.7, II.8).

The finder of lines looks at a whole page made small, and loses a title or a name among the rings and letters of a seal; page
preparation removes red ink, and with it the name where the clerk stamped it in red. So where a page has the place of a
signature (a title on the right, or "Nơi nhận" on the left) and no name that was surely read under it, that place is looked at
again by itself: as prepared, without any coloured ink, its darkest ink
alone, and its red ink alone. All readings of one line are weighed as a name
(:mod:`models.reading.ocr.names`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from models.lexicons import words
from models.reading.ocr import detector, names, second
from models.reading.ocr.engine import Gray, OcrLine, OcrWord, PixelBox
from models.reading.ocr.inks import darkest_ink, red_ink
from models.reading.ocr.prepare import Prepared
from models.reading.ocr.tesseract import TesseractEngine
from models.text import fold

_AUTHORITY = re.compile(r"^\W{0,2}(?:KT|TM|TL|TUQ|Q|T/M|K/T|T/L)\s?[.,/:]\s?\S")
_SURE, _SURE_LIKENESS = 0.75, 6.4
"""A name of this confidence, made of syllables that names have, is believed as it stands."""
_LIKE = 6.8
"""What no reader read as a name must be made of syllables of names to be one."""
_HALF_WIDTH, _DEPTH = 140.0, 170.0
"""Points left and right of the title's middle, and below it, in which the name stands (a seal is 85 to 104 wide)."""
_BORDER = 120
_MOST_BELOW = 12
"""Lines under a title that is still the signer's: what was taken of the seal and the name, a page number."""
_MOST_LINES, _MOST_STRIPS = 9, 2
_WORN = 78.0


@dataclass(slots=True)
class _Block:
    """Where the name must stand, in pixels of the prepared page, and the title over it if one was read."""

    area: PixelBox
    title: OcrLine | None


@dataclass(slots=True)
class _Seen:
    """One line of the place of signature with its readings in all renditions."""

    box: PixelBox
    readings: list[names.Reading] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    """How wide the box of each reading was: where only a part of the line was found the rest is missing in it."""

    def whole(self) -> list[names.Reading]:
        """The readings of the line from end to end."""
        wide = sorted(self.widths)[-2:][0] if self.widths else 0
        return [r for r, width in zip(self.readings, self.widths, strict=True) if width > 0.8 * wide]


def mend(lines: list[OcrLine], prepared: Prepared, image: NDArray[np.uint8], tesseract: TesseractEngine) -> None:
    """Read the signer's name and title anew in ``lines``, where they are missing or in doubt.

    ``image`` is the page before preparation (RGB or gray, upright); where it has no colour its red ink is not looked at.
    """
    if detector.network() is None:
        return
    block = _find(lines, prepared)
    if block is None:
        return
    inside = [line for line in lines if _within(line.box, block.area)]
    if block.title is not None and any(_sure(line) for line in inside):
        return
    tall = block.title.box[3] - block.title.box[1] if block.title is not None else round(14 / prepared.scale)
    middle = (block.title.box[0] + block.title.box[2]) // 2 if block.title is not None else (block.area[0] + block.area[2]) // 2
    seen = _look(block.area, prepared, image, tesseract, tall, middle)
    top = block.area[1]
    if block.title is None:
        top = _add_title(lines, seen, block)
    for line in inside:
        if names.is_name(line.text) and not _is_title(line.text):
            readings = [(str(line.extra.get(k, "")), weight) for k, weight in (("first", 0.6), ("second", 0.6), ("third", 0.8))]
            _gather(seen, line.box, [r for r in readings if r[0]] or [(line.text, 0.6)])
    _put_name(lines, [s for s in seen if s.box[1] >= top - 4], block)


def title_of(text: str) -> str | None:
    """The title of the lexicon that a line in capitals begins with or is very like, in capitals; None for other lines."""
    letters = re.sub(r"[^a-z ]", "", fold(text).lower()).strip()
    upper = sum(c.isupper() for c in text)
    if len(letters) < 5 or upper < 0.6 * sum(c.isalpha() for c in text):
        return None
    for title, folded in _titles():
        if letters.startswith(folded) and not letters[len(folded) : len(folded) + 1].isalpha():
            return title.upper()
    best = max(((fuzz.ratio(letters, folded), title) for title, folded in _titles() if len(folded) >= 7), default=(0.0, ""))
    return best[1].upper() if best[0] >= _WORN else None


@cache
def _titles() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((t, fold(t).lower()) for t in words("titles")), key=lambda pair: -len(pair[1])))


def _is_title(text: str) -> bool:
    return bool(_AUTHORITY.match(text)) or title_of(text) is not None


def _find(lines: Sequence[OcrLine], prepared: Prepared) -> _Block | None:
    """The place of signature of a page, the last one; None where the page has none or is a sheet of two pages."""
    height, width = prepared.gray.shape
    if width > 1.15 * height:
        return None
    unit = 1 / prepared.scale
    list_heads = [x for x in lines if x.box[0] < 0.45 * width and fold(x.text).lower().lstrip(" .,'*_").startswith("noi nhan")]
    head = max(list_heads, key=lambda x: x.box[1], default=None)
    titles = [
        x for x in lines
        if x.box[0] + x.box[2] > width and x.box[1] > 0.12 * height and x.box[2] - x.box[0] < 0.5 * width and _is_title(x.text)
        and (head is None or abs(x.box[1] - head.box[1]) < 80 * unit)
    ]  # fmt: skip
    title = max(titles, key=lambda x: x.box[1], default=None)
    if title is not None and head is None and sum(x.box[1] > title.box[3] for x in lines) > _MOST_BELOW:
        return None  # "GIÁM ĐỐC SỞ …" over the body of a decision
    if title is not None:
        top, middle = title.box[3], (title.box[0] + title.box[2]) / 2
    elif head is not None:
        top, middle = round(head.box[1] - 16 * unit), 0.72 * width
    else:
        return None
    bottom = min(top + _DEPTH * unit, 0.985 * height)
    below = [x.box[1] for x in lines if x.box[2] - x.box[0] > 0.55 * width and x.box[1] > top]
    bottom = min([bottom, *below])
    if bottom - top < 30 * unit:
        return None
    left = max(0.4 * width, middle - _HALF_WIDTH * unit)
    if head is not None:
        left = max(left, max(x.box[2] for x in lines if x is head) + 6)
    return _Block((round(left), round(top), round(min(width, middle + _HALF_WIDTH * unit)), round(bottom)), title)


def _within(box: PixelBox, area: PixelBox) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _sure(line: OcrLine) -> bool:
    parts = names.split_name(line.text)[1]
    if not parts or _is_title(line.text):
        return False
    return min((w.confidence for w in line.words), default=0.0) >= _SURE and names.likeness(parts) <= _SURE_LIKENESS


# --- looking ------------------------------------------------------------------------------------------------------------


def _look(
    area: PixelBox, prepared: Prepared, image: NDArray[np.uint8], tesseract: TesseractEngine, tall: int, middle: int
) -> list[_Seen]:
    """Every line of the area in every rendition, readings of one place together, top to bottom.

    ``tall`` is the height of a line of print, ``middle`` the middle of the title, under which the name is set.
    """
    x0, y0, x1, y1 = area
    renditions: list[tuple[Gray, bool]] = [(prepared.gray[y0:y1, x0:x1], False)]
    if prepared.plain is not None:
        plain = prepared.plain[y0:y1, x0:x1]
        if float((cv2.absdiff(plain, renditions[0][0]) > 40).mean()) > 0.002:
            renditions.append((plain, False))
    dark = darkest_ink(renditions[-1][0])
    if dark is not None:
        renditions.append((dark, False))
    red = _red_of(image, prepared, area)
    if red is not None:
        renditions.append((red, True))
    seen: list[_Seen] = []
    for picture, alone in renditions:
        canvas: Gray = np.pad(picture, _BORDER, constant_values=255)
        height = canvas.shape[0]
        boxes = [b for b, _ in detector.find_lines(canvas) if 0.01 * height < b[3] - b[1] < 0.3 * height and b[2] - b[0] > 2 * (b[3] - b[1])]
        boxes = boxes[:_MOST_LINES]
        read = second.read_second([canvas] * len(boxes), boxes)
        if not any(names.is_name(reading.text) and not reading.text.isupper() for reading in read):
            strips = _windows(canvas, tall, middle - x0 + _BORDER)
            boxes, read = boxes + strips, read + second.read_second([canvas] * len(strips), strips)
        for box, reading in zip(boxes, read, strict=False):
            readings = _readings(canvas, box, reading, tesseract, stamped=alone)
            if readings:
                placed = (box[0] - _BORDER + x0, box[1] - _BORDER + y0, box[2] - _BORDER + x0, box[3] - _BORDER + y0)
                _gather(seen, placed, readings)
    return sorted(seen, key=lambda s: s.box[1])


def _windows(canvas: Gray, line: int, middle: int) -> list[PixelBox]:
    """Where TrueOCR reads something like a name when it is shown one strip after another, with no line found before.

    A broad stroke of the pen through a name hides it from the finder of lines; the recogniser reads over it. A strip costs 3 ms.
    """
    half = 6 * line
    left, right = max(0, middle - half), min(canvas.shape[1], middle + half)
    strips = [(left, y, right, y + line) for y in range(_BORDER, canvas.shape[0] - _BORDER, max(4, line // 3))]
    found: list[tuple[float, PixelBox]] = []
    for strip, reading in zip(strips, second.read_second([canvas] * len(strips), strips), strict=False):
        if reading.confidence < 0.55 or not names.near_name(reading.text) or not reading.places:
            continue
        box = (max(left, round(reading.places[0] - 0.8 * line)), strip[1], min(right, round(reading.places[-1] + 0.8 * line)), strip[3])
        found.append((reading.confidence + 0.2 * names.is_name(reading.text), box))
    return [box for _, box in sorted(found, reverse=True)[:_MOST_STRIPS]]


def _readings(
    canvas: Gray, box: PixelBox, reading: second.SecondReading, tesseract: TesseractEngine, *, stamped: bool
) -> list[names.Reading]:
    """What the recognisers make of one line; [] for a line that no one takes for a name or a title."""
    dx, dy = round(0.3 * (box[3] - box[1])), round(0.16 * (box[3] - box[1]))
    padded = (max(0, box[0] - dx), max(0, box[1] - dy), min(canvas.shape[1], box[2] + dx), min(canvas.shape[0], box[3] + dy))
    first = tesseract.read_line(canvas, padded)
    third = second.read_third(canvas, padded, first.words)
    found = [(first.text, names.believed(first.confidence)), (reading.text, 0.9 * names.believed(reading.confidence)), (third, 0.9)]
    found = [(text.strip(), weight) for text, weight in found if text.strip()]
    # The words around and in a seal are capitals, and some are syllables of names: a name in capitals is believed in a line of its own only.
    name = any(names.near_name(t) and not t.isupper() for t, _ in found)
    return found if name or (not stamped and any(_is_title(t) for t, _ in found)) else []


def _gather(seen: list[_Seen], box: PixelBox, readings: list[names.Reading]) -> None:
    for other in seen:
        level = min(box[3], other.box[3]) - max(box[1], other.box[1])
        across = min(box[2], other.box[2]) - max(box[0], other.box[0])
        if level > 0.5 * min(box[3] - box[1], other.box[3] - other.box[1]) and across > 0.5 * min(box[2] - box[0], other.box[2] - other.box[0]):
            other.readings += readings
            other.widths += [box[2] - box[0]] * len(readings)
            if box[2] - box[0] > other.box[2] - other.box[0]:
                other.box = box
            return
    seen.append(_Seen(box, list(readings), [box[2] - box[0]] * len(readings)))


def _red_of(image: NDArray[np.uint8], prepared: Prepared, area: PixelBox) -> Gray | None:
    """The red ink of an area of the prepared page, dark on white; None where there is hardly any."""
    if image.ndim != 3:
        return None
    x0, y0, x1, y1 = area
    if prepared.skew:
        height, width = prepared.gray.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), prepared.skew, 1.0)
        matrix[:, 2] -= (x0, y0)
        part = cv2.warpAffine(image, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    else:
        part = image[y0:y1, x0:x1]
    red = red_ink(np.asarray(part, dtype=np.uint8))
    return red if float((red < 150).mean()) > 0.001 else None


# --- putting it in ------------------------------------------------------------------------------------------------------


def _add_title(lines: list[OcrLine], seen: Sequence[_Seen], block: _Block) -> int:
    """Put the titles that were found into ``lines``; the place below which the name stands."""
    bottom = block.area[1]
    for one in seen:
        found = [(title_of(text), weight, text) for text, weight in one.readings]
        titles = [f for f in found if f[0]]
        if not titles or any(names.is_name(t) and not t.isupper() for t, _ in one.readings):
            continue
        _, weight, text = max(titles, key=lambda f: (fuzz.ratio(f[0] or "", f[2].upper()), f[1]))
        mended = title_of(text) or text
        text = mended if fuzz.ratio(fold(mended), fold(text)) > _WORN and len(text) <= len(mended) + 3 else text
        _place(lines, text, one.box, min(0.9, weight))
        bottom = max(bottom, one.box[3])
    return bottom


def _put_name(lines: list[OcrLine], seen: Sequence[_Seen], block: _Block) -> None:
    """The likeliest of the names that were seen, the lower of two alike, into ``lines``."""
    best: tuple[float, str, _Seen] | None = None
    for one in seen:
        readings = [r for r in one.whole() if not _is_title(r[0])]
        found = names.combine(readings, bad=True)
        if found is None:
            continue
        name, sure = found
        likeness = names.likeness(name.split())
        if likeness > _LIKE and not any(names.is_name(text) for text, _ in readings):
            continue
        score = sure - 0.12 * max(0.0, likeness - 5.5) + 0.15 * (one.box[1] - block.area[1]) / (block.area[3] - block.area[1])
        score -= 0.5 * name.isupper()
        if likeness < 9.5 and (best is None or score > best[0]):
            best = (score, name, one)
    if best is None:
        return
    _, name, one = best
    prefix = next((p for p, parts in (names.split_name(t) for t, _ in one.readings) if p and parts), "")
    sure = max(0.4, min(0.97, best[0]))
    _place(lines, f"{prefix} {name}".strip(), one.box, sure)
    # Between title and name stand seal and signature, and scraps of them that were taken for words.
    for line in list(lines):
        scrap = sum(c.isalpha() for c in line.text) <= 5 and "ky" not in fold(line.text).lower()
        if scrap and _within(line.box, block.area) and line.box[3] <= one.box[1] + 4 and not _is_title(line.text):
            lines.remove(line)


def _same(a: PixelBox, b: PixelBox) -> bool:
    level = min(a[3], b[3]) - max(a[1], b[1])
    across = min(a[2], b[2]) - max(a[0], b[0])
    return level > 0.4 * min(a[3] - a[1], b[3] - b[1]) and across > 0.4 * min(a[2] - a[0], b[2] - b[0])


def _place(lines: list[OcrLine], text: str, box: PixelBox, sure: float) -> None:
    """``text`` as a line at ``box``, in place of what was read there."""
    for line in [line for line in lines if _same(line.box, box) and line.box[2] - line.box[0] < 2.2 * (box[2] - box[0])]:
        lines.remove(line)
    parts = text.split()
    unit = (box[2] - box[0]) / max(1, len(text))
    at, made = 0, []
    for part in parts:
        made.append(OcrWord(part, (round(box[0] + at * unit), box[1], round(box[0] + (at + len(part)) * unit), box[3]), round(sure, 3)))
        at += len(part) + 1
    lines.append(OcrLine(made, box, round(sure, 3), {"signing": True}))
