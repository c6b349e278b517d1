"""The HTTP API, one file of routes a subject. :mod:`service.api.deps` holds what they share, :mod:`service.api.models` their answers."""

from __future__ import annotations

from fastapi import APIRouter


def routers() -> list[APIRouter]:
    """The routers of the service, in the order in which the documentation shows them."""
    from service.api import exports, extract, intake, jobs, keys, letters, references, search, system, tasks, webhooks

    return [
        extract.router,
        intake.router,
        letters.router,
        references.router,
        tasks.router,
        jobs.router,
        exports.router,
        search.router,
        webhooks.router,
        keys.router,
        system.router,
    ]
