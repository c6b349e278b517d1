"""What is learned: the classifier as served equals the one trained, training runs for real, confidence is calibrated and bounded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.confidence import SIGNS, rate
from models.letter import Source
from models.pipeline import extract_document
from models.reading import read
from models.tasks.classifier import LinearTaskTypes, shipped, verb_features
from models.tasks.types import evidence
from tests.conftest import LETTER
from training import task_types
from training.calibrate import Judged, fit, probability, reliability
from training.task_models import folds, joined
from training.tasks_data import LABELS, TaskExample, examples, rule_features

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


def test_training_runs_for_real(tmp_path: Path) -> None:
    task_types.main(["--tiny", "--out", str(tmp_path)])
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures["known"] == 120
    (shipped_row,) = [row for name, row in figures["held_out"].items() if name.startswith("shipped")]
    assert 0.2 < shipped_row["test"]["micro_f1"] <= 1
    assert LinearTaskTypes(tmp_path).predict(TASKS[:1])[0]


def test_rule_features_have_one_column_a_label() -> None:
    assert rule_features(TASKS).shape == (len(TASKS), len(LABELS))


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
        assert len(item.signs) == len(SIGNS)
        assert all(-1 <= s <= 1 for s in item.signs)
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


def test_calibration_recovers_a_known_rate() -> None:
    rng = np.random.default_rng(3)
    data = []
    for _ in range(2000):
        fits = float(rng.random() < 0.5)
        data.append(Judged("subject", (1.0, 0.0, 0.0, 0.0, fits, 1.0, 0.2, 1.0), bool(rng.random() < (0.95 if fits else 0.6)), "text"))
    weights = fit(data)
    fitting = Judged("subject", (1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.2, 1.0), True, "text")
    assert probability(weights, fitting) == pytest.approx(0.95, abs=0.03)
    assert reliability(weights, data)["expected_calibration_error"] < 0.03
