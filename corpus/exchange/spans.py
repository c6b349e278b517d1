"""The form between markup and annotation tools: the plain text, a flat list of labelled spans, and the header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from corpus.markup import parse
from corpus.model import AnnotatedLetter, Header
from models.document import Cell
from models.errors import CongvanError
from models.letter import Zone

ZONE_PREFIX = "zone:"


class ExchangeError(CongvanError):
    """Annotations of a tool cannot be turned back into markup."""

    code = "exchange"


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """One label: ``zone:body``, or a mark's head as in markup (``t1<h1=bao_cao``, ``date=2020-05-06``, ``lead``)."""

    start: int
    end: int
    label: str


def to_spans(letter: AnnotatedLetter) -> list[LabelledSpan]:
    """All zones and marks of a letter, outer before inner."""
    result = [LabelledSpan(b.span[0], b.span[1], ZONE_PREFIX + b.zone.value) for b in letter.blocks]
    for mark in letter.marks:
        label = mark.name + (f":{mark.ident}" if mark.ident else "")
        label += f"<{','.join(mark.links)}" if mark.links else ""
        label += f"={mark.value}" if mark.value is not None else ""
        result.append(LabelledSpan(mark.span[0], mark.span[1], label))
    return result


def header_data(header: Header) -> dict[str, Any]:
    """The header as plain data, keys as in markup."""
    data: dict[str, Any] = {"id": header.id, "system": header.system, "level": header.level}
    for key, value in (
        ("province", header.province),
        ("topic", header.topic),
        ("type", header.type),
        ("identifier", header.identifier),
    ):
        if value:
            data[key] = value
    if header.phenomena:
        data["phenomena"] = list(header.phenomena)
    references: dict[str, Any] = {}
    for key, entry in header.references.items():
        values = {
            "type": entry.type,
            "id": entry.identifier,
            "date": entry.date,
            "issuer": entry.issuer,
            "title": entry.title,
            "year": entry.year,
            "rel": entry.relation,
            "via": entry.via,
        }
        references[key] = {name: value for name, value in values.items() if value}
    data["refs"] = references
    if header.inferred:
        data["inferred"] = dict(header.inferred)
    return data


def layout_data(letter: AnnotatedLetter) -> list[dict[str, Any]]:
    """What spans cannot say: table cells and gaps of lines, by the line's start."""
    result: list[dict[str, Any]] = []
    for line in letter.lines:
        if line.cell is not None or line.gap:
            entry: dict[str, Any] = {"start": line.span[0]}
            if line.cell is not None:
                entry["cell"] = [line.cell.table, line.cell.row, line.cell.column]
            if line.gap:
                entry["gap"] = True
            result.append(entry)
    return result


def from_spans(
    text: str, spans: Sequence[LabelledSpan], header: Mapping[str, Any], layout: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Markup of a labelled text. Raises ExchangeError where spans cross, or text lies in no zone.

    The markup parses back to the same text, zones and marks; alternatives and droppable lines are not carried.
    """
    zones = sorted((s for s in spans if s.label.startswith(ZONE_PREFIX)), key=lambda s: s.start)
    marks = [s for s in spans if not s.label.startswith(ZONE_PREFIX)]
    known = {z.value for z in Zone}
    cells: dict[int, Cell] = {}
    gaps: set[int] = set()
    for entry in layout:
        if "cell" in entry:
            table, row, column = entry["cell"]
            cells[int(entry["start"])] = Cell(int(table), int(row), int(column))
        if entry.get("gap"):
            gaps.add(int(entry["start"]))
    parts: list[str] = ["---"]
    position = 0
    for zone in zones:
        name = zone.label.removeprefix(ZONE_PREFIX)
        if name not in known:
            raise ExchangeError(
                f"unknown zone {name!r} at {zone.start}", remedy=f"use one of {', '.join(sorted(known))}"
            )
        if zone.start < position:
            raise ExchangeError(f"zones overlap at character {zone.start}", remedy="let each line stand in one zone")
        if text[position : zone.start].strip():
            raise ExchangeError(
                f"text {text[position : zone.start].strip()[:40]!r} lies in no zone", remedy="label it with a zone"
            )
        inside = [m for m in marks if zone.start <= m.start and m.end <= zone.end]
        parts.append("@" + name)
        parts.extend(_lines(text, zone, inside, cells if name == "table" else {}, gaps))
        position = zone.end
    outside = [m for m in marks if not any(z.start <= m.start and m.end <= z.end for z in zones)]
    if outside:
        first = outside[0]
        raise ExchangeError(
            f"label {first.label!r} at {first.start} crosses the edge of a zone", remedy="keep labels inside one zone"
        )
    if text[position:].strip():
        raise ExchangeError(f"text {text[position:].strip()[:40]!r} lies in no zone", remedy="label it with a zone")
    written = yaml.safe_dump(dict(header), allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None)
    source = written + "\n".join(parts) + "\n"
    parse(source)
    return source


def _lines(
    text: str, zone: LabelledSpan, marks: Sequence[LabelledSpan], cells: Mapping[int, Cell], gaps: set[int]
) -> list[str]:
    # Spans of one place keep the order in which they were given: the outer first.
    ordered = sorted(enumerate(marks), key=lambda pair: (pair[1].start, -pair[1].end, pair[0]))
    opening: dict[int, list[LabelledSpan]] = {}
    stack_check: list[LabelledSpan] = []
    for _, mark in ordered:
        while stack_check and stack_check[-1].end <= mark.start:
            stack_check.pop()
        if stack_check and mark.end > stack_check[-1].end:
            raise ExchangeError(
                f"labels {stack_check[-1].label!r} and {mark.label!r} cross at character {mark.start}",
                remedy="let one contain the other",
            )
        stack_check.append(mark)
        opening.setdefault(mark.start, []).append(mark)
    out: list[str] = []
    open_marks: list[LabelledSpan] = []
    line: list[str] = []
    row = -1
    start_of_line = zone.start

    def close(at: int) -> None:
        while open_marks and open_marks[-1].end == at:
            open_marks.pop()
            line.append("}")

    def flush() -> None:
        nonlocal row
        written = "".join(line)
        if re.match(r"[@~?]", written):
            written = "\\" + written
        cell = cells.get(start_of_line)
        if cell is not None and out and cell.row == row:
            before = out[-1].count(" || ")
            out[-1] += " || " * (cell.column - before) + written
        else:
            if start_of_line in gaps:
                out.append("")
            if cell is not None and cell.column:
                written = " || " * cell.column + written
            out.append(written)
        row = cell.row if cell is not None else -1
        line.clear()

    for i in range(zone.start, zone.end):
        close(i)
        if text[i] == "\n":
            flush()
            start_of_line = i + 1
            continue
        for mark in opening.get(i, ()):
            open_marks.append(mark)
            line.append("{" + _head(mark.label) + "|")
        line.append("\\" + text[i] if text[i] in "{}\\" else text[i])
    close(zone.end)
    flush()
    return out


def _head(label: str) -> str:
    name, equals, value = label.partition("=")
    return name + equals + re.sub(r"([{}|\\])", r"\\\1", value)
