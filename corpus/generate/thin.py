"""Lines that a letter can do without, left out: a recipient, a sentence of background, a closing request."""

from __future__ import annotations

import re
from random import Random

from corpus.generate.draft import Draft, DraftBlock
from models.letter import Zone

SHARE = 0.15
"""Chance of each such line to be left out."""
_SENTENCE = re.compile(r"\{neg=(?:background|finding|closing|event)\|[^{}]*\}[./]*$")
_RECIPIENT = re.compile(r"[-+–] ?\{recipient\|(?!Như)[^{}]*\}(?: \(\{purpose\|[^{}]*\}\))?[;,.]?$")


def thin(draft: Draft, rng: Random) -> None:
    """Leave out some lines; nothing that is numbered, cited, or counted by another mark, and never a block's last line."""
    counted = any("{purpose:" in line for line in draft.raw_lines())
    left_out = 0
    for block in draft.blocks:
        for index in reversed(range(len(block.lines))):
            line = block.lines[index]
            if block.zone == Zone.RECIPIENTS:
                spare = not counted and bool(_RECIPIENT.fullmatch(line)) and len(block.lines) > 3
            else:
                spare = block.zone in (Zone.BODY, Zone.CLOSING) and bool(_SENTENCE.fullmatch(line)) and len(block.lines) > 1
            if spare and rng.random() < SHARE:
                _remove(block, index)
                left_out += 1
    if left_out:
        draft.done.append("left out")


def _remove(block: DraftBlock, index: int) -> None:
    for values in (block.lines, block.gaps, block.numbers):
        del values[index]
