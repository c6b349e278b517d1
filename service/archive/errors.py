"""What can go wrong in the archive, each with cause and remedy."""

from __future__ import annotations

from models.errors import CongvanError


class NotFound(CongvanError):
    """No such letter, job, task or key."""

    code = "not_found"
    http_status = 404


class InvalidCursor(CongvanError):
    """A cursor that this archive did not give out, or for another order of sorting."""

    code = "invalid_cursor"
    http_status = 400


class InvalidFilter(CongvanError):
    """A filter with a value that cannot be."""

    code = "invalid_filter"
    http_status = 400


class InvalidCorrection(CongvanError):
    """A correction that names no field of the contract or whose value does not fit the field."""

    code = "invalid_correction"
    http_status = 422


class Conflict(CongvanError):
    """Somebody else changed the thing in between."""

    code = "conflict"
    http_status = 409


class KeyReused(CongvanError):
    """An idempotency key that came with another request before."""

    code = "idempotency_key_reused"
    http_status = 422


class LeaseLost(CongvanError):
    """A worker reports on a file that was meanwhile given to another worker, finished or cancelled."""

    code = "lease_lost"
    http_status = 409


class InvalidQuery(CongvanError):
    """A search query that breaks the syntax of ``service/archive/search/QUERY.md``; ``position`` is where (0 is the first character)."""

    code = "invalid_query"
    http_status = 400
    position: int | None = None


class SearchBusy(CongvanError):
    """Another process or thread is writing the search index."""

    code = "index_busy"
    http_status = 503
    retryable = True


class ArchiveDamaged(CongvanError):
    """Database, files or index do not fit together."""

    code = "archive_damaged"
    http_status = 500
