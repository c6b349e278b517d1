"""``congvan backup``, ``restore`` and ``migrate``: what an administrator does for the archive now and then."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from service.commands.exchange import Data, Database


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command(name="migrate")(migrate_command)


def _place(data: Path | None, database: str | None) -> tuple[Path | None, str | None]:
    from service.settings import Settings

    settings = Settings()
    return data or settings.data, database or (settings.database_url if data is None else None)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The tar file to write.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Write the whole archive, database and files, to one file; the service may go on meanwhile."""
    from models.errors import CongvanError
    from service.archive import backup as archive

    try:
        made = archive.backup(file, *_place(data, database))
    except CongvanError as error:
        _fail(error)
    print(f"congvan: {file}: database ({made.database}, schema {made.revision}) and {made.files} files, {made.bytes:,} bytes", file=sys.stderr)
    if made.missing:
        print(f"congvan: {made.missing} files were not there: deleted meanwhile, or lost (congvan doctor tells)", file=sys.stderr)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that congvan backup has written.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Put the backup in the place of the archive that is there. Stop the service first.")] = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Bring an archive back from a backup, checked file by file, and its schema up to date."""
    from models.errors import CongvanError
    from service.archive import backup as archive

    try:
        made = archive.restore(file, *_place(data, database), replace=replace)
    except CongvanError as error:
        _fail(error)
    print(f"congvan: restored {made.files} files and the database as of {made.made_at[:19]}; congvan reindex builds the search index", file=sys.stderr)


def migrate_command(data: Data = None, database: Database = None) -> None:
    """Bring the archive's schema up to date. The service does so too when it starts; back up first."""
    from models.errors import CongvanError
    from service.archive.database import current_revision, data_directory, migrate, open_engine

    directory, url = _place(data, database)
    place = data_directory(directory)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = open_engine(url or f"sqlite:///{place / 'archive.db'}")
        before = current_revision(engine)
        after = migrate(engine)
        engine.dispose()
    except CongvanError as error:
        _fail(error)
    print(f"congvan: schema {before or 'empty'} -> {after}" if before != after else f"congvan: schema {after} is up to date", file=sys.stderr)


def _fail(error: Exception) -> None:
    from models.errors import CongvanError

    assert isinstance(error, CongvanError)
    print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
    raise typer.Exit(1) from error
