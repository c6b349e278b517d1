"""Does a tagger bring what the grammar misses? python -m training.spans [--tiny]

A CRF over the words of the body's paragraphs learns who acts (``lead``), who works with them (``coord``), when (``due``) and how far a
citation with its title goes (``ref``); what the grammar found is a feature of every word. Judged on the test split, clean and noised, by
kind: the grammar alone, the tagger alone (with and without hearing the grammar), and both together, where a span of the tagger is taken
only if the grammar has none there. Prints the table that decided what is served.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from corpus.load import load
from models.letter import Source, Span, Zone
from models.pipeline import extract_document
from models.segmentation import Segmentation, segment
from models.text import fold
from training.spans_data import KINDS, SpannedLetter, grammar_spans, hits, letters_as_read

OUT = Path(__file__).parent / "results" / "spans.json"
SEED = 5
TAGGED = ("lead", "coord", "due", "ref")
FORMS = ("text", "ocr", "run_together", "hard_wraps", "lost_tones")
_PROSE = (Zone.BODY, Zone.TASK, Zone.CLOSING, Zone.LEGAL_BASIS, Zone.TABLE, Zone.APPENDIX)
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(slots=True)
class Unit:
    """One paragraph: its words with their spans in the letter's text, its zone, and whether it is an item."""

    words: list[str]
    spans: list[Span]
    zone: str
    item: bool


@dataclass(slots=True)
class Prepared:
    """A letter ready for tagging: units, gold and what the grammar found."""

    letter: SpannedLetter
    units: list[Unit]
    grammar: dict[str, list[Span]]


def prepare(letter: SpannedLetter) -> Prepared:
    """Run the pipeline on a letter; its assignees are found again in the text of their tasks."""
    document = letter.document
    found = segment(document)
    source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
    extraction = extract_document(document, source, segmentation=found)
    grammar = grammar_spans(extraction)
    for task in extraction.tasks:
        for kind, people in (("lead", task.assignees), ("coord", task.coordinators)):
            for one in people:
                if one.span is None and task.span and (at := document.text.find(one.value, *task.span)) >= 0:
                    grammar[kind].append((at, at + len(one.value)))
    return Prepared(letter, units_of(found, document.text), {kind: sorted(set(spans)) for kind, spans in grammar.items()})


def units_of(found: Segmentation, text: str) -> list[Unit]:
    """The paragraphs of the prose, cut into words and marks."""
    units: list[Unit] = []
    for paragraph in found.paragraphs:
        if paragraph.zone in _PROSE:
            tokens = list(_TOKEN.finditer(text, *paragraph.span))
            if tokens:
                units.append(Unit([t[0] for t in tokens], [t.span() for t in tokens], Zone(paragraph.zone).value, paragraph.item is not None))
    return units


def tags(unit: Unit, spans: dict[str, list[Span]]) -> list[str]:
    """B-, I- and O of every word; where kinds nest, the inner (shorter) one is kept."""
    result = ["O"] * len(unit.words)
    wanted = sorted(((end - start, start, end, kind) for kind in TAGGED for start, end in spans.get(kind, ())), reverse=True)
    for _, start, end, kind in wanted:
        inside = [i for i, (a, b) in enumerate(unit.spans) if a < end and start < b]
        for n, i in enumerate(inside):
            result[i] = ("B-" if n == 0 else "I-") + kind
    return result


def features(unit: Unit, grammar: dict[str, list[Span]] | None) -> list[list[str]]:
    """Words, their shapes and neighbours, their place in the paragraph, and the grammar's own tag."""
    folded = [fold(word).lower() for word in unit.words]
    heard = tags(unit, grammar) if grammar is not None else None
    found: list[list[str]] = []
    for i, word in enumerate(unit.words):
        one = ["bias", f"w={folded[i]}", f"s={_shape(word)}", f"z={unit.zone}", f"at={min(i, 6)}", f"item={unit.item}"]
        for step in (-3, -2, -1, 1, 2, 3):
            j = i + step
            if 0 <= j < len(folded):
                one.append(f"{step}:w={folded[j]}")
                if abs(step) < 3:
                    one.append(f"{step}:s={_shape(unit.words[j])}")
            else:
                one.append(f"{step}:edge")
        if i:
            one.append(f"w-1w={folded[i - 1]} {folded[i]}")
        if i + 1 < len(folded):
            one.append(f"ww+1={folded[i]} {folded[i + 1]}")
        if i > 1:
            one.append(f"w-2w-1={folded[i - 2]} {folded[i - 1]}")
        if heard is not None:
            one += [f"g={heard[i]}", f"g-1={heard[i - 1] if i else 'edge'}", f"g+1={heard[i + 1] if i + 1 < len(heard) else 'edge'}"]
        found.append(one)
    return found


