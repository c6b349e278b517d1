"""The fields that a query can name: Vietnamese and English names, what they take, what they mean (table in QUERY.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from models.letter import TaskType
from models.lexicons import table
from models.references.folding import low

Kind = Literal["words", "name", "number", "day", "year", "id"]
_JOINTS = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of queries: ``index`` is the field of the index that it looks at."""

    name: str
    aliases: tuple[str, ...]
    kind: Kind
    index: str
    meaning: str
    example: str


FIELDS = (
    Field("number", ("so", "sokyhieu"), "number", "key", "number and symbol (số, ký hiệu) in any spelling, or the number alone", "so:168-KH/TU"),
    Field("type", ("loai",), "name", "type", "type of document (tên loại): code or name", "loai:KH"),
    Field("issuer", ("cq", "coquan"), "words", "issuer_words", "words of the issuer's or its parent body's name (cơ quan ban hành)", 'cq:"Sở Nội vụ"'),
    Field("level", ("cap",), "name", "level", "level of the issuer (cấp): central, province, district, commune", "cap:tinh"),
    Field("province", ("tinh",), "name", "province", "province of the issuer, by its name of today or of before 1 July 2025", 'tinh:"Hậu Giang"'),
    Field("place", ("noi",), "words", "place", "words of the place of issue (địa danh)", 'noi:"Cai Lậy"'),
    Field("year", ("nam",), "year", "year", "year of issue, or years a..b", "nam:2023..2025"),
    Field("date", ("ngay",), "day", "date", "day of issue: a day, month, year, or a..b", "ngay:20/6/2024"),
    Field("from", ("tu", "after"), "day", "date", "issued on that day or later (từ ngày)", "tu:2024-01-01"),
    Field("to", ("den", "before"), "day", "date", "issued on that day or earlier (đến ngày)", "den:31/12/2024"),
    Field("urgency", ("khan",), "name", "urgency", "urgency (độ khẩn): khan, thuong_khan, hoa_toc, hoa_toc_hen_gio; * for any", "khan:hoa_toc"),
    Field("secrecy", ("mat",), "name", "secrecy", "secrecy (độ mật): mat, toi_mat, tuyet_mat; * for any", "mat:*"),
    Field("task", ("viec",), "name", "task", "type of a task (loại việc), one of the fifteen labels; * for any", "viec:bao_cao"),
    Field("due", ("han",), "day", "due", "deadline of a task (thời hạn): a day, month, year, a..b, or today..+7d", "han:today..+7d"),
    Field("assignee", ("giao",), "words", "assignee", "words of the name of who must act (giao cho)", 'giao:"Phòng Nội vụ"'),
    Field("duty", ("nhiemvu",), "words", "task_words", "words of a task's text (nhiệm vụ)", 'nhiemvu:"rà soát"'),
    Field("addressee", ("gui", "kinhgui"), "words", "addressee", "words of an addressee (Kính gửi)", 'gui:"Sở Y tế"'),
    Field("recipient", ("nhan", "noinhan"), "words", "recipient", "words of a recipient (Nơi nhận)", 'nhan:"Cục Thuế"'),
    Field("signer", ("ky", "nguoiky"), "words", "signer", "words of the signer's name or title (người ký)", 'ky:"Nguyễn Văn An"'),
    Field("subject", ("trichyeu", "vv"), "words", "subject", "words of the subject (trích yếu)", "trichyeu:biên chế"),
    Field("cites", ("dan", "viendan"), "number", "cites", "cites the document of this number, in any spelling (viện dẫn)", "dan:168-KH/TU"),
    Field("origin", ("nguon",), "name", "origin", "where the text is from: embedded, ocr, mixed", "nguon:ocr"),
    Field("id", ("ma",), "id", "id", "id of a letter in the archive", "ma:0f3a…"),
)

