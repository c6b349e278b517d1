"""What the reference stage is told about the letter whose citations it reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterContext:
    """The letter's own marks, as far as extraction found them; every field may be unknown.

    They serve three rules: the letter's own number is no citation, a date without a year is of the letter's year, and
    a code such as UBND is read within the letter's province and by the letter's date.
    """

    identifier: str | None = None
    """Số, ký hiệu of the letter itself, e.g. "12/KH-UBND"."""
    document_type: str | None = None
    """Tên loại, lower case, e.g. "kế hoạch"."""
    date: str | None = None
    """ISO 8601 date of the letter."""
    issuer: str | None = None
    """Cơ quan ban hành."""
    parent_body: str | None = None
    """Cơ quan chủ quản."""
    place: str | None = None
    """Địa danh or province the letter is written in."""
