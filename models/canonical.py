"""One spelling for matching, offsets kept.

Rules of the task stage run over the *canonical* form of a text: lower case, tone marks on the modern place ("hoà" ->
"hòa"), "qui định" written "quy định", every blank and line break a plain blank, every dash a hyphen. It has exactly as
many characters as the text, so that a match there is a span here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

_OLD = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_NEW = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_TONE = dict(zip(_OLD, _NEW, strict=True))
_LETTER = "a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_TONE_AT_END = re.compile(rf"(?<!q)(?:{'|'.join(_OLD)})(?![{_LETTER}])")
_I_FOR_Y = {"qui": "quy", "quí": "quý", "kĩ": "kỹ", "lí": "lý", "mĩ": "mỹ", "sĩ": "sỹ", "qúy": "quý", "qùy": "quỳ"}
_SPELLINGS = re.compile(rf"(?<![{_LETTER}])(?:{'|'.join(_I_FOR_Y)})(?![{_LETTER}])")
_MARKS = {
    ord("–"): "-", ord("—"): "-", ord("−"): "-", ord("‑"): "-", ord("“"): '"', ord("”"): '"', ord("’"): "'",
    ord("‘"): "'", ord("\n"): " ", ord("\t"): " ", ord("\r"): " ", ord("\u00a0"): " ", ord("\f"): " ", ord("\v"): " ",
}  # fmt: skip
_TOKEN = re.compile(r"\w+|[^\w\s]")


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """``text`` in the one spelling that the rules are written in; same length, same offsets."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    lowered = lowered.translate(_MARKS)
    lowered = _TONE_AT_END.sub(lambda m: _TONE[m[0]], lowered)
    return _SPELLINGS.sub(lambda m: _I_FOR_Y[m[0]], lowered)


@dataclass(frozen=True, slots=True)
class Token:
    """A syllable (tiếng), number or mark: canonical ``word``, its offsets, and whether it begins with a capital."""

    word: str
    start: int
    end: int
    capital: bool
    upper: bool
    """Every letter a capital, as in an abbreviation ("UBND")."""


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[Token, ...]:
    """The syllables, numbers and marks of ``text`` in order."""
    flat = canonical(text)
    found: list[Token] = []
    for match in _TOKEN.finditer(flat):
        raw = text[match.start() : match.end()]
        capital = raw[0].isupper() or raw[0].isdigit()
        found.append(Token(match[0], match.start(), match.end(), capital, len(raw) > 1 and raw.isupper()))
    return tuple(found)


T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("next", "value")

    def __init__(self) -> None:
        self.next: dict[str, _Node[T]] = {}
        self.value: T | None = None


class Phrases(Generic[T]):
    """A lexicon of phrases over tokens; finds the longest one that begins at a token, in time linear in its length."""

    __slots__ = ("_root",)

    def __init__(self, entries: Iterable[tuple[str, T]] = ()) -> None:
        self._root: _Node[T] = _Node()
        for phrase, value in entries:
            self.add(phrase, value)

    def add(self, phrase: str, value: T) -> None:
        """Enter ``phrase``; a later entry of the same phrase replaces the earlier one."""
        node = self._root
        for token in tokens(phrase):
            node = node.next.setdefault(token.word, _Node())
        node.value = value

    def match(self, sequence: Sequence[Token], start: int) -> tuple[int, T] | None:
        """``(end, value)`` of the longest phrase that begins at token ``start`` (end exclusive), or None."""
        if start >= len(sequence) or (first := self._root.next.get(sequence[start].word)) is None:
            return None  # most often: asked a thousand times a letter
        node = first
        best: tuple[int, T] | None = (start + 1, node.value) if node.value is not None else None
        for index in range(start + 1, len(sequence)):
            following = node.next.get(sequence[index].word)
            if following is None:
                break
            node = following
            if node.value is not None:
                best = (index + 1, node.value)
        return best
