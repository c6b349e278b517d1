"""From directives to tasks: one an item, and of an unmarked paragraph one a body that acts."""

from __future__ import annotations

from collections.abc import Sequence

from models.canonical import canonical, tokens
from models.segmentation.items import Paragraph
from models.tasks import cues, directives
from models.tasks.deadlines import find_deadlines
from models.tasks.directives import Directive
from models.tasks.found import name_key, names_of
from models.tasks.state import State


class Emitting(State):
    """Cuts a paragraph into tasks."""

    def _emit(
        self,
        paragraph: Paragraph,
        content_at: int,
        content: str,
        spans: Sequence[tuple[int, int]],
        reads: Sequence[tuple[int, int, Directive]],
        item: bool,
    ) -> None:
        """One task an item; of an unmarked paragraph one a body that acts."""
        groups: list[list[tuple[int, int, Directive]]] = []
        for entry in reads:
            start, _, directive = entry
            named = {name_key(n) for n in names_of(content[start:], directive)}
            previous = {name_key(n) for s, _, d in (groups[-1] if groups else []) for n in names_of(content[s:], d)}
            ordered = directive.kind == "marker" and directive.force == "order" and named
            conditional = directive.kind == "subject" and directive.start > 0
            if groups and conditional:
                continue
            if not groups or (named - previous and (not item or (ordered and groups[-1][-1][2].kind == "marker" and groups[-1][-1][2].force == "order"))):
                groups.append([entry])
            else:
                groups[-1].append(entry)
        for number, group in enumerate(groups):
            start, _, directive = group[0]
            sequence = tokens(content[start:])
            begin = start + sequence[directive.start].start if directive.start < len(sequence) else start
            if item and number == 0:
                begin = 0
            elif not self._skips(content[start:begin]):
                begin = start
            if number + 1 < len(groups):
                following, _, later = groups[number + 1][0]
                later_tokens = tokens(content[following:])
                end = following + (later_tokens[later.start].start if later.start < len(later_tokens) else 0)
            elif item:
                end = len(content)
            else:
                end = self._extent(content, spans, group[-1][1])
            names: list[str] = []
            coordinators: list[str] = []
            for number_in_group, (at, _, d) in enumerate(group):
                piece = content[at:]
                adds = not number_in_group or (d.kind == "marker" and all(n.kind in ("body", "class", "post") for n in d.names) and (
                    canonical(piece[self._offset(piece, d) :]).startswith(("giao", "yêu cầu", "đề nghị"))
                ))
                if not adds:
                    continue
                names.extend(n for n in names_of(piece, d) if n not in names)
                coordinators.extend(c for c in (piece[x.start : x.end] for x in d.coordinators) if c not in coordinators and c not in names)
            duty = start + sequence[directive.predicate].start if directive.predicate < len(sequence) else begin
            self._add(paragraph, content_at, begin, end, names, coordinators, duty, 0.92)
        if not item:
            self._separate(paragraph, content_at, content, spans, reads[-1][1])

    def _separate(self, paragraph: Paragraph, content_at: int, content: str, spans: Sequence[tuple[int, int]], after: int) -> None:
        for start, end in spans:
            piece = content[start:end]
            if start >= after and cues.SEPARATE.match(canonical(piece)) and find_deadlines(piece, self.context.date):
                self._add(paragraph, content_at, start, end, [], [], start, 0.7)

    @staticmethod
    def _extent(content: str, spans: Sequence[tuple[int, int]], end: int) -> int:
        for start, stop in spans:
            if start < end:
                continue
            piece = canonical(content[start:stop])
            if cues.SEPARATE.match(piece) or cues.INFORMS.search(piece.rstrip(" ./")) or not (cues.CONTINUES.match(piece) or directives.imperative_at(tokens(content[start:stop])) is not None):
                break
            end = stop
        return end
