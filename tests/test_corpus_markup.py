"""The markup's parser and the two gold forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.gold import to_extraction, to_gold
from corpus.markup import parse
from corpus.model import MarkupError
from models.letter import Extraction, Zone
from tests.corpus_letters import LETTER, PARTY

HEADER = "id: x\nsystem: state\nlevel: central\ntopic: t\ntype: công văn\n---\n"


def test_text_has_a_line_for_each_printed_line_and_cell() -> None:
    letter = parse(LETTER)
    assert letter.text.splitlines()[:4] == ["ỦY BAN NHÂN DÂN", "TỈNH NAM ĐỊNH", "SỞ XÂY DỰNG", "Số: 88/SXD-QLN"]
    table = letter.zones(Zone.TABLE)[0]
    assert [(line.text, line.cell.row, line.cell.column) for line in table.lines if line.cell] == [
        ("Nhiệm vụ", 0, 0),
        ("Đơn vị", 0, 1),
        ("Thời hạn", 0, 2),
        ("Gửi hồ sơ", 1, 0),
        ("Chi cục Thủy lợi", 1, 1),
        ("05 ngày làm việc", 1, 2),
    ]
    assert "{" not in letter.text
    assert "~" not in letter.text


def test_every_line_and_block_span_gives_its_text() -> None:
    letter = parse(LETTER)
    for line in letter.lines:
        assert letter.text[slice(*line.span)] == line.text
    assert "\n".join(letter.text[slice(*b.span)] for b in letter.blocks) == letter.text


def test_gold_follows_the_conventions() -> None:
    gold = to_gold(parse(LETTER))
    assert gold["full_number"] == "88/SXD-QLN"
    assert gold["date"] == "2021-04-12"
    assert gold["subject"] == "kiểm tra nhà chung cư cũ trước mùa mưa bão"
    assert gold["issuer_parent"] == "Ủy ban nhân dân tỉnh Nam Định"
    assert gold["urgency"] == "khan"
    assert gold["addressees"] == ["Phòng Quản lý đô thị thành phố", "UBND các huyện"]
    assert gold["recipients"] == ["Như trên", "UBND tỉnh (để b/c)", "Sở Nông nghiệp và PTNT (để b/c)"]
    assert gold["archive_note"] == "VT, QLN"
    assert gold["signer"] == {"authority": "KT. GIÁM ĐỐC", "title": "PHÓ GIÁM ĐỐC", "name": "Đỗ Thị Thu Trang"}
    assert [r["number"] for r in gold["references"]] == ["215/KH-UBND", "12-CT/TU", None]
    assert gold["references"][2]["title"] == "Đê điều"


def test_tasks_take_the_body_of_their_heading_but_not_of_the_lead_sentence() -> None:
    gold = to_gold(parse(LETTER))
    assert [t["assignees"] for t in gold["tasks"]] == [
        [],
        ["Phòng Quản lý đô thị"],
        ["UBND các huyện"],
        ["Chi cục Thủy lợi"],
    ]
    assert gold["tasks"][1]["coordinating"] == ["Công an thành phố"]
    found = to_extraction(parse(LETTER))
    assert [(a.value, a.explicit) for a in found.tasks[0].assignees] == [("các đơn vị", False)]
    assert [t.item for t in found.tasks] == ["1", None, "3", None]


def test_deadlines_of_all_kinds() -> None:
    tasks = to_extraction(parse(LETTER)).tasks
    first, third, fourth = tasks[0].deadline, tasks[2].deadline, tasks[3].deadline
    assert first is not None
    assert (first.date, first.time, first.text) == ("2021-05-10", "16:00", "trước 16 giờ ngày 10/5/2021")
    assert third is not None
    assert (third.date, third.recurrence) == (None, "monthly")
    assert fourth is not None
    assert fourth.relative is not None
    assert (fourth.relative.amount, fourth.relative.unit, fourth.relative.from_) == (5, "working_day", "receipt")
    assert to_gold(parse(LETTER))["tasks"][2]["deadline"] == {"text": "hằng tháng, trước ngày 25", "date": None}


def test_extraction_spans_give_their_texts_and_survive_json() -> None:
    found = to_extraction(parse(LETTER))
    for field in (found.number, found.symbol, found.identifier, found.date, found.issuer, found.subject, found.urgency):
        assert field is not None
        assert field.span is not None
        assert found.text[slice(*field.span)] == field.text
    assert found.tasks[0].report_to is not None
    assert found.tasks[0].report_to.email == "qln@sxd.example"
    assert found.references[2].pinpoints == ["khoản 2 Điều 25"]
    assert found.references[1].via == "r1"
    assert len(found.references[0].mentions) == 2
    assert Extraction.model_validate_json(found.to_json()) == found


def test_party_number_and_blank_day() -> None:
    gold = to_gold(parse(PARTY))
    assert gold["full_number"] == "31-KH/TU"
    assert gold["date"] is None
    assert gold["tasks"][0]["deadline"] == {"text": "trong quý IV/2018", "date": "2018-12-31"}


def test_headings_inside_a_task_block_are_body() -> None:
    zones = [(s.zone, s.span) for s in to_extraction(parse(LETTER)).segments]
    text = parse(LETTER).text
    assert ("body", "2. Phòng Quản lý đô thị:") in [(z, text[slice(*span)]) for z, span in zones]


@pytest.mark.parametrize(
    ("source", "line", "cause"),
    [
        ("id: x\n", 1, "no line '---'"),
        ("id: x\nsystem: [\n---\n@body\na", 2, "not YAML"),
        ("id: x\n---\n@body\na", 1, "'system' is missing"),
        (HEADER + "@boddy\na", 7, "unknown zone 'boddy'"),
        (HEADER + "text", 7, "before the first zone"),
        (HEADER + "@body\n", 7, "empty block"),
        (HEADER + "@body\na {t1=bao_cao|b", 8, "never closed"),
        (HEADER + "@body\na } b", 8, "closes nothing"),
        (HEADER + "@body\n{foo|b}", 8, "opens no known mark"),
        (HEADER + "@body\n{lead|}", 8, "has no text"),
        (HEADER + "@table\na || {lead|b || c}", 8, "crosses a table cell"),
        (HEADER.replace("---", "refs:\n  r1: {type: luật, title: a, b}\n---"), 7, "unknown key 'b'"),
    ],
)
def test_faults_are_named_with_their_line(source: str, line: int, cause: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse(source, "x.cv")
    assert any(cause in p.cause and p.line == line for p in caught.value.problems), [
        str(p) for p in caught.value.problems
    ]
    assert all(p.remedy for p in caught.value.problems)


def test_escapes_stand_for_themselves() -> None:
    letter = parse(HEADER + "@body\n\\@ một \\{hai\\} ba\\\\ \\~ {lead|a \\} b}")
    assert letter.text == "@ một {hai} ba\\ ~ a } b"
    assert letter.words(letter.marks[0]) == "a } b"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_either_parses_or_is_refused(text: str) -> None:
    try:
        letter = parse(HEADER + "@body\n" + text)
    except MarkupError:
        return
    assert "\n".join(line.text for line in letter.lines) == letter.text


@given(st.text(alphabet="ab {}|\\~?@t1=lead\n", max_size=60))
def test_marks_never_lie_outside_their_text(text: str) -> None:
    try:
        letter = parse(HEADER + "@body\nx\n" + text)
    except MarkupError:
        return
    for mark in letter.marks:
        assert 0 <= mark.span[0] < mark.span[1] <= len(letter.text)
