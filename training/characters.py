"""Character error on grapheme clusters: "ệ" is one sign however many code points write it.

Two measures: of the whole text in reading order, and free of order, where every printed line of the gold text is looked
for anywhere in the text that was read, so that a recogniser which mixes columns is not charged for its letters too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import regex
from rapidfuzz.distance import Levenshtein

_CLUSTER = regex.compile(r"\X")
_ALIKE = str.maketrans("’‘“”–—−\u00a0", "''\"\"--- ")
"""Signs that are one for a reader: kinds of quotation marks and dashes."""


def clusters(text: str) -> list[str]:
    """Grapheme clusters of the text in NFC, runs of white space as one blank, kinds of dashes and quotes as one."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_ALIKE).split())
    return [str(c) for c in _CLUSTER.findall(plain)]


def ordered_errors(gold: str, read: str) -> tuple[int, int]:
    """Edits between the two texts as they stand, and the number of clusters of ``gold``."""
    wanted, got = clusters(gold), clusters(read)
    return Levenshtein.distance(wanted, got), len(wanted)


def free_errors(gold_lines: Sequence[str], read: str) -> tuple[int, int]:
    """Edits that each line of ``gold_lines`` needs to be found somewhere in ``read``, and the clusters of the lines.

    Text that was read and stands in no line (stamps, seals) costs nothing here; :func:`ordered_errors` counts it.
    """
    numbers: dict[str, int] = {}

    def coded(text: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array([numbers.setdefault(c, len(numbers)) for c in clusters(text)], dtype=np.int32)

    page = coded(read)
    errors = total = 0
    for line in gold_lines:
        wanted = coded(line)
        errors += _infix_distance(wanted, page)
        total += len(wanted)
    return errors, total


def _infix_distance(
    wanted: np.ndarray[tuple[int], np.dtype[np.int32]], page: np.ndarray[tuple[int], np.dtype[np.int32]]
) -> int:
    """Least edits that turn ``wanted`` into some stretch of ``page``."""
    steps = np.arange(len(page) + 1, dtype=np.int32)
    row = np.zeros(len(page) + 1, dtype=np.int32)
    for sign in wanted:
        following = row + 1
        np.minimum(following[1:], row[:-1] + (page != sign), out=following[1:])
        # An inserted sign costs one a step to the right: a running minimum of the row on a slope.
        row = np.minimum.accumulate(following - steps) + steps
    return int(min(row.min(), len(wanted)))
