"""One page image in, its lines in reading order out."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from models.document import Cell, Line, Page, Word
from models.letter import Box, OcrInfo, PageQuality, TextOrigin, Warning_
from models.reading.ocr import signing
from models.reading.ocr.engine import Engine, OcrLine, OcrWord, PixelBox
from models.reading.ocr.grid import CellLine, find_grids, take_cells
from models.reading.ocr.hybrid import HybridEngine
from models.reading.ocr.prepare import Prepared, prepare, split_colours
from models.reading.ocr.quality import REASONS, judge
from models.reading.ocr.stamps import Stamp, find_stamps, known
from models.reading.ocr.tesseract import TesseractEngine
from models.reading.ocr.two_up import arrange_sheet
from models.reading.options import ReadOptions
from models.reading.pdf_layout import Fragment, Placed
from models.reading.trust import is_overlay, may_be_overlay
from models.text import fold

_LOCK = threading.Lock()
"""A recogniser serves one thread at a time."""
_NOISE = re.compile(r"^[\W_]+$")
_RULES = frozenset("|¦‖")
_LETTERS = re.compile(r"[^\W_]")


@dataclass(slots=True)
class PageReading:
    """What was read of one page image."""

    lines: list[Line]
    overlays: list[Line]
    width: float
    height: float
    rotation: int
    skew: float
    confidence: float | None
    prepared: Prepared | None = None
    seconds: float = 0.0
    raw: list[OcrLine] = field(default_factory=list)
    quality: PageQuality | None = None

    def as_page(self, number: int) -> Page:
        """The page of a Document."""
        return Page(
            number=number,
            width=round(self.width, 1),
            height=round(self.height, 1),
            rotation=self.rotation,
            text_origin=TextOrigin.OCR,
            lines=self.lines,
            quality=self.quality,
        )

    def warnings(self, number: int) -> list[Warning_]:
        """What a clerk should do about the page: scan it again."""
        if self.quality is None or self.quality.grade != "hopeless":
            return []
        cause = REASONS[self.quality.reason or "text"]
        message = f"Trang {number} quá khó đọc ({cause}); kết quả có nhiều lỗi. Hãy quét lại ở 300 dpi."
        return [Warning_(code="rescan", message=message, page=number)]


@lru_cache(maxsize=3)
def get_engine(quality: str = "default") -> Engine:
    """The recogniser for a quality ("fast", "default", "accurate"), loaded once a process.

    Raises MissingProgram with the command that installs what is missing.
    """
    if quality == "fast":
        return TesseractEngine()
    return HybridEngine(third=quality == "accurate")


def ocr_info(engine: Engine, confidences: list[float]) -> OcrInfo:
    """Engine, version, language and mean confidence for the result."""
    mean = sum(confidences) / len(confidences) if confidences else None
    return OcrInfo(
        engine=engine.name,
        engine_version=engine.version,
        language=engine.language,
        mean_confidence=None if mean is None else round(min(1.0, max(0.0, mean)), 3),
    )


def read_page_image(
    image: NDArray[np.uint8],
    *,
    dpi: float,
    options: ReadOptions | None = None,
    find_rotation: bool = True,
    stamped: Sequence[Word] = (),
    keep: bool = False,
    first: bool = False,
    scan_dpi: float | None = None,
) -> PageReading:
    """Recognise one page image (gray or RGB, ``dpi`` dots an inch) and put its lines in order.

    ``stamped`` are words that the file itself says (number and day laid over the scan), boxes in points of the page.
    ``keep`` keeps the prepared image for later readers of parts of the page (number and date lines). ``first`` says that it
    is the first page of a letter, on which stamps of urgency and secrecy are looked for. ``scan_dpi`` is the resolution of
    the scan itself, where ``image`` was drawn from it at another.
    """
    options = options or ReadOptions()
    with _LOCK:
        reading = _read(image, dpi, options, find_rotation, stamped, first)
        assert reading.prepared is not None
        reading.quality = judge(
            reading.prepared.gray,
            reading.lines,
            confidence=reading.confidence,
            dpi=scan_dpi or dpi,
            skew=reading.skew,
        )
        if not keep:
            reading.prepared = None
        return reading


def read_digits(image: NDArray[np.uint8], box: PixelBox) -> tuple[str, float]:
    """Digits that stand in ``box`` of an upright page image, and how sure the recogniser is (0–1)."""
    gray, _ = split_colours(image)
    with _LOCK:
        engine = get_engine("fast")
        assert isinstance(engine, TesseractEngine)
        line = engine.read_line(gray, box, digits=True)
    return line.text.replace(" ", ""), line.confidence


def _read(
    image: NDArray[np.uint8],
    dpi: float,
    options: ReadOptions,
    find_rotation: bool,
    stamped: Sequence[Word],
    first: bool,
) -> PageReading:
    started = time.monotonic()
    prepared = prepare(image, dpi=dpi, find_rotation=find_rotation, without=options.without)
    engine = get_engine(options.ocr_quality)
    upright = np.ascontiguousarray(np.rot90(image, prepared.rotation // 90)) if prepared.rotation else image
    raw = [line for line in engine.recognise(prepared.gray, plain=prepared.plain) if not _is_noise(line)]
    if "signing" not in options.without:
        signing.mend(raw, prepared, upright, _tesseract(engine))
    grids = find_grids(prepared.gray) if "tables" not in options.without else []
    own, cells = take_cells(raw, grids)
    stamps = [_fragment(line, prepared) for line in own if line.extra.get("stamp")]
    fragments = [_fragment(line, prepared) for line in own if not line.extra.get("stamp")]
    fragments, signed = without_overlays(fragments)
    if prepared.rotation == 0:
        fragments = with_stamped(fragments, stamped)
    lines: list[Line] = []
    overlays: list[Line] = []
    for placed in arrange_sheet(fragments, prepared.width, prepared.height):
        line = _line(placed)
        if is_overlay(line.text):
            line.role = "overlay"
            overlays.append(line)
        else:
            lines.append(line)
    lines = with_tables(lines, cells, prepared)
    overlays += [_overlay(fragment) for fragment in [*signed, *stamps]]
    if first and "stamps" not in options.without:
        lines = with_stamps(lines, find_stamps(upright, dpi=dpi, engine=_tesseract(engine)))
    weights = [len(line.text) for line in lines if line.confidence is not None]
    total = sum(weights)
    confidence = (
        sum(line.confidence * len(line.text) for line in lines if line.confidence is not None) / total
        if total
        else None
    )
    return PageReading(
        lines=lines,
        overlays=overlays,
        width=prepared.width,
        height=prepared.height,
        rotation=prepared.rotation,
        skew=prepared.skew,
        confidence=confidence,
        prepared=prepared,
        seconds=time.monotonic() - started,
        raw=raw,
    )


def with_tables(lines: list[Line], cells: Sequence[CellLine], prepared: Prepared) -> list[Line]:
    """The lines of a page with those of its tables' cells where the tables stand."""
    result = list(lines)
    for number in sorted({cell.table for cell in cells}):
        table = [_cell_line(cell, prepared) for cell in cells if cell.table == number]
        top = min(line.box[1] for line in table if line.box is not None)
        above = [i for i, line in enumerate(result) if line.box is not None and (line.box[1] + line.box[3]) / 2 < top + 2]
        at = above[-1] + 1 if above else 0
        result[at:at] = table
    return result


