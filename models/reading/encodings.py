"""Old Vietnamese encodings brought to Unicode: TCVN3 (ABC), VNI, VISCII, Windows-1258, UTF-8 read as another.

Letters of the 1990s and 2000s hold one byte a letter under fonts that drew it as Vietnamese. Of the font remains
its name (DOCX, RTF) or nothing (text, copies). With the name the choice is sure; without it every decoder is tried on
the words that hold foreign letters, and the one whose result consists of Vietnamese syllables wins
(``models.reading.syllables``). Tables: ``tables/tcvn3.tsv``, ``vni.tsv``, ``viscii.tsv``. Conversion comes before
everything else, codes such as "Q§-UB" included.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

from models.reading import tables
from models.reading.syllables import is_syllable

TCVN3: Final = "tcvn3"
VNI: Final = "vni"
VISCII: Final = "viscii"
WINDOWS_1258: Final = "windows-1258"
MISREAD_UTF8: Final = "utf-8 read as windows-1252"

_MARKS: Final = {
    "acute": "\u0301",
    "grave": "\u0300",
    "hook": "\u0309",
    "tilde": "\u0303",
    "dot": "\u0323",
    "circumflex": "\u0302",
    "breve": "\u0306",
}
_FONTS: Final = (
    (re.compile(r"^\.vn", re.I), TCVN3),
    (re.compile(r"^(?:abc|tcvn)\b", re.I), TCVN3),
    (re.compile(r"^vni\b|^vni-", re.I), VNI),
    (re.compile(r"^(?:vi|visc)\s", re.I), VISCII),
)
_CAPITAL_FONT = re.compile(r"^\.vn.*h(?:\s|$)", re.I)
_WORD = re.compile(r"[^\s!-@\[-`{-~]+")
_ASCII_WORD = re.compile(r"[A-Za-z]+")
_MANY_MARKS = re.compile(r"([\u0300-\u036f]{4})[\u0300-\u036f]+")
_CODE = re.compile(r"[\d/&-]")
_MISREAD = re.compile(r"(?:á[»º]|Æ[°¡¯ ]|Ä[\u0090\u0091‘]|Ã[\x80-\xbf ¡¢£©ªàáâãèéêìíòóôõùúý€‚ƒ„…†‡ˆ‰Š‹Œ]|â€)")
_VISIBLE_CONTROLS: Final = "\x02\x05\x06\x14\x19\x1e"
_DETACHED = re.compile(
    r"(?<=[^\W\d_])[ \u00a0]([\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b])"
    r"(?:[ \u00a0](?=(?:ng|nh|ch|[cmnpt])(?!\w)))?"
)
_LOOSE = re.compile(r"(?<![^\W\d_\u0300-\u036f])[\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b]")
_ETH: Final = str.maketrans({"Ð": "Đ", "ð": "đ"})
_MIN_WORDS: Final = 3
_MAX_SAMPLE: Final = 600


def nfc(text: str) -> str:
    """NFC; runs of combining marks are cut to four, for no letter has more and long ones take quadratic time."""
    return unicodedata.normalize("NFC", _MANY_MARKS.sub(r"\1", text))


# -- bytes -------------------------------------------------------------------------------------------------------------


def decode_bytes(data: bytes) -> tuple[str, str | None]:
    """Text of ``data`` in Unicode NFC, and the legacy encoding it came from (None where it was Unicode already)."""
    text = _unicode(data)
    if text is not None:
        return detect_and_convert(text)
    converted, encoding = detect_and_convert(data.decode("latin-1"))
    if encoding is not None:
        return converted, encoding
    # Nearly UTF-8: a few bytes were cut or garbled on the way.
    loose = data.decode("utf-8", "replace")
    if loose.count("\ufffd") * 50 < max(1, sum(b > 0x7F for b in data)) + 50:
        return nfc(loose), None
    return nfc(data.decode("cp1252", "replace")), None


def _unicode(data: bytes) -> str | None:
    """``data`` by its byte order mark, as UTF-8, or as UTF-16 without a mark (told by its zero bytes); else None."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(data) % 4 == 0:
        return data.decode("utf-32", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace")
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if max(even, odd) > 0.3 * half and min(even, odd) < 0.05 * half:
        return data[: len(data) // 2 * 2].decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


# -- strings -----------------------------------------------------------------------------------------------------------


def detect_and_convert(text: str) -> tuple[str, str | None]:
    """Unicode NFC of a text whose legacy bytes may have been read as Latin letters ("Uû ban nh©n d©n").

    Returns the text and the encoding that was found, None where it was Unicode already. Lines that are Unicode in a
    text that is mixed stay as they are.
    """
    if text.isascii():
        return text, None
    if len(_MISREAD.findall(text[:50_000])) >= _MIN_WORDS:
        repaired = _misread_utf8(text)
        if repaired is not None:
            return nfc(repaired), MISREAD_UTF8
    encoding = _best_encoding(text)
    if encoding is None:
        return nfc(text), None
    convert = _CONVERTERS[encoding]
    return nfc("\n".join(_convert_line(line, convert, encoding) for line in text.split("\n"))), encoding


def decode_by_font(text: str, font_name: str) -> str | None:
    """Unicode of a run set in a legacy font (.VnTime, .VnTimeH, VNI-Times); None for other fonts.

    The fonts named …H draw small letters as capitals, so their text becomes capitals. A run that holds Vietnamese
    Unicode letters (the font only lingers) is left alone: None.
    """
    encoding = encoding_of_font(font_name)
    if encoding is None:
        return None
    capital = bool(_CAPITAL_FONT.match(font_name))
    raw = _as_bytes_text(text)
    if raw is None:
        return None
    converted = nfc(_CONVERTERS[encoding](raw))
    return converted.upper() if capital else converted


def encoding_of_font(font_name: str) -> str | None:
    """The legacy encoding that a font implies by its name, None for Unicode fonts."""
    return next((encoding for pattern, encoding in _FONTS if pattern.match(font_name.strip())), None)


def repair_tones(text: str) -> str:
    """Tone and letter marks joined to their letters, NFC; "Ð" (eth), which old keyboards gave for "Đ", put right."""
    if text.isascii():
        return text
    text = _DETACHED.sub(r"\1", text)
    text = nfc(text)
    if any("\u0300" <= c <= "\u036f" for c in text):
        text = unicodedata.normalize("NFC", _LOOSE.sub("", text))
    return text.translate(_ETH)


# -- choosing ----------------------------------------------------------------------------------------------------------


def _best_encoding(text: str) -> str | None:
    """The decoder under which most words with foreign letters are syllables, None when Unicode is as good."""
    words = list(dict.fromkeys(word for word in _WORD.findall(text[:200_000]) if len(word) > 1 and not word.isascii()))[
        :_MAX_SAMPLE
    ]
    if not words:
        return None
    as_it_is = sum(is_syllable(_letters(word)) for word in words)
    if as_it_is >= 0.6 * len(words):
        return None
    best, best_score = None, as_it_is
    for encoding, convert in _CONVERTERS.items():
        raws = [raw for word in words if (raw := _as_bytes_text(word)) is not None]
        good = sum(is_syllable(_letters(nfc(convert(raw)))) for raw in raws)
        if good > best_score and good >= 0.6 * max(1, len(raws)):
            best, best_score = encoding, good
    if best_score < _MIN_WORDS and best_score < len(words):
        return None
    return best if best_score > 2 * as_it_is and best_score >= min(_MIN_WORDS, len(words)) else None


def _letters(word: str) -> str:
    return "".join(c for c in word if c.isalpha() or "\u0300" <= c <= "\u036f")


def _syllables(text: str) -> int:
    """How many words with foreign letters are Vietnamese syllables."""
    return sum(is_syllable(_letters(word)) for word in _WORD.findall(nfc(text)) if not word.isascii())


def _convert_line(line: str, convert: Callable[[str], str], encoding: str) -> str:
    if line.isascii():
        return line
    raw = _as_bytes_text(line)
    if raw is None:
        # Mixed line: Unicode words stay, words of bytes are converted when that makes syllables of them.
        return _WORD.sub(lambda m: _convert_word(m[0], convert), line)
    converted = convert(raw)
    if _syllables(line) > _syllables(converted):
        return line
    return _restore_capitals(line, converted) if encoding == TCVN3 else converted


def _convert_word(word: str, convert: Callable[[str], str]) -> str:
    if word.isascii() or is_syllable(_letters(word)):
        return word
    raw = _as_bytes_text(word)
    if raw is None:
        return word
    converted = nfc(convert(raw))
    return converted if is_syllable(_letters(converted)) else word


def _restore_capitals(source: str, converted: str) -> str:
    """TCVN3 has no toned capitals outside the H fonts: a word whose plain letters are capitals was in capitals.

    A word with one plain letter ("Hµ", "Sè") follows its neighbours: "Hµ NéI" is capitals, "Hµ Néi" is not.
    """
    source_words, words = source.split(" "), converted.split(" ")
    if len(source_words) != len(words):
        return converted
    plain = ["".join(_ASCII_WORD.findall(word)) for word in source_words]
    sure = [len(p) >= 2 and p.isupper() for p in plain]
    # Codes ("12/Q§-UB") are always in capitals and say nothing of the words beside them.
    telling = [s and not _CODE.search(word) for s, word in zip(sure, source_words, strict=True)]
    for index, word in enumerate(words):
        if source_words[index].isascii():
            continue
        near = (index > 0 and telling[index - 1]) or (index + 1 < len(telling) and telling[index + 1])
        if sure[index] or (near and (plain[index].isupper() or not plain[index])):
            words[index] = word.upper()
    return " ".join(words)


# -- decoders over text that holds one character for each byte ---------------------------------------------------------


@cache
def _back_to_bytes() -> dict[int, str]:
    """Characters that Windows shows for the bytes 80–FF, back to the byte's own character."""
    table: dict[int, str] = {}
    for codec in ("cp1258", "cp1252"):
        for byte in range(0x80, 0x100):
            try:
                table[ord(bytes([byte]).decode(codec))] = chr(byte)
            except UnicodeDecodeError:
                continue
    for byte in range(0x80, 0x100):
        table[byte] = chr(byte)
        table[0xF000 + byte] = chr(byte)
    return table


def _as_bytes_text(text: str) -> str | None:
    """``text`` with one character (up to U+00FF) for each byte; None when it holds others, so is Unicode."""
    if text.isascii():
        return text
    raw = text.translate(_back_to_bytes())
    raw = raw.translate(_PUNCTUATION_BACK)
    return raw if all(c <= "\u00ff" for c in raw) else None


_PUNCTUATION_BACK: Final = {0x2010: "-", 0x2011: "-", 0x2212: "-", 0x2028: "\n", 0x2029: "\n", 0xFEFF: "", 0x200B: ""}


@cache
def _table(name: str) -> dict[int, str]:
    return {int(row["byte"], 16): row["letter"] for row in tables.rows(name)}


@cache
def _windows_punctuation() -> dict[int, str]:
    """Quotation marks, dashes and the ellipsis of Windows, which stand beside the letters of TCVN3 and VNI."""
    return {byte: bytes([byte]).decode("cp1252") for byte in (0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97)}


def _from_tcvn3(raw: str) -> str:
    return raw.translate({**_windows_punctuation(), **_table(TCVN3)})


def _from_viscii(raw: str) -> str:
    return raw.translate(_table(VISCII))


def _from_windows_1258(raw: str) -> str:
    return raw.encode("latin-1", "replace").decode("cp1258", "replace")


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    marks: dict[str, str] = {}
    alone: dict[str, str] = {}
    for row in tables.rows(VNI):
        if row["kind"] == "mark":
            combined = "".join(_MARKS[part] for part in row["meaning"].split())
            marks[row["code"]] = marks[row["code"].upper()] = combined
        else:
            alone[row["code"]] = row["meaning"]
            alone[row["code"].upper()] = row["meaning"].upper()
    bases = "aeouyAEOUY" + "ôöÔÖ"
    pattern = re.compile(rf"([{bases}])([{''.join(marks)}])|([{''.join(alone)}])")
    return pattern, marks, alone


def _from_vni(raw: str) -> str:
    pattern, marks, alone = _vni()

    def letter(match: re.Match[str]) -> str:
        if match[3]:
            return alone[match[3]]
        base, mark = alone.get(match[1], match[1]), marks[match[2]]
        composed = unicodedata.normalize("NFC", base + mark)
        return composed if len(composed) == 1 else alone.get(match[1], match[1]) + alone.get(match[2], match[2])

    return pattern.sub(letter, raw).translate(_windows_punctuation())


_CONVERTERS: Final[dict[str, Callable[[str], str]]] = {
    TCVN3: _from_tcvn3,
    VNI: _from_vni,
    WINDOWS_1258: _from_windows_1258,
    VISCII: _from_viscii,
}


def _misread_utf8(text: str) -> str | None:
    """UTF-8 that was read as Windows-1252 ("Cá»˜NG HÃ’A"), line by line; None when it does not come out."""
    lines: list[str] = []
    repaired = 0
    for line in text.split("\n"):
        raw = line.translate(_back_to_1252())
        try:
            again = raw.encode("latin-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            again = line
        repaired += again != line
        lines.append(again)
    return "\n".join(lines) if repaired else None


@cache
def _back_to_1252() -> dict[int, str]:
    table: dict[int, str] = {}
    for byte in range(0x80, 0xA0):
        try:
            table[ord(bytes([byte]).decode("cp1252"))] = chr(byte)
        except UnicodeDecodeError:
            table[byte] = chr(byte)
    return table
