"""Tables of the reading package, as data files that can be read and corrected without touching code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(slots=True, frozen=True)
class Magic:
    """Bytes by which a kind of file is known, and where they stand."""

    kind: str
    name: str
    offset: int
    bytes: bytes


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``<name>.tsv`` as dictionaries by the header's names. Lines that begin with # are remarks."""
    text = (files(__name__) / f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("# ")]
    header = lines[0].split("\t")
    return tuple(dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:])


@cache
def magic() -> tuple[Magic, ...]:
    """Known beginnings of files, in the order in which they are tried."""
    return tuple(Magic(r["kind"], r["name"], int(r["offset"]), bytes.fromhex(r["bytes"])) for r in rows("magic"))


@cache
def words(name: str) -> tuple[str, ...]:
    """The lines of ``<name>.txt``, without remarks."""
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("# "))
