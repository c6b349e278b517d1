"""Order of reading on a page: the two columns of the head and of the foot apart, the body across the page.

Works on fragments (runs of words with a box in points, origin top left), whether they come from a PDF's characters or
from a recogniser, so that typed and scanned letters come out alike. The form is that of Decree 30/2020/NĐ-CP,
Appendix I: issuer, number and V/v left, national title and date right; "Nơi nhận" left, signature right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from models.document import Word
from models.lexicons import table
from models.reading.anchors import PERSON
from models.reading.pdf_describe import describe
from models.reading.pdf_layout_types import Fragment as Fragment
from models.reading.pdf_layout_types import Placed as Placed
from models.reading.pdf_layout_types import Row
from models.reading.pdf_pairs import next_pair
from models.text import fold

HEAD_SHARE = 0.55
"""The head ends above this share of the page's height; below it a two-column block is a foot or a table."""
MIN_GUTTER = 0.25
MAX_GUTTER = 0.68

_RIGHT_HEAD = re.compile(
    r"cong hoa xa h|hoa xa hoi|chu nghia viet|nghia viet nam|doc lap\W{1,5}t|tu do\W{1,5}hanh|hanh phuc"
    r"|dang cong san|cong san viet|ngay.{0,14}thang.{0,14}nam.{0,14}$"
    r"|^[^0-9]{2,40},\s{0,3}ngay\s?\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\W{0,3}$"
)
_DATE_LINE = re.compile(r"[^0-9]{2,40}ngay(?:.{0,16}thang.{0,16}nam|\s?\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\W{0,3}$)")
_DATE_OPEN = re.compile(r"^[^0-9]{2,60}(?:\d{1,2}\s?(?:gio|h|g)\s?(?:\d{1,2}\s?(?:phut)?)?\W{0,3})?\bngay\b(?!.*\bnam\s*\d{3})[\s\d.…_]{0,12}(?:thang[\s\d.…_]{0,10}(?:nam)?)?\W*$")
_DATE_REST = re.compile(
    r"^\W{0,2}(?:ngay\b[\s\d.…]{0,10})?(?:\d{1,2}\s+)?(?:thang[\s\d.…]{1,10})?(?:\d{1,2}\s+)?(?:nam\b\s*)?(?:\d{4}|[\d.…]{2,8})?\W*$"
)
_RIGHT_START = re.compile(r"(?:cong hoa xa hoi chu|dang cong san viet|doc lap\s*[-–—]+\s*tu do)")
_LEFT_HEAD = re.compile(
    r"^\W{0,2}(?:so|s6)\s{0,3}[:.;]|^\W{0,2}v/v|^(?:bo|so|uy ban|ubnd|dang uy|tinh uy)\b|\d\s{0,2}/\s{0,2}[a-z]"
)
_RECIPIENTS = re.compile(r"^\W{0,3}n[oa]i\s{0,2}nh[aâ]n\b|^\W{0,3}noinhan")
_ARCHIVE = re.compile(r"^\W{0,3}luu\s?:\s?\S.{0,40}$|^[-–+•]\s?[a-z].{2,60}[;(]\W{0,2}$")
_NUMBER_LINE = re.compile(
    r"^\W{0,3}\d{1,3}\W{0,3}$|^\W{0,3}(?:trang|page)\s{0,2}\d{1,3}(?:\s{0,2}/\s{0,2}\d{1,3})?\W{0,2}$"
)


def rows_of(fragments: Sequence[Fragment]) -> list[Row]:
    """Fragments that stand on one level, top to bottom, each row from left to right."""
    rows: list[Row] = []
    spans: list[tuple[float, float]] = []
    for fragment in sorted(fragments, key=lambda f: f.center_y):
        top, bottom = fragment.box[1], fragment.box[3]
        best, best_share = -1, 0.5
        for index in range(len(rows) - 1, max(-1, len(rows) - 6), -1):
            row_top, row_bottom = spans[index]
            shared = min(bottom, row_bottom) - max(top, row_top)
            share = shared / max(0.1, min(bottom - top, row_bottom - row_top))
            if share > best_share and not _overlaps_in_row(rows[index], fragment):
                best, best_share = index, share
        if best < 0:
            rows.append([fragment])
            spans.append((top, bottom))
        else:
            rows[best].append(fragment)
            weight = len(rows[best])
            old_top, old_bottom = spans[best]
            spans[best] = (old_top + (top - old_top) / weight, old_bottom + (bottom - old_bottom) / weight)
    order = sorted(range(len(rows)), key=lambda i: spans[i][0] + spans[i][1])
    return [sorted(rows[i], key=lambda f: f.box[0]) for i in order]


