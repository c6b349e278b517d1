"""PDF letters: typed, scanned, or mixed page by page.

Each page is judged on its own (:mod:`models.reading.trust`): a trusted text layer is read with its boxes and type; a
scan, a page that holds only a signature overlay and a broken OCR layer are drawn and recognised. Numbers and days that
a signing program stamped on a typed page are put where they stand.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from models.document import Document, Line, Page, Word, assemble
from models.errors import EncryptedInput, InputTooLarge, UnreadableInput
from models.letter import Box, Warning_
from models.reading.options import ReadOptions
from models.reading.pdf_head import rejoined, unglued
from models.reading.pdf_layout import Fragment, Placed, arrange
from models.reading.pdf_overlay import Annotation, read_annotations
from models.reading.pdf_text import PageText, RawWord, fragments_of, join_marks, page_transform, read_words
from models.reading.signatures import read_signatures
from models.reading.trust import Judgement, is_overlay, judge_page, may_be_overlay

_LOG = logging.getLogger(__name__)
_LOCK = threading.RLock()
"""pdfium may be used by one thread at a time."""
_RULE = re.compile(r"^[\s_\-–—=*.•~]{3,}$")
_MAX_SIDE_POINTS = 5000.0
"""A page longer than this (A0 has 3370) is drawn smaller."""
_MAX_OBJECTS = 3000
_MAX_CHARACTERS = 60_000
"""Characters of one page; a full page of a letter has 4,000."""


@dataclass(slots=True)
class _Gathered:
    """What the pages of one file add up to."""

    pages: list[Page] = field(default_factory=list)
    overlays: list[Line] = field(default_factory=list)
    warnings: list[Warning_] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    encoding: str | None = None
    recognised: bool = False


def read_pdf(data: bytes, *, options: ReadOptions | None = None) -> Document:
    """Read a PDF.

    Raises UnreadableInput (not a PDF, damaged, no pages), EncryptedInput (needs a password), InputTooLarge (bytes or
    pages over the limits), MissingProgram (scanned pages, and no recogniser is installed).
    """
    options = options or ReadOptions()
    if len(data) > options.max_bytes:
        raise InputTooLarge(
            f"The PDF has {len(data):,} bytes; at most {options.max_bytes:,} are read.",
            remedy="Split the file or raise the limit.",
        )
    with _LOCK:
        document = _open(data)
    gathered = _Gathered()
    started = time.monotonic()
    try:
        with _LOCK:
            count = len(document)
        if count == 0:
            raise UnreadableInput("The PDF has no pages.", remedy="Export or scan the letter again.")
        if count > options.max_pages:
            raise InputTooLarge(
                f"The PDF has {count} pages; at most {options.max_pages} are read.",
                remedy="Send the pages of the letter alone, or raise the limit.",
            )
        scratch = _Scratch(data)
        try:
            for index in range(count):
                if time.monotonic() - started > options.total_seconds:
                    gathered.warnings.append(
                        Warning_(
                            code="reading_stopped",
                            message=f"Reading stopped after {options.total_seconds:.0f} s, before page {index + 1}.",
                            page=index + 1,
                        )
                    )
                    break
                _read_page(document, index, scratch, options, gathered)
        finally:
            scratch.close()
    finally:
        with _LOCK:
            document.close()
    ocr = None
    if gathered.recognised:
        from models.reading.ocr.page import get_engine, ocr_info

        ocr = ocr_info(get_engine(options.ocr_quality), gathered.confidences)
    signatures, signature_warnings = read_signatures(data, trust_roots=options.trust_roots)
    result = assemble(
        gathered.pages,
        media_type="application/pdf",
        legacy_encoding=gathered.encoding,
        ocr=ocr,
        overlays=gathered.overlays,
        warnings=[*gathered.warnings, *signature_warnings],
    )
    result.signatures = signatures
    return result


def _open(data: bytes) -> pdfium.PdfDocument:
    if not data.strip():
        raise UnreadableInput("The file is empty.", remedy="Send the file again; nothing of it arrived.")
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = pdfium_c.FPDF_GetLastError()
        message = str(error).lower()
        if code == pdfium_c.FPDF_ERR_PASSWORD or "password" in message:
            raise EncryptedInput(
                "The PDF is locked with a password.", remedy="Remove the password, then send the file again."
            ) from error
        if code == pdfium_c.FPDF_ERR_SECURITY or "security" in message:
            raise EncryptedInput(
                "The PDF is encrypted in a way that cannot be opened.", remedy="Export it without protection."
            ) from error
        raise UnreadableInput(
            "The file is no PDF, or it is damaged or cut off.",
            remedy="Export or scan it again, then send the new file.",
        ) from error


class _Scratch:
    """A second document from the same bytes, opened only for files with annotations."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._document: pdfium.PdfDocument | None = None

    def get(self) -> pdfium.PdfDocument:
        if self._document is None:
            self._document = pdfium.PdfDocument(self._data)
        return self._document

    def close(self) -> None:
        if self._document is not None:
            with _LOCK:
                self._document.close()


