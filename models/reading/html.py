"""HTML: pages saved from the web, mails, Word saved as web page; the letter without what stands around it."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

import lxml.html
from lxml import etree

from models.document import Alignment, Document, assemble
from models.errors import UnreadableInput
from models.reading.anchors import AUTHORITY, MOTTO, NATIONAL_START, PARTY, RECIPIENTS, SIGNER_TITLE
from models.reading.columns import split_columns
from models.reading.docx import pages_of
from models.reading.docx_numbering import format_number
from models.reading.encodings import decode_bytes
from models.reading.furniture import mark_furniture, strip_navigation
from models.reading.layout import Table, TableCell, place_table
from models.reading.limits import MAX_DEPTH
from models.reading.runs import Builder, Style, convert_lines
from models.reading.sniff import HTML

_SKIPPED: Final = frozenset(
    {
        "script",
        "style",
        "head",
        "nav",
        "aside",
        "noscript",
        "iframe",
        "svg",
        "select",
        "option",
        "button",
        "template",
        "object",
        "embed",
        "video",
        "audio",
        "canvas",
        "form",
        "title",
        "meta",
        "link",
        "textarea",
        "math",
    }
)
_BLOCKS: Final = frozenset(
    {
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "address",
        "article",
        "section",
        "main",
        "header",
        "footer",
        "center",
        "hr",
        "body",
        "figure",
        "figcaption",
        "td",
        "th",
        "tr",
        "caption",
        "fieldset",
        "details",
        "summary",
    }
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_SCRIPT = re.compile(r"<(?:script|style|head|title)\b[^<]*(?:<(?!/)[^<]*)*</\w{1,10}\s*>", re.I)
_ALIGN = re.compile(r"text-align\s*:\s*(left|right|center|justify)", re.I)
_FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]{1,60})", re.I)
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|[6-9]00|normal|400)", re.I)
_ITALIC = re.compile(r"font-style\s*:\s*(italic|normal)", re.I)
_SIZE = re.compile(r"font-size\s*:\s*(\d{1,3}(?:\.\d{1,4})?)\s*(pt|px)", re.I)
_BORDER = re.compile(r"border[^:;]{0,20}:[^;]{0,60}\b(?:solid|double|dotted|dashed)\b", re.I)
_LIST_KINDS: Final = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
_ALIGNMENTS: Final[dict[str, Alignment]] = {
    "left": "left",
    "right": "right",
    "center": "center",
    "middle": "center",
    "justify": "justify",
}


def read_html(data: bytes) -> Document:
    """Read an HTML page. Raises UnreadableInput when it holds no markup that can be parsed, InputTooLarge."""
    text, encoding = _decode(data)
    document = document_of_html(text)
    document.legacy_encoding = document.legacy_encoding or encoding
    return document


def document_of_html(text: str) -> Document:
    """A Document of decoded HTML."""
    # A declared encoding contradicts the decoded text, and lxml refuses it.
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text).replace("\0", "")
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise UnreadableInput(
            "The web page is empty or damaged.", remedy="Save it again, or send it as PDF."
        ) from error
    body = root.find(".//body")
    walker = _Walker()
    walker.block(_letter(body if body is not None else root), Style(), 0)
    walker.out.end()
    if not walker.out.lines:
        # Beyond some depth of nesting the parser drops what it meets; then the bare text must do.
        for part in _TAG.sub("\n", _SCRIPT.sub(" ", text)).split("\n"):
            walker.out.text(unescape(part), Style())
            walker.out.end()
    lines = strip_navigation(walker.out.lines)
    encoding = convert_lines(lines, walker.out.legacy)
    return assemble(
        pages_of(mark_furniture(split_columns(lines))), media_type=HTML.media_type, legacy_encoding=encoding
    )


def _decode(data: bytes) -> tuple[str, str | None]:
    """Bytes by the declared charset where that is a real one, else by what the bytes look like."""
    text, encoding = decode_bytes(data)
    if encoding is None:
        return text, None
    declared = _CHARSET.search(data[:4096])
    if declared and declared[1].lower() in (b"utf-8", b"windows-1258"):
        try:
            return data.decode(declared[1].decode("ascii").replace("windows-", "cp")), None
        except UnicodeDecodeError:
            pass
    return text, encoding


def _letter(body: etree._Element) -> etree._Element:
    """The smallest element that holds both the letter's head and its foot; the whole body where there is none."""
    best = body
    for _ in range(MAX_DEPTH):
        inner = next((child for child in best if isinstance(child.tag, str) and _whole_letter(child)), None)
        if inner is None:
            return best
        best = inner
    return best


def _whole_letter(element: etree._Element) -> bool:
    text = " ".join(t.strip() for t in element.itertext() if isinstance(t, str))
    head = NATIONAL_START.search(text) or MOTTO.search(text) or PARTY.search(text)
    if head is None:
        return False
    rest = text[head.end() :]
    return bool(RECIPIENTS.search(rest) and (AUTHORITY.search(rest) or SIGNER_TITLE.search(rest)))


