"""One letter in, its structure out; nothing is kept."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from models.letter import Extraction
from service import problems, worker
from service.api.deps import SettingsDep, StoreDep, WorkersDep, Writer, failures
from service.api.examples import EXTRACTION
from service.api.uploads import Received, Uploads, receive
from service.archive.store import Store
from service.exports.formats import FORMATS, XLSX, collected
from service.exports.records import from_extractions
from service.page_images import MAX_WIDTH
from service.settings import Settings

router = APIRouter(tags=["extract"])
_FILE = "The letter: PDF, image, DOCX, DOC, RTF, ODT, HTML, EML or text."
_IN_MEMORY = 1024 * 1024


_FORMS = {"application/json": "json", "text/csv": "csv", XLSX: "xlsx", "text/calendar": "ics", "application/jsonl": "jsonl"}
"""What ``Accept`` can ask for, and the name of the form."""


def wanted_form(accept: str | None) -> str:
    """The form that an ``Accept`` header likes best, JSON where it does not care. Raises CongvanError (406) for none of ours."""
    liked: list[tuple[float, int, str]] = []
    for number, part in enumerate((accept or "*/*").split(",")):
        kind, *options = [piece.strip().lower() for piece in part.split(";")]
        quality = next((option[2:] for option in options if option.startswith("q=")), "1")
        weight = float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0.0
        names = [_FORMS[kind]] if kind in _FORMS else [form for media, form in _FORMS.items() if kind in ("*/*", media.partition("/")[0] + "/*")][:1]
        liked += [(-weight, number, name) for name in names if weight > 0]
    if not liked:
        raise problems.error("not_acceptable", "The answer is not made in the form that Accept asks for.", f"Ask for one of {', '.join(_FORMS)}.", 406)
    return min(liked)[2]


def upload_body(name: str, description: str, *, many: bool = False) -> dict[str, Any]:
    """The OpenAPI entry of a multipart body that a route parses itself."""
    one = {"type": "string", "format": "binary", "description": description}
    schema = {"type": "object", "required": [name], "properties": {name: {"type": "array", "items": one, "minItems": 1} if many else one}}
    example = "(bytes of letter.pdf)"
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema, "example": {name: [example] if many else example}}}}}


async def _one(request: Request, uploads: Uploads, settings: Settings) -> Received:
    [file] = await receive(request, uploads, names=["file"], max_bytes=settings.max_upload_bytes, max_files=1, keep=_IN_MEMORY, seconds=settings.upload_seconds)
    return file


def _uploads(store: Store) -> Uploads:
    return Uploads(store.blobs.root / "incoming")


@router.post("/v1/extract", summary="Extract one letter, keep nothing", openapi_extra=upload_body("file", _FILE),
             responses={200: {"model": Extraction, "description": "The letter's structure, in the form that Accept asks for.",
                              "content": {"application/json": {"example": EXTRACTION}, **{media: {"schema": {"type": "string"}, "example": f"({name})"} for media, name in _FORMS.items() if name != "json"}}},
                        **failures(406, 408, 413, 415, 501, 503)})
async def extract_letter(
    who: Writer, request: Request, settings: SettingsDep, store: StoreDep, workers: WorkersDep,
    candidates: Annotated[bool, Query(description="Also give the readings of fields that were not chosen, for a person to pick from.")] = False,
) -> Response:
    """The letter's structure: fields with value, text, place and confidence, cited documents, tasks. ``Accept`` chooses JSON or an export."""
    form = wanted_form(request.headers.get("accept"))
    with _uploads(store) as uploads:
        file = await _one(request, uploads, settings)
        text, secret = await workers.run(worker.extract_letter, file.content(), file.filename, worker.reading_options(settings), candidates)
    if secret and settings.secret_letters == "refuse":
        raise problems.error("secret_letter", "The letter bears a secrecy mark; this service does not take such letters.",
                             "Handle it as the Law on Protection of State Secrets 2018 says.", 422)
    if form == "json":
        return Response(text, media_type="application/json")
    return Response(await asyncio.to_thread(_exported, form, text), media_type=FORMATS[form].media_type)


def _exported(form: str, text: bytes) -> bytes:
    return collected(form, from_extractions([Extraction.model_validate_json(text)]))


@router.post("/v1/render", summary="Draw one page of a letter in the space of its boxes, keep nothing", response_class=Response, openapi_extra=upload_body("file", _FILE),
             responses={200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}, "example": "(PNG)"}}, "description": "The page."}, **failures(404, 408, 413, 415, 503)})
async def render(
    who: Writer, request: Request, settings: SettingsDep, store: StoreDep, workers: WorkersDep, page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    width: Annotated[int, Query(ge=100, le=MAX_WIDTH)] = 1200, rotation: Annotated[int, Query(description="pages[].rotation of the extraction.", ge=0, le=270, multiple_of=90)] = 0,
) -> Response:
    """The page as PNG, turned and squared as reading did."""
    with _uploads(store) as uploads:
        file = await _one(request, uploads, settings)
        png = await workers.run(worker.page_picture, file.content(), file.filename, page, width, rotation)
    return Response(png, media_type="image/png")
