"""Fit and judge the confidence: python -m training.calibrate [--letters N] [--scans N]

Letters of the corpus are read in many forms (plain text, noisy text, typed PDF, DOCX, rendered scans of every grade); every value
the pipeline gives is marked right or wrong against the gold, and a logistic model a kind of field is fitted on the signs of
``models.confidence``. Reliability, expected calibration error and wrong-when-sure are printed for letters kept apart from fitting.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from sklearn.linear_model import LogisticRegression

from corpus.gold import to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from corpus.noise.text import make_noise
from corpus.render.__main__ import render
from models.confidence import SIGNS, WEIGHTS, Rated, rate
from models.errors import CongvanError
from models.letter import FieldValue, Source
from models.pipeline import extract_document
from models.reading import read
from models.scoring import SCALARS
from models.scoring.compare import match_names, match_references, match_tasks, norm_field

OUT = Path(__file__).parent.parent / "models" / WEIGHTS
NOISES = ("merged_columns", "hard_wraps", "run_together", "lost_tones", "ocr", "web_copy", "one_line", "tcvn3")
GRADES = ("clean", "light", "scan", "hard", "fax")
SURE = 0.95
_GOLD = {"document_type": "doc_type", "identifier": "full_number", "parent_body": "issuer_parent"}
_SOFT = {"place", "issuer", "parent_body", "subject", "archive_note", "signer.authority", "signer.title", "signer.name"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One value: its kind, its signs, and whether it was right."""

    kind: str
    signs: tuple[float, ...]
    right: bool
    form: str


def judge(rated: Sequence[Rated], extraction: Any, gold: dict[str, Any], form: str) -> Iterator[tuple[Rated, Judged]]:
    """Mark every value right or wrong, as CONTRACT section 4 compares (soft where it is soft)."""
    right: dict[int, bool] = {}
    for name in SCALARS:
        value = extraction
        for part in name.split("."):
            value = getattr(value, part, None)
        if isinstance(value, FieldValue):
            wanted: Any = gold
            for part in _GOLD.get(name, name).split("."):
                wanted = wanted.get(part) if isinstance(wanted, dict) else None
            a, b = norm_field(name, wanted), norm_field(name, value.value)
            right[id(value)] = bool(a) and (a == b or (name in _SOFT and fuzz.ratio(a, b) >= 90))
    for name, items in (("addressees", extraction.addressees), ("recipients", extraction.recipients)):
        hits = {j for _, j in match_names(gold.get(name) or [], [i.value for i in items])}
        right.update({id(item): j in hits for j, item in enumerate(items)})
    references = [r.model_dump() for r in extraction.references]
    hits = {j for _, j in match_references(gold.get("references") or [], references)}
    right.update({id(r): j in hits for j, r in enumerate(extraction.references)})
    hits = {j for _, j in match_tasks([t["text"] for t in gold.get("tasks") or []], [t.text for t in extraction.tasks])}
    right.update({id(t): j in hits for j, t in enumerate(extraction.tasks)})
    for item in rated:
        if id(item.value) in right:
            yield item, Judged(item.kind, item.signs, right[id(item.value)], form)


def read_forms(letters: Sequence[AnnotatedLetter], *, scans: int, seed: int) -> Iterator[Judged]:
    """Every letter in several forms through the whole pipeline."""
    rng = random.Random(seed)
    for number, letter in enumerate(letters):
        gold = to_gold(letter)
        files: list[tuple[str, bytes, str]] = [("text", letter.text.encode(), "thu.txt")]
        for kind in rng.sample(NOISES, 2):
            noisy = make_noise(letter, kind, seed=seed + number)
            files.append((f"noise {kind}", noisy.text.encode(), "thu.txt"))
        with tempfile.TemporaryDirectory() as folder:
            for form, grade in (("pdf", "clean"), ("docx", "clean"), *([("scan", GRADES[number % len(GRADES)])] if number < scans else [])):
                out = Path(folder, form)
                out.mkdir()
                render(letter, out, [form], grade, seed + number)
                for path in sorted(out.iterdir()):
                    if path.suffix in (".pdf", ".docx"):
                        files.append((form if form != "scan" else f"scan {grade}", path.read_bytes(), path.name))
        for form, data, name in files:
            try:
                document = read(data, name)
            except CongvanError:
                continue
            source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
            # signs must be those that the stages gave, so the shipped calibration is left out
            extraction = extract_document(document, source, calibrated=False)
            yield from (judged for _, judged in judge(list(rate(document, extraction)), extraction, gold, form))


