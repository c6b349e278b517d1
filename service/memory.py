"""Memory that is given back: the C library keeps an arena for many a thread, and a service of many threads grows by them.

Measured with ``python -m tests.load.throughput --memory 300``: the search index works in a new thread at every commit, and
without this the service grew by about 100 MB over 300 letters, with it by less than 10.
"""

from __future__ import annotations

import ctypes
import platform

_M_TRIM_THRESHOLD, _M_ARENA_MAX = -1, -8  # malloc.h of the GNU C library


def keep_small() -> bool:
    """Two arenas, and free memory goes back to the system; False where this is not the GNU C library. Call before threads start."""
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(_M_ARENA_MAX, 2)) and bool(mallopt(_M_TRIM_THRESHOLD, 128 * 1024))
