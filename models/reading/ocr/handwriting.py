"""The number and the date, which a clerk wrote by hand into the printed form, read with what may stand there.

"Số: … /SYMBOL" takes digits, "ngày … tháng … năm" a day and a month. AsterOCR's network, which has seen handwriting,
gives a probability for every character at every place of the line; only digits (for the day 1–31, for the month 1–12)
compete for the blanks, and what the other recognisers read there counts as evidence. Without AsterOCR the digits of
the other readings are weighed alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.reading.ocr import second
from models.reading.ocr.engine import Gray, OcrLine, OcrWord, PixelBox
from models.text import fold

NUMBER_LINE = re.compile(
    r"^\W{0,3}S\S{0,2}\s?[:.;,]{0,2}\s?(?P<gap>.{0,14}?)\s?(?P<rest>/\s?[A-ZĐƯ].{0,40}|[A-ZĐƯ]{2,6}-.{0,30})$"
)
"""A printed "Số:", a blank, and the symbol; the slash may be missing."""
_NUMBER_PARTS = re.compile(r"^\W{0,3}s\S{0,2}[:.;, ]{1,3}(.{0,14}?)\s?(?=/\s?[A-ZĐƯ]|[A-ZĐƯ]{2,6}-)", re.I)
_DAY = re.compile(r"ng[aà]y", re.I)
DATE_LINE = re.compile(r"ngay(?P<day>.{0,8}?)thang?(?P<month>.{0,7}?)n[aă]m\W{0,2}(?P<year>(?:19|20)\d\d)?")
"""Place and date, folded: day and month are the blanks."""

_AGREE_SECOND = 1.6
_AGREE_FIRST = 1.2
_ALIKE = {"0": "OoÔDĐQCc", "1": "lI|!iÍA/JjÁ", "2": "Zz", "3": "ʒ", "5": "Ss", "6": "Gb", "7": "TFfY", "8": "&B"}
"""Letters and signs that recognisers see in handwritten digits."""
_ALIKE_WEIGHT = math.log(0.5)
_LOOKALIKE = str.maketrans({sign: digit for digit, signs in _ALIKE.items() for sign in signs})


@dataclass(slots=True)
class Reading:
    """What fills a blank: digits, how sure (0–1), and where they stand."""

    digits: str
    confidence: float
    box: PixelBox


@dataclass(slots=True)
class Blank:
    """A number or date line of a page: its kind, its box, and the line as read. The hook for other recognisers."""

    kind: str
    line: OcrLine


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


# --- number -----------------------------------------------------------------------------------------------------------


def _fill_number(line: OcrLine, image: Gray) -> None:
    readings = [str(line.extra.get(k, "")) for k in ("first", "second")]
    gaps = [m[1] for m in (_NUMBER_PARTS.match(t) for t in readings) if m]
    digits = [_only_digits(g) for g in gaps]
    if len(digits) == 2 and digits[0] and digits[0] == digits[1] and _clean(gaps[0]):
        return  # printed, and both readers agree
    scored = _frames(line, image)
    best: Reading | None = None
    third = ""
    if scored is not None:
        scores, characters, area = scored
        greedy, frames = greedy_path(scores, characters)
        third = greedy
        place = _NUMBER_PARTS.match(greedy)
        if place:
            start, end = _frame_range(frames, place.start(1), place.end(1), len(scores))
            window = as_digits(scores[start:end], characters)
            options = _digit_strings(window, characters)
            for text, bonus in zip(digits, (_AGREE_FIRST, _AGREE_SECOND), strict=False):
                if text and len(text) <= 6:
                    options.setdefault(text, ctc_score(window, characters, text))
                    options[text] += bonus
            best = _winner(options, line.box, area, start, end, len(scores), digits)
    if best is None:
        usable = [d for d in digits if d and len(d) <= 6]
        if not usable:
            return
        best = Reading(usable[-1], 0.4, line.box)
    _replace(line, best, third)


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
        OcrWord(reading.digits, reading.box, reading.confidence),
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
    if len(agreed) == 2 and agreed[0] == agreed[1] and _valid(*agreed[0]):
        return
    scored = _frames(line, image)
    found: list[Reading | None] = [None, None]
    third = ""
    if scored is not None:
        scores, characters, area = scored
        third, frames = greedy_path(scores, characters)
        place = DATE_LINE.search(fold(third).lower())
        if place:
            for at, (name, top) in enumerate((("day", 31), ("month", 12))):
                start, end = _frame_range(frames, place.start(name), place.end(name), len(scores))
                window = as_digits(scores[start:end], characters)
                options: dict[str, float] = {}
                for value in range(1, top + 1):
                    written = max(ctc_score(window, characters, s) for s in {str(value), f"{value:02d}"})
                    options[str(value)] = written
                for pair, bonus in zip(agreed, (_AGREE_FIRST, _AGREE_SECOND), strict=False):
                    said = _only_digits(pair[at])
                    if said and 1 <= int(said[:4]) <= top:
                        options[str(int(said))] += bonus
                said_by = [_only_digits(pair[at]).lstrip("0") for pair in agreed]
                found[at] = _winner(options, line.box, area, start, end, len(scores), said_by)
    if found[0] is None or found[1] is None:
        return
    day, month = found[0], found[1]
    source = next((t for t in (line.text, readings[1], third) if DATE_LINE.search(fold(t).lower())), "")
    if source:
        _rewrite_date(line, source, day, month)


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
    words.append(OcrWord(day_text, day.box, day.confidence))
    words += _laid(["tháng"], (day.box[2], y0, month.box[0], y1), 0.97)
    words.append(OcrWord(month_text, month.box, month.confidence))
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


def _frames(line: OcrLine, image: Gray) -> tuple[NDArray[np.float64], list[str], PixelBox] | None:
    height = line.box[3] - line.box[1]
    dx, dy = round(0.3 * height), round(0.16 * height)
    area = (
        max(0, line.box[0] - dx),
        max(0, line.box[1] - dy),
        min(image.shape[1], line.box[2] + dx),
        min(image.shape[0], line.box[3] + dy),
    )
    found = second.third_scores(image[area[1] : area[3], area[0] : area[2]])
    return None if found is None else (found[0], found[1], area)


def as_digits(window: NDArray[np.float64], characters: list[str]) -> NDArray[np.float64]:
    """The scores of a blank in which only digits may stand: what looks like a digit counts for it."""
    index = {c: i for i, c in enumerate(characters)}
    result = window.copy()
    for digit, signs in _ALIKE.items():
        columns = [index[s] for s in signs if s in index]
        if columns:
            alike = np.logaddexp.reduce(window[:, columns], axis=1) + _ALIKE_WEIGHT
            result[:, index[digit]] = np.logaddexp(window[:, index[digit]], alike)
    return result


def greedy_path(scores: NDArray[np.float64], characters: list[str]) -> tuple[str, list[int]]:
    """The likeliest text, and the frame at which each of its characters stands."""
    best = scores.argmax(axis=1)
    text: list[str] = []
    frames: list[int] = []
    previous = -1
    for frame, at in enumerate(best):
        if at != previous and characters[at]:
            text.append(characters[at])
            frames.append(frame)
        previous = int(at)
    return "".join(text), frames


def _frame_range(frames: list[int], start: int, end: int, total: int) -> tuple[int, int]:
    """Frames between the character before the blank and the one after it."""
    low = frames[start - 1] + 1 if start > 0 else 0
    high = frames[end] if end < len(frames) else total
    return (low, max(high, low + 1))


def ctc_score(window: NDArray[np.float64], characters: list[str], text: str) -> float:
    """Log probability of ``text`` in the frames of ``window``; a blank of the form (space, dots) costs nothing."""
    rest = [i for i, c in enumerate(characters) if c in ("", " ", ".", ",", "_", "-")]
    index = {c: i for i, c in enumerate(characters)}
    blank = np.logaddexp.reduce(window[:, rest], axis=1)
    labels = [index[c] for c in text]
    states = 2 * len(labels) + 1
    if not labels or len(window) < len(labels):
        return -1e9
    alpha = np.full(states, -np.inf)
    alpha[0] = blank[0]
    alpha[1] = window[0, labels[0]]
    for t in range(1, len(window)):
        previous = alpha.copy()
        for s in range(states):
            value = previous[s]
            if s > 0:
                value = np.logaddexp(value, previous[s - 1])
            if s > 1 and s % 2 == 1 and labels[s // 2] != labels[s // 2 - 1]:
                value = np.logaddexp(value, previous[s - 2])
            alpha[s] = value + (blank[t] if s % 2 == 0 else window[t, labels[s // 2]])
    return float(np.logaddexp(alpha[-1], alpha[-2]))


def _digit_strings(window: NDArray[np.float64], characters: list[str], width: int = 12) -> dict[str, float]:
    """The likeliest strings of up to six digits in the window (prefix beam search), with their log probabilities."""
    index = {c: i for i, c in enumerate(characters)}
    digits = [index[d] for d in "0123456789"]
    candidates: set[str] = {""}
    beam: dict[str, float] = {"": 0.0}
    rest = [i for i, c in enumerate(characters) if c in ("", " ", ".", ",", "_", "-")]
    blank = np.logaddexp.reduce(window[:, rest], axis=1)
    # Peaks where a digit is likely become places; the beam chooses a digit or nothing at each.
    mass = np.logaddexp.reduce(window[:, digits], axis=1)
    ink = np.logaddexp.reduce(np.delete(window, rest, axis=1), axis=1)
    places = [t for t in range(len(window)) if ink[t] > math.log(0.08) or mass[t] > math.log(0.02)]
    groups: list[list[int]] = []
    for t in places:
        if groups and t - groups[-1][-1] <= 1:
            groups[-1].append(t)
        else:
            groups.append([t])
    for group in groups[:8]:
        grown: dict[str, float] = {}
        best = {d: max(float(window[t, d]) for t in group) for d in digits}
        skip = float(sum(blank[t] for t in group))
        for text, score in beam.items():
            for d in sorted(best, key=lambda k: best[k], reverse=True)[:4]:
                key = text + characters[d]
                grown[key] = max(grown.get(key, -1e9), score + best[d])
            grown[text] = max(grown.get(text, -1e9), score + skip)
        beam = dict(sorted(grown.items(), key=lambda item: item[1], reverse=True)[:width])
        candidates |= set(beam)
    return {text: ctc_score(window, characters, text) for text in candidates if 0 < len(text) <= 6}


def _winner(
    options: dict[str, float], box: PixelBox, area: PixelBox, start: int, end: int, frames: int, said: list[str]
) -> Reading | None:
    usable = {k: v for k, v in options.items() if v > -60.0}
    if not usable:
        return None
    ranked = sorted(usable.items(), key=lambda item: item[1], reverse=True)
    top = ranked[0][1]
    total = sum(math.exp(v - top) for _, v in ranked)
    unit = (area[2] - area[0]) / max(1, frames)
    where = (round(area[0] + start * unit), box[1], round(area[0] + end * unit), box[3])
    # The network is surer of handwriting than it should be; what a second reader saw too is right more often.
    best = ranked[0][0]
    return Reading(best, round((0.9 if best in said else 0.72) / total, 3), where)
