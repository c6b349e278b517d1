"""A letter under change: its markup, piece by piece, so that an edit moves text and gold together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from corpus.markup import _HEAD as MARK_HEAD
from corpus.model import Header, LetterSource, ReferenceEntry, SourceBlock, SourceLine
from models.letter import Zone

TextEdit = Callable[[str, tuple[str, ...], Zone], str]
"""(text, names of the marks open around it, zone) -> new text."""
ValueEdit = Callable[[str, str, str], str]
"""(mark's name, its value, the text under it on its line) -> new value."""

_TOKEN = re.compile(r"\\.|[{}]")


@dataclass(slots=True)
class Piece:
    """A stretch of a markup line: text, the opening of a mark, or its end."""

    kind: str
    text: str
    name: str = ""
    value: str | None = None
    prefix: str = ""
    """Of an opening: name, id and links as written."""

    def written(self) -> str:
        """The piece as markup."""
        if self.kind == "open":
            return "{" + self.prefix + (f"={self.value}" if self.value is not None else "") + "|"
        return self.text


def pieces(line: str) -> list[Piece]:
    """A markup line in pieces; joining what they are ``written()`` as gives the line back."""
    result: list[Piece] = []
    position = 0
    for found in _TOKEN.finditer(line):
        if found.start() < position or found[0][0] == "\\":
            continue
        if found.start() > position:
            result.append(Piece("text", line[position : found.start()]))
        position = found.end()
        if found[0] == "}":
            result.append(Piece("close", "}"))
            continue
        head = MARK_HEAD.match(line, found.end())
        if head is None:
            raise ValueError(f"no mark opens in {line[found.start() :][:30]!r}")
        name, ident, links, value = head.groups()
        prefix = name + (f":{ident}" if ident else "") + (f"<{links}" if links else "")
        result.append(Piece("open", "", name, value, prefix))
        position = head.end()
    if position < len(line):
        result.append(Piece("text", line[position:]))
    return result


@dataclass(slots=True)
class DraftBlock:
    """A zone's lines, to be changed."""

    zone: Zone
    number: int
    lines: list[str]
    gaps: list[bool]
    numbers: list[int]


@dataclass(slots=True)
class Draft:
    """A letter's header and blocks, alternatives chosen."""

    header: Header
    blocks: list[DraftBlock]
    path: str = ""
    done: list[str] = field(default_factory=list)
    """Names of the edits that were made."""

    @classmethod
    def of(cls, source: LetterSource, choose: Callable[[SourceLine], str | None]) -> Draft:
        """The draft with ``choose`` deciding between a line, its alternatives and nothing."""
        blocks: list[DraftBlock] = []
        for block in source.blocks:
            chosen = [(line, text) for line in block.lines if (text := choose(line)) is not None]
            if chosen:
                blocks.append(
                    DraftBlock(
                        block.zone,
                        block.number,
                        [text for _, text in chosen],
                        [line.gap for line, _ in chosen],
                        [line.number for line, _ in chosen],
                    )
                )
        return cls(source.header, blocks, source.path)

    def source(self, id_: str) -> LetterSource:
        """The draft as a letter's source under a new id."""
        blocks = tuple(
            SourceBlock(
                block.zone,
                block.number,
                tuple(
                    SourceLine(text, number, False, (), gap)
                    for text, number, gap in zip(block.lines, block.numbers, block.gaps, strict=True)
                ),
            )
            for block in self.blocks
        )
        return LetterSource(replace(self.header, id=id_), blocks, "")

    def raw_lines(self) -> Iterator[str]:
        """All lines as markup."""
        for block in self.blocks:
            yield from block.lines

    def edit_raw(self, edit: Callable[[str], str]) -> None:
        """Change whole markup lines, values in heads of marks included, and every string of the header."""
        for block in self.blocks:
            block.lines = [edit(line) for line in block.lines]
        self.edit_header(edit)

    def edit_text(self, edit: TextEdit, values: ValueEdit | None = None) -> None:
        """Change the text between marks (and values of marks), knowing which marks are open around it."""
        for block in self.blocks:
            stack: list[str] = []
            for index, line in enumerate(block.lines):
                parts: list[str] = []
                cut = pieces(line)
                for at, piece in enumerate(cut):
                    if piece.kind == "text":
                        piece.text = edit(piece.text, tuple(stack), block.zone)
                    elif piece.kind == "open":
                        if values is not None and piece.value is not None:
                            piece.value = values(piece.name, piece.value, _under(cut, at))
                        stack.append(piece.name)
                    elif stack:
                        stack.pop()
                    parts.append(piece.written())
                block.lines[index] = "".join(parts)

    def edit_header(self, edit: Callable[[str], str]) -> None:
        """Change the strings of the header that repeat words of the letter."""
        head = self.header
        self.header = replace(
            head,
            province=edit(head.province) if head.province else None,
            identifier=edit(head.identifier) if head.identifier else None,
            references={key: _edit_entry(entry, edit) for key, entry in head.references.items()},
            inferred={key: edit(value) for key, value in head.inferred.items()},
        )

    def edit_references(self, edit: Callable[[ReferenceEntry], ReferenceEntry]) -> None:
        """Change the cited documents of the header."""
        self.header = replace(self.header, references={k: edit(e) for k, e in self.header.references.items()})


def _under(cut: list[Piece], at: int) -> str:
    """The text between an opening and its end, or the line's."""
    depth, words = 0, []
    for piece in cut[at:]:
        depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        if depth == 0:
            break
        if piece.kind == "text":
            words.append(piece.text)
    return "".join(words)


def _edit_entry(entry: ReferenceEntry, edit: Callable[[str], str]) -> ReferenceEntry:
    return replace(
        entry,
        identifier=edit(entry.identifier) if entry.identifier else None,
        issuer=edit(entry.issuer) if entry.issuer else None,
        title=edit(entry.title) if entry.title else None,
    )


def innermost_reference(stack: tuple[str, ...]) -> str | None:
    """The key of the innermost open mention, if any."""
    for name in reversed(stack):
        if name[0] == "r" and name[1:].isdigit():
            return name
    return None
