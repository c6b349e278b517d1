"""Sentences of a paragraph: a full stop counts only where a new sentence can begin."""

from __future__ import annotations

import re

from models.letter import Span

_STOP = re.compile(r"(?<=[.!?…;])[\"”')\]]?\s+(?=[\"“'(]?\w)")
_ABBREVIATION = re.compile(r"(?:^|[\s(,])(?:tp|tx|tt|q|p|h|ths|ts|pgs|gs|ks|cn|bs|stt|đ/c|th|ubnd|vd|v\.v|st|kv|tw|n|km|no|mr|ông|bà)\.$", re.IGNORECASE)


def sentences(text: str, *, clauses: bool = False) -> list[Span]:
    """The spans of the sentences of ``text``; with ``clauses`` a semicolon ends one too."""
    spans: list[Span] = []
    start = 0
    for gap in _STOP.finditer(text):
        mark = text[gap.start() - 1]
        if mark == ";" and not clauses:
            continue
        if mark == "." and (_ABBREVIATION.search(text[max(0, gap.start() - 8) : gap.start()]) or not _opens(text, gap.end())):
            continue
        spans.append((start, gap.start()))
        start = gap.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def _opens(text: str, position: int) -> bool:
    while position < len(text) and text[position] in "\"“'(":
        position += 1
    return position < len(text) and (text[position].isupper() or text[position].isdigit())
