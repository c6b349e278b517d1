"""The number and the date, which a clerk wrote by hand into the printed form, read with what may stand there.

"Số: … /SYMBOL" takes digits, "ngày … tháng … năm" a day and a month. Where the blank begins and ends the printed words
beside it say, whose characters TrueOCR and AsterOCR place. What stands in it is read by the network for handwritten
digits (:mod:`models.reading.ocr.digits`) and, where it is installed, by AsterOCR's; only digits compete (for the day 1–31,
for the month 1–12), and what the readers of the whole line saw there counts as evidence. The second and third likeliest
values are kept with the word, so that later evidence (time of signing, cited documents) can choose among them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.reading.ocr import digits, second
from models.reading.ocr.ctc import Scores, ctc_score, digit_strings, greedy_path
from models.reading.ocr.engine import Gray, OcrLine, OcrWord, PixelBox
from models.text import fold

NUMBER_LINE = re.compile(
    r"^\W{0,3}S\S{0,2}\s?[:.;,]{0,2}\s?(?P<gap>.{0,14}?)\s?(?P<rest>/\s?[A-ZĐƯ].{0,40}|[A-ZĐƯ]{2,6}-.{0,30})$"
)
"""A printed "Số:", a blank, and the symbol; the slash may be missing."""
_NUMBER_PARTS = re.compile(r"^\W{0,3}s\S{0,2}[:.;, ]{1,3}(.{0,14}?)\s?(?=/\s?[A-ZĐƯ]|[-–]\s?[A-ZĐƯ]{1,6}\s?/|[A-ZĐƯ]{2,6}-)", re.I)
"""The blank ends at "/SYMBOL", at the "-CV/" of the Party's numbers, or at a symbol whose stroke is missing."""
_DAY = re.compile(r"ng[aà]y", re.I)
DATE_LINE = re.compile(r"ngay(?P<day>.{0,8}?)thang?(?P<month>.{0,7}?)n[aă]m\W{0,2}(?P<year>(?:19|20)\d\d)?")
"""Place and date, folded: day and month are the blanks."""

_AGREE_SECOND = 1.3
_AGREE_FIRST = 1.0
_THIRD_WEIGHT = 0.5
"""AsterOCR knows letters and digits of every kind; the network for digits knows handwriting in forms better."""
_FLOOR = -14.0
"""No network is surer than this that a text does not stand there."""
_ALIKE = {"0": "OoÔDĐQCc", "1": "lI|!iÍA/JjÁ", "2": "Zz", "3": "ʒ", "5": "Ss", "6": "Gb", "7": "TFfY", "8": "&B"}
"""Letters and signs that recognisers see in handwritten digits."""
_ALIKE_WEIGHT = math.log(0.5)
_LOOKALIKE = str.maketrans({sign: digit for digit, signs in _ALIKE.items() for sign in signs})
_NEAR = 8
"""Days and months that the first look leaves; only these are looked at again."""
_KEPT = 4
"""How many values are kept with a word."""


@dataclass(slots=True)
class Reading:
    """What fills a blank: digits, how sure (0–1), where they stand, and the likeliest values with their probabilities."""

    digits: str
    confidence: float
    box: PixelBox
    options: list[tuple[str, float]] = field(default_factory=list)


@dataclass(slots=True)
class Blank:
    """A number or date line of a page: its kind, its box, and the line as read. The hook for other recognisers."""

    kind: str
    line: OcrLine


@dataclass(slots=True)
class Path:
    """Characters of a line and the middle of each in pixels of the page; with AsterOCR's scores where they are its own."""

    text: str
    places: Sequence[float]
    scores: Scores | None = None
    characters: Sequence[str] = ()
    frames: Sequence[int] = ()


def blanks_of(lines: Iterable[OcrLine], height: int) -> list[Blank]:
    """The number line and the date line of a page's head (upper 45%), where they are."""
    found: list[Blank] = []
    for line in lines:
        if line.box[1] > 0.45 * height or not line.words:
            continue
        texts = [line.text, line.extra.get("first", ""), line.extra.get("second", "")]
        if any(DATE_LINE.search(fold(t).lower()) for t in texts) and len(line.text) < 60:
            found.append(Blank("date", line))
        elif any(NUMBER_LINE.match(t) and fold(t).lower().lstrip(" .,'\"")[:1] == "s" for t in texts):
            found.append(Blank("number", line))
    kinds: set[str] = set()
    first: list[Blank] = []
    for blank in found:
        if blank.kind not in kinds:
            kinds.add(blank.kind)
            first.append(blank)
    return first


