"""The API against its own description: schemathesis over a running service, and a description that leaves nothing out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.app import create_app
from service.problems import PROBLEM
from service.settings import Settings

ROOT = Path(__file__).parent.parent
TYPED = ROOT / "corpus" / "samples" / "letter-typed.pdf"
OPEN = {"/livez", "/readyz"}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return create_app(Settings(data=tmp_path_factory.mktemp("data"))).openapi()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_every_failure_of_every_route_is_documented_with_an_example(described: dict[str, Any]) -> None:
    missing = []
    for path, method, operation in operations(described):
        needed = {"503"} if path == "/readyz" else set() if path in OPEN else {"400", "401", "403", "422", "429"}
        missing += [(method, path, status) for status in needed - set(operation["responses"])]
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and status != "416":
                content = answer["content"][PROBLEM]
                assert content["example"]["status"] == int(status)
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
                assert (status in ("429", "503")) == ("Retry-After" in answer.get("headers", {}))
    assert missing == []


def test_every_body_has_an_example(described: dict[str, Any]) -> None:
    def shown(content: dict[str, Any]) -> bool:
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        return "example" in content or "examples" in content or bool(described["components"]["schemas"].get(name, {}).get("examples"))

    bare = []
    for path, method, operation in operations(described):
        bodies = {**operation.get("requestBody", {}).get("content", {})}
        for status, answer in operation["responses"].items():
            if int(status) < 300 and not path.endswith("/exports"):  # exports are files in many forms
                bodies |= {f"{status} {kind}": content for kind, content in answer.get("content", {}).items()}
        bare += [(method, path, kind) for kind, content in bodies.items() if not shown(content)]
    assert bare == []


def test_every_route_says_what_it_does_and_needs_a_key(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    for path, _, operation in operations(described):
        assert operation["summary"]
        assert operation.get("description") or path.startswith("/v1/"), path
        assert bool(operation.get("security")) == (path not in OPEN), path


def test_schemathesis_finds_no_server_error_and_no_undocumented_answer(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{probe.getsockname()[1]}"
    env = os.environ | {"CONGVAN_DATA": str(tmp_path / "data"), "CONGVAN_RATE_LIMIT": "", "CONGVAN_WORKERS": "1", "OMP_THREAD_LIMIT": "1"}
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", "--no-auth", "--port", base.rpartition(":")[2]], env=env, cwd=ROOT, stdout=log, stderr=log)
    try:
        for _ in range(200):
            try:
                if httpx.get(base + "/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        with TYPED.open("rb") as file:
            assert httpx.post(base + "/v1/letters?wait=60", files={"file": file}, timeout=90).status_code == 200
        # the cursor of a list is opaque, so the description cannot say which text is one; keys are off, which test_api_access tries
        done = subprocess.run(
            [str(Path(sys.executable).with_name("schemathesis")), "run", base + "/openapi.json", "--max-examples", "3", "--seed", "1", "--no-shrink", "--request-timeout", "60",
             "--max-failures", "20", "--continue-on-failure", "--exclude-checks", "positive_data_acceptance,ignored_auth", "--warnings", "off"],
            cwd=tmp_path, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout[-6000:]
        assert httpx.get(base + "/readyz").status_code == 200
    finally:
        server.terminate()
        server.wait(60)
        log.close()
