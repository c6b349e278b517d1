"""Train and judge the task-type classifier: python -m training.task_types [--tiny] [--quick] [--words] [--frozen] [--encoder]

Compares the rules, TF-IDF, TF-IDF with the rules' scores, with the verbs' roles, and what is shipped, by five-fold cross-validation over
groups of letters (training and tuning letters; here choices are made) and once on the test letters. ``--words`` adds TF-IDF over
underthesea's words, ``--frozen`` the frozen e5 encoder under a linear layer, ``--encoder`` the fine-tuned one (an hour), each also blended.
Shipped is the linear model trained again on all letters; the encoder stays a configuration that trains and is written as ONNX int8.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from models.lexicons import words
from models.tasks.classifier import PARTS
from models.tasks.types import labels as rule_labels
from training.task_models import RECIPES, SEED, SHIPPED, LinearModel, Predictor, Recipe, cross_validated, train_linear
from training.tasks_data import LABELS, TaskExample, data_hash, duties, examples, rule_features, targets

OUT = Path(__file__).parent.parent / "models" / "weights" / "task_types"
MAX_PIECES = 96
FROZEN_LAYERS = 2
THRESHOLD = 0.6
"""One threshold for all labels, the best in cross-validation: those tuned a label did not carry over to letters of other writers."""


def choose(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """0/1 labels: those at or above their threshold, the most probable one where none is."""
    chosen = (probabilities >= thresholds).astype(np.int64)
    empty = chosen.sum(1) == 0
    chosen[empty, probabilities[empty].argmax(1)] = 1
    return chosen


def tune(probabilities: np.ndarray, wanted: np.ndarray) -> float:
    """The one threshold that gives the best micro F1, to the nearest twentieth."""
    return max((round(float(t), 2) for t in np.arange(0.25, 0.76, 0.05)), key=lambda t: (report(wanted, choose(probabilities, np.full(len(LABELS), t)))["micro_f1"], -abs(t - 0.5)))


def report(wanted: np.ndarray, chosen: np.ndarray) -> dict[str, Any]:
    """Micro and macro F1, subset accuracy and F1 by label."""
    by_label = f1_score(wanted, chosen, average=None, zero_division=0)
    return {
        "micro_f1": round(float(f1_score(wanted, chosen, average="micro", zero_division=0)), 4),
        "macro_f1": round(float(f1_score(wanted, chosen, average="macro", zero_division=0)), 4),
        "subset_accuracy": round(float((wanted == chosen).all(1).mean()), 4),
        "by_label": {label: round(float(value), 3) for label, value in zip(LABELS, by_label, strict=True)},
        "support": {label: int(value) for label, value in zip(LABELS, wanted.sum(0), strict=True)},
        "tasks": len(wanted),
    }


def ruled(texts: Sequence[str]) -> np.ndarray:
    """The rules' labels as 0/1 rows."""
    return np.array([[label in {x.label for x in rule_labels(text)} for label in LABELS] for text in texts], dtype=float)


def export_linear(data: Sequence[TaskExample], out: Path, scaling: tuple[float, float] = (1.0, 0.0)) -> LinearModel:
    """Train on ``data`` and write ``model.npz`` and ``settings.json`` as :mod:`models.tasks.classifier` reads them.

    ``scaling`` (factor, offset) makes the log odds calibrated; the threshold is moved with them, so that the same labels are given.
    """
    factor, offset = scaling
    model = train_linear(data)
    parts = dict(model.vectors.transformer_list)
    arrays: dict[str, np.ndarray] = {
        "coefficients": (model.coefficients * factor).astype(np.float16), "intercepts": (model.intercepts * factor + offset).astype(np.float32),
    }
    for name in PARTS:
        arrays[f"idf_{name}"] = parts[name].idf_.astype(np.float32)
        arrays[f"grams_{name}"] = np.frombuffer("\n".join(parts[name].get_feature_names_out()).encode(), dtype=np.uint8)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / "model.npz", allow_pickle=False, **arrays)
    threshold = 1 / (1 + np.exp(-(factor * np.log(THRESHOLD / (1 - THRESHOLD)) + offset)))
    settings = {"labels": list(LABELS), "thresholds": [round(float(threshold), 4)] * len(LABELS)}
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    return model


