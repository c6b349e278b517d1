"""Corrections by people, kept apart from what the machine read, and laid over it again after every re-extraction.

A path names a place of the contract: ``subject``, ``signer.name``, ``addressees.0``, ``references.2.identifier``,
``tasks.1.deadline.date``. A field (subject, signer.name …) takes a plain value or null. Items of lists are found again
by the ``anchor``, the machine's item as it was when corrected, because a better model may number them otherwise.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from pydantic import ValidationError
from rapidfuzz.fuzz import ratio

from models.letter import Extraction
from models.text import match_key
from service.archive.errors import InvalidCorrection

FIELDS = frozenset({
    "document_type", "number", "symbol", "identifier", "date", "place", "issuer", "parent_body", "subject", "urgency", "secrecy",
    "archive_note",
})
SIGNER = frozenset({"authority", "title", "name"})
LISTS = frozenset({"addressees", "recipients", "references", "tasks"})
_HINT = "Name a field of the contract, such as subject, signer.name, addressees.0 or references.0.identifier."


def read(data: dict[str, Any], path: str) -> Any:
    """The value at ``path`` (of a field its ``value``). Raises InvalidCorrection for a path that is not there."""
    parts = _split(path)
    node: Any = data
    for part in parts:
        if isinstance(node, list):
            if not part.isdigit() or int(part) >= len(node):
                raise InvalidCorrection(f"{path}: there is no item {part}", remedy=_HINT)
            node = node[int(part)]
        elif isinstance(node, dict):
            node = node.get(part)
        else:
            raise InvalidCorrection(f"{path}: nothing stands under {part!r}", remedy=_HINT)
    return node["value"] if isinstance(node, dict) and "value" in node else node


def anchor(data: dict[str, Any], path: str) -> str | None:
    """What tells a list's item apart: a task's text, a reference's identifier or title, a name."""
    parts = _split(path)
    return _key(data[parts[0]][int(parts[1])]) if parts[0] in LISTS and len(parts) > 1 else None


def apply(data: dict[str, Any], path: str, value: Any, anchored: str | None = None) -> dict[str, Any]:
    """``data`` with ``value`` at ``path``, checked against the contract.

    Raises InvalidCorrection when the path or the value does not fit, or the anchored item is gone.
    """
    parts = _split(path)
    result = copy.deepcopy(data)
    if parts[0] in LISTS and anchored is not None:
        parts[1] = str(_find(result[parts[0]], anchored, int(parts[1]), path))
    read(data, ".".join(parts))  # checks that the place exists
    node: Any = result
    for part in parts[:-1]:
        child = node[int(part)] if isinstance(node, list) else node.get(part)
        if child is None:
            raise InvalidCorrection(f"{path}: nothing stands under {part!r}", remedy=_HINT)
        node = child
    last = parts[-1]
    old = node[int(last)] if isinstance(node, list) else node.get(last)
    is_field = (len(parts) == 1 and last in FIELDS) or parts[0] == "signer" or (isinstance(old, dict) and "value" in old)
    if is_field and not isinstance(value, dict) and value is not None:
        if not isinstance(value, str):
            raise InvalidCorrection(f"{path}: the value must be text or null", remedy="Send the corrected text as a string.")
        new: Any = {**(old or {}), "value": value, "confidence": 1.0}
    else:
        new = value
    if isinstance(node, list):
        if new is None:
            del node[int(last)]
        else:
            node[int(last)] = new
    else:
        node[last] = new
    try:
        Extraction.model_validate(result)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidCorrection(f"{path}: {first['msg']}", remedy=_HINT) from error
    return result


def _split(path: str) -> list[str]:
    parts = path.removesuffix(".value").split(".")
    head = parts[0]
    fine = (
        (head in FIELDS and len(parts) == 1)
        or (head == "signer" and len(parts) == 2 and parts[1] in SIGNER)
        or (head in LISTS and 2 <= len(parts) <= 4 and parts[1].isdigit() and len(parts[1]) < 6)
    )
    if not fine:
        raise InvalidCorrection(f"{path!r} is no path that can be corrected", remedy=_HINT)
    return parts


def _key(item: dict[str, Any]) -> str:
    return match_key(str(item.get("identifier") or item.get("title") or item.get("value") or item.get("text") or json.dumps(item, sort_keys=True)))


def _find(items: list[dict[str, Any]], anchored: str, position: int, path: str) -> int:
    if position < len(items) and _key(items[position]) == anchored:
        return position
    scored = sorted(((ratio(_key(item), anchored), -abs(n - position), n) for n, item in enumerate(items)), reverse=True)
    if scored and scored[0][0] >= 85:
        return scored[0][2]
    raise InvalidCorrection(f"{path}: the corrected item is not in the newest extraction", remedy="Look at the letter and correct it again.")
