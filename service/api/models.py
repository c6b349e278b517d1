"""What the API takes and answers, each model with an example."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from models.letter import Extraction
from service.api import examples


def example(*shown: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(shown)}, from_attributes=True)


Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*$", max_length=300, strip_whitespace=True)]
"""A short text without control characters."""
Note = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=4000)]
TaskStatus = Literal["open", "in_progress", "done", "cancelled"]
CLOSED = ConfigDict(extra="forbid")


class Status(BaseModel):
    """The process answers, or takes letters."""

    model_config = example({"status": "ok"})

    status: Literal["ok"]


class Cause(BaseModel):
    """Why a file was not read."""

    code: str
    message: str
    remedy: str | None = None


class JobFileOut(BaseModel):
    """A file of a job; ``letter_id`` once it is read, ``error`` when it cannot be."""

    model_config = example(examples.JOB_FILE, examples.BAD_FILE)

    id: int
    sha256: str | None
    filename: str | None
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    attempts: int
    letter_id: str | None
    error: Cause | None


class Progress(BaseModel):
    """Files of a job by state."""

    total: int
    queued: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0


class JobOut(BaseModel):
    """A job. It is over when ``finished_at`` is set; it stays until it is deleted."""

    model_config = example(examples.JOB)

    id: str
    state: Literal["queued", "running", "done", "cancelled"]
    owner: str | None
    created_at: str
    finished_at: str | None
    progress: Progress


class JobWithFiles(JobOut):
    """A job and one page of its files; ``next_cursor`` is null on the last."""

    model_config = example({**examples.JOB, "files": [examples.JOB_FILE, examples.BAD_FILE], "next_cursor": None})

    files: list[JobFileOut]
    next_cursor: str | None


class JobList(BaseModel):
    """One page of jobs, newest first."""

    model_config = example({"items": [examples.JOB], "next_cursor": None})

    items: list[JobOut]
    next_cursor: str | None = Field(description="For the next page; null at the end.")


class LetterSummaryOut(BaseModel):
    """A letter in lists."""

    model_config = example(examples.SUMMARY)

    id: str
    sha256: str
    filename: str | None
    added_at: str
    updated_at: str
    generation: int = Field(description="Grows with every change.")
    model_version: str
    type_code: str | None
    document_type: str | None
    identifier: str | None
    date: str | None
    place: str | None
    issuer: str | None
    subject: str | None
    urgency: str | None
    secrecy: str | None
    signer: str | None
    page_count: int
    text_origin: str
    task_count: int


class LetterList(BaseModel):
    """One page of letters."""

    model_config = example({"items": [examples.SUMMARY], "next_cursor": examples.CURSOR}, {"items": [], "next_cursor": None})

    items: list[LetterSummaryOut]
    next_cursor: str | None = Field(description="For the next page; null at the end.")


class CorrectionOut(BaseModel):
    """A person's correction, the machine's value beside it. ``applied``: the newest extraction still has the item."""

    model_config = example(examples.CORRECTION)

    path: str
    value: JsonValue
    machine_value: JsonValue
    who: str
    at: str
    applied: bool


class ArchiveInfo(BaseModel):
    """What the archive knows besides the extraction."""

    id: str
    sha256: str
    filename: str | None
    added_at: str
    updated_at: str
    generation: int
    version: int = Field(description="Number of the extraction; grows when the letter is read by a newer model.")
    model_version: str
    corrections: list[CorrectionOut]


class LetterOut(Extraction):
    """The extraction with people's corrections in place, and what the archive knows of the letter in ``archive``."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LETTER]})

    archive: ArchiveInfo


class FieldCorrection(BaseModel):
    """One corrected field: ``subject``, ``signer.name``, ``addressees.0``, ``references.2.identifier``, ``tasks.1.deadline.date`` …"""

    model_config = CLOSED

    field: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    value: JsonValue = Field(description="Text; null empties a field or removes an item of a list.")


class Corrections(BaseModel):
    """Corrections that belong together: all are made, or none."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"corrections": [{"field": "subject", "value": "Rà soát trang thiết bị"}], "who": "chi.lan"}]})

    corrections: list[FieldCorrection] = Field(min_length=1, max_length=200)
    who: Line | None = Field(default=None, description="The person; without it the name of the key.")


class ReferenceOut(BaseModel):
    """A cited document and, where the archive holds it, its letter."""

    id: str
    type: str | None
    identifier: str | None
    date: str | None
    issuer: str | None
    title: str | None
    relation: str
    via: str | None
    confidence: float
    letter: LetterSummaryOut | None = Field(description="The cited letter, where the archive holds it.")


class ReferenceList(BaseModel):
    """The documents that a letter cites."""

    model_config = example({"items": [examples.REFERENCE]})

    items: list[ReferenceOut]


class CitingLetters(BaseModel):
    """The letters of the archive that cite a letter."""

    model_config = example({"items": [examples.SUMMARY]})

    items: list[LetterSummaryOut]


class SimilarLetter(BaseModel):
    """A near-duplicate."""

    letter_id: str
    similarity: float
    kind: str


class SimilarList(BaseModel):
    """Near-duplicates of a letter."""

    model_config = example({"items": [{"letter_id": examples.LETTER_ID, "similarity": 0.95, "kind": "near_duplicate"}]})

    items: list[SimilarLetter]


class GraphOut(BaseModel):
    """Documents and their relations around a letter; ``stored`` is false for what is only cited."""

    model_config = example(examples.GRAPH)

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


class TaskOut(BaseModel):
    """A task with its state."""

    model_config = example(examples.TASK)

    id: str
    letter_id: str
    task: str
    item: str | None
    text: str
    assignees: list[str]
    types: list[str]
    deadline: str | None
    deadline_text: str | None
    status: TaskStatus
    owner: str | None
    updated_at: str
    identifier: str | None
    issuer: str | None


class TaskList(BaseModel):
    """One page of tasks, by deadline; those without one come last."""

    model_config = example({"items": [examples.TASK], "next_cursor": None})

    items: list[TaskOut]
    next_cursor: str | None


class TaskChange(BaseModel):
    """A change of a task's state."""

    at: str
    who: str
    status_before: TaskStatus | None
    status_after: TaskStatus
    note: str | None


class TaskWithHistory(TaskOut):
    """A task and the changes of its state, oldest first."""

    model_config = example({**examples.TASK, "status": "done", "history": [{"at": examples.MOMENT, "who": "anh.ba", "status_before": "open", "status_after": "done", "note": "đã gửi"}]})

    history: list[TaskChange]


class TaskUpdate(BaseModel):
    """A new state of a task."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"status": "done", "note": "Đã gửi báo cáo", "who": "anh.ba"}]})

    status: TaskStatus
    note: Note | None = None
    owner: Line | None = Field(default=None, description="Who works on it.")
    who: Line | None = Field(default=None, description="Who changes the state; without it the name of the key.")


class Stats(BaseModel):
    """Counts over the archive."""

    model_config = example(examples.STATS)

    letters: int
    pages: int
    bytes: int
    near_duplicates: int
    quarantine: int
    by_type: dict[str, int]
    by_year: dict[str, int]
    by_issuer: dict[str, int]
    tasks: dict[str, int]
    queue: dict[str, int]
