"""Old encodings: what the fonts and code pages of the 1990s left, and the Unicode that is meant."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.reading import tables
from models.reading.encodings import (
    _vni,
    decode_by_font,
    decode_bytes,
    detect_and_convert,
    encoding_of_font,
    repair_tones,
)
from models.reading.syllables import is_syllable

TEXT = (
    "Ủy ban nhân dân huyện Mường Sa\nSố: 18/QĐ-UB\nMường Sa, ngày 4 tháng 9 năm 1997\n"
    "Xét đề nghị của Trưởng phòng Tài chính, Chủ tịch Ủy ban quyết định cấp thêm kinh phí sửa chữa kè chống lũ,\n"
    "giữ vững đường giao thông xã Sa Lý; nghiệm thu trước ngày 30 tháng 11, quyết toán đúng chế độ hiện hành.\n"
    "Những hộ ở vùng trũng được hỗ trợ lương thực, thuốc men, giống mới; trường học nghỉ khi mưa bão kéo dài."
)


def to_tcvn3(text: str) -> str:
    """The text as .VnTime holds it, each byte as a Latin-1 character; capitals that it lacks become small."""
    codes = {row["letter"]: chr(int(row["byte"], 16)) for row in tables.rows("tcvn3")}
    return "".join(codes.get(c, codes.get(c.lower(), c)) for c in text)


def to_viscii(text: str) -> bytes:
    codes = {row["letter"]: int(row["byte"], 16) for row in tables.rows("viscii")}
    return bytes(codes.get(c, ord(c)) for c in text)


def to_windows_1258(text: str) -> bytes:
    out = b""
    for c in text:
        decomposed = unicodedata.normalize("NFD", c)
        tones = [m for m in decomposed if m in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(m for m in decomposed if m not in tones))
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            out += (base + "".join(tones)).encode("cp1258")
    return out


def to_vni(text: str) -> str:
    _, marks, alone = _vni()
    by_mark = {combined: code for code, combined in marks.items() if code.islower()}
    by_letter = {letter: code for code, letter in alone.items()}
    out: list[str] = []
    for c in text:
        if c in by_letter:
            out.append(by_letter[c])
            continue
        decomposed = unicodedata.normalize("NFD", c)
        if "\u031b" in decomposed:
            horned = unicodedata.normalize("NFC", decomposed[0] + "\u031b")
            rest = "".join(m for m in decomposed[1:] if m != "\u031b")
            out.append(by_letter[horned] + by_mark[rest])
            continue
        # Letter mark first, then tone: the order of the table.
        found = sorted(decomposed[1:], key=lambda m: m in "\u0300\u0301\u0303\u0309\u0323")
        out.append(decomposed[0] + by_mark["".join(found)] if found else c)
    return "".join(out)


def test_bytes_find_their_encoding() -> None:
    lowered = TEXT.replace("Ủy", "ủy")
    for data, expected, encoding in (
        (TEXT.encode(), TEXT, None),
        (TEXT.encode("utf-8-sig"), TEXT, None),
        (unicodedata.normalize("NFD", TEXT).encode(), TEXT, None),
        (TEXT.encode("utf-16"), TEXT, None),
        (TEXT.encode("utf-16-le"), TEXT, None),
        (TEXT.encode("utf-16-be"), TEXT, None),
        (TEXT.encode("utf-32"), TEXT, None),
        (to_tcvn3(TEXT).encode("latin-1"), lowered, "tcvn3"),
        (to_vni(TEXT).encode("latin-1"), TEXT, "vni"),
        (to_viscii(TEXT), TEXT, "viscii"),
        (to_windows_1258(TEXT), TEXT, "windows-1258"),
        (TEXT.encode().decode("latin-1").encode(), TEXT, "utf-8 read as windows-1252"),
    ):
        text, found = decode_bytes(data)
        assert found == encoding, (found, encoding)
        assert text == expected, encoding


@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_strings_that_were_read_wrongly(codec: str) -> None:
    text, encoding = detect_and_convert(to_tcvn3(TEXT).encode("latin-1").decode(codec, "replace"))
    assert (text, encoding) == (TEXT.replace("Ủy", "ủy"), "tcvn3")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ñy ban nh©n d©n tØnh\nvÒ viÖc nµy cña c¸c phßng", "ủy ban nhân dân tỉnh\nvề việc này của các phòng"),
        (
            "CéNG HOµ X· HéI CHñ NGHÜA VIÖT NAM\nSè: 18/Q§-UB, ngµy mïng mét",
            "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 18/QĐ-UB, ngày mùng một",
        ),
        ("UÛY BAN NHAÂN DAÂN\nSoá: 7/QÑ-UB veà vieäc nghæ leã", "ỦY BAN NHÂN DÂN\nSố: 7/QĐ-UB về việc nghỉ lễ"),
    ],
)
def test_short_samples(source: str, expected: str) -> None:
    assert detect_and_convert(source)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Plain English without marks",
        "Café, naïve, résumé",
        "Ông Hà",
        "Kính gửi: Bà Lê Thị Hà",
        "",
        "12/QĐ-UBND",
        "Điều 1. Hà Nội",
        "© 2024 · Công ty – “Sao Mai”",
        "½ ¾ µm ± 5 °C",
        "Số: 12\u00ad/QĐ",
    ],
)
def test_unicode_stays(text: str) -> None:
    assert detect_and_convert(text) == (unicodedata.normalize("NFC", text), None)


def test_mixed_lines() -> None:
    """Lines that are Unicode stay in a text whose other lines are bytes."""
    source = (
        to_tcvn3("quyết định về việc thành lập tổ công tác của huyện\ncăn cứ đề nghị") + "\nỦy ban nhân dân xã Sa Lý"
    )
    assert detect_and_convert(source) == (
        "quyết định về việc thành lập tổ công tác của huyện\ncăn cứ đề nghị\nỦy ban nhân dân xã Sa Lý",
        "tcvn3",
    )


@pytest.mark.parametrize(
    ("text", "font", "expected"),
    [
        ("tØnh", ".VnTime", "tỉnh"),
        ("tØnh", ".VnTimeH", "TỈNH"),
        ("Céng hßa", ".VnArialH", "CỘNG HÒA"),
        ("Céng", ".vntime", "Cộng"),
        ("Coäng", "VNI-Times", "Cộng"),
        ("Cộng", ".VnTime", None),
        ("Céng", "Arial", None),
        ("18/Q§-UB", ".VnTime", "18/QĐ-UB"),
        ("\uf0b8", ".VnTime", "á"),
        ("abc", ".VnTimeH", "ABC"),
    ],
)
def test_fonts(text: str, font: str, expected: str | None) -> None:
    assert decode_by_font(text, font) == expected


def test_names_of_fonts() -> None:
    assert encoding_of_font(".VnTime") == "tcvn3"
    assert encoding_of_font("VNI-Helve") == "vni"
    assert encoding_of_font("Times New Roman") is None
    assert encoding_of_font("Verdana") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hoa\u0300 bình", "hoà bình"),
        ("phu \u0301c", "phúc"),
        ("phu \u0301 c lợi", "phúc lợi"),
        ("QÐ-TTg", "QĐ-TTg"),
        ("a \u0301", "á"),
        ("\u0301 đầu", " đầu"),
        ("abc", "abc"),
        ("Hòa ", "Hòa "),
    ],
)
def test_tones(text: str, expected: str) -> None:
    assert repair_tones(text) == expected


@pytest.mark.parametrize(
    "word", ["nghiêng", "quốc", "giếng", "gì", "Ủy", "uỷ", "khuỷu", "oăm", "thoắt", "yêu", "Đắk"[:2] + "c", "ươm"]
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["nh©n", "củađồng", "cat", "bz", "pháth", "ộộ", "strong", "", "tổngg", "bòc"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_never_fails_and_always_nfc(text: str) -> None:
    converted, _ = detect_and_convert(text)
    assert unicodedata.is_normalized("NFC", repair_tones(converted))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_decode(data: bytes) -> None:
    text, _ = decode_bytes(data)
    assert isinstance(text, str)
