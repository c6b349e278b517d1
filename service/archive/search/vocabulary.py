"""The syllables that an index's letters use, for words that none of them has: misread by OCR, or mistyped."""

from __future__ import annotations

import string
import threading
import time
from collections.abc import Sequence

import tantivy
from rapidfuzz.distance import DamerauLevenshtein

_KEPT_SECONDS = 600.0
_LONGEST = 12
_lock = threading.Lock()
_known: dict[int, tuple[float, dict[str, int]]] = {}


def syllables(searcher: tantivy.Searcher, owner: int) -> dict[str, int]:
    """Syllables without marks and in how many letters each is; read anew at most every ten minutes for each ``owner`` (an index)."""
    with _lock:
        kept = _known.get(owner)
        if kept and time.monotonic() - kept[0] < _KEPT_SECONDS and kept[1]:
            return kept[1]
        every = tantivy.Query.all_query()
        least = max(1, searcher.num_docs // 20_000)
        found: dict[str, int] = {}
        for letter in string.ascii_lowercase:
            for term, count in searcher.terms_with_prefix("fold", letter, every, None):
                if count >= least and len(term) <= _LONGEST and term.isalpha():
                    found[term] = count
        if len(_known) > 16:
            _known.clear()
        _known[owner] = time.monotonic(), found
        return found


def corrections(word: str, known: dict[str, int], most: int = 3) -> Sequence[str]:
    """The likeliest words that ``word`` (three letters or more, no number) was meant to be: one letter off, two from eight letters on."""
    if len(word) < 3 or not word.isalpha():
        return ()
    far = 2 if len(word) >= 8 else 1
    near = [
        (distance, -count, other) for other, count in known.items()
        if abs(len(other) - len(word)) <= far and 0 < (distance := DamerauLevenshtein.distance(word, other, score_cutoff=far)) <= far
    ]
    return [other for _, _, other in sorted(near)[:most]]
