"""Opening the database: SQLite in write-ahead mode by default, PostgreSQL by URL, and the schema brought up to date."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models.errors import CongvanError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
_TURNS: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
_TURNS_LOCK = threading.Lock()
_CHANGES_LOCK = 7_016_901  # any fixed number: the advisory lock under which PostgreSQL hands out change numbers


def data_directory(path: Path | str | None = None) -> Path:
    """Where the archive lives: the argument, else ``CONGVAN_DATA``, else the user's data directory (XDG)."""
    if path is not None:
        return Path(path)
    if chosen := os.environ.get("CONGVAN_DATA"):
        return Path(chosen)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "congvan"


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql://…``. Raises CongvanError for another URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise CongvanError("The database URL cannot be read", remedy="Use sqlite:///PATH or postgresql://USER@HOST/NAME.", code="bad_database_url") from error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": 60, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise CongvanError(f"A {parsed.get_backend_name()} database is not served", remedy="Use sqlite:///PATH or postgresql://USER@HOST/NAME.", code="bad_database_url")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event opens transactions, not the driver's guess
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an accepted file must outlive a power cut, not only a killed process
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=60000")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not only unlinked
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # a transaction that reads first and writes later could not be retried by SQLite: writers lock at the beginning
    writes = connection.get_execution_options().get("congvan_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end, rolled back on an exception.

    SQLite has one writer, and who waits for it asks again and again, with growing pauses: the threads of this process
    queue for a lock of their own instead, so that none waits for long while others overtake it.
    """
    with _turn(engine), engine.connect().execution_options(congvan_write=True) as connection, connection.begin():
        yield connection


def _turn(engine: Engine) -> AbstractContextManager[object]:
    if engine.dialect.name != "sqlite":
        return nullcontext()
    with _TURNS_LOCK:
        return _TURNS.setdefault(engine, threading.Lock())


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: one consistent view."""
    with engine.connect() as connection, connection.begin():
        yield connection


def forget(engine: Engine) -> None:
    """After a deletion: see that the write-ahead log keeps no older copy of what was deleted (SQLite)."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a reader at work may hold it back: the next one does it
        finally:
            raw.close()


def lock_changes(connection: Connection) -> None:
    """Make change numbers appear in the order of their commits (SQLite has one writer and needs no lock)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHANGES_LOCK})


def migrate(engine: Engine, target: str = "head") -> str:
    """Bring the schema to ``target`` and return its revision. Several processes may call this at once."""
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _alembic()
    head = ScriptDirectory.from_config(config).get_current_head() or ""
    if current_revision(engine) == head and target == "head":
        return head
    with writing(engine) as connection:
        lock_changes(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, target)
    return current_revision(engine) or ""


def current_revision(engine: Engine) -> str | None:
    """The schema revision the database has, None for an empty database."""
    from alembic.migration import MigrationContext

    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> frozenset[str]:
    """Every revision of the schema that this version can bring up to date."""
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions())


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
