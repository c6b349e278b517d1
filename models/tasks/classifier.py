"""The trained task-type classifier: syllable n-grams and the rules' scores, one linear model a label.

The weights come from scikit-learn (``training.task_types``) and are applied with numpy alone, so that serving needs neither
scikit-learn nor an encoder; a test holds the two forms equal.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from models.letter import TaskType, TypeLabel
from models.tasks.types import scored

WEIGHTS = "weights/task_types"
HEAD_SYLLABLES = 12
"""The first syllables of a task, where its directing verb stands, are looked at once more on their own."""
_SYLLABLE = re.compile(r"\w+")


class LinearTaskTypes:
    """Labels tasks with the weights in a folder (``model.npz``, ``settings.json``). Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self.labels: list[str] = settings["labels"]
        self.thresholds = np.array(settings["thresholds"])
        with np.load(folder / "model.npz") as stored:
            self.coefficients = stored["coefficients"].astype(np.float32)
            self.intercepts = stored["intercepts"].astype(np.float32)
            self.idf = [stored["idf_all"].astype(np.float32), stored["idf_head"].astype(np.float32)]
            names = [bytes(stored[key]).decode("utf-8").split("\n") for key in ("grams_all", "grams_head")]
        self.vocabulary = [{gram: index for index, gram in enumerate(grams)} for grams in names]
        self.orders = ((1, 3), (1, 2))

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities, one row a text and one column a label of ``self.labels``."""
        return np.array([self._row(text) for text in texts])

    def _row(self, text: str) -> np.ndarray:
        logits = self.intercepts.copy()
        offset = 0
        for part, words in enumerate((text.lower(), head(text))):
            indices, values = self._features(part, _SYLLABLE.findall(words))
            if len(indices):
                logits += self.coefficients[:, offset + indices] @ values
            offset += len(self.vocabulary[part])
        scores = scored(text)
        logits += self.coefficients[:, offset:] @ np.array([scores.get(label, 0.0) for label in self.labels], dtype=np.float32)
        result: np.ndarray = 1 / (1 + np.exp(-logits))
        return result

    def _features(self, part: int, syllables: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.orders[part]
        vocabulary = self.vocabulary[part]
        counts = Counter(
            vocabulary[gram] for size in range(low, high + 1) for i in range(len(syllables) - size + 1)
            if (gram := " ".join(syllables[i:i + size])) in vocabulary
        )
        indices = np.fromiter(counts, dtype=np.int64, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        if part == 0:
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


def head(text: str) -> str:
    """The first words of a task, lower case."""
    return " ".join(text.lower().split()[:HEAD_SYLLABLES])


_lock = threading.Lock()
_folder: Path | None = None


@cache
def _load(folder: Path) -> LinearTaskTypes | None:
    return LinearTaskTypes(folder) if (folder / "model.npz").is_file() else None


def shipped() -> LinearTaskTypes | None:
    """The classifier of this installation, loaded once; None where the weights are not installed (the rules label then)."""
    with _lock:
        return _load(_folder or Path(str(files("models").joinpath(WEIGHTS))))


def use(folder: Path | None) -> None:
    """Let :func:`shipped` give the weights in ``folder`` in this process, None for the installation's own again.

    For evaluation: the weights that are shipped have seen the whole corpus.
    """
    global _folder
    with _lock:
        _folder = folder
