"""The trained task-type classifier: syllable n-grams, the verbs and where they stand, and the rules' scores, of the task and of its gist; one linear model a label.

The weights come from scikit-learn (``training.task_types``) and are applied with numpy alone, so that serving needs neither
scikit-learn nor an encoder; a test holds the two forms equal.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from models.installed import Installed
from models.letter import TaskType, TypeLabel
from models.tasks.gist import gist
from models.tasks.types import Evidence, evidence

WEIGHTS = "weights/task_types"
PARTS = ("all", "head", "verbs", "gist_all", "gist_head", "gist_verbs")
"""The blocks of features, in the order of the columns; the rules' scores of the task and of its gist stand behind them."""
HEAD_SYLLABLES = 12
"""The first syllables of a task, where its directing verb stands, are looked at once more on their own."""
_SYLLABLE = re.compile(r"\w+")
_ORDERS = {"all": (1, 3), "head": (1, 2)}
_PLAIN = {"head", "gist_head"}
"""Blocks whose counts are taken as they are, not as logarithms."""


class LinearTaskTypes:
    """Labels tasks with the weights in a folder (``model.npz``, ``settings.json``). Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self.labels: list[str] = settings["labels"]
        self.thresholds = np.array(settings["thresholds"])
        with np.load(folder / "model.npz") as stored:
            self.coefficients = stored["coefficients"].astype(np.float32)
            self.intercepts = stored["intercepts"].astype(np.float32)
            self.idf = {part: stored[f"idf_{part}"].astype(np.float32) for part in PARTS}
            names = {part: bytes(stored[f"grams_{part}"]).decode("utf-8").split("\n") for part in PARTS}
        self.vocabulary = {part: {gram: index for index, gram in enumerate(grams)} for part, grams in names.items()}

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities, one row a text and one column a label of ``self.labels``."""
        return np.array([self._row(text) for text in texts])

    def _row(self, text: str) -> np.ndarray:
        logits = self.intercepts.copy()
        offset = 0
        for part in PARTS:
            indices, values = self._features(part, grams(text, part))
            if len(indices):
                logits += self.coefficients[:, offset + indices] @ values
            offset += len(self.vocabulary[part])
        spoken = [scores.get(label, 0.0) for scores in (rules(text), rules(gist(text))) for label in self.labels]
        logits += self.coefficients[:, offset:] @ np.array(spoken, dtype=np.float32)
        result: np.ndarray = 1 / (1 + np.exp(-logits))
        return result

    def _features(self, part: str, grams: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        vocabulary = self.vocabulary[part]
        counts = Counter(index for gram in grams if (index := vocabulary.get(gram)) is not None)
        indices = np.fromiter(counts, dtype=np.int64, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        if part not in _PLAIN:
            values = 1 + np.log(values)
        values *= self.idf[part][indices]
        norm = float(np.linalg.norm(values))
        return indices, values / norm if norm else values

    def predict(self, texts: Sequence[str]) -> list[list[TypeLabel]]:
        """The labels of each text at or above their thresholds, the most probable one where none is; most probable first."""
        found: list[list[TypeLabel]] = []
        for row in self.probabilities(texts) if texts else ():
            chosen = [i for i in np.argsort(-row) if row[i] >= self.thresholds[i]] or [int(row.argmax())]
            found.append([TypeLabel(label=TaskType(self.labels[i]), confidence=round(float(row[i]), 3)) for i in chosen])
        return found


def grams(text: str, part: str) -> list[str]:
    """What a block of :data:`PARTS` counts in a task."""
    block = part.removeprefix("gist_")
    said = gist(text) if block != part else text
    if block == "verbs":
        return verb_features(_evidence(said)[0])
    return ngrams(head(said) if block == "head" else said.lower(), block)


def rules(text: str) -> dict[str, float]:
    """How strongly the rules speak for each label."""
    return _evidence(text)[1]


@lru_cache(maxsize=256)
def _evidence(text: str) -> tuple[list[Evidence], dict[str, float]]:
    return evidence(text)


def head(text: str) -> str:
    """The first words of a task, lower case."""
    return " ".join(text.lower().split()[:HEAD_SYLLABLES])


def ngrams(text: str, part: str) -> list[str]:
    """The syllable n-grams of a text in lower case, of the orders of its part."""
    syllables = _SYLLABLE.findall(text)
    low, high = _ORDERS[part]
    return [" ".join(syllables[i : i + size]) for size in range(low, high + 1) for i in range(len(syllables) - size + 1)]


def verb_features(found: Sequence[Evidence]) -> list[str]:
    """Which verbs and objects of the lexicon stand in the task, in which role, after which other, and how many duties there are."""
    features = [f"{e.role}:{e.phrase}" for e in found]
    features += [f"any:{e.phrase}" for e in found]
    features += [f"{a.phrase}>{b.phrase}" for a, b in pairwise(found)]
    features += [f"{e.role}={label}" for e in found for label in e.labels]
    features += [f"lead:{e.phrase}" for e in found[:1]]
    features.append(f"duties:{min(sum(e.role in ('first', 'later', 'chained', 'with') for e in found), 5)}")
    return features


_installed = Installed(WEIGHTS, LinearTaskTypes, "model.npz")
shipped, use = _installed.get, _installed.use
