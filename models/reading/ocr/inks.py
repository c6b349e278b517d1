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


def darkest_ink(gray: Gray) -> Gray | None:
    """Print alone, where seals and pen strokes are lighter than it: middle tones raised to white; None where there are few.

    On a scan without colour a seal, or a signature in blue, is grey and the letters that it crosses stay black.
    """
    ink, paper = (float(v) for v in np.percentile(gray, (0.7, 90)))
    span = paper - ink
    if span < 60:
        return None
    middle = float(((gray > ink + 0.32 * span) & (gray < ink + 0.8 * span)).mean())
    dark = float((gray <= ink + 0.32 * span).mean())
    if dark < 0.002 or middle < 0.6 * dark:
        return None
    low, high = ink + 0.22 * span, ink + 0.46 * span
    return np.asarray(np.clip((gray.astype(np.float32) - low) * (255.0 / (high - low)), 0, 255), dtype=np.uint8)
