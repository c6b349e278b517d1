"""An inbox that is watched: files still being written are left for the next look."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from service.archive.bulk.sources import Item, Unlisted

_SETTLED_SECONDS = 2.0


class Inbox:
    """Lets through the files that have not changed since the look before, or for a while: a scanner's file grows as it is written.

    Looks at size and time of change only, which works on network shares too, where no notice of changes is given.
    """

    def __init__(self) -> None:
        self._before: dict[str, tuple[int, str]] = {}

    def ready(self, items: Iterable[Item | Unlisted]) -> Iterator[Item | Unlisted]:
        """The files of this look that are whole, as far as one can tell."""
        now: dict[str, tuple[int, str]] = {}
        for item in items:
            if isinstance(item, Unlisted):
                continue  # a ZIP half written, a share that is away: the next look will tell
            known = now[item.name] = (item.size, item.stamp)
            if self._before.get(item.name) == known or _old(item.stamp):
                yield item
        self._before = now


def _old(stamp: str) -> bool:
    """True when the stamp is a time of change (nanoseconds) that lies a while back."""
    head = stamp.split("-", 1)[0]
    return head.isdigit() and len(head) >= 18 and time.time() - int(head) / 1e9 > _SETTLED_SECONDS
