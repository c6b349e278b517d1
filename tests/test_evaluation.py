"""The evaluation: ways of matching, counting, intervals, a real run of training and judging in small, comparison of runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.gold import to_extraction, to_gold
from corpus.load import load
from models.tasks.classifier import shipped, use
from training import compare, evaluate_all, train_all
from training.evaluate.counting import FIELDS, HEAD, count, count_zones, letter_right
from training.evaluate.matching import MODES, equal, match_list
from training.evaluate.running import Result
from training.evaluate.sets import Sizes, corpus_cases, data_hash, zone_lines
from training.evaluate.summary import calibration, summarise

WAYS = [
    ("place", "Hà Nội", "hà nội.", {"strict", "soft", "levenshtein", "ratcliff"}),
    ("issuer", "Sở Tài chính tỉnh Hà Nam", "Sở Tài chánh tỉnh Hà Nam", {"soft", "levenshtein", "ratcliff"}),
    ("issuer", "Sở Tài chính tỉnh Hà Nam", "Sở Tài chính tỉnh Nam", {"soft", "levenshtein"}),
    ("subject", "V/v báo cáo công tác quý I", "báo cáo công tác quý I", {"strict", "soft", "levenshtein", "ratcliff"}),
    ("number", "1234", "1235", set()),
    ("identifier", "0123/ub-nd", "123/UB-ND", {"strict", "soft", "levenshtein", "ratcliff"}),
    ("date", "2024-03-14", "2024-03-15", set()),
    ("signer.name", "Trần Kim Long", None, set()),
    ("signer.name", "Hoà Bình", "Hòa Bình", {"strict", "soft", "levenshtein", "ratcliff"}),
]


@pytest.mark.parametrize(("field", "gold", "guess", "right"), WAYS)
def test_ways_of_matching(field: str, gold: str, guess: str | None, right: set[str]) -> None:
    assert {mode for mode in MODES if equal(mode, field, gold, guess)} == right


def test_lists_are_matched_one_to_one() -> None:
    gold = ["Sở Nội vụ", "Sở Nội vụ (để b/c)", "Sở Y tế"]
    assert len(match_list("strict", gold, ["Sở Nội vụ", "Sở Y tế", "Sở Y tế"])) == 2
    with pytest.raises(ValueError, match="unknown way"):
        match_list("loose", gold, [*gold[:1], "x"])


def test_the_perfect_extraction_scores_one_everywhere() -> None:
    for letter in load("test"):
        gold = to_gold(letter)
        # a law cited by its bare type ("Hiến pháp") has nothing to be matched by
        if any(not (r["number"] or r["date"] or r["title"]) for r in gold["references"]):
            continue
        counted = count(gold, to_extraction(letter).model_dump(mode="json"))
        assert not counted.errors, (letter.id, counted.errors)
        assert all(letter_right(counted.counts, mode) for mode in MODES)
        assert sum(c["strict"][0] for c in counted.counts.values()) > 5


def test_nothing_found_is_all_missed() -> None:
    gold = to_gold(next(load("test")))
    counted = count(gold, {})
    assert all(tp == fp == 0 for counts in counted.counts.values() for tp, fp, _ in counts.values())
    assert not letter_right(counted.counts, "soft", HEAD)


def test_zone_lines_count_wrong_and_lost() -> None:
    counted = count({}, {})
    count_zones(counted, ["body", "task", "issuer"], ["body", "body", None])
    assert counted.counts["zone lines"]["strict"] == (1, 1, 2)


def test_cases_cover_the_forms_and_are_the_same_again() -> None:
    sizes = Sizes(text=3, noise_kinds=2, pdf=1, docx=1, scans=1)
    cases = list(corpus_cases("test", sizes))
    assert [c.slices["source"] for c in cases].count("noised text") == 6
    assert {c.slices["source"] for c in cases} == {"text", "noised text", "pdf", "docx", "scan"}
    assert len({c.key for c in cases}) == len(cases)
    assert data_hash(cases) == data_hash(list(corpus_cases("test", sizes)))
    assert all(len(c.data) > 200 for c in cases)
    letter = next(load("test"))
    assert "".join(text for text, _ in zone_lines(letter)).split() == letter.text.replace("\n", "").split()


def _result(letter: str, tp: int, fp: int, fn: int, confidences: list[tuple[str, float, bool]]) -> Result:
    return Result(letter, "text", {"source": "text", "system": "state"}, {"number": dict.fromkeys(MODES, (tp, fp, fn))}, confidences=confidences)


def test_summary_adds_up_and_its_intervals_hold_the_figure() -> None:
    results = [_result(f"l{i}", int(i % 4 > 0), int(i % 4 == 0), int(i % 4 == 0), [("number", 0.99, i % 4 > 0)]) for i in range(40)]
    found = summarise(results, draws=400)
    row = found["fields"]["number"]["strict"]
    assert row["f1"] == row["precision"] == row["recall"] == 0.75
    low, high = row["interval"]
    assert 0.55 < low < 0.75 < high < 0.95
    assert found["averages"]["soft"]["micro_f1"] == found["averages"]["strict"]["macro_f1"] == 0.75
    assert found["confidence"]["all"]["wrong_when_sure"] == 0.25
    assert found["confidence"]["all"]["expected_calibration_error"] == pytest.approx(0.24)
    assert found["whole_letter"]["strict"]["head"] == 0.75
    assert found["slices"]["system"]["state"]["letters"] == 40


def test_risk_falls_with_coverage_where_confidence_tells() -> None:
    values = [("x", 0.9 + i / 1000, i > 10) for i in range(100)]
    found = calibration(values)
    risks = [risk for _, risk in found["risk_coverage"]]
    assert risks == sorted(risks)
    assert found["risk_at_85_coverage"] == 0.0
    assert calibration([]) == {"values": 0}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A tiny training for real, then an evaluation with its weights."""
    folder = tmp_path_factory.mktemp("runs")
    assert train_all.main(["--tiny", "--out", str(folder / "weights"), "--held-out", str(folder / "held")]) == 0
    common = ["--split", "test", "--text", "3", "--pdf", "1", "--docx", "0", "--scans", "0", "--noise-kinds", "1", "--errors", "--held-out", str(folder / "held")]
    assert evaluate_all.main([*common, "--out", str(folder / "a")]) == 0
    return folder, json.loads((folder / "a" / "corpus-test.json").read_text(encoding="utf-8"))


