"""Kính gửi, Nơi nhận and Lưu: the lists of a letter (Decree 30/2020 Appendix I II.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.document import Line
from models.extraction.fields import ZonedLines, located, trim
from models.extraction.organisations import starts_like_a_body
from models.letter import Addressee, FieldValue, Recipient, Span, TextOrigin, Zone
from models.text import fold, squeeze

_HEAD = re.compile(r"^[\s.,·']*(?:Gửi\s*(?=:)|(?:Đồng\s+)?K\w{1,3}h\s+(?:gửi|gưi|gùi|gứi|gởi|trình|\w{2,4})|N[ơoôởờ0]i\s+n?h?[âậaăấầạ]n)\s*[:;.,]?\s*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-–—•*+●▪➢♦]\s*|\(?\d{1,2}[.)]\s+)")
_ARCHIVE_HEAD = re.compile(r"^\s*[-–—•*+.]?\s*L[ưu]u\s*(?:tại\s*)?[:;.,]?\s*(?:[-–]\s*)?", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]")
_PURPOSE = re.compile(
    r"^(?:để\b|đ/|b/?c|báo cáo|b/cáo|t/h|thực hiện|p/?h|ph/h|phối hợp|biết|theo dõi|chỉ đạo|c/đ|kiểm tra|đăng|ban hành|chuẩn bị|đề nghị|phục vụ|giám sát|triển khai|đôn đốc)", re.IGNORECASE
)
_INLINE = re.compile(r"(?<=[;.,:])\s+[-–—•+]\s*(?=[^\W\d_])|(?<=;)\s*(?=[-–—]\s*[^\W\d_])")
# a comma before a name that begins with its kind and goes on with a name or a class: "…, Công an tỉnh", "…, Phòng Nội vụ", "…, UBND các xã"
_NEXT_BODY = re.compile(
    r",\s+(?=(?:UBND|Ủy ban|Uỷ ban|HĐND|Hội đồng|Sở|Bộ|Công an|Phòng|Chi cục|Cục|Công ty|Tổng công ty|Trường|Trung tâm|Bệnh viện|Văn phòng|Ban Chỉ|Ban Quản|Ban Tổ|Ban Tuyên|Ban Dân|Liên đoàn"
    r"|Tỉnh ủy|Huyện ủy|Thành ủy|Đảng ủy|Tòa án|Viện [Kk]iểm|Kho bạc|Bảo hiểm|Ngân hàng|Thanh tra|Đài|Báo|Hội [A-ZĐ])\s+\w)"
)
# lines under an addressee that say where to find it, not who it is (letters of tax and customs offices)
_PARTICULARS = re.compile(r"^\W*(?:dia chi|tru so|noi o|ma so thue|mst|ma so doanh nghiep|dien thoai|dt|so dien thoai|email|e-mail|fax)\b\s*[:.]")
# a form's blank that is filled by hand: "Ông (bà): ……"
_BLANK = re.compile(r"^(?:kinh gui\W*)?(?:(?:quy|cac)\s+)?(?:dong chi|d/c|ong|ba|anh|chi|vi)(?:\W+(?:dong chi|ong|ba|anh|chi))*\W*$")
_DOTS = re.compile(r"[.…_]{5,}|(?:\.\s){4,}")
# a dotted leader as a recogniser reads it: no word has the same letter four times over
_LEADER = re.compile(r"\b([^\W\d_])\1{3,}\b")
_BRACE = re.compile(r"[}{\]|]\s*")


@dataclass(slots=True)
class _Item:
    text: str
    span: Span


def addressees(zoned: ZonedLines) -> list[Addressee]:
    """Nơi gửi đến (Kính gửi, Kính trình, or the list of a công điện), one item each."""
    lines = zoned.first_run(Zone.ADDRESSEES)
    items = _items(zoned, lines, addressee=True)
    result: list[Addressee] = []
    for item in items:
        span = trim(zoned.document, item.span)
        value = _tidy(item.text)
        if not re.search(r"[^\W\d_]{2}", _LEADER.sub("", value)) or _PARTICULARS.match(fold(value).lower()):
            continue
        if _BLANK.match(fold(value).lower()) and any(_DOTS.search(line.text) for line in lines):
            continue
        single = len(items) == 1 and len(lines) == 1
        for part, part_span in _commas(value, span, zoned) if single and ";" not in value else _semicolons(value, span, zoned):
            field = located(zoned.document, part, part_span, marks=True)
            result.append(Addressee(**field.model_dump()))
    return result


def recipients(zoned: ZonedLines) -> list[Recipient]:
    """Nơi nhận without the archive line; purpose and note are taken from the remarks in brackets."""
    lines = zoned.of(Zone.RECIPIENTS)
    result: list[Recipient] = []
    for item in _items(zoned, lines, addressee=False):
        if _ARCHIVE_HEAD.match(item.text) and re.match(r"^[-–—•*+.]?\s*l[uư]u\b", fold(item.text).lower()):
            continue
        span = trim(zoned.document, item.span)
        purpose, note, value = _remarks(item.text)
        if not value or not re.search(r"[^\W\d_]{2}", value):
            continue
        field = located(zoned.document, value, span, marks=True)
        result.append(Recipient(**field.model_dump(), purpose=purpose, note=note))
    _spread_brace(result, zoned)
    return result


def archive_note(zoned: ZonedLines) -> FieldValue | None:
    """The Lưu line without "Lưu:": where the original is kept and who drafted."""
    lines = zoned.first_run(Zone.ARCHIVE_NOTE)
    text = squeeze(" ".join(line.text for line in lines))
    source: list[Line] = lines
    if not lines:
        for line in zoned.of(Zone.RECIPIENTS):
            found = re.search(r"(?:^|[;.,:]\s*)[-–—]?\s*(Lưu\s*:?\s.*)$", line.text)
            if found:
                text, source = found[1], [line]
                break
        else:
            return None
    inline = re.search(r"(?:^|[;.,:]\s*)[-–—+]?\s*(L[ưu]u\b.*)$", text)
    value = _ARCHIVE_HEAD.sub("", inline[1] if inline else text).strip()
    value = re.sub(r"\s*\./\.?$", "", value).strip(" ;,")
    value = value.rstrip(".") if not value.endswith("..") else value
    if not value:
        return None
    raw = zoned.document.text[source[0].span[0]:source[-1].span[1]]
    offset = raw.find(value.split()[0])
    start = source[0].span[0] + max(offset, 0)
    return located(zoned.document, value, trim(zoned.document, (start, source[-1].span[1])))


def _items(zoned: ZonedLines, lines: list[Line], *, addressee: bool) -> list[_Item]:
    """The list's items: bulleted lines, inline bullets, or lines; wrapped lines are joined to their item."""
    items: list[_Item] = []
    any_bullet = any(_BULLET.match(_HEAD.sub("", line.text)) for line in lines)
    for number, line in enumerate(lines):
        text = line.text
        start = line.span[0]
        head = _HEAD.match(text)
        if head and (number == 0 or not addressee or text.lstrip().startswith(("Đồng", "đồng", "ĐỒNG"))):
            start += head.end()
            text = text[head.end():]
        elif number == 0 and fold(text).lower().rstrip(" :.").endswith("dien"):
            continue
        if not text.strip():
            continue
        for piece, offset in _pieces(text):
            bullet = _BULLET.match(piece)
            body = piece[bullet.end():] if bullet else piece
            at = start + offset + (bullet.end() if bullet else 0)
            if not body.strip(" .;,-"):
                continue
            # items that share one head stay one item ("các Bộ: A, B"), so only a bullet or a full stop ends it
            if items and not bullet and _goes_on(items[-1], body, any_bullet, line, addressee):
                items[-1].text = f"{items[-1].text} {body.strip()}"
                items[-1].span = (items[-1].span[0], at + len(body.rstrip()))
            else:
                items.append(_Item(body.strip(), (at, at + len(body.rstrip()))))
    return items


