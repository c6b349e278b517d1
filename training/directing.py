"""Train and judge the model that says which paragraphs direct: python -m training.directing [--tiny] [--jobs N]

Letters of the corpus are read in their forms and walked through by the rules with zones that have not seen them (``training.crossfit``); a
linear-chain CRF over the paragraphs (``models.tasks.directing``) learns which a task of the gold touches. Judged fold by fold on letters it has not
seen: paragraphs right by the rules, by the model alone, and by the rules where the model is not sure, with the thresholds that are shipped.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycrfsuite

from corpus.load import load
from corpus.model import AnnotatedLetter
from models.document import Document
from models.extraction import extract_fields
from models.extraction.inference import complete
from models.pipeline import task_context
from models.segmentation import segment
from models.segmentation.items import Paragraph
from models.tasks import landmarks
from models.tasks.directing import SURE_OTHER, SURE_TASK, WEIGHTS, Tracing, features
from training.calibrate import forms, ordered
from training.crossfit import DIRECTING, folds, train_folds, use
from training.zones_data import origins_of_lines

OUT = Path(__file__).parent.parent / "models" / WEIGHTS
SEED = 11
C1, C2, ITERATIONS, RARE = 0.3, 0.3, 120, 3
_TOUCHED = 10
"""So many letters of a task in a paragraph make it one that directs; fewer are an error of alignment."""


@dataclass(slots=True)
class Walked:
    """A letter as read in one form: for every paragraph of its body the features, what the rules made of it, and whether it directs."""

    letter: str
    form: str
    rows: list[list[str]]
    outcomes: list[str]
    gold: list[bool]


def touched(document: Document, letter: AnnotatedLetter, paragraphs: Sequence[Paragraph]) -> list[bool]:
    """For every paragraph of ``document`` whether a task of the letter's gold stands in it."""
    inside = [False] * (len(letter.text) + 1)
    for task in letter.tasks:
        inside[task.span[0] : task.span[1]] = [True] * (task.span[1] - task.span[0])
    origins = origins_of_lines(document, letter)
    found: list[bool] = []
    for paragraph in paragraphs:
        own = [i for line, places in zip(document.lines, origins, strict=True) if paragraph.span[0] <= line.span[0] < paragraph.span[1] for i in places]
        count = sum(inside[i] for i in own)
        found.append(count >= _TOUCHED or (bool(own) and count >= 0.5 * len(own)))
    return found


def walk(letter: AnnotatedLetter, form: str, document: Document) -> Walked:
    """One letter in one form through the stages up to the walk."""
    found = segment(document)
    fields = extract_fields(document, found.zones)
    complete(document, fields)
    context = task_context(fields)
    body = landmarks.body(found.paragraphs, (context.document_type or "công văn").lower())
    tracing = Tracing(body, context)
    tracing.finish()
    return Walked(letter.id, form, features(body, tracing.traces, context), [t.outcome for t in tracing.traces], touched(document, letter, body))


def walk_all(letters: Sequence[AnnotatedLetter], models: Path | None, *, cache: Path | None) -> list[Walked]:
    """The letters as plain text and noised text, with the zones of a fold's models."""
    use(models)
    try:
        return [walk(letter, form, document) for letter in letters for form, document in forms(letter, grade=None, seed=SEED, cache=cache, typed=False)]
    finally:
        use(None)


def fit(data: Iterable[Walked], out: Path) -> None:
    """Fit the CRF and write it to ``out``; the same data give the same file."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for one in data:
        if one.rows:
            trainer.append(one.rows, ["task" if gold else "other" for gold in one.gold])
    trainer.set_params({"c1": C1, "c2": C2, "max_iterations": ITERATIONS, "feature.minfreq": RARE, "feature.possible_transitions": True})
    out.parent.mkdir(parents=True, exist_ok=True)
    trainer.train(str(out))


def chances(data: Sequence[Walked], path: Path) -> list[list[float]]:
    """The probability of every paragraph, by the weights in ``path``."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    found: list[list[float]] = []
    for one in data:
        if not one.rows:
            found.append([])
            continue
        tagger.set(one.rows)
        found.append([tagger.marginal("task", i) for i in range(len(one.rows))])
    return found


