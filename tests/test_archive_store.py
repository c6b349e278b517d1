"""The archive's store on SQLite and PostgreSQL: letters, versions, corrections, tasks, jobs, keys."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pipeline import extract
from service.archive.errors import Conflict, InvalidCorrection, InvalidCursor, InvalidFilter, LeaseLost, NotFound
from service.archive.likeness import bands, simhash
from service.archive.records import decode_cursor, encode_cursor, identifier_key
from service.archive.store import LetterFilters, Store, TaskFilters
from tests.postgres import postgresql, store

__all__ = ["postgresql", "store"]

LETTER = """ỦY BAN NHÂN DÂN            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
HUYỆN AN BIÊN                 Độc lập - Tự do - Hạnh phúc

Số: {number}/UBND-NC                An Biên, ngày {day} tháng 5 năm 2024
V/v {subject}

Kính gửi: Phòng Nội vụ huyện.

Thực hiện Kế hoạch số 168-KH/TU ngày 02 tháng 02 năm 2024 của Tỉnh ủy, Ủy ban nhân dân huyện yêu cầu:
1. Phòng Nội vụ huyện báo cáo kết quả thực hiện trước ngày 20 tháng 6 năm 2024.
2. Phòng Văn hóa và Thông tin huyện tuyên truyền {subject} trên địa bàn.

Nơi nhận:                                TM. ỦY BAN NHÂN DÂN
- Như trên;                              CHỦ TỊCH
- Lưu: VT.
                                         Nguyễn Văn An
