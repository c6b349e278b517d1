"""Jobs: how far they are, what failed and why; cancel, retry, delete."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from service.api.deps import Reader, RunnerDep, StoreDep, Writer, failures
from service.api.models import Cause, JobFileOut, JobList, JobOut, JobWithFiles, Progress
from service.archive.records import Job
from service.archive.store import Store

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
JobId = Annotated[str, Path(pattern="^[0-9a-f]{24}$", description="The id that the 202 answer gave.", examples=["9b1deb4d3b7d4bad9bdd2b0d"])]
Cursor = Annotated[str | None, Query(max_length=500, description="next_cursor of the answer before.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Size of the page; more is an error.")]
FileState = Literal["queued", "running", "done", "failed", "cancelled"]


def job_out(job: Job) -> JobOut:
    """A job as the API shows it."""
    return JobOut(**_fields(job))


def job_with_files(store: Store, id: str, *, state: str | None = None, cursor: str | None = None, limit: int = 100) -> JobWithFiles:
    """A job with a page of its files. Raises NotFound."""
    job = store.get_job(id)
    page = store.list_job_files(id, state=state, cursor=cursor, limit=limit)
    files = [JobFileOut(id=f.id, sha256=f.sha256, filename=f.filename, state=f.state, attempts=f.attempts, letter_id=f.letter_id,
                        error=Cause(**f.error) if f.error else None) for f in page.items]
    return JobWithFiles(**_fields(job), files=files, next_cursor=page.next_cursor)


@router.get("", summary="List jobs, newest first", responses=failures(400))
def list_jobs(who: Reader, store: StoreDep, state: Literal["queued", "running", "done", "cancelled"] | None = None, cursor: Cursor = None, limit: Limit = 50) -> JobList:
    """Jobs of all callers."""
    page = store.list_jobs(state=state, cursor=cursor, limit=limit)
    return JobList(items=[job_out(job) for job in page.items], next_cursor=page.next_cursor)


@router.get("/{id}", summary="State, progress and errors of a job", responses=failures(400, 404))
def get_job(who: Reader, store: StoreDep, id: JobId, state: FileState | None = None, cursor: Cursor = None, limit: Limit = 100) -> JobWithFiles:
    """The job and a page of its files, all or those of a state."""
    return job_with_files(store, id, state=state, cursor=cursor, limit=limit)


@router.post("/{id}/cancel", summary="Cancel what is not done", responses=failures(404))
def cancel_job(who: Writer, store: StoreDep, id: JobId) -> JobWithFiles:
    """Files that wait or are being read are given up; letters that are read stay."""
    store.cancel_job(id)
    return job_with_files(store, id)


@router.post("/{id}/retry", summary="Read failed and cancelled files again", responses=failures(404))
def retry_job(who: Writer, store: StoreDep, runner: RunnerDep, id: JobId) -> JobWithFiles:
    """Files whose bytes are gone stay as they are."""
    store.retry_job(id)
    runner.wake()
    return job_with_files(store, id)


@router.delete("/{id}", status_code=204, summary="Delete a job that is over", responses=failures(404, 409))
def delete_job(who: Writer, store: StoreDep, id: JobId) -> Response:
    """Its letters stay; files that no letter came of are deleted for good."""
    for sha256 in store.delete_job(id):
        with contextlib.suppress(FileNotFoundError):
            store.drop_unread(sha256)
    return Response(status_code=204)


def _fields(job: Job) -> dict[str, Any]:
    return {"id": job.id, "state": job.state, "owner": job.owner, "created_at": job.created_at, "finished_at": job.finished_at,
            "progress": Progress(total=sum(job.counts.values()), **job.counts)}
