"""Items of a list in another order, numbers and end marks set anew, where nothing depends on the order."""

from __future__ import annotations

import re
from random import Random

from corpus.generate.draft import Draft
from models.letter import Zone

_ITEM = re.compile(r"((?:[-–+]|\d{1,2}[.)]|[a-eđghik]\)) ?)(\{t\d+.*?)([;.,]|\./\.)?$")
_POINTS = re.compile(r"(?i)\b(?:mục|điểm|khoản|phần|điều|ý)\s+(?:\d|[a-e]\b|[IVX])")
_DEPENDS = re.compile(
    r"(?i)trên|này|đó|đồng thời|ngoài ra|tiếp theo|các nội dung|các nhiệm vụ|\{r\d|thứ (?:nhất|hai)|dưới đây|sau khi|"
    r"(?<=[.)\-–+] )(?:sau|riêng|nếu|trường hợp|trong ngày|định kỳ|hằng|hàng|các đơn vị còn lại|mọi) "
)


def reorder(draft: Draft, rng: Random) -> bool:
    """Shuffle one run of sibling items; True when something changed."""
    if any(_POINTS.search(line) for line in draft.raw_lines()):
        return False
    runs: list[list[tuple[int, int]]] = []
    previous = None
    for b, block in enumerate(draft.blocks):
        for i, line in enumerate(block.lines):
            style = _style(line) if block.zone == Zone.TASK else None
            if style is None:
                previous = None
                continue
            if style != previous:
                runs.append([])
            runs[-1].append((b, i))
            previous = style
    runs = [run for run in runs if len(run) >= 3]
    if not runs:
        return False
    run = rng.choice(runs)
    parts = [_ITEM.match(draft.blocks[b].lines[i]) for b, i in run]
    bodies = [m[2] for m in parts if m]
    if len(bodies) != len(run):
        return False
    order = list(range(len(run)))
    rng.shuffle(order)
    for slot, source in enumerate(order):
        b, i = run[slot]
        found = parts[slot]
        assert found is not None
        draft.blocks[b].lines[i] = found[1] + bodies[source] + (found[3] or "")
    draft.done.append("order")
    return order != sorted(order)


def _style(line: str) -> str | None:
    """The kind of sign of an item that may change places; reports to somebody stay where they are, mostly last."""
    found = _ITEM.match(line)
    if (
        not found
        or "{report|" in line
        or _DEPENDS.search(re.sub(r"\{[^|{}]*\|", lambda m: m[0] if m[0].startswith("{r") else "", line))
    ):
        return None
    if line.count("{") - line.count("\\{") != line.count("}") - line.count("\\}"):
        return None
    sign = found[1].strip()
    return "number" + sign[-1] if sign[0].isdigit() else "letter" if sign[0].isalpha() else sign
