"""Scores of texts in what a network of the CTC kind says: probabilities of every character at every place of a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
"""Log probabilities, [places, characters]."""
PAPER = ("", " ", ".", ",", "_", "-")
"""Characters that count as nothing in the blank of a form: its dots and rules."""


def greedy_path(scores: Scores, characters: Sequence[str]) -> tuple[str, list[int]]:
    """The likeliest text, and the place at which each of its characters stands."""
    text: list[str] = []
    places: list[int] = []
    previous = -1
    for place, at in enumerate(scores.argmax(axis=1)):
        if at != previous and characters[at]:
            text.append(characters[at])
            places.append(place)
        previous = int(at)
    return "".join(text), places


def _nothing(scores: Scores, characters: Sequence[str]) -> NDArray[np.float64]:
    rest = [i for i, c in enumerate(characters) if c in PAPER]
    return np.asarray(np.logaddexp.reduce(scores[:, rest], axis=1), dtype=np.float64)


def ctc_score(window: Scores, characters: Sequence[str], text: str) -> float:
    """Log probability of ``text`` in the places of ``window``; :data:`PAPER` costs nothing."""
    index = {c: i for i, c in enumerate(characters)}
    blank = _nothing(window, characters)
    labels = [index[c] for c in text]
    states = 2 * len(labels) + 1
    if not labels or len(window) < len(labels):
        return float(blank.sum()) if not labels else -1e9
    # A state may be left for the next label without a blank only where the two labels differ.
    skips = np.zeros(states, dtype=bool)
    for s in range(3, states, 2):
        skips[s] = labels[s // 2] != labels[s // 2 - 1]
    emit = np.empty((len(window), states))
    emit[:, 0::2] = blank[:, None]
    emit[:, 1::2] = window[:, labels]
    alpha = np.full(states, -np.inf)
    alpha[:2] = emit[0, :2]
    for row in emit[1:]:
        moved = np.concatenate(([-np.inf], alpha[:-1]))
        jumped = np.where(skips, np.concatenate(([-np.inf, -np.inf], alpha[:-2])), -np.inf)
        alpha = np.logaddexp(np.logaddexp(alpha, moved), jumped) + row
    return float(np.logaddexp(alpha[-1], alpha[-2]))


def digit_strings(window: Scores, characters: Sequence[str], *, most: int = 6, width: int = 10) -> dict[str, float]:
    """The likeliest strings of at most ``most`` digits in the window with their log probabilities (prefix beam search)."""
    index = {c: i for i, c in enumerate(characters)}
    digits = [(d, index[d]) for d in "0123456789" if d in index]
    blank = _nothing(window, characters)
    # prefix -> (ends in nothing, ends in its last digit)
    beam: dict[str, tuple[float, float]] = {"": (0.0, -np.inf)}
    for row, nothing in zip(window, blank, strict=True):
        grown: dict[str, list[float]] = {}

        def add(text: str, at: int, value: float, grown: dict[str, list[float]] = grown) -> None:
            pair = grown.setdefault(text, [-np.inf, -np.inf])
            pair[at] = float(np.logaddexp(pair[at], value))

        likely = [(d, float(row[i])) for d, i in digits if row[i] > -7.0]
        for text, (ends_blank, ends_digit) in beam.items():
            whole = float(np.logaddexp(ends_blank, ends_digit))
            add(text, 0, whole + float(nothing))
            if text:
                add(text, 1, ends_digit + float(row[index[text[-1]]]))
            if len(text) < most:
                for digit, value in likely:
                    add(text + digit, 1, (ends_blank if text.endswith(digit) else whole) + value)
        best = sorted(grown.items(), key=lambda item: float(np.logaddexp(item[1][0], item[1][1])), reverse=True)[:width]
        beam = {text: (pair[0], pair[1]) for text, pair in best}
    return {text: float(np.logaddexp(pair[0], pair[1])) for text, pair in beam.items()}
