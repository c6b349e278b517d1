"""The citations found so far, as the finders hand them on."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.references.context import LetterContext
from models.references.mention import Mention
from models.references.view import View


@dataclass
class Found:
    """One letter's mentions while they are looked for."""

    view: View
    context: LetterContext
    mentions: list[Mention] = field(default_factory=list)
    groups: int = 0

    def new_group(self) -> int:
        """The number of a new enumeration."""
        self.groups += 1
        return self.groups
