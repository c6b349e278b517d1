"""``python -m corpus.agreement A B``: how far two independent annotations of the same letters agree.

A and B are folders with ``.cv`` files of the same ids over the same text. Zones and task types are compared by Cohen's
kappa (zones a line each; each task type over the matched tasks, with Krippendorff's alpha for nominal data beside it),
spans of marks by F1, exact and by overlap (more than half of the longer), values of matched spans by accuracy.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.gold import labels_of, segments
from corpus.load import paths, read
from corpus.model import AnnotatedLetter, Mark
from models.errors import CongvanError
from models.letter import TaskType


@dataclass(slots=True)
class SpanCount:
    """Spans of one mark in both annotations, those that match, and those whose values are equal too."""

    first: int = 0
    second: int = 0
    exact: int = 0
    overlapping: int = 0
    same_value: int = 0

    def f1(self, matched: int) -> float:
        """F1 of one annotation against the other (which is which makes no difference)."""
        return 2 * matched / (self.first + self.second) if self.first + self.second else 1.0


@dataclass(slots=True)
class Agreement:
    """Agreement over a set of letters."""

    letters: int = 0
    zones: list[tuple[str, str]] = field(default_factory=list)
    spans: dict[str, SpanCount] = field(default_factory=lambda: defaultdict(SpanCount))
    types: dict[str, list[tuple[bool, bool]]] = field(default_factory=lambda: defaultdict(list))


def cohen_kappa(pairs: Sequence[tuple[object, object]]) -> float:
    """Cohen's kappa of two codings of the same things; 1 where both are one and the same constant."""
    if not pairs:
        return 1.0
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(left[key] * right[key] for key in left) / n**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(pairs: Sequence[tuple[object, object]]) -> float:
    """Krippendorff's alpha, nominal data, two coders without gaps."""
    if not pairs:
        return 1.0
    values = Counter(v for pair in pairs for v in pair)
    n = sum(values.values())
    observed = sum(a != b for a, b in pairs) / len(pairs)
    expected = 1 - sum(c * (c - 1) for c in values.values()) / (n * (n - 1))
    return 1.0 if expected == 0 else 1 - observed / expected


def compare(first: AnnotatedLetter, second: AnnotatedLetter, into: Agreement) -> None:
    """Add one letter. Raises CongvanError when the two have different texts."""
    if first.text != second.text:
        raise CongvanError(
            f"{first.id}: the two annotations have different texts",
            remedy="annotate the same text; see corpus.exchange",
        )
    into.letters += 1
    zones = [{i: str(s.zone) for s in segments(one) for i in range(*s.span)} for one in (first, second)]
    for line in first.lines:
        into.zones.append((zones[0].get(line.span[0], "-"), zones[1].get(line.span[0], "-")))
    for name in sorted({_kind(m) for m in [*first.marks, *second.marks]}):
        ours = [m for m in first.marks if _kind(m) == name]
        theirs = [m for m in second.marks if _kind(m) == name]
        count = into.spans[name]
        count.first += len(ours)
        count.second += len(theirs)
        count.exact += len(Counter(m.span for m in ours) & Counter(m.span for m in theirs))
        for a, b in _match(ours, theirs):
            count.overlapping += 1
            count.same_value += _value(first, a) == _value(second, b)
            if name == "task":
                for label in TaskType:
                    into.types[label.value].append((label.value in labels_of(a), label.value in labels_of(b)))


def _kind(mark: Mark) -> str:
    return "task" if mark.is_task else "reference" if mark.is_reference else mark.name


def _value(letter: AnnotatedLetter, mark: Mark) -> object:
    if mark.is_reference:
        entry = letter.references[mark.name]
        return entry.type, entry.identifier, entry.date, entry.relation
    return sorted(labels_of(mark)) if mark.is_task else mark.value


def _match(ours: Iterable[Mark], theirs: Sequence[Mark]) -> list[tuple[Mark, Mark]]:
    """Pairs that share more than half of the longer span, the best first, each once."""
    pairs: list[tuple[float, Mark, Mark]] = []
    for a in ours:
        for b in theirs:
            shared = min(a.span[1], b.span[1]) - max(a.span[0], b.span[0])
            share = shared / max(a.span[1] - a.span[0], b.span[1] - b.span[0])
            if share > 0.5:
                pairs.append((share, a, b))
    used: set[int] = set()
    result: list[tuple[Mark, Mark]] = []
    for _, a, b in sorted(pairs, key=lambda p: -p[0]):
        if id(a) not in used and id(b) not in used:
            used |= {id(a), id(b)}
            result.append((a, b))
    return result


def report(found: Agreement) -> str:
    """The agreement as Markdown tables."""
    same = sum(a == b for a, b in found.zones) / max(len(found.zones), 1)
    lines = [
        f"{found.letters} letters annotated twice. Zones, {len(found.zones)} lines: {same:.1%} alike, "
        f"Cohen's kappa {cohen_kappa(found.zones):.3f}.",
        "",
        "| mark | first | second | F1 exact | F1 overlap | same value |",
        "|---|---|---|---|---|---|",
    ]
    for name, c in sorted(found.spans.items(), key=lambda pair: -pair[1].first):
        value = c.same_value / c.overlapping if c.overlapping else 0.0
        lines.append(
            f"| {name} | {c.first} | {c.second} | {c.f1(c.exact):.3f} | {c.f1(c.overlapping):.3f} | {value:.1%} |"
        )
    lines += ["", "| task type | first | second | kappa | alpha |", "|---|---|---|---|---|"]
    for label, pairs in found.types.items():
        ours, theirs = sum(a for a, _ in pairs), sum(b for _, b in pairs)
        lines.append(f"| {label} | {ours} | {theirs} | {cohen_kappa(pairs):.3f} | {krippendorff_alpha(pairs):.3f} |")
    pooled = [pair for pairs in found.types.values() for pair in pairs]
    lines.append(f"| all, pooled | | | {cohen_kappa(pooled):.3f} | {krippendorff_alpha(pooled):.3f} |")
    both, given = sum(a and b for a, b in pooled), sum(a + b for a, b in pooled)
    if given:
        lines += ["", f"Task types of one annotation judged by the other: micro F1 {2 * both / given:.3f}, as models are judged."]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.agreement", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    arguments = parser.parse_args(argv)
    sides = [{path.stem: path for path in paths(folder)} for folder in (arguments.first, arguments.second)]
    both = sorted(sides[0].keys() & sides[1].keys())
    if not both:
        print("no letter stands in both folders -> give two folders with .cv files of the same names", file=sys.stderr)
        return 1
    found = Agreement()
    failed = 0
    for name in both:
        try:
            compare(read(sides[0][name]), read(sides[1][name]), found)
        except CongvanError as error:
            print(f"{error.message} -> {error.remedy}", file=sys.stderr)
            failed = 1
    print(report(found))
    return failed


if __name__ == "__main__":
    sys.exit(main())
