"""Train and judge the task-type classifier: python -m training.task_types [--tiny] [--encoder]

Compares, on the same held-out letters: the rules, TF-IDF with a linear model, TF-IDF with the rules' scores, and the
fine-tuned encoder with the rules' scores, and a blend. Shipped is the linear model with the rules' scores, trained again on all
letters; the encoder stays a configuration that trains (``--encoder``) and is written to ``--encoder-out`` as ONNX int8.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion

from models.lexicons import words
from models.tasks.classifier import head
from models.tasks.types import labels as rule_labels
from training.tasks_data import LABELS, TaskExample, data_hash, examples, rule_features, targets

OUT = Path(__file__).parent.parent / "models" / "weights" / "task_types"
MAX_PIECES = 96
FROZEN_LAYERS = 2
THRESHOLD = 0.45
SEED = 20261124


def choose(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """0/1 labels: those at or above their threshold, the most probable one where none is."""
    chosen = (probabilities >= thresholds).astype(np.int64)
    empty = chosen.sum(1) == 0
    chosen[empty, probabilities[empty].argmax(1)] = 1
    return chosen


def tune(probabilities: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The threshold of each label that gives the best micro F1, one label after another, on tuning data."""
    thresholds = np.full(wanted.shape[1], 0.5)
    for _ in range(2):
        for column in range(wanted.shape[1]):
            best = (-1.0, 0.5)
            for value in np.arange(0.25, 0.76, 0.05):
                thresholds[column] = value
                micro = f1_score(wanted, choose(probabilities, thresholds), average="micro", zero_division=0)
                # prefer thresholds near the middle: the tuning set is small
                best = max(best, (micro - 0.004 * abs(value - 0.5), value))
            thresholds[column] = best[1]
    return thresholds


def report(wanted: np.ndarray, chosen: np.ndarray) -> dict[str, Any]:
    """Micro and macro F1, subset accuracy and F1 by label."""
    by_label = f1_score(wanted, chosen, average=None, zero_division=0)
    return {
        "micro_f1": round(float(f1_score(wanted, chosen, average="micro", zero_division=0)), 4),
        "macro_f1": round(float(f1_score(wanted, chosen, average="macro", zero_division=0)), 4),
        "subset_accuracy": round(float((wanted == chosen).all(1).mean()), 4),
        "by_label": {label: round(float(value), 3) for label, value in zip(LABELS, by_label, strict=True)},
        "tasks": len(wanted),
    }


def vectorizer() -> FeatureUnion:
    """Syllable n-grams of the whole task, and again of its first twelve syllables, where the directing verb stands."""
    return FeatureUnion([
        ("all", TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\w+")),
        ("head", TfidfVectorizer(ngram_range=(1, 2), min_df=2, preprocessor=head, token_pattern=r"\w+")),
    ])


def train_linear(train: Sequence[TaskExample], *, rules: bool) -> tuple[FeatureUnion, OneVsRestClassifier]:
    """The vectorizers and the linear model, fitted on ``train``."""
    vectors = vectorizer()
    matrix = vectors.fit_transform([e.text for e in train])
    if rules:
        matrix = hstack([matrix, csr_matrix(rule_features([e.text for e in train]))])
    return vectors, OneVsRestClassifier(LogisticRegression(C=8, class_weight="balanced", max_iter=400)).fit(matrix, targets(train))


def linear(train: Sequence[TaskExample], others: Sequence[Sequence[str]], *, rules: bool) -> list[np.ndarray]:
    """Probabilities of the TF-IDF linear model for each list of texts in ``others``."""
    vectors, model = train_linear(train, rules=rules)
    results = []
    for texts in others:
        other = vectors.transform(texts)
        if rules:
            other = hstack([other, csr_matrix(rule_features(texts))])
        results.append(model.predict_proba(other))
    return results


def export_linear(train: Sequence[TaskExample], thresholds: np.ndarray, out: Path) -> None:
    """Train on ``train`` and write ``model.npz`` and ``settings.json`` as :mod:`models.tasks.classifier` reads them."""
    vectors, model = train_linear(train, rules=True)
    parts = dict(vectors.transformer_list)
    arrays: dict[str, np.ndarray] = {
        "coefficients": np.vstack([e.coef_[0] for e in model.estimators_]).astype(np.float16),
        "intercepts": np.array([e.intercept_[0] for e in model.estimators_], dtype=np.float32),
    }
    for name in ("all", "head"):
        arrays[f"idf_{name}"] = parts[name].idf_.astype(np.float32)
        arrays[f"grams_{name}"] = np.frombuffer("\n".join(parts[name].get_feature_names_out()).encode(), dtype=np.uint8)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / "model.npz", allow_pickle=False, **arrays)
    settings = {"labels": list(LABELS), "thresholds": [round(float(t), 3) for t in thresholds]}
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def train_held_out(out: Path, data: Sequence[TaskExample] | None = None) -> None:
    """Write weights that have not seen the test letters, to judge the whole pipeline with."""
    export_linear(data if data is not None else [*examples("train"), *examples("dev")], np.full(len(LABELS), THRESHOLD), out)


