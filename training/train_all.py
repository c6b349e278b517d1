"""Train everything that is shipped: python -m training.train_all [--tiny] [--only STEP,STEP] [--scans N] [--out DIR]

Steps in order: ``zones`` (on the training split alone, so that the test letters stay unseen), ``task_types`` (twice: on the training split
alone, for evaluation, to ``var/held_out``, and on all letters, for shipping), then ``confidence`` (fitted on what the pipeline with these weights says). Each step's processor time is written to ``training.json`` beside
the weights. ``--tiny`` is a run of seconds to see that training works; write it elsewhere by ``--out``.
"""

from __future__ import annotations

import argparse
import json
import resource
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
"""Letters as read in their forms, kept for the next run: recognising scans is slow."""


@dataclass(frozen=True, slots=True)
class Step:
    """One model to train: its name and what trains it, given (out, held_out, tiny, scans)."""

    name: str
    train: Callable[[Path, Path, bool, int], None]


def _zones(out: Path, held_out: Path, tiny: bool, scans: int) -> None:
    from training import zones

    zones.main(["--out", str(out / "zones" / "zones.crfsuite"), *(["--tiny"] if tiny else [])])


def _task_types(out: Path, held_out: Path, tiny: bool, scans: int) -> None:
    from training import task_types

    task_types.main(["--out", str(out / "task_types"), "--held-out", str(held_out / "task_types"), *(["--tiny"] if tiny else [])])


def _confidence(out: Path, held_out: Path, tiny: bool, scans: int) -> None:
    from training import calibrate

    use(held_out / "task_types")
    try:
        calibrate.main(["--out", str(out / "confidence.json"), *(["--letters", "6", "--scans", "0"] if tiny else ["--scans", str(scans), "--cache", str(FORMS)])])
    finally:
        use(None)


STEPS = (Step("zones", _zones), Step("task_types", _task_types), Step("confidence", _confidence))


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.train_all", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--only", help=f"steps, separated by commas: {', '.join(s.name for s in STEPS)}")
    parser.add_argument("--scans", type=int, default=24, help="training letters read as scans for the confidence; about seven seconds each")
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
        started, wall = time.process_time(), time.monotonic()
        print(f"== {step.name}", flush=True)
        step.train(arguments.out, arguments.held_out, arguments.tiny, arguments.scans)
        steps[step.name] = {
            "cpu_seconds": round(time.process_time() - started), "wall_seconds": round(time.monotonic() - wall), "tiny": arguments.tiny,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000), **{k: v for k, v in stamp("", 0).items() if k in ("commit", "date")},
        }
        record.write_text(json.dumps(steps, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
