"""RTF: the control words that matter to a letter (RTF 1.9): text, code pages, fonts, tables, breaks, lists, footnotes.

Written by hand because the old fonts (.VnTime, VNI-Times) must be known run by run, which no small library offers.
The source is cut into tokens by one linear pattern; groups are a stack, so nesting costs no recursion.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Final

from models.document import Document, Line, assemble
from models.errors import UnreadableInput
from models.reading.columns import split_columns
from models.reading.docx import pages_of
from models.reading.encodings import encoding_of_font
from models.reading.furniture import mark_furniture
from models.reading.layout import Table, TableCell, place_table
from models.reading.rtf_words import CHARSETS, KEPT_STARRED, SIGNS, SKIPPED
from models.reading.runs import Builder, Style, convert_lines
from models.reading.sniff import RTF

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_MAX_GROUPS: Final = 10_000


@dataclass(slots=True)
class _Group:
    """What a group may change and its end restores."""

    style: Style = field(default_factory=Style)
    font: int = 0
    skip: bool = False
    fonts: bool = False
    footnote: bool = False
    listtext: bool = False
    unicode_skip: int = 1


@dataclass(slots=True)
class _Font:
    name: str = ""
    charset: int = 0


def read_rtf(data: bytes) -> Document:
    """Read an RTF file. Raises UnreadableInput when nothing but the frame is there."""
    reader = _Reader(data)
    reader.run()
    lines = reader.finish()
    encoding = convert_lines(lines, reader.out.legacy)
    if not lines:
        raise UnreadableInput("The RTF file holds no text.", remedy="Open it in Word, save it anew, and send that.")
    return assemble(pages_of(mark_furniture(split_columns(lines))), media_type=RTF.media_type, legacy_encoding=encoding)


class _Reader:
    """State of one reading."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.out = Builder()
        self.notes = Builder()
        self.fonts: dict[int, _Font] = {}
        self.codepage = "cp1252"
        self.default_font = 0
        self.group = _Group()
        self.stack: list[_Group] = []
        self.bytes = bytearray()
        self.pending_skip = 0
        self.starred = False
        self.high_surrogate = ""
        # Tables: the lines of the document outside, rows so far, cells of the row, right edges of its cells.
        self.outer: list[Line] | None = None
        self.rows: list[tuple[list[list[Line]], list[int]]] = []
        self.cells: list[list[Line]] = []
        self.edges: list[int] = []
        self.in_table = False
        self.ruled = False
        self.tables = 0
        self.label_text: list[str] = []

    # -- tokens ------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Go through all tokens; ``\\bin`` data is jumped over."""
        position = 0
        while (match := _TOKEN.match(self.data, position)) is not None:
            position = match.end()
            word, number, code, sign, brace, text = match.groups()
            if word is not None:
                name = word.decode("ascii")
                if name == "bin":
                    position += max(0, int(number or 0))
                    continue
                self._flush_unless(name)
                self._word(name, int(number) if number is not None else None)
            elif code is not None:
                if self.pending_skip:
                    self.pending_skip -= 1
                else:
                    self.bytes.append(int(code, 16))
            elif sign is not None:
                self._sign(sign)
            elif brace is not None:
                self._flush()
                self._brace(brace)
            elif text is not None:
                skipped = min(self.pending_skip, len(text))
                self.pending_skip -= skipped
                self.bytes.extend(text[skipped:])
        self._flush()

    def _flush_unless(self, name: str) -> None:
        if name != "u" or self.bytes:
            self._flush()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign in (b"\\", b"{", b"}"):
            self.bytes.extend(sign)
        elif sign in (b"\n", b"\r"):
            self._flush()
            self._end(whole=True)
        elif sign == b"~":
            self._flush()
            self._emit("\u00a0")
        elif sign == b"-":
            # "ư" of TCVN3 fonts is where Latin fonts have the soft hyphen
            self._flush()
            self._emit("\u00ad")
        elif sign == b"_":
            self.bytes.extend(b"-")

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            if len(self.stack) < _MAX_GROUPS:
                self.stack.append(replace(self.group))
        elif self.stack:
            closing = self.group
            self.group = self.stack.pop()
            if closing.footnote and not self.group.footnote:
                self.notes.end()
            if closing.listtext and not self.group.listtext:
                self._list_label()
        self.starred = False

    def _list_label(self) -> None:
        label = "".join(self.label_text).replace("\t", " ").strip()
        self.label_text = []
        if label:
            self.out.label("-" if len(label) == 1 and not label.isalnum() and ord(label) > 0xE000 else label)

    # -- text --------------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Decode the bytes gathered so far by the code page of the font."""
        if not self.bytes:
            return
        raw, self.bytes = bytes(self.bytes), bytearray()
        font = self.fonts.get(self.group.font)
        codec = CHARSETS.get(font.charset, None) if font else None
        if font and encoding_of_font(font.name):
            text = raw.decode("latin-1")
        else:
            try:
                text = raw.decode(codec or self.codepage, "replace")
            except LookupError:
                text = raw.decode("cp1252", "replace")
        if self.group.fonts:
            self._font_name(text)
            return
        self._emit(unicodedata.normalize("NFC", text))

    def _emit(self, text: str) -> None:
        if self.group.skip or not text:
            return
        if self.group.listtext:
            self.label_text.append(text)
            return
        font = self.fonts.get(self.group.font)
        style = self.group.style.but(font=font.name) if font else self.group.style
        (self.notes if self.group.footnote else self.out).text(text, style, collapse=False)

    def _font_name(self, text: str) -> None:
        name = text.partition(";")[0].strip()
        if name and self.group.font in self.fonts and not self.group.skip:
            self.fonts[self.group.font].name += name

    def _end(self, *, whole: bool) -> None:
        if self.group.skip:
            return
        if self.group.footnote:
            self.notes.end(whole=whole)
            return
        if not self.in_table and self.outer is not None and self.out.lines is not self.outer:
            self._close_table()
        self.out.end(whole=whole)

    # -- control words -----------------------------------------------------------------------------------------------

    def _word(self, name: str, number: int | None) -> None:
        group = self.group
        if self.starred:
            self.starred = False
            if name not in KEPT_STARRED:
                group.skip = True
                return
        if name == "u":
            self._unicode(number or 0)
            return
        if name in SKIPPED:
            group.skip = True
        elif name == "fonttbl":
            group.fonts = True
        elif group.fonts:
            if name == "f":
                group.font = number or 0
                self.fonts.setdefault(group.font, _Font())
            elif name == "fcharset" and group.font in self.fonts:
                self.fonts[group.font].charset = number or 0
            elif name in ("falt", "panose"):
                group.skip = True
        elif name in SIGNS:
            self._emit(SIGNS[name])
        elif not self._document_word(name, number) and not self._character_word(name, number):
            self._paragraph_word(name, number)

    def _document_word(self, name: str, number: int | None) -> bool:
        match name:
            case "ansicpg":
                self.codepage = f"cp{number}" if number else "cp1252"
            case "deff":
                self.default_font = self.group.font = number or 0
            case "uc":
                self.group.unicode_skip = max(0, min(number or 0, 10))
            case "footnote":
                self.group.footnote = True
                self.group.skip = False
            case "listtext" | "pntext":
                self.group.listtext = True
            case _:
                return False
        return True

    def _character_word(self, name: str, number: int | None) -> bool:
        on = number != 0
        style = self.group.style
        match name:
            case "b":
                style = style.but(bold=on)
            case "i":
                style = style.but(italic=on)
            case "caps":
                style = style.but(capitals=on)
            case "v" | "deleted":
                style = style.but(hidden=on)
            case "fs":
                style = style.but(size=(number or 24) / 2)
            case "f":
                self.group.font = number or 0
            case "plain":
                style = style.but(bold=False, italic=False, capitals=False, hidden=False, size=12.0)
                self.group.font = self.default_font
            case _:
                return False
        self.group.style = style
        return True

    def _paragraph_word(self, name: str, number: int | None) -> None:
        style = self.group.style
        match name:
            case "par" | "sect":
                self._end(whole=True)
            case "line":
                self._end(whole=False)
            case "tab":
                self._emit("\t")
            case "page" | "pagebb" if not self.group.skip:
                if name == "page":
                    self._end(whole=True)
                self.out.page += 1 if self.out.total_lines else 0
            case "pard":
                self.group.style = style.but(alignment=None, indent=None)
                self.in_table = False
            case "qc" | "ql" | "qr" | "qj":
                alignments = {"qc": "center", "ql": "left", "qr": "right", "qj": "justify"}
                self.group.style = style.but(alignment=alignments[name])
            case "li" | "fi":
                self.group.style = style.but(indent=(number or 0) / 20)
            case "intbl":
                self._enter_table()
            case "trowd":
                self.edges = []
            case "cellx":
                self.edges.append(number or 0)
            case "cell" | "nestcell":
                self._cell()
            case "row":
                self._row()
            case "brdrs" | "brdrw" | "brdrdb" if name != "brdrw":
                self.ruled = self.ruled or bool(self.edges) or self.in_table
            case _:
                pass

    def _unicode(self, number: int) -> None:
        """``\\uN``: a UTF-16 unit, negative above 7FFF; ``\\ucN`` characters after it repeat it in the old one."""
        self.pending_skip = self.group.unicode_skip
        unit = number & 0xFFFF
        if 0xD800 <= unit < 0xDC00:
            self.high_surrogate = chr(unit)
            return
        if 0xDC00 <= unit < 0xE000:
            pair = (self.high_surrogate + chr(unit)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            self.high_surrogate = ""
            self._emit(pair)
            return
        self._emit(chr(unit))

    # -- tables ------------------------------------------------------------------------------------------------------

    def _enter_table(self) -> None:
        if self.group.skip or self.group.footnote:
            return
        self.in_table = True
        if self.outer is None:
            self.out.end()
            self.outer = self.out.lines
            self.out.lines = []

    def _cell(self) -> None:
        if self.group.skip:
            return
        self._enter_table()
        self.out.end()
        self.cells.append(self.out.lines)
        self.out.lines = []

    def _row(self) -> None:
        if self.group.skip or self.outer is None:
            return
        if self.out.lines:
            self.cells.append(self.out.lines)
            self.out.lines = []
        self.rows.append((self.cells, list(self.edges)))
        self.cells = []
        self.in_table = False

    def _close_table(self) -> None:
        """Give the rows so far their grid and put them among the lines."""
        if self.outer is None:
            return
        if self.cells or self.out.lines:
            last = [*self.cells, self.out.lines] if self.out.lines else self.cells
            self.rows.append((last, list(self.edges)))
        grid = sorted({edge for _, edges in self.rows for edge in edges})
        table = Table(rows=[], ruled=self.ruled)
        for cells, edges in self.rows:
            row: list[TableCell] = []
            start = 0
            for number, lines in enumerate(cells):
                end = grid.index(edges[number]) + 1 if number < len(edges) else start + 1
                row.append(TableCell(lines, start, max(1, end - start)))
                start = max(end, start + 1)
            table.rows.append(row)
        self.out.lines = self.outer
        self.out.lines.extend(place_table(table, self.tables))
        self.tables += 1
        self.outer, self.rows, self.cells, self.ruled = None, [], [], False

    def finish(self) -> list[Line]:
        """All lines, footnotes behind the text."""
        if self.outer is not None:
            self.out.end()
            self._close_table()
        self.out.end()
        self.notes.end()
        for number, line in enumerate(self.notes.lines, start=1):
            line.role = "footnote"
            line.page = self.out.page
            line.text = f"[{number}] {line.text.strip()}"
        return self.out.lines + self.notes.lines
