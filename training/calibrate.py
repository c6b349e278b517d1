"""Fit and judge the confidence: python -m training.calibrate [--jobs N] [--cache DIR] [--folds DIR]

Letters of the corpus are read in many forms (plain text, noisy text, typed PDF, DOCX, rendered scans of every grade), each with models that
have not seen it (``training.crossfit``: a stage is surer, and right more often, on what it was trained on); every value the pipeline
gives is marked right or wrong against the gold, and a logistic model a family of fields is fitted on the signs of ``models.confidence_signs``,
with an offset a field. Reliability, expected calibration error, wrong-when-sure and risk by coverage are printed for letters kept apart from
fitting, by source and field, and stored beside the weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from scipy.optimize import minimize

from corpus.gold import to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from corpus.noise.text import make_noise
from corpus.render.__main__ import render
from models.confidence import SIGNS, WEIGHTS, Rated, rate
from models.document import Document, Line, Page, Word
from models.errors import CongvanError
from models.letter import FieldValue, Reference, Source, Task
from models.pipeline import extract_document
from models.reading import read
from models.scoring import SCALARS
from models.scoring.compare import match_names, match_references, match_tasks, norm_field
from models.segmentation import segment
from training import crossfit
from training.zones import held_out
from training.zones_data import ZonedLetter

OUT = Path(__file__).parent.parent / "models" / WEIGHTS
NOISES = ("merged_columns", "detached_marks", "hard_wraps", "run_together", "lost_tones", "ocr", "web_copy", "one_line", "tcvn3")
SURE = 0.95
STRENGTH = 0.3
"""Inverse of the regularisation; signs are few and right values many."""
FAMILIES: dict[str, str] = {
    **dict.fromkeys(("number", "symbol", "identifier", "date", "document_type", "urgency", "secrecy"), "head"),
    **dict.fromkeys(("place", "issuer", "parent_body"), "bodies"), **dict.fromkeys(("subject", "archive_note"), "words"),
    **dict.fromkeys(("signer.authority", "signer.title", "signer.name"), "signer"), **dict.fromkeys(("addressees", "recipients"), "names"),
}  # fmt: skip
"""Fields that share their weights; the others stand alone. Each field has an offset of its own."""
GOLD = {"document_type": "doc_type", "identifier": "full_number", "parent_body": "issuer_parent"}
SOFT = {"place", "issuer", "parent_body", "subject", "archive_note", "signer.authority", "signer.title", "signer.name"}
_SHAPE = ",".join(f.name for kind in (Document, Page, Line, Word) for f in fields(kind))
"""Documents kept by another shape of the classes are read again. After changes of reading itself, empty the folder."""
Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Judged:
    """One value: its kind, its signs, whether it was right, in what form of which letter."""

    kind: str
    signs: tuple[float, ...]
    right: bool
    form: str
    letter: str = ""
    value: str = ""


def judge(rated: Sequence[Rated], extraction: Any, gold: dict[str, Any], form: str) -> Iterator[tuple[Rated, Judged]]:
    """Mark every value right or wrong, as CONTRACT section 4 compares (soft where it is soft)."""
    right: dict[int, bool] = {}
    for name in SCALARS:
        value = extraction
        for part in name.split("."):
            value = getattr(value, part, None)
        if isinstance(value, FieldValue):
            wanted: Any = gold
            for part in GOLD.get(name, name).split("."):
                wanted = wanted.get(part) if isinstance(wanted, dict) else None
            a, b = norm_field(name, wanted), norm_field(name, value.value)
            right[id(value)] = bool(a) and (a == b or (name in SOFT and fuzz.ratio(a, b) >= 90))
    for name, items in (("addressees", extraction.addressees), ("recipients", extraction.recipients)):
        hits = {j for _, j in match_names(gold.get(name) or [], [i.value for i in items])}
        right.update({id(item): j in hits for j, item in enumerate(items)})
    references = [r.model_dump() for r in extraction.references]
    hits = {j for _, j in match_references(gold.get("references") or [], references)}
    right.update({id(r): j in hits for j, r in enumerate(extraction.references)})
    hits = {j for _, j in match_tasks([t["text"] for t in gold.get("tasks") or []], [t.text for t in extraction.tasks])}
    right.update({id(t): j in hits for j, t in enumerate(extraction.tasks)})
    for item in rated:
        if id(item.value) in right:
            yield item, Judged(item.kind, item.vector(), right[id(item.value)], form, str(gold.get("id") or ""), shown(item.value))


def shown(value: FieldValue | Reference | Task) -> str:
    """A value in a line, for a listing."""
    if isinstance(value, FieldValue):
        return value.value
    if isinstance(value, Task):
        return value.text[:200]
    return " · ".join(str(part) for part in (value.type, value.identifier, value.date, value.title) if part)


def read_forms(
    letters: Sequence[AnnotatedLetter], *, typed: int, seed: int, cache: Path | None = None, models: Path | None = None, scans: Sequence[ZonedLetter] = (), plain: bool = True
) -> list[Judged]:
    """Every letter in several forms through the whole pipeline, the first ``typed`` of them as PDF and DOCX too; ``scans``: scans already read.

    ``models``: a folder of models that have not seen these letters (``training.crossfit``). Not ``plain``: the scans alone.
    """
    if models is not None:
        crossfit.use(models)
    gold = {letter.id: to_gold(letter) for letter in letters}
    found: list[Judged] = []
    try:
        for number, letter in enumerate(letters if plain else ()):
            for form, document in forms(letter, grade=None, seed=seed, cache=cache, typed=number < typed):
                found += read_one(document, gold[letter.id], form)
        for one in scans:
            if one.letter in gold:
                found += read_one(one.document, gold[one.letter], one.form)
    finally:
        if models is not None:
            crossfit.use(None)
    return found


def read_one(document: Document, gold: dict[str, Any], form: str) -> list[Judged]:
    """One document through the pipeline, its values judged."""
    source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
    found = segment(document)
    # signs must be those that the stages gave, so the shipped calibration is left out
    extraction = extract_document(document, source, calibrated=False, segmentation=found)
    return [judged for _, judged in judge(list(rate(document, extraction, found)), extraction, gold, form)]


def forms(letter: AnnotatedLetter, *, grade: str | None, seed: int, cache: Path | None = None, typed: bool = True) -> Iterator[tuple[str, Document]]:
    """A letter as text, two noised texts, PDF and DOCX where ``typed``, and as a scan where a grade is given; read documents are kept in ``cache``."""
    makers = ["text", *random.Random(f"{letter.id}/{seed}").sample(NOISES, 2), *(["pdf", "docx"] if typed else []), *([f"scan {grade}"] if grade else [])]
    for form in makers:
        kept = cache / f"{hashlib.sha256(f'{letter.text}/{form}/{seed}/{_SHAPE}'.encode()).hexdigest()[:24]}.pickle" if cache else None
        if kept and kept.is_file():
            yield _name(form), pickle.loads(kept.read_bytes())
            continue
        try:
            document = read(*_file(letter, form, seed))
        except CongvanError:
            continue
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps(document))
        yield _name(form), document


def ordered(letters: Iterable[AnnotatedLetter], seed: int) -> list[AnnotatedLetter]:
    """The letters in an order that looks like chance and stays when letters are added."""
    return sorted(letters, key=lambda letter: _hash(f"{seed} {letter.id}"))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _name(form: str) -> str:
    return f"noise {form}" if form in NOISES else form


def _file(letter: AnnotatedLetter, form: str, seed: int) -> tuple[bytes, str]:
    if form == "text":
        return letter.text.encode(), "thu.txt"
    if form in NOISES:
        return make_noise(letter, form, seed=seed).text.encode(), "thu.txt"
    with tempfile.TemporaryDirectory() as folder:
        kind, _, grade = form.partition(" ")
        render(letter, Path(folder), [kind], grade or "clean", seed)
        path = next(p for p in sorted(Path(folder).iterdir()) if p.suffix in (".pdf", ".docx"))
        return path.read_bytes(), path.name


def fit(data: Sequence[Judged], strength: float = STRENGTH) -> Weights:
    """Logistic weights by sign for every kind of field; a family's fields share theirs but for the offset.

    A family's weights are drawn towards those of all values together, so that what is seldom seen in a family (scans, noise) still counts.
    """
    members: dict[str, list[Judged]] = defaultdict(list)
    for item in data:
        members[FAMILIES.get(item.kind, item.kind)].append(item)
    pooled, intercept = _logistic(list(data), [], np.zeros(len(SIGNS) - 1), strength)
    weights: Weights = {"all": _row(pooled, intercept[0])}
    for items in members.values():
        kinds = sorted({d.kind for d in items})
        wrong = sum(not d.right for d in items)
        if wrong < 3:
            # hardly ever wrong: the rate itself, by the rule of succession, whatever the signs
            share = (len(items) - wrong + 1) / (len(items) + 2)
            weights.update({kind: {"bias": round(float(np.log(share / (1 - share))), 4)} for kind in kinds})
            continue
        found, offsets = _logistic(items, kinds, pooled, strength)
        weights.update({kind: _row(found, offset) for kind, offset in zip(kinds, offsets, strict=True)})
    return weights


def _logistic(items: Sequence[Judged], kinds: Sequence[str], prior: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the signs, drawn towards ``prior``, and one offset a kind (one in all where none are named)."""
    signs = np.array([d.signs[1:] for d in items])
    right = np.array([d.right for d in items], dtype=float)
    which = np.array([[d.kind == kind for kind in kinds] for d in items], dtype=float) if kinds else np.ones((len(items), 1))
    # an offset of the kind itself is drawn towards the offset of its family, that one is free
    design = np.hstack([signs, np.ones((len(items), 1)), which])
    centre = np.concatenate([prior, [0.0], np.zeros(which.shape[1])])
    pull = np.concatenate([np.ones(len(prior)), [1e-6], np.ones(which.shape[1])]) / strength

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        score = design @ w
        p = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        value = float(np.sum(np.logaddexp(0, score) - right * score) + 0.5 * np.sum(pull * (w - centre) ** 2))
        return value, design.T @ (p - right) + pull * (w - centre)

    best = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    signs_end = len(prior)
    return best[:signs_end], best[signs_end] + best[signs_end + 1 :]


