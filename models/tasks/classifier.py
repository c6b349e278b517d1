"""The trained task-type classifier, served with ONNX Runtime: an encoder over the task's words with the rules' scores beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from models.letter import TaskType, TypeLabel
from models.tasks.types import scored

_PAD = 1


class OnnxTaskTypes:
    """Labels tasks with the weights in a folder (``model.onnx``, ``tokenizer.json``, ``settings.json``). Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self.labels: list[str] = settings["labels"]
        self.thresholds = np.array(settings["thresholds"])
        self.limit: int = settings["max_pieces"]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        # one thread a call: the batch and the service run a process a core
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities, one row a text and one column a label of ``self.labels``; texts of like length share a batch."""
        rules = np.array([[scores.get(label, 0.0) for label in self.labels] for scores in (scored(text) for text in texts)], dtype=np.float32)
        rows = [self.tokenizer.encode(f"query: {text}").ids[: self.limit] for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        result = np.zeros((len(rows), len(self.labels)))
        for start in range(0, len(order), 8):
            batch = order[start:start + 8]
            longest = max(len(rows[i]) for i in batch)
            ids = np.full((len(batch), longest), _PAD, dtype=np.int64)
            mask = np.zeros((len(batch), longest), dtype=np.int64)
            for row, i in enumerate(batch):
                ids[row, : len(rows[i])] = rows[i]
                mask[row, : len(rows[i])] = 1
            (logits,) = self.session.run(None, {"ids": ids, "mask": mask, "rules": rules[batch]})
            result[batch] = 1 / (1 + np.exp(-logits))
        return result

    def predict(self, texts: Sequence[str]) -> list[list[TypeLabel]]:
        """The labels of each text at or above their thresholds, the most probable one where none is; most probable first."""
        if not texts:
            return []
        found: list[list[TypeLabel]] = []
        for row in self.probabilities(texts):
            chosen = [i for i in np.argsort(-row) if row[i] >= self.thresholds[i]] or [int(row.argmax())]
            found.append([TypeLabel(label=TaskType(self.labels[i]), confidence=round(float(row[i]), 3)) for i in chosen])
        return found


_lock = threading.Lock()


@cache
def _load() -> OnnxTaskTypes | None:
    folder = files("models").joinpath("weights/task_types")
    path = Path(str(folder))
    return OnnxTaskTypes(path) if (path / "model.onnx").is_file() else None


def shipped() -> OnnxTaskTypes | None:
    """The classifier of this installation, loaded once; None where the weights are not installed (the rules label then)."""
    with _lock:
        return _load()
