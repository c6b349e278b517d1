"""Paragraphs that may direct work: which of their sentences are tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.canonical import canonical, tokens
from models.segmentation.items import Paragraph
from models.tasks import cues, directives
from models.tasks.accepting import Accepting
from models.tasks.deadlines import find_deadlines
from models.tasks.directives import Directive
from models.tasks.emitting import Emitting
from models.tasks.found import imperative_offset
from models.tasks.names import noun_phrase
from models.tasks.sentences import sentences


class Duties(Accepting, Emitting):
    """Reads one paragraph for its tasks."""

    def _task(
        self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str, level: float, children: Sequence[Paragraph]
    ) -> None:
        state = self._allowed()
        if state == "no":
            return
        spans = sentences(content)
        if self.kind in cues.UPWARD:
            self._request(paragraph, content_at, content, spans)
            return
        reads: list[tuple[int, int, Directive]] = []
        for start, end in spans:
            piece = content[start:end]
            piece_flat = canonical(piece)
            if cues.INFORMS.search(piece_flat.rstrip(" ./")) or (cues.EFFECT.search(piece_flat) and not directives.executes(piece_flat)):
                continue
            for directive in directives.read(tokens(piece), piece_flat):
                if self._accepts(piece, piece_flat, directive, paragraph, state):
                    reads.append((start, end, directive))
        if self.kind in cues.REPORTS and state != "yes":
            return
        imperative = self._imperative(content) if spans else None
        general = any(f.lead for f in self.frames)
        item = paragraph.level >= 2 or (paragraph.level == 1 and self.kind not in cues.DECISIONS)
        if imperative is not None and item and reads and not self._inside_name(reads[0], imperative) and not (reads[0][2].kind == "marker" and reads[0][2].start == 0 and reads[0][0] == 0):
            later = [r for r in reads if r[0] > 0 and r[2].kind == "marker" and r[2].start == 0 and not self._named_frame()]
            if self._imperative_counts(content, flat, imperative) and not later:
                reads = []
        if reads:
            self._emit(paragraph, content_at, content, spans, reads, item)
            return
        if cues.INFORMS.search(flat.rstrip(" ./")) or (cues.TOLD.match(flat) and not general):
            return
        if self.found and not paragraph.level and cues.SEPARATE.match(flat) and find_deadlines(content, self.context.date):
            self._add(paragraph, content_at, 0, len(content), [], [], 0, 0.7)
            return
        named = self._named_frame()
        plan = self.kind in cues.PLANS | cues.COMMANDS or state == "yes"
        if self.kind in cues.INVITATIONS and not named:
            return
        if cues.PASSIVE.match(flat) and ((item and (general or named)) or (self.found and find_deadlines(content, self.context.date))):
            self._add(paragraph, content_at, 0, len(content), [], [], 0, 0.75)
            return
        if not paragraph.level and not self.seen_items and cues.PREAMBLE.match(flat):
            return
        if imperative is not None and self._imperative_counts(content, flat, imperative):
            if item and (general or named or (plan and state == "yes") or (self.kind in cues.PLANS and state != "no")):
                self._add(paragraph, content_at, 0, len(content), [], self._with(content), imperative_offset(content, imperative), 0.85)
                return
            if not paragraph.level and (named or (general and self.seen_items) or self.kind in cues.COMMANDS or (plan and state == "yes")) and len(flat.split()) >= 6:
                self._add(paragraph, content_at, 0, len(content), [], self._with(content), imperative_offset(content, imperative), 0.75)
                return
        strong = any(f.strong for f in self.frames)
        if state != "yes" or self._listing_only(flat) or len(flat.split()) < (5 if named and item else 9) or cues.WEAK_REFUSED.match(flat) or self.kind in cues.INVITATIONS:
            return
        if (item and ((strong and paragraph.level <= 3 and self._has_duty(content)) or (named and self._clause(content)))) or (not paragraph.level and strong and self.seen_items and self._has_duty(content, 16)):
            self._add(paragraph, content_at, 0, len(content), [], self._with(content), 0, 0.6)

    @staticmethod
    def _inside_name(read: tuple[int, int, Directive], imperative: int) -> bool:
        """The verb is part of the name of who acts: "Thanh tra tỉnh kiểm tra …"."""
        start, _, directive = read
        names = directive.names
        return start == 0 and directive.kind == "subject" and bool(names) and names[0].first <= imperative < names[-1].last

    def _request(self, paragraph: Paragraph, content_at: int, content: str, spans: Sequence[tuple[int, int]]) -> None:
        """Of a submission (tờ trình) only the sentence that asks the superior to decide: the one that says what."""
        for start, end in spans:
            piece = content[start:end]
            flat = canonical(piece)
            asked = cues.ASKS.search(flat)
            if asked is None or re.search(r"(?<!\w)(?:nhận được|tiếp nhận|đã có|được sự)(?!\w)", flat[: asked.start()]) or cues.CITES.search(flat[: asked.start()][-70:]) or not cues.ASKS_DECISION.search(flat[asked.start() :]):
                continue
            sequence = tokens(piece)
            index = next((i for i, t in enumerate(sequence) if t.start >= asked.end()), None)
            phrase = noun_phrase(sequence, index) if index is not None else None
            if phrase is None:
                continue
            formula = len(flat.split()) <= 16 and not re.search(r"(?<!\w)(?:về|việc|cho|công nhận|ban hành)(?!\w)", flat[sequence[phrase.last - 1].end :])
            if self.found and (formula or not self.found[0].closing):
                continue
            self.found = []
            names = [piece[n.start : n.end] for n in phrase.names[:1]]
            self._add(paragraph, content_at, start, end, names, [], start, 0.8, closing=formula)
            self.found[-1].request = True
