"""Two signatures side by side, as minutes, contracts and joint letters end: each column read for itself.

Nothing else tells such a block: no "Nơi nhận" stands left of it. It begins with a row of two titles in capitals and ends with a row of
two names (Decree 30/2020, Appendix III, form 1.9; joint letters by custom).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.reading.anchors import LOWER, UPPER
from models.reading.pdf_layout_types import Row

_NAME = re.compile(rf"^(?:[\w.]{{1,12}}\.\s?)*[{UPPER}][{LOWER}'’]+(?:\s[{UPPER}][{LOWER}'’]*){{1,5}}$")
_ROWS = 14


def next_pair(rows: Sequence[Row], start: int, width: float) -> tuple[int, int, float] | None:
    """The next block of two signatures from row ``start`` on: first row, row after it, x of the gutter; None where there is none."""
    for begin in range(start, len(rows)):
        if not _two(rows[begin], width) or not all(_title(f.text) for f in rows[begin]):
            continue
        for end in range(begin + 1, min(begin + _ROWS, len(rows))):
            row = rows[end]
            if len(row) > 2 or any(f.box[0] < 0.42 * width and f.box[2] > 0.6 * width for f in row):
                break
            if _two(row, width) and all(_NAME.match(f.text.strip()) for f in row):
                block = rows[begin : end + 1]
                left = max(f.box[2] for r in block for f in r if (f.box[0] + f.box[2]) / 2 < 0.5 * width)
                right = min(f.box[0] for r in block for f in r if (f.box[0] + f.box[2]) / 2 >= 0.5 * width)
                if left < right:
                    return begin, end + 1, (left + right) / 2
                break
    return None


def _two(row: Row, width: float) -> bool:
    return len(row) == 2 and row[0].center_x < 0.48 * width and row[1].center_x > 0.52 * width and row[1].box[0] - row[0].box[2] > 12


def _title(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 5 and sum(c.isupper() for c in letters) > 0.85 * len(letters) and ":" not in text
