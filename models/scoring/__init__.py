"""Scoring extractions against gold letters: the measure of CONTRACT section 4.

Gold letters are JSON files of the contract's gold form; predictions are extractions. :func:`score` gives one
:class:`Count` a field and the list of errors a field.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from models.errors import UnreadableInput
from models.scoring.compare import match_names, match_references, match_tasks, norm, norm_field

__all__ = ["SCALARS", "Count", "Scores", "load_gold", "score"]

SCALARS = (
    "document_type", "number", "symbol", "identifier", "date", "place", "issuer", "parent_body", "subject", "urgency",
    "archive_note", "signer.authority", "signer.title", "signer.name",
)
_SOFT = {"place", "issuer", "parent_body", "subject", "archive_note", "signer.authority", "signer.title", "signer.name"}
_GOLD_KEY = {"document_type": "doc_type", "identifier": "full_number", "parent_body": "issuer_parent"}


@dataclass(slots=True)
class Count:
    """True positives, false positives and false negatives of one field."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, tp: int, fp: int, fn: int) -> None:
        self.tp += tp
        self.fp += fp
        self.fn += fn

    @property
    def precision(self) -> float | None:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None

    def row(self) -> dict[str, float | int | None]:
        """precision, recall, f1, gold (support) and predicted."""
        return {
            "precision": self.precision, "recall": self.recall, "f1": self.f1, "gold": self.tp + self.fn, "predicted": self.tp + self.fp,
        }


@dataclass(slots=True)
class Scores:
    """Counts and errors by field."""

    counts: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    errors: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    letters: int = 0
    extracted: int = 0


def load_gold(folder: Path) -> dict[str, dict[str, Any]]:
    """The gold letters of a folder by stem. Raises UnreadableInput where there are none or one is no JSON."""
    gold: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            loaded = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise UnreadableInput(f"{path.name} is not JSON: {error}", remedy="Mend the file or take it out of the folder.") from error
        if isinstance(loaded, dict) and "doc_type" in loaded:
            gold[path.stem] = loaded
    if not gold:
        raise UnreadableInput(f"No gold letters in {folder}", remedy="Name a folder that holds <id>.json beside each letter (CONTRACT section 3).")
    return gold


def score(gold: Mapping[str, dict[str, Any]], predictions: Mapping[str, dict[str, Any]]) -> Scores:
    """Score predictions (extractions as dictionaries) by stem; a missing one counts as extracting nothing."""
    scores = Scores(letters=len(gold))
    for stem, wanted in sorted(gold.items()):
        predicted = predictions.get(stem) or {}
        if predicted and "error" not in predicted:
            scores.extracted += 1
        _scalars(scores, stem, wanted, predicted)
        _lists(scores, stem, wanted, predicted)
        _references(scores, stem, wanted.get("references") or [], predicted.get("references") or [])
        _tasks(scores, stem, wanted.get("tasks") or [], predicted.get("tasks") or [])
    return scores


def _value(node: object) -> object:
    return node.get("value") if isinstance(node, dict) else node


def _dig(node: object, path: str) -> object:
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _scalars(scores: Scores, stem: str, wanted: dict[str, Any], predicted: dict[str, Any]) -> None:
    for name in SCALARS:
        gold_raw, predicted_raw = _dig(wanted, _GOLD_KEY.get(name, name)), _value(_dig(predicted, name))
        gold, guess = norm_field(name, gold_raw), norm_field(name, predicted_raw)
        exact = bool(gold) and gold == guess
        scores.counts[name].add(int(exact), int(bool(guess) and not exact), int(bool(gold) and not exact))
        if name in _SOFT:
            soft = exact or (bool(gold) and bool(guess) and fuzz.ratio(gold, guess) >= 90)
            scores.counts[f"{name} (soft)"].add(int(soft), int(bool(guess) and not soft), int(bool(gold) and not soft))
        if gold != guess:
            scores.errors[name].append({"id": stem, "gold": gold_raw, "predicted": predicted_raw})


def _lists(scores: Scores, stem: str, wanted: dict[str, Any], predicted: dict[str, Any]) -> None:
    for name in ("addressees", "recipients"):
        gold, guess = wanted.get(name) or [], [_value(item) for item in predicted.get(name) or []]
        matched = match_names(gold, guess)
        scores.counts[name].add(len(matched), len(guess) - len(matched), len(gold) - len(matched))
        if not len(matched) == len(gold) == len(guess):
            scores.errors[name].append({
                "id": stem, "missed": [g for i, g in enumerate(gold) if i not in {a for a, _ in matched}],
                "spurious": [p for j, p in enumerate(guess) if j not in {b for _, b in matched}],
            })


