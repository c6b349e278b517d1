"""What kind of file is this? Decided by its content; the name and the declared type only break ties.

Offices rename files freely: an HTML page saved as ``.doc``, an RTF named ``.doc``, a PDF named ``.docx``. So the first
bytes decide, then the members of a container, then, for text, its look; only Markdown and plain text, which no byte
tells apart, are told apart by the name.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from models.errors import EncryptedInput, InputTooLarge, UnreadableInput, UnsupportedMediaType
from models.reading import tables
from models.reading.limits import MAX_MEMBERS, MAX_UNPACKED

HEAD: Final = 4096


@dataclass(slots=True, frozen=True)
class Kind:
    """A kind of file: the short name that picks the reader, and its IANA media type."""

    name: str
    media_type: str


PDF = Kind("pdf", "application/pdf")
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
WORDML = Kind("wordml", "application/msword")
DOC = Kind("doc", "application/msword")
RTF = Kind("rtf", "application/rtf")
ODT = Kind("odt", "application/vnd.oasis.opendocument.text")
FODT = Kind("fodt", "application/vnd.oasis.opendocument.text-flat-xml")
HTML = Kind("html", "text/html")
MARKDOWN = Kind("markdown", "text/markdown")
TEXT = Kind("text", "text/plain")
EML = Kind("eml", "message/rfc822")

_IMAGES: Final = {
    "jpeg": Kind("image", "image/jpeg"),
    "png": Kind("image", "image/png"),
    "tiff": Kind("image", "image/tiff"),
    "webp": Kind("image", "image/webp"),
    "heic": Kind("image", "image/heic"),
    "bmp": Kind("image", "image/bmp"),
    "gif": Kind("image", "image/gif"),
}
_MARKDOWN_NAMES: Final = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_REMEDY: Final = "Send the letter itself as PDF, DOCX, DOC, RTF, ODT, HTML, Markdown, text, an image or a mail."

_HTML_MARK = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<body[\s>]|<head[\s>]|<table[\s>]|<div[\s>]|<p[\s>]|<meta[\s>]|<span[\s>]", re.I
)
_MAIL_HEADER = re.compile(
    rb"^(?:received|return-path|from|to|subject|date|message-id|mime-version|delivered-to|x-[\w-]+|content-type):", re.I
)
_MARKDOWN_MARK = re.compile(r"^(?:#{1,6} |\*\*[^*\n]+\*\*\s*$|\|(?:\s*:?-{3,}:?\s*\|)+\s*$|> |```)", re.M)


def sniff(data: bytes, filename: str | None = None, media_type: str | None = None) -> Kind:
    """The kind of ``data``.

    Raises UnreadableInput for nothing at all, UnsupportedMediaType for kinds that hold no letter, EncryptedInput for
    packages under a password, InputTooLarge for containers that unpack beyond the limits.
    """
    if not data or not data.strip(b"\0 \t\r\n\x0b\x0c"):
        raise UnreadableInput(
            "The file is empty." if not data else "The file holds nothing but blanks or zero bytes.",
            remedy="Check that it was saved or uploaded whole, and send it again.",
        )
    head = data[:HEAD]
    suffix = PurePosixPath((filename or "").replace("\\", "/").replace("\0", "")).suffix.lower()
    for mark in tables.magic():
        if head[mark.offset : mark.offset + len(mark.bytes)] == mark.bytes:
            # Letters may begin with the two letters of a short mark; binary files hold zero bytes near it.
            if len(mark.bytes) == 2 and mark.bytes.isascii() and b"\0" not in head[:64]:
                continue
            return _by_magic(mark.kind, mark.name, data)
    if b"%PDF-" in head[:1024]:
        return PDF
    return _text_kind(data, suffix, media_type or "")


def _by_magic(kind: str, name: str, data: bytes) -> Kind:
    if kind == "unsupported":
        raise UnsupportedMediaType(f"This is {name}, which congvan does not read.", remedy=_REMEDY)
    if kind == "zip":
        return _zip_kind(data)
    if kind == "ole":
        return _ole_kind(data)
    if kind == "heif":
        return _IMAGES["heic"]
    if kind in _IMAGES:
        return _IMAGES[kind]
    return {"pdf": PDF, "rtf": RTF}[kind]


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The ZIP container, checked: readable, not encrypted, within the limits. Members are only ever read in memory."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, OverflowError) as error:
        raise UnreadableInput(
            "The file begins like a DOCX or ODT package but its end is missing or damaged.",
            remedy="The upload was probably cut off: send the file again, or open and save it anew in Word.",
        ) from error
    if len(members) > MAX_MEMBERS:
        raise InputTooLarge(f"The package holds {len(members)} files.", remedy="Send the letter alone.")
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of one member, or None if there is none.

    Raises InputTooLarge before and while unpacking, so a bomb never gets further than the limit; EncryptedInput for a
    member under a password; UnreadableInput for a damaged one.
    """
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.flag_bits & 0x1:
        raise EncryptedInput("The package is protected by a password.", remedy="Remove the password and send it again.")
    too_large = InputTooLarge(
        f"A part of the package unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB.",
        remedy="This is no ordinary letter; send the letter without its large attachments.",
    )
    if info.file_size > MAX_UNPACKED:
        raise too_large
    try:
        with archive.open(info) as member:
            content = member.read(MAX_UNPACKED + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise UnreadableInput(
            "A part of the package is damaged.", remedy="Open the file in Word, save it anew, and send that."
        ) from error
    if len(content) > MAX_UNPACKED:
        raise too_large
    return content


def _zip_kind(data: bytes) -> Kind:
    archive = open_zip(data)
    names = set(archive.namelist())
    folded = {name.lower().replace("\\", "/").lstrip("/") for name in names}
    if "word/document.xml" in folded or "[content_types].xml" in folded:
        return _office_kind(archive, folded)
    if "mimetype" in names:
        declared = (read_member(archive, "mimetype") or b"").strip()
        if declared in (
            b"application/vnd.oasis.opendocument.text",
            b"application/vnd.oasis.opendocument.text-template",
        ):
            return ODT
        if declared.startswith(b"application/epub"):
            raise UnsupportedMediaType("This is an EPUB book, which congvan does not read.", remedy=_REMEDY)
        raise UnsupportedMediaType("This is an OpenDocument file, but not a text document.", remedy=_REMEDY)
    if "content.xml" in folded and "meta-inf/manifest.xml" in folded:
        return ODT
    raise UnsupportedMediaType(
        "This is a ZIP archive, not a letter.", remedy="Unpack it and send the letters in it one by one."
    )


def _office_kind(archive: zipfile.ZipFile, folded: set[str]) -> Kind:
    for folder, name in (
        ("xl/", "an Excel workbook"),
        ("ppt/", "a PowerPoint presentation"),
        ("visio/", "a Visio drawing"),
    ):
        if any(member.startswith(folder) for member in folded) and "word/document.xml" not in folded:
            raise UnsupportedMediaType(f"This is {name}, which congvan does not read.", remedy=_REMEDY)
    if any(member.endswith(".fdseq") for member in folded):
        raise UnsupportedMediaType("This is an XPS document, which congvan does not read.", remedy="Print it to PDF.")
    content_types = read_member(archive, "[Content_Types].xml") or b""
    if any(member.startswith("word/") for member in folded) or b"wordprocessingml" in content_types:
        return DOCX
    raise UnsupportedMediaType("This Office package holds no Word document.", remedy=_REMEDY)


def _ole_kind(data: bytes) -> Kind:
    """Old Office files share one container; the names of its streams (UTF-16) tell which program wrote it."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise EncryptedInput(
            "The document is protected by a password.", remedy="Open it, remove the password, and send it again."
        )
    if has("WordDocument"):
        return DOC
    for stream, name in (
        ("Workbook", "an Excel workbook"),
        ("Book", "an Excel workbook"),
        ("PowerPoint Document", "a PowerPoint presentation"),
        ("__properties_version1.0", "an Outlook message (.msg)"),
        ("VisioDocument", "a Visio drawing"),
    ):
        if has(stream):
            remedy = "Save it as .eml, or send its attachment." if "Outlook" in name else _REMEDY
            raise UnsupportedMediaType(f"This is {name}, which congvan does not read.", remedy=remedy)
    raise UnreadableInput(
        "This looks like an old Office file, but no document was found in it.",
        remedy="It may be cut off; send it again, or save it as DOCX or PDF.",
    )


def _text_kind(data: bytes, suffix: str, media_type: str) -> Kind:
    start = _plain_head(data)
    if start.startswith(b"{\\rtf"):
        return RTF
    lowered = start[:HEAD].lower()
    if lowered.startswith(b"<"):
        if b"worddocument" in lowered or b"pkg:package" in lowered or b"w:document" in lowered:
            return WORDML
        if b"office:document" in lowered:
            return FODT
        if b"<svg" in lowered:
            raise UnsupportedMediaType("This is an SVG drawing, which congvan does not read.", remedy=_REMEDY)
    if _is_mail(start):
        return EML
    marks = len(_HTML_MARK.findall(start[: 64 * 1024]))
    if lowered.startswith((b"<!doctype html", b"<html")) or (
        marks >= 2 and (b"</" in start or suffix in (".htm", ".html"))
    ):
        return HTML
    if suffix in (".htm", ".html") and marks:
        return HTML
    if suffix in _MARKDOWN_NAMES or media_type.startswith("text/markdown"):
        return MARKDOWN
    if (
        suffix not in (".txt", ".text")
        and len(_MARKDOWN_MARK.findall(start[: 64 * 1024].decode("utf-8", "replace"))) >= 2
    ):
        return MARKDOWN
    return TEXT


def _plain_head(data: bytes) -> bytes:
    """The beginning without byte order mark and leading blanks, UTF-16 brought to UTF-8 so that marks can be found."""
    head = data[: 256 * 1024]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace").lstrip()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0b\x0c\0")


def _is_mail(start: bytes) -> bool:
    """Two or more mail headers before the first empty line, one of them telling the sender or the form."""
    lines = start[:HEAD].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].split(b"\n")
    headers = [line for line in lines if _MAIL_HEADER.match(line)]
    telling = any(h.lower().startswith((b"mime-version:", b"from:", b"message-id:", b"received:")) for h in headers)
    return len(headers) >= 2 and telling
