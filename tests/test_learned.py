"""What is learned: the classifier as served equals the one trained, training runs for real, confidence is calibrated and bounded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from corpus.load import load
from models.confidence import SIGNS, PageEvidence, rate
from models.letter import Source
from models.pipeline import extract_document
from models.reading import read
from models.tasks.classifier import LinearTaskTypes, shipped, verb_features
from models.tasks.types import evidence
from models.text import fold
from tests.conftest import LETTER
from training import task_types
from training.calibrate import Judged, fit, forms, probability, reliability
from training.task_models import Recipe, folds, joined, train_linear
from training.tasks_data import LABELS, TaskExample, duties, examples, rule_features

TASKS = [
    "Báo cáo kết quả thực hiện về Sở Nội vụ trước ngày 20/3/2024 để tổng hợp",
    "Cử 02 cán bộ tham dự lớp tập huấn, danh sách gửi về Phòng Tổ chức",
    "Góp ý dự thảo Quy chế làm việc bằng văn bản",
    "Bố trí kinh phí từ nguồn dự phòng ngân sách huyện",
]


def test_shipped_weights_label_plain_tasks() -> None:
    classifier = shipped()
    assert classifier is not None
    assert classifier.labels == list(LABELS)
    firsts = [labels[0].label for labels in classifier.predict(TASKS)]
    assert firsts == ["bao_cao", "cu_nguoi", "gop_y", "kinh_phi"]
    assert classifier.predict([]) == []


def test_served_form_equals_the_trained_one(tmp_path: Path) -> None:
    trained = task_types.export_linear(examples("train")[:150], tmp_path)(TASKS)
    served = LinearTaskTypes(tmp_path).probabilities(TASKS)
    # weights are stored in half precision
    assert np.abs(served - trained).max() < 0.01


def test_scaling_changes_probabilities_but_no_labels(tmp_path: Path) -> None:
    data = examples("train")[:150]
    for name, scaling in (("plain", (1.0, 0.0)), ("scaled", (0.6, -0.3))):
        task_types.export_linear(data, tmp_path / name, scaling)
    plain, scaled = LinearTaskTypes(tmp_path / "plain"), LinearTaskTypes(tmp_path / "scaled")
    texts = [e.text for e in data[:60]]
    assert [[t.label for t in row] for row in plain.predict(texts)] == [[t.label for t in row] for row in scaled.predict(texts)]
    assert scaled.probabilities(texts).max() < plain.probabilities(texts).max()


def test_overconfident_labels_are_scaled_down() -> None:
    rng = np.random.default_rng(5)
    odds = rng.normal(0, 4, (500, len(LABELS)))
    truth = rng.random(odds.shape) < 1 / (1 + np.exp(-odds / 2))
    factor, _ = task_types.scaling_of(1 / (1 + np.exp(-odds)), truth.astype(int))
    assert factor == pytest.approx(0.5, abs=0.08)


def test_training_runs_for_real(tmp_path: Path) -> None:
    task_types.main(["--tiny", "--out", str(tmp_path)])
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures["known"] == 120
    (shipped_row,) = [row for name, row in figures["held_out"].items() if name.startswith("shipped")]
    assert 0.2 < shipped_row["test"]["micro_f1"] <= 1
    assert LinearTaskTypes(tmp_path).predict(TASKS[:1])[0]


def test_rule_features_have_a_column_a_label_for_the_task_and_for_its_gist() -> None:
    assert rule_features(TASKS).shape == (len(TASKS), 2 * len(LABELS))


def test_choose_gives_every_task_a_label() -> None:
    found = task_types.choose(np.array([[0.1, 0.3], [0.9, 0.6]]), np.array([0.5, 0.5]))
    assert found.tolist() == [[0, 1], [1, 1]]


def test_joined_tasks_hold_the_labels_of_both() -> None:
    data = [TaskExample("Báo cáo kết quả", ("bao_cao",), "a"), TaskExample("Bố trí kinh phí", ("kinh_phi",), "b")]
    pairs = joined(data, 2.0)
    assert len(pairs) == 4
    assert {frozenset(p.labels) for p in pairs} == {frozenset({"bao_cao", "kinh_phi"})}
    assert all("báo cáo" in p.text.lower() and "kinh phí" in p.text.lower() for p in pairs)


def test_folds_keep_groups_together_and_judge_every_task_once() -> None:
    data = examples("dev")
    judged = [i for _, outside in folds(data) for i in outside]
    assert sorted(judged) == list(range(len(data)))
    for inside, outside in folds(data):
        assert not {data[i].letter for i in inside} & {data[i].letter for i in outside}


VERBS = [
    ("Rà soát hộ nghèo; bố trí kinh phí", {"first:rà soát", "later:bố trí kinh phí", "lead:rà soát", "duties:2"}),
    ("Phối hợp với Công an xã kiểm tra nhà trọ", {"with:phối hợp", "first:kiểm tra", "lead:phối hợp", "duties:2"}),
    ("Sở Y tế kiểm tra để phòng dịch", {"first:kiểm tra", "duties:1"}),
]


@pytest.mark.parametrize(("text", "expected"), VERBS)
def test_verbs_are_features_by_their_role(text: str, expected: set[str]) -> None:
    assert expected <= set(verb_features(evidence(text)[0]))


def test_examples_of_one_split_are_not_in_another() -> None:
    letters = {split: {e.letter for e in examples(split)} for split in ("train", "dev", "test")}
    assert not letters["train"] & letters["dev"]
    assert not letters["train"] & letters["test"]
    assert isinstance(examples("dev")[0], TaskExample)


def test_signs_are_bounded_and_confidence_is_set() -> None:
    document = read(LETTER.encode(), "thu.txt")
    source = Source(media_type="text/plain", sha256="", page_count=1, text_origin=document.text_origin)
    extraction = extract_document(document, source)
    rated = list(rate(document, extraction))
    assert {"number", "date", "subject", "recipients", "references", "tasks"} <= {r.kind for r in rated}
    for item in rated:
        assert set(item.signs) <= set(SIGNS)
        assert len(item.vector()) == len(SIGNS)
        assert all(-1 <= s <= 2 for s in item.vector())
        assert 0.05 < item.value.confidence < 1


def test_a_doubtful_recogniser_lowers_confidence() -> None:
    document = read(LETTER.encode(), "thu.txt")
    source = Source(media_type="text/plain", sha256="", page_count=1, text_origin=document.text_origin)
    sure = extract_document(document, source)
    for line in document.lines:
        line.origin, line.confidence = "ocr", 0.4  # type: ignore[assignment]
    doubtful = extract_document(document, source)
    assert sure.subject is not None
    assert doubtful.subject is not None
    assert doubtful.subject.confidence < sure.subject.confidence


PAGES = [
    ("tones", LETTER, "toneless", 0.0),
    ("no tones", fold(LETTER), "toneless", 1.0),
    ("words apart", LETTER, "glued", 0.0),
    ("words together", re.sub(r"(?<=\w) (?=\w)", "", LETTER), "glued", 1.0),
    ("lines", LETTER, "one_line", 0.0),
    ("one line", " ".join(LETTER.split()), "one_line", 1.0),
    ("debris", LETTER.replace("a", "~_"), "debris", 1.0),
]


@pytest.mark.parametrize(("text", "sign", "expected"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES])
def test_signs_tell_the_state_of_the_page(text: str, sign: str, expected: float) -> None:
    assert PageEvidence(read(text.encode(), "thu.txt")).signs[sign] == pytest.approx(expected, abs=0.3)


def test_two_names_on_one_line_and_a_head_without_tones_are_doubted() -> None:
    def confidence(text: str) -> dict[str, float]:
        document = read(text.encode(), "thu.txt")
        source = Source(media_type="text/plain", sha256="", page_count=1, text_origin=document.text_origin)
        return {r.kind: r.value.confidence for r in rate(document, extract_document(document, source))}

    plain, toneless = confidence(LETTER), confidence(fold(LETTER))
    for kind in ("place", "issuer", "subject", "signer.name"):
        assert toneless.get(kind, 0.0) < plain[kind]


def _judged(right: bool, **signs: float) -> Judged:
    return Judged("subject", tuple({"bias": 1.0, **signs}.get(name, 0.0) for name in SIGNS), right, "text")


def test_calibration_recovers_a_known_rate() -> None:
    rng = np.random.default_rng(3)
    data = []
    for _ in range(2000):
        fits = float(rng.random() < 0.5)
        data.append(_judged(bool(rng.random() < (0.95 if fits else 0.6)), fits=fits))
    weights = fit(data)
    assert probability(weights, _judged(True, fits=1.0)) == pytest.approx(0.95, abs=0.03)
    assert reliability(weights, data)["expected_calibration_error"] < 0.03


def test_fields_that_are_never_wrong_get_the_rule_of_succession() -> None:
    weights = fit([_judged(True, fits=1.0) for _ in range(98)])
    assert probability(weights, _judged(True, fits=0.0)) == pytest.approx(0.99, abs=0.001)


def test_forms_of_a_letter_are_kept(tmp_path: Path) -> None:
    letter = next(load("dev"))
    first = list(forms(letter, grade=None, seed=3, cache=tmp_path))
    assert [name.split()[0] for name, _ in first] == ["text", "noise", "noise", "pdf", "docx"]
    assert len(list(tmp_path.iterdir())) == 5
    assert [d.text for _, d in forms(letter, grade=None, seed=3, cache=tmp_path)] == [d.text for _, d in first]


def test_written_duties_hold_known_labels_once_and_stand_in_no_letter() -> None:
    written = duties()
    texts = [fold(e.text) for e in written]
    assert len(written) > 400
    assert len(set(texts)) == len(texts)
    assert {label for e in written for label in e.labels} == set(LABELS)
    assert all(len(set(e.labels)) == len(e.labels) <= 3 for e in written)
    assert not {fold(e.text) for e in examples("all")} & set(texts)


def test_a_recipe_may_leave_the_written_duties_out() -> None:
    data = examples("dev")[:60]
    sizes = [len(train_linear(data, Recipe(duties=count, joined=0)).vectors.get_feature_names_out()) for count in (0, 1)]
    assert sizes[0] < sizes[1]
