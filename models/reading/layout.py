"""Tables of word processors: do they place things side by side, or do they hold data?

Offices set head and foot in tables without rules. Such a layout table is read column by column (a person reads the
issuer's lines, then the national title); a table of data is read row by row, each cell a line of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from models.document import Cell, Line, Side
from models.reading.anchors import AUTHORITY, MOTTO, NATIONAL_START, PARTY, RECIPIENTS_LINE, SIGNER_TITLE, TO, foot_mark
from models.reading.anchors import head_mark as is_head_mark

_MAX_LAYOUT_ROWS: Final = 12
_MAX_LAYOUT_COLUMNS: Final = 3
_ADDRESSED = re.compile(r"^\W{0,4}(?:Đồng\s)?kính\s{0,3}(?:gửi|trình|báo)", re.I)


@dataclass(slots=True)
class TableCell:
    """One cell: its lines, the grid column where it begins, how many columns it covers."""

    lines: list[Line] = field(default_factory=list)
    column: int = 0
    span: int = 1

    @property
    def filled(self) -> bool:
        """True when there is any text in it."""
        return any(line.text.strip() for line in self.lines)


@dataclass(slots=True)
class Table:
    """A table as the format gives it; ``ruled`` says whether lines are drawn between its cells (None: unknown)."""

    rows: list[list[TableCell]] = field(default_factory=list)
    ruled: bool | None = None


def place_table(table: Table, index: int) -> list[Line]:
    """The lines of ``table`` in reading order with their cells (and sides, for a layout table)."""
    rows = [row for row in table.rows if any(cell.filled for cell in row)]
    if not rows:
        return []
    if is_layout(rows, table.ruled):
        return _by_column(rows, index)
    lines: list[Line] = []
    for number, row in enumerate(rows):
        for cell in row:
            lines.extend(_tag(cell.lines, Cell(index, number, cell.column)))
    return lines


def is_layout(rows: list[list[TableCell]], ruled: bool | None) -> bool:
    """Whether a table only places things side by side.

    Content decides first: the fixed phrases of head and foot in a small table; then rules between cells speak for data.
    """
    columns = {cell.column for row in rows for cell in row if cell.filled}
    if len(columns) <= 1:
        return True
    if len(columns) > _MAX_LAYOUT_COLUMNS + 1:
        return False
    texts = [line.text.strip() for row in rows for cell in row for line in cell.lines if line.text.strip()]
    head = sum(1 for text in texts if NATIONAL_START.search(text) or MOTTO.search(text) or PARTY.search(text))
    number_or_date = sum(1 for text in texts if is_head_mark(text))
    foot = sum(1 for text in texts if foot_mark(text))
    recipients = any(RECIPIENTS_LINE.match(text) for text in texts)
    signature = any(AUTHORITY.match(text) or SIGNER_TITLE.fullmatch(text) for text in texts)
    if head and len(rows) <= _MAX_LAYOUT_ROWS:
        return True
    if (recipients or (signature and not ruled)) and foot and len(rows) <= 40:
        return True
    if ruled:
        return False
    if len(rows) <= _MAX_LAYOUT_ROWS and (number_or_date >= 2 or any(TO.match(text) for text in texts)):
        return True
    return ruled is False and len(rows) <= 2 and len(columns) <= _MAX_LAYOUT_COLUMNS


def _by_column(rows: list[list[TableCell]], index: int) -> list[Line]:
    """Column after column; a row that addresses somebody, and one fills the whole width, end the block above."""
    width = max(cell.column + cell.span for row in rows for cell in row)
    lines: list[Line] = []
    block: list[tuple[int, list[TableCell]]] = []
    for number, row in enumerate(rows):
        filled = [cell for cell in row if cell.filled]
        addressed = any(_ADDRESSED.match(line.text) for cell in filled[:1] for line in cell.lines[:1])
        if addressed or (len(filled) == 1 and filled[0].span >= width > 1 and len(row) == 1):
            # "Kính gửi:" and "Đồng kính gửi:" stand beside their lists: such rows are read one after the other.
            lines.extend(_block(block, index))
            block = []
            for cell in filled:
                lines.extend(_tag(cell.lines, Cell(index, number, cell.column, layout=True)))
        else:
            block.append((number, filled))
    lines.extend(_block(block, index))
    return lines


def _block(block: list[tuple[int, list[TableCell]]], index: int) -> list[Line]:
    """Rows side by side: the cells of the first column from top to bottom, then those of the next."""
    columns = sorted({cell.column for _, cells in block for cell in cells})
    if not columns:
        return []
    # Cells of different rows may begin in different grid columns (rows drawn apart): a cell belongs left when it
    # begins in the first column that is filled, right otherwise.
    lines: list[Line] = []
    sides = _sides(block, columns)
    for column in columns:
        for number, cells in block:
            for cell in cells:
                if cell.column != column:
                    continue
                for line in _tag(cell.lines, Cell(index, number, column, layout=True)):
                    line.side = line.side or sides.get(column)
                    lines.append(line)
    return lines


def _sides(block: list[tuple[int, list[TableCell]]], columns: list[int]) -> dict[int, Side | None]:
    if len(columns) < 2:
        only = columns[0]
        return {only: "right" if only > 0 else None}
    return {column: ("left" if column == columns[0] else "right") for column in columns}


def _tag(lines: list[Line], cell: Cell) -> list[Line]:
    """Say of each line where it stands; lines of a table inside the cell keep their own place."""
    for line in lines:
        if line.cell is None:
            line.cell = cell
    return [line for line in lines if line.text.strip()]