def judge(data: Sequence[Walked], odds: Sequence[Sequence[float]], low: float = SURE_OTHER, high: float = SURE_TASK) -> dict[str, Any]:
    """Paragraphs right (precision, recall, F1 of those that direct) by rules, model, and both; and what the model's word changes."""
    counts = {name: [0, 0, 0] for name in ("rules", "model", "joined")}
    added, dropped = [0, 0], [0, 0]
    for one, row in zip(data, odds, strict=True):
        for outcome, gold, chance in zip(one.outcomes, one.gold, row, strict=True):
            rule = outcome in ("task", "part", "invitation", "invited")
            both = rule
            if outcome in ("task", "part") and chance <= low:
                both = False
                dropped[gold] += 1
            elif outcome == "none" and chance >= high:
                both = True
                added[gold] += 1
            for name, said in (("rules", rule), ("model", chance >= 0.5), ("joined", both)):
                counts[name][0] += said and gold
                counts[name][1] += said and not gold
                counts[name][2] += gold and not said
    result: dict[str, Any] = {}
    for name, (hit, much, missed) in counts.items():
        result[name] = {"precision": round(hit / max(1, hit + much), 4), "recall": round(hit / max(1, hit + missed), 4), "f1": round(2 * hit / max(1, 2 * hit + much + missed), 4)}
    return result | {"added_right": added[1], "added_wrong": added[0], "dropped_right": dropped[0], "dropped_wrong": dropped[1]}


def gather(side: dict[str, int], models: Sequence[Path | None], letters: Sequence[AnnotatedLetter], *, cache: Path | None, jobs: int) -> list[Walked]:
    """All letters walked, each with the models of its fold."""
    groups = [([letter for letter in letters if side[letter.id] == fold], folder) for fold, folder in enumerate(models)]
    if jobs <= 1:
        return [one for group, folder in groups for one in walk_all(group, folder, cache=cache)]
    with ProcessPoolExecutor(jobs) as pool:
        running = [pool.submit(walk_all, group, folder, cache=cache) for group, folder in groups]
        return [one for part in running for one in part.result()]


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a few letters, in seconds")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="keep the letters as read in this folder")
    parser.add_argument("--folds", type=Path, help="folder of the folds' models, trained where they are missing")
    parser.add_argument("--scans", type=int, default=30, help="as in training.zones")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(argv)
    letters = ordered([*load("train"), *load("dev")], SEED)
    side = folds(letters)
    place = arguments.folds or Path(tempfile.mkdtemp())
    if arguments.tiny:
        letters = letters[::30]
        models: list[Path | None] = [None] * (max(side.values()) + 1)
    else:
        models = list(train_folds(side, place, scans=arguments.scans, cache=arguments.cache, jobs=arguments.jobs))
    data = gather(side, models, letters, cache=arguments.cache, jobs=arguments.jobs)
    odds: dict[int, list[float]] = {}
    for fold in range(len(models)):
        path = place / str(fold) / DIRECTING
        fit([one for one in data if side[one.letter] != fold], path)
        outside = [i for i, one in enumerate(data) if side[one.letter] == fold]
        odds.update(zip(outside, chances([data[i] for i in outside], path), strict=True))
    rows = [odds[i] for i in range(len(data))]
    figures: dict[str, Any] = {"command": "python -m training.directing", "letters": len(letters), "files": len(data), "paragraphs": sum(len(one.gold) for one in data), "cross_validated": judge(data, rows)}
    for form in sorted({one.form for one in data}):
        some = [i for i, one in enumerate(data) if one.form == form]
        figures.setdefault("by_form", {})[form] = judge([data[i] for i in some], [rows[i] for i in some])
    fit(data, arguments.out)
    figures["size_bytes"] = arguments.out.stat().st_size
    (arguments.out.parent / "figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, row in [("all", figures["cross_validated"]), *figures["by_form"].items()]:
        print(f"{name:<22} F1 of paragraphs that direct: rules {row['rules']['f1']:.3f}, model {row['model']['f1']:.3f}, joined {row['joined']['f1']:.3f}"
              f"; added {row['added_right']} right {row['added_wrong']} wrong, dropped {row['dropped_right']} right {row['dropped_wrong']} wrong")


if __name__ == "__main__":
    main()
