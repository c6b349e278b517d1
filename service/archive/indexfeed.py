"""What the search index reads from the store: letters in bulk, and how far the changes have come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, and_, func, select

from service.archive.database import reading
from service.archive.letters import overlaid
from service.archive.records import unpack
from service.archive.schema import changes, corrections, extractions, files, letters


class IndexFeed:
    """Functions for the search index."""

    engine: Engine

    def last_change(self) -> int:
        """Number of the last change, 0 in an archive without any."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0

    def has_file(self, sha256: str) -> bool:
        """True when the database knows a file."""
        with reading(self.engine) as connection:
            return connection.execute(select(files.c.sha256).where(files.c.sha256 == sha256)).first() is not None

    def count_letters(self) -> int:
        """How many letters the archive holds."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(letters)).scalar() or 0

    def letter_id_chunks(self, size: int, *, secret: bool = True) -> Iterator[list[str]]:
        """All ids, ``size`` at a time, in order, or (not ``secret``) those of letters without a secrecy mark; no transaction stays open in between."""
        last = ""
        while True:
            with reading(self.engine) as connection:
                query = select(letters.c.id).where(letters.c.id > last).order_by(letters.c.id).limit(size)
                ids = list(connection.execute(query if secret else query.where(letters.c.secrecy.is_(None))).scalars())
            if not ids:
                return
            yield ids
            last = ids[-1]

    def index_records(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """``{"id", "filename", "added_at", "data"}`` of letters, corrections laid over; ids that are gone are left out."""
        if not ids:
            return []
        newest = select(extractions.c.letter_id, func.max(extractions.c.version).label("version")).where(extractions.c.letter_id.in_(ids)).group_by(extractions.c.letter_id).subquery()
        query = (select(letters.c.id, letters.c.filename, letters.c.added_at, extractions.c.data)
                 .join(extractions, extractions.c.letter_id == letters.c.id)
                 .join(newest, and_(newest.c.letter_id == extractions.c.letter_id, newest.c.version == extractions.c.version)))
        corrected: dict[str, list[Any]] = {}
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
            for row in connection.execute(select(corrections).where(corrections.c.letter_id.in_(ids)).order_by(corrections.c.id)):
                corrected.setdefault(row.letter_id, []).append(row)
        return [
            {"id": row.id, "filename": row.filename, "added_at": row.added_at, "data": overlaid(unpack(row.data), corrected.get(row.id, []))[0]} for row in rows
        ]
