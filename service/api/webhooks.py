"""Webhooks: other systems told of what happens, instead of asking again and again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from service.api.deps import Admin, SettingsDep, StoreDep, failures
from service.api.jobs import Cursor, Limit
from service.api.models_access import DeliveryList, DeliveryOut, WebhookIn, WebhookList, WebhookOut, WebhookWithSecret
from service.webhooks import check_url

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
HookId = Annotated[str, Path(pattern="^[0-9a-f]{24}$", description="Id of a webhook.", examples=["c2f1a7d04e5b4c6d8e9f0a1b"])]


@router.get("", summary="List webhooks", responses=failures())
def list_webhooks(who: Admin, store: StoreDep) -> WebhookList:
    """Without their secrets."""
    return WebhookList(items=[_out(hook) for hook in store.list_webhooks()])


@router.post("", status_code=201, summary="Register a webhook", responses=failures())
def add_webhook(who: Admin, store: StoreDep, settings: SettingsDep, body: WebhookIn) -> WebhookWithSecret:
    """The secret is shown this once. Calls are signed as Standard Webhooks says; a call that fails is repeated for two days."""
    check_url(body.url, settings)
    hook = store.add_webhook(body.url, body.events, owner=who.owner)
    return WebhookWithSecret(**_out(hook).model_dump(), secret=hook["secret"])


@router.get("/{id}", summary="One webhook", responses=failures(404))
def get_webhook(who: Admin, store: StoreDep, id: HookId) -> WebhookOut:
    """Without its secret. ``disabled_at`` is set when the receiver answered 410 Gone."""
    return _out(store.get_webhook(id))


@router.delete("/{id}", status_code=204, summary="Remove a webhook", responses=failures(404))
def delete_webhook(who: Admin, store: StoreDep, id: HookId) -> Response:
    """What it has not delivered is dropped."""
    store.delete_webhook(id)
    return Response(status_code=204)


@router.get("/{id}/deliveries", summary="What was delivered, and what not", responses=failures(404))
def deliveries(who: Admin, store: StoreDep, id: HookId, cursor: Cursor = None, limit: Limit = 50) -> DeliveryList:
    """The log of the last thirty days, newest first."""
    page = store.list_deliveries(id, cursor=cursor, limit=limit)
    return DeliveryList(items=[DeliveryOut(**item) for item in page.items], next_cursor=page.next_cursor)


@router.post("/{id}/test", status_code=202, summary="Send a ping to a webhook", responses=failures(404))
def test(who: Admin, store: StoreDep, id: HookId) -> WebhookOut:
    """An event ``ping``; the log of deliveries shows what became of it."""
    store.ping_webhook(id)
    return _out(store.get_webhook(id))


def _out(hook: dict[str, Any]) -> WebhookOut:
    return WebhookOut(**{name: hook[name] for name in WebhookOut.model_fields})
