"""Annotations of a PDF page: signature overlays apart from the letter, stamped numbers and days into it.

Signing programs lay widgets over a page: the seal with "Ký bởi: …", the signature, and, in many e-office systems, the
number and the day, which the typed text leaves blank ("Số:     /UBND-KGVX"). The first is evidence, not text; the last
belong to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from models.letter import Box
from models.reading.pdf_text import PageText, RawWord, page_transform, read_words
from models.reading.trust import is_overlay

_DRAWN = frozenset(
    {
        pdfium_c.FPDF_ANNOT_WIDGET,
        pdfium_c.FPDF_ANNOT_STAMP,
        pdfium_c.FPDF_ANNOT_FREETEXT,
    }
)
_NUMBER_OR_DAY = re.compile(
    r"^[\W_]{0,3}\d{1,6}[a-zA-ZđĐ]?[\W_]{0,3}$|^\W{0,3}\d{1,2}\s?/\s?\d{1,2}(?:\s?/\s?\d{4})?\W{0,3}$"
)
_STAMP_HEIGHT = 34.0
"""An annotation no taller than this (points) may be a stamped number or day; seals and signatures are taller."""


@dataclass(slots=True)
class Annotation:
    """One drawn annotation: its place, and the words in it."""

    box: Box
    words: list[RawWord] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def kind(self) -> str:
        """ "overlay" (signature), "fill" (number or day of the letter), "text" (anything else), "picture" (no text)."""
        if not self.words:
            return "picture" if self.box[3] - self.box[1] <= _STAMP_HEIGHT else "overlay"
        if _NUMBER_OR_DAY.match(self.text):
            return "fill"
        if is_overlay(self.text) or re.search(r"\d{2}[.:]\d{2}[.:]\d{2}|@", self.text):
            return "overlay"
        return "text"


def read_annotations(
    page: pdfium.PdfPage, own: PageText, scratch: Callable[[], pdfium.PdfDocument], index: int
) -> list[Annotation]:
    """The drawn annotations of ``page`` with their words.

    ``own`` is the page's own text, ``scratch`` opens a second document from the same bytes: its page number ``index`` (from 0) is flattened, so
    that what the annotations draw can be read as text, and is of no use afterwards.
    """
    found = drawn_annotations(page)
    if not found:
        return []
    document = scratch()
    copy = document[index]
    try:
        flattened = pdfium_c.FPDFPage_Flatten(copy.raw, pdfium_c.FLAT_NORMALDISPLAY)
    finally:
        copy.close()
    if flattened != pdfium_c.FLATTEN_SUCCESS:
        return found
    seen = {_key(w) for w in own.words}
    copy = document[index]
    try:
        textpage = copy.get_textpage()
        # What annotations draw comes after the page's own characters; the few before are compared by place.
        for word in read_words(copy, textpage, first=max(0, own.count - 40)).words:
            if _key(word) in seen:
                continue
            x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
            inside = [a for a in found if a.box[0] - 1 <= x <= a.box[2] + 1 and a.box[1] - 1 <= y <= a.box[3] + 1]
            if inside:
                min(inside, key=_area).words.append(word)
        textpage.close()
    finally:
        copy.close()
    return found


def _key(word: RawWord) -> tuple[str, int, int]:
    return word.text, round(word.box[0]), round(word.box[1])


def drawn_annotations(page: pdfium.PdfPage) -> list[Annotation]:
    """Places of the widgets, stamps and free texts that a viewer draws on the page."""
    result: list[Annotation] = []
    to_box = page_transform(page)
    for index in range(min(200, pdfium_c.FPDFPage_GetAnnotCount(page.raw))):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            hidden = pdfium_c.FPDFAnnot_GetFlags(annotation) & (
                pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
            )
            if pdfium_c.FPDFAnnot_GetSubtype(annotation) not in _DRAWN or hidden:
                continue
            rect = pdfium_c.FS_RECTF()
            if not pdfium_c.FPDFAnnot_GetRect(annotation, rect):
                continue
            box = to_box(rect.left, rect.bottom, rect.right, rect.top)
            if box[2] - box[0] > 1 and box[3] - box[1] > 1:
                result.append(Annotation(box))
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
    return result


def _area(annotation: Annotation) -> float:
    box = annotation.box
    return (box[2] - box[0]) * (box[3] - box[1])
