"""The store's jobs: files waiting for extraction, claimed by workers, each done exactly once.

A worker claims a file and gets a lease. While it works its heart beats; a file whose heart stopped goes back into the
queue (:meth:`JobStore.requeue_stale`). Only the holder of the current lease can finish it, and finishing stores the
letter in the same transaction: a kill at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.errors import CongvanError
from models.letter import Extraction
from service.archive.database import reading, writing
from service.archive.errors import LeaseLost, NotFound
from service.archive.letters import put_extraction
from service.archive.records import Claim, Job, JobFile, Page, decode_cursor, encode_cursor, model_version, now
from service.archive.schema import files, job_files, jobs, letters

MAX_ATTEMPTS = 3
_DONE = ("done", "failed", "cancelled")


class JobStore:
    """Functions on jobs."""

    engine: Engine

    def create_job(
        self, inputs: Sequence[tuple[str, str | None]], *, kind: str = "extract", options: dict[str, Any] | None = None, idempotency_key: str | None = None,
        owner: str | None = None, reuse: bool = True,
    ) -> Job:
        """A job over files already added, given as ``(sha256, filename)``; the same file twice in one job is one.

        ``reuse``: files whose letter this model has read already are done at once. The same ``idempotency_key`` gives the
        job that it gave before. Raises NotFound for a file that was not added.
        """
        id = secrets.token_hex(12)
        try:
            with writing(self.engine) as connection:
                if idempotency_key is not None:
                    known = connection.execute(select(jobs.c.id).where(jobs.c.idempotency_key == idempotency_key)).scalar()
                    if known:
                        return _job(connection, known)
                connection.execute(insert(jobs).values(id=id, kind=kind, state="queued", options=json.dumps(options or {}), idempotency_key=idempotency_key, owner=owner, created_at=now()))
                for sha256, filename in dict(reversed(inputs)).items():
                    if connection.execute(select(files.c.sha256).where(files.c.sha256 == sha256)).first() is None:
                        raise NotFound(f"File {sha256} is not in the store", remedy="Add the file first (add_file).")
                    done = connection.execute(select(letters.c.id).where(letters.c.sha256 == sha256, letters.c.model_version == model_version())).scalar() if reuse else None
                    connection.execute(insert(job_files).values(job_id=id, sha256=sha256, filename=filename, state="done" if done else "queued", attempts=0, letter_id=done, finished_at=now() if done else None))
                _settle(connection, id)
                return _job(connection, id)
        except IntegrityError:
            with reading(self.engine) as connection:  # another process created the job of this key in between
                known = connection.execute(select(jobs.c.id).where(jobs.c.idempotency_key == idempotency_key)).scalar()
                if known is None:
                    raise
                return _job(connection, known)

    def claim_next(self, worker: str) -> Claim | None:
        """The next waiting file for ``worker``, oldest first; None when there is none. Two workers never get the same."""
        with writing(self.engine) as connection:
            row = connection.execute(select(job_files).where(job_files.c.state == "queued").order_by(job_files.c.id).limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            lease = secrets.token_hex(12)
            connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="running", worker=worker, lease=lease, heartbeat_at=now(), attempts=row.attempts + 1))
            connection.execute(update(jobs).where(jobs.c.id == row.job_id, jobs.c.state == "queued").values(state="running"))
            options = connection.execute(select(jobs.c.options).where(jobs.c.id == row.job_id)).scalar()
            return Claim(row.id, row.job_id, row.sha256, row.filename, row.attempts + 1, lease, json.loads(options or "{}"))

    def heartbeat(self, claim: Claim) -> bool:
        """Say that the worker lives; False when the file is no longer its own (cancelled, given to another): stop working."""
        with writing(self.engine) as connection:
            result = connection.execute(update(job_files).where(*_held(claim)).values(heartbeat_at=now()))
            return result.rowcount == 1

    def finish(self, claim: Claim, extraction: Extraction | dict[str, Any]) -> str:
        """Store the letter and mark the file done, in one transaction; returns the letter's id. Raises LeaseLost."""
        data = extraction.to_dict() if isinstance(extraction, Extraction) else extraction
        with writing(self.engine) as connection:
            if connection.execute(update(job_files).where(*_held(claim)).values(state="done", lease=None, finished_at=now())).rowcount != 1:
                raise LeaseLost("The file was given to another worker, finished or cancelled", remedy="Drop this result; nothing is lost.")
            id = put_extraction(connection, claim.sha256, data, filename=claim.filename, model=model_version())
            connection.execute(update(job_files).where(job_files.c.id == claim.file_id).values(letter_id=id))
            _settle(connection, claim.job_id)
            return id

    def fail(self, claim: Claim, error: dict[str, Any] | CongvanError) -> None:
        """Mark the file failed with its cause. Raises LeaseLost."""
        cause = error.as_dict() if isinstance(error, CongvanError) else error
        with writing(self.engine) as connection:
            values = {"state": "failed", "lease": None, "error": json.dumps(cause, ensure_ascii=False), "finished_at": now()}
            if connection.execute(update(job_files).where(*_held(claim)).values(**values)).rowcount != 1:
                raise LeaseLost("The file was given to another worker, finished or cancelled", remedy="Drop this result; nothing is lost.")
            _settle(connection, claim.job_id)

    def release(self, claim: Claim) -> None:
        """Give a file back unharmed (the service is stopping); the attempt does not count."""
        with writing(self.engine) as connection:
            connection.execute(update(job_files).where(*_held(claim)).values(state="queued", lease=None, worker=None, attempts=job_files.c.attempts - 1))

    def requeue_stale(self, max_age_seconds: float = 60.0, *, worker: str | None = None) -> int:
        """Put files whose worker fell silent back into the queue; after three attempts they fail. Returns how many.

        With ``worker`` (a name's beginning) the files of that worker are taken back whatever their age: at a service's start.
        """
        limit = (datetime.now(UTC) - timedelta(seconds=max_age_seconds)).isoformat(timespec="microseconds")
        with writing(self.engine) as connection:
            query = select(job_files).where(job_files.c.state == "running")
            query = query.where(job_files.c.worker.startswith(worker, autoescape=True)) if worker is not None else query.where(job_files.c.heartbeat_at <= limit)
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                if row.attempts >= MAX_ATTEMPTS:
                    error = {"code": "worker_died", "message": f"Reading this file ended its worker {row.attempts} times", "remedy": "Print it to a new PDF and send that; please report the file."}
                    connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="failed", lease=None, error=json.dumps(error), finished_at=now()))
                    _settle(connection, row.job_id)
                else:
                    connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="queued", lease=None, worker=None))
            return len(rows)

    def cancel_job(self, id: str) -> Job:
        """Cancel what is not done. Raises NotFound."""
        with writing(self.engine) as connection:
            _job(connection, id)
            connection.execute(update(job_files).where(job_files.c.job_id == id, job_files.c.state.in_(("queued", "running"))).values(state="cancelled", lease=None, finished_at=now()))
            _settle(connection, id)
            return _job(connection, id)

    def retry_job(self, id: str) -> Job:
        """Queue the failed and cancelled files of a job again. Raises NotFound."""
        with writing(self.engine) as connection:
            _job(connection, id)
            changed = connection.execute(update(job_files).where(job_files.c.job_id == id, job_files.c.state.in_(("failed", "cancelled")))
                                         .values(state="queued", attempts=0, error=None, finished_at=None)).rowcount
            if changed:
                connection.execute(update(jobs).where(jobs.c.id == id).values(state="running", finished_at=None))
            return _job(connection, id)

    def get_job(self, id: str) -> Job:
        """A job with the counts of its files by state. Raises NotFound."""
        with reading(self.engine) as connection:
            return _job(connection, id)

    def list_job_files(self, id: str, *, state: str | None = None, cursor: str | None = None, limit: int = 200) -> Page:
        """The files of a job in the order given, with their errors and letters."""
        query = select(job_files).where(job_files.c.job_id == id).order_by(job_files.c.id).limit(limit + 1)
        if state:
            query = query.where(job_files.c.state == state)
        if cursor:
            query = query.where(job_files.c.id > decode_cursor(cursor, int)[0])
        with reading(self.engine) as connection:
            _job(connection, id)
            rows = connection.execute(query).all()
        items = [JobFile(r.id, r.sha256, r.filename, r.state, r.attempts, r.letter_id, json.loads(r.error) if r.error else None) for r in rows[:limit]]
        return Page(items, encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)

    def list_jobs(self, *, limit: int = 50) -> list[Job]:
        """The newest jobs first."""
        with reading(self.engine) as connection:
            ids = connection.execute(select(jobs.c.id).order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit)).scalars().all()
            return [_job(connection, id) for id in ids]

    def queue_length(self) -> int:
        """Files that wait: what back-pressure looks at."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(job_files).where(job_files.c.state == "queued")).scalar() or 0

    def queue_states(self) -> dict[str, int]:
        """How many files of jobs are in which state."""
        with reading(self.engine) as connection:
            return {row[0]: row[1] for row in connection.execute(select(job_files.c.state, func.count()).group_by(job_files.c.state))}


def _held(claim: Claim) -> tuple[Any, ...]:
    return job_files.c.id == claim.file_id, job_files.c.lease == claim.lease, job_files.c.state == "running"


def _settle(connection: Connection, id: str) -> None:
    """A job whose files are all done, failed or cancelled is over."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(jobs.c.id).where(jobs.c.id == id).with_for_update())  # two last files at once: one must see the other
    counts = _counts(connection, id)
    if sum(n for state, n in counts.items() if state not in _DONE) == 0:
        over = "cancelled" if counts.get("cancelled") and not counts.get("done") and not counts.get("failed") else "done"
        connection.execute(update(jobs).where(jobs.c.id == id, jobs.c.finished_at.is_(None)).values(state=over, finished_at=now()))


def _counts(connection: Connection, id: str) -> dict[str, int]:
    rows = connection.execute(select(job_files.c.state, func.count()).where(job_files.c.job_id == id).group_by(job_files.c.state))
    return {row[0]: row[1] for row in rows}


def _job(connection: Connection, id: str) -> Job:
    row = connection.execute(select(jobs).where(jobs.c.id == id)).first()
    if row is None:
        raise NotFound(f"No job {id}", remedy="Check the id that the 202 answer gave.")
    return Job(row.id, row.kind, row.state, json.loads(row.options), row.owner, row.created_at, row.finished_at, _counts(connection, id))
