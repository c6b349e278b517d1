"""TrueOCR's networks that find the lines of a page and its orientation (optional: the extra ``scan`` installs them).

TrueOCR (Apache-2.0) is young, so only three of its functions are used and all calls to it stand in this file and in
:mod:`models.reading.ocr.second`.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from models.reading.ocr.engine import Gray, PixelBox

_LOG = logging.getLogger(__name__)


class Network(Protocol):
    """What is used of ``trueocr.page.PageEngine``."""

    def orientation(self, gray: Gray) -> int: ...

    def detect(self, gray: Gray) -> Any: ...


@lru_cache(maxsize=1)
def model_directory() -> Path | None:
    """The folder of TrueOCR's weights; None where the package is not installed or switched off."""
    if os.environ.get("CONGVAN_NO_TRUEOCR"):
        return None
    try:
        import trueocr
    except ImportError:
        return None
    return Path(str(trueocr.__file__)).parent / "models"


@lru_cache(maxsize=1)
def network() -> Network | None:
    """TrueOCR's page networks on one thread; None where they cannot be had."""
    folder = model_directory()
    if folder is None:
        return None
    try:
        from trueocr.page import PageEngine

        engine: Network = PageEngine(folder, threads=1)
    except Exception as error:  # a damaged or changed package must not stop reading: Tesseract is there
        _LOG.warning("TrueOCR cannot be used, lines are found by Tesseract: %s", error)
        return None
    return engine


@lru_cache(maxsize=1)
def version() -> str:
    """Version of the installed TrueOCR, "" without it."""
    try:
        return metadata.version("trueocr")
    except metadata.PackageNotFoundError:
        return ""


def find_lines(gray: Gray) -> list[tuple[PixelBox, float]]:
    """Boxes of the text lines in pixels with the network's score 0–1, top to bottom; [] without the network."""
    engine = network()
    if engine is None:
        return []
    found = np.asarray(engine.detect(gray), dtype=np.float64).reshape(-1, 5)
    boxes: list[tuple[PixelBox, float]] = []
    for x0, y0, x1, y1, score in found:
        if x1 - x0 >= 4 and y1 - y0 >= 4:
            boxes.append(((int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))), float(score)))
    boxes.sort(key=lambda item: (item[0][1] + item[0][3], item[0][0]))
    return boxes
