"""Paragraphs: printed lines joined into what the writer wrote as one paragraph or one item.

Readers that know paragraphs (DOCX, HTML) say so on each line; for printed lines the end of a line, its indent and the
item mark of the next line decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.document import Document
from models.letter import Zone
from models.segmentation.items import Paragraph, item_of
from models.segmentation.lineview import LineView, item_mark, view
from models.text import vn_regex

_HYPHEN_BREAK = re.compile(r"(?<=[\w&])[-/]$")
_NUMBER_GOES_ON = vn_regex(r"^(\d{1,2}\s*(tháng|ngày|/|%)|\d{4}|\d{1,2}[.,]\d|\d{1,3}\s+[§L])")
_END = re.compile(r"(?:[.;:!?…]|\./\.)[\"”’)]?$")


def build_paragraphs(document: Document, zones: Sequence[Zone], views: Sequence[LineView] | None = None) -> list[Paragraph]:
    """Join the lines of ``document`` into paragraphs; ``zones`` has one zone a line, ``views`` the lines as the segmenter saw them."""
    views = views if views is not None else view(document)
    right = _right_margin(document)
    groups: list[list[LineView]] = []
    furniture: list[LineView] = []
    for v in views:
        zone = zones[v.index]
        if zone == Zone.PAGE_FURNITURE:
            furniture.append(v)
            continue
        if groups and _continues(groups[-1][-1], v, zones, right):
            groups[-1].append(v)
        else:
            groups.append([v])
    return [_paragraph(document, group, zones[group[0].index]) for group in groups]


def join_lines(texts: Sequence[str]) -> str:
    """Printed lines joined: by a blank, or by nothing after a hyphen or slash inside a code ("412/TTr-⏎SKHĐT")."""
    joined = ""
    for text in texts:
        text = " ".join(text.split())
        if not joined:
            joined = text
        elif _HYPHEN_BREAK.search(joined) and re.search(r"\d+[^\s]*[-/]$", joined) and text[:1].isupper():
            joined += text
        else:
            joined = f"{joined} {text}"
    return joined


def _right_margin(document: Document) -> dict[int, float]:
    """Per page, the right edge that full lines of the body reach, in points."""
    edges: dict[int, float] = {}
    for page in document.pages:
        rights = sorted(line.box[2] for line in page.lines if line.box and line.side is None and len(line.text) > 40)
        if len(rights) >= 3:
            edges[page.number] = rights[int(len(rights) * 0.8)]
    return edges


def _continues(previous: LineView, v: LineView, zones: Sequence[Zone], right: dict[int, float]) -> bool:
    """Whether ``v`` goes on with the paragraph of ``previous``."""
    zone = zones[v.index]
    if zones[previous.index] != zone:
        return False
    open_text = v.lower_start and not _END.search(previous.text) and previous.line.font_size is None
    if previous.line.whole_paragraph and not open_text:
        return False
    if previous.line.cell != v.line.cell or previous.line.side != v.line.side:
        return False
    if item_mark(v.text) and not _false_item(previous, v):
        return False
    if zone in (Zone.RECIPIENTS, Zone.SIGNER_NAME, Zone.SIGNER_TITLE, Zone.SIGNING_AUTHORITY, Zone.NATIONAL_TITLE):
        return False
    if previous.capitals != v.capitals and zone not in (Zone.SUBJECT, Zone.ADDRESSEES):
        return False
    edge = right.get(previous.line.page)
    if edge and previous.line.box and previous.line.side is None:
        short = previous.line.box[2] < edge - 0.08 * edge
        if short and not v.lower_start:
            return False
        indented = v.line.box and v.line.page == previous.line.page and v.line.box[0] > previous.line.box[0] + 14 and not _mid_indent(previous, v)
        if indented and _END.search(previous.text):
            return False
        if _END.search(previous.text) and short:
            return False
        if _END.search(previous.text) and v.line.page != previous.line.page:
            return v.lower_start
        return not (_END.search(previous.text) and indented)
    if v.line.whole_paragraph and not open_text:
        return False
    if v.lower_start and not _END.search(previous.text):
        return True
    if _END.search(previous.text):
        return len(previous.text) > 60 and len(v.text) > 0 and not previous.text.endswith((";", ":", "./.")) and not v.line.gap_before
    return not v.line.gap_before or v.lower_start


def _mid_indent(previous: LineView, v: LineView) -> bool:
    """The previous line began further left only because it is a hanging item."""
    return bool(item_mark(previous.text))


def _false_item(previous: LineView, v: LineView) -> bool:
    """A wrapped line that only looks like an item: "2019. Trong …", "15 tháng 3 …", "- 2020" after an open line."""
    if _END.search(previous.text):
        return False
    return bool(_NUMBER_GOES_ON.match(v.text)) or bool(
        re.search(r"(ngày|tháng|năm|số|khoản|Điều|điểm|quý)$", previous.text)
    )


def _paragraph(document: Document, group: list[LineView], zone: Zone) -> Paragraph:
    start, end = group[0].line.span[0], group[-1].line.span[1]
    joined = join_lines([v.line.text for v in group])
    item, level, _ = item_of(joined)
    first = group[0].line
    return Paragraph(
        span=(start, end), text=joined, item=item, level=level, zone=zone, page=first.page, bold=first.bold, cell=first.cell
    )
