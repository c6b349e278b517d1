"""Scans of a letter in five grades, with the map from page points to pixels, so that gold boxes follow the image.

clean   200 dpi as printed.
light   200–300 dpi, seal and signature, slight skew, JPEG 85.
scan    200 dpi, handwritten number and day, skew to 1°, blur, noise, uneven light, JPEG 55–75.
hard    150 dpi, photocopy of a copy, speckle, streaks, skew to 3°, "ĐẾN" stamp; or a phone photo in perspective.
fax     1 bit, 100–200 dpi, broken strokes, salt and pepper.

OpenCV (Apache-2.0) does the image work. The same letter, style, grade and seed give the same pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Literal, cast, get_args

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from corpus.dates import parse_iso
from corpus.model import AnnotatedLetter
from corpus.render import ink
from corpus.render.boxes import GoldBox, boxes_of, gold_boxes
from corpus.render.layout import lay_out
from corpus.render.lines import Layout
from corpus.render.pdf import draw_pdf
from corpus.render.style import PageStyle, choose_style
from models.letter import Box, Zone

Grade = Literal["clean", "light", "scan", "hard", "fax"]
GRADES: tuple[Grade, ...] = get_args(Grade)
Matrix = NDArray[np.float64]
Image8 = NDArray[np.uint8]


@dataclass(slots=True)
class ScanPage:
    """One page image (RGB, or one channel for fax) and the matrix from page points to its pixels."""

    image: Image8
    dpi: int
    matrix: Matrix

    def box(self, box: Box) -> Box:
        """The upright box around a page box, in pixels."""
        x0, y0, x1, y1 = box
        corners = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], dtype=np.float64)
        moved = cv2.perspectiveTransform(corners, self.matrix)[0]
        return (
            float(moved[:, 0].min()), float(moved[:, 1].min()), float(moved[:, 0].max()), float(moved[:, 1].max()),
        )  # fmt: skip


@dataclass(slots=True)
class Scan:
    """A scanned letter: pages, gold boxes in pixels, and what was done to it."""

    pages: list[ScanPage]
    boxes: list[GoldBox]
    grade: Grade
    effects: list[str] = field(default_factory=list)


def scan(letter: AnnotatedLetter, grade: Grade, seed: int = 0, style: PageStyle | None = None) -> Scan:
    """Print, sign, stamp and scan a letter. Raises ValueError for an unknown grade."""
    if grade not in GRADES:
        raise ValueError(f"unknown grade {grade!r}: one of {', '.join(GRADES)}")
    rng = Random(f"scan/{letter.id}/{grade}/{seed}")
    effects: list[str] = []
    blanks: set[str] = set()
    if grade in ("scan", "hard", "fax") or (grade == "light" and rng.random() < 0.4):
        if rng.random() < 0.85:
            blanks.add("number")
        if rng.random() < 0.65:
            blanks.add("day")
    if grade != "clean" and any(b.zone in (Zone.URGENCY, Zone.SECRECY) for b in letter.blocks):
        blanks.add("stamp")
    layout = lay_out(letter, style or choose_style(letter, seed), blanks=frozenset(blanks))
    dpi = _dpi(grade, rng)
    pages = _raster(layout, dpi)
    if grade != "clean":
        _sign(letter, layout, pages, dpi, rng, effects, blanks)
    photo = grade == "hard" and rng.random() < 0.3
    # One machine scans all pages of a letter: gray or colour, and the paper's tint, are the same on each.
    gray = rng.random() < 0.5
    paper = (rng.uniform(0.95, 1), rng.uniform(0.94, 0.99), rng.uniform(0.88, 0.97))
    for page in pages:
        if photo:
            _photo(page, rng)
        else:
            _degrade(page, grade, rng, gray, paper)
    effects.append("photo" if photo else grade)
    boxes = [
        GoldBox(b.kind, b.name, b.span, b.page, pages[b.page - 1].box(b.box), b.text)
        for b in gold_boxes(letter, layout, words=True)
    ]
    return Scan(pages, boxes, grade, effects)


def _dpi(grade: Grade, rng: Random) -> int:
    return {
        "clean": 200,
        "light": rng.choice([200, 240, 300]),
        "scan": rng.choice([200, 200, 240]),
        "hard": rng.choice([150, 150, 170]),
        "fax": rng.choice([100, 150, 200]),
    }[grade]


def _raster(layout: Layout, dpi: int) -> list[ScanPage]:
    document = pdfium.PdfDocument(draw_pdf(layout))
    pages: list[ScanPage] = []
    for index in range(len(document)):
        image = document[index].render(scale=dpi / 72, rev_byteorder=True).to_numpy()
        rgb = np.ascontiguousarray(image[:, :, :3]).copy()
        pages.append(ScanPage(rgb, dpi, np.diag([dpi / 72, dpi / 72, 1.0]).astype(np.float64)))
    document.close()
    return pages


# --- ink ------------------------------------------------------------------------------------------------------------


def _sign(
    letter: AnnotatedLetter,
    layout: Layout,
    pages: list[ScanPage],
    dpi: int,
    rng: Random,
    effects: list[str],
    blanks: set[str],
) -> None:
    unit = dpi / 72
    pen = rng.choice(ink.BLUE_INKS + ink.BLACK_INKS)
    if hand := blanks - {"stamp"}:
        _write_by_hand(letter, layout, pages, unit, rng, pen, hand)
        effects.append("handwritten " + " and ".join(sorted(hand)))
    if "stamp" in blanks:
        _press_stamps(letter, layout, pages, unit, rng)
        effects.append("stamp of urgency or secrecy")
    if layout.signature is not None:
        number, box = layout.signature
        page = pages[number].image
        wide, high = round((box[2] - box[0]) * rng.uniform(0.4, 0.6) * unit), round((box[3] - box[1]) * 1.25 * unit)
        x = round((box[0] + (box[2] - box[0]) * rng.uniform(0.2, 0.4)) * unit)
        ink.lay_ink(page, ink.scrawl(wide, high, rng), pen, (x, round((box[1] - 6) * unit)))
        effects.append("scrawl")
        if rng.random() < 0.9:
            size = round(rng.uniform(88, 104) * unit)
            issuer = letter.first("issuer")
            name = (issuer.value or letter.joined(issuer)) if issuer else "VĂN THƯ"
            red = rng.choice(ink.SEAL_REDS) if rng.random() < 0.85 else (90, 90, 95)
            middle = (box[1] + box[3]) / 2 + rng.uniform(-12, 22)
            at = (round((box[0] + rng.uniform(-28, 25)) * unit), round(middle * unit - size / 2))
            ink.lay_ink(page, ink.seal(size, name, rng), red, at)
            effects.append("seal")
            if len(pages) > 1 and rng.random() < 0.3:
                _edge_seal(pages, name, size, red, rng)
                effects.append("giáp lai seal")
    first = pages[0].image
    if rng.random() < (0.35 if layout.pages else 0):
        printed, written = ink.incoming_stamp(unit, rng, _dated(letter))
        color = rng.choice([*ink.SEAL_REDS, (60, 60, 160)])
        at = (round(rng.uniform(0.04, 0.35) * first.shape[1]), round(rng.uniform(0.1, 0.24) * first.shape[0]))
        ink.lay_ink(first, printed * 0.85, color, at)
        ink.lay_ink(first, written, rng.choice(ink.BLUE_INKS), at)
        effects.append("incoming stamp")
    if rng.random() < 0.2:
        _overlay(letter, first, unit, rng)
        effects.append("signature overlay")


def _write_by_hand(
    letter: AnnotatedLetter,
    layout: Layout,
    pages: list[ScanPage],
    unit: float,
    rng: Random,
    pen: ink.Color,
    blanks: set[str],
) -> None:
    spans: list[tuple[int, int]] = []
    if "number" in blanks and (number := letter.first("number")):
        spans.append(number.span)
    if "day" in blanks and (mark := letter.first("date")):
        spans += [
            (mark.span[0] + m.start(), mark.span[0] + m.end())
            for m in list(re.finditer(r"\d+", letter.words(mark)))[:2]
        ]
    for span in spans:
        for number_, box in boxes_of(layout, span).items():
            height = round((box[3] - box[1]) * rng.uniform(0.95, 1.35) * unit)
            mask = ink.handwriting(letter.text[span[0] : span[1]].lower(), height, rng)
            room = (box[2] - box[0] + 14) * unit
            if mask.shape[1] > room * 1.35:
                scale = room * 1.35 / mask.shape[1]
                mask = cast(ink.Alpha, cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            x = round((box[0] + box[2]) / 2 * unit - mask.shape[1] / 2)
            y = round(((box[1] + box[3]) / 2 - rng.uniform(0, 2.5)) * unit - mask.shape[0] / 2)
            ink.lay_ink(pages[number_ - 1].image, mask, pen, (x, y))


def _dated(letter: AnnotatedLetter) -> date | None:
    mark = letter.first("date")
    return parse_iso(mark.value or "") if mark else None


def _press_stamps(letter: AnnotatedLetter, layout: Layout, pages: list[ScanPage], unit: float, rng: Random) -> None:
    red = rng.choice(ink.SEAL_REDS)
    for block in letter.blocks:
        if block.zone not in (Zone.URGENCY, Zone.SECRECY):
            continue
        text = " ".join(letter.text[block.span[0] : block.span[1]].split()).strip(" .*-").upper()
        for number_, box in boxes_of(layout, block.span).items():
            mask = ink.marking_stamp(text, unit, rng)
            middle = ((box[0] + box[2]) / 2 + rng.uniform(-14, 4), (box[1] + box[3]) / 2 + rng.uniform(-3, 3))
            at = (max(2, round(middle[0] * unit - mask.shape[1] / 2)), max(2, round(middle[1] * unit - mask.shape[0] / 2)))
            ink.lay_ink(pages[number_ - 1].image, mask, red, at)


def _edge_seal(pages: list[ScanPage], name: str, size: int, red: ink.Color, rng: Random) -> None:
    """Giáp lai: one seal over the fanned edges of all pages; each shows a slice."""
    mask = ink.seal(size, name, rng)
    y = round(rng.uniform(0.35, 0.6) * pages[0].image.shape[0])
    slice_ = max(8, size // len(pages))
    for i, page in enumerate(pages):
        part = mask[:, i * slice_ : (i + 1) * slice_]
        if part.size:
            ink.lay_ink(page.image, np.ascontiguousarray(part), red, (page.image.shape[1] - part.shape[1], y))


def _overlay(letter: AnnotatedLetter, page: Image8, unit: float, rng: Random) -> None:
    """The printed trace of a digital signature (chữ ký số) at the top of page one."""
    issuer = letter.first("issuer")
    name = (issuer.value or letter.joined(issuer)) if issuer else "Văn thư"
    date = letter.first("date")
    when = (
        date.value if date and date.value else "2020-05-12"
    ) + f"T{rng.randint(7, 17):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}+07:00"
    lines = [f"Người ký: {name}", "Email: vanthu@coquan.example", f"Cơ quan: {name}", f"Thời gian ký: {when}"]
    mask = ink.text_block(lines, max(6, round(rng.uniform(6.5, 8.5) * unit)), frame=rng.random() < 0.4)
    right = rng.random() < 0.7
    x = page.shape[1] - mask.shape[1] - round(18 * unit) if right else round(20 * unit)
    ink.lay_ink(
        page,
        mask * 0.9,
        rng.choice([(200, 40, 40), (40, 60, 160), (60, 60, 60)]),
        (x, round(rng.uniform(8, 40) * unit)),
    )


# --- paper, glass and camera ----------------------------------------------------------------------------------------


Tint = tuple[float, float, float]


def _degrade(page: ScanPage, grade: Grade, rng: Random, gray: bool, paper: Tint) -> None:
    if grade == "clean":
        return
    noise = np.random.default_rng(rng.getrandbits(32))
    skew = {"light": 0.4, "scan": 1.0, "hard": 3.0, "fax": 1.5}[grade]
    _warp(page, _rotation(page, rng.uniform(-skew, skew), rng.uniform(-6, 6), rng.uniform(-6, 6)))
    if grade in ("scan", "hard") and gray:
        page.image = cast(Image8, cv2.cvtColor(cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))
    if grade == "hard":
        _photocopy(page, rng, noise)
    if grade in ("scan", "hard"):
        _light(page, rng, 0.1 if grade == "scan" else 0.22, (0.97, 0.97, 0.97) if gray else paper)
        _blur(page, rng.uniform(0.35, 0.75) if grade == "scan" else rng.uniform(0.5, 0.95))
    spread = {"light": 2.5, "scan": 5.0, "hard": 9.0, "fax": 0.0}[grade]
    if spread:
        grain = noise.normal(0, spread, page.image.shape[:2]).astype(np.float32)[:, :, None]
        page.image = np.clip(page.image.astype(np.float32) + grain, 0, 255).astype(np.uint8)
    if grade == "fax":
        _fax(page, rng, noise)
        return
    _jpeg(page, {"light": 85, "scan": rng.randint(55, 75), "hard": rng.randint(35, 55)}[grade])


def _rotation(page: ScanPage, degrees: float, dx: float, dy: float) -> Matrix:
    height, width_ = page.image.shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((width_ / 2, height / 2), degrees, 1.0), [0, 0, 1]])
    turn[0, 2] += dx
    turn[1, 2] += dy
    return cast(Matrix, turn)


def _warp(page: ScanPage, turn: Matrix, border: tuple[int, int, int] = (252, 252, 250)) -> None:
    height, width_ = page.image.shape[:2]
    page.image = cast(
        Image8,
        cv2.warpPerspective(
            page.image,
            turn,
            (width_, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=border,
        ),
    )
    page.matrix = turn @ page.matrix


def _light(page: ScanPage, rng: Random, depth: float, paper: Tint) -> None:
    height, width_ = page.image.shape[:2]
    coarse = np.array([[rng.uniform(1 - depth, 1.0) for _ in range(3)] for _ in range(4)], dtype=np.float32)
    field_ = cv2.resize(coarse, (width_, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    tint = np.array(paper, dtype=np.float32)
    page.image = np.clip(page.image.astype(np.float32) * field_ * tint, 0, 255).astype(np.uint8)


def _blur(page: ScanPage, sigma: float) -> None:
    page.image = cast(Image8, cv2.GaussianBlur(page.image, (0, 0), sigma))


def _photocopy(page: ScanPage, rng: Random, noise: np.random.Generator) -> None:
    """A copy of a copy: hard contrast, grown or eaten strokes, specks, a streak, a dark edge."""
    gray = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gray = np.clip((gray - 128) * rng.uniform(1.2, 1.7) + rng.uniform(125, 165), 0, 255)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2, 2))
    if rng.random() < 0.5:
        gray = cv2.erode(gray, kernel) * 0.6 + gray * 0.4
    else:
        gray = cv2.dilate(gray, kernel) * 0.45 + gray * 0.55
    specks = noise.random(gray.shape) < rng.uniform(0.0002, 0.0012)
    gray[cv2.dilate(specks.astype(np.uint8), kernel) > 0] = rng.randint(20, 90)
    for _ in range(rng.randint(0, 2)):
        x = rng.randrange(gray.shape[1])
        gray[:, x : x + rng.randint(1, 3)] *= rng.uniform(0.55, 0.85)
    if rng.random() < 0.4:
        edge = round(gray.shape[1] * rng.uniform(0.005, 0.03))
        gray[:, :edge] *= 0.25
    page.image = cast(Image8, cv2.cvtColor(gray.astype(np.uint8), cv2.COLOR_GRAY2RGB))


def _fax(page: ScanPage, rng: Random, noise: np.random.Generator) -> None:
    """One bit a pixel, lost and added dots, now and then a lost row."""
    gray = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY)
    gray = cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.4, 0.7))
    level = rng.uniform(150, 190)
    bits = (gray.astype(np.float32) + noise.normal(0, 14, gray.shape) > level).astype(np.uint8) * 255
    bits[noise.random(gray.shape) < 0.0006] = 0
    bits[noise.random(gray.shape) < 0.004] = 255
    for _ in range(rng.randint(0, 2)):
        y = rng.randrange(bits.shape[0])
        bits[y : y + 1] = 255
    page.image = bits


def _jpeg(page: ScanPage, quality: int) -> None:
    bgr = cv2.cvtColor(page.image, cv2.COLOR_RGB2BGR)
    _, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    read = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert read is not None
    page.image = cast(Image8, cv2.cvtColor(read, cv2.COLOR_BGR2RGB))


def _photo(page: ScanPage, rng: Random) -> None:
    """A phone's photo: the sheet in perspective on a desk, light from one side, slight blur."""
    height, width_ = page.image.shape[:2]
    pad_x, pad_y = width_ * 0.07, height * 0.06

    def near(x: float, y: float) -> tuple[float, float]:
        return x + rng.uniform(-0.035, 0.035) * width_, y + rng.uniform(-0.025, 0.025) * height

    source = np.array([(0, 0), (width_, 0), (width_, height), (0, height)], dtype=np.float32)
    target = np.array(
        [
            near(pad_x, pad_y),
            near(width_ - pad_x, pad_y),
            near(width_ - pad_x, height - pad_y),
            near(pad_x, height - pad_y),
        ],
        dtype=np.float32,
    )
    desk = (rng.randint(70, 130), rng.randint(60, 110), rng.randint(45, 90))
    _warp(page, cast(Matrix, cv2.getPerspectiveTransform(source, target).astype(np.float64)), desk)
    _light(page, rng, 0.35, (1.0, 0.98, 0.94))
    _blur(page, rng.uniform(0.5, 0.9))
    noise = np.random.default_rng(rng.getrandbits(32))
    grain = noise.normal(0, 5, page.image.shape).astype(np.float32)
    page.image = np.clip(page.image.astype(np.float32) + grain, 0, 255).astype(np.uint8)
    _jpeg(page, rng.randint(60, 80))
