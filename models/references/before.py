"""What stands left of a citation and belongs to it.

The issuer in "chỉ đạo của X tại …" and "X (công văn …)", issuer and date in "Ngày D, X ban hành …".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.references import lexicon
from models.references.dates import DATE, FoundDate, read_date
from models.references.issuers import Issuer, make_issuer, name_end
from models.references.letters import UPPER
from models.references.view import View

_WINDOW = 260
_SENTENCE = re.compile(r"[;¶“”]|\.(?=\s)")
_ABBREVIATION = re.compile(r"(?:TP|Tp|TT|Tx|P|Q|H|T)$")
_MANY = r"(?:nội\s+dung\s+)?(?:các\s+|những\s+|hai\s+|ba\s+|02\s+|03\s+)?$"
_OPEN_PAREN = re.compile(r"\s*\(\s*(?:[tí]ại\s+|theo\s+|bằng\s+|kèm\s+theo\s+)?" + _MANY)
_AT = re.compile(r"\s*,?\s*(?:tại|trong|theo|ở|bằng|qua)\s+" + _MANY)
_OF_COLON = re.compile(r"\s*:\s*$")
_BY_AT = re.compile(
    r"\s+(?:đã\s+)?(?:đề\s+nghị|trình|báo\s+cáo|đề\s+xuất|có\s+ý\s+kiến|yêu\s+cầu|chỉ\s+đạo|thông\s+báo|nêu)\s+tại\s+"
    + _MANY
)
_ISSUES = re.compile(
    r"\s+(?:(?:đã|vừa|cũng|mới)\s+)*(?P<verb>có\s+gửi|có\s+ban\s+hành|có|ký\s+ban\s+hành|ban\s+hành|phát\s+hành"
    r"|ra|ký|gửi|trình)\s+" + _MANY
)
_SUBJECT_VERB = re.compile(
    r"\s+(?:(?:đã|vừa|mới|cũng)\s+)*(?:chỉ\s+đạo|yêu\s+cầu|cho\s+phép|cấp\s+phép|chấp\s+thuận|giao|thống\s+nhất"
    r"|đồng\s+ý|quy\s+định|phê\s+duyệt|công\s+bố|quyết\s+định"
    r"|thông\s+báo|hướng\s+dẫn|đề\s+nghị|trả\s+lời|kết\s+luận|báo\s+cáo|có\s+ý\s+kiến|kiến\s+nghị|ban\s+hành"
    r"|công\s+nhận|thành\s+lập|cấp)(?!\w)"
)
_LEAD = re.compile(
    r"\s*(?:-\s*|\d+[.)]\s*)?(?:(?:Sau\s+khi\s+(?:nghe|xem|nghiên\s+cứu)|Xét|Theo|Căn\s+cứ|Trên\s+cơ\s+sở|Trước"
    r"|Cụ\s+thể\s*,?|Về\s+việc\s+này\s*,?)\s+)?"
    r"(?:(?:đề\s+nghị|báo\s+cáo|ý\s+kiến|kiến\s+nghị|đề\s+xuất|tờ\s+trình)\s+của\s+)?"
)
_PERSON = re.compile(r"(?:Phó|[Đđ]ồng\s+chí|[Đđ]/c|[ÔÔô]ng|[Bb]à)\s")
_AFTERWARDS = re.compile(rf"\s*,\s*(?=[{UPPER}])")
_DID = re.compile(
    r"\s+(?:đã|có)\s+(?:báo\s+cáo|đề\s+nghị|yêu\s+cầu|chỉ\s+đạo|thông\s+báo|đề\s+xuất|kiến\s+nghị|hướng\s+dẫn"
    r"|trả\s+lời|giao|chấp\s+thuận|cho|có\s+ý\s+kiến|nêu|quy\s+định|phê\s+duyệt)"
)


@dataclass(frozen=True)
class Before:
    """Issuer and date found left of a citation, and the verb between, if there was one."""

    issuer: Issuer | None = None
    date: FoundDate | None = None
    verb: str | None = None


def clause_start(view: View, at: int) -> int:
    """Where the sentence part begins that ``at`` stands in."""
    base = max(0, at - _WINDOW)
    start = base
    for m in _SENTENCE.finditer(view.flat, base, at):
        if m[0] == "." and _ABBREVIATION.search(view.flat, max(base, m.start() - 3), m.start()):
            continue
        start = m.end()
    return start


def look_before(view: View, head_start: int, letter_date: str | None) -> Before:
    """Issuer and date that the words left of a citation give it."""
    start = clause_start(view, head_start)
    left = view.flat[start:head_start]
    for pattern in (_OPEN_PAREN, _BY_AT, _AT, _OF_COLON, _ISSUES):
        m = _ending(pattern, left)
        if m is None:
            continue
        issuer = _name_ending_at(view, start, start + m.start(), after_of=pattern in (_AT, _OF_COLON))
        if issuer is None or _PERSON.match(issuer.name):
            continue
        if pattern is _ISSUES:
            return Before(issuer, _date_before(view, issuer.start, letter_date), m["verb"])
        return Before(issuer)
    if _ending(_AT, left) or _ending(_OPEN_PAREN, left):
        return Before(_subject(view, start, head_start, paren="(" in left[-14:]))
    return Before()


def _ending(pattern: re.Pattern[str], left: str) -> re.Match[str] | None:
    """The match of a pattern that ends with ``$`` near the end of the text."""
    return pattern.search(left, max(0, len(left) - 60))


def _name_ending_at(view: View, start: int, end: int, *, after_of: bool) -> Issuer | None:
    """The body's name that ends exactly at ``end``; ``after_of`` asks for "của" before it."""
    for m in lexicon.BODY_HEAD.finditer(view.flat, start, end):
        at = m.start()
        if at > start and view.flat[at - 1] not in " ,(:":
            continue
        if view.flat[at].islower() and not re.search(r"(?:của|do)\s$", view.flat[max(start, at - 5) : at]):
            continue
        if name_end(view, at, end) < end - 1:
            continue
        if after_of and not re.search(r"(?:của|do|và)\s+$", view.flat[max(start, at - 6) : at]):
            continue
        return make_issuer(view, at, end)
    return None


