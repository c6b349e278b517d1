"""Segmentation: which zone each line of the letter belongs to.

:func:`segment` labels the lines, joins them into paragraphs and makes the contract's segments; everything downstream takes these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.document import Document, union
from models.letter import Segment, Zone
from models.segmentation.items import Paragraph
from models.segmentation.learned import shipped
from models.segmentation.lineview import LineView, view
from models.segmentation.paragraphs import build_paragraphs
from models.segmentation.rules import label_with_anchors

__all__ = ["Paragraph", "Segmentation", "build_paragraphs", "label_lines", "segment", "segmentation_of", "segments_of"]


@dataclass(slots=True)
class Segmentation:
    """What segmentation found: one zone a line of the document, its paragraphs, and the contract's segments."""

    zones: list[Zone]
    paragraphs: list[Paragraph]
    segments: list[Segment]
    odds: list[dict[Zone, float]] = field(default_factory=list)
    """For every line the zones that it may be, with their probabilities."""
    rules: list[Zone] = field(default_factory=list)
    """What the rules alone say."""


def label_lines(document: Document) -> list[Zone]:
    """The zone of every line in reading order."""
    return segment(document).zones


def segment(document: Document) -> Segmentation:
    """Zones, paragraphs and segments of ``document``; the segments cover the text in reading order without overlap."""
    views = view(document)
    rules, anchors = label_with_anchors(views)
    # The one place where the segmenter is chosen: the trained model, which hears the rules; the rules alone without its weights.
    model = shipped()
    zones, odds = model.label(views, anchors, rules) if model else (rules, None)
    found = segmentation_of(document, zones, views=views, odds=odds)
    found.rules = rules
    return found


def segmentation_of(
    document: Document, zones: Sequence[Zone], *, views: list[LineView] | None = None, odds: list[dict[Zone, float]] | None = None
) -> Segmentation:
    """Paragraphs and segments of ``document`` when the zones of its lines are known."""
    paragraphs = build_paragraphs(document, zones, views)
    odds = odds or [{zone: 1.0} for zone in zones]
    return Segmentation(list(zones), paragraphs, segments_of(document, zones, paragraphs, odds), odds)


def segments_of(
    document: Document, zones: Sequence[Zone], paragraphs: Sequence[Paragraph], odds: Sequence[dict[Zone, float]] | None = None
) -> list[Segment]:
    """Runs of lines of one zone on one page as segments; a list item or paragraph of the body starts a segment of its own.

    A segment is as sure as the least sure of its lines.
    """
    segments: list[Segment] = []
    starts = {p.span[0] for p in paragraphs}
    lines = document.lines
    for i, (line, zone) in enumerate(zip(lines, zones, strict=True)):
        sure = round(odds[i].get(zone, 0.0), 3) if odds else 1.0
        last = segments[-1] if segments else None
        own = zone in (Zone.BODY, Zone.TASK, Zone.LEGAL_BASIS, Zone.CLOSING, Zone.APPENDIX) and line.span[0] in starts
        if last and last.zone == zone and last.page == line.page and not own:
            last.span = (last.span[0], line.span[1])
            last.box = union([b for b in (last.box, line.box) if b])
            last.confidence = min(last.confidence, sure)
        else:
            segments.append(Segment(zone=zone, span=line.span, page=line.page, box=line.box, confidence=sure))
    return segments
