"""A client of the service for Python programs.

    from service.client import Client

    with Client("http://127.0.0.1:8000", key="cv_…") as congvan:
        letter = congvan.extract(Path("letter.pdf"))          # read, nothing kept
        job = congvan.send([Path("a.pdf"), Path("b.zip")])    # into the archive
        for file in congvan.wait(job.id).files:
            print(file.filename, file.state, file.letter_id, file.error)
        for hit in congvan.search("ke hoach cong tac nam:2024").hits:
            print(hit.letter.identifier, hit.fragments[0].text)

Answers are the service's own models; fields that a later service adds are ignored. What goes wrong is a
:class:`ServiceError` with the problem's code, cause and remedy. Calls that only read are tried again where the service
says that it is busy (429, 503) or the connection broke; sending letters is repeated safely, because it carries an
``Idempotency-Key``.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import httpx
from pydantic import BaseModel

from models.letter import Extraction
from service.api.models import (
    CitingLetters,
    GraphOut,
    JobWithFiles,
    LetterList,
    LetterOut,
    LetterSummaryOut,
    ReferenceList,
    Stats,
    TaskList,
    TaskOut,
    TaskWithHistory,
)

if TYPE_CHECKING:
    from service.api.search import SearchAnswer

TaskState = Literal["open", "in_progress", "done", "cancelled"]
File = Path | str | tuple[str, bytes]
"""A file to send: a path, or a name with the bytes."""
_Answer = TypeVar("_Answer", bound=BaseModel)


class ServiceError(Exception):
    """The service refused or failed. ``code`` tells programs why (``unreadable``, ``too_large``, ``unauthorized`` …), ``remedy`` tells people what to do."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code: str = problem.get("code", "")
        self.title: str = problem.get("title", f"HTTP {status}")
        self.detail: str = problem.get("detail", "")
        self.remedy: str = next((e["remedy"] for e in problem.get("errors", []) if isinstance(e, dict) and e.get("remedy")), "")
        self.retryable: bool = bool(problem.get("retryable"))
        self.request_id: str | None = problem.get("request_id")
        super().__init__(f"{self.title} ({self.code or status})" + (f" {self.remedy}" if self.remedy else ""))


class JobFailed(Exception):
    """A job did not end in time."""


