"""Runs of equal words between texts, for near-duplicates among letters and for copied text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from corpus.model import AnnotatedLetter
from models.letter import Zone
from models.text import fold, nfc

PROSE = frozenset({Zone.BODY, Zone.TASK, Zone.CLOSING, Zone.APPENDIX, Zone.TABLE})
"""Zones whose wording is the writer's own; head, bases and signature are formulae."""

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text as keys that ignore case, marks and punctuation."""
    return [fold(word).casefold() for word in _WORD.findall(nfc(text))]


def shingles(tokens: list[str], size: int) -> set[int]:
    """Hashes of all runs of ``size`` words."""
    return {hash(tuple(tokens[i : i + size])) for i in range(len(tokens) - size + 1)}


def prose(letter: AnnotatedLetter) -> str:
    """The letter's own wording: its prose zones, a mark ¶ in place of every citation."""
    cuts = [mark.span for mark in letter.mentions if mark.depth == 0 or not _nested(letter, mark.span)]
    parts: list[str] = []
    for block in letter.blocks:
        if block.zone not in PROSE:
            continue
        position = block.span[0]
        for start, end in cuts:
            if position <= start and end <= block.span[1]:
                parts += [letter.text[position:start], " ¶ "]
                position = end
        parts += [letter.text[position : block.span[1]], "\n"]
    return "".join(parts)


def _nested(letter: AnnotatedLetter, span: tuple[int, int]) -> bool:
    return any(m.span != span and m.span[0] <= span[0] and span[1] <= m.span[1] for m in letter.mentions)


def near_duplicates(texts: Mapping[str, str], *, size: int = 6, share: float = 0.3) -> list[tuple[str, str, float]]:
    """Pairs whose smaller set of shingles lies to at least ``share`` in the other's, the most alike first."""
    sets = {key: shingles(words(text), size) for key, text in texts.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for key, hashes in sets.items():
        for one in hashes:
            holders[one].append(key)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for keys in holders.values():
        if 1 < len(keys) <= 60:
            for i, a in enumerate(keys):
                for b in keys[i + 1 :]:
                    shared[(a, b)] += 1
    pairs = [
        (a, b, count / min(len(sets[a]), len(sets[b])))
        for (a, b), count in shared.items()
        if count / min(len(sets[a]), len(sets[b])) >= share
    ]
    return sorted(pairs, key=lambda pair: -pair[2])


def copied_runs(text: str, index: Mapping[tuple[str, ...], str], size: int) -> list[tuple[str, str]]:
    """Maximal runs of at least ``size`` words of ``text`` that stand in an indexed text, each with where it stands."""
    shown = _WORD.findall(nfc(text))
    tokens = [fold(word).casefold() for word in shown]
    runs: list[tuple[str, str]] = []
    i = 0
    while i + size <= len(tokens):
        where = index.get(tuple(tokens[i : i + size]))
        if where is None:
            i += 1
            continue
        end = i + size
        while end < len(tokens) and tuple(tokens[end - size + 1 : end + 1]) in index:
            end += 1
        runs.append((" ".join(shown[i:end]), where))
        i = end
    return runs


def build_index(texts: Iterable[tuple[str, str]], size: int) -> dict[tuple[str, ...], str]:
    """All runs of ``size`` words of named texts, with the name of one text that holds each."""
    index: dict[tuple[str, ...], str] = {}
    for name, text in texts:
        tokens = words(text)
        for i in range(len(tokens) - size + 1):
            index.setdefault(tuple(tokens[i : i + size]), name)
    return index
