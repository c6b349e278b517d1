"""Analysis of Vietnamese text for search: syllables with and without marks, pairs of syllables, one spelling for each.

Vietnamese writes a word as one to four syllables with blanks between, so that single syllables say little ("công" of
*công văn*, *công an*, *thành công*). The index therefore also holds every pair of neighbouring syllables: a pair stands
for most compounds, needs no word segmenter (no model, no licence question), and is the same at indexing and in queries.
"""

from __future__ import annotations

import re
from itertools import pairwise

from models.references.folding import low
from models.text import nfc

_TOKEN = re.compile(r"[^\W_]+")
_NEW_TO_OLD = [
    ("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("õa", "oã"), ("ọa", "oạ"), ("òe", "oè"), ("óe", "oé"), ("ỏe", "oẻ"), ("õe", "oẽ"), ("ọe", "oẹ"),
    ("ùy", "uỳ"), ("úy", "uý"), ("ủy", "uỷ"), ("ũy", "uỹ"), ("ụy", "uỵ"),
]  # fmt: skip
_I_FOR_Y = {"qui": "quy", "quí": "quý", "quì": "quỳ", "kĩ": "kỹ", "kì": "kỳ", "kí": "ký", "kỉ": "kỷ", "lí": "lý", "mĩ": "mỹ", "sĩ": "sỹ", "tỉ": "tỷ"}
"""Syllables of which both spellings are usual (Decision 240/QĐ of 1984 and school books: i; official usage: y)."""
_I_FOR_Y_FOLDED = {"qui": "quy", "ki": "ky", "li": "ly", "mi": "my", "si": "sy"}
Y_FOR_I = {right: other for other, right in _I_FOR_Y_FOLDED.items()}
"""Syllables without marks whose other spelling has i."""
MAX_TOKEN = 40


def syllable(word: str) -> str:
    """One spelling of a syllable in small letters: old tone placement (it is right in every syllable), y for i."""
    for new, old in _NEW_TO_OLD:
        if new in word:
            word = word.replace(new, old)
    return _I_FOR_Y.get(word, word)


_SYLLABLES: dict[str, tuple[str, str]] = {}


def forms(token: str) -> tuple[str, str]:
    """``(with marks, without marks)`` of a token, both in the one spelling of the index."""
    known = _SYLLABLES.get(token)
    if known is None:
        exact = syllable(token.lower())[:MAX_TOKEN]
        flat = low(exact)
        known = exact, _I_FOR_Y_FOLDED.get(flat, flat)
        if len(_SYLLABLES) < 500_000:
            _SYLLABLES[token] = known
    return known


def tokens(text: str) -> list[str]:
    """Syllables, words, numbers and parts of codes as they stand: "168-KH/TU" is 168, KH, TU."""
    return _TOKEN.findall(nfc(text))


def analyse(text: str) -> tuple[list[str], list[str]]:
    """Tokens of a text ``(with marks, without marks)``, position for position."""
    if not text:
        return [], []
    both = [forms(token) for token in tokens(text)]
    return [b[0] for b in both], [b[1] for b in both]


def folded(text: str) -> list[str]:
    """Tokens without marks."""
    return [forms(token)[1] for token in tokens(text)]


def pairs(words: list[str]) -> list[str]:
    """Neighbouring tokens joined: ["ke", "hoach", "so"] -> ["ke_hoach", "hoach_so"]."""
    return [f"{a}_{b}" for a, b in pairwise(words)]


def has_marks(token: str) -> bool:
    """True for a token that was typed with tone or letter marks."""
    return low(token.lower()) != token.lower()
