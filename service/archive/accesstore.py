"""The store's API keys."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, insert, select, update

from service.archive.database import reading, writing
from service.archive.errors import InvalidFilter, NotFound
from service.archive.records import ApiKey, now
from service.archive.schema import api_keys

SCOPES = ("read", "write", "admin")


class AccessStore:
    """Functions on keys."""

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


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _key(row: Any) -> ApiKey:
    return ApiKey(row.id, row.name, json.loads(row.scopes), row.created_at, row.used_at, row.revoked_at)
