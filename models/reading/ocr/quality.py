"""How well a scanned page can be read, and why not better: a grade for the clerk, who can scan it again.

The grade follows an estimate of the share of wrong characters, from what the recognisers say (their confidence, how many
words are Vietnamese syllables, how many carry marks that do not suit their neighbours); the coefficients were fitted on
rendered pages whose text is known (``python -m training.page_quality``). The reason is what of the picture is worst:
resolution, blur, contrast, specks, or nothing of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np

from models.document import Line
from models.letter import PageQuality
from models.reading.ocr.engine import Gray
from models.reading.ocr.language import share_of_doubtful
from models.reading.ocr.syllables import share_of_syllables

WEIGHTS = (-5.5, 16.0, 9.0, 10.0)
"""Of 1, doubt (1 − mean confidence), words that are no syllables, doubtful marks; for the logarithm of the error's odds."""
FAIR, POOR, HOPELESS = 0.015, 0.05, 0.13
"""From these estimated shares of wrong characters on a page is called fair, poor, hopeless."""
LOW_DPI, SOFT, FAINT, SPECKLED = 140.0, 0.16, 95.0, 1.2
"""Below, below, below and above these a page's resolution, sharpness, contrast and specks are named as a reason."""
LEAST_WORDS = 8
_SPECK = 7
"""Pixels of a speck at most, at 300 dots an inch; the dot of an i has fifty."""
Grade = Literal["good", "fair", "poor", "hopeless"]
Reason = Literal["resolution", "blur", "contrast", "specks", "text"]
REASONS: dict[str, str] = {
    "resolution": "độ phân giải thấp",
    "blur": "ảnh mờ",
    "contrast": "chữ nhạt so với giấy",
    "specks": "nhiều đốm bẩn",
    "text": "chữ khó đọc (viết tay, dấu đè lên chữ, bản sao nhiều lần)",
}


def judge(gray: Gray, lines: Sequence[Line], *, confidence: float | None, dpi: float, skew: float) -> PageQuality | None:
    """The quality of a prepared page (``gray``) of ``dpi`` dots an inch of the scan itself; None for a page without words.

    ``skew`` in degrees, as it was found.
    """
    text = "\n".join(line.text for line in lines)
    syllables, words = share_of_syllables(text)
    if confidence is None or words < LEAST_WORDS:
        return None
    doubtful, _ = share_of_doubtful(text)
    error = estimated_error(confidence, syllables, doubtful)
    sharpness, contrast, specks = measures(gray)
    grade: Grade = "good" if error < FAIR else "fair" if error < POOR else "poor" if error < HOPELESS else "hopeless"
    return PageQuality(
        grade=grade,
        reason=None if grade == "good" else _reason(dpi, sharpness, contrast, specks),
        estimated_error=round(error, 4),
        confidence=round(confidence, 3),
        dpi=round(dpi),
        sharpness=round(sharpness, 3),
        contrast=round(contrast),
        specks=round(specks, 2),
        skew=round(skew, 2),
    )


def estimated_error(confidence: float, syllables: float, doubtful: float) -> float:
    """Estimated share of wrong characters (0–1)."""
    score = sum(w * s for w, s in zip(WEIGHTS, (1.0, 1 - confidence, 1 - syllables, doubtful), strict=True))
    return 1 / (1 + math.exp(-score))


def measures(gray: Gray) -> tuple[float, float, float]:
    """Sharpness (steepest edges, as a share of the contrast a pixel at 300 dpi), contrast (gray values), specks a cm²."""
    height, width = gray.shape
    rows = slice(height // 12, height - height // 12)
    columns = slice(width // 12, width - width // 12)
    middle = gray[rows, columns]
    paper, ink = float(np.percentile(middle[::3, ::3], 90)), float(np.percentile(middle[::3, ::3], 1.0))
    contrast = max(1.0, paper - ink)
    band = middle[middle.shape[0] // 4 : middle.shape[0] // 2].astype(np.float32)
    steep = np.abs(cv2.Sobel(band, cv2.CV_32F, 1, 0, ksize=3)) / 8
    sharpness = float(np.percentile(steep, 99.7)) / contrast
    mask = (band < paper - 0.45 * contrast).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    single = int((stats[1:, cv2.CC_STAT_AREA] <= _SPECK).sum())
    area = (mask.shape[0] / 300 * 2.54) * (mask.shape[1] / 300 * 2.54)
    return sharpness, contrast, single / max(1.0, area)


def _reason(dpi: float, sharpness: float, contrast: float, specks: float) -> Reason:
    """What is worst, by how far it is over its limit."""
    over: dict[Reason, float] = {
        "resolution": LOW_DPI / max(dpi, 1.0),
        "blur": SOFT / max(sharpness, 1e-3),
        "contrast": FAINT / max(contrast, 1.0),
        "specks": specks / SPECKLED,
    }
    worst = max(over, key=lambda name: over[name])
    return worst if over[worst] > 1 else "text"
