"""Segmentation: which zone each line of the letter belongs to.

:func:`label_lines` is the one place where the segmenter is chosen; everything downstream takes its zones.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.document import Document, union
from models.letter import Segment, Zone
from models.segmentation.paragraphs import Paragraph, build_paragraphs
from models.segmentation.rules import label_lines as _label_by_rules

__all__ = ["Paragraph", "build_paragraphs", "label_lines", "segment", "segments_of"]


def label_lines(document: Document) -> list[Zone]:
    """The zone of every line in reading order."""
    return _label_by_rules(document)


def segment(document: Document) -> list[Segment]:
    """The zones of ``document`` as segments in reading order, covering the text without overlap."""
    return segments_of(document, label_lines(document))


def segments_of(document: Document, zones: Sequence[Zone]) -> list[Segment]:
    """Runs of lines of one zone on one page as segments; a list item or paragraph of the body starts a segment of its own."""
    segments: list[Segment] = []
    paragraphs = {p.span[0] for p in build_paragraphs(document, zones)}
    lines = document.lines
    for line, zone in zip(lines, zones, strict=True):
        last = segments[-1] if segments else None
        own = zone in (Zone.BODY, Zone.TASK, Zone.LEGAL_BASIS, Zone.CLOSING, Zone.APPENDIX) and line.span[0] in paragraphs
        if last and last.zone == zone and last.page == line.page and not own:
            last.span = (last.span[0], line.span[1])
            last.box = union([b for b in (last.box, line.box) if b])
        else:
            segments.append(Segment(zone=zone, span=line.span, page=line.page, box=line.box))
    return segments
