"""New numbers for the letter and for the local documents that it cites; documents of the centre stay as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from corpus.generate.draft import Draft, innermost_reference
from corpus.model import ReferenceEntry
from models.letter import Zone

NATIONAL_TYPES = frozenset(
    {
        "luật",
        "bộ luật",
        "hiến pháp",
        "pháp lệnh",
        "nghị định",
        "thông tư",
        "thông tư liên tịch",
        "điều lệ",
        "sắc lệnh",
        "lệnh",
    }
)
_NATIONAL_CODE = re.compile(
    r"TTg|[-/]CP\b|QH\d*\b|UBTVQH|TW|HĐBT|HĐBCQG|VPCP|[-/]B[A-ZĐ]{1,8}\b|TLĐ|TANDTC|VKSTC|NHNN|TCT\b|TCHQ"
)
_NATIONAL_ISSUER = re.compile(
    r"(?i)^(?:chính phủ|thủ tướng|quốc hội|(?:ủy|uỷ) ban thường vụ quốc hội|bộ |ban bí thư|trung ương|"
    r"ban chấp hành trung ương|(?:chủ tịch )?hội đồng (?:bộ trưởng|chính phủ|bầu cử quốc gia)|kiểm toán nhà nước|"
    r"văn phòng chính phủ|tổng |ngân hàng nhà nước|tòa án nhân dân tối cao|"
    r"viện kiểm sát nhân dân tối cao|.*trung ương|cục |ban chỉ đạo quốc gia|bảo hiểm xã hội việt nam|kho bạc nhà nước$)"
)
_NUMBER = re.compile(r"\d+")


def is_national(entry: ReferenceEntry) -> bool:
    """A document of the centre, which exists as cited and must not be renumbered or dated anew."""
    if entry.type.lower() in NATIONAL_TYPES or entry.identifier is None:
        return True
    return bool(_NATIONAL_CODE.search(entry.identifier) or (entry.issuer and _NATIONAL_ISSUER.match(entry.issuer)))


def another_number(old: str, rng: Random) -> str:
    """Another number of the same order, written as the old one is (a leading zero below ten)."""
    value = int(old)
    for _ in range(20):
        new = rng.randint(1, 40) if value < 10 else max(1, round(value * rng.uniform(0.4, 1.9)) + rng.randint(-3, 3))
        if new != value:
            break
    else:
        new = value + 1
    padded = old.startswith("0") or (len(old) >= 2 and new < 10)
    return f"{new:02d}" if padded else str(new)


def renumber(draft: Draft, rng: Random) -> None:
    """Exchange the letter's own number and those of local references, in head, mentions and header alike."""
    own_old: list[str] = []
    symbols: list[str] = []

    def find(text: str, stack: tuple[str, ...], zone: Zone) -> str:
        if stack and stack[-1] == "number" and (m := _NUMBER.search(text)):
            own_old.append(m[0])
        if stack and stack[-1] == "symbol":
            symbols.append(text.strip())
        return text

    draft.edit_text(find)
    own_new = another_number(own_old[0], rng) if own_old else None
    changes: dict[str, tuple[str, str]] = {}
    for key, entry in draft.header.references.items():
        if not is_national(entry) and entry.identifier and (m := _NUMBER.match(entry.identifier)):
            changes[key] = (m[0], another_number(m[0], rng))
    # Whole numbers with their symbols may also stand outside of mentions (in titles, in an appendix's heading).
    whole: dict[str, str] = {}
    if own_new and symbols:
        whole = {f"{own_old[0]}{sep}{symbols[0]}": f"{own_new}{sep}{symbols[0]}" for sep in "/-"}
    for key, (old, new) in changes.items():
        identifier = draft.header.references[key].identifier or ""
        whole[identifier] = new + identifier[len(old) :]
    pattern = re.compile("|".join(rf"(?<![\w/-]){re.escape(k)}(?![\w/-])" for k in whole)) if whole else None

    def everywhere(text: str) -> str:
        return pattern.sub(lambda m: whole[m[0]], text) if pattern else text

    def edit(text: str, stack: tuple[str, ...], zone: Zone) -> str:
        if own_new and stack and stack[-1] == "number":
            return _NUMBER.sub(own_new, text, count=1)
        key = innermost_reference(stack)
        if key in changes and stack[-1] == key:
            old, new = changes[key]
            changed, count = re.subn(rf"(?<![\d/.\-]){old}(?!\d)", new, text, count=1)
            if count:
                return changed
        return everywhere(text)

    draft.edit_text(edit)

    def entry_of(entry: ReferenceEntry) -> ReferenceEntry:
        identifier = whole.get(entry.identifier or "", entry.identifier)
        return replace(
            entry,
            identifier=identifier,
            title=everywhere(entry.title) if entry.title else None,
        )

    draft.edit_references(entry_of)
    if own_new and draft.header.identifier:
        draft.header = replace(draft.header, identifier=_NUMBER.sub(own_new, draft.header.identifier, count=1))
    draft.done.append("numbers")
