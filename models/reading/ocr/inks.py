"""Ink of one colour apart from the rest of a page: what a seal, a stamp or a signature drew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.reading.ocr.engine import Gray


def red_ink(part: NDArray[np.uint8]) -> Gray:
    """Red ink of an RGB picture dark on white, everything else white."""
    red, green, blue = (part[:, :, i].astype(np.int16) for i in range(3))
    # Against the brightness of the place: red under a lamp, in a photograph, is darker and no less red.
    strength = (red - np.maximum(green, blue)) * (255.0 / np.maximum(red, 60))
    return np.asarray(np.clip(255 - 2.4 * (strength - 14), 0, 255), dtype=np.uint8)
