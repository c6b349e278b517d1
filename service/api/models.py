"""What the API takes and answers, each model with an example."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api import examples


def _example(*shown: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(shown)}, from_attributes=True)


class Status(BaseModel):
    """The process answers, or takes letters."""

    model_config = _example({"status": "ok"})

    status: Literal["ok"]


class Cause(BaseModel):
    """Why a file was not read."""

    code: str
    message: str
    remedy: str | None = None


class JobFileOut(BaseModel):
    """A file of a job; ``letter_id`` once it is read, ``error`` when it cannot be."""

    model_config = _example(examples.JOB_FILE, examples.BAD_FILE)

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

    model_config = _example(examples.JOB)

    id: str
    state: Literal["queued", "running", "done", "cancelled"]
    owner: str | None
    created_at: str
    finished_at: str | None
    progress: Progress


class JobWithFiles(JobOut):
    """A job and one page of its files; ``next_cursor`` is null on the last."""

    model_config = _example({**examples.JOB, "files": [examples.JOB_FILE, examples.BAD_FILE], "next_cursor": None})

    files: list[JobFileOut]
    next_cursor: str | None


class JobList(BaseModel):
    """One page of jobs, newest first."""

    model_config = _example({"items": [examples.JOB], "next_cursor": None})

    items: list[JobOut]
    next_cursor: str | None = Field(description="For the next page; null at the end.")
