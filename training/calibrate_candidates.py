"""Fit and judge the confidence of readings that lost: python -m training.calibrate_candidates [--letters N] [--cache DIR]

Letters that trained none of the models (the tuning letters; the test letters judge) are read in their forms with ``candidates``; each losing reading is
right where it is what the gold says and the chosen value is not. A logistic model over the signs of ``models.confidence_candidates`` is fitted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from scipy.optimize import minimize

from corpus.gold import to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from models.confidence_candidates import CANDIDATE_SIGNS, LISTS, RECOGNISED, WEIGHTS, candidate_signs
from models.letter import Extraction, Source
from models.pipeline import extract_document
from models.scoring.compare import norm_field
from training.calibrate import GOLD, SOFT, forms, ordered

OUT = Path(__file__).parent.parent / "models" / WEIGHTS
STRENGTH = 0.5
Row = tuple[list[float], float, bool]
"""Signs, raw likelihood, whether it is right."""


def rows(letters: Sequence[AnnotatedLetter], *, seed: int, cache: Path | None = None) -> list[Row]:
    """Every losing reading of the letters in their forms."""
    found: list[Row] = []
    for letter in letters:
        gold = to_gold(letter)
        for _, document in forms(letter, grade=None, seed=seed, cache=cache, typed=True):
            source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
            # a first look at the readings as ranked by their own likelihood
            extraction = extract_document(document, source, candidates=True, candidates_calibrated=False)
            found += judge(extraction, gold)
    return found


def judge(extraction: Extraction, gold: dict[str, Any]) -> list[Row]:
    """The readings of one extraction, marked right or wrong."""
    found: list[Row] = []
    for name, candidates in extraction.candidates.items():
        for rank, one in enumerate(candidates):
            if one.source in RECOGNISED:
                continue
            signs = candidate_signs(extraction, name, rank, one)
            found.append(([signs.get(sign, 0.0) for sign in CANDIDATE_SIGNS], one.confidence, right(name, one.value, gold)))
    return found


def right(name: str, value: str, gold: dict[str, Any]) -> bool:
    """Whether ``value`` is what the gold says of the field, or one of the gold's list."""
    wanted: Any = gold
    for part in GOLD.get(name, name).split("."):
        wanted = wanted.get(part) if isinstance(wanted, dict) else None
    soft = name in SOFT or name in LISTS
    for one in wanted if isinstance(wanted, list) else [wanted]:
        a, b = norm_field(name, one), norm_field(name, value)
        if a and (a == b or (soft and fuzz.ratio(a, b) >= 90)):
            return True
    return False


def fit(data: Sequence[Row], strength: float = STRENGTH) -> dict[str, float]:
    """Logistic weights by sign."""
    design = np.array([row[0] for row in data])
    target = np.array([row[2] for row in data], dtype=float)
    pull = np.array([1e-6, *[1 / strength] * (design.shape[1] - 1)])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        score = design @ w
        p = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        return float(np.sum(np.logaddexp(0, score) - target * score) + 0.5 * np.sum(pull * w * w)), design.T @ (p - target) + pull * w

    best = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x
    return {name: round(float(w), 4) for name, w in zip(CANDIDATE_SIGNS, best, strict=True)}


def figures(data: Sequence[Row], probabilities: Sequence[float]) -> dict[str, Any]:
    """Calibration of the readings (``training.evaluate.summary.calibration``)."""
    from training.evaluate.summary import calibration

    found = calibration([("candidate", p, row[2]) for row, p in zip(data, probabilities, strict=True)])
    return {key: found[key] for key in ("values", "right", "expected_calibration_error", "reliability")}


def said(weights: dict[str, float], data: Sequence[Row]) -> list[float]:
    """The model's probabilities."""
    vector = np.array([weights[name] for name in CANDIDATE_SIGNS])
    return [float(1 / (1 + np.exp(-np.dot(vector, row[0])))) for row in data]


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, help="letters of each split; all if not given")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(argv)
    known, test = (rows(ordered(load(split), arguments.seed)[: arguments.letters], seed=arguments.seed, cache=arguments.cache) for split in ("dev", "test"))
    weights = fit(known)
    body: dict[str, Any] = {"weights": weights, "figures": {"fitted_on": len(known), "before": figures(test, [row[1] for row in test]), "held_out": figures(test, said(weights, test))}}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name in ("before", "held_out"):
        row = body["figures"][name]
        print(f"{name:<10} {row['values']} readings, {row['right']:.3f} right, calibration error {row['expected_calibration_error']:.3f}")


if __name__ == "__main__":
    main()