# --- one page ---------------------------------------------------------------------------------------------------------


def _read_page(
    document: pdfium.PdfDocument, index: int, scratch: _Scratch, options: ReadOptions, gathered: _Gathered
) -> None:
    number = index + 1
    with _LOCK:
        try:
            page = document[index]
        except pdfium.PdfiumError:
            gathered.warnings.append(
                Warning_(code="page_damaged", message=f"Page {number} is damaged and could not be read.", page=number)
            )
            return
        try:
            width, height = page.get_size()
            textpage = page.get_textpage()
            try:
                found = read_words(page, textpage)
            finally:
                textpage.close()
            annotations = _annotations(page, found, scratch, index)
            cover, pictures = image_cover(page)
        except pdfium.PdfiumError:
            gathered.warnings.append(
                Warning_(code="page_damaged", message=f"Page {number} is damaged and could not be read.", page=number)
            )
            return
    words, encoding = _decoded(join_marks(found.words), found)
    fragments, overlay = _apart_from_overlay(fragments_of(words))
    judgement = _judge(fragments, found, cover, len(overlay), options)
    _LOG.debug("page %d: %s (%s)", number, judgement.verdict, "; ".join(judgement.reasons))
    try:
        if judgement.trusted:
            gathered.encoding = gathered.encoding or encoding
            for annotation in annotations:
                if annotation.kind in ("fill", "text"):
                    fragments += [
                        Fragment(w.text, w.box, w.style.size, [Word(w.text, w.box)]) for w in annotation.words
                    ]
            result = _typed_page(number, width, height, fragments)
            _fill_from_pictures(page, result, pictures, annotations, options, gathered)
            gathered.pages.append(result)
        elif options.ocr == "never":
            if judgement.verdict == "broken":
                gathered.pages.append(_typed_page(number, width, height, fragments))
            else:
                gathered.pages.append(Page(number, width, height))
            gathered.warnings.append(
                Warning_(code="not_recognised", message="The page is a scan and recognition is off.", page=number)
            )
        elif judgement.verdict == "empty" and not cover and not pictures and not _has_drawing(page):
            gathered.pages.append(Page(number, width, height))
        else:
            gathered.pages.append(_scanned_page(page, number, annotations, options, gathered))
    finally:
        with _LOCK:
            page.close()
    for line in overlay:
        gathered.overlays.append(_overlay_line(line.text, line.box, number, list(line.words)))
    for annotation in annotations:
        if annotation.kind == "overlay" and annotation.words:
            gathered.overlays.append(_overlay_line(_lines_text(annotation.words), annotation.box, number, []))


def _annotations(page: pdfium.PdfPage, own: PageText, scratch: _Scratch, index: int) -> list[Annotation]:
    if pdfium_c.FPDFPage_GetAnnotCount(page.raw) <= 0:
        return []
    try:
        return read_annotations(page, own, scratch.get, index)
    except pdfium.PdfiumError as error:
        _LOG.debug("annotations of page %d not read: %s", index + 1, error)
        return []


def _judge(fragments: list[Fragment], found: PageText, cover: float, overlay: int, options: ReadOptions) -> Judgement:
    if options.ocr == "always":
        return Judgement("broken", ["recognition of every page was asked for"])
    text = "\n".join(f.text for f in fragments)
    invisible = found.invisible / found.characters if found.characters else 0.0
    return judge_page(
        text, image_cover=cover, invisible_share=invisible, unmapped=found.unmapped, overlay_chars=overlay
    )


