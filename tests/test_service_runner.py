"""The queue at work when something goes wrong under it: a letter that cannot be stored, a database that is away for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from service.archive.records import JobInput
from service.archive.store import Store
from service.metrics import Metrics
from service.runner import Runner
from service.settings import Settings
from service.worker import Workers
from tests.conftest import LETTER


@contextmanager
def at_work(folder: Path, **settings: Any) -> Iterator[tuple[Store, Runner]]:
    chosen = Settings(data=folder, workers=1, **settings)
    store, workers = Store.open(folder), Workers(chosen)
    runner = Runner(store, workers, chosen, Metrics())
    try:
        yield store, runner
    finally:
        runner.stop()
        workers.close()
        store.close()


def over(store: Store, job: str, seconds: float = 60) -> dict[str, int]:
    end = time.monotonic() + seconds
    while store.get_job(job).finished_at is None and time.monotonic() < end:
        time.sleep(0.05)
    return store.get_job(job).counts


def job_of(store: Store, *texts: str) -> str:
    return store.create_job([JobInput(store.add_file(text.encode()), f"{n}.txt") for n, text in enumerate(texts)]).id


def test_a_letter_that_cannot_be_stored_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(tmp_path) as (store, runner):
        whole = store.finish_many

        def finish(results: Any) -> Any:
            if any("không lưu được" in data["text"] for _, data in results):
                raise ValueError("a value that this database does not take")
            return whole(results)

        monkeypatch.setattr(store, "finish_many", finish)
        job = job_of(store, LETTER, LETTER + "không lưu được", LETTER + "2")
        runner.start()
        assert over(store, job) == {"done": 2, "failed": 1}
        [failed] = store.list_job_files(job, state="failed").items
        assert failed.error["code"] == "defect"
        assert "value" not in failed.error["message"]


def test_a_database_that_was_away_costs_no_letter_and_no_second_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(tmp_path) as (store, runner):
        whole, away = store.finish_many, [2]

        def finish(results: Any) -> Any:
            if away[0]:
                away[0] -= 1
                raise OperationalError("COMMIT", {}, Exception("gone"))
            return whole(results)

        monkeypatch.setattr(store, "finish_many", finish)
        job = job_of(store, LETTER)
        runner.start()
        assert over(store, job) == {"done": 1}
        assert [file.attempts for file in store.list_job_files(job).items] == [1]


def test_a_cancelled_job_stops_its_reader_and_the_next_goes_on(tmp_path: Path) -> None:
    with at_work(tmp_path, lease_seconds=2) as (store, runner):
        jobs = [job_of(store, *(f"{LETTER}{n}" for n in range(40))), job_of(store, LETTER)]
        runner.start()
        time.sleep(0.3)
        store.cancel_job(jobs[0])
        assert over(store, jobs[1]) == {"done": 1}
        assert set(over(store, jobs[0])) <= {"done", "cancelled"}


def test_stopping_gives_files_back_unharmed(tmp_path: Path) -> None:
    with at_work(tmp_path) as (store, runner):
        job = job_of(store, *(f"{LETTER}{n}" for n in range(60)))
        runner.start()
        time.sleep(0.5)
    again = Store.open(tmp_path)
    counts = again.get_job(job).counts
    assert "running" not in counts
    assert {file.attempts for file in again.list_job_files(job, state="queued").items} <= {0}
    again.close()
