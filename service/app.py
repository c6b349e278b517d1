"""The HTTP API: one letter in, its extraction out, errors as RFC 9457 problems."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, File, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from models.errors import CongvanError, InputTooLarge
from models.letter import Extraction

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
PROBLEM = "application/problem+json"


def create_app() -> FastAPI:
    """The application. One process; extraction runs in its thread pool."""
    from importlib.metadata import version

    app = FastAPI(
        title="congvan", version=version("congvan"),
        description="Reads Vietnam's official letters: fields with their place on the page, cited documents, tasks.",
    )
    app.add_exception_handler(CongvanError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)

    @app.post(
        "/v1/extract", response_model=Extraction, response_model_by_alias=True, tags=["extract"], summary="Extract one letter",
        responses={code: {"content": {PROBLEM: {}}, "description": text} for code, text in _ANSWERS.items()},
    )
    async def extract_letter(file: Annotated[UploadFile, File(description="The letter: PDF, image, DOCX, DOC, RTF, ODT, HTML, EML or text.")]) -> Response:
        from models.pipeline import extract

        if file.size is not None and file.size > MAX_UPLOAD_BYTES:
            raise InputTooLarge(f"The file has {file.size} bytes; at most {MAX_UPLOAD_BYTES} are read", remedy="Send the letter alone, or split the scan.")
        data = await file.read()
        extraction = await run_in_threadpool(extract, data, file.filename)
        return Response(extraction.to_json(), media_type="application/json")

    @app.get("/livez", tags=["health"], summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    return app


_ANSWERS = {
    413: "The file is larger, or has more pages, than is read.",
    415: "This kind of file is not read.",
    422: "The file cannot be read: empty, damaged, encrypted, no text.",
    501: "A program that this kind of file needs is not installed on the server.",
}


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CongvanError)
    body: dict[str, Any] = {
        "type": f"urn:congvan:error:{error.error_code}", "title": error.message, "status": error.http_status, "detail": error.remedy or error.message,
        "code": error.error_code, "retryable": error.retryable, "errors": [error.as_dict()],
    }
    return JSONResponse(body, status_code=error.http_status, media_type=PROBLEM)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"code": e["type"], "message": e["msg"], "location": list(map(str, e["loc"]))} for e in error.errors()]
    body = {
        "type": "urn:congvan:error:invalid_request", "title": "The request is not as the API describes it", "status": 422,
        "detail": "Send the letter as multipart/form-data in the field 'file'. See /docs.", "code": "invalid_request", "retryable": False, "errors": errors,
    }
    return JSONResponse(body, status_code=422, media_type=PROBLEM)
