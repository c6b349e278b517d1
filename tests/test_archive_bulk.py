"""Bulk runs: what is listed, what becomes of each file, going on after kills, re-extraction, inbox, doctor."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from service.archive.benchmarks.kills import differences, run_killed, snapshot
from service.archive.bulk.inbox import Inbox
from service.archive.bulk.run import BulkRun, stored_items
from service.archive.bulk.sources import Item, Unlisted, listing, read_item
from service.archive.checkup import checkup, mend
from service.archive.search.index import SearchIndex
from service.archive.store import Store
from service.cli import app
from service.settings import Settings
from service.worker import Workers
from tests.postgres import postgresql, store
from tests.test_archive_store import letter

__all__ = ["postgresql", "store"]
CONGVAN = [sys.executable, "-m", "service.cli"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Letters of several forms, twins, a ZIP, rubbish."""
    place = tmp_path / "in"
    (place / "2024" / "tháng 5").mkdir(parents=True)
    for number in range(1, 6):
        (place / "2024" / f"cv-{number}.txt").write_bytes(letter(number))
    (place / "2024" / "tháng 5" / "bản sao.txt").write_bytes(letter(1))
    (place / "hỏng.pdf").write_bytes(b"%PDF-1.4 cut off")
    (place / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    (place / ".hidden.txt").write_bytes(letter(99))
    (place / "Thumbs.db").write_bytes(b"x")
    with zipfile.ZipFile(place / "cũ.zip", "w") as archive:
        archive.writestr("a/cv-6.txt", letter(6))
        archive.writestr("a/cv-2.txt", letter(2))
        archive.writestr("__MACOSX/._cv-6.txt", b"x")
        archive.writestr("../../escape.txt", letter(7))
    return place


def congvan(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CONGVAN, *arguments], env=os.environ | {"CONGVAN_DATA": str(data), "COLUMNS": "160"}, capture_output=True, text=True, timeout=120, check=False)


