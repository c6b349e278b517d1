"""How letters hang together: what a letter cites, what cites it, and the graph around it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from service.api.deps import Reader, StoreDep, failures
from service.api.examples import GRAPH
from service.api.letters import LetterId, summary_out
from service.api.models import CitingLetters, GraphOut, ReferenceList, ReferenceOut
from service.archive.errors import NotFound
from service.archive.records import LetterSummary
from service.archive.store import Store
from service.citations import around

router = APIRouter(prefix="/v1/letters", tags=["references"])


@router.get("/{id}/references", summary="Documents that a letter cites", responses=failures(404))
def references(who: Reader, store: StoreDep, id: LetterId) -> ReferenceList:
    """Every cited document; with its letter where the archive holds it."""
    letter = store.get_letter(id)
    resolved = store.resolve_references(id)
    items = [
        ReferenceOut(**{name: r[name] for name in ("id", "type", "identifier", "date", "issuer", "title", "relation", "via", "confidence")},
                     letter=summary_out(found) if (found := _summary(store, resolved.get(r["id"]))) else None)
        for r in letter.data["references"]
    ]
    return ReferenceList(items=items)


@router.get("/{id}/cited-by", summary="Letters that cite a letter", responses=failures(404))
def cited_by(who: Reader, store: StoreDep, id: LetterId) -> CitingLetters:
    """By number in whatever spelling, else by type, date and title; another body's letter of the same number is told apart."""
    store.get_letter(id)
    return CitingLetters(items=[summary_out(item) for item in store.citing(id)])


@router.get("/{id}/graph", summary="Citations around a letter", responses={
    200: {"model": GraphOut, "description": "Nodes and edges, or the drawing.", "content": {"application/json": {"example": GRAPH}, "image/svg+xml": {"schema": {"type": "string"}, "example": "<svg …>"}}},
    **failures(404)})
def graph(
    who: Reader, store: StoreDep, id: LetterId, format: Annotated[Literal["json", "svg"], Query(description="Data, or a drawing.")] = "json",
    steps: Annotated[int, Query(ge=1, le=4, description="How far from the letter.")] = 2,
) -> Response:
    """What the letter cites and what cites it, and theirs, as far as ``steps``."""
    found = around(store, id, steps=steps)
    if format == "svg":
        from models.references.drawing import to_svg

        return Response(to_svg(found, highlight=id), media_type="image/svg+xml")
    return JSONResponse(found.to_dict())


def _summary(store: Store, id: str | None) -> LetterSummary | None:
    if id is None:
        return None
    try:
        return store.get_letter(id).summary
    except NotFound:  # deleted in between
        return None
