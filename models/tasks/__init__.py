"""Tasks (nhiệm vụ): who must do what, by when, reporting to whom, of which type.

:func:`find_tasks` is the stage of the pipeline. It decides which paragraphs of the body direct work
(:mod:`~models.tasks.spans`, :mod:`~models.tasks.directing`), reads who acts (:mod:`~models.tasks.names`, :mod:`~models.tasks.directives`), by when
(:mod:`~models.tasks.deadlines`), to whom the result goes (:mod:`~models.tasks.reporting`) and of which type the work is
(:mod:`~models.tasks.types`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.letter import Assignee, Deadline, Reference, Segment, Span, Task, TaskType, TypeLabel, Warning_
from models.segmentation.items import Paragraph
from models.tasks import directing, types
from models.tasks.context import TaskContext
from models.tasks.deadlines import binding, due_date, find_deadlines
from models.tasks.found import Found
from models.tasks.paragraph import split_paragraphs
from models.tasks.periods import period_of
from models.tasks.reporting import deliverable, report_to
from models.tasks.types import RuleTypes, TypeClassifier

__all__ = [
    "Paragraph", "RuleTypes", "TaskContext", "TypeClassifier", "due_date", "find_deadlines", "find_tasks", "split_paragraphs", "task_warnings",
]  # fmt: skip


def find_tasks(
    text: str,
    *,
    segments: Sequence[Segment] = (),
    paragraphs: Sequence[Paragraph] = (),
    context: TaskContext | None = None,
    references: Sequence[Reference] = (),
    classifier: TypeClassifier | None = None,
) -> list[Task]:
    """The tasks that a letter gives, in reading order, with spans into ``text``.

    ``segments`` may be coarse: which paragraphs of the body are tasks is decided here. Without ``paragraphs`` they are
    split from the text. ``references`` are linked to the tasks that mention them. ``classifier`` labels the types;
    without one, or where it is silent, the rules do.
    """
    context = context or TaskContext()
    blocks = list(paragraphs) or split_paragraphs(text, segments)
    found = directing.find(blocks, context)
    learned = classifier.predict([f.paragraph.text[f.start : f.end] for f in found]) if classifier and found else [[] for _ in found]
    tasks: list[Task] = []
    for number, (entry, labels) in enumerate(zip(found, learned, strict=True), start=1):
        tasks.append(_task(text, number, entry, labels, context, references))
    return tasks


_CONFIRMS = re.compile(r"(?i)(?<!\w)(?:đăng ký|xác nhận|gửi|phản hồi|báo lại|thông báo lại)(?!\w)")
"""An invitation that also asks for a word by a day."""


def _task(
    text: str,
    number: int,
    entry: Found,
    learned: list[TypeLabel],
    context: TaskContext,
    references: Sequence[Reference],
) -> Task:
    paragraph = entry.paragraph
    raw = paragraph.text[entry.start : entry.end]
    trimmed = re.sub(r"[\s.;,:/]+$", "", raw)
    wording = trimmed.strip()
    span = locate(text, paragraph, entry.start, entry.start + len(trimmed))
    if entry.more is not None:
        extra = re.sub(r"[\s.;,:/]+$", "", entry.more.text).strip()
        wording = f"{wording} {extra}"
        span = (span[0], max(span[1], locate(text, entry.more, 0, len(extra))[1]))
    deadline: Deadline | None = None
    if entry.invitation and _CONFIRMS.search(raw):
        deadline = binding([d for d in find_deadlines(raw, context.date) if d.date and not d.text.lower().startswith("vào")])
    if not entry.invitation and not entry.request:
        deadline = binding(find_deadlines(raw, context.date)) or (period_of(raw, context.date) if entry.deadline is None else None)
        if deadline is not None and deadline.span is not None:
            offset = entry.start
            deadline = deadline.model_copy(
                update={"span": locate(text, paragraph, offset + deadline.span[0], offset + deadline.span[1])}
            )
        elif entry.deadline is not None:
            deadline = entry.deadline.model_copy(update={"span": None})
    duty = max(0, entry.duty - entry.start)
    if entry.invitation or entry.request:
        labels = [TypeLabel(label=TaskType.CU_NGUOI if entry.invitation else TaskType.GIAI_QUYET, confidence=0.9)]
    else:
        labels = types.labels(raw, duty)
    assignees = [Assignee(value=_clean(n), explicit=True) for n in entry.names] or [
        Assignee(value=_clean(n), explicit=False) for n in entry.inherited
    ]
    return Task(
        id=f"t{number}",
        item=_item(entry.item or paragraph.item),
        text=wording,
        span=span,
        page=None,  # the pipeline places it, with its box
        assignees=assignees,
        coordinators=[Assignee(value=_clean(n), explicit=True) for n in entry.coordinators],
        deadline=deadline,
        report_to=report_to(raw[duty:]),
        deliverable=entry.product or deliverable(raw[duty:]),
        types=labels if entry.invitation or entry.request else types.blend(labels, learned),
        references=[r.id for r in references if any(m.span and m.span[0] < span[1] and m.span[1] > span[0] for m in r.mentions)],
        confidence=entry.confidence,
    )


def _item(mark: str | None) -> str | None:
    return re.sub(r"[\s.,):/]+$", "", mark) or None if mark else None


def _clean(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip(" ,;:")


def locate(text: str, paragraph: Paragraph, start: int, end: int) -> Span:
    """Offsets in the letter of ``paragraph.text[start:end]``: the same words, whatever the line breaks between them."""
    first, last = paragraph.span
    position = first
    found_start: int | None = None
    found_end = first
    for index, char in enumerate(paragraph.text[:end]):
        if char.isspace():
            continue
        at = text.find(char, position, min(last, position + 400))
        if at < 0:
            continue
        if index >= start and found_start is None:
            found_start = at
        position = at + 1
        found_end = position
    return (found_start if found_start is not None else first, max(found_end, found_start or first))


def task_warnings(tasks: Sequence[Task], context: TaskContext | None = None) -> list[Warning_]:
    """What a reader should know of the deadlines: those before the letter itself."""
    warnings: list[Warning_] = []
    letter = context.date if context else None
    for task in tasks:
        if letter and task.deadline and task.deadline.date and task.deadline.date < letter:
            warnings.append(
                Warning_(
                    code="deadline_before_letter",
                    message=f"Nhiệm vụ {task.id} có hạn {task.deadline.date}, trước ngày của chính văn bản ({letter}).",
                    page=task.page,
                )
            )
    return warnings
