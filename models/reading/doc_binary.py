"""The plain part of a DOC (Word 97–2003), read without any program: text, tables, fonts, bold, sizes ([MS-DOC]).

LibreOffice needs more than a second to convert one DOC; most old letters hold nothing but paragraphs and simple tables,
which this reads in milliseconds. What it does not understand (automatic numbers, text boxes, nested tables) it says
(:attr:`DocReading.doubts`), and ``models.reading.doc`` then asks LibreOffice first.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import olefile

from models.document import Alignment, Line
from models.errors import EncryptedInput, UnreadableInput
from models.reading.layout import Table, TableCell, place_table
from models.reading.limits import MAX_CHARACTERS
from models.reading.runs import Builder, Style

_WORD_97: Final = 0xC1
_PAGE: Final = 512
# Places in the file information block (FIB): ([MS-DOC] 2.5).
_CCP: Final = {"text": 0x4C, "footnotes": 0x50, "headers": 0x54, "annotations": 0x5C, "endnotes": 0x60, "boxes": 0x64}
_FC_STYLES, _FC_CHPX, _FC_PAPX, _FC_FONTS, _FC_CLX = 0xA2, 0xFA, 0x102, 0x112, 0x1A2
_SIZES: Final = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of a property's operand by the upper three bits of its code; 0: the first byte says."""
_ALIGNMENTS: Final[dict[int, Alignment]] = {0: "left", 1: "center", 2: "right", 3: "justify"}
_DAMAGED: Final = UnreadableInput(
    "The DOC file is damaged or no Word document.", remedy="Open it in Word, save it as DOCX, and send that."
)


@dataclass(slots=True)
class DocReading:
    """What was read, and what could not be understood."""

    lines: list[Line]
    builder: Builder
    doubts: list[str]


