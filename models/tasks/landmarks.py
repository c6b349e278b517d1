"""Where the body of a letter begins and ends, by zones where they are known, by landmarks of the text otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.canonical import canonical
from models.letter import Zone
from models.segmentation.items import Paragraph
from models.tasks import cues


def body(paragraphs: Sequence[Paragraph], kind: str) -> list[Paragraph]:
    """The paragraphs that may direct: between head and foot. By zones where they are known, by landmarks otherwise."""
    known = [p for p in paragraphs if p.zone not in (Zone.BODY, Zone.TASK)]
    if known:
        chosen = [p for p in paragraphs if p.zone in cues.BODY_ZONES and p.zone is not Zone.LEGAL_BASIS]
        # A distribution list that the zones missed (a worn scan) ends the body all the same.
        foot = next((i for i, p in enumerate(chosen) if i and cues.FOOT.match(canonical(p.text)) and p.zone is not Zone.APPENDIX), len(chosen))
        return chosen[:foot] + [p for p in chosen[foot:] if p.zone in (Zone.APPENDIX, Zone.TABLE)]
    start, end = 0, len(paragraphs)
    flats = [canonical(p.text).strip() for p in paragraphs]
    for i, flat in enumerate(flats):
        if cues.FOOT.match(flat) and len(flat) < 200 and i > 2:
            end = i
            break
    for i, flat in enumerate(flats[:end]):
        if re.match(r"kính (?:gửi|trình)", flat) or (re.search(r"(?:điện|gửi) ?: ?$", flat) and i < 30):
            start = i + 1
            while start < end and (paragraphs[start].level >= 5 or len(flats[start]) < 3):
                start += 1
            if start < end and not paragraphs[start].level and flats[start].startswith("đồng kính gửi"):
                start += 1
                while start < end and paragraphs[start].level >= 5:
                    start += 1
            break
        if re.match(r"(?:quyết định|quyết nghị|nghị quyết) ?:$", flat):
            start = i + 1
    else:
        if start == 0:
            for i, flat in enumerate(flats[: min(end, 40)]):
                if re.search(r"ngày [\d\W]{1,9} tháng [\d\W]{1,6} năm", flat) and len(flat) < 90:
                    start = i + 1
                    break
    if kind in cues.DECISIONS:
        for i, flat in enumerate(flats[:end]):
            if re.match(r"(?:quyết định|quyết nghị|nghị quyết) ?:$", flat):
                start = i + 1
    return [p for p in paragraphs[start:end] if p.cell is None or not p.cell.layout]