class _Walker:
    """Goes through the elements and hands their text to a Builder."""

    def __init__(self) -> None:
        self.out = Builder()
        self.tables = 0

    def block(self, element: etree._Element, style: Style, depth: int, *, pre: bool = False) -> None:
        """The children of ``element``: text, inline and block elements."""
        if depth > 4 * MAX_DEPTH:
            self.out.text(" ".join(t for t in element.itertext() if isinstance(t, str)), style)
            return
        self._text(element.text, style, pre)
        counter = 0
        for child in element:
            tag = child.tag.lower() if isinstance(child.tag, str) else ""
            if (
                not tag
                or tag in _SKIPPED
                or _HIDDEN.search(child.get("style") or "")
                or child.get("hidden") is not None
            ):
                pass
            elif tag == "br":
                self.out.end(whole=False)
            elif tag == "table":
                self.out.end()
                self._table(child, style, depth)
            elif tag == "li":
                counter += 1
                self.out.end()
                if not _is_heading(child):
                    self.out.label(_list_label(element, counter))
                self.block(child, _styled(child, style), depth + 1, pre=pre)
                self.out.end()
            else:
                is_block = tag in _BLOCKS
                if is_block:
                    self.out.end()
                self.block(child, _styled(child, style), depth + 1, pre=pre or tag == "pre")
                if is_block:
                    self.out.end()
            # The line feed that writers put behind an anchored picture is not a blank of the text.
            self._text((child.tail or "").lstrip("\r\n") if tag == "img" else child.tail, style, pre)

    def _text(self, text: str | None, style: Style, pre: bool) -> None:
        if not text:
            return
        if not pre:
            self.out.text(text, style)
            return
        for number, part in enumerate(text.split("\n")):
            if number:
                self.out.end(whole=False)
            self.out.text(part, style, collapse=False)

    def _table(self, element: etree._Element, style: Style, depth: int) -> None:
        ruled = (element.get("border") or "0").strip() not in ("", "0") or bool(
            _BORDER.search(element.get("style") or "")
        )
        table = Table(rows=[], ruled=ruled)
        index = self.tables
        self.tables += 1
        outer = self.out.lines
        for row in _rows(element):
            cells: list[TableCell] = []
            column = 0
            for cell in row:
                if not isinstance(cell.tag, str) or cell.tag.lower() not in ("td", "th"):
                    continue
                if _BORDER.search(cell.get("style") or ""):
                    table.ruled = True
                self.out.lines = []
                base = style.but(bold=True) if cell.tag.lower() == "th" else style
                self.block(cell, _styled(cell, base), depth + 1)
                self.out.end()
                span = cell.get("colspan") or "1"
                width = min(max(int(span), 1), 64) if span.isdigit() and len(span) < 5 else 1
                cells.append(TableCell(self.out.lines, column, width))
                column += width
            table.rows.append(cells)
        self.out.lines = outer
        outer.extend(place_table(table, index))


def _rows(table: etree._Element) -> list[etree._Element]:
    found: list[etree._Element] = []
    for child in table:
        tag = child.tag.lower() if isinstance(child.tag, str) else ""
        if tag == "tr":
            found.append(child)
        elif tag in ("tbody", "thead", "tfoot"):
            found.extend(part for part in child if isinstance(part.tag, str) and part.tag.lower() == "tr")
    return found


def _is_heading(item: etree._Element) -> bool:
    """Office programs write headings as list items of outline lists; their numbers, if any, are in the text."""
    first = next((child for child in item if isinstance(child.tag, str)), None)
    return first is not None and first.tag.lower() in ("h1", "h2", "h3", "h4", "h5", "h6")


def _list_label(parent: etree._Element, number: int) -> str:
    if not isinstance(parent.tag, str) or parent.tag.lower() != "ol":
        return "-"
    start = parent.get("start") or "1"
    first = int(start) if start.isdigit() and len(start) < 6 else 1
    kind = _LIST_KINDS.get(parent.get("type") or "1", "decimal")
    sign = ")" if kind == "lowerLetter" else "."
    return f"{format_number(first + number - 1, kind)}{sign}"


def _styled(element: etree._Element, style: Style) -> Style:
    """The style inside an element: tag, attributes and inline CSS over what surrounds it."""
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    changes: dict[str, object] = {}
    if tag in ("b", "strong", "h1", "h2", "h3", "h4"):
        changes["bold"] = True
    elif tag in ("i", "em"):
        changes["italic"] = True
    elif tag == "font" and element.get("face"):
        changes["font"] = (element.get("face") or "").split(",")[0].strip(" '\"")
    elif tag == "center":
        changes["alignment"] = "center"
    if align := _ALIGNMENTS.get((element.get("align") or "").lower()):
        changes["alignment"] = align
    css = element.get("style")
    if css:
        if match := _ALIGN.search(css):
            changes["alignment"] = _ALIGNMENTS[match[1].lower()]
        if match := _FONT.search(css):
            changes["font"] = match[1].strip()
        if match := _WEIGHT.search(css):
            changes["bold"] = match[1].lower() not in ("normal", "400")
        if match := _ITALIC.search(css):
            changes["italic"] = match[1].lower() == "italic"
        if match := _SIZE.search(css):
            changes["size"] = round(float(match[1]) * (0.75 if match[2].lower() == "px" else 1), 1)
        if "text-transform" in css and "uppercase" in css:
            changes["capitals"] = True
    return style.but(**changes) if changes else style