@dataclass(slots=True)
class _Runs:
    """Properties by file position: ``starts[i]`` to ``ends[i]`` has ``values[i]``."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)

    def at(self, position: int) -> tuple[bytes, int]:
        """The properties at a position, and where they end."""
        index = bisect.bisect_right(self.starts, position) - 1
        if index >= 0 and position < self.ends[index]:
            return self.values[index], self.ends[index]
        following = self.starts[index + 1] if index + 1 < len(self.starts) else 1 << 40
        return b"", following


def read_binary(data: bytes) -> DocReading:
    """Read the main text (and footnotes) of a DOC. Raises UnreadableInput for damage, EncryptedInput."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as container:
            main = container.openstream("WordDocument").read()
            if len(main) < 0x200 or main[:2] not in (b"\xec\xa5", b"\xdc\xa5"):
                raise _DAMAGED
            flags = struct.unpack_from("<H", main, 0x0A)[0]
            if flags & 0x0100:
                raise EncryptedInput(
                    "The document is protected by a password.", remedy="Remove the password and send it."
                )
            if struct.unpack_from("<H", main, 2)[0] < _WORD_97:
                raise UnreadableInput("The file comes from Word 95 or older.", remedy="Save it as DOCX and send that.")
            table = container.openstream("1Table" if flags & 0x0200 else "0Table").read()
        return _Reader(main, table).read()
    except (OSError, struct.error, IndexError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableInput(_DAMAGED.message, remedy=_DAMAGED.remedy) from error


class _Reader:
    def __init__(self, main: bytes, table: bytes) -> None:
        self.main, self.table = main, table
        self.counts = {name: struct.unpack_from("<i", main, at)[0] for name, at in _CCP.items()}
        self.doubts: list[str] = []
        self.pieces = list(self._pieces())
        self.chpx = self._fkps(_FC_CHPX, paragraphs=False)
        self.papx = self._fkps(_FC_PAPX, paragraphs=True)
        self.fonts = self._fonts()
        self.styles = self._styles()
        self.out = Builder()

    def read(self) -> DocReading:
        """The lines of the text, then those of the footnotes."""
        if self.counts["boxes"] > 2:
            self.doubts.append("text boxes")
        total = self.counts["text"]
        if not 0 < total <= MAX_CHARACTERS:
            raise _DAMAGED
        self._story(0, total)
        lines = self.out.lines
        notes = self.counts["footnotes"]
        if notes > 0:
            self.out.lines = []
            self._story(total, total + notes)
            for number, line in enumerate(self.out.lines, start=1):
                line.role, line.page = "footnote", self.out.page
                line.text = f"[{number}] {line.text.strip()}"
            lines = lines + self.out.lines
        return DocReading(lines, self.out, self.doubts)

    # -- structure -----------------------------------------------------------------------------------------------------

    def _part(self, at: int) -> bytes:
        start, length = struct.unpack_from("<II", self.main, at)
        return self.table[start : start + length] if length < len(self.table) + 1 else b""

    def _pieces(self) -> Iterator[tuple[int, int, int, bool]]:
        """(first character, last, file position, two bytes a character) of each piece of the text."""
        clx = self._part(_FC_CLX)
        position = 0
        while position < len(clx) and clx[position] == 1:
            position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
        if position >= len(clx) or clx[position] != 2:
            raise _DAMAGED
        length = struct.unpack_from("<I", clx, position + 1)[0]
        plc = clx[position + 5 : position + 5 + length]
        count = (len(plc) - 4) // 12
        bounds = struct.unpack_from(f"<{count + 1}I", plc)
        for index in range(count):
            place = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
            wide = not place & 0x40000000
            yield bounds[index], bounds[index + 1], place if wide else (place & 0x3FFFFFFF) // 2, wide

    def _fkps(self, at: int, *, paragraphs: bool) -> _Runs:
        """The formatted disk pages: properties of characters or paragraphs by file position."""
        plc = self._part(at)
        count = max(0, (len(plc) - 4) // 8)
        runs = _Runs()
        for number in struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)):
            page = self.main[(number & 0x3FFFFF) * _PAGE : ((number & 0x3FFFFF) + 1) * _PAGE]
            if len(page) < _PAGE:
                continue
            size = page[-1]
            bounds = struct.unpack_from(f"<{size + 1}I", page)
            step = 13 if paragraphs else 1
            for index in range(size):
                offset = 2 * page[4 * (size + 1) + step * index]
                runs.starts.append(bounds[index])
                runs.ends.append(bounds[index + 1])
                runs.values.append(_properties(page, offset, paragraphs))
        order = sorted(range(len(runs.starts)), key=runs.starts.__getitem__)
        return _Runs([runs.starts[i] for i in order], [runs.ends[i] for i in order], [runs.values[i] for i in order])

    def _fonts(self) -> list[str]:
        part = self._part(_FC_FONTS)
        names: list[str] = []
        position = 4
        while position + 40 < len(part) and len(names) < 1000:
            size = part[position]
            raw = part[position + 40 : position + 1 + size]
            names.append(raw.decode("utf-16-le", "replace").split("\0", 1)[0])
            position += size + 1
        return names

    def _styles(self) -> list[tuple[Style, bool]]:
        """Look of each paragraph style, and whether it numbers its paragraphs.

        The properties are looked for by their codes, not parsed by kind of style: enough for what is asked of them.
        """
        part = self._part(_FC_STYLES)
        if len(part) < 4:
            return []
        raw: list[bytes] = []
        position = 2 + struct.unpack_from("<H", part)[0]
        while position + 2 <= len(part) and len(raw) < 4096:
            size = struct.unpack_from("<H", part, position)[0]
            raw.append(part[position + 2 : position + 2 + size])
            position += 2 + size + size % 2
        return [self._style_of(raw, index) for index in range(len(raw))]

    def _style_of(self, raw: list[bytes], index: int) -> tuple[Style, bool]:
        chain: list[bytes] = []
        while 0 <= index < len(raw) and len(raw[index]) >= 4 and len(chain) < 12:
            chain.append(raw[index])
            index = struct.unpack_from("<H", raw[index], 2)[0] >> 4
        style, listed = Style(), False
        for std in reversed(chain):
            if (value := _operand(std, b"\x35\x08", 1)) is not None:
                style = style.but(bold=value == 1)
            if (value := _operand(std, b"\x36\x08", 1)) is not None:
                style = style.but(italic=value == 1)
            if (value := _operand(std, b"\x43\x4a", 2)) is not None:
                style = style.but(size=value / 2)
            if (value := _operand(std, b"\x4f\x4a", 2)) is not None and value < len(self.fonts):
                style = style.but(font=self.fonts[value])
            if (value := _operand(std, b"\x0b\x46", 2)) is not None:
                listed = value not in (0, 2047)
        return style, listed

    # -- text ----------------------------------------------------------------------------------------------------------

    def _spans(self, first: int, last: int) -> Iterator[tuple[str, int, bool]]:
        """The text between two character positions: stretches with their file position and width."""
        for start, end, place, wide in self.pieces:
            a, b = max(start, first), min(end, last)
            if a < b:
                width = 2 if wide else 1
                begin = place + (a - start) * width
                raw = self.main[begin : begin + (b - a) * width]
                yield raw.decode("utf-16-le" if wide else "cp1252", "replace"), begin, wide

    def _story(self, first: int, last: int) -> None:
        """Paragraphs, cells and rows of one part of the text."""
        outer = self.out.lines
        rows: list[list[list[Line]]] = []
        cells: list[list[Line]] = []
        tables = 0
        depth = 0
        in_code: list[bool] = []
        base = style = Style()
        style_end = layout_end = -1
        layout = _Paragraph()

        def close_table() -> None:
            nonlocal outer, rows, cells, tables
            if rows or cells:
                grid = [[TableCell(lines, column) for column, lines in enumerate(row)] for row in [*rows, cells] if row]
                self.out.lines = outer
                outer.extend(place_table(Table(grid, None), tables))
                tables += 1
                rows, cells = [], []

        for text, begin, wide in self._spans(first, last):
            width = 2 if wide else 1
            for index, char in enumerate(text):
                position = begin + index * width
                if position >= layout_end or position < begin:
                    raw, layout_end = self.papx.at(position)
                    layout = _paragraph(raw)
                    number = int.from_bytes(raw[:2], "little")
                    base, listed = self.styles[number] if number < len(self.styles) else (Style(), False)
                    layout.listed = listed if layout.listed is None else layout.listed
                    style_end = -1
                    if layout.listed:
                        self.doubts.append("automatic numbers")
                    depth = max(depth, layout.depth)
                    if layout.in_table and self.out.lines is outer:
                        self.out.lines = []
                    elif not layout.in_table and self.out.lines is not outer:
                        close_table()
                        self.out.lines = outer
                if position >= style_end or position < begin or index == 0:
                    raw, style_end = self.chpx.at(position)
                    style = self._style(raw, base)
                if char == "\x13":
                    in_code.append(True)
                elif char == "\x14" and in_code:
                    in_code[-1] = False
                elif char == "\x15" and in_code:
                    in_code.pop()
                elif any(in_code):
                    continue
                elif char == "\r":
                    self._end(layout)
                elif char == "\x07":
                    if layout.row_end:
                        rows.append(cells)
                        cells = []
                    else:
                        self._end(layout)
                        cells.append(self.out.lines)
                    self.out.lines = []
                elif char == "\x0b":
                    self.out.end(whole=False)
                elif char in "\x0c\x0e":
                    self._end(layout)
                    self.out.page += char == "\x0c" and bool(self.out.total_lines)
                elif char == "\x1e":
                    self.out.text("-", style, collapse=False)
                elif char == "\x1f":
                    # an optional hyphen; in TCVN3 fonts the same place is "ư"
                    self.out.text("\u00ad", style, collapse=False)
                elif char == "\t" or char >= " ":
                    self.out.text(char, style, collapse=False)
        self.out.end()
        if self.out.lines is not outer:
            close_table()
            self.out.lines = outer
        if depth > 1:
            self.doubts.append("nested tables")

    def _end(self, layout: _Paragraph) -> None:
        line = self.out.end()
        if line is not None:
            line.alignment = layout.alignment

    def _style(self, raw: bytes, base: Style) -> Style:
        changes: dict[str, object] = {}
        for code, operand in _sprms(raw):
            value = operand[0] if operand else 0
            match code:
                case 0x0835:
                    changes["bold"] = _toggled(value, base.bold)
                case 0x0836:
                    changes["italic"] = _toggled(value, base.italic)
                case 0x083B:
                    changes["capitals"] = value == 1
                case 0x083C | 0x0800:
                    changes["hidden"] = value == 1
                case 0x4A43:
                    changes["size"] = int.from_bytes(operand, "little") / 2
                case 0x4A4F:
                    number = int.from_bytes(operand, "little")
                    changes["font"] = self.fonts[number] if number < len(self.fonts) else None
                case _:
                    pass
        return base.but(**changes) if changes else base


