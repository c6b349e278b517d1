"""Types of a task: the fifteen labels, by rules over the verbs, or by a trained classifier that is plugged in.

A classifier only has to satisfy :class:`TypeClassifier`; :func:`blend` puts its probabilities before the rules'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from models.letter import TaskType, TypeLabel
from models.tasks import lexicon
from models.tasks.canonical import canonical, tokens


class TypeClassifier(Protocol):
    """Anything that labels tasks: one list of labels with probabilities a text."""

    def predict(self, texts: Sequence[str]) -> list[list[TypeLabel]]:
        """The labels of each text, most probable first."""
        ...


_BREAKS = {".", ";", ":"}
_SOFT = {"và", ",", "đồng", "để"}
_PURPOSE = re.compile(r"(?<!\w)(?:để|nhằm|góp phần|làm cơ sở|làm căn cứ|phục vụ)(?!\w)")
# A verb of the first clause speaks for the whole task; of later clauses less so.
_FIRST, _LATER, _CHAINED = 1.0, 0.72, 0.6
_THRESHOLD = 0.5
_LIMIT = 3


class RuleTypes:
    """The rule labels: verbs that begin the task's clauses vote for their types (``task_verbs.tsv``)."""

    def predict(self, texts: Sequence[str]) -> list[list[TypeLabel]]:
        """The labels of each text, most probable first; ``trien_khai`` where no verb is known."""
        return [labels(text) for text in texts]


def labels(text: str, start: int = 0) -> list[TypeLabel]:
    """Rule labels of one task; ``start`` is the offset at which its duty begins (after the names of who acts)."""
    scores = scored(text, start)
    chosen = sorted(((score, label) for label, score in scores.items() if score >= _THRESHOLD), reverse=True)[:_LIMIT]
    if not chosen:
        chosen = [(0.4, "trien_khai")]
    return [TypeLabel(label=TaskType(label), confidence=round(min(score, 0.99), 3)) for score, label in chosen]


def scored(text: str, start: int = 0) -> dict[str, float]:
    """How strongly each type is spoken for, 0 to 1."""
    sequence = [t for t in tokens(text) if t.start >= start]
    scores: dict[str, float] = {}
    clause = 0
    at_start = True
    main_seen = False
    index = 0
    while index < len(sequence):
        word = sequence[index].word
        if word in _BREAKS:
            if word in (";", ".") and main_seen:
                clause += 1
            at_start = True
            index += 1
            continue
        verb = lexicon.verb_at(sequence, index)
        if verb is not None and at_start:
            end, entry = verb
            weight = _FIRST if clause == 0 and not main_seen else _LATER if at_start else _CHAINED
            if not entry.main:
                weight *= 0.45
            for label in entry.labels:
                scores[label] = max(scores.get(label, 0.0), weight)
            main_seen = main_seen or entry.main
            # After a main verb a comma or "và" may bring another verb; anything else is its object.
            index = end
            at_start = not entry.main or (index < len(sequence) and lexicon.verb_at(sequence, index) is not None)
            continue
        adverb = lexicon.adverbs().match(sequence, index)
        if adverb is not None:
            index = adverb[0]
            continue
        if word in (",", "và"):
            at_start = True
            index += 1
            continue
        at_start = at_start and not main_seen
        index += 1
    return scores


def blend(rules: Sequence[TypeLabel], learned: Sequence[TypeLabel]) -> list[TypeLabel]:
    """The learned labels where there are any, else the rules'."""
    return list(learned) or list(rules)


def purpose_cut(text: str) -> str:
    """The task without its clauses of purpose ("để …", "nhằm …"), which direct nothing."""
    found = _PURPOSE.search(canonical(text))
    return text[: found.start()] if found and found.start() > 20 else text
