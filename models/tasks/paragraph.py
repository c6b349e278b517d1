"""Paragraphs of a letter: wrapped lines joined, with their item mark and depth.

The pipeline builds :class:`Paragraph` objects from the pages; :func:`split_paragraphs` is the plain-text way for callers
that have only the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.canonical import canonical
from models.letter import Segment, Zone
from models.segmentation.items import Paragraph, item_of

_ENDS = re.compile(r"[.:;!?…]\s*$|/\.?\s*$|[.;:][”\"')\]]\s*$")
_PAGE_NUMBER = re.compile(r"\s*-?\s*\d{1,3}\s*-?\s*$")
_OPENER = re.compile(
    r"(?:kính gửi|nơi nhận|quyết định\s*:|căn cứ|xét |theo đề nghị|số\s*:|v/v|về việc|điều \d|thực hiện |"
    r"(?:đề nghị|yêu cầu|giao|trân trọng) )"
)


def split_paragraphs(text: str, segments: Sequence[Segment] = ()) -> list[Paragraph]:
    """The paragraphs of a plain text: a blank line, an item mark or a full stop before a capital ends one.

    ``segments`` give each paragraph its zone; without them every paragraph is :attr:`Zone.BODY`.
    """
    lines: list[tuple[int, int]] = []
    position = 0
    for raw in text.split("\n"):
        lines.append((position, position + len(raw)))
        position += len(raw) + 1
    filled = sorted(len(text[a:b].strip()) for a, b in lines if text[a:b].strip())
    # Lines about as wide as the widest common line go on; a shorter one ends its paragraph.
    width = filled[int(len(filled) * 0.9)] if filled else 0
    groups: list[tuple[int, int]] = []
    blank = True
    previous = ""
    for start, end in lines:
        content = text[start:end]
        if not content.strip():
            blank = True
            continue
        if _PAGE_NUMBER.match(content):
            continue
        lead = len(content) - len(content.lstrip())
        content = content.strip()
        begin = start + lead
        mark = item_of(content)[0]
        lower_start = content[0].islower()
        fresh = (
            not groups
            or blank
            or mark is not None
            or bool(_OPENER.match(canonical(content[:30])))
            or (bool(_ENDS.search(previous)) and not lower_start)
            or (not lower_start and len(previous) < 0.6 * min(width, 110) and not previous.endswith((",", "-")))
        )
        open_end = bool(groups) and not _ENDS.search(previous)
        if fresh and not (lower_start and mark is None and (not blank or open_end) and groups):
            groups.append((begin, begin + len(content)))
        else:
            groups[-1] = (groups[-1][0], begin + len(content))
        previous = content
        blank = False
    paragraphs: list[Paragraph] = []
    cursor = 0
    ordered = sorted(segments, key=lambda s: s.span)
    for start, end in groups:
        while cursor + 1 < len(ordered) and ordered[cursor].span[1] <= start:
            cursor += 1
        inside = bool(ordered) and ordered[cursor].span[0] <= start < ordered[cursor].span[1]
        zone = Zone(ordered[cursor].zone) if inside else Zone.BODY
        page = ordered[cursor].page if inside else 1
        raw = re.sub(r"\s+", " ", text[start:end]).strip()
        mark, level, _ = item_of(raw)
        paragraphs.append(Paragraph((start, end), raw, mark, level, zone, page))
    return paragraphs
