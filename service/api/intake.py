"""Letters taken into the archive: written to the disk as they arrive, accepted with 202, read by the queue."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from models.errors import CongvanError
from service import problems
from service.api.deps import RunnerDep, SettingsDep, StoreDep, Writer, failures
from service.api.extract import upload_body
from service.api.jobs import job_with_files
from service.api.models import JobWithFiles
from service.api.unzip import is_bundle, unpack
from service.api.uploads import Received, Uploads, receive
from service.archive.records import Job, JobInput
from service.archive.store import Store
from service.settings import Settings
from service.worker import Busy

router = APIRouter(tags=["letters"])
_ACCEPTED = {
    "Location": {"description": "The job.", "schema": {"type": "string"}}, "Retry-After": {"description": "Seconds after which to look again.", "schema": {"type": "integer"}},
    "Idempotent-Replayed": {"description": "true when this Idempotency-Key was answered before.", "schema": {"type": "string"}},
}


@router.post("/v1/letters", status_code=202, summary="Send letters to the archive",
             openapi_extra=upload_body("file", "Letters, or ZIP files of letters; the part may be repeated.", many=True),
             responses={202: {"headers": _ACCEPTED, "description": "Accepted: the files are on the disk and will be read."},
                        200: {"model": JobWithFiles, "headers": _ACCEPTED, "description": "All files are read already, or were within `wait`."}, **failures(408, 413, 415, 503)})
async def send_letters(
    who: Writer, request: Request, response: Response, settings: SettingsDep, store: StoreDep, runner: RunnerDep,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the result before answering 202.")] = 0,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200, description="The same key with the same files gives the same job.")] = None,
) -> JobWithFiles:
    """One or many files, or ZIP files, become one job. A file that the archive has read already (same SHA-256) is not read again."""
    _room(request, store, settings)
    under_way: set[object] = request.app.state.uploads
    if len(under_way) >= settings.max_uploads:
        raise Busy("Too many uploads at the same time.", remedy="Try again after the time in Retry-After.")
    token = object()
    under_way.add(token)
    try:
        with Uploads(store.blobs.root / "incoming") as uploads:
            await receive(request, uploads, names=["file", "files"], max_bytes=settings.max_request_bytes, max_files=settings.max_files, seconds=settings.upload_seconds)
            job = await asyncio.to_thread(_accept, uploads, store, settings, idempotency_key, who.owner)
    finally:
        under_way.discard(token)
    runner.wake()
    if wait and job.finished_at is None:
        await runner.wait(job.id, wait)
    answer = await asyncio.to_thread(job_with_files, store, job.id)
    response.status_code = 200 if answer.finished_at else 202
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    if answer.finished_at is None:
        response.headers["Retry-After"] = "1"
    if job.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return answer


def _room(request: Request, store: Store, settings: Settings) -> None:
    """Raises Busy (503) before anything is taken in when the queue or the disk is full."""
    files, size = store.queue_load()
    if files >= settings.max_queue_files or size >= settings.max_queue_bytes:
        raise Busy(f"{files} files wait to be read.", remedy="Try again after the time in Retry-After.")
    length = request.headers.get("content-length", "0")
    coming = int(length) if length.isdigit() else 0
    if shutil.disk_usage(store.directory).free < settings.min_free_bytes + coming:
        raise problems.error("disk_full", "The disk of the archive is full.", "The administrator must free some space.", 503, retryable=True)


def _accept(uploads: Uploads, store: Store, settings: Settings, key: str | None, owner: str) -> Job:
    """The uploaded files, ZIPs unpacked, in the store and in a job; those that cannot be taken with their error."""
    refused: list[JobInput] = []
    sent = list(uploads.files)
    for file in sent:
        if file.path is None:
            continue
        if is_bundle(file.path):
            _unpack(file.path, uploads, settings, refused)
            uploads.files.remove(file)
            file.path.unlink(missing_ok=True)
        elif file.size > settings.max_upload_bytes:
            refused.append(JobInput(None, file.filename, file.size, {"code": "too_large", "message": f"The file is larger than {settings.max_upload_bytes:,} bytes.",
                                                                     "remedy": "Send the letter alone, or split the scan."}))
            uploads.files.remove(file)
            file.path.unlink(missing_ok=True)
    kept = [file for file in uploads.files if file.path is not None]
    inputs = [JobInput(file.sha256, file.filename, file.size) for file in kept]
    if not inputs and not refused:
        raise problems.error("no_file", "The ZIP holds no file.", "Put letters into it.", 422)
    parts = [(file.path, file.sha256, file.size) for file in kept if file.path is not None]
    return store.create_job(inputs + refused, idempotency_key=key, owner=owner, parts=parts)


def _unpack(path: Path, uploads: Uploads, settings: Settings, refused: list[JobInput]) -> None:
    def refuse(file: Received, error: CongvanError) -> None:
        refused.append(JobInput(None, file.filename, file.size, error.as_dict()))

    for file, error in unpack(path, uploads.folder, settings):
        if error is not None:
            refuse(file, error)
        else:
            uploads.files.append(file)
        if len(uploads.files) + len(refused) > settings.max_files + 1:
            raise problems.error("too_large", f"The request holds more than {settings.max_files} files.", "Send them in several requests.", 413)
