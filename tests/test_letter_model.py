"""The data model is the contract: names, versions, and a schema file that agrees with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from models.letter import Deadline, Extraction, RelativeDeadline, Segment
from models.pipeline import extract
from models.schema import SCHEMA_FILE, extraction_schema, extraction_schema_text, stored_schema_text

LETTER = """SỞ NỘI VỤ TỈNH KHÁNH SƠN
Số: 12/SNV-CCHC
V/v gửi báo cáo cải cách hành chính
Khánh Sơn, ngày 05 tháng 3 năm 2021
Kính gửi: Ủy ban nhân dân các huyện.
Đề nghị Ủy ban nhân dân các huyện gửi báo cáo về Sở Nội vụ trước ngày 20/3/2021./.
Nơi nhận:
- Như trên;
- Lưu: VT, CCHC.
GIÁM ĐỐC
Lê Thị Thu Hà
"""


def test_schema_file_agrees_with_the_model() -> None:
    if os.environ.get("CONGVAN_REGENERATE"):
        (Path(__file__).parent.parent / "models" / SCHEMA_FILE).write_text(extraction_schema_text(), encoding="utf-8")
    assert stored_schema_text() == extraction_schema_text(), "run CONGVAN_REGENERATE=1 pytest tests/test_letter_model.py"


def test_goldens_are_not_regenerated_in_ci() -> None:
    assert not (os.environ.get("CI") and os.environ.get("CONGVAN_REGENERATE"))


def test_an_extraction_is_valid_by_the_schema_and_reads_back() -> None:
    extraction = extract(LETTER.encode(), "thu.txt")
    document = json.loads(extraction.to_json())
    jsonschema.validate(document, extraction_schema())
    assert Extraction.model_validate(document) == extraction


@pytest.mark.parametrize("version", ["2", "2.1", "0"])
def test_another_major_version_is_refused(version: str) -> None:
    document = extract(LETTER.encode(), "thu.txt").to_dict() | {"schema_version": version}
    with pytest.raises(ValidationError, match="schema version"):
        Extraction.model_validate(document)


def test_a_minor_version_with_new_fields_is_read() -> None:
    document = extract(LETTER.encode(), "thu.txt").to_dict() | {"schema_version": "1.7", "a_later_field": 3}
    assert Extraction.model_validate(document).schema_version == "1.7"


def test_relative_deadline_is_written_with_the_contract_key_from() -> None:
    deadline = Deadline(text="trong 5 ngày làm việc", relative=RelativeDeadline(amount=5, unit="working_day", from_="receipt"))
    assert deadline.model_dump(mode="json", by_alias=True)["relative"] == {"amount": 5, "unit": "working_day", "from": "receipt"}


def test_contract_names_are_all_there() -> None:
    document = extract(LETTER.encode(), "thu.txt").to_dict()
    assert {
        "schema_version", "source", "text", "pages", "segments", "document_type", "number", "symbol", "identifier", "date", "place",
        "issuer", "parent_body", "subject", "urgency", "secrecy", "archive_note", "signer", "addressees", "recipients", "references",
        "tasks", "warnings",
    } <= set(document)
    assert {"filename", "media_type", "sha256", "page_count", "text_origin", "legacy_encoding", "ocr"} <= set(document["source"])
    assert {"value", "text", "span", "page", "box", "confidence"} <= set(document["number"])


def test_spans_give_back_the_text_and_segments_cover_it() -> None:
    extraction = extract(LETTER.encode(), "thu.txt")
    for field in (extraction.number, extraction.date, extraction.subject, extraction.issuer, *extraction.addressees, *extraction.recipients):
        assert field is not None
        assert field.span is not None
        assert extraction.text[field.span[0]:field.span[1]] == field.text
    covered = [False] * len(extraction.text)
    previous = 0
    for segment in extraction.segments:
        assert segment.span[0] >= previous
        previous = segment.span[1]
        covered[segment.span[0]:segment.span[1]] = [True] * (segment.span[1] - segment.span[0])
    assert all(done or char.isspace() for done, char in zip(covered, extraction.text, strict=True))


def test_confidence_is_a_probability() -> None:
    with pytest.raises(ValidationError):
        Segment(zone="body", span=(0, 1), page=1, confidence=1.2)
