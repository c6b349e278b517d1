"""Which way up is the page? Quarter turns, found by TrueOCR's small network or by Tesseract's script detection."""

from __future__ import annotations

import logging

import numpy as np

from models.reading.ocr import detector, tessdata
from models.reading.ocr.engine import Gray

_LOG = logging.getLogger(__name__)
_MIN_INK = 0.002
_MIN_OSD = 2.0
"""Least "orientation confidence" of Tesseract at which a page is turned: a wrong turn loses the page."""


def quarter_turns(gray: Gray) -> int:
    """Quarter turns counter-clockwise by which the content is turned (0–3); 0 where nothing is sure."""
    if float((gray[::4, ::4] < 128).mean()) < _MIN_INK:
        return 0
    network = detector.network()
    if network is not None:
        turns = int(network.orientation(gray))
        return turns if turns in (1, 2, 3) else 0
    return _by_tesseract(gray)


def _by_tesseract(gray: Gray) -> int:
    if not tessdata.has_language("osd"):
        return 0
    import tesserocr
    from PIL import Image

    small = Image.fromarray(np.ascontiguousarray(gray))
    small.thumbnail((1800, 1800))
    try:
        with tesserocr.PyTessBaseAPI(path=str(tessdata.directory()), lang="osd", psm=tesserocr.PSM.OSD_ONLY) as api:
            api.SetImage(small)
            found = api.DetectOrientationScript()
    except RuntimeError as error:  # too little text
        _LOG.debug("orientation not found: %s", error)
        return 0
    if not found or found.get("orient_conf", 0.0) < _MIN_OSD:
        return 0
    # Tesseract tells the clockwise turn that makes the page upright.
    return int(found["orient_deg"] // 90) % 4
