"""The tasks of all letters: who must do what by when, and how far it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from models.letter import TaskType
from service.api.deps import Day, Reader, StoreDep, Writer, failures
from service.api.jobs import Cursor, Limit
from service.api.letters import LetterId
from service.api.models import TaskChange, TaskList, TaskOut, TaskStatus, TaskUpdate, TaskWithHistory
from service.archive.records import TaskRecord
from service.archive.store import Store, TaskFilters

router = APIRouter(tags=["tasks"])
TaskId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}-[0-9a-f]{10}(-[0-9]{1,4})?$", description="Id of a task.", examples=["5f0c6bb36a0d2f0f9f6c1d7e-a1b2c3d4e5"])]
Name = Annotated[str | None, Query(max_length=300, description="Part of a name.")]


@router.get("/v1/tasks", summary="List tasks", responses=failures())
def list_tasks(
    who: Reader, store: StoreDep, status: TaskStatus | None = None, type: TaskType | None = None, assignee: Name = None, owner: Annotated[str | None, Query(max_length=300)] = None,
    due_after: Annotated[Day | None, Query(description="Due on this day or later.")] = None, due_before: Annotated[Day | None, Query(description="Due on this day or earlier.")] = None,
    cursor: Cursor = None, limit: Limit = 50,
) -> TaskList:
    """Tasks by deadline; those without one come last."""
    return _page(store, TaskFilters(status=status, type=type.value if type else None, assignee=assignee, owner=owner, due_from=due_after, due_to=due_before), cursor, limit)


@router.get("/v1/letters/{id}/tasks", summary="Tasks of a letter", responses=failures(404))
def letter_tasks(who: Reader, store: StoreDep, id: LetterId, cursor: Cursor = None, limit: Limit = 200) -> TaskList:
    """The letter's tasks with their states."""
    store.get_letter(id)
    return _page(store, TaskFilters(letter_id=id), cursor, limit)


@router.get("/v1/tasks/{id}", summary="One task with its history", responses=failures(404))
def get_task(who: Reader, store: StoreDep, id: TaskId) -> TaskWithHistory:
    """Who changed its state when, and why."""
    return _with_history(store, store.get_task(id))


@router.patch("/v1/tasks/{id}", summary="Change the state of a task", responses=failures(404))
def update_task(who: Writer, store: StoreDep, id: TaskId, body: TaskUpdate) -> TaskWithHistory:
    """The change goes into the task's history."""
    return _with_history(store, store.set_task_status(id, body.status, body.who or who.name, note=body.note, owner=body.owner))


def _page(store: Store, filters: TaskFilters, cursor: str | None, limit: int) -> TaskList:
    page = store.tasks(filters, cursor=cursor, limit=limit)
    return TaskList(items=[TaskOut.model_validate(item, from_attributes=True) for item in page.items], next_cursor=page.next_cursor)


def _with_history(store: Store, task: TaskRecord) -> TaskWithHistory:
    return TaskWithHistory(**task.as_dict(), history=[TaskChange(**change) for change in store.task_history(task.id)])
