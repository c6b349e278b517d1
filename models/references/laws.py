"""Laws, codes, ordinances and treaties: documents that are cited by name, often without a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from models.lexicons import table
from models.references.view import View
from models.text import fold, squeeze

LAW_WORD = re.compile(
    r"(?P<word>bo\s+luat|luat|phap\s+lenh|hien\s+phap|hiep\s+dinh|cong\s+uoc|nghi\s+dinh\s+thu|hiep\s+uoc)(?![a-z])"
)
"""The word a law's name begins with, on the folded view; the caller sees to it that no letter stands before it."""
_NAMES = {
    "bo luat": "bộ luật",
    "luat": "luật",
    "phap lenh": "pháp lệnh",
    "hien phap": "hiến pháp",
    "hiep dinh": "hiệp định",
    "cong uoc": "công ước",
    "nghi dinh thu": "nghị định thư",
    "hiep uoc": "hiệp ước",
}
_MARKED = re.compile(
    r"(?:Bộ\s+luật|Luật|Pháp\s+lệnh|Hiến\s+pháp|Hiệp\s+định|Công\s+ước|Nghị\s+định\s+thư|Hiệp\s+ước)", re.IGNORECASE
)
_AMENDING = re.compile(
    r"\s*(?:sua\s+doi(?:\s*,\s*bo\s+sung)?|bo\s+sung)\s+(?:mot\s+so\s+(?:dieu|noi\s+dung)\s+)?(?:(?:cua|tai)\s+)?"
)
_STOP = re.compile(
    r"[;.¶“”\"():\[\]/]|,|(?<=\s)(?:ngày|năm|số|được|và|có|đã|thì|là|tại|trong|để|do|khi|này|đối với|ban hành"
    r"|hiện hành|sửa đổi|quy định|theo|cho"
    r"|phải|không|của|hoặc|ký|thông qua|nhằm|với|đến|bằng|mà|nêu|gồm|cũng|còn|sẽ)(?!\w)"
)
_OF_STATE = re.compile(r"\s+nước\s+(?:CHXHCN|Cộng h[oò][aà] xã hội chủ nghĩa)\s+Việt Nam")
_OTHER_WORD = re.compile(r"(?:phap|chinh|quy)\s+$")
_PLURAL = re.compile(r"(?:cac|hai|ba|nhung)\s+$")
_SIGNED = re.compile(r"\s*,?\s*(?:được\s+)?(?:ký|ngày|năm)")
_DAY_FOLLOWS = re.compile(r",?\s*ngày\s+\d")
"""A law of older times, its name in small letters, is known by its day: "Pháp lệnh thuế nhà, đất ngày 31-7-1992"."""
_FURTHER = re.compile(r"\s*(?:,|;|và)\s*(?:Luật\s+)?")
_NOT_NAMES = re.compile(
    r"\s*(?:này|sư|pháp|lệ|định|khác|đó|trên|hiện hành|chuyên ngành|liên quan|có liên quan|cũ|mới|gia|nêu trên"
    r"|trước đây)(?!\w)",
    re.IGNORECASE,
)
_AND_TAIL = re.compile(
    r"\s+(?:gia đình|thống kê|công nghệ|phát triển|chữa cháy|kiểm dịch|quy chuẩn|hiệu quả|Ủy ban|Uỷ ban|UBND|an ninh"
    r"|nông thôn|đầu tư|lệ phí|vừa|chương|Hội đồng|bản đồ)"
)


@dataclass(frozen=True)
class LawName:
    """A law's word and name: "Luật" + "Đất đai"."""

    type: str
    name: str | None
    start: int
    end: int
    known: bool
    plural: bool


@cache
def _gazetteer() -> re.Pattern[str]:
    names = sorted({fold(r["name"]).lower() for r in table("laws")}, key=lambda n: (-len(n), n))
    parts = [re.escape(n).replace(r"\ ", r"\s+").replace(",", r"\s*,?") for n in names]
    return re.compile("(?:" + "|".join(parts) + r")(?![a-z])")


@cache
def law_years() -> dict[str, tuple[str, ...]]:
    """Folded name of a law -> years of its versions."""
    return {fold(r["name"]).lower(): tuple(r["years"].split()) for r in table("laws")}


