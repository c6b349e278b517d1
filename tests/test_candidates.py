"""The readings that lost: where they come from, that what was chosen is not among them, and how they are asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.confidence_candidates import candidate_signs
from models.document import Document, Word
from models.letter import Extraction, Source, TextOrigin
from models.pipeline import ExtractOptions, extract, extract_document
from models.reading import read
from service.cli import app
from tests.conftest import LETTER

TWO_DATES = """ỦY BAN NHÂN DÂN
XÃ PHÚ ĐIỀN
Số: 45/UBND-VP
V/v chuẩn bị họp giao ban
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Phú Điền, ngày 12 tháng 5 năm 2025
Kính gửi: Các phòng chuyên môn.
Để chuẩn bị họp giao ban, Ủy ban nhân dân xã yêu cầu các phòng báo cáo trước ngày 20/5/2025.
Nơi nhận:
- Như trên;
- Lưu: VT.
Phú Điền, ngày 14 tháng 5 năm 2025
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Trần Văn Phúc
"""


def wanted(data: str) -> Extraction:
    return extract(data.encode(), "thu.txt", options=ExtractOptions(candidates=True))


def test_only_on_request() -> None:
    assert extract(TWO_DATES.encode(), "thu.txt").candidates == {}


def test_the_other_date_is_offered_with_its_place() -> None:
    found = wanted(TWO_DATES)
    assert found.date is not None
    others = {c.value: c for c in found.candidates["date"]}
    assert {found.date.value, *others} == {"2025-05-12", "2025-05-14"}
    other = next(iter(others.values()))
    assert other.source == "date_line"
    assert other.span is not None
    assert found.text[other.span[0]:other.span[1]] == other.text
    assert other.confidence < found.date.confidence


@pytest.mark.parametrize("letter", [LETTER, TWO_DATES, "", "Kính gửi: ai đó", "Số: 5/A\nSố: 6/B\n" * 3])
def test_what_was_chosen_is_no_candidate(letter: str) -> None:
    if not letter:
        return
    found = wanted(letter)
    assert all(len(items) <= 6 for items in found.candidates.values())
    for path, items in found.candidates.items():
        value: object = found
        for part in path.split("."):
            value = getattr(value, part)
        chosen = [v.value for v in value] if isinstance(value, list) else [getattr(value, "value", None)]
        assert not {c.value for c in items} & set(chosen), path
        assert [c.confidence for c in items] == sorted((c.confidence for c in items), reverse=True)


def test_letters_read_for_digits_give_another_number() -> None:
    document: Document = read(TWO_DATES.replace("Số: 45/", "Số: 4S/").encode(), "thu.txt")
    for page in document.pages:
        page.text_origin = TextOrigin.OCR
        for line in page.lines:
            line.origin = TextOrigin.OCR
    source = Source(media_type="text/plain", sha256="", page_count=1, text_origin=TextOrigin.OCR)
    found = extract_document(document, source, candidates=True)
    values = {c.value: c.source for c in found.candidates.get("number", [])}
    assert found.number is None or found.number.value != "45"
    assert values.get("45") == "ocr"


def test_what_competed_for_handwriting_is_offered() -> None:
    document = read(TWO_DATES.encode(), "thu.txt")
    for line in document.lines:
        line.origin = TextOrigin.OCR
        if line.text.startswith("Số:"):
            line.words = [Word("45", span=(line.span[0] + 4, line.span[0] + 6), options=[("45", 0.6), ("46", 0.3), ("95", 0.1)])]
        if line.text.startswith("Phú Điền, ngày 12"):
            line.words = [
                Word(text, span=(line.span[0] + line.text.index(text), line.span[0] + line.text.index(text) + len(text)), options=options)
                for text, options in (("12", [("12", 0.7), ("17", 0.3)]), ("5", [("5", 0.9), ("8", 0.1)]))
            ]
    source = Source(media_type="text/plain", sha256="", page_count=1, text_origin=TextOrigin.OCR)
    found = extract_document(document, source, candidates=True)
    assert found.number is not None
    assert found.date is not None
    assert (found.number.value, found.date.value) == ("45", "2025-05-12")
    assert [c.value for c in found.candidates["number"]] == ["46", "95"]
    assert [c.value for c in found.candidates["identifier"]] == ["46/UBND-VP", "95/UBND-VP"]
    assert found.candidates["date"][0].value == "2025-05-17"
    assert "2025-08-12" in {c.value for c in found.candidates["date"]}


def test_the_number_that_the_text_repeats_is_offered() -> None:
    found = wanted(TWO_DATES.replace("Nơi nhận:", "(Ban hành kèm theo Công văn số 46/UBND-VP)\nNơi nhận:"))
    assert found.number is not None
    assert found.number.value == "45"
    assert {c.value for c in found.candidates["number"] if c.source == "text"} == {"46"}


def test_the_command_gives_them(tmp_path: Path) -> None:
    path = tmp_path / "thu.txt"
    path.write_text(TWO_DATES, encoding="utf-8")
    result = CliRunner().invoke(app, ["extract", "--candidates", str(path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["candidates"]["date"]
    plain = CliRunner().invoke(app, ["extract", str(path)])
    assert json.loads(plain.stdout)["candidates"] == {}


def test_readings_of_one_field_share_one_probability() -> None:
    found = extract(TWO_DATES.encode(), "thu.txt", options=ExtractOptions(candidates=True))
    for path, items in found.candidates.items():
        assert [c.confidence for c in items] == sorted((c.confidence for c in items), reverse=True)
        if path == "date":
            assert found.date is not None
            assert found.date.confidence + sum(c.confidence for c in items) <= 1.01


def test_a_sure_field_leaves_its_other_readings_little() -> None:
    found = extract(TWO_DATES.encode(), "thu.txt", options=ExtractOptions(candidates=True))
    assert found.date is not None
    one = found.candidates["date"][0]
    sure, doubtful = found.model_copy(deep=True), found.model_copy(deep=True)
    assert sure.date is not None
    assert doubtful.date is not None
    sure.date.confidence, doubtful.date.confidence = 0.99, 0.4
    assert candidate_signs(sure, "date", 0, one)["room"] < candidate_signs(doubtful, "date", 0, one)["room"]
