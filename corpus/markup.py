"""The parser of ``corpus/MARKUP.md``: one file of markup -> plain text with zones, marks, references and tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import yaml

from corpus.model import (
    AnnotatedLetter,
    Block,
    Header,
    LetterSource,
    Mark,
    MarkupError,
    Problem,
    ReferenceEntry,
    SourceBlock,
    SourceLine,
    TextLine,
)
from models.document import Cell
from models.letter import Relation, Zone
from models.text import nfc

Chooser = Callable[[SourceLine], str | None]
"""Picks what stands for a line: its text, one of its alternatives, or None to drop it."""

HEADER_KEYS = ("id", "system", "level", "province", "topic", "type", "identifier", "phenomena", "refs", "inferred")
REFERENCE_KEYS = ("type", "id", "date", "issuer", "title", "year", "rel", "via")
SYSTEMS = (
    "state",
    "party",
    "front",
    "union",
    "youth",
    "women",
    "farmers",
    "veterans",
    "court",
    "procuracy",
    "police",
    "army",
    "tax",
    "customs",
    "insurance",
    "treasury",
    "bank",
    "school",
    "hospital",
    "enterprise",
    "board",
    "association",
)
LEVELS = ("central", "province", "district", "commune", "unit")
MARK_NAMES = frozenset(
    [
        "number",
        "symbol",
        "date",
        "place",
        "subject",
        "doctype",
        "issuer",
        "parent",
        "urgency",
        "secrecy",
        "addressee",
        "recipient",
        "purpose",
        "note",
        "archive",
        "authority",
        "title",
        "name",
        "pin",
        "lead",
        "coord",
        "who",
        "due",
        "report",
        "via",
        "email",
        "neg",
    ]
)
ESCAPES = "{}@~?|\\"
CELL_SEPARATOR = re.compile(r"\s*\|\|\s*")
_STRINGS_ONLY = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Makes strings only: no dates, numbers or booleans to be guessed; libyaml's where PyYAML has it."""
_ZONE = re.compile(r"@([A-Za-z_]+)\s*$")
_HEAD = re.compile(r"([a-z]+\d*)(?::([A-Za-z0-9_]+))?(?:<([A-Za-z0-9_,\s]+))?(?:=((?:[^|{}\\]|\\.)*))?\|")


def as_written(line: SourceLine) -> str | None:
    """The chooser that takes every line as it is written."""
    return line.text


def parse(source: str, path: str = "", choose: Chooser = as_written) -> AnnotatedLetter:
    """Parse one letter's file.

    ``choose`` decides for every line between its text, its alternatives and dropping it. Raises MarkupError with all
    problems of form that were found.
    """
    return compose(split(source, path), choose)


def split(source: str, path: str = "") -> LetterSource:
    """Header and blocks of a letter's file, lines not yet parsed. Raises MarkupError."""
    lines = nfc(source).removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    rule = next((i for i, line in enumerate(lines) if line.strip() == "---" and i > 0), None)
    if rule is None:
        raise MarkupError(
            [Problem(path, 1, "no line '---' between header and letter", "put '---' after the YAML header")]
        )
    problems: list[Problem] = []
    head = lines[:rule]
    if head and head[0].strip() == "---":
        head[0] = ""
    header = _header("\n".join(head), path, problems)
    blocks = _blocks(lines[rule + 1 :], rule + 2, path, problems)
    if problems or header is None:
        raise MarkupError(problems)
    return LetterSource(header, tuple(blocks), path)


def compose(source: LetterSource, choose: Chooser = as_written) -> AnnotatedLetter:
    """Text and marks of a split letter, with ``choose`` deciding between alternatives. Raises MarkupError."""
    builder = _Builder(source.path)
    for block in source.blocks:
        chosen = [(line, text) for line in block.lines if (text := choose(line)) is not None]
        if chosen:
            builder.add_block(block, chosen)
    if builder.problems:
        raise MarkupError(builder.problems)
    builder.marks.sort(key=lambda mark: (mark.span[0], mark.depth))
    return AnnotatedLetter(
        header=source.header,
        text="".join(builder.parts),
        blocks=builder.blocks,
        marks=builder.marks,
        source=source,
        path=source.path,
    )


# --- header -------------------------------------------------------------------------------------------------------


