"""``python -m corpus.validate [FILES…]``: checks letters, and names every fault with file, line, cause and remedy.

Exit status: 0 without errors (warnings do not count), 1 with errors, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.checks import check
from corpus.markup import parse
from corpus.model import AnnotatedLetter, MarkupError, Problem
from corpus.shingles import build_index, copied_runs, near_duplicates, prose
from models.text import nfc

LETTERS = Path(__file__).parent / "letters"
SHINGLE = 8
COPIED_ERROR = 16
"""A run of this many equal words is copied; shorter ones are warned of, since official prose has many fixed phrases."""
DUPLICATE_SHARE = 0.35


def validate(paths: Iterable[Path]) -> tuple[list[AnnotatedLetter], list[Problem]]:
    """Parse and check files; the letters that could be parsed, and all problems."""
    letters: list[AnnotatedLetter] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(
                Problem(str(path), 1, f"not UTF-8: {error.reason} at byte {error.start}", "save it as UTF-8")
            )
            continue
        except OSError as error:
            problems.append(Problem(str(path), 1, f"cannot be read: {error.strerror}", "check the path"))
            continue
        if nfc(text) != text:
            problems.append(Problem(str(path), 1, "text is not NFC (composed characters)", "normalise the file", True))
        try:
            letter = parse(text, str(path))
        except MarkupError as error:
            problems.extend(error.problems)
            continue
        letters.append(letter)
        problems.extend(check(letter))
    return letters, problems


def duplicates(letters: Sequence[AnnotatedLetter], share: float = DUPLICATE_SHARE) -> Iterator[Problem]:
    """Letters with one id, and letters whose own wording is too much alike."""
    seen: dict[str, str] = {}
    for letter in letters:
        if letter.id in seen:
            yield Problem(letter.path, 1, f"id {letter.id!r} is also {seen[letter.id]}", "rename one")
        seen[letter.id] = letter.path
    texts = {letter.path: prose(letter) for letter in letters}
    for a, b, alike in near_duplicates(texts, share=share):
        yield Problem(a, 1, f"{alike:.0%} of its 6-word runs stand in {b} too", "rewrite one: no two letters alike")


def copied(letters: Iterable[AnnotatedLetter], directory: Path) -> Iterator[Problem]:
    """Runs of words of the letters' own prose that stand in a directory of other texts (.txt, .md, .json)."""
    index = build_index(_texts(directory), SHINGLE)
    for letter in letters:
        for run, where in copied_runs(prose(letter), index, SHINGLE):
            length = len(run.split())
            yield Problem(
                letter.path,
                1,
                f"{length} words as in {where}: {run[:160]!r}",
                "say it in other words",
                length < COPIED_ERROR,
            )


def _texts(directory: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(directory.rglob("*")):
        if path.name.lower().startswith(("readme", "index")):
            continue
        if path.suffix in (".txt", ".md", ".tsv"):
            yield path.name, path.read_text(encoding="utf-8", errors="replace")
        elif path.suffix == ".json":
            data = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(data, dict):
                tasks = "\n".join(str(t.get("text", "")) for t in data.get("tasks") or [] if isinstance(t, dict))
                yield path.name, f"{data.get('subject') or ''}\n{tasks}"


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.validate", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="letters or folders of letters; default: corpus/letters")
    parser.add_argument("--against", type=Path, metavar="DIR", help="also look for text copied from the files of DIR")
    parser.add_argument("--no-duplicates", action="store_true", help="skip the comparison between letters")
    parser.add_argument("--quiet", action="store_true", help="errors only, no warnings")
    arguments = parser.parse_args(argv)
    paths: list[Path] = []
    for path in arguments.files or [LETTERS]:
        paths.extend(sorted(path.rglob("*.cv")) if path.is_dir() else [path])
    letters, problems = validate(paths)
    if not arguments.no_duplicates and len(letters) > 1:
        problems.extend(duplicates(letters))
    if arguments.against:
        if not arguments.against.is_dir():
            parser.error(f"--against: {arguments.against} is no directory")
        problems.extend(copied(letters, arguments.against))
    errors = [p for p in problems if not p.warning]
    for problem in problems:
        if not (arguments.quiet and problem.warning):
            print(problem)
    print(f"{len(paths)} letters, {len(errors)} errors, {len(problems) - len(errors)} warnings", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