def _semicolons(value: str, span: Span, zoned: ZonedLines) -> list[tuple[str, Span]]:
    """Addressees in one line apart by semicolons; a list under one head ("Các Bộ: A; B") stays one, two such lists are two."""
    text = zoned.document.text[span[0]:span[1]]
    heads = [":" in piece for piece in value.split(";") if piece.strip()]
    if ";" not in value or "(" in value or (any(heads) and not all(heads)):
        return [(value, span)]
    parts: list[tuple[str, Span]] = []
    position = span[0]
    for piece in text.split(";"):
        inner = trim(zoned.document, (position, position + len(piece)))
        position += len(piece) + 1
        if inner[1] > inner[0]:
            parts.append((_tidy(zoned.document.text[inner[0]:inner[1]]), inner))
    return parts


def _commas(value: str, span: Span, zoned: ZonedLines) -> list[tuple[str, Span]]:
    """Addressees beside "Kính gửi:" apart by commas, where each part is a name of its own: "Sở Tài chính, Công an tỉnh".

    "UBND các xã, thị trấn" and "Sở Văn hóa, Thể thao và Du lịch" are one: what follows the comma is no body with its kind before it.
    """
    text = zoned.document.text[span[0]:span[1]]
    parts: list[tuple[int, int]] = []
    position = 0
    for match in _NEXT_BODY.finditer(text):
        parts.append((position, match.start()))
        position = match.end()
    parts.append((position, len(text)))
    if len(parts) < 2 or ":" in value or "(" in value or not starts_like_a_body(text):
        return [(value, span)]
    spans = [trim(zoned.document, (span[0] + a, span[0] + b)) for a, b in parts]
    return [(_tidy(zoned.document.text[a:b]), (a, b)) for a, b in spans]


