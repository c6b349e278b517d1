
"""Hostile and odd files: each gives a right text or a CongvanError with cause and remedy, quickly and in little memory."""

from __future__ import annotations

import os
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.document import Document
from models.errors import (
    CongvanError,
    EncryptedInput,
    InputTooLarge,
    MissingProgram,
    UnreadableInput,
    UnsupportedMediaType,
)
from models.reading import _read, read, read_path
from models.reading.limits import MAX_BYTES
from tests.reading_files import (
    LETTER,
    W,
    docx,
    docx_letter,
    eml_letter,
    fodt,
    html_letter,
    odt,
    odt_letter,
    ole,
    p,
    pdf,
    png,
    rtf,
    rtf_letter,
    zipped,
)

SECONDS = 20.0  # of processor: a loaded machine fails no test
"""No case may take longer on a busy machine; most take milliseconds."""
MEGABYTES = 400

LETTER_TEXT = "27/UBND-VHXH"
"""Stands in every readable variant of the letter."""

Unread = (UnreadableInput, InputTooLarge)
NoPicture = (UnreadableInput, UnsupportedMediaType)


def _random(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


def _truncated(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


def _bomb() -> bytes:
    """A member that unpacks to 100 MB of zeros from 100 KB."""
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": b"\0" * (100 * 1024 * 1024)})


def _lying_bomb() -> bytes:
    """The same, but the directory claims that the member is small."""
    data = bytearray(zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": b" " * (80 * 1024 * 1024)}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def _encrypted_zip() -> bytes:
    data = bytearray(docx_letter())
    position = 0
    while (position := data.find(b"PK\x01\x02", position)) >= 0:
        data[position + 8] |= 1
        position += 4
    return bytes(data)


def _xxe() -> bytes:
    entity = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<?xml version="1.0"?>{entity}<w:document {W}><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p>'
            "</w:body></w:document>",
        }
    )


def _laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><w:document {W}><w:body><w:p><w:r>'
            "<w:t>&a9;</w:t></w:r></w:p></w:body></w:document>",
        }
    )


def _deep_tables(depth: int) -> bytes:
    inner = p("đáy")
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    return docx(p("đầu") + inner)


def _many_members() -> bytes:
    return zipped(
        {"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"} | {f"a/{i}": b"" for i in range(25_000)},
        compression=zipfile.ZIP_STORED,
    )


def _traversal() -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/styles.xml": "<x/>",
            "../../../../tmp/congvan-evil.txt": "x",
            "_rels/.rels": '<Relationships><Relationship Type="a/officeDocument" Target="../../../../etc/passwd"/></Relationships>',
        }
    )


LONG_WORD = "a" * 1_000_000

