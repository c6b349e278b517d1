"""API keys over HTTP, for administrators; ``congvan keys`` does the same on the machine itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from service.api.deps import Admin, StoreDep, failures
from service.api.models_access import KeyIn, KeyList, KeyOut, KeyWithSecret

router = APIRouter(prefix="/v1/keys", tags=["keys"])
KeyId = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="Id of a key.", examples=["3a5f9c2b7d10"])]


@router.get("", summary="List keys", responses=failures())
def list_keys(who: Admin, store: StoreDep) -> KeyList:
    """Revoked ones too; never the keys themselves."""
    return KeyList(items=[KeyOut(**key.as_dict()) for key in store.list_keys()])


@router.post("", status_code=201, summary="Make a key", responses=failures())
def create_key(who: Admin, store: StoreDep, body: KeyIn) -> KeyWithSecret:
    """The key is shown this once; the archive keeps only its hash."""
    key, token = store.create_key(body.name, body.scopes)
    return KeyWithSecret(**key.as_dict(), key=token)


@router.delete("/{id}", status_code=204, summary="Revoke a key", responses=failures(404))
def revoke_key(who: Admin, store: StoreDep, id: KeyId) -> Response:
    """From now on it is useless."""
    store.revoke_key(id)
    return Response(status_code=204)
