"""Assignment tables (bảng phân công nhiệm vụ): one task a row, its bodies, deadline and product in the other columns.

A table is one of assignments when its heading names a column of work and one of who does it or by when. Cells that span
several rows are filled down; a row of one cell is a group heading and may name who acts in the rows below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from models.canonical import canonical
from models.letter import Deadline
from models.lexicons import table
from models.segmentation.items import Paragraph
from models.tasks import sections
from models.tasks.deadlines import binding, find_deadlines
from models.tasks.names import names_in

_FIELD = re.compile(
    r"^\(?(?:-|\+|\*)? ?(?P<label>(?:(?:các )?(?:cơ quan|đơn vị|người|bộ phận|cán bộ|phòng)(?:,? (?:đơn vị|cơ quan|cá nhân))? )?"
    r"(?:chủ trì|thực hiện|phụ trách|tham mưu|đầu mối|phối hợp)(?: thực hiện| tham mưu| chính)?"
    r"|(?:thời gian|thời hạn|tiến độ|hạn|thời điểm)(?: (?:hoàn thành|thực hiện|xong|triển khai|báo cáo|gửi|trình))*|hoàn thành"
    r"|(?:kết quả, )?sản phẩm(?: (?:đầu ra|hoàn thành|dự kiến))?|kết quả(?: đầu ra)?)(?: ?\([^()]{1,40}\))? ?: ?(?P<value>.{1,400})$"
)


@dataclass(slots=True)
class Row:
    """One row of an assignment table, or the labelled fields below a task."""

    paragraph: Paragraph | None = None
    names: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    deadline: Deadline | None = None
    product: str | None = None
    item: str | None = None


@cache
def _titles() -> tuple[tuple[str, str, str], ...]:
    return tuple((canonical(row["title"]), row["where"], row["holds"]) for row in table("task_columns"))


def column(title: str) -> str | None:
    """What a column of this title holds: task, lead, coordinator, due, product, number, other; None when unknown."""
    flat = canonical(title).strip(" .:-*")
    best: tuple[int, str] | None = None
    for words, where, holds in _titles():
        found = flat.startswith(words) if where == "start" else words in flat
        if found and (best is None or len(words) > best[0]):
            best = (len(words), holds)
    return best[1] if best and len(flat.split()) <= 14 else None


def due(text: str, letter_date: str | None) -> Deadline | None:
    """The deadline that a table cell or a labelled field states ("Quý II/2024", "30/6", "Thường xuyên")."""
    text = text.strip()
    found = binding(find_deadlines(text, letter_date))
    if found is None:
        label = "Thời hạn hoàn thành: "
        found = binding(find_deadlines(label + text, letter_date))
        if found is not None:
            found = found.model_copy(update={"text": re.sub(rf"^{label}", "", found.text).strip() or text, "span": None})
    if found is None and re.match(r"(?:thường xuyên|liên tục|hằng ngày)", canonical(text)):
        found = Deadline(text=text, recurrence="continuous")
    return found.model_copy(update={"span": None}) if found is not None else None


def actors(text: str) -> list[str]:
    """The bodies in a cell; the cell itself where no name is known, as long as it is short."""
    names = names_in(text)
    flat = re.sub(r"\s+", " ", text).strip(" .;,:-")
    if names and sum(len(n) for n in names) >= 0.6 * len(flat):
        return names
    return [flat] if flat and len(flat.split()) <= 12 and any(c.isalpha() for c in flat) else names


def rows(cells: Sequence[Paragraph], letter_date: str | None) -> list[Row]:
    """The tasks of one table's cells; empty when it is no assignment table."""
    grid: dict[int, dict[int, list[Paragraph]]] = {}
    for paragraph in cells:
        if paragraph.cell is not None:
            grid.setdefault(paragraph.cell.row, {}).setdefault(paragraph.cell.column, []).append(paragraph)
    head: dict[int, str] = {}
    first = -1
    for number in sorted(grid)[:3]:
        titles = {c: holds for c, ps in grid[number].items() if (holds := column(" ".join(p.text for p in ps))) is not None}
        if "task" in titles.values() and {"lead", "due", "coordinator"} & set(titles.values()):
            head, first = titles, number
            break
    if not head:
        return []
    wanted: dict[str, int] = {}
    for position, holds in sorted(head.items()):
        wanted.setdefault(holds, position)
    found: list[Row] = []
    last: dict[str, str] = {}
    group: list[str] = []
    for number in sorted(grid):
        if number <= first:
            continue
        row = grid[number]
        work = row.get(wanted["task"])
        if len(row) == 1 and not (work and len(head) == 1):
            only = next(iter(row.values()))
            named = sections.actors(only[0].text)
            group = named[0] if named else []
            continue
        if not work:
            continue
        filled = [p for position, ps in row.items() for p in ps if position not in (wanted["task"], wanted.get("number", -1)) and len(p.text.strip()) > 1]
        if not filled and any(holds in wanted for holds in ("lead", "due")) and number + 1 in grid and len(row) > 1:
            named = sections.actors(work[0].text)
            group = named[0] if named else []
            last = {}
            continue
        texts = {
            holds: " ".join(p.text for p in row[position]) if position in row else last.get(holds, "")
            for holds, position in wanted.items()
            if holds in ("lead", "coordinator", "due", "product")
        }
        last = texts
        entry = Row(paragraph=work[0], names=actors(texts.get("lead", "")) or list(group), coordinators=actors(texts.get("coordinator", "")))
        if texts.get("due"):
            entry.deadline = due(texts["due"], letter_date)
        entry.product = texts.get("product") or None
        mark = row.get(wanted.get("number", -1))
        entry.item = mark[0].text if mark else None
        if len(canonical(work[0].text).split()) >= 2:
            found.append(entry)
    return found


def fields(text: str, letter_date: str | None) -> Row | None:
    """Labelled fields ("Cơ quan chủ trì: …; thời gian: …") when the text is nothing else, else None."""
    parts = [p for p in re.split(r"(?<=[^\d\s]{2})[;.]\s+(?=[^\W\d])", text.strip().rstrip(".;/ )")) if p.strip()]
    result = Row()
    for part in parts:
        match = _FIELD.match(canonical(part.strip()))
        if match is None:
            return None
        offset = len(part) - len(part.lstrip())
        _assign(result, match["label"], part[offset + match.start("value") :].strip(" ;."), letter_date)
    return result if parts else None


def inline_fields(text: str, letter_date: str | None) -> Row:
    """The labelled fields that stand within a task's own text."""
    result = Row()
    for match in re.finditer(
        r"(?<!\w)(?P<label>(?:cơ quan|đơn vị|bộ phận) (?:chủ trì|thực hiện|phối hợp|tham mưu)(?: thực hiện)?) ?: ?(?P<value>[^.;()]{2,200})",
        canonical(text),
    ):
        _assign(result, match["label"], text[match.start("value") : match.end("value")], letter_date)
    return result


def _assign(row: Row, label: str, value: str, letter_date: str | None) -> None:
    if "phối hợp" in label:
        row.coordinators.extend(actors(value))
    elif re.search(r"chủ trì|thực hiện|phụ trách|tham mưu|đầu mối", label) and not re.match(r"thời|tiến|hạn", label):
        row.names.extend(actors(value))
    elif re.match(r"thời|tiến|hạn|hoàn thành", label):
        row.deadline = due(value, letter_date) or row.deadline
    else:
        row.product = value
