"""Noises on text: spans come back, encodings follow their tables; and the exchange with annotation tools."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.exchange import from_doccano, from_label_studio, label_studio_config, to_doccano, to_label_studio
from corpus.exchange.spans import ExchangeError, LabelledSpan, from_spans, header_data, to_spans
from corpus.markup import parse
from corpus.noise import NOISES, make_noise, to_tcvn3, to_vni
from models.text import fold
from tests.corpus_letters import LETTER, PARTY

HEADER = "id: x\nsystem: state\nlevel: central\ntopic: t\ntype: công văn\n---\n"


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_spans_come_back(kind: str, seed: int) -> None:
    letter = parse(LETTER)
    noisy = make_noise(letter, kind, seed)
    assert len(noisy.origins) == len(noisy.text)
    for mark in letter.marks:
        if "\n" in letter.words(mark):
            continue
        span = noisy.span(mark.span)
        assert span is not None
        if kind in ("merged_columns", "one_line", "web_copy"):
            assert noisy.text[slice(*span)] == letter.words(mark)
        elif kind == "lost_tones":
            assert fold(noisy.text[slice(*span)]) == fold(letter.words(mark))
        elif kind == "tcvn3":
            assert noisy.text[slice(*span)] == to_tcvn3(letter.words(mark))
        elif kind == "vni":
            assert noisy.text[slice(*span)] == to_vni(letter.words(mark))
        elif kind == "detached_marks":
            assert "".join(noisy.text[slice(*span)].split()) == "".join(
                unicodedata.normalize("NFD", letter.words(mark)).split()
            )


def test_noise_is_repeatable_and_known() -> None:
    letter = parse(LETTER)
    assert make_noise(letter, "ocr", 4).text == make_noise(letter, "ocr", 4).text
    assert make_noise(letter, "ocr", 4).text != letter.text
    with pytest.raises(ValueError, match="unknown noise"):
        make_noise(letter, "fog")


def test_columns_stand_on_one_line() -> None:
    lines = make_noise(parse(LETTER), "merged_columns", 1).text.split("\n")
    assert any(
        line.startswith("ỦY BAN NHÂN DÂN") and line.endswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") for line in lines
    )
    assert "\n" not in make_noise(parse(LETTER), "one_line", 1).text


def test_hard_wraps_bound_the_line() -> None:
    text = make_noise(parse(LETTER), "hard_wraps", 1).text
    assert max(map(len, text.split("\n"))) < 115
    assert "".join(text.split()) == "".join(parse(LETTER).text.split())


@pytest.mark.parametrize(
    ("text", "tcvn3", "vni"),
    [
        ("nhân dân", "nh©n d©n", "nhaân daân"),
        ("tháng", "th¸ng", "thaùng"),
        ("được", "®­îc", "ñöôïc"),
        ("Hà Nội", "Hµ Néi", "Haø Noäi"),
        ("ỦY BAN", "ñY BAN", "UÛY BAN"),
        ("Đảng ủy", "§¶ng ñy", "Ñaûng uûy"),
        ("kỹ thuật", "kü thuËt", "kyõ thuaät"),
        ("11-HD/VPTW", "11-HD/VPTW", "11-HD/VPTW"),
    ],
)
def test_encodings(text: str, tcvn3: str, vni: str) -> None:
    assert to_tcvn3(text) == tcvn3
    assert to_vni(text) == vni


def test_no_two_letters_share_a_code() -> None:
    small = "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ"
    assert len({to_tcvn3(c) for c in small}) == len(small)
    assert len({to_vni(c) for c in small + small.upper()}) == 2 * len(small)


@pytest.mark.parametrize("source", [LETTER, PARTY])
def test_round_trips(source: str) -> None:
    letter = parse(source)
    exported = json.loads(json.dumps(to_label_studio([letter])))[0]
    for back in (from_label_studio(exported), from_doccano(next(iter(to_doccano([letter]))))):
        again = parse(back)
        assert again.text == letter.text
        assert to_spans(again) == to_spans(letter)
        assert again.header == letter.header
        assert [(line.cell, line.gap) for line in again.lines] == [(line.cell, line.gap) for line in letter.lines]


def test_doccano_entities_form_is_read() -> None:
    record = json.loads(next(iter(to_doccano([parse(PARTY)]))))
    record["entities"] = [
        {"id": i, "start_offset": a, "end_offset": b, "label": c} for i, (a, b, c) in enumerate(record.pop("label"))
    ]
    assert parse(from_doccano(record)).text == parse(PARTY).text


@given(
    st.lists(
        st.text(alphabet="ab {}|\\~?@", min_size=1, max_size=12).map(str.strip).filter(bool), min_size=1, max_size=4
    )
)
def test_any_lines_come_back(lines: list[str]) -> None:
    text = "\n".join(" ".join(line.split()) for line in lines)
    data = header_data(parse(HEADER + "@body\na").header)
    spans = [LabelledSpan(0, len(text), "zone:body"), LabelledSpan(0, 1, "lead")]
    assert parse(from_spans(text, spans, data)).text == text


@pytest.mark.parametrize(
    ("spans", "cause"),
    [
        ([LabelledSpan(0, 5, "zone:body")], "lies in no zone"),
        ([LabelledSpan(0, 11, "zone:bodi")], "unknown zone"),
        ([LabelledSpan(0, 6, "zone:body"), LabelledSpan(4, 11, "zone:body")], "overlap"),
        ([LabelledSpan(0, 11, "zone:body"), LabelledSpan(0, 5, "lead"), LabelledSpan(3, 8, "coord")], "cross"),
        ([LabelledSpan(0, 11, "zone:body"), LabelledSpan(5, 14, "lead")], "edge of a zone"),
    ],
)
def test_labels_that_are_no_letter(spans: list[LabelledSpan], cause: str) -> None:
    with pytest.raises(ExchangeError, match=cause):
        from_spans("abcde fghij", spans, header_data(parse(HEADER + "@body\na").header))


def test_unfinished_task_is_refused() -> None:
    with pytest.raises(ExchangeError, match="no annotation"):
        from_label_studio({"data": {}, "annotations": []})


def test_config_names_all_marks() -> None:
    config = label_studio_config()
    assert all(f'"{name}"' in config for name in ("zone:legal_basis", "lead", "task", "reference", "due"))
