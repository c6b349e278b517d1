"""Letters sent to the archive: jobs, ZIP files hostile and plain, idempotency, deduplication, limits, back-pressure."""

from __future__ import annotations

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.api.uploads import clean_name
from service.app import create_app
from service.settings import Settings
from tests.conftest import LETTER
from tests.serving import serving


def letter(number: int) -> bytes:
    return LETTER.replace("318/", f"{number}/").replace("trang thiết bị", f"trang thiết bị đợt {number}").encode()


def zipped(entries: dict[str, bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as bundle:
        for name, data in entries.items():
            bundle.writestr(name, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), workers=1, auth="off", max_upload_bytes=300_000, max_request_bytes=2_000_000, max_request_unpacked_bytes=900_000, max_files=12)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def send(client: TestClient, *files: tuple[str, bytes], wait: float = 30, **headers: str) -> Any:
    return client.post("/v1/letters", params={"wait": wait}, files=[("file", file) for file in files], headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_many_files_become_one_job_and_a_bad_one_fails_alone(client: TestClient) -> None:
    accepted = send(client, ("một.txt", letter(1)), ("hỏng.pdf", b"%PDF-1.7\nhong"), ("trống.txt", b""), wait=0)
    assert accepted.status_code == 202
    assert int(accepted.headers["retry-after"]) >= 1
    job = accepted.headers["location"]
    for _ in range(200):
        seen = client.get(job).json()
        if seen["finished_at"]:
            break
        time.sleep(0.1)
    assert seen["progress"] == {"total": 3, "queued": 0, "running": 0, "done": 1, "failed": 2, "cancelled": 0}
    states = {file["filename"]: (file["state"], (file["error"] or {}).get("code")) for file in seen["files"]}
    assert states == {"một.txt": ("done", None), "hỏng.pdf": ("failed", "unreadable"), "trống.txt": ("failed", "unreadable")}
    assert [file["filename"] for file in client.get(job, params={"state": "failed"}).json()["files"]] == ["hỏng.pdf", "trống.txt"]
    assert seen["id"] in {item["id"] for item in client.get("/v1/jobs").json()["items"]}


def test_the_impatient_wait_and_the_same_bytes_are_read_once(client: TestClient) -> None:
    first = send(client, ("a.txt", letter(2)))
    assert first.status_code == 200
    assert first.json()["state"] == "done"
    again = send(client, ("b.txt", letter(2)), wait=0)
    assert again.status_code == 200  # done before anything was read
    assert again.json()["files"][0]["letter_id"] == first.json()["files"][0]["letter_id"]
    assert again.json()["files"][0]["attempts"] == 0


def test_idempotency_key(client: TestClient) -> None:
    one = send(client, ("a.txt", letter(3)), idempotency_key="k-1")
    two = send(client, ("a.txt", letter(3)), idempotency_key="k-1")
    assert one.json()["id"] == two.json()["id"]
    assert two.headers["idempotent-replayed"] == "true"
    other = send(client, ("a.txt", letter(4)), idempotency_key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_zip_is_a_bundle_and_its_names_reach_nothing(client: TestClient, tmp_path: Path) -> None:
    inner = zipped({"x.txt": letter(9)})
    bundle = zipped({"thư mục/công văn.txt": letter(5), "../../etc/passwd": letter(6), "C:\\x\\y.txt": letter(7), "trong.zip": inner, "__MACOSX/._a": b"x", "rỗng/": b"",
                     "to.txt": b"a" * 400_000})
    answer = send(client, ("bó.zip", bundle))
    states = {file["filename"]: (file["state"], (file["error"] or {}).get("code")) for file in answer.json()["files"]}
    assert states == {"công văn.txt": ("done", None), "passwd": ("done", None), "y.txt": ("done", None), "trong.zip": ("failed", "nested_archive"), "to.txt": ("failed", "too_large")}
    root = client.app.state.settings.data  # type: ignore[attr-defined]
    assert not list((root / "files" / "incoming").glob("*"))
    assert not [path for path in root.rglob("*") if path.name in ("passwd", "y.txt")]


@pytest.mark.parametrize(("name", "data", "status", "code"), [
    ("bom.zip", lambda: zipped({f"{n}.txt": bytes([65 + n]) * 290_000 for n in range(8)}), 413, "too_large"),
    ("nhiều.zip", lambda: zipped({f"{n}.txt": letter(n) for n in range(20)}), 413, "too_large"),
    ("rỗng.zip", lambda: zipped({}), 422, "no_file"),
    ("lớn.txt", lambda: b"a" * 2_100_000, 413, "too_large"),
])
def test_too_much_is_refused_and_nothing_stays(client: TestClient, name: str, data: Any, status: int, code: str) -> None:
    store = client.app.state.store  # type: ignore[attr-defined]
    before = set(store.blobs.names())
    answer = send(client, (name, data()), wait=0)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(store.blobs.names()) == before
    assert not list((store.blobs.root / "incoming").glob("*"))


def test_an_encrypted_and_a_damaged_entry_fail_alone(client: TestClient) -> None:
    bundle = bytearray(zipped({"a.txt": letter(10), "b.txt": letter(11)}))
    second = bundle.rindex(b"PK\x01\x02")
    bundle[second + 8] |= 1  # the flag "encrypted" of the second entry's directory
    states = [(f["state"], (f["error"] or {}).get("code")) for f in send(client, ("a.zip", bytes(bundle))).json()["files"]]
    assert states == [("done", None), ("failed", "encrypted")]
    bundle = bytearray(zipped({"a.txt": letter(12), "b.txt": letter(13)}))
    start = bundle.index(b"b.txt") + 30
    bundle[start : start + 20] = b"\xff" * 20
    states = [(f["state"], (f["error"] or {}).get("code")) for f in send(client, ("a.zip", bytes(bundle))).json()["files"]]
    assert states == [("done", None), ("failed", "unreadable")]


@pytest.mark.parametrize(("body", "kind", "status"), [
    (b"x", "text/plain", 415),
    (b"x", "multipart/form-data", 415),
    (b"--b\r\nnonsense", "multipart/form-data; boundary=b", 422),
    (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf', "multipart/form-data; boundary=b", 422),
    (b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b", 422),
    (b"", "multipart/form-data; boundary=b", 422),
])
def test_broken_bodies_are_problems(client: TestClient, body: bytes, kind: str, status: int) -> None:
    for path in ("/v1/letters", "/v1/extract", "/v1/render"):
        answer = client.post(path, content=body, headers={"content-type": kind})
        assert (path, answer.status_code, answer.headers["content-type"]) == (path, status, "application/problem+json")


def test_a_body_without_its_length_is_bounded_too(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(50):
            yield b"a" * 100_000

    answer = client.post("/v1/extract", content=chunks(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_jobs_are_cancelled_retried_and_deleted(client: TestClient) -> None:
    failed = send(client, ("x.pdf", b"%PDF-1.7\nhong hoan toan")).json()
    assert failed["progress"]["failed"] == 1
    url = f"/v1/jobs/{failed['id']}"
    assert client.post(url + "/retry").json()["progress"]["failed"] == 0
    client.app.state.store.requeue_stale(3600)  # type: ignore[attr-defined]
    for _ in range(100):
        if client.get(url).json()["finished_at"]:
            break
        time.sleep(0.1)
    assert client.get(url).json()["progress"]["failed"] == 1
    assert client.post(url + "/cancel").json()["state"] == "done"
    sha = failed["files"][0]["sha256"]
    store = client.app.state.store  # type: ignore[attr-defined]
    assert sha in set(store.blobs.names())
    assert client.delete(url).status_code == 204
    assert sha not in set(store.blobs.names())
    for method, path in (("GET", url), ("POST", url + "/retry"), ("POST", url + "/cancel"), ("DELETE", url)):
        assert client.request(method, path).status_code == 404


def test_a_full_queue_pushes_back_before_the_body_is_read(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, workers=1, auth="off", max_queue_files=2)
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        client.app.state.runner.stop()  # type: ignore[attr-defined]
        assert send(client, ("a.txt", letter(1)), ("b.txt", letter(2)), wait=0).status_code == 202
        answer = send(client, ("c.txt", letter(3)), wait=0)
        assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (503, "busy", True)
        assert int(answer.headers["retry-after"]) >= 1
        assert client.get("/readyz").status_code == 503
    with TestClient(create_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:  # resumed at start
        for _ in range(200):
            if client.get("/v1/jobs").json()["items"][0]["finished_at"]:
                break
            time.sleep(0.1)
        assert client.get("/v1/jobs").json()["items"][0]["progress"]["done"] == 2


@pytest.mark.parametrize(("name", "shown"), [
    ("../../a.pdf", "a.pdf"), ("C:\\thư\\cv 12.pdf", "cv 12.pdf"), ("a\x00b\r\n.txt", "ab.txt"), ("", None), ("/", None), ("..", ".."), ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
])
def test_names_are_for_showing_only(name: str, shown: str | None) -> None:
    assert clean_name(name) == shown


@pytest.mark.parametrize(("accept", "kind", "begins"), [
    (None, "application/json", b"{"), ("*/*", "application/json", b"{"), ("text/html, application/json;q=0.5", "application/json", b"{"), ("text/csv", "text/csv", b"\xef\xbb\xbf"),
    ("application/json;q=0.1, text/calendar", "text/calendar", b"BEGIN:VCALENDAR"), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd", b"PK"),
    ("application/jsonl", "application/jsonl", b"{"), ("text/*", "text/csv", b"\xef\xbb\xbf"), ("image/png", "application/problem+json", b"{"), ("text/csv;q=0", "application/problem+json", b"{"),
    ("text/csv;q=x", "application/problem+json", b"{"),
])
def test_accept_chooses_the_form_of_an_extraction(client: TestClient, accept: str | None, kind: str, begins: bytes) -> None:
    answer = client.post("/v1/extract", files={"file": ("a.txt", letter(77))}, headers={"accept": accept} if accept else {})
    assert answer.headers["content-type"].startswith(kind)
    assert answer.content.startswith(begins)
    assert answer.status_code == (406 if "problem" in kind else 200)


def test_a_body_that_stops_coming_frees_its_place(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-auth", upload_seconds="0.5", rate_limit="") as base, socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=20) as line:
        head = "POST /v1/letters HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
        line.sendall(head.encode() + b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf')
        answer = line.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"too_slow" in answer or b"too_slow" in line.recv(65536)
        assert not list((tmp_path / "files" / "incoming").glob("*"))
