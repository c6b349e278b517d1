"""Backup, restore and upgrade of an archive, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import tarfile
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import MetaData, insert

from models.pipeline import extract
from service.archive import backup as archive
from service.archive.database import current_revision, known_revisions, migrate, open_engine, writing
from service.archive.records import letter_id, pack
from service.archive.store import Store, TaskFilters
from tests.conftest import LETTER
from tests.postgres import postgresql

__all__ = ["postgresql"]
Command = Callable[..., subprocess.CompletedProcess[str]]


def filled(store: Store) -> str:
    """A letter with a correction and a task that was worked on."""
    sha = store.add_file(LETTER.encode())
    id = store.put_extraction(sha, extract(LETTER.encode(), "cv.txt"))
    store.correct_field(id, "subject", "rà soát trang thiết bị", "Lan")
    task = store.tasks(TaskFilters(letter_id=id)).items[0]
    store.set_task_status(task.id, "done", "Lan", note="xong")
    return id


def contents(store: Store, id: str) -> tuple[object, ...]:
    letter = store.get_letter(id)
    tasks = [(t.text, t.status, t.deadline) for t in store.tasks(TaskFilters(letter_id=id)).items]
    return letter.data["subject"]["value"], letter.data["text"], letter.corrections[0].machine_value, tasks, store.get_file(letter.summary.sha256), store.doctor(deep=True)


def test_a_backup_brings_everything_back(tmp_path: Path, congvan: Command) -> None:
    store = Store.open(tmp_path / "old")
    id = filled(store)
    before = contents(store, id)
    made = congvan("backup", str(tmp_path / "all.tar"), "--data", str(tmp_path / "old"))
    assert made.returncode == 0, made.stderr
    assert "1 files" in made.stderr
    assert (tmp_path / "all.tar").stat().st_mode & 0o077 == 0, "letters are nobody else's business"
    back = congvan("restore", str(tmp_path / "all.tar"), "--data", str(tmp_path / "new"))
    assert back.returncode == 0, back.stderr
    after = contents(Store.open(tmp_path / "new"), id)
    assert after == before
    assert not list((tmp_path / "new").glob(".restore-*"))


def test_restore_overwrites_only_when_told(tmp_path: Path, congvan: Command) -> None:
    store = Store.open(tmp_path / "a")
    id = filled(store)
    archive.backup(tmp_path / "a.tar", tmp_path / "a")
    other = store.add_file(b"V\xc4\x83n b\xe1\xba\xa3n kh\xc3\xa1c")
    store.delete_letter(id)
    refused = congvan("restore", str(tmp_path / "a.tar"), "--data", str(tmp_path / "a"))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    store.close()
    assert congvan("restore", str(tmp_path / "a.tar"), "--data", str(tmp_path / "a"), "--replace").returncode == 0
    again = Store.open(tmp_path / "a")
    assert again.get_letter(id).data["subject"]["value"] == "rà soát trang thiết bị"
    assert not again.blobs.path(other).exists(), "what came after the backup is gone"


def test_a_backup_taken_while_letters_come_in_is_whole(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "busy")
    base = extract(LETTER.encode(), "cv.txt")
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            store.put_extraction(store.add_file(f"{LETTER}{number}".encode()), base)
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        for number in range(3):
            archive.backup(tmp_path / f"{number}.tar", tmp_path / "busy")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        archive.restore(tmp_path / f"{number}.tar", tmp_path / f"back{number}")
        restored = Store.open(tmp_path / f"back{number}")
        assert restored.doctor(deep=True) == []
        assert len(restored.list_letters(limit=1000).items) > 0


def _rewritten(source: Path, target: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            changed = change(member.name, stream.read())
            if changed is not None:
                info = tarfile.TarInfo(changed[0])
                info.size = len(changed[1])
                new.addfile(info, BytesIO(changed[1]))
    return target


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda name, data: (name, data + b"x" if name.startswith("files/") else data), "damaged"),
        (lambda name, data: (name, data[:-1] + b"x" if name == "archive.db" else data), "damaged"),
        (lambda name, data: None if name.startswith("files/") else (name, data), "1 files and holds 0"),
        (lambda name, data: ("files/../../evil", data) if name.startswith("files/") else (name, data), "does not belong"),
        (lambda name, data: ("/etc/evil", data) if name.startswith("files/") else (name, data), "does not belong"),
        (lambda name, data: (name, json.dumps({**json.loads(data), "revision": "9999"}).encode() if name == "manifest.json" else data), "newer"),
        (lambda name, data: None if name == "manifest.json" else (name, data), "no backup"),
    ],
)
def test_a_bad_backup_is_refused_and_leaves_the_archive_as_it_was(tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], says: str) -> None:
    store = Store.open(tmp_path / "a")
    id = filled(store)
    archive.backup(tmp_path / "good.tar", tmp_path / "a")
    bad = _rewritten(tmp_path / "good.tar", tmp_path / "bad.tar", change)
    with pytest.raises(archive.BadBackup, match=says):
        archive.restore(bad, tmp_path / "a", replace=True)
    assert contents(store, id)[-1] == []
    assert not (tmp_path / "evil").exists()


def test_any_file_can_be_given_as_a_backup(tmp_path: Path, congvan: Command) -> None:
    (tmp_path / "x.tar").write_bytes(b"no tar at all")
    done = congvan("restore", str(tmp_path / "x.tar"), "--data", str(tmp_path / "a"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    nothing = congvan("backup", str(tmp_path / "y.tar"), "--data", str(tmp_path / "nowhere"))
    assert (nothing.returncode, "no archive" in nothing.stderr, (tmp_path / "y.tar").exists()) == (1, True, False)


def _first_version(url: str, store_file: Callable[[bytes], str]) -> str:
    """An archive as the first schema had it, with a letter, written with that schema's own columns."""
    engine = open_engine(url)
    migrate(engine, "0001")
    tables = MetaData()
    tables.reflect(engine)
    letter = extract(LETTER.encode(), "cv.txt").to_dict()
    sha = store_file(LETTER.encode())
    id, moment = letter_id(sha), "2026-01-01T00:00:00.000000+00:00"
    with writing(engine) as connection:
        connection.execute(insert(tables.tables["files"]).values(sha256=sha, size=len(LETTER.encode()), media_type="text/plain", added_at=moment))
        connection.execute(insert(tables.tables["letters"]).values(
            id=id, sha256=sha, filename="cv.txt", added_at=moment, updated_at=moment, generation=1, model_version="0.0", identifier="318/SYT-NVY", page_count=1,
            text_origin="embedded", task_count=2))
        connection.execute(insert(tables.tables["extractions"]).values(letter_id=id, version=1, model_version="0.0", created_at=moment, digest="0" * 64, data=pack(letter)))
        connection.execute(insert(tables.tables["tasks"]).values(
            id=f"{id}-1", letter_id=id, task="t1", position=0, text="Rà soát", assignees="[]", types="[]", status="in_progress", updated_at=moment))
        connection.execute(insert(tables.tables["jobs"]).values(id="j" * 24, kind="extract", state="done", options="{}", created_at=moment, finished_at=moment))
        connection.execute(insert(tables.tables["job_files"]).values(job_id="j" * 24, sha256=sha, filename="cv.txt", state="done", attempts=1, letter_id=id, finished_at=moment))
    assert current_revision(engine) == "0001"
    engine.dispose()
    return id


