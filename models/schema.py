"""The JSON Schema of the extraction, generated from the data model and kept in the repository beside it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from models.letter import SCHEMA_VERSION, Extraction

SCHEMA_FILE = "extraction.schema.json"


def extraction_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an :class:`~models.letter.Extraction` as it is written out."""
    schema = Extraction.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:congvan:extraction:{SCHEMA_VERSION}",
        **schema,
    }


def extraction_schema_text() -> str:
    """The schema as the text of the file ``models/extraction.schema.json``."""
    return json.dumps(extraction_schema(), ensure_ascii=False, indent=2) + "\n"


def stored_schema_text() -> str:
    """The schema file in the package, which a test holds equal to the generated one."""
    return files("models").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
