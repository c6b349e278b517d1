"""Head and foot of a letter whose two columns came out merged, put apart and in the order in which a person reads them.

Text that was copied, converted or typed on a terminal has the issuer and quốc hiệu, number and date, Nơi nhận and
signature on the same lines: side by side by blanks, tabs or pipes, or with a single blank between them. Decree
30/2020 fixes what stands in which column, so the fixed phrases (``models.reading.anchors``) tell where to cut, and
wide gaps tell it where they are left. The left column is then read before the right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from models.document import Cell, Line, Side, union
from models.reading.anchors import (
    ARCHIVE,
    DATE,
    MOTTO,
    NATIONAL,
    NATIONAL_START,
    NUMBER,
    PARTY,
    PERSON,
    PLACE_DATE,
    RECIPIENTS,
    RECIPIENTS_LINE,
    SEPARATOR,
    SIGN_START,
    SIGNED,
    SIGNER_TITLE,
    SUBJECT,
    TO,
)
from models.reading.columns_cut import (
    columns_by_gap,
    foot_cut,
    glued,
    head_cut,
    national_spacing,
    squeeze,
    trim_rules,
)
from models.reading.explode import explode

_HEAD_ROWS: Final = 40
_LONG: Final = 160
_SLACK: Final = 6
"""Characters by which lines of the right column may begin before the column's first line (they are centred)."""
_BODY_START = re.compile(r"^\W{0,3}(?:Căn cứ|Thực hiện|Trả lời|Phúc đáp|Theo đề nghị|Để )\b")
_APPENDIX = re.compile(r"^\W{0,3}(?:PHỤ LỤC|Phụ lục|BIỂU MẪU|DANH SÁCH|MẪU SỐ)\b")
_NATIONAL_OPEN = re.compile(r"^CỘNG\s+H(?:ÒA|OÀ)(?:\s+\w+){0,5}$", re.I)
_DATE_OPEN = re.compile(r"ngày[\s\d.…]{0,12}(?:tháng[\s\d.…]{0,12})?$", re.I)
_DATE_REST = re.compile(r"^(?:tháng|năm)\s", re.I)
_ITEM = re.compile(r"^\W{0,2}[-–—+•*]\s?\S")


@dataclass(slots=True)
class _Row:
    """One source line: its pieces with the columns where they begin."""

    parts: list[tuple[int, Line]]
    piped: bool = False

    @property
    def text(self) -> str:
        return " ".join(line.text for _, line in self.parts)

    @property
    def first(self) -> str:
        return self.parts[0][1].text


def split_columns(lines: list[Line]) -> list[Line]:
    """``lines`` with merged columns put apart; ``side`` says where each piece of a two-column block stood.

    Lines of nothing but rules are dropped, rules glued to a line's ends removed, blanks squeezed. Lines of tables and
    lines that already have a side keep their order. Never fails: what is not understood stays as it is.
    """
    rows = _rows(lines)
    start, end = _head_zone(rows)
    foot = _foot_start(rows, end)
    stop = _foot_end(rows, foot)
    result = [line for row in rows[:start] for _, line in row.parts]
    result += _head(rows[start:end])
    result += _body(rows[end:foot], lines)
    result += _foot(rows[foot:stop])
    rest = rows[stop:]
    if rest and foot < stop and any(NATIONAL_START.search(row.text) for row in rest):
        # A second letter or an appendix with a head of its own begins behind the foot.
        return result + split_columns([replace(line, text=_joined(row)) for row in rest for line in (row.parts[0][1],)])
    return result + _body(rest, lines)


def _rows(lines: list[Line]) -> list[_Row]:
    rows: list[_Row] = []
    for source in lines:
        if SEPARATOR.match(source.text) or not any(map(str.isalnum, source.text)):
            continue
        source.text = national_spacing(trim_rules(source.text))
        for line in explode(source):
            if line.cell is not None or line.side is not None or line.role in ("header", "footer", "footnote"):
                line.text = squeeze(line.text)
                rows.extend(_Row([(0, part)]) for part in glued(line))
                continue
            indent = len(line.text) - len(line.text.lstrip())
            for number, part in enumerate(glued(line)):
                if number or part is not line:
                    rows.append(_Row([(indent, part)]))
                else:
                    rows.append(_row(line))
    return [row for row in rows if row.parts]


