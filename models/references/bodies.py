"""The body behind an issuer: its full name, level, province, and its successor by the letter's date."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from models.letter import Body
from models.lexicons import table
from models.references.context import LetterContext
from models.references.folding import low as fold_low
from models.references.identifiers import Identifier
from models.text import squeeze

Level = Literal["central", "province", "district", "commune"]

_DISTRICT = re.compile(r"(?<![a-z])(?:huyen|quan|thi xa|thanh pho thuoc tinh)(?![a-z])")
_COMMUNE = re.compile(r"(?<![a-z])(?:xa(?!\s+hoi)|phuong(?!\s+(?:an|tien))|thi tran|dac khu)(?![a-z])")
_PROVINCE_BODY = re.compile(r"(?<![a-z])(?:so|tinh uy|thanh uy|tinh|lien so)(?![a-z])")
_CENTRAL = re.compile(
    r"(?<![a-z])(?:chinh phu|thu tuong|quoc hoi|bo truong|bo chinh tri|ban bi thu|trung uong|tong cuc"
    r"|tong lien doan|chu tich nuoc|viet nam|bo|hoi dong bo truong"
    r"|ngan hang nha nuoc|kiem toan nha nuoc|toa an nhan dan toi cao|vien kiem sat nhan dan toi cao"
    r"|thanh tra chinh phu)(?![a-z])"
)
_EXPANSIONS = (
    (re.compile(r"\bUBND\b"), "Ủy ban nhân dân"),
    (re.compile(r"\bHĐND\b"), "Hội đồng nhân dân"),
    (re.compile(r"\bTTg\b"), "Thủ tướng Chính phủ"),
    (re.compile(r"\bLĐLĐ\b"), "Liên đoàn Lao động"),
    (re.compile(r"\bPTNT\b"), "Phát triển nông thôn"),
    (re.compile(r"\bGTVT\b"), "Giao thông vận tải"),
    (re.compile(r"\bGD&ĐT\b|\bGDĐT\b|\bGD-ĐT\b"), "Giáo dục và Đào tạo"),
    (re.compile(r"\bTP\.?\s*(?=[A-ZĐ])"), "thành phố "),
    (re.compile(r"\bBHXH\b"), "Bảo hiểm xã hội"),
    (re.compile(r"\bTW\b"), "Trung ương"),
    (re.compile(r"\bHCM\b"), "Hồ Chí Minh"),
)
_PRIVATE = re.compile(r"(?:cong ty|tong cong ty|tap doan|doanh nghiep|hop tac xa|xi nghiep)(?![a-z])")
_OF_A_PROVINCE = re.compile(
    r"(?:cuc|chi cuc|kho bac|bao hiem xa hoi|thue|hai quan|cong an|toa an|vien kiem sat"
    r"|lien doan)(?![a-z])"
)
MERGER = "2025-07-01"
"""First day of the 34 provinces (NQ 202/2025/QH15)."""


@cache
def _provinces() -> dict[str, tuple[str, str, str]]:
    """Folded old name -> (old name, new name, kind of the new unit)."""
    return {fold_low(r["old"]): (r["old"], r["new"], r["effective"] or MERGER) for r in table("provinces")}


@cache
def _province_pattern() -> re.Pattern[str]:
    names = sorted({*_provinces(), *(fold_low(r["new"]) for r in table("provinces"))}, key=len, reverse=True)
    return re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(n) for n in names) + r")(?![a-z])")


@cache
def _successors() -> dict[str, tuple[str, str]]:
    """Folded ministry name -> (last day, name of the successor)."""
    names = {r["code"]: r["name"] for r in table("ministries")}
    out: dict[str, tuple[str, str]] = {}
    for r in table("ministries"):
        if r["successor"] and not r["successor"].startswith("unit of"):
            first = re.split(r"[;,]", r["successor"])[0].strip()
            out[fold_low(r["name"])] = (r["until"], names.get(first, first))
    return out


def province_in(text: str | None) -> str | None:
    """The province named in a text, by its name of then."""
    if not text:
        return None
    m = _province_pattern().search(fold_low(text))
    return _provinces()[m[0]][0] if m and m[0] in _provinces() else (m[0].title() if m else None)


def home_province(context: LetterContext) -> str | None:
    """The province of the letter itself, from issuer, parent body and place."""
    for text in (context.issuer, context.parent_body, context.place):
        if found := province_in(text):
            return found
    return None


@cache
def _by_code() -> dict[str, dict[str, str]]:
    return {r["code"]: r for r in table("bodies_by_code")}


@cache
def known_bodies() -> frozenset[str]:
    """Codes of bodies as they are spelled."""
    return frozenset(_by_code())


def full_name(name: str) -> str:
    """A body's name with the usual abbreviations written out: "UBND TP. Huế" -> "Ủy ban nhân dân thành phố Huế"."""
    name = squeeze(name)
    for pattern, full in _EXPANSIONS:
        name = pattern.sub(full, name)
    return name


