"""May the text layer of a PDF page be believed? The decision, with its reasons.

Met in real files: scans without text, scans whose only text is the digital-signature overlay, scans with an OCR layer
in which the tones are lost or the words are rubbish, typed pages whose fonts map to the wrong characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Literal

from models.reading.ocr.language import share_of_doubtful
from models.reading.ocr.syllables import share_of_syllables, share_of_toned
from models.text import fold

Verdict = Literal["trusted", "overlay_only", "broken", "empty"]

SCAN_COVER = 0.6
"""From this share of the page on, one image is taken for the scanned sheet."""
GOOD_TYPED = 0.80
"""Least share of possible Vietnamese syllables for a typed page (names of firms, English words and codes lower it)."""
GOOD_LAYER = 0.985
"""The same for text under or over the image of a scanned page: recognising again is better than a doubtful layer."""
MOST_DOUBTFUL = 0.009
"""From this share of syllables with doubtful marks on, a layer under or over a scanned page is not believed (typed text
of eight letters had 0 to .006, layers of recognisers .016 and more)."""
LEAST_TONED = 0.25
"""Below this share of words with marks a text is not Vietnamese as it is spelt (its tones are lost)."""
LEAST_WORDS = 12


@dataclass(slots=True)
class Judgement:
    """Verdict on one page and why it was reached (for the log and for warnings)."""

    verdict: Verdict
    reasons: list[str] = field(default_factory=list)

    @property
    def trusted(self) -> bool:
        return self.verdict == "trusted"


@lru_cache(maxsize=1)
def _marks() -> dict[str, re.Pattern[str]]:
    """The patterns of ``ocr/overlay_marks.txt``, one expression a section."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    text = resources.files("models.reading.ocr").joinpath("overlay_marks.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1].isalpha():
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return {name: re.compile("|".join(f"(?:{p})" for p in patterns)) for name, patterns in sections.items()}


def is_overlay(text: str) -> bool:
    """True for a line that a signing program laid over the page ("Ký bởi: …", a time of signing)."""
    return bool(_marks()["strong"].search(fold(text).lower()))


def may_be_overlay(text: str) -> bool:
    """True for a line that belongs to an overlay where it stands beside one ("Email: …", "Cơ quan: …")."""
    folded = fold(text).lower().strip()
    return any(pattern.search(folded) for pattern in _marks().values())


def judge_page(
    text: str, *, image_cover: float, invisible_share: float = 0.0, unmapped: int = 0, overlay_chars: int = 0
) -> Judgement:
    """Judge the text layer of one page.

    ``text`` is the page's own text without signature overlays; ``image_cover`` the share (0–1) of the page that its
    largest image covers; ``invisible_share`` the share of characters drawn invisibly, as OCR layers are; ``unmapped``
    the number of characters without a Unicode value; ``overlay_chars`` how many characters were put aside as overlay.
    """
    scanned = image_cover >= SCAN_COVER
    letters = sum(c.isalpha() for c in text)
    if not letters:
        if overlay_chars:
            return Judgement("overlay_only", ["the only text is the digital-signature overlay"])
        return Judgement("empty", ["the page has no text"])
    share, words = share_of_syllables(text)
    toned = share_of_toned(text)
    if scanned:
        if words < LEAST_WORDS:
            return Judgement(
                "broken", [f"an image covers {image_cover:.0%} of the page and it has {words} words of text"]
            )
        if share < GOOD_LAYER or toned < 2 * LEAST_TONED:
            return Judgement(
                "broken", [f"OCR layer: {share:.1%} of its words are possible syllables, {toned:.0%} carry marks"]
            )
        doubtful, syllables = share_of_doubtful(text)
        if doubtful > MOST_DOUBTFUL and doubtful * syllables >= 2:
            return Judgement("broken", [f"OCR layer: {doubtful:.1%} of its syllables carry marks that do not suit their neighbours"])
        return Judgement("trusted", [f"OCR layer of good quality ({share:.1%} possible syllables)"])
    if unmapped > 0.05 * max(1, len(text)):
        return Judgement("broken", [f"{unmapped} characters have no Unicode value"])
    if words >= LEAST_WORDS and share < GOOD_TYPED and toned < LEAST_TONED and _claims_vietnamese(text):
        return Judgement("broken", [f"only {share:.0%} of the words are possible syllables: wrong character map"])
    if words >= LEAST_WORDS and share < 0.45:
        return Judgement("broken", [f"only {share:.0%} of the words are possible syllables: wrong character map"])
    if invisible_share > 0.9:
        return Judgement("broken", ["the text is drawn invisibly"])
    return Judgement("trusted", [f"typed text ({share:.1%} possible syllables)"])


def _claims_vietnamese(text: str) -> bool:
    folded = fold(text).lower()
    return any(key in folded for key in ("cong hoa", "doc lap", "noi nhan", "kinh gui", "ngay", "uy ban"))
