"""Where in a letter the words of a query stand: fragments with marks, page and box."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from models.references.folding import low
from service.archive.search.words import Y_FOR_I

WIDTH = 240
"""Characters of a fragment, about."""
_ENOUGH = 4000
"""Characters after which a letter need not be looked through further, once every word of the query was seen in it."""
_WORD = re.compile(r"\S+")


_Hit = tuple[int, int, str, float]
"""Start, end, the word without marks, what it is worth."""


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]) -> re.Pattern[str] | None:
    """The query's words and phrases in a text without marks."""
    whole = [r"[\W_]+".join(_either(word) for word in phrase) for phrase in sorted(set(phrases), key=len, reverse=True) if len(phrase) > 1]
    single = [re.escape(word[:-1]) + r"\w*" if word.endswith("*") else _either(word) for word in sorted({*words, *(p[0] for p in phrases if len(p) == 1)})]
    parts = ([f"(?P<phrase>{'|'.join(whole)})"] if whole else []) + ([f"(?P<word>{'|'.join(single)})"] if single else [])
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})(?![^\W_])") if parts else None


def _either(word: str) -> str:
    """The word, or its other spelling with i for y."""
    other = Y_FOR_I.get(word)
    return f"(?:{re.escape(word)}|{re.escape(other)})" if other else re.escape(word)


def fragments(record: dict[str, Any], words: Sequence[str], phrases: Sequence[tuple[str, ...]], most: int = 2) -> list[dict[str, Any]]:
    """The stretches of a letter that show most of the query.

    ``{"text", "marks": [[start, end]…] in the text, "span" in the letter, "page", "box", "boxes"}``; ``box`` is the
    paragraph's, ``boxes`` are for :func:`add_boxes`.
    """
    text = record["text"]
    pattern = _pattern(tuple(words), tuple(phrases))
    if pattern is None:
        return []
    flat = low(text)
    hits: list[_Hit] = []
    before, whole, seen = -2, False, set[str]()
    for match in pattern.finditer(flat):
        start, end = match.span()
        found = match[0]
        if start > _ENOUGH and (whole or not phrases) and len(seen) >= len(words):
            break  # a long letter has shown all by now
        in_phrase = match.lastgroup == "phrase"
        neighbour = 1.0 if start - before <= 2 else 0.0
        hits.append((start, end, found, (3.0 * found.count(" ") + 3.0 if in_phrase else 1.0) + neighbour))
        before, whole = end, whole or in_phrase
        seen.update(found.split() if in_phrase else (found,))
    chosen = _best(hits, most)
    return [_fragment(text, part, record["places"]) for part in chosen]


def _best(hits: list[_Hit], most: int) -> list[list[_Hit]]:
    """Windows with the most different words, next to each other, not overlapping."""
    windows: list[tuple[float, int, int]] = []
    for first, (start, *_) in enumerate(hits):
        last, seen, worth = first, set(), 0.0
        while last < len(hits) and hits[last][1] - start <= WIDTH * 3 // 4:
            _, _, flat, weight = hits[last]
            worth += weight if flat not in seen else weight * 0.1
            seen.add(flat)
            last += 1
        windows.append((worth, first, last))
    chosen: list[tuple[float, int, int]] = []
    for window in sorted(windows, key=lambda w: (-w[0], w[1])):
        if all(window[2] <= other[1] or window[1] >= other[2] for other in chosen):
            chosen.append(window)
            if len(chosen) == most:
                break
    best = chosen[0][0] if chosen else 0.0
    return [hits[first:last] for worth, first, last in sorted(chosen, key=lambda w: w[1]) if worth >= 0.4 * best and last > first]


def _fragment(text: str, hits: list[_Hit], places: list[list[Any]]) -> dict[str, Any]:
    start, end = hits[0][0], hits[-1][1]
    room = max(0, WIDTH - (end - start))
    left = max(0, start - room // 3)
    right = min(len(text), end + room - (start - left))
    if left > 0:
        blank = text.find(" ", left, start)
        left = blank + 1 if blank >= 0 else left
    if right < len(text):
        blank = text.rfind(" ", end, right)
        right = blank if blank > end else right
    marks: list[list[int]] = []
    for s, e, *_ in hits:
        if marks and text[left + marks[-1][1] : s].isspace():
            marks[-1][1] = e - left
        else:
            marks.append([s - left, e - left])
    page, box = _place(places, start)
    return {"text": text[left:right], "marks": marks, "span": [left, right], "page": page, "box": box, "boxes": []}


def _place(places: list[list[Any]], at: int) -> tuple[int | None, list[float] | None]:
    for first, last, page, *box in places:
        if first <= at < last:
            return page, box or None
    return None, None


def add_boxes(parts: list[dict[str, Any]], text: str, lines: list[list[Any]]) -> None:
    """Where the marked words of fragments stand: ``boxes``, ``{"page", "box"}`` for each mark and each line that it is on.

    ``lines``: page, start, end, x0, y0, x1, y1, edges of words (:class:`models.letter.LineBox`), in the order of the text.
    Where the words of a line have no places, its whole box is given.
    """
    for part in parts:
        start = part["span"][0]
        for first, last in part["marks"]:
            a, b = start + first, start + last
            at = bisect_right(lines, a, key=lambda line: line[2])
            while at < len(lines) and lines[at][1] < b:
                part["boxes"].append(_of_words(text, lines[at], a, b))
                at += 1


def _of_words(text: str, line: list[Any], a: int, b: int) -> dict[str, Any]:
    page, start, end, x0, y0, x1, y1, edges = line
    words = [(start + m.start(), start + m.end()) for m in _WORD.finditer(text[start:end])]
    if len(edges) == 2 * len(words):
        inside = [n for n, (s, e) in enumerate(words) if s < b and e > a]
        if inside:
            x0, x1 = edges[2 * inside[0]], edges[2 * inside[-1] + 1]
    return {"page": page, "box": [x0, y0, x1, y1]}
