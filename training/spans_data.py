"""Gold spans on letters as they were read: where issuer, subject, addressees, assignees, deadlines and citations stand in the noisy text.

A mark of the corpus is carried through the noise by its characters and found again in what the reader made of it; spans are
compared by letters and digits alone, so that a trimmed comma is no error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.model import AnnotatedLetter
from corpus.noise.text import NOISES, make_noise
from models.document import Document
from models.errors import CongvanError
from models.letter import Extraction, Span
from models.reading import read
from training.zones_data import CLEAN, key_of

KINDS = ("issuer", "parent", "subject", "addressee", "recipient", "lead", "coord", "due", "ref")
"""The kinds of spans: cơ quan ban hành, cơ quan chủ quản, trích yếu, nơi gửi đến, nơi nhận, who acts, who works with them, when, which document."""


@dataclass(slots=True)
class SpannedLetter:
    """A letter as it was read in one form, and its gold spans by kind in ``document.text``."""

    letter: str
    form: str
    document: Document
    gold: dict[str, list[Span]] = field(default_factory=dict)


def gold_spans(letter: AnnotatedLetter) -> dict[str, list[Span]]:
    """The spans of the written letter by kind; a citation's mentions are of kind ``ref``."""
    found: dict[str, list[Span]] = {kind: [] for kind in KINDS}
    for mark in letter.marks:
        if mark.is_reference:
            found["ref"].append(mark.span)
        elif mark.name in found:
            found[mark.name].append(mark.span)
    for task in letter.tasks:
        # who acts may be named outside, in a heading
        found["lead"] += [m.span for m in letter.marks if m.name == "who" and m.ident in task.links]
    return {kind: sorted(set(spans)) for kind, spans in found.items()}


def read_spans(letter: AnnotatedLetter, form: str, seed: int) -> SpannedLetter | None:
    """``letter`` as plain text or under a noise, read, with its spans; None where it cannot be read. A span that is gone is left out."""
    gold = gold_spans(letter)
    text = letter.text
    if form in NOISES and form != CLEAN:
        noisy = make_noise(letter, form, seed=seed)
        text = noisy.text
        gold = {kind: [s for span in spans if (s := noisy.span(span))] for kind, spans in gold.items()}
    try:
        document = read(text.encode(), "thu.txt")
    except CongvanError:
        return None
    key, origins = key_of(document.text)
    whole, starts = key_of(text)
    before = {origin: i for i, origin in reversed(list(enumerate(starts)))}
    found: dict[str, list[Span]] = {}
    for kind, spans in gold.items():
        kept: list[Span] = []
        for span in spans:
            part = key_of(text[span[0]:span[1]])[0]
            expected = next((before[i] for i in range(span[0], span[1]) if i in before), 0)
            at = _nearest(key, part, round(expected * len(key) / max(1, len(whole)))) if part else -1
            if at >= 0:
                kept.append((origins[at], origins[at + len(part) - 1] + 1))
        found[kind] = kept
    return SpannedLetter(letter.id, form, document, found)


def _nearest(text: str, part: str, position: int) -> int:
    after, before = text.find(part, position), text.rfind(part, 0, position + len(part))
    if after < 0 or before < 0:
        return max(after, before)
    return before if position - before < after - position else after


def grammar_spans(extraction: Extraction) -> dict[str, list[Span]]:
    """The spans that the pipeline found, by kind."""
    found: dict[str, list[Span]] = {kind: [] for kind in KINDS}
    for kind, value in (("issuer", extraction.issuer), ("parent", extraction.parent_body), ("subject", extraction.subject)):
        if value and value.span:
            found[kind].append(value.span)
    found["addressee"] = [a.span for a in extraction.addressees if a.span]
    found["recipient"] = [r.span for r in extraction.recipients if r.span]
    for task in extraction.tasks:
        found["lead"] += [a.span for a in task.assignees if a.span]
        found["coord"] += [a.span for a in task.coordinators if a.span]
        if task.deadline and task.deadline.span:
            found["due"].append(task.deadline.span)
    found["ref"] = [m.span for r in extraction.references for m in r.mentions if m.span]
    return {kind: sorted(set(spans)) for kind, spans in found.items()}


def bare(text: str, span: Span) -> Span:
    """A span without what is neither letter nor digit at its ends."""
    start, end = span
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def hits(text: str, gold: Sequence[Span], guess: Sequence[Span], *, share: float = 1.0) -> int:
    """How many gold spans are among the guessed; with ``share`` below 1 so much of the two together must be common."""
    left = [bare(text, span) for span in guess]
    count = 0
    for one in (bare(text, span) for span in gold):
        best = max(left, key=lambda s: _common(one, s), default=None)
        if best is not None and _common(one, best) >= share:
            left.remove(best)
            count += 1
    return count


def _common(a: Span, b: Span) -> float:
    both = min(a[1], b[1]) - max(a[0], b[0])
    either = max(a[1], b[1]) - min(a[0], b[0])
    return both / either if both > 0 and either else float(a == b)


def letters_as_read(letters: Sequence[AnnotatedLetter], forms: Sequence[str], *, seed: int = 0) -> Iterator[SpannedLetter]:
    """Every letter in every form that can be read."""
    for number, letter in enumerate(letters):
        for form in forms:
            if (one := read_spans(letter, form, seed + number)) is not None:
                yield one
