"""Gap, alignment and indent of the lines of a page, from the margins of its text."""

from __future__ import annotations

from statistics import median

from models.document import Alignment
from models.letter import Box
from models.reading.pdf_layout_types import Placed


def describe(placed: list[Placed], width: float) -> None:
    """Set gap above, alignment and indent of each line from the margins of the page's text."""
    body = [p for p in placed if p.side is None]
    edges = [p.box for p in body if p.box[2] - p.box[0] > 0.55 * width]
    left_margin = median(b[0] for b in edges) if len(edges) >= 3 else min(p.box[0] for p in placed)
    right_margin = median(b[2] for b in edges) if len(edges) >= 3 else max(p.box[2] for p in placed)
    left_margin = min(left_margin, *(b[0] for b in edges)) if len(edges) >= 3 and edges else left_margin
    previous: Placed | None = None
    for item in placed:
        box = item.box
        if previous is not None and previous.side == item.side:
            item.gap_before = round(max(0.0, box[1] - previous.box[3]), 1)
        if item.side is None:
            item.indent = round(max(0.0, box[0] - left_margin), 1)
            item.alignment = _alignment(box, left_margin, right_margin)
        previous = item
    for side in ("left", "right"):
        column = [p for p in placed if p.side == side]
        if len(column) > 1:
            center = median((p.box[0] + p.box[2]) / 2 for p in column)
            for item in column:
                starts_alike = sum(abs(item.box[0] - other.box[0]) < 3 for other in column) > len(column) / 2
                middle = abs((item.box[0] + item.box[2]) / 2 - center) < 8
                item.alignment = "left" if starts_alike else "center" if middle else "left"


def _alignment(box: Box, left: float, right: float) -> Alignment:
    tolerance = 0.03 * (right - left)
    at_left, at_right = box[0] - left < 3 * tolerance, right - box[2] < tolerance
    if at_right and at_left:
        return "justify"
    if abs((box[0] - left) - (right - box[2])) < 2 * tolerance and box[0] - left > 2 * tolerance:
        return "center"
    if at_right and box[0] - left > 0.45 * (right - left):
        return "right"
    return "left"
