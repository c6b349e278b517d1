"""What an annotated letter is: its plain text, and the zones, marks, references and tasks that a person marked in it.

A letter is written as markup (``corpus/MARKUP.md``); :func:`corpus.markup.parse` makes an :class:`AnnotatedLetter` of
it. Spans are half-open character offsets into :attr:`AnnotatedLetter.text`, which is what a reader of the pipeline
would give for the same page: NFC, one line a printed line or paragraph, table cells a line each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from models.document import Cell
from models.errors import CongvanError
from models.letter import Span, Zone


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (or doubtful) in a letter's file: where, what, and what to do."""

    path: str
    line: int
    cause: str
    remedy: str = ""
    warning: bool = False

    def __str__(self) -> str:
        kind = "warning" if self.warning else "error"
        remedy = f" -> {self.remedy}" if self.remedy else ""
        return f"{self.path}:{self.line}: {kind}: {self.cause}{remedy}"


class MarkupError(CongvanError):
    """A letter's file does not follow ``corpus/MARKUP.md``; ``problems`` names every place."""

    code = "markup"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "; ".join(str(p) for p in problems), remedy="Mend the places named; corpus/MARKUP.md is the form."
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """One cited document of the header (văn bản được viện dẫn). Absent keys are what the letter does not say."""

    key: str
    type: str
    identifier: str | None = None
    date: str | None = None
    """ISO date, or a year and month."""
    issuer: str | None = None
    title: str | None = None
    year: str | None = None
    relation: str = "vien_dan"
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The YAML part of a letter's file."""

    id: str
    system: str
    level: str
    type: str
    topic: str
    province: str | None = None
    identifier: str | None = None
    phenomena: tuple[str, ...] = ()
    references: Mapping[str, ReferenceEntry] = field(default_factory=dict)
    inferred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of markup with its written alternatives (``~``) and whether it may be dropped (``?``)."""

    text: str
    number: int
    droppable: bool = False
    alternatives: tuple[str, ...] = ()
    gap: bool = False
    """An empty line stands before it."""


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """One ``@zone`` block as written."""

    zone: Zone
    number: int
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class LetterSource:
    """A letter's file, split into header and blocks but not yet into text and marks."""

    header: Header
    blocks: tuple[SourceBlock, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One inline mark: ``{name:ident<links=value|text}``."""

    name: str
    span: Span
    value: str | None = None
    ident: str | None = None
    links: tuple[str, ...] = ()
    line: int = 0
    """Line of the file on which the mark opens."""
    block: int = 0
    depth: int = 0

    def contains(self, other: Mark) -> bool:
        """True when ``other`` lies inside this mark."""
        return self is not other and self.span[0] <= other.span[0] and other.span[1] <= self.span[1]

    @property
    def is_reference(self) -> bool:
        """A mention of a reference: r1, r2 …"""
        return self.name[0] == "r" and self.name[1:].isdigit()

    @property
    def is_task(self) -> bool:
        """A task: t1, t2 …"""
        return self.name[0] == "t" and self.name[1:].isdigit()


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the plain text."""

    text: str
    span: Span
    block: int
    cell: Cell | None = None
    gap: bool = False
    number: int = 0
    """Line of the file it was written on."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text with its zone."""

    zone: Zone
    span: Span
    lines: tuple[TextLine, ...]
    number: int = 0


@dataclass
class AnnotatedLetter:
    """One letter with its gold; not to be changed once made."""

    header: Header
    text: str
    blocks: list[Block]
    marks: list[Mark]
    """In the order of their openings, outer before inner."""
    source: LetterSource
    path: str = ""

    @property
    def id(self) -> str:
        """The file's stem."""
        return self.header.id

    @cached_property
    def lines(self) -> list[TextLine]:
        """All lines in reading order."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def references(self) -> Mapping[str, ReferenceEntry]:
        """The cited documents by key (r1 …)."""
        return self.header.references

    def zones(self, zone: Zone) -> list[Block]:
        """The blocks of one zone."""
        return [block for block in self.blocks if block.zone == zone]

    def named(self, name: str) -> list[Mark]:
        """All marks of one name, in order."""
        return [mark for mark in self.marks if mark.name == name]

    def first(self, name: str) -> Mark | None:
        """The first mark of one name."""
        return next((mark for mark in self.marks if mark.name == name), None)

    @cached_property
    def tasks(self) -> list[Mark]:
        """The marks of tasks, in order."""
        return [mark for mark in self.marks if mark.is_task]

    @cached_property
    def mentions(self) -> list[Mark]:
        """The marks of mentions of references, in order."""
        return [mark for mark in self.marks if mark.is_reference]

    def inside(self, outer: Mark, name: str | None = None) -> Iterator[Mark]:
        """Marks that lie in ``outer``, of one name if given."""
        for mark in self.marks:
            if outer.contains(mark) and (name is None or mark.name == name):
                yield mark

    def words(self, mark: Mark | Span) -> str:
        """The text under a mark, as it stands."""
        start, end = mark.span if isinstance(mark, Mark) else mark
        return self.text[start:end]

    def joined(self, mark: Mark | Span) -> str:
        """The text under a mark with its lines joined by blanks."""
        return " ".join(self.words(mark).split())

    def line_at(self, offset: int) -> TextLine:
        """The line on which the character at ``offset`` stands."""
        return self.lines[bisect_left(self._ends, offset)]

    @cached_property
    def _ends(self) -> list[int]:
        return [line.span[1] for line in self.lines]

    @classmethod
    def read(cls, path: Path) -> AnnotatedLetter:
        """Read and parse one ``.cv`` file. Raises MarkupError."""
        from corpus.markup import parse

        return parse(path.read_text(encoding="utf-8"), str(path))
