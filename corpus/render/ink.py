"""Ink on paper: handwritten digits, signature scrawls, seals, incoming-mail stamps, signature overlays.

Everything is drawn by program from a seed; no real handwriting, seal or signature is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from corpus.data import data_table
from corpus.render.fonts import font_file

Image8 = NDArray[np.uint8]
Alpha = NDArray[np.float32]
Color = tuple[int, int, int]

BLUE_INKS: tuple[Color, ...] = ((25, 40, 140), (40, 60, 170), (15, 25, 90))
BLACK_INKS: tuple[Color, ...] = ((30, 30, 35), (50, 50, 55))
SEAL_REDS: tuple[Color, ...] = ((200, 30, 40), (215, 50, 60), (185, 20, 50))


@cache
def strokes_of(char: str, variant: int = 1) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Strokes of a digit (or a, b, /) from ``tables/digit_strokes.tsv``; none for other characters."""
    return tuple(
        tuple((float(x), float(y)) for x, y in (point.split(",") for point in row["points"].split()))
        for row in data_table("digit_strokes")
        if row["char"] == char and int(row["variant"]) == variant
    )


@cache
def variants_of(char: str) -> tuple[int, ...]:
    """The ways of writing a digit that the table knows."""
    return tuple(sorted({int(row["variant"]) for row in data_table("digit_strokes") if row["char"] == char}))


def _mask(image: Image8 | Image.Image, strength: float = 1.0) -> Alpha:
    """Gray values 0–255 as an alpha mask of at most ``strength``."""
    return np.asarray(image, dtype=np.float32) * np.float32(strength / 255)