def scaling_of(probabilities: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Factor and offset of the log odds by which labels are right as often as they say (Platt), from cross-validated probabilities.

    Fitted where a label comes into question at all (0.2 or more): the many sure absences say nothing about labels given.
    """
    from sklearn.linear_model import LogisticRegression

    open_ = probabilities >= 0.2
    odds = np.log(probabilities[open_] / np.maximum(1 - probabilities[open_], 1e-9))
    if len(set(wanted[open_].tolist())) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), wanted[open_])
    return round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4)


def train_held_out(out: Path, data: Sequence[TaskExample] | None = None, scaling: tuple[float, float] = (0.65, -0.23)) -> None:
    """Write weights that have not seen the test letters, to judge the whole pipeline with."""
    export_linear(data if data is not None else [*examples("train"), *examples("dev")], out, scaling)


def learning_curve(data: Sequence[TaskExample], texts: Sequence[str], wanted: np.ndarray) -> list[dict[str, Any]]:
    """What each 100 further letters buy: micro F1 on the held-out letters by the number of training letters."""
    letters = sorted({e.letter for e in data})
    random.Random(SEED).shuffle(letters)
    rows: list[dict[str, Any]] = []
    for count in [*range(100, len(letters), 100), len(letters)]:
        kept = set(letters[:count])
        some = [e for e in data if e.letter in kept]
        found = report(wanted, choose(train_linear(some)(texts), np.full(len(LABELS), THRESHOLD)))
        rows.append({"letters": count, "tasks": len(some), "micro_f1": found["micro_f1"], "macro_f1": found["macro_f1"]})
    return rows


def vocabulary_texts() -> list[str]:
    """What the trimmed vocabulary must cover: the corpus, and the lexicons' names."""
    from corpus.load import load

    return [letter.text for letter in load("all")] + [" ".join(words(name)) for name in ("official_capitals", "abbreviations", "titles")]


def frozen_probe(wheels: Path) -> Callable[[Sequence[TaskExample]], Predictor]:
    """Trains one logistic regression a label over the frozen twelve-layer encoder's means and the rules' scores."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    from training.task_encoder import FrozenEncoder

    encoder = FrozenEncoder(wheels, vocabulary_texts())

    def features(texts: Sequence[str]) -> np.ndarray:
        return np.hstack([encoder(texts) * 8 / encoder.size**0.5, rule_features(texts) * 3])

    def train(data: Sequence[TaskExample]) -> Predictor:
        model = OneVsRestClassifier(LogisticRegression(C=0.03, max_iter=500, class_weight="balanced"))
        model.fit(features([e.text for e in data]), targets(data))
        return lambda texts: np.asarray(model.predict_proba(features(texts)))

    return train


def fine_tune(train: Sequence[TaskExample], *, wheels: Path, layers: int, epochs: int, seed: int) -> Any:
    """Fine-tune the encoder on ``train``; returns the model (a torch module with ``tokenizer`` set)."""
    import torch

    from training.e5 import load
    from training.task_encoder import TaskEncoder, encode

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    trimmed = load(wheels, vocabulary_texts(), layers=layers)
    model = TaskEncoder(trimmed, labels=len(LABELS), rule_features=2 * len(LABELS))
    wanted, rules = targets(train), rule_features([e.text for e in train])
    weight = torch.tensor(np.clip(((1 - wanted).sum(0) / np.maximum(wanted.sum(0), 1)) ** 0.5, 1, 4), dtype=torch.float32)
    loss_of = torch.nn.BCEWithLogitsLoss(pos_weight=weight)
    for part in (model.encoder.embeddings, *model.encoder.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    fresh = [p for n, p in model.named_parameters() if n.startswith("head")]
    old = [p for n, p in model.named_parameters() if not n.startswith("head") and p.requires_grad]
    optimizer = torch.optim.AdamW([{"params": old, "lr": 6e-5}, {"params": fresh, "lr": 1e-3}], weight_decay=0.01)
    size = 16
    order = list(range(len(train)))
    steps = epochs * ((len(order) + size - 1) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=[6e-5, 1e-3], total_steps=steps, pct_start=0.1)
    model.train()
    for epoch in range(epochs):
        random.shuffle(order)
        # batches of like length waste less
        chunks = [sorted(order[i:i + size * 8], key=lambda k: len(train[k].text)) for i in range(0, len(order), size * 8)]
        batches = [chunk[i:i + size] for chunk in chunks for i in range(0, len(chunk), size)]
        total = 0.0
        for batch in batches:
            ids, mask = encode(model.tokenizer, [train[k].text for k in batch], MAX_PIECES)
            # float32: bfloat16 was eight times slower on a processor without its instructions
            loss = loss_of(model(ids, mask, torch.tensor(rules[batch])), torch.tensor(wanted[batch]))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(batches):.4f}", flush=True)
    model.eval()
    return model


def main(argv: Sequence[str] | None = None) -> None:
    """Train, compare, export, and write the figures that the model card quotes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, default=Path.home() / ".cache" / "congvan" / "wheels", help="where the encoder's wheels are kept")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--tiny", action="store_true", help="a run of seconds on a few tasks, to see that training works")
    parser.add_argument("--quick", action="store_true", help="judge the shipped model alone: no other recipe, no learning curve")
    parser.add_argument("--words", action="store_true", help="compare underthesea's words (needs the train extra)")
    parser.add_argument("--frozen", action="store_true", help="compare the frozen encoder (needs the train extra and some minutes)")
    parser.add_argument("--encoder", action="store_true", help="fine-tune the encoder too (needs the train extra and an hour of one core)")
    parser.add_argument("--encoder-out", type=Path, default=Path("var/task_encoder"))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--held-out", type=Path, help="write weights of the training and tuning letters alone here, for evaluation on the test letters")
    arguments = parser.parse_args(argv)
    known, test = [*examples("train"), *examples("dev")], examples("test")
    if arguments.tiny:
        known, test = known[:120], test[:40]
    texts, wanted, wanted_test = [e.text for e in test], targets(known).astype(int), targets(test).astype(int)
    table: dict[str, dict[str, Any]] = {"rules": {"cross_validated": report(wanted, ruled([e.text for e in known]).astype(int)), "test": report(wanted_test, ruled(texts).astype(int))}}
    trainers: dict[str, Callable[[Sequence[TaskExample]], Predictor]] = {name: _trainer(recipe) for name, recipe in RECIPES.items()}
    if arguments.words:
        trainers["tfidf of underthesea words"] = _trainer(Recipe(words="words", verbs=False, rules=False, gist=False, joined=0, duties=0, balanced=True, strength=8))
    if arguments.frozen:
        trainers["frozen e5 + rules"] = frozen_probe(arguments.wheels)
    crossed: dict[str, np.ndarray] = {}
    on_test: dict[str, np.ndarray] = {}
    for name, train in trainers.items():
        if (arguments.tiny or arguments.quick) and name in RECIPES and name != _SHIPPED_NAME:
            continue
        crossed[name] = cross_validated(known, train) if not arguments.tiny else np.array(train(known)([e.text for e in known]))
        on_test[name] = np.array(train(known)(texts))
        _add(table, name, crossed[name], wanted, on_test[name], wanted_test)
    for name in [n for n in crossed if n.startswith("frozen")]:
        _add(table, f"blend of shipped and {name}", (crossed[_SHIPPED_NAME] + crossed[name]) / 2, wanted, (on_test[_SHIPPED_NAME] + on_test[name]) / 2, wanted_test)
    figures: dict[str, Any] = {"data": data_hash([*known, *test]), "known": len(known), "test": len(test), "written_duties": len(duties()), "threshold": THRESHOLD, "held_out": table}
    if not (arguments.tiny or arguments.quick):
        figures["learning_curve"] = learning_curve(known, texts, wanted_test)
    if arguments.encoder:
        figures["encoder_training_seconds"] = _encoder(arguments, known, texts, wanted_test, on_test[_SHIPPED_NAME], table)
    scaling = scaling_of(crossed[_SHIPPED_NAME], wanted)
    figures["scaling"] = scaling
    if arguments.held_out:
        train_held_out(arguments.held_out, known, scaling)
    export_linear([*known, *test], arguments.out, scaling)
    (arguments.out / "figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, sides in table.items():
        for side, row in sides.items():
            if isinstance(row, dict) and "micro_f1" in row:
                print(f"{name:<48} {side:<16} micro {row['micro_f1']:.3f}  macro {row['macro_f1']:.3f}  subset {row['subset_accuracy']:.3f}")


_SHIPPED_NAME = next(name for name, recipe in RECIPES.items() if recipe is SHIPPED)


def _trainer(recipe: Recipe) -> Callable[[Sequence[TaskExample]], Predictor]:
    return lambda data: train_linear(data, recipe)


def _add(table: dict[str, dict[str, Any]], name: str, crossed: np.ndarray, wanted: np.ndarray, on_test: np.ndarray, wanted_test: np.ndarray) -> None:
    """One row: the shipped model with its one threshold, the others with the one that suits them best in cross-validation."""
    threshold = THRESHOLD if name == _SHIPPED_NAME else tune(crossed, wanted)
    limits = np.full(len(LABELS), threshold)
    table[name] = {"cross_validated": report(wanted, choose(crossed, limits)), "test": report(wanted_test, choose(on_test, limits)), "threshold": threshold}
    if name == _SHIPPED_NAME:
        factor, offset = scaling_of(crossed, wanted)
        scaled = 1 / (1 + np.exp(-(factor * np.log(crossed / np.maximum(1 - crossed, 1e-9)) + offset)))
        table[name]["labels_given"] = _labels_given(scaled, choose(crossed, limits), wanted)


def _labels_given(probabilities: np.ndarray, chosen: np.ndarray, wanted: np.ndarray) -> dict[str, Any]:
    """Whether a label given with probability p is right as often as that: calibration of the labels' confidences, cross-validated."""
    from training.evaluate.summary import calibration

    found = calibration([(LABELS[j], float(probabilities[i, j]), bool(wanted[i, j])) for i, j in zip(*np.nonzero(chosen), strict=True)])
    return {key: found[key] for key in ("values", "right", "expected_calibration_error", "sure_coverage", "wrong_when_sure")}


def _encoder(arguments: argparse.Namespace, known: Sequence[TaskExample], texts: Sequence[str], wanted: np.ndarray, linear: np.ndarray, table: dict[str, dict[str, Any]]) -> int:
    """Fine-tune, judge alone, blended and as int8; returns the seconds of training."""
    from training.task_encoder import export, probabilities

    started = time.monotonic()
    model = fine_tune(known, wheels=arguments.wheels, layers=arguments.layers, epochs=1 if arguments.tiny else arguments.epochs, seed=SEED)
    seconds = round(time.monotonic() - started)
    found, limits = probabilities(model, texts, MAX_PIECES), np.full(len(LABELS), THRESHOLD)
    int8 = export(model, arguments.encoder_out, limits, LABELS, MAX_PIECES)
    for name, rows in (("encoder + rules", found), ("blend of encoder and shipped", (found + linear) / 2), ("encoder + rules, int8", int8(texts))):
        table[name] = {"test": report(wanted, choose(rows, limits)), "threshold": THRESHOLD}
    return seconds


if __name__ == "__main__":
    main()
