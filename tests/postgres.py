"""A PostgreSQL of the tests' own: a fresh cluster in a temporary folder, reached by a socket only, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.archive.database import writing
from service.archive.schema import metadata
from service.archive.store import Store

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The cluster's URL with an empty database ``archive``; its server runs as ``postgres``, since it refuses to run as root."""
    assert (BIN / "initdb").is_file(), "install postgresql (.ci/setup dev does)"
    folder = Path(tempfile.mkdtemp(prefix="cvpg", dir="/tmp"))  # sockets allow short paths only
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        prefix = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
        done = subprocess.run([*prefix, *command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout

    run(str(BIN / "initdb"), "--pgdata", str(folder / "data"), "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres", "--no-sync")
    run(str(BIN / "pg_ctl"), "--pgdata", str(folder / "data"), "--wait", "--log", str(folder / "log"), "--options", f"-k {folder} -c listen_addresses='' -c fsync=off", "start")
    try:
        run(str(BIN / "createdb"), "--host", str(folder), "--username", "postgres", "archive")
        yield f"postgresql://postgres@/archive?host={folder}"
    finally:
        run(str(BIN / "pg_ctl"), "--pgdata", str(folder / "data"), "--mode=immediate", "--wait", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty archive, on SQLite and on PostgreSQL in turn."""
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    opened = Store.open(tmp_path / "data", url)
    if url:  # one cluster serves all tests of the session
        with writing(opened.engine) as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    yield opened
    opened.close()
