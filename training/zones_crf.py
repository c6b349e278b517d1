"""The CRF over lines: train it, label with it, with or without what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from models.letter import Zone
from models.segmentation.features import line_features
from models.segmentation.lineview import view
from models.segmentation.rules import label_with_anchors
from training.zones_data import ZonedLetter


@dataclass(frozen=True, slots=True)
class Settings:
    """How a CRF is trained. ``rules``: the rules' label is a feature; ``look``: size, weight, place and alignment are."""

    c1: float = 0.3
    c2: float = 0.3
    iterations: int = 100
    rules: bool = True
    look: bool = True
    lexicon: bool = True
    """Features that stand for a list of names, titles or patterns (anchors)."""
    rare: int = 3
    """A feature seen fewer times is left out."""


_LOOK = ("x0=", "x1=", "x=", "middle", "notmiddle", "dy=", "dx=", "bold=", "italic", "align=", "size=", "gap=", "whole", "page=", "newpage")
_LEXICON = ("a=", "person", "title", "authority", "placedate", "typeline", "body", "above=", "below=")


def features(letter: ZonedLetter, settings: Settings) -> list[list[str]]:
    """The features of every line of one letter."""
    views = view(letter.document)
    rules, anchors = label_with_anchors(views)
    found = line_features(views, anchors, rules if settings.rules else None)
    dropped = (*(() if settings.look else _LOOK), *(() if settings.lexicon else _LEXICON))
    if dropped:
        found = [[f for f in line if not f.split(":")[-1].startswith(dropped)] for line in found]
    return found


def train(letters: Sequence[ZonedLetter], out: Path, settings: Settings | None = None) -> None:
    """Fit the CRF and write it to ``out``. The same letters and settings give the same file."""
    settings = settings or Settings()
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for letter in letters:
        trainer.append(features(letter, settings), [zone.value for zone in letter.zones])
    trainer.set_params({
        "c1": settings.c1, "c2": settings.c2, "max_iterations": settings.iterations, "feature.minfreq": settings.rare, "feature.possible_transitions": True,
    })
    out.parent.mkdir(parents=True, exist_ok=True)
    trainer.train(str(out))


def label(letters: Sequence[ZonedLetter], path: Path, settings: Settings | None = None) -> list[list[Zone]]:
    """The zones of the lines of every letter by the CRF in ``path``."""
    settings = settings or Settings()
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    return [[Zone(name) for name in tagger.tag(features(letter, settings))] for letter in letters]


def label_by_rules(letters: Sequence[ZonedLetter]) -> list[list[Zone]]:
    """The zones by rules alone."""
    return [label_with_anchors(view(letter.document))[0] for letter in letters]
