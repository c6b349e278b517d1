"""What the layout of a page is made of: runs of words with a box in points."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.document import Alignment, Side, Word
from models.letter import Box


@dataclass(slots=True)
class Fragment:
    """Words that stand side by side without a wide gap: text, box in points, size of its type in points."""

    text: str
    box: Box
    size: float
    words: list[Word] = field(default_factory=list)
    bold: bool | None = None
    italic: bool | None = None
    confidence: float | None = None
    color: str | None = None

    @property
    def center_x(self) -> float:
        return (self.box[0] + self.box[2]) / 2

    @property
    def center_y(self) -> float:
        return (self.box[1] + self.box[3]) / 2


Row = list[Fragment]


@dataclass(slots=True)
class Placed:
    """A line of the page in reading order: its fragments from left to right and the column it stands in."""

    fragments: list[Fragment]
    side: Side | None = None
    alignment: Alignment | None = None
    page_number: bool = False
    gap_before: float | None = None
    indent: float | None = None

    @property
    def box(self) -> Box:
        return (
            min(f.box[0] for f in self.fragments),
            min(f.box[1] for f in self.fragments),
            max(f.box[2] for f in self.fragments),
            max(f.box[3] for f in self.fragments),
        )

    @property
    def text(self) -> str:
        return " ".join(f.text for f in self.fragments)
