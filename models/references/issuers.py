"""Names of issuers in running text: where "của …" begins and, the hard part, where the name ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.references import lexicon
from models.references.view import View
from models.text import squeeze

_STOP = re.compile(
    rf"[;.¶“”\"(),:\[\]!?]|(?<=\s)(?:{lexicon.ISSUER_STOP})(?!\w)|(?<=\s)và(?!\w)|(?<=\s)hoặc(?!\w)"
)
_NAME_ABBREVIATION = re.compile(r"(?:TP|Tp|TT|Tx|TX|P|Q|H|T|Ph|Gs|Ts)$")
_PLACE_GOES_ON = re.compile(r"\s*(?:[A-ZĐÀ-Ỹ]|tỉnh|thành phố|huyện|quận|xã|phường|thị|Việt Nam|các|cấp)")
_SECOND_PART = re.compile(
    r"\s+(?:đào tạo|công nghệ|truyền thông|môi trường|xã hội|phát triển|đầu tư|du lịch|thông tin|thể thao|trẻ em|giám định|dạy nghề"
    r"|tôn giáo|nhi đồng|gia đình|khoa học|an toàn|quản lý|kỹ thuật|ngân sách|kế hoạch|xây dựng|cứu|tư vấn|dịch vụ|thương mại"
    r"|sản xuất|kinh doanh|chế biến|bảo vệ|vệ sinh|nông thôn|hạ tầng|chất lượng|biên chế|cán bộ|lao động|hải đảo|pháp luật)"
)
_LIST_HEAD = re.compile(r"[Ll]iên\s+(?:[Ss]ở|[Bb]ộ|[Nn]gành|[Cc]ơ quan)\s*$")
_OF = re.compile(r"\s*,?\s*(?:của|cua|củaỦ|do)\s*:?\s*")
_MAX = 170


@dataclass(frozen=True)
class Issuer:
    """An issuer's name and its place."""

    name: str
    start: int
    end: int


def starts_name(view: View, pos: int) -> bool:
    """Whether a body's name can begin here: a known first word, or a word with a capital."""
    head = view.flat[pos : pos + 30]
    return bool(head) and (head[0].isupper() or bool(lexicon.BODY_HEAD.match(view.flat, pos)))


def name_end(view: View, start: int, limit: int) -> int:
    """Offset at which the body's name that begins at ``start`` ends."""
    flat, pos = view.flat, start
    listing = False
    while True:
        m = _STOP.search(flat, pos, limit)
        if not m:
            return limit
        at, what = m.start(), m[0]
        if what == "." and _NAME_ABBREVIATION.search(flat, max(start, at - 4), at):
            pos = m.end()
        elif what == "(" and (close := flat.find(")", at, at + 24)) > 0 and _is_abbreviation(flat, at, close):
            pos = close + 1
        elif what == ":" and _LIST_HEAD.search(flat, start, at):
            pos, listing = m.end(), True
        elif what == "," and (listing and starts_name(view, _skip(flat, m.end())) or _comma_in_name(view, start, m)):
            pos = m.end()
        elif what == "và" and _and_goes_on(view, m.end()):
            pos = m.end()
        elif what in {"cho", "theo", "với", "sau", "trước"} and False:
            pos = m.end()
        elif what[0].isalpha() and _inside_name(flat, start, at, what):
            pos = m.end()
        else:
            return at


_BOARD = re.compile(r"(?:Ban\s+[Cc]hỉ\s+đạo|BCĐ|Hội\s+đồng|Ban\s+[Qq]uản\s+lý|Tổ\s+công\s+tác|Ban\s+[Tt]ổ\s+chức|Đoàn\s+[Kk]iểm\s+tra|Văn\s+phòng|Trung\s+tâm|Phòng|Quỹ)\s*$")


def _inside_name(flat: str, start: int, at: int, what: str) -> bool:
    """A verb right after "Ban Chỉ đạo", "Hội đồng" … names what the board is for: "Ban Chỉ đạo thực hiện …"."""
    return what not in {"về", "ngày", "số", "tại", "đã", "có", "v/v", "là"} and bool(_BOARD.search(flat, start, at))


def _skip(flat: str, pos: int) -> int:
    while pos < len(flat) and flat[pos] == " ":
        pos += 1
    return pos


def _is_abbreviation(flat: str, start: int, close: int) -> bool:
    inner = flat[start + 1 : close].strip()
    return inner.isupper() and " " not in inner and bool(_PLACE_GOES_ON.match(flat, close + 1))


def _comma_in_name(view: View, start: int, m: re.Match[str]) -> bool:
    before, after = squeeze(view.low[start : m.start()]), _skip(view.flat, m.end())
    return any(before.endswith(b) and a.match(view.low, after) for b, a in lexicon.comma_names()) or bool(
        re.compile(r"\s*(?:khóa|khoá|nhiệm kỳ)\s+[IVX]+").match(view.flat, m.end())
    )


