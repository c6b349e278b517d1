"""Types of a task: the fifteen labels, by rules over the verbs, or by a trained classifier that is plugged in.

A classifier only has to satisfy :class:`TypeClassifier`; :func:`blend` puts its probabilities before the rules'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from models.canonical import Phrases, Token, canonical, tokens
from models.letter import TaskType, TypeLabel
from models.lexicons import table
from models.tasks import lexicon
from models.tasks.directives import coordinators_in, executes
from models.tasks.names import noun_phrase


class TypeClassifier(Protocol):
    """Anything that labels tasks: one list of labels with probabilities a text."""

    def predict(self, texts: Sequence[str]) -> list[list[TypeLabel]]:
        """The labels of each text, most probable first."""
        ...


_PURPOSE = {"để", "nhằm", "góp"}
_SKIPPED = {"công", "tác", "việc", "các", "hoạt", "động", "tốt", "nghiêm", "túc", "hiệu", "quả", "có", "nội", "dung", "những", "đúng", "cho", "ngay", "đầy", "đủ"}
_GENERIC = {"thực hiện", "tổ chức", "triển khai", "triển khai thực hiện", "tổ chức thực hiện", "duy trì", "đảm bảo", "bảo đảm", "tổ chức triển khai"}
_THROUGH = {"chỉ đạo", "lãnh đạo", "lãnh đạo, chỉ đạo", "yêu cầu", "giúp", "tham mưu", "trình", "cử", "cử cán bộ", "bố trí cán bộ", "cho", "đề xuất", "hướng dẫn",
            "đôn đốc", "vận động"}  # fmt: skip
# The first verb of the task speaks for it; verbs that begin later clauses less so, verbs chained by comma or "và" least.
_FIRST, _LATER, _CHAINED, _AID = 1.0, 0.78, 0.62, 0.45
_THRESHOLD = 0.5
_RUN_BESIDE = 0.9
_LIMIT = 3


@cache
def _objects() -> Phrases[tuple[str, float]]:
    return Phrases((row["object"], (row["label"], float(row["weight"]))) for row in table("task_objects"))


class RuleTypes:
    """The rule labels: verbs that begin the task's clauses vote for their types (``task_verbs.tsv``)."""

    def predict(self, texts: Sequence[str]) -> list[list[TypeLabel]]:
        """The labels of each text, most probable first; ``trien_khai`` where no verb is known."""
        return [labels(text) for text in texts]


def labels(text: str, start: int = 0) -> list[TypeLabel]:
    """Rule labels of one task; ``start`` is the offset at which its duty begins (after the names of who acts)."""
    if executes(canonical(text)):
        return [TypeLabel(label=TaskType.TRIEN_KHAI, confidence=0.97)]
    scores = scored(text, start)
    scores = _without_weak_run(scores)
    ranked = sorted(((score, label) for label, score in scores.items()), key=lambda pair: (-pair[0], pair[1]))
    chosen = [pair for pair in ranked if pair[0] >= _THRESHOLD][:_LIMIT] or ranked[:1] or [(0.4, "trien_khai")]
    return [TypeLabel(label=TaskType(label), confidence=round(min(score, 0.97), 3)) for score, label in chosen]


def _without_weak_run(scores: dict[str, float]) -> dict[str, float]:
    """``trien_khai`` is what every task does: beside a label of its own it stands only when its verb leads the task."""
    others = max((score for label, score in scores.items() if label != "trien_khai"), default=0.0)
    if others >= _THRESHOLD and scores.get("trien_khai", 0.0) < _RUN_BESIDE:
        return {label: score for label, score in scores.items() if label != "trien_khai"}
    return scores


@dataclass(frozen=True, slots=True)
class Evidence:
    """One word or phrase that speaks for types: its place among the task's verbs, the phrase, and what the lexicon says."""

    role: str
    """``first`` verb of the task, ``later`` at the beginning of another clause, ``chained`` by comma or "và", ``aid`` (says how, or leads to
    another verb), ``object`` of a verb, ``with`` ("phối hợp với" as the duty)."""
    phrase: str
    labels: tuple[str, ...]
    weight: float


def scored(text: str, start: int = 0) -> dict[str, float]:
    """How strongly each type is spoken for, 0 to 1."""
    return evidence(text, start)[1]


