"""New letters out of the written ones, with their gold: other province, numbers, dates, names, wording, order.

Every edit works on the markup, so text and gold move together; a letter that breaks a check is made again with fewer
edits. The same seed gives the same letters; memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from corpus.checks import header, references, scalars, tasks
from corpus.dates import parse_iso
from corpus.generate.calendar import plan, shift_dates
from corpus.generate.draft import Draft
from corpus.generate.numbers import renumber
from corpus.generate.order import reorder
from corpus.generate.paraphrase import paraphrase
from corpus.generate.people import rename_signers
from corpus.generate.places import move
from corpus.generate.thin import thin
from corpus.generate.wording import abbreviate, old_tones, reform_dates, slips
from corpus.markup import compose
from corpus.model import AnnotatedLetter, MarkupError, Problem, SourceLine

MAXIMAL_EDITS = 2
"""From this attempt on, only names and numbers are changed."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated letter, the id of the letter it was made of, and the edits that were made."""

    letter: AnnotatedLetter
    base: str
    edits: tuple[str, ...]


_KNOWN: dict[int, frozenset[str]] = {}


def _known(base: AnnotatedLetter) -> frozenset[str]:
    """Kinds of problems that the written letter has itself (misprints that are meant, and the like)."""
    key = hash(base.text)
    if key not in _KNOWN:
        _KNOWN[key] = frozenset(_kind(p) for p in _problems(base))
    return _KNOWN[key]


def vary(base: AnnotatedLetter, seed: int) -> Generated:
    """One new letter out of ``base``; the same seed gives the same letter."""
    known = _known(base)
    for attempt in range(4):
        rng = Random(f"{base.id}/{seed}/{attempt}")
        draft = _edit(base, rng, bold=attempt < MAXIMAL_EDITS)
        try:
            letter = compose(draft.source(f"{base.id}-g{seed}"))
        except MarkupError:
            continue
        if all(_kind(p) in known for p in _problems(letter)):
            return Generated(letter, base.id, tuple(draft.done))
    return Generated(compose(Draft.of(base.source, lambda line: line.text).source(f"{base.id}-g{seed}")), base.id, ())


def generate(letters: Sequence[AnnotatedLetter], count: int, seed: int = 0) -> Iterator[Generated]:
    """``count`` letters with distinct texts, out of all of ``letters`` in turn.

    Fewer come when the letters cannot be varied further: the generator gives up after ``20`` rounds without a new one.
    """
    if not letters:
        return
    seen: set[int] = set()
    rng = Random(seed)
    order = list(letters)
    made = barren = round_ = 0
    while made < count and barren < 20:
        rng.shuffle(order)
        before = made
        for base in order:
            if made >= count:
                return
            result = vary(base, seed * 1_000_003 + round_)
            key = hash(result.letter.text)
            if key in seen:
                continue
            seen.add(key)
            made += 1
            yield result
        barren = barren + 1 if made == before else 0
        round_ += 1


def _edit(base: AnnotatedLetter, rng: Random, *, bold: bool) -> Draft:
    def choose(line: SourceLine) -> str | None:
        if line.droppable and rng.random() < 0.35:
            return None
        if line.alternatives and rng.random() < 0.6:
            return rng.choice(line.alternatives)
        return line.text

    draft = Draft.of(base.source, choose)
    shift = plan(base, rng) if bold and rng.random() < 0.8 else None
    if shift is not None:
        shift_dates(draft, shift)
    renumber(draft, rng)
    rename_signers(draft, rng)
    if bold:
        if rng.random() < 0.7:
            move(draft, _day(base), rng)
        if rng.random() < 0.5:
            reorder(draft, rng)
        thin(draft, rng)
        if rng.random() < 0.7:
            paraphrase(draft, rng)
        if rng.random() < 0.5:
            abbreviate(draft, rng)
        if rng.random() < 0.5:
            reform_dates(draft, rng)
        if rng.random() < 0.12:
            old_tones(draft)
        if rng.random() < 0.25:
            slips(draft, rng)
    return draft


def _day(letter: AnnotatedLetter) -> date:
    mark = letter.first("date")
    day = parse_iso(mark.value or "") if mark else None
    if day is not None:
        return day
    years = [d for e in letter.references.values() if (d := parse_iso(e.date or ""))]
    return max(years) if years else date(2015, 1, 1)


def _problems(letter: AnnotatedLetter) -> list[Problem]:
    return [p for check in (header, scalars, references, tasks) for p in check(letter)]


def _kind(problem: Problem) -> str:
    """What sort of problem it is, without the values in it."""
    words = problem.cause.split()
    return " ".join(w for w in words if w.isalpha())[:60]
