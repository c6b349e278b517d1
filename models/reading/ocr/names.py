"""A person's name (họ tên) out of several readings of it.

The name under a signature is short, stands alone and is often covered by a seal or a stroke of the pen; the likelihood of
official Vietnamese, which decides between readings elsewhere, misleads here ("Tuần", week, for the name Tuấn). So names are
weighed with the syllables that names are made of (``name_syllables.tsv``), each in its place: surname, middle name, given
name. What all readings say alike stands, however rare it is.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from models.lexicons import table, words
from models.reading.ocr.syllables import is_syllable
from models.text import fold, tone_key, vn_regex

_WORD = vn_regex(r"^[§U][§L§U'’.-]*$")
_INNER_CAPITAL = vn_regex(r"(?<=[§L])(?=[§U])")
_JUNK = " \t.,;:!?*'\"“”‘’`´|_~^°·•()[]{}<>«»/\\-–—+=¬"
_RANK = re.compile(r"(?:[A-Z]{2,5}[IVX12]*|[TG]h\.?S|(?:P?GS\.?)?TS)(?: (?:[A-Z]{2,5}[IVX12]*|TS|ThS))?$")
"""Academic ranks before a name: TS, ThS, BSCKII, PGS TS."""
_NEVER_FIRST = frozenset({"thị", "đức", "hữu", "đình"})
"""Middle names that have the letters of a surname."""
_MOST_WORDS = 5
_WEIGHTS = {"3": 4.2, "2": 5.3, "1": 6.5}
"""Cost (minus natural logarithm) of a syllable that names hold very often, often, seldom."""
_SYLLABLE, _STRANGE = 8.0, 11.5
_DEPART = 7.0
"""Cost of departing from a reading altogether."""
_MOST_WEIGHT = 2.2
"""Readings of one line in several renditions err alike: together they count for no more than this."""
_NO_SURNAME = 3.0
"""Surnames are a closed list: what is in it with no marks of its own is hardly ever one."""
_HEADLESS = 5.0
"""A word of a name begins with a capital: one that was read without has lost its first letter."""
_LEAD = 4.0

Reading = tuple[str, float]
"""A text and how far its reader is to be believed (0–1)."""


@cache
def _parts() -> dict[str, dict[str, tuple[str, float]]]:
    """For each place in a name: key of a syllable to its spelling and cost."""
    found: dict[str, dict[str, tuple[str, float]]] = {"surname": {}, "middle": {}, "given": {}}
    for row in table("name_syllables"):
        for syllable in row["syllables"].split():
            found[row["part"]].setdefault(tone_key(syllable.lower()), (syllable, _WEIGHTS[row["weight"]]))
    for row in table("surname_spellings"):
        found["surname"].setdefault(tone_key(row["name"].lower()), (row["name"], 7.0))
    return found


@cache
def _by_fold(part: str) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for spelling, _ in _parts()[part].values():
        found[fold(spelling).lower()].append(spelling)
    return {key: tuple(values) for key, values in found.items()}


@cache
def _surnames() -> frozenset[str]:
    return frozenset(words("surnames")) | frozenset(_by_fold("surname"))


@lru_cache(maxsize=4000)
def split_name(text: str) -> tuple[str, tuple[str, ...]]:
    """What stands before a name ("BSCKI."), and the words of the name; ("", ()) where the text is none.

    A name has two to five words with capitals, the first of them a surname (marks aside); before it a rank may stand.
    """
    tokens = [t for t in (t.strip(_JUNK) for t in _INNER_CAPITAL.sub(" ", text).split()) if t]
    for start in range(min(3, len(tokens))):
        rest = tokens[start:]
        if not 2 <= len(rest) <= _MOST_WORDS or not all(_WORD.match(t) for t in rest):
            continue
        if len({t.isupper() for t in rest if len(t) > 1}) > 1:  # "Lưu: VT"
            continue
        if fold(rest[0]).lower() in _surnames() and rest[0].lower() not in _NEVER_FIRST:
            before = " ".join(tokens[:start])
            if any(c.isalpha() for c in before) and not _RANK.match(before.replace(".", " ")):
                continue
            return (before + "." if any(c.isalpha() for c in before) else ""), tuple(rest)
    return "", ()


def is_name(text: str) -> bool:
    """True for a text that is a person's name and nothing else."""
    return bool(split_name(text)[1])


def near_name(text: str) -> bool:
    """True for a reading that may be a name read badly: words with capitals, the first of them a letter or so from a surname."""
    if is_name(text):
        return True
    parts = [p for p in _loose(text) if len(p) > 1 or p == "Y"]
    if not 2 <= len(parts) <= _MOST_WORDS or sum(p[0].isupper() for p in parts) < max(2, len(parts) - 1) or text.isupper():
        return False
    first = fold(parts[0]).lower()
    near = any(abs(len(s) - len(first)) <= 1 and Levenshtein.distance(s, first, score_cutoff=1) <= 1 for s in _surnames() if len(s) > 2)
    known = sum(fold(p).lower() in _by_fold("given") or fold(p).lower() in _by_fold("middle") for p in parts[1:])
    return near and known > 0