def _header(text: str, path: str, problems: list[Problem]) -> Header | None:
    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(
            Problem(path, where, f"the header is not YAML: {error.problem}", "put values with ':' '#' or ',' in quotes")
        )
        return None
    if not isinstance(data, dict):
        problems.append(Problem(path, 1, "the header is not a mapping of keys", "begin with 'id: …'"))
        return None

    def line_of(key: str) -> int:
        found = re.search(rf"(?m)^\s*{re.escape(key)}\s*:", text)
        return text.count("\n", 0, found.start()) + 1 if found else 1

    for key in data:
        if key not in HEADER_KEYS:
            problems.append(
                Problem(path, line_of(key), f"unknown header key {key!r}", f"known: {', '.join(HEADER_KEYS)}")
            )
    for key in ("id", "system", "level", "topic", "type"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            problems.append(Problem(path, line_of(key), f"header key {key!r} is missing or empty", f"write '{key}: …'"))
    references = _references(data.get("refs") or {}, path, line_of, problems)
    inferred = data.get("inferred") or {}
    phenomena = data.get("phenomena") or []
    if isinstance(phenomena, str):
        phenomena = [part.strip() for part in phenomena.split(",")]
    if not isinstance(inferred, dict) or not all(isinstance(v, str) for v in inferred.values()):
        problems.append(Problem(path, line_of("inferred"), "'inferred' is not a mapping", "write {issuer: …}"))
        inferred = {}
    if problems:
        return None
    return Header(
        id=data["id"].strip(),
        system=data["system"].strip(),
        level=data["level"].strip(),
        type=data["type"].strip(),
        topic=data["topic"].strip(),
        province=(data.get("province") or "").strip() or None,
        identifier=(data.get("identifier") or "").strip() or None,
        phenomena=tuple(phenomena),
        references=references,
        inferred=inferred,
    )


def _references(
    data: object, path: str, line_of: Callable[[str], int], problems: list[Problem]
) -> dict[str, ReferenceEntry]:
    if not isinstance(data, dict):
        problems.append(Problem(path, line_of("refs"), "'refs' is not a mapping", "write 'r1: {type: …}' under it"))
        return {}
    result: dict[str, ReferenceEntry] = {}
    for key, entry in data.items():
        where = line_of(key)
        if not re.fullmatch(r"r\d+", key):
            problems.append(Problem(path, where, f"reference key {key!r} is not r1, r2 …", "rename it"))
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("type"), str) or not entry.get("type"):
            problems.append(Problem(path, where, f"reference {key} has no type", "write {type: quyết định, id: …}"))
            continue
        unknown = [name for name in entry if name not in REFERENCE_KEYS]
        if unknown:
            problems.append(
                Problem(
                    path,
                    where,
                    f"reference {key} has the unknown key {unknown[0]!r}",
                    'put values that hold a comma in double quotes: title: "a, b"',
                )
            )
            continue
        if not all(isinstance(value, str) for value in entry.values()):
            problems.append(Problem(path, where, f"reference {key} has a value that is not text", "quote it"))
            continue
        relation = entry.get("rel") or Relation.VIEN_DAN.value
        if relation not in {r.value for r in Relation}:
            known = ", ".join(r.value for r in Relation)
            problems.append(Problem(path, where, f"reference {key}: unknown relation {relation!r}", f"known: {known}"))
        values = {name: (nfc(entry.get(name) or "").strip() or None) for name in REFERENCE_KEYS}
        result[key] = ReferenceEntry(
            key=key,
            type=values["type"] or "",
            identifier=values["id"],
            date=values["date"],
            issuer=values["issuer"],
            title=values["title"],
            year=values["year"],
            relation=relation,
            via=values["via"],
        )
    return result


# --- blocks -------------------------------------------------------------------------------------------------------


def _blocks(lines: list[str], first: int, path: str, problems: list[Problem]) -> list[SourceBlock]:
    known = {zone.value: zone for zone in Zone}
    blocks: list[tuple[Zone, int, list[SourceLine]]] = []
    gap = False
    for number, raw in enumerate(lines, start=first):
        line = raw.strip().replace("\t", " ")
        if not line:
            gap = True
            continue
        if line.startswith("@"):
            found = _ZONE.match(line)
            if not found or found[1] not in known:
                name = found[1] if found else line.split()[0]
                problems.append(
                    Problem(path, number, f"unknown zone {name!r}", f"one of: {', '.join(known)}; or write '\\@'")
                )
                blocks.append((Zone.BODY, number, []))
            else:
                blocks.append((known[found[1]], number, []))
            gap = False
            continue
        if not blocks:
            problems.append(
                Problem(path, number, "text before the first zone", "put '@national_title' or so before it")
            )
            blocks.append((Zone.BODY, number, []))
        content = blocks[-1][2]
        if line.startswith("~ ") or line == "~":
            if not content:
                problems.append(
                    Problem(path, number, "an alternative without a line before it", "put it after its line")
                )
                continue
            before = content[-1]
            content[-1] = SourceLine(
                before.text, before.number, before.droppable, (*before.alternatives, line[1:].strip()), before.gap
            )
            continue
        droppable = line.startswith("? ")
        content.append(SourceLine(line[1:].strip() if droppable else line, number, droppable, (), gap))
        gap = False
    for zone, number, content in blocks:
        if not content:
            problems.append(Problem(path, number, f"empty block @{zone.value}", "remove it or write its text"))
    return [SourceBlock(zone, number, tuple(content)) for zone, number, content in blocks]


