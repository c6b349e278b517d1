"""The store's jobs: files waiting for extraction, claimed by workers, each done exactly once.

A worker claims a file and gets a lease. While it works its heart beats; a file whose heart stopped goes back into the
queue (:meth:`JobStore.requeue_stale`). Only the holder of the current lease can finish it, and finishing stores the
letter in the same transaction: a kill at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from models.errors import CongvanError
from models.letter import Extraction
from service.archive.blobs import Blobs
from service.archive.database import lock_changes, reading, writing
from service.archive.errors import Conflict, KeyReused, LeaseLost, NotFound
from service.archive.filestore import adopt
from service.archive.hookstore import emit
from service.archive.letters import check_limit, put_extraction
from service.archive.records import (
    Claim,
    Job,
    JobFile,
    JobInput,
    Page,
    decode_cursor,
    decode_number,
    encode_cursor,
    model_version,
    now,
)
from service.archive.schema import files, job_files, jobs, letters

MAX_ATTEMPTS = 3
_DONE = ("done", "failed", "cancelled")


class JobStore:
    """Functions on jobs."""

    engine: Engine
    blobs: Blobs

    def create_job(
        self, inputs: Sequence[tuple[str, str | None] | JobInput], *, kind: str = "extract", options: dict[str, Any] | None = None, idempotency_key: str | None = None,
        owner: str | None = None, reuse: bool = True, parts: Sequence[tuple[Path, str, int]] = (),
    ) -> Job:
        """A job over files already added, given as ``(sha256, filename)``; the same file twice in one job is one.

        ``parts`` are files still to be added, as in :meth:`~service.archive.filestore.FileStore.adopt_files`, in the same transaction.

        ``reuse``: files whose letter this model has read already are done at once. The same ``idempotency_key`` of the same
        ``owner`` gives the job that it gave before (``replayed``). Raises NotFound for a file that was not added, and
        KeyReused when the key came with other files.
        """
        id = secrets.token_hex(12)
        given = [i if isinstance(i, JobInput) else JobInput(*i) for i in inputs]
        asked = json.dumps([kind, options, sorted({i.sha256 or "" for i in given})])
        fingerprint = hashlib.sha256(asked.encode()).hexdigest()
        key = hashlib.sha256(json.dumps([owner, idempotency_key]).encode()).hexdigest() if idempotency_key is not None else None
        for part, _, _ in parts:
            self.blobs.sync(part)
        try:
            with writing(self.engine) as connection:
                if key is not None and (known := _by_key(connection, key, fingerprint)) is not None:
                    return known
                adopt(connection, self.blobs, parts)
                connection.execute(insert(jobs).values(
                    id=id, kind=kind, state="queued", options=json.dumps(options or {}), idempotency_key=key, fingerprint=fingerprint, owner=owner, created_at=now()))
                connection.execute(insert(job_files), _rows(connection, id, given, reuse))
                settle(connection, id)
                return _job(connection, id)
        except IntegrityError:
            with reading(self.engine) as connection:  # another process created the job of this key in between
                known = _by_key(connection, key, fingerprint) if key is not None else None
                if known is None:
                    raise
                return known

    def claim_next(self, worker: str) -> Claim | None:
        """The next waiting file for ``worker``, oldest first; None when there is none. Two workers never get the same."""
        claims = self.claim_many(worker, 1)
        return claims[0] if claims else None

    def claim_many(self, worker: str, count: int) -> list[Claim]:
        """Up to ``count`` waiting files for ``worker`` in one transaction, oldest first."""
        with writing(self.engine) as connection:
            rows = connection.execute(
                select(job_files, jobs.c.options).join(jobs, jobs.c.id == job_files.c.job_id).where(job_files.c.state == "queued")
                .order_by(job_files.c.id).limit(count).with_for_update(skip_locked=True, of=job_files)).all()
            claims = []
            for row in rows:
                lease = secrets.token_hex(12)
                connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="running", worker=worker, lease=lease, heartbeat_at=now(), attempts=row.attempts + 1))
                claims.append(Claim(row.id, row.job_id, row.sha256, row.filename, row.attempts + 1, lease, json.loads(row.options or "{}")))
            for job in {row.job_id for row in rows}:
                connection.execute(update(jobs).where(jobs.c.id == job, jobs.c.state == "queued").values(state="running"))
            return claims

    def heartbeat(self, claim: Claim) -> bool:
        """Say that the worker lives; False when the file is no longer its own (cancelled, given to another): stop working."""
        return not self.heartbeats([claim])

    def heartbeats(self, claims: Sequence[Claim]) -> list[Claim]:
        """Say that the workers of all ``claims`` live; returns those that are no longer theirs."""
        if not claims:
            return []
        with writing(self.engine) as connection:
            return [claim for claim in claims if connection.execute(update(job_files).where(*_held(claim)).values(heartbeat_at=now())).rowcount != 1]

    def finish(self, claim: Claim, extraction: Extraction | dict[str, Any]) -> str:
        """Store the letter and mark the file done, in one transaction; returns the letter's id. Raises LeaseLost."""
        data = extraction.to_dict() if isinstance(extraction, Extraction) else extraction
        [id] = self.finish_many([(claim, data)])
        if id is None:
            raise LeaseLost("The file was given to another worker, finished or cancelled", remedy="Drop this result; nothing is lost.")
        return id

    def finish_many(self, results: Sequence[tuple[Claim, dict[str, Any]]]) -> list[str | None]:
        """As :meth:`finish` for several files in one transaction: each one's letter, or None where its lease was lost."""
        ids: list[str | None] = []
        with writing(self.engine) as connection:
            lock_changes(connection)  # first of all locks, so that two services never wait for each other
            for claim, data in results:
                if connection.execute(update(job_files).where(*_held(claim)).values(state="done", lease=None, error=None, finished_at=now())).rowcount != 1:
                    ids.append(None)
                    continue
                id = put_extraction(connection, claim.sha256, data, filename=claim.filename, model=model_version())
                connection.execute(update(job_files).where(job_files.c.id == claim.file_id).values(letter_id=id))
                ids.append(id)
            for job in sorted({claim.job_id for (claim, _), id in zip(results, ids, strict=True) if id is not None}):
                settle(connection, job)
        return ids

    def fail(self, claim: Claim, error: dict[str, Any] | CongvanError, *, again: bool = False) -> None:
        """Mark the file failed with its cause; ``again`` queues it once more while attempts are left. Raises LeaseLost."""
        cause = error.as_dict() if isinstance(error, CongvanError) else error
        retry = again and claim.attempts < MAX_ATTEMPTS
        with writing(self.engine) as connection:
            lock_changes(connection)
            values: dict[str, Any] = {"state": "queued" if retry else "failed", "lease": None, "error": json.dumps(cause, ensure_ascii=False), "finished_at": None if retry else now()}
            if connection.execute(update(job_files).where(*_held(claim)).values(**values)).rowcount != 1:
                raise LeaseLost("The file was given to another worker, finished or cancelled", remedy="Drop this result; nothing is lost.")
            if not retry:
                settle(connection, claim.job_id)

    def release(self, claim: Claim) -> None:
        """Give a file back unharmed (the service is stopping); the attempt does not count."""
        with writing(self.engine) as connection:
            connection.execute(update(job_files).where(*_held(claim)).values(state="queued", lease=None, worker=None, attempts=job_files.c.attempts - 1))

    def requeue_stale(self, max_age_seconds: float = 60.0, *, worker: str | None = None) -> int:
        """Put files whose worker fell silent back into the queue; after three attempts they fail. Returns how many.

        With ``worker`` (a name's beginning) the files of that worker are taken back whatever their age: at a service's start.
        That costs them no attempt: files are read in processes of their own, so it was not they that ended the service.
        """
        limit = (datetime.now(UTC) - timedelta(seconds=max_age_seconds)).isoformat(timespec="microseconds")
        with writing(self.engine) as connection:
            query = select(job_files).where(job_files.c.state == "running")
            query = query.where(job_files.c.worker.startswith(worker, autoescape=True)) if worker is not None else query.where(job_files.c.heartbeat_at <= limit)
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                if worker is not None:
                    connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="queued", lease=None, worker=None, attempts=max(0, row.attempts - 1)))
                elif row.attempts >= MAX_ATTEMPTS:
                    error = {"code": "worker_died", "message": f"Reading this file ended its worker {row.attempts} times", "remedy": "Print it to a new PDF and send that; please report the file."}
                    connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="failed", lease=None, error=json.dumps(error), finished_at=now()))
                    settle(connection, row.job_id)
                else:
                    connection.execute(update(job_files).where(job_files.c.id == row.id).values(state="queued", lease=None, worker=None))
            return len(rows)

    def cancel_job(self, id: str) -> Job:
        """Cancel what is not done. Raises NotFound."""
        with writing(self.engine) as connection:
            _job(connection, id)
            connection.execute(update(job_files).where(job_files.c.job_id == id, job_files.c.state.in_(("queued", "running"))).values(state="cancelled", lease=None, finished_at=now()))
            settle(connection, id)
            return _job(connection, id)

    def retry_job(self, id: str) -> Job:
        """Queue the failed and cancelled files of a job again, those whose bytes are still here. Raises NotFound."""
        with writing(self.engine) as connection:
            _job(connection, id)
            changed = connection.execute(update(job_files).where(
                job_files.c.job_id == id, job_files.c.state.in_(("failed", "cancelled")), job_files.c.sha256.in_(select(files.c.sha256)),
            ).values(state="queued", attempts=0, error=None, finished_at=None)).rowcount
            if changed:
                connection.execute(update(jobs).where(jobs.c.id == id).values(state="running", finished_at=None))
            return _job(connection, id)

    def delete_job(self, id: str) -> list[str]:
        """Remove a job that is over; returns the SHA-256 of files no letter came of. Raises NotFound, and Conflict while it works."""
        with writing(self.engine) as connection:
            job = _job(connection, id)
            if job.finished_at is None:
                raise Conflict("The job is not over", remedy="Cancel it first, or wait.")
            unread = connection.execute(select(job_files.c.sha256).where(job_files.c.job_id == id, job_files.c.letter_id.is_(None), job_files.c.sha256.is_not(None))).scalars().all()
            connection.execute(delete(jobs).where(jobs.c.id == id))
            return [sha256 for sha256 in unread if sha256]

    def get_job(self, id: str) -> Job:
        """A job with the counts of its files by state. Raises NotFound."""
        with reading(self.engine) as connection:
            return _job(connection, id)

    def list_job_files(self, id: str, *, state: str | None = None, cursor: str | None = None, limit: int = 200) -> Page:
        """The files of a job in the order given, with their errors and letters. Raises NotFound, InvalidCursor, InvalidFilter."""
        check_limit(limit)
        query = select(job_files).where(job_files.c.job_id == id).order_by(job_files.c.id).limit(limit + 1)
        if state:
            query = query.where(job_files.c.state == state)
        if cursor:
            query = query.where(job_files.c.id > decode_number(cursor))
        with reading(self.engine) as connection:
            _job(connection, id)
            rows = connection.execute(query).all()
        items = [JobFile(r.id, r.sha256, r.filename, r.state, r.attempts, r.letter_id, json.loads(r.error) if r.error else None) for r in rows[:limit]]
        return Page(items, encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)

    def list_jobs(self, *, state: str | None = None, cursor: str | None = None, limit: int = 50) -> Page:
        """The newest jobs first. Raises InvalidCursor, InvalidFilter."""
        check_limit(limit)
        query = select(jobs.c.id, jobs.c.created_at).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit + 1)
        if state:
            query = query.where(jobs.c.state == state)
        if cursor:
            at, last = decode_cursor(cursor, str, str)
            query = query.where(or_(jobs.c.created_at < at, and_(jobs.c.created_at == at, jobs.c.id < last)))
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
            found = [_job(connection, row.id) for row in rows[:limit]]
        return Page(found, encode_cursor(rows[limit - 1].created_at, rows[limit - 1].id) if len(rows) > limit else None)

    def queue_length(self) -> int:
        """Files that wait."""
        return self.queue_load()[0]

    def queue_load(self) -> tuple[int, int]:
        """Files that wait and their bytes: what back-pressure looks at."""
        with reading(self.engine) as connection:
            row = connection.execute(select(func.count(), func.coalesce(func.sum(job_files.c.size), 0)).where(job_files.c.state == "queued")).one()
        return int(row[0]), int(row[1])

    def queue_states(self) -> dict[str, int]:
        """How many files of jobs are in which state."""
        with reading(self.engine) as connection:
            return {row[0]: row[1] for row in connection.execute(select(job_files.c.state, func.count()).group_by(job_files.c.state))}


