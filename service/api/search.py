"""Searching the archive."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from service.api.deps import Reader, failures, index
from service.archive.search.engine import FACETS
from service.archive.search.index import SearchIndex

router = APIRouter(tags=["search"])
IndexDep = Annotated[SearchIndex, Depends(index)]


class Place(BaseModel):
    """A box on a page."""

    page: int
    box: tuple[float, float, float, float] = Field(description="In points, origin at the top left.")


class Fragment(BaseModel):
    """A stretch of the letter that shows the words of the query."""

    text: str
    marks: list[tuple[int, int]] = Field(description="Where in `text` the words of the query stand: [start, end).")
    span: tuple[int, int] = Field(description="Where in the letter's text the fragment stands.")
    page: int | None = Field(description="Page on which it begins.")
    box: tuple[float, float, float, float] | None = Field(description="Box of its paragraph on that page, in points, origin at the top left.")
    boxes: list[Place] = Field(description="Where the marked words stand, one place for each mark and each line it is on; empty for a letter without boxes.")


class FoundLetter(BaseModel):
    """A letter as results show it."""

    id: str
    filename: str | None
    type_code: str | None
    document_type: str | None
    identifier: str | None
    date: str | None
    issuer: str | None
    place: str | None
    subject: str | None
    urgency: str | None
    level: str | None
    province: str | None = Field(description="Province of the issuer by its name of today.")
    due: list[int] = Field(description="Deadlines of its tasks, as 20240620.")
    tasks: int


class SearchHit(BaseModel):
    """A letter found."""

    id: str
    score: float = Field(description="Compares within one answer only.")
    complete: bool = Field(description="It has everything that was asked; else most of it, or nearly.")
    letter: FoundLetter
    fragments: list[Fragment]


class FacetValue(BaseModel):
    """How many of the letters found have a value."""

    value: str | int
    count: int


class SearchAnswer(BaseModel):
    """Letters found, in order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "total": 1, "approximate": False, "widened": False, "next_cursor": None, "facets": {"type": [{"value": "KH", "count": 1}]},
        "hits": [{"id": "0f3a5c7e9b1d2f4a6c8e0b2d", "score": 12.5, "complete": True, "fragments": [
            {"text": "Kế hoạch công tác năm 2024", "marks": [[0, 17]], "span": [212, 238], "page": 1, "box": [85.0, 120.5, 510.2, 140.0],
             "boxes": [{"page": 1, "box": [85, 120.5, 201, 140.0]}]}],
            "letter": {"id": "0f3a5c7e9b1d2f4a6c8e0b2d", "filename": "cv-12.pdf", "type_code": "KH", "document_type": "kế hoạch", "identifier": "12/KH-UBND", "date": "2024-01-05",
                       "issuer": "Ủy ban nhân dân tỉnh Hậu Giang", "place": "Hậu Giang", "subject": "công tác năm 2024", "urgency": None, "level": "province",
                       "province": "Cần Thơ", "due": [20240620], "tasks": 3}}],
    }]})

    total: int = Field(description="Letters that have everything asked; where none has, those that nearly do.")
    approximate: bool = Field(description="The total and the facets are taken from a sample, because there are very many.")
    widened: bool = Field(description="Few or no letters have everything that was asked; letters that have much of it are among the hits (`complete` is false).")
    hits: list[SearchHit]
    facets: dict[str, list[FacetValue]]
    next_cursor: str | None


class SuggestionItem(BaseModel):
    """Something to offer while typing."""

    kind: Literal["number", "issuer", "subject"]
    text: str
    query: str = Field(description="The query to send when it is chosen.")
    letters: int | None


class Suggestions(BaseModel):
    """What to offer, the likeliest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [{"kind": "issuer", "text": "Sở Nội vụ tỉnh Hậu Giang", "query": 'cq:"Sở Nội vụ tỉnh Hậu Giang"', "letters": 12}]}]})

    items: list[SuggestionItem]


class SimilarLetters(BaseModel):
    """Letters like one; ``score`` is the share of its telling word pairs that the other has."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": []}]})

    items: list[SearchHit]


_Values = Annotated[list[str], Query(max_length=20)]


@router.get("/v1/search", summary="Search the letters", responses=failures(400, 503))
def search(
    who: Reader, index: IndexDep,
    q: Annotated[str, Query(max_length=1000, description="Words with or without marks, numbers and dates in any spelling, \"phrases\", fields such as `so:168-KH/TU`, `tu:2024-01-01`; see service/archive/search/QUERY.md.", examples=["ke hoach cong tac nam:2024"])] = "",
    type: _Values = [],  # noqa: B006
    issuer: _Values = [],  # noqa: B006
    level: _Values = [],  # noqa: B006
    province: _Values = [],  # noqa: B006
    year: _Values = [],  # noqa: B006
    urgency: _Values = [],  # noqa: B006
    task: _Values = [],  # noqa: B006
    facets: Annotated[str, Query(max_length=200, description=f"Facets to count, parted by commas: {', '.join(FACETS)}.", examples=["type,year"])] = "",
    sort: Literal["relevance", "-date", "date", "-added", "due"] = "relevance",
    limit: Annotated[int, Query(ge=0, le=200)] = 10,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> SearchAnswer:
    """Letters by relevance or date, with fragments and facets. A query that breaks the syntax is answered 400 with where and how to mend it."""
    chosen = {"type": type, "issuer": issuer, "level": level, "province": province, "year": year, "urgency": urgency, "task": task}
    names = [name.strip() for name in facets.split(",") if name.strip()]
    found = index.search(q, filters=chosen, facets=names, sort=sort, limit=limit, cursor=cursor)
    return SearchAnswer.model_validate(found.as_dict())


@router.get("/v1/search/suggest", summary="Suggestions while typing", responses=failures(503))
def suggestions(
    who: Reader, index: IndexDep, q: Annotated[str, Query(max_length=200, description="What has been typed so far.", examples=["so noi v"])],
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Suggestions:
    """Numbers, issuers and subjects of the archive that begin so; marks need not be typed."""
    return Suggestions.model_validate({"items": [_plain(one) for one in index.suggest(q, limit)]})


@router.get("/v1/letters/{id}/similar", summary="Letters like this one", responses=failures(404, 503))
def similar(who: Reader, index: IndexDep, id: str, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> SimilarLetters:
    """Letters that share the telling word pairs of one, the likest first."""
    return SimilarLetters.model_validate({"items": [_plain(one) for one in index.similar(id, limit)]})


def _plain(record: Any) -> dict[str, Any]:
    return asdict(record)
