"""Does a tagger of spans bring anything to the fields? python -m training.spans_fields [--letters N] [--out FILE]

The tagger of ``training.spans`` (hearing the grammar) is run over the paragraphs in which tasks and citations stand, and joined with the grammar: its
spans fill what the grammar left empty; or they replace the grammar's where a scorer (a logistic regression over the tagger's probability,
agreement, and the state of the text, fitted on the tuning letters) thinks so. Judged on the test letters by the fields made of them: deadline, assignees
and co-ordinators of matched tasks, titles of matched references; in exact F1, with the processor time a letter.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite

from corpus.gold import to_gold
from corpus.load import load
from models.letter import Source, Span
from models.pipeline import extract_document
from models.scoring.compare import norm
from models.segmentation import segment
from models.tasks.deadlines import binding, find_deadlines
from models.text import toneless
from training.evaluate.counting import count
from training.spans import FORMS, SEED, Unit, features, prepare, train, units_of
from training.spans_data import grammar_spans, letters_as_read

OUT = Path(__file__).parent / "results" / "spans_fields.json"
FIELDS = ("task deadline", "task assignees", "task coordinators", "reference title", "tasks", "references")
_TITLE = re.compile(r"(?i)\s(?:về việc|ve viec|v/v|về|ve)\s+(?P<title>\S.+)$", re.DOTALL)


@dataclass(slots=True)
class Offer:
    """What the tagger offers for one field of one task or reference: the grammar's value, its own, its probability, and the signs for choosing."""

    kind: str
    item: dict[str, Any]
    grammar: Any
    tagger: Any
    signs: list[float]
    key: Any = None
    """The gold's value, where the item is matched."""


def tagged(units: Sequence[Unit], grammar: dict[str, list[Span]], tagger: pycrfsuite.Tagger) -> list[tuple[str, Span, float]]:
    """The tagger's spans with their kind and the least probability of their words."""
    found: list[tuple[str, Span, float]] = []
    for unit in units:
        tags = tagger.tag(features(unit, grammar))
        kind, start, end, low = "", 0, 0, 1.0
        for i, (tag, span) in enumerate([*zip(tags, unit.spans, strict=True), ("O", (0, 0))]):
            if kind and tag != f"I-{kind}":
                found.append((kind, (start, end), low))
                kind = ""
            if tag != "O":
                if not kind:
                    kind, start, low = tag[2:], span[0], 1.0
                end = span[1]
                low = min(low, tagger.marginal(tag, i))
    return found


def offers(data: dict[str, Any], spans: Sequence[tuple[str, Span, float]], bare: float) -> list[Offer]:
    """Where the tagger says something of a task's deadline or people, or of a reference's title, other than the grammar."""
    text, day = data["text"], (data.get("date") or {}).get("value")
    found: list[Offer] = []
    for task in data["tasks"]:
        if not task.get("span"):
            continue
        inside = [s for s in spans if task["span"][0] <= s[1][0] and s[1][1] <= task["span"][1]]
        due = [(d, p) for kind, (a, b), p in inside if kind == "due" and (d := binding(find_deadlines(text[a:b], day))) is not None and d.date]
        if due and due[0][0].date != (task.get("deadline") or {}).get("date"):
            found.append(Offer("task deadline", task, (task.get("deadline") or {}).get("date"), due[0][0].date, _signs(task.get("deadline"), due[0][1], bare)))
        for kind, field in (("lead", "assignees"), ("coord", "coordinators")):
            names = [(" ".join(text[a:b].split()), p) for k, (a, b), p in inside if k == kind]
            now = [a["value"] for a in task.get(field) or [] if a.get("explicit", True)]
            if names and [norm(n) for n, _ in names] != [norm(n) for n in now]:
                found.append(Offer(f"task {field}", task, now, [n for n, _ in names], _signs(now, min(p for _, p in names), bare)))
    cited = [s for s in spans if s[0] == "ref"]
    for reference in data["references"]:
        mention = next((m["span"] for m in reference["mentions"] if m.get("span")), None)
        own = next((s for s in cited if mention and s[1][0] < mention[1] and mention[0] < s[1][1]), None)
        if own and (title := _TITLE.search(text[own[1][0] : own[1][1]])) is not None:
            value = " ".join(title["title"].split()).strip(" .,;“”\"")
            if norm(value) != norm(reference.get("title")):
                found.append(Offer("reference title", reference, reference.get("title"), value, _signs(reference.get("title"), own[2], bare)))
    return found


def _signs(grammar: object, probability: float, bare: float) -> list[float]:
    return [1.0, float(not grammar), float(np.log(max(probability, 1e-3) / max(1 - probability, 1e-3))) / 4, bare, bare * float(not grammar)]


def apply(offer: Offer) -> None:
    """Put the tagger's value into the extraction."""
    if offer.kind == "task deadline":
        offer.item["deadline"] = {"date": offer.tagger}
    elif offer.kind == "reference title":
        offer.item["title"] = offer.tagger
    else:
        offer.item[offer.kind.split()[1]] = [{"value": name, "explicit": True} for name in offer.tagger]


