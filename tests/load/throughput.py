"""Throughput of the service against that of the library in the same number of processes, and its memory over many uploads.

    python -m tests.load.throughput --kind text --letters 600      # POST /v1/extract under 32 clients against extract_many
    python -m tests.load.throughput --kind pdf --letters 200
    python -m tests.load.throughput --memory 2000                  # POST /v1/letters, memory every 200 uploads

Both sides read the same letters on the same machine in turns (library, service, library, service …), so that what else
the machine does hits both. Beside the times the CPU seconds a letter are printed, which another program does not change:
those of the service are its own process and its reading processes (the clients' are not in them), those of the library a loop over
the letters in one process.
"""

from __future__ import annotations

import argparse
import http.client
import json
import queue
import statistics
import tempfile
import threading
import time
from pathlib import Path

from tests.load.letters import pdf_letters, text_letters
from tests.load.server import Server

_BOUNDARY = "congvan-load"


def _body(name: str, data: bytes) -> bytes:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()


def send_all(server: Server, path: str, letters: list[bytes], clients: int, kind: str) -> tuple[float, list[float], int]:
    """Send every letter once over ``clients`` connections; seconds in all, seconds of each request, refusals that were repeated."""
    todo: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    for letter in letters:
        todo.put(letter)
    for _ in range(clients):
        todo.put(None)
    times: list[float] = []
    refused = [0]
    failed: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        while (letter := todo.get()) is not None:
            body, started = _body(f"letter.{kind}", letter), time.perf_counter()
            while True:
                connection.request("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status in (429, 503):
                    refused[0] += 1
                    time.sleep(0.05)
                    continue
                if answer.status not in (200, 202):
                    failed.append(f"{answer.status} {text[:200]!r}")
                break
            times.append(time.perf_counter() - started)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"{len(failed)} requests failed: {failed[0]}")
    return time.perf_counter() - started, times, refused[0]


def library(folder: Path, letters: list[bytes], kind: str, workers: int) -> tuple[float, float]:
    """Read every letter with ``extract_many``; seconds, of which starting the processes is no part, and CPU seconds of reading them in this process."""
    from service.batch import BatchOptions, extract_file, extract_many

    names = []
    for number, letter in enumerate(letters):
        path = folder / f"{number}.{kind}"
        path.write_bytes(letter)
        names.append(str(path))

    def run(some: list[str]) -> float:
        started = time.perf_counter()
        assert sum("error" not in result for result in extract_many(some, jobs=workers)) == len(some)
        return time.perf_counter() - started

    few = len(names) // 4
    part, whole = run(names[:few]), run(names)  # both start processes: the difference does not
    options, some = BatchOptions(), names[: min(80, len(names))]
    for name in some[:10]:
        extract_file(name, None, options)
    cpu = time.process_time()
    for name in some:
        extract_file(name, None, options)
    used = (time.process_time() - cpu) / len(some) * len(letters)
    return (whole - part) * len(names) / (len(names) - few), used


def compare(kind: str, count: int, clients: int, workers: int, rounds: int) -> None:
    """Print the ratio of throughputs, latencies and CPU a letter."""
    letters = (text_letters if kind == "txt" else pdf_letters)(count)
    ratios, costs, times = [], [], []
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "data").mkdir()
        (Path(made) / "letters").mkdir()
        server = Server(Path(made) / "data", workers=workers, worker_letters="1000000")
        server.start()
        send_all(server, "/v1/extract", letters[: 8 * workers], workers, kind)
        for number in range(rounds):
            alone, alone_cpu = library(Path(made) / "letters", letters, kind, workers)
            before = server.cpu()
            served, latencies, refused = send_all(server, "/v1/extract", letters, clients, kind)
            cpu = server.cpu() - before
            times += latencies
            ratios.append(alone / served)
            costs.append(alone_cpu / cpu)
            print(f"round {number + 1}: library {count / alone:.1f} letters/s, {1000 * alone_cpu / count:.1f} ms CPU a letter; service {count / served:.1f} letters/s, "
                  f"{1000 * cpu / count:.1f} ms CPU a letter; throughput {100 * ratios[-1]:.0f} %, CPU {100 * costs[-1]:.0f} %; {refused} answered busy", flush=True)
        server.stop()
    times.sort()
    print(f"{kind}, {count} letters, {clients} clients, {workers} processes, {rounds} rounds: the service keeps {100 * statistics.median(ratios):.0f} % of the library's throughput (median); "
          f"library's CPU a letter is {100 * statistics.median(costs):.0f} % of the service's; latency p50 {times[len(times) // 2]:.2f} s, p99 {times[int(len(times) * 0.99)]:.2f} s, max {times[-1]:.2f} s")


def memory(count: int, clients: int, workers: int) -> None:
    """Upload letters into the archive and print resident memory as they are read."""
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "data").mkdir()
        server = Server(Path(made) / "data", workers=workers, max_queue_files="400")
        server.start()
        letters = text_letters(count)
        started = time.perf_counter()
        step = max(1, count // 10)
        seen = []
        for at in range(0, count, step):
            _, times, refused = send_all(server, "/v1/letters", letters[at : at + step], clients, "txt")
            own, everything = server.memory()
            seen.append(own)
            print(f"{at + step} uploads: service {own / 2**20:.0f} MB, with reading processes {everything / 2**20:.0f} MB; p99 of sending {sorted(times)[int(len(times) * 0.99)]:.2f} s; {refused} answered busy", flush=True)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while True:
            connection.request("GET", "/v1/stats")
            if set(json.loads(connection.getresponse().read())["queue"]) == {"done"}:
                break
            time.sleep(0.2)
        own, everything = server.memory()
        seconds = time.perf_counter() - started
        print(f"all read after {seconds:.0f} s ({count / seconds:.1f} letters/s into the archive): service {own / 2**20:.0f} MB, with reading processes {everything / 2**20:.0f} MB")
        print(f"growth of the service's own process from the first fifth to the end: {(own - seen[1]) / 2**20:+.0f} MB")
        server.stop()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=["text", "pdf"], default="text")
    parser.add_argument("--letters", type=int, default=600)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, metavar="UPLOADS", help="Watch memory over so many uploads instead.")
    options = parser.parse_args()
    if options.memory:
        memory(options.memory, options.clients, options.workers)
    else:
        compare({"text": "txt", "pdf": "pdf"}[options.kind], options.letters, options.clients, options.workers, options.rounds)


if __name__ == "__main__":
    main()
