"""Handwritten numbers and days: the network for digits, the scores of strings, what is put into the line."""

from __future__ import annotations

import itertools
import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw, ImageFont

from corpus.render.fonts import font_file
from models.reading.ocr import digits, handwriting, second
from models.reading.ocr.ctc import ctc_score, digit_strings, greedy_path
from models.reading.ocr.engine import OcrLine, OcrWord
from training.digit_lines import Sources, blanks, by_strokes, sources

NO_PICTURES = Sources(pictures={str(d): [] for d in range(10)})


@given(hnp.arrays(np.float64, (4, 3), elements=st.floats(-6, 0)))
def test_scores_of_all_strings_sum_to_one(raw: np.ndarray) -> None:
    scores = raw - np.logaddexp.reduce(raw, axis=1, keepdims=True)
    characters = ["", "1", "2"]
    strings = ["".join(s) for n in range(5) for s in itertools.product("12", repeat=n)]
    assert sum(math.exp(ctc_score(scores, characters, s)) for s in strings) == pytest.approx(1.0, abs=1e-6)


@given(hnp.arrays(np.float64, (5, 4), elements=st.floats(-5, 0)))
def test_search_finds_the_likeliest_string(raw: np.ndarray) -> None:
    scores = raw - np.logaddexp.reduce(raw, axis=1, keepdims=True)
    characters = ["", "1", "2", "7"]
    strings = ["".join(s) for n in range(6) for s in itertools.product("127", repeat=n)]
    best = max(ctc_score(scores, characters, s) for s in strings)
    found = digit_strings(scores, characters, width=40)
    assert max(found.values()) == pytest.approx(best, abs=0.05)


def test_dots_of_a_form_cost_nothing() -> None:
    characters = ["", ".", "3"]
    scores = np.log(np.array([[0.05, 0.9, 0.05], [0.05, 0.05, 0.9], [0.05, 0.9, 0.05]]))
    assert ctc_score(scores, characters, "3") > math.log(0.75)
    assert greedy_path(scores, characters) == (".3.", [0, 1, 2])


def test_shipped_network_reads_drawn_blanks() -> None:
    """Pictures of seeds that no training used; digits of strokes, print and scikit-learn's. Chance is one in a thousand."""
    pictures, texts = blanks(60, 77_001, sources(None, held_out=True))
    right = 0
    for picture, text in zip(pictures, texts, strict=True):
        scores = digits.digit_scores(picture)
        assert scores is not None
        assert np.allclose(np.exp(scores).sum(axis=1), 1, atol=1e-3)
        found = digit_strings(scores, digits.CHARACTERS)
        right += max(found, key=lambda k: found[k]) == text
    assert right >= 36, f"{right} of 60"


def test_network_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_NO_DIGITS", "1")
    digits._session.cache_clear()
    assert digits.digit_scores(np.full((40, 80), 255, np.uint8)) is None
    monkeypatch.undo()
    digits._session.cache_clear()


def test_normalised_picture_has_the_network_s_height() -> None:
    for shape in ((10, 30), (100, 90), (64, 4000)):
        picture = digits.normalised(np.full(shape, 200, np.uint8))
        assert picture.shape[0] == digits.HEIGHT
        assert picture.shape[1] <= digits.MAX_WIDTH


def _line(parts: list[str], seed: int, size: int = 44) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """A line of print with handwriting in every second part; the image and where each part begins and ends."""
    font = ImageFont.truetype(str(font_file("serif", "regular")), size)
    image = Image.new("L", (1400, 220), 255)
    draw = ImageDraw.Draw(image)
    page = np.asarray(image)
    x, spans = 60, []
    rng = Random(seed)
    hands: list[tuple[int, np.ndarray]] = []
    for index, part in enumerate(parts):
        if index % 2:
            mask = by_strokes(part, round(0.75 * size), rng)
            hands.append((x + 8, mask))
            width = mask.shape[1] + 20
        else:
            draw.text((x, 120), part, 0, font=font, anchor="ls")
            width = round(font.getlength(part))
        spans.append((x, x + width))
        x += width
    page = np.array(image)
    for at, mask in hands:
        top = 122 - mask.shape[0]
        room = page[top : top + mask.shape[0], at : at + mask.shape[1]]
        room[:] = np.minimum(room, (255 - 220 * mask).astype(np.uint8))
    return page, spans


def _read(parts: list[str], garbled: list[str], seed: int) -> OcrLine:
    """The line as two poor readers saw it, with the places of the printed characters."""
    image, spans = _line(parts, seed)
    box = (60, 82, spans[-1][1], 132)
    text = "".join(garbled)
    places: list[float] = []
    for (x0, x1), part in zip(spans, garbled, strict=True):
        places += [x0 + (x1 - x0) * (i + 0.5) / max(1, len(part)) for i in range(len(part))]
    line = OcrLine([OcrWord(text, box, 0.5)], box, 0.5)
    line.extra.update(first=text, second=text, path=second.SecondReading(text, 0.5, text, places))
    handwriting.fill([line], np.vstack([image, np.full((600, image.shape[1]), 255, np.uint8)]))
    return line


@pytest.fixture
def _without_third(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "third_scores", lambda crop: None)


@pytest.mark.usefixtures("_without_third")
def test_number_and_day_are_put_into_their_lines() -> None:
    numbers = ["354", "87", "1420", "6763", "25", "908", "3154", "47"]
    right = 0
    for seed, number in enumerate(numbers):
        line = _read(["Số: ", number, "/QĐ-UBND"], ["Số: ", "x?", "/QĐ-UBND"], seed)
        word = line.words[1]
        right += word.text == number
        assert line.words[0].text == "Số:"
        assert line.words[-1].text == "/QĐ-UBND"
        assert word.options
        assert word.options[0][0] == word.text
        assert sum(p for _, p in word.options) <= 1.001
    assert right >= 5, right
    days = 0
    for seed, (day, month) in enumerate([("31", "7"), ("03", "8"), ("15", "01"), ("22", "4"), ("9", "12"), ("26", "3")]):
        line = _read(["Hà Nội, ngày ", day, " tháng ", month, " năm 2020"], ["Hà Nội, ngày ", "~", " tháng ", "~", " năm 2020"], 50 + seed)
        values = [w for w in line.words if w.options]
        assert len(values) == 2
        assert 1 <= int(values[0].text) <= 31
        assert 1 <= int(values[1].text) <= 12
        days += [int(w.text) for w in values] == [int(day), int(month)]
    assert days >= 4, days


@pytest.mark.usefixtures("_without_third")
@pytest.mark.parametrize("text", ["Số: 45/STN-VP", "Số 143-CV/BDVTU", "Số: 168-KH/TU"])
def test_printed_number_that_both_readers_saw_stays_as_it_was_read(text: str) -> None:
    image, spans = _line([text], 1)
    box = (60, 82, spans[0][1], 132)
    line = OcrLine([OcrWord(part, box, 0.9) for part in text.split()], box, 0.9)
    places = [60 + (spans[0][1] - 60) * (i + 0.5) / len(text) for i in range(len(text))]
    line.extra.update(first=text, second=text, path=second.SecondReading(text, 0.9, text, places))
    handwriting.fill([line], np.vstack([image, np.full((600, image.shape[1]), 255, np.uint8)]))
    assert line.text == text


def test_strokes_of_every_digit_and_form_have_ink() -> None:
    for digit in "0123456789":
        assert by_strokes(digit, 40, Random(digit)).max() > 0.5
    assert blanks(3, 1, NO_PICTURES)[0][0].dtype == np.uint8