def image_cover(page: pdfium.PdfPage) -> tuple[float, list[Box]]:
    """Share of the page that its largest image covers, and the boxes of all images on it."""
    width, height = page.get_size()
    area = max(1.0, width * height)
    to_box = page_transform(page)
    boxes: list[Box] = []
    best = 0.0
    if not _may_hold_images(page):
        return best, boxes
    for at, item in enumerate(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        if at > _MAX_OBJECTS:
            break
        try:
            x0, y0, x1, y1 = to_box(*item.get_bounds())
        except pdfium.PdfiumError:
            continue
        inside = (max(0.0, x0), max(0.0, y0), min(width, x1), min(height, y1))
        if inside[2] <= inside[0] or inside[3] <= inside[1]:
            continue
        boxes.append(inside)
        best = max(best, (inside[2] - inside[0]) * (inside[3] - inside[1]) / area)
    if 0 < best < 0.6 and len(boxes) > 3:
        # Some scanners cut the sheet into strips.
        strips = [b for b in boxes if b[2] - b[0] > 0.6 * width]
        best = max(best, min(1.0, sum((b[2] - b[0]) * (b[3] - b[1]) for b in strips) / area))
    return best, boxes


def _may_hold_images(page: pdfium.PdfPage) -> bool:
    """Whether the page has an image or a form (which may hold one): a look at the kinds only, which is cheap."""
    wanted = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM)
    kind, item = pdfium_c.FPDFPageObj_GetType, pdfium_c.FPDFPage_GetObject
    raw = page.raw
    return any(kind(item(raw, index)) in wanted for index in range(pdfium_c.FPDFPage_CountObjects(raw)))


def _has_drawing(page: pdfium.PdfPage) -> bool:
    """Text converted to outlines leaves many paths and no text."""
    with _LOCK:
        for at, _ in enumerate(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=2)):
            if at > 60:
                return True
    return False


# --- typed ------------------------------------------------------------------------------------------------------------


def _decoded(words: list[RawWord], found: PageText) -> tuple[list[RawWord], str | None]:
    """Words in TCVN3 or VNI fonts (".VnTime", "VNI-Times") converted to Unicode."""
    if not any(font.lower().startswith((".vn", "vn", "vni")) for font in found.fonts):
        return words, None
    try:
        from models.reading.encodings import decode_by_font
    except ImportError:
        return words, None
    encoding: str | None = None
    for word in words:
        converted = decode_by_font(word.text, word.style.font)
        if converted is not None and converted != word.text:
            word.text = converted
            encoding = "vni" if "vni" in word.style.font.lower() else "tcvn3"
    return words, encoding


def _apart_from_overlay(fragments: list[Fragment]) -> tuple[list[Fragment], list[Fragment]]:
    """Signature text that was printed into the page, apart from the letter's own fragments.

    The lines that wrap under "Ký bởi: …" stand close below it at its left edge.
    """
    strong = [f for f in fragments if is_overlay(f.text)]
    if not strong:
        return fragments, []
    marks = [f for f in fragments if may_be_overlay(f.text)]
    taken = {id(f) for f in marks if any(_near(f, s, 60.0) for s in strong)}
    for fragment in sorted(fragments, key=lambda f: f.box[1]):
        if id(fragment) in taken or fragment.size > 1.2 * strong[0].size:
            continue
        if any(
            id(o) in taken and 0 <= fragment.box[1] - o.box[1] < 2.2 * o.size and abs(fragment.box[0] - o.box[0]) < 4
            for o in fragments
        ) and any(0 <= fragment.box[1] - s.box[1] < 70 and abs(fragment.box[0] - s.box[0]) < 6 for s in strong):
            taken.add(id(fragment))
    return [f for f in fragments if id(f) not in taken], [f for f in fragments if id(f) in taken]


def _near(a: Fragment, b: Fragment, reach: float) -> bool:
    return abs(a.box[1] - b.box[1]) < reach and abs(a.box[0] - b.box[0]) < reach


