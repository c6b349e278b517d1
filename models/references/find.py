"""Finding citations: numbers with a symbol, then laws, documents known by date, named resolutions, bare numbers."""

from __future__ import annotations

from models.references.charters import Charters
from models.references.context import LetterContext
from models.references.found import Found
from models.references.laws_found import LawsFound
from models.references.mention import Mention
from models.references.numbered import Numbered
from models.references.unnumbered import Unnumbered
from models.references.view import View


def find_mentions(view: View, context: LetterContext) -> list[Mention]:
    """Every citation of the text, in text order, not yet filtered nor joined."""
    found = Found(view, context)
    Numbered(found).numbered()
    LawsFound(found).laws()
    Charters(found).charters()
    unnumbered = Unnumbered(found)
    unnumbered.dated()
    unnumbered.named()
    unnumbered.bare()
    mentions = sorted(found.mentions, key=lambda m: (m.start, -m.end))
    _nest(mentions)
    return mentions


def _nest(mentions: list[Mention]) -> None:
    """Mark the mentions that stand inside the title of another, the innermost title first."""
    open_titles: list[tuple[int, int]] = []
    for i, m in enumerate(mentions):
        while open_titles and open_titles[-1][1] <= m.start:
            open_titles.pop()
        if open_titles and mentions[open_titles[-1][0]].title and m.start >= mentions[open_titles[-1][0]].title.start:  # type: ignore[union-attr]
            m.inside = open_titles[-1][0]
        if m.title and not m.title_shared:
            open_titles.append((i, m.title.end))
