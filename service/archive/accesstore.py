"""The store's API keys and webhooks."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from service.archive.database import reading, writing
from service.archive.errors import InvalidFilter, NotFound
from service.archive.records import ApiKey, now
from service.archive.schema import api_keys, deliveries, webhooks

SCOPES = ("read", "write", "admin")


class AccessStore:
    """Functions on keys and webhooks."""

    engine: Engine

    def create_key(self, name: str, scopes: Sequence[str]) -> tuple[ApiKey, str]:
        """A new key and its secret, which is shown this once: only its SHA-256 is stored (256 random bits need no slow hash)."""
        if not scopes or any(scope not in SCOPES for scope in scopes):
            raise InvalidFilter(f"Scopes are {', '.join(SCOPES)}", remedy="Give at least one of them.")
        id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        token = f"cv_{id}_{secret}"
        with writing(self.engine) as connection:
            connection.execute(insert(api_keys).values(id=id, name=name, hash=_hash(token), scopes=json.dumps(list(scopes)), created_at=now()))
        return self.list_keys(id)[0], token

    def check_key(self, token: str) -> ApiKey | None:
        """The key of a secret, None when unknown or revoked. Time of use is noted at most once a minute."""
        with reading(self.engine) as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.hash == _hash(token), api_keys.c.revoked_at.is_(None))).first()
        if row is None:
            return None
        moment = now()
        if (row.used_at or "")[:16] != moment[:16]:
            with writing(self.engine) as connection:
                connection.execute(update(api_keys).where(api_keys.c.id == row.id).values(used_at=moment))
        return _key(row)

    def revoke_key(self, id: str) -> None:
        """Make a key useless from now on. Raises NotFound."""
        with writing(self.engine) as connection:
            if connection.execute(update(api_keys).where(api_keys.c.id == id).values(revoked_at=now())).rowcount != 1:
                raise NotFound(f"No key {id}", remedy="List the keys.")

    def list_keys(self, id: str | None = None) -> list[ApiKey]:
        """All keys, or the one of an id, revoked ones too."""
        query = select(api_keys).order_by(api_keys.c.created_at)
        with reading(self.engine) as connection:
            return [_key(row) for row in connection.execute(query.where(api_keys.c.id == id) if id else query)]

    def add_webhook(self, url: str, events: Sequence[str], *, secret: str | None = None, owner: str | None = None) -> dict[str, Any]:
        """A webhook with its signing secret. The caller has checked that ``url`` may be called."""
        row = {"id": secrets.token_hex(12), "url": url, "secret": secret or secrets.token_urlsafe(32), "events": json.dumps(list(events)), "owner": owner, "created_at": now()}
        with writing(self.engine) as connection:
            connection.execute(insert(webhooks).values(**row))
        return {**row, "events": list(events)}

    def list_webhooks(self) -> list[dict[str, Any]]:
        """Webhooks that are on."""
        with reading(self.engine) as connection:
            return [{**row._mapping, "events": json.loads(row.events)} for row in connection.execute(select(webhooks).where(webhooks.c.disabled_at.is_(None)))]

    def delete_webhook(self, id: str) -> None:
        """Remove a webhook and what it has not delivered. Raises NotFound."""
        with writing(self.engine) as connection:
            if connection.execute(delete(webhooks).where(webhooks.c.id == id)).rowcount != 1:
                raise NotFound(f"No webhook {id}", remedy="List the webhooks.")

    def enqueue_event(self, event: str, payload: dict[str, Any]) -> int:
        """Queue an event for every webhook that wants it; returns how many."""
        wanted = [hook for hook in self.list_webhooks() if event in hook["events"] or "*" in hook["events"]]
        with writing(self.engine) as connection:
            for hook in wanted:
                connection.execute(insert(deliveries).values(id=secrets.token_hex(12), webhook_id=hook["id"], event=event, payload=json.dumps(payload, ensure_ascii=False), state="queued", attempts=0, next_at=now()))
        return len(wanted)

    def due_deliveries(self, limit: int = 20) -> list[dict[str, Any]]:
        """Deliveries whose time has come, with url and secret."""
        query = (select(deliveries, webhooks.c.url, webhooks.c.secret).join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
                 .where(deliveries.c.state == "queued", deliveries.c.next_at <= now()).order_by(deliveries.c.next_at).limit(limit))
        with reading(self.engine) as connection:
            return [{**row._mapping, "payload": json.loads(row.payload)} for row in connection.execute(query)]

    def delivery_result(self, id: str, *, ok: bool, error: str | None = None, next_at: str | None = None) -> None:
        """Note a delivery's outcome; without ``next_at`` a failed one is given up."""
        state = "done" if ok else ("queued" if next_at else "failed")
        values: dict[str, Any] = {"state": state, "attempts": deliveries.c.attempts + 1, "last_error": error}
        if next_at:
            values["next_at"] = next_at
        with writing(self.engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == id).values(**values))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _key(row: Any) -> ApiKey:
    return ApiKey(row.id, row.name, json.loads(row.scopes), row.created_at, row.used_at, row.revoked_at)
