"""Reading letters on a Ray cluster: the same results as on one machine, from as many nodes as there are.

Every processor of the cluster gets an actor that loads the models once. Files go out in batches of about the same number of
bytes, the largest first, so that no node ends with a long tail. The driver holds what is under way: when a node or an actor is
lost, its batch goes out again, file by file, and a file that ends its actor three times is given up with the cause. A result
is given once a file. Nodes that join while the run goes on are used; files travel through Ray, so nodes need no common disk.
"""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from models.errors import CongvanError, UnreadableInput
from service.worker import Failure

BATCH_BYTES = 1_000_000
"""About a scan, or a dozen typed letters: small enough that the nodes end together, large enough that sending costs nothing."""
BATCH_FILES = 32
MAX_ATTEMPTS = 3
_LOOK_FOR_NODES = 5.0
_PATIENCE = 30.0
"""Seconds without any node before a run gives up: a cluster that restarts its nodes needs some."""


class ClusterUnavailable(CongvanError):
    """There is no cluster at the address, Ray is not installed, or all nodes are gone."""

    code = "cluster_unavailable"
    retryable = True


@dataclass(frozen=True, slots=True)
class Item:
    """A file to read: ``key`` is the caller's, ``size`` its number of bytes. ``load`` gives them when its turn
    comes, or None when the caller finds that it need not be read: then it gets no result."""

    key: str
    name: str
    size: int
    load: Callable[[], bytes | None]


Letter = tuple[bytes, bool] | Failure
"""What :func:`service.worker.extract_letter` gives: the extraction as JSON and whether it is marked secret, or the failure."""


@dataclass(slots=True)
class _Batch:
    items: list[Item]
    attempts: int = 0
    since: float = 0.0


@dataclass(slots=True)
class ClusterReport:
    """What the cluster went through: batches sent, batches sent again, actors started and lost."""

    batches: int = 0
    again: int = 0
    actors: int = 0
    lost: int = 0
    ready: float = 0.0
    """When the first actor had loaded the models (``time.monotonic``)."""
    by_node: dict[str, int] = field(default_factory=dict)


