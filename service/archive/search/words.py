"""Analysis of Vietnamese text for search: syllables with and without marks, pairs of syllables, one spelling for each.

Vietnamese writes a word as one to four syllables with blanks between, so that single syllables say little ("công" of
*công văn*, *công an*, *thành công*). The index therefore also holds every pair of neighbouring syllables: a pair stands
for most compounds, needs no word segmenter (no model, no licence question), and is the same at indexing and in queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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


class _Forms(dict[str, tuple[str, str]]):
    """Tokens met before; looked up without a call of a function, which is most of the work on a letter."""

    def __missing__(self, token: str) -> tuple[str, str]:
        exact = syllable(token.lower())[:MAX_TOKEN]
        flat = low(exact)
        made = exact, _I_FOR_Y_FOLDED.get(flat, flat)
        if len(self) < 500_000:
            self[token] = made
        return made


_FORMS = _Forms()
forms: Callable[[str], tuple[str, str]] = _FORMS.__getitem__
"""``(with marks, without marks)`` of a token, both in the one spelling of the index."""


def tokens(text: str) -> list[str]:
    """Syllables, words, numbers and parts of codes as they stand: "168-KH/TU" is 168, KH, TU."""
    return _TOKEN.findall(nfc(text))


def forms_of(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """:func:`forms` of many tokens, position for position."""
    both = [_FORMS[word] for word in words]
    return [exact for exact, _ in both], [flat for _, flat in both]


def analyse(text: str) -> tuple[list[str], list[str]]:
    """Tokens of a text ``(with marks, without marks)``, position for position."""
    return forms_of(tokens(text))


def folded(text: str) -> list[str]:
    """Tokens without marks."""
    return [_FORMS[token][1] for token in tokens(text)] if text else []


def pairs(words: list[str]) -> list[str]:
    """Neighbouring tokens joined: ["ke", "hoach", "so"] -> ["ke_hoach", "hoach_so"]."""
    return [f"{a}_{b}" for a, b in pairwise(words)]


def has_marks(token: str) -> bool:
    """True for a token that was typed with tone or letter marks."""
    return low(token.lower()) != token.lower()
