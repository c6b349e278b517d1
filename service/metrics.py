"""What ``/metrics`` shows. Every application has a registry of its own, so that several can live in one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.requests = Counter("congvan_requests_total", "Answers by route and status.", ["method", "route", "status"], registry=self.registry)
        self.seconds = Histogram("congvan_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self.registry)
        self.letters = Counter("congvan_letters_total", "Files read by the queue, by outcome.", ["outcome"], registry=self.registry)
        self.reading = Histogram("congvan_reading_seconds", "Time to read one file of the queue.", buckets=_SECONDS, registry=self.registry)
        self.queue = Gauge("congvan_queue_files", "Files by state of the queue.", ["state"], registry=self.registry)
        self.workers = Gauge("congvan_reading_processes", "Calls under way in the reading processes.", registry=self.registry)
        self.died = Gauge("congvan_reading_processes_died", "Reading processes that died since the start.", registry=self.registry)
        self.disk = Gauge("congvan_disk_free_bytes", "Free bytes where letters are kept.", registry=self.registry)
        self.webhooks = Counter("congvan_webhook_attempts_total", "Calls of webhooks, by outcome.", ["outcome"], registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(method if method in ("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS") else "other", route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The exposition of Prometheus."""
        return generate_latest(self.registry)
