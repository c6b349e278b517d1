"""The second and third recogniser of single lines: TrueOCR's and AsterOCR's networks (optional packages).

Both are young, so all calls to them stand here; a package that is missing, damaged or changed is logged and left out.
"""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.reading.ocr import detector
from models.reading.ocr.engine import Gray, OcrWord, PixelBox

_LOG = logging.getLogger(__name__)
_MAX_RATIO = 14
"""AsterOCR fails on crops wider than 32 times their height and is slow on wide ones: longer lines are cut at gaps."""


@lru_cache(maxsize=1)
def _trueocr() -> Any:
    folder = detector.model_directory()
    if folder is None:
        return None
    try:
        from trueocr.recognizer import Recognizer

        return Recognizer(folder, threads=1)
    except Exception as error:  # a damaged or changed package must not stop reading
        _LOG.warning("TrueOCR's recogniser cannot be used: %s", error)
        return None


@dataclass(slots=True)
class SecondReading:
    """TrueOCR's reading of one line: text, confidence 0–1, and the middle of every character in pixels of the page."""

    text: str
    confidence: float
    path: str = ""
    """The characters of :attr:`places`; ``text`` without its white space made even."""
    places: list[float] = field(default_factory=list)


def read_second(pictures: Sequence[Gray], boxes: Sequence[PixelBox]) -> list[SecondReading]:
    """TrueOCR's readings of the lines in ``boxes``, each of its own page image; [] where it is not installed.

    Its network looks at what stands above and below a line too, so it gets the page and not a cut-out.
    """
    recogniser = _trueocr()
    if recogniser is None or not boxes:
        return []
    try:
        return _read_lines(recogniser, pictures, boxes)
    except Exception as error:
        _LOG.warning("TrueOCR's recogniser failed: %s", error)
        return []


def _read_lines(recogniser: Any, pictures: Sequence[Gray], boxes: Sequence[PixelBox]) -> list[SecondReading]:
    from trueocr.preprocess import WINDOW, crop_line, pad_batch, width_batches

    crops = [
        crop_line(picture, box, window=WINDOW, max_width=recogniser.max_width, pad_x=recogniser.pad_x, pad_y=recogniser.pad_y)
        for picture, box in zip(pictures, boxes, strict=True)
    ]
    readings = [SecondReading("", 0.0) for _ in crops]
    for batch in width_batches([crop.shape[1] for crop in crops]):
        tensor, widths = pad_batch([crops[i] for i in batch])
        ids, sure, lengths = recogniser.session.run(["ids", "conf", "lengths"], {"x": tensor, "widths": widths})
        for row, index in enumerate(batch):
            count = int(lengths[row])
            line = ids[row, :count]
            kept = (line != 0) & np.concatenate(([True], line[1:] != line[:-1]))
            x0, y0, x1, y1 = boxes[index]
            reach = recogniser.pad_x * max(1.0, y1 - y0)
            step = (x1 - x0 + 2 * reach) / max(1, count)
            characters = [str(recogniser.chars[t - 1]) for t in line[kept]]
            text = " ".join(unicodedata.normalize("NFC", "".join(characters)).split())
            places = [x0 - reach + (frame + 0.5) * step for frame in np.flatnonzero(kept)]
            confidence = float(sure[row, :count][kept].mean()) if kept.any() else 0.0
            readings[index] = SecondReading(text, confidence, "".join(c[:1] for c in characters), places)
    return readings


@lru_cache(maxsize=1)
def _asterocr() -> Any:
    if os.environ.get("CONGVAN_NO_ASTEROCR"):
        return None
    try:
        import asterocr
        import onnxruntime
        from asterocr.pipeline import AsterOCR

        model = Path(str(asterocr.__file__)).parent / "assets" / "asternet.onnx"
        if not model.is_file():
            return None  # the package would fetch it: reading never goes to the network
        engine = AsterOCR(model_path=str(model), enable_telemetry=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        engine.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        return engine
    except ImportError:
        return None
    except Exception as error:
        _LOG.warning("AsterOCR cannot be used: %s", error)
        return None


def has_third() -> bool:
    """True when AsterOCR is installed with its weights."""
    return _asterocr() is not None


def third_version() -> str:
    """Version of the installed AsterOCR, "" without it."""
    try:
        return metadata.version("asterocr")
    except metadata.PackageNotFoundError:
        return ""


def read_third(image: Gray, box: PixelBox, words: list[OcrWord]) -> str:
    """AsterOCR's reading of the line in ``box``; "" where it is not installed or fails.

    ``words`` are the words of the first reading, in whose gaps a long line is cut.
    """
    engine = _asterocr()
    if engine is None:
        return ""
    parts: list[str] = []
    for x0, y0, x1, y1 in pieces(box, words):
        crop = image[y0:y1, x0:x1]
        if crop.size == 0 or crop.shape[1] > 30 * crop.shape[0]:
            continue
        try:
            parts.append(str(engine.predict(np.ascontiguousarray(crop))).strip())
        except Exception as error:
            _LOG.warning("AsterOCR failed on a line: %s", error)
            return ""
    return " ".join(p for p in parts if p)


def pieces(box: PixelBox, words: list[OcrWord]) -> list[PixelBox]:
    """The box cut into pieces of at most about 14 times its height, between words."""
    x0, y0, x1, y1 = box
    height = max(1, y1 - y0)
    count = max(1, -(-(x1 - x0) // (_MAX_RATIO * height)))
    gaps = [
        (words[i].box[2] + words[i + 1].box[0]) // 2
        for i in range(len(words) - 1)
        if words[i + 1].box[0] - words[i].box[2] >= 4
    ]
    cuts = [x0]
    for k in range(1, count):
        wanted = x0 + (x1 - x0) * k / count
        if gaps:
            nearest = min(gaps, key=lambda gap: abs(gap - wanted))
            if cuts[-1] + 2 * height < nearest < x1 - height:
                cuts.append(nearest)
    cuts.append(x1)
    return [(a, y0, b, y1) for a, b in pairwise(cuts)]


def third_scores(crop: Gray) -> tuple[NDArray[np.float64], list[str]] | None:
    """AsterOCR's log probabilities for one short line, [frames, characters], and the characters ("" is the blank).

    None where it is not installed or fails.
    """
    engine = _asterocr()
    if engine is None or crop.size == 0 or crop.shape[1] > 30 * crop.shape[0]:
        return None
    try:
        tensor = engine.preprocess_image(np.ascontiguousarray(crop))
        output = np.asarray(engine.session.run([engine.output_name], {engine.input_name: tensor})[0], dtype=np.float64)
        scores = output[:, 0, :] if output.shape[1] == 1 else output[0]
        scores = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        blank = engine.vocab.blank_idx
        characters = ["" if i == blank else str(engine.vocab.idx2char.get(i, "")) for i in range(scores.shape[1])]
    except Exception as error:
        _LOG.warning("AsterOCR failed on a line: %s", error)
        return None
    return scores, characters
