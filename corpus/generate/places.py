"""Another province for the same letter: a neighbour of the same region, kind and time, with its own units below it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from random import Random

from corpus.data import bound, data_table
from corpus.generate.draft import Draft
from corpus.generate.people import surnames
from models.text import fold

MERGER = date(2025, 7, 1)
"""First day of the 34 provinces (NQ 202/2025/QH15)."""

_FEATURE = re.compile(
    r"\b(?:sông|hồ|đập|cảng|đảo|quần đảo|vịnh|đèo|núi|cầu|suối|kênh|cửa khẩu|cửa|[Kk]hu kinh tế|[Kk]hu công nghiệp|KCN|"
    r"KKT|[Kk]hu di tích|di tích|[Ll]ễ hội|đường|phố|chợ|[Qq]uốc lộ|QL|ĐT|[Đđ]ường tỉnh|[Nn]hà máy|vườn quốc gia|VQG|"
    r"[Cc]ao tốc|đồng bào)\.?\s+(?:[A-ZĐÂĂÊÔƠƯÁÀẢÃẠ]|\d)"
)
"""A named thing of nature or traffic ties a letter to its province."""
_BODY = re.compile(r"(?i)^(?:(?:ủy|uỷ|đoàn|hội|đội)(?:\s|$))+")
"""What follows "huyện" in "Huyện ủy Cư Kuin", "Huyện đoàn": no part of the unit's name."""
_HEADS = frozenset(
    ["Công", "Sở", "Ban", "Phòng", "Hội", "Tổ", "Chi", "Trung", "Viện", "Tòa", "Đoàn", "Ủy", "UBND", "Trường"]
)
"""First words of names of bodies, which stand in lists as units do."""
_KINDS = ("huyện", "thị xã", "thành phố", "quận", "xã", "phường", "thị trấn", "đặc khu")
_SYLLABLE = r"[A-ZĐÂĂÊÔƠƯÁÀẢÃẠÉÈẺẼẸÍÌỈĨỊÓÒỎÕỌÚÙỦŨỤÝỲỶỸỴẮẰẲẴẶẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ]\w*"


@cache
def _units(province: str, period: str, kind: str) -> tuple[str, ...]:
    return tuple(
        row["name"]
        for row in data_table("local_units")
        if row["province"] == province and row["period"] == period and row["kind"] == kind
    )


@cache
def _all_names(province: str, period: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (row["kind"], row["name"])
        for row in data_table("local_units")
        if row["province"] == province and row["period"] == period
    )


def candidates(province: str, day: date) -> list[str]:
    """Provinces in which a letter of ``province`` could as well have been written on that day."""
    period = "2025" if day >= MERGER else "2008"
    rows = [row for row in data_table("regions") if row["period"] == period]
    own = next((row for row in rows if row["province"] == province), None)
    if own is None or int(own["since"]) > day.year:
        return []
    return [
        row["province"]
        for row in rows
        if row["province"] != province
        and row["region"] == own["region"]
        and row["kind"] == own["kind"]
        and int(row["since"]) <= day.year
    ]


def move(draft: Draft, day: date, rng: Random) -> bool:
    """Move the letter to another province; False (and nothing changed) where it is tied to its own."""
    province = draft.header.province
    if not province:
        return False
    text = "\n".join(draft.raw_lines())
    plain = re.sub(r"\{[^|{}]*\|", "", text)
    if _FEATURE.search(plain) or bound("province").search(plain) or _own_code(province, text):
        return False
    choices = [name for name in candidates(province, day) if name not in text]
    if not choices:
        return False
    target = rng.choice(choices)
    period = "2025" if day >= MERGER else "2008"
    place = re.search(r"\{place\|([^}]*)\}", text)
    mapping: dict[str, str] = {}
    spare: dict[str, list[str]] = {}

    def another(kind: str) -> str | None:
        if kind not in spare:
            spare[kind] = list(_units(target, period, kind))
            rng.shuffle(spare[kind])
        return spare[kind].pop() if spare[kind] else None

    # "huyện Thanh Hà": the kind and the words after it that are capitalised; known names also stand alone in lists.
    known = sorted(_all_names(province, period), key=lambda pair: -len(pair[1]))
    found: dict[tuple[str, str], None] = {}
    for kind in _KINDS:
        for m in re.finditer(rf"(?i:\b{kind})\s+({_SYLLABLE}(?:\s{_SYLLABLE}){{0,2}})", text):
            before = text[max(0, m.start() - 4) : m.start()].lower()
            if m[1].lower().startswith("hội") or before == "tác ":
                continue  # "xã hội", "hợp tác xã"
            name = _BODY.sub("", m[1])
            if name and (not name.isupper() or m[0].isupper()):
                found[(kind, name.title() if name.isupper() else name)] = None
    for kind, name in known:
        if (
            kind in ("huyện", "thị xã", "quận", "thành phố")
            and name != province
            and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        ):
            found[(kind, name)] = None
    for kind, name in found:
        if name == province or name in mapping:
            continue
        new = another(kind)
        if new is None:
            return False
        mapping[name] = new
    if re.search(rf"(?i)(?:thị xã|huyện|phường|xã) {province}", text) or _left_behind(plain, mapping, province):
        return False
    if seat(province) in mapping or (place and place[1] == seat(province)):
        mapping[seat(province)] = seat(target)
    if place and not any(name.lower() in place[1].lower() for name in (province, *mapping)):
        return False  # a place that no table knows would stay behind
    city = seat(target) if re.search(rf"(?i)thành phố {province}|TP\.? {province}", text) and period == "2008" else None
    edit = _replacer(province, target, mapping, city)
    draft.edit_raw(edit)
    draft.done.append("province")
    return True


