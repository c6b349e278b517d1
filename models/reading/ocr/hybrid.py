"""The default recogniser: TrueOCR's network finds the lines, Tesseract and TrueOCR read each of them, the best is kept.

Tesseract alone loses lines beside seals and mixes columns; on lines that are handed to it one by one it reads better
than any recogniser tried. A line that it reads with doubt is read again without coloured ink, and without the stretch
left of the text margin, where received stamps stand.
"""

from __future__ import annotations

import re
from statistics import median

import numpy as np

from models.reading.ocr import detector, handwriting, names, received, second, vote
from models.reading.ocr.engine import Gray, OcrLine, OcrWord, PixelBox
from models.reading.ocr.tesseract import TesseractEngine, mean_confidence

DOUBTFUL = 0.82
"""Below this mean confidence a line is read again in other ways and the surest reading is taken."""
THIRD_LINES = 12
"""Short lines of a page that AsterOCR reads too, where it is installed: names and titles decide fields."""
LONE_SECOND = 0.86
"""From this confidence on a line is believed that only the second recogniser could read."""
_PAD_X = 0.3
_PAD_Y = 0.16


class HybridEngine:
    """TrueOCR's lines read by Tesseract and by TrueOCR, and joined; where TrueOCR is missing, Tesseract alone.

    ``third`` lets AsterOCR, where it is installed, read every line too (slow: it triples the time of a page).
    """

    def __init__(self, tesseract: TesseractEngine | None = None, *, third: bool = False) -> None:
        self.tesseract = tesseract or TesseractEngine()
        self.language = self.tesseract.language
        self.version = self.tesseract.version
        self.name = "tesseract"
        self.third = third and second.has_third()
        if detector.network() is not None:
            self.name = "tesseract+trueocr"
            self.version = f"{self.tesseract.version}+{detector.version()}"
        if self.third:
            self.name += "+asterocr"
            self.version += f"+{second.third_version()}"

    def recognise(self, image: Gray, *, plain: Gray | None = None) -> list[OcrLine]:
        """The lines of a prepared page, top to bottom."""
        if detector.network() is None:
            return self.tesseract.recognise(image)
        boxes = join_pieces(detector.find_lines(image))
        margin = _left_margin([box for box, _ in boxes])
        lines: list[OcrLine] = []
        for box, score in boxes:
            padded = pad(box, image.shape)
            line = self.tesseract.read_line(image, padded)
            if line.confidence < DOUBTFUL:
                line = self._read_again(line, image, plain, box, margin)
            line.box = box
            line.extra["detector"] = score
            lines.append(line)
        received.set_apart(lines, image, lambda picture, box: self.tesseract.read_line(picture, pad(box, picture.shape)))
        self._join_readings(lines, image, plain)
        handwriting.fill(lines, image)
        for line in lines:
            line.confidence = mean_confidence(line.words)
        return lines

    def _join_readings(self, lines: list[OcrLine], image: Gray, plain: Gray | None) -> None:
        """Let the other recognisers read the same lines, and join the readings word by word."""
        pictures = [plain if plain is not None and line.extra.get("plain") else image for line in lines]
        readings = second.read_second(pictures, [line.box for line in lines])
        budget = THIRD_LINES
        for line, picture, reading in zip(lines, pictures, readings, strict=False):
            text, sure = reading.text, reading.confidence
            line.extra["first"], line.extra["second"], line.extra["path"] = line.text, text, reading
            third = ""
            if self.third or (budget > 0 and _worth_a_third(line, text)):
                budget -= 1
                third = second.read_third(picture, pad(line.box, picture.shape), line.words)
            line.extra["third"] = third
            name = _as_name(line, [(line.text, line.confidence), (text, 0.9 * sure), (third, 1.0)], image.shape)
            if name:
                line.words = name
            elif line.words:
                line.words = vote.merge(line.words, text, sure, third or None)
            elif sure > LONE_SECOND and sum(c.isalpha() for c in text) > 3:
                line.words = spread(text, line.box, 0.6 * sure)
            line.confidence = mean_confidence(line.words)

    def _read_again(self, first: OcrLine, image: Gray, plain: Gray | None, box: PixelBox, margin: float) -> OcrLine:
        best = first
        candidates: list[tuple[Gray, PixelBox]] = []
        if plain is not None and _differs(image, plain, box):
            candidates.append((plain, pad(box, image.shape)))
        height = box[3] - box[1]
        if box[0] < margin - 1.5 * height < box[2] - 4 * height:
            trimmed = (int(margin - 0.3 * height), box[1], box[2], box[3])
            candidates.append((image, pad(trimmed, image.shape)))
        for picture, area in candidates:
            line = self.tesseract.read_line(picture, area)
            if line.confidence > best.confidence + 0.03 and len(line.text) >= 0.5 * len(best.text):
                best = line
                best.extra["plain"] = picture is plain
        if best.confidence < 0.5 and len(best.text) < 3 and box[2] - box[0] > 4 * height:
            for psm in (6, 13):
                line = self.tesseract.read_line(plain if plain is not None else image, pad(box, image.shape), psm=psm)
                if line.confidence > best.confidence + 0.03:
                    best = line
        return best


