"""The read file: which lines a span touches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.document import Line, Page, lines_at


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2)), max_size=12), st.integers(0, 90), st.integers(0, 20))
def test_lines_at_a_span(sizes: list[tuple[int, int]], start: int, length: int) -> None:
    lines, at = [], 0
    for size, gap in sizes:
        lines.append(Line("x" * size, span=(at, at + size)))
        at += size + gap
    span = (start, start + length)
    touched = [line for line in lines if line.span[1] > span[0] and line.span[0] < span[1]]
    assert lines_at(Page(1, 595, 842, lines=lines), span) == touched
