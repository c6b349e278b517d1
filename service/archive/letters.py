"""The store's letters: extractions by version, corrections, lists, deletion for good, the feed of changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.fuzz import ratio
from sqlalchemy import Connection, Engine, Select, and_, delete, exists, func, insert, or_, select, update

from models.errors import CongvanError
from models.letter import Extraction
from models.text import match_key
from service.archive import overlay
from service.archive.blobs import Blobs
from service.archive.database import lock_changes, reading, writing
from service.archive.errors import Conflict, InvalidCorrection, InvalidFilter, NotFound
from service.archive.hookstore import emit
from service.archive.records import (
    Correction,
    LetterSummary,
    Page,
    StoredLetter,
    decode_cursor,
    decode_number,
    encode_cursor,
    identifier_key,
    letter_id,
    model_version,
    name_key,
    now,
    pack,
    unpack,
)
from service.archive.schema import (
    changes,
    corrections,
    extractions,
    files,
    letters,
    references,
    similar,
    task_history,
    tasks,
)

_SUMMARY = [letters.c[name] for name in LetterSummary.__dataclass_fields__]
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class LetterFilters:
    """What to list. ``issuer`` and ``place`` match anywhere in the name, caseless; ``cites`` takes a number in any spelling; ``task_status`` asks for a task of that state."""

    type_code: str | None = None
    issuer: str | None = None
    place: str | None = None
    identifier: str | None = None
    year: int | None = None
    date_from: str | None = None
    date_to: str | None = None
    urgency: str | None = None
    secrecy: str | None = None
    cites: str | None = None
    has_tasks: bool | None = None
    has_deadline: bool | None = None
    task_status: str | None = None
    text_origin: str | None = None


class LetterStore:
    """Functions on letters; :class:`service.archive.store.Store` joins them with the others."""

    engine: Engine
    blobs: Blobs

    def put_extraction(self, sha256: str, extraction: Extraction | dict[str, Any], *, filename: str | None = None, model: str | None = None) -> str:
        """Store what was read of a file and return the letter's id; corrections and states of tasks stay.

        The same result again adds nothing (no version, no change). Raises NotFound when the file is not in the store.
        """
        data = extraction.to_dict() if isinstance(extraction, Extraction) else extraction
        with writing(self.engine) as connection:
            return put_extraction(connection, sha256, data, filename=filename, model=model or model_version())

    def get_letter(self, id: str, *, version: int | None = None) -> StoredLetter:
        """A letter with its corrections laid over; with ``version``, that extraction as the machine made it. Raises NotFound."""
        with reading(self.engine) as connection:
            return _load(connection, id, version)

    def letter_by_sha256(self, sha256: str) -> LetterSummary | None:
        """The letter of a file, or None."""
        with reading(self.engine) as connection:
            row = connection.execute(select(*_SUMMARY).where(letters.c.sha256 == sha256)).first()
        return LetterSummary(*row) if row else None

    def versions(self, id: str) -> list[dict[str, Any]]:
        """The extractions of a letter: version, model_version, created_at; oldest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(extractions.c.version, extractions.c.model_version, extractions.c.created_at)
                                      .where(extractions.c.letter_id == id).order_by(extractions.c.version)).all()
        return [dict(row._mapping) for row in rows]

    def list_letters(self, filters: LetterFilters | None = None, *, cursor: str | None = None, limit: int = 50, sort: str = "-date") -> Page:
        """Letters, newest first; ``sort`` is date, -date, added or -added. Raises InvalidFilter and InvalidCursor."""
        check_limit(limit)
        columns = {"date": func.coalesce(letters.c.date, ""), "added": letters.c.added_at}
        down, name = sort.startswith("-"), sort.removeprefix("-")
        if name not in columns:
            raise InvalidFilter(f"Letters cannot be sorted by {sort!r}", remedy="Use date, -date, added or -added.")
        column = columns[name]
        query = _filtered(select(*_SUMMARY, column.label("_key")), filters or LetterFilters())
        if cursor is not None:
            order, key, last = decode_cursor(cursor, str, str, str)
            if order != sort:
                raise InvalidFilter("The cursor belongs to another order of sorting", remedy="Keep sort unchanged while you follow a cursor.")
            query = query.where(or_(column < key, and_(column == key, letters.c.id < last)) if down
                                else or_(column > key, and_(column == key, letters.c.id > last)))
        query = query.order_by(column.desc() if down else column, letters.c.id.desc() if down else letters.c.id).limit(limit + 1)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        items = [LetterSummary(*row[:-1]) for row in rows[:limit]]
        return Page(items, encode_cursor(sort, rows[limit - 1][-1], rows[limit - 1].id) if len(rows) > limit else None)

    def correct_field(self, id: str, path: str, value: Any, who: str, *, expected_generation: int | None = None) -> StoredLetter:
        """Correct one field; the machine's value is kept beside it with who and when.

        ``path`` as in :mod:`service.archive.overlay`. Raises NotFound, InvalidCorrection, and Conflict when the letter is
        no longer of ``expected_generation``.
        """
        return self.correct_fields(id, [(path, value)], who, expected_generation=expected_generation)

    def correct_fields(self, id: str, values: Sequence[tuple[str, Any]], who: str, *, expected_generation: int | None = None) -> StoredLetter:
        """As :meth:`correct_field` for several fields: all are corrected, or none."""
        with writing(self.engine) as connection:
            lock_changes(connection)
            before = _load(connection, id, None)
            if expected_generation is not None and before.summary.generation != expected_generation:
                raise Conflict("The letter has been changed in between", remedy="Read it again and repeat the correction.")
            machine, _ = _newest(connection, id)
            data = before.data
            for path, value in values:
                after = overlay.apply(data, path, value)
                try:
                    old, anchor = overlay.read(machine, path), overlay.anchor(machine, path)
                except (InvalidCorrection, IndexError):
                    old, anchor = overlay.read(data, path), overlay.anchor(data, path)
                connection.execute(insert(corrections).values(
                    letter_id=id, path=path.removesuffix(".value"), value=json.dumps(value, ensure_ascii=False), machine_value=json.dumps(old, ensure_ascii=False),
                    anchor=anchor, who=who, at=now()))
                data = after
            _project(connection, id, data)
            return _load(connection, id, None)

    def changes_since(self, cursor: str | None = None, limit: int = 500) -> Page:
        """The feed of changes, oldest first: ``{"letter_id", "kind": "upsert"|"delete", "at"}``, each letter once a page.

        ``next_cursor`` is always given (also at the end, to ask again later); equal to ``cursor`` when nothing changed.
        """
        after = decode_number(cursor) if cursor else 0
        rows = self.change_rows(after, limit)
        last = {row["letter_id"]: row for row in rows}
        items = [{k: row[k] for k in ("letter_id", "kind", "at")} for row in sorted(last.values(), key=lambda r: r["seq"])]
        return Page(items, encode_cursor(rows[-1]["seq"] if rows else after))

    def change_rows(self, after: int, limit: int = 500) -> list[dict[str, Any]]:
        """Rows of ``changes`` with ``seq`` above ``after``, in order."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(changes).where(changes.c.seq > after).order_by(changes.c.seq).limit(limit)).all()
        return [dict(row._mapping) for row in rows]

    def similar_letters(self, id: str) -> list[dict[str, Any]]:
        """Near-duplicates of a letter: ``{"letter_id", "similarity", "kind"}``."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(similar).where(or_(similar.c.letter_id == id, similar.c.other_id == id))).all()
        return [{"letter_id": r.other_id if r.letter_id == id else r.letter_id, "similarity": r.similarity, "kind": r.kind} for r in rows]