def _pieces(text: str) -> list[tuple[str, int]]:
    pieces: list[tuple[str, int]] = []
    position = 0
    for match in _INLINE.finditer(text):
        pieces.append((text[position:match.start()], position))
        position = match.start() + len(match[0]) - len(match[0].lstrip())
    pieces.append((text[position:], position))
    return pieces


def _goes_on(item: _Item, body: str, any_bullet: bool, line: Line, addressee: bool) -> bool:
    if body.lstrip().startswith("(") or body.lstrip()[:1].islower():
        return not (item.text.endswith(".") and not addressee)
    ended = item.text.rstrip().endswith((";", "."))
    if any_bullet and line.origin == TextOrigin.EMBEDDED and not addressee:
        return True
    if any_bullet:
        return not ended or bool(re.search(r"\b(TP|TT|Tp|VP|P|Q)\.$", item.text))
    if item.text.rstrip().endswith((",", ":", " -", "và")):
        return True
    return not ended and not line.whole_paragraph and len(item.text) > 38


def _tidy(text: str) -> str:
    text = _BRACE.sub("", squeeze(text))
    text = re.sub(r"\s+([;,.])", r"\1", text).strip(" ;.,-–*:")
    if re.search(r"\([^()]*$", text):
        text += ")"
    return text


def _remarks(text: str) -> tuple[str | None, str | None, str]:
    purpose: str | None = None
    notes: list[str] = []
    kept = text
    for match in _REMARK.finditer(text):
        remark = squeeze(match[1])
        if _PURPOSE.match(remark):
            purpose = purpose or remark
            kept = kept.replace(match[0], "", 1)
        elif re.match(r"^(?:qua|gửi|bằng|bản|\d+\s*b|mỗi)", remark, re.IGNORECASE):
            notes.append(remark)
            kept = kept.replace(match[0], "", 1)
    return purpose, "; ".join(notes) or None, _tidy(kept)


def _spread_brace(items: list[Recipient], zoned: ZonedLines) -> None:
    """A brace beside several lines shares its remark among the lines of the list that carry none ("} (qua Website)")."""
    text = zoned.document.text
    for index, item in enumerate(items):
        if item.span is None or "}" not in text[item.span[0]:item.span[1] + 40].split("\n")[0]:
            continue
        for other in items[max(0, index - 6):index + 7]:
            if other.value == "Như trên":
                continue
            other.purpose = other.purpose or item.purpose
            other.note = other.note or item.note