@dataclass
class _Open:
    head: re.Match[str]
    start: int
    line: int


@dataclass
class _Builder:
    path: str
    parts: list[str] = field(default_factory=list)
    position: int = 0
    blocks: list[Block] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tables: int = 0

    def add_block(self, block: SourceBlock, chosen: list[tuple[SourceLine, str]]) -> None:
        index = len(self.blocks)
        stack: list[_Open] = []
        lines: list[TextLine] = []
        is_table = block.zone == Zone.TABLE
        for row, (line, text) in enumerate(chosen):
            cells = _cells(text) if is_table else [text]
            for column, cell_text in enumerate(cells):
                if self.parts:
                    self._write("\n")
                start = self.position
                self._scan(cell_text, line.number, index, stack)
                if self.position == start:
                    # An empty cell is no line of the text: take the line feed back.
                    if self.parts:
                        self.position -= len(self.parts.pop())
                    continue
                lines.append(
                    TextLine(
                        text=self._since(start),
                        span=(start, self.position),
                        block=index,
                        cell=Cell(self.tables, row, column) if is_table else None,
                        gap=line.gap and column == 0,
                        number=line.number,
                    )
                )
                if is_table and stack:
                    self._problem(
                        stack[-1].line,
                        f"mark {{{stack[-1].head[1]}|…}} crosses a table cell",
                        "close it in its cell; link cells by names: {who:h1|…}, {due:d1=…|…}, {t1<h1,d1=…|…}",
                    )
                    stack.clear()
        for left in stack:
            self._problem(left.line, f"mark {{{left.head[1]}|…}} is never closed in its block", "add the missing '}'")
        if is_table:
            self.tables += 1
        if lines:
            self.blocks.append(Block(block.zone, (lines[0].span[0], lines[-1].span[1]), tuple(lines), block.number))

    def _since(self, start: int) -> str:
        pieces: list[str] = []
        length = self.position - start
        for part in reversed(self.parts):
            if length <= 0:
                break
            pieces.append(part)
            length -= len(part)
        return "".join(reversed(pieces))

    def _write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.position += len(text)

    def _problem(self, line: int, cause: str, remedy: str) -> None:
        self.problems.append(Problem(self.path, line, cause, remedy))

    def _scan(self, text: str, number: int, block: int, stack: list[_Open]) -> None:
        """Write the plain text of one line and open and close marks; linear in the length of the line."""
        position = 0
        for found in re.finditer(r"\\.|[{}]", text):
            if found.start() < position:
                continue
            self._write(text[position : found.start()])
            position = found.end()
            token = found[0]
            if token[0] == "\\":
                self._write(token[1] if token[1] in ESCAPES else token)
            elif token == "{":
                head = _HEAD.match(text, found.end())
                if head is None or not _known(head[1]):
                    shown = text[found.start() : found.start() + 24]
                    self._problem(number, f"'{shown}' opens no known mark", "write {name|text}, or '\\{' for a brace")
                    continue
                position = head.end()
                stack.append(_Open(head, self.position, number))
            elif stack:
                self._close(stack, block)
            else:
                self._problem(number, "'}' closes nothing", "remove it, or write '\\}'")
        self._write(text[position:])

    def _close(self, stack: list[_Open], block: int) -> None:
        opened = stack.pop()
        name, ident, links, value = opened.head.groups()
        if opened.start == self.position:
            self._problem(opened.line, f"mark {{{name}|}} has no text", "a mark stands on words of the letter")
        self.marks.append(
            Mark(
                name=name,
                span=(opened.start, self.position),
                value=re.sub(r"\\(.)", r"\1", value).strip() if value is not None else None,
                ident=ident,
                links=tuple(part.strip() for part in links.split(",") if part.strip()) if links else (),
                line=opened.line,
                block=block,
                depth=len(stack),
            )
        )


def _known(name: str) -> bool:
    return name in MARK_NAMES or bool(re.fullmatch(r"[rt]\d+", name))


def _cells(row: str) -> list[str]:
    return CELL_SEPARATOR.split(row)
