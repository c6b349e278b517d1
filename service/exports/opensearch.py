"""Letters as OpenSearch ``_bulk`` lines, with the index's mapping and Vietnamese analysis (``tables/opensearch_index.json``).

With tone marks exact (``text``), without them equal (``text.folded``): "ke hoach" finds "kế hoạch". The lines are idempotent:
the letter's id is the document's, so that sending them twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from service.exports.facts import earliest_due
from service.exports.records import LetterRecord

INDEX = "congvan"


def index_definition() -> dict[str, Any]:
    """Settings and mapping to create the index with (PUT /congvan)."""
    found: dict[str, Any] = json.loads(files("service.exports").joinpath("tables/opensearch_index.json").read_text(encoding="utf-8"))
    return found


def document(record: LetterRecord) -> dict[str, Any]:
    """The document of one letter: the fields that people search and filter by, and the text."""
    data = record.data

    def value(name: str) -> str | None:
        return (data.get(name) or {}).get("value")

    identifier = value("identifier")
    day = value("date")
    return {
        "id": record.id, "filename": record.filename, "document_type": value("document_type"), "type_code": (data.get("document_type") or {}).get("code"),
        "number": value("number"), "symbol": value("symbol"), "identifier": identifier, "date": day, "year": int(day[:4]) if day else None, "place": value("place"),
        "issuer": value("issuer"), "parent_body": value("parent_body"), "subject": value("subject"), "urgency": value("urgency"), "secrecy": value("secrecy"),
        "signer": {name: (item or {}).get("value") for name, item in (data.get("signer") or {}).items()},
        "addressees": [i["value"] for i in data["addressees"]], "recipients": [i["value"] for i in data["recipients"]],
        "references": [{k: r[k] for k in ("type", "identifier", "date", "issuer", "title", "relation")} for r in data["references"]],
        "tasks": [{"text": t["text"], "assignees": [a["value"] for a in t["assignees"]], "types": [x["label"] for x in t["types"]], "deadline": (t["deadline"] or {}).get("date")} for t in data["tasks"]],
        "due": earliest_due(data), "page_count": data["source"]["page_count"], "text": data["text"],
    }


def to_bulk(records: Iterable[LetterRecord], *, index: str = INDEX) -> Iterator[str]:
    """The lines of a ``_bulk`` request: index actions with their documents, delete actions for deleted letters."""
    for record in records:
        if record.deleted:
            yield json.dumps({"delete": {"_index": index, "_id": record.id}}) + "\n"
        else:
            yield json.dumps({"index": {"_index": index, "_id": record.id}}) + "\n" + json.dumps(document(record), ensure_ascii=False, separators=(",", ":")) + "\n"
