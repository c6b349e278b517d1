"""Markdown (first version): marks removed, bold kept."""

from __future__ import annotations

import re

from models.document import Document
from models.reading.encodings import decode_bytes
from models.reading.plain import document_of_text

_MARKS = re.compile(r"\*\*|__|^#{1,6}\s+|^>\s?", re.M)


def read_markdown(data: bytes) -> Document:
    """Read a Markdown letter."""
    text, encoding = decode_bytes(data)
    return document_of_text(_MARKS.sub("", text), legacy_encoding=encoding, media_type="text/markdown")