def _upgraded(store: Store, id: str) -> None:
    assert current_revision(store.engine) == max(known_revisions())
    assert store.get_letter(id).data["identifier"]["value"] == "318/SYT-NVY"
    assert store.tasks(TaskFilters(letter_id=id)).items[0].status == "in_progress"
    assert store.get_job("j" * 24).counts == {"done": 1}
    assert store.doctor(deep=True) == []


def test_an_archive_of_the_first_schema_is_upgraded_with_its_letters(tmp_path: Path, congvan: Command) -> None:
    from service.archive.blobs import Blobs

    id = _first_version(f"sqlite:///{tmp_path / 'archive.db'}", Blobs(tmp_path / "files").put)
    old = archive.backup(tmp_path.parent / f"{tmp_path.name}-old.tar", tmp_path)
    assert old.revision == "0001"
    done = congvan("migrate", "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "0001 -> " in done.stderr
    assert "up to date" in congvan("migrate", "--data", str(tmp_path)).stderr
    _upgraded(Store.open(tmp_path), id)
    archive.restore(tmp_path.parent / f"{tmp_path.name}-old.tar", tmp_path / "from-old")
    _upgraded(Store.open(tmp_path / "from-old"), id)


def test_postgresql_is_upgraded_backed_up_and_restored(tmp_path: Path, postgresql: str, congvan: Command) -> None:
    from service.archive.blobs import Blobs

    old = _first_version(postgresql, Blobs(tmp_path / "files").put)
    store = Store.open(tmp_path, postgresql)
    _upgraded(store, old)
    store.delete_letter(old)
    id = filled(store)
    before = contents(store, id)
    made = congvan("backup", str(tmp_path / "pg.tar"), "--data", str(tmp_path), "--database", postgresql)
    assert made.returncode == 0, made.stderr
    store.delete_letter(id)
    store.close()
    refused = congvan("restore", str(tmp_path / "pg.tar"), "--data", str(tmp_path / "new"), "--database", postgresql)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    back = congvan("restore", str(tmp_path / "pg.tar"), "--data", str(tmp_path / "new"), "--database", postgresql, "--replace")
    assert back.returncode == 0, back.stderr
    again = Store.open(tmp_path / "new", postgresql)
    assert contents(again, id) == before
    again.close()
    other = congvan("restore", str(tmp_path / "pg.tar"), "--data", str(tmp_path / "lite"))
    assert (other.returncode, "same kind of database" in other.stderr) == (1, True)
