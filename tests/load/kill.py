"""Kill the service again and again while letters are sent: nothing accepted may be lost, nothing read twice.

    python -m tests.load.kill --uploads 500 --kills 20

Clients send letters with an Idempotency-Key each and repeat a request until it is answered 200 or 202; the service is
killed with SIGKILL at random moments and started again. At the end every letter must be in the archive once: one row, one
version of its extraction, one job file that is done, one line in the feed of changes.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.load.letters import text_letters
from tests.load.server import Server


def run(uploads: int, kills: int, *, clients: int = 8, seed: int = 1, workers: int = 2, folder: Path | None = None) -> dict[str, int]:
    """Send, kill, count. Raises AssertionError when anything was lost or doubled."""
    with tempfile.TemporaryDirectory() as made:
        data = (folder or Path(made)) / "data"
        data.mkdir(parents=True)
        server = Server(data, workers=workers, max_uploads="200")
        server.start()
        letters = text_letters(uploads)
        accepted: dict[int, str] = {}
        stop = threading.Event()
        retries = [0]
        pace = threading.Semaphore(0)
        client = httpx.Client(base_url=server.base, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))

        def send(number: int) -> None:
            pace.acquire()
            while not stop.is_set():
                try:
                    answer = client.post("/v1/letters", files={"file": (f"{number}.txt", letters[number])}, headers={"Idempotency-Key": f"upload-{number}"})
                    if answer.status_code in (200, 202):
                        accepted[number] = answer.json()["id"]
                        return
                except httpx.HTTPError:
                    retries[0] += 1
                time.sleep(0.1)

        chance = random.Random(seed)
        with ThreadPoolExecutor(clients) as pool:
            work = [pool.submit(send, number) for number in range(uploads)]
            try:
                for kill in range(kills):
                    for _ in range(uploads * (kill + 1) // (kills + 1) - uploads * kill // (kills + 1)):
                        pace.release()
                    time.sleep(chance.uniform(0.05, 1.2))
                    server.kill()
                    server.start(wait=False)
                for _ in range(uploads):
                    pace.release()
                for done in work:
                    done.result(300)
            except BaseException:
                stop.set()
                for _ in range(uploads):
                    pace.release()
                raise
        assert len(accepted) == uploads
        _settled(client)
        server.stop()
        found = _count(data)
        shas = {hashlib.sha256(letter).hexdigest() for letter in letters}
        lost = shas - found.pop("shas")  # type: ignore[operator]
        assert not lost, f"{len(lost)} letters were lost: {_errors(data)}"
        counts = {name: len(value) if isinstance(value, set) else int(value) for name, value in found.items()}
        expected = {"letters": uploads, "extractions": uploads, "changes": uploads, "done": uploads, "other_states": 0, "jobs": uploads, "files_on_disk": uploads}
        assert counts == expected, f"{counts} is not {expected}"
        return counts | {"kills": kills, "requests_repeated": retries[0]}


def _settled(client: httpx.Client) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        queue = client.get("/v1/stats").json()["queue"]
        if set(queue) <= {"done", "failed", "cancelled"}:
            return
        time.sleep(0.2)
    raise AssertionError("the queue was not worked off")


def _errors(data: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(data / "archive.db")
    found = connection.execute("SELECT state, attempts, error, count(*) FROM job_files WHERE state != 'done' GROUP BY 1, 2, 3").fetchall()
    connection.close()
    return found


def _count(data: Path) -> dict[str, object]:
    connection = sqlite3.connect(data / "archive.db")

    def one(query: str) -> int:
        return int(connection.execute(query).fetchone()[0])

    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    found: dict[str, object] = {
        "shas": {row[0] for row in connection.execute("SELECT sha256 FROM letters")},
        "letters": one("SELECT count(*) FROM letters"), "extractions": one("SELECT count(*) FROM extractions"), "changes": one("SELECT count(*) FROM changes"),
        "done": one("SELECT count(*) FROM job_files WHERE state='done'"), "other_states": one("SELECT count(*) FROM job_files WHERE state!='done'"), "jobs": one("SELECT count(*) FROM jobs"),
        "files_on_disk": sum(1 for path in (data / "files").glob("??/??/*") if len(path.name) == 64),
    }
    connection.close()
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    counts = run(options.uploads, options.kills, seed=options.seed)
    print(f"{options.uploads} uploads, {options.kills} kills in {time.monotonic() - started:.0f} s: nothing lost, nothing doubled")
    for name, value in counts.items():
        print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
