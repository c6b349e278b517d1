"""A service of its own for a test: started, watched, killed."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """``congvan serve --no-auth`` on a port, over a data folder."""

    def __init__(self, data: Path, *, workers: int = 2, port: int | None = None, **settings: str) -> None:
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.data = data
        self._env = os.environ | {
            "CONGVAN_DATA": str(data), "CONGVAN_WORKERS": str(workers), "CONGVAN_RATE_LIMIT": "", "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1",
            "PYTHONPATH": str(ROOT)} | {f"CONGVAN_{name.upper()}": value for name, value in settings.items()}
        self._client = httpx.Client(timeout=5)
        atexit.register(self.stop)  # also when the caller fails
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True, seconds: float = 180) -> None:
        """Start it, and wait until it takes letters (``wait``) or at least answers."""
        data_log = (self.data.parent / "server.log").open("ab")
        self.process = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", "--no-auth", "--port", str(self.port)], env=self._env, cwd=ROOT, stdout=data_log, stderr=data_log)
        data_log.close()
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self._client.get(self.base + ("/readyz" if wait else "/livez")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the service did not start: " + (self.data.parent / "server.log").read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """kill -9, as a power cut would do to the process."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def tree(self) -> list[int]:
        """The service's process and those that it started."""
        assert self.process is not None
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*"):
                try:
                    found += [int(child) for child in (task / "children").read_text().split()]
                except OSError:
                    continue
        return found

    def memory(self) -> tuple[int, int]:
        """Resident bytes of the service's own process, and of all its processes together."""
        sizes = []
        for pid in self.tree():
            try:
                sizes.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
            except OSError:
                sizes.append(0)
        return sizes[0], sum(sizes)

    def cpu(self) -> float:
        """CPU seconds of all its processes, those that ended counted."""
        total = 0.0
        for pid in self.tree():
            try:
                parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += sum(int(part) for part in parts[11:15]) / _TICKS
        return total
