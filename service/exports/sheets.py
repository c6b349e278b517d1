"""Tables as CSV and XLSX, written so that no cell runs as a formula, and read back."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from models.errors import CongvanError

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a cell for a formula."""

MAX_CELL = 32_000
MAX_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: key in records, heading in Vietnamese, width in characters, and whether it holds days."""

    key: str
    heading: str
    width: int = 20
    day: bool = False


class SheetError(CongvanError):
    """A table that cannot be read: broken file, unknown or missing columns."""

    code = "bad_table"


def shielded(value: str) -> str:
    """A cell for CSV: what a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if value.lstrip("'").startswith(RISKY) else value


def unshielded(value: str) -> str:
    """The value of a cell that :func:`shielded` wrote."""
    return value[1:] if value.startswith("'") and value.lstrip("'").startswith(RISKY) else value


def printable(value: str) -> str:
    """Without the control characters that the workbook format forbids, and no longer than a cell may be."""
    return "".join(c for c in value if c >= " " or c in "\n\t")[:MAX_CELL]


def csv_lines(columns: Sequence[Column], rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """CSV with Vietnamese headings and a byte-order mark (spreadsheets read the letters right), a line at a time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading for column in columns])
    yield "\ufeff" + out.getvalue()
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([shielded(row.get(column.key, "")) for column in columns])
        yield out.getvalue()


def xlsx_bytes(columns: Sequence[Column], rows: Iterable[dict[str, str]], *, sheet: str, title: Sequence[str] = ()) -> bytes:
    """An Excel workbook of one sheet: ``title`` lines, a frozen heading, a filter; days are real days; nothing is a formula.

    Written row by row, so that memory does not grow with the cells' styles.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    for position, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(position)].width = column.width
    page.freeze_panes = f"A{len(title) + 2}"
    for line in title:
        page.append([_cell(page, line, bold=True)])
    page.append([_cell(page, column.heading, bold=True, fill=True) for column in columns])
    count = 0
    for row in rows:
        count += 1
        page.append([_cell(page, row.get(column.key, ""), day=column.day) for column in columns])
    page.auto_filter.ref = f"A{len(title) + 1}:{get_column_letter(len(columns))}{len(title) + 1 + count}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, value: str, *, bold: bool = False, fill: bool = False, day: bool = False) -> Any:
    moment = parse_day(value) if day else None
    cell = WriteOnlyCell(page, value=datetime(moment.year, moment.month, moment.day) if moment else printable(value))
    if moment:
        cell.number_format = "dd/mm/yyyy"
    else:
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    if fill:
        cell.fill = PatternFill("solid", fgColor="FFE8EDF3")
    return cell


def parse_day(value: str) -> date | None:
    """A day from ISO 8601 or dd/mm/yyyy; None for anything else."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        try:
            return datetime.strptime(value, "%d/%m/%Y").date()
        except ValueError:
            return None


def read_table(path: Path, columns: Sequence[Column]) -> list[dict[str, str]]:
    """The rows of a CSV or XLSX file as records; days as ISO 8601. Headings may stand in any order below title lines.

    Raises SheetError when the file is no table, or none of its first rows has the headings.
    """
    if path.suffix.lower() == ".csv":
        try:
            cells: Iterable[Sequence[object]] = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        except (UnicodeDecodeError, csv.Error) as error:
            raise SheetError(f"{path.name} is not a CSV file in UTF-8: {error}", remedy="Save it as CSV UTF-8, or as XLSX.") from error
    elif path.suffix.lower() == ".xlsx":
        try:
            book = load_workbook(path, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise SheetError(f"{path.name} is not a readable workbook: {error}", remedy="Save it anew as XLSX.") from error
        sheet = book.worksheets[0]
        cells = list(sheet.iter_rows(values_only=True, max_row=MAX_ROWS))
        book.close()
    else:
        raise SheetError(f"{path.name} is neither CSV nor XLSX", remedy="Give a file that ends in .csv or .xlsx.")
    return _records(path.name, list(cells), columns)


def _records(name: str, cells: Sequence[Sequence[object]], columns: Sequence[Column]) -> list[dict[str, str]]:
    by_heading = {column.heading.casefold(): column for column in columns}

    def headings(row: Sequence[object]) -> dict[int, Column]:
        texts = [str(cell).strip().casefold() if cell is not None else "" for cell in row]
        return {i: by_heading[text] for i, text in enumerate(texts) if text in by_heading}

    start = next((i for i, row in enumerate(cells[:10]) if len(headings(row)) * 2 > len(columns)), None)
    if start is None:
        wanted = ", ".join(column.heading for column in columns[:6])
        raise SheetError(f"{name} does not have the headings of this form", remedy=f"Begin from an export; the headings are: {wanted} …")
    found = headings(cells[start])
    rows = []
    for row in cells[start + 1 :]:
        record = {column.key: _text(row[i], column) for i, column in found.items() if i < len(row)}
        if any(record.values()):
            rows.append(record)
    return rows


def _text(cell: object, column: Column) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    value = unshielded(str(cell))
    if column.day and (day := parse_day(value)):
        return day.isoformat()
    return value