def _worth_a_third(line: OcrLine, text: str) -> bool:
    """A short line (head, title, name, recipient) on whose letters the two readers differ."""
    x0, y0, x1, y1 = line.box
    if x1 - x0 > 14 * (y1 - y0) or not line.words:
        return False
    return re.sub(r"\W", "", line.text) != re.sub(r"\W", "", text)


def _as_name(line: OcrLine, readings: list[names.Reading], shape: tuple[int, ...]) -> list[OcrWord]:
    """The words of a line of the right half of the page that is a person's name on which the readers differ; else []."""
    x0, y0, x1, _ = line.box
    differ = len({text for text, _ in readings if text}) > 1
    if not differ or x0 + x1 < shape[1] or y0 < 0.12 * shape[0] or not any(names.is_name(t) and not t.isupper() for t, _ in readings):
        return []
    found = names.combine([(text, names.believed(sure)) for text, sure in readings if text])
    if found is None:
        return []
    name, sure = found
    prefix = names.split_name(line.text)[0]
    return spread(f"{prefix} {name}".strip(), line.box, sure)


def spread(text: str, box: PixelBox, confidence: float) -> list[OcrWord]:
    """Words of a reading without boxes, laid over the line's box by their lengths."""
    words = text.split()
    x0, y0, x1, y1 = box
    unit = (x1 - x0) / max(1, len(" ".join(words)))
    result: list[OcrWord] = []
    at = 0
    for word in words:
        result.append(OcrWord(word, (round(x0 + at * unit), y0, round(x0 + (at + len(word)) * unit), y1), confidence))
        at += len(word) + 1
    return result


def pad(box: PixelBox, shape: tuple[int, ...]) -> PixelBox:
    """The box with some paper around it, inside the page."""
    height = box[3] - box[1]
    dx, dy = round(_PAD_X * height), round(_PAD_Y * height)
    return (max(0, box[0] - dx), max(0, box[1] - dy), min(shape[1], box[2] + dx), min(shape[0], box[3] + dy))


def _differs(image: Gray, plain: Gray, box: PixelBox) -> bool:
    x0, y0, x1, y1 = box
    a, b = image[y0:y1:2, x0:x1:2].astype(np.int16), plain[y0:y1:2, x0:x1:2].astype(np.int16)
    return bool(a.size) and float((np.abs(a - b) > 40).mean()) > 0.004


def _left_margin(boxes: list[PixelBox]) -> float:
    """Where the body's long lines begin, in pixels; 0 where there are few."""
    if len(boxes) < 6:
        return 0.0
    widest = max(b[2] - b[0] for b in boxes)
    starts = [b[0] for b in boxes if b[2] - b[0] > 0.7 * widest]
    return float(median(starts)) if len(starts) >= 4 else 0.0


def join_pieces(found: list[tuple[PixelBox, float]]) -> list[tuple[PixelBox, float]]:
    """Join boxes that overlap or touch on one level: the network cuts a line here and there."""
    result: list[tuple[PixelBox, float]] = []
    for box, score in sorted(found, key=lambda item: item[0][0]):
        for index in range(len(result) - 1, -1, -1):
            other, other_score = result[index]
            height = min(box[3] - box[1], other[3] - other[1])
            shared = min(box[3], other[3]) - max(box[1], other[1])
            alike = max(box[3] - box[1], other[3] - other[1]) < 1.5 * height
            if alike and shared > 0.7 * height and box[0] - other[2] < 0.25 * height and box[0] >= other[0]:
                joined = (other[0], min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
                result[index] = (joined, max(score, other_score))
                break
        else:
            result.append((box, score))
    return sorted(result, key=lambda item: (item[0][1] + item[0][3], item[0][0]))