def fit(data: Sequence[Judged]) -> dict[str, list[float]]:
    """Logistic weights a kind of field; kinds with too few wrong values share the model of all."""
    weights: dict[str, list[float]] = {}
    kinds = sorted({d.kind for d in data})
    for kind in [*kinds, "all"]:
        chosen = [d for d in data if kind in (d.kind, "all")]
        wrong = sum(not d.right for d in chosen)
        if wrong < 8 or wrong == len(chosen):
            if kind != "all" and wrong < 8:
                # hardly ever wrong: the rate itself, by the rule of succession, whatever the signs
                share = (len(chosen) - wrong + 1) / (len(chosen) + 2)
                weights[kind] = [float(np.log(share / (1 - share)))] + [0.0] * (len(SIGNS) - 1)
            continue
        signs = np.array([d.signs[1:] for d in chosen])
        model = LogisticRegression(C=1.0, max_iter=2000).fit(signs, [d.right for d in chosen])
        weights[kind] = [float(model.intercept_[0]), *map(float, model.coef_[0])]
    return {kind: [round(w, 4) for w in row] for kind, row in weights.items()}


def probability(weights: dict[str, list[float]], item: Judged) -> float:
    """What the fitted model says of a value."""
    row = weights.get(item.kind) or weights["all"]
    return float(1 / (1 + np.exp(-float(np.dot(row, item.signs)))))


def reliability(weights: dict[str, list[float]], data: Sequence[Judged]) -> dict[str, Any]:
    """Expected calibration error (ten bins), wrong-when-sure and its coverage, and the reliability table."""
    p = np.array([probability(weights, d) for d in data])
    right = np.array([d.right for d in data])
    bins = np.minimum((p * 10).astype(int), 9)
    table = [
        {"from": round(b / 10, 1), "values": int((bins == b).sum()), "said": round(float(p[bins == b].mean()), 3), "right": round(float(right[bins == b].mean()), 3)}
        for b in range(10) if (bins == b).any()
    ]
    error = sum(row["values"] * abs(row["said"] - row["right"]) for row in table) / max(len(p), 1)
    sure = p >= SURE
    return {
        "values": len(p), "right": round(float(right.mean()), 4), "expected_calibration_error": round(float(error), 4),
        "sure_coverage": round(float(sure.mean()), 4), "wrong_when_sure": round(float((~right[sure]).mean()), 4) if sure.any() else None, "table": table,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Fit on the training letters, print the reliability on the others, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=120, help="training letters; as many of dev and test together as there are, up to half of it, judge")
    parser.add_argument("--scans", type=int, default=40, help="training letters read as scans too; half of it among the judging letters")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(argv)
    rng = random.Random(arguments.seed)
    train = list(load("train"))
    held = [*load("dev"), *load("test")]
    rng.shuffle(train)
    rng.shuffle(held)
    fitting = list(read_forms(train[: arguments.letters], scans=arguments.scans, seed=arguments.seed))
    judging = list(read_forms(held[: arguments.letters // 2], scans=arguments.scans // 2, seed=arguments.seed + 5000))
    weights = fit(fitting)
    overall = reliability(weights, judging)
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    by_form: dict[str, list[Judged]] = defaultdict(list)
    for item in judging:
        by_kind[item.kind].append(item)
        by_form[item.form.split()[0]].append(item)
    figures: dict[str, Any] = {
        "fitted_on": len(fitting), "held_out": overall, "by_form": {form: {k: v for k, v in reliability(weights, items).items() if k != "table"} for form, items in by_form.items()},
        "by_kind": {kind: {k: v for k, v in reliability(weights, items).items() if k != "table"} for kind, items in by_kind.items()},
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"signs": list(SIGNS), "weights": weights, "figures": figures}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"held out: {overall['values']} values, right {overall['right']:.3f}, calibration error {overall['expected_calibration_error']:.3f}, "
          f"wrong when sure {overall['wrong_when_sure']} at coverage {overall['sure_coverage']:.3f}")
    for row in overall["table"]:
        print(f"  said {row['said']:.3f}  right {row['right']:.3f}  ({row['values']})")
    for name, group in (("form", figures["by_form"]), ("field", figures["by_kind"])):
        for key, row in sorted(group.items()):
            print(f"{name:<6}{key:<18} right {row['right']:.3f}  error {row['expected_calibration_error']:.3f}  wrong when sure {row['wrong_when_sure']} at {row['sure_coverage']:.3f}  ({row['values']})")


if __name__ == "__main__":
    main()