@lru_cache(maxsize=4096)
def body_of(
    issuer: str | None, identifier: Identifier | None, document_type: str | None, context: LetterContext
) -> Body | None:
    """The body of an issuer as printed, or as the symbol implies; None when neither tells.

    Local bodies ("UBND tỉnh", code UBND) are those of the letter's own province unless the name says otherwise; the
    successor is given when the body or its province no longer existed on the letter's date.
    """
    if issuer:
        name = full_name(issuer)
        level = _level(name)
    elif document_type == "luật":
        name, level = "Quốc hội", "central"
    elif identifier and (row := _row(identifier)):
        name, level = row["name"], row["level"] or None  # type: ignore[assignment]
    else:
        return None
    for pattern, full in _EXPANSIONS:
        name = pattern.sub(full, name)
    province = province_in(name)
    if province is None and level in ("province", "district", "commune"):
        province = home_province(context)
    if not issuer and province and level == "province" and not province_in(name):
        name = (
            f"{name} tỉnh {province}"
            if "ủy ban nhân dân" in name.lower() or "hội đồng nhân dân" in name.lower()
            else f"{name} {province}"
        )
        name = re.sub(r"\btỉnh (Hà Nội|Hồ Chí Minh|Đà Nẵng|Hải Phòng|Cần Thơ)\b", r"thành phố \1", name)
    return Body(
        name=squeeze(name), level=level, province=province, successor=_successor(name, level, province, context)
    )


def _row(identifier: Identifier) -> dict[str, str] | None:
    code = identifier.body or ""
    rows = _by_code()
    if code in rows:
        return rows[code]
    if re.fullmatch(r"QH\d{1,2}", code):
        return rows["QH"]
    if re.fullmatch(r"UBTVQH\d{1,2}", code):
        return rows["UBTVQH"]
    return None


def body_key(name: str | None) -> str:
    """Comparison key of a body's full name: the office of a head ("Giám đốc Sở …") is the body's own."""
    key = fold_low(squeeze(name or ""))
    for head in (
        "chu tich ",
        "giam doc ",
        "bo truong ",
        "pho chu tich ",
        "cuc truong ",
        "ban thuong vu ",
        "thuong truc ",
    ):
        key = key.removeprefix(head)
    return key.replace("thanh pho ", "tp ").replace(" tinh ", " ")


@cache
def _central_names() -> tuple[str, ...]:
    return tuple({fold_low(r["name"]) for r in table("ministries")})


def _level(name: str) -> Level | None:
    low = fold_low(squeeze(name))
    if _COMMUNE.search(low) and "thi xa" not in low:
        return "commune"
    if _DISTRICT.search(low) or low.startswith(("huyen uy", "quan uy", "phong ")):
        return "district"
    if _PROVINCE_BODY.search(low) or re.search(r"(?<![a-z])thanh pho(?![a-z])", low):
        return "province"
    if _PRIVATE.match(low):
        return None
    if _OF_A_PROVINCE.match(low) and province_in(name):
        return "province"
    if _CENTRAL.search(low) or any(low.startswith(n) for n in _central_names()):
        return "central"
    if re.match(r"(?:ubnd|hdnd|uy ban nhan dan|hoi dong nhan dan)\b", low):
        return "province"
    return None


def _successor(name: str, level: Level | None, province: str | None, context: LetterContext) -> str | None:
    if not context.date:
        return None
    low = fold_low(name)
    for old, (until, new) in _successors().items():
        if old in low and (not until or until <= context.date) and fold_low(new) != old:
            return new
    if level == "province" and province and (row := _provinces().get(fold_low(province))):
        old_name, new_name, effective = row
        if new_name != old_name and context.date >= effective:
            return re.sub(re.escape(old_name), new_name, name) if old_name in name else f"{name} ({new_name})"
    return None
