"""The generator: text and gold agree in every letter, the same seed gives the same letters, no two are alike."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import pytest

import corpus
from corpus.checks import header, references, scalars, tasks
from corpus.data import bound
from corpus.generate import generate, vary
from corpus.generate.__main__ import main
from corpus.generate.calendar import Shift, plan
from corpus.generate.draft import Draft, pieces
from corpus.generate.measure import faults, measure
from corpus.generate.measure import main as run_measure
from corpus.generate.numbers import is_national
from corpus.generate.order import reorder
from corpus.generate.paraphrase import paraphrase
from corpus.generate.people import make_name
from corpus.generate.places import candidates, move, seat
from corpus.generate.thin import thin
from corpus.generate.wording import old_tones
from corpus.gold import to_extraction, to_gold
from corpus.markup import compose, parse
from corpus.model import AnnotatedLetter, Problem, ReferenceEntry
from tests.corpus_letters import LETTER, PARTY


@pytest.fixture(scope="module")
def letters() -> list[AnnotatedLetter]:
    found = list(corpus.load("train"))
    return Random(7).sample(found, min(40, len(found))) or [parse(LETTER)]


def test_text_and_gold_agree_in_every_generated_letter(letters: list[AnnotatedLetter]) -> None:
    own = {letter.id: {p.cause.split()[0] for p in _errors(letter)} for letter in letters}
    made = list(generate(letters, 2 * len(letters), seed=11))
    assert len(made) == 2 * len(letters)
    assert len({one.letter.text for one in made}) == len(made)
    for one in made:
        errors = [p for p in _errors(one.letter) if p.cause.split()[0] not in own[one.base]]
        assert [str(p) for p in errors] == [], one.letter.id
        found = to_extraction(one.letter)
        for field in (found.number, found.date, found.issuer, found.subject, found.signer.name):
            if field is not None and field.span is not None:
                assert one.letter.text[slice(*field.span)] == field.text
        for task in found.tasks:
            assert task.text.split() == one.letter.text[slice(*(task.span or (0, 0)))].split()


def _errors(letter: AnnotatedLetter) -> list[Problem]:
    return [p for one in (header, scalars, references, tasks) for p in one(letter) if not p.warning]


def test_same_seed_same_letters(letters: list[AnnotatedLetter]) -> None:
    first = [one.letter.text for one in generate(letters[:5], 12, seed=3)]
    assert first == [one.letter.text for one in generate(letters[:5], 12, seed=3)]
    assert first != [one.letter.text for one in generate(letters[:5], 12, seed=4)]


def test_generator_streams_and_gives_up() -> None:
    assert len(list(islice(generate([parse(LETTER)], 10**9), 3))) == 3
    assert list(generate([], 5)) == []
    bare = parse("id: x\nsystem: state\nlevel: central\ntopic: t\ntype: công văn\n---\n@body\nKhông có gì.")
    assert len(list(generate([bare], 50))) < 50


def test_values_move_with_words() -> None:
    base = parse(LETTER)
    seen: set[str] = set()
    for seed in range(40):
        one = vary(base, seed)
        seen |= set(one.edits)
        gold = to_gold(one.letter)
        assert gold["number"] in one.letter.text
        plan_ = next(r for r in gold["references"] if r["type"] == "kế hoạch")
        assert plan_["number"].split("/")[0] in plan_["text"]
        due = date.fromisoformat(gold["tasks"][0]["deadline"]["date"])
        assert due >= date.fromisoformat(gold["date"])
        assert due.weekday() == date(2021, 5, 10).weekday()
        issuer = one.letter.first("issuer")
        assert issuer is not None
        assert (gold["place"] == "Nam Định") == ("NAM ĐỊNH" in one.letter.text)
        assert gold["place"] in (gold["issuer_parent"] or "")
    assert {"dates", "numbers", "names", "province", "abbreviations", "date forms"} <= seen


def test_alternatives_and_droppable_lines_are_used() -> None:
    texts = [vary(parse(LETTER), seed).letter.text for seed in range(30)]
    assert any("tốc mái" in t for t in texts)
    assert any("tốc mái" not in t for t in texts)
    assert any("Triển khai Kế hoạch" in t for t in texts)
    assert any("Thực hiện Kế hoạch" in t for t in texts)


def test_shift_keeps_form_and_leaves_other_numbers() -> None:
    shift = Shift(7, date(2021, 4, 12), frozenset({date(2021, 3, 8)}))
    assert shift.text("ngày 05/4/2021, 28/4/2021") == "ngày 12/4/2021, 05/5/2021"
    assert shift.text("ngày 25 tháng 4 năm 2021") == "ngày 02 tháng 5 năm 2021"
    assert shift.text("trước ngày 20/4; 12/15 huyện; tỷ lệ 3/4") == "trước ngày 27/4; 12/15 huyện; tỷ lệ 3/4"
    assert shift.text("ngày 08/3/2021") == "ngày 08/3/2021"  # a document that stays
    assert shift.text("ngày 30/4/2021") == "ngày 30/4/2021"  # a holiday
    assert shift.text("ngày 19/6/2015") == "ngày 19/6/2015"  # far away


def test_letters_with_ranges_keep_their_dates() -> None:
    ranged = LETTER.replace("Trân trọng./.", "Họp từ ngày 12 đến ngày 14/5/2021.")
    assert plan(parse(LETTER), Random(1)) is not None
    assert plan(parse(ranged), Random(1)) is None


@pytest.mark.parametrize(
    ("type_", "identifier", "issuer", "national"),
    [
        ("luật", None, None, True),
        ("nghị định", "30/2020/NĐ-CP", "Chính phủ", True),
        ("chỉ thị", "35-CT/TW", "Bộ Chính trị", True),
        ("công văn", "4567/BNV-TCBC", "Bộ Nội vụ", True),
        ("kế hoạch", "215/KH-UBND", "UBND tỉnh", False),
        ("kế hoạch", "12-KH/TU", "Tỉnh ủy", False),
        ("công văn", "88/SNV-CCVC", "Sở Nội vụ", False),
    ],
)
def test_documents_of_the_centre_stay(type_: str, identifier: str | None, issuer: str | None, national: bool) -> None:
    assert is_national(ReferenceEntry("r1", type_, identifier=identifier, issuer=issuer)) is national


def test_provinces_of_the_time() -> None:
    assert "Hưng Yên" in candidates("Hải Dương", date(2019, 1, 1))
    assert candidates("Hải Dương", date(2025, 8, 1)) == []  # merged away
    assert "Lai Châu" in candidates("Sơn La", date(2026, 1, 1))
    assert "Điện Biên" not in candidates("Sơn La", date(2002, 1, 1))  # not yet a province


def test_items_change_places_but_numbers_run_on() -> None:
    source = "id: x\nsystem: state\nlevel: central\ntopic: t\ntype: công văn\n---\n@task\n1. {t1=bao_cao|Một};\n2. {t2=bao_cao|Hai};\n3. {t3=bao_cao|Ba}."
    draft = Draft.of(parse(source).source, lambda line: line.text)
    assert any(reorder(draft, Random(seed)) for seed in range(3))
    lines = compose(draft.source("y")).text.split("\n")
    assert [line[:2] for line in lines] == ["1.", "2.", "3."]
    assert sorted(line[3:].rstrip(";.") for line in lines) == ["Ba", "Hai", "Một"]
    assert [line[-1] for line in lines] == [";", ";", "."]


def test_old_tones_keep_qu() -> None:
    draft = Draft.of(parse(LETTER.replace("Trân trọng", "Thủy hòa quý ủy hoàn toàn")).source, lambda line: line.text)
    old_tones(draft)
    assert "Thuỷ hoà quý uỷ hoàn toàn" in compose(draft.source("y")).text


@pytest.mark.parametrize("source", [LETTER, PARTY])
def test_pieces_give_the_line_back(source: str) -> None:
    for line in Draft.of(parse(source).source, lambda one: one.text).raw_lines():
        assert "".join(piece.written() for piece in pieces(line)) == line


def test_names_are_vietnamese_and_many() -> None:
    names = {make_name(Random(i), woman=bool(i % 2)) for i in range(200)}
    assert len(names) > 150
    assert all(3 <= len(name.split()) <= 4 for name in names)


def test_command_line(tmp_path: Path) -> None:
    out = tmp_path / "made.jsonl"
    assert main(["--count", "3", "--seed", "1", "--split", "all", "--out", str(out)]) == 0
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 3
    assert all(r["gold"]["id"] == r["id"] and r["text"] for r in records)


def test_an_appendix_cites_the_new_number() -> None:
    source = LETTER.replace("@closing", "@appendix\nPhụ lục\n(Kèm theo Công văn số 88/SXD-QLN của Sở)\n@closing")
    one = vary(parse(source), 3)
    number = to_gold(one.letter)["number"]
    assert number != "88"
    assert f"Công văn số {number}/SXD-QLN" in one.letter.text


@pytest.mark.parametrize(
    ("words", "to"),
    [
        ("Ngày bầu cử là Chủ nhật 23/5/2021.", "dates"),
        ("Công tác khắc phục hậu quả bão số 3 năm 2024.", "dates"),
        ("Kỷ niệm 40 năm giải phóng tỉnh (01/5/1972).", "province"),
        ("Địa bàn tỉnh Hà Giang (cũ).", "province"),
        ("Tàu cá của ngư dân neo đậu.", "province"),
    ],
)
def test_what_binds_a_letter_is_known(words: str, to: str) -> None:
    assert bound(to).search(words)


@pytest.mark.parametrize(
    "words", ["Cắm biển báo tại ngã tư.", "Trước mùa mưa bão, kiểm tra cống.", "Tổ chức hội nghị."]
)
def test_common_words_bind_nothing(words: str) -> None:
    assert not bound("dates").search(words)
    assert not bound("province").search(words)


def test_a_body_of_the_province_sits_in_its_seat() -> None:
    head = "id: x\nsystem: state\nlevel: province\nprovince: Vĩnh Phúc\ntopic: t\ntype: công văn\n---\n"
    text = (
        "@parent_body\n{parent=UBND tỉnh Vĩnh Phúc|UBND TỈNH VĨNH PHÚC}\n@issuer\n{issuer=Sở Tư pháp|SỞ TƯ PHÁP}\n"
        "@document_number\nSố: {number|15}/{symbol|STP}\n@place_date\n{place|Vĩnh Yên}, "
        "{date=2012-05-08|ngày 08 tháng 5 năm 2012}\n@body\nGửi các đơn vị để biết."
    )
    for seed in range(6):
        draft = Draft.of(parse(head + text).source, lambda line: line.text)
        assert move(draft, date(2012, 5, 8), Random(seed))
        moved = compose(draft.source("y"))
        place = moved.first("place")
        assert place is not None
        assert moved.joined(place) == seat(moved.header.province or "")


def test_huyen_uy_is_no_unit() -> None:
    head = "id: x\nsystem: party\nlevel: district\nprovince: Đắk Lắk\ntopic: t\ntype: công văn\n---\n"
    text = (
        "@issuer\n{issuer=Huyện ủy Cư Kuin|HUYỆN ỦY CƯ KUIN}\n@document_number\nSố {number|6}-{symbol|CV/HU}\n"
        "@place_date\n{place|Cư Kuin}, {date=2014-04-17|ngày 17 tháng 4 năm 2014}\n@body\nGửi các chi bộ."
    )
    draft = Draft.of(parse(head + text).source, lambda line: line.text)
    assert move(draft, date(2014, 4, 17), Random(1))
    moved = compose(draft.source("y"))
    place = moved.first("place")
    assert place is not None
    assert f"HUYỆN ỦY {moved.joined(place).upper()}" in moved.text


def test_paraphrase_leaves_names_and_citations() -> None:
    base = parse(LETTER)
    kept = [base.joined(m) for m in base.marks if m.is_reference or m.name in ("lead", "coord", "report")]
    changed = 0
    for seed in range(10):
        draft = Draft.of(base.source, lambda line: line.text)
        paraphrase(draft, Random(seed))
        letter = compose(draft.source("y"))
        changed += letter.text != base.text
        assert [
            letter.joined(m) for m in letter.marks if m.is_reference or m.name in ("lead", "coord", "report")
        ] == kept
    assert changed


def test_a_run_is_measured(capsys: pytest.CaptureFixture[str], letters: list[AnnotatedLetter]) -> None:
    found = measure(letters[:5], 10, seed=2)
    assert (found.letters, found.distinct, found.faults) == (10, 10, [])
    broken = replace(letters[0], text=letters[0].text.replace(letters[0].joined(letters[0].marks[0]), "~"))
    assert list(faults(broken, frozenset()))
    assert run_measure(["--count", "3", "--split", "dev"]) == 0
    assert "| distinct texts | 3 (100.00%) |" in capsys.readouterr().out


def test_lines_are_left_out_but_nothing_counted_or_cited() -> None:
    recipients = "".join(f"\n- {{recipient|Phòng số {n}}};" for n in range(1, 9))
    text = LETTER.replace("Nơi nhận:", f"Nơi nhận:{recipients}", 1).replace("{purpose:2|", "{purpose|")
    assert text != LETTER
    sizes: set[int] = set()
    for seed in range(20):
        draft = Draft.of(parse(text).source, lambda line: line.text)
        thin(draft, Random(seed))
        letter = compose(draft.source("y"))
        sizes.add(len(letter.named("recipient")))
        assert len(letter.tasks) == len(parse(text).tasks)
        assert len(letter.mentions) == len(parse(text).mentions)
    assert len(sizes) > 2
    counted = text.replace("{recipient|Phòng số 8};", "{recipient|Phòng số 8} ({purpose:2|để b/c});")
    for seed in range(5):
        draft = Draft.of(parse(counted).source, lambda line: line.text)
        thin(draft, Random(seed))
        assert len(compose(draft.source("y")).named("recipient")) == len(parse(counted).named("recipient"))
