"""Tesseract through tesserocr: whole pages, and single lines that another network found."""

from __future__ import annotations

import os
import unicodedata
from typing import Any

import cv2
import numpy as np
from PIL import Image

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # more threads gain nothing and hang on a busy machine

from models.errors import MissingProgram
from models.reading.ocr import tessdata
from models.reading.ocr.engine import Gray, OcrLine, OcrWord, PixelBox

_ETH = str.maketrans("Ðð", "Đđ")
"""Tesseract writes the Icelandic letter now and then, which looks the same."""
_PSM_SPARSE = 11
_PSM_LINE = 7
_BORDER = 10


def _load() -> Any:
    try:
        import tesserocr
    except ImportError as error:
        raise MissingProgram(
            "The Python package tesserocr is not installed, so scans cannot be read.", remedy="pip install tesserocr"
        ) from error
    return tesserocr


class TesseractEngine:
    """Tesseract with the Vietnamese script data; finds the lines itself (page mode "sparse text")."""

    name = "tesseract"

    def __init__(self) -> None:
        module = _load()
        self.language = tessdata.language()
        self.version = str(module.tesseract_version()).split()[1] if module.tesseract_version() else ""
        self._module = module
        self._api = module.PyTessBaseAPI(path=str(tessdata.directory()), lang=self.language, psm=_PSM_SPARSE)
        self._api.SetVariable("debug_file", os.devnull)

    def recognise(self, image: Gray, *, plain: Gray | None = None) -> list[OcrLine]:
        """The lines of a page, as Tesseract finds them."""
        api = self._api
        api.SetPageSegMode(_PSM_SPARSE)
        api.SetImage(Image.fromarray(image))
        api.SetSourceResolution(300)
        if api.Recognize() is False:
            return []
        return self._lines(0, 0)

    def read_line(self, image: Gray, box: PixelBox, *, digits: bool = False, psm: int = _PSM_LINE) -> OcrLine:
        """Read what stands in ``box`` as one line; ``digits`` allows only 0–9."""
        x0, y0, x1, y1 = box
        crop = image[max(0, y0) : y1, max(0, x0) : x1]
        if crop.size == 0:
            return OcrLine([], box, 0.0)
        framed = cv2.copyMakeBorder(
            np.ascontiguousarray(crop), _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_CONSTANT, value=(255,)
        )
        api = self._api
        api.SetPageSegMode(psm)
        api.SetVariable("tessedit_char_whitelist", "0123456789" if digits else "")
        api.SetImage(Image.fromarray(framed))
        api.SetSourceResolution(300)
        if api.Recognize() is False:
            return OcrLine([], box, 0.0)
        lines = self._lines(max(0, x0) - _BORDER, max(0, y0) - _BORDER)
        if digits:
            api.SetVariable("tessedit_char_whitelist", "")
        words = [w for line in lines for w in line.words]
        return OcrLine(words, box, mean_confidence(words))

    def _lines(self, dx: int, dy: int) -> list[OcrLine]:
        level = self._module.RIL
        iterator = self._api.GetIterator()
        lines: list[OcrLine] = []
        words: list[OcrWord] = []
        if iterator is None:
            return lines
        while True:
            if not iterator.Empty(level.WORD):
                text = unicodedata.normalize("NFC", iterator.GetUTF8Text(level.WORD) or "").translate(_ETH).strip()
                box = iterator.BoundingBox(level.WORD)
                if text and box:
                    confidence = max(0.0, min(1.0, iterator.Confidence(level.WORD) / 100))
                    words.append(OcrWord(text, (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy), confidence))
            if words and iterator.IsAtFinalElement(level.TEXTLINE, level.WORD):
                lines.append(_line(words))
                words = []
            if not iterator.Next(level.WORD):
                break
        if words:
            lines.append(_line(words))
        return lines


def mean_confidence(words: list[OcrWord]) -> float:
    """Mean of the words' confidences, long words counting more."""
    total = sum(len(w.text) for w in words)
    return sum(w.confidence * len(w.text) for w in words) / total if total else 0.0


def _line(words: list[OcrWord]) -> OcrLine:
    box = (
        min(w.box[0] for w in words),
        min(w.box[1] for w in words),
        max(w.box[2] for w in words),
        max(w.box[3] for w in words),
    )
    return OcrLine(words, box, mean_confidence(words))
