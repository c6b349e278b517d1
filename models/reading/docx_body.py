"""The story of a DOCX (body, header, footnote) as lines: runs, breaks, lists, tables, text boxes, tracked changes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from models.document import Line
from models.errors import InputTooLarge
from models.reading.docx_numbering import Numbering
from models.reading.docx_styles import EMPTY, Look, Styles, look_of, ruled
from models.reading.encodings import decode_by_font
from models.reading.layout import Table, TableCell, place_table
from models.reading.limits import MAX_DEPTH, MAX_LINES
from models.reading.xmlsafe import attribute, local

_BLANKS = re.compile(r"[ \u00a0\u202f\u3000]+")
_SKIPPED: Final = frozenset(
    {
        "del",
        "moveFrom",
        "Fallback",
        "instrText",
        "delText",
        "delInstrText",
        "rPrChange",
        "pPrChange",
        "sectPr",
        "tblGrid",
        "commentRangeStart",
        "commentRangeEnd",
        "annotationRef",
        "proofErr",
        "binData",
        "fldData",
    }
)
_SYMBOLS: Final = {
    "f0b7": "•",
    "f0a7": "▪",
    "f0d8": "➢",
    "f0fc": "✓",
    "f0e0": "→",
    "f0e8": "➔",
    "f0a8": "□",
    "f06f": "□",
    "f0fe": "☑",
    "f0a3": "≤",
    "f0b3": "≥",
    "f0b1": "±",
    "f0b0": "°",
    "f0b4": "×",
    "f02d": "-",
    "f02b": "+",
}


@dataclass(slots=True)
class _Run:
    """Text of one look within a paragraph."""

    text: str
    look: Look


@dataclass(slots=True)
class _Paragraph:
    """The runs of a paragraph, cut into lines at soft breaks, and what hangs on it."""

    lines: list[list[_Run]] = field(default_factory=lambda: [[]])
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    hard_breaks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Story:
    """State of one reading: where lists and pages stand, which tables and notes were met."""

    styles: Styles
    numbering: Numbering
    rendered_breaks: bool = False
    page: int = 1
    tables: int = 0
    lines_read: int = 0
    legacy: Counter[str] = field(default_factory=Counter)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Footnotes and endnotes in the order of their marks: (kind, id)."""

    def blocks(self, parent: etree._Element, depth: int = 0) -> list[Line]:
        """The lines of every paragraph and table under ``parent``, in reading order."""
        if depth > MAX_DEPTH:
            text = _BLANKS.sub(" ", " ".join(t.text or "" for t in parent.iter() if local(t) == "t")).strip()
            return [Line(text=text, page=self.page, whole_paragraph=True)] if text else []
        lines: list[Line] = []
        for child in parent:
            kind = local(child)
            if kind == "p":
                lines.extend(self._paragraph(child, depth))
            elif kind == "tbl":
                lines.extend(self._table(child, depth))
            elif kind not in _SKIPPED and len(child):
                lines.extend(self.blocks(child, depth + 1))
        return lines

    # -- paragraphs ------------------------------------------------------------------------------------------------

    def _paragraph(self, element: etree._Element, depth: int) -> list[Line]:
        properties = next((child for child in element if local(child) == "pPr"), None)
        own, style, mark = EMPTY, None, EMPTY
        if properties is not None:
            own = look_of(properties)
            for child in properties:
                if local(child) == "pStyle":
                    style = attribute(child, "val")
                elif local(child) == "rPr":
                    mark = look_of(child)
        look = own.over(self.styles.look(style))
        if look.page_break_before and not self.rendered_breaks and self.lines_read:
            self.page += 1
        paragraph = _Paragraph()
        self._runs(element, look, paragraph, depth)
        label = self.numbering.label(look.list_id, look.list_level or 0) if look.list_id else None
        lines = self._lines(paragraph, look, label)
        self.notes.extend(paragraph.notes)
        for box in paragraph.boxes:
            lines.extend(self.blocks(box, depth + 1))
        if mark.hidden and not any(line.text for line in lines):
            return []
        return lines

    def _runs(self, element: etree._Element, look: Look, into: _Paragraph, depth: int) -> None:
        """Collect the text of runs, descending through links, fields, insertions, content controls and tags."""
        if depth > MAX_DEPTH * 3:
            return
        for child in element:
            kind = local(child)
            if kind == "r":
                self._run(child, look, into)
            elif kind == "lastRenderedPageBreak":
                into.hard_breaks.append(len(into.lines) - 1)
            elif kind == "txbxContent":
                into.boxes.append(child)
            elif kind == "t" and not kind.startswith("del"):
                self._add(child.text or "", look, into)
            elif kind not in _SKIPPED and kind != "pPr" and len(child):
                self._runs(child, look, into, depth + 1)

    def _run(self, element: etree._Element, base: Look, into: _Paragraph) -> None:
        look = base
        for child in element:
            kind = local(child)
            if kind == "t":
                self._add(child.text or "", look, into)
            elif kind == "rPr":
                for part in child:
                    if local(part) == "rStyle":
                        look = self.styles.run_look(attribute(part, "val") or "").over(look)
                look = look_of(child).over(look)
                if look.hidden:
                    return
            elif kind in ("tab", "ptab"):
                self._add("\t", EMPTY, into)
            elif kind in ("br", "cr"):
                if attribute(child, "type") == "page" and not self.rendered_breaks:
                    into.hard_breaks.append(len(into.lines) - (0 if into.lines[-1] else 1))
                into.lines.append([])
            elif kind == "lastRenderedPageBreak":
                into.hard_breaks.append(len(into.lines) - 1)
            elif kind == "noBreakHyphen":
                self._add("-", look, into)
            elif kind == "sym":
                self._add(_SYMBOLS.get((attribute(child, "char") or "").lower(), ""), look, into)
            elif kind in ("footnoteReference", "endnoteReference"):
                into.notes.append((kind.removesuffix("Reference"), attribute(child, "id") or ""))
            elif kind not in _SKIPPED and kind != "softHyphen" and len(child):
                self._nested(child, look, into)

    def _nested(self, element: etree._Element, look: Look, into: _Paragraph) -> None:
        """Drawings and alternate content inside a run: their text boxes hang on the paragraph, other text is text."""
        for child in element.iter():
            if local(child) == "txbxContent" and not _within_fallback(child, element):
                into.boxes.append(child)
        if local(element) == "ruby":
            self._runs(element, look, into, 0)

    def _add(self, text: str, look: Look, into: _Paragraph) -> None:
        if not text:
            return
        if look.font:
            converted = decode_by_font(text, look.font)
            if converted is not None:
                text, encoding = converted, _encoding_of(look.font)
                if encoding:
                    self.legacy[encoding] += len(text)
        if look.caps:
            text = text.upper()
        into.lines[-1].append(_Run(text, look))

    def _lines(self, paragraph: _Paragraph, look: Look, label: str | None) -> list[Line]:
        lines: list[Line] = []
        last = len(paragraph.lines) - 1
        for index, runs in enumerate(paragraph.lines):
            self.page += paragraph.hard_breaks.count(index) if index or self.lines_read else 0
            text = "".join(run.text for run in runs).replace("\n", " ").replace("\r", " ").replace("\v", " ")
            text = "\t".join(_BLANKS.sub(" ", part) for part in text.split("\t"))
            if label and not lines and text.strip():
                text = f"{label} {text.strip()}"
            if not text.strip():
                continue
            self.lines_read += 1
            if self.lines_read > MAX_LINES:
                raise InputTooLarge(f"More than {MAX_LINES:,} paragraphs.", remedy="Send one letter at a time.")
            lines.append(
                Line(
                    text=text,
                    page=self.page,
                    font_size=_common(runs, "size"),
                    bold=_mostly(runs, "bold"),
                    italic=_mostly(runs, "italic"),
                    color=_common(runs, "color"),
                    alignment=look.alignment or "left",
                    indent=look.indent,
                    gap_before=look.before if not lines else None,
                    label=label if not lines else None,
                    whole_paragraph=index == last,
                )
            )
        self.page += sum(1 for at in paragraph.hard_breaks if at > last)
        return lines

    # -- tables ----------------------------------------------------------------------------------------------------

    def _table(self, element: etree._Element, depth: int) -> list[Line]:
        table = Table(rows=[], ruled=None)
        index = self.tables
        self.tables += 1
        self._rows(element, table, depth)
        return place_table(table, index)

    def _rows(self, element: etree._Element, table: Table, depth: int) -> None:
        for child in element:
            kind = local(child)
            if kind == "tblPr":
                own = ruled(child)
                style = next((attribute(part, "val") for part in child if local(part) == "tblStyle"), None)
                table.ruled = own if own is not None else (style in self.styles.ruled_tables if style else False)
            elif kind == "tr":
                if not any(local(part) == "del" for part in child.iter("{*}del") if _is_row_mark(part, child)):
                    table.rows.append(self._row(child, table, depth))
            elif kind not in _SKIPPED and kind not in ("tblPrEx",) and len(child):
                self._rows(child, table, depth)

    def _row(self, element: etree._Element, table: Table, depth: int) -> list[TableCell]:
        cells: list[TableCell] = []
        column = 0
        for child in _cells(element):
            if local(child) == "trPr":
                for part in child:
                    if local(part) == "gridBefore":
                        column += _count(attribute(part, "val"))
                continue
            span, continued = 1, False
            for properties in child:
                if local(properties) != "tcPr":
                    continue
                for part in properties:
                    if local(part) == "gridSpan":
                        span = max(1, _count(attribute(part, "val")))
                    elif local(part) == "vMerge":
                        continued = (attribute(part, "val") or "continue") != "restart"
                if ruled(properties):
                    table.ruled = True
            lines = [] if continued and not _has_text(child) else self.blocks(child, depth + 1)
            cells.append(TableCell(lines, column, span))
            column += span
        return cells