def _references(scores: Scores, stem: str, gold: Sequence[dict[str, Any]], guess: Sequence[dict[str, Any]]) -> None:
    matched = match_references(gold, guess)
    scores.counts["references"].add(len(matched), len(guess) - len(matched), len(gold) - len(matched))
    right = sum(norm(gold[i].get("type")) == norm(guess[j].get("type")) and (gold[i].get("date") or None) == (guess[j].get("date") or None) for i, j in matched)
    scores.counts["references tuple"].add(right, len(guess) - right, len(gold) - right)
    for i, j in matched:
        for name in ("date", "issuer", "title"):
            a, b = norm(gold[i].get(name)), norm(guess[j].get(name))
            ok = bool(a) and (a == b or (name != "date" and fuzz.ratio(a, b) >= 85))
            scores.counts[f"reference {name}"].add(int(ok), int(bool(b) and not ok), int(bool(a) and not ok))
            if not ok and (a or b):
                scores.errors[f"reference {name}"].append({"id": stem, "gold": gold[i].get(name), "predicted": guess[j].get(name)})
        if gold[i].get("relation"):
            _relation(scores, stem, gold[i], guess[j])
    if not len(matched) == len(gold) == len(guess):
        scores.errors["references"].append({
            "id": stem, "missed": [g.get("text") for i, g in enumerate(gold) if i not in {a for a, _ in matched}],
            "spurious": [[p.get("type"), p.get("identifier"), p.get("date"), p.get("title")] for j, p in enumerate(guess) if j not in {b for _, b in matched}],
        })


def _relation(scores: Scores, stem: str, gold: dict[str, Any], guess: dict[str, Any]) -> None:
    """Relations are scored only where the gold names them; the gold form of the contract need not."""
    ok = gold["relation"] == guess.get("relation")
    scores.counts["reference relation"].add(int(ok), int(not ok), int(not ok))
    if not ok:
        scores.errors["reference relation"].append(
            {"id": stem, "gold": gold["relation"], "predicted": guess.get("relation"), "reference": str(gold.get("text"))[:120]}
        )


def _tasks(scores: Scores, stem: str, gold: Sequence[dict[str, Any]], guess: Sequence[dict[str, Any]]) -> None:
    matched = match_tasks([g.get("text") for g in gold], [p.get("text") for p in guess])
    scores.counts["tasks"].add(len(matched), len(guess) - len(matched), len(gold) - len(matched))
    if not len(matched) == len(gold) == len(guess):
        scores.errors["tasks"].append({
            "id": stem, "missed": [g.get("text") for i, g in enumerate(gold) if i not in {a for a, _ in matched}],
            "spurious": [p.get("text") for j, p in enumerate(guess) if j not in {b for _, b in matched}],
        })
    right = [_task(scores, stem, gold[i], guess[j]) for i, j in matched]
    whole = sum(right)
    scores.counts["whole tasks"].add(whole, len(guess) - whole, len(gold) - whole)


def _task(scores: Scores, stem: str, gold: dict[str, Any], guess: dict[str, Any]) -> bool:
    """Score what a matched task says; True where assignees, deadline and types are all right."""
    wanted = gold.get("assignees") or []
    named = [a.get("value") for a in guess.get("assignees") or [] if a.get("explicit", True)]
    who = match_names(wanted, named)
    scores.counts["task assignees"].add(len(who), len(named) - len(who), len(wanted) - len(who))
    if not len(who) == len(wanted) == len(named):
        scores.errors["task assignees"].append({"id": stem, "gold": wanted, "predicted": named, "task": str(gold.get("text"))[:120]})
    due, guessed = (gold.get("deadline") or {}).get("date"), (guess.get("deadline") or {}).get("date")
    scores.counts["task deadline"].add(int(bool(due) and due == guessed), int(bool(guessed) and due != guessed), int(bool(due) and due != guessed))
    if due != guessed:
        scores.errors["task deadline"].append({"id": stem, "gold": gold.get("deadline"), "predicted": guess.get("deadline")})
    labels = set(gold.get("types") or [])
    predicted = {t["label"] if isinstance(t, dict) else t for t in guess.get("types") or []}
    scores.counts["task types"].add(len(labels & predicted), len(predicted - labels), len(labels - predicted))
    if labels != predicted:
        scores.errors["task types"].append({"id": stem, "gold": sorted(labels), "predicted": sorted(predicted), "task": str(gold.get("text"))[:120]})
    return len(who) == len(wanted) == len(named) and due == guessed and labels == predicted
