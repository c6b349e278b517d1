"""``congvan mcp``: the archive for assistants."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def mcp(
    folder: Annotated[Path, typer.Option("--folder", help="Letters are read from files under this folder only.", exists=True, file_okay=False)] = Path(),
    url: Annotated[str | None, typer.Option("--url", envvar="CONGVAN_URL", help="Work through a running service instead of this machine's archive.")] = None,
    key: Annotated[str | None, typer.Option(envvar="CONGVAN_KEY", help="The service's API key; give it by the environment.", show_envvar=True)] = None,
) -> None:
    """Serve the Model Context Protocol on standard input and output: extract_letter, search_letters, get_letter, list_tasks."""
    try:
        from service import mcp as assistant
    except ModuleNotFoundError as error:
        if error.name != "mcp" and not (error.name or "").startswith("mcp."):
            raise
        print("congvan: the MCP library is not installed. pip install 'congvan[mcp]'", file=sys.stderr)
        raise typer.Exit(1) from error
    from service.client import Client
    from service.settings import Settings

    settings = Settings().model_copy(update={"workers": 1})
    backend = assistant.Remote(Client(url, key=key)) if url else assistant.Local(settings)
    assistant.server(backend, folder.resolve(), settings.max_upload_bytes).run("stdio")
