"""Identifiers of bodies (mã định danh cơ quan) in exchange: QCVN 102:2016/BTTTT and Decision 20/2020/QĐ-TTg."""

from __future__ import annotations

import re
from functools import cache

from models.lexicons import table
from models.text import match_key

_OLD_FORM = re.compile(r"^\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}$")
_NEW_FORM = re.compile(r"^[A-Z]\d{2}(?:\.[0-9A-Z]{1,8})*$")


def is_organ_id(value: str) -> bool:
    """Whether ``value`` is an identifier of either form: "000.01.32.H54" or "H54.32.01" (35 characters at most)."""
    return len(value) <= 35 and bool(_OLD_FORM.match(value) or _NEW_FORM.match(value))


def modern_organ_id(value: str) -> str:
    """The form of Decision 20/2020/QĐ-TTg, level 1 first: "000.01.32.H54" becomes "H54.32.01"; others are unchanged."""
    if not _OLD_FORM.match(value):
        return value
    return ".".join(part for part in reversed(value.split(".")) if part.strip("0"))


def organ_id(name: str | None, date: str | None = None) -> str | None:
    """The level-1 identifier of a ministry, or of a province's people's committee or council on ``date`` (ISO 8601).

    Merged provinces use the id of the province whose name survives (Decision 09/2025/QĐ-TTg). None for every other body:
    its id is given by its superior, and no public list says it.
    """
    return _ids(bool(date) and (date or "") < "2025-07-01").get(match_key(name)) if name else None


@cache
def _ids(before_merger: bool) -> dict[str, str]:
    known = {match_key(row["name"]): row["org_id"] for row in table("ministries") if row["org_id"]}
    for row in table("provinces"):
        name, id = (row["old"], row["org_id_old"]) if before_merger else (row["new"], row["org_id_new"])
        if not id.startswith("H"):
            continue
        for kind in ("tỉnh", "thành phố"):
            known[match_key(f"Ủy ban nhân dân {kind} {name}")] = id
            known[match_key(f"Hội đồng nhân dân {kind} {name}")] = "K" + id[1:]
    return known