@cache
def seat(province: str) -> str:
    """The seat of a province before July 2025; most bear its name."""
    return next((row["seat"] for row in data_table("seats") if row["province"] == province), province)


def _own_code(province: str, text: str) -> bool:
    """Whether a symbol holds the province's initials ("QNG-TTr", "TTHPC"), which no table can exchange."""
    initials = "".join(word[0] for word in province.replace("-", " ").split())
    codes = re.findall(r"\{symbol\|([^}]*)\}", text)
    return any(
        len(part) >= 3 and fold(part).upper().startswith(fold(initials).upper())
        for code in codes
        for part in re.split(r"[-/.]", code)
        if part.isupper()
    )


def _left_behind(text: str, mapping: dict[str, str], province: str) -> bool:
    """Whether a list holds a name beside one that is exchanged ("Trạm Tấu, Mù Cang Chải") which no table knows."""
    for name in mapping:
        for m in re.finditer(rf"{re.escape(name)}(?:,| và) ({_SYLLABLE}(?: {_SYLLABLE}){{1,2}})", text):
            if m[1] not in mapping and m[1] != province and m[1].split()[0] not in _HEADS:
                return True
        for m in re.finditer(rf"(?:, |: )({_SYLLABLE}(?: {_SYLLABLE}){{1,2}})(?:,| và) {re.escape(name)}", text):
            if m[1] not in mapping and m[1] != province and m[1].split()[0] not in _HEADS:
                return True
    return False


def _replacer(province: str, target: str, mapping: dict[str, str], city: str | None) -> Callable[[str], str]:
    table: dict[str, str] = {}
    if city:
        for kind in ("thành phố", "Thành phố", "TP.", "TP"):
            table[f"{kind} {province}"] = f"{kind} {city}"
            table[f"{kind.upper()} {province.upper()}"] = f"{kind.upper()} {city.upper()}"
    for old, new in [(province, target), *mapping.items()]:
        table[old] = new
        table[old.upper()] = new.upper()
    site = {fold(province).replace(" ", "").lower(): fold(target).replace(" ", "").lower()}
    table |= site
    pattern = re.compile("|".join(rf"(?<![\w]){re.escape(k)}(?!\w)" for k in sorted(table, key=len, reverse=True)))
    joined = re.compile("|".join(re.escape(k) for k in site))
    short = "".join(word[0] for word in fold(province).lower().split())
    other = "".join(word[0] for word in fold(target).lower().split())
    initials = re.compile(rf"(?<=[._@]){short}(?=[._@])|(?<=[|\s]){short}(?=[._])")
    before = re.compile(r"(\w+) $")
    people = surnames()

    def edit(line: str) -> str:
        def one(m: re.Match[str]) -> str:
            previous = before.search(line, max(0, m.start() - 12), m.start())
            if previous and previous[1] in people and m[0] not in (province,):
                return m[0]
            return table[m[0]]

        line = pattern.sub(one, line)
        if "@" in line or ".vn" in line:
            line = joined.sub(lambda m: site[m[0]], line)
            line = re.sub(r"[\w.\-]+@[\w.\-]+", lambda m: initials.sub(other, m[0]), line)
        return line

    return edit