class Client:
    """One service. Safe to use from several threads; close it, or use it as a context manager.

    ``key``: an API key (``congvan keys create``). ``timeout``: seconds for one answer. ``retries``: how often a call that
    may be repeated is tried again.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", *, key: str | None = None, timeout: float = 120.0, retries: int = 3, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"User-Agent": "congvan-client"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout, transport=transport)
        self._retries = retries

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- reading and sending letters ---------------------------------------------------------------------------------

    def extract(self, file: File) -> Extraction:
        """One letter's structure; the service keeps nothing. Raises ServiceError, OSError for a file that cannot be opened."""
        return Extraction.model_validate(self._send("POST", "/v1/extract", files=[file], repeat=True).json())

    def send(self, files: Iterable[File], *, wait: float = 0, idempotency_key: str | None = None) -> JobWithFiles:
        """Letters, or ZIPs of letters, into the archive as one job; with ``wait`` (seconds, up to 60) the answer waits for the result."""
        headers = {"Idempotency-Key": idempotency_key or secrets.token_hex(16)}
        return self._model(JobWithFiles, "POST", "/v1/letters", files=list(files), params={"wait": wait}, headers=headers, repeat=True)

    def job(self, id: str, *, state: str | None = None, cursor: str | None = None, limit: int = 100) -> JobWithFiles:
        """A job with a page of its files."""
        return self._model(JobWithFiles, "GET", f"/v1/jobs/{id}", params={"state": state, "cursor": cursor, "limit": limit})

    def wait(self, id: str, *, timeout: float = 3600.0, every: float = 1.0) -> JobWithFiles:
        """The job when it is over. Raises JobFailed after ``timeout`` seconds; the job goes on then."""
        end = time.monotonic() + timeout
        while (job := self.job(id, limit=1000)).finished_at is None:
            if time.monotonic() + every > end:
                raise JobFailed(f"Job {id} is not over after {timeout:.0f} s: {job.progress}")
            time.sleep(every)
        return job

    def cancel(self, id: str) -> JobWithFiles:
        """Give up what a job has not read yet."""
        return self._model(JobWithFiles, "POST", f"/v1/jobs/{id}/cancel")

    def retry(self, id: str) -> JobWithFiles:
        """Read the failed and cancelled files of a job again."""
        return self._model(JobWithFiles, "POST", f"/v1/jobs/{id}/retry")

    # --- letters of the archive --------------------------------------------------------------------------------------

    def letters(self, *, cursor: str | None = None, limit: int = 50, **filters: str | int | bool | date | None) -> LetterList:
        """A page of letters; ``filters`` as the route has them: type, issuer, number, cites, from_, to, year, has_tasks, sort …"""
        return self._model(LetterList, "GET", "/v1/letters", params={"cursor": cursor, "limit": limit} | {name.rstrip("_"): value for name, value in filters.items()})

    def all_letters(self, **filters: str | int | bool | date | None) -> Iterator[LetterSummaryOut]:
        """Every letter that fits, page after page."""
        cursor: str | None = None
        while True:
            page = self.letters(cursor=cursor, limit=200, **filters)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def letter(self, id: str, *, version: int | None = None) -> LetterOut:
        """A letter with its corrections; ``version`` gives an extraction as the machine made it."""
        return self._model(LetterOut, "GET", f"/v1/letters/{id}", params={"version": version})

    def correct(self, id: str, corrections: dict[str, Any], *, who: str | None = None) -> LetterOut:
        """Correct fields (``{"subject": "…", "signer.name": None}``), all or none, on the letter as it is now.

        Raises ServiceError 412 when somebody else changed it in between.
        """
        etag = self._send("GET", f"/v1/letters/{id}").headers["ETag"]
        body = {"corrections": [{"field": field, "value": value} for field, value in corrections.items()]} | ({"who": who} if who else {})
        return self._model(LetterOut, "PATCH", f"/v1/letters/{id}", json=body, headers={"If-Match": etag}, repeat=False)

    def delete(self, id: str) -> None:
        """Delete a letter for good: file, extraction, corrections, tasks."""
        self._send("DELETE", f"/v1/letters/{id}", repeat=False)

    def source(self, id: str) -> bytes:
        """The file as it was sent."""
        return self._send("GET", f"/v1/letters/{id}/source").content

    def page(self, id: str, number: int, *, width: int = 1200) -> bytes:
        """A page as PNG, in the space of the boxes."""
        return self._send("GET", f"/v1/letters/{id}/pages/{number}.png", params={"width": width}).content

    def references(self, id: str) -> ReferenceList:
        """What a letter cites, each with its letter where the archive has it."""
        return self._model(ReferenceList, "GET", f"/v1/letters/{id}/references")

    def cited_by(self, id: str) -> CitingLetters:
        """Letters that cite a letter."""
        return self._model(CitingLetters, "GET", f"/v1/letters/{id}/cited-by")

    def graph(self, id: str, *, steps: int = 2) -> GraphOut:
        """Citations around a letter."""
        return self._model(GraphOut, "GET", f"/v1/letters/{id}/graph", params={"steps": steps})

    # --- search, tasks, figures, exports -----------------------------------------------------------------------------

    def search(self, query: str, *, facets: Sequence[str] = (), sort: str = "relevance", limit: int = 10, cursor: str | None = None, **filters: str | Sequence[str]) -> SearchAnswer:
        """Letters by a query (service/archive/search/QUERY.md); ``filters`` are values of facets: type, issuer, year, level, task …"""
        from service.api.search import SearchAnswer

        params: dict[str, Any] = {"q": query, "facets": ",".join(facets), "sort": sort, "limit": limit, "cursor": cursor}
        return self._model(SearchAnswer, "GET", "/v1/search", params=params | filters)

    def tasks(self, *, cursor: str | None = None, limit: int = 50, **filters: str | date | None) -> TaskList:
        """A page of tasks by deadline; ``filters``: status, type, assignee, owner, due_after, due_before."""
        return self._model(TaskList, "GET", "/v1/tasks", params={"cursor": cursor, "limit": limit} | filters)

    def letter_tasks(self, id: str) -> list[TaskOut]:
        """The tasks of a letter with their states."""
        return self._model(TaskList, "GET", f"/v1/letters/{id}/tasks").items

    def set_task(self, id: str, status: TaskState, *, note: str | None = None, owner: str | None = None, who: str | None = None) -> TaskWithHistory:
        """Change a task's state; the change goes into its history."""
        body = {name: value for name, value in {"status": status, "note": note, "owner": owner, "who": who}.items() if value is not None}
        return self._model(TaskWithHistory, "PATCH", f"/v1/tasks/{id}", json=body, repeat=True)

    def stats(self) -> Stats:
        """Figures of the archive."""
        return self._model(Stats, "GET", "/v1/stats")

    def export(self, format: str = "jsonl", *, letter: str | None = None, **filters: str | date | None) -> Iterator[bytes]:
        """The archive, or one ``letter``, in a form of export (``congvan export --list``), piece by piece."""
        path = f"/v1/letters/{letter}/exports" if letter else "/v1/exports"
        params = _query({"format": format} | {name.rstrip("_"): value for name, value in filters.items()})
        with self._http.stream("GET", path, params=params) as answer:
            if answer.is_error:
                answer.read()
                raise _error(answer)
            yield from answer.iter_bytes()

    # --- one call ----------------------------------------------------------------------------------------------------

    def _model(self, model: type[_Answer], method: str, path: str, **options: Any) -> _Answer:
        return model.model_validate(self._send(method, path, **options).json())

    def _send(
        self, method: str, path: str, *, params: dict[str, Any] | None = None, json: Any = None, files: Sequence[File] | None = None,
        headers: dict[str, str] | None = None, repeat: bool | None = None,
    ) -> httpx.Response:
        """One call, repeated where that is safe (``repeat``; reading always is). Raises ServiceError, httpx.TransportError."""
        may_repeat = method == "GET" if repeat is None else repeat
        for attempt in range(self._retries + 1):
            last = attempt == self._retries or not may_repeat
            try:
                with ExitStack() as stack:
                    parts = [("file", _part(file, stack)) for file in files] if files is not None else None
                    answer = self._http.request(method, path, params=_query(params or {}), json=json, files=parts, headers=headers)
            except httpx.TransportError:
                if last:
                    raise
                time.sleep(0.5 * 2**attempt)
                continue
            if answer.status_code in (429, 503) and not last:
                time.sleep(min(30.0, _seconds(answer.headers.get("Retry-After")) or 0.5 * 2**attempt))
                continue
            if answer.is_error:
                raise _error(answer)
            return answer
        raise AssertionError("not reached")


def _part(file: File, stack: ExitStack) -> tuple[str, Any]:
    if isinstance(file, tuple):
        return file
    path = Path(file)
    return path.name, stack.enter_context(path.open("rb"))


def _query(params: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, (list, tuple)) else value

    return {name: plain(value) for name, value in params.items() if value is not None and value != ""}


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None


def _error(answer: httpx.Response) -> ServiceError:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    return ServiceError(answer.status_code, problem if isinstance(problem, dict) else {})
