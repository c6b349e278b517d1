"""Files, queue and hooks of the store in SQLite and in a real PostgreSQL: races, leases, upgrades, what is left after a kill."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.pipeline import extract
from service.archive.database import migrate, open_engine, reading, writing
from service.archive.errors import Conflict, KeyReused, LeaseLost, NotFound
from service.archive.records import JobInput
from service.archive.store import Store
from tests.conftest import LETTER
from tests.postgres import postgresql, store

__all__ = ["postgresql", "store"]
READ = extract(LETTER.encode(), "cv.txt").to_dict()


def together(*functions: Callable[[], Any]) -> list[BaseException]:
    """Run functions in threads at the same time; what they raised."""
    raised: list[BaseException] = []
    gate = threading.Barrier(len(functions))

    def work(function: Callable[[], Any]) -> None:
        gate.wait()
        try:
            function()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_adding_and_deleting_the_same_bytes_at_the_same_time_harms_neither(store: Store) -> None:
    for _ in range(12):
        sha = store.add_file(LETTER.encode())
        id = store.put_extraction(sha, READ)
        assert together(lambda id=id: store.delete_letter(id), lambda: store.add_file(LETTER.encode()), lambda: store.add_file(LETTER.encode())) == []  # type: ignore[misc]
        assert [found for found in store.doctor(deep=True) if found["code"].startswith("bytes")] == []
        if store.drop_unread(sha) is False:
            pytest.fail("nothing used the file any more")
        with pytest.raises(NotFound):
            store.get_file(sha)


def test_a_deletion_that_was_killed_half_way_is_undone_or_ended(store: Store) -> None:
    kept, gone = store.add_file(LETTER.encode()), store.add_file(b"x")
    for sha in (kept, gone):
        assert store.blobs.move_aside(sha) is not None
    with writing(store.engine) as connection:
        connection.execute(text("DELETE FROM files WHERE sha256 = :sha"), {"sha": gone})
    assert store.sweep() == 2
    assert store.get_file(kept) == LETTER.encode()
    assert list(store.blobs.aside()) == []
    with pytest.raises(NotFound):
        store.get_file(gone)


def test_deleting_a_letter_ends_the_jobs_that_waited_for_its_file(store: Store) -> None:
    sha = store.add_file(LETTER.encode())
    id = store.put_extraction(sha, READ, model="old")
    job = store.create_job([JobInput(sha, "a.txt", 10)])
    claim = store.claim_next("w")
    assert claim is not None
    store.delete_letter(id)
    assert store.get_job(job.id).state == "cancelled"
    with pytest.raises(LeaseLost):
        store.finish(claim, READ)
    assert store.retry_job(job.id).counts == {"cancelled": 1}  # its bytes are gone
    assert store.delete_job(job.id) == [sha]


def test_a_deletion_that_names_another_generation_is_refused(store: Store) -> None:
    id = store.put_extraction(store.add_file(LETTER.encode()), READ)
    with pytest.raises(Conflict):
        store.delete_letter(id, expected_generation=99)
    assert store.get_file(store.get_letter(id).summary.sha256) == LETTER.encode()


def test_many_workers_finish_every_file_once(store: Store) -> None:
    inputs = [JobInput(store.add_file(f"{LETTER}{n}".encode()), f"{n}.txt", n) for n in range(12)]
    job = store.create_job([*inputs, JobInput(None, "xấu.zip", 5, {"code": "nested_archive", "message": "x"})])
    assert store.queue_load() == (12, sum(range(12)))

    def work() -> None:
        while claims := store.claim_many("w", 3):
            assert all(store.finish_many([(claim, READ) for claim in claims]))

    assert together(work, work, work) == []
    done = store.get_job(job.id)
    assert (done.state, done.counts) == ("done", {"done": 12, "failed": 1})
    assert store.stats()["letters"] == 12
    assert store.queue_states() == {"done": 12, "failed": 1}
    with reading(store.engine) as connection:
        assert connection.execute(text("SELECT count(*), count(DISTINCT letter_id) FROM changes WHERE kind = 'upsert'")).one() == (12, 12)


def test_a_released_file_costs_no_attempt_and_a_crash_costs_one(store: Store) -> None:
    job = store.create_job([JobInput(store.add_file(b"x"), "x")])
    for attempts in (1, 1):
        claim = store.claim_next("w")
        assert claim is not None
        assert claim.attempts == attempts
        store.release(claim)
    for attempts in (1, 2, 3):
        claim = store.claim_next("w")
        assert claim is not None
        assert claim.attempts == attempts
        store.fail(claim, {"code": "worker_died", "message": "x"}, again=True)
    assert store.claim_next("w") is None
    assert store.get_job(job.id).counts == {"failed": 1}
    assert store.heartbeats([]) == []


def test_a_service_takes_back_only_its_own_files(store: Store) -> None:
    store.create_job([JobInput(store.add_file(b"1")), JobInput(store.add_file(b"2"))])
    assert store.claim_next("mine-1")
    assert store.claim_next("other-1")
    for _ in range(5):  # a service that is killed again and again fails none of its files
        assert store.requeue_stale(worker="mine") == 1
        assert store.queue_states() == {"queued": 1, "running": 1}
        claim = store.claim_next("mine-2")
        assert claim is not None
        assert claim.attempts == 1


def test_one_key_one_job_also_when_asked_at_the_same_time(store: Store) -> None:
    sha = store.add_file(b"x")
    made: list[str] = []
    assert together(*[lambda: made.append(store.create_job([JobInput(sha)], idempotency_key="k", owner="o").id)] * 4) == []
    assert len(set(made)) == 1
    assert store.create_job([JobInput(sha)], idempotency_key="k", owner="other").id not in made
    with pytest.raises(KeyReused):
        store.create_job([JobInput(store.add_file(b"y"))], idempotency_key="k", owner="o")


def test_lists_of_jobs_are_followed_to_their_end(store: Store) -> None:
    made = {store.create_job([JobInput(store.add_file(str(n).encode()))]).id for n in range(5)}
    seen, cursor = [], None
    while True:
        page = store.list_jobs(cursor=cursor, limit=2)
        seen += [job.id for job in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (len(seen), set(seen)) == (5, made)


def test_two_services_never_deliver_the_same_call(store: Store) -> None:
    hook = store.add_webhook("https://x.example/", ["letter.changed"])
    for n in range(10):
        store.put_extraction(store.add_file(str(n).encode()), READ)
    got: list[str] = []
    assert together(*[lambda: got.extend(d["id"] for d in store.due_deliveries())] * 3) == []
    assert (len(got), len(set(got))) == (10, 10)
    store.delivery_result(got[0], ok=True, status=204)
    store.delivery_result(got[1], ok=False, status=500, error="x", retry_in=0.0)
    assert [d["id"] for d in store.due_deliveries()] == [got[1]]
    assert store.prune_deliveries() == 0
    store.disable_webhook(hook["id"])
    assert store.due_deliveries() == []
    assert {d["state"] for d in store.list_deliveries(hook["id"]).items} == {"done", "failed"}
    assert store.enqueue_event("letter.changed", {}) == 0


def test_statistics_and_quarantine(store: Store) -> None:
    store.put_extraction(store.add_file(LETTER.encode()), READ)
    store.put_quarantine("0" * 64, "hỏng.pdf", {"code": "unreadable", "message": "x"})
    store.put_quarantine("0" * 64, "hỏng.pdf", {"code": "unreadable", "message": "y"})
    assert [(q["filename"], q["error"]["message"]) for q in store.list_quarantine()] == [("hỏng.pdf", "y")]
    stats = store.stats()
    assert (stats["letters"], stats["quarantine"], stats["by_type"], stats["by_year"], stats["tasks"], stats["bytes"]) == (1, 1, {"CV": 1}, {"2019": 1}, {"open": 2}, len(LETTER.encode()))


def test_an_upgrade_keeps_jobs_and_their_files(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(engine, "0001")
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO jobs (id, kind, state, options, created_at) VALUES ('j', 'extract', 'queued', '{}', '2026')"))
        connection.execute(text("INSERT INTO job_files (job_id, sha256, state, attempts) VALUES ('j', 'aa', 'queued', 0)"))
        connection.execute(text("INSERT INTO webhooks (id, url, secret, events, created_at) VALUES ('h', 'u', 's', '[]', '2026')"))
        connection.execute(text("INSERT INTO webhook_deliveries (id, webhook_id, event, payload, state, attempts, next_at) VALUES ('d', 'h', 'e', '{}', 'queued', 0, '2026')"))
    migrate(engine)
    with reading(engine) as connection:
        assert [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in ("jobs", "job_files", "webhooks", "webhook_deliveries")] == [1] * 4
    engine.dispose()
