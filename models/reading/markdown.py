"""Markdown: marks removed, bold and italic kept as such, numbers and dashes kept as text, tables placed.

No Markdown library: they drop or renumber what a letter needs ("2)" after "1)", single line breaks, a list that begins
with 3), while the marks to remove are few.
"""

from __future__ import annotations

import re
from typing import Final

from models.document import Document, Line, Page, assemble
from models.reading.columns import split_columns
from models.reading.encodings import decode_bytes, repair_tones
from models.reading.furniture import mark_furniture
from models.reading.layout import Table, TableCell, place_table
from models.reading.plain import A4, check_text, lines_of
from models.reading.sniff import MARKDOWN

_RULE_ROW = re.compile(r"^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*$")
_ROW = re.compile(r"^\s*\|.*\|\s*$|^[^|\n]+(?:\|[^|\n]*){1,30}\|\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_TRAILING_HASHES = re.compile(r"\s+#+\s*$")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_LINK = re.compile(r"!?\[([^\]\n]{0,500})\]\((?:[^()\n]|\([^()\n]{0,200}\)){0,1000}\)")
_CODE = re.compile(r"`([^`\n]{1,300})`")
_BOLD = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])|(?<![\w_])_(?=[^\s_])|(?<=[^\s_])_(?![\w_])")
_BULLET = re.compile(r"^(\s*)[*+](\s+)(?=\S)")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?(?:b|strong|i|em|u|p|div|center|span|font|sup|sub)(?:\s[^<>\n]{0,200})?>", re.I)
_ENTITIES: Final = {"&nbsp;": " ", "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}


def read_markdown(data: bytes) -> Document:
    """Read a Markdown letter. Raises as ``plain.read_plain``."""
    text, encoding = decode_bytes(data)
    check_text(text)
    lines: list[Line] = []
    rows: list[list[str]] = []
    tables = 0
    bold = italic = False

    def flush_table() -> None:
        nonlocal tables
        if rows:
            lines.extend(_table(rows, tables))
            tables += 1
            rows.clear()

    for line in lines_of(_unfold(repair_tones(text))):
        if _RULE_ROW.match(line.text) and "|" in line.text:
            continue
        if line.gap_before:
            flush_table()
        if _ROW.match(line.text) and (line.text.count("|") >= 2 or rows):
            rows.append(line.text.strip().strip("|").split("|"))
            continue
        flush_table()
        if _FENCE.match(line.text):
            continue
        bold, italic = _strip_marks(line, bold, italic)
        if line.text.strip():
            lines.append(line)
    flush_table()
    page = Page(number=1, width=A4[0], height=A4[1], lines=mark_furniture(split_columns(lines)))
    return assemble([page], media_type=MARKDOWN.media_type, legacy_encoding=encoding)


def _unfold(text: str) -> str:
    """Line breaks that Markdown writes as tags become lines, except inside table rows."""
    if "<br" not in text.lower():
        return text
    return "\n".join(line if line.lstrip().startswith("|") else _BREAK_TAG.sub("\n", line) for line in text.split("\n"))


def _strip_marks(line: Line, bold: bool, italic: bool) -> tuple[bool, bool]:
    """Remove the marks of one line; bold may span lines, so its state is carried on."""
    text = _QUOTE.sub("", line.text)
    heading = _HEADING.match(text)
    if heading:
        text = _TRAILING_HASHES.sub("", text[heading.end() :])
        line.bold = True
    escaped: list[str] = []

    def keep(match: re.Match[str]) -> str:
        escaped.append(match[1])
        return "\ue000"

    text = _ESCAPE.sub(keep, text)
    text = _BULLET.sub(r"\1-\2", text)
    text = _CODE.sub(r"\1", _LINK.sub(r"\1", text))
    was_bold, marks = bold, len(_BOLD.findall(text))
    if marks:
        inside = sum(len(part.strip()) for i, part in enumerate(_BOLD.split(text)) if (i % 2 == 1) != was_bold)
        total = len(_BOLD.sub("", text).strip())
        line.bold = line.bold or 2 * inside > total
        text = _BOLD.sub("", text)
        bold = bold != (marks % 2 == 1)
    elif bold:
        line.bold = True
    if not line.text.strip():
        bold = False
    if _ITALIC.search(text):
        opened = _ITALIC.match(text.lstrip("- ")) is not None
        line.italic = opened
        text = _ITALIC.sub("", text)
    text = _TAG.sub("", text)
    for entity, sign in _ENTITIES.items():
        if entity in text:
            text = text.replace(entity, sign)
    for sign in escaped:
        text = text.replace("\ue000", sign, 1)
    line.text = text
    return bold, italic


def _table(rows: list[list[str]], index: int) -> list[Line]:
    table = Table(rows=[], ruled=None)
    for cells in rows:
        row: list[TableCell] = []
        for column, cell in enumerate(cells):
            lines = [Line(text=part.strip(), whole_paragraph=True) for part in _BREAK_TAG.split(cell) if part.strip()]
            for line in lines:
                _strip_marks(line, False, False)
            row.append(TableCell([line for line in lines if line.text.strip()], column))
        table.rows.append(row)
    return place_table(table, index)
