"""Names of issuers in running text: where "của …" begins and, the hard part, where the name ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.references import lexicon
from models.references.letters import UPPER
from models.references.view import View
from models.text import squeeze

_STOP = re.compile(
    rf"[;.¶“”\"(),:\[\]!?]|(?<=\s)(?:{lexicon.ISSUER_STOP}|(?:{lexicon.CAPITAL_OPENER})|số(?=\s*:?\s*\d))(?!\w)"
    rf"|(?<=\s)và(?!\w)|(?<=\s)hoặc(?!\w)"
)
_STOP_WITHOUT_MARKS = re.compile(
    r"[;.¶“”\"(),:\[\]!?]|(?<=\s)(?:ve\s+viec|ve|quy\s+dinh|ban\s+hanh|phe\s+duyet|huong\s+dan|sua\s+doi"
    r"|trien\s+khai|thuc\s+hien|tai|de\s+nghi|ngay)(?![a-z])"
)
"""Stops in text whose tone marks were lost."""
_NAME_ABBREVIATION = re.compile(r"(?:TP|Tp|TT|Tx|TX|P|Q|H|T|Ph|Gs|Ts)$")
_PLACE_GOES_ON = re.compile(rf"\s*(?:[{UPPER}]|tỉnh|thành phố|huyện|quận|xã|phường|thị|Việt Nam|các|cấp)")
_SECOND_PART = re.compile(
    r"\s+(?:đào tạo|công nghệ|truyền thông|môi trường|xã hội|phát triển|đầu tư|du lịch|thông tin|thể thao"
    r"|trẻ em|giám định|dạy nghề"
    r"|tôn giáo|nhi đồng|gia đình|khoa học|an toàn|quản lý|kỹ thuật|ngân sách|kế hoạch|xây dựng|cứu|tư vấn"
    r"|dịch vụ|thương mại"
    r"|sản xuất|kinh doanh|chế biến|bảo vệ|vệ sinh|nông thôn|hạ tầng|chất lượng|biên chế|cán bộ|lao động"
    r"|hải đảo|pháp luật)"
)
_TERM = re.compile(r"\s*(?:khóa|khoá|nhiệm kỳ)\s+[IVX]+")
_LIST_HEAD = re.compile(r"[Ll]iên\s+(?:[Ss]ở|[Bb]ộ|[Nn]gành|[Cc]ơ quan)\s*$")
_OF = re.compile(r"\s*,?\s*(?:[Cc]ủa|CỦA|cua|do)\s*:?\s*")
_TAIL_OF_CLOSED = re.compile(
    rf"\s*(?:\(?\s*[Kk]h[oó][aá]|nước|Trung ương|và\s+[{UPPER}]|và\s+(?:Đào|Đầu|Công|Môi|Phát|Truyền|đào|môi"
    r"|truyền)|Việt Nam|Cộng\s+h[oò]|,\s*(?:Bộ|Thể)|-\s*[A-ZĐ]|\([A-ZĐ&]+\))"
)
_GRANTED = re.compile(r"\s+(?:cấp|ký|ra)\s*$")
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
    if (closed := lexicon.closed_names().match(view.low, start)) and not _TAIL_OF_CLOSED.match(flat, closed.end()):
        return min(limit, closed.end())
    while True:
        m = _STOP.search(flat, pos, limit)
        if (m is None or m.start() - start > 8) and flat[start : m.start() if m else limit].isascii():
            m = _STOP_WITHOUT_MARKS.search(view.low, max(pos, start + 4), limit) or m
        if not m:
            return limit
        at, what = m.start(), m[0]
        if what == "." and _NAME_ABBREVIATION.search(flat, max(start, at - 4), at):
            pos = m.end()
        elif what == "(" and (close := flat.find(")", at, at + 24)) > 0 and _is_abbreviation(flat, at, close):
            pos = close + 1
        elif what == ":" and _LIST_HEAD.search(flat, start, at):
            pos, listing = m.end(), True
        elif (
            (what == "," and ((listing and starts_name(view, _skip(flat, m.end()))) or _comma_in_name(view, start, m)))
            or (what == "và" and _and_goes_on(view, m.end()))
            or (what[0].isalpha() and _inside_name(flat, start, at, what))
        ):
            pos = m.end()
        else:
            return at


_BOARD = re.compile(
    r"(?:Ban\s+[Cc]hỉ\s+đạo|BCĐ|Hội\s+đồng|Ban\s+[Qq]uản\s+lý|Tổ\s+công\s+tác|Ban\s+[Tt]ổ\s+chức"
    r"|Đoàn\s+[Kk]iểm\s+tra|Tổ)\s*$"
)
_COMPOUND = re.compile(
    r"(?:(?:công|chương|quy|quá|giáo|tiến|lập|tờ)\s+(?=trình)|(?:bàn|hợp)\s+(?=giao)|(?:Ban|ban)\s+(?=chỉ\s+đạo"
    r"|quản\s+lý))"
)
_GIAO = re.compile(r"giao\s+(?:thông|dịch|lưu|tiếp|nhận)")


def _inside_name(flat: str, start: int, at: int, what: str) -> bool:
    """A verb right after "Ban Chỉ đạo", "Hội đồng" … names what the board is for: "Ban Chỉ đạo thực hiện …"."""
    if _GIAO.match(flat, at) or (
        what[:1] in "tgcq" and any(m.end() == at for m in _COMPOUND.finditer(flat, max(start, at - 12), at + 14))
    ):
        return True
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
        _TERM.match(view.flat, m.end())
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
    if m[0].strip(" ,:") == "do" and (granted := _GRANTED.search(view.flat, m.end(), end)):
        end = granted.start()
    return make_issuer(view, m.end(), end)


def make_issuer(view: View, start: int, end: int) -> Issuer | None:
    """The name in a span, None when nothing but a bare office word is left."""
    while end > start and view.flat[end - 1] in " ,-":
        end -= 1
    name = squeeze(view.flat[start:end])
    if len(name) < 2 or not any(c.isalpha() for c in name):
        return None
    return Issuer(name, start, end)
