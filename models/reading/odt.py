"""ODT (OpenDocument text, ISO 26300), packed and flat: content and styles read with lxml."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from models.document import Alignment, Document, Line, assemble
from models.errors import EncryptedInput, UnreadableInput
from models.reading.columns import split_columns
from models.reading.docx import pages_of
from models.reading.docx_numbering import format_number
from models.reading.furniture import mark_furniture
from models.reading.layout import Table, TableCell, place_table
from models.reading.limits import MAX_DEPTH
from models.reading.runs import Builder, Style, convert_lines
from models.reading.sniff import FODT, ODT, open_zip, read_member
from models.reading.xmlsafe import attribute, local, parse

_BOXES: Final = frozenset(
    ["frame", "custom-shape", "text-box", "g", "rect", "polygon", "regular-polygon", "polyline", "path", "circle", "ellipse", "caption", "line", "connector"]
)
"""Drawings that may hold text of their own, set beside the line they are anchored to."""
_SKIPPED: Final = frozenset(
    {
        "tracked-changes",
        "annotation",
        "annotation-end",
        "sequence-decls",
        "forms",
        "table-of-content-source",
        "bookmark",
        "bookmark-start",
        "bookmark-end",
        "change",
        "change-start",
        "change-end",
        "soft-page-break",
        "image",
        "object",
        "variable-decls",
        "user-field-decls",
        "desc",
        "title",
        "event-listeners",
    }
)
_FORMATS: Final = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_ALIGNMENTS: Final[dict[str, Alignment]] = {
    "start": "left",
    "left": "left",
    "end": "right",
    "right": "right",
    "center": "center",
    "justify": "justify",
}
_POINTS: Final = {"pt": 1.0, "cm": 28.3465, "mm": 2.83465, "in": 72.0, "px": 0.75, "pc": 12.0}


def read_odt(data: bytes) -> Document:
    """Read an ODT package. Raises UnreadableInput, EncryptedInput, InputTooLarge."""
    archive = open_zip(data)
    manifest = read_member(archive, "META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise EncryptedInput(
            "The document is protected by a password.", remedy="Remove the password and send it again."
        )
    content = read_member(archive, "content.xml")
    if content is None:
        raise UnreadableInput(
            "The package holds no text.", remedy="Open the file in LibreOffice, save it anew, and send that."
        )
    styles = read_member(archive, "styles.xml")
    roots = [parse(styles, what="part styles.xml")] if styles and styles.strip() else []
    return _document([*roots, parse(content, what="part content.xml")], ODT.media_type)


def read_fodt(data: bytes) -> Document:
    """Read flat OpenDocument XML."""
    return _document([parse(data, what="document")], FODT.media_type)


def _document(roots: list[etree._Element], media_type: str) -> Document:
    sheet = _Styles()
    for root in roots:
        sheet.read(root)
    text = next((e for e in roots[-1].iter() if local(e) == "text" and local(e.getparent()) == "body"), None)
    if text is None:
        raise UnreadableInput(
            "This OpenDocument file is no text document.", remedy="Send a letter as ODT, DOCX or PDF."
        )
    walker = _Walker(sheet)
    walker.blocks(text, 0)
    lines = walker.out.lines + walker.notes
    for line in walker.notes:
        line.page = walker.out.page
    encoding = convert_lines(lines, walker.out.legacy)
    return assemble(pages_of(mark_furniture(split_columns(lines))), media_type=media_type, legacy_encoding=encoding)


@dataclass(slots=True)
class _Level:
    kind: str = "-"
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1


@dataclass(slots=True)
class _Styles:
    """Styles by family and name; lists by name and level."""

    own: dict[tuple[str, str], tuple[dict[str, object], str | None]] = field(default_factory=dict)
    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    breaks: set[str] = field(default_factory=set)
    ruled: set[str] = field(default_factory=set)
    list_of: dict[str, str] = field(default_factory=dict)

    def read(self, root: etree._Element) -> None:
        """Collect the styles of one part."""
        for element in root.iter("{*}style", "{*}list-style"):
            name = attribute(element, "name") or ""
            if local(element) == "list-style":
                self.lists[name] = _levels(element)
                continue
            family = attribute(element, "family") or ""
            said: dict[str, object] = {}
            for child in element:
                self._properties(child, name, said)
            if listed := attribute(element, "list-style-name"):
                self.list_of[name] = listed
            self.own[(family, name)] = (said, attribute(element, "parent-style-name"))

    def _properties(self, element: etree._Element, name: str, said: dict[str, object]) -> None:
        for key, value in element.attrib.items():
            match str(key).rpartition("}")[2], str(value):
                case "font-weight", weight:
                    said["bold"] = weight == "bold" or (weight.isdigit() and int(weight) >= 600)
                case "font-style", kind:
                    said["italic"] = kind in ("italic", "oblique")
                case "font-size", size if not size.endswith("%"):
                    said["size"] = _points(size)
                case (("font-name" | "font-family"), font):
                    said["font"] = font.strip("'\"")
                case "text-transform", "uppercase":
                    said["capitals"] = True
                case "display", "none":
                    said["hidden"] = True
                case "text-align", align:
                    said["alignment"] = _ALIGNMENTS.get(align)
                case "text-indent", indent:
                    said["indent"] = _points(indent)
                case "break-before", "page":
                    self.breaks.add(name)
                case border, line if (
                    border.startswith("border") and line not in ("none", "") and "padding" not in border
                ):
                    self.ruled.add(name)
                case _:
                    pass

    def over(self, base: Style, family: str, name: str | None) -> Style:
        """``base`` with a style and its parents laid over it."""
        chain: list[dict[str, object]] = []
        seen: set[str] = set()
        while name and name not in seen and (family, name) in self.own:
            seen.add(name)
            said, name = self.own[(family, name)]
            chain.append(said)
        for said in reversed(chain):
            base = base.but(**said)
        return base


def _levels(element: etree._Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for child in element:
        number = attribute(child, "level") or ""
        if not number.isdigit():
            continue
        if local(child) == "list-level-style-number":
            start, shown = attribute(child, "start-value") or "1", attribute(child, "display-levels") or "1"
            levels[int(number)] = _Level(
                _FORMATS.get(attribute(child, "num-format") or "", "none"),
                attribute(child, "num-prefix") or "",
                attribute(child, "num-suffix") or "",
                int(start) if start.isdigit() else 1,
                int(shown) if shown.isdigit() else 1,
            )
        elif local(child) == "list-level-style-bullet":
            sign = attribute(child, "bullet-char") or "-"
            levels[int(number)] = _Level("-" if "\ue000" <= sign <= "\uf8ff" else sign)
    return levels


class _Walker:
    """Goes through the text and hands it to a Builder."""

    def __init__(self, sheet: _Styles) -> None:
        self.sheet = sheet
        self.out = Builder()
        self.notes: list[Line] = []
        self.tables = 0
        self.counts: dict[str, dict[int, int]] = {}
        self.pending: list[etree._Element] = []

    def blocks(self, parent: etree._Element, depth: int, label: str | None = None) -> None:
        """Paragraphs, headings, lists, tables, sections under ``parent``."""
        if depth > MAX_DEPTH:
            self.out.text(" ".join(t for t in parent.itertext() if isinstance(t, str)), Style())
            self.out.end()
            return
        for child in parent:
            kind = local(child)
            if kind in ("p", "h"):
                self._paragraph(child, depth, label)
                label = None
            elif kind == "list":
                self._list(child, depth, None, 1)
            elif kind == "table":
                self._table(child, depth)
            elif kind not in _SKIPPED and kind and len(child):
                self.blocks(child, depth + 1)

    def _paragraph(self, element: etree._Element, depth: int, label: str | None) -> None:
        name = attribute(element, "style-name")
        if name in self.sheet.breaks and self.out.total_lines:
            self.out.page += 1
        if label:
            self.out.label(label)
        self._inline(element, self.sheet.over(Style(), "paragraph", name), depth)
        self.out.end()
        pending, self.pending = self.pending, []
        for box in pending:
            self.blocks(box, depth + 1)

    def _inline(self, element: etree._Element, style: Style, depth: int) -> None:
        if depth > 4 * MAX_DEPTH:
            return
        self.out.text(element.text or "", style)
        for child in element:
            match local(child):
                case "span":
                    self._inline(child, self.sheet.over(style, "text", attribute(child, "style-name")), depth + 1)
                case "line-break":
                    self.out.end(whole=False)
                case "tab":
                    self.out.text("\t", style, collapse=False)
                case "s":
                    count = attribute(child, "c") or "1"
                    self.out.text(" " * min(int(count) if count.isdigit() else 1, 200), style, collapse=False)
                case "note":
                    self._note(child, depth)
                case kind if kind in _BOXES:
                    self.pending.append(child)
                case "page-number" | "page-count":
                    self.out.text(child.text or "", style)
                case kind if kind not in _SKIPPED and kind:
                    self._inline(child, style, depth + 1)
                case _:
                    pass
            self.out.text(child.tail or "", style)

    def _note(self, element: etree._Element, depth: int) -> None:
        """A footnote: read into its own list, so that the running line is not disturbed."""
        body = next((part for part in element if local(part) == "note-body"), None)
        if body is None:
            return
        own = _Walker(self.sheet)
        own.blocks(body, depth + 1)
        for number, line in enumerate(own.out.lines):
            line.role = "footnote"
            if number == 0:
                line.text = f"[{sum(1 for n in self.notes if n.text.startswith('[')) + 1}] {line.text.strip()}"
        self.notes.extend(own.out.lines)

    # -- lists and tables --------------------------------------------------------------------------------------------

    def _list(self, element: etree._Element, depth: int, style: str | None, level: int) -> None:
        if depth > MAX_DEPTH:
            self.blocks(element, depth)
            return
        style = attribute(element, "style-name") or style or ""
        counts = self.counts.setdefault(style, {})
        if (
            level == 1
            and attribute(element, "continue-numbering") != "true"
            and attribute(element, "continue-list") is None
        ):
            counts.clear()
        levels = self.sheet.lists.get(style, {})
        for item in element:
            if local(item) not in ("list-item", "list-header"):
                continue
            label: str | None = None
            if local(item) == "list-item" and any(local(c) in ("p", "h") for c in item):
                start = attribute(item, "start-value") or ""
                own = levels.get(level, _Level())
                counts[level] = int(start) if start.isdigit() else counts.get(level, own.start - 1) + 1
                for deeper in [d for d in counts if d > level]:
                    del counts[deeper]
                label = _label(levels, counts, level)
            for child in item:
                kind = local(child)
                if kind in ("p", "h"):
                    self._paragraph(child, depth, label)
                    label = None
                elif kind == "list":
                    self._list(child, depth + 1, style, level + 1)

    def _table(self, element: etree._Element, depth: int) -> None:
        table = Table(rows=[], ruled=False)
        index = self.tables
        self.tables += 1
        outer = self.out.lines
        for row in element.iter("{*}table-row"):
            if next((a for a in row.iterancestors() if local(a) == "table"), None) is not element:
                continue
            cells: list[TableCell] = []
            column = 0
            for cell in row:
                if local(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                span, repeat = attribute(cell, "number-columns-spanned"), attribute(cell, "number-columns-repeated")
                if local(cell) == "table-cell":
                    if attribute(cell, "style-name") in self.sheet.ruled:
                        table.ruled = True
                    self.out.lines = []
                    self.blocks(cell, depth + 1)
                    width = min(int(span), 64) if span and span.isdigit() else 1
                    cells.append(TableCell(self.out.lines, column, width))
                column += min(int(repeat), 64) if repeat and repeat.isdigit() else 1
            table.rows.append(cells)
        self.out.lines = outer
        outer.extend(place_table(table, index))


def _label(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str | None:
    own = levels.get(level)
    if own is None:
        return "-"
    if own.kind == "none":
        return None
    if own.kind not in _FORMATS.values():
        return own.kind
    numbers = [
        format_number(counts.get(at, 1), levels[at].kind if at in levels else "decimal")
        for at in range(max(1, level - own.shown + 1), level + 1)
    ]
    return f"{own.prefix}{'.'.join(numbers)}{own.suffix}".strip() or None


def _points(length: str) -> float | None:
    unit = length[-2:]
    try:
        return round(float(length[:-2]) * _POINTS[unit], 1)
    except (KeyError, ValueError):
        return None