def _cells(row: etree._Element) -> list[etree._Element]:
    """Cells of a row, content controls and tags around them opened."""
    found: list[etree._Element] = []
    for child in row:
        if local(child) in ("tc", "trPr"):
            found.append(child)
        elif local(child) not in _SKIPPED:
            found.extend(part for part in child.iter() if local(part) == "tc" and _nearest_row(part) is row)
    return found


def _nearest_row(cell: etree._Element) -> etree._Element | None:
    return next((a for a in cell.iterancestors() if local(a) == "tr"), None)


def _is_row_mark(mark: etree._Element, row: etree._Element) -> bool:
    """A deletion mark in the row's own properties means that the whole row is deleted."""
    parent = mark.getparent()
    return parent is not None and local(parent) == "trPr" and parent.getparent() is row


def _within_fallback(element: etree._Element, top: etree._Element) -> bool:
    """Inside mc:Fallback (the same content for old programs), or inside another text box, which is read with it."""
    for ancestor in element.iterancestors():
        if ancestor is top:
            return False
        if local(ancestor) in ("Fallback", "txbxContent"):
            return True
    return False


def _has_text(element: etree._Element) -> bool:
    return any(local(part) == "t" and part.text for part in element.iter())


def _count(value: str | None) -> int:
    return min(int(value), 64) if value and value.isdigit() else 0


def _mostly(runs: list[_Run], name: str) -> bool | None:
    """True when more than half of the letters have the property."""
    total = sum(len(run.text.strip()) for run in runs)
    if not total:
        return None
    return sum(len(run.text.strip()) for run in runs if getattr(run.look, name)) * 2 > total


def _common(runs: list[_Run], name: str) -> Any:
    """The value that most letters have."""
    counts: Counter[Any] = Counter()
    for run in runs:
        counts[getattr(run.look, name)] += len(run.text.strip())
    return counts.most_common(1)[0][0] if counts else None


def _encoding_of(font: str) -> str | None:
    from models.reading.encodings import encoding_of_font

    return encoding_of_font(font)