def _row(line: Line) -> _Row:
    piped = "|" in line.text
    parts = [(at, part) for at, part in columns_by_gap(line) if not SEPARATOR.match(part.text)]
    for _, part in parts:
        part.text = trim_rules(part.text)
    return _Row(parts, piped)


def _joined(row: _Row) -> str:
    return "   ".join(line.text for _, line in row.parts)


def _merge(row: _Row) -> list[Line]:
    """The row as one line: gaps within running text (tabs after a number, justified blanks) mean nothing."""
    if len(row.parts) == 1:
        return [row.parts[0][1]]
    first = row.parts[0][1]
    merged = replace(
        first,
        text=" ".join(line.text for _, line in row.parts),
        words=[word for _, line in row.parts for word in line.words],
        whole_paragraph=row.parts[-1][1].whole_paragraph,
    )
    return [merged]


# -- the head ----------------------------------------------------------------------------------------------------------


def _head_zone(rows: list[_Row]) -> tuple[int, int]:
    """The rows of the head: from the first to where "Kính gửi", the legal basis or running text begins."""
    for index, row in enumerate(rows[: _HEAD_ROWS + 10]):
        text = row.text
        if RECIPIENTS_LINE.match(row.first):
            return 0, index
        if _BODY_START.match(text) and len(text) > 40:
            return 0, index
        if TO.match(text):
            # Addressees that share a line with the legal basis are cut with the head.
            end = index + 1
            while end < len(rows) and _ITEM.match(rows[end].text) and len(rows[end].text) < 2 * _LONG:
                end += 1
            return 0, end
        if len(text) > _LONG and not (NATIONAL.search(text) or SUBJECT.match(text) or NUMBER.match(text)):
            return 0, index
        if index >= _HEAD_ROWS:
            return 0, index
    return 0, len(rows)


def _head(rows: list[_Row]) -> list[Line]:
    """Lines of the head: each block of rows with two columns, left before right."""
    cut_rows: list[list[tuple[Side | None, Line]]] = []
    right_start: int | None = None
    national_open = False
    for row in rows:
        sided = _head_row(row, right_start, national_open)
        two = any(side == "right" for side, _ in sided) and any(side == "left" for side, _ in sided)
        if two and len(row.parts) > 1:
            right_start = row.parts[-1][0] if right_start is None else min(right_start, row.parts[-1][0])
        last = sided[-1][1].text if sided else ""
        national_open = bool(NATIONAL_START.search(last)) and not NATIONAL.search(last)
        cut_rows.append(sided)
    return _rejoined(_ordered(cut_rows))


def _rejoined(lines: list[Line]) -> list[Line]:
    """Quốc hiệu and date that were wrapped, each on one line again."""
    result: list[Line] = []
    for line in lines:
        previous = result[-1] if result else None
        if (
            previous is not None
            and previous.side == line.side
            and previous.page == line.page
            and (
                (_NATIONAL_OPEN.search(previous.text) and NATIONAL.fullmatch(f"{previous.text} {line.text}"))
                or (
                    _DATE_OPEN.search(previous.text)
                    and _DATE_REST.match(line.text)
                    and PLACE_DATE.match(f"{previous.text} {line.text}")
                )
            )
        ):
            boxes = [line_box for line_box in (previous.box, line.box) if line_box]
            result[-1] = replace(
                previous,
                text=f"{previous.text} {line.text}",
                words=previous.words + line.words,
                box=union(boxes),
                whole_paragraph=line.whole_paragraph,
            )
        else:
            result.append(line)
    return result