def fill(lines: list[OcrLine], image: Gray) -> None:
    """Read the blanks of the head's number and date lines anew and put the digits into the lines' words."""
    for blank in blanks_of(lines, image.shape[0]):
        if blank.kind == "number":
            _fill_number(blank.line, image)
        else:
            _fill_date(blank.line, image)


# --- where the blank is -------------------------------------------------------------------------------------------------


def paths_of(line: OcrLine, image: Gray) -> list[Path]:
    """The readings of the line whose characters have places, AsterOCR's first."""
    paths: list[Path] = []
    height = line.box[3] - line.box[1]
    dx, dy = round(0.3 * height), round(0.16 * height)
    area = (
        max(0, line.box[0] - dx),
        max(0, line.box[1] - dy),
        min(image.shape[1], line.box[2] + dx),
        min(image.shape[0], line.box[3] + dy),
    )
    found = second.third_scores(image[area[1] : area[3], area[0] : area[2]])
    if found is not None:
        text, frames = greedy_path(found[0], found[1])
        unit = (area[2] - area[0]) / len(found[0])
        paths.append(Path(text, [area[0] + (f + 0.5) * unit for f in frames], found[0], found[1], frames))
    reading = line.extra.get("path")
    if isinstance(reading, second.SecondReading) and len(reading.path) == len(reading.places):
        paths.append(Path(reading.path, reading.places))
    return paths


def _between(path: Path, start: int, end: int, line: OcrLine) -> tuple[float, float]:
    """Where the blank between the characters ``start - 1`` and ``end`` begins and ends, in pixels."""
    height = line.box[3] - line.box[1]
    left = path.places[start - 1] + 0.2 * height if start > 0 else float(line.box[0])
    right = path.places[end] - 0.2 * height if end < len(path.places) else float(line.box[2])
    return left, max(right, left + 0.3 * height)


_LOOKS = ((1.0, 0.0), (0.84, 0.0), (1.2, 0.0), (1.0, 0.14))
"""How often a blank is looked at: with margins of this part, the line this part of its height lower."""


def looks(image: Gray, line: PixelBox, left: float, right: float) -> list[Scores]:
    """What the network for digits says of a blank, cut in a few ways; [] without the network."""
    found = [digits.digit_scores(blank_picture(image, line, left, right, part, lower)) for part, lower in _LOOKS]
    return [f for f in found if f is not None]


def mean_score(scores: Sequence[Scores], text: str) -> float:
    """Mean log probability of ``text``; no look is surer than :data:`_FLOOR` that it does not stand there."""
    if not scores:
        return 0.0
    return sum(max(_FLOOR, ctc_score(s, digits.CHARACTERS, text)) for s in scores) / len(scores)


def blank_picture(image: Gray, line: PixelBox, left: float, right: float, part: float = 1.0, lower: float = 0.0) -> Gray:
    """The blank of a line with the margins that the network for digits was trained with, or a ``part`` of them."""
    height = line[3] - line[1]
    dx, dy = part * digits.MARGIN_X * height, part * digits.MARGIN_Y * height
    line = (line[0], line[1] + round(lower * height), line[2], line[3] + round(lower * height))
    x0, x1 = max(0, round(left - dx)), min(image.shape[1], round(right + dx))
    y0, y1 = max(0, round(line[1] - dy)), min(image.shape[0], round(line[3] + dy))
    return image[y0:y1, x0:x1]


# --- number -----------------------------------------------------------------------------------------------------------


def _fill_number(line: OcrLine, image: Gray) -> None:
    readings = [str(line.extra.get(k, "")) for k in ("first", "second")]
    gaps = [m[1] for m in (_NUMBER_PARTS.match(t) for t in readings) if m]
    said = [_only_digits(g) for g in gaps]
    paths = paths_of(line, image)
    best: Reading | None = None
    for path in paths:
        place = _NUMBER_PARTS.match(path.text)
        if not place:
            continue
        left, right = _between(path, place.start(1), place.end(), line)
        scores = looks(image, line.box, left, right)
        own = _window(path, place.start(1), place.end(1))
        texts = {text for one in scores for text in digit_strings(one, digits.CHARACTERS)}
        texts |= set(digit_strings(own, path.characters)) if own is not None else set()
        texts |= {text for text in said if 0 < len(text) <= 6}
        options = {text: mean_score(scores, text) + _number_prior(text) for text in texts}
        if own is not None:
            for text in options:
                options[text] += _THIRD_WEIGHT * max(ctc_score(own, path.characters, text), _FLOOR)
        for text, bonus in zip(said, (_AGREE_FIRST, _AGREE_SECOND), strict=False):
            if text in options:
                options[text] += bonus
        if len(said) == 2 and said[0] and said[0] == said[1] and all(map(_clean, gaps)):
            options[said[0]] = options.get(said[0], _FLOOR) + 1.5  # printed, and both readers of the line agree
        best = _winner(options, (round(left), line.box[1], round(right), line.box[3]), bool(scores), said)
        break
    if best is not None and len(said) == 2 and best.digits == said[0] == said[1] and all(map(_clean, gaps)):
        _note(line, best)
        return
    if best is None:
        usable = [d for d in said if d and len(d) <= 6]
        if not usable:
            return
        agreed = len(usable) == 2 and usable[0] == usable[1] and all(map(_clean, gaps))
        if agreed:
            return
        best = Reading(usable[-1], 0.4, line.box)
    if best.digits:
        _replace(line, best, paths[0].text if paths else "")


