"""DOCX (and Word's flat XML): the package opened, its parts read, the lines put on pages.

Word's own order of pages is known only where Word left its marks (``lastRenderedPageBreak``) or where the writer broke
the page; a letter without either counts as one page.
"""

from __future__ import annotations

import posixpath
import zipfile
from typing import Final

from lxml import etree

from models.document import Document, Line, Page, assemble
from models.errors import UnreadableInput
from models.reading.anchors import head_mark
from models.reading.columns import split_columns
from models.reading.docx_body import Story
from models.reading.docx_numbering import read_numbering
from models.reading.docx_styles import read_styles
from models.reading.encodings import detect_and_convert, repair_tones
from models.reading.furniture import mark_furniture
from models.reading.plain import A4, clean
from models.reading.sniff import DOCX, WORDML, open_zip, read_member
from models.reading.xmlsafe import attribute, local, parse

_REL_TARGETS: Final = ("header", "footer", "footnotes", "endnotes", "styles", "numbering")


def read_docx(data: bytes) -> Document:
    """Read a DOCX. Raises UnreadableInput for a damaged package, EncryptedInput, InputTooLarge."""
    archive = open_zip(data)
    names = {name.lower().replace("\\", "/").lstrip("/"): name for name in archive.namelist()}
    main = _main_part(archive, names)
    parts: dict[str, list[etree._Element]] = {}
    for kind, target in _relations(archive, names, main):
        content = _member(archive, names, target)
        if content is not None and content.strip():
            parts.setdefault(kind, []).append(parse(content, what=f"part {posixpath.basename(target)}"))
    content = _member(archive, names, main)
    if content is None:
        raise UnreadableInput(
            "The package holds no Word document.", remedy="Open the file in Word, save it anew, and send that."
        )
    return _document(parse(content, what="document"), parts, DOCX.media_type)


def read_wordml(data: bytes) -> Document:
    """Read Word's XML in one file: Word 2003 XML and flat OPC."""
    root = parse(data, what="document")
    parts: dict[str, list[etree._Element]] = {}
    body_root = root
    for part in root.iter():
        if local(part) == "xmlData" and len(part):
            first = part[0]
            kind = {"ftr": "footer", "hdr": "header", "document": "document"}.get(local(first), local(first))
            parts.setdefault(kind, []).append(first)
    if parts.get("document"):
        body_root = parts["document"][0]
    elif local(root) == "wordDocument":
        parts["styles"] = [part for part in root if local(part) == "styles"]
        parts["numbering"] = []
    return _document(body_root, parts, WORDML.media_type)


def _document(root: etree._Element, parts: dict[str, list[etree._Element]], media_type: str) -> Document:
    body = next((part for part in root.iter() if local(part) == "body"), None)
    if body is None:
        raise UnreadableInput("The document has no body.", remedy="Open it in Word, save it anew, and send that.")
    story = Story(
        styles=read_styles(next(iter(parts.get("styles", [])), None)),
        numbering=read_numbering(next(iter(parts.get("numbering", [])), None)),
        rendered_breaks=any(True for _ in root.iter("{*}lastRenderedPageBreak")),
    )
    lines = story.blocks(body)
    notes = _notes(story, parts)
    headers = [line for part in parts.get("header", []) for line in Story(story.styles, story.numbering).blocks(part)]
    footers = [line for part in parts.get("footer", []) for line in Story(story.styles, story.numbering).blocks(part)]
    for line in headers:
        # Some offices keep quốc hiệu and name in the page header; then it is the letter's head, not furniture.
        line.role = "text" if any(head_mark(other.text) for other in headers) else "header"
        line.page = 1
    last = max((line.page for line in lines), default=1)
    for line in (*notes, *footers):
        line.page = last
        if line.role == "text":
            line.role = "footer"
    every = _unique(headers) + lines + notes + _unique(footers)
    encoding = story.legacy.most_common(1)[0][0] if story.legacy else _convert(every)
    for line in every:
        line.text = repair_tones(clean(line.text))
    return assemble(
        pages_of(mark_furniture(split_columns(every)), _page_size(body)),
        media_type=media_type,
        legacy_encoding=encoding,
    )


