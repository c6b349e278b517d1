"""One reading out of two or three: word by word, with the likelihood of official Vietnamese as judge.

Recognisers err in different places: Tesseract loses or swaps marks ("phó" for "phố"), TrueOCR hooks them ("phổ"),
AsterOCR drops letters. Where they agree the word stands. Where they differ each reading, and each syllable with the
same letters but other marks, is weighed: how far it is from what was read, and how likely it is between its
neighbours. Words with digits are never changed to something that no recogniser read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel, Levenshtein

from models.reading.ocr import language
from models.reading.ocr.engine import OcrWord
from models.reading.ocr.syllables import is_syllable
from models.text import fold

FIRST_WEIGHT = 2.2
"""Cost of departing from the first reading (Tesseract) at full confidence."""
SECOND_WEIGHT = 2.4
THIRD_WEIGHT = 2.0
MARKS_COST = 1.8
"""Cost of a syllable that no recogniser read but that has the letters of one of them."""
SYLLABLE_COST = 2.5
LANGUAGE_WEIGHT = 0.9
AGREED = 0.985
"""Confidence of a word that two recognisers read alike (measured: nearly all of them are right)."""

AGREED_LEAD = 9.0
"""How much likelier (natural logarithm) other marks must be to overrule two readers who agree."""

_CORE = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)


@dataclass(slots=True)
class Choice:
    """A reading of one word and what speaks against it."""

    text: str
    cost: float


def merge(words: list[OcrWord], second: str, second_confidence: float = 0.9, third: str | None = None) -> list[OcrWord]:
    """The words of the first reading, each replaced by a better reading where there is one.

    Boxes stay those of the first reading. A word that the first reader saw and no other did is dropped only when it
    is a lone sign of low confidence.
    """
    words = join_split_syllables(join_split_numbers(words, second), [second, third or ""])
    texts = [w.text for w in words]
    others = [align(texts, second)]
    if third:
        others.append(align(texts, third))
    merged: list[OcrWord] = []
    for index, word in enumerate(words):
        readings = [aligned[index] for aligned in others]
        before = _word_before(merged, word.text)
        after = _next_word(texts, others, index)
        chosen, confidence = _choose(word, readings, second_confidence, before, after)
        if chosen and not any(c.isalnum() for c in word.text) and any(c.isalnum() for c in chosen):
            # A speck stood for a word, or a word that was read is set against the speck behind it.
            chosen = next(r for r in readings if r)
            if merged and fold(merged[-1].text).lower() == fold(chosen).lower():
                continue
        if chosen:
            merged.append(OcrWord(chosen, word.box, confidence))
    return merged


def _word_before(merged: list[OcrWord], text: str) -> str | None:
    """The word before, or the sign that stands between; None at the beginning of the line, where nothing is known."""
    if _split(text)[0]:
        return "·"
    if not merged:
        return None
    last = merged[-1].text.split()[-1]
    return "·" if _split(last)[2] else last


def _next_word(texts: list[str], others: list[list[str]], index: int) -> str | None:
    if _split(texts[index])[2]:
        return "·"
    if index + 1 >= len(texts):
        return None
    following = [texts[index + 1], *(aligned[index + 1] for aligned in others)]
    following = [f for f in following if f]
    best = max(following, key=following.count) if following else None
    return best.split()[0] if best and best.split() else None


def align(words: list[str], other: str) -> list[str]:
    """For each of ``words`` the piece of ``other`` that stands for it ("" where there is none)."""
    joined = " ".join(words)
    a, b = fold(joined).lower(), fold(other).lower()
    to_other = [0] * (len(a) + 1)
    for op in Levenshtein.opcodes(a, b):
        span_a, span_b = op.src_end - op.src_start, op.dest_end - op.dest_start
        for k in range(span_a):
            to_other[op.src_start + k] = op.dest_start + (k if span_a == span_b else min(k, span_b))
    to_other[len(a)] = len(b)
    cuts: list[int] = []
    position = 0
    for word in words:
        cuts.append(_nearest_gap(other, to_other[position]) if position else 0)
        position += len(word) + 1
    cuts.append(len(other))
    return [other[start : max(start, end)].strip() for start, end in pairwise(cuts)]


def _nearest_gap(text: str, at: int) -> int:
    """The beginning of a word of ``text`` at or within two characters of ``at``, else ``at`` itself."""
    for shift in (0, -1, 1, -2, 2):
        place = at + shift
        if 0 < place <= len(text) and text[place - 1 : place] == " ":
            return place
    return at


def join_split_numbers(words: list[OcrWord], other: str) -> list[OcrWord]:
    """Pieces of one number or code that the first reader set apart and the second wrote together ("11 20/UBND")."""
    if len(words) < 2:
        return words
    pieces = align([w.text for w in words], other)
    joined: list[OcrWord] = []
    run = ""
    for word, piece in zip(words, pieces, strict=True):
        last = joined[-1] if joined else None
        together = run + piece
        if (
            last is not None
            and last.text[-1:].isalnum()
            and together in other
            and _SHAPES[0].match(together)
            and Levenshtein.distance(last.text + word.text, together) <= 2
        ):
            box = (last.box[0], min(last.box[1], word.box[1]), word.box[2], max(last.box[3], word.box[3]))
            joined[-1] = OcrWord(last.text + word.text, box, min(last.confidence, word.confidence))
            run = together
        else:
            joined.append(word)
            run = piece
    return joined


def join_split_syllables(words: list[OcrWord], others: list[str]) -> list[OcrWord]:
    """Words of the first reading with syllables that it tore apart ("NHÂ N") joined, where another reader has them whole."""
    tokens = [fold(other).lower().split() for other in others if other]
    joined: list[OcrWord] = []
    for word in words:
        last = joined[-1] if joined else None
        if last is not None and last.text.isalpha() and word.text.isalpha():
            together = last.text + word.text
            key, apart = fold(together).lower(), [fold(last.text).lower(), fold(word.text).lower()]
            torn = len(word.text) <= 2 or len(last.text) <= 2 or not is_syllable(last.text.lower()) or not is_syllable(word.text.lower())
            whole = any(key in found and apart not in [list(pair) for pair in pairwise(found)] for found in tokens)
            if torn and whole and is_syllable(together.lower()):
                box = (last.box[0], min(last.box[1], word.box[1]), word.box[2], max(last.box[3], word.box[3]))
                joined[-1] = OcrWord(together, box, min(last.confidence, word.confidence))
                continue
        joined.append(word)
    return joined


def _choose(
    word: OcrWord, readings: list[str], second_confidence: float, before: str | None, after: str | None
) -> tuple[str, float]:
    present = [r for r in readings if r]
    if not present:
        lone_sign = not any(c.isalnum() for c in word.text) or len(word.text) == 1
        if lone_sign and word.confidence < 0.9 and len(readings) > 0:
            return "", 0.0
        return word.text, min(word.confidence, 0.7)
    if word.text in present and not _doubtful(word.text):
        return _agreed(word, before, after)
    if any(c.isdigit() for c in word.text) or any(any(c.isdigit() for c in r) for r in present):
        return _choose_number(word, present)
    lead, core, tail = _split(word.text)
    cores = [_split(r)[1] for r in present]
    if core and core in cores and not _doubtful(core):
        return _agreed(OcrWord(_with_signs(core, lead, tail, present), word.box, word.confidence), before, after)
    model = language.load()
    options: dict[str, float] = {}

    def against(candidate: str) -> float:
        cost = 0.0
        if candidate != core:
            near = _near(candidate, core)
            cost += FIRST_WEIGHT * (0.4 + word.confidence) * (0.5 + near)
        for reading, weight, sure in zip(
            cores, (SECOND_WEIGHT * second_confidence, THIRD_WEIGHT), (1.0, 1.0), strict=False
        ):
            if candidate != reading:
                cost += weight * sure * (0.5 + _near(candidate, reading))
        if candidate.isalpha() and not candidate.isupper() and not is_syllable(candidate):
            cost += SYLLABLE_COST
        likely = model.cost(candidate, before, after) if candidate.isalpha() else 16.0
        return cost + LANGUAGE_WEIGHT * likely

    for candidate in {core, *cores}:
        if candidate and " " not in candidate:
            options[candidate] = against(candidate)
        elif candidate:
            options[candidate] = against(candidate) + 1.0
    for seen in {core, *cores}:
        if seen.isalpha() and len(seen) > 1 and not (seen.isupper() and len(seen) <= 4 and not is_syllable(seen)):
            for key in model.variants(seen):
                made = language.write_key(key, seen)
                if made not in options and fold(made) == fold(seen):
                    options[made] = against(made) + MARKS_COST
    if not options:
        return word.text, word.confidence
    ranked = sorted(options.items(), key=lambda item: item[1])
    best, cost = ranked[0]
    lead_over = ranked[1][1] - cost if len(ranked) > 1 else 4.0
    votes = (best == core) + sum(best == c for c in cores)
    confidence = min(0.97, 0.5 + 0.09 * lead_over + 0.12 * (votes - 1))
    return _with_signs(best, lead, tail, present), max(0.3, confidence)


def _agreed(word: OcrWord, before: str | None, after: str | None) -> tuple[str, float]:
    """A word that two readers read alike; marks are set right only where it is all but impossible in its place.

    Only words in lower case: names of people and places keep what was read.
    """
    sure = max(word.confidence, AGREED)
    lead, core, tail = _split(word.text)
    if not core.islower() or not core.isalpha() or len(core) < 2:
        return word.text, sure
    model = language.load()
    read = model.cost(core, before, after)
    best, least = core, read
    for key in model.variants(core):
        made = language.write_key(key, core)
        cost = model.cost(made, before, after)
        if cost < least:
            best, least = made, cost
    if best != core and read - least > AGREED_LEAD:
        return lead + best + tail, 0.8
    return word.text, sure


def _doubtful(text: str) -> bool:
    """Even two readers agree on nonsense now and then: a word of letters that is no syllable."""
    core = _split(text)[1]
    return core.isalpha() and core.islower() and len(core) > 1 and not is_syllable(core) and core.isascii() is False


def _near(a: str, b: str) -> float:
    """0 for equal words, about 0.3 where only marks differ, 1 for unrelated ones."""
    if fold(a).lower() == fold(b).lower():
        return 0.25 if a.lower() != b.lower() else 0.1
    return 0.4 + 0.6 * float(Indel.normalized_distance(fold(a).lower(), fold(b).lower()))


def _split(text: str) -> tuple[str, str, str]:
    found = _CORE.match(text)
    return (found[1], found[2], found[3]) if found else ("", text, "")


def _with_signs(core: str, lead: str, tail: str, readings: list[str]) -> str:
    """``core`` with the signs around it that most readings have; specks that one reader saw are left out."""
    leads = [lead, *(_split(r)[0].strip() for r in readings)]
    tails = [tail, *(_split(r)[2].strip() for r in readings)]
    return _most(leads) + core + _most(tails)


_SPECKS = set("_'`|~“‘’•·¬°^*⁄‚„«»{}[]<>=")


_QUOTES = set("“”„\"‘’")


def _most(values: list[str]) -> str:
    if values[0] and set(values[0]) <= _QUOTES and any(values[1:]):
        return values[0]  # the first reader knows quotation marks, the others take them for "+" or "*"
    if len(set(values)) > 1:
        values = [v for v in values if not v or not set(v) <= _SPECKS] or values
    counts = {v: values.count(v) for v in values}
    best = max(counts.values())
    return next(v for v in values if counts[v] == best) if best > 1 else values[0]


_SHAPES = (
    re.compile(r"^\W*\d{1,6}[a-zA-Z]?(?:/\d{4})?/[A-ZĐƯƠa-z]{1,8}\d{0,2}(?:-[A-ZĐƯa-z&]{1,12}){0,3}\d{0,3}\W*$"),
    re.compile(r"^\W*\d{1,2}/\d{1,2}(?:/\d{4})?\W*$"),
    re.compile(r"^\W*\d{1,3}(?:[.,]\d{3})*(?:[.,]\d{1,2})?\W*$"),
)


_STROKES = str.maketrans("][|", "111")


def _choose_number(word: OcrWord, readings: list[str]) -> tuple[str, float]:
    """Numbers and codes: what two readers say, else the form that numbers have, else the first reader."""
    everything = [word.text, *readings]
    bare = [re.sub(r"^[^\w]+|[^\w]+$", "", t).replace(" ", "") for t in everything]
    for index, text in enumerate(bare):
        if text and bare.count(text) > 1:
            return everything[index].replace(" ", "") if index else word.text, AGREED
    # "200]" for "2001": strokes that a reader takes for a bracket, where the other saw the digit.
    stroked = re.sub(r"^[^\w]+|[^\w]+$", "", word.text.translate(_STROKES)).replace(" ", "")
    if stroked != bare[0] and stroked == bare[1]:
        return readings[0], AGREED
    shaped = [t for t in everything if any(s.match(t) for s in _SHAPES)]
    if readings[0] in shaped and _SHAPES[0].match(readings[0]):
        return readings[0], 0.8  # codes of documents: the second reader was right in all of 90, the first in 79
    if word.text in shaped:
        return word.text, min(word.confidence, 0.7)
    if shaped and word.confidence < 0.9:
        return shaped[0], 0.6
    if len(readings) == 1 and word.confidence < 0.5 and readings[0]:
        return readings[0], 0.45
    return word.text, min(word.confidence, 0.5)
