"""Adding up: per field, micro and macro, whole letters, confidence; with 95% intervals by resampling letters, and by slice.

Letters, not files, are drawn: the forms of one letter are not independent of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from training.evaluate.counting import FIELDS, HEAD, letter_right
from training.evaluate.matching import MODES, STRICT_ONLY
from training.evaluate.running import SURE, Result

DRAWS = 1000
SLICES = ("source", "system", "decade", "noise", "type")
AVERAGED = tuple(name for name in FIELDS if name not in ("task text", "zone lines", "identifier"))
"""Fields of the micro and macro averages: the identifier is number and symbol again, a task's text its presence again."""


def summarise(results: Sequence[Result], *, seed: int = 7, draws: int = DRAWS) -> dict[str, Any]:
    """Everything that the tables show, of one run."""
    table = _tensor(results)
    weights = _weights(len(table), draws, seed)
    return {
        "cases": len(results), "letters": len({r.letter for r in results}), "failed": sum(r.failure is not None for r in results),
        "fields": _fields(table, weights),
        "averages": {mode: _averages(table, weights, k) for k, mode in enumerate(MODES)},
        "whole_letter": whole_letters(results),
        "confidence": {
            "all": calibration([c for r in results for c in r.confidences]),
            "by_source": {name: calibration([c for r in group for c in r.confidences]) for name, group in grouped(results, "source").items()},
            "by_field": {name: calibration(values) for name, values in _by_kind(results).items()},
        },
        "slices": {name: {value: _slice(group) for value, group in grouped(results, name).items()} for name in SLICES if any(name in r.slices for r in results)},
        "median_cpu_ms": {name: round(float(np.median([r.seconds for r in group])) * 1000, 1) for name, group in grouped(results, "source").items()},
    }


def grouped(results: Sequence[Result], name: str) -> dict[str, list[Result]]:
    """The results by the value of one slice, in order of the values."""
    found: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if name in result.slices:
            found[result.slices[name]].append(result)
    return dict(sorted(found.items()))


