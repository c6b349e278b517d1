"""Who may call the service: keys, scopes, revocation, rate limits, calls from elsewhere when keys are off."""

from __future__ import annotations

import json
import logging
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.logs import JsonLines
from service.settings import Settings
from tests.conftest import LETTER


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(data=tmp_path, workers=1, rate_limit="8/minute", rate_limit_failed="5/minute"))
    with TestClient(app, base_url="http://congvan.example") as client:
        yield client


def key(client: TestClient, *scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.app.state.store.create_key('thử', scopes)[1]}"}  # type: ignore[attr-defined]


def test_a_key_is_needed_and_its_scope_counts(client: TestClient) -> None:
    file = {"file": ("cv.txt", LETTER.encode())}
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code in (200, 503)  # the reading processes may still be starting
    refused = client.post("/v1/extract", files=file)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert client.post("/v1/extract", files=file, headers=key(client, "read")).status_code == 403
    assert client.post("/v1/extract", files=file, headers=key(client, "write")).status_code == 200
    token = key(client, "admin")["Authorization"].removeprefix("Bearer ")
    assert client.get("/metrics", headers={"X-API-Key": token}).status_code == 200
    assert client.get("/metrics", params={"api_key": token}).status_code == 401  # never in the query string


def test_a_revoked_key_is_useless_at_once(client: TestClient) -> None:
    headers = key(client, "read")
    assert client.get("/metrics", headers=headers).status_code == 200
    store = client.app.state.store  # type: ignore[attr-defined]
    store.revoke_key(store.list_keys()[0].id)
    assert client.get("/metrics", headers=headers).status_code == 401


def test_only_the_hash_of_a_key_is_kept(client: TestClient, tmp_path: Path) -> None:
    token = key(client, "read")["Authorization"].removeprefix("Bearer ")
    client.app.state.store.close()  # type: ignore[attr-defined]
    assert token.rpartition("_")[2].encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_each_key_has_its_own_limit(client: TestClient) -> None:
    first, second = key(client, "read"), key(client, "read")
    answers = [client.get("/metrics", headers=first) for _ in range(9)]
    assert [a.status_code for a in answers] == [200] * 8 + [429]
    assert [re.search(r"r=(\d+)", a.headers["ratelimit"]).group(1) for a in answers[:8]] == [str(n) for n in range(7, -1, -1)]  # type: ignore[union-attr]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=8;w=60'
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["retryable"] is True
    assert client.get("/metrics", headers=second).status_code == 200


def test_keys_cannot_be_guessed_at_speed(client: TestClient) -> None:
    good = key(client, "read")
    codes = [client.get("/metrics", headers={"X-API-Key": f"cv_{n}"}).status_code for n in range(7)]
    assert codes == [401] * 5 + [429] * 2
    assert client.get("/metrics", headers=good).status_code == 429  # the address waits, whatever it sends now


@pytest.mark.parametrize(("address", "host", "headers", "status"), [
    ("127.0.0.1", "127.0.0.1:8000", {}, 200),
    ("::1", "localhost:8000", {}, 200),
    ("127.0.0.1", "127.0.0.1:8000", {"Sec-Fetch-Site": "same-origin"}, 200),
    ("10.0.0.9", "127.0.0.1:8000", {}, 403),
    ("127.0.0.1", "rebound.example", {}, 403),
    ("127.0.0.1", "127.0.0.1:8000", {"Sec-Fetch-Site": "cross-site"}, 403),
])
def test_without_keys_only_this_machine_is_answered(tmp_path: Path, address: str, host: str, headers: dict[str, str], status: int) -> None:
    app = create_app(Settings(data=tmp_path, workers=1, auth="off"))
    with TestClient(app, base_url=f"http://{host}", client=(address, 50000)) as client:
        assert client.get("/metrics", headers=headers).status_code == status


def test_the_command_makes_lists_and_revokes(congvan: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_DATA", str(tmp_path))
    token = congvan("keys", "create", "văn thư", "--scope", "read").stdout.strip()
    assert re.fullmatch(r"cv_[0-9a-f]{12}_[\w-]{43}", token)
    id = token.split("_")[1]
    listed = congvan("keys", "list").stdout
    assert id in listed
    assert token not in listed
    assert congvan("keys", "revoke", id).returncode == 0
    assert "revoked" in congvan("keys", "list").stdout
    assert congvan("keys", "revoke", "khongco").returncode == 1


def test_a_log_line_of_a_failure_does_not_quote_it() -> None:
    try:
        raise ValueError("mật: nội dung văn bản")
    except ValueError:
        import sys

        record = logging.LogRecord("congvan.x", logging.ERROR, __file__, 1, "defect", None, sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError"
    assert "nội dung" not in json.dumps(line, ensure_ascii=False)