def _cell_line(cell: CellLine, prepared: Prepared) -> Line:
    fragment = _fragment(cell.line, prepared)
    return Line(
        fragment.text, box=fragment.box, words=fragment.words, font_size=fragment.size, origin=TextOrigin.OCR,
        confidence=None if fragment.confidence is None else round(fragment.confidence, 3), cell=Cell(cell.table, cell.row, cell.column),
    )  # fmt: skip


def without_overlays(fragments: Sequence[Fragment]) -> tuple[list[Fragment], list[Fragment]]:
    """The letter's own fragments, and those that a signing program drew: its marks, and what stands close by in as small a print
    and may belong to them ("DN: C=VN, O=…", "Email: …")."""
    strong = [f for f in fragments if is_overlay(f.text)]
    if not strong:
        return list(fragments), []
    signed = [
        f for f in fragments
        if f in strong or (may_be_overlay(f.text) and any(_beside(f, mark) and f.size < 1.35 * mark.size for mark in strong))
    ]  # fmt: skip
    return [f for f in fragments if f not in signed], signed


def _beside(a: Fragment, b: Fragment) -> bool:
    return abs(a.box[1] - b.box[1]) < 5 * max(b.size, 6.0) and abs(a.box[0] - b.box[0]) < 30


def _overlay(fragment: Fragment) -> Line:
    """What a stamp says: evidence, and no part of the letter."""
    return Line(
        fragment.text, box=fragment.box, words=fragment.words, role="overlay", origin=TextOrigin.OCR, confidence=fragment.confidence
    )  # fmt: skip


def _tesseract(engine: Engine) -> TesseractEngine:
    found = engine.tesseract if isinstance(engine, HybridEngine) else engine
    assert isinstance(found, TesseractEngine)
    return found


_HEAD_LINE = re.compile(r"^so\W{0,3}\s?\S*\s?[/-]|ngay.{0,12}thang|^v/v|^kinh gui")


