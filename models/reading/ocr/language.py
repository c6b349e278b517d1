"""Which of several readings of a word is likely here? Counts of syllables and pairs of syllables of official letters.

``syllable_pairs.tsv`` was counted from the letters of ``corpus/``, which were written for this project; anybody can
count it anew: ``python -m models.reading.ocr.language corpus/letters/*.cv``. Only words of letters are judged, never
numbers, codes or signs.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from models.reading.ocr.syllables import is_syllable
from models.text import fold, tone_key

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_BOUND = "·"
"""Stands for a sign, a foreign word or the end of a line."""
_NUMBER = "#"
_BACKOFF = 0.35
_UNSEEN = 0.4


@dataclass(frozen=True, slots=True)
class Model:
    """Counts of syllables (lower case, tone placement normalised) and of their pairs."""

    single: dict[str, int]
    pairs: dict[tuple[str, str], int]
    before: dict[str, int]
    total: int
    by_fold: dict[str, tuple[str, ...]]

    def cost(self, word: str, before: str | None, after: str | None) -> float:
        """How unlikely ``word`` is between its neighbours: minus the natural logarithm of its probability."""
        key = as_key(word)
        left = as_key(before) if before else None
        right = as_key(after) if after else None
        cost = -math.log(self._given(key, left))
        return cost - math.log(self._given(right, key)) if right else cost

    def _given(self, word: str, before: str | None) -> float:
        alone = (self.single.get(word, 0) + _UNSEEN) / (self.total + 8000 * _UNSEEN)
        seen = self.before.get(before, 0) if before else 0
        if not before or not seen:
            return alone
        weight = seen / (seen + 4.0)
        paired: float = weight * self.pairs.get((before, word), 0) / seen
        return paired + (1 - weight * (1 - _BACKOFF / 4)) * alone

    def variants(self, word: str) -> tuple[str, ...]:
        """Syllables of the table with the same letters but other marks, as keys."""
        return self.by_fold.get(fold(word).lower(), ())

    def knows(self, word: str) -> bool:
        """True for a syllable that the table holds."""
        return as_key(word) in self.single


@lru_cache(maxsize=20_000)
def as_key(word: str) -> str:
    """A word as the table writes it: a syllable in lower case, "#" a number, "^TTĐT" an abbreviation, "·" the rest."""
    core = word.strip("()[]{}\"'“”‘’.,;:!?…-–/")
    lowered = core.lower()
    if not lowered:
        return _BOUND
    if lowered.isalpha():
        if is_syllable(lowered):
            return tone_key(lowered)
        return "^" + core if core.isupper() and len(core) > 1 else _BOUND
    return _NUMBER if lowered[0].isdigit() else _BOUND


@lru_cache(maxsize=1)
def load() -> Model:
    """The table of this package."""
    return parse(resources.files(__package__).joinpath("syllable_pairs.tsv").read_text(encoding="utf-8"))


def parse(text: str) -> Model:
    """The model of a table that :func:`count` wrote."""
    single: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    before: Counter[str] = Counter()
    by_fold: defaultdict[str, list[str]] = defaultdict(list)
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        head, _, rest = line.partition("\t")
        name, _, count = head.partition(" ")
        if count:
            single[name] = int(count)
            if name[0] not in "·#^":
                by_fold[fold_key(name)].append(name)
        for item in rest.split():
            word, _, times = item.rpartition(":")
            pairs[name, word] = int(times)
            before[name] += int(times)
    return Model(
        single, pairs, dict(before), sum(single.values()), {key: tuple(values) for key, values in by_fold.items()}
    )


def fold_key(key: str) -> str:
    """The bare letters of a key of the table (whose tone mark stands at its end)."""
    return "".join(c for c in fold(key) if c.isalpha())


@lru_cache(maxsize=20_000)
def write_key(key: str, pattern: str) -> str:
    """A key of the table as ordinary text: tone mark on its vowel, capitals as in ``pattern``."""
    tones = [c for c in key if unicodedata.combining(c)]
    bare = "".join(c for c in key if not unicodedata.combining(c))
    word = _place_tone(bare, tones[0]) if tones else bare
    if pattern.isupper() and len(pattern) > 1:
        return word.upper()
    return word.capitalize() if pattern[:1].isupper() else word


def _place_tone(bare: str, tone: str) -> str:
    """Put the tone where the common (old) spelling puts it: hòa, thủy, quý, giữa, tiếng."""
    vowels = [i for i, c in enumerate(bare) if unicodedata.normalize("NFD", c)[0] in "aeiouy"]
    if (bare.startswith("qu") and len(vowels) > 1) or (bare.startswith("gi") and len(vowels) > 1):
        vowels = vowels[1:]
    marked = [i for i in vowels if bare[i] in "ăâêôơư"]
    if marked:
        place = marked[-1]
    elif len(vowels) == 1:
        place = vowels[0]
    elif len(vowels) == 3 or (vowels and vowels[-1] != len(bare) - 1):
        place = vowels[1]
    else:
        place = vowels[0]
    return unicodedata.normalize("NFC", bare[: place + 1] + tone + bare[place + 1 :])


DOUBT_LEAD = 6.0
"""How much likelier (natural logarithm) other marks on the same letters must be for a syllable to count as doubtful."""


def share_of_doubtful(text: str) -> tuple[float, int]:
    """Share of the syllables of a text that other marks would suit far better, and the number of syllables.

    People who type write about two of a thousand so; recognisers, which take "kế" for "kê" and "tổ" for "tố", write
    ten and more, in texts whose every word is a possible syllable.
    """
    model = load()
    tokens = _TOKEN.findall(text)
    count = doubtful = 0
    for index, token in enumerate(tokens):
        if len(token) < 2 or not token.isalpha() or not is_syllable(token.lower()):
            continue
        count += 1
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        key, own = as_key(token), None
        for variant in model.variants(token):
            if variant == key:
                continue
            own = model.cost(token, before, after) if own is None else own
            if own - model.cost(write_key(variant, token), before, after) > DOUBT_LEAD:
                doubtful += 1
                break
    return (doubtful / count if count else 0.0), count


# --- counting ---------------------------------------------------------------------------------------------------------

_MARK = re.compile(r"\{[\w=.,: -]{1,60}\|")


def count(texts: Iterable[str]) -> str:
    """The table counted from letters (plain text, or the corpus markup, whose marks are dropped)."""
    single: Counter[str] = Counter()
    pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        body = text.split("\n---\n", 1)[-1]
        body = "\n".join(line for line in body.splitlines() if not line.startswith("@"))
        body = re.sub(r"\{[^{}|]{1,80}\|", "", _MARK.sub("", body)).replace("}", "")
        for line in body.splitlines():
            previous = _BOUND
            for token in _TOKEN.findall(line):
                key = as_key(token)
                single[key] += 1
                pairs[previous][key] += 1
                previous = key
            pairs[previous][_BOUND] += 1
    lines = ["# syllable count <TAB> syllable that follows:times … (tone mark after the letters; · is anything else)"]
    for name in sorted(single):
        follow = " ".join(f"{word}:{times}" for word, times in sorted(pairs[name].items()))
        lines.append(f"{name} {single[name]}\t{follow}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table = count(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])
    Path(__file__).with_name("syllable_pairs.tsv").write_text(table, encoding="utf-8")
