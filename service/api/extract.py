"""One letter in, its structure out; nothing is kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Query, UploadFile
from starlette.responses import JSONResponse, Response

from models.errors import InputTooLarge
from models.letter import Extraction
from service import problems, worker
from service.api.deps import SettingsDep, WorkersDep, Writer, failures
from service.page_images import MAX_WIDTH
from service.settings import Settings

router = APIRouter(tags=["extract"])
_FILE = "The letter: PDF, image, DOCX, DOC, RTF, ODT, HTML, EML or text."
Upload = Annotated[UploadFile, File(description=_FILE)]


async def read_upload(file: UploadFile, settings: Settings) -> bytes:
    """The bytes of one uploaded file. Raises InputTooLarge."""
    data = await file.read(settings.max_upload_bytes + 1)
    if len(data) > settings.max_upload_bytes:
        raise InputTooLarge(f"The file is larger than {settings.max_upload_bytes:,} bytes.", remedy="Send the letter alone, or split the scan.")
    return data


def refuse_secret(extraction: dict[str, Any], settings: Settings) -> None:
    """Letters under a secrecy mark get a warning, or are refused, as the setting says. Raises CongvanError (422)."""
    secrecy = extraction.get("secrecy")
    if not secrecy:
        return
    if settings.secret_letters == "refuse":
        raise problems.error("secret_letter", "The letter bears a secrecy mark; this service does not take such letters.",
                             "Handle it as the Law on Protection of State Secrets 2018 says.", 422)
    extraction["warnings"].append({"code": "secrecy", "message": "Văn bản có dấu chỉ độ mật: xử lý theo Luật Bảo vệ bí mật nhà nước.", "page": secrecy.get("page")})


@router.post("/v1/extract", response_model=Extraction, response_model_by_alias=True, summary="Extract one letter, keep nothing",
             responses=failures(413, 415, 501, 503))
async def extract_letter(who: Writer, file: Upload, settings: SettingsDep, workers: WorkersDep) -> JSONResponse:
    """The letter's structure as CONTRACT describes it."""
    data = await read_upload(file, settings)
    result: dict[str, Any] = await workers.run(worker.extract_json, data, file.filename, worker.reading_options(settings))
    refuse_secret(result, settings)
    return JSONResponse(result)


@router.post("/v1/render", summary="Draw one page of a letter in the space of its boxes, keep nothing", response_class=Response,
             responses={200: {"content": {"image/png": {}}, "description": "The page."}, **failures(404, 413, 415, 503)})
async def render(
    who: Writer, file: Upload, settings: SettingsDep, workers: WorkersDep, page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    width: Annotated[int, Query(ge=100, le=MAX_WIDTH)] = 1200, rotation: Annotated[int, Query(description="pages[].rotation of the extraction.", ge=0, le=270, multiple_of=90)] = 0,
) -> Response:
    """The page as PNG, turned and squared as reading did."""
    data = await read_upload(file, settings)
    png = await workers.run(worker.page_picture, data, file.filename, page, width, rotation)
    return Response(png, media_type="image/png")