def _date_before(view: View, at: int, letter_date: str | None) -> FoundDate | None:
    """The date right before a name: "Ngày 21/7/2008, Thủ tướng Chính phủ …"."""
    found = None
    base = max(0, at - 45)
    for m in DATE.finditer(view.low, base, at):
        if view.flat[m.end() : at].strip(" ,") == "":
            found = read_date(m, letter_date)
    return found


def _subject(view: View, start: int, head_start: int, *, paren: bool) -> Issuer | None:
    """The sentence's subject: "UBND tỉnh đã cấp phép … tại Quyết định số …", "X xin … (tờ trình số …)"."""
    lead = _LEAD.match(view.flat, start, head_start)
    at = lead.end() if lead else start
    while view.flat[at : at + 1] == " ":
        at += 1
    if (m := DATE.match(view.low, at)) is not None:
        at = m.end()
        while view.flat[at : at + 1] in (" ", ","):
            at += 1
    best: Issuer | None = None
    for m in lexicon.BODY_HEAD.finditer(view.flat, at, head_start):
        if m.start() > at and view.flat[m.start() - 1] != " ":
            continue
        if not view.flat[m.start()].isupper():
            continue
        before = view.flat[max(start, m.start() - 12) : m.start()]
        first = m.start() == at
        if not first and not re.search(r"(?:,|điểm|khi|mà|do|việc)\s+$", before):
            continue
        end = name_end(view, m.start(), min(head_start, m.start() + 130))
        verb = bool(_SUBJECT_VERB.match(view.flat, _trim(view.flat, end)))
        if (paren and first) or verb:
            best = make_issuer(view, m.start(), end)
    return best if best and not _PERSON.match(best.name) else None


def _trim(flat: str, end: int) -> int:
    while end > 0 and flat[end - 1] == " ":
        end -= 1
    return end


def issuer_afterwards(view: View, mention_start: int, mention_end: int) -> Issuer | None:
    """ "Tại Văn bản số … ngày …, X đã báo cáo": the subject after a citation that opens the sentence with "Tại"."""
    if not re.search(r"(?<!\w)Tại\s+(?:các\s+)?$", view.flat[max(0, mention_start - 14) : mention_start]):
        return None
    m = _AFTERWARDS.match(view.flat, mention_end)
    if not m or not lexicon.BODY_HEAD.match(view.flat, m.end()):
        return None
    end = name_end(view, m.end(), min(len(view.flat), m.end() + 130))
    if not _DID.match(view.flat, _trim(view.flat, end)):
        return None
    return make_issuer(view, m.end(), end)