# name, bytes, what comes out: an error class (or classes), a text that must be there, or None for "either, but no crash".
CASES: list[tuple[str, Callable[[], bytes], type[CongvanError] | tuple[type[CongvanError], ...] | str | None]] = [
    ("empty file", lambda: b"", UnreadableInput),
    ("one byte", lambda: b"x", "x"),
    ("one NUL", lambda: b"\0", UnreadableInput),
    ("blanks only", lambda: b" \r\n\t " * 100, UnreadableInput),
    ("a megabyte of zeros", lambda: b"\0" * 1_000_000, UnreadableInput),
    ("byte order mark only", lambda: b"\xef\xbb\xbf", UnreadableInput),
    ("UTF-16 mark only", lambda: b"\xff\xfe", UnreadableInput),
    ("random bytes", lambda: b"\x03" + _random(100_000), Unread),
    ("random bytes, short", lambda: b"\x9c" + _random(40, 3), None),
    ("text of control characters", lambda: b"\x01\x02\x03\x04" * 500, UnreadableInput),
    ("one line of a million letters", lambda: LONG_WORD.encode(), "aaaa"),
    ("a million blanks in one line", lambda: f"{LETTER}\n{' ' * 1_000_000}x".encode(), LETTER_TEXT),
    ("a million dashes", lambda: f"{LETTER}\n{'-' * 1_000_000}".encode(), LETTER_TEXT),
    ("a million pipes", lambda: f"{LETTER}\n{'|' * 1_000_000}".encode(), LETTER_TEXT),
    ("a hundred thousand tabs", lambda: (LETTER + "\na" + "\t" * 100_000 + "b").encode(), LETTER_TEXT),
    ("dots without end", lambda: f"{LETTER}\nngày {'.' * 500_000} tháng".encode(), LETTER_TEXT),
    ("capitals without end", lambda: f"{'A ' * 300_000}\n{LETTER}".encode(), LETTER_TEXT),
    ("names without end", lambda: f"{LETTER}\n{'Nguyễn Văn ' * 50_000}".encode(), LETTER_TEXT),
    ("100,000 lines", lambda: b"dong\n" * 100_000, InputTooLarge),
    ("6 million characters", lambda: b"abc defg\n" * 700_000, InputTooLarge),
    ("NULs inside the text", lambda: LETTER.replace(" ", " \0").encode(), LETTER_TEXT),
    ("lone surrogates in UTF-8", lambda: LETTER.encode() + b"\xed\xa0\x80\xed\xb0\x80", LETTER_TEXT),
    ("half a character at the end", lambda: LETTER.encode()[:-1] + b"\xe1\xba", LETTER_TEXT),
    ("lone surrogate in UTF-16", lambda: b"\xff\xfe" + LETTER.encode("utf-16-le") + b"\x00\xd8", LETTER_TEXT),
    ("UTF-16 LE without mark", lambda: LETTER.encode("utf-16-le"), LETTER_TEXT),
    ("UTF-16 BE without mark", lambda: LETTER.encode("utf-16-be"), LETTER_TEXT),
    ("UTF-16 of odd length", lambda: LETTER.encode("utf-16") + b"x", LETTER_TEXT),
    ("UTF-32", lambda: LETTER.encode("utf-32"), LETTER_TEXT),
    ("combining marks without end", lambda: ("a" + "\u0301" * 200_000 + "\n" + LETTER).encode(), LETTER_TEXT),
    ("right-to-left overrides", lambda: ("\u202e" + LETTER).encode(), LETTER_TEXT),
    ("line ends of old Macs", lambda: LETTER.replace("\n", "\r").encode(), LETTER_TEXT),
    ("source code", lambda: b"def f(x):\n    return {'a': x}\n" * 20, "return"),
    ("CSV", lambda: b"a,b,c\n1,2,3\n" * 50, "1,2,3"),
    ("English text", lambda: b"Dear Sir,\nplease find the minutes attached.\n", "minutes"),
    ("JSON", lambda: b'{"a": [1, 2, {"b": null}]}', '"a"'),
    ("SVG", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>', UnsupportedMediaType),
    # packages
    ("DOCX, sound", docx_letter, LETTER_TEXT),
    ("DOCX cut in the middle", lambda: _truncated(docx_letter(), 0.5), UnreadableInput),
    ("DOCX without its last bytes", lambda: docx_letter()[:-30], UnreadableInput),
    ("DOCX of 10 bytes", lambda: docx_letter()[:10], UnreadableInput),
    (
        "DOCX with flipped bytes",
        lambda: bytes(b ^ (0x55 if 300 < i < 340 else 0) for i, b in enumerate(docx_letter())),
        None,
    ),
    (
        "DOCX without document",
        lambda: zipped({"[Content_Types].xml": "<x/>", "word/styles.xml": "<x/>"}),
        UnreadableInput,
    ),
    (
        "DOCX with empty document",
        lambda: zipped({"[Content_Types].xml": "<x/>", "word/document.xml": ""}),
        UnreadableInput,
    ),
    ("DOCX without text", lambda: docx("<w:p/>" * 20), UnreadableInput),
    ("DOCX whose XML is cut", lambda: docx("<w:p><w:r><w:t>chữ</w:t>"), "chữ"),
    ("DOCX with members under a password", _encrypted_zip, EncryptedInput),
    ("DOCX under a password (OLE)", lambda: ole("EncryptionInfo", "EncryptedPackage"), EncryptedInput),
    ("DOCX that reads /etc/passwd", _xxe, UnreadableInput),
    ("DOCX with a billion laughs", _laughs, UnreadableInput),
    ("DOCX bomb", _bomb, InputTooLarge),
    ("DOCX bomb that lies about its size", _lying_bomb, Unread),
    ("DOCX with 25,000 members", _many_members, InputTooLarge),
    ("DOCX with paths outside", _traversal, UnreadableInput),
    ("DOCX of 100,000 paragraphs", lambda: docx("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 100_000), InputTooLarge),
    ("DOCX of 5,000 paragraphs", lambda: docx(p("câu") * 5_000), "câu"),
    ("DOCX of 40 nested tables", lambda: _deep_tables(40), "đáy"),
    ("DOCX of 2,000 nested tables", lambda: _deep_tables(2_000), None),
    (
        "DOCX with a style that is its own base",
        lambda: docx(
            p("chữ", properties='<w:pStyle w:val="A"/>'),
            styles='<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style>',
        ),
        "chữ",
    ),
    (
        "DOCX with absurd numbers",
        lambda: docx(
            p(
                "chữ",
                properties='<w:numPr><w:ilvl w:val="99"/><w:numId w:val="-1"/></w:numPr><w:ind w:left="NaN"/>',
                run='<w:sz w:val="99999999999999999999"/>',
            )
        ),
        "chữ",
    ),
    ("ODT, sound", odt_letter, LETTER_TEXT),
    ("ODT cut", lambda: _truncated(odt_letter(), 0.6), UnreadableInput),
    (
        "ODT under a password",
        lambda: zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": b"\x8f\x00",
                "META-INF/manifest.xml": "<m:encryption-data/>",
            }
        ),
        EncryptedInput,
    ),
    ("ODT without content", lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), UnreadableInput),
    (
        "ODT spreadsheet",
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        UnsupportedMediaType,
    ),
    (
        "ODT of nested lists",
        lambda: odt(
            "<text:list><text:list-item>" * 200 + "<text:p>đáy</text:p>" + "</text:list-item></text:list>" * 200
        ),
        None,
    ),
    ("ODT with a million blanks claimed", lambda: odt('<text:p>a<text:s text:c="1000000000"/>b</text:p>'), "b"),
    (
        "flat ODT with entities",
        lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + fodt("<text:p>&a;</text:p>")[21:],
        UnreadableInput,
    ),
    (
        "Excel workbook",
        lambda: zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}),
        UnsupportedMediaType,
    ),
    (
        "PowerPoint",
        lambda: zipped({"[Content_Types].xml": "<x/>", "ppt/presentation.xml": "<x/>"}),
        UnsupportedMediaType,
    ),
    ("EPUB", lambda: zipped({"mimetype": "application/epub+zip"}), UnsupportedMediaType),
    ("ZIP of letters", lambda: zipped({"a.docx": docx_letter(), "b.txt": LETTER}), UnsupportedMediaType),
    ("empty ZIP", lambda: zipped({}), UnsupportedMediaType),
    # old Office
    ("DOC without content", lambda: ole("WordDocument"), (UnreadableInput, MissingProgram)),
    ("old Excel", lambda: ole("Workbook"), UnsupportedMediaType),
    ("old PowerPoint", lambda: ole("PowerPoint Document"), UnsupportedMediaType),
    ("Outlook message", lambda: ole("__properties_version1.0"), UnsupportedMediaType),
    ("OLE of 8 bytes", lambda: ole()[:8], UnreadableInput),
    # RTF
    ("RTF, sound", rtf_letter, LETTER_TEXT),
    ("RTF cut", lambda: _truncated(rtf_letter(), 0.8), LETTER_TEXT),
    ("RTF of open groups", lambda: b"{\\rtf1 " + b"{" * 200_000 + b"chu", None),
    ("RTF of closed groups", lambda: b"{\\rtf1 chu" + b"}" * 200_000, "chu"),
    ("RTF with absurd numbers", lambda: rtf(r"\u99999999?\fs-99999999 chu\uc9999999 \u-5? het"), "chu"),
    ("RTF with an endless picture", lambda: rtf(r"{\pict\bin999999999 " + "ff" * 1000 + "}"), UnreadableInput),
    ("RTF frame without text", lambda: rtf(""), UnreadableInput),
    ("RTF of 300,000 backslashes", lambda: b"{\\rtf1 " + b"\\" * 300_000, UnreadableInput),
    ("RTF of cells without rows", lambda: rtf(r"\trowd\cellx100" + r"a\cell " * 5_000), "a"),
    # HTML and mail
    ("HTML, sound", html_letter, LETTER_TEXT),
    ("HTML of nested divs", lambda: b"<html><body>" + b"<div>" * 20_000 + b"chu" + b"</div>" * 20_000, "chu"),
    ("HTML of nested tables", lambda: b"<html><body>" + b"<table><tr><td>" * 300 + b"chu", "chu"),
    ("HTML of open tags", lambda: b"<html><body>" + b"<b><i><p>" * 30_000 + b"chu", None),
    ("HTML without text", lambda: b"<html><body><script>var a = 1;</script></body></html>", UnreadableInput),
    (
        "HTML with entities of its own",
        lambda: b'<!DOCTYPE html [<!ENTITY a "&b;">]><html><body>&a; chu</body></html>',
        "chu",
    ),
    ("HTML that lies about its charset", lambda: html_letter().replace(b"utf-8", b"iso-8859-1"), LETTER_TEXT),
    ("mail, sound", lambda: eml_letter(docx_letter()), LETTER_TEXT),
    ("mail with a broken attachment", lambda: eml_letter(docx_letter()[:80]), "Kính chuyển"),
    ("mail with a bomb", lambda: eml_letter(_bomb(), body=""), Unread),
    ("mail of mails of mails", lambda: eml_letter(eml_letter(eml_letter(eml_letter(docx_letter()))), "a.eml"), None),
    ("mail without anything", lambda: b"From: a@b\nTo: c@d\nSubject: x\nMIME-Version: 1.0\n\n", UnreadableInput),
    (
        "mail with endless parts",
        lambda: (
            b"From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
            + b"--x\nContent-Type: text/plain\n\na\n" * 5_000
        ),
        InputTooLarge,
    ),
    # pictures and PDF
    ("PNG that claims 60,000 × 60,000", lambda: png(60_000, 60_000, rows=b"x"), (InputTooLarge, UnreadableInput)),
    ("PNG cut", lambda: png(40, 40)[:60], NoPicture),
    ("JPEG of 3 bytes", lambda: b"\xff\xd8\xff", NoPicture),
    ("TIFF of 8 bytes", lambda: b"II*\0\x08\0\0\0", NoPicture),
    ("WebP that is none", lambda: b"RIFF\x10\0\0\0WEBPVP8 ", NoPicture),
    ("HEIC that is none", lambda: b"\0\0\0\x18ftypheic" + b"\0" * 40, NoPicture),
    ("PDF of its first line", lambda: b"%PDF-1.7\n", UnreadableInput),
    ("PDF cut", lambda: pdf(b"BT /F1 12 Tf 50 700 Td (x) Tj ET")[:200], UnreadableInput),
    ("film", lambda: b"\0\0\0\x20ftypisom" + b"\0" * 100, UnsupportedMediaType),
    ("Windows program", lambda: b"MZ\x90\0" + _random(200), UnsupportedMediaType),
    ("Linux program", lambda: b"\x7fELF" + _random(200), UnsupportedMediaType),
    ("RAR", lambda: b"Rar!\x1a\x07\x01" + _random(50), UnsupportedMediaType),
    ("7-Zip", lambda: bytes.fromhex("377abcaf271c") + _random(50), UnsupportedMediaType),
    ("gzip", lambda: bytes.fromhex("1f8b08") + _random(50), UnsupportedMediaType),
    ("SQLite", lambda: b"SQLite format 3\0" + _random(50), UnsupportedMediaType),
    ("MP3", lambda: b"ID3\x04" + _random(50), UnsupportedMediaType),
]

