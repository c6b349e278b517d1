"""Whether a paragraph directs, by a trained model that hears the grammar: the one place where the two are joined.

The walk by rules (:mod:`~models.tasks.spans`) reads what a sentence says; what it cannot know is how the items of a list under such a
heading, in such a kind of letter, usually are meant. A linear-chain CRF over the paragraphs of the body learns that from the corpus
(``training.directing``): the words, the item marks, the heading above, and what the walk itself decided and why. Where it is sure and the
walk says otherwise, the walk is done once more and told so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pycrfsuite

from models.canonical import canonical, tokens
from models.installed import Installed
from models.letter import Zone
from models.segmentation.items import Paragraph
from models.tasks import directives, landmarks, lexicon, sections
from models.tasks.context import TaskContext
from models.tasks.deadlines import find_deadlines
from models.tasks.found import Found, name_key, names_of
from models.tasks.spans import Walker
from models.text import fold, toneless

WEIGHTS = "weights/directing/directing.crfsuite"
SURE_TASK = 0.75
"""From this probability on a paragraph that the rules pass over is a task, in a text without its marks."""
TONELESS = 0.5
"""From so few marks on (:func:`~models.text.toneless`) the rules miss what they would read otherwise, and the model may add. Elsewhere it may not: in
the corpus it would gain, but of what it added in real letters, which list much that is no work, nearly nothing was a task."""
SURE_OTHER = 0.02
"""Up to this probability a paragraph that the rules take is none. Surer than sure: what the rules
take in a letter unlike the corpus is a task more often than this model, which knows the corpus alone, believes."""
LISTED = 20
"""In a body of fewer paragraphs a list outside a part that gives work is mostly what a report or an opinion is to hold ("- Số môn học, thời lượng
…"): there the rules' no stands. In the corpus, rich in long plans, it mostly is work."""
LETTER = 5
"""A body of fewer paragraphs is a fragment, not the letter that the model knows: the rules decide alone."""
_LABEL = "task"
_WORDS = re.compile(r"[a-z]+|\d+|[^\w\s]")
_PAST = re.compile(r"(?<!\w)(?:da|duoc|con|chua|vua|dat|la|khong)(?!\w)")
_BUCKETS = (1, 2, 3, 4, 6, 9, 13, 20, 30, 50, 90)


@dataclass(slots=True)
class Trace:
    """What the walk knew when it came to a paragraph, and what it made of it."""

    state: str = "unseen"
    named: bool = False
    general: bool = False
    strong: bool = False
    outcome: str = "none"
    """``task``, ``part`` (some sentences), ``heading``, ``lead``, ``invitation`` or ``none``."""
    sure: float = 0.0


class Tracing(Walker):
    """A walk that notes for every paragraph what it knew and decided."""

    def __init__(self, paragraphs: Sequence[Paragraph], context: TaskContext) -> None:
        super().__init__(paragraphs, context)
        self.traces = [Trace() for _ in self.paragraphs]
        self._at = {id(paragraph): i for i, paragraph in enumerate(self.paragraphs)}

    def _paragraph(self, index: int, paragraph: Paragraph) -> int:
        frames, count = list(self.frames), len(self.found)
        used = super()._paragraph(index, paragraph)
        trace = self.traces[index]
        if trace.state == "unseen":
            trace.state = self._allowed()
        if len(self.found) > count and self.found[-1].invitation:
            trace.outcome = "invitation"
            for other in self.traces[index + 1 : index + 1 + used]:
                other.outcome = "invited"
        elif len(self.found) <= count and self.frames and not any(self.frames[-1] is frame for frame in frames):
            trace.outcome = "lead" if self.frames[-1].lead else "heading"
        return used

    def _task(self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str, level: float, children: Sequence[Paragraph]) -> None:
        self.traces[index] = Trace(
            self._allowed(), self._named_frame() is not None, any(f.lead or f.general for f in self.frames), any(f.strong for f in self.frames)
        )
        super()._task(index, paragraph, content_at, content, flat, level, children)

    def finish(self) -> list[Found]:
        """The tasks, after noting which paragraphs they stand in."""
        found = self.run()
        for entry in found:
            i = self._at.get(id(entry.paragraph))
            if i is not None and self.traces[i].outcome in ("none", "lead", "task", "part"):
                whole = entry.end - entry.start >= 0.7 * len(entry.paragraph.text)
                self.traces[i].outcome = "task" if whole else "part"
                self.traces[i].sure = max(self.traces[i].sure, entry.confidence)
        return found


class Told(Walker):
    """A walk that is told of some paragraphs whether they direct."""

    def __init__(self, paragraphs: Sequence[Paragraph], context: TaskContext, told: dict[int, bool]) -> None:
        super().__init__(paragraphs, context)
        self._told = told

    def _task(self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str, level: float, children: Sequence[Paragraph]) -> None:
        told = self._told.get(index)
        if told is False:
            return
        count = len(self.found)
        super()._task(index, paragraph, content_at, content, flat, level, children)
        if told and len(self.found) == count:
            self._whole(paragraph, content_at, content)

    def _whole(self, paragraph: Paragraph, content_at: int, content: str) -> None:
        """The whole item as one task of the body that begins it."""
        sequence = tokens(content)[:90]
        directive = directives.subject_at(sequence)
        names: list[str] = []
        duty = 0
        if directive is not None:
            names = [n for n in names_of(content, directive) if not self._is_issuer(name_key(n))]
            duty = sequence[directive.predicate].start if directive.predicate < len(sequence) else 0
        elif (imperative := directives.imperative_at(tokens(content))) is not None:
            duty = tokens(content)[imperative].start
        self._add(paragraph, content_at, 0, len(content), names, [] if names else self._with(content), duty, 0.6)


def find(paragraphs: Sequence[Paragraph], context: TaskContext) -> list[Found]:
    """The tasks of a letter's paragraphs, in order: by the rules, and where the model is sure that they err, as it says."""
    body = landmarks.body(paragraphs, (context.document_type or "công văn").lower())
    walk = Tracing(body, context)
    found = walk.finish()
    model = shipped()
    if model is None or len(body) < LETTER:
        return found
    odds = model.odds(body, walk.traces, context)
    adds = toneless(" ".join(paragraph.text for paragraph in body)) >= TONELESS
    told: dict[int, bool] = {}
    for i, (trace, chance) in enumerate(zip(walk.traces, odds, strict=True)):
        if trace.outcome in ("task", "part") and chance <= SURE_OTHER and not _asks(body[i]):
            told[i] = False
        elif adds and trace.outcome == "none" and chance >= SURE_TASK and (trace.state != "other" or len(body) >= LISTED):
            told[i] = True
    if told:
        found = Told(body, context, told).run()
    at = {id(paragraph): i for i, paragraph in enumerate(body)}
    for entry in found:
        if (place := at.get(id(entry.paragraph))) is not None:
            entry.confidence = odds[place]
    return found


def _asks(paragraph: Paragraph) -> bool:
    """Whether the words themselves ask somebody for something ("yêu cầu Sở …", "giao Phòng …"): no model outweighs that."""
    return any(d.kind == "marker" for d in directives.read(tokens(paragraph.text), canonical(paragraph.text)))


class DirectingModel:
    """The probability that each paragraph directs, by the weights in a file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(path))
        self._known = _LABEL in self._tagger.labels()
        # the tagger holds the sequence it works on
        self._lock = threading.Lock()

    def odds(self, paragraphs: Sequence[Paragraph], traces: Sequence[Trace], context: TaskContext) -> list[float]:
        """One probability a paragraph."""
        found = features(paragraphs, traces, context)
        if not found or not self._known:
            return [0.0] * len(found)
        with self._lock:
            self._tagger.set(found)
            return [round(float(self._tagger.marginal(_LABEL, i)), 4) for i in range(len(found))]


def features(paragraphs: Sequence[Paragraph], traces: Sequence[Trace], context: TaskContext) -> list[list[str]]:
    """What the model sees of every paragraph."""
    kind = (context.document_type or "công văn").lower()
    own = [_own(paragraph, trace) for paragraph, trace in zip(paragraphs, traces, strict=True)]
    headings: dict[float, list[str]] = {}
    rows: list[list[str]] = []
    total = len(paragraphs)
    for i, (paragraph, trace) in enumerate(zip(paragraphs, traces, strict=True)):
        level = float(paragraph.level) or 0.5
        shared, words = own[i]
        row = ["bias", f"kind={kind}", *shared, *words, f"tenth={10 * i // total}", f"left={_bucket(total - 1 - i)}"]
        row += [f"kind={kind}&{shared[0]}", f"kind={kind}&{shared[1]}", f"state={trace.state}&{shared[0]}&{shared[1]}"]
        above = [h for at, h in headings.items() if at < level or (at == level and not paragraph.level)]
        for nearest, heading in enumerate(reversed(above[-2:])):
            row += [f"h{nearest}={w}" for w in heading]
        for step in (-2, -1, 1, 2):
            j = i + step
            if 0 <= j < total:
                row += [f"{step:+d}:{f}" for f in (own[j][0] if abs(step) == 1 else own[j][0][:4])]
            else:
                row.append(f"{step:+d}:edge")
        rows.append(row)
        if trace.outcome in ("heading", "lead") or (paragraph.level and len(paragraph.text) < 90 and trace.outcome != "task"):
            headings = {at: h for at, h in headings.items() if at < level}
            headings[level] = _WORDS.findall(fold(paragraph.text).lower())[:14]
    return rows


def _own(paragraph: Paragraph, trace: Trace) -> tuple[list[str], list[str]]:
    """Features that the neighbours take too, and those of the paragraph alone."""
    content = paragraph.text[len(paragraph.item or "") :].strip() if paragraph.item else paragraph.text
    folded = fold(content).lower()
    words = _WORDS.findall(folded)
    letters = [w for w in words if w[0].isalpha()]
    sequence = tokens(content)[:60]
    shared = [
        f"out={trace.outcome}", f"level={paragraph.level}", f"state={trace.state}", f"zone={Zone(paragraph.zone).value}", f"end={content[-1:] if not content[-1:].isalnum() else 'word'}",
        f"len={_bucket(len(letters) // 4)}",
    ]
    if paragraph.cell is not None:
        shared.append("cell")
    own = [f"sure={trace.sure:.1f}"]
    own += [name for name, holds in (("named", trace.named), ("general", trace.general), ("strong", trace.strong)) if holds]
    own += [f"w{k}={w}" for k, w in enumerate(words[:4])]
    own += ["w01=" + " ".join(letters[:2]), "w012=" + " ".join(letters[:3])]
    own += [f"w={w}" for w in dict.fromkeys(letters[:40])]
    own += [f"b={a} {b}" for a, b in pairwise(letters[:25])]
    own += [f"wl={w}" for w in letters[-2:]]
    if not content[:1].isupper():
        own.append("small")
    if _PAST.search(folded[:60]):
        own.append("past")
    if find_deadlines(content, None):
        own.append("due")
    imperative = directives.imperative_at(sequence)
    if imperative is not None:
        own.append("imperative")
        if (verb := lexicon.verb_at(sequence, imperative)) is not None:
            own += [f"imp={label}" for label in verb[1].labels]
    for directive in directives.read(sequence, canonical(content[:400]))[:2]:
        own.append(f"read={directive.kind}&{directive.force}")
    if (subject := directives.subject_at(sequence)) is not None:
        own += ["subject", *(f"subject={name.kind}" for name in subject.names[:1])]
    mains = [verb[1] for k in range(len(sequence)) if (verb := lexicon.verb_at(sequence, k)) is not None and verb[1].main]
    own.append(f"verbs={min(len(mains), 4)}")
    if (direction := sections.direction(content[:120])) is not None:
        own.append(f"section={direction}")
    if sections.actors(content[:200]) is not None:
        own.append("actors")
    return shared, own


def _bucket(number: int) -> int:
    """The number, coarser as it grows."""
    return next((step for step, limit in enumerate(_BUCKETS) if number < limit), len(_BUCKETS))


_installed = Installed(WEIGHTS, DirectingModel)
shipped, use = _installed.get, _installed.use
