"""Periods that limit a duty known to be one: "rà soát … trong quý II", "ra quân từ ngày 22/9 đến ngày 10/10/2025".

In free text such words mostly tell when something happens; :mod:`models.tasks.deadlines` passes them over. In the words
of a task that names no other limit they are its limit: the last day of the month, quarter or span (DOMAIN 5.4).
"""

from __future__ import annotations

import re

from models.canonical import canonical
from models.letter import Deadline
from models.tasks import dates
from models.tasks.dates import letter_day

_END = r"(?= ?(?:[.,;:)]|$|\(|và (?=[^\W\d])|để (?=[^\W\d])))"
_WITHIN = re.compile(rf"(?<!\w)trong {dates.PERIOD}{_END}")
_AT_END = re.compile(rf"[,(] ?{dates.PERIOD}(?=[ .;)]*$)")
_SPAN = re.compile(
    rf"(?<!\w)từ (?:ngày )?\d{{1,2}}(?: ?[/.\-] ?\d{{1,2}}(?: ?[/.\-] ?\d{{4}})?| tháng \d{{1,2}}(?: năm \d{{4}})?)? ?(?:cho )?(?:đến|tới) (?:hết )?{dates.DAY}"
)
_TELLS = re.compile(
    r"(?<!\w)(?:số liệu|kết quả|tình hình|vi phạm|phát sinh|xảy ra|đã|diễn ra|được tổ chức|khai mạc|hội nghị|hội thảo|cuộc họp|lớp|giai đoạn|thời gian tổ chức"
    r"|phát hiện|ghi nhận|có hiệu lực|công tác|nhiệm vụ)(?: [^\W\d]+){0,3} ?$"
)


def period_of(text: str, letter_date: str | None) -> Deadline | None:
    """The period that limits the duty ``text``, as a deadline on its last day; None where it names none.

    ``letter_date`` (ISO) supplies a missing year.
    """
    flat = canonical(text)
    reference = letter_day(letter_date)
    for pattern, read in ((_SPAN, dates.day_from), (_WITHIN, dates.period_from), (_AT_END, dates.period_from)):
        for match in pattern.finditer(flat):
            if _TELLS.search(flat[max(0, match.start() - 50) : match.start()]):
                continue
            moment = read(match, reference)
            if moment.day is None or moment.period == "year" or (reference and moment.day < reference):
                continue
            if pattern is _AT_END and not moment.year_given:
                continue
            start, end = match.span()
            while start < end and flat[start] in " ,(":
                start += 1
            raw = re.sub(r"\s+", " ", text[start:end]).strip(" ,")
            return Deadline(text=raw, date=moment.day.isoformat(), inclusive=True, span=(start, end))
    return None
