"""What a recogniser is: an object that turns a prepared page image into lines of words with boxes and confidences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
"""Image of one channel, 0 black to 255 white."""
PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


@dataclass(slots=True)
class OcrWord:
    """One word as recognised, its box in pixels of the prepared image, confidence 0–1."""

    text: str
    box: PixelBox
    confidence: float
    options: list[tuple[str, float]] = field(default_factory=list)
    """Values that compete for a handwritten number, day or month, likeliest first, with their probabilities."""


@dataclass(slots=True)
class OcrLine:
    """One line, or the part of it that stands in one column."""

    words: list[OcrWord]
    box: PixelBox
    confidence: float
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


class Engine(Protocol):
    """A recogniser of Vietnamese text. ``name``, ``version`` and ``language`` go into the result's OcrInfo."""

    name: str
    version: str
    language: str

    def recognise(self, image: Gray, *, plain: Gray | None = None) -> list[OcrLine]:
        """The lines of an upright, prepared page, in no promised order.

        ``plain`` is the same page without coloured ink, for lines that a seal or a signature crosses.
        """
        ...
