"""A table's cells broken into lines: column widths after what stands in them, the first row as heading."""

from __future__ import annotations

from corpus.model import Block, TextLine
from corpus.render.lines import Align, SetText, set_text
from corpus.render.style import PageStyle

PADDING = 8
"""Points left and right of a cell's words, together."""


def set_table(block: Block, style: PageStyle) -> tuple[list[float], list[tuple[dict[int, SetText], float]]]:
    """Widths of the columns in points, and each row's cells by column with the row's height."""
    rows: dict[int, dict[int, TextLine]] = {}
    for line in block.lines:
        assert line.cell is not None
        rows.setdefault(line.cell.row, {})[line.cell.column] = line
    columns = max(max(row) for row in rows.values()) + 1
    weight = [1.0] * columns
    for row in rows.values():
        for c, line in row.items():
            longest = max((len(w) for w in line.text.split()), default=1)
            weight[c] = max(weight[c], longest * 1.6, min(len(line.text), 90) ** 0.8)
    widths = [style.text_width * w / sum(weight) for w in weight]
    size = max(style.size - 2, 10.5)
    result: list[tuple[dict[int, SetText], float]] = []
    for r, row in sorted(rows.items()):
        heading = r == min(rows)
        cells: dict[int, SetText] = {}
        for c, line in row.items():
            align: Align = "center" if heading or len(line.text) < 12 else "left"
            cells[c] = set_text(
                line.text, line.span[0], style=style, font="bold" if heading else "regular", size=size,
                room=widths[c] - PADDING, align=align, leading=1.05,
            )  # fmt: skip
        result.append((cells, max(part.height for part in cells.values()) + 6))
    return widths, result
