"""Titles (trích yếu) of cited documents: where they begin and where they end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.references import lexicon
from models.references.issuers import name_end
from models.references.letters import LOWER
from models.references.view import BREAK, View
from models.text import squeeze

_OPENER = re.compile(
    rf"[\s,:]*(?:\(\s*)?(?:(?P<drop>(?:{lexicon.DROPPED_OPENER})(?!\w))\s*[:,.]?\s*"
    rf"|(?P<keep>(?={lexicon.KEPT_OPENER}(?!\w)))|(?=(?P<quote>[“\"])))",
    re.IGNORECASE,
)
_TYPE_NUMBER = (
    rf"(?:cac\s+)?(?:{lexicon.ANY_TYPE.pattern})\s+"
    r"(?:(?:(?!(?:trien|thuc|thi)\s)[a-z]+\s+){1,4}(?=so\s*:?\s*\d)|cua\s+[^,;.¶]{2,60}?\s+)?(?:so\s*:?\s*)?\d"
)
_NEXT_CITATION = re.compile(
    rf"\s*(?:(?:va|hoac)\s+)?(?:(?:cac\s+)?(?:y kien|de nghi)\s+cua\s|(?:(?:dieu|khoan|diem|muc|phan"
    rf"|chuong)\s+[\da-z]{{1,4}}\s*,?\s*){{0,3}}{_TYPE_NUMBER}|so\s*:?\s*\d+[a-z]?\s?[/\-])"
)
_END = re.compile(
    r"[;¶\[\]]|(?<=\s)để(?=\s+(?:thực|triển))|[.!?](?=\s|$|/|¶|[”\"])|\)|[,(“”\"]|(?<=\s)(?:và|hoặc)(?!\w)"
    r"|(?<=\s)(?:thì|đã nêu|nêu rõ|có hiệu lực|được sửa đổi(?:, bổ sung)? (?:bởi|tại|theo|bằng)"
    r"|được ban hành (?:tại|theo|kèm|ngày|bởi)|hiện hành|đã được|là đảm bảo|như sau"
    r"|trước ngày \d|ngay khi|trong quá trình thực hiện|nêu trên|đính kèm|gửi kèm|(?<!ban hành )kèm theo (?=[A-ZĐ]))(?!\w)"
)
_CLAUSE = re.compile(rf"\s*(?:và\s+)?(?:(?:{lexicon.CLAUSE_OPENER})(?!\w)|ngày\s+\d|kể\s+từ)", re.IGNORECASE)
_GOES_ON = re.compile(rf"\s*(?:tiep\s+tuc\s+)?(?:thuc\s+hien|trien\s+khai|can\s+cu|theo)\s+{_TYPE_NUMBER}")
_IN_ORDER_TO = re.compile(rf"\s*(?:thuc\s+hien|trien\s+khai)(?:\s+thuc\s+hien)?\s+{_TYPE_NUMBER}")
_AND_STOP = re.compile(
    r"\s*(?:có (?:Báo cáo|Công văn|Tờ trình|Văn bản|công văn|văn bản)|các văn bản|các quy định|căn cứ|ý kiến"
    r"|theo đề nghị|đề nghị của|hướng dẫn của|chỉ đạo của"
    r"|tình hình thực tế|yêu cầu|sau khi|để )"
)
_NAME_ABBREVIATION = re.compile(r"(?:\b(?:TP|Tp|TT|Tx|TX|P|Q|H|Th|PGS|GS|TS|ThS|St|No|v|V)|\d)$")
_NOT_TITLE = re.compile(
    rf"(?:quy định|hướng dẫn|thông báo|trả lời|kết luận)\s*(?:như sau)?\s*:|quy định\s+(?:rõ|rằng|thì|là"
    rf"|như)(?!\w)|(?:đề nghị|báo cáo|xin ý kiến|trả lời|thông báo|kiến nghị|giao)\s+(?:{lexicon.BODY_HEAD.pattern})"
    r"|(?:quy định|hướng dẫn)\s+(?:tại|trên|nêu trên|của)\b|thực hiện\s+(?:theo|từ|đến)\b"
)
_NUMBER_END = re.compile(r"(?:/|-)\s?[A-ZĐ][\wĐđ&\-]*$")
_SMALL = re.compile(rf"\s[{LOWER}]{{2}}")
_CLOSE = {"“": "”", '"': '"'}
_MAX = 900


@dataclass(frozen=True)
class Title:
    """A title and its place; ``opened`` is how it began: "về", a verb, or a quotation mark."""

    text: str
    start: int
    end: int
    opened: str


def title_after(view: View, pos: int, *, verbs: bool = True) -> Title | None:
    """The title right at ``pos``; ``verbs`` allows one that opens with a verb ("quy định …", "phê duyệt …")."""
    m = _OPENER.match(view.flat, pos, pos + 60)
    if not m:
        return None
    start = m.end()
    if _NEXT_CITATION.match(view.low, start, start + 140):
        return None
    if m["quote"] is not None:
        close = view.flat.find(_CLOSE[m["quote"]], start + 1, start + _MAX)
        if close < 0 or BREAK in view.flat[start:close]:
            return None
        return _title(view, start + 1, close, "quote", close + 1)
    if m["keep"] is not None and (not verbs or not view.flat[start : start + 1].strip()):
        return None
    if m["drop"] is None and ("," in m[0] or ":" in m[0]) and (":" in m[0] or lexicon_clause(view, m.end())):
        return None
    if m["keep"] is not None and _NOT_TITLE.match(view.flat, start):
        return None
    if view.flat[start : start + 1] in ("“", '"'):
        quoted = _close_quote(view, start)
        if quoted is not None and _ends_here(view, quoted + 1):
            return _title(view, start + 1, quoted, "drop", quoted + 1)
    end = title_end(view, start, parenthesis="(" in m[0])
    end = _before_main_clause(view, pos, start, end)
    return _title(view, start, end, "drop" if m["drop"] else "keep", end)


def lexicon_clause(view: View, pos: int) -> bool:
    """Whether a new clause begins here."""
    return bool(_CLAUSE.match(view.flat, pos))


def _close_quote(view: View, start: int) -> int | None:
    close = view.flat.find(_CLOSE[view.flat[start]], start + 1, start + _MAX)
    return close if close > 0 else None


def _ends_here(view: View, pos: int) -> bool:
    rest = view.flat[pos : pos + 3].lstrip()
    return not rest or rest[0] in ".;,)¶"


def _title(view: View, start: int, end: int, opened: str, span_end: int) -> Title | None:
    text = squeeze(view.flat[start:end]).strip(" ,;:-")
    text = text.removesuffix("./").rstrip(" .")
    if text.count("“") < text.count("”"):
        text = text.rstrip("” ")
    inner = re.match(rf"(?:{lexicon.DROPPED_OPENER})(?!\w)\s*", text, re.IGNORECASE) if opened == "quote" else None
    if inner:
        text = text[inner.end() :]
    return Title(text, start, span_end, opened) if len(text) >= 4 else None


def title_end(view: View, start: int, *, parenthesis: bool = False) -> int:
    """Offset at which the title that begins at ``start`` ends."""
    flat, low, pos = view.flat, view.low, start
    limit = min(len(flat), start + _MAX)
    depth = 0
    quoted = ""
    while m := _END.search(flat, pos, limit):
        at, what = m.start(), m[0]
        pos = m.end()
        if what == BREAK:
            return at
        if quoted:
            if what == quoted:
                quoted = ""
            continue
        if what == "“" or what == '"':
            close = flat.find(_CLOSE[what], pos, limit)
            if close > 0 and BREAK not in flat[at:close]:
                quoted = _CLOSE[what]
            elif what == '"':
                return at
        elif what == "”":
            return at
        elif what == "(":
            if _aside(low, pos):
                return at
            depth += 1
        elif what == ")":
            if depth == 0:
                return at
            depth -= 1
        elif what == ";" or what in "[]":
            if depth == 0:
                return at
        elif what in ".!?":
            if what == "." and _SMALL.match(flat, pos):
                continue
            if (
                what == "."
                and _NAME_ABBREVIATION.search(flat, max(start, at - 4), at)
                and flat[pos : pos + 1] != BREAK
                and not flat[pos : pos + 2].startswith("/")
            ):
                nxt = flat[pos : pos + 2].strip()
                if nxt and not nxt.isdigit() and flat[at - 1].isdigit():
                    return at
                continue
            return at
        elif what == ",":
            if depth == 0 and _comma_ends(view, pos):
                return at
        elif what in ("và", "hoặc"):
            if depth == 0 and (_NEXT_CITATION.match(low, pos, pos + 140) or _AND_STOP.match(flat, pos)):
                return at
        elif what == "để":
            if depth == 0 and _IN_ORDER_TO.match(low, pos, pos + 160):
                return at
        elif depth == 0:
            return at
    return limit if limit == len(flat) else _last_word(flat, start, limit)


_LEAD_IN = re.compile(
    r"\s*(?:[-+*•]\s*|\d{1,2}(?:\.\d{1,2})*[.)]?\s+|[a-z]\)\s*)?(?:nham|de|tiep\s+tuc|cu\s+the)?\s*"
    r"(?:thuc\s+hien|can\s+cu|theo|trien\s+khai|tiep\s+theo|qua|sau|tren\s+co\s+so|huong\s+ung|quan\s+triet|xet|phuc\s+dap"
    r"|tra\s+loi|tai|ke\s+tu|tu\s+(?:khi|sau)|cu\s+the\s+hoa)(?![a-z])"
)
"""Words with which a subordinate clause begins: the main clause must follow in the same sentence."""
_SENTENCE_OVER = re.compile(r"\s*(?:[.:¶]|như\s+sau|sau\s+đây|$)")
_FINITE = re.compile(
    r"\s(?:đã|sẽ|đang|cần|phải|chưa|xin)\s|^\s*(?:từ|đến|trong|sau)\s+(?:ngày|tháng|\d)|^\s*(?:gửi|nộp|họp|tập\s+trung)\s"
    r"|\s(?:xây\s+dựng|ban\s+hành|lập)\s+[Kk]ế\s+hoạch(?:\s|$)|\s(?:quyết\s+nghị|chỉ\s+thị|yêu\s+cầu|đề\s+nghị|kết\s+luận)\s*$"
    r"|\s(?:nhiệm\s+vụ|nội\s+dung|việc)\s+(?:chính\s+)?sau"
)
"""What only a main clause has: "đã", "phải", a day to begin with, "các nhiệm vụ sau"."""


def _before_main_clause(view: View, pos: int, start: int, end: int) -> int:
    """Where a title ends that ran on to the end of its sentence: before the comma after which the main clause stands.

    Only in a sentence that opens with a subordinate clause ("Thực hiện Kế hoạch số … về A, các đơn vị đã …").
    """
    flat = view.flat
    comma = flat.find(",", start, end)
    if comma < 0 or not _SENTENCE_OVER.match(flat, end):
        return end
    sentence = next(view.sentence_ends_between(max(0, pos - 600), pos), max(0, pos - 600))
    if not _LEAD_IN.match(view.low, sentence):
        return end
    while comma >= 0:
        following = flat.find(",", comma + 1, end)
        if comma > start + 6 and _FINITE.search(flat[comma + 1 : following if following >= 0 else end]):
            return comma
        comma = following
    return end


def _aside(low: str, pos: int) -> bool:
    """A parenthesis that speaks about the document, not in its title."""
    return bool(_ASIDE.match(low, pos)) or bool(_TYPE_AND_NUMBER.match(low, pos))


_ASIDE = re.compile(
    r"\s*(?:sau day|goi tat|goi la|viet tat|goi chung|kem theo|ban chup|co ban|gui kem|dinh kem|theo cong van"
    r"|(?:da\s+)?duoc\s+(?:sua|bo sung|thay)|(?:co\s+)?hieu luc|[a-z\s]{0,40}da gui"
    r"|xem|file|da gui|duoc gui|van ban|xin)"
)
_TYPE_AND_NUMBER = re.compile(_TYPE_NUMBER)
_ALL_UNITS = re.compile(
    r"(?:các|toàn thể|tất cả các|toàn bộ các|từng|mọi|đồng chí)\s+(?:đơn vị|cơ quan|địa phương|phòng|ban|sở"
    r"|trường|xã|phường|huyện|cấp|tổ chức|công đoàn|đồng chí|doanh nghiệp|ông|đảng bộ|chi bộ"
    r"|ngành|bộ|cán bộ|nhà trường)[^,;.¶]{0,60}?\s(?:phải|cần|báo cáo|khẩn trương|tổ chức|triển khai|thực hiện"
    r"|phối hợp|chủ động|có trách nhiệm|nghiêm túc|tập trung|được|gửi|đăng ký|cử)(?!\w)"
)
_DAY = re.compile(r"\s*ngày")


def _last_word(flat: str, start: int, limit: int) -> int:
    cut = flat.rfind(" ", start, limit)
    return cut if cut > start else limit


def _comma_ends(view: View, pos: int) -> bool:
    """Whether a comma ends the title: a new clause, a new citation, or the sentence's subject and verb follow."""
    if _NUMBER_END.search(view.flat, max(0, pos - 24), pos - 1) and _DAY.match(view.flat, pos):
        return False
    if (
        _GOES_ON.match(view.low, pos, pos + 160)
        or _CLAUSE.match(view.flat, pos)
        or _NEXT_CITATION.match(view.low, pos, pos + 140)
    ):
        return True
    at = pos
    while at < len(view.flat) and view.flat[at] == " ":
        at += 1
    if view.flat[at : at + 1] == BREAK:
        return True
    if _ALL_UNITS.match(view.flat, at):
        return True
    if place := lexicon.SUBJECT_PLACE.match(view.flat, at):
        return bool(lexicon.CLAUSE_VERB.match(view.flat, place.end()))
    if not (lexicon.BODY_HEAD.match(view.flat, at) or lexicon.BODY_HEAD_UPPER.match(view.flat, at)):
        return False
    if not view.flat[at].isupper():
        return False
    end = name_end(view, at, min(len(view.flat), at + 130))
    while view.flat[end - 1] == " ":
        end -= 1
    return bool(lexicon.CLAUSE_VERB.match(view.flat, end))