def likeness(parts: Sequence[str]) -> float:
    """Mean cost of the words of a name in their places: 4 to 7 for names, more than 9 for what is hardly one."""
    return sum(_cost(word, _place(at, len(parts))) for at, word in enumerate(parts)) / max(1, len(parts))


def combine(readings: Sequence[Reading], *, bad: bool = False) -> tuple[str, float] | None:
    """The likeliest name and how sure (0–1); None where no reading looks like one (``bad``: nor like one read badly).

    The readings must be of one line. What stands before the name ("TS.") is not in the result.
    """
    split = [(split_name(text)[1] or _loose(text), weight) for text, weight in readings if text]
    counts: defaultdict[int, float] = defaultdict(float)
    for parts, weight in split:
        if parts:
            counts[len(parts)] += weight * (1.5 if split_name(" ".join(parts))[1] else 0.5)
    if not counts or not any(split_name(text)[1] or (bad and near_name(text)) for text, _ in readings):
        return None
    length = max(counts, key=lambda n: counts[n])
    chosen = [(parts, weight) for parts, weight in split if len(parts) == length]
    result: list[str] = []
    leads: list[float] = []
    for at in range(length):
        word, lead = _choose([(parts[at], weight) for parts, weight in chosen], _place(at, length))
        result.append(word)
        leads.append(lead)
    capitals = sum(w for parts, w in chosen if all(p.isupper() for p in parts)) > 0.5 * sum(w for _, w in chosen)
    name = " ".join(w.upper() if capitals else w for w in result)
    sure = min(0.985, 0.45 + 0.54 * min(1.0, min(leads) / _LEAD))
    return name, round(sure, 3)


def _loose(text: str) -> tuple[str, ...]:
    """The words of a reading of a name that does not look like one ("Íñã Thị Lê Vân")."""
    tokens = [t for t in (t.strip(_JUNK) for t in _INNER_CAPITAL.sub(" ", text).split()) if t]
    return tuple(tokens) if 2 <= len(tokens) <= _MOST_WORDS else ()


def _place(at: int, length: int) -> str:
    return "surname" if at == 0 else "given" if at == length - 1 else "middle"


def _cost(word: str, place: str) -> float:
    key = tone_key(word.lower())
    known = _parts()[place].get(key)
    if known is not None:
        return known[1]
    other = [p[key][1] for p in _parts().values() if key in p]
    strange = _SYLLABLE if is_syllable(word.lower()) else _STRANGE
    return (min(other) + 1.2 if other else strange) + (_NO_SURNAME if place == "surname" else 0.0)


def _choose(readings: Sequence[Reading], place: str) -> tuple[str, float]:
    """The likeliest word of one place, and by how much it leads."""
    seen = {text for text, _ in readings}
    if len(seen) == 1 and not readings[0][0][0].islower():
        return readings[0][0], _LEAD
    options = {_cased(text) for text in seen}
    for text in seen:
        key = fold(text).lower()
        options |= set(_by_fold(place).get(key, ()))
        heaviest = max(seen, key=lambda t: sum(weight for other, weight in readings if other == t))
        if text == heaviest and tone_key(text.lower()) not in _parts()[place]:
            options |= {s for near, found in _by_fold(place).items() if Levenshtein.distance(near, key, score_cutoff=1) <= 1 for s in found}
    each = _DEPART * min(1.0, _MOST_WEIGHT / max(0.1, sum(weight for _, weight in readings)))
    headless = {_cased(text) for text in seen if text[0].islower()} - {text for text in seen if not text[0].islower()}
    costs = {
        option: _cost(option, place) + _HEADLESS * (option in headless) + sum(each * weight * _apart(option, text) for text, weight in readings) for option in options
    }
    ranked = sorted(costs, key=lambda o: (costs[o], o))
    lead = costs[ranked[1]] - costs[ranked[0]] if len(ranked) > 1 else _LEAD
    return ranked[0], lead


def _cased(text: str) -> str:
    """One capital at the beginning, where a reader scattered them ("NGuyễn"); names of one's own form (H'Bơ) stay."""
    if text.isalpha() and not text.isupper():
        return text[0].upper() + text[1:].lower()
    return text.capitalize() if text.isalpha() else text


def _apart(a: str, b: str) -> float:
    """0 for equal words, .3 where tone or letter marks differ, towards 1 for unrelated ones."""
    x, y = tone_key(a.lower()), tone_key(b.lower())
    if x == y:
        return 0.0
    p, q = fold(a).lower(), fold(b).lower()
    if b[:1].islower() and p.endswith(q) and len(p) <= len(q) + 2:
        return 0.25 if x.endswith(y) else 0.45  # its first letters are lost
    if p == q:
        tone = _tone(x) != _tone(y)
        letters = _bare(x) != _bare(y)
        return 0.3 if tone != letters else 0.4
    return min(1.0, 0.5 + 0.8 * Levenshtein.distance(p, q) / max(len(p), len(q)))


_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def _tone(key: str) -> str:
    return "".join(_MARKS.findall(key))


def _bare(key: str) -> str:
    return _MARKS.sub("", key)


def believed(confidence: float) -> float:
    """Weight of a reading from its reader's confidence: readers are too sure of themselves on covered letters."""
    return round(0.25 + 0.75 * max(0.0, min(1.0, confidence)) ** 2, 3) if not math.isnan(confidence) else 0.25
