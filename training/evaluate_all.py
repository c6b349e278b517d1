"""Evaluate everything: python -m training.evaluate_all [--split test] [--folder DIR]… [--out DIR] [--jobs N]

Reads the letters of a corpus split as plain text, noised text, typed PDF, DOCX and scans (samples; ``--pdf``, ``--docx``, ``--scans``
change their sizes), and any folder of gold letters named by ``--folder`` (CONTRACT section 3). Writes for each set NAME.json (counts letter by
letter, for ``training.compare``), NAME.md (tables) and, with ``--errors``, NAME-errors.md. A folder's results go below ``var/``, since letters
that are not the project's own do not belong into the repository.

The shipped task types have seen the whole corpus: corpus letters are judged with the weights of ``training.train_all`` that have not
(``var/held_out``, trained now where they are missing), a folder with those shipped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from models.errors import CongvanError
from models.tasks.classifier import use
from training.evaluate.counting import Counts
from training.evaluate.markdown import errors, report
from training.evaluate.running import Result, run_all
from training.evaluate.sets import Case, Sizes, corpus_cases, data_hash, folder_cases
from training.evaluate.stamp import stamp
from training.evaluate.summary import summarise
from training.train_all import HELD_OUT

OUT = Path(__file__).parent / "results"
PRIVATE = Path("var/results")


def evaluate(
    name: str, cases: Sequence[Case], out: Path, *, seed: int, jobs: int = 1, list_errors: bool = False, types: Path | None = None
) -> list[Result]:
    """Run one set and write its files; returns the results. ``types``: folder of other task-type weights than those shipped."""
    use(types)
    try:
        results = list(run_all(cases, jobs=jobs, types=types))
    finally:
        use(None)
    summary = summarise(results, seed=seed)
    marked = stamp(data_hash(cases), seed)
    out.mkdir(parents=True, exist_ok=True)
    stored = [{"letter": r.letter, "form": r.form, "slices": r.slices, "failure": r.failure, "counts": lean(r.counts)} for r in results]
    body: dict[str, object] = {"name": name, "stamp": marked, "summary": summary, "letters": stored}
    (out / f"{name}.json").write_text(_compact(body), encoding="utf-8")
    (out / f"{name}.md").write_text(report(name, marked, summary), encoding="utf-8")
    if list_errors:
        (out / f"{name}-errors.md").write_text(errors(results), encoding="utf-8")
    averages, sure = summary["averages"], summary["confidence"]["all"]
    print(f"{name:<16} {summary['letters']} letters, {summary['cases']} files: micro F1 strict {averages['strict']['micro_f1']}, soft {averages['soft']['micro_f1']}; "
          f"wrong when sure {sure.get('wrong_when_sure')} at {sure.get('sure_coverage')}  -> {out / f'{name}.md'}", flush=True)
    return results


def lean(counts: dict[str, Counts]) -> dict[str, Counts]:
    """Counts as they are stored: a way of matching that counts as the strict one does is left out."""
    return {name: {mode: found for mode, found in ways.items() if mode == "strict" or found != ways["strict"]} for name, ways in counts.items()}


def held_out(folder: Path) -> Path:
    """The folder of task-type weights that have not seen the test letters, trained where they are missing."""
    found = folder / "task_types"
    if not (found / "model.npz").is_file():
        from training.task_types import train_held_out

        print(f"training task types without the test letters -> {found}", file=sys.stderr)
        train_held_out(found)
    return found


def _compact(body: dict[str, object]) -> str:
    """JSON with one letter a line, so that a change shows in a diff."""
    letters = body.pop("letters")
    head = json.dumps(body, ensure_ascii=False, indent=1)
    assert isinstance(letters, list)
    lines = ",\n".join("  " + json.dumps(letter, ensure_ascii=False, separators=(",", ":")) for letter in letters)
    return f'{head[:-2]},\n "letters": [\n{lines}\n ]\n}}\n'


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate_all", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("train", "dev", "test", "all", "none"), default="test", help="corpus letters; 'none' for folders alone")
    parser.add_argument("--folder", type=Path, action="append", default=[], help="a folder of gold letters; may be given several times")
    parser.add_argument("--only", help="stems of the folders' letters, separated by commas")
    parser.add_argument("--out", type=Path, help=f"where results go; corpus: {OUT}, folders: {PRIVATE}")
    parser.add_argument("--text", type=int, help="letters read as text; all if not given")
    parser.add_argument("--pdf", type=int, default=30)
    parser.add_argument("--docx", type=int, default=30)
    parser.add_argument("--scans", type=int, default=10)
    parser.add_argument("--noise-kinds", type=int, default=2, help="kinds of noise a letter")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--held-out", type=Path, default=HELD_OUT, help="weights that have not seen the test letters")
    parser.add_argument("--errors", action="store_true", help="list the errors too")
    arguments = parser.parse_args(argv)
    try:
        if arguments.split != "none":
            sizes = Sizes(arguments.text, arguments.noise_kinds, arguments.pdf, arguments.docx, arguments.scans)
            cases = list(corpus_cases(arguments.split, sizes, arguments.seed))
            evaluate(f"corpus-{arguments.split}", cases, arguments.out or OUT, seed=arguments.seed, jobs=arguments.jobs, list_errors=arguments.errors, types=held_out(arguments.held_out))
        for folder in arguments.folder:
            cases = list(folder_cases(folder))
            if arguments.only:
                cases = [case for case in cases if case.letter in arguments.only.split(",")]
            evaluate(folder.name, cases, arguments.out or PRIVATE, seed=arguments.seed, jobs=arguments.jobs, list_errors=arguments.errors)
    except CongvanError as error:
        print(f"{error.message} -> {error.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