RENAMED = [
    (docx_letter, "a.doc"),
    (docx_letter, "a.pdf"),
    (docx_letter, "a.txt"),
    (docx_letter, "a"),
    (docx_letter, "a.jpg"),
    (odt_letter, "a.docx"),
    (rtf_letter, "a.doc"),
    (rtf_letter, "a.docx"),
    (rtf_letter, "a.txt"),
    (html_letter, "a.doc"),
    (html_letter, "a.docx"),
    (html_letter, "a.txt"),
    (lambda: LETTER.encode(), "a.docx"),
    (lambda: LETTER.encode(), "a.pdf"),
    (lambda: LETTER.encode(), "a.doc"),
    (lambda: LETTER.encode(), "a.html"),
    (lambda: eml_letter(docx_letter()), "a.txt"),
    (docx_letter, "../../etc/passwd"),
    (docx_letter, "a\0.exe"),
    (docx_letter, "x" * 5000),
    (docx_letter, ""),
]


def _bounded(data: bytes, name: str | None = None) -> Document | CongvanError:
    """Read and hold the time limit. ``_read`` has no net for unforeseen exceptions, so a defect shows."""
    start = time.process_time()
    try:
        outcome: Document | CongvanError = _read(data, name, None, None)
    except RecursionError:
        # Foreseen: ``read`` answers it.
        with pytest.raises(CongvanError) as caught:
            read(data, name)
        outcome = caught.value
    except CongvanError as error:
        outcome = error
    assert time.process_time() - start < SECONDS
    return outcome