def _row(weights: np.ndarray, offset: float) -> dict[str, float]:
    return {"bias": round(float(offset), 4), **{SIGNS[i + 1]: round(float(w), 4) for i, w in enumerate(weights) if abs(w) >= 5e-4}}


def probability(weights: Weights, item: Judged) -> float:
    """What the fitted model says of a value."""
    row = weights.get(item.kind) or weights["all"]
    return float(1 / (1 + np.exp(-sum(row.get(name, 0.0) * value for name, value in zip(SIGNS, item.signs, strict=True) if value))))


def reliability(weights: Weights, data: Sequence[Judged]) -> dict[str, Any]:
    """Calibration figures of the values (``training.evaluate.summary.calibration``)."""
    from training.evaluate.summary import calibration

    return calibration([(d.kind, probability(weights, d), d.right) for d in data])


def cross_fitted(letters: Sequence[AnnotatedLetter], folder: Path, *, typed: int, scans: int, seed: int, cache: Path | None, jobs: int) -> list[Judged]:
    """The values of all letters, each letter read with models that have not seen it, which are trained where ``folder`` lacks them."""
    side = crossfit.folds(letters)
    places = crossfit.train_folds(side, folder, scans=scans, cache=cache, jobs=jobs)
    scanned = [one for one in crossfit.lines(scans, cache) if one.form.startswith("scan ")]
    chosen = {letter.id for letter in letters[:typed]}
    parts: list[tuple[list[AnnotatedLetter], int, Path]] = []
    for fold, place in enumerate(places):
        inside = sorted((letter for letter in letters if side[letter.id] == fold), key=lambda letter: letter.id not in chosen)
        # every second letter: parts of like length for the processes
        parts += [(half, sum(letter.id in chosen for letter in half), place) for half in (inside[::2], inside[1::2])]
    with ProcessPoolExecutor(jobs) as pool:
        running = [
            pool.submit(read_forms, half, typed=some, seed=seed, cache=cache, models=place, scans=[s for s in scanned if s.letter in {x.id for x in half}])
            for half, some, place in parts
        ]
        return [judged for one in running for judged in one.result()]


