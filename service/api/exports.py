"""Letters leave the archive in the forms that other systems ingest, and a feed of changes keeps those systems in step."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from service.api.deps import Day, Reader, StoreDep, failures
from service.archive.store import LetterFilters, Store
from service.exports.facts import FileContext
from service.exports.formats import FORMATS, ExportOptions, UnknownFormat, export
from service.exports.records import LetterRecord, changed_since, from_store, of_letter

router = APIRouter(tags=["exports"])

Form = Annotated[str, Query(alias="format", description="; ".join(f"`{f.name}`: {f.about}" for f in FORMATS.values()), json_schema_extra={"enum": list(FORMATS)}, examples=["jsonl"])]
OrganId = Annotated[str | None, Query(max_length=35, description="Id of your organisation (mã định danh): edXML and metadata.", examples=["H26.01"])]
Fond = Annotated[str | None, Query(max_length=60, description="Id of the fond (mã phông): packages and archive metadata.", examples=["H26.12"])]
Notation = Annotated[str | None, Query(max_length=60, description="Number and notation of the file (số và ký hiệu hồ sơ).")]
Title = Annotated[str | None, Query(max_length=1000, description="Title of the file (tiêu đề hồ sơ).")]
_BODY: dict[int | str, dict[str, Any]] = {200: {
    "description": "The export, as a file.",
    "content": {form.media_type: {} if "json" in form.media_type else {"schema": {"type": "string", "format": "binary"}} for form in FORMATS.values()},
}}


class Change(BaseModel):
    """A letter that came, changed or went; ``letter`` is its extraction as corrected, null for a deleted one."""

    id: str
    deleted: bool
    filename: str | None = None
    letter: dict[str, Any] | None = None


class ChangeList(BaseModel):
    """Changes, oldest first. ``cursor`` is what to ask with next time, also when nothing changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [{"id": "9f2c4a", "deleted": True, "filename": None, "letter": None}], "cursor": "WzE3XQ"}]})

    items: list[Change]
    cursor: str = Field(description="Opaque; null is never given: ask again with it later.")


@router.get("/v1/exports", summary="Export letters", response_class=StreamingResponse, responses=_BODY | failures(400, 404, 422))
def exports(
    who: Reader, store: StoreDep, form: Form = "jsonl",
    type: Annotated[str | None, Query(max_length=20, description="Only this type, by its code.", examples=["KH"])] = None,
    issuer: Annotated[str | None, Query(max_length=300, description="Only issuers whose name contains this.")] = None,
    date_from: Annotated[Day | None, Query(alias="from", description="Only letters dated on this day or later.")] = None,
    date_to: Annotated[Day | None, Query(alias="to", description="Only letters dated on this day or earlier.")] = None,
    organ_id: OrganId = None, fond: Fond = None, notation: Notation = None, title: Title = None,
    first_number: Annotated[int | None, Query(ge=1, le=10_000_000, description="First number of the incoming register.")] = None,
) -> StreamingResponse:
    """All letters that the filters let through, in one file, streamed where the form allows."""
    filters = LetterFilters(type_code=type, issuer=issuer, date_from=date_from, date_to=date_to)
    context = FileContext(organ_id=organ_id, fond_id=fond, file_notation=notation, title=title)
    return _answer(form, from_store(store, filters), store, context, "letters", first_number)


@router.get("/v1/letters/{id}/exports", summary="Export one letter", response_class=StreamingResponse, responses=_BODY | failures(400, 404, 422))
def letter_export(who: Reader, store: StoreDep, id: str, form: Form = "jsonl", organ_id: OrganId = None, fond: Fond = None, notation: Notation = None, title: Title = None) -> StreamingResponse:
    """One letter in any of the forms."""
    context = FileContext(organ_id=organ_id, fond_id=fond, file_notation=notation, title=title)
    return _answer(form, [of_letter(store, id)], store, context, id, None)


@router.get("/v1/changes", summary="What changed since", responses=failures(400))
def changes(
    who: Reader, store: StoreDep,
    since: Annotated[str | None, Query(max_length=200, description="The cursor of the last answer; without it, from the beginning.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ChangeList:
    """Letters that came, changed or went after a cursor, each as it is now: another system that asks now and then stays in step."""
    records, cursor = changed_since(store, since, limit=limit)
    return ChangeList(items=[Change(id=r.id, deleted=r.deleted, filename=r.filename, letter=r.data or None) for r in records], cursor=cursor)


def _answer(form: str, records: Iterable[LetterRecord], store: Store, context: FileContext, stem: str, first_number: int | None) -> StreamingResponse:
    if form not in FORMATS:
        raise UnknownFormat(f"{form!r} is no form of export.", remedy=f"Use one of {', '.join(FORMATS)}.")
    pieces = export(form, records, ExportOptions(context=context, data_of=store.get_file, first_number=first_number))
    first = next(pieces, b"")  # what a form refuses, it refuses before its first piece: as a problem, not a torn file
    known = FORMATS[form]
    return StreamingResponse(chain([first], pieces), media_type=known.media_type, headers={"Content-Disposition": f'attachment; filename="{stem}{known.suffix}"'})
