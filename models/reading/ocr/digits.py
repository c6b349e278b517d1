"""The reader of handwritten digits in the blanks of a printed form: number, day, month.

A small network (``models/weights/digits.onnx``, made by ``python -m training.digits`` from drawn pictures only) gives a
probability of every digit at every place of the blank; what the digits may be together, the caller knows.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.reading.ocr.engine import Gray

_LOG = logging.getLogger(__name__)
HEIGHT = 32
"""Rows of the picture of a blank; the network's columns are two pixels each."""
MAX_WIDTH = 256
CHARACTERS = ["", *"0123456789"]
"""The network's classes; the first stands for no digit."""
MARGIN_X = 0.9
MARGIN_Y = 0.36
"""How much of the print left and right, and of the paper above and below, goes with a blank; in heights of the line."""


def normalised(gray: Gray) -> Gray:
    """A picture as the network gets it: :data:`HEIGHT` rows, dark on light stretched to the whole range."""
    factor = HEIGHT / max(1, gray.shape[0])
    width = int(min(MAX_WIDTH, max(16, round(gray.shape[1] * factor))))
    small = cv2.resize(gray, (width, HEIGHT), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    paper, dark = float(np.percentile(small, 85)), float(np.percentile(small, 2))
    span = max(paper - dark, 40.0)
    stretched = (small.astype(np.float32) - (paper - span)) * (255.0 / span)
    return np.asarray(np.clip(stretched, 0, 255), dtype=np.uint8)


@lru_cache(maxsize=1)
def _session() -> Any:
    path = files("models").joinpath("weights/digits.onnx")
    if os.environ.get("CONGVAN_NO_DIGITS") or not path.is_file():
        return None
    try:
        import onnxruntime
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


def digit_scores(gray: Gray) -> NDArray[np.float64] | None:
    """Log probabilities [places, 11] of the picture of a blank, cut with :data:`MARGIN_X` and :data:`MARGIN_Y`.

    None where the network cannot be had (its weights or onnxruntime are missing).
    """
    session = _session()
    if session is None or gray.size == 0:
        return None
    picture = (255.0 - normalised(gray).astype(np.float32)) / 255.0
    scores = session.run(None, {"picture": picture[None, None]})[0]
    return np.asarray(scores[0], dtype=np.float64)
