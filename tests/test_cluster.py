"""Reading on a Ray cluster: a real one of two nodes on this machine, one of them killed in mid-run."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import load
from service.archive.bulk.clustered import ClusterRun
from service.archive.bulk.run import BulkRun
from service.archive.bulk.sources import listing
from service.archive.cluster import ClusterReport, ClusterUnavailable, Item, Letter, batches, extract_on_ray
from service.archive.store import Store
from service.exports.records import from_store
from service.settings import Settings
from service.worker import Failure, extract_letter

ROOT = Path(__file__).parent.parent


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(1, 8))
def test_batches_hold_every_file_once_within_their_limits(sizes: list[int], most: int) -> None:
    items = [Item(str(n), f"{n}.txt", size, bytes) for n, size in enumerate(sizes)]
    found = list(batches(items, most_bytes=4000, most_files=most, window=16))
    assert sorted(i.key for b in found for i in b) == sorted(i.key for i in items)
    assert all(len(b) <= most and (len(b) == 1 or sum(i.size for i in b) <= 4000) for b in found)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes with a processor each; workers find the project as this process does."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["PYTHONPATH"] = str(ROOT)
    import ray
    from ray.cluster_utils import Cluster

    def start() -> Any:
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 80_000_000, "include_dashboard": False})
        try:
            made.add_node(num_cpus=1, object_store_memory=80_000_000)
            ray.init(address=made.address, log_to_driver=False)
        except Exception:
            ray.shutdown()
            made.shutdown()
            raise
        return made

    made = _patiently(start)
    yield made
    ray.shutdown()
    made.shutdown()


def _patiently(start: Callable[[], Any], tries: int = 4) -> Any:
    """Ray gives a node thirty seconds to start, a fixed number: on a machine that has much else to do, it is asked again."""
    for left in reversed(range(tries)):
        try:
            return start()
        except Exception:
            if not left:
                raise
    return None


def test_a_node_that_is_killed_loses_nothing_and_doubles_nothing(cluster: Any) -> None:
    doomed = _patiently(lambda: cluster.add_node(num_cpus=1, object_store_memory=80_000_000))
    import ray

    end = time.monotonic() + 180
    while ray.cluster_resources().get("CPU", 0) < 2:
        assert time.monotonic() < end, "the second node did not come"
        time.sleep(0.1)
    texts = {f"{n}": letter.text.encode() for n, letter in enumerate(list(load("test"))[:24])}
    texts["bad"] = b"\x00\x01\x02"
    report = ClusterReport()
    results: dict[str, Letter] = {}
    seen: Counter[str] = Counter()
    items = [Item(key, f"{key}.txt", len(data), lambda data=data: data) for key, data in texts.items()]  # type: ignore[misc]
    for item, result in extract_on_ray(iter(items), report=report):
        seen[item.key] += 1
        results[item.key] = result
        if len(seen) == 1:
            cluster.remove_node(doomed, allow_graceful=False)
    assert seen == Counter(dict.fromkeys(texts, 1))
    for key, data in texts.items():
        assert results[key] == extract_letter(data, f"{key}.txt", {}, lines=True)
    assert isinstance(results["bad"], Failure)
    assert report.actors >= 2


def test_a_bulk_run_on_the_cluster_ends_as_one_on_this_machine(cluster: Any, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, letter in enumerate(list(load("test"))[:8]):
        (inbox / f"{number}.txt").write_text(letter.text, encoding="utf-8")
    (inbox / "twice.txt").write_bytes((inbox / "0.txt").read_bytes())
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    archives = []  # of two names of the same bytes either may come first: the name is left out
    for name, run in (("ray", lambda store: ClusterRun(store, Settings(), None)), ("here", lambda store: BulkRun(store, Settings(), jobs=1))):
        store = Store.open(tmp_path / name)
        done = run(store).run(listing([str(inbox)]))
        again = run(store).run(listing([str(inbox)]))
        archives.append((dict(done.counts), dict(again.counts), {r.id: {**r.data, "source": r.data["source"]["sha256"]} for r in from_store(store)}, [(q["filename"], q["error"]["code"]) for q in store.list_quarantine()]))
        store.close()
    assert archives[0] == archives[1]
    assert archives[0][0] == {"new": 8, "duplicate": 1, "quarantined": 1}


def test_no_cluster_at_the_address_is_said_plainly() -> None:
    import ray

    ray.shutdown()
    with pytest.raises(ClusterUnavailable, match="no Ray cluster"):
        next(extract_on_ray([], address="127.0.0.1:1"))