def here(data: Path, *arguments: str) -> Result:
    """As :func:`congvan`, in this process: for commands that start none of their own."""
    return CliRunner().invoke(app, arguments, env={"CONGVAN_DATA": str(data), "COLUMNS": "160"})


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Reading processes, started once."""
    started = Workers(Settings(workers=1))
    yield started
    started.close()


@pytest.fixture
def run(workers: Workers) -> Callable[..., dict[str, int]]:
    def once(store: Store, *places: str) -> dict[str, int]:
        return dict(BulkRun(store, Settings(), jobs=1, workers=workers).run(listing(places)).counts)

    return once


Run = Callable[..., dict[str, int]]


def test_a_folder_is_taken_in_once(folder: Path, tmp_path: Path, run: Run) -> None:
    store = Store.open(tmp_path / "data")
    assert run(store, str(folder)) == {"new": 7, "duplicate": 2, "quarantined": 2}
    assert {Path(row["filename"]).name: row["error"]["code"] for row in store.list_quarantine()} == {"hỏng.pdf": "unreadable", "film.mp4": "unsupported_media_type"}
    assert all(row["error"]["remedy"] for row in store.list_quarantine())
    assert store.letter_by_sha256(store.list_letters().items[0].sha256) is not None
    assert {item.filename for item in store.list_letters().items} == {"cv-1.txt", "cv-2.txt", "cv-3.txt", "cv-4.txt", "cv-5.txt", "cv-6.txt", "escape.txt"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "in"]  # nothing was unpacked to where the ZIP says
    # again: nothing is read; with a changed file, only that one
    assert run(store, str(folder)) == {"unchanged": 9, "bad": 2}
    (folder / "2024" / "cv-3.txt").write_bytes(letter(33))
    assert run(store, str(folder)) == {"unchanged": 8, "bad": 2, "new": 1}
    # moved: known by its bytes
    (folder / "2024" / "cv-4.txt").rename(folder / "renamed.txt")
    assert run(store, str(folder)) == {"unchanged": 8, "bad": 2, "duplicate": 1}
    # the quarantine list can be tried again
    (folder / "hỏng.pdf").write_bytes(letter(44))
    assert store.forget_quarantined() == 2
    assert run(store, str(folder)) == {"unchanged": 9, "new": 1, "quarantined": 1}
    assert checkup(store, deep=True)[0]["code"] == "index_behind"
    assert len(list(mend(store))) == 1
    assert checkup(store, deep=True) == []
    store.close()


def test_a_deleted_letter_does_not_come_back(store: Store, folder: Path, run: Run) -> None:
    run(store, str(folder / "2024"))
    store.delete_letter(store.list_letters().items[0].id)
    assert "new" not in run(store, str(folder / "2024"))
    assert store.count_letters() == 4


def test_listing(folder: Path, tmp_path: Path) -> None:
    found = list(listing([str(folder)]))
    assert len(found) == 11
    items = [item for item in found if isinstance(item, Item)]
    assert [i.shown for i in items if "!/" in i.name] == ["escape.txt", "cv-2.txt", "cv-6.txt"]
    for item in items:
        assert len(read_item(item, 10_000)) == item.size
    assert {i.shown for i in listing([str(folder)], include=["*.pdf"]) if isinstance(i, Item)} == {"hỏng.pdf"}
    assert "film.mp4" not in {i.shown for i in listing([str(folder)], exclude=["*.mp4"]) if isinstance(i, Item)}
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 no")
    lost = list(listing([str(tmp_path / "nowhere"), str(tmp_path / "bad.zip"), "nosuch://x/y"]))
    assert [type(one) for one in lost] == [Unlisted] * 3
    assert [one.error.error_code for one in lost if isinstance(one, Unlisted)][:2] == ["no_such_file", "bad_zip"]


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_object_stores_are_listed_and_read(tmp_path: Path, scheme: str) -> None:
    import fsspec

    base = f"file://{tmp_path}/box" if scheme == "file" else "memory://box"
    for name in ("a.txt", "sub/b.txt"):
        with fsspec.open(f"{base}/{name}", "wb", auto_mkdir=True) as file:
            file.write(letter(1))
    items = [item for item in listing([base]) if isinstance(item, Item)]
    assert [item.shown for item in items] == ["a.txt", "b.txt"]
    assert all(item.stamp for item in items)
    assert read_item(items[1], 100_000) == letter(1)


def test_files_of_an_object_store_are_taken_in(tmp_path: Path, run: Run) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "a.txt").write_bytes(letter(1))
    store = Store.open(tmp_path / "data")
    assert run(store, f"file://{tmp_path}/box") == {"new": 1}
    assert run(store, f"file://{tmp_path}/box") == {"unchanged": 1}
    store.close()


def test_reextraction_keeps_corrections(store: Store, folder: Path, run: Run, workers: Workers) -> None:
    run(store, str(folder / "2024"))
    id = store.list_letters().items[0].id
    store.correct_field(id, "subject", "Sắp xếp biên chế", "chi.lan")
    assert list(stored_items(store)) == []  # this model has read them all
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE letters SET model_version = 'old'")
        connection.exec_driver_sql("UPDATE extractions SET model_version = 'old'")
    report = BulkRun(store, Settings(), jobs=1, again=True, workers=workers).run(stored_items(store))
    assert dict(report.counts) == {"changed": 5}
    assert list(stored_items(store)) == []
    assert store.get_letter(id).summary.subject == "Sắp xếp biên chế"
    assert len(store.versions(id)) == 2
    assert dict(BulkRun(store, Settings(), jobs=1, again=True, workers=workers).run(stored_items(store, all_versions=True)).counts) == {"same": 5}


def test_a_slow_file_is_put_aside(folder: Path, tmp_path: Path) -> None:
    (folder / "2024" / "dài.txt").write_bytes(b"".join(letter(n) for n in range(2000)))
    done = congvan(tmp_path / "data", "index", str(folder / "2024"), "--letter-seconds", "3", "--jobs", "1", "--report", str(tmp_path / "report.json"))
    assert done.returncode == 0, done.stderr
    assert '"timeout": 1' in (tmp_path / "report.json").read_text()
    assert "5  new letters" in done.stderr


def test_killed_runs_end_as_undisturbed_ones(folder: Path, tmp_path: Path, workers: Workers) -> None:
    for number in range(100, 130):
        (folder / f"n{number}.txt").write_bytes(letter(number, subject=f"kiểm tra việc số {number} của năm"))
    BulkRun(calm := Store.open(tmp_path / "calm"), Settings(), jobs=1, workers=workers).run(listing([str(folder)]))
    # by files, not by time: so the kills fall into the run on a slow machine and on a fast one; what a kill left is swept, or read again
    assert run_killed([str(folder)], tmp_path / "killed", 3, jobs=1, files=(1, 12), rng=random.Random(5)) == 3
    killed = Store.open(tmp_path / "killed")
    assert calm.count_letters() == 37
    assert differences(snapshot(calm), snapshot(killed)) == []
    assert checkup(killed, deep=True) == []
    calm.close()
    killed.close()


def test_an_inbox_waits_for_files_to_be_whole(tmp_path: Path) -> None:
    inbox = Inbox()
    fresh = [Item("a", 10, str(time.time_ns())), Item("b", 10, str(time.time_ns() - 10**10))]
    assert [item.name for item in inbox.ready(fresh) if isinstance(item, Item)] == ["b"]
    grown = [Item("a", 20, str(time.time_ns())), fresh[1]]
    assert [item.name for item in inbox.ready(grown) if isinstance(item, Item)] == ["b"]
    assert [item.name for item in inbox.ready(grown) if isinstance(item, Item)] == ["a", "b"]


def test_watching_takes_what_arrives_and_ends_when_asked(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = subprocess.Popen([*CONGVAN, "index", str(folder / "2024"), "--watch", "--every", "0.3", "--jobs", "1", "--quiet"], env=os.environ | {"CONGVAN_DATA": str(data)}, stderr=subprocess.PIPE)
    try:
        _until(lambda: _letters(data) == 5)
        (folder / "2024" / "mới.txt").write_bytes(letter(77))
        _until(lambda: _letters(data) == 6)
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
    store = Store.open(data)
    assert SearchIndex.open(store).catch_up(store) >= 0
    assert SearchIndex.open(store).search("so:77/UBND-NC").total == 1
    store.close()


def test_doctor_and_quarantine_from_the_command_line(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert congvan(data, "index", str(folder), "--quiet", "--jobs", "1").returncode == 0
    listed = here(data, "quarantine").stdout
    assert "hỏng.pdf" in listed
    assert "unreadable" in listed
    wrong = here(data, "search", "nguoiki:An")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "nguoiky:" in wrong.stderr
    store = Store.open(data)
    sha = store.list_letters().items[0].sha256
    store.blobs.path(sha).write_bytes(b"changed")
    store.blobs.put(b"nobody knows me")
    index = SearchIndex.open(store)
    with index.writer() as writer:
        writer.delete_documents_by_term("id", store.list_letters().items[1].id)
        writer.commit()
    store.close()
    found = here(data, "doctor", "--deep")
    assert found.exit_code == 1
    assert {line.split(":")[0] for line in found.stdout.splitlines()} == {"bytes_changed", "bytes_unknown", "index_differs"}
    assert {line.split(":")[0] for line in here(data, "doctor", "--mend", "--deep").stdout.splitlines()} == {"bytes_changed"}


def _letters(data: Path) -> int:
    if not (data / "archive.db").exists():
        return 0
    try:
        store = Store.open(data)
    except Exception:  # the other process is just making the schema
        return 0
    try:
        return store.count_letters()
    finally:
        store.close()


def _until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)
