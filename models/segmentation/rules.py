"""Zones by rules: a walk over the lines from the head, and one from the foot.

The form of a letter is fixed (Decree 30/2020 Appendix I; 36-HD/VPTW for the Party): a head of two columns, perhaps a
title, the addressees, the body, and a foot of two columns. The walk knows the order and the anchors, not the layout, so
it works on plain text; sides and alignment are used where the reader knows them.
"""

from __future__ import annotations

import re

from models.letter import Zone
from models.segmentation.anchors import is_place_date
from models.segmentation.lineview import LineView
from models.segmentation.rules_foot import FootWalk
from models.segmentation.rules_head import HeadWalk

_DECIDES = re.compile(r"^(ra )?(quyet dinh|quyet nghi|chi thi)\s*:?\s*$")
_CLOSING = re.compile(r"^(tran trong|xin (tran trong )?cam on|rat mong|kinh de nghi .{0,80}xem xet|tran trong (kinh|cam))")


def label_with_anchors(views: list[LineView]) -> tuple[list[Zone], list[set[Zone]]]:
    """The zone of every line by rules, and the anchors that each line matches."""
    walk = _LetterWalk(views)
    return walk.run(), walk.anchors


class _LetterWalk(HeadWalk, FootWalk):
    """The whole letter: its head, its foot, and the body between them."""

    def run(self) -> list[Zone]:
        body_start = self._head()
        foot_start, foot_end = self._foot(body_start)
        self._body(body_start, foot_start)
        if Zone.PLACE_DATE not in self.zones:
            self._late_date(max(body_start, foot_start - 4), min(foot_start + 4, len(self.views)))
        for i in range(foot_end, len(self.views)):
            self.zones[i] = Zone.PAGE_FURNITURE if self._furniture(i) else Zone.APPENDIX
        self._contact()
        return self.zones

    def _late_date(self, start: int, end: int) -> None:
        """Place and date over the signature, as in notices within an office and in letters of the people's committees of old."""
        for i in range(start, end):
            if is_place_date(self.views[i]) and len(self.views[i].text) < 70:
                self.zones[i] = Zone.PLACE_DATE
                return

    def _body(self, start: int, end: int) -> None:
        legal = True
        decides = any(_DECIDES.match(self.views[i].folded) for i in range(start, min(end, start + 60)))
        for i in range(start, end):
            v, found = self.views[i], self.anchors[i]
            if self._furniture(i):
                self.zones[i] = Zone.PAGE_FURNITURE
            elif v.line.cell is not None and not v.line.cell.layout:
                self.zones[i] = Zone.TABLE
                legal = False
            elif (legal and Zone.LEGAL_BASIS in found and (decides or self._is_basis(i, end))) or (legal and i > start and self.zones[i - 1] == Zone.LEGAL_BASIS and not self.views[i - 1].text.endswith((";", ".")) and not v.capitals):
                self.zones[i] = Zone.LEGAL_BASIS
            elif _CLOSING.match(v.folded):
                self.zones[i] = Zone.CLOSING
                legal = False
            else:
                self.zones[i] = Zone.BODY
                legal = legal and (i - start < 40) and not v.folded.startswith(("quyet dinh", "dieu 1", "1."))

    def _is_basis(self, i: int, end: int) -> bool:
        """Căn cứ paragraphs of a list that ends each with ";": in letters that decide nothing "Căn cứ …, Sở đề nghị …" is a sentence."""
        for j in range(i, min(i + 14, end)):
            v = self.views[j]
            if v.text.endswith((";", ",")) and (v.line.whole_paragraph or v.text.endswith(";")):
                return True
            if v.line.whole_paragraph or v.text.endswith((".", ":", "./.")):
                return False
        return False

    def _contact(self) -> None:
        """Ô 13: address, telephone and web site of the issuer, wherever they stand outside the body's sentences."""
        for i, _ in enumerate(self.views):
            if self.zones[i] in (Zone.PAGE_FURNITURE, Zone.APPENDIX, Zone.ISSUER) and Zone.CONTACT in self.anchors[i]:
                self.zones[i] = Zone.CONTACT