def learning_curve(train: Sequence[TaskExample], texts: Sequence[str], wanted: np.ndarray, thresholds: np.ndarray) -> list[dict[str, Any]]:
    """What each 100 further letters buy: micro F1 on the held-out letters by the number of training letters."""
    letters = sorted({e.letter for e in train})
    random.Random(SEED).shuffle(letters)
    rows: list[dict[str, Any]] = []
    for count in [*range(100, len(letters), 100), len(letters)]:
        kept = set(letters[:count])
        some = [e for e in train if e.letter in kept]
        (found,) = linear(some, [texts], rules=True)
        rows.append({"letters": count, "tasks": len(some), "micro_f1": report(wanted, choose(found, thresholds))["micro_f1"]})
    return rows


def vocabulary_texts() -> list[str]:
    """What the trimmed vocabulary must cover: the corpus, and the lexicons' names."""
    from corpus.load import load

    return [letter.text for letter in load("all")] + [" ".join(words(name)) for name in ("official_capitals", "abbreviations", "titles")]


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
    model = TaskEncoder(trimmed, labels=len(LABELS), rule_features=len(LABELS))
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
    parser.add_argument("--encoder", action="store_true", help="fine-tune the encoder too (needs the train extra and an hour of one core)")
    parser.add_argument("--encoder-out", type=Path, default=Path("var/task_encoder"))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--held-out", type=Path, help="write weights of the training and tuning letters alone here, for evaluation on the test letters")
    arguments = parser.parse_args(argv)
    train, dev, test = (examples(split) for split in ("train", "dev", "test"))
    if arguments.tiny:
        train, dev, test = train[:120], dev[:40], test[:40]
    dev_texts, test_texts = [e.text for e in dev], [e.text for e in test]
    wanted_dev, wanted_test = targets(dev).astype(int), targets(test).astype(int)
    table: dict[str, Any] = {}
    ruled = np.array([[label in {x.label for x in rule_labels(text)} for label in LABELS] for text in test_texts], dtype=int)
    table["rules"] = report(wanted_test, ruled)
    for name, rules in (("tfidf", False), ("tfidf + rules", True)):
        on_dev, on_test = linear(train, [dev_texts, test_texts], rules=rules)
        thresholds = tune(on_dev, wanted_dev)
        table[name] = report(wanted_test, choose(on_test, thresholds))
    figures: dict[str, Any] = {"data": data_hash([*train, *dev, *test]), "train": len(train), "dev": len(dev), "test": len(test), "held_out": table}
    if not arguments.tiny:
        figures["learning_curve"] = learning_curve(train, test_texts, wanted_test, thresholds)
    if arguments.encoder:
        from training.task_encoder import export, probabilities

        started = time.monotonic()
        model = fine_tune(train, wheels=arguments.wheels, layers=arguments.layers, epochs=1 if arguments.tiny else arguments.epochs, seed=SEED)
        figures["encoder_training_seconds"] = round(time.monotonic() - started)
        of_dev, of_test = probabilities(model, dev_texts, MAX_PIECES), probabilities(model, test_texts, MAX_PIECES)
        encoder_thresholds = tune(of_dev, wanted_dev)
        table["encoder + rules"] = report(wanted_test, choose(of_test, encoder_thresholds))
        table["blend of encoder and tfidf"] = report(wanted_test, choose((of_test + on_test) / 2, tune((of_dev + on_dev) / 2, wanted_dev)))
        int8 = export(model, arguments.encoder_out, encoder_thresholds, LABELS, MAX_PIECES)
        table["encoder + rules, int8"] = report(wanted_test, choose(int8(test_texts), encoder_thresholds))
    # shipped with one threshold: those tuned a label on 250 tasks did not carry over to letters of other writers, who give more labels
    table[f"tfidf + rules, one threshold {THRESHOLD}"] = report(wanted_test, choose(on_test, np.full(len(LABELS), THRESHOLD)))
    if arguments.held_out:
        train_held_out(arguments.held_out, [*train, *dev])
    export_linear([*train, *dev, *test], np.full(len(LABELS), THRESHOLD), arguments.out)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, row in table.items():
        print(f"{name:<34} micro {row['micro_f1']:.3f}  macro {row['macro_f1']:.3f}  subset {row['subset_accuracy']:.3f}")


if __name__ == "__main__":
    main()