_LEVELS = {
    "central": "central", "province": "province", "district": "district", "commune": "commune",
    "trung uong": "central", "tw": "central", "tinh": "province", "thanh pho": "province", "huyen": "district", "quan": "district", "thi xa": "district",
    "xa": "commune", "phuong": "commune", "thi tran": "commune",
}  # fmt: skip
_URGENCY = ("khan", "thuong_khan", "hoa_toc", "hoa_toc_hen_gio")
_SECRECY = ("mat", "toi_mat", "tuyet_mat")
_ORIGIN = ("embedded", "ocr", "mixed")
_DAY = re.compile(r"(?:(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?|(?:(?P<d2>\d{1,2})[/.\-])?(?P<m2>\d{1,2})[/.\-](?P<y2>\d{4}))")
_AWAY = re.compile(r"(?P<sign>[+-])(?P<count>\d{1,4})(?P<unit>[dwmy]?)")


@cache
def by_name() -> dict[str, Field]:
    """Every name and alias -> its field."""
    return {name: field for field in FIELDS for name in (field.name, *field.aliases)}


def spaced(text: str) -> str:
    """Small letters without marks, words parted by single blanks: "Hỏa tốc", "hoa_toc" -> "hoa toc"."""
    return _JOINTS.sub(" ", low(text)).strip()


@cache
def _types() -> dict[str, str]:
    out: dict[str, str] = {}
    for row in table("document_types"):
        code = row["code"] or low(row["name"])
        out.setdefault(spaced(row["name"]), code)
        if row["code"]:
            out.setdefault(row["code"], row["code"])
            out.setdefault(spaced(row["code"]), row["code"])
    out["cong van"] = out["cv"] = out["CV"] = "CV"  # the state's công văn has no code in its number, the Party's has CV
    return out


def type_value(name: str | None, code: str | None) -> str | None:
    """The value of ``type`` for a letter: its code; the name without marks for a type that has none."""
    if not name:
        return code
    return code or _types().get(spaced(name)) or low(name)


@cache
def _provinces() -> dict[str, str]:
    names = {row["old"] for row in table("provinces")} | {row["new"] for row in table("provinces")}
    return {spaced(name): name for name in names}


def known_values(name: str) -> dict[str, str]:
    """What a field of kind ``name`` takes: folded spelling -> value of the index."""
    if name == "type":
        return _types()
    if name == "province":
        return _provinces()
    if name == "level":
        return _LEVELS
    values = {"urgency": _URGENCY, "secrecy": _SECRECY, "task": tuple(t.value for t in TaskType), "origin": _ORIGIN}[name]
    return {spaced(value): value for value in values}


def parse_days(text: str, today: date | None = None) -> tuple[int | None, int | None] | None:
    """``(first, last)`` day, as numbers such as 20240620, of a day, month, year or range; None when it is none of these."""
    today = today or date.today()
    if ".." in text:
        left, right = text.split("..", 1)
        first = _one(left, today) if left else (None, None)
        last = _one(right, today) if right else (None, None)
        if first is None or last is None or (not left and not right):
            return None
        return first[0], last[1]
    return _one(text, today)


def _number(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def _one(text: str, today: date) -> tuple[int, int] | None:
    flat = spaced(text).replace(" ", "")
    if flat in ("today", "homnay", "nay"):
        return _number(today), _number(today)
    text = text.strip()
    try:
        if away := _AWAY.fullmatch(text):
            count = int(away["count"]) * {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}[away["unit"]]
            day = today + timedelta(days=count if away["sign"] == "+" else -count)
            return _number(day), _number(day)
        found = _DAY.fullmatch(text)
        if not found:
            return None
        year, month, day_ = int(found["y"] or found["y2"]), found["m"] or found["m2"], found["d"] or found["d2"]
        if month is None:
            date(year, 1, 1)
            return year * 10000 + 101, year * 10000 + 1231
        if day_ is None:
            date(year, int(month), 1)
            return year * 10000 + int(month) * 100 + 1, year * 10000 + int(month) * 100 + 31
        return (_number(date(year, int(month), int(day_))),) * 2
    except (ValueError, OverflowError):
        return None