def pages_of(lines: list[Line], size: tuple[float, float] = A4) -> list[Page]:
    """Pages from the lines' page numbers; reading order never goes back to an earlier page."""
    pages = [Page(number=1, width=size[0], height=size[1])]
    for line in lines:
        while line.page > pages[-1].number:
            pages.append(Page(number=pages[-1].number + 1, width=size[0], height=size[1]))
        pages[-1].lines.append(line)
    return pages


def _convert(lines: list[Line]) -> str | None:
    """Text in a legacy encoding without a font that says so: judged and converted as one text."""
    converted, encoding = detect_and_convert("\n".join(line.text for line in lines))
    pieces = converted.split("\n")
    if encoding is None or len(pieces) != len(lines):
        return None
    for line, piece in zip(lines, pieces, strict=True):
        line.text = piece
    return encoding


def _notes(story: Story, parts: dict[str, list[etree._Element]]) -> list[Line]:
    """Footnotes and endnotes, in the order in which the text points to them."""
    elements: dict[tuple[str, str], etree._Element] = {}
    for kind in ("footnotes", "endnotes"):
        for part in parts.get(kind, []):
            for note in part:
                if attribute(note, "type") not in ("separator", "continuationSeparator", "continuationNotice"):
                    elements[(kind.removesuffix("s"), attribute(note, "id") or "")] = note
    lines: list[Line] = []
    for number, key in enumerate(dict.fromkeys(story.notes), start=1):
        if key not in elements:
            continue
        own = Story(story.styles, story.numbering).blocks(elements[key])
        for position, line in enumerate(own):
            line.role = "footnote"
            if position == 0 and not line.text.lstrip()[:1].isdigit():
                line.text = f"[{number}] {line.text.strip()}"
        lines.extend(own)
    return lines


def _unique(lines: list[Line]) -> list[Line]:
    """First, even and default headers repeat one another: each text once."""
    seen: set[str] = set()
    kept: list[Line] = []
    for line in lines:
        key = line.text.strip()
        if key and key not in seen:
            seen.add(key)
            kept.append(line)
    return kept


def _page_size(body: etree._Element) -> tuple[float, float]:
    for part in body.iter("{*}pgSz"):
        try:
            width, height = float(attribute(part, "w") or 0) / 20, float(attribute(part, "h") or 0) / 20
        except ValueError:
            break
        if 100 < width < 5000 and 100 < height < 5000:
            return round(width, 1), round(height, 1)
        break
    return A4


def _main_part(archive: zipfile.ZipFile, names: dict[str, str]) -> str:
    content = _member(archive, names, "_rels/.rels")
    if content:
        for relation in parse(content, what="list of parts"):
            if (attribute(relation, "Type") or "").endswith("/officeDocument"):
                return (attribute(relation, "Target") or "").lstrip("/")
    return "word/document.xml"


def _relations(archive: zipfile.ZipFile, names: dict[str, str], main: str) -> list[tuple[str, str]]:
    folder, base = posixpath.split(main)
    content = _member(archive, names, f"{folder}/_rels/{base}.rels")
    if not content:
        return []
    found: list[tuple[str, str]] = []
    for relation in parse(content, what="list of parts"):
        kind = (attribute(relation, "Type") or "").rpartition("/")[2]
        target = attribute(relation, "Target") or ""
        if kind in _REL_TARGETS and attribute(relation, "TargetMode") != "External":
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.append((kind, path))
    return found


def _member(archive: zipfile.ZipFile, names: dict[str, str], path: str) -> bytes | None:
    """A member by its path, letter case aside; paths are only ever looked up in the package, never on disk."""
    name = names.get(path.lower().replace("\\", "/"))
    return read_member(archive, name) if name is not None else None