def evidence(text: str, start: int = 0) -> tuple[list[Evidence], dict[str, float]]:
    """What speaks for the types of a task, in order, and how strongly each type is spoken for, 0 to 1."""
    sequence = [t for t in tokens(text) if t.start >= start]
    scores: dict[str, float] = {}
    found: list[Evidence] = []

    def vote(role: str, phrase: str, labels: Sequence[str], weight: float) -> None:
        found.append(Evidence(role, phrase, tuple(labels), weight))
        for label in labels:
            scores[label] = max(scores.get(label, 0.0), weight)

    fresh = True  # at the beginning of a clause, where a verb is the predicate
    chained = False  # right after a verb and a comma or "và"
    purpose = False  # inside "để …", which directs nothing
    sentence = True
    seen = False
    index = 0
    since = 99
    last_run = False
    while index < len(sequence):
        word = sequence[index].word
        since += 1
        if word in (".", ";"):
            fresh, chained, purpose, sentence = True, False, False, True
            index += 1
            continue
        if word == ":":
            fresh = fresh or not seen
            index += 1
            continue
        if word in _PURPOSE and seen and not (word == "góp" and index + 1 < len(sequence) and sequence[index + 1].word == "ý"):
            purpose = True
            index += 1
            continue
        adverb = lexicon.adverbs().match(sequence, index)
        verb = lexicon.verb_at(sequence, index)
        if verb is not None and (adverb is None or verb[0] >= adverb[0]) and not (sequence[index].capital and not fresh):
            end, entry = verb
            if entry.phrase.startswith(("phối hợp", "kết hợp")) or entry.phrase == "cùng":
                opens = index == 0 or sequence[index - 1].word in (".", ";", ":")
                first = opens or _before(sequence, index, "có trách nhiệm") or _before(sequence, index, "chủ động")
                if first and entry.phrase != "cùng" and not purpose:
                    vote("with", "phối hợp", ("phoi_hop",), 0.9)
                _, after = coordinators_in(sequence, index, min(len(sequence), end + 2))
                index = max(end, after)
                fresh, sentence = True, False
                continue
            if (fresh or chained) and not purpose:
                role, weight = ("first", _FIRST) if not seen else ("later", _LATER) if fresh else ("chained", _CHAINED)
                vote(role if entry.main else "aid", entry.phrase, entry.labels, weight if entry.main else weight * _AID)
                last_run = entry.labels == ("trien_khai",) and entry.main
                seen = seen or entry.main
                since = 0
                index = end
                sentence = False
                if not entry.main or entry.phrase in _GENERIC:
                    while index < len(sequence) and sequence[index].word in _SKIPPED and lexicon.verb_at(sequence, index) is None:
                        index += 1
                    chained, fresh = entry.main, not entry.main
                else:
                    fresh, chained = False, index < len(sequence) and lexicon.verb_at(sequence, index) is not None
                if entry.phrase in _THROUGH:
                    phrase = noun_phrase(sequence, index)
                    if phrase is not None:
                        index = phrase.last
                        fresh, chained = not entry.main, True
                continue
            index = end
            continue
        if adverb is not None and word != "không":
            index = adverb[0]
            chained = chained or (not purpose and word in ("kịp", "thường", "khẩn", "chủ", "định", "đồng", "phải", "có", "tích"))
            continue
        noun = _objects().match(sequence, index)
        if noun is not None and not purpose and since <= 9:
            vote("object", " ".join(t.word for t in sequence[index : noun[0]]), (noun[1][0],), noun[1][1])
            if last_run and noun[1][1] >= 0.6:
                scores["trien_khai"] = min(scores["trien_khai"], _LATER)  # "tổ chức lớp bồi dưỡng": the object says more
            index = noun[0]
            continue
        if word in (",", "và"):
            chained = index > 0 and since <= 7 and not purpose
            index += 1
            continue
        if sentence and fresh:
            phrase = noun_phrase(sequence, index)
            if phrase is not None and phrase.last > index:
                index = phrase.last
                continue
        if fresh and seen and not sentence:
            fresh = False
        chained = False
        index = lexicon.noun_at(sequence, index) or index + 1
    return found, scores


def _before(sequence: Sequence[Token], index: int, words: str) -> bool:
    count = len(words.split())
    return " ".join(t.word for t in sequence[max(0, index - count) : index]) == words


def blend(rules: Sequence[TypeLabel], learned: Sequence[TypeLabel]) -> list[TypeLabel]:
    """The learned labels where there are any, else the rules'."""
    return list(learned) or list(rules)
