
"""Files for the tests of reading, made here byte by byte: packages, flat formats, damage, bombs. All text is invented."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from html import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)

LETTER = """ỦY BAN NHÂN DÂN
XÃ SUỐI LÊ
Số: 27/UBND-VHXH
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Suối Lê, ngày 09 tháng 5 năm 2023
V/v chuẩn bị ngày hội đọc sách
Kính gửi: Các trường tiểu học trên địa bàn xã.
Để ngày hội đọc sách được chu đáo, Ủy ban nhân dân xã đề nghị các trường:
1. Chọn mười em dự thi kể chuyện.
2. Gửi danh sách về Văn phòng trước ngày 20/5/2023./.
Nơi nhận:
- Như trên;
- Lưu: VT.
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Đào Thị Mận"""
"""A small letter of a commune that does not exist."""


def zipped(members: dict[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP container."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A DOCX of the given body XML; ``parts`` are numbering, styles, footnotes, header, footer as inner XML."""
    members: dict[str, str | bytes] = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS}
    members["word/document.xml"] = (
        f'<?xml version="1.0"?><w:document {W} {MC} {WPS}><w:body>{body}</w:body></w:document>'
    )
    relations = ""
    roots = {"footnotes": "footnotes", "styles": "styles", "numbering": "numbering", "header": "hdr", "footer": "ftr"}
    for number, (kind, content) in enumerate(parts.items()):
        members[f"word/{kind}.xml"] = f'<?xml version="1.0"?><w:{roots[kind]} {W}>{content}</w:{roots[kind]}>'
        relations += (
            f'<Relationship Id="p{number}" Target="{kind}.xml" '
            f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        )
    members["word/_rels/document.xml.rels"] = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{relations}</Relationships>"
    )
    return zipped(members)


def p(text: str = "", *, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    properties = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    run = f"<w:rPr>{run}</w:rPr>" if run else ""
    return f'<w:p>{properties}<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def tbl(rows: list[list[list[str]]], *, ruled: bool = False) -> str:
    """A table: rows of cells of paragraphs."""
    edge = "single" if ruled else "none"
    borders = "".join(
        f'<w:{side} w:val="{edge}"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    body = "".join(
        "<w:tr>" + "".join("<w:tc>" + "".join(p(text) for text in cell) + "</w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>{body}</w:tbl>"


def docx_letter() -> bytes:
    """The letter as a DOCX of plain paragraphs."""
    return docx("".join(p(line) for line in LETTER.split("\n")))


def odt(body: str, styles: str = "") -> bytes:
    """An ODT of the given content."""
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": fodt(body, styles).decode()})


def fodt(body: str, styles: str = "") -> bytes:
    """Flat OpenDocument XML."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
            ("draw", "drawing"),
        )
    )
    return (
        f'<?xml version="1.0"?><office:document {names}><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    ).encode()


def odt_letter() -> bytes:
    """The letter as an ODT."""
    return odt("".join(f"<text:p>{escape(line)}</text:p>" for line in LETTER.split("\n")))


def rtf(body: str, fonts: str = r"{\f0\fnil Times New Roman;}") -> bytes:
    r"""An RTF; letters beyond ASCII are written as \u."""
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl" + fonts + "}" + body + "}").encode("ascii")


def rtf_text(text: str) -> str:
    r"""Text for RTF with \u escapes and \par at line ends."""
    out: list[str] = []
    for c in text:
        if c == "\n":
            out.append("\\par\n")
        elif c in "\\{}":
            out.append("\\" + c)
        elif ord(c) < 128:
            out.append(c)
        else:
            out.append(f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?")
    return "".join(out)


def rtf_letter() -> bytes:
    """The letter as an RTF."""
    return rtf(rtf_text(LETTER) + "\\par")


def html_letter() -> bytes:
    """The letter as a web page."""
    body = "".join(f"<p>{escape(line)}</p>" for line in LETTER.split("\n"))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>{body}</body></html>'.encode()
    )


def eml_letter(attachment: bytes | None = None, name: str = "cong-van.docx", body: str = "Kính chuyển.") -> bytes:
    """A mail with the letter attached."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "vt@xa.example", "th@truong.example", "Công văn"
    message.set_content(body)
    if attachment is not None:
        message.add_attachment(attachment, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def png(width: int, height: int, *, rows: bytes | None = None) -> bytes:
    """A grey PNG that claims ``width`` × ``height``; ``rows`` is its packed data, white where not given."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    data = rows if rows is not None else zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pdf(content: bytes = b"", *, extra: bytes = b"") -> bytes:
    """A PDF of one page with Latin text; ``extra`` goes into the trailer."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, extra, start)
    return bytes(out)


def ole(*streams: str, size: int = 8192) -> bytes:
    """Something that begins like an old Office file and names these streams, without sound content."""
    names = b"".join(name.encode("utf-16-le") + b"\0" * 8 for name in streams)
    return (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + names).ljust(size, b"\0")
