"""What the task stage may know of the letter besides its text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class TaskContext:
    """The letter's head as far as it was read: every field may be empty."""

    document_type: str | None = None
    """Tên loại in lower case: "công văn", "quyết định", "giấy mời" …"""
    date: str | None = None
    """The letter's date, ISO 8601."""
    issuer: str | None = None
    addressees: list[str] = field(default_factory=list)
    place: str | None = None
    received: str | None = None
    """The day of arrival (ISO), where known: limits "from receipt" count from it."""
