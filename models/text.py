"""Comparing Vietnamese text: one form for tone placement, case, spaces and marks.

Old and new tone placement ("hoà" / "hòa", "uỷ" / "ủy") are both correct spellings and compare as equal (CONTRACT, rules).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
"""Vietnamese capitals, for use inside a character class; a range such as À-Ỹ would take lower case letters in too."""
LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
"""Vietnamese small letters, for use inside a character class."""
TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_ACCENTED = re.compile(r"[^\W\d_a-zA-Z]")
_SPACES = re.compile(r"\s+")
_SYLLABLE = re.compile(r"\w+")


def vn_regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile`` where ``§U`` and ``§L`` in a character class stand for the Vietnamese capitals and small letters."""
    return re.compile(pattern.replace("§U", UPPER).replace("§L", LOWER), flags)


def nfc(text: str) -> str:
    """``text`` with composed characters (Unicode NFC), the form of every text in congvan."""
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """``text`` with every run of white space as one blank and none at the ends."""
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=16384)  # Vietnamese has some 7,000 syllables, and they come again and again
def tone_key(syllable: str) -> str:
    """The syllable with its tone mark moved to the end, so that both placements are equal."""
    decomposed = unicodedata.normalize("NFD", syllable)
    tone = "".join(c for c in decomposed if c in TONE_MARKS)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONE_MARKS)) + tone


def match_key(text: str) -> str:
    """Caseless key that ignores tone placement, kinds of dash and quotation mark, and spacing."""
    text = unicodedata.normalize("NFC", text).casefold()
    text = text.translate(_PUNCTUATION)
    return _SYLLABLE.sub(lambda m: tone_key(m[0]), squeeze(text))


_PUNCTUATION = str.maketrans({"–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "’": "'", "‘": "'"})


def _base(char: str) -> str:
    decomposed = unicodedata.normalize("NFD", char)
    return {"đ": "d", "Đ": "D"}.get(char, decomposed[0])


# one table lookup a character: this runs over every line of every letter
_FOLD = {code: _base(chr(code)) for code in (*range(0xC0, 0x250), *range(0x1EA0, 0x1EFA)) if chr(code).isalpha()}


def fold(text: str) -> str:
    """``text`` without tone and letter marks, đ as d, case kept: "Kế hoạch" -> "Ke hoach". Same length as its NFC form."""
    return unicodedata.normalize("NFC", text).translate(_FOLD)


def toneless(text: str) -> float:
    """0 where letters carry Vietnamese marks as often as in ordinary text, 1 where none do."""
    letters = sum(c.isalpha() for c in text)
    return max(0.0, 1 - len(_ACCENTED.findall(unicodedata.normalize("NFC", text))) / (0.12 * letters)) if letters else 0.0
