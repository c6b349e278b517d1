"""The corpus read as plain text, end to end: figures by field, errors, and what a change gains and loses.

    python -m training.benchmark_corpus                       every field over the test split
    python -m training.benchmark_corpus --split dev           … another split (train, dev, test, all)
    python -m training.benchmark_corpus --errors tasks        … and the errors of a field
    python -m training.benchmark_corpus --store run.json      … and keep the extractions
    python -m training.benchmark_corpus --against run.json    … and print citations and tasks gained and lost since

The letter's text goes through the whole pipeline as a text file would (``models.pipeline.extract``), so that nothing
is known of its marks. Rules are mended on train and dev; test is for figures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import corpus
from corpus.gold import to_gold
from models.pipeline import extract
from models.scoring import Scores, score
from models.text import squeeze

Split = Literal["train", "dev", "test", "all"]
Run = dict[str, dict[str, Any]]
"""Extractions by the letter's id."""

REFERENCE_FIELDS = ("type", "identifier", "date", "issuer", "title", "relation")


def gold_of(split: Split) -> dict[str, dict[str, Any]]:
    """The gold letters of a split by id."""
    return {letter.id: to_gold(letter) for letter in corpus.load(split)}


def run(split: Split) -> Run:
    """Every letter of a split, extracted from its plain text."""
    return {
        letter.id: extract(letter.text.encode(), f"{letter.id}.txt").model_dump(mode="json")
        for letter in corpus.load(split)
    }


def citation_row(reference: dict[str, Any]) -> str:
    """A reference on one line, as differences are printed."""
    return " | ".join(squeeze(str(reference.get(name) or "")) for name in REFERENCE_FIELDS)


def task_row(task: dict[str, Any]) -> str:
    """A task on one line: who, by when, what."""
    who = ", ".join(str(a["value"]) for a in task["assignees"] if a["explicit"])
    due = task["deadline"] or {}
    return f"{who or '-'} | {due.get('date') or due.get('text') or '-'} | {squeeze(task['text'])[:110]}"


def difference(old: Run, new: Run) -> list[str]:
    """Lines of citations and tasks lost ("-") and gained ("+"), letter by letter, then the counts."""
    lines: list[str] = []
    counts: dict[str, list[int]] = {}
    for kind, row in (("references", citation_row), ("tasks", task_row)):
        counts[kind] = [0, 0]
        for name, letter in new.items():
            if name not in old:
                continue
            before, now = [row(x) for x in old[name][kind]], [row(x) for x in letter[kind]]
            for side, (mark, rows) in enumerate(
                (("-", [r for r in before if r not in now]), ("+", [r for r in now if r not in before]))
            ):
                lines += [f"{mark} {name}: {r}" for r in rows]
                counts[kind][side] += len(rows)
    return lines + [f"{kind}: gained {gained}, lost {lost}" for kind, (lost, gained) in counts.items()]


def table(scores: Scores) -> str:
    """Precision, recall, F1 and support of every field."""
    lines = [
        f"{scores.letters} letters, {scores.extracted} extracted",
        f"{'field':<26}{'P':>7} {'R':>7} {'F1':>7} {'gold':>6}",
    ]
    for name, count in scores.counts.items():
        p, r, f = (f"{v:7.4f}" if v is not None else "      -" for v in (count.precision, count.recall, count.f1))
        lines.append(f"{name:<26}{p} {r} {f} {count.tp + count.fn:6d}")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("train", "dev", "test", "all"), default="test")
    parser.add_argument("--errors", metavar="FIELD")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args(argv)
    found = run(options.split)
    scores = score(gold_of(options.split), found)
    print(table(scores))
    if options.errors:
        for entry in scores.errors.get(options.errors, []):
            print(json.dumps(entry, ensure_ascii=False))
    if options.against:
        print("\n".join(difference(json.loads(options.against.read_text(encoding="utf-8")), found)))
    if options.store:
        options.store.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