def check_limit(limit: int) -> None:
    """Raises InvalidFilter for a page size that is not served."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidFilter(f"limit is {limit}; it can be 1 to {MAX_LIMIT}", remedy="Ask for smaller pages and follow next_cursor.")


def put_extraction(connection: Connection, sha256: str, data: dict[str, Any], *, filename: str | None, model: str) -> str:
    """As :meth:`LetterStore.put_extraction`, inside a transaction of the caller."""
    lock_changes(connection)
    if connection.execute(select(files.c.sha256).where(files.c.sha256 == sha256)).first() is None:
        raise NotFound("The letter's file is not in the store", remedy="Add the file first (add_file).")
    id = letter_id(sha256)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    last = connection.execute(select(extractions.c.version, extractions.c.digest, extractions.c.model_version)
                              .where(extractions.c.letter_id == id).order_by(extractions.c.version.desc()).limit(1)).first()
    if last and last.digest == digest and last.model_version == model:
        return id
    if last is None:
        moment = now()
        connection.execute(insert(letters).values(
            id=id, sha256=sha256, filename=filename or data["source"].get("filename"), added_at=moment, updated_at=moment, generation=0, model_version=model,
            page_count=0, text_origin="embedded", task_count=0))
    connection.execute(update(files).where(files.c.sha256 == sha256, files.c.media_type.is_(None)).values(media_type=data["source"].get("media_type")))
    connection.execute(insert(extractions).values(letter_id=id, version=(last.version if last else 0) + 1, model_version=model, created_at=now(), digest=digest, data=pack(data)))
    connection.execute(update(letters).where(letters.c.id == id).values(model_version=model))
    corrected, _ = overlaid(data, _corrections(connection, id))
    _project(connection, id, corrected)
    return id


def record_change(connection: Connection, id: str, kind: str) -> None:
    """A line in the feed of changes."""
    lock_changes(connection)
    connection.execute(insert(changes).values(letter_id=id, kind=kind, at=now()))
    emit(connection, "letter.deleted" if kind == "delete" else "letter.changed", {"letter_id": id})


def _newest(connection: Connection, id: str, version: int | None = None) -> tuple[dict[str, Any], int]:
    query = select(extractions.c.data, extractions.c.version).where(extractions.c.letter_id == id)
    if version is not None:
        query = query.where(extractions.c.version == version)
    row = connection.execute(query.order_by(extractions.c.version.desc()).limit(1)).first()
    if row is None:
        raise NotFound(f"No letter {id}" + (f" in version {version}" if version is not None else ""), remedy="List the letters, or the versions of this one.")
    return unpack(row.data), row.version


def _corrections(connection: Connection, id: str) -> list[Any]:
    return list(connection.execute(select(corrections).where(corrections.c.letter_id == id).order_by(corrections.c.id)))


def overlaid(data: dict[str, Any], rows: list[Any]) -> tuple[dict[str, Any], list[Correction]]:
    """The extraction with corrections laid over, and the corrections with whether each still fits."""
    applied = []
    for row in rows:
        value, fits = json.loads(row.value), True
        try:
            data = overlay.apply(data, row.path, value, row.anchor)
        except CongvanError:
            fits = False
        applied.append(Correction(row.path, value, json.loads(row.machine_value), row.who, row.at, fits))
    return data, applied


def _load(connection: Connection, id: str, version: int | None) -> StoredLetter:
    row = connection.execute(select(*_SUMMARY).where(letters.c.id == id)).first()
    if row is None:
        raise NotFound(f"No letter {id}", remedy="It may have been deleted; list the letters anew.")
    data, number = _newest(connection, id, version)
    if version is not None:
        return StoredLetter(LetterSummary(*row), data, [], number)
    data, applied = overlaid(data, _corrections(connection, id))
    return StoredLetter(LetterSummary(*row), data, applied, number)


def _project(connection: Connection, id: str, data: dict[str, Any]) -> None:
    """Bring the columns, references, tasks and likeness of a letter in line with its corrected extraction."""
    from service.archive.likeness import link_similar

    def value(name: str) -> str | None:
        return (data.get(name) or {}).get("value")

    date = value("date")
    fits = bool(date) and len(date or "") >= 4 and (date or "")[:4].isdigit()
    connection.execute(update(letters).where(letters.c.id == id).values(
        updated_at=now(), generation=letters.c.generation + 1, type_code=(data.get("document_type") or {}).get("code"), document_type=value("document_type"),
        identifier=value("identifier"), identifier_key=identifier_key(value("identifier")), date=(date or "")[:10] or None, year=int((date or "")[:4]) if fits else None,
        place=value("place"), issuer=value("issuer"), issuer_key=name_key(value("issuer")), subject=value("subject"), urgency=value("urgency"),
        secrecy=value("secrecy"), signer=((data.get("signer") or {}).get("name") or {}).get("value"), page_count=data["source"]["page_count"],
        text_origin=data["source"]["text_origin"], task_count=len(data["tasks"])))
    connection.execute(delete(references).where(references.c.letter_id == id))
    if data["references"]:
        connection.execute(insert(references), [
            {"letter_id": id, "ref": r["id"], "type": r["type"], "type_code": r["type_code"], "identifier": r["identifier"], "identifier_key": identifier_key(r["identifier"]),
             "date": (r["date"] or "")[:10] or None, "issuer": r["issuer"], "title": r["title"], "relation": r["relation"], "via": r["via"], "confidence": r["confidence"]}
            for r in data["references"]])
    _project_tasks(connection, id, data["tasks"])
    link_similar(connection, id, data["text"])
    record_change(connection, id, "upsert")


def _project_tasks(connection: Connection, id: str, found: list[dict[str, Any]]) -> None:
    """Tasks keep their row (state, history) when the new extraction has the same, or nearly the same, task."""
    left = {row.id: row for row in connection.execute(select(tasks).where(tasks.c.letter_id == id))}
    taken = set(left)
    moment = now()
    new: list[dict[str, Any]] = []
    for position, task in enumerate(found):
        key = match_key(task["text"])
        scored = max(((ratio(key, match_key(row.text)), -abs(row.position - position), row.id) for row in left.values()), default=(0.0, 0, ""))
        values = {
            "task": task["id"], "position": position, "item": task["item"], "text": task["text"], "assignees": json.dumps([a["value"] for a in task["assignees"]], ensure_ascii=False),
            "types": json.dumps([t["label"] for t in task["types"]]), "deadline": ((task["deadline"] or {}).get("date") or "")[:10] or None,
            "deadline_text": (task["deadline"] or {}).get("text"), "updated_at": moment,
        }
        if scored[0] >= 80:
            left.pop(scored[2])
            connection.execute(update(tasks).where(tasks.c.id == scored[2]).values(**values))
            continue
        number, base = 0, f"{id}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"
        while (name := f"{base}-{number}" if number else base) in taken:
            number += 1
        taken.add(name)
        new.append({"id": name, "letter_id": id, "status": "open", "owner": None, **values})
    if new:
        connection.execute(insert(tasks), new)
    for name in left:
        # a task that somebody worked on stays, as cancelled, rather than vanish with its history
        if connection.execute(select(task_history.c.id).where(task_history.c.task_id == name).limit(1)).first():
            connection.execute(update(tasks).where(tasks.c.id == name).values(task="", position=len(found)))
        else:
            connection.execute(delete(tasks).where(tasks.c.id == name))


def _filtered(query: Select[Any], f: LetterFilters) -> Select[Any]:
    for name in ("type_code", "urgency", "secrecy", "year", "text_origin"):
        wanted = getattr(f, name)
        if wanted is not None:
            query = query.where(letters.c[name] == wanted)
    if f.issuer:
        query = query.where(letters.c.issuer_key.contains(name_key(f.issuer) or "", autoescape=True))
    if f.place:
        query = query.where(letters.c.place.contains(f.place, autoescape=True))
    if f.identifier:
        query = query.where(letters.c.identifier_key == identifier_key(f.identifier))
    if f.date_from:
        query = query.where(letters.c.date >= f.date_from)
    if f.date_to:
        query = query.where(letters.c.date <= f.date_to)
    if f.cites:
        query = query.where(letters.c.id.in_(select(references.c.letter_id).where(references.c.identifier_key == identifier_key(f.cites))))
    mine = tasks.c.letter_id == letters.c.id
    if f.has_deadline is not None:
        with_deadline = exists().where(mine, tasks.c.deadline.is_not(None))
        query = query.where(with_deadline if f.has_deadline else ~with_deadline)
    if f.task_status:
        query = query.where(exists().where(mine, tasks.c.status == f.task_status))
    if f.has_tasks is not None:
        query = query.where(letters.c.task_count > 0 if f.has_tasks else letters.c.task_count == 0)
    return query


__all__ = ["LetterFilters", "LetterStore", "put_extraction", "record_change"]
