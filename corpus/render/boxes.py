"""Gold boxes: where every zone, mark and word of a letter stands on its pages."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.gold import segments
from corpus.model import AnnotatedLetter
from corpus.render.lines import Layout
from models.document import union
from models.letter import Box, Span


@dataclass(frozen=True, slots=True)
class GoldBox:
    """A named stretch of the text and its box on one page (from 1); points, origin top left."""

    kind: str
    """zone, mark or word."""
    name: str
    span: Span
    page: int
    box: Box
    text: str


def boxes_of(layout: Layout, span: Span) -> dict[int, Box]:
    """Page (from 1) to box of a span; one entry a page on which it stands."""
    found: dict[int, list[Box]] = {}
    for word in layout.words:
        if word.span[0] < span[1] and span[0] < word.span[1]:
            # A mark may cover part of a word ("15" of "15/QĐ-UBND"): take that part of its width.
            length = word.span[1] - word.span[0]
            left = max(span[0] - word.span[0], 0) / length
            right = min(span[1] - word.span[0], length) / length
            x0, y0, x1, y1 = word.box
            found.setdefault(word.page + 1, []).append((x0 + left * (x1 - x0), y0, x0 + right * (x1 - x0), y1))
    return {page: box for page, boxes in found.items() if (box := union(boxes)) is not None}


def gold_boxes(letter: AnnotatedLetter, layout: Layout, *, words: bool = False) -> list[GoldBox]:
    """Boxes of all zones and marks, and of all words when asked."""
    result: list[GoldBox] = []
    wanted: list[tuple[str, str, Span]] = [("zone", str(s.zone), s.span) for s in segments(letter)]
    wanted += [("mark", mark.name, mark.span) for mark in letter.marks]
    if words:
        wanted += [("word", "", word.span) for word in layout.words]
    for kind, name, span in wanted:
        for page, box in boxes_of(layout, span).items():
            result.append(GoldBox(kind, name, span, page, box, letter.text[span[0] : span[1]]))
    return result
