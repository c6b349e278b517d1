"""Deadlines (thời hạn): from the words of a letter to a date, an hour, a recurrence or a limit counted from an event.

The grammar follows DOMAIN of official letters: absolute ("trước ngày 20/3/2024"), with hour, periods ("trong quý II"),
relative ("trong thời hạn 05 ngày làm việc kể từ ngày nhận được"), recurring ("trước ngày 20 hằng tháng"), continuous.
Dates of events, of entry into force, of conditions in law and names of programme periods are no deadlines. "Trước ngày
D" is exclusive in form and "chậm nhất ngày D" inclusive; both give ``date`` D, and ``inclusive`` says which it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from models.canonical import canonical
from models.letter import Deadline, RelativeDeadline, Span
from models.tasks import dates
from models.tasks.dates import letter_day
from models.tasks.workdays import add_working_days

_LATEST = r"(?:chậm|muộn|trễ) nhất(?: (?:là|vào|đến|trước|trong|hết|cuối|lúc|sau))*"
_LEAD = (
    rf"(?P<lead>{_LATEST}|không (?:muộn|chậm|trễ) (?:hơn|quá)|trước(?: (?:hết|lúc|thời điểm|thời hạn|khi hết))?"
    r"|(?:từ nay )?(?:cho )?(?:đến|tới)(?: hết)?|hết|trong|ngay trong|xong|vào|trong giờ hành chính"
    r"|(?:thời )?hạn(?: [^\W\d]+){0,4} ?:|(?:thời )?hạn (?:cuối(?: cùng)?|chót)(?: là)?|hạn"
    r"|(?:thời gian|thời điểm)(?: [^\W\d]+){0,4} ?:) ?"
)
_ABSOLUTE = re.compile(rf"(?<!\w){_LEAD}(?:{dates.HOUR})?(?:{dates.WEEKDAY})?{dates.DAY}")
_BARE_HOUR = re.compile(rf"(?<!\w){dates.HOUR}(?:{dates.WEEKDAY})?{dates.DAY}")
_PERIOD = re.compile(rf"(?<!\w){_LEAD}(?:lúc )?{dates.PERIOD}")
_AMOUNT = r"(?P<amount>\d{1,3}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)(?: ?\([^()]{1,20}\))?"
_UNIT = r"(?P<unit>ngày làm việc|giờ làm việc|ngày|giờ|tuần lễ|tuần|tháng|quý|năm)"
_FROM = (
    r"(?P<from>,? ?(?:\([^()]{1,30}\) ?)?,? ?(?:kể từ|tính từ|tính đến|từ|sau)(?: (?:ngày|khi|thời điểm|lúc))?"
    r" (?:[^.,;:()]{2,80}))?"
)
_RELATIVE = re.compile(
    r"(?<!\w)(?P<lead>(?:trong|với|tối đa)(?: (?:thời hạn|thời gian|vòng|hạn))?(?: (?:tối đa|không quá|chậm nhất|là|tối thiểu))*"
    rf"|(?:thời )?hạn(?: là)?|{_LATEST}|không quá|sau|(?:ít nhất|tối thiểu)(?: là)?|trước) "
    rf"{_AMOUNT} {_UNIT}(?!\w)(?P<before> ?,? trước (?:ngày|khi|thời điểm|kỳ|lúc|hội nghị|cuộc họp)[^.,;:()]{{0,80}})?{_FROM}"
)
_IMMEDIATE = re.compile(
    r"(?<!\w)ngay (?:sau )?(?:khi|sau)(?: khi)? (?:nhận được|nhận|tiếp nhận)(?: [^\W\d]+){0,6}"
    r"|(?<!\w)sau khi nhận được(?: [^\W\d]+){1,5}(?= ?,? (?:khẩn trương|phải|kịp thời))"
)
_EVERY = r"(?:hằng|hàng|mỗi)"
_CYCLE = r"(?:ngày|tuần|tháng|quý|năm|(?:0?6|sáu) tháng|(?:0?[39]|ba|chín) tháng|\d{1,2} năm|nửa năm)"
_PER = r"(?: ?/ ?0?1 ?lần| ?/ ?lần| một lần| 0?1 lần)?"
_RECURRING = re.compile(
    r"(?<!\w)(?:"
    # "trước ngày 20 hằng tháng", "vào ngày 15 của tháng cuối quý", "trước ngày 15/12 hằng năm", "trước thứ Sáu hằng tuần"
    r"(?P<lead>(?:chậm nhất|muộn nhất)(?: (?:là|vào|đến|trước))*|trước|vào|đến) (?P<due>"
    r"(?:(?:ngày )?(?P<rd>\d{1,2}) ?[/.\-] ?(?P<rm>\d{1,2})(?![\d/])|ngày (?P<rd2>\d{1,2}) tháng (?P<rm2>\d{1,2})(?!\d)"
    r"|ngày (?P<rd3>\d{1,2})(?![\d/.\-])|(?P<rw>thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật))"
    r"(?: ?,? ?(?:của )?(?P<rq>(?:tháng )?(?:cuối|đầu)(?: của)? (?:mỗi |từng )?quý|tháng cuối (?:của )?(?:mỗi )?quý))?"
    rf"(?:,? (?:của )?(?P<every1>{_EVERY} (?:tuần|tháng|quý|năm)|tháng (?:sau|kế tiếp|tiếp theo|báo cáo)))?)"
    # "định kỳ hằng quý", "hằng tháng, quý, 6 tháng, năm", "định kỳ 03 tháng/1 lần", "6 tháng một lần"
    rf"|(?P<periodic>định kỳ(?: (?:báo cáo|gửi))?)? ?(?P<every2>{_EVERY} {_CYCLE}{_PER}|(?P<p2>(?<=định kỳ ){_CYCLE}{_PER})"
    rf"|{_CYCLE}(?: ?/ ?0?1 ?lần| một lần| 0?1 lần))(?P<more>(?: ?,| và| hoặc)? ?(?:{_EVERY} )?{_CYCLE}(?![\w/.\-])(?! \d)){{0,4}}"
    r")(?!\w)"
)
_ADJECTIVE_OF = re.compile(
    r"(?:nghị quyết|chương trình|kế hoạch|dự toán|trợ cấp|lương|chỉ tiêu|thưởng|mức|phí|công tác|ngân sách|số liệu) $"
)
_CYCLIC_WORK = re.compile(
    r"báo cáo|gửi|thống kê|tổng hợp|đánh giá|sơ kết|kiểm tra|cập nhật|rà soát|nộp|tổ chức"
)
_CONTINUOUS = re.compile(r"(?:thời gian|thời hạn|tiến độ)(?: [^\W\d]+){0,3} ?: ?(?P<text>thường xuyên(?:,? liên tục)?|liên tục)(?!\w)")
_DUTY = re.compile(
    r"(?<!\w)(?:hoàn thành|xong|gửi|nộp|báo cáo|trình|ban hành|đăng ký|phản hồi|trả lời|cung cấp|công bố|thông báo|tổng hợp"
    r"|triển khai|thực hiện|góp ý|ý kiến|cập nhật|rà soát|chuyển|thanh toán|giải ngân|phê duyệt|thời hạn|thời gian|hạn|tiến độ"
    r"|kết thúc|gia hạn|đảm bảo|bảo đảm|tổ chức|lập|xây dựng|đạt|về)(?!\w)"
)
_STRONG_DUTY = re.compile(
    r"(?<!\w)(?:hoàn thành|xong|gửi|nộp|báo cáo|trình|đăng ký|phản hồi|trả lời|thời hạn|thời gian hoàn thành|thời gian thực hiện|hạn"
    r"|tiến độ|ban hành|cung cấp|gia hạn|kết thúc)(?!\w)"
)
_NOT_BEFORE = re.compile(
    r"(?<!\w)(?:hiệu lực|được cấp|đã cấp|cấp trước|phát sinh|thi hành kể|ký kết|đã ban hành|được ban hành|đã được|sinh|tuyển dụng"
    r"|thành lập|nghỉ hưu|có từ|tham gia hoạt động|bổ nhiệm|sử dụng đất|xảy ra|đã gửi|đã báo cáo|đã có|diễn ra|được tổ chức|khai mạc"
    r"|quy định (?:từ|đến)|giai đoạn|đối với|số liệu (?:tính )?|tính|thời điểm (?:chốt )?số liệu|lấy)(?: [^\W\d]+){0,3} ?$"
)
_OF_AN_EVENT = re.compile(r"(?<!\w)(?:hiệu lực|diễn ra|được tổ chức|khai mạc|quy định (?:từ|đến)|giai đoạn|lấy|tính)(?: [^\W\d]+){0,3} ?$")
"""What makes even a day to come no limit of work."""
_RANGE_BEFORE = re.compile(r"(?<!\w)(?:từ|bắt đầu) (?!nay)[^.;]{0,60}$")
_WEEKDAYS = {"hai": "MO", "2": "MO", "ba": "TU", "3": "TU", "tư": "WE", "4": "WE", "năm": "TH", "5": "TH", "sáu": "FR",
             "6": "FR", "bảy": "SA", "7": "SA", "nhật": "SU"}  # fmt: skip
_NUMBERS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_UNITS = {
    "ngày làm việc": "working_day", "giờ làm việc": "hour", "ngày": "day", "giờ": "hour", "tuần": "week", "tuần lễ": "week",
    "tháng": "month", "quý": "quarter", "năm": "year",
}  # fmt: skip
_WEAK_LEADS = ("đến", "tới", "hết", "vào", "trong", "cho đến", "cho tới")


def _inclusive(lead: str) -> bool:
    return not (lead.startswith("trước") and not lead.startswith("trước hết"))


def _clause(flat: str, start: int, width: int = 160) -> str:
    """What stands before ``start`` in its sentence, at most ``width`` characters."""
    left = flat[max(0, start - width) : start]
    for mark in (". ", "; "):
        cut = left.rfind(mark)
        while cut > 0 and mark == ". " and re.search(r"(?:tp|ths|ts|gs|pgs|stt|vv|tt)$", left[:cut]):
            cut = left.rfind(mark, 0, cut)
        if cut >= 0:
            left = left[cut + 2 :]
    return left


def _refused(flat: str, start: int, end: int, lead: str, moment: dates.Moment, reference: date | None) -> bool:
    """True for dates that limit no work: events, entry into force, conditions of law, ranges, times of meetings."""
    left = _clause(flat, start)
    ahead = reference is not None and moment.day is not None and moment.day > reference and lead.startswith(("trước", "chậm", "muộn"))
    if _NOT_BEFORE.search(left[-60:]) and not (ahead and not _OF_AN_EVENT.search(left[-60:])):
        return True
    if re.match(r" ?(?:có hiệu lực|của (?:quốc hội|chính phủ|thủ tướng|bộ |ubnd|ủy ban|ban |tỉnh ủy))", flat[end : end + 30]):
        return True  # "trước ngày 01/7/2025 có hiệu lực", and the date of a cited document
    label = ":" in lead or "hạn" in lead
    weak = lead.split(" :")[0].strip() in _WEAK_LEADS
    if _RANGE_BEFORE.search(left[-70:]) and lead.startswith(("đến", "tới", "cho đến", "hết")):
        return not re.search(r"thời gian (?:thực hiện|hoàn thành|triển khai)[^.;]*$|hoàn thành[^.;]*$", left)
    if weak and not _STRONG_DUTY.search(left):
        return not (lead == "trong" and moment.period is None and _DUTY.search(left))
    if lead in ("vào", "hết") and re.search(r"tổ chức|họp|hội nghị|khai mạc|diễn ra|bắt đầu", left[-80:]):
        return True
    if lead.startswith(("thời gian", "thời điểm")) and not re.search(r"hoàn thành|thực hiện|gửi|nộp|báo cáo|hạn|trả lời|xong|trình", lead):
        return True  # "Thời gian: 8 giờ ngày …" of an invitation
    past = moment.day is not None and reference is not None and moment.day < reference and moment.year_given
    if past and not label and not _STRONG_DUTY.search(left[-90:]):
        return True
    return bool(past and reference is not None and moment.day is not None and (reference - moment.day).days > 400)


def _deadline(text: str, span: Span, **fields: object) -> Deadline:
    start, end = span
    while end > start and text[end - 1] in " ,;:\n\t(":
        end -= 1
    while end > start and text[start] in " \n\t":
        start += 1
    raw = re.sub(r"\s+", " ", text[start:end])
    return Deadline.model_validate({"text": raw, "span": (start, end), **fields})


def _absolute(text: str, flat: str, reference: date | None) -> list[Deadline]:
    found: list[Deadline] = []
    for match in _ABSOLUTE.finditer(flat):
        moment = dates.day_from(match, reference)
        lead = match["lead"].strip()
        if moment.day is None and moment.year_given:
            continue  # no such day
        if re.match(rf" ?,? (?:của )?{_EVERY} (?:tháng|năm|quý)", flat[match.end() : match.end() + 25]):
            continue  # a recurring limit
        if _refused(flat, match.start(), match.end(), lead, moment, reference):
            continue
        found.append(
            _deadline(
                text, match.span(), date=moment.day.isoformat() if moment.day else None, time=moment.time, inclusive=_inclusive(lead)
            )
        )
    for match in _PERIOD.finditer(flat):
        moment = dates.period_from(match, reference)
        lead = match["lead"].strip()
        left = _clause(flat, match.start())
        if lead in ("xong", "hạn") or moment.day is None:
            continue
        if _refused(flat, match.start(), match.end(), lead, moment, reference):
            continue
        if moment.period == "year" and lead in _WEAK_LEADS and not re.search(r"(?:hoàn thành|xong|kết thúc)(?: [^\W\d]+){0,4} ?$", left):
            continue
        if lead == "trong" and moment.period != "year" and not re.search(
            r"(?:hoàn thành|xong|trình|ban hành|gửi|báo cáo|thực hiện|triển khai)[^.;:]{0,60}$", left
        ):
            continue
        found.append(_deadline(text, match.span(), date=moment.day.isoformat(), inclusive=_inclusive(lead)))
    return found


def _relative(text: str, flat: str) -> list[Deadline]:
    found: list[Deadline] = []
    for match in _RELATIVE.finditer(flat):
        lead, amount = match["lead"], match["amount"]
        if lead == "trước" or (lead == "sau" and not match["from"]):
            continue
        number = int(amount) if amount.isdigit() else _NUMBERS[amount]
        if amount == "năm" and match["unit"] in ("năm",):
            continue
        event = (match["from"] or "").strip(" ,")
        origin = "receipt" if re.search(r"nhận|tiếp nhận|phát hành đến", event) else "signing" if re.search(
            r"(?:ngày|khi) (?:được )?(?:ký|ban hành)(?! quyết định cấp)", event
        ) else re.sub(r"^(?:kể từ|tính từ|tính đến|từ|sau) ", "", event) or "receipt"
        end = match.end()
        if match["before"]:
            origin, number = match["before"].strip(" ,"), -number
        elif lead in ("ít nhất", "tối thiểu") or (lead.startswith(("trong", "với")) and "thời" not in lead and "vòng" not in lead
                                                  and not match["from"] and match["unit"] in ("năm", "tháng")):  # fmt: skip
            continue  # a duration, not a limit
        elif not event and lead == "sau":
            continue
        if not event and not match["before"] and not _DUTY.search(_clause(flat, match.start())) and not _DUTY.search(flat[end : end + 80]):
            continue
        if re.search(r"nghỉ|bảo hành|lưu trữ|bảo quản|có thời hạn$|giá trị|hiệu lực", _clause(flat, match.start())[-30:]):
            continue
        # Words after the amount and unit belong to the text only as far as they name the event.
        found.append(
            _deadline(
                text,
                (match.start(), end),
                relative=RelativeDeadline.model_validate({"amount": number, "unit": _UNITS[match["unit"]], "from": origin}),
                inclusive=True,
            )
        )
    for match in _IMMEDIATE.finditer(flat):
        found.append(
            _deadline(
                text, match.span(), relative=RelativeDeadline.model_validate({"amount": 0, "unit": "day", "from": "receipt"}), inclusive=True
            )
        )
    return found


def _cycle(words: str) -> str | None:
    if re.search(r"tháng", words) and re.search(r"0?6 tháng|sáu tháng|nửa năm", words):
        return "half_yearly"
    if re.search(r"0?3 tháng|ba tháng|quý", words):
        return "quarterly"
    for word, name in (("tuần", "weekly"), ("tháng", "monthly"), ("năm", "yearly"), ("ngày", "daily")):
        if word in words:
            return name
    return None


def _rule(cycle: str, day: int | None, month: int | None, weekday: str | None) -> str:
    """The iCalendar recurrence rule (RFC 5545) of a cycle with its due day; the last day of the period without one."""
    due = day or -1
    if cycle == "daily":
        return "FREQ=DAILY"
    if cycle == "weekly":
        return f"FREQ=WEEKLY;BYDAY={weekday or 'FR'}"
    if cycle == "monthly":
        return f"FREQ=MONTHLY;BYMONTHDAY={due}"
    months = {"quarterly": "3,6,9,12", "half_yearly": "6,12", "yearly": str(month or 12)}[cycle]
    return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={due}"


def _recurring(text: str, flat: str) -> list[Deadline]:
    found: list[Deadline] = []
    for match in _RECURRING.finditer(flat):
        left = _clause(flat, match.start())
        if match["due"]:
            day = next((int(match[g]) for g in ("rd", "rd2", "rd3") if match[g]), None)
            month = next((int(match[g]) for g in ("rm", "rm2") if match[g]), None)
            weekday = _WEEKDAYS.get(match["rw"].split()[-1]) if match["rw"] else None
            every = match["every1"] or ""
            if not every and not match["rq"]:
                head = re.search(rf"(?:định kỳ|{_EVERY})(?: [^\W\d]+){{0,2}} ?{_CYCLE}[^.;:()]{{0,40}}\(?$|(?:báo cáo )(?:tuần|tháng|quý|năm) \($", left)
                if not head or (month is not None and "năm" not in head[0]):
                    continue
                every = head[0]
            cycle = "quarterly" if match["rq"] else "yearly" if month else _cycle(re.sub(r"ngày \d+", "", every)) or "monthly"
            if (day is not None and not 1 <= day <= 31) or (month is not None and not 1 <= month <= 12):
                continue
            found.append(_deadline(text, match.span(), recurrence=cycle, rrule=_rule(cycle, day, month, weekday), inclusive=_inclusive(match["lead"])))
            continue
        words = match[0]
        explicit = bool(match["periodic"]) or "lần" in words
        if not explicit and _ADJECTIVE_OF.search(left):
            continue
        around = left[-90:] + " " + flat[match.end() : match.end() + 60]
        if not explicit and not _CYCLIC_WORK.search(around):
            continue
        every_cycle = _cycle(words)
        if every_cycle is None:
            continue
        found.append(_deadline(text, match.span(), recurrence=every_cycle, rrule=_rule(every_cycle, None, None, None)))
    for match in _CONTINUOUS.finditer(flat):
        found.append(_deadline(text, match.span("text"), recurrence="continuous"))
    return found


def find_deadlines(text: str, letter_date: str | None = None) -> list[Deadline]:
    """Every deadline in ``text`` in order of place, without overlaps; spans index ``text``.

    ``letter_date`` (ISO) gives missing years and tells which dates are past.
    """
    reference = letter_day(letter_date)
    flat = canonical(text)
    found = [*_recurring(text, flat), *_absolute(text, flat, reference), *_relative(text, flat)]
    # Of overlapping readings the longer one stands, a recurring one before a plain date.
    kept: list[Deadline] = []
    for item in sorted(found, key=lambda d: (d.recurrence is None, -_length(d))):
        if item.span and all(item.span[1] <= other.span[0] or item.span[0] >= other.span[1] for other in kept if other.span):
            kept.append(item)
    return sorted(kept, key=lambda d: d.span or (0, 0))


def _length(deadline: Deadline) -> int:
    return deadline.span[1] - deadline.span[0] if deadline.span else 0


def binding(deadlines: Sequence[Deadline]) -> Deadline | None:
    """The deadline that binds the one who must act: the first absolute one of a sentence, else the first rule.

    "Gửi về Sở Nội vụ trước ngày 20/3 để tổng hợp, báo cáo UBND tỉnh trước ngày 30/3": the first date binds the sender.
    """
    dated = next((d for d in deadlines if d.date), None)
    cyclic = next((d for d in deadlines if d.rrule and not d.rrule.endswith("=-1")), None)  # a cycle with its due day
    return dated or cyclic or (deadlines[0] if deadlines else None)


def due_date(deadline: Deadline, *, signed: str | None = None, received: str | None = None) -> str | None:
    """The last day (ISO) on which the task may be done, for reminders; None when the words do not tell.

    A limit from receipt counts from ``received``, one from signing from ``signed`` (the letter's date); working days
    skip holidays. Of a recurring deadline there is no single day: use its ``rrule``.
    """
    if deadline.date:
        return deadline.date
    limit = deadline.relative
    if limit is None or limit.amount < 0:
        return None
    start = letter_day(received) if limit.from_ == "receipt" else letter_day(signed) if limit.from_ == "signing" else None
    if start is None:
        return None
    try:
        if limit.unit == "working_day":
            return add_working_days(start, limit.amount).isoformat()
        if limit.unit in ("hour", "day", "week"):
            days = {"hour": limit.amount / 24, "day": limit.amount, "week": limit.amount * 7}[limit.unit]
            return (start + timedelta(days=int(days + 0.999))).isoformat()
        months = limit.amount * {"month": 1, "quarter": 3, "year": 12}[limit.unit]
        years, month = divmod(start.month - 1 + months, 12)
        for day in range(start.day, 27, -1):
            built = dates.build(start.year + years, month + 1, day, None)
            if built:
                return built.isoformat()
        return date(start.year + years, month + 1, min(start.day, 28)).isoformat()
    except (ValueError, OverflowError):
        return None
