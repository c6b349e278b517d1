"""Train everything that is shipped: python -m training.train_all [--tiny] [--only STEP,STEP] [--scans N] [--jobs N] [--out DIR]

Steps in order: ``zones`` (on the training split alone, so that the test letters stay unseen), ``task_types`` (twice: on the training split
alone, for evaluation, to ``var/held_out``, and on all letters, for shipping), ``directing`` (which paragraphs direct) and ``confidence``; these two are
fitted on what the pipeline says with models that have not seen the letter, trained fold by fold into ``var/crossfit``. Each step's processor time is written to ``training.json`` beside
the weights. ``--tiny`` is a run of seconds to see that training works; write it elsewhere by ``--out``.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.tasks.classifier import use
from training.evaluate.stamp import stamp

WEIGHTS = Path(__file__).parent.parent / "models" / "weights"
HELD_OUT = Path(__file__).parent.parent / "var" / "held_out"
"""Weights that have not seen the test letters."""


FORMS = Path(__file__).parent.parent / "var" / "forms"
"""Letters as read in their forms, kept for the next run: recognising scans is slow. To be emptied after changes of reading."""
CROSSFIT = Path(__file__).parent.parent / "var" / "crossfit"
"""Models of the folds, each without its own letters; made anew with the zones or the task types."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run writes, and how large it is."""

    out: Path
    held_out: Path
    tiny: bool
    scans: int
    jobs: int


@dataclass(frozen=True, slots=True)
class Step:
    """One model to train: its name and what trains it."""

    name: str
    train: Callable[[Run], None]


def _zones(run: Run) -> None:
    from training import zones

    zones.main([
        "--out", str(run.out / "zones" / "zones.crfsuite"), *(["--tiny"] if run.tiny else ["--fields", "--scans", str(run.scans), "--cache", str(FORMS)])
    ])


def _task_types(run: Run) -> None:
    from training import task_types

    task_types.main(["--out", str(run.out / "task_types"), "--held-out", str(run.held_out / "task_types"), *(["--tiny"] if run.tiny else [])])


def _directing(run: Run) -> None:
    from training import directing

    directing.main(["--out", str(run.out / "directing" / "directing.crfsuite"), *(["--tiny"] if run.tiny else _crossed(run))])


def _confidence(run: Run) -> None:
    from training import calibrate

    use(run.held_out / "task_types")
    try:
        calibrate.main(["--out", str(run.out / "confidence.json"), *(["--letters", "6"] if run.tiny else _crossed(run))])
    finally:
        use(None)


def _crossed(run: Run) -> list[str]:
    return ["--folds", str(CROSSFIT), "--scans", str(run.scans), "--jobs", str(run.jobs), "--cache", str(FORMS)]


STEPS = (Step("zones", _zones), Step("task_types", _task_types), Step("directing", _directing), Step("confidence", _confidence))


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.train_all", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--only", help=f"steps, separated by commas: {', '.join(s.name for s in STEPS)}")
    parser.add_argument("--scans", type=int, default=30, help="training letters read as scans; about seven seconds each")
    parser.add_argument("--jobs", type=int, default=1, help="processes for the folds")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--held-out", type=Path, default=HELD_OUT)
    arguments = parser.parse_args(argv)
    wanted = arguments.only.split(",") if arguments.only else [s.name for s in STEPS]
    if unknown := set(wanted) - {s.name for s in STEPS}:
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    record = arguments.out / "training.json"
    steps = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    for step in STEPS:
        if step.name not in wanted:
            continue
        if step.name in ("zones", "task_types") and not arguments.tiny:
            shutil.rmtree(CROSSFIT, ignore_errors=True)
        started, wall = _spent(), time.monotonic()
        print(f"== {step.name}", flush=True)
        step.train(Run(arguments.out, arguments.held_out, arguments.tiny, arguments.scans, arguments.jobs))
        steps[step.name] = {
            "cpu_seconds": round(_spent() - started), "wall_seconds": round(time.monotonic() - wall), "tiny": arguments.tiny,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000), **{k: v for k, v in stamp("", 0).items() if k in ("commit", "date")},
        }
        record.write_text(json.dumps(steps, indent=1) + "\n", encoding="utf-8")
    return 0


def _spent() -> float:
    """Processor time of this process and its ended children, in seconds."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
