"""``congvan evaluate``: extract the letters beside their gold, score them, print the table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UnreadableInput
from models.scoring import Count, Scores, load_gold, score
from service.batch import extract_many


@dataclass(slots=True)
class Report:
    """Scores over all letters and by kind of source (``kind`` of the gold: typed PDF, scan, docx, …)."""

    overall: Scores
    kinds: dict[str, Scores]

    def as_dict(self) -> dict[str, Any]:
        """Rows by field, overall and by kind."""
        return {
            "letters": self.overall.letters,
            "extracted": self.overall.extracted,
            "all": _rows(self.overall),
            "by_kind": {kind: {"letters": scores.letters, **_rows(scores)} for kind, scores in self.kinds.items()},
        }

    def as_text(self) -> str:
        """The table of CONTRACT section 4, with one F1 column a kind of source."""
        kinds = list(self.kinds) if len(self.kinds) > 1 else []
        head = f"{self.overall.letters} gold letters, {self.overall.extracted} extracted\n"
        head += f"{'field':<26}{'precision':>10}{'recall':>9}{'F1':>8}{'gold':>7}{'pred':>7}"
        head += "".join(f"{f'{kind} ({self.kinds[kind].letters})':>16}" for kind in kinds) + "\n"
        lines = []
        for name, count in self.overall.counts.items():
            row = count.row()
            line = f"{name:<26}{_number(count.precision):>10}{_number(count.recall):>9}{_number(count.f1):>8}{row['gold']:>7}{row['predicted']:>7}"
            for kind in kinds:
                line += f"{_number(self.kinds[kind].counts.get(name, Count()).f1):>16}"
            lines.append(line)
        return head + "\n".join(lines) + "\n"

    def errors_of(self, field: str) -> list[dict[str, Any]]:
        """The errors of a field. Raises UnreadableInput for an unknown one."""
        if field not in self.overall.counts and field not in self.overall.errors:
            raise UnreadableInput(f"No field {field!r}", remedy=f"Fields: {', '.join(self.overall.counts)}.")
        return self.overall.errors.get(field, [])


def evaluate_folder(
    folder: Path, *, predictions: Path | None = None, save: Path | None = None, only: Iterable[str] | None = None, jobs: int = 1
) -> Report:
    """Score the letters of ``folder``; extract them now unless ``predictions`` (JSON lines) are given.

    Raises UnreadableInput for a folder without gold, or a gold letter without its file.
    """
    gold = load_gold(folder)
    if only is not None:
        wanted = set(only)
        gold = {stem: letter for stem, letter in gold.items() if stem in wanted}
    lines = _load(predictions) if predictions else extract_many([str(_letter_file(folder, stem)) for stem in gold], jobs=jobs)
    predicted: dict[str, dict[str, Any]] = {}
    sink = save.open("w", encoding="utf-8") if save else None
    try:
        for line in lines:
            if sink:
                sink.write(json.dumps(line, ensure_ascii=False) + "\n")
            predicted[Path((line.get("source") or {}).get("filename") or "").stem] = line
    finally:
        if sink:
            sink.close()
    kinds: dict[str, dict[str, dict[str, Any]]] = {}
    for stem, letter in gold.items():
        kinds.setdefault(str(letter.get("kind") or "text"), {})[stem] = letter
    return Report(score(gold, predicted), {kind: score(letters, predicted) for kind, letters in sorted(kinds.items())})


def _letter_file(folder: Path, stem: str) -> Path:
    files = [p for p in sorted(folder.glob(f"{stem}.*")) if p.suffix != ".json"]
    if not files:
        raise UnreadableInput(f"No letter beside {stem}.json", remedy="Put the letter with the same stem beside its gold.")
    return files[0]


def _load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _rows(scores: Scores) -> dict[str, Any]:
    return {name: count.row() for name, count in scores.counts.items()}


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
