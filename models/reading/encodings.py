"""Old Vietnamese encodings brought to Unicode (first version; see DOMAIN 2.5)."""

from __future__ import annotations

import codecs

from models.text import nfc


def decode_bytes(data: bytes) -> tuple[str, str | None]:
    """Text of ``data`` in Unicode NFC and the legacy encoding it came from, None where it was Unicode."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return nfc(data[: len(data) // 2 * 2].decode("utf-16", "replace")), None
    try:
        return nfc(data.decode("utf-8-sig")), None
    except UnicodeDecodeError:
        return nfc(data.decode("cp1258", "replace")), "windows-1258"


def decode_by_font(text: str, font_name: str) -> str | None:
    """Unicode of a run set in a legacy font, None for other fonts."""
    return None


def detect_and_convert(text: str) -> tuple[str, str | None]:
    """Unicode of a text whose legacy bytes were read as Latin letters."""
    return text, None


def repair_tones(text: str) -> str:
    """Join tone marks that stand apart from their letters."""
    return nfc(text)


def encoding_of_font(font_name: str) -> str | None:
    """The legacy encoding that a font implies, None for Unicode fonts."""
    return None
