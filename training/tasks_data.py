"""The corpus's tasks as classification data: text, labels, letter, split."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.data import data_table
from corpus.gold import to_gold
from corpus.load import load
from models.letter import TaskType
from models.tasks.classifier import rules
from models.tasks.gist import gist

LABELS: tuple[str, ...] = tuple(label.value for label in TaskType)


@dataclass(frozen=True, slots=True)
class TaskExample:
    """One annotated task: its wording, its labels and the letter it stands in."""

    text: str
    labels: tuple[str, ...]
    letter: str


def examples(split: str) -> list[TaskExample]:
    """The tasks of one split of the corpus ("train", "dev", "test", "all")."""
    found: list[TaskExample] = []
    for letter in load(split):  # type: ignore[arg-type]
        for task in to_gold(letter)["tasks"]:
            if task["types"]:
                found.append(TaskExample(task["text"], tuple(task["types"]), letter.id))
    return found


def duties() -> list[TaskExample]:
    """Tasks written down beside the letters (``corpus/tables/duties.tsv``): what officialese asks for in words that the letters have too few of.

    They only train; they belong to no letter and are never judged on.
    """
    return [TaskExample(row["text"], tuple(row["labels"].split(",")), "") for row in data_table("duties")]


def targets(data: Sequence[TaskExample]) -> np.ndarray:
    """Labels as a 0/1 matrix, one row an example, one column a label of :data:`LABELS`."""
    return np.array([[label in example.labels for label in LABELS] for example in data], dtype=np.float32)


def rule_features(texts: Sequence[str]) -> np.ndarray:
    """How strongly the rules speak for each label, 0 to 1, in the task and in its gist: what the classifier gets beside the words."""
    return np.array([[scores.get(label, 0.0) for scores in (rules(text), rules(gist(text))) for label in LABELS] for text in texts], dtype=np.float32)


def data_hash(data: Sequence[TaskExample]) -> str:
    """A short hash of the data, stamped on results."""
    digest = hashlib.sha256()
    for example in data:
        digest.update(f"{example.letter}\t{example.text}\t{','.join(example.labels)}\n".encode())
    return digest.hexdigest()[:12]
