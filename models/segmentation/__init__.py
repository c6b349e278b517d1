"""Segmentation: which zone each line of the letter belongs to.

:func:`segment` labels the lines, joins them into paragraphs and makes the contract's segments; everything downstream takes these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.document import Document, union
from models.letter import Segment, Zone
from models.segmentation.items import Paragraph
from models.segmentation.lineview import LineView, view
from models.segmentation.paragraphs import build_paragraphs
from models.segmentation.rules import label_lines as _label_by_rules

__all__ = ["Paragraph", "Segmentation", "build_paragraphs", "label_lines", "segment", "segments_of"]


@dataclass(slots=True)
class Segmentation:
    """What segmentation found: one zone a line of the document, its paragraphs, and the contract's segments."""

    zones: list[Zone]
    paragraphs: list[Paragraph]
    segments: list[Segment]


def label_lines(document: Document) -> list[Zone]:
    """The zone of every line in reading order."""
    return _label(view(document))


def segment(document: Document) -> Segmentation:
    """Zones, paragraphs and segments of ``document``; the segments cover the text in reading order without overlap."""
    views = view(document)
    zones = _label(views)
    paragraphs = build_paragraphs(document, zones, views)
    return Segmentation(zones, paragraphs, segments_of(document, zones, paragraphs))


def _label(views: list[LineView]) -> list[Zone]:
    """The one place where the segmenter is chosen."""
    return _label_by_rules(views)


def segments_of(document: Document, zones: Sequence[Zone], paragraphs: Sequence[Paragraph]) -> list[Segment]:
    """Runs of lines of one zone on one page as segments; a list item or paragraph of the body starts a segment of its own."""
    segments: list[Segment] = []
    starts = {p.span[0] for p in paragraphs}
    lines = document.lines
    for line, zone in zip(lines, zones, strict=True):
        last = segments[-1] if segments else None
        own = zone in (Zone.BODY, Zone.TASK, Zone.LEGAL_BASIS, Zone.CLOSING, Zone.APPENDIX) and line.span[0] in starts
        if last and last.zone == zone and last.page == line.page and not own:
            last.span = (last.span[0], line.span[1])
            last.box = union([b for b in (last.box, line.box) if b])
        else:
            segments.append(Segment(zone=zone, span=line.span, page=line.page, box=line.box))
    return segments
