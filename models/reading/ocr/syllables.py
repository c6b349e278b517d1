"""Is this a syllable that Vietnamese spelling allows? Tells readable text from rubbish, and one reading from another.

The spelling is regular: an onset, a rime, one of six tones; rimes that end in c, ch, p, t take only sắc or nặng. The
onsets and rimes are the table ``syllables.tsv`` beside this file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources

_WORD = re.compile(r"[^\W\d_]+")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


@lru_cache(maxsize=1)
def _tables() -> tuple[tuple[str, ...], frozenset[str]]:
    onsets: list[str] = [""]
    rimes: set[str] = set()
    text = resources.files(__package__).joinpath("syllables.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        kind, _, values = line.partition("\t")
        if kind == "onset":
            onsets += values.split()
        else:
            rimes.update(values.split())
    return tuple(sorted(onsets, key=len, reverse=True)), frozenset(rimes)


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """True when ``word`` (letters only, any case) is a possible Vietnamese syllable."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in decomposed if c in _TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    if len(bare) > 7:
        return False
    onsets, rimes = _tables()
    for onset in onsets:
        if bare.startswith(onset) and (bare[len(onset) :] in rimes or (onset == "gi" and bare == "gi")):
            stopped = bare.endswith(("c", "ch", "p", "t"))
            return not stopped or (bool(tones) and tones[0] in ("\u0301", "\u0323"))
    return False


def share_of_syllables(text: str) -> tuple[float, int]:
    """Share of the words of ``text`` that are possible syllables, and how many words were looked at.

    Words all in capitals of up to five letters (UBND, QĐ) and single letters say nothing and are left out.
    """
    good = total = 0
    for match in _WORD.finditer(text):
        word = match[0]
        if len(word) == 1 or (word.isupper() and len(word) <= 5 and not is_syllable(word)):
            continue
        total += 1
        good += is_syllable(word)
    return (good / total if total else 0.0), total


def share_of_toned(text: str) -> float:
    """Share of the words of ``text`` with a mark of tone or letter (ă, ê, đ …): about 0.7 in Vietnamese."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    marked = sum(any(ord(c) > 0x7F for c in w) for w in words)
    return marked / len(words)
