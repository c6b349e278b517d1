"""The store's tasks: lists by state and deadline, and their history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, func, insert, or_, select, update

from service.archive.database import reading, writing
from service.archive.errors import InvalidFilter, NotFound
from service.archive.letters import check_limit, record_change
from service.archive.records import Page, TaskRecord, decode_cursor, encode_cursor, now
from service.archive.schema import letters, task_history, tasks

STATUSES = ("open", "in_progress", "done", "cancelled")
_NO_DEADLINE = "9999-99-99"


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """Which tasks; dates are ISO 8601 and inclusive; ``assignee`` matches anywhere in a name."""

    status: str | None = None
    letter_id: str | None = None
    due_from: str | None = None
    due_to: str | None = None
    type: str | None = None
    assignee: str | None = None
    owner: str | None = None


class TaskStore:
    """Functions on tasks."""

    engine: Engine

    def tasks(self, filters: TaskFilters | None = None, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Tasks by deadline, those without one last. Raises InvalidFilter and InvalidCursor."""
        f = filters or TaskFilters()
        check_limit(limit)
        if f.status is not None:
            _check(f.status)
        due = func.coalesce(tasks.c.deadline, _NO_DEADLINE)
        query = select(tasks, letters.c.identifier, letters.c.issuer, due.label("_due")).join(letters, letters.c.id == tasks.c.letter_id)
        for name in ("status", "letter_id", "owner"):
            if (wanted := getattr(f, name)) is not None:
                query = query.where(tasks.c[name] == wanted)
        if f.due_from:
            query = query.where(tasks.c.deadline >= f.due_from)
        if f.due_to:
            query = query.where(tasks.c.deadline <= f.due_to)
        if f.type:
            query = query.where(tasks.c.types.contains(json.dumps(f.type), autoescape=True))
        if f.assignee:
            query = query.where(tasks.c.assignees.contains(f.assignee, autoescape=True))
        if cursor is not None:
            key, position, last = decode_cursor(cursor, str, int, str)
            query = query.where(or_(due > key, and_(due == key, or_(tasks.c.position > position, and_(tasks.c.position == position, tasks.c.id > last)))))
        query = query.order_by(due, tasks.c.position, tasks.c.id).limit(limit + 1)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        page = rows[:limit]
        return Page([_record(row) for row in page], encode_cursor(page[-1]._due, page[-1].position, page[-1].id) if len(rows) > limit else None)

    def set_task_status(self, id: str, status: str, who: str, *, note: str | None = None, owner: str | None = None) -> TaskRecord:
        """Change the state of a task; who, when and the note go into its history. Raises NotFound and InvalidFilter."""
        _check(status)
        with writing(self.engine) as connection:
            row = connection.execute(select(tasks).where(tasks.c.id == id).with_for_update()).first()
            if row is None:
                raise NotFound(f"No task {id}", remedy="List the tasks anew.")
            moment = now()
            connection.execute(insert(task_history).values(task_id=id, at=moment, who=who, status_before=row.status, status_after=status, note=note))
            connection.execute(update(tasks).where(tasks.c.id == id).values(status=status, owner=owner if owner is not None else row.owner, updated_at=moment))
            record_change(connection, row.letter_id, "upsert")
        return self.get_task(id)

    def get_task(self, id: str) -> TaskRecord:
        """One task. Raises NotFound."""
        query = select(tasks, letters.c.identifier, letters.c.issuer).join(letters, letters.c.id == tasks.c.letter_id).where(tasks.c.id == id)
        with reading(self.engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(f"No task {id}", remedy="List the tasks anew.")
        return _record(row)

    def task_history(self, id: str) -> list[dict[str, Any]]:
        """The changes of a task's state, oldest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(task_history).where(task_history.c.task_id == id).order_by(task_history.c.id)).all()
        return [{k: v for k, v in row._mapping.items() if k not in ("id", "task_id")} for row in rows]


def _record(row: Any) -> TaskRecord:
    return TaskRecord(
        id=row.id, letter_id=row.letter_id, task=row.task, item=row.item, text=row.text, assignees=json.loads(row.assignees), types=json.loads(row.types),
        deadline=row.deadline, deadline_text=row.deadline_text, status=row.status, owner=row.owner, updated_at=row.updated_at, identifier=row.identifier, issuer=row.issuer)


def _check(status: str) -> None:
    if status not in STATUSES:
        raise InvalidFilter(f"{status!r} is no state of a task", remedy=f"Use one of {', '.join(STATUSES)}.")
