"""The service as its users meet it: a real server on loopback, real letters, hostile files, the page in a real browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.settings import Settings, as_markdown
from tests.conftest import LETTER

ROOT = Path(__file__).parent.parent
TYPED = ROOT / "corpus" / "samples" / "letter-typed.pdf"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service on a free port with one reading process and small limits."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    limits = {"CONGVAN_WORKERS": "1", "CONGVAN_QUEUE": "1", "CONGVAN_MAX_UPLOAD_BYTES": "2000000", "OMP_THREAD_LIMIT": "1", "CONGVAN_DATA": str(tmp_path_factory.mktemp("data"))}
    process = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", "--no-auth", "--port", str(port)], env=os.environ | limits, cwd=ROOT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                if httpx.get(base + "/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            pytest.fail("the service did not start")
        yield base
    finally:
        process.terminate()
        process.wait(20)


def test_readings_that_lost_are_given_on_request(server: str) -> None:
    letter = LETTER.replace("Nơi nhận:", "Khánh Sơn, ngày 17 tháng 8 năm 2021\nNơi nhận:", 1)
    for wanted in (False, True):
        answer = httpx.post(server + "/v1/extract", params={"candidates": wanted}, files={"file": ("cv.txt", letter.encode())}, timeout=60)
        assert bool(answer.json()["candidates"]) is wanted


def _send(base: str, data: bytes, name: str = "cv.txt") -> httpx.Response:
    return httpx.post(base + "/v1/extract", files={"file": (name, data)}, timeout=60)


def test_a_letter_comes_back_as_structure(server: str) -> None:
    answer = _send(server, LETTER.encode())
    assert answer.status_code == 200
    assert answer.json()["identifier"]["value"] == "318/SYT-NVY"
    assert answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"", "rong.pdf", 422, "unreadable"),
        (b"%PDF-1.7\nhong", "hong.pdf", 422, "unreadable"),
        (b"\x7fELF" + b"\0" * 200, "chuong-trinh", 415, "unsupported_media_type"),
        (b"a" * 3_000_000, "lon.txt", 413, "too_large"),
    ],
)
def test_a_bad_file_is_a_problem_that_says_what_to_do(server: str, data: bytes, name: str, status: int, code: str) -> None:
    answer = _send(server, data, name)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert body["code"] == code
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["errors"]
    assert body["retryable"] is False


def test_wrong_requests_are_problems_too(server: str) -> None:
    for answer, status in ((httpx.post(server + "/v1/extract"), 415), (httpx.get(server + "/khong-co"), 404), (httpx.get(server + "/v1/extract"), 405), (httpx.get(server + "/samples/..%2fletter.py"), 404)):
        assert answer.status_code == status
        assert answer.json()["status"] == status


def test_pages_are_drawn_in_the_space_of_the_boxes(server: str) -> None:
    from io import BytesIO

    from PIL import Image

    with TYPED.open("rb") as file:
        answer = httpx.post(server + "/v1/render?page=2&width=600", files={"file": file}, timeout=60)
    picture = Image.open(BytesIO(answer.content))
    assert picture.width == 600
    assert picture.height == pytest.approx(600 * 841.9 / 595.3, abs=2)
    with TYPED.open("rb") as file:
        assert httpx.post(server + "/v1/render?page=9", files={"file": file}, timeout=60).status_code == 404
    assert httpx.post(server + "/v1/render", files={"file": ("a.txt", LETTER)}, timeout=60).status_code == 415


def test_the_page_allows_no_foreign_or_inline_script(server: str) -> None:
    answer = httpx.get(server + "/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


def test_everything_that_the_pages_name_is_there(server: str) -> None:
    import re

    for path in ("/", "/docs"):
        answer = httpx.get(server + path)
        assert answer.status_code == 200, path
        for name in re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text):
            assert httpx.get(server + name).status_code == 200, name


def test_every_setting_is_documented() -> None:
    assert (ROOT / "service" / "SETTINGS.md").read_text(encoding="utf-8") == as_markdown(), "run: congvan settings --markdown > service/SETTINGS.md"
    assert all(field.description for field in Settings.model_fields.values())


def _die() -> None:
    os._exit(9)


def _sleep() -> None:
    time.sleep(60)


def test_a_dying_or_endless_reader_harms_only_its_letter_and_the_queue_is_bounded() -> None:
    import asyncio

    from models.errors import CongvanError
    from service.worker import Busy, Workers, extract_letter

    async def run() -> list[str]:
        workers = Workers(Settings(workers=1, queue=0, letter_seconds=20))
        codes = []
        try:
            for function in (_die, _die):
                with pytest.raises(CongvanError) as caught:
                    await workers.run(function)
                codes.append(caught.value.error_code)
            first = asyncio.create_task(workers.run(extract_letter, LETTER.encode(), "a.txt", {}))
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await workers.run(extract_letter, LETTER.encode(), "b.txt", {})
            codes.append(json.loads((await first)[0])["identifier"]["value"])
        finally:
            workers.close()
        workers = Workers(Settings(workers=1, queue=0, letter_seconds=1))
        try:
            with pytest.raises(CongvanError) as caught:
                await workers.run(_sleep)
            codes.append(caught.value.error_code)
        finally:
            workers.close()
        return codes

    assert asyncio.run(run()) == ["worker_died", "worker_died", "318/SYT-NVY", "timeout"]