@dataclass(slots=True)
class _Paragraph:
    """What the properties of a paragraph say."""

    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    listed: bool | None = None
    alignment: Alignment | None = None


def _paragraph(raw: bytes) -> _Paragraph:
    result = _Paragraph()
    for code, operand in _sprms(raw[2:]):
        value = operand[0] if operand else 0
        match code:
            case 0x2416:
                result.in_table = bool(value)
            case 0x2417:
                result.row_end = bool(value)
            case 0x6649:
                result.depth = value
            case 0x460B:
                result.listed = int.from_bytes(operand, "little") not in (0, 2047)
            case 0x2461 | 0x2403:
                result.alignment = _ALIGNMENTS.get(value)
            case _:
                pass
    return result


def _toggled(value: int, base: bool) -> bool:
    """On, off, as the style (80), or the opposite of the style (81)."""
    return {0x80: base, 0x81: not base}.get(value, value == 1)


def _operand(std: bytes, code: bytes, size: int) -> int | None:
    at = std.find(code, 10)
    return int.from_bytes(std[at + 2 : at + 2 + size], "little") if at >= 0 else None


def _properties(page: bytes, offset: int, paragraphs: bool) -> bytes:
    if not offset or offset >= _PAGE:
        return b""
    size = page[offset]
    if not paragraphs:
        return page[offset + 1 : offset + 1 + size]
    if size == 0 and offset + 1 < _PAGE:
        return page[offset + 2 : offset + 2 + 2 * page[offset + 1]]
    return page[offset + 1 : offset + 2 * size]


def _sprms(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """The single properties: (code, operand)."""
    position = 0
    while position + 2 < len(raw):
        code = raw[position] | raw[position + 1] << 8
        position += 2
        size = _SIZES[code >> 13]
        if not size:
            table = code == 0xD608
            size = int.from_bytes(raw[position : position + 2], "little") + 1 if table else raw[position] + 1
        yield code, raw[position : position + size]
        position += size
