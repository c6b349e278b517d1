"""Is this a Vietnamese syllable? Told by rule: onset × rhyme × tone, the tables beside it, no word list.

Serves to choose among decoders: a text read in the right encoding consists of syllables, in a wrong one it does not.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Final

from models.reading import tables

_TONES: Final = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_STOPS: Final = ("p", "t", "c", "ch")
_STOP_TONES: Final = frozenset("\u0301\u0323")


@cache
def _toneless() -> frozenset[str]:
    onsets = ["", *(o for line in tables.words("onsets") for o in line.split())]
    rhymes = [r for line in tables.words("rhymes") for r in line.split()]
    return frozenset(onset + rhyme for onset in onsets for rhyme in rhymes) | {"gi"}


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether ``word`` (any case, NFC or not) can be a syllable: its letters, its tone, and both together."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in decomposed if ord(c) in _TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", decomposed.translate(_TONES))
    if bare not in _toneless():
        return False
    return not bare.endswith(_STOPS) or bool(_STOP_TONES.intersection(tones))