def _head_row(row: _Row, right_start: int | None, national_open: bool) -> list[tuple[Side | None, Line]]:
    """The pieces of one row of the head, each with the side on which it stands (None: the row has one column)."""
    if len(row.parts) >= 2 and (row.piped or _head_gap(row)):
        sided: list[tuple[Side | None, Line]] = []
        for number, (_, line) in enumerate(row.parts):
            for part in head_cut(line, national_open=national_open):
                sided.append(("left" if number == 0 and not _right_phrase(part.text) else "right", part))
        return sided
    at = row.parts[0][0]
    line = _merge(row)[0]
    if line.cell is not None or line.side is not None:
        return [(None, line)]
    pieces = head_cut(line, national_open=national_open)
    if len(pieces) == 1:
        if right_start is not None and at >= right_start - _SLACK and len(row.parts) == 1:
            return [("right", line)]
        return [(None, line)]
    if all(_right_phrase(part.text) for part in pieces):
        return [("right", part) for part in pieces]
    if TO.match(line.text) or _ITEM.match(line.text):
        return [(None, part) for part in pieces]
    return [("right" if _right_phrase(part.text) else "left", part) for part in pieces]


def _head_gap(row: _Row) -> bool:
    """Whether the gap in this row parts two columns: something of the right column stands behind it, or capitals do."""
    right = " ".join(line.text for _, line in row.parts[1:])
    if _right_phrase(right):
        return True
    left = row.first
    if len(row.parts) != 2 or len(row.text) > _LONG:
        return False
    return (NUMBER.match(left) is not None and DATE.search(right) is not None) or (
        left.isupper() and len(left) > 6 and len(right) > 6 and row.parts[1][0] >= 20
    )


def _right_phrase(text: str) -> bool:
    text = text.strip(" *-–—_.")
    return bool(
        NATIONAL_START.match(text)
        or MOTTO.match(text)
        or PARTY.match(text)
        or PLACE_DATE.match(text)
        or text.upper().endswith("CHỦ NGHĨA VIỆT NAM")
        or (DATE.match(text) and text[:4].lower() == "ngày")
    )


def _ordered(cut_rows: list[list[tuple[Side | None, Line]]]) -> list[Line]:
    """From the first row with two columns to the last: left pieces, then right pieces; the rest in its order."""
    two = [i for i, row in enumerate(cut_rows) if {side for side, _ in row} >= {"left", "right"}]
    if not two:
        return [_sided(line, side) for row in cut_rows for side, line in row]
    first, last = two[0], two[-1]
    while last + 1 < len(cut_rows) and cut_rows[last + 1] and all(side == "right" for side, _ in cut_rows[last + 1]):
        last += 1
    block = cut_rows[first : last + 1]
    before = [_sided(line, side) for row in cut_rows[:first] for side, line in row]
    left = [
        _sided(line, "left") for row in block for side, line in row if side != "right" and not _right_phrase(line.text)
    ]
    right = [
        _sided(line, "right") for row in block for side, line in row if side == "right" or _right_phrase(line.text)
    ]
    after = [_sided(line, side) for row in cut_rows[last + 1 :] for side, line in row]
    return before + left + right + after


def _sided(line: Line, side: Side | None) -> Line:
    if side is not None and line.side is None and line.cell is None:
        line.side = side
    return line


# -- the body ----------------------------------------------------------------------------------------------------------


def _body(rows: list[_Row], lines: list[Line]) -> list[Line]:
    """Running text as it stands; rows of pipes are a table of data."""
    table = max((line.cell.table for line in lines if line.cell), default=-1)
    result: list[Line] = []
    row_number = 0
    inside = False
    for row in rows:
        if not (row.piped and len(row.parts) >= 2):
            inside = False
            result.extend(_merge(row))
            continue
        if not inside:
            table, row_number, inside = table + 1, 0, True
        for column, (_, line) in enumerate(row.parts):
            line.cell = Cell(table, row_number, column)
            result.append(line)
        row_number += 1
    return result


# -- the foot ----------------------------------------------------------------------------------------------------------