def smooth(points: Sequence[tuple[float, float]], steps: int = 14) -> list[tuple[float, float]]:
    """A Catmull-Rom curve through the points."""
    if len(points) < 3:
        return list(points)
    padded = [points[0], *points, points[-1]]
    curve: list[tuple[float, float]] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for i in range(steps):
            t = i / steps
            curve.append(
                tuple(  # type: ignore[arg-type]
                    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    curve.append(points[-1])
    return curve


def lay_ink(page: Image8, alpha: Alpha, color: Color, at: tuple[int, int]) -> None:
    """Darken the page by an ink of ``color`` where ``alpha`` (0–1) says, its top left corner at ``at`` (x, y)."""
    x, y = at
    height, width_ = alpha.shape
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width_, page.shape[1]), min(y + height, page.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = alpha[y0 - y : y1 - y, x0 - x : x1 - x, None]
    ink = np.array(color, dtype=np.float32) / 255
    region = page[y0:y1, x0:x1].astype(np.float32)
    page[y0:y1, x0:x1] = np.clip(region * (1 - part * (1 - ink)), 0, 255).astype(np.uint8)


def handwriting(text: str, height: int, rng: Random) -> Alpha:
    """Handwritten digits (and a, b, /) as an alpha mask of about ``height`` pixels."""
    slant = rng.uniform(-0.08, 0.3)
    pen = max(1, round(height * rng.uniform(0.055, 0.1)))
    margin = pen * 3
    advance = [0.0]
    shapes: list[list[list[tuple[float, float]]]] = []
    # One hand writes one form of each digit.
    forms = {char: rng.choice(variants_of(char) or (1,)) for char in sorted(set(text))}
    for char in text:
        strokes = strokes_of(char, forms[char])
        grow, lift = rng.uniform(0.86, 1.1), rng.uniform(-0.06, 0.06)
        wide = rng.uniform(0.8, 1.15)
        shape = [
            [
                (
                    (x * wide + slant * (1 - y) + rng.uniform(-0.03, 0.03)) * grow,
                    (y + rng.uniform(-0.03, 0.03)) * grow + lift,
                )
                for x, y in stroke
            ]
            for stroke in strokes
        ]
        shapes.append(shape)
        advance.append(advance[-1] + (0.6 * wide + rng.uniform(0.06, 0.2)) * grow)
    width_ = int(advance[-1] * height + height * 0.5) + 2 * margin
    canvas = np.zeros((int(height * 1.25) + 2 * margin, max(width_, 8)), dtype=np.uint8)
    for shape, offset in zip(shapes, advance, strict=False):
        for stroke in shape:
            curve = [(margin + (offset + x) * height, margin + y * height) for x, y in smooth(stroke)]
            points = np.array(curve, dtype=np.float32)
            cv2.polylines(canvas, [np.round(points * 8).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 3)
    return _mask(canvas, rng.uniform(0.8, 0.97))


def scrawl(width_: int, height: int, rng: Random) -> Alpha:
    """A signature: a fast irregular curve with loops and a closing stroke."""
    canvas = np.zeros((height, width_), dtype=np.uint8)
    loops = rng.randint(4, 8)
    points: list[tuple[float, float]] = []
    for i in range(loops * 3):
        t = i / (loops * 3 - 1)
        amplitude = 0.38 * (1 - 0.5 * t)
        points.append(
            (
                (0.08 + 0.75 * t + rng.uniform(-0.06, 0.06)) * width_,
                (0.5 + amplitude * math.sin(i * rng.uniform(1.7, 2.6)) + rng.uniform(-0.08, 0.08)) * height,
            )
        )
    strokes = [points]
    if rng.random() < 0.7:
        y = rng.uniform(0.6, 0.85) * height
        strokes.append(
            [(0.1 * width_, y), (0.5 * width_, y - 0.1 * height), (0.97 * width_, y - rng.uniform(0, 0.3) * height)]
        )
    pen = max(1, round(height * rng.uniform(0.018, 0.03)))
    for stroke in strokes:
        curve = np.array(smooth(stroke, 18), dtype=np.float32)
        cv2.polylines(canvas, [np.round(curve * 8).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 3)
    return _mask(canvas, 0.9)


def seal(diameter: int, text: str, rng: Random) -> Alpha:
    """A round seal: double ring, the body's name around it, a star; worn by uneven ink."""
    size = diameter * 2
    image = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(image)
    middle = size / 2
    for radius, line in ((0.49, 0.016), (0.455, 0.006), (0.27, 0.006)):
        r = radius * size
        draw.ellipse((middle - r, middle - r, middle + r, middle + r), outline=255, width=max(2, round(line * size)))
    star = [
        (
            middle + (0.15 if i % 2 == 0 else 0.06) * size * math.sin(math.pi * i / 5),
            middle - (0.15 if i % 2 == 0 else 0.06) * size * math.cos(math.pi * i / 5),
        )
        for i in range(10)
    ]
    draw.polygon(star, fill=255)
    name = f"{text.upper()[:42]} "
    points = max(8, round(size * min(0.085, 2.6 / (len(name) + 6))))
    font = ImageFont.truetype(str(font_file("sans", "bold")), points)
    sweep = math.radians(min(330, 11 * len(name)))
    for i, char in enumerate(name):
        angle = -sweep / 2 + sweep * (i + 0.5) / len(name)
        letter = Image.new("L", (points * 2, points * 2), 0)
        ImageDraw.Draw(letter).text((points, points), char, 255, font=font, anchor="mm")
        letter = letter.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x = middle + 0.365 * size * math.sin(angle) - letter.width / 2
        y = middle - 0.365 * size * math.cos(angle) - letter.height / 2
        image.paste(255, (round(x), round(y)), letter)
    turned = image.rotate(rng.uniform(-25, 25), resample=Image.Resampling.BICUBIC)
    mask = _mask(turned.resize((diameter, diameter), Image.Resampling.LANCZOS), rng.uniform(0.75, 0.95))
    return mask * blotches(mask.shape[0], mask.shape[1], rng, low=rng.uniform(0.35, 0.6))


def blotches(height: int, width_: int, rng: Random, low: float = 0.5) -> Alpha:
    """Smooth noise between ``low`` and 1: ink that did not take everywhere."""
    source = np.random.default_rng(rng.getrandbits(32))
    coarse = source.random((max(2, height // 24), max(2, width_ // 24)), dtype=np.float32)
    field = cv2.resize(coarse, (width_, height), interpolation=cv2.INTER_CUBIC)
    taken: Alpha = np.clip(low + (1 - low) * 1.4 * field, low, 1).astype(np.float32)
    return taken


def text_block(lines: Sequence[str], size: int, *, style: str = "regular", frame: bool = False, pad: int = 4) -> Alpha:
    """Printed lines as a mask, framed if asked: stamps and overlays."""
    font = ImageFont.truetype(str(font_file("sans", style)), size)
    step = round(size * 1.35)
    wide = max(int(font.getlength(line)) for line in lines) + 2 * pad + 4
    image = Image.new("L", (wide, step * len(lines) + 2 * pad), 0)
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(lines):
        draw.text((pad + 2, pad + i * step), line, 255, font=font)
    if frame:
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=255, width=max(1, size // 9))
    return _mask(image)


def marking_stamp(text: str, unit: float, rng: Random) -> Alpha:
    """A stamp of urgency or secrecy (Decree 30/2020 Appendix IV): bold letters in a frame, pressed at an angle, worn.

    The frame is single, double or an arrow, as offices have them made.
    """
    size = max(9, round(rng.uniform(13, 15) * unit))
    font = ImageFont.truetype(str(font_file("serif", "bold")), size)
    rows = [text] if len(text.split()) < 3 or rng.random() < 0.5 else [" ".join(text.split()[:2]), " ".join(text.split()[2:])]
    wide = round(max(font.getlength(row) for row in rows) + 1.1 * size)
    high = round(1.25 * size * len(rows) + 0.55 * size)
    arrow = round(1.5 * high) if rng.random() < 0.25 else 0
    image = Image.new("L", (wide + 2 * arrow + 12, high + 2 * arrow // 2 + 12), 0)
    draw = ImageDraw.Draw(image)
    x, y = arrow + 6, arrow // 2 + 6
    for i, row in enumerate(rows):
        draw.text((x + wide / 2, y + high / 2 + (i - (len(rows) - 1) / 2) * 1.25 * size), row, 255, font=font, anchor="mm")
    line = max(1, size // 8)
    if arrow:
        tip = [(x + wide + arrow, y + high / 2), (x + wide, y - arrow / 2), (x + wide, y), (x, y), (x - arrow / 2, y - arrow / 3),
               (x - arrow / 3, y + high / 2), (x - arrow / 2, y + high + arrow / 3), (x, y + high), (x + wide, y + high),
               (x + wide, y + high + arrow / 2)]  # fmt: skip
        draw.line([*tip, tip[0]], fill=255, width=line)
    else:
        draw.rectangle((x, y, x + wide, y + high), outline=255, width=line)
        if rng.random() < 0.4:
            draw.rectangle((x + 2 * line, y + 2 * line, x + wide - 2 * line, y + high - 2 * line), outline=255, width=max(1, line // 2))
    mask = _mask(image, rng.uniform(0.75, 0.97))
    return _turn(mask * blotches(mask.shape[0], mask.shape[1], rng, low=rng.uniform(0.5, 0.8)), rng.choice([0, 1, 1]) * rng.gauss(6, 12))


def incoming_stamp(unit: float, rng: Random, dated: date | None = None) -> tuple[Alpha, Alpha]:
    """The stamp "ĐẾN" (35 × 50 mm, Decree 30/2020 Appendix IV): printed part and the handwriting in it.

    ``dated`` is the letter's day: it comes in within the next fortnight.
    """
    size = max(7, round(8.5 * unit))
    came = (dated or date(2020, rng.randint(1, 12), rng.randint(1, 28))) + timedelta(days=rng.choice([0, 1, 1, 2, 3, 5, 8, 13]))
    day, month = came.day, came.month
    head = rng.choice(["CÔNG VĂN ĐẾN", "VĂN BẢN ĐẾN", "ĐẾN"])
    rows = [head, *(f"{row}: ..............." for row in ("Số", "Ngày", "Chuyển", "Số, ký hiệu HS"))]
    printed = text_block(rows[: rng.choice([3, 4, 5])], size, style="bold", frame=True, pad=round(5 * unit))
    written = np.zeros_like(printed)
    step = round(size * 1.35)
    for row, text in ((1, str(rng.randint(20, 4800))), (2, f"{day:02d}/{month}")):
        hand = handwriting(text, max(6, round(size * 1.15)), rng)
        x, y = round(printed.shape[1] * 0.34), round(5 * unit) + row * step - round(size * 0.25)
        h, w = min(hand.shape[0], written.shape[0] - y), min(hand.shape[1], written.shape[1] - x)
        if h > 0 and w > 0:
            written[y : y + h, x : x + w] = np.maximum(written[y : y + h, x : x + w], hand[:h, :w])
    angle = rng.uniform(-6, 6)
    return _turn(printed * blotches(printed.shape[0], printed.shape[1], rng, low=0.5), angle), _turn(written, angle)


def _turn(mask: Alpha, angle: float) -> Alpha:
    image = Image.fromarray((mask * 255).astype(np.uint8)).rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    return _mask(image)
