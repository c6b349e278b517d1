"""Ruled tables of a scan: the grid of their lines, and the words of every cell kept together.

A finder of lines runs across the cells of a row. Here the rules of a table are found first, and each word goes to the cell in
which it stands; a cell that runs over several columns or rows has the place of its first. Tables without rules stay lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.reading.ocr.engine import Gray, OcrLine, OcrWord, PixelBox
from models.reading.ocr.tesseract import mean_confidence

_WORK_WIDTH = 1240
"""Pixels across the page while rules are looked for (A4 at 150 dots an inch)."""
_LEAST_WIDE = 0.35
"""Least width of a table as a share of the page's: frames of stamps are narrower."""
_LEAST_RULE = (0.45, 0.28)
"""Least part of the table's width, and height, that a rule between rows, and columns, runs over."""
_OPEN = 0.45
"""Below this part of a cell's side there is no rule there: the cell runs on."""
_RULE_SIGNS = frozenset("|[]!¦‖_—-=~.,:;'`")


@dataclass(slots=True)
class Grid:
    """One table: its rules, top to bottom and left to right, in pixels, and which cell each place of the grid belongs to."""

    rows: list[int]
    columns: list[int]
    owner: dict[tuple[int, int], tuple[int, int]]

    @property
    def box(self) -> PixelBox:
        return (self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    def cell(self, box: PixelBox) -> tuple[int, int] | None:
        """Row and column of the cell in which the middle of a box stands; None outside the table."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        x0, y0, x1, y1 = self.box
        if not (x0 < x < x1 and y0 < y < y1):
            return None
        row = int(np.searchsorted(self.rows, y)) - 1
        column = int(np.searchsorted(self.columns, x)) - 1
        return self.owner[row, column]


@dataclass(slots=True)
class CellLine:
    """A line of one cell."""

    line: OcrLine
    table: int
    row: int
    column: int


def find_grids(gray: Gray) -> list[Grid]:
    """The ruled tables of a prepared page of two rows and two columns at least, top to bottom."""
    height, width = gray.shape
    factor = _WORK_WIDTH / width
    small = cv2.resize(gray, (_WORK_WIDTH, max(8, round(height * factor))), interpolation=cv2.INTER_AREA)
    mask = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    level = cv2.morphologyEx(cv2.dilate(mask, np.ones((2, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, 55), np.uint8))
    upright = cv2.morphologyEx(cv2.dilate(mask, np.ones((1, 2), np.uint8)), cv2.MORPH_OPEN, np.ones((28, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(level, upright), np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(rules, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    grids: list[Grid] = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if w < _LEAST_WIDE * _WORK_WIDTH or h < 36:
            continue
        rows = _places(level[y : y + h, x : x + w].sum(axis=1) / 255.0, _LEAST_RULE[0] * w)
        columns = _places(upright[y : y + h, x : x + w].sum(axis=0) / 255.0, _LEAST_RULE[1] * h)
        if len(rows) < 3 or len(columns) < 3:
            continue
        ys, xs = [y + r for r in rows], [x + c for c in columns]
        owner = _owners(ys, xs, level, upright)
        if len(set(owner.values())) >= 4:
            grids.append(Grid([round(v / factor) for v in ys], [round(v / factor) for v in xs], owner))
    return sorted(grids, key=lambda g: g.rows[0])


def _places(profile: NDArray[np.float64], least: float) -> list[int]:
    """Middles of the runs of a profile that reach ``least``, runs close together as one."""
    at = np.flatnonzero(profile >= least)
    runs: list[list[int]] = []
    for place in at.tolist():
        if runs and place - runs[-1][-1] <= 7:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [round(sum(run) / len(run)) for run in runs]


def _owners(ys: Sequence[int], xs: Sequence[int], level: NDArray[Any], upright: NDArray[Any]) -> dict[tuple[int, int], tuple[int, int]]:
    """For every place of the grid the cell that holds it: its own, or the one left of or above it where no rule stands between."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            own = (row, column)
            if column and not _ruled(upright[ys[row] + 3 : ys[row + 1] - 2, xs[column] - 4 : xs[column] + 5], axis=1):
                own = owner[row, column - 1]
            elif row and not _ruled(level[ys[row] - 4 : ys[row] + 5, xs[column] + 3 : xs[column + 1] - 2], axis=0):
                own = owner[row - 1, column]
            owner[row, column] = own
    return owner


def _ruled(band: NDArray[Any], *, axis: int) -> bool:
    """Whether a rule runs along a band."""
    return band.size == 0 or float(band.max(axis=axis).astype(bool).mean()) > _OPEN


def take_cells(lines: Sequence[OcrLine], grids: Sequence[Grid]) -> tuple[list[OcrLine], list[CellLine]]:
    """The lines outside the tables, and the lines of the tables cell by cell, in the order of rows and columns."""
    rest: list[OcrLine] = []
    cells: defaultdict[tuple[int, int, int], list[OcrLine]] = defaultdict(list)
    for line in lines:
        table = next((i for i, grid in enumerate(grids) if grid.cell(line.box) is not None), None)
        if table is None or line.extra.get("stamp"):
            rest.append(line)
            continue
        pieces: dict[tuple[int, int], list[OcrWord]] = {}
        last: tuple[int, int] | None = None
        for word in line.words:
            place = grids[table].cell(word.box) or last
            if place is None:
                place = grids[table].cell(line.box)
            assert place is not None
            last = place
            if not set(word.text) <= _RULE_SIGNS or len(line.words) == 1:
                pieces.setdefault(place, []).append(word)
        for (row, column), words in pieces.items():
            cells[table, row, column].append(line if len(words) == len(line.words) else _piece(line, words))
    ordered = [
        CellLine(line, table, row, column)
        for (table, row, column), found in sorted(cells.items())
        for line in sorted(found, key=lambda one: (one.box[1] + one.box[3], one.box[0]))
    ]
    return rest, ordered


def _piece(line: OcrLine, words: list[OcrWord]) -> OcrLine:
    box = (min(w.box[0] for w in words), line.box[1], max(w.box[2] for w in words), line.box[3])
    return OcrLine(words, box, mean_confidence(words), dict(line.extra))
