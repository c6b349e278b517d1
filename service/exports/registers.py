"""The registers of an office (sổ đăng ký văn bản đi, sổ đăng ký văn bản đến) with the columns of Decree 30/2020/NĐ-CP, Appendix IV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone

from service.exports.facts import letter_facts
from service.exports.records import LetterRecord
from service.exports.sheets import Column

OUTGOING = (
    Column("code", "Số, ký hiệu văn bản", 20), Column("date", "Ngày tháng văn bản", 14, day=True), Column("title", "Tên loại và trích yếu nội dung văn bản", 60),
    Column("signer", "Người ký", 24), Column("recipients", "Nơi nhận văn bản", 40), Column("archive", "Đơn vị, người nhận bản lưu", 24),
    Column("copies", "Số lượng bản", 10), Column("note", "Ghi chú", 24),
)
"""Sổ đăng ký văn bản đi."""

INCOMING = (
    Column("arrival_date", "Ngày đến", 13, day=True), Column("arrival_number", "Số đến", 9), Column("author", "Tác giả", 32),
    Column("code", "Số, ký hiệu văn bản", 20), Column("date", "Ngày tháng văn bản", 14, day=True), Column("title", "Tên loại và trích yếu nội dung văn bản", 60),
    Column("unit", "Đơn vị hoặc người nhận", 28), Column("forwarded", "Ngày chuyển", 13, day=True), Column("signature", "Ký nhận", 12), Column("note", "Ghi chú", 24),
)
"""Sổ đăng ký văn bản đến."""

VIETNAM = timezone(timedelta(hours=7))


def outgoing(records: Iterable[LetterRecord]) -> Iterator[dict[str, str]]:
    """One row a letter, in the order given. The number of copies is not in a letter: the column stays empty."""
    for record in records:
        if record.deleted:
            continue
        facts = letter_facts(record, day_format="%Y-%m-%d")
        yield {
            "code": facts.get("identifier", ""), "date": facts.get("issued_date", ""), "title": _title(facts), "signer": facts.get("signer_name", ""),
            "recipients": "; ".join(filter(None, (facts.get("addressees"), facts.get("recipients")))), "archive": facts.get("archive_note", ""), "note": _note(facts),
        }


def incoming(records: Iterable[LetterRecord], *, first_number: int | None = None) -> Iterator[dict[str, str]]:
    """One row a letter. The day of arrival is the day on which the archive took the file in (Vietnamese time).

    With ``first_number`` arrivals are numbered from it on, in the order given; without, the clerk fills the column.
    """
    number = first_number
    for record in records:
        if record.deleted:
            continue
        facts = letter_facts(record, day_format="%Y-%m-%d")
        yield {
            "arrival_date": arrival_day(record.added_at), "arrival_number": str(number) if number is not None else "", "author": facts.get("issuer", ""),
            "code": facts.get("identifier", ""), "date": facts.get("issued_date", ""), "title": _title(facts), "note": _note(facts),
        }
        number = number + 1 if number is not None else None


def arrival_day(added_at: str | None) -> str:
    """The Vietnamese day (UTC+7) of a moment in UTC, ISO 8601; "" when unknown."""
    if not added_at:
        return ""
    moment = datetime.fromisoformat(added_at)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(VIETNAM).date().isoformat()


def _title(facts: dict[str, str]) -> str:
    kind, subject = facts.get("type_name", ""), facts.get("subject", "")
    return f"{kind}: {subject}" if kind and subject else kind or subject


def _note(facts: dict[str, str]) -> str:
    return "; ".join(filter(None, (facts.get("urgency"), facts.get("secrecy"))))
