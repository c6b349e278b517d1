"""The learned segmenter: what it sees, how gold is carried onto lines as read, that it beats the rules, that it trains and shares."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from corpus.gold import segments
from corpus.load import load
from corpus.model import AnnotatedLetter
from models.document import Document, Line, Page, assemble
from models.letter import Zone
from models.reading import read
from models.segmentation import learned, segment
from models.segmentation.features import line_features
from models.segmentation.lineview import view
from models.segmentation.rules import label_with_anchors
from tests.conftest import LETTER
from training import zones as training
from training.zones_crf import Settings, label_by_rules, train
from training.zones_data import CLEAN, Recipe, align, line_zone, read_form, training_letters
from training.zones_habits import with_habits


@pytest.fixture(scope="module")
def judging() -> list[AnnotatedLetter]:
    return list(load("test"))[::4]


def gold_of_lines(letter: AnnotatedLetter) -> list[Zone]:
    pieces = segments(letter)
    return [line_zone(next(Zone(p.zone) for p in pieces if p.span[0] <= line.span[0] < p.span[1])) for line in letter.lines]


def test_gold_is_found_again_on_the_lines_of_the_clean_text(judging: list[AnnotatedLetter]) -> None:
    for letter in judging:
        document = read(letter.text.encode(), "thu.txt")
        if [line.text for line in document.lines] == [line.text for line in letter.lines]:
            assert align(document, letter) == gold_of_lines(letter), letter.id


@pytest.mark.parametrize("noise", ["merged_columns", "hard_wraps", "ocr", "tcvn3"])
def test_gold_follows_the_lines_through_noise(judging: list[AnnotatedLetter], noise: str) -> None:
    for number, letter in enumerate(judging[:4]):
        one = read_form(letter, noise, number)
        assert one is not None
        stray = [line.text for line, zone in zip(one.document.lines, one.zones, strict=True) if zone == Zone.PAGE_FURNITURE]
        written = sum(z == Zone.PAGE_FURNITURE for z in gold_of_lines(letter))
        assert len(stray) <= written + 2, (letter.id, stray)


def test_what_a_web_page_adds_is_furniture(judging: list[AnnotatedLetter]) -> None:
    one = read_form(judging[0], "web_copy", 1)
    assert one is not None
    zones = {line.text: zone for line, zone in zip(one.document.lines, one.zones, strict=True)}
    assert sum(zone == Zone.PAGE_FURNITURE for zone in zones.values()) >= 5


def test_habits_keep_the_words_of_the_letter(judging: list[AnnotatedLetter]) -> None:
    for seed, letter in enumerate(judging):
        changed = with_habits(letter, letter.text, Random(seed))
        body = [line.text for block in letter.zones(Zone.BODY) for line in block.lines if len(line.text) > 60]
        assert all(text in changed for text in body)


def test_the_shipped_model_reads_unseen_letters_better_than_the_rules(judging: list[AnnotatedLetter]) -> None:
    model = learned.shipped()
    assert model is not None
    letters = [one for form in (CLEAN, "ocr", "merged_columns") for n, letter in enumerate(judging) if (one := read_form(letter, form, n)) is not None]
    lines = sum(len(one.zones) for one in letters)
    by_rules = sum(a == b for one, zones in zip(letters, label_by_rules(letters), strict=True) for a, b in zip(one.zones, zones, strict=True))
    by_model = sum(a == b for one in letters for a, b in zip(one.zones, segment(one.document).zones, strict=True))
    assert by_model / lines >= 0.95
    assert by_model > by_rules


def test_probabilities_are_of_one_line_each_and_segments_take_the_lowest() -> None:
    found = segment(read(LETTER.encode(), "thu.txt"))
    assert len(found.odds) == len(found.zones)
    for zone, odds in zip(found.zones, found.odds, strict=True):
        assert 0.9 <= sum(odds.values()) <= 1.001
        assert zone in odds
    assert all(0 < piece.confidence <= 1 for piece in found.segments)


def test_without_weights_the_rules_label(tmp_path: Path) -> None:
    document = read(LETTER.encode(), "thu.txt")
    learned.use(tmp_path / "none")
    try:
        found = segment(document)
        assert found.zones == found.rules == label_with_anchors(view(document))[0]
    finally:
        learned.use(None)
    assert learned.shipped() is not None


def test_threads_share_one_model(judging: list[AnnotatedLetter]) -> None:
    documents = [read(letter.text.encode(), "thu.txt") for letter in judging]
    alone = [segment(document).zones for document in documents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda d: segment(d).zones, documents * 3)) == alone * 3


@pytest.mark.parametrize("lines", [[], ["x"], ["", " "], ["-"], ["%" * 500], ["Số:"], ["1", "2", "3"]])
def test_odd_documents_get_a_zone_a_line(lines: list[str]) -> None:
    document: Document = assemble([Page(number=1, width=595.3, height=841.9, lines=[Line(text=text) for text in lines])])
    assert len(segment(document).zones) == len(document.lines)


def test_plain_text_has_no_features_of_look_and_a_typed_line_has() -> None:
    document = read(LETTER.encode(), "thu.txt")
    views = view(document)
    rules, anchors = label_with_anchors(views)
    plain = {f for line in line_features(views, anchors, rules) for f in line}
    assert not [f for f in plain if f.startswith(("x0=", "bold=", "size=", "align="))]
    views[0].line.box, views[0].line.bold, views[1].line.box = (70.0, 90.0, 220.0, 104.0), True, (60.0, 110.0, 540.0, 124.0)
    typed = line_features(views, anchors, None)
    assert {"bold=True", "x0=0"} <= set(typed[0])
    assert not [f for line in typed for f in line if f.startswith("rule")]


def test_training_runs_for_real(tmp_path: Path) -> None:
    out = tmp_path / "zones.crfsuite"
    training.main(["--tiny", "--out", str(out)])
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    trained, rules = figures["models"]["CRF (shipped)"], figures["models"]["rules"]
    assert figures["training"]["sequences"] >= 40
    assert trained["noised text"]["accuracy"] > rules["noised text"]["accuracy"]


def test_the_same_letters_give_the_same_weights(tmp_path: Path) -> None:
    recipe = Recipe(noises=1, pdf=False, docx=False, generated=1)
    made = []
    for name in ("a", "b"):
        train(list(training_letters(list(load("train"))[:5], recipe, seed=3)), tmp_path / name, Settings(iterations=10))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