def _foot_start(rows: list[_Row], begin: int) -> int:
    """The first row of the foot: the last "Nơi nhận", and a signature that begins a little above it."""
    found = next(
        (
            i
            for i in range(len(rows) - 1, begin - 1, -1)
            if RECIPIENTS_LINE.match(rows[i].first)
            or any(RECIPIENTS_LINE.match(part.text) for _, part in rows[i].parts)
        ),
        None,
    )
    if found is None:
        found = next((i for i in range(begin, len(rows)) if _signature_right(rows[i])), None)
        return len(rows) if found is None else found
    for index in range(found - 1, max(begin, found - 4) - 1, -1):
        if len(rows[index].parts) == 1 and rows[index].parts[0][0] >= 20 and SIGN_START.match(rows[index].first):
            found = index
        elif len(rows[index].text) > 60:
            break
    return found


def _signature_right(row: _Row) -> bool:
    return len(row.parts) == 2 and bool(SIGN_START.match(row.parts[1][1].text)) and row.parts[1][1].text.isupper()


def _foot_end(rows: list[_Row], foot: int) -> int:
    for index in range(foot + 1, len(rows)):
        text = rows[index].text
        if _APPENDIX.match(text) or NATIONAL_START.search(text) or len(text) > 2 * _LONG:
            return index
    return len(rows)


def _foot(rows: list[_Row]) -> list[Line]:
    """Nơi nhận, then the signature, where both are merged; otherwise the rows as they stand."""
    cut_rows: list[list[tuple[Side | None, Line]]] = []
    right_start: int | None = None
    title = name = archived = False
    for row in rows:
        sided = _foot_row(row, right_start, title and not name, archived)
        if len(row.parts) > 1 and {side for side, _ in sided} >= {"left", "right"}:
            right_start = row.parts[-1][0] if right_start is None else min(right_start, row.parts[-1][0])
        for side, line in sided:
            if side == "right":
                title = title or bool(SIGN_START.match(line.text))
                name = name or bool(PERSON.fullmatch(line.text))
            archived = archived or bool(ARCHIVE.match(line.text))
        cut_rows.append(sided)
    two = [row for row in cut_rows if {side for side, _ in row} >= {"left", "right"}]
    if not two:
        return [line for row in cut_rows for _, line in row]
    left = [_sided(line, "left") for row in cut_rows for side, line in row if side != "right"]
    right = [_sided(line, "right") for row in cut_rows for side, line in row if side == "right"]
    return left + right


def _foot_row(row: _Row, right_start: int | None, name_wanted: bool, archived: bool) -> list[tuple[Side | None, Line]]:
    if len(row.parts) >= 2 and (row.piped or _foot_gap(row, right_start)):
        (_, first), *others = row.parts
        left: Side = "left" if not SIGN_START.match(first.text) or RECIPIENTS.match(first.text) else "right"
        return [(left, first), *(("right", line) for _, line in others)]
    at = row.parts[0][0]
    line = _merge(row)[0]
    if line.cell is not None or line.side is not None:
        return [(None, line)]
    pieces = foot_cut(line, name_wanted=name_wanted)
    if len(pieces) > 1:
        return [("left", pieces[0]), *(("right", part) for part in pieces[1:])]
    if (
        (right_start is not None and at >= right_start - _SLACK)
        or (row.piped and at > 0)
        or (at >= 20 and not _ITEM.match(line.text))
    ):
        return [("right", line)]
    text = line.text.strip()
    if SIGNER_TITLE.fullmatch(text) or SIGNED.match(text) or (SIGN_START.match(text) and text.isupper()):
        return [("right", line)]
    if PERSON.fullmatch(text) and (name_wanted or archived):
        return [("right", line)]
    return [("left", line)]


def _foot_gap(row: _Row, right_start: int | None) -> bool:
    left, right = row.first, row.parts[1][1].text
    if SIGN_START.match(right) or SIGNED.match(right) or PERSON.fullmatch(right):
        return True
    if right_start is not None and row.parts[1][0] >= right_start - _SLACK:
        return True
    return bool(RECIPIENTS_LINE.match(left))
