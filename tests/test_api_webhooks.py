"""Webhooks and keys over HTTP: real receivers on loopback, signatures checked by another library, private networks refused."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from service.app import create_app
from service.archive.store import Store
from service.metrics import Metrics
from service.settings import Settings
from service.webhooks import Deliverer, RefusedUrl, check_url, is_public
from tests.conftest import LETTER

PUBLIC = "93.184.215.14"


class Receiver(ThreadingHTTPServer):
    """Takes calls and answers with the statuses it is given, 204 when they run out."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Location", self.server.url + "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path, workers=1, auth="off", webhook_private=True, webhook_patience=0.01, webhook_attempts=3)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def until(what: Callable[[], Any], seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def register(client: TestClient, receiver: Receiver, *events: str) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json={"url": receiver.url, "events": list(events)})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def test_events_are_signed_and_tell_only_ids(client: TestClient, receiver: Receiver) -> None:
    hook = register(client, receiver, "*")
    sent = client.post("/v1/letters", params={"wait": 60}, files=[("file", ("cv.txt", LETTER.encode()))]).json()
    id = sent["files"][0]["letter_id"]
    client.delete(f"/v1/letters/{id}")
    assert until(lambda: len(receiver.calls) == 3)
    seen = [Webhook(hook["secret"]).verify(body, headers) for headers, body in receiver.calls]
    assert sorted((event["type"], event["data"].get("letter_id")) for event in seen) == [("job.finished", None), ("letter.changed", id), ("letter.deleted", id)]
    assert "318" not in json.dumps(seen)
    log = until(lambda: (log := client.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["items"]) and all(d["state"] == "done" for d in log) and log)
    assert {(d["last_status"], d["attempts"]) for d in log} == {(204, 1)}
    assert "secret" not in client.get(f"/v1/webhooks/{hook['id']}").json()


@pytest.mark.parametrize(("statuses", "calls", "state", "error"), [
    ([500, 503], 3, "done", None), ([500] * 5, 3, "failed", "500"), ([302] * 5, 3, "failed", "redirects are not followed"), ([410], 1, "failed", "410"),
])
def test_a_failed_call_is_repeated_with_patience_and_then_given_up(client: TestClient, receiver: Receiver, statuses: list[int], calls: int, state: str, error: str | None) -> None:
    receiver.statuses = list(statuses)
    hook = register(client, receiver, "job.finished")
    assert client.post(f"/v1/webhooks/{hook['id']}/test").status_code == 202
    [entry] = until(lambda: [d for d in client.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["items"] if d["state"] != "queued"])
    assert (entry["state"], entry["attempts"], len(receiver.calls)) == (state, calls, calls)
    assert (error or "") in (entry["last_error"] or "")
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1  # one id, so that a receiver can drop what it has
    assert until(lambda: (client.get(f"/v1/webhooks/{hook['id']}").json()["disabled_at"] is not None) == (statuses == [410]))
    assert client.delete(f"/v1/webhooks/{hook['id']}").status_code == 204
    assert client.get(f"/v1/webhooks/{hook['id']}/deliveries").status_code == 404


@pytest.mark.parametrize("url", [
    "http://hooks.example.com/x", "ftp://hooks.example.com/", "https://user:pw@hooks.example.com/", "https://", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
    "https://10.1.2.3/", "https://169.254.169.254/latest/meta-data", "https://192.168.1.1:8443/", "https://0.0.0.0/", "https://localhost/", "https://2130706433/", "https://0x7f.1/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[fe80::1]/", "https://224.0.0.1/", "https://a b/", "https://x:99999/", "https://ví-dụ.vn/",
])
def test_addresses_inside_are_refused(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        check_url(url, Settings())
    assert refused.value.remedy


@pytest.mark.parametrize(("address", "public"), [
    (PUBLIC, True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("100.64.0.1", False), ("::", False), ("2001:0:53aa:64c::1", False), ("255.255.255.255", False), ("fc00::1", False),
])
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_that_turns_inward_after_registration_is_not_called(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = [PUBLIC]
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (resolved[0], port))] if host == "hooks.example.com" else real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with TestClient(create_app(Settings(data=tmp_path, workers=1, auth="off", webhook_attempts=1)), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        hook = client.post("/v1/webhooks", json={"url": f"https://hooks.example.com:{receiver.server_port}/", "events": ["*"]}).json()
        resolved[0] = "127.0.0.1"
        client.post(f"/v1/webhooks/{hook['id']}/test")
        [entry] = until(lambda: [d for d in client.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["items"] if d["state"] == "failed"])
    assert "private network" in entry["last_error"]
    assert receiver.calls == []


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of its own for a host, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1).not_valid_before(now - timedelta(days=1))
                   .not_valid_after(now + timedelta(days=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256()))
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return paths


@pytest.mark.parametrize(("host", "trusted", "taken"), [("hooks.example.com", True, True), ("hooks.example.com", False, False), ("other.example.com", True, False)])
def test_the_connection_goes_to_the_checked_address_and_the_certificate_is_the_names(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool, taken: bool) -> None:
    certificate, key = _certificate(tmp_path, "hooks.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    real, client = socket.getaddrinfo, httpx.Client
    monkeypatch.setattr(socket, "getaddrinfo", lambda name, port, *a, **k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] if name == host else real(name, port, *a, **k))
    if trusted:  # as if the certificate's maker were one that this machine trusts
        monkeypatch.setattr("service.webhooks.httpx.Client", lambda **options: client(verify=ssl.create_default_context(cafile=str(certificate)), **options))
    store = Store.open(tmp_path / "data")
    hook = store.add_webhook(f"https://{host}:{receiver.server_port}/", ["*"])
    store.ping_webhook(hook["id"])
    [delivery] = store.due_deliveries()
    assert Deliverer(store, Settings(webhook_private=True), Metrics()).deliver(delivery) is taken
    assert [headers["host"] for headers, _ in receiver.calls] == ([f"{host}:{receiver.server_port}"] if taken else [])
    store.close()


def test_keys_over_http(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data=tmp_path, workers=1)), base_url="http://congvan.example") as client:
        admin = {"X-API-Key": client.app.state.store.create_key("quản trị", ["admin"])[1]}  # type: ignore[attr-defined]
        made = client.post("/v1/keys", json={"name": "văn thư", "scopes": ["read"]}, headers=admin).json()
        mine = {"X-API-Key": made["key"]}
        assert client.get("/v1/letters", headers=mine).status_code == 200
        assert client.get("/v1/keys", headers=mine).status_code == client.post("/v1/webhooks", headers=mine, json={}).status_code == 403
        listed = client.get("/v1/keys", headers=admin)
        assert made["id"] in {item["id"] for item in listed.json()["items"]}
        assert made["key"] not in listed.text
        assert client.delete(f"/v1/keys/{made['id']}", headers=admin).status_code == 204
        assert client.get("/v1/letters", headers=mine).status_code == 401
        assert client.post("/v1/keys", json={"name": "", "scopes": ["read"]}, headers=admin).status_code == 422