def with_stamps(lines: list[Line], stamps: Sequence[Stamp]) -> list[Line]:
    """The lines of a first page with the stamps of urgency and secrecy behind its head (before "Kính gửi").

    A stamp that was read as a line of the page stays that line.
    """
    result = list(lines)
    for stamp in reversed(stamps):
        if any(known(line.text)[0] == stamp.text and len(line.text) < 24 for line in result):
            continue
        at = 0
        for index, line in enumerate(result[:24]):
            folded = fold(line.text).lower()
            if folded.startswith("kinh gui"):
                break
            if _HEAD_LINE.search(folded):
                at = index + 1
        words = [Word(w, stamp.box, stamp.confidence) for w in stamp.text.split()]
        line = Line(stamp.text, box=stamp.box, words=words, origin=TextOrigin.OCR, confidence=stamp.confidence)
        result.insert(at, line)
    return result


def with_stamped(fragments: list[Fragment], stamped: Sequence[Word]) -> list[Fragment]:
    """Fragments with the words that the file itself says in place of what was recognised under them."""
    for word in stamped:
        if word.box is None:
            continue
        for fragment in fragments:
            fragment.words = [w for w in fragment.words if w.box is None or not _same_place(w.box, word.box)]
            fragment.text = " ".join(w.text for w in fragment.words)
        fragments.append(Fragment(word.text, word.box, 0.8 * (word.box[3] - word.box[1]), [word], confidence=1.0))
    return [f for f in fragments if f.words]


def _same_place(a: Box, b: Box) -> bool:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide > 0.5 * (a[2] - a[0]) and high > 0.4 * (a[3] - a[1])


def _is_noise(line: OcrLine) -> bool:
    """Specks, rules and scraps of seals that were taken for text."""
    text = line.text
    if not text or _NOISE.match(text):
        return True
    letters = len(_LETTERS.findall(text))
    if line.confidence < 0.25 and letters < 12:
        return True
    return line.confidence < 0.45 and (letters <= 3 or letters < 0.5 * len(text.replace(" ", "")))


def _fragment(line: OcrLine, prepared: Prepared) -> Fragment:
    words = [Word(w.text, prepared.to_page(w.box), round(w.confidence, 3), options=w.options) for w in without_rules(line.words)]
    box = prepared.to_page(line.box)
    heights = [b[3] - b[1] for b in (w.box for w in words) if b is not None]
    size = 0.78 * (box[3] - box[1]) if not heights else min(0.78 * (box[3] - box[1]), 1.5 * median(heights))
    return Fragment(" ".join(w.text for w in words), box, round(size, 1), words, confidence=line.confidence)


def without_rules(words: list[OcrWord]) -> list[OcrWord]:
    """The words of a line without the rules and frames at its ends that were taken for signs ("KHẨN |")."""
    kept = [at for at, word in enumerate(words) if not set(word.text) <= _RULES]
    return words[kept[0] : kept[-1] + 1] if kept else words


_AUTHORITY = re.compile(r"^(KT|TM|TL|TUQ|Q|TTR)[,:;]$|^(KT|TM|TL|TUQ)[,:;.](?=[A-ZĐƯÀ-Ỹ]{2})", re.I)


def _mend_authority(words: list[Word]) -> None:
    """ "KT, GIÁM ĐỐC" is always "KT. GIÁM ĐỐC": the dot of the signing authority is read as a comma."""
    if words and len(words) < 9 and words[0].text.isupper():
        words[0].text = (
            _AUTHORITY.sub(lambda m: f"{m[1]}." if m[1] else f"{m[2]}. ", words[0].text.lstrip("'`“,.-_|"))
            or words[0].text
        )


_PURPOSE = re.compile(r"^\((?:đ[eêềếểễẻ]|d[éêề])$")
_NOT_PURPOSE = frozenset({"án", "nghị", "xuất", "tài", "cương", "thi", "bài", "mục"})


def _mend_purpose(words: list[Word]) -> None:
    """ "(đề b/c)" is "(để b/c)": the hook of the purpose of a recipient is small and often lost."""
    for word, following in pairwise(words):
        if _PURPOSE.match(word.text) and following.text.strip(".,;:)") not in _NOT_PURPOSE:
            word.text = "(để"


def _line(placed: Placed) -> Line:
    words = [w for f in placed.fragments for w in f.words]
    _mend_purpose(words)
    if placed.side == "right":
        _mend_authority(words)
    total = sum(len(w.text) for w in words)
    confidence = sum((w.confidence or 0.0) * len(w.text) for w in words) / total if total else None
    return Line(
        text=" ".join(w.text for w in words),
        box=placed.box,
        words=words,
        font_size=placed.fragments[0].size,
        alignment=placed.alignment,
        side=placed.side,
        role="page_number" if placed.page_number else "text",
        origin=TextOrigin.OCR,
        confidence=None if confidence is None else round(confidence, 3),
        indent=placed.indent,
        gap_before=placed.gap_before,
    )