def gain(offer: Offer, data: dict[str, Any], gold: dict[str, Any]) -> int:
    """1 where taking the offer makes the field better, -1 where worse, 0 where neither: by true less false of the field's counts."""
    before, key = count(gold, data).counts.get(offer.kind, {}).get("strict", (0, 0, 0)), ("deadline" if offer.kind == "task deadline" else "title" if offer.kind == "reference title" else offer.kind.split()[1])
    old = copy.deepcopy(offer.item.get(key))
    apply(offer)
    after = count(gold, data).counts.get(offer.kind, {}).get("strict", (0, 0, 0))
    offer.item[key] = old
    change = (after[0] - after[1] - after[2]) - (before[0] - before[1] - before[2])
    return (change > 0) - (change < 0)


def choose(data: Sequence[tuple[list[float], int]]) -> Callable[[Sequence[float]], bool]:
    """A logistic scorer fitted on offers whose taking was better or worse."""
    from sklearn.linear_model import LogisticRegression

    known = [(signs, change > 0) for signs, change in data if change]
    if len({better for _, better in known}) < 2:
        return lambda signs: bool(known) and known[0][1]
    model = LogisticRegression(C=1.0).fit([signs for signs, _ in known], [better for _, better in known])
    return lambda signs: bool(model.predict_proba([list(signs)])[0, 1] >= 0.5)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=120, help="training letters of the tagger")
    parser.add_argument("--iterations", type=int, default=40)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(argv)
    letters = list(load("train"))
    letters = letters[:: max(1, len(letters) // arguments.letters)]
    start = time.process_time()
    training = [prepare(one) for one in letters_as_read(letters, ("text",), seed=SEED)]
    training += [prepare(one) for k, form in enumerate(FORMS[1:]) for one in letters_as_read(letters[k::4], (form,), seed=SEED + 1)]
    by_id = {letter.id: to_gold(letter) for letter in load("all")}
    seen: dict[str, list[tuple[list[float], int]]] = {}
    scorers: dict[str, Callable[[Sequence[float]], bool]] = {}
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    spent = pipeline = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spans.crfsuite")
        train(training, path, hear=True, iterations=arguments.iterations)
        size = path.stat().st_size
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        for split in ("dev", "test"):
            for one in letters_as_read(list(load(split)), FORMS, seed=SEED + 2):
                document, gold = one.document, by_id[one.letter]
                source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
                begun = time.process_time()
                found = segment(document)
                extraction = extract_document(document, source, segmentation=found)
                pipeline += time.process_time() - begun
                begun = time.process_time()
                wanted = [t.span for t in extraction.tasks if t.span] + [m.span for r in extraction.references for m in r.mentions if m.span]
                units = [u for u in units_of(found, document.text) if any(u.spans[0][0] < b and a < u.spans[-1][1] for a, b in wanted)]
                spans = tagged(units, grammar_spans(extraction), tagger)
                spent += time.process_time() - begun
                data = extraction.to_dict()
                some = offers(data, spans, toneless(document.text))
                if split == "dev":
                    for offer in some:
                        seen.setdefault(offer.kind, []).append((offer.signs, gain(offer, data, gold)))
                    continue
                if not scorers:
                    scorers = {kind: choose(rows) for kind, rows in seen.items()}
                for way in ("grammar", "filled", "scorer"):
                    trial = copy.deepcopy(data)
                    for offer in offers(trial, spans, toneless(document.text)):
                        if (way == "filled" and not offer.grammar) or (way == "scorer" and offer.kind in scorers and scorers[offer.kind](offer.signs)):
                            apply(offer)
                    for field, ways in count(gold, trial).counts.items():
                        if field in FIELDS:
                            counts.setdefault((way, one.form, field), Counter()).update(dict(zip(("tp", "fp", "fn"), ways["strict"], strict=True)))
    rows: dict[str, dict[str, dict[str, float]]] = {}
    for (way, form, field), c in counts.items():
        rows.setdefault(field, {}).setdefault(form, {})[way] = round(2 * c["tp"] / max(1, 2 * c["tp"] + c["fp"] + c["fn"]), 3)
    tried = {kind: {"better": sum(g > 0 for _, g in some_), "worse": sum(g < 0 for _, g in some_), "neither": sum(g == 0 for _, g in some_)} for kind, some_ in seen.items()}
    figures = {
        "command": "python -m training.spans_fields", "letters": len(letters), "tagger_bytes": size, "cpu_s": round(time.process_time() - start),
        "tagger_share_of_pipeline_time": round(spent / max(pipeline, 1e-9), 3), "offers_on_tuning_letters": tried, "f1": rows,
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("| field | " + " | ".join(FORMS) + " |\n|---|" + "---|" * len(FORMS))
    for field in FIELDS:
        print(f"| {field} | " + " | ".join(" · ".join(f"{rows[field][form][way]:.3f}" for way in ("grammar", "filled", "scorer")) for form in FORMS) + " |")
    print(json.dumps({k: v for k, v in figures.items() if k not in ("f1",)}))


if __name__ == "__main__":
    main()
