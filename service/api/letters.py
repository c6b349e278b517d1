"""The letters of the archive: list, read, correct, delete; their pages and files."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Header, Path, Query
from starlette.responses import FileResponse, JSONResponse, Response

from service import problems, worker
from service.api.deps import Day, Reader, StoreDep, WorkersDep, Writer, failures
from service.api.jobs import Cursor, Limit
from service.api.models import (
    Corrections,
    LetterList,
    LetterOut,
    LetterSummaryOut,
    SimilarLetter,
    SimilarList,
    TaskStatus,
)
from service.archive.errors import Conflict
from service.archive.records import LetterSummary, StoredLetter
from service.archive.store import LetterFilters
from service.page_images import MAX_WIDTH

router = APIRouter(prefix="/v1/letters", tags=["letters"])
LetterId = Annotated[str, Path(pattern="^[0-9a-f]{24}$", description="Id of a letter.", examples=["5f0c6bb36a0d2f0f9f6c1d7e"])]
IfMatch = Annotated[str | None, Header(max_length=200, description="The ETag of the letter as you read it: a letter that was changed since is answered 412.")]
IfNoneMatch = Annotated[str | None, Header(max_length=200, description="The ETag you have: unchanged is answered 304.")]
Part = Annotated[str | None, Query(max_length=300)]
_ETAG = {"ETag": {"description": "Changes with every change of the letter.", "schema": {"type": "string"}}}
_SAME: dict[int | str, dict[str, Any]] = {304: {"description": "Unchanged since the ETag that was sent."}}
_LETTER: dict[int | str, dict[str, Any]] = {200: {"model": LetterOut, "headers": _ETAG, "description": "The letter."}}


def summary_out(summary: LetterSummary) -> LetterSummaryOut:
    """A row of a list as the API shows it."""
    return LetterSummaryOut.model_validate(summary, from_attributes=True)


def etag(summary: LetterSummary) -> str:
    """The ETag of a letter: of its id, generation and moment of change (a letter may be deleted and come again)."""
    return '"' + hashlib.sha256(f"{summary.id}.{summary.generation}.{summary.updated_at}".encode()).hexdigest()[:24] + '"'


@router.get("", summary="List letters", responses=failures())
def list_letters(
    who: Reader, store: StoreDep,
    type: Annotated[str | None, Query(max_length=20, description="Code of the type of document.", examples=["CV"])] = None,
    issuer: Part = None, place: Part = None,
    number: Annotated[str | None, Query(max_length=100, description="Number and symbol in any spelling.", examples=["318/SYT-NVY"])] = None,
    cites: Annotated[str | None, Query(max_length=100, description="Letters that cite this number.")] = None,
    from_: Annotated[Day | None, Query(alias="from", description="Dated on this day or later.")] = None,
    to: Annotated[Day | None, Query(description="Dated on this day or earlier.")] = None,
    year: Annotated[int | None, Query(ge=1, le=9999)] = None,
    urgency: Literal["khan", "thuong_khan", "hoa_toc", "hoa_toc_hen_gio"] | None = None,
    secrecy: Literal["mat", "toi_mat", "tuyet_mat"] | None = None,
    has_deadline: Annotated[bool | None, Query(description="With, or without, a task that has a dated deadline.")] = None,
    has_tasks: bool | None = None,
    status: Annotated[TaskStatus | None, Query(description="With a task in this state.")] = None,
    sort: Literal["-date", "date", "-added", "added"] = "-date", cursor: Cursor = None, limit: Limit = 50,
) -> LetterList:
    """Letters that fit all filters, newest first unless told otherwise. Follow ``next_cursor`` until it is null."""
    filters = LetterFilters(
        type_code=type, issuer=issuer, place=place, identifier=number, year=year, date_from=from_, date_to=to,
        urgency=urgency, secrecy=secrecy, cites=cites, has_tasks=has_tasks, has_deadline=has_deadline, task_status=status)
    page = store.list_letters(filters, cursor=cursor, limit=limit, sort=sort)
    return LetterList(items=[summary_out(item) for item in page.items], next_cursor=page.next_cursor)


@router.get("/{id}", summary="One letter", responses={**_LETTER, **_SAME, **failures(404)})
def get_letter(
    who: Reader, store: StoreDep, id: LetterId, if_none_match: IfNoneMatch = None,
    version: Annotated[int | None, Query(ge=1, le=1_000_000, description="This extraction as the machine made it, without corrections.")] = None,
) -> Response:
    """The extraction with corrections in place; ``archive`` says what the machine had read, who corrected it and when."""
    letter = store.get_letter(id, version=version)
    if version is None and _matches(if_none_match, etag(letter.summary)):
        return Response(status_code=304, headers={"ETag": etag(letter.summary)})
    return _answer(letter)


@router.patch("/{id}", summary="Correct fields", responses={**_LETTER, **failures(404, 412)})
def correct(who: Writer, store: StoreDep, id: LetterId, body: Corrections, if_match: IfMatch = None) -> Response:
    """The machine's values are kept; who and when are noted. With several corrections all are made, or none."""
    generation = _expected(store.get_letter(id), if_match)
    try:
        letter = store.correct_fields(id, [(c.field, c.value) for c in body.corrections], body.who or who.name, expected_generation=generation)
    except Conflict as error:
        raise problems.Changed(error.message, remedy=error.remedy) from error
    return _answer(letter)