@pytest.mark.parametrize(("make", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_hostile(make: Callable[[], bytes], expected: object) -> None:
    data = make()
    outcome = _bounded(data)
    if isinstance(outcome, Document) and not outcome.text.strip():
        with pytest.raises(UnreadableInput) as caught:
            read(data)
        outcome = caught.value
    if isinstance(outcome, CongvanError):
        assert outcome.message
        assert outcome.remedy
        assert set(outcome.as_dict()) == {"code", "message", "remedy"}
    if expected is None:
        return
    if isinstance(expected, str):
        assert isinstance(outcome, Document), outcome
        assert expected in outcome.text
        assert outcome.text == "\n".join(line.text for line in outcome.lines)
    else:
        assert isinstance(outcome, expected), outcome  # type: ignore[arg-type]


def test_enough_kinds() -> None:
    assert len({case[0] for case in CASES}) >= 60


@pytest.mark.parametrize(("make", "name"), RENAMED)
def test_wrong_names_are_read_right(make: Callable[[], bytes], name: str) -> None:
    outcome = _bounded(make(), name)
    assert isinstance(outcome, Document)
    assert LETTER_TEXT in outcome.text


@pytest.mark.parametrize("make", [docx_letter, odt_letter, rtf_letter, html_letter, lambda: eml_letter(docx_letter())])
@pytest.mark.parametrize("part", [0.03, 0.1, 0.3, 0.7, 0.95, 0.999])
def test_truncation_anywhere(make: Callable[[], bytes], part: float) -> None:
    _bounded(_truncated(make(), part))


def test_a_bomb_costs_no_memory() -> None:
    data = _lying_bomb()
    tracemalloc.start()
    try:
        _bounded(data)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_gigabyte_claimed_is_refused_unread(tmp_path: Path) -> None:
    place = tmp_path / "big.pdf"
    with place.open("wb") as stream:
        stream.truncate(1024**3)
    start = time.process_time()
    with pytest.raises(InputTooLarge):
        read_path(place)
    assert time.process_time() - start < SECONDS


def test_too_many_bytes() -> None:
    with pytest.raises(InputTooLarge):
        read(bytes(MAX_BYTES + 1))


def test_paths(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="folder"):
        read_path(tmp_path)
    with pytest.raises(UnreadableInput) as caught:
        read_path(tmp_path / "missing.docx")
    assert caught.value.error_code == "not_found"
    with pytest.raises(UnreadableInput):
        read_path("a\0b.docx")
    with pytest.raises(UnreadableInput):
        read_path("x" * 10_000)
    link, loop = tmp_path / "link.txt", tmp_path / "loop.txt"
    (tmp_path / "thu.txt").write_text(LETTER, encoding="utf-8")
    link.symlink_to(tmp_path / "thu.txt")
    loop.symlink_to(loop)
    assert LETTER_TEXT in read_path(link).text
    with pytest.raises(UnreadableInput):
        read_path(loop)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableInput, match="no ordinary file"):
        read_path(pipe)


def test_the_net_catches_what_nobody_foresaw(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Document:
        raise ZeroDivisionError

    monkeypatch.setattr("models.reading._read", broken)
    with pytest.raises(UnreadableInput, match="ZeroDivisionError"):
        read(b"x")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    _bounded(b"text " + data)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([docx_letter(), odt_letter(), rtf_letter(), html_letter()]),
    st.integers(0, 4000),
    st.binary(max_size=6),
)
def test_any_damage(data: bytes, place: int, patch: bytes) -> None:
    at = place % len(data)
    _bounded(data[:at] + patch + data[at + len(patch) :])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """Whatever is read, the lines make up the text, and spans give the lines back."""
    outcome = _bounded(("Kính gửi: " + text).encode("utf-8", "surrogatepass"))
    if isinstance(outcome, Document):
        for line in outcome.lines:
            assert outcome.text[line.span[0] : line.span[1]] == line.text
