"""How a bulk run went: counts by outcome while it goes, a report at its end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LABELS = {
    "new": "new letters", "changed": "read anew, with another result", "same": "read anew, with the same result", "unchanged": "done before (same name, size and time)",
    "duplicate": "the same bytes as another file", "quarantined": "quarantined", "bad": "quarantined before", "waiting": "still being written; for the next round",
}


@dataclass(slots=True)
class Report:
    """Counts and times of a run. ``seconds`` is wall-clock time, ``rate`` files read a second."""

    counts: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    listed: int = 0
    listing_done: bool = False
    near_duplicates: int = 0
    stopped: bool = False
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    bytes_read: int = 0
    indexed: int | None = None

    def add(self, what: str, *, cause: str | None = None) -> None:
        """Count one file."""
        self.counts[what] += 1
        if cause:
            self.causes[cause] += 1

    @property
    def done(self) -> int:
        """Files dealt with."""
        return sum(self.counts.values())

    @property
    def read(self) -> int:
        """Files that were really read, not skipped."""
        return self.done - self.counts["unchanged"] - self.counts["bad"] - self.counts["waiting"]

    @property
    def rate(self) -> float:
        """Files read a second."""
        elapsed = self.seconds or time.monotonic() - self.started
        return self.read / elapsed if elapsed > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds that are left at this rate; None while files are still being listed or none is done."""
        if not self.listing_done or self.rate <= 0:
            return None
        return (self.listed - self.done) / self.rate

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "files": self.done, "counts": {name: self.counts[name] for name in LABELS if self.counts[name]}, "causes": dict(self.causes.most_common()),
            "near_duplicates": self.near_duplicates, "seconds": round(self.seconds, 2), "rate": round(self.rate, 2), "bytes": self.bytes_read, "stopped": self.stopped,
            "indexed": self.indexed,
        }

    def line(self) -> str:
        """One line of progress."""
        total = f"{self.listed:,}" if self.listing_done else f"{self.listed:,}+"
        left = self.remaining
        shown = "" if left is None else f", {_duration(left)} left"
        parts = ", ".join(f"{self.counts[name]:,} {name}" for name in LABELS if self.counts[name])
        return f"{self.done:,}/{total} files, {self.rate:.1f} a second{shown}: {parts or 'nothing yet'}"

    def text(self) -> str:
        """The report for people."""
        lines = [f"{self.done:,} files in {_duration(self.seconds)}, {self.rate:.1f} read a second" + (" (stopped; run it again to go on)" if self.stopped else "")]
        lines += [f"  {self.counts[name]:>9,}  {label}" for name, label in LABELS.items() if self.counts[name]]
        lines += [f"  {count:>9,}    of them {cause}" for cause, count in self.causes.most_common()]
        if self.near_duplicates:
            lines.append(f"  {self.near_duplicates:>9,}  pairs of near-duplicates newly linked")
        if self.causes:
            lines.append("congvan quarantine lists the files that could not be read, with cause and remedy.")
        return "\n".join(lines)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"