def _typed_page(number: int, width: float, height: float, fragments: list[Fragment]) -> Page:
    lines = [_typed_line(p) for p in rejoined(arrange([unglued(f) for f in fragments], width, height)) if not _RULE.match(p.text)]
    return Page(number, round(width, 1), round(height, 1), lines=lines)


def _typed_line(placed: Placed) -> Line:
    words = [w for f in placed.fragments for w in f.words]
    weight = sum(len(f.text) for f in placed.fragments) or 1
    first = max(placed.fragments, key=lambda f: len(f.text))
    return Line(
        text=" ".join(f.text for f in placed.fragments),
        box=placed.box,
        words=words,
        font_size=first.size,
        bold=sum(len(f.text) for f in placed.fragments if f.bold) > 0.5 * weight,
        italic=sum(len(f.text) for f in placed.fragments if f.italic) > 0.5 * weight,
        alignment=placed.alignment,
        side=placed.side,
        role="page_number" if placed.page_number else "text",
        indent=placed.indent,
        gap_before=placed.gap_before,
        color=first.color,
    )


def _overlay_line(text: str, box: Box, number: int, words: list[Word]) -> Line:
    return Line(text=text, page=number, box=box, words=words, role="overlay")


def _lines_text(words: list[RawWord]) -> str:
    return "\n".join(f.text for f in sorted(fragments_of(words), key=lambda f: (round(f.box[1]), f.box[0])))


# --- scanned ----------------------------------------------------------------------------------------------------------


def render(page: pdfium.PdfPage, dpi: float, *, annotations: bool = False) -> tuple[NDArray[np.uint8], float]:
    """The page as an image (gray or RGB) and the resolution at which it was drawn, in dots an inch."""
    with _LOCK:
        width, height = page.get_size()
        longest = max(width, height, 1.0)
        if longest > _MAX_SIDE_POINTS:
            dpi = dpi * _MAX_SIDE_POINTS / longest
        bitmap = page.render(
            scale=dpi / 72.0,
            draw_annots=annotations,
            may_draw_forms=annotations,
            rev_byteorder=True,
            no_smoothtext=False,
        )
        image = np.array(bitmap.to_numpy())
        bitmap.close()
    if image.ndim == 3:
        image = image[:, :, 0] if image.shape[2] < 3 else image[:, :, :3]
    return np.ascontiguousarray(image, dtype=np.uint8), dpi


def _scanned_page(
    page: pdfium.PdfPage, number: int, annotations: list[Annotation], options: ReadOptions, gathered: _Gathered
) -> Page:
    from models.reading.pdf_scan import read_scan, scan_resolution

    image, dpi = render(page, options.dpi)
    with _LOCK:
        resolution = scan_resolution(page, dpi)
    stamped = [Word(w.text, w.box) for a in annotations if a.kind == "fill" for w in a.words]
    reading = read_scan(image, dpi, options=options, stamped=stamped, first=number == 1, scan_dpi=resolution)
    gathered.warnings += reading.warnings(number)
    gathered.recognised = True
    if reading.confidence is not None:
        gathered.confidences.append(reading.confidence)
    for line in reading.overlays:
        line.page = number
        gathered.overlays.append(line)
    return reading.as_page(number)


def _fill_from_pictures(
    page: pdfium.PdfPage,
    result: Page,
    pictures: list[Box],
    annotations: list[Annotation],
    options: ReadOptions,
    gathered: _Gathered,
) -> None:
    """Read number and day from pictures that stand in the gaps of a typed head."""
    if options.ocr == "never":
        return
    places = pictures + [a.box for a in annotations if a.kind == "picture"]
    if not places or result.number != 1:
        return
    from models.reading.pdf_stamps import fill_gaps

    filled = fill_gaps(result, places, lambda dpi: render(page, dpi, annotations=True), options)
    gathered.recognised = gathered.recognised or filled


def pages_of(data: bytes, *, dpi: float = 200, max_pages: int = 20) -> Iterator[NDArray[np.uint8]]:
    """The pages of a PDF as images (gray or RGB), one at a time, for previews."""
    with _LOCK:
        document = _open(data)
    try:
        for index in range(min(len(document), max_pages)):
            with _LOCK:
                page = document[index]
            image, _ = render(page, dpi, annotations=True)
            yield image
            with _LOCK:
                page.close()
    finally:
        with _LOCK:
            document.close()