def f1(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
    """F1, NaN where nothing was there and nothing was said."""
    total = 2 * tp + fp + fn
    return np.where(total > 0, 2 * tp / np.maximum(total, 1), np.nan)


def calibration(values: Sequence[tuple[str, float, bool]]) -> dict[str, Any]:
    """Expected calibration error in ten bins, wrong-when-sure with its coverage, reliability table and risk-coverage points."""
    if not values:
        return {"values": 0}
    said = np.array([v[1] for v in values])
    right = np.array([v[2] for v in values], dtype=float)
    bins = np.minimum((said * 10).astype(int), 9)
    table = [
        {"from": round(b / 10, 1), "values": int((bins == b).sum()), "said": round(float(said[bins == b].mean()), 4), "right": round(float(right[bins == b].mean()), 4)}
        for b in range(10) if (bins == b).any()
    ]
    error = sum(row["values"] * abs(row["said"] - row["right"]) for row in table) / len(said)
    sure = said >= SURE
    order = np.argsort(-said, kind="stable")
    risk = 1 - np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    points = [max(1, round(len(order) * share / 20)) for share in range(1, 21)]
    return {
        "values": len(values), "right": round(float(right.mean()), 4), "expected_calibration_error": round(float(error), 4),
        "sure_coverage": round(float(sure.mean()), 4), "wrong_when_sure": round(float(1 - right[sure].mean()), 4) if sure.any() else None,
        "risk_at_85_coverage": round(float(risk[max(1, round(len(order) * 0.85)) - 1]), 4),
        "reliability": table, "risk_coverage": [[round(n / len(order), 3), round(float(risk[n - 1]), 4)] for n in points],
    }


def whole_letters(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """The share of files read wholly right: all head fields; head and lists; everything but zones."""
    lists = HEAD | {"addressees", "recipients"}
    everything = set(FIELDS) - {"zone lines", "task text"}
    n = max(len(results), 1)
    return {
        mode: {
            name: round(sum(letter_right(r.counts, mode, fields) for r in results) / n, 4)
            for name, fields in (("head", HEAD), ("head and lists", lists), ("everything", everything))
        }
        for mode in MODES
    }


def _tensor(results: Sequence[Result]) -> np.ndarray:
    """Counts as letters x fields x ways x (tp, fp, fn)."""
    letters = {letter: i for i, letter in enumerate(sorted({r.letter for r in results}))}
    table = np.zeros((len(letters), len(FIELDS), len(MODES), 3))
    for result in results:
        for f, name in enumerate(FIELDS):
            for k, mode in enumerate(MODES):
                found = result.counts.get(name, {}).get("strict" if name in STRICT_ONLY else mode)
                if found:
                    table[letters[result.letter], f, k] += found
    return table


def _weights(letters: int, draws: int, seed: int) -> np.ndarray:
    """How often each letter is drawn, one row a draw with replacement."""
    return np.random.default_rng(seed).multinomial(letters, np.full(letters, 1 / letters), size=draws).astype(float) if letters else np.zeros((draws, 0))


def _interval(values: np.ndarray) -> list[float] | None:
    kept = values[~np.isnan(values)]
    return [round(float(v), 4) for v in np.percentile(kept, [2.5, 97.5])] if len(kept) else None


def _fields(table: np.ndarray, weights: np.ndarray) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for f, name in enumerate(FIELDS):
        if not table[:, f].any():
            continue
        found[name] = {}
        for k, mode in enumerate(MODES):
            if name in STRICT_ONLY and mode != "strict":
                continue
            tp, fp, fn = table[:, f, k].sum(0)
            drawn = weights @ table[:, f, k]
            found[name][mode] = {
                "precision": round(tp / (tp + fp), 4) if tp + fp else None, "recall": round(tp / (tp + fn), 4) if tp + fn else None,
                "f1": round(2 * tp / (2 * tp + fp + fn), 4), "interval": _interval(f1(drawn[:, 0], drawn[:, 1], drawn[:, 2])),
                "support": int(tp + fn), "predicted": int(tp + fp),
            }
    return found


def _averages(table: np.ndarray, weights: np.ndarray, k: int) -> dict[str, Any]:
    chosen = [f for f, name in enumerate(FIELDS) if name in AVERAGED and table[:, f].any()]
    part = table[:, chosen, k]
    total = part.sum(0)
    drawn = np.einsum("dl,lfc->dfc", weights, part)
    pooled = drawn.sum(1)
    with np.errstate(all="ignore"):
        macro_drawn = np.nanmean(f1(drawn[..., 0], drawn[..., 1], drawn[..., 2]), axis=1) if chosen else np.array([np.nan])
    counts = total.sum(0)
    return {
        "micro_f1": _round(f1(*counts[:, None])[0]), "micro_interval": _interval(f1(pooled[:, 0], pooled[:, 1], pooled[:, 2])),
        "macro_f1": _round(np.nanmean(f1(total[:, 0], total[:, 1], total[:, 2]))) if chosen else None, "macro_interval": _interval(macro_drawn),
    }


def _round(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _slice(group: Sequence[Result]) -> dict[str, Any]:
    table = _tensor(group)
    sums = table.sum(0)
    names = {name: i for i, name in enumerate(FIELDS)}
    chosen = [names[name] for name in AVERAGED]
    strict, soft = sums[chosen, 0].sum(0), sums[chosen, 1].sum(0)
    values = [c for r in group for c in r.confidences]
    found = calibration(values)
    return {
        "letters": len({r.letter for r in group}), "cases": len(group), "micro_strict": _round(f1(*strict[:, None])[0]), "micro_soft": _round(f1(*soft[:, None])[0]),
        "head_right_soft": whole_letters(group)["soft"]["head"],
        "identifier": _round(f1(*sums[names["identifier"], 0][:, None])[0]), "date": _round(f1(*sums[names["date"], 0][:, None])[0]),
        "references": _round(f1(*sums[names["references"], 0][:, None])[0]), "tasks": _round(f1(*sums[names["tasks"], 0][:, None])[0]),
        "task_types": _round(f1(*sums[names["task types"], 0][:, None])[0]), "zone_lines": _round(f1(*sums[names["zone lines"], 0][:, None])[0]),
        "wrong_when_sure": found.get("wrong_when_sure"), "sure_coverage": found.get("sure_coverage"),
    }


def _by_kind(results: Sequence[Result]) -> dict[str, list[tuple[str, float, bool]]]:
    found: dict[str, list[tuple[str, float, bool]]] = defaultdict(list)
    for result in results:
        for value in result.confidences:
            found[value[0]].append(value)
    return dict(sorted(found.items()))