def _and_goes_on(view: View, pos: int) -> bool:
    if _SECOND_PART.match(view.flat, pos):
        return True
    nxt = _skip(view.flat, pos)
    if not view.flat[nxt : nxt + 1].isupper():
        return False
    return not lexicon.ANY_TYPE.match(view.low, nxt)


def issuer_after(view: View, pos: int, limit: int) -> Issuer | None:
    """The issuer in "của …" (or "do … ban hành") right at ``pos``."""
    m = _OF.match(view.flat, pos, limit)
    if not m or not starts_name(view, m.end()):
        return None
    end = name_end(view, m.end(), min(limit, m.end() + _MAX))
    return make_issuer(view, m.end(), end)


def make_issuer(view: View, start: int, end: int) -> Issuer | None:
    """The name in a span, None when nothing but a bare office word is left."""
    while end > start and view.flat[end - 1] in " ,-":
        end -= 1
    name = squeeze(view.flat[start:end])
    if len(name) < 2 or not any(c.isalpha() for c in name):
        return None
    return Issuer(name, start, end)


_BEFORE_AT = re.compile(
    r"(?:của|do|ý kiến|đề nghị của|chỉ đạo của|theo)\s+(?P<name>[^;.¶“”]{2,140}?)\s*,?\s*(?:tại|trong|theo|ở|bằng|qua)\s*(?:các|những|hai|ba|nội dung|điểm \d)?\s*$"
)
_BEFORE_PAREN = re.compile(r"của\s+(?P<name>[^;.¶“”()]{2,120}?)\s*\(\s*$")
_BEFORE_VERB = re.compile(
    r"(?P<name>[^;.¶“”]{2,140}?)\s+(?:vừa\s+|đã\s+)?(?:có\s+gửi|có|ban hành|ra|gửi|ký|ký ban hành|đề nghị tại|trình tại|báo cáo tại|nêu tại|đề xuất tại)\s*(?:các|những|hai|ba)?\s*$"
)
_VERB_BLOCK = re.compile(r"(?:nhận được|được|cần|phải|sẽ|để|Công ty có|không|nếu|trình|trước khi)\s*$")
_LAST_NAME = re.compile(rf"(?:^|(?<=[\s,]))(?:{lexicon.BODY_HEAD.pattern})")
_BY_AT = re.compile(r"(?P<name>[^;.¶“”]{2,140}?)\s+(?:đề nghị|trình|báo cáo|đề xuất|có ý kiến|yêu cầu|chỉ đạo|thông báo)\s+tại\s*(?:các)?\s*$")


def issuer_before(view: View, head_start: int) -> Issuer | None:
    """The issuer that stands left of the citation: "chỉ đạo của X tại", "X ban hành", "của X (công văn số …)"."""
    base = max(0, head_start - 190)
    left = view.flat[base:head_start]
    cut = max(left.rfind(c) for c in ";.¶")
    while cut > 0 and left[cut] == "." and _NAME_ABBREVIATION.search(left[:cut]):
        cut = max(left.rfind(c, 0, cut) for c in ";.¶")
    offset = base + cut + 1
    left = left[cut + 1 :]
    for pattern in (_BEFORE_PAREN, _BEFORE_AT, _BY_AT, _BEFORE_VERB):
        m = pattern.search(left)
        if not m:
            continue
        name = m["name"]
        start = offset + m.start("name")
        if pattern in (_BEFORE_VERB, _BY_AT) or pattern is _BEFORE_AT:
            start = _body_start(view, start, start + len(name), first=pattern is _BEFORE_AT)
            if start < 0:
                continue
            if pattern is _BEFORE_VERB and _VERB_BLOCK.search(left):
                continue
        elif not starts_name(view, start):
            continue
        stop = offset + m.end("name")
        end = name_end(view, start, stop)
        if end < stop - 1 and pattern is not _BEFORE_PAREN:
            continue
        if (issuer := make_issuer(view, start, stop)) and issuer.name[0].isalpha():
            return issuer
    return None


def _body_start(view: View, start: int, end: int, *, first: bool) -> int:
    """Where the body's name begins in a stretch that ends with it: at its start or after a comma or the date."""
    if starts_name(view, start) and first and name_end(view, start, end) >= end - 1:
        return start
    found = -1
    for m in lexicon.BODY_HEAD.finditer(view.flat, start, end):
        if (m.start() == start or view.flat[m.start() - 1] in " ,") and name_end(view, m.start(), end) >= end - 1:
            found = m.start()
            break
    return found
