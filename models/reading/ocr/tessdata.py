"""Where Tesseract's data for Vietnamese lies, and a clear message where it does not."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from models.errors import MissingProgram

REMEDY = (
    "Install Tesseract with its Vietnamese data: "
    "apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-script-viet tesseract-ocr-osd"
)
_PLACES = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
LANGUAGES = ("Vietnamese", "script/Vietnamese", "vie")
"""Best first: the data of the script reads Vietnamese letters better than that of the language."""


@lru_cache(maxsize=1)
def directory() -> Path:
    """The folder with Vietnamese data. Raises MissingProgram with the command that installs it."""
    named = os.environ.get("TESSDATA_PREFIX", "")
    places = [Path(named), Path(named) / "tessdata"] if named else []
    places += [Path(p) for p in _PLACES]
    for place in places:
        if any((place / f"{name}.traineddata").is_file() for name in LANGUAGES):
            return place
    raise MissingProgram("Tesseract's data for Vietnamese was not found, so scans cannot be read.", remedy=REMEDY)


def language() -> str:
    """The best language that is there."""
    folder = directory()
    return next(name for name in LANGUAGES if (folder / f"{name}.traineddata").is_file())


def has_language(name: str) -> bool:
    """True when data of that name is installed."""
    try:
        return (directory() / f"{name}.traineddata").is_file()
    except MissingProgram:
        return False
