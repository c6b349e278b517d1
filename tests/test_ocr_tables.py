"""Ruled tables of scans: the grid, merged cells, and the words of a cell kept together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from corpus.render.fonts import font_file
from models.document import Cell, assemble
from models.reading.ocr.engine import Gray, OcrLine, OcrWord
from models.reading.ocr.grid import Grid, find_grids, take_cells
from models.reading.ocr.page import read_page_image
from models.tasks import tables
from tests.test_ocr import _needs_tesseract

DPI = 200
ROWS = (900, 960, 1080, 1200, 1320)
COLUMNS = (180, 300, 900, 1200, 1500)
CELLS = [
    ("TT", "Nội dung công việc", "Đơn vị chủ trì", "Thời hạn"),
    ("1", "Rà soát quy hoạch", "Sở Xây dựng", "30/6/2024"),
    ("2", "Lập danh sách hộ nghèo", "Sở Nội vụ", "15/7/2024"),
    ("3", "Báo cáo kết quả", "Sở Tài chính", "30/9/2024"),
]


def _page(*, merged: bool = False, tilt: float = 0.0) -> Gray:
    """A page with two lines of text over a ruled table; ``merged`` leaves out the rule between the last two heads."""
    image = Image.new("L", (1654, 2339), 252)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(font_file("serif")), 34)
    for at in range(8):
        draw.text((180, 300 + 60 * at), "Các cơ quan, đơn vị tổ chức thực hiện các nhiệm vụ dưới đây", 20, font=font)
    for y in ROWS:
        draw.line((COLUMNS[0], y, COLUMNS[-1], y), 40, 3)
    for x in COLUMNS:
        top = ROWS[1] if merged and x == COLUMNS[3] else ROWS[0]
        draw.line((x, top, x, ROWS[-1]), 40, 3)
    for row, texts in enumerate(CELLS):
        for column, text in enumerate(texts):
            if not (merged and row == 0 and column == 3):
                draw.text((COLUMNS[column] + 14, ROWS[row] + 12), text, 20, font=font)
    page = np.array(image)
    if tilt:
        matrix = cv2.getRotationMatrix2D((827, 1170), tilt, 1)
        page = np.asarray(cv2.warpAffine(page, matrix, (1654, 2339), borderValue=(252,)), dtype=np.uint8)
    return page


@pytest.mark.parametrize("tilt", [0.0, 0.2])
def test_grid_of_a_table(tilt: float) -> None:
    (grid,) = find_grids(_page(tilt=tilt))
    assert np.allclose(grid.columns, COLUMNS, atol=10)
    assert np.allclose(grid.rows, ROWS, atol=10)
    assert len(set(grid.owner.values())) == 16


def test_a_cell_over_two_columns() -> None:
    (grid,) = find_grids(_page(merged=True))
    assert grid.owner[0, 3] == (0, 2)
    assert grid.owner[1, 3] == (1, 3)


def test_frames_and_rules_are_no_tables() -> None:
    page = np.full((2339, 1654), 250, np.uint8)
    cv2.rectangle(page, (80, 80), (1574, 2259), (30,), 4)  # a frame around the page
    cv2.rectangle(page, (200, 300), (560, 520), (30,), 3)  # a stamp with a rule in it
    cv2.line(page, (200, 400), (560, 400), (30,), 3)
    cv2.line(page, (600, 700), (1000, 700), (30,), 3)
    assert find_grids(page) == []


def test_a_line_across_cells_is_cut() -> None:
    grid = Grid([0, 50, 100], [0, 200, 400], {(r, c): (r, c) for r in range(2) for c in range(2)})
    words = [OcrWord("Sở", (10, 10, 50, 40), 0.9), OcrWord("|", (198, 5, 202, 45), 0.5), OcrWord("30/6", (250, 10, 300, 40), 0.9)]
    outside = OcrLine([OcrWord("Số", (0, 200, 40, 220), 0.9)], (0, 200, 40, 220), 0.9)
    rest, cells = take_cells([OcrLine(words, (10, 5, 300, 45), 0.9), outside], [grid])
    assert rest == [outside]
    assert [(c.line.text, c.table, c.row, c.column) for c in cells] == [("Sở", 0, 0, 0), ("30/6", 0, 0, 1)]


def test_table_of_a_scan_is_read_cell_by_cell() -> None:
    _needs_tesseract()
    reading = read_page_image(_page(), dpi=DPI)
    pages = [reading.as_page(1), read_page_image(_page(), dpi=DPI).as_page(2)]
    document = assemble(pages)
    cells: dict[Cell, str] = {}
    for line in document.lines:
        if line.cell is not None:
            cells[line.cell] = " ".join([cells[line.cell], line.text] if line.cell in cells else [line.text])
    found = [[cells.get(Cell(table, row, column), "") for column in range(4)] for table in (0, 1) for row in range(4)]
    right = sum(a == b for row, wanted in zip(found, CELLS * 2, strict=True) for a, b in zip(row, wanted, strict=True))
    assert right >= 30  # of 32
    before = [line.text for line in document.pages[0].lines if line.cell is None]
    assert document.pages[0].lines[0].text == before[0]
    assert document.pages[0].lines[len(before)].cell == Cell(0, 0, 0)


def test_a_table_of_costs_assigns_nothing() -> None:
    titles = {"Nội dung công việc": "task", "Đơn vị": "lead", "Đơn vị tính": "other", "Đơn vị chủ trì": "lead", "ĐVT": "other", "Thành tiền": "other"}
    assert {title: tables.column(title) for title in titles} == titles
