"""The characters of a PDF page as words and fragments with boxes, type size and style.

One pass over the characters through pdfium's C interface: only the Unicode value and the box of each character are
asked for, everything else once per text object, which keeps a page at a few milliseconds.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from models.document import Word
from models.letter import Box
from models.reading.pdf_layout import Fragment

_BLANKS = frozenset("\0 \t\r\n\x0b\x0c\x1f\u00a0\u2002\u2003\u2007\u2009\u200b\u202f\ufeff")
_HYPHENS = frozenset("\x02\ufffe\u00ad")
"""pdfium gives hyphens at line ends as one of these."""
_SPACING_MARKS = {
    "\u00b4": "\u0301",
    "`": "\u0300",
    "\u02dc": "\u0303",
    "~": "\u0303",
    "\u02c6": "\u0302",
    "\u02d8": "\u0306",
}
"""Marks drawn as glyphs of their own, and the combining mark that they stand for."""
_VOWELS = frozenset("aăâeêioôơuưyAĂÂEÊIOÔƠUƯY")
_INVISIBLE = 3


@dataclass(slots=True)
class Style:
    """What one text object says of its characters."""

    size: float
    bold: bool
    italic: bool
    font: str
    invisible: bool
    color: str | None


@dataclass(slots=True)
class RawWord:
    """A word as the page draws it: characters, box (points, origin top left), style."""

    text: str
    box: Box
    style: Style
    angle: float = 0.0


@dataclass(slots=True)
class PageText:
    """All words of a page and what was met on the way."""

    words: list[RawWord] = field(default_factory=list)
    characters: int = 0
    count: int = 0
    """Characters of the text page as pdfium counts them, blanks included."""
    invisible: int = 0
    unmapped: int = 0
    fonts: set[str] = field(default_factory=set)


Transform = Callable[[float, float, float, float], Box]


def page_transform(page: pdfium.PdfPage) -> Transform:
    """From PDF user space (left, bottom, right, top) to a box in points from the top left of the page as displayed."""
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation() % 360
    if turn == 90:
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if turn == 180:
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if turn == 270:
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def read_words(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, *, first: int = 0) -> PageText:
    """The words of a page, in the order in which the file draws them, from character number ``first`` on."""
    result = PageText()
    raw = textpage.raw
    count = pdfium_c.FPDFText_CountChars(raw)
    result.count = count
    get_unicode = pdfium_c.FPDFText_GetUnicode
    get_box = pdfium_c.FPDFText_GetLooseCharBox
    get_object = pdfium_c.FPDFText_GetTextObject
    rect = pdfium_c.FS_RECTF()
    rect_ref = ctypes.byref(rect)
    to_box = page_transform(page)
    upright = page.get_rotation() % 360 == 0
    styles: dict[int, Style] = {}
    style_of = _StyleReader(raw).read
    chars: list[str] = []
    x0 = y0 = x1 = y1 = 0.0
    style: Style | None = None
    words = result.words

    def flush() -> None:
        if chars and style is not None:
            box = to_box(x0, y0, x1, y1)
            words.append(RawWord("".join(chars), box, style))
            if style.invisible:
                result.invisible += len(chars)
        chars.clear()

    for index in range(first, count):
        code = get_unicode(raw, index)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in _BLANKS:
            if chars:
                flush()
            continue
        if char in _HYPHENS:
            char = "-"
        elif code in (0xFFFD, 0xFFFF) or 0xE000 <= code <= 0xF8FF:
            result.unmapped += 1
            if code == 0xF0B7 or code == 0xF02D:
                char = "-"
        result.characters += 1
        if not get_box(raw, index, rect_ref):
            if chars:
                chars.append(char)
            continue
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        if chars:
            height = y1 - y0
            step = 0.28 * height
            moved = abs(bottom - y0) > 0.6 * height if upright else False
            if (left - x1 > step or left < x0 - step or moved) and upright:
                flush()
        if not chars:
            pointer = get_object(raw, index)
            address = ctypes.cast(pointer, ctypes.c_void_p).value or 0
            found = styles.get(address)
            if found is None:
                found = style_of(index, pointer)
                styles[address] = found
                result.fonts.add(found.font)
            style = found
            x0, y0, x1, y1 = left, bottom, right, top
        else:
            x0, y0 = min(x0, left), min(y0, bottom)
            x1, y1 = max(x1, right), max(y1, top)
        chars.append(char)
    flush()
    return result


class _StyleReader:
    """Reads the style of text objects. What hangs on the font alone is read once a font; buffers are used again.

    Some files make each word an object of its own, so this runs hundreds of times a page.
    """

    def __init__(self, raw: pdfium_c.FPDF_TEXTPAGE) -> None:
        self._raw = raw
        self._fonts: dict[int, tuple[str, bool, bool]] = {}
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int(0)
        self._matrix = pdfium_c.FS_MATRIX()
        self._matrix_ref = ctypes.byref(self._matrix)
        self._channels = [ctypes.c_uint() for _ in range(4)]
        self._channel_refs = [ctypes.byref(channel) for channel in self._channels]

    def read(self, index: int, pointer: pdfium_c.FPDF_PAGEOBJECT) -> Style:
        """The style of character ``index``, which belongs to the text object ``pointer``."""
        raw = self._raw
        name, bold, italic = self._font(index, pointer)
        size = pdfium_c.FPDFText_GetFontSize(raw, index)
        matrix = self._matrix
        if pdfium_c.FPDFText_GetMatrix(raw, index, self._matrix_ref):
            scale = (abs(matrix.a * matrix.d - matrix.b * matrix.c)) ** 0.5
            if scale > 0:
                size *= scale
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(pointer) if pointer else 0
        color: str | None = None
        if pdfium_c.FPDFText_GetFillColor(raw, index, *self._channel_refs):
            red, green, blue, _ = self._channels
            color = f"#{red.value:02x}{green.value:02x}{blue.value:02x}"
        return Style(round(size, 1), bold or mode == 2, italic, name, mode == _INVISIBLE, color)

    def _font(self, index: int, pointer: pdfium_c.FPDF_PAGEOBJECT) -> tuple[str, bool, bool]:
        font = pdfium_c.FPDFTextObj_GetFont(pointer) if pointer else None
        address = (ctypes.cast(font, ctypes.c_void_p).value or 0) if font else 0
        known = self._fonts.get(address) if address else None
        if known is not None:
            return known
        pdfium_c.FPDFText_GetFontInfo(self._raw, index, self._name, 128, ctypes.byref(self._flags))
        name = self._name.value.decode("utf-8", "replace").split("+")[-1]
        lowered = name.lower()
        flags = self._flags.value
        weight = pdfium_c.FPDFText_GetFontWeight(self._raw, index)
        bold = weight >= 600 or "bold" in lowered or "black" in lowered or bool(flags & (1 << 18))
        italic = bool(flags & (1 << 6)) or "italic" in lowered or "oblique" in lowered
        self._fonts[address] = (name, bold, italic)
        return name, bold, italic


# --- repair -----------------------------------------------------------------------------------------------------------


def join_marks(words: list[RawWord]) -> list[RawWord]:
    """Put tone marks that are drawn apart from their letters back on them: ("U", "̉y") → "Ủy", ("hoa", "`") → "hoà".

    A mark belongs to the vowel over which it stands; where the word's letters have no boxes of their own it goes to
    the vowel that is nearest by share of the word's width.
    """
    result: list[RawWord] = []
    for word in words:
        text = word.text
        lead = text[0]
        is_mark = unicodedata.combining(lead) != 0 or (lead in _SPACING_MARKS and len(text) == 1)
        if not is_mark or not result:
            result.append(word)
            continue
        target = result[-1]
        mark, rest = _SPACING_MARKS.get(lead, lead), text[1:]
        near = word.box[0] < target.box[2] + 0.3 * word.style.size and word.box[2] > target.box[0]
        level = min(word.box[3], target.box[3]) - max(word.box[1], target.box[1])
        if not near or level < 0.2 * word.style.size:
            result.append(word)
            continue
        center = (word.box[0] + min(word.box[2], target.box[2])) / 2 if rest else (word.box[0] + word.box[2]) / 2
        share = (center - target.box[0]) / max(0.1, target.box[2] - target.box[0])
        position = _vowel_near(target.text, share)
        if position is None:
            result.append(word)
            continue
        marked = target.text[: position + 1] + mark + target.text[position + 1 :] + rest
        box = (
            min(target.box[0], word.box[0]),
            min(target.box[1], word.box[1]),
            max(target.box[2], word.box[2]),
            max(target.box[3], word.box[3]),
        )
        result[-1] = RawWord(unicodedata.normalize("NFC", marked), box, target.style)
    return result


def _vowel_near(text: str, share: float) -> int | None:
    best: int | None = None
    for index, char in enumerate(text):
        if unicodedata.normalize("NFD", char)[0] in _VOWELS:
            place = (index + 0.5) / len(text)
            if best is None or abs(place - share) < abs((best + 0.5) / len(text) - share):
                best = index
    return best


# --- fragments --------------------------------------------------------------------------------------------------------


def fragments_of(words: list[RawWord], *, gap: float = 0.9) -> list[Fragment]:
    """Words joined into fragments: side by side on one level, gaps no wider than ``gap`` times the type size."""
    fragments: list[Fragment] = []
    rows: list[list[RawWord]] = []
    for word in sorted(words, key=lambda w: w.box[1] + w.box[3]):
        middle = (word.box[1] + word.box[3]) / 2
        for row in reversed(rows[-6:]):
            if _same_row(row, word, middle):
                row.append(word)
                break
        else:
            rows.append([word])
    for row in rows:
        row.sort(key=lambda w: w.box[0])
        current: list[RawWord] = []
        for word in row:
            if current and word.box[0] - current[-1].box[2] > gap * max(word.style.size, current[-1].style.size):
                fragments.append(_fragment(current))
                current = []
            current.append(word)
        fragments.append(_fragment(current))
    return fragments


def _same_row(row: list[RawWord], word: RawWord, middle: float) -> bool:
    last = row[-1]
    if max(w.style.size for w in row[-3:]) < 0.75 * word.style.size:
        last = max(row[-3:], key=lambda w: w.style.size)
    center = (last.box[1] + last.box[3]) / 2
    big = max(last.style.size, word.style.size)
    small = min(last.style.size, word.style.size)
    limit = 0.35 * big if small > 0.8 * big else 0.5 * big
    return abs(middle - center) < limit


def _fragment(words: list[RawWord]) -> Fragment:
    """One fragment; words that touch (a change of type inside a word, a superscript) are written together."""
    texts: list[str] = []
    kept: list[Word] = []
    for index, word in enumerate(words):
        touching = index > 0 and word.box[0] - words[index - 1].box[2] < 0.12 * word.style.size
        same_word = touching and kept and _glue(words[index - 1].text, word.text)
        if same_word:
            last = kept[-1]
            last.text += word.text
            if last.box is not None:
                last.box = _rounded(
                    (
                        last.box[0],
                        min(last.box[1], word.box[1]),
                        max(last.box[2], word.box[2]),
                        max(last.box[3], word.box[3]),
                    )
                )
            texts[-1] = last.text
        else:
            kept.append(Word(word.text, _rounded(word.box)))
            texts.append(word.text)
    weight = sum(len(w.text) for w in words)
    bold = sum(len(w.text) for w in words if w.style.bold) > 0.5 * weight
    italic = sum(len(w.text) for w in words if w.style.italic) > 0.5 * weight
    sizes = sorted(w.style.size for w in words for _ in range(min(len(w.text), 4)))
    colors = {w.style.color for w in words}
    return Fragment(
        text=unicodedata.normalize("NFC", " ".join(texts)),
        box=_rounded(
            (
                min(w.box[0] for w in words),
                min(w.box[1] for w in words),
                max(w.box[2] for w in words),
                max(w.box[3] for w in words),
            )
        ),
        size=sizes[len(sizes) // 2],
        words=kept,
        bold=bold,
        italic=italic,
        color=colors.pop() if len(colors) == 1 else None,
    )


def _glue(before: str, after: str) -> bool:
    """Whether two pieces that touch are one word: letters or digits meet, or a sign hangs on a letter."""
    return before[-1:].isalnum() or after[:1].isalnum() or before[-1:] in '/-(“".' or after[:1] in '/-)”".,;:'


def _rounded(box: Box) -> Box:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))
