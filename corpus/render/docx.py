"""An annotated letter as DOCX: a two-column head table, real tables, paragraphs, lists numbered by Word if asked."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from random import Random
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from corpus.model import AnnotatedLetter, Block
from corpus.render.layout import CHAPTER, FOOT_LEFT, FOOT_RIGHT, HEAD_LEFT, HEAD_RIGHT
from corpus.render.style import PageStyle, choose_style
from models.letter import Zone

_NUMBERED = re.compile(r"^(\d{1,2})\. (?=\S)")
_DASHED = re.compile(r"^- (?=\S)")


def to_docx(
    letter: AnnotatedLetter, seed: int = 0, *, style: PageStyle | None = None, numbering: bool = False
) -> bytes:
    """The letter as DOCX bytes. With ``numbering``, "1." and "-" of body items are Word's, not text.

    The same letter and seed give the same content.
    """
    return _Writer(letter, style or choose_style(letter, seed), Random(f"docx/{letter.id}/{seed}"), numbering).write()


class _Writer:
    def __init__(self, letter: AnnotatedLetter, style: PageStyle, rng: Random, numbering: bool) -> None:
        self.letter = letter
        self.style = style
        self.rng = rng
        self.numbering = numbering
        self.document = Document()
        self.has_type = bool(letter.zones(Zone.DOCUMENT_TYPE))
        self.list_ids: dict[str, int] = {}
        self.expected = 1

    def write(self) -> bytes:
        self.page()
        blocks = self.letter.blocks
        body_at = next(
            (i for i, b in enumerate(blocks) if b.zone in (Zone.BODY, Zone.TASK, Zone.LEGAL_BASIS)), len(blocks)
        )
        end = 0
        for i, block in enumerate(blocks[:body_at]):
            if block.zone in HEAD_LEFT | HEAD_RIGHT or (block.zone == Zone.SUBJECT and not self.has_type):
                end = i + 1
        if end:
            self.head(blocks[:end])
        i = end
        while i < len(blocks):
            if blocks[i].zone in FOOT_LEFT | FOOT_RIGHT:
                j = i
                while j < len(blocks) and blocks[j].zone in FOOT_LEFT | FOOT_RIGHT:
                    j += 1
                self.foot(blocks[i:j])
                i = j
            elif blocks[i].zone == Zone.TABLE:
                self.table(blocks[i])
                i += 1
            else:
                self.block(blocks[i])
                i += 1
        buffer = io.BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()

    def page(self) -> None:
        s = self.style
        section = self.document.sections[0]
        section.page_width, section.page_height = Pt(s.width), Pt(s.height)
        section.left_margin, section.right_margin = Pt(s.left), Pt(s.right)
        section.top_margin, section.bottom_margin = Pt(s.top), Pt(s.bottom)
        normal = self.document.styles["Normal"]
        normal.font.name = "Times New Roman"
        normal.font.size = Pt(s.size)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
        core = self.document.core_properties
        core.author, core.title = "congvan corpus", self.letter.id
        core.created = core.modified = datetime(2026, 1, 1)

    # --- parts -------------------------------------------------------------------------------------------------------

    def head(self, blocks: Sequence[Block]) -> None:
        s = self.style
        number_row = any(b.zone in (Zone.DOCUMENT_NUMBER, Zone.PLACE_DATE, Zone.SUBJECT) for b in blocks)
        table = self.document.add_table(rows=2 if number_row else 1, cols=2)
        table.autofit = False
        left, right = s.text_width * s.head_split, s.text_width * (1 - s.head_split)
        for row in table.rows:
            row.cells[0].width, row.cells[1].width = Pt(left), Pt(right)
        for block in blocks:
            column = 1 if block.zone in HEAD_RIGHT else 0
            upper = block.zone in (Zone.PARENT_BODY, Zone.ISSUER, Zone.NATIONAL_TITLE)
            cell = table.cell(0 if upper or not number_row else 1, column)
            for i, line in enumerate(block.lines):
                bold = block.zone in (Zone.ISSUER, Zone.NATIONAL_TITLE) or block.zone in (Zone.URGENCY, Zone.SECRECY)
                size = s.head_size - (1 if block.zone == Zone.NATIONAL_TITLE and i == 0 else 0)
                self.paragraph(
                    line.text, cell, bold=bold, italic=block.zone == Zone.PLACE_DATE, size=size,
                    align=WD_ALIGN_PARAGRAPH.CENTER, after=0,
                )  # fmt: skip
        _drop_first_blanks(table)

    def foot(self, blocks: Sequence[Block]) -> None:
        s = self.style
        table = self.document.add_table(rows=1, cols=2)
        for block in blocks:
            left = block.zone in FOOT_LEFT
            cell = table.cell(0, 0 if left else 1)
            for i, line in enumerate(block.lines):
                if block.zone == Zone.SIGNER_NAME and i == 0:
                    for _ in range(self.rng.randint(3, 5)):
                        self.paragraph("", cell, after=0, align=WD_ALIGN_PARAGRAPH.CENTER)
                heading = block.zone == Zone.RECIPIENTS and i == 0 and line.text.lower().startswith("nơi")
                self.paragraph(
                    line.text, cell, bold=heading or not left, italic=heading,
                    size=s.foot_size + (1 if heading else 0) if left else s.size,
                    align=WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER, after=0,
                )  # fmt: skip
        _drop_first_blanks(table)

    def table(self, block: Block) -> None:
        rows: dict[int, dict[int, str]] = {}
        for line in block.lines:
            assert line.cell is not None
            rows.setdefault(line.cell.row, {})[line.cell.column] = line.text
        columns = max(max(row) for row in rows.values()) + 1
        table = self.document.add_table(rows=0, cols=columns)
        table.style = "Table Grid"
        for r, row in sorted(rows.items()):
            cells = table.add_row().cells
            for c, text in row.items():
                cells[c].text = ""
                self.fill(cells[c].paragraphs[0], text, bold=r == min(rows), size=self.style.size - 2)

    def block(self, block: Block) -> None:
        s = self.style
        if block.zone == Zone.APPENDIX:
            self.document.add_page_break()  # type: ignore[no-untyped-call]
        for i, line in enumerate(block.lines):
            align, bold, italic, size, indent = WD_ALIGN_PARAGRAPH.JUSTIFY, False, False, s.size, s.indent
            if block.zone in (Zone.DOCUMENT_TYPE, Zone.SUBJECT) or (
                block.zone == Zone.APPENDIX and i < 3 and len(line.text) < 130
            ):
                align, bold, indent = WD_ALIGN_PARAGRAPH.CENTER, not line.text.startswith("("), 0.0
            elif block.zone == Zone.ADDRESSEES:
                align, indent = WD_ALIGN_PARAGRAPH.LEFT, s.text_width * (0.12 if line.text.startswith("Kính") else 0.26)
            elif block.zone in (Zone.PLACE_DATE,):
                align, italic, indent = WD_ALIGN_PARAGRAPH.RIGHT, True, 0.0
            elif block.zone == Zone.LEGAL_BASIS:
                italic = s.italic_bases
            elif block.zone in (Zone.PAGE_FURNITURE, Zone.CONTACT, Zone.NATIONAL_TITLE, Zone.PARENT_BODY, Zone.ISSUER):
                align, indent = WD_ALIGN_PARAGRAPH.CENTER, 0.0
            elif (len(line.text) < 60 and line.text.rstrip(":").isupper()) or CHAPTER.match(line.text):
                align, bold, indent = WD_ALIGN_PARAGRAPH.CENTER, True, 0.0
            text, list_id = line.text, 0
            if self.numbering and block.zone in (Zone.BODY, Zone.TASK):
                text, list_id = self.listed(text)
            paragraph = self.paragraph(
                text, self.document, bold=bold, italic=italic, size=size, align=align, after=s.paragraph_gap
            )
            if list_id:
                _make_item(paragraph, list_id)
            elif indent:
                paragraph.paragraph_format.first_line_indent = Pt(indent)

    def listed(self, text: str) -> tuple[str, int]:
        """Text without its number and the list it belongs to; numbers that do not run on stay text."""
        if dashed := _DASHED.match(text):
            return text[dashed.end() :], self.list_id("dash")
        numbered = _NUMBERED.match(text)
        if numbered is None:
            return text, 0
        number = int(numbered[1])
        if number == 1:
            self.list_ids.pop("number", None)
            self.expected = 1
        if number != self.expected:
            return text, 0
        self.expected += 1
        return text[numbered.end() :], self.list_id("number")

    def list_id(self, kind: str) -> int:
        if kind not in self.list_ids:
            self.list_ids[kind] = _add_list(self.document, dash=kind == "dash")
        return self.list_ids[kind]

    # --- text --------------------------------------------------------------------------------------------------------

    def paragraph(
        self, text: str, where: Any, *, bold: bool = False, italic: bool = False, size: float | None = None,
        align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT, after: float = 0,
    ) -> Any:  # fmt: skip
        paragraph = where.add_paragraph()
        paragraph.alignment = align
        paragraph.paragraph_format.space_after = Pt(after)
        paragraph.paragraph_format.space_before = Pt(0)
        self.fill(paragraph, text, bold=bold, italic=italic, size=size)
        return paragraph

    def fill(
        self, paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: float | None = None
    ) -> None:
        """Text in one to three runs, as Word's own editing leaves them."""
        cuts = sorted(self.rng.sample(range(1, len(text)), self.rng.randint(0, 2))) if len(text) > 12 else []
        for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True):
            run = paragraph.add_run(text[a:b])
            run.bold, run.italic = bold or None, italic or None
            if size is not None:
                run.font.size = Pt(size)


