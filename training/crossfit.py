"""Models that have not seen a letter: the zones and the task types once more for every fold of the letters, each without its own fold.

What is learned from a stage's output (the confidence, whether a paragraph directs) must not be learned where the stage has seen the very
letter: it is surer there, and right more often, than it will be on the next one. Letters of one issuer, topic or wording stay together.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from corpus.load import load
from corpus.model import AnnotatedLetter
from corpus.splits import groups
from models.segmentation import learned
from models.tasks import classifier, directing
from training.task_types import train_held_out
from training.tasks_data import examples
from training.zones import SEED
from training.zones_crf import Settings, train
from training.zones_data import Recipe, ZonedLetter, cached, scanned_letters, training_letters

FOLDS = 4
DIRECTING = "directing.crfsuite"
"""A fold's model of the paragraphs that direct, which ``training.directing`` puts beside the others."""
ITERATIONS = 60
"""Of the fold's line model: its last steps change hardly a line, and four of them are trained."""
SCALING = (0.65, -0.23)
"""As the types' log odds are scaled (training.task_types): close enough for a fold."""


def folds(letters: Sequence[AnnotatedLetter], count: int = FOLDS, seed: int = SEED) -> dict[str, int]:
    """The fold of every letter by its id."""
    gathered = sorted((sorted(letter.id for letter in members) for members in groups(letters)), key=lambda ids: ids[0])
    random.Random(seed).shuffle(gathered)
    sizes = [0] * count
    side: dict[str, int] = {}
    for ids in sorted(gathered, key=len, reverse=True):
        fold = sizes.index(min(sizes))
        sizes[fold] += len(ids)
        side.update(dict.fromkeys(ids, fold))
    return side


def lines(scans: int, cache: Path | None) -> list[ZonedLetter]:
    """The lines that train the zones (``training.zones``), read once and kept in ``cache``."""
    letters = list(load("train"))
    recipe = Recipe()
    found = cached(cache, f"{recipe} {SEED}", letters, lambda: training_letters(letters, recipe, seed=SEED))
    return found + cached(cache, f"scans {scans} {SEED}", letters, lambda: scanned_letters(letters, scans, seed=SEED))


def fold_models(fold: int, side: dict[str, int], out: Path, *, scans: int, cache: Path | None) -> Path:
    """Train the zones and the task types without the letters of ``fold``, where they are not there yet; returns their folder."""
    folder = out / str(fold)
    if (folder / "zones.crfsuite").is_file() and (folder / "task_types" / "model.npz").is_file():
        return folder
    train([one for one in lines(scans, cache) if side.get(one.letter) != fold], folder / "zones.crfsuite", replace(Settings(), iterations=ITERATIONS))
    train_held_out(folder / "task_types", [e for e in [*examples("train"), *examples("dev")] if side.get(e.letter) != fold], SCALING)
    return folder


def train_folds(side: dict[str, int], out: Path, *, scans: int, cache: Path | None, jobs: int = 1) -> list[Path]:
    """The folders of all folds' models, in order."""
    lines(scans, cache)
    count = max(side.values()) + 1
    if jobs <= 1:
        return [fold_models(fold, side, out, scans=scans, cache=cache) for fold in range(count)]
    with ProcessPoolExecutor(jobs) as pool:
        running = [pool.submit(fold_models, fold, side, out, scans=scans, cache=cache) for fold in range(count)]
        return [one.result() for one in running]


def use(folder: Path | None) -> None:
    """Let the pipeline of this process work with a fold's models; None: with those of the installation again."""
    learned.use(folder / "zones.crfsuite" if folder else None)
    classifier.use(folder / "task_types" if folder else None)
    directing.use(folder / DIRECTING if folder else None)
