"""The summary of a run as Markdown, and its errors as a list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from training.evaluate.matching import MODES
from training.evaluate.running import Result

NAMES = {"strict": "strict", "soft": "soft", "levenshtein": "Levenshtein ≥ .80", "ratcliff": "Ratcliff-Obershelp ≥ .95"}


def report(title: str, stamp: dict[str, Any], summary: dict[str, Any]) -> str:
    """The whole report of one set."""
    lines = [
        f"# {title}", "",
        f"Commit {stamp['commit']}, data {stamp['data']}, seed {stamp['seed']}, {stamp['date']}. {summary['letters']} letters read as {summary['cases']} files, {summary['failed']} of them unreadable. "
        "In brackets 95% intervals, letters resampled 1,000 times. A dash: not compared in this way, or nothing there.", "",
        *_averages(summary), "", *_fields(summary), "", *_confidence(summary), "", *_slices(summary),
    ]
    return "\n".join(lines) + "\n"


def errors(results: Sequence[Result], *, limit: int = 60) -> str:
    """What was wrong, field by field with the most errors first; ``limit`` examples a field."""
    by_field: dict[str, list[str]] = defaultdict(list)
    for result in results:
        for error in result.errors:
            by_field[error["field"]].append(f"- {result.key}: {_cell(error['gold'])} → {_cell(error['predicted'])}")
    lines = ["# Errors", "", "Gold → found. Lists: what was missed → what was too much.", ""]
    for name, found in sorted(by_field.items(), key=lambda pair: -len(pair[1])):
        lines += [f"## {name} ({len(found)})", *found[:limit], *([f"- … {len(found) - limit} more"] if len(found) > limit else []), ""]
    sure = [(r, e) for r in results for e in r.sure_and_wrong]
    lines += [f"## Wrong and sure ({len(sure)})", "By field: " + ", ".join(f"{k} {n}" for k, n in Counter(e["field"] for _, e in sure).most_common()), ""]
    lines += [f"- {r.key} {e['field']} {e['confidence']:.3f}: {_cell(e['value'])}" for r, e in sure[: limit * 5]]
    return "\n".join(lines) + "\n"


def number(value: float | None, interval: Sequence[float] | None = None) -> str:
    """".973 [.95, .99]", or a dash."""
    if value is None:
        return "–"
    text = f"{value:.3f}"
    return text + (f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else "")


def _averages(summary: dict[str, Any]) -> list[str]:
    rows = ["| | " + " | ".join(NAMES[m] for m in MODES) + " |", "|---|" + "---|" * len(MODES)]
    for name in ("micro", "macro"):
        cells = [number(summary["averages"][m][f"{name}_f1"], summary["averages"][m][f"{name}_interval"]) for m in MODES]
        rows.append(f"| {name} F1 | " + " | ".join(cells) + " |")
    for name in ("head", "head and lists", "everything"):
        rows.append(f"| files wholly right: {name} | " + " | ".join(number(summary["whole_letter"][m][name]) for m in MODES) + " |")
    return rows


def _fields(summary: dict[str, Any]) -> list[str]:
    rows = ["| field | precision | recall | F1 strict | F1 soft | F1 Levenshtein | F1 Ratcliff | support | found |", "|---|---|---|---|---|---|---|---|---|"]
    for name, ways in summary["fields"].items():
        strict = ways["strict"]
        cells = [number(ways[m]["f1"], ways[m]["interval"]) if m in ways else "–" for m in MODES]
        rows.append(f"| {name} | {number(strict['precision'])} | {number(strict['recall'])} | " + " | ".join(cells) + f" | {strict['support']} | {strict['predicted']} |")
    return rows


def _confidence(summary: dict[str, Any]) -> list[str]:
    rows = [
        "Confidence: of all values given; *sure* is 0.95 or more. Right is judged as CONTRACT section 4 compares.", "",
        "| | values | right | calibration error | sure | wrong when sure | wrong among the surest 85% |", "|---|---|---|---|---|---|---|",
    ]
    found = summary["confidence"]
    for name, row in [("all", found["all"]), *found["by_source"].items(), *found["by_field"].items()]:
        if row["values"]:
            wrong = "–" if row["wrong_when_sure"] is None else f"{row['wrong_when_sure']:.1%}"
            rows.append(f"| {name} | {row['values']} | {row['right']:.3f} | {row['expected_calibration_error']:.3f} | {row['sure_coverage']:.1%} | {wrong} | {row['risk_at_85_coverage']:.1%} |")
    return rows


def _slices(summary: dict[str, Any]) -> list[str]:
    rows: list[str] = []
    for name, values in summary["slices"].items():
        rows += [
            f"| {name} | letters | files | micro strict | micro soft | head right (soft) | identifier | date | references | tasks | types | zone lines | wrong when sure | sure |",
            "|---|" + "---|" * 13,
        ]
        for value, row in values.items():
            cells = [number(row[key]) for key in ("micro_strict", "micro_soft", "head_right_soft", "identifier", "date", "references", "tasks", "task_types", "zone_lines", "wrong_when_sure", "sure_coverage")]
            rows.append(f"| {value} | {row['letters']} | {row['cases']} | " + " | ".join(cells) + " |")
        rows.append("")
    return rows


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "[" + "; ".join(_cell(v) for v in value) + "]"
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else text[:157] + "…"
