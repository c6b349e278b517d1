"""What the layout of a page is made of: runs of words with a box in points."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.document import Word
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