def _held(claim: Claim) -> tuple[Any, ...]:
    return job_files.c.id == claim.file_id, job_files.c.lease == claim.lease, job_files.c.state == "running"


def _rows(connection: Connection, id: str, given: Sequence[JobInput], reuse: bool) -> list[dict[str, Any]]:
    """The rows of a job's files, each file once."""
    moment = now()
    wanted = list(dict.fromkeys(i.sha256 for i in given if i.sha256 is not None))
    first = {i.sha256: i for i in reversed(given) if i.sha256 is not None}
    known: set[str] = set()
    read: dict[str, str] = {}
    for at in range(0, len(wanted), 500):
        some = wanted[at : at + 500]
        known |= set(connection.execute(select(files.c.sha256).where(files.c.sha256.in_(some))).scalars())
        if reuse:
            read |= {row.sha256: row.id for row in connection.execute(select(letters.c.sha256, letters.c.id).where(letters.c.sha256.in_(some), letters.c.model_version == model_version()))}
    blank = {"job_id": id, "attempts": 0, "letter_id": None, "finished_at": None, "error": None}
    rows = []
    for sha256 in wanted:
        if sha256 not in known:
            raise NotFound(f"File {sha256} is not in the store", remedy="Add the file first (add_file).")
        letter = read.get(sha256)
        rows.append({**blank, "sha256": sha256, "size": first[sha256].size, "filename": first[sha256].filename, "state": "done" if letter else "queued",
                     "letter_id": letter, "finished_at": moment if letter else None})
    rows += [{**blank, "sha256": None, "size": i.size, "filename": i.filename, "state": "failed", "error": json.dumps(i.error, ensure_ascii=False), "finished_at": moment}
             for i in given if i.sha256 is None]
    return rows


