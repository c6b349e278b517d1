"""What the walks over a letter's lines share: the lines, the anchors they match and the zones given so far."""

from __future__ import annotations

import re

from models.letter import Zone
from models.segmentation.anchors import anchors
from models.segmentation.lineview import LineView

_RULE_LINE = re.compile(r"^[\W_oO]*$")


class Walk:
    """Lines on their way to zones."""

    def __init__(self, views: list[LineView]) -> None:
        self.views = views
        self.zones: list[Zone] = [Zone.BODY] * len(views)
        self.anchors = [anchors(v) for v in views]
        for i, v in enumerate(views):
            if v.line.role in ("page_number", "overlay", "header", "footer") or _RULE_LINE.match(v.text):
                self.anchors[i] = {Zone.PAGE_FURNITURE}
            elif Zone.PAGE_FURNITURE in self.anchors[i] and len(self.anchors[i]) > 1:
                self.anchors[i].discard(Zone.PAGE_FURNITURE)

    def _furniture(self, i: int) -> bool:
        return Zone.PAGE_FURNITURE in self.anchors[i]
