"""What the API takes and answers about webhooks and keys, each model with an example."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.api import examples
from service.api.models import Line, example

EventName = Literal["letter.changed", "letter.deleted", "job.finished", "*"]


class WebhookIn(BaseModel):
    """A receiver and what it wants to hear of."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"url": "https://hooks.example.com/congvan", "events": ["letter.changed", "letter.deleted"]}]})

    url: Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=2000)]
    events: list[EventName] = Field(min_length=1, max_length=4)


class WebhookOut(BaseModel):
    """A webhook without its secret."""

    model_config = example(examples.WEBHOOK)

    id: str
    url: str
    events: list[str]
    owner: str | None
    created_at: str
    disabled_at: str | None


class WebhookWithSecret(WebhookOut):
    """A new webhook; ``secret`` signs its calls."""

    model_config = example({**examples.WEBHOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})

    secret: str


class WebhookList(BaseModel):
    """All webhooks."""

    model_config = example({"items": [examples.WEBHOOK]})

    items: list[WebhookOut]


class DeliveryOut(BaseModel):
    """One event for one webhook, and what became of it."""

    model_config = example(examples.DELIVERY)

    id: str
    event: str
    state: Literal["queued", "done", "failed"]
    attempts: int
    next_at: str
    last_status: int | None
    last_error: str | None
    created_at: str | None
    finished_at: str | None


class DeliveryList(BaseModel):
    """One page of deliveries, newest first."""

    model_config = example({"items": [examples.DELIVERY], "next_cursor": None})

    items: list[DeliveryOut]
    next_cursor: str | None


class KeyIn(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "văn thư", "scopes": ["write"]}]})

    name: Annotated[Line, StringConstraints(min_length=1)]
    scopes: list[Literal["read", "write", "admin"]] = Field(min_length=1, max_length=3)


class KeyOut(BaseModel):
    """A key without what makes it one."""

    model_config = example(examples.KEY)

    id: str
    name: str
    scopes: list[str]
    created_at: str
    used_at: str | None
    revoked_at: str | None


class KeyWithSecret(KeyOut):
    """A new key."""

    model_config = example({**examples.KEY, "used_at": None, "key": f"cv_{examples.KEY_ID}_uJ3hV0c9nq…"})

    key: str


class KeyList(BaseModel):
    """All keys."""

    model_config = example({"items": [examples.KEY]})

    items: list[KeyOut]