def _number_prior(text: str) -> float:
    """How (un)likely offices write a number so (natural logarithm): "0" never, "099" seldom, "09" often."""
    if not text.strip("0"):
        return -8.0 if text else -2.0
    return (-1.6 if len(text) > 2 and text[0] == "0" else 0.0) - 0.8 * max(0, len(text) - 4)


def _note(line: OcrLine, *readings: Reading) -> None:
    """Keep the line as it was read, and the values that compete with the words that stand."""
    words = iter(line.words)
    for reading in readings:
        for word in words:
            if word.text.lstrip("0") == reading.digits.lstrip("0"):
                word.options = reading.options
                break


def _replace(line: OcrLine, reading: Reading, third: str) -> None:
    tail = _best_tail([line.text, str(line.extra.get("second", "")), third])
    if not tail:
        return
    tail_words = [w for w in line.words if w.box[0] >= reading.box[2] - 2] or line.words[-1:]
    sure = sum(w.confidence for w in tail_words) / len(tail_words)
    right: PixelBox = (reading.box[2], line.box[1], line.box[2], line.box[3])
    left: PixelBox = (line.box[0], line.box[1], reading.box[0], line.box[3])
    line.words = [
        OcrWord("Số:", left, 0.97),
        OcrWord(reading.digits, reading.box, reading.confidence, reading.options),
        OcrWord(tail, right, sure),
    ]
    line.extra["handwriting"] = reading.digits


def _best_tail(texts: list[str]) -> str:
    """The symbol after the blank, as most readings have it."""
    tails: list[str] = []
    for text in texts:
        place = _NUMBER_PARTS.match(text)
        if place:
            tails.append(re.sub(r"\s?([/-])\s?", r"\1", text[place.end() :].strip()).rstrip(".,:;'`|_ "))
    if not tails:
        return ""
    return max(tails, key=lambda t: (tails.count(t), -tails.index(t)))


def _clean(gap: str) -> bool:
    return bool(re.fullmatch(r"\s?\d{1,6}\s?", gap))


def _only_digits(text: str) -> str:
    return re.sub(r"\D", "", text.translate(_LOOKALIKE))


# --- date -------------------------------------------------------------------------------------------------------------


def _fill_date(line: OcrLine, image: Gray) -> None:
    readings = [str(line.extra.get(k, "")) for k in ("first", "second")]
    parts = [DATE_LINE.search(fold(t).lower()) for t in readings]
    agreed = [(p["day"].strip(), p["month"].strip()) for p in parts if p]
    paths = paths_of(line, image)
    for path in paths:
        place = DATE_LINE.search(fold(path.text).lower())
        if not place:
            continue
        found: list[Reading | None] = []
        for at, (name, top) in enumerate((("day", 31), ("month", 12))):
            left, right = _between(path, place.start(name), place.end(name), line)
            scores = looks(image, line.box, left, right)
            own = _window(path, place.start(name), place.end(name))
            options: dict[str, float] = {}
            firsts = {v: max(mean_score(scores[:1], w) for w in {str(v), f"{v:02d}"}) for v in range(1, top + 1)}
            near = sorted(firsts, key=lambda v: firsts[v], reverse=True)[:_NEAR]
            for value, first in firsts.items():
                written = {str(value), f"{value:02d}"}
                score = max(mean_score(scores, w) for w in written) if value in near else min(first, _FLOOR / 2)
                if own is not None:
                    score += _THIRD_WEIGHT * max(_FLOOR, max(ctc_score(own, path.characters, w) for w in written))
                options[str(value)] = score
            said = [_only_digits(pair[at]).lstrip("0") for pair in agreed]
            for text, bonus in zip(said, (_AGREE_FIRST, _AGREE_SECOND), strict=False):
                if text in options:
                    options[text] += bonus
            if len(agreed) == 2 and agreed[0] == agreed[1] and _valid(*agreed[0]):
                options[said[0]] += 1.5
            box = (round(left), line.box[1], round(right), line.box[3])
            found.append(_winner(options, box, bool(scores), said) if scores or own is not None else None)
        day, month = found
        if day is None or month is None:
            return
        sure = len(agreed) == 2 and agreed[0] == agreed[1] and _valid(*agreed[0])
        if sure and (int(agreed[0][0]), int(agreed[0][1])) == (int(day.digits), int(month.digits)):
            _note(line, day, month)
            return
        source = next((t for t in (line.text, readings[1], path.text) if DATE_LINE.search(fold(t).lower())), "")
        if source:
            _rewrite_date(line, source, day, month)
        return


