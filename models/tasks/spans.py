"""Which paragraphs direct work: walking through a letter with its headings, lead sentences and sections in mind.

Conventions (CONTRACT and the letters' own form): a numbered item or dash is one task; a paragraph that only introduces
items is none, and lends them the body it names; sections of purpose, situation and findings direct nothing; what was done,
agreed or told is no task; a closing request that only repeats the general one counts where there is no other task.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.canonical import canonical
from models.segmentation.items import Paragraph, item_of
from models.tasks import cues, landmarks, tables
from models.tasks.context import TaskContext
from models.tasks.found import Found, Frame
from models.tasks.headings import Headings
from models.tasks.invitations import Invitations


class Walker(Headings, Invitations):
    """One pass over the paragraphs of one letter."""

    def run(self) -> list[Found]:
        skip = 0
        for index, paragraph in enumerate(self.paragraphs):
            if paragraph.cell is not None:
                before = self.paragraphs[index - 1].cell if index else None
                if before is None or before.table != paragraph.cell.table:
                    self._table(paragraph.cell.table)
                continue
            if skip:
                skip -= 1
                continue
            skip = self._paragraph(index, paragraph)
        return self._without_closings()

    def _paragraph(self, index: int, paragraph: Paragraph) -> int:
        content_at = self._content_offset(paragraph)
        content = paragraph.text[content_at:]
        flat = canonical(content).strip()
        if len(flat) < 4 or sum(c.isalpha() for c in flat) < 0.5 * len(flat.replace(" ", "")):
            return 0  # marks, figures, what a scanner makes of a stain
        level = float(paragraph.level)
        if paragraph.level:
            self._pop(level)
        elif self.last_level > 0:
            # An unmarked paragraph after a list leaves the unmarked heading ("Thành phần:") that the list stood under.
            self.frames = [f for f in self.frames if not (f.directs == "no" and f.level % 1)]
        self.last_level = paragraph.level
        children = self._children(index)
        if self._field_lines(content):
            return 0
        if children and paragraph.level and self._allowed() != "no":
            rows = [tables.fields(c.text[self._content_offset(c) :], self.context.date) for c in children]
            filled = [r for r in rows if r is not None]
            if filled and any(r.names or r.deadline for r in filled):
                if len(filled) == len(rows):
                    self._add(paragraph, content_at, 0, len(content), [], self._with(content), 0, 0.85)
                    return 0
                if not self._directs(content, flat):
                    names = [n for r in filled for n in r.names]
                    self.frames.append(Frame(level, "yes", names, [n for r in filled for n in r.coordinators]))
                    return 0
        if paragraph.level >= 2 and children and all(cues.EVENT_FIELD.match(canonical(c.text[self._content_offset(c) :])) for c in children):
            return 0  # an event with its time, place and participants
        used = self._invitation(index, paragraph, content_at, content, flat)
        if used is not None:
            return used
        if self._heading(paragraph, content, flat, level, children):
            return 0
        if self._lead(index, paragraph, content_at, content, flat, level, children):
            return 0
        self._task(index, paragraph, content_at, content, flat, level, children)
        return 0

    def _table(self, number: int) -> None:
        """The tasks of an assignment table."""
        cells = [p for p in self.paragraphs if p.cell is not None and p.cell.table == number]
        for row in tables.rows(cells, self.context.date):
            if row.paragraph is None:
                continue
            text = row.paragraph.text
            after = item_of(text)[2]
            entry = Found(row.paragraph, after, len(text), row.names, row.coordinators, after, [], row.deadline, False, 0.88)
            entry.product, entry.item = row.product, row.item
            if not row.names:
                entry.inherited = next((f.general or f.names for f in reversed(self.frames) if f.general or f.names), list(self.context.addressees))
            self.found.append(entry)

    def _field_lines(self, content: str) -> bool:
        """Labelled fields under a task ("Cơ quan chủ trì: …") complete the task before them."""
        row = tables.fields(content, self.context.date)
        if row is None:
            return False
        if not self.found or (self.frames and self.frames[-1].names == row.names and row.names):
            return bool(row.names or row.deadline)
        task = self.found[-1]
        if row.names:
            task.names, task.inherited = row.names, []
        task.coordinators.extend(c for c in row.coordinators if c not in task.coordinators)
        task.deadline = task.deadline or row.deadline
        task.product = task.product or row.product
        return True


def find(paragraphs: Sequence[Paragraph], context: TaskContext) -> list[Found]:
    """The tasks of a letter's paragraphs, in order."""
    kind = (context.document_type or "công văn").lower()
    return Walker(landmarks.body(paragraphs, kind), context).run()