def _overlaps_in_row(row: Row, fragment: Fragment) -> bool:
    for other in row:
        shared = min(other.box[2], fragment.box[2]) - max(other.box[0], fragment.box[0])
        if shared > 0.4 * min(other.box[2] - other.box[0], fragment.box[2] - fragment.box[0]):
            return True
    return False


def arrange(fragments: Sequence[Fragment], width: float, height: float) -> list[Placed]:
    """All fragments of a page of ``width`` × ``height`` points as lines in reading order."""
    rows = rows_of([f for f in fragments if f.text.strip()])
    if not rows:
        return []
    numbers: list[Placed] = []
    rows = _take_page_numbers(rows, width, height, numbers)
    placed: list[Placed] = []
    start = 0
    head = _head_end(rows, width, height)
    if head is not None:
        end, gutter = head
        placed += _two_columns(rows[:end], gutter)
        start = end
    while start < len(rows):
        foot, pair = _next_foot(rows, start, width), next_pair(rows, start, width)
        if pair is not None and (foot is None or pair[1] <= foot[0]):
            foot = pair
        if foot is None:
            placed += [Placed(row) for row in rows[start:]]
            break
        begin, end, gutter = foot
        placed += [Placed(row) for row in rows[start:begin]]
        placed += _two_columns(rows[begin:end], gutter)
        start = end
    describe(placed, width)
    tops = [p for p in numbers if p.box[1] < height / 2]
    return tops + placed + [p for p in numbers if p.box[1] >= height / 2]


def _take_page_numbers(rows: list[Row], width: float, height: float, numbers: list[Placed]) -> list[Row]:
    """Put lone page numbers at the top and bottom aside; Decree 30 centres them above, older forms set them below."""
    kept = list(rows)
    for at in (0, -1):
        if len(kept) < 2:
            break
        row = kept[at]
        top, bottom = row[0].box[1], row[0].box[3]
        at_edge = bottom < 0.11 * height if at == 0 else top > 0.88 * height
        if len(row) == 1 and at_edge and _NUMBER_LINE.match(fold(row[0].text).lower()):
            numbers.append(Placed([row[0]], page_number=True))
            kept.pop(at)
    return kept


# --- head -------------------------------------------------------------------------------------------------------------


def _head_end(rows: list[Row], width: float, height: float) -> tuple[int, float] | None:
    """Number of rows of a two-column head at the top of the page and the x of its gutter; None where there is none."""
    anchors: list[float] = []
    last_anchor = -1
    open_date = False
    for index, row in enumerate(rows[:14]):
        if row[0].box[1] > HEAD_SHARE * height:
            break
        found = _right_anchor(row, width) or _open_date(row, width)
        right = fold(" ".join(f.text for f in row if f.center_x > 0.5 * width)).lower()
        if found is not None:
            anchors.append(found)
            last_anchor = index
            open_date = bool(_DATE_OPEN.match(right))
        elif open_date and right and last_anchor >= index - 2 and _DATE_REST.match(right):
            # "…, ngày 29 tháng 10 năm" goes on under itself
            last_anchor = index
            open_date = False
    if not anchors or _stacked(rows[: last_anchor + 1], width):
        return None
    left = [
        f
        for row in rows[: last_anchor + 1]
        for f in row
        if f.box[0] < min(anchors) - 0.05 * width and right_start(f) is None and f.center_x < min(anchors)
    ]
    inside = [f for row in rows[: last_anchor + 1] for f in row if right_start(f) is not None]
    if not left and not any(a > f.box[0] + 2 * f.size for a, f in zip(anchors, inside, strict=False)):
        return None
    right_edge = min(anchors)
    left_edge = max((f.box[2] for f in left), default=right_edge - 6)
    gutter = (left_edge + right_edge) / 2 if left_edge < right_edge else right_edge - 3
    if not MIN_GUTTER * width < gutter < MAX_GUTTER * width:
        return None
    end = 0
    for index, row in enumerate(rows):
        if index > last_anchor:
            close = row[0].box[1] - rows[index - 1][0].box[3] < 1.2 * row[0].size
            if row[0].box[1] > HEAD_SHARE * height or not _in_left_column(row, gutter, width, close=close):
                break
            if re.match(r"\W{0,2}kinh g[uư]i", fold(row[0].text).lower()) or _type_line(row):
                break
        end = index + 1
    return end, gutter


