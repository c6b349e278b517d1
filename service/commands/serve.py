"""``congvan serve``: the HTTP API and the page."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Ask for no API key. Only calls from this machine are then answered.")] = False,
) -> None:
    """Serve the HTTP API and the page. Callers need an API key (congvan keys create) unless --no-auth is given."""
    import uvicorn

    from service.memory import keep_small

    keep_small()  # before the imports below start threads
    from service.api.deps import is_loopback
    from service.app import create_app
    from service.logs import logging_config
    from service.settings import Settings

    settings = Settings()
    if no_auth:
        settings = settings.model_copy(update={"auth": "off"})
    if settings.auth == "off":
        if not is_loopback(host):
            raise typer.BadParameter(f"{host} is reached from other machines; without API keys the service listens on this machine only.", param_hint="--host")
        print(f"congvan: NO API KEYS are asked for; only this machine can use http://{host}:{port}/", file=sys.stderr)
    else:
        _say_if_there_are_no_keys(settings)
    uvicorn.run(create_app(settings), host=host, port=port, log_config=logging_config(), access_log=False, server_header=False, timeout_graceful_shutdown=20)


def _say_if_there_are_no_keys(settings: object) -> None:
    from service.archive.store import Store
    from service.settings import Settings

    assert isinstance(settings, Settings)
    store = Store.open(settings.data, settings.database_url)
    if not any(key.revoked_at is None for key in store.list_keys()):
        print("congvan: there is no API key yet, so every call will be refused.\n"
              "         Make one:  congvan keys create --scope admin NAME\n"
              "         Or, for this machine alone:  congvan serve --no-auth", file=sys.stderr)
    store.close()
