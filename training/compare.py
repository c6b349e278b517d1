"""Compare two runs of the evaluation: python -m training.compare RUN_A.json RUN_B.json [--mode strict] [--fields-only]

Prints, for every field, F1 in both, their difference with its 95% interval (letters resampled, the same in both), and how many
letters gained and lost; then letter by letter what was gained and lost. Only files that both runs read are compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.evaluate.counting import FIELDS
from training.evaluate.matching import MODES, STRICT_ONLY
from training.evaluate.summary import AVERAGED, f1


def compare(first: dict[str, Any], second: dict[str, Any], mode: str = "strict", *, draws: int = 1000, seed: int = 7) -> dict[str, Any]:
    """The comparison as data: ``fields`` (one row a field, and "micro"), ``letters`` (gains and losses by file)."""
    runs = [{f"{r['letter']} · {r['form']}": r for r in run["letters"]} for run in (first, second)]
    shared = sorted(runs[0].keys() & runs[1].keys())
    letters = {letter: i for i, letter in enumerate(sorted({runs[0][key]["letter"] for key in shared}))}
    table = np.zeros((2, len(letters), len(FIELDS), 3))
    changes: list[dict[str, Any]] = []
    for key in shared:
        gained: list[str] = []
        lost: list[str] = []
        for f, name in enumerate(FIELDS):
            counts = [_counts(runs[side][key], name, mode) for side in (0, 1)]
            for side in (0, 1):
                table[side, letters[runs[0][key]["letter"]], f] += counts[side]
            difference = _balance(counts[1]) - _balance(counts[0])
            if difference:
                (gained if difference > 0 else lost).append(f"{name} {difference:+d}")
        if gained or lost:
            changes.append({"file": key, "gained": gained, "lost": lost})
    weights = np.random.default_rng(seed).multinomial(len(letters), np.full(len(letters), 1 / len(letters)), size=draws) if letters else np.zeros((draws, 0))
    rows = {name: _row(table[:, :, [f]], weights, changes, name) for f, name in enumerate(FIELDS) if table[:, :, f].any()}
    rows["micro"] = _row(table[:, :, [f for f, name in enumerate(FIELDS) if name in AVERAGED]], weights, changes, None)
    return {"mode": mode, "shared": len(shared), "only_first": len(runs[0]) - len(shared), "only_second": len(runs[1]) - len(shared), "fields": rows, "letters": changes}


def as_markdown(first: dict[str, Any], second: dict[str, Any], found: dict[str, Any], *, letters: bool = True) -> str:
    """The comparison for people."""
    lines = [
        f"# {_name(first)} → {_name(second)}", "",
        f"{found['mode']} matching, {found['shared']} files in both runs ({found['only_first']} only in the first, {found['only_second']} only in the second).", "",
        "| field | first | second | difference | 95% interval | files gained | files lost |", "|---|---|---|---|---|---|---|",
    ]
    for name, row in found["fields"].items():
        interval = "–" if row["interval"] is None else f"[{row['interval'][0]:+.3f}, {row['interval'][1]:+.3f}]"
        lines.append(f"| {name} | {_number(row['first'])} | {_number(row['second'])} | {_number(row['difference'], '+')} | {interval} | {row['gained']} | {row['lost']} |")
    if letters and found["letters"]:
        lines += ["", "| file | gained | lost |", "|---|---|---|"]
        lines += [f"| {c['file']} | {', '.join(c['gained'])} | {', '.join(c['lost'])} |" for c in found["letters"]]
    return "\n".join(lines) + "\n"


def _counts(result: dict[str, Any], name: str, mode: str) -> tuple[int, int, int]:
    ways = result["counts"].get(name, {})
    found = ways.get("strict" if name in STRICT_ONLY else mode) or ways.get("strict", (0, 0, 0))
    return found[0], found[1], found[2]


def _balance(counts: tuple[int, int, int]) -> int:
    """Right values less half of the wrong and missing ones, doubled to stay whole."""
    return 2 * counts[0] - counts[1] - counts[2]


def _row(part: np.ndarray, weights: np.ndarray, changes: Sequence[dict[str, Any]], name: str | None) -> dict[str, Any]:
    sums = part.sum(axis=(1, 2))
    values = [float(f1(*sums[side][:, None])[0]) for side in (0, 1)]
    drawn = [weights @ part[side].sum(1) for side in (0, 1)]
    spread = f1(drawn[1][:, 0], drawn[1][:, 1], drawn[1][:, 2]) - f1(drawn[0][:, 0], drawn[0][:, 1], drawn[0][:, 2])
    spread = spread[~np.isnan(spread)]

    def touched(side: str) -> int:
        return sum(any(name is None or change.rsplit(" ", 1)[0] == name for change in c[side]) for c in changes)

    return {
        "first": None if np.isnan(values[0]) else round(values[0], 4), "second": None if np.isnan(values[1]) else round(values[1], 4),
        "difference": None if np.isnan(values).any() else round(values[1] - values[0], 4),
        "interval": [round(float(v), 4) for v in np.percentile(spread, [2.5, 97.5])] if len(spread) else None,
        "gained": touched("gained"), "lost": touched("lost"),
    }


def _number(value: float | None, sign: str = "") -> str:
    return "–" if value is None else format(value, f"{sign}.3f")


def _name(run: dict[str, Any]) -> str:
    return f"{run['name']} of {run['stamp']['commit']} ({run['stamp']['date']})"


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--mode", choices=MODES, default="strict")
    parser.add_argument("--fields-only", action="store_true", help="without the list of letters")
    arguments = parser.parse_args(argv)
    runs = []
    for path in (arguments.first, arguments.second):
        try:
            runs.append(json.loads(path.read_text(encoding="utf-8")))
            compare(runs[-1], runs[-1], draws=1)
        except (OSError, ValueError, KeyError, TypeError) as error:
            print(f"{path}: no run of training.evaluate_all ({error}) -> name the NAME.json that it wrote", file=sys.stderr)
            return 1
    found = compare(runs[0], runs[1], arguments.mode)
    print(as_markdown(runs[0], runs[1], found, letters=not arguments.fields_only), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
