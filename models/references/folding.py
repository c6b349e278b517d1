"""Character-for-character translation of texts through a lookup table, much faster than ``str.translate``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

_SIZE = 0x10000

Table = npt.NDArray[np.uint32]


def make_table(mapping: Mapping[int, str]) -> Table:
    """A table for :func:`translate`; every value is one character."""
    out = np.arange(_SIZE, dtype=np.uint32)
    for code, value in mapping.items():
        out[code] = ord(value)
    return out


def translate(text: str, table: Table) -> str:
    """``text`` with every character of the Basic Multilingual Plane looked up; others stay. Same length."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    small = codes < _SIZE
    if small.all():
        out = table[codes]
    else:
        out = codes.copy()
        out[small] = table[codes[small]]
    return out.tobytes().decode("utf-32-le", "surrogatepass")


def _folding() -> dict[int, str]:
    """Lower case without marks for every letter of the Latin blocks."""
    out: dict[int, str] = {}
    for code in [*range(0x41, 0x250), *range(0x1E00, 0x1F00)]:
        low = unicodedata.normalize("NFD", chr(code).lower())[0].lower()
        if len(low) == 1 and low != chr(code):
            out[code] = low
    out[ord("đ")] = out[ord("Đ")] = "d"
    return out


_LOW_MAP = _folding()
LOW = make_table(_LOW_MAP)


def low(text: str) -> str:
    """``text`` in lower case without marks, đ as d; same length."""
    return text.translate(_LOW_MAP) if len(text) < 200 else translate(text, LOW)
