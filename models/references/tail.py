"""What follows a number or a name: date, issuer and title; and the pinpoint that stands before it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from models.references.context import LetterContext
from models.references.dates import DATE_AFTER, NO_DATE_AFTER, YEAR_AFTER, FoundDate, read_date
from models.references.issuers import Issuer, issuer_after
from models.references.titles import Title, title_after
from models.references.view import View
from models.text import squeeze

_FOOTNOTE_MARK = re.compile(r"\s?(?:\[\d{1,3}\]|\(\d\)(?=\s)|[¹²³⁴⁵⁶⁷⁸⁹]+)")
_SESSION = re.compile(
    r"\s*[,-]?\s*(?:tại\s+)?[Kk]ỳ\s+họp\s+(?:[^\s,;.¶]+\s+){0,6}?[^\s,;.¶]+(?=\s*,?\s+(?:về|V/v|quy định"
    r"|ban hành|phê|thông qua|\())"
)
"""The council's session between issuer and title: ", Kỳ họp thứ 11"."""
_ALIAS = re.compile(
    r"\s*\(\s*(?:kh[oó][aá]|nhiệm kỳ|sau đây|gọi tắt|viết tắt|gọi chung|gọi là|dưới đây|nay là|cũ\)|[^()¶]{1,34}\)(?=\s+(?:V/v|về"
    r"|quy định|ban hành|hướng dẫn|phê duyệt)))[^()¶]{0,140}\)?"
)
_UNIT = r"(?:[Đđ]iểm|[Kk]hoản|[Mm]ục|[Pp]hần|[Cc]hương|[Đđ]iều|[Tt]iết|[Tt]iểu\s+mục|[Pp]hụ\s+lục)"
_UNIT_WORD = re.compile(r"(?:dieu|khoan|diem|muc|phan|chuong|tiet|phu luc)\s")
_OF_AT_END = re.compile(r"\s*(?:của|tại|trong)\s*$")
_PINPOINT = re.compile(
    rf"{_UNIT}\s+[\dđĐa-zA-Z.]{{1,5}}(?:\s*(?:,|;|và|đến|-)?\s*(?:các\s+)?(?:{_UNIT}\s+)?(?:[\d.]{{1,5}}|[a-zđ]"
    rf"|[IVX]{{1,5}})(?![\w]))*\s*,?\s*(?:của\s+|tại\s+|trong\s+)?$"
)


@dataclass
class Tail:
    """What follows a number: date, issuer, title."""

    end: int
    date: FoundDate | None = None
    year: str | None = None
    issuer: Issuer | None = None
    title: Title | None = None


def read_tail(view: View, pos: int, context: LetterContext, *, with_title: bool = True) -> Tail:
    """Date, issuer and title right of ``pos``, in either order of date and issuer."""
    tail = Tail(pos)
    limit = len(view.flat)
    if m := _FOOTNOTE_MARK.match(view.flat, pos):
        pos = m.end()
    for _ in range(4):
        if tail.date is None and (m := DATE_AFTER.match(view.low, pos)):
            tail.date = read_date(m, context.date)
            pos = m.end()
            if "(" in m[0] and view.flat[pos : pos + 1] == ")":
                pos += 1
        elif tail.date is None and tail.year is None and (m := YEAR_AFTER.match(view.low, pos)):
            tail.year = m["year"]
            pos = m.end()
        elif tail.date is None and tail.issuer is None and (m := NO_DATE_AFTER.match(view.low, pos)):
            pos = m.end()
            continue
        elif tail.issuer is None and (issuer := issuer_after(view, pos, limit)):
            tail.issuer = issuer
            pos = issuer.end
        else:
            break
        tail.end = pos
    while m := _ALIAS.match(view.flat, pos) or _SESSION.match(view.flat, pos):
        pos = m.end()
    if with_title:
        tail.title = title_after(view, pos)
    return tail


def pinpoint_before(view: View, start: int) -> str | None:
    """ "điểm b khoản 2 Điều 90" right before a citation, without "của"."""
    base = max(0, start - 90)
    if not _UNIT_WORD.search(view.low, base, start):
        return None
    found = _PINPOINT.search(view.flat, base, start)
    return (squeeze(_OF_AT_END.sub("", found[0])).strip(" ,") or None) if found else None


def inside(spans: list[tuple[int, int]], at: int) -> bool:
    """Whether an offset lies in one of the spans, which are sorted and hardly overlap."""
    i = bisect_right(spans, (at, 1 << 60))
    return any(a <= at < b for a, b in spans[max(0, i - 4) : i])
