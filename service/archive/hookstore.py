"""The store's webhooks: who wants to hear of what, and every event still to be delivered.

An event is written in the transaction of what it tells of: it is neither lost nor told of what was rolled back.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from service.archive.database import reading, writing
from service.archive.errors import InvalidFilter, NotFound
from service.archive.records import Page, decode_cursor, encode_cursor, now
from service.archive.schema import deliveries, webhooks

EVENTS = ("letter.changed", "letter.deleted", "job.finished")
_KEPT_DAYS = 30


class HookStore:
    """Functions on webhooks."""

    engine: Engine

    def add_webhook(self, url: str, events: Sequence[str], *, secret: str | None = None, owner: str | None = None) -> dict[str, Any]:
        """A webhook with its signing secret. The caller has checked that ``url`` may be called. Raises InvalidFilter."""
        if not events or any(event not in (*EVENTS, "*") for event in events):
            raise InvalidFilter(f"Events are {', '.join(EVENTS)} or *", remedy="Name at least one of them.")
        row = {"id": secrets.token_hex(12), "url": url, "secret": secret or "whsec_" + _base64(secrets.token_bytes(32)), "owner": owner, "created_at": now()}
        with writing(self.engine) as connection:
            connection.execute(insert(webhooks).values(**row, events=json.dumps(list(events))))
        return {**row, "events": list(events), "disabled_at": None}

    def list_webhooks(self) -> list[dict[str, Any]]:
        """Webhooks, those that are off too, oldest first."""
        with reading(self.engine) as connection:
            return [_hook(row) for row in connection.execute(select(webhooks).order_by(webhooks.c.created_at, webhooks.c.id))]

    def get_webhook(self, id: str) -> dict[str, Any]:
        """One webhook. Raises NotFound."""
        with reading(self.engine) as connection:
            row = connection.execute(select(webhooks).where(webhooks.c.id == id)).first()
        if row is None:
            raise NotFound(f"No webhook {id}", remedy="List the webhooks.")
        return _hook(row)

    def disable_webhook(self, id: str) -> None:
        """Switch a webhook off: it gets no events until it is registered anew, those that wait are dropped."""
        with writing(self.engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.webhook_id == id, deliveries.c.state == "queued").values(state="failed", finished_at=now()))
            connection.execute(update(webhooks).where(webhooks.c.id == id).values(disabled_at=now()))

    def delete_webhook(self, id: str) -> None:
        """Remove a webhook and its deliveries. Raises NotFound."""
        with writing(self.engine) as connection:
            if connection.execute(delete(webhooks).where(webhooks.c.id == id)).rowcount != 1:
                raise NotFound(f"No webhook {id}", remedy="List the webhooks.")

    def enqueue_event(self, event: str, payload: dict[str, Any]) -> int:
        """Queue an event for every webhook that wants it; returns how many."""
        with writing(self.engine) as connection:
            return emit(connection, event, payload)

    def ping_webhook(self, id: str) -> None:
        """Queue an event ``ping`` for one webhook. Raises NotFound."""
        self.get_webhook(id)
        with writing(self.engine) as connection:
            _queue(connection, [id], "ping", {})

    def due_deliveries(self, limit: int = 20, *, hold_seconds: float = 60.0) -> list[dict[str, Any]]:
        """Deliveries whose time has come, with url and secret; for ``hold_seconds`` no other service gets them."""
        until = _in(hold_seconds)
        query = (select(deliveries, webhooks.c.url, webhooks.c.secret).join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
                 .where(deliveries.c.state == "queued", deliveries.c.next_at <= now(), webhooks.c.disabled_at.is_(None)).order_by(deliveries.c.next_at).limit(limit)
                 .with_for_update(skip_locked=True, of=deliveries))
        with reading(self.engine) as connection:
            if connection.execute(select(deliveries.c.id).where(deliveries.c.state == "queued", deliveries.c.next_at <= now()).limit(1)).first() is None:
                return []  # the usual case takes no lock
        with writing(self.engine) as connection:
            rows = connection.execute(query).all()
            connection.execute(update(deliveries).where(deliveries.c.id.in_([row.id for row in rows])).values(next_at=until))
        return [{**row._mapping, "payload": json.loads(row.payload)} for row in rows]

    def delivery_result(self, id: str, *, ok: bool, status: int | None = None, error: str | None = None, retry_in: float | None = None) -> None:
        """Note a delivery's outcome; a failed one without ``retry_in`` (seconds) is given up."""
        state = "done" if ok else ("queued" if retry_in is not None else "failed")
        values: dict[str, Any] = {"state": state, "attempts": deliveries.c.attempts + 1, "last_error": error, "last_status": status}
        values |= {"next_at": _in(retry_in)} if state == "queued" and retry_in is not None else {"finished_at": now()}
        with writing(self.engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == id).values(**values))

    def list_deliveries(self, webhook_id: str, *, cursor: str | None = None, limit: int = 50) -> Page:
        """The log of a webhook's deliveries, newest first. Raises NotFound, InvalidCursor, InvalidFilter."""
        from service.archive.letters import check_limit

        check_limit(limit)
        self.get_webhook(webhook_id)
        names = ("id", "event", "state", "attempts", "next_at", "last_error", "last_status", "created_at", "finished_at")
        query = select(*(deliveries.c[name] for name in names)).where(deliveries.c.webhook_id == webhook_id)
        if cursor:
            at, last = decode_cursor(cursor, str, str)
            query = query.where((deliveries.c.created_at < at) | ((deliveries.c.created_at == at) & (deliveries.c.id < last)))
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc()).limit(limit + 1)).all()
        items = [dict(row._mapping) for row in rows[:limit]]
        return Page(items, encode_cursor(rows[limit - 1].created_at, rows[limit - 1].id) if len(rows) > limit else None)

    def prune_deliveries(self) -> int:
        """Remove deliveries that ended more than thirty days ago; returns how many."""
        with writing(self.engine) as connection:
            return connection.execute(delete(deliveries).where(deliveries.c.finished_at < _in(-86400.0 * _KEPT_DAYS))).rowcount


def emit(connection: Connection, event: str, payload: dict[str, Any]) -> int:
    """Queue an event inside a transaction of the caller; returns for how many webhooks."""
    wanted = [row.id for row in connection.execute(select(webhooks.c.id, webhooks.c.events).where(webhooks.c.disabled_at.is_(None)))
              if event in (names := json.loads(row.events)) or "*" in names]
    _queue(connection, wanted, event, payload)
    return len(wanted)


def _queue(connection: Connection, hooks: Sequence[str], event: str, payload: dict[str, Any]) -> None:
    moment = now()
    body = json.dumps({"type": event, "timestamp": moment, "data": payload}, ensure_ascii=False)
    if hooks:
        connection.execute(insert(deliveries), [
            {"id": secrets.token_hex(12), "webhook_id": id, "event": event, "payload": body, "state": "queued", "attempts": 0, "next_at": moment, "created_at": moment} for id in hooks])


def _hook(row: Any) -> dict[str, Any]:
    return {**row._mapping, "events": json.loads(row.events)}


def _in(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()
