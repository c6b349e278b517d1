"""``python -m corpus.samples.generated > corpus/samples/GENERATED.md``: generated letters with their gold, to be read.

Twelve by default, each of another system or type, by a seed; what is printed is what the generator gives, untouched.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.generate import Generated, generate
from corpus.gold import to_gold
from corpus.load import load

LONGEST = 420
"""Words: longer letters are left to the corpus itself."""


def choose(count: int, seed: int) -> Iterator[Generated]:
    """Generated letters of as many systems and types as there are, none over ``LONGEST`` words."""
    seen: set[tuple[str, str]] = set()
    systems: dict[str, int] = {}
    made = 0
    for one in generate(list(load("train")), 2000, seed):
        head = one.letter.header
        if made == count:
            return
        if len(one.letter.text.split()) > LONGEST or (head.system, head.type) in seen or len(one.edits) < 4:
            continue
        if systems.get(head.system, 0) > (3 if head.system == "state" else 0):
            continue
        seen.add((head.system, head.type))
        systems[head.system] = systems.get(head.system, 0) + 1
        made += 1
        yield one


def written(one: Generated) -> str:
    """One letter in Markdown: its text line by line, then its gold."""
    gold = to_gold(one.letter)
    lines = [f"## {one.letter.id}", "", f"Made of `{one.base}`: {', '.join(one.edits)}.", "", "```text"]
    lines += [*one.letter.text.split("\n"), "```", "", "| field | gold |", "|---|---|"]
    for name in (
        "doc_type",
        "full_number",
        "date",
        "place",
        "issuer",
        "issuer_parent",
        "subject",
        "urgency",
        "archive_note",
    ):
        lines.append(f"| {name} | {_cell(gold[name])} |")
    signer = gold["signer"] or {}
    lines.append(f"| signer | {_cell(' / '.join(str(v) for v in signer.values() if v))} |")
    for name in ("addressees", "recipients"):
        lines.append(f"| {name} | {_cell(' · '.join(gold[name]))} |")
    for reference in gold["references"]:
        parts = [reference["type"], reference["number"], reference["date"], reference["issuer"], reference["title"]]
        lines.append(f"| reference | {_cell(' · '.join(str(p) for p in parts if p))} |")
    lines += [f"| task {i} | {_cell(_task(task))} |" for i, task in enumerate(gold["tasks"], 1)]
    return "\n".join(lines)


def _task(task: dict[str, Any]) -> str:
    parts = [task["text"], "**" + ", ".join(task["types"]) + "**"]
    if task["assignees"]:
        parts.append("by " + ", ".join(task["assignees"]))
    if task["coordinating"]:
        parts.append("with " + ", ".join(task["coordinating"]))
    if task["deadline"]:
        parts.append(f"due “{task['deadline']['text']}” = {task['deadline']['date'] or 'no single day'}")
    return " — ".join(parts)


def _cell(value: object) -> str:
    return str(value if value not in (None, "") else "—").replace("|", "\\|").replace("\n", " ")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.samples.generated", description=__doc__)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args(argv)
    print("# Generated letters\n")
    print(
        f"Printed by `python -m corpus.samples.generated --seed {arguments.seed}`: letters as the generator gives them, with"
    )
    print(
        "their gold. Names of persons and local documents are made up; a letter proves nothing about the body in its head.\n"
    )
    print("\n\n".join(written(one) for one in choose(arguments.count, arguments.seed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