def main(argv: Sequence[str] | None = None) -> None:
    """Fit on the training letters, print the reliability on the others, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, help="fit on so many letters, with the models as installed, judge on half as many: a quick look")
    parser.add_argument("--typed", type=int, default=60, help="letters read as PDF and DOCX too")
    parser.add_argument("--scans", type=int, default=30, help="as in training.zones, whose recognised scans are used again")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="keep the documents read here, for another run")
    parser.add_argument("--folds", type=Path, help="folder of the folds' models")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--keep", type=Path, help="keep the judged values in this file too, to look at them")
    arguments = parser.parse_args(argv)
    known, test = ordered([*load("train"), *load("dev")], arguments.seed), ordered(load("test"), arguments.seed)
    if arguments.letters:
        known, test = known[: arguments.letters], test[: max(1, arguments.letters // 2)]
        fitting = read_forms(known, typed=len(known), seed=arguments.seed, cache=arguments.cache)
        scanned: list[ZonedLetter] = []
    else:
        place = arguments.folds or Path(tempfile.mkdtemp())
        fitting = cross_fitted(known, place, typed=arguments.typed, scans=arguments.scans, seed=arguments.seed, cache=arguments.cache, jobs=arguments.jobs)
        scanned = [one for one in held_out(list(load("test")), scans=arguments.scans // 4, cache=arguments.cache) if one.form.startswith("scan ")]
    judging = read_forms(test, typed=len(test), seed=arguments.seed, cache=arguments.cache, scans=scanned)
    if arguments.keep:
        arguments.keep.parent.mkdir(parents=True, exist_ok=True)
        arguments.keep.write_bytes(pickle.dumps((fitting, judging)))
    weights = fit(fitting)
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    by_form: dict[str, list[Judged]] = defaultdict(list)
    for item in judging:
        by_kind[item.kind].append(item)
        by_form[item.form.split()[0]].append(item)
    figures: dict[str, Any] = {
        "fitted_on": len(fitting), "letters": [len(known), len(test)],
        "held_out": reliability(weights, judging), "by_form": {form: reliability(weights, items) for form, items in sorted(by_form.items())},
        "by_kind": {kind: reliability(weights, items) for kind, items in sorted(by_kind.items())},
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"weights": weights, "figures": figures}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, group in (("all", {"held out": figures["held_out"]}), ("form", figures["by_form"]), ("field", figures["by_kind"])):
        for key, row in group.items():
            print(f"{name:<6}{key:<18} right {row['right']:.3f}  error {row['expected_calibration_error']:.3f}  wrong when sure {row['wrong_when_sure']} at {row['sure_coverage']:.3f}"
                  f"  wrong in surest 85% {row['risk_at_85_coverage']:.4f}  ({row['values']})")


if __name__ == "__main__":
    main()
