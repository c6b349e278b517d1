"""``python -m service.archive.benchmarks.cluster FOLDER…``: what a second node of a Ray cluster is worth, a core each.

Each folder goes into a fresh archive twice: through a local cluster of one node with one processor, and of two. Each node is
a raylet with worker processes of its own, as on machines of their own; the driver, which stores, shares this machine with
them, so that on two cores it takes from the second node what it costs. The clock runs from the moment when the first actor
has loaded the models (a cluster that stays up loads them once) to the end of the run; starting is printed beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from service.archive.bulk.clustered import ClusterRun
from service.archive.bulk.report import Report
from service.archive.bulk.sources import listing
from service.archive.store import Store
from service.settings import Settings

_MEMORY = 200_000_000
ROOT = Path(__file__).resolve().parents[3]


def run_on(nodes: int, folder: str) -> tuple[float, float, Report, dict[str, int]]:
    """Index a folder on a cluster of ``nodes``: seconds from the first actor's being ready, seconds to get there, the report, letters by node."""
    import ray
    from ray.cluster_utils import Cluster

    made: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": _MEMORY, "include_dashboard": False})
    try:
        for _ in range(nodes):
            made.add_node(num_cpus=1, object_store_memory=_MEMORY)
        made.wait_for_nodes()
        ray.init(address=made.address, log_to_driver=False)
        with tempfile.TemporaryDirectory(prefix="congvan-cluster-") as room:
            store = Store.open(Path(room))
            run = ClusterRun(store, Settings(), None)
            start = time.monotonic()
            report = run.run(listing([folder], exclude=("*.json",)))
            end = time.monotonic()
            store.close()
        ready = run.cluster.ready or start
        return end - ready, ready - start, report, dict(run.cluster.by_node)
    finally:
        ray.shutdown()
        made.shutdown()


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m service.archive.benchmarks.cluster", description=__doc__)
    parser.add_argument("folders", nargs="+")
    arguments = parser.parse_args(argv)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["PYTHONPATH"] = str(ROOT)
    for folder in arguments.folders:
        times = []
        for nodes in (1, 2):
            seconds, starting, report, by_node = run_on(nodes, folder)
            times.append(seconds)
            shares = " and ".join(str(count) for count in sorted(by_node.values(), reverse=True))
            print(f"{Path(folder).name}, {nodes} node{'s' * (nodes > 1)} of one core: {report.done} files ({dict(report.counts)}) in {seconds:.1f} s, "
                  f"{report.done / seconds:.2f} a second; {shares} by node; starting {starting:.1f} s", flush=True)
        print(f"{Path(folder).name}: two nodes are {times[0] / times[1]:.2f} times one", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
