"""Words that point back: "Kế hoạch nêu trên", "Công văn vừa dẫn"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from models.references import lexicon
from models.references.view import View
from models.text import squeeze

_POINTER = re.compile(
    r" (?P<word>(?:vua|da)\s+(?:neu|dan|noi|ban\s+hanh)(?:\s+tren)?|neu\s+tren|noi\s+tren|neu\s+o\s+tren|dan\s+tren"
    r"|tren\s+day|ke\s+tren|tren|do)(?![a-z])"
)
_SEVERAL = re.compile(r"(?:cac|hai|ba|nhung)\s+$")
_WEAK = ("tren", "do")


def pointers(
    view: View, start: int, taken: Iterable[tuple[int, int]]
) -> Iterator[tuple[lexicon.DocumentWord, int, int]]:
    """The type word, start and end of every phrase after ``start`` that points back to one document.

    ``taken`` are the spans of citations: "Kế hoạch" in the title of another is not a pointer. "trên" and "đó" alone
    count only after a type word with a capital.
    """
    spans = sorted(taken)
    for m in _POINTER.finditer(view.low, start):
        end = m.start("word")
        while view.low[end - 1] == " ":
            end -= 1
        words = [w for w in lexicon.DOCUMENT_TYPE.finditer(view.low, max(0, end - 30), end) if w.end() == end]
        if not words:
            continue
        at = words[-1].start()
        word = lexicon.document_words()[squeeze(words[-1][0])]
        if squeeze(m["word"]) in _WEAK and not (view.flat[at].isupper() and word.kind != "generic"):
            continue
        i = bisect_right(spans, (at, 1 << 60))
        if any(a <= at < b for a, b in spans[max(0, i - 6) : i]):
            continue
        if not _SEVERAL.search(view.low, max(0, at - 7), at):
            yield word, at, m.end()