def _drop_first_blanks(table: Any) -> None:
    """A new cell holds an empty paragraph; remove it where text follows."""
    for row in table.rows:
        for cell in row.cells:
            if len(cell.paragraphs) > 1 and not cell.paragraphs[0].text:
                first = cell.paragraphs[0]._element
                first.getparent().remove(first)


def _add_list(document: Any, *, dash: bool) -> int:
    """A list definition of its own in the numbering part; its id."""
    numbering = document.part.numbering_part.element
    abstract_id = 1 + max(
        [int(e.get(qn("w:abstractNumId"))) for e in numbering.findall(qn("w:abstractNum"))], default=0
    )
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(abstract_id))
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for tag, value in (
        ("w:start", "1"),
        ("w:numFmt", "bullet" if dash else "decimal"),
        ("w:lvlText", "-" if dash else "%1."),
        ("w:lvlJc", "left"),
    ):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        level.append(child)
    abstract.append(level)
    first_num = numbering.find(qn("w:num"))
    if first_num is not None:
        first_num.addprevious(abstract)
    else:
        numbering.append(abstract)
    num_id = 1 + max([int(e.get(qn("w:numId"))) for e in numbering.findall(qn("w:num"))], default=0)
    num = OxmlElement("w:num")
    num.set(qn("w:numId"), str(num_id))
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), str(abstract_id))
    num.append(link)
    numbering.append(deepcopy(num))
    return num_id


def _make_item(paragraph: Any, list_id: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    numbering = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", "0"), ("w:numId", str(list_id))):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        numbering.append(child)
    properties.append(numbering)