def _right_anchor(row: Row, width: float) -> float | None:
    """x where the right column begins on a row that holds the national title, the motto or place and date."""
    for fragment in row:
        start = right_start(fragment)
        if start is not None:
            return start
    right = [f for f in row if f.center_x > 0.5 * width and f.box[0] > 0.36 * width]
    if right and _RIGHT_HEAD.search(fold(" ".join(f.text for f in right)).lower()):
        return right[0].box[0]
    for at, fragment in enumerate(row):
        text = fold(" ".join(f.text for f in row[at:])).lower()
        if fragment.box[0] > 0.38 * width and _DATE_LINE.match(text):
            return fragment.box[0]
    return None


def _stacked(rows: list[Row], width: float) -> bool:
    """Whether the head has one column only: quốc hiệu over the page's middle, nothing beside it or beside the date."""
    title = next((f for row in rows for f in row if len(row) == 1 and right_start(f) is not None), None)
    if title is None or abs(title.center_x - width / 2) > 0.06 * width or title.box[0] < 0.2 * width:
        return False
    return all(len(row) == 1 for row in rows)


def _open_date(row: Row, width: float) -> float | None:
    """x of a date that is not at its end yet: "Hà Nội, ngày 30 tháng"."""
    right = [f for f in row if f.center_x > 0.5 * width and f.box[0] > 0.38 * width]
    return right[0].box[0] if right and _DATE_OPEN.match(fold(" ".join(f.text for f in right)).lower()) else None


def right_start(fragment: Fragment) -> float | None:
    """x at which the national title begins inside ``fragment``, where both columns of the head stand on one line."""
    text = fold(fragment.text).lower()
    found = _RIGHT_START.search(text)
    if not found or not fragment.words:
        return None
    position = 0
    for word in fragment.words:
        position = fragment.text.find(word.text, position)
        if position >= found.start() and word.box is not None:
            return word.box[0]
        position += len(word.text)
    return None


def _in_left_column(row: Row, gutter: float, width: float, *, close: bool) -> bool:
    """After the date line only V/v and stamps of the left column still belong to the head.

    A line of V/v that follows closely may run a little across the gutter where nothing stands right of it.
    """
    fragment = row[-1]
    beyond = 0.12 if close and len(row) == 1 else 0.04
    return fragment.box[2] < gutter + beyond * width and (row[0].box[0] + fragment.box[2]) / 2 < 0.43 * width


# --- foot -------------------------------------------------------------------------------------------------------------


def _next_foot(rows: list[Row], start: int, width: float) -> tuple[int, int, float] | None:
    """The next block with "Nơi nhận" left and the signature right: first row, row after it, x of the gutter."""
    for index in range(start, len(rows)):
        anchor = next(
            (f for f in rows[index] if f.box[0] < 0.4 * width and _RECIPIENTS.match(fold(f.text).lower())), None
        ) or _archive_beside(rows[index], width)
        if anchor is None:
            continue
        gutter = _foot_gutter(rows[index:], anchor, width)
        begin = index
        while begin > start and _only_right(rows[begin - 1], gutter, width):
            begin -= 1
        end = index + 1
        last = index
        for at in range(index + 1, len(rows)):
            row = rows[at]
            wide = [f for f in row if f.box[0] < gutter - 0.12 * width and f.box[2] > gutter + 0.12 * width]
            if wide:
                break
            gap = row[0].box[1] - max(f.box[3] for f in rows[last])
            if gap > 160:
                break
            last = at
            end = at + 1
        return begin, end, gutter
    return None


