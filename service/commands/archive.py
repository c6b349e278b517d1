"""What commands on the archive share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from service.archive.store import Store


@contextmanager
def archive() -> Iterator[Store]:
    """The archive that the settings name (``CONGVAN_DATA``, ``CONGVAN_DATABASE_URL``); exit status 1 with the cause when it cannot be opened."""
    from models.errors import CongvanError
    from service.archive.store import Store
    from service.settings import Settings

    chosen = Settings()
    try:
        store = Store.open(chosen.data, chosen.database_url)
    except CongvanError as error:
        print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
        raise typer.Exit(1) from error
    try:
        yield store
    finally:
        store.close()
