"""A citation as one place of the text states it, before places that cite the same document are joined."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.references.identifiers import Identifier
from models.references.issuers import Issuer
from models.references.titles import Title


@dataclass
class Mention:
    """One citation at one place. Offsets index the letter's text."""

    start: int
    end: int
    """End of the citation without its title: after number, date and issuer."""
    kind: str
    """numbered | bare (number without symbol) | dated | law | named | anaphor."""
    type: str | None = None
    explicit: bool = False
    """The type is printed and specific, not "văn bản" nor read from the symbol."""
    identifier: Identifier | None = None
    number: str | None = None
    """The bare number, of kind ``bare``."""
    date: str | None = None
    year: str | None = None
    """Year alone ("năm 2019")."""
    supplied_year: bool = False
    issuer: Issuer | None = None
    issuer_shared: bool = False
    """The issuer stands with a neighbour or before the citation."""
    title: Title | None = None
    title_shared: bool = False
    group: int = 0
    plural: bool = False
    inside: int | None = None
    """Index of the mention in whose title this one stands."""
    pinpoint: str | None = None
    head_end: int = 0
    marks: set[str] = field(default_factory=set)
    """Doubts that lower the confidence: "loose", "ocr", "no_head" …"""

    @property
    def full_end(self) -> int:
        """End of the citation with its title."""
        return max(self.end, self.title.end if self.title and not self.title_shared else self.end)