@cache
def _types() -> frozenset[str]:
    return frozenset(fold(row["name"]).lower() for row in table("document_types"))


def _type_line(row: Row) -> bool:
    """A type's name in capitals alone on its row, which titles set at the left margin have too (pages printed from a browser)."""
    text = row[0].text.strip(" .:*")
    return len(row) == 1 and text.isupper() and fold(text).lower() in _types()


def _archive_beside(row: Row, width: float) -> Fragment | None:
    """ "Lưu: …" or an item of the list with a title in capitals or a name right of it: letters without Nơi nhận, or whose foot goes on
    from the page before, have this foot."""
    if len(row) != 2 or row[1].box[0] < 0.45 * width:
        return None
    right = row[1].text.strip()
    if not (right.isupper() or PERSON.fullmatch(right)) or len(right) > 60:
        return None
    return row[0] if row[0].box[0] < 0.4 * width and _ARCHIVE.match(fold(row[0].text).lower()) else None


def _foot_gutter(rows: list[Row], anchor: Fragment, width: float) -> float:
    """The x that the fewest letters cross, in the widest such stretch."""
    boxes = [(f.box[0], f.box[2], len(f.text)) for row in rows[:30] for f in _split_wide(row)]
    best: tuple[float, float] = (1e9, 0.47 * width)
    step = width / 200
    low = max(anchor.box[2] + 2, MIN_GUTTER * width)
    run: list[tuple[float, float]] = []
    x = low
    while x < MAX_GUTTER * width:
        crossed = float(sum(min(n, 30) for a, b, n in boxes if a < x < b))
        run.append((crossed, x))
        x += step
    if run:
        least = min(c for c, _ in run)
        stretches: list[list[float]] = [[]]
        for crossed, at in run:
            if crossed <= least:
                stretches[-1].append(at)
            elif stretches[-1]:
                stretches.append([])
        widest = max(stretches, key=len)
        best = (least, (widest[0] + widest[-1]) / 2 if widest else best[1])
    return best[1]


def _split_wide(row: Row) -> list[Fragment]:
    return row


def _only_right(row: Row, gutter: float, width: float) -> bool:
    return all(
        f.box[0] > gutter and f.center_x > 0.55 * width and f.text.upper() == f.text and len(f.text) < 60 for f in row
    )


# --- columns ----------------------------------------------------------------------------------------------------------


def _two_columns(rows: list[Row], gutter: float) -> list[Placed]:
    """The fragments of ``rows`` as lines of the left column, then lines of the right one."""
    left: list[Fragment] = []
    right: list[Fragment] = []
    for row in rows:
        for fragment in row:
            for part in split_at(fragment, gutter):
                (left if part.center_x < gutter else right).append(part)
    result = [Placed(row, side="left") for row in rows_of(left)]
    return result + [Placed(row, side="right") for row in rows_of(right)]


def split_at(fragment: Fragment, gutter: float) -> list[Fragment]:
    """``fragment`` cut between its words at the national title's beginning, or at the gutter where a gap is there."""
    start = right_start(fragment)
    cut = start - 0.5 if start is not None else gutter
    if not (fragment.box[0] < cut - 2 and fragment.box[2] > cut + 2) or len(fragment.words) < 2:
        return [fragment]
    best, best_gap = 0, 0.0
    for index in range(1, len(fragment.words)):
        before, after = fragment.words[index - 1].box, fragment.words[index].box
        if before is None or after is None:
            continue
        gap = after[0] - before[2]
        near = abs((after[0] + before[2]) / 2 - cut)
        if start is not None:
            if abs(after[0] - start) < 1:
                best, best_gap = index, 1e9
        elif near < 60 and gap > max(best_gap, 0.7 * fragment.size):
            best, best_gap = index, gap
    if not best:
        return [fragment]
    return [_part(fragment, fragment.words[:best]), _part(fragment, fragment.words[best:])]


def _part(fragment: Fragment, words: list[Word]) -> Fragment:
    boxes = [w.box for w in words if w.box is not None]
    box = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    return Fragment(
        " ".join(w.text for w in words), box, fragment.size, words, fragment.bold, fragment.italic, fragment.confidence
    )