"""


def letter(number: int = 12, day: int = 10, subject: str = "rà soát biên chế sự nghiệp") -> bytes:
    return LETTER.format(number=number, day=day, subject=subject).encode()


def put(store: Store, data: bytes, model: str | None = None) -> str:
    sha = store.add_file(data, "text/plain")
    return store.put_extraction(sha, extract(data, "cv.txt"), filename="cv.txt", model=model)


def test_a_letter_is_stored_once(store: Store) -> None:
    first, second = put(store, letter()), put(store, letter())
    assert first == second
    assert store.stats()["letters"] == 1
    assert len(store.versions(first)) == 1
    found = store.get_letter(first)
    assert found.summary.identifier == "12/UBND-NC"
    assert found.extraction.text == extract(letter(), "cv.txt").text
    assert store.get_file(found.summary.sha256) == letter()


def test_schema_is_what_the_migrations_make(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from service.archive.schema import metadata

    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_corrections_outlive_reextraction(store: Store) -> None:
    id = put(store, letter(), model="old")
    after = store.correct_field(id, "subject", "Sắp xếp biên chế", "chi.lan")
    assert after.summary.subject == "Sắp xếp biên chế"
    assert after.corrections[0].machine_value.casefold() == "rà soát biên chế sự nghiệp"
    store.correct_field(id, "signer.name", None, "chi.lan")
    store.correct_field(id, "tasks.0.text", "Phòng Nội vụ huyện báo cáo.", "chi.lan")
    put(store, letter(), model="new")
    again = store.get_letter(id)
    assert again.version == 2
    assert again.summary.subject == "Sắp xếp biên chế"
    assert again.summary.signer is None
    assert again.data["tasks"][0]["text"] == "Phòng Nội vụ huyện báo cáo."
    assert all(c.applied for c in again.corrections)
    assert store.get_letter(id, version=1).data["subject"]["value"].casefold() == "rà soát biên chế sự nghiệp"


@pytest.mark.parametrize(("path", "value"), [
    ("text", "x"), ("subject.span", "x"), ("tasks.99.text", "x"), ("tasks.0.types", "x"), ("subject", 5), ("references.0.relation", "none"), ("signer", "x"),
    ("../x", "x"), ("tasks.-1.text", "x"), ("", "x"),
])
def test_wrong_corrections_are_refused(store: Store, path: str, value: Any) -> None:
    id = put(store, letter())
    before = store.get_letter(id)
    with pytest.raises(InvalidCorrection) as error:
        store.correct_field(id, path, value, "x")
    assert error.value.remedy
    assert store.get_letter(id) == before


def test_two_editors(store: Store) -> None:
    id = put(store, letter())
    generation = store.get_letter(id).summary.generation
    store.correct_field(id, "subject", "A", "x", expected_generation=generation)
    with pytest.raises(Conflict):
        store.correct_field(id, "subject", "B", "y", expected_generation=generation)


def test_task_state_outlives_reextraction(store: Store) -> None:
    id = put(store, letter(), model="old")
    items = store.tasks(TaskFilters(letter_id=id)).items
    due = next(t for t in items if t.deadline == "2024-06-20")
    store.set_task_status(due.id, "done", "anh.ba", note="đã gửi")
    put(store, letter(), model="new")
    assert store.get_task(due.id).status == "done"
    assert [h["note"] for h in store.task_history(due.id)] == ["đã gửi"]
    assert due.id not in {t.id for t in store.tasks(TaskFilters(status="open")).items}
    with pytest.raises(InvalidFilter):
        store.set_task_status(due.id, "xong", "x")


def test_lists_and_cursors(store: Store) -> None:
    ids = {put(store, letter(n, 1 + n % 3)) for n in range(1, 8)}
    for sort in ("date", "-date", "added", "-added"):
        seen, cursor = [], None
        while True:
            page = store.list_letters(cursor=cursor, limit=2, sort=sort)
            seen += [item.id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted(ids)
    assert len(store.list_letters(LetterFilters(cites="168 kh tu")).items) == 7
    assert len(store.list_letters(LetterFilters(identifier="3 ubnd nc")).items) == 1
    assert store.list_letters(LetterFilters(year=1999)).items == []
    assert len(store.list_letters(LetterFilters(issuer="an biên")).items) == 7
    with pytest.raises(InvalidCursor):
        store.list_letters(cursor="!!")
    with pytest.raises(InvalidFilter):
        store.list_letters(limit=0)


def test_deleted_for_good(store: Store) -> None:
    id = put(store, letter())
    sha = store.get_letter(id).summary.sha256
    cursor = store.changes_since().next_cursor
    store.delete_letter(id)
    with pytest.raises(NotFound):
        store.get_letter(id)
    assert list(store.blobs.names()) == []
    assert [(c["letter_id"], c["kind"]) for c in store.changes_since(cursor).items] == [(id, "delete")]
    with pytest.raises(NotFound):
        store.get_file(sha)
    assert store.doctor(deep=True) == []


def test_near_duplicates_are_linked(store: Store) -> None:
    a, b = put(store, letter()), put(store, letter() + "\nBản scan lần hai".encode())
    c = put(store, "Thông báo lịch trực cơ quan trong dịp nghỉ lễ Quốc khánh năm 2024, các phòng ban cử người trực theo danh sách kèm theo, giữ liên lạc suốt ngày đêm và ghi sổ trực.".encode())
    assert [s["letter_id"] for s in store.similar_letters(a)] == [b]
    assert store.similar_letters(c) == []


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=6))
def test_bands_find_every_hash_within_six_bits(value: int, flips: set[int]) -> None:
    other = value
    for bit in flips:
        other ^= 1 << bit
    assert set(bands(value)) & set(bands(other))


def test_short_texts_have_no_likeness() -> None:
    assert simhash("Kính gửi") is None


@pytest.mark.parametrize("spelling", ["168-KH/TU", "168 KH TU", "168/kh-tu", "168–KH/TU"])
def test_identifier_spellings(spelling: str) -> None:
    assert identifier_key(spelling) == "168 kh tu"


@given(st.text(max_size=40))
def test_any_text_as_cursor_is_refused_kindly(text: str) -> None:
    with suppress(InvalidCursor):  # any other exception fails
        decode_cursor(text, str, int)
    assert decode_cursor(encode_cursor("a", 1), str, int) == ["a", 1]


def test_jobs_are_done_once(store: Store) -> None:
    sha = store.add_file(letter())
    job = store.create_job([(sha, "a.txt"), (sha, "b.txt")], idempotency_key="k")
    assert store.create_job([(sha, "a.txt")], idempotency_key="k").id == job.id
    assert job.counts == {"queued": 1}
    claim = store.claim_next("w1")
    assert claim is not None
    assert store.claim_next("w2") is None
    assert store.requeue_stale(0.0) == 1
    assert not store.heartbeat(claim)
    second = store.claim_next("w2")
    assert second is not None
    assert second.attempts == 2
    with pytest.raises(LeaseLost):
        store.finish(claim, extract(letter(), "a.txt"))
    id = store.finish(second, extract(letter(), "a.txt"))
    done = store.get_job(job.id)
    assert (done.state, done.counts) == ("done", {"done": 1})
    assert store.list_job_files(job.id).items[0].letter_id == id
    assert store.create_job([(sha, "a.txt")]).state == "done"  # this model has read it already


def test_a_file_that_kills_its_worker_fails_after_three_attempts(store: Store) -> None:
    job = store.create_job([(store.add_file(b"x"), "x")])
    for _ in range(3):
        assert store.claim_next("w") is not None
        store.requeue_stale(0.0)
    assert store.claim_next("w") is None
    assert store.list_job_files(job.id).items[0].error["code"] == "worker_died"
    assert store.retry_job(job.id).counts == {"queued": 1}
    assert store.cancel_job(job.id).state == "cancelled"


def test_threads_claim_every_file_once(store: Store) -> None:
    store.create_job([(store.add_file(str(n).encode()), None) for n in range(24)])
    got: list[str] = []

    def work() -> None:
        while (claim := store.claim_next("w")) is not None:
            got.append(claim.sha256)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(got) == len(set(got)) == 24


def test_keys(store: Store) -> None:
    key, token = store.create_key("tích hợp", ["read"])
    found = store.check_key(token)
    assert found is not None
    assert found.scopes == ["read"]
    assert store.check_key(token + "x") is None
    store.revoke_key(key.id)
    assert store.check_key(token) is None
    with store.engine.connect() as connection:
        assert token not in str(connection.exec_driver_sql("SELECT * FROM api_keys").all())


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "", "0" * 63, "0" * 64 + "/"])
def test_names_outside_the_store(store: Store, name: str) -> None:
    with pytest.raises(NotFound):
        store.blobs.path(name)


def test_doctor_sees_damage(store: Store) -> None:
    a, b = put(store, letter(1)), put(store, letter(2))
    store.blobs.path(store.get_letter(a).summary.sha256).unlink()
    store.blobs.path(store.get_letter(b).summary.sha256).write_bytes(b"changed")
    assert {f["code"] for f in store.doctor(deep=True)} == {"bytes_missing", "bytes_changed"}
