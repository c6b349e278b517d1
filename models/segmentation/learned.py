"""Zones by a trained sequence model: a linear-chain CRF over the features of lines, the rules' own label among them.

The weights are made by ``training.zones`` (python-crfsuite) from letters of the corpus as readers give them: clean, noisy,
typed and recognised. Where the weights are not installed the rules label alone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path

import pycrfsuite

from models.installed import Installed
from models.letter import Zone
from models.segmentation.features import line_features
from models.segmentation.lineview import LineView
from models.segmentation.rules_head import NUMBERED

WEIGHTS = "weights/zones/zones.crfsuite"
LIKELY = 0.02
"""Zones less probable than this are not kept as alternatives."""
DOUBT = 0.4
"""Where the model gives the rules' zone so much, it is in doubt itself, and the rules decide."""
ANCHORED = 0.07
"""The same for a line that says by its own words ("Về việc", "Kính gửi") which zone it is, as the rules found too."""

MARKS = frozenset({Zone.SECRECY, Zone.URGENCY})
"""Marks that are never overruled where a line says them: to take a secret letter for an open one is the worse error."""


class ZoneModel:
    """Labels lines with the weights in a file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(path))
        self._labels = [Zone(name) for name in self._tagger.labels()]
        # the tagger holds the sequence it works on
        self._lock = threading.Lock()

    def label(self, views: Sequence[LineView], anchors: Sequence[set[Zone]], rules: Sequence[Zone]) -> tuple[list[Zone], list[dict[Zone, float]]]:
        """The likeliest sequence of zones, the rules' zone where the model is in doubt, and for every line the probability of each zone that may be meant."""
        if not views:
            return [], []
        features = line_features(views, anchors, rules)
        with self._lock:
            zones = [Zone(name) for name in self._tagger.tag(features)]
            odds = [
                {zone: p for zone in self._labels if (p := self._tagger.marginal(zone.value, i)) >= LIKELY} for i in range(len(views))
            ]
        for i, rule in enumerate(rules):
            if rule in MARKS and rule in anchors[i]:
                zones[i] = rule
                continue
            needed = ANCHORED if rule in anchors[i] and rule != Zone.PAGE_FURNITURE else DOUBT
            doubtful = odds[i].get(rule, 0.0) >= needed
            if zones[i] != rule and (doubtful or (rule == Zone.ADDRESSEES and _numbered_addressee(views, zones, i))):
                zones[i] = rule
        for i in range(1, len(zones) - 1):
            # a subject (trích yếu) has no hole in it where the rules see none
            if rules[i] == Zone.SUBJECT and zones[i] == Zone.BODY and zones[i - 1] == zones[i + 1] == Zone.SUBJECT:
                zones[i] = Zone.SUBJECT
        return zones, odds


def _numbered_addressee(views: Sequence[LineView], zones: Sequence[Zone], i: int) -> bool:
    """ "1. Bảo hiểm xã hội tỉnh;" under a bare "Kính gửi:": the form is rare, so that the model takes it for an item of the body."""
    if i == 0 or zones[i - 1] != Zone.ADDRESSEES or not NUMBERED.match(views[i].text):
        return False
    return bool(_BARE.match(views[i - 1].folded) or NUMBERED.match(views[i - 1].text))


_BARE = re.compile(r"^\W*kinh (?:gui|trinh|goi)\W*$")


_installed = Installed(WEIGHTS, ZoneModel)
shipped, use = _installed.get, _installed.use