def _rewrite_date(line: OcrLine, source: str, day: Reading, month: Reading) -> None:
    place = DATE_LINE.search(fold(source).lower())
    if place is None:
        return
    before = source[: place.start()].strip()
    after = source[place.end("month") :].strip()
    after = re.sub(r"^n\S?m", "năm", after, flags=re.I)
    day_text, month_text = (
        f"{int(day.digits):02d}",
        month.digits if int(month.digits) > 2 else f"{int(month.digits):02d}",
    )
    sure = sorted(w.confidence for w in line.words)[len(line.words) // 2]
    y0, y1 = line.box[1], line.box[3]
    words = _laid([*before.split(), "ngày"], (line.box[0], y0, day.box[0], y1), sure)
    words.append(OcrWord(day_text, day.box, day.confidence, day.options))
    words += _laid(["tháng"], (day.box[2], y0, month.box[0], y1), 0.97)
    words.append(OcrWord(month_text, month.box, month.confidence, month.options))
    words += _laid(after.split(), (month.box[2], y0, line.box[2], y1), sure)
    line.words = words
    line.extra["handwriting"] = f"{day_text}/{month_text}"


def _laid(words: list[str], box: PixelBox, confidence: float) -> list[OcrWord]:
    total = max(1, len(" ".join(words)))
    unit = max(0, box[2] - box[0]) / total
    result: list[OcrWord] = []
    at = 0
    for word in words:
        result.append(
            OcrWord(
                word, (round(box[0] + at * unit), box[1], round(box[0] + (at + len(word)) * unit), box[3]), confidence
            )
        )
        at += len(word) + 1
    return result


def _valid(day: str, month: str) -> bool:
    return day.isdigit() and month.isdigit() and 1 <= int(day) <= 31 and 1 <= int(month) <= 12


# --- scores -----------------------------------------------------------------------------------------------------------


def _window(path: Path, start: int, end: int) -> Scores | None:
    """AsterOCR's scores between the character before the blank and the one after it, look-alikes counted as digits."""
    if path.scores is None:
        return None
    low = path.frames[start - 1] + 1 if start > 0 else 0
    high = path.frames[end] if end < len(path.frames) else len(path.scores)
    return as_digits(path.scores[low : max(high, low + 1)], path.characters)


def as_digits(window: Scores, characters: Sequence[str]) -> Scores:
    """The scores of a blank in which only digits may stand: what looks like a digit counts for it."""
    index = {c: i for i, c in enumerate(characters)}
    result = window.copy()
    for digit, signs in _ALIKE.items():
        columns = [index[s] for s in signs if s in index]
        if columns:
            alike = np.logaddexp.reduce(window[:, columns], axis=1) + _ALIKE_WEIGHT
            result[:, index[digit]] = np.logaddexp(window[:, index[digit]], alike)
    return result


def _winner(options: dict[str, float], box: PixelBox, with_network: bool, said: list[str]) -> Reading | None:
    """The likeliest of the values, with the share of the others; None where there is none."""
    if not options:
        return None
    ranked = sorted(options.items(), key=lambda item: item[1], reverse=True)
    top = ranked[0][1]
    weights = [math.exp(_SOFTNESS * (v - top)) for _, v in ranked]
    total = sum(weights)
    kept = [(text, round(weight / total, 4)) for (text, _), weight in zip(ranked, weights, strict=True)][:_KEPT]
    best = ranked[0][0]
    # Without the network for digits what a second reader saw too is right more often.
    trust = 0.97 if with_network else 0.9 if best in said else 0.72
    return Reading(best, round(trust * kept[0][1], 3), box, [k for k in kept if k[0]])


_SOFTNESS = 0.7
"""Networks are surer of handwriting than they should be: their log probabilities count for so much."""