def test_training_leaves_weights_and_their_cost(runs: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = runs
    assert {p.name for p in (folder / "weights").iterdir()} >= {"task_types", "confidence.json", "training.json"}
    assert (folder / "held" / "task_types" / "model.npz").is_file()
    cost = json.loads((folder / "weights" / "training.json").read_text(encoding="utf-8"))
    assert set(cost) == {step.name for step in train_all.STEPS}


def test_evaluation_is_stamped_and_judges_every_field(runs: tuple[Path, dict[str, Any]]) -> None:
    folder, run = runs
    assert run["stamp"]["commit"]
    assert len(run["stamp"]["data"]) == 12
    assert set(run["summary"]["fields"]) <= set(FIELDS)
    assert run["summary"]["fields"]["date"]["strict"]["support"] > 0
    assert 0.5 < run["summary"]["averages"]["soft"]["micro_f1"] <= 1
    text = (folder / "a" / "corpus-test.md").read_text(encoding="utf-8")
    assert run["stamp"]["data"] in text
    assert "| micro F1 |" in text
    assert (folder / "a" / "corpus-test-errors.md").read_text(encoding="utf-8").startswith("# Errors")
    # the process is back on the installation's own weights
    assert shipped() is not None
    use(None)


def test_stored_counts_leave_out_what_is_as_strict(runs: tuple[Path, dict[str, Any]]) -> None:
    counts = {"issuer": {"strict": (0, 1, 1), "soft": (1, 0, 0), "levenshtein": (1, 0, 0), "ratcliff": (0, 1, 1)}}
    assert evaluate_all.lean(counts) == {"issuer": {"strict": (0, 1, 1), "soft": (1, 0, 0), "levenshtein": (1, 0, 0)}}
    _, run = runs
    soft, strict = (compare.compare(run, run, mode)["fields"]["micro"]["first"] for mode in ("soft", "strict"))
    assert soft == run["summary"]["averages"]["soft"]["micro_f1"]
    assert strict == run["summary"]["averages"]["strict"]["micro_f1"] <= soft


def test_a_folder_of_gold_letters_is_judged_too(tmp_path: Path) -> None:
    letter = next(load("test"))
    gold = tmp_path / "letters"
    gold.mkdir()
    (gold / "a.txt").write_text(letter.text, encoding="utf-8")
    (gold / "a.json").write_text(json.dumps(to_gold(letter)), encoding="utf-8")
    assert evaluate_all.main(["--split", "none", "--folder", str(gold), "--out", str(tmp_path)]) == 0
    run = json.loads((tmp_path / "letters.json").read_text(encoding="utf-8"))
    assert run["summary"]["letters"] == 1
    (gold / "b.json").write_text(json.dumps(to_gold(letter)), encoding="utf-8")
    assert evaluate_all.main(["--split", "none", "--folder", str(gold), "--out", str(tmp_path)]) == 1


def test_comparison_tells_gains_from_losses(runs: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, run = runs
    worse = json.loads(json.dumps(run))
    for name in ("number", "date"):
        worse["letters"][0]["counts"][name] = {mode: [0, 1, 1] for mode in MODES}
    found = compare.compare(run, worse)
    assert found["fields"]["number"]["lost"] == 1
    assert found["fields"]["number"]["gained"] == 0
    assert found["fields"]["micro"]["difference"] < 0
    assert compare.compare(worse, run)["fields"]["date"]["gained"] == 1
    assert compare.compare(run, run)["letters"] == []
    for name, data in (("a", run), ("b", worse)):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    assert compare.main([str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 0
    assert worse["letters"][0]["letter"] in capsys.readouterr().out
    assert compare.main([str(tmp_path / "a.json"), str(tmp_path / "none.json")]) == 1
