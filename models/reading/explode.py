"""A letter that came as one line (copied from a cell, a message, a search index), cut at its fixed phrases."""

from __future__ import annotations

import re
from typing import Final

from models.document import Line
from models.reading.anchors import (
    AUTHORITY,
    DATE,
    MOTTO,
    NATIONAL,
    PERSON,
    PLACE_DATE,
    RECIPIENTS,
    SIGNER_TITLE,
    UPPER,
)
from models.reading.columns_cut import cut

_MIN_LENGTH: Final = 220
_TITLES = (
    "QUYẾT ĐỊNH|CHỈ THỊ|THÔNG BÁO|KẾ HOẠCH|BÁO CÁO|TỜ TRÌNH|"
    "HƯỚNG DẪN|CÔNG ĐIỆN|NGHỊ QUYẾT|GIẤY MỜI|CÔNG VĂN|KẾT LUẬN|QUY ĐỊNH|QUY CHẾ|CHƯƠNG TRÌNH"
)
_HEAD_BREAKS = re.compile(
    rf"(?<!\w)(?=Số\s{{0,3}}:\s{{0,3}}[\d/.…])|(?<!\w)(?=V\s?/\s?v\b)|(?<!\w)(?=(?:{_TITLES})(?!\w))|(?<!\w)(?=Kính\s{{0,2}}gửi\s{{0,2}}:)"
)
_BODY_BREAKS = re.compile(
    r"(?<=[;.:])\s(?=Căn cứ (?:Luật|Nghị|Quyết|Thông|Pháp|Chỉ|[Cc]ông|Kế|Hiến))"
    r"|\s(?=Điều \d{1,3}[.:] )"
    rf"|(?<=[.;:])\s(?=(?:\d{{1,2}}|[IVX]{{1,4}})[./)] ?[{UPPER}])"
    r"|(?<=[.;:])\s(?=[a-zđ]\) )"
    r"|(?<=\./\.)\s?"
)
_LIST_BREAKS = re.compile(r"(?<=[;.:])\s?(?=[-–+] ?[^\W\d_])|\s(?=[-–] ?Lưu\b)")


def explode(line: Line) -> list[Line]:
    """The zones and items of a line that holds the whole letter (or all of its head); other lines as they are."""
    text = line.text
    if len(text) < _MIN_LENGTH:
        return [line]
    national = NATIONAL.search(text)
    recipients = _last_recipients(text)
    if national is None and recipients is None:
        return [line]
    if national is None and recipients is not None and recipients == 0:
        return [line]
    places: set[int] = set()
    begin = 0
    if national is not None:
        begin = _head_places(text, national.start(), places)
    stop = recipients if recipients is not None else len(text)
    places.update(
        match.end() if text[match.start() : match.end()].isspace() else match.start()
        for match in _BODY_BREAKS.finditer(text, begin, stop)
    )
    if recipients is not None:
        places.add(recipients)
        _foot_places(text, recipients, places)
    pieces = cut(line, places)
    for part in pieces:
        part.whole_paragraph = True
    return pieces


def _last_recipients(text: str) -> int | None:
    found = None
    for match in RECIPIENTS.finditer(text):
        found = match.start()
    return found


def _head_places(text: str, national: int, places: set[int]) -> int:
    """Cuts of the head; returns where the body begins."""
    end = national
    for pattern in (NATIONAL, MOTTO):
        match = pattern.search(text, national)
        if match and match.start() < national + 400:
            places.update((match.start(), match.end()))
            end = max(end, match.end())
    date = next(
        (m for m in PLACE_DATE.finditer(text, 0, end + 500) if not text[m.start() - 1 : m.start()].isalnum()), None
    )
    if date is None:
        date = DATE.search(text, 0, end + 300)
    if date:
        places.update((date.start(), date.end()))
        end = max(end, date.end())
    for match in _HEAD_BREAKS.finditer(text, 0, end + 400):
        places.add(match.start())
    return end


def _foot_places(text: str, recipients: int, places: set[int]) -> None:
    for match in _LIST_BREAKS.finditer(text, recipients):
        places.add(match.end() if match[0].isspace() else match.start())
    sign = min(
        (
            m.start()
            for pattern in (AUTHORITY, SIGNER_TITLE)
            for m in pattern.finditer(text, recipients)
            if text[m.start() - 1].isspace() or text[m.start() - 1] in ".;)"
        ),
        default=None,
    )
    if sign is not None:
        places.add(sign)
        name = PERSON.search(text.rstrip(), sign)
        if name:
            places.add(name.start())
