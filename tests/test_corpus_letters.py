"""All written letters: valid, unlike each other, soundly split; and the validator itself, on letters with one fault."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import corpus
from corpus import datasheet
from corpus.checks import check
from corpus.dates import days_in, ends_in, parse_due
from corpus.gold import to_extraction, to_gold
from corpus.load import paths
from corpus.markup import parse
from corpus.model import AnnotatedLetter
from corpus.splits import assign, leaks
from corpus.stats import gold_directory, numbers, report
from corpus.stats import main as run_stats
from corpus.validate import copied, duplicates, main, validate
from tests.corpus_letters import LETTER, PARTY


@pytest.fixture(scope="module")
def letters() -> list[AnnotatedLetter]:
    return list(corpus.load("all"))


def test_all_letters_are_valid() -> None:
    found, problems = validate(paths())
    errors = [str(p) for p in [*problems, *duplicates(found)] if not p.warning]
    assert len(found) == len(paths())
    assert errors == []


def test_every_gold_value_stands_in_its_letter(letters: list[AnnotatedLetter]) -> None:
    for letter in letters:
        found = to_extraction(letter)
        for task in found.tasks:
            assert task.span is not None
            assert " ".join(letter.text[slice(*task.span)].split()) == task.text, letter.id
        for one in [*found.addressees, *found.recipients]:
            assert one.text is not None
            assert one.value == " ".join(one.text.split()), letter.id
        covered = sum(s.span[1] - s.span[0] for s in found.segments) + len(found.segments) - 1
        assert covered == len(letter.text), letter.id


def test_splits_share_nothing(letters: list[AnnotatedLetter]) -> None:
    sides = assign(letters)
    assert list(leaks(letters, sides)) == []
    assert {letter.id for split in ("train", "dev", "test") for letter in corpus.load(split)} == {x.id for x in letters}
    if len(letters) > 100:
        share = sum(side == "train" for side in sides.values()) / len(letters)
        assert 0.65 < share < 0.92


def test_split_does_not_depend_on_order(letters: list[AnnotatedLetter]) -> None:
    assert assign(letters) == assign(list(reversed(letters)))


def test_unknown_split() -> None:
    with pytest.raises(ValueError, match="unknown split"):
        next(corpus.load("valid"))  # type: ignore[arg-type]


FAULTS = [
    ("id: thu-nghiem", "id: Thử", "other characters"),
    ("system: state", "system: stat", "unknown system"),
    ("level: province", "level: tinh", "unknown level"),
    ("type: công văn", "type: công vắn", "unknown type"),
    ("date=2021-04-12", "date=2021-04-13", "does not stand in"),
    ("date=2021-04-12", "date=2021-04-31", "no real day"),
    ("urgency=khan", "urgency=gap", "is no code"),
    ("{r2|Luật Đê điều}", "Luật Đê điều", "never mentioned"),
    ("{r2|Luật Đê điều}", "{r7|Luật Đê điều}", "not defined"),
    ("id: 215/KH-UBND", "id: 216/KH-UBND", "stands in no mention"),
    ("id: 215/KH-UBND", "id: 215/KH-XYZ", "stands nowhere in the text"),
    ("date: 2021-03-08", "date: 2021-03-09", "stands nowhere in the text"),
    ("via: r1", "via: r9", "is no reference"),
    ("t3=trien_khai", "t3=trien_khia", "unknown task label"),
    ("t3=trien_khai", "t2=trien_khai", "marked twice"),
    ("t2<h1=", "t2<h9=", "which no mark names"),
    ("due=2021-05-10T16:00", "due=2021-05-11T16:00", "but the words say"),
    ("due=2021-05-10T16:00", "due=soon", "is not understood"),
    ("due:d2=5 working_day", "due:d2=6 working_day", "does not stand in"),
    ("{who:h2|Chi cục Thủy lợi}", "{lead|Chi cục Thủy lợi}", "outside a task"),
    ("neg=background", "neg=lore", "unknown"),
    ("~ Triển khai {r1|", "~ Triển khai {r2|", "other marks"),
    (
        "@task\n1. {t1<h0=kiem_tra,bao_cao|Kiểm tra",
        "@task\n0. Mở đầu\n@task\n1. {t1<h0=kiem_tra,bao_cao|Kiểm tra",
        "without a task mark",
    ),
]


@pytest.mark.parametrize("source", [LETTER, PARTY])
def test_sound_letters_have_no_problems(source: str) -> None:
    assert [str(p) for p in check(parse(source))] == []


@pytest.mark.parametrize(("old", "new", "cause"), FAULTS)
def test_each_fault_is_found(old: str, new: str, cause: str) -> None:
    assert old in LETTER
    problems = check(parse(LETTER.replace(old, new, 1)))
    assert any(cause in p.cause for p in problems), [str(p) for p in problems]


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "thu-nghiem.cv", tmp_path / "hong.cv"
    good.write_text(LETTER, encoding="utf-8")
    assert main([str(good)]) == 0
    bad.write_text(LETTER.replace("t3=trien_khai", "t3=trien_khia"), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "unknown task label 'trien_khia'" in printed
    number = next(i for i, line in enumerate(LETTER.splitlines(), start=1) if "t3=trien_khai" in line)
    assert f"hong.cv:{number}: error:" in printed
    assert "stand in" in printed  # the two are near-duplicates


def test_copied_text_is_found(tmp_path: Path) -> None:
    letter = parse(LETTER)
    (tmp_path / "other.txt").write_text("a b Kiểm tra nhà chung cư cũ, báo cáo về Sở Xây dựng (qua Phòng c d")
    runs = list(copied([letter], tmp_path))
    assert len(runs) == 1
    assert "Kiểm tra nhà chung cư cũ" in runs[0].cause
    assert runs[0].warning


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("trước ngày 05/3/2020", None, [date(2020, 3, 5)]),
        ("ngày 05 tháng 3 năm 2020", None, [date(2020, 3, 5)]),
        ("ngày 9 tháng 12", 2019, [date(2019, 12, 9)]),
        ("trước ngày 10/4", 2016, [date(2016, 4, 10)]),
        ("xong trước 31-7", 2009, [date(2009, 7, 31)]),
        ("ngày 30/02/2020", None, []),
        ("Kế hoạch 15/KH", 2020, []),
        ("24/11/2023 và 02.12.2023", None, [date(2023, 11, 24), date(2023, 12, 2)]),
    ],
)
def test_days_in_text(text: str, year: int | None, expected: list[date]) -> None:
    assert days_in(text, year) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trong quý II/2024", date(2024, 6, 30)),
        ("hết tháng 02 năm 2020", date(2020, 2, 29)),
        ("trong tháng 9", date(2021, 9, 30)),
        ("trong năm 2022", date(2022, 12, 31)),
        ("trong tháng 12-2012", date(2012, 12, 31)),
        ("tháng 6 - 2005", date(2005, 6, 30)),
    ],
)
def test_ends_of_periods(text: str, expected: date) -> None:
    assert expected in ends_in(text, 2021)


@pytest.mark.parametrize("value", ["2021-13-01", "2021-02-30", "2021-02-03T25:00", "often", "5 fortnight"])
def test_deadlines_that_are_none(value: str) -> None:
    assert parse_due(value) is None


def test_statistics_beside_a_gold_directory(tmp_path: Path) -> None:
    letter = parse(LETTER)
    (tmp_path / "a.json").write_text(json.dumps(to_gold(parse(PARTY))), encoding="utf-8")
    (tmp_path / "a.txt").write_text("một hai ba", encoding="utf-8")
    theirs = numbers(gold_directory(tmp_path))
    assert (theirs.letters, theirs.words, theirs.tasks) == (1, [3], [1])
    printed = report(numbers([(to_gold(letter), letter.text)]), [letter], theirs)
    assert "1 letters, 4 tasks, 3 references, 1 issuers" in printed
    assert "| kiem_tra | 1 | 25.0% | 0 | 0.0% |" in printed


def test_the_datasheet_is_written_between_its_markers(letters: list[AnnotatedLetter]) -> None:
    sheet = datasheet.SHEET.read_text(encoding="utf-8")
    few = letters[:12]
    renewed = datasheet.renewed(sheet, few)
    assert f"| letters written by hand | {len(few)}, of" in renewed
    assert datasheet.renewed(renewed, few) == renewed
    assert renewed.partition(datasheet.END)[2] == sheet.partition(datasheet.END)[2]
    with pytest.raises(ValueError, match="has no lines"):
        datasheet.renewed("# no markers", few)


def test_texts_of_gold_letters_come_from_extractions_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = {"date": None, "references": [], "tasks": [], "addressees": [], "recipients": []}
    (tmp_path / "a.json").write_text(json.dumps({"id": "a", "doc_type": "công văn", **empty}), encoding="utf-8")
    lines = [{"source": {"filename": "a.pdf"}, "text": "bốn chữ ở đây"}, {"source": {"filename": "b.pdf"}, "error": {}}]
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert run_stats(["--split", "dev", "--short", "--gold", str(tmp_path), "--texts", str(texts)]) == 0
    words = next(line for line in capsys.readouterr().out.split("\n") if line.startswith("| words"))
    assert words.endswith("| 4 |")
