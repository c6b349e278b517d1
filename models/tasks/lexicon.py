"""The lexicons of the task stage, read once from the tables under ``models/lexicons``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from models.canonical import Phrases, Token, canonical
from models.lexicons import table, words


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of duty: task types it speaks for, and whether it is a duty of its own (``main``)."""

    phrase: str
    labels: tuple[str, ...]
    main: bool


@cache
def verbs() -> Phrases[Verb]:
    """Verbs by which letters direct work (``task_verbs.tsv``)."""
    return Phrases(
        (row["verb"], Verb(row["verb"], tuple(x for x in row["labels"].split(",") if x != "-"), row["weight"] == "main"))
        for row in table("task_verbs")
    )


@cache
def adverbs() -> Phrases[str]:
    """Words between subject and verb (``task_adverbs.tsv``)."""
    return Phrases((word, word) for word in words("task_adverbs"))


@cache
def bodies() -> Phrases[str]:
    """First words of the names of those who act, with their kind (``task_bodies.tsv``)."""
    return Phrases((row["term"], row["kind"]) for row in table("task_bodies"))


@cache
def not_bodies() -> Phrases[str]:
    """Phrases that only look like names (``task_not_bodies.tsv``)."""
    return Phrases((word, word) for word in words("task_not_bodies"))


@cache
def modifiers() -> Phrases[str]:
    """Phrases that go on with a name (``task_name_modifiers.tsv``)."""
    return Phrases((word, word) for word in words("task_name_modifiers"))


@cache
def stops() -> Phrases[str]:
    """Words that end a name (``task_name_stops.tsv``)."""
    return Phrases((word, word) for word in words("task_name_stops"))


@cache
def nouns() -> Phrases[str]:
    """Nouns with a verb-like syllable, in which no verb begins (``task_nouns.tsv``)."""
    return Phrases((word, word) for word in words("task_nouns"))


def verb_at(sequence: Sequence[Token], index: int) -> tuple[int, Verb] | None:
    """``(end, verb)`` when a verb of duty begins at token ``index`` and is no part of a noun ("công trình", "dự án")."""
    found = verbs().match(sequence, index)
    if found is None:
        return None
    return None if in_noun(sequence, index, found[0]) else found


def noun_at(sequence: Sequence[Token], index: int) -> int | None:
    """The end of the noun with a verb-like syllable that begins at ``index``; a capital inside makes it a name ("Giao Ban …")."""
    found = nouns().match(sequence, index)
    if found is None or any(t.capital and not t.word[0].isdigit() for t in sequence[index + 1 : found[0]]):
        return None
    if found[1].endswith("báo cáo số") or found[1] in ("thông báo số", "quyết định số", "kế hoạch số"):
        # A document by its number; "báo cáo số liệu" is something to do.
        following = sequence[found[0]] if found[0] < len(sequence) else None
        return found[0] if following is not None and not following.word.isalpha() else None
    return found[0]


def in_noun(sequence: Sequence[Token], index: int, end: int) -> bool:
    """True when the phrase ``[index, end)`` lies inside a longer noun ("trình" in "công trình", "dự" in "dự án")."""
    inside = noun_at(sequence, index)
    if inside is not None and inside > end:
        return True
    for back in (1, 2):
        over = noun_at(sequence, index - back) if index >= back else None
        if over is not None and over >= end:
            return True
    return False


@cache
def markers() -> Phrases[str]:
    """Words that direct somebody, with their force (``task_markers.tsv``)."""
    return Phrases((row["marker"], row["force"]) for row in table("task_markers"))


@cache
def negatives() -> frozenset[tuple[str, str]]:
    """``(word before, marker)`` pairs that make no directive; marker ``*`` means every one (``task_negatives.tsv``)."""
    return frozenset((canonical(row["before"]), canonical(row["marker"])) for row in table("task_negatives"))
