"""Two pages on one sheet: a book or a folded letter scanned open. Each half is put in order for itself.

A sheet is taken for two pages only where it lies across, a strip as wide as two margins runs down its middle without any
word, and both sides hold running text; a landscape table, whose columns stand close, never looks so.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.letter import Box
from models.reading.pdf_layout import Fragment, Placed, arrange

LEAST_GUTTER = 0.055
"""Width of the empty strip as a share of the sheet's: two margins of 20 mm are a tenth of two A4 pages."""
LEAST_LONG = 7
"""Lines of running text that one of the halves must hold."""


def gutter_of(fragments: Sequence[Fragment], width: float, height: float) -> float | None:
    """Where the two pages of a sheet meet, in points; None for a sheet that is one page."""
    if width < 1.15 * height or len(fragments) < 14:
        return None
    best: tuple[float, float] | None = None
    edges = sorted((f.box[0], f.box[2]) for f in fragments)
    reached = edges[0][1]
    for start, end in edges[1:]:
        if start > reached and 0.4 * width < (reached + start) / 2 < 0.6 * width:
            gap = start - reached
            if best is None or gap > best[0]:
                best = (gap, (reached + start) / 2)
        reached = max(reached, end)
    if best is None or best[0] < LEAST_GUTTER * width:
        return None
    halves = [[f for f in fragments if f.center_x < best[1]], [f for f in fragments if f.center_x > best[1]]]
    if min(len(half) for half in halves) < 3 or max(_long(half, width) for half in halves) < LEAST_LONG:
        return None
    return best[1]


def _long(half: Sequence[Fragment], width: float) -> int:
    """Lines of a half that run over most of a page's width of text."""
    return sum(f.box[2] - f.box[0] > 0.32 * width for f in half)


def arrange_sheet(fragments: Sequence[Fragment], width: float, height: float) -> list[Placed]:
    """All fragments of a sheet as lines in reading order: of its one page, or of the left page and then the right."""
    gutter = gutter_of(fragments, width, height)
    if gutter is None:
        return arrange(fragments, width, height)
    left = arrange([f for f in fragments if f.center_x < gutter], gutter, height)
    right = [f for f in fragments if f.center_x >= gutter]
    _shift(right, -gutter)
    placed = arrange(right, width - gutter, height)
    _shift(right, gutter)
    return left + placed


def _shift(fragments: Sequence[Fragment], by: float) -> None:
    for fragment in fragments:
        fragment.box = _moved(fragment.box, by)
        for word in fragment.words:
            if word.box is not None:
                word.box = _moved(word.box, by)


def _moved(box: Box, by: float) -> Box:
    return (round(box[0] + by, 1), box[1], round(box[2] + by, 1), box[3])