def _shape(word: str) -> str:
    if word.isdigit():
        return "9" * min(len(word), 4)
    if not word[0].isalnum():
        return word
    return "AA" if word.isupper() and len(word) > 1 else "Aa" if word[0].isupper() else "a"


def train(letters: Sequence[Prepared], path: Path, *, hear: bool, iterations: int) -> None:
    """Fit the tagger on the gold spans of the letters."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for letter in letters:
        for unit in letter.units:
            trainer.append(features(unit, letter.grammar if hear else None), tags(unit, letter.letter.gold))
    trainer.set_params({"c1": 0.2, "c2": 0.1, "max_iterations": iterations, "feature.minfreq": 3})
    trainer.train(str(path))


def tagged(letter: Prepared, tagger: pycrfsuite.Tagger, *, hear: bool) -> dict[str, list[Span]]:
    """The tagger's spans by kind."""
    found: dict[str, list[Span]] = {kind: [] for kind in TAGGED}
    for unit in letter.units:
        kind, start, end = "", 0, 0
        for tag, span in [*zip(tagger.tag(features(unit, letter.grammar if hear else None)), unit.spans, strict=True), ("O", (0, 0))]:
            if kind and tag != f"I-{kind}":
                found[kind].append((start, end))
                kind = ""
            if tag != "O":
                if not kind:
                    kind, start = tag[2:], span[0]
                end = span[1]
    return found


def joined(grammar: Sequence[Span], tagger: Sequence[Span]) -> list[Span]:
    """The grammar's spans, and those of the tagger where the grammar has none."""
    return [*grammar, *(s for s in tagger if not any(s[0] < b and a < s[1] for a, b in grammar))]


def table(rows: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    """F1 of exact and of overlapping spans, as Markdown: one row a kind, one column a form, systems within the cell."""
    systems, forms = list(rows), list(next(iter(rows.values())))
    lines = [f"F1 of spans, exact (70% in common): {', '.join(systems)}", "", "| span | " + " | ".join(forms) + " |", "|---|" + "---|" * len(forms)]
    for kind in KINDS:
        cells = [" · ".join(f"{row[form][kind][0]:.3f} ({row[form][kind][1]:.3f})" for row in rows.values() if kind in row[form]) for form in forms]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def judge(letters: Sequence[Prepared], found: Sequence[dict[str, list[Span]]]) -> dict[str, dict[str, list[float]]]:
    """F1 exact and soft by form and kind."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for letter, spans in zip(letters, found, strict=True):
        text, gold = letter.letter.document.text, letter.letter.gold
        for kind in spans:
            count = counts.setdefault((letter.letter.form, kind), Counter())
            count["exact"] += hits(text, gold[kind], spans[kind])
            count["soft"] += hits(text, gold[kind], spans[kind], share=0.7)
            count["all"] += len(gold[kind]) + len(spans[kind])
    result: dict[str, dict[str, list[float]]] = {}
    for (form, kind), count in counts.items():
        result.setdefault(form, {})[kind] = [round(2 * count[name] / max(1, count["all"]), 3) for name in ("exact", "soft")]
    return result


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a few letters, in seconds")
    parser.add_argument("--letters", type=int, default=10_000, help="training letters")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--iterations", type=int, default=40)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(argv)
    letters, others = list(load("train")), list(load(arguments.split))
    forms: tuple[str, ...] = FORMS
    letters = letters[:: max(1, len(letters) // arguments.letters)]
    if arguments.tiny:
        letters, others, forms = letters[::25], others[::12], FORMS[:2]
    start = time.process_time()
    training = [prepare(one) for one in letters_as_read(letters, ("text",), seed=SEED)]
    training += [prepare(one) for k, form in enumerate(FORMS[1:]) for one in letters_as_read(letters[k::4], (form,), seed=SEED + 1)]
    judging = [prepare(one) for one in letters_as_read(others, forms, seed=SEED + 2)]
    rows = {"grammar": judge(judging, [one.grammar for one in judging])}
    with tempfile.TemporaryDirectory() as folder:
        for name, hear in (("tagger", False), ("tagger hearing the grammar", True)):
            path = Path(folder, "spans.crfsuite")
            train(training, path, hear=hear, iterations=arguments.iterations)
            tagger = pycrfsuite.Tagger()
            tagger.open(str(path))
            found = [tagged(one, tagger, hear=hear) for one in judging]
            rows[name] = judge(judging, found)
            if not hear:
                both = [{kind: joined(one.grammar[kind], spans[kind]) for kind in TAGGED} for one, spans in zip(judging, found, strict=True)]
                rows["grammar, else tagger"] = judge(judging, both)
    print(table(rows))
    figures = {"command": "python -m training.spans", "seed": SEED, "split": arguments.split, "letters": len(letters), "cpu_s": round(time.process_time() - start), "f1_exact_and_soft": rows}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
