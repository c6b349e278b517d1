"""The HTTP service: the page for a clerk and the API for other systems, over reading processes of their own."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, File, Query, Request, UploadFile
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse, JSONResponse, Response

from models.errors import CongvanError, InputTooLarge
from models.letter import Extraction
from service import problems, worker
from service.page_images import MAX_WIDTH
from service.settings import Settings

STATIC = Path(__file__).parent / "static"
SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
_FILE = "The letter: PDF, image, DOCX, DOC, RTF, ODT, HTML, EML or text."
Upload = Annotated[UploadFile, File(description=_FILE)]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Reading processes start with it and end with it."""
    settings = settings or Settings()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.workers = worker.Workers(settings)
        try:
            yield
        finally:
            app.state.workers.close()

    app = FastAPI(
        title="congvan", version=version("congvan"), lifespan=life, docs_url=None, redoc_url=None,
        description="Reads Vietnam's official letters: fields with their place on the page, cited documents, tasks.",
    )
    app.state.settings = settings
    problems.install(app)
    _guard(app)
    _pages(app)
    _extract(app, settings)
    return app


def reading_options(settings: Settings) -> dict[str, Any]:
    """What the workers pass to reading."""
    return {
        "max_bytes": settings.max_upload_bytes, "max_pages": settings.max_pages, "ocr": settings.ocr, "ocr_quality": settings.ocr_quality,
        "total_seconds": max(1.0, settings.letter_seconds * 0.9),
    }


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
        raise worker.problem_error("secret_letter", "The letter bears a secrecy mark; this service does not take such letters.",
                                   "Handle it as the Law on Protection of State Secrets 2018 says.", 422)
    extraction["warnings"].append({"code": "secrecy", "message": "Văn bản có dấu chỉ độ mật: xử lý theo Luật Bảo vệ bí mật nhà nước.", "page": secrecy.get("page")})


_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}


def _guard(app: FastAPI) -> None:
    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Request ids, security headers, and a refusal of bodies that say they are too large before they are read."""
        request.state.request_id = secrets.token_hex(8)
        length = request.headers.get("content-length", "0")
        limit = app.state.settings.max_upload_bytes + 64 * 1024
        if length.isdigit() and int(length) > limit:
            response: Response = problems.problem(request, 413, "too_large", f"The request is larger than {limit:,} bytes.", "Send the letter alone, or split the scan.")
        else:
            response = await call_next(request)
        response.headers.update(_HEADERS)
        response.headers["X-Request-Id"] = request.state.request_id
        if request.url.path.startswith("/v1/"):
            response.headers["Cache-Control"] = "no-store"
        return response


def _pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html", headers={"Cache-Control": "no-cache"})

    @app.get("/samples/{name}", include_in_schema=False)
    async def sample(name: str) -> Response:
        if name not in ("letter-typed.pdf", "letter-scan.pdf") or not (SAMPLES / name).is_file():
            raise worker.problem_error("not_found", "There is no such sample.", "", 404)
        return FileResponse(SAMPLES / name, media_type="application/pdf")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/livez", tags=["health"], summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], summary="Letters are taken", responses=problems.documented(503))
    async def ready(request: Request) -> JSONResponse:
        if not request.app.state.workers.ready:
            return problems.problem(request, 503, "not_ready", "The reading processes are not running.", retryable=True)
        return JSONResponse({"status": "ok"})


def _extract(app: FastAPI, settings: Settings) -> None:
    @app.post("/v1/extract", response_model=Extraction, response_model_by_alias=True, tags=["extract"], summary="Extract one letter, keep nothing",
              responses=problems.documented(401, 403, 413, 415, 422, 429, 501, 503))
    async def extract_letter(request: Request, file: Upload) -> JSONResponse:
        data = await read_upload(file, settings)
        result: dict[str, Any] = await request.app.state.workers.run(worker.extract_json, data, file.filename, reading_options(settings))
        refuse_secret(result, settings)
        return JSONResponse(result)

    @app.post("/v1/render", tags=["extract"], summary="Draw one page of a letter in the space of its boxes, keep nothing", response_class=Response,
              responses={200: {"content": {"image/png": {}}, "description": "The page."}, **problems.documented(401, 403, 404, 413, 415, 422, 429, 503)})
    async def render(
        request: Request, file: Upload, page: Annotated[int, Query(ge=1, le=10_000)] = 1, width: Annotated[int, Query(ge=100, le=MAX_WIDTH)] = 1200,
        rotation: Annotated[int, Query(description="pages[].rotation of the extraction.", ge=0, le=270, multiple_of=90)] = 0,
    ) -> Response:
        data = await read_upload(file, settings)
        png = await request.app.state.workers.run(worker.page_picture, data, file.filename, page, width, rotation)
        return Response(png, media_type="image/png")


__all__ = ["CongvanError", "create_app"]
