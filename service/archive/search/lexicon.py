"""Names and their abbreviations as one: what "UBND" and "Ủy ban nhân dân" share in the index is a *concept*.

Concepts come from ``models/lexicons/abbreviations.tsv``. A letter's document lists the concepts that it mentions in
either form, and a query asks for the concept, so that expansion costs one posting list instead of many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from models.lexicons import table
from service.archive.search.words import folded, forms, tokens

_READINGS = re.compile(r"\s*[;/]\s*")
_REMARK = re.compile(r"\([^)]*\)")
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True, slots=True)
class Concept:
    """A stretch ``[start, end)`` of a query's tokens and the concepts that it may mean."""

    start: int
    end: int
    names: tuple[str, ...]


@cache
def _tables() -> tuple[dict[str, dict[str, list[tuple[tuple[str, ...], str]]]], dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]]:
    """First token of a name -> second -> (its tokens, concept); first token of an abbreviation as printed -> (its tokens, concepts)."""
    names: dict[str, dict[str, dict[tuple[str, ...], str]]] = {}
    shorts: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for row in table("abbreviations"):
        short = tuple(tokens(row["abbr"]))
        if not short or not any(c.isupper() for c in row["abbr"]):
            continue
        for reading in _READINGS.split(_REMARK.sub("", row["expansion"])):
            words = tuple(folded(reading))
            if len(words) < 2 or words == tuple(w.lower() for w in short):
                continue
            concept = "_".join(words)
            names.setdefault(words[0], {}).setdefault(words[1], {})[words] = concept
            known = shorts.setdefault(short[0], {}).setdefault(short, [])
            if concept not in known:
                known.append(concept)
    return (
        {first: {second: sorted(found.items(), key=lambda item: -len(item[0])) for second, found in more.items()} for first, more in names.items()},
        {first: sorted(((k, tuple(v)) for k, v in found.items()), key=lambda item: -len(item[0])) for first, found in shorts.items()},
    )


def _telling(short: Sequence[str]) -> bool:
    """False for an abbreviation that is also a syllable ("TU", "BAN"): in capitals it may stand in any heading."""
    joined = "".join(short)
    return len(short) > 1 or len(joined) > 3 or not _VOWEL.search(forms(joined)[1])


def concepts_of(words: Sequence[str], flat: Sequence[str]) -> list[str]:
    """Every mention of a concept in a letter: ``words`` as printed, ``flat`` without marks."""
    names, shorts = _tables()
    found: list[str] = []
    last = len(flat) - 1
    for at in [at for at, word in enumerate(flat) if word in names]:
        for name, concept in names[flat[at]].get(flat[at + 1], ()) if at < last else ():
            if tuple(flat[at : at + len(name)]) == name:
                found.append(concept)
    for at in [at for at, word in enumerate(words) if word in shorts]:
        for short, concepts in shorts[words[at]]:
            if (len(short) == 1 or tuple(words[at : at + len(short)]) == short) and _telling(short):
                found.extend(concepts)
                break
    return found


@cache
def _typed_shorts() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Abbreviations as people type them, in small letters without marks; only those that are no syllables."""
    out: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for found in _tables()[1].values():
        for short, concepts in found:
            flat = tuple(forms(word)[1] for word in short)
            known = out.setdefault(flat[0], {}).setdefault(flat, [])
            known.extend(c for c in concepts if c not in known)
    return {first: sorted(((k, tuple(v)) for k, v in found.items()), key=lambda item: -len(item[0])) for first, found in out.items()}


def concepts_in_query(words: Sequence[str]) -> list[Concept]:
    """The concepts of a query from left to right, the longest first, not overlapping.

    An abbreviation counts in capitals, or in small letters when it cannot be a syllable ("ubnd", not "tu").
    """
    names, _ = _tables()
    flat = [forms(word)[1] for word in words]
    found: list[Concept] = []
    at = 0
    while at < len(words):
        best: Concept | None = None
        if at + 1 < len(words):
            for name, concept in names.get(flat[at], {}).get(flat[at + 1], ()):
                if tuple(flat[at : at + len(name)]) == name:
                    best = Concept(at, at + len(name), (concept,))
                    break
        if best is None:
            for short, concepts in _typed_shorts().get(flat[at], ()):
                span = words[at : at + len(short)]
                capital = all(w.isupper() for w in span)
                if tuple(flat[at : at + len(short)]) == short and (capital or _telling(short)) and (capital or len("".join(short)) > 2):
                    best = Concept(at, at + len(short), concepts)
                    break
        if best:
            found.append(best)
            at = best.end
        else:
            at += 1
    return found
