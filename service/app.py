"""The HTTP service: the page for a clerk and the API for other systems, over reading processes of their own.

Routes stand in :mod:`service.api`, one file a subject; this module puts the parts together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse, Response

from service import api, problems, worker
from service.archive.search.follow import Follower
from service.archive.search.index import SearchIndex
from service.archive.store import Store
from service.guard import Guard
from service.metrics import Metrics
from service.ratelimits import RateLimiter
from service.runner import Runner
from service.settings import Settings
from service.webhooks import Deliverer

STATIC = Path(__file__).parent / "static"
SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Reading processes and everything that works in the background start with it and end with it."""
    settings = settings or Settings()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.store = Store.open(settings.data, settings.database_url)
        app.state.workers = worker.Workers(settings)
        app.state.runner = Runner(app.state.store, app.state.workers, settings, app.state.metrics)
        app.state.runner.start()
        deliverer = Deliverer(app.state.store, settings, app.state.metrics)
        deliverer.start()
        app.state.index = SearchIndex.open(app.state.store, settings)
        follower = Follower(app.state.index, app.state.store).start()
        try:
            yield
        finally:
            follower.stop()
            deliverer.stop()
            app.state.runner.stop()
            app.state.workers.close()
            app.state.store.close()

    app = FastAPI(
        title="congvan", version=version("congvan"), lifespan=life, docs_url=None, redoc_url=None,
        description="Reads Vietnam's official letters: fields with their place on the page, cited documents, tasks.",
    )
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.uploads = set()
    app.state.limiter = RateLimiter(settings.rate_limit, settings.rate_limit_failed)
    problems.install(app)
    app.add_middleware(Guard, settings=settings, observe=app.state.metrics.observe)
    _pages(app)
    routers = api.routers()
    for router in routers:
        app.include_router(router)
    app.state.routes = [*app.routes, *(route for router in routers for route in router.routes)]
    problems.describe(app)
    return app


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
            raise problems.error("not_found", "There is no such sample.", "", 404)
        return FileResponse(SAMPLES / name, media_type="application/pdf")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


__all__ = ["create_app"]