def _by_key(connection: Connection, key: str, fingerprint: str) -> Job | None:
    row = connection.execute(select(jobs.c.id, jobs.c.fingerprint).where(jobs.c.idempotency_key == key)).first()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key was used for other files", remedy="Use a new key for every new request.")
    return replace(_job(connection, row.id), replayed=True)


def settle(connection: Connection, id: str) -> None:
    """A job whose files are all done, failed or cancelled is over."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(jobs.c.id).where(jobs.c.id == id).with_for_update())  # two last files at once: one must see the other
    counts = _counts(connection, id)
    if sum(n for state, n in counts.items() if state not in _DONE) == 0:
        over = "cancelled" if counts.get("cancelled") and not counts.get("done") and not counts.get("failed") else "done"
        if connection.execute(update(jobs).where(jobs.c.id == id, jobs.c.finished_at.is_(None)).values(state=over, finished_at=now())).rowcount:
            emit(connection, "job.finished", {"job_id": id, "state": over, "counts": counts})


def _counts(connection: Connection, id: str) -> dict[str, int]:
    rows = connection.execute(select(job_files.c.state, func.count()).where(job_files.c.job_id == id).group_by(job_files.c.state))
    return {row[0]: row[1] for row in rows}


def _job(connection: Connection, id: str) -> Job:
    row = connection.execute(select(jobs).where(jobs.c.id == id)).first()
    if row is None:
        raise NotFound(f"No job {id}", remedy="Check the id that the 202 answer gave.")
    return Job(row.id, row.kind, row.state, json.loads(row.options), row.owner, row.created_at, row.finished_at, _counts(connection, id))
