"""How likely a losing reading is right after all: its own likelihood, where it comes from, and how much room the chosen value leaves.

A logistic model over these few signs, fitted by ``training.calibrate_candidates`` on held-out letters. Of one field only one reading can be right, so
the readings of a scalar field together with the chosen one never exceed 1.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files

from models.letter import Candidate, Extraction, FieldValue

WEIGHTS = "weights/candidates.json"
SOURCES = ("zone", "rules", "date_line", "text")
RECOGNISED = frozenset({"ocr", "signature"})
"""Readings of handwriting, of like letters and of signatures keep what the recogniser says: no corpus letter is written by hand."""
LISTS = ("addressees", "recipients")
CANDIDATE_SIGNS = ("bias", "odds", "room", "empty", "list", "rank", *SOURCES)
"""Names of the signs, in the order of the weights."""


def candidate_signs(extraction: Extraction, name: str, rank: int, candidate: Candidate) -> dict[str, float]:
    """The signs of the reading that stands at ``rank`` (0 the likeliest) of the field ``name``; the extraction's own confidences are calibrated already."""
    chosen = _chosen(extraction, name)
    room = 1 - min((one.confidence for one in chosen), default=0.0)
    return {
        "bias": 1.0, "odds": _log_odds(candidate.confidence) / 4, "room": _log_odds(room) / 4, "empty": float(not chosen), "list": float(name in LISTS),
        "rank": 1 / (1 + rank), candidate.source: 1.0,
    }  # fmt: skip


def calibrate_candidates(extraction: Extraction) -> None:
    """Replace the confidences of ``extraction.candidates`` by probabilities, in place, and order each field's readings by them."""
    weights = _weights()
    if not weights:
        return
    for name, candidates in extraction.candidates.items():
        found = [
            one.confidence if one.source in RECOGNISED else 1 / (1 + math.exp(-sum(weights.get(sign, 0.0) * value for sign, value in candidate_signs(extraction, name, rank, one).items())))
            for rank, one in enumerate(candidates)
        ]
        if name not in LISTS:
            room = 1 - min((one.confidence for one in _chosen(extraction, name)), default=0.0)
            share = min(1.0, room / sum(found)) if sum(found) else 1.0
            found = [p * share for p in found]
        for one, p in zip(candidates, found, strict=True):
            one.confidence = round(p, 3)
        candidates.sort(key=lambda one: -one.confidence)


def _chosen(extraction: Extraction, name: str) -> list[FieldValue]:
    value = extraction
    for part in name.split("."):
        value = getattr(value, part, None)  # type: ignore[assignment]
    if isinstance(value, list):
        return list(value)
    return [value] if isinstance(value, FieldValue) else []


def _log_odds(p: float) -> float:
    p = min(0.995, max(0.005, p))
    return math.log(p / (1 - p))


@cache
def _weights() -> dict[str, float]:
    path = files("models").joinpath(WEIGHTS)
    if not path.is_file():
        return {}
    loaded: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return loaded
