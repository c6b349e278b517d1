"""Letters in the habits of real offices, format by format: every field as it stands on the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.pipeline import extract_path
from models.text import match_key

FOLDER = Path(__file__).parent / "data" / "habits"
GOLD: dict[str, dict[str, Any]] = json.loads((FOLDER / "gold.json").read_text(encoding="utf-8"))
FIELDS = {
    "document_type": "doc_type", "number": "number", "symbol": "symbol", "identifier": "full_number", "date": "date", "place": "place",
    "issuer": "issuer", "parent_body": "issuer_parent", "subject": "subject", "urgency": "urgency", "archive_note": "archive_note",
}  # fmt: skip


def _key(value: str | None) -> str | None:
    return match_key(value).strip(" .;") if value else None


@pytest.mark.parametrize("name", sorted(GOLD))
def test_every_field_as_printed(name: str) -> None:
    gold = GOLD[name]
    found = extract_path(FOLDER / name)
    got = {field: _key(getattr(getattr(found, field), "value", None)) for field in FIELDS}
    assert got == {field: _key(gold[key]) for field, key in FIELDS.items()}
    signer = {part: _key(getattr(getattr(found.signer, part), "value", None)) for part in ("authority", "title", "name")}
    assert signer == {part: _key(gold["signer"][part]) for part in signer}
    assert [_key(item.value) for item in found.addressees] == [_key(item) for item in gold["addressees"]]
    assert [_key(_whole(item.value, item.purpose)) for item in found.recipients] == [_key(item) for item in gold["recipients"]]


def _whole(value: str, purpose: str | None) -> str:
    return f"{value} ({purpose})" if purpose else value