@router.delete("/{id}", status_code=204, summary="Delete a letter for good", responses=failures(404, 412))
def delete(who: Writer, store: StoreDep, id: LetterId, if_match: IfMatch = None) -> Response:
    """The file, what was read of it, corrections and tasks are gone; only the id stays, in the feed of changes."""
    generation = _expected(store.get_letter(id), if_match)
    try:
        store.delete_letter(id, expected_generation=generation)
    except Conflict as error:
        raise problems.Changed(error.message, remedy=error.remedy) from error
    return Response(status_code=204)


@router.get("/{id}/source", summary="The file as it was sent", response_class=FileResponse,
            responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "(bytes)"}}, "description": "The file."},
                       206: {"description": "The range asked for."}, 416: {"description": "No such range."}, **failures(404)})
def source(who: Reader, store: StoreDep, id: LetterId) -> Response:
    """The bytes by which the letter came, as an attachment."""
    summary = store.get_letter(id).summary
    path = store.file_path(summary.sha256)
    if not path.is_file():
        store.get_file(summary.sha256)  # says what is wrong
    return FileResponse(path, media_type="application/octet-stream", filename=summary.filename or f"{id}.bin", content_disposition_type="attachment")


@router.get("/{id}/pages/{number}.png", summary="A page as a picture", response_class=Response,
            responses={200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}, "example": "(PNG)"}}, "headers": _ETAG, "description": "The page."}, **_SAME, **failures(404, 415, 503)})
async def page(
    who: Reader, store: StoreDep, workers: WorkersDep, id: LetterId, number: Annotated[int, Path(ge=1, le=10_000)],
    width: Annotated[int, Query(ge=100, le=MAX_WIDTH)] = 1200, boxes: Annotated[Literal["none", "zones", "fields"], Query(description="Frames around zones or fields.")] = "none",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The page in the space of the extraction's boxes: turned and squared as reading did."""
    letter = await asyncio.to_thread(store.get_letter, id)
    mark = f'{etag(letter.summary)[:-1]}-{number}-{width}-{boxes}"'
    if _matches(if_none_match, mark):
        return Response(status_code=304, headers={"ETag": mark})
    info = next((p for p in letter.data["pages"] if p["number"] == number), None)
    if info is None:
        raise problems.error("page_not_found", f"The letter has {len(letter.data['pages'])} pages.", "Ask for a page from 1 to that number.", 404)
    path = await asyncio.to_thread(store.file_path, letter.summary.sha256)
    png = await workers.run(worker.page_picture, str(path), letter.summary.filename, number, width, info["rotation"], _frames(letter.data, info, boxes))
    return Response(png, media_type="image/png", headers={"ETag": mark, "Cache-Control": "private, no-cache"})


@router.get("/{id}/duplicates", summary="Near-duplicates of a letter", responses=failures(404))
def duplicates(who: Reader, store: StoreDep, id: LetterId) -> SimilarList:
    """The same letter scanned twice, a draft and its signed copy."""
    store.get_letter(id)
    return SimilarList(items=[SimilarLetter(**item) for item in store.similar_letters(id)])


def _answer(letter: StoredLetter) -> Response:
    s = letter.summary
    archive = {"id": s.id, "sha256": s.sha256, "filename": s.filename, "added_at": s.added_at, "updated_at": s.updated_at, "generation": s.generation, "version": letter.version,
               "model_version": s.model_version, "corrections": [c.as_dict() for c in letter.corrections]}
    return JSONResponse({**letter.data, "archive": archive}, headers={"ETag": etag(s)})


def _matches(header: str | None, mark: str) -> bool:
    return header is not None and (header.strip() == "*" or mark in [part.strip().removeprefix("W/") for part in header.split(",")])


def _expected(letter: StoredLetter, if_match: str | None) -> int | None:
    """The generation that the caller means. Raises Changed (412) when the letter is no longer what the caller read."""
    if if_match is None:
        return None
    if not _matches(if_match, etag(letter.summary)):
        raise problems.Changed("The letter was changed since you read it.", remedy="Read it again and repeat the change.")
    return letter.summary.generation


def _frames(data: dict[str, Any], info: dict[str, Any], boxes: str) -> list[Any]:
    """Boxes on a page as fractions of its size, each with the name of its zone or field."""
    found: list[tuple[list[float] | None, str]] = []
    if boxes == "zones":
        found = [(s["box"], s["zone"]) for s in data["segments"] if s["page"] == info["number"]]
    elif boxes == "fields":
        named: list[tuple[str, Any]] = [(name, value) for name, value in data.items() if isinstance(value, dict) and "value" in value]
        named += [(f"signer.{name}", value) for name, value in (data.get("signer") or {}).items() if value]
        named += [(name, item) for name in ("addressees", "recipients", "tasks") for item in data[name]]
        named += [("references", mention) for reference in data["references"] for mention in reference["mentions"]]
        found = [(value.get("box"), name) for name, value in named if value.get("page") == info["number"]]
    wide, high = max(info["width"], 1.0), max(info["height"], 1.0)
    return [((b[0] / wide, b[1] / high, b[2] / wide, b[3] / high), name) for box, name in found if (b := cast(Any, box))]
