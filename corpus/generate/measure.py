"""``python -m corpus.generate.measure --count 20000 --seed 7``: does the generator hold what it promises?

Makes the letters one after the other, keeps none, and checks of each that text and gold agree: no error of the validator
that its written letter has not got, every span gives its text, every value of the gold form stands on the page. Prints letters a
minute (of processor time), how many texts are distinct, how far they lie from the letter that they were made of, which edits were
made, and the memory in use at the tenths of the way. Exit status 1 where a letter disagrees or two texts are equal.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from corpus.checks import header, references, scalars, tasks
from corpus.generate import Generated, generate
from corpus.gold import to_extraction, to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from models.text import match_key

SHOWN = 10
"""Disagreements that are printed in full."""


@dataclass(slots=True)
class Measure:
    """What a run of the generator gave."""

    letters: int = 0
    cpu: float = 0.0
    """Seconds of processor time of generating and checking."""
    generating: float = 0.0
    """Seconds of processor time of generating alone."""
    distinct: int = 0
    unchanged: int = 0
    """Letters that no edit could be made to: the written letter with other wording, or as it is."""
    moved_lines: float = 0.0
    """Sum over letters of the share of lines that differ from the written letter's."""
    edits: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """Megabytes resident at each tenth of the way."""


def faults(letter: AnnotatedLetter, known: frozenset[str]) -> Iterator[str]:
    """Where text and gold of a letter disagree; ``known`` holds first words of errors that its written letter has too."""
    for check in (header, scalars, references, tasks):
        for problem in check(letter):
            if not problem.warning and problem.cause.split()[0] not in known:
                yield str(problem)
    extraction = to_extraction(letter)
    for name in ("number", "symbol", "date", "place", "issuer", "parent_body", "subject", "archive_note"):
        value = getattr(extraction, name)
        if value is not None and value.span is not None and letter.text[slice(*value.span)] != value.text:
            yield f"{letter.id}: span of {name} gives {letter.text[slice(*value.span)]!r}, not {value.text!r}"
    for task in extraction.tasks:
        if task.span and task.text.split() != letter.text[slice(*task.span)].split():
            yield f"{letter.id}: span of a task gives other words than {task.text[:60]!r}"
    page = _squeezed(letter.text)
    gold = to_gold(letter)
    inferred = letter.header.inferred
    for name in ("number", "symbol", "place", "subject", "archive_note"):
        if gold[name] and name not in inferred and _squeezed(str(gold[name])) not in page:
            yield f"{letter.id}: {name} {gold[name]!r} stands nowhere"
    for name in ("addressees", "recipients"):
        for item in gold[name]:
            if _squeezed(re.sub(r"(?: \([^()]*\))?$", "", item)) not in page:  # the purpose is set behind the name
                yield f"{letter.id}: {name} {item!r} stands nowhere"
    for reference in gold["references"]:
        if _squeezed(reference["text"]) not in page:
            yield f"{letter.id}: mention {reference['text']!r} stands nowhere"
    for one in gold["tasks"]:
        for name in [*one["assignees"], *one["coordinating"]]:
            if _squeezed(name) not in page:
                yield f"{letter.id}: body {name!r} of a task stands nowhere"


def measure(letters: Sequence[AnnotatedLetter], count: int, seed: int) -> Measure:
    """Make and check ``count`` letters; memory does not grow with ``count`` beyond eight bytes and a set's place a letter."""
    known = {
        letter.id: frozenset(
            p.cause.split()[0] for check in (header, scalars, references, tasks) for p in check(letter) if not p.warning
        )
        for letter in letters
    }
    lines = {letter.id: frozenset(letter.text.split("\n")) for letter in letters}
    seen: set[bytes] = set()
    result = Measure()
    begin = time.process_time()
    stream = generate(letters, count, seed)
    while (one := _next(stream, result)) is not None:
        result.letters += 1
        seen.add(blake2b(one.letter.text.encode(), digest_size=8).digest())
        result.edits.update(one.edits)
        result.unchanged += not one.edits
        own = one.letter.text.split("\n")
        result.moved_lines += sum(line not in lines[one.base] for line in own) / len(own)
        result.faults.extend(faults(one.letter, known[one.base]))
        if result.letters * 10 // count > len(result.memory):
            result.memory.append(_resident())
    result.cpu = time.process_time() - begin
    result.distinct = len(seen)
    return result


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", match_key(text))


def _next(stream: Iterator[Generated], into: Measure) -> Generated | None:
    begin = time.process_time()
    try:
        return next(stream)
    except StopIteration:
        return None
    finally:
        into.generating += time.process_time() - begin


def _resident() -> float:
    """Megabytes resident now (Linux), else the most that there were."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def report(found: Measure) -> str:
    """The measure as a Markdown table and the first disagreements."""
    n = max(found.letters, 1)
    rows = [
        ("letters", f"{found.letters}"),
        ("letters a minute, generating alone", f"{found.letters / max(found.generating, 1e-9) * 60:,.0f}"),
        ("letters a minute, generated and checked", f"{found.letters / max(found.cpu, 1e-9) * 60:,.0f}"),
        ("distinct texts", f"{found.distinct} ({found.distinct / n:.2%})"),
        ("lines that differ from the written letter's", f"{found.moved_lines / n:.1%}"),
        ("letters without an edit", f"{found.unchanged} ({found.unchanged / n:.2%})"),
        *((f"edit: {name}", f"{times / n:.1%}") for name, times in found.edits.most_common()),
        ("letters whose text and gold disagree", f"{len({f.split(':')[0] for f in found.faults})}"),
        ("memory at each tenth, MB", ", ".join(f"{m:.0f}" for m in found.memory)),
    ]
    lines = ["| measure | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join([*lines, *(f"- {fault}" for fault in found.faults[:SHOWN])])


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.generate.measure", description=__doc__)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--split", choices=["train", "dev", "test", "all"], default="train")
    arguments = parser.parse_args(argv)
    if arguments.count < 1:
        parser.error("--count must be at least 1")
    found = measure(list(load(arguments.split)), arguments.count, arguments.seed)
    print(report(found))
    return 0 if not found.faults and found.distinct == found.letters == arguments.count else 1


if __name__ == "__main__":
    sys.exit(main())