def law_at(view: View, m: re.Match[str]) -> LawName | None:
    """The law whose word :data:`LAW_WORD` matched, or None when no law is named here."""
    flat, start, pos = view.flat, m.start(), m.end()
    printed = flat[start:pos]
    kind = _NAMES[squeeze(m["word"])]
    capital = printed[0].isupper()
    if not _MARKED.fullmatch(printed) and not capital:
        return None
    if _OTHER_WORD.search(view.low, max(0, start - 7), start):
        return None
    shouted = printed.isupper() and len(printed) > 3
    plural = bool(_PLURAL.search(view.low, max(0, start - 8), start))
    if kind == "hiến pháp":
        known = capital
        tail = _OF_STATE.match(flat, pos)
        return LawName(kind, None, start, tail.end() if tail else pos, known, plural) if capital else None
    if _NOT_NAMES.match(flat, pos) or flat[pos : pos + 1] not in (" ", ":"):
        return None
    name_start = pos
    while flat[name_start : name_start + 1] == " " or flat[name_start : name_start + 1] == ":":
        name_start += 1
    if kind in ("hiệp định", "công ước", "nghị định thư", "hiệp ước"):
        return _treaty(view, kind, start, name_start, plural)
    if (found := _gazetteer().match(view.low, name_start)) and (capital or flat[name_start].isupper()):
        return LawName(kind, squeeze(flat[name_start : found.end()]), start, found.end(), True, plural)
    amending = _AMENDING.match(view.low, name_start)
    if amending:
        end = _amended_end(view, amending.end())
        if end:
            return LawName(kind, squeeze(flat[name_start:end]), start, end, True, plural)
        return None
    if shouted or not capital or not flat[name_start : name_start + 1].isalpha():
        return None
    end = _free_name_end(flat, name_start)
    if flat[name_start].islower() and not _DAY_FOLLOWS.match(flat, end):
        return None
    name = squeeze(flat[name_start:end]).strip(" ,-")
    return LawName(kind, name, start, end, False, plural) if 3 <= len(name) <= 160 else None


_LAW_AGAIN = re.compile(r"\s*(?:các\s+)?(?:(?:Bộ\s+)?[Ll]uật|[Pp]háp\s+lệnh)?\s*")
_LEVELS = re.compile(r"\s+(?:các cấp|\((?:sửa đổi|năm)[^)¶]{0,20}\))")
_NEXT_LAW = re.compile(r"\s*(?:,|và|,\s*và)\s+(?=(?:Bộ\s+)?[Ll]uật\s|[Pp]háp lệnh\s)")
_AMENDING_AGAIN = re.compile(r"\s*(?:Bộ\s+)?[Ll]uật\s+(?:sửa|số|này)")
_LAW_WORDS = re.compile(r"(?:(?:Bộ\s+)?[Ll]uật|[Pp]háp\s+lệnh)\s+")


def _amended_end(view: View, pos: int) -> int | None:
    """End of "… [Luật] A[, Luật B] và Luật C" in the name of an amending law: the laws up to its own date or number."""
    end = None
    while True:
        skip = _LAW_AGAIN.match(view.flat, pos)
        at = skip.end() if skip else pos
        found = _gazetteer().match(view.low, at)
        if found:
            tail = _LEVELS.match(view.flat, found.end())
            end = tail.end() if tail else found.end()
        elif view.flat[at : at + 1].isalpha():
            end = _free_name_end(view.flat, at)
        else:
            return end
        following = _NEXT_LAW.match(view.flat, end)
        if not following or _AMENDING_AGAIN.match(view.flat, following.end()):
            return end
        word = _LAW_WORDS.match(view.flat, following.end())
        if word is None or not _gazetteer().match(view.low, word.end()):
            return end
        pos = following.end()


def _free_name_end(flat: str, start: int) -> int:
    limit = min(len(flat), start + 160)
    pos = start
    while m := _STOP.search(flat, pos, limit):
        if m[0] == "và" and _AND_TAIL.match(flat, m.end()):
            pos = m.end()
            continue
        return m.start()
    return limit


_TREATY_STOP = re.compile(r"[;.¶“”\"():\[\]]|,|(?<=\s)(?:ký|ngày|năm \d|số|được|đã|thì|tại|có hiệu lực|để)(?!\w)")


def _treaty(view: View, kind: str, start: int, name_start: int, plural: bool) -> LawName | None:
    first = view.flat[name_start : name_start + 1]
    if (
        not (first.isupper() or view.flat.startswith("về ", name_start))
        or view.flat[name_start : name_start + 3] == "số "
    ):
        return None
    m = _TREATY_STOP.search(view.flat, name_start, name_start + 220)
    end = m.start() if m else min(len(view.flat), name_start + 220)
    name = squeeze(view.flat[name_start:end])
    dated = bool(_SIGNED.match(view.flat, end))
    if not dated and " về " not in f" {name} ":
        return None
    return LawName(kind, name.removeprefix("về "), start, end, True, plural) if len(name) > 4 else None


def more_names(view: View, pos: int) -> tuple[int, int] | None:
    """A further law name of "các Luật: Đất đai, Nhà ở và …" right at ``pos``: its span."""
    m = _FURTHER.match(view.flat, pos)
    if not m or not view.flat[m.end() : m.end() + 1].isupper():
        return None
    found = _gazetteer().match(view.low, m.end())
    return found.span() if found else None