class _Reader:
    """Runs in the cluster: one process, models loaded once."""

    def __init__(self, options: dict[str, Any]) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        from service.worker import warm

        self.options = options
        warm()

    def node(self) -> str:
        """The node it runs on; answered once the models are loaded."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def read(self, files: list[tuple[str, bytes]]) -> list[Letter]:
        """One result a file; a bad file has a Failure."""
        from service.worker import extract_letter

        return [extract_letter(data, name, self.options, lines=True) for name, data in files]


def batches(items: Iterable[Item], *, most_bytes: int = BATCH_BYTES, most_files: int = BATCH_FILES, window: int = 4096) -> Iterator[list[Item]]:
    """Batches of about the same size, the largest files first within ``window`` files (an archive's list is not held whole)."""
    waiting: list[Item] = []

    def flush() -> Iterator[list[Item]]:
        waiting.sort(key=lambda item: -item.size)
        batch: list[Item] = []
        size = 0
        for item in waiting:
            if batch and (size + item.size > most_bytes or len(batch) >= most_files):
                yield batch
                batch, size = [], 0
            batch.append(item)
            size += item.size
        if batch:
            yield batch
        waiting.clear()

    for item in items:
        waiting.append(item)
        if len(waiting) >= window:
            yield from flush()
    yield from flush()


def extract_on_ray(items: Iterable[Item], *, address: str | None = None, reading: dict[str, Any] | None = None, seconds_per_file: float = 300.0, report: ClusterReport | None = None) -> Iterator[tuple[Item, Letter]]:
    """Read files on the cluster at ``address`` ("auto", "HOST:6379", "ray://HOST:10001"); yields each file with its result
    as soon as it is there, in no order.

    ``None`` uses the cluster that this process is connected to already; ``reading`` are options of reading. A file that
    cannot be read has a Failure. Raises ClusterUnavailable.
    """
    try:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
        import ray
    except ImportError as error:
        raise ClusterUnavailable("Ray is not installed", remedy="Install it: pip install 'congvan[cluster]'.") from error
    if address is not None and not ray.is_initialized():
        _reachable(address)
        try:
            ray.init(address=address, log_to_driver=False, ignore_reinit_error=True)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise ClusterUnavailable(f"There is no Ray cluster at {address}: {error}", remedy="Start one (ray start --head) and give its address.") from error
    yield from _Driver(ray, reading or {}, seconds_per_file, report or ClusterReport()).run(batches(items))


def _failure(error: CongvanError) -> Failure:
    return Failure(error.error_code, error.message, error.remedy, error.http_status, error.retryable)


def _reachable(address: str) -> None:
    """Ray tries for minutes where nobody answers; a person who mistyped wants to know at once."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():
        return  # "auto" and the like: Ray answers at once
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        raise ClusterUnavailable(f"There is no Ray cluster at {address}: {error}", remedy="Start one (ray start --head) and give its address.") from error


class _Driver:
    def __init__(self, ray: Any, options: dict[str, Any], seconds_per_file: float, report: ClusterReport) -> None:
        self.ray, self.options, self.seconds, self.report = ray, options, seconds_per_file, report
        self.idle: deque[Any] = deque()
        self.starting: dict[Any, Any] = {}  # reference of node() -> actor
        self.under_way: dict[Any, tuple[Any, _Batch]] = {}  # reference of read() -> actor, batch
        self.nodes: dict[Any, str] = {}
        self.retry: deque[_Batch] = deque()
        self.looked = 0.0
        # a node that fails must not take its actor's later calls with it: the driver starts actors anew itself
        self.actor = ray.remote(num_cpus=1, max_restarts=0)(_Reader)

    def run(self, source: Iterator[list[Item]]) -> Iterator[tuple[Item, Letter]]:
        more = True
        patience = time.monotonic() + _PATIENCE
        try:
            while more or self.retry or self.under_way:
                self._look_for_nodes()
                while self.idle and (self.retry or more):
                    if self.retry:
                        batch = self.retry.popleft()
                    else:
                        items = next(source, None)
                        if items is None:
                            more = False
                            break
                        batch = _Batch(items)
                    yield from self._send(batch)
                if not (self.under_way or self.starting or self.idle):
                    if time.monotonic() < patience:
                        time.sleep(0.5)
                        self.looked = 0.0
                        continue
                    raise ClusterUnavailable("No node of the cluster is left", remedy="Start nodes (ray start --address HEAD) and run again: what is done stays done.")
                patience = time.monotonic() + _PATIENCE
                if self.under_way or self.starting:
                    yield from self._collect()
        finally:
            for actor in [*self.idle, *self.starting.values(), *(a for a, _ in self.under_way.values())]:
                self.ray.kill(actor)

    def _look_for_nodes(self) -> None:
        """An actor for every processor that has none."""
        if time.monotonic() - self.looked < _LOOK_FOR_NODES:
            return
        self.looked = time.monotonic()
        wanted = int(self.ray.cluster_resources().get("CPU", 0))
        for _ in range(wanted - len(self.idle) - len(self.starting) - len(self.under_way)):
            actor = self.actor.remote(self.options)
            self.starting[actor.node.remote()] = actor
            self.report.actors += 1

    def _send(self, batch: _Batch) -> Iterator[tuple[Item, Letter]]:
        files, kept = [], []
        for item in batch.items:
            try:
                data = item.load()
            except (OSError, CongvanError) as error:
                found = error if isinstance(error, CongvanError) else UnreadableInput(f"The file cannot be had: {error}", remedy="Check that it is there and may be read.")
                yield item, _failure(found)
                continue
            if data is not None:
                files.append((item.name, data))
                kept.append(item)
        if not kept:
            return
        actor = self.idle.popleft()
        batch.items, batch.attempts, batch.since = kept, batch.attempts + 1, time.monotonic()
        self.under_way[actor.read.remote(files)] = (actor, batch)
        self.report.batches += 1

    def _collect(self) -> Iterator[tuple[Item, Letter]]:
        done, _ = self.ray.wait([*self.under_way, *self.starting], num_returns=1, timeout=1.0)
        for reference in done:
            if reference in self.starting:
                self._started(reference)
            else:
                yield from self._finished(reference)
        limit = time.monotonic()
        for _reference, (actor, batch) in list(self.under_way.items()):
            if limit - batch.since > self.seconds * len(batch.items):
                self.ray.kill(actor)  # the next wait reports it as lost

    def _started(self, reference: Any) -> None:
        actor = self.starting.pop(reference)
        try:
            self.nodes[actor] = self.ray.get(reference)
            self.report.ready = self.report.ready or time.monotonic()
            self.idle.append(actor)
        except self.ray.exceptions.RayError:
            self.report.lost += 1

    def _finished(self, reference: Any) -> Iterator[tuple[Item, Letter]]:
        actor, batch = self.under_way.pop(reference)
        try:
            results = self.ray.get(reference)
        except self.ray.exceptions.RayError:
            self.report.lost += 1
            self.looked = 0.0  # its processor, or another node's, may take a new actor at once
            yield from self._again(batch)
            return
        node = self.nodes.get(actor, "")
        self.report.by_node[node] = self.report.by_node.get(node, 0) + len(results)
        self.idle.append(actor)
        yield from zip(batch.items, results, strict=True)

    def _again(self, batch: _Batch) -> Iterator[tuple[Item, Letter]]:
        """Each file on its own, so that one that ends its reader takes no other with it."""
        for item in batch.items:
            if batch.attempts >= MAX_ATTEMPTS:
                error = UnreadableInput("Reading this file ended the process that read it, or took too long", remedy="Open the file, print it to a new PDF and try again; please report the file.", code="worker_died")
                yield item, _failure(error)
            else:
                self.retry.append(_Batch([item], batch.attempts))
                self.report.again += 1
