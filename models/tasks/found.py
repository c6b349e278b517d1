"""What the walk through a letter hands on: tasks found, frames (headings and leads that are open), names for comparing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.canonical import Token, canonical, tokens
from models.letter import Deadline
from models.segmentation.items import Paragraph
from models.tasks.directives import Directive
from models.text import squeeze


def name_key(name: str) -> str:
    """A name for comparing: one spelling, single blanks, "UBND" in full."""
    return re.sub(r"(?<!\w)ubnd(?!\w)", "ủy ban nhân dân", squeeze(canonical(name)))


def opens_list(flat: str) -> bool:
    """The paragraph ends with a colon, which is not the rest of a "./." read wrongly."""
    return flat.endswith(":") and not flat.endswith(("/:", ".:"))


_EACH = re.compile(r"(?i)(?:mỗi|từng)\s")


@dataclass(slots=True)
class Found:
    """A task before its fields are read: where it stands and who was named."""

    paragraph: Paragraph
    start: int
    """Offset in the paragraph's text."""
    end: int
    names: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    duty: int = 0
    """Offset in the paragraph's text at which the duty begins (after who acts)."""
    inherited: list[str] = field(default_factory=list)
    """Bodies that only the lead sentence of the letter names."""
    deadline: Deadline | None = None
    """A deadline that the heading gives to all its items."""
    closing: bool = False
    confidence: float = 0.9
    more: Paragraph | None = None
    """A paragraph that belongs to the task ("Tới dự …" after "kính mời: …")."""
    invitation: bool = False
    product: str | None = None
    item: str | None = None
    """The number in the table's first column."""
    request: bool = False
    """The request of a submission (tờ trình) for a decision."""


@dataclass(slots=True)
class Frame:
    """A heading or lead sentence that rules the paragraphs below it."""

    level: float
    directs: str
    """yes, no, other"""
    names: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    general: list[str] = field(default_factory=list)
    deadline: Deadline | None = None
    lead: bool = False
    strong: bool = False
    """The lead asks for work, so that every item below is work ("đề nghị … thực hiện một số nội dung sau:")."""


def names_of(text: str, directive: Directive) -> list[str]:
    """The names as they stand."""
    return [text[n.start : n.end] for n in directive.names]


def in_particular(names: Sequence[str]) -> list[str]:
    """The names that name somebody: "mỗi đơn vị" is whoever the letter is for."""
    return [n for n in names if not _EACH.match(n)]


def imperative_offset(content: str, token: int) -> int:
    """The text offset of token ``token``."""
    sequence = tokens(content)
    return sequence[token].start if token < len(sequence) else 0


def first_tokens(sequence: Sequence[Token], limit: int = 120) -> Sequence[Token]:
    return sequence[:limit]
