"""Words broken into printed lines: what is set, before it has a place on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from corpus.model import AnnotatedLetter
from corpus.render.fonts import width
from corpus.render.style import PageStyle
from models.letter import Box, Span, Zone

Align = Literal["left", "center", "right", "justify"]
_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class PlacedWord:
    """A word on a page: left, baseline and width in points from the top left, font and span in the letter's text."""

    text: str
    x: float
    y: float
    width: float
    size: float
    font: str
    span: Span
    page: int = 0
    hidden: bool = False
    """Left blank on the page (a gap for handwriting or a stamp)."""

    @property
    def box(self) -> Box:
        """Box of the word with ascent and descent."""
        return (self.x, self.y - 0.78 * self.size, self.x + self.width, self.y + 0.22 * self.size)


@dataclass(slots=True)
class Rule:
    """A line on a page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    thickness: float = 0.6
    color: tuple[float, float, float] = (0, 0, 0)


@dataclass(slots=True)
class Layout:
    """A letter set on pages."""

    style: PageStyle
    words: list[PlacedWord] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pages: int = 1
    extras: list[PlacedWord] = field(default_factory=list)
    """Words that are no part of the letter's text: page numbers."""
    signature: tuple[int, Box] | None = None
    """Page and box of the gap between title and name."""


@dataclass(slots=True)
class SetText:
    """Words of one column, relative to its top left corner, and its height."""

    words: list[PlacedWord] = field(default_factory=list)
    height: float = 0
    lines: list[tuple[float, float, list[PlacedWord]]] = field(default_factory=list)
    """(top, height, words) of every printed line."""


def set_text(
    text: str,
    start: int,
    *,
    style: PageStyle,
    font: str,
    size: float,
    room: float,
    align: Align = "left",
    indent: float = 0,
    leading: float | None = None,
    bold_until: int = 0,
    blanks: Sequence[Span] = (),
) -> SetText:
    """Break one line of the letter into printed lines of at most ``room`` points.

    Words under ``blanks`` are left out, with a wider gap in their place; a word is cut where a blank begins or ends.
    """
    step = size * (leading or style.leading) * 1.15
    space = width(" ", style.family, font, size)
    result = SetText()
    current: list[PlacedWord] = []
    x = indent
    end = 0

    def flush(last: bool) -> None:
        nonlocal current, x
        if not current:
            return
        extent = current[-1].x + current[-1].width
        slack = room - extent
        if align == "center":
            shift = slack / 2 - (indent / 2 if len(result.lines) == 0 else 0)
            for w in current:
                w.x += shift
        elif align == "right":
            for w in current:
                w.x += slack
        elif align == "justify" and not last and len(current) > 1 and slack > 0:
            for i, w in enumerate(current):
                w.x += slack * i / (len(current) - 1)
        top = result.height
        for w in current:
            w.y = top + size * 0.95 + (step - size * 1.15) / 2
        result.lines.append((top, step, current))
        result.words.extend(current)
        result.height += step
        current, x = [], 0

    for first, last, hidden in _cut_words(text, start, blanks):
        word_font = font
        if first < bold_until:
            word_font = "bolditalic" if font == "italic" else "bold"
        word = text[first:last]
        w = width(word, style.family, word_font, size) + (size * 1.1 if hidden else 0)
        gap = space * (first - end) if current else (space * first if not result.lines else 0)
        if current and gap and x + gap + w > room:
            flush(last=False)
            gap = 0
        current.append(PlacedWord(word, x + gap, 0, w, size, word_font, (start + first, start + last), hidden=hidden))
        x += gap + w
        end = last
    flush(last=True)
    return result


def _cut_words(text: str, start: int, blanks: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """Words of a line as (start, end, left blank), cut at the ends of blanks."""
    for found in _WORD.finditer(text):
        cuts = {found.start(), found.end()}
        for a, b in blanks:
            cuts |= {c - start for c in (a, b) if found.start() < c - start < found.end()}
        places = sorted(cuts)
        for a, b in pairwise(places):
            yield a, b, any(x <= start + a and start + b <= y for x, y in blanks)


def stack(parts: Sequence[SetText], gap: float = 0) -> SetText:
    """Columns of words one under the other, ``gap`` points apart."""
    result = SetText()
    for part in parts:
        if result.height and part.height:
            result.height += gap
        for top, height, words in part.lines:
            for w in words:
                w.y += result.height
            result.lines.append((top + result.height, height, words))
        result.words.extend(part.words)
        result.height += part.height
    return result


def blank_spans(letter: AnnotatedLetter, blanks: frozenset[str]) -> list[Span]:
    """The spans of the number, of day and month, and of the stamps of urgency and secrecy, where they are left blank."""
    spans: list[Span] = []
    if "number" in blanks and (number := letter.first("number")):
        spans.append(number.span)
    if "day" in blanks and (mark := letter.first("date")):
        digits = list(re.finditer(r"\d+", letter.words(mark)))[:2]
        spans.extend((mark.span[0] + m.start(), mark.span[0] + m.end()) for m in digits)
    if "stamp" in blanks:
        spans += [block.span for block in letter.blocks if block.zone in (Zone.URGENCY, Zone.SECRECY)]
    return spans
