"""Second looks at a value: what the segmenter thought of its lines and of those beside them, and what the letter gives by rules alone.

Where two ways of reading agree, the value is right far more often than either way says of itself.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from models.document import Document
from models.extraction import extract_fields
from models.extraction.candidates import values
from models.letter import Span, Zone
from models.segmentation import Segmentation
from models.text import match_key

SECOND_SIGNS = ("line_sure", "rival", "beside", "rules_zone", "rules_value")
_NONE = {"line_sure": 1.0, "rival": 0.0, "beside": 0.0, "rules_zone": 1.0, "rules_value": 1.0}


@dataclass(slots=True)
class SecondLook:
    """The segmentation of a document, and its fields by the rules' zones alone."""

    document: Document
    found: Segmentation | None
    _starts: list[int] = field(init=False)
    _keys: dict[str, set[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._starts = [line.span[0] for line in self.document.lines]
        self._keys = {}
        if self.found is not None and self.found.rules:
            for name, value in values(extract_fields(self.document, self.found.rules)):
                self._keys.setdefault(name, set()).add(match_key(value.value))

    def of(self, kind: str, zones: tuple[Zone, ...], span: Span | None, value: str) -> dict[str, float]:
        """The signs of one value of a kind that stands in ``zones``."""
        if self.found is None or not self.found.odds:
            return _NONE
        signs = dict(_NONE)
        if kind in self._keys or not zones or zones[0] not in (Zone.TASK,):
            signs["rules_value"] = float(match_key(value) in self._keys.get(kind, set()))
        if span is None or not zones or zones[0] == Zone.TASK:
            return signs
        first = max(0, bisect_right(self._starts, span[0]) - 1)
        last = max(first, bisect_right(self._starts, span[1] - 1) - 1)
        lines = range(first, min(last + 1, len(self.found.odds)))
        odds, rules = self.found.odds, self.found.rules
        own = [sum(odds[i].get(zone, 0.0) for zone in zones) for i in lines]
        if not own:
            return signs
        signs["line_sure"] = min(own)
        signs["rival"] = max(max((p for zone, p in odds[i].items() if zone not in zones), default=0.0) for i in lines)
        beside = [i for i in (first - 1, last + 1) if 0 <= i < len(odds) and self.found.zones[i] not in zones]
        signs["beside"] = max((sum(odds[i].get(zone, 0.0) for zone in zones) for i in beside), default=0.0)
        if rules:
            signs["rules_zone"] = sum(rules[i] in zones for i in lines) / len(own)
        return signs
