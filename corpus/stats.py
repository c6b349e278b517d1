"""``python -m corpus.stats [--split train] [--gold DIR …] [--pages]``: what the corpus holds, beside gold letters.

A gold directory holds one JSON file a letter in the form of CONTRACT section 3, with the letter's text in a ``.txt``
or ``.md`` file of the same stem, or in a file of extractions (``--texts``, what ``congvan extract`` prints) where there is one.
Only counts are printed, never words of those letters. ``--short`` prints what a page of documentation has room for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from corpus.gold import to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from corpus.splits import assign, issuer_key
from models.letter import TaskType


@dataclass(slots=True)
class Numbers:
    """Counts over a set of letters; lists hold one number a letter."""

    letters: int = 0
    types: Counter[str] = field(default_factory=Counter)
    decades: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    words: list[int] = field(default_factory=list)
    citations: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    addressees: list[int] = field(default_factory=list)
    recipients: list[int] = field(default_factory=list)
    present: Counter[str] = field(default_factory=Counter)
    """Letters that state each field."""
    deadlines: Counter[str] = field(default_factory=Counter)


FIELDS = (
    "number",
    "date",
    "issuer_parent",
    "subject",
    "urgency",
    "addressees",
    "recipients",
    "archive_note",
    "references",
    "tasks",
)


def numbers(golds: Iterable[tuple[dict[str, Any], str | None]]) -> Numbers:
    """Counts over gold letters, each with its text where there is one."""
    result = Numbers()
    for gold, text in golds:
        result.letters += 1
        result.types[gold["doc_type"] or "?"] += 1
        result.decades[(gold["date"] or "????")[:3] + "0s" if gold["date"] else "undated"] += 1
        result.citations.append(len(gold["references"]))
        result.tasks.append(len(gold["tasks"]))
        result.addressees.append(len(gold["addressees"]))
        result.recipients.append(len(gold["recipients"]))
        if text is not None:
            result.words.append(len(text.split()))
        for name in FIELDS:
            if gold.get(name):
                result.present[name] += 1
        for reference in gold["references"]:
            result.relations[reference.get("relation") or "?"] += 1
        for task in gold["tasks"]:
            result.labels.update(task["types"])
            if task["deadline"]:
                result.deadlines["with a date" if task["deadline"]["date"] else "recurring, relative or vague"] += 1
            else:
                result.deadlines["none"] += 1
    return result


def gold_directory(directory: Path, texts: dict[str, str] | None = None) -> Iterable[tuple[dict[str, Any], str | None]]:
    """Gold letters of a directory with their texts; ``texts`` supplies those that do not lie beside them, by stem."""
    for path in sorted(directory.rglob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or "doc_type" not in data:
            continue
        beside = next((p for s in (".txt", ".md") if (p := path.with_suffix(s)).exists()), None)
        yield data, beside.read_text(encoding="utf-8", errors="replace") if beside else (texts or {}).get(path.stem)


def extracted_texts(path: Path) -> dict[str, str]:
    """Texts by file stem out of extractions, one JSON object a line."""
    result: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        if found.get("text"):
            result[Path(found["source"]["filename"]).stem] = found["text"]
    return result


PAGES_OVER = 8
"""Letters of more pages are counted together."""


def pages(letters: Iterable[AnnotatedLetter]) -> Counter[str]:
    """Pages a letter, as the renderer sets it in 13.5 points."""
    from corpus.render.layout import lay_out
    from corpus.render.style import PageStyle

    count = Counter(lay_out(letter, PageStyle(size=13.5)).pages for letter in letters)
    return Counter({(f"over {PAGES_OVER}" if n > PAGES_OVER else str(n)): c for n, c in sorted(count.items())})


def spread(letters: Sequence[AnnotatedLetter]) -> dict[str, Counter[str]]:
    """Where the letters come from: systems, levels, provinces, splits, phenomena, negatives, deadline forms, zones."""
    sides = assign(letters)
    result: dict[str, Counter[str]] = {
        name: Counter()
        for name in ("system", "level", "province", "split", "phenomena", "hard negatives", "deadline values", "zones")
    }
    for letter in letters:
        head = letter.header
        result["system"][head.system] += 1
        result["level"][head.level] += 1
        result["province"][head.province or "(centre)"] += 1
        result["split"][sides[letter.id]] += 1
        result["phenomena"].update(head.phenomena)
        result["hard negatives"].update(m.value or "?" for m in letter.named("neg"))
        result["deadline values"].update(_deadline_kind(m.value or "") for m in letter.named("due"))
        result["zones"].update(b.zone.value for b in letter.blocks)
    return result


def _deadline_kind(value: str) -> str:
    if value[:2] in ("19", "20") and "-" in value:
        return "date and hour" if "T" in value else "date"
    return "relative" if " " in value else value.split(":")[0]


def distribution(values: Sequence[int]) -> str:
    """Mean, median, the middle eight tenths and the largest, in words."""
    if not values:
        return "-"
    if len(values) < 2:
        return str(values[0])
    q = quantiles(values, n=10, method="inclusive")
    return f"mean {mean(values):.1f}, median {median(values):g}, 10–90% {q[0]:g}–{q[8]:g}, max {max(values)}"


def report(
    ours: Numbers,
    letters: Sequence[AnnotatedLetter],
    theirs: Numbers | None = None,
    *,
    with_pages: bool = False,
    short: bool = False,
) -> str:
    """The statistics as Markdown tables; ``short`` leaves out relations, provinces, phenomena and zones."""
    lines: list[str] = []
    other = theirs if theirs and theirs.letters else None

    def table(
        title: str, mine: Counter[str], his: Counter[str] | None, total: int, his_total: int, top: int = 60
    ) -> None:
        head = f"| {title} | letters' | share |" + (" gold set | share |" if his is not None else "")
        lines.extend(["", head, "|---|---|---|" + ("---|---|" if his is not None else "")])
        keys = [k for k, _ in mine.most_common(top)] + [
            k for k, _ in (his or Counter()).most_common(top) if k not in mine
        ]
        for key in keys:
            row = f"| {key} | {mine[key]} | {mine[key] / max(total, 1):.1%} |"
            if his is not None:
                row += f" {his[key]} | {his[key] / max(his_total, 1):.1%} |"
            lines.append(row)

    lines.append(f"{ours.letters} letters, {sum(ours.tasks)} tasks, {sum(ours.citations)} references, "
                 f"{len({issuer_key(one) for one in letters})} issuers, "
                 f"{len({one.header.province for one in letters if one.header.province})} provinces, "
                 f"{len(ours.types)} document types.")  # fmt: skip
    lines.extend(
        ["", "| a letter | corpus |" + (" gold set |" if other else ""), "|---|---|" + ("---|" if other else "")]
    )
    for name in ("words", "citations", "tasks", "addressees", "recipients"):
        row = f"| {name} | {distribution(getattr(ours, name))} |"
        lines.append(row + (f" {distribution(getattr(other, name))} |" if other else ""))
    n, m = ours.letters, other.letters if other else 0
    table("type", ours.types, other.types if other else None, n, m)
    table("decade", Counter(dict(sorted(ours.decades.items()))), other.decades if other else None, n, m)
    table("field stated", ours.present, other.present if other else None, n, m)
    tasks_n, tasks_m = sum(ours.tasks), sum(other.tasks) if other else 0
    table("task label", ours.labels, other.labels if other else None, tasks_n, tasks_m)
    table("task deadline", ours.deadlines, other.deadlines if other else None, tasks_n, tasks_m)
    if not short:
        table(
            "relation",
            ours.relations,
            other.relations if other else None,
            sum(ours.citations),
            sum(other.citations) if other else 0,
        )
    if with_pages:
        table("pages", pages(letters), None, n, 0)
    for title, counter in spread(letters).items():
        if not short or title not in ("province", "phenomena", "zones"):
            table(title, counter, None, sum(counter.values()), 0, top=80)
    thin = [t.value for t in TaskType if ours.labels[t.value] < 120]
    lines.extend(["", f"Task labels with fewer than 120 tasks: {', '.join(thin) or 'none'}."])
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.stats", description=__doc__)
    parser.add_argument("--split", choices=["train", "dev", "test", "all"], default="all")
    parser.add_argument(
        "--gold", type=Path, metavar="DIR", action="append", default=[], help="gold letters to set beside; repeatable"
    )
    parser.add_argument("--texts", type=Path, metavar="FILE", help="extractions (JSON lines) that supply their texts")
    parser.add_argument("--pages", action="store_true", help="also set every letter and count its pages")
    parser.add_argument("--short", action="store_true", help="the main tables only")
    arguments = parser.parse_args(argv)
    for folder in arguments.gold:
        if not folder.is_dir():
            parser.error(f"--gold: {folder} is no directory")
    texts = extracted_texts(arguments.texts) if arguments.texts else {}
    letters = list(load(arguments.split))
    ours = numbers((to_gold(letter), letter.text) for letter in letters)
    theirs = (
        numbers(pair for folder in arguments.gold for pair in gold_directory(folder, texts)) if arguments.gold else None
    )
    print(report(ours, letters, theirs, with_pages=arguments.pages, short=arguments.short))
    return 0


if __name__ == "__main__":
    sys.exit(main())
