"""Names and titles that OCR read with wrong marks, put right by the lexicons (OCR text only).

Recognisers lose tone marks of capitals before anything else: "SỞ KÉ HOẠCH VÀ ĐẦU TỰ", "GIÁM ĐÓC". A run of syllables that is,
without its marks, a phrase of the lexicons (kinds and fields of bodies, titles, provinces) is written as the lexicon has it.
Digits, codes and unknown words are never touched, and the text of the letter stays as it was read.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from models.lexicons import table, words
from models.text import fold, tone_key

_SYLLABLE = re.compile(r"[^\W\d_]+")
_OCR_LETTERS = str.maketrans({"Ñ": "N", "ñ": "n", "Ð": "Đ", "ð": "đ", "Ø": "O", "ø": "o"})
_UNITS = ("tỉnh", "thành phố", "huyện", "quận", "phường", "thị xã", "thị trấn", "xã", "và", "các", "của", "thay mặt")


@cache
def _phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    names = [*words("official_capitals"), *words("titles"), *_UNITS]
    names += [row["name"] for row in table("ministries") if "/" not in row["name"]]
    for row in table("provinces"):
        names += [row["old"], row["new"], row["seat"]]
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    ambiguous: set[tuple[str, ...]] = set()
    for name in names:
        parts = tuple(_SYLLABLE.findall(name))
        key = tuple(fold(p).lower() for p in parts)
        if len(parts) == 1 and len(parts[0]) < 2:
            continue
        known = found.get(key)
        if known is not None and [tone_key(p.lower()) for p in known] != [tone_key(p.lower()) for p in parts]:
            ambiguous.add(key)
        found.setdefault(key, parts)
    return {key: parts for key, parts in found.items() if key not in ambiguous or len(key) > 1}


@cache
def _longest() -> int:
    return max(len(key) for key in _phrases())


def restore_marks(text: str) -> str:
    """``text`` with the marks of known phrases restored; case is kept.

    A single syllable is mended only where it can hardly be another word: the kind of body that opens a name, or the unit of
    territory before a proper name.
    """
    text = text.translate(_OCR_LETTERS)
    tokens = list(_SYLLABLE.finditer(text))
    folded = [fold(token[0]).lower() for token in tokens]
    phrases = _phrases()
    out: list[str] = []
    position = 0
    i = 0
    while i < len(tokens):
        for length in range(min(_longest(), len(tokens) - i), 0, -1):
            parts = phrases.get(tuple(folded[i:i + length]))
            if parts and _adjacent(text, tokens[i:i + length]) and (length > 1 or _sure(text, tokens, i, parts[0])):
                break
        else:
            i += 1
            continue
        for token, part in zip(tokens[i:i + length], parts, strict=True):
            out.append(text[position:token.start()])
            out.append(_like(token[0], part))
            position = token.end()
        i += length
    out.append(text[position:])
    return "".join(out)


def _sure(text: str, tokens: list[re.Match[str]], i: int, part: str) -> bool:
    following = text[tokens[i].end():].lstrip()[:1]
    if part in _UNITS:
        return following.isupper()
    return i == 0 and part[:1].isupper() and len(part) > 2 and following.isalpha()


def _adjacent(text: str, tokens: list[re.Match[str]]) -> bool:
    return all(text[a.end():b.start()].strip(" ,-\n") == "" for a, b in pairwise(tokens))


def _like(token: str, part: str) -> str:
    """``part`` in the case of ``token``; the page's own spelling where only the placement of the tone differs."""
    if tone_key(token.lower()) == tone_key(part.lower()):
        return token
    if token.isupper() and len(token) > 1:
        return part.upper()
    return part.capitalize() if token[:1].isupper() else part.lower()


@cache
def _surnames() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in table("surname_spellings"):
        found.setdefault(fold(row["name"]).lower(), []).append(row["name"])
    return {key: tuple(names) for key, names in found.items()}


def restore_surname(name: str) -> str:
    """A person's name (họ tên) with its surname as it is spelt, where one reading is left: "Trân Văn An", "Nbuyễn Thị Mai".

    Only the first word is mended: given names have every spelling. A name in capitals keeps them.
    """
    first, blank, rest = name.partition(" ")
    key = fold(first).lower()
    if not blank or not first or any(first.lower() == n.lower() for names in _surnames().values() for n in names):
        return name
    known = _surnames().get(key)
    if known is None and len(key) >= 4:
        near = [names for other, names in _surnames().items() if len(other) >= 4 and Levenshtein.distance(key, other, score_cutoff=1) <= 1]
        known = near[0] if len(near) == 1 else None
    if known is None or len(known) != 1:
        return name
    return (known[0].upper() if first.isupper() and len(first) > 1 else known[0]) + blank + rest
