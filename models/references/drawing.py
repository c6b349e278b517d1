"""A citation graph as an SVG picture: what is cited stands above what cites it."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape as _escape

from models.letter import Relation
from models.references.graph import CitationGraph

_COLOURS = {
    Relation.CAN_CU: "#4a6fa5",
    Relation.THUC_HIEN: "#2e7d4f",
    Relation.TRA_LOI: "#8e5ea2",
    Relation.TIEP_THEO: "#6b7a8f",
    Relation.KEM_THEO: "#9a8348",
    Relation.SUA_DOI: "#c77c1e",
    Relation.THAY_THE: "#b3402e",
    Relation.BAI_BO: "#b3402e",
    Relation.VIEN_DAN: "#b0b0b0",
}
_WIDTH, _HEIGHT, _GAP_X, _GAP_Y = 190, 40, 24, 84


def to_svg(graph: CitationGraph, *, highlight: str | None = None) -> str:
    """The graph as one SVG document; ``highlight`` is the node to mark. Stubs have a dashed frame."""
    rows: dict[int, list[str]] = defaultdict(list)
    for name, level in sorted(
        _levels(graph).items(), key=lambda item: (item[1], graph.nodes[item[0]].date or "", item[0])
    ):
        rows[level].append(name)
    widest = max((len(row) for row in rows.values()), default=1)
    width = widest * (_WIDTH + _GAP_X) + _GAP_X
    height = (max(rows, default=0) + 1) * (_HEIGHT + _GAP_Y)
    place: dict[str, tuple[float, float]] = {}
    for level, row in rows.items():
        left = (width - len(row) * (_WIDTH + _GAP_X) + _GAP_X) / 2
        for i, name in enumerate(row):
            place[name] = (left + i * (_WIDTH + _GAP_X), height - (level + 1) * (_HEIGHT + _GAP_Y) + _GAP_Y / 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        'font-family="sans-serif" font-size="11">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="context-stroke"/></marker></defs>',
    ]
    for e in graph.edges:
        (x1, y1), (x2, y2) = place[e.source], place[e.target]
        down = y1 < y2
        parts.append(
            f'<line x1="{x1 + _WIDTH / 2:.0f}" y1="{y1 + (_HEIGHT if down else 0):.0f}" x2="{x2 + _WIDTH / 2:.0f}" '
            f'y2="{y2 + (0 if down else _HEIGHT):.0f}" stroke="{_COLOURS.get(e.relation, "#b0b0b0")}" '
            f'stroke-width="1.4" marker-end="url(#tip)"><title>{escape(str(e.relation))}</title></line>'
        )
    for name, (x, y) in place.items():
        node = graph.nodes[name]
        fill = "#fff3d6" if name == highlight else "#f4f7fb" if node.stored else "#ffffff"
        dash = "" if node.stored else ' stroke-dasharray="4 3"'
        label = node.label if len(node.label) <= 30 else node.label[:29] + "…"
        parts.append(
            f'<g><title>{escape(node.label)}</title><rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" '
            f'rx="5" fill="{fill}" stroke="#55606e"{dash}/>'
            f'<text x="{x + 8:.0f}" y="{y + 17:.0f}">{escape(label)}</text>'
            f'<text x="{x + 8:.0f}" y="{y + 32:.0f}" fill="#777">{escape(node.date or "")}</text></g>'
        )
    return "".join([*parts, "</svg>"])


def escape(text: str) -> str:
    """``text`` as XML content, without the control characters that XML does not know."""
    return _escape("".join(c for c in text if c.isprintable()))


def _levels(graph: CitationGraph) -> dict[str, int]:
    """How far above the citing letters a document stands: the longest way up to it, rings cut."""
    level = dict.fromkeys(graph.nodes, 0)
    for _ in range(min(len(graph.nodes), 30)):
        changed = False
        for e in graph.edges:
            if level[e.target] <= level[e.source] and level[e.source] < 30:
                level[e.target] = level[e.source] + 1
                changed = True
        if not changed:
            break
    return level
