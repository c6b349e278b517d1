"""Metadata sets of Vietnamese rules: a letter as the fields of one set, checked for type and length, and read back.

Sets stand in ``tables/metadata.tsv``: Decree 30/2020/NĐ-CP Appendix VI (văn bản đi, văn bản đến, hồ sơ), Circular
02/2019/TT-BNV and Circular 05/2025/TT-BNV (tài liệu, hồ sơ).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_DAY = re.compile(r"^\d{2}/\d{2}/\d{4}$")


@dataclass(frozen=True, slots=True)
class MetadataField:
    """A field of a set: its name in the rule, the Vietnamese meaning, type, greatest length, and the fact that fills it."""

    name: str
    meaning: str
    kind: str
    length: int | None
    required: bool
    fact: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that breaks the rule of its field."""

    field: str
    code: str
    message: str


@cache
def metadata_sets() -> dict[str, tuple[MetadataField, ...]]:
    """All sets, fields in the order of the rule."""
    text = files("service.exports").joinpath("tables/metadata.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, list[MetadataField]] = {}
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""):
        length = int(row["length"]) if row["length"] else None
        found.setdefault(row["set"], []).append(MetadataField(row["field"], row["meaning"], row["type"], length, row["required"] == "yes", row["fact"] or ""))
    return {name: tuple(fields) for name, fields in found.items()}


def to_row(name: str, facts: dict[str, str]) -> dict[str, str]:
    """The fields of the set ``name`` filled from facts; "" for what nobody stated. A text over its length is cut at a word,
    with "…" at its end, because receiving systems refuse longer ones; :func:`problems` of the uncut row would tell."""
    return {field.name: _fitted(facts.get(field.fact, ""), field) for field in metadata_sets()[name]}


def _fitted(value: str, field: MetadataField) -> str:
    if field.length is None or len(value) <= field.length or field.kind != "string":
        return value
    cut = value[: field.length - 1]
    return (cut[: cut.rfind(" ")] if " " in cut else cut).rstrip(" ;,") + "…"


def problems(name: str, row: dict[str, str], *, require: bool = False) -> list[Problem]:
    """What breaks the rules of the set: unknown fields, types, lengths and, with ``require``, empty required fields."""
    fields = {field.name: field for field in metadata_sets()[name]}
    found = [Problem(key, "unknown_field", f"{key} is no field of {name}") for key in row if key not in fields]
    for field in fields.values():
        value = row.get(field.name) or ""
        if not value:
            if field.required and require:
                found.append(Problem(field.name, "required", f"{field.name} ({field.meaning}) must not be empty"))
            continue
        if field.kind == "number" and not value.isdigit():
            found.append(Problem(field.name, "not_a_number", f"{field.name} must be digits, not {value!r}"))
        elif field.kind == "date" and not _DAY.match(value):
            found.append(Problem(field.name, "not_a_day", f"{field.name} must be a day as dd/mm/yyyy, not {value!r}"))
        if field.length is not None and len(value) > field.length:
            found.append(Problem(field.name, "too_long", f"{field.name} has {len(value)} characters; {field.length} are allowed"))
    return found


def to_facts(name: str, row: dict[str, str]) -> dict[str, str]:
    """The facts that a row states: the way back of :func:`to_row`."""
    return {field.fact: row[field.name] for field in metadata_sets()[name] if field.fact and row.get(field.name)}
