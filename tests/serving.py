"""A running service for tests: a process of its own on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent


@contextmanager
def serving(data: Path, *options: str, **settings: str) -> Iterator[str]:
    """The service's address; ``settings`` are environment variables without their prefix."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"CONGVAN_DATA": str(data), "CONGVAN_WORKERS": "1", "OMP_THREAD_LIMIT": "1"} | {f"CONGVAN_{name.upper()}": value for name, value in settings.items()}
    log = data / "service.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", *options, "--port", str(port)], env=environment, cwd=ROOT, stdout=out, stderr=out)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                if httpx.get(base + "/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None:
                break
            time.sleep(0.2)
        else:
            pytest.fail("the service did not start: " + log.read_text(errors="replace")[-2000:])
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        yield base
    finally:
        process.terminate()
        process.wait(20)
