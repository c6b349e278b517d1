"""What keeps the service running asks: is it alive, is it ready, what are its figures."""

from __future__ import annotations

import shutil
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import Response

from service import problems
from service.api.deps import Reader, RunnerDep, SettingsDep, StoreDep, WorkersDep, failures
from service.api.models import Stats, Status
from service.archive.database import reading
from service.metrics import MEDIA_TYPE

router = APIRouter(tags=["system"])
_NO_KEY: dict[str, Any] = {"security": []}


@router.get("/livez", summary="The process answers", openapi_extra=_NO_KEY)
async def live() -> Status:
    """Always 200 while the process runs; asks for no key."""
    return Status(status="ok")


@router.get("/readyz", summary="Letters are taken", responses=problems.documented(503), openapi_extra=_NO_KEY)
def ready(store: StoreDep, workers: WorkersDep, runner: RunnerDep, settings: SettingsDep) -> Status:
    """200 when database, reading processes and disk are as they must be, else 503 with what is wrong; asks for no key."""
    if not workers.ready:
        raise problems.error("not_ready", "The reading processes are not running yet.", "Wait a moment; start the service again if it lasts.", 503, retryable=True)
    if not runner.alive:
        raise problems.error("not_ready", "The queue has stopped.", "Start the service again.", 503, retryable=True)
    try:
        with reading(store.engine) as connection:
            connection.execute(text("SELECT 1"))
    except Exception as error:
        raise problems.error("not_ready", "The database does not answer.", "See that it runs and that CONGVAN_DATABASE_URL is right.", 503, retryable=True) from error
    free = shutil.disk_usage(store.directory).free
    if free < settings.min_free_bytes:
        raise problems.error("not_ready", f"Only {free:,} bytes are free in the data folder.", "Free some space, or lower CONGVAN_MIN_FREE_BYTES.", 503, retryable=True)
    return Status(status="ok")


@router.get("/v1/stats", summary="Counts over the archive", responses=failures())
def stats(who: Reader, store: StoreDep) -> Stats:
    """Letters by type, year and issuer; tasks by state; files of the queue by state."""
    return Stats(**store.stats())


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response,
            responses={200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": 'congvan_queue_files{state="queued"} 0.0\n'}}}, **failures(503)})
def metrics(who: Reader, request: Request, store: StoreDep, workers: WorkersDep) -> Response:
    """Requests, times, the queue, the reading processes and the disk; nothing of any letter."""
    figures = request.app.state.metrics
    figures.queue.clear()
    for state, count in store.queue_states().items():
        figures.queue.labels(state).set(count)
    figures.workers.set(workers.under_way)
    figures.died.set(workers.died)
    figures.disk.set(shutil.disk_usage(store.directory).free)
    return Response(figures.text(), media_type=MEDIA_TYPE)
