"""Fixed phrases of the head's right column that were too long for it, on one line again.

A narrow column, or a font that was replaced when the file was printed, wraps quốc hiệu, tiêu ngữ, địa danh and date (Decree 30/2020,
Appendix I, ô 1 and 4) in places where nobody would look for a line's end: "… ngày 29 tháng 10 năm / 2025".
"""

from __future__ import annotations

import re

from models.document import Word
from models.reading.anchors import DATE, MOTTO, NATIONAL, NATIONAL_START, PARTY
from models.reading.pdf_layout import Fragment, Placed

_DATE_OPEN = re.compile(r",\s*(?:ngày|hồi)\b", re.I)
_YEAR = re.compile(r"năm\s*\d{4}\W*$|\d\s?[/.-]\s?\d{4}\W*$", re.I)
_WHOLE_DATE = re.compile(rf"^[^\d,]{{2,50}},?\s{{0,3}}(?:hồi\s[\w\s:]{{2,20}}?)?(?:{DATE.pattern})", re.I)
_GLUED = re.compile(r"^(\w{2,})(CỘNG(?= H(?:ÒA|OÀ)$)|Độc(?= lập$)|ĐẢNG(?= CỘNG$))")
_MOTTO_OPEN = re.compile(r"^\W*ĐỘC\s{0,3}LẬP\b", re.I)
_HEAD_LINES = 40


def rejoined(placed: list[Placed]) -> list[Placed]:
    """``placed`` with the wrapped phrases of the head's right column joined; everything else as it was."""
    placed = _tails_back(placed)
    result: list[Placed] = []
    at = 0
    while at < len(placed):
        taken = _phrase(placed, at) if at < _HEAD_LINES and placed[at].side == "right" else 1
        if taken == 1:
            result.append(placed[at])
        else:
            first = placed[at]
            fragments = [fragment for item in placed[at : at + taken] for fragment in item.fragments]
            result.append(Placed(fragments, first.side, first.alignment, False, first.gap_before, first.indent))
        at += taken
    return result


def unglued(fragment: Fragment) -> Fragment:
    """``fragment`` with the first word of quốc hiệu or tiêu ngữ apart from what the left column set against it ("TỈNHCỘNG HÒA XÃ HỘI …").

    The cut is where the share of the letters puts it; nothing else tells where the column begins.
    """
    words = list(fragment.words)
    for index in range(len(words) - 1):
        word, after = words[index], words[index + 1]
        match = _GLUED.match(f"{word.text} {after.text}")
        if match is None or word.box is None:
            continue
        x0, y0, x1, y1 = word.box
        at = x0 + (x1 - x0) * len(match[1]) / len(word.text)
        words[index : index + 1] = [Word(match[1], (x0, y0, at - 0.5, y1)), Word(match[2], (at, y0, x1, y1))]
        return Fragment(" ".join(w.text for w in words), fragment.box, fragment.size, words, fragment.bold, fragment.italic, fragment.confidence)
    return fragment


def _tails_back(placed: list[Placed]) -> list[Placed]:
    """Words of quốc hiệu that ran over the right margin and so stand at the left one, behind the words they end.

    That happens where the columns are made with blanks: "SỞ XÂY DỰNG      CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT / NAM".
    """
    head = placed[:_HEAD_LINES]
    for item in head:
        text = item.text.strip(" *-–—_.")
        if item.side != "right" or not NATIONAL_START.match(text) or NATIONAL.search(text):
            continue
        for other in head:
            if other.side == "left" and len(other.fragments) == 1 and 0 < other.box[1] - item.box[1] < 3 * item.fragments[0].size:
                whole = f"{text} {other.text.strip()}"
                match = NATIONAL.match(whole)
                if match and match.end() == len(whole):
                    joined = Placed([*item.fragments, *other.fragments], item.side, item.alignment, False, item.gap_before, item.indent)
                    return [joined if p is item else p for p in placed if p is not other]
    return placed


def _phrase(placed: list[Placed], at: int) -> int:
    """How many lines from ``at`` on are one phrase; 1 where the line stands for itself."""
    first = placed[at].text.strip(" *-–—_.")
    if NATIONAL_START.match(first) and not NATIONAL.search(first):
        patterns = NATIONAL
    elif first.upper().startswith("ĐẢNG CỘNG SẢN") and not PARTY.search(first):
        patterns = PARTY
    elif _MOTTO_OPEN.match(first) and not MOTTO.search(first):
        patterns = MOTTO
    elif _DATE_OPEN.search(first) and not _YEAR.search(first):
        patterns = _WHOLE_DATE
    else:
        return 1
    text = first
    for taken in (2, 3):
        if at + taken > len(placed) or placed[at + taken - 1].side != "right":
            return 1
        text = f"{text} {placed[at + taken - 1].text}".strip(" *-–—_.")
        match = patterns.match(text)
        if match and match.end() == len(text) and (patterns is not _WHOLE_DATE or _YEAR.search(text)):
            return taken
    return 1
