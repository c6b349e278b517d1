"""One letter: its extraction against its gold, as true positives, false positives and false negatives a field and way of matching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.scoring import SCALARS
from models.scoring.compare import match_references, match_tasks, norm, norm_field
from training.evaluate.matching import MODES, STRICT_ONLY, equal, match_list

GOLD_KEY = {"document_type": "doc_type", "identifier": "full_number", "parent_body": "issuer_parent"}
REFERENCE_PARTS = ("date", "issuer", "title", "relation")
FIELDS = (
    *SCALARS, "addressees", "recipients", "references", *(f"reference {part}" for part in REFERENCE_PARTS),
    "tasks", "task text", "task assignees", "task coordinators", "task deadline", "task types", "zone lines",
)  # fmt: skip
"""Fields in the order of the tables."""
HEAD = frozenset(SCALARS)
"""The fields of which a letter's head is right when all are."""

Counts = dict[str, tuple[int, int, int]]


@dataclass(slots=True)
class LetterCount:
    """Counts of one letter: field -> way -> (tp, fp, fn), and what was wrong the strict way."""

    counts: dict[str, Counts] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, mode: str, tp: int, fp: int, fn: int) -> None:
        old = self.counts.setdefault(name, {}).get(mode, (0, 0, 0))
        self.counts[name][mode] = (old[0] + tp, old[1] + fp, old[2] + fn)

    def add_all(self, name: str, tp: int, fp: int, fn: int) -> None:
        """The same counts in every way, for a field that knows only one."""
        for mode in MODES:
            self.add(name, mode, tp, fp, fn)


def count(gold: dict[str, Any], guess: dict[str, Any]) -> LetterCount:
    """Compare one extraction (as a dictionary; empty where nothing could be read) with its gold."""
    result = LetterCount()
    for name in SCALARS:
        _scalar(result, name, dig(gold, GOLD_KEY.get(name, name)), value_of(dig(guess, name)))
    for name in ("addressees", "recipients"):
        _list(result, name, gold.get(name) or [], [value_of(item) for item in guess.get(name) or []])
    _references(result, gold.get("references") or [], guess.get("references") or [])
    _tasks(result, gold.get("tasks") or [], guess.get("tasks") or [])
    return result


def value_of(node: object) -> object:
    """The value of a field, or the thing itself."""
    return node.get("value") if isinstance(node, dict) else node


def dig(node: object, path: str) -> object:
    """What lies at a dotted path of nested dictionaries; None where it ends early."""
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _scalar(result: LetterCount, name: str, gold: object, guess: object) -> None:
    a, b = bool(norm_field(name, gold)), bool(norm_field(name, guess))
    for mode in MODES:
        ok = equal(mode, name, gold, guess)
        result.add(name, mode, int(ok), int(b and not ok), int(a and not ok))
    if (a or b) and not equal("strict", name, gold, guess):
        result.errors.append({"field": name, "gold": gold, "predicted": guess, "soft": equal("soft", name, gold, guess)})


def _list(result: LetterCount, name: str, gold: Sequence[object], guess: Sequence[object], *, names: bool = True) -> None:
    for mode in MODES:
        matched = match_list(mode, gold, guess, names=names)
        result.add(name, mode, len(matched), len(guess) - len(matched), len(gold) - len(matched))
    if name != "task text":
        _list_errors(result, name, gold, guess, match_list("soft", gold, guess, names=names))


def _list_errors(result: LetterCount, name: str, gold: Sequence[object], guess: Sequence[object], matched: Iterable[tuple[int, int]]) -> None:
    pairs = list(matched)
    missed = [g for i, g in enumerate(gold) if i not in {a for a, _ in pairs}]
    spurious = [g for j, g in enumerate(guess) if j not in {b for _, b in pairs}]
    if missed or spurious:
        result.errors.append({"field": name, "gold": missed, "predicted": spurious})


def _references(result: LetterCount, gold: Sequence[dict[str, Any]], guess: Sequence[dict[str, Any]]) -> None:
    matched = match_references(gold, guess)
    result.add_all("references", len(matched), len(guess) - len(matched), len(gold) - len(matched))
    _list_errors(result, "references", [g.get("text") for g in gold], [_citation(g) for g in guess], matched)
    for i, j in matched:
        for part in REFERENCE_PARTS:
            if part == "relation" and not gold[i].get("relation"):
                continue  # not every gold says it
            name = f"reference {part}"
            a, b = gold[i].get(part), guess[j].get(part)
            present_a, present_b = bool(norm(a)), bool(norm(b))
            for mode in MODES:
                ok = equal(mode, name, a, b)
                result.add(name, mode, int(ok), int(present_b and not ok), int(present_a and not ok))
            if (present_a or present_b) and not equal("soft", name, a, b):
                result.errors.append({"field": name, "gold": a, "predicted": b})


def _citation(guess: dict[str, Any]) -> str:
    return " · ".join(str(guess[key]) for key in ("type", "identifier", "date", "title") if guess.get(key))


def _tasks(result: LetterCount, gold: Sequence[dict[str, Any]], guess: Sequence[dict[str, Any]]) -> None:
    wanted, found = [g.get("text") for g in gold], [g.get("text") for g in guess]
    matched = match_tasks(wanted, found)
    result.add_all("tasks", len(matched), len(guess) - len(matched), len(gold) - len(matched))
    _list_errors(result, "tasks", wanted, found, matched)
    _list(result, "task text", wanted, found, names=False)
    for i, j in matched:
        _task(result, gold[i], guess[j])


def _task(result: LetterCount, gold: dict[str, Any], guess: dict[str, Any]) -> None:
    named = [value_of(a) for a in guess.get("assignees") or [] if not isinstance(a, dict) or a.get("explicit", True)]
    _list(result, "task assignees", gold.get("assignees") or [], named)
    with_whom = [value_of(a) for a in guess.get("coordinators") or []]
    _list(result, "task coordinators", gold.get("coordinating") or [], with_whom)
    due, guessed = dig(gold, "deadline.date"), dig(guess, "deadline.date")
    ok = bool(due) and due == guessed
    result.add_all("task deadline", int(ok), int(bool(guessed) and not ok), int(bool(due) and not ok))
    if due != guessed:
        result.errors.append({"field": "task deadline", "gold": gold.get("deadline"), "predicted": guessed})
    labels = set(gold.get("types") or [])
    chosen = {t["label"] if isinstance(t, dict) else t for t in guess.get("types") or []}
    result.add_all("task types", len(labels & chosen), len(chosen - labels), len(labels - chosen))
    if labels != chosen:
        result.errors.append({"field": "task types", "gold": sorted(labels), "predicted": sorted(chosen), "task": str(gold.get("text"))[:200]})


def count_zones(result: LetterCount, gold: Sequence[str], guess: Sequence[str | None]) -> None:
    """Add the zones of the letter's lines: ``guess`` has one zone a gold line, None where the line was not found again."""
    right = sum(a == b for a, b in zip(gold, guess, strict=True))
    result.add_all("zone lines", right, sum(b is not None and a != b for a, b in zip(gold, guess, strict=True)), len(gold) - right)


def letter_right(counted: dict[str, Counts], mode: str, fields: Iterable[str] | None = None) -> bool:
    """Whether nothing of the letter is wrong or missing in this way, over ``fields`` (all where None)."""
    chosen = set(counted) if fields is None else set(fields)
    return all(counts["strict" if name in STRICT_ONLY else mode][1:] == (0, 0) for name, counts in counted.items() if name in chosen)
