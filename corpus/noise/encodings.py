"""Vietnamese letters in two encodings of before Unicode, as they look when read as Windows-1252.

Written out from the public code tables of TCVN 5712:1993 (TCVN3, "ABC") and of VNI-Win. In TCVN3 capitals with marks
exist only in the capitals' font, so they come out as the small letters' codes: case is lost, as in real files.
"""

from __future__ import annotations

import unicodedata

_SMALL = "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ"
_CODES = "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô­øõö÷ùýúûüþ"
_TCVN3_PLAIN_CAPITALS = {"Ă": "¡", "Â": "¢", "Đ": "§", "Ê": "£", "Ô": "¤", "Ơ": "¥", "Ư": "¦"}

TCVN3: dict[str, str] = dict(zip(_SMALL, _CODES, strict=True))
TCVN3 |= {c.upper(): code for c, code in list(TCVN3.items())} | _TCVN3_PLAIN_CAPITALS

_VNI_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_HAT = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_VNI_BREVE = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_WHOLE = {"đ": "ñ", "Đ": "Ñ", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "Ỉ": "Æ", "Ĩ": "Ó", "Ị": "Ò", "Ỵ": "Î",
              "í": "í", "ì": "ì", "Í": "Í", "Ì": "Ì"}  # fmt: skip
_VNI_HORN = {"ơ": "ô", "ư": "ö", "Ơ": "Ô", "Ư": "Ö"}


def _vni(char: str) -> str:
    if char in _VNI_WHOLE:
        return _VNI_WHOLE[char]
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[0], parts[1:]
    tone = "".join(m for m in marks if m in _VNI_TONES)
    upper = base.isupper()

    def case(text: str) -> str:
        return text.upper() if upper else text

    if "\u0302" in marks:
        return base + case(_VNI_HAT[tone])
    if "\u0306" in marks:
        return base + case(_VNI_BREVE[tone])
    if "\u031b" in marks:
        horned = _VNI_HORN[unicodedata.normalize("NFC", base + "\u031b")]
        return horned + (case(_VNI_TONES[tone]) if tone else "")
    return base + case(_VNI_TONES[tone]) if tone else char


VNI: dict[str, str] = {c: _vni(c) for c in _SMALL + _SMALL.upper()}


def to_tcvn3(text: str) -> str:
    """Unicode text in TCVN3, read as Windows-1252. Case of letters with marks is lost."""
    return "".join(TCVN3.get(c, c) for c in unicodedata.normalize("NFC", text))


def to_vni(text: str) -> str:
    """Unicode text in VNI, read as Windows-1252."""
    return "".join(VNI.get(c, c) for c in unicodedata.normalize("NFC", text))
