"""Sets a letter on pages: every word gets a place, and keeps the span of the text that it shows.

The head has two columns (left the bodies, number and V/v, right the national title and the date), the foot two (left
the recipients, right the signature); between them paragraphs, tables and appendices flow over pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.model import AnnotatedLetter, Block, TextLine
from corpus.render.fonts import width
from corpus.render.lines import Align, Layout, PlacedWord, Rule, SetText, blank_spans, set_text, stack
from corpus.render.style import PageStyle
from corpus.render.tables import PADDING, set_table
from models.letter import Span, Zone

HEAD_LEFT = frozenset({Zone.PARENT_BODY, Zone.ISSUER, Zone.DOCUMENT_NUMBER})
HEAD_RIGHT = frozenset({Zone.NATIONAL_TITLE, Zone.PLACE_DATE})
FOOT_LEFT = frozenset({Zone.RECIPIENTS, Zone.ARCHIVE_NOTE, Zone.DRAFTER})
FOOT_RIGHT = frozenset({Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE, Zone.SIGNER_NAME})
_BOLD_PREFIX = re.compile(r"(Điều \d+[a-z]?\.|[IVXLC]+\s*[.\-–]\s|Phần\s\w+|Chương\s\w+|Mục\s\w+)")
CHAPTER = re.compile(r"(?i)(?:phần|chương|mục|phụ lục)\s+(?:[ivxlc]+|\d+|thứ\s\w+)\.?$")
"""A line that only numbers a part, chapter, section or appendix: bold in the middle (Decree 30/2020 Appendix I)."""


def lay_out(letter: AnnotatedLetter, style: PageStyle, *, blanks: frozenset[str] = frozenset()) -> Layout:
    """Set a letter. ``blanks`` names what is left out for ink: ``number``, ``day``, ``stamp`` (KHẨN, MẬT)."""
    setter = _Setter(letter, style, blank_spans(letter, blanks))
    setter.run()
    return setter.layout


class _Setter:
    def __init__(self, letter: AnnotatedLetter, style: PageStyle, blanks: Sequence[Span] = ()) -> None:
        self.letter = letter
        self.blanks = blanks
        self.style = style
        self.layout = Layout(style)
        self.y = style.top
        self.page = 0
        self.has_type = bool(letter.zones(Zone.DOCUMENT_TYPE))

    def run(self) -> None:
        blocks = self.letter.blocks
        body_at = next(
            (i for i, b in enumerate(blocks) if b.zone in (Zone.BODY, Zone.TASK, Zone.LEGAL_BASIS)), len(blocks)
        )
        head_end = 0
        for i, block in enumerate(blocks[:body_at]):
            if block.zone in HEAD_LEFT | HEAD_RIGHT or (block.zone == Zone.SUBJECT and not self.has_type):
                head_end = i + 1
        head = blocks[:head_end]
        inline = [b for b in head if b.zone in (Zone.URGENCY, Zone.SECRECY)]
        others = [b for b in head if b.zone not in HEAD_LEFT | HEAD_RIGHT | {Zone.SUBJECT, Zone.URGENCY, Zone.SECRECY}]
        self.head([b for b in head if b not in inline and b not in others])
        for block in [*inline, *others]:
            self.block(block)
        i = head_end
        while i < len(blocks):
            if blocks[i].zone in FOOT_LEFT | FOOT_RIGHT:
                j = i
                while j < len(blocks) and blocks[j].zone in FOOT_LEFT | FOOT_RIGHT:
                    j += 1
                self.foot(blocks[i:j])
                i = j
                continue
            self.block(blocks[i])
            i += 1
        self.layout.pages = self.page + 1
        self.number_pages()

    # --- placing ---------------------------------------------------------------------------------------------------

    def new_page(self) -> None:
        self.page += 1
        self.y = self.style.top

    def put(self, part: SetText, x: float, y: float) -> None:
        for word in part.words:
            word.x += x
            word.y += y
            word.page = self.page
        self.layout.words.extend(part.words)

    def flow(self, part: SetText, x: float, gap: float) -> None:
        """Put a paragraph line by line, over pages where it must."""
        if self.y > self.style.top:
            self.y += gap
        for _, height, words in part.lines:
            if self.y + height > self.style.height - self.style.bottom:
                self.new_page()
            low = min((w.y - 0.95 * w.size for w in words), default=0)
            for word in words:
                word.x += x
                word.y += self.y - low
                word.page = self.page
            self.layout.words.extend(words)
            self.y += height

    def rule(self, x0: float, x1: float, y: float, thickness: float = 0.7) -> None:
        self.layout.rules.append(Rule(self.page, x0, y, x1, y, thickness))

    # --- parts -----------------------------------------------------------------------------------------------------

    def head(self, blocks: Sequence[Block]) -> None:
        if not blocks:
            return
        s = self.style
        left_width = s.text_width * s.head_split
        right_width = s.text_width - left_width
        right_x = s.left + left_width
        upper_left = [b for b in blocks if b.zone in (Zone.PARENT_BODY, Zone.ISSUER)]
        title = [b for b in blocks if b.zone == Zone.NATIONAL_TITLE]
        numbers = [b for b in blocks if b.zone == Zone.DOCUMENT_NUMBER]
        dates = [b for b in blocks if b.zone == Zone.PLACE_DATE]
        subjects = [b for b in blocks if b.zone == Zone.SUBJECT]
        left = self.column(upper_left, left_width - 6)
        right = self.column(title, right_width)
        top = self.y
        self.put(left, s.left, top)
        self.put(right, right_x, top)
        if (
            upper_left
            and upper_left[-1].zone == Zone.ISSUER
            and "*" not in self.letter.text[slice(*upper_left[-1].span)]
        ):
            middle = s.left + (left_width - 6) / 2
            self.rule(middle - left_width * 0.17, middle + left_width * 0.17, top + left.height + 2)
        if title and right.lines:
            words = right.lines[-1][2]
            self.rule(words[0].x, words[-1].x + words[-1].width, top + right.height + 2)
        y = top + max(left.height, right.height) + 7
        number, dated = self.column(numbers, left_width - 6), self.column(dates, right_width)
        self.put(number, s.left, y)
        self.put(dated, right_x, y)
        y += max(number.height, dated.height) + (3 if number.height or dated.height else 0)
        subject = self.column(subjects, left_width - 6)
        self.put(subject, s.left, y)
        self.y = y + subject.height + 8

    def column(self, blocks: Sequence[Block], room: float) -> SetText:
        s = self.style
        parts: list[SetText] = []
        for block in blocks:
            for i, line in enumerate(block.lines):
                font, size = self.head_font(block.zone, i)
                wide = width(line.text.strip(), s.family, font, size)
                if room < wide <= room * 1.22:
                    size *= room / wide * 0.995  # offices rather set the line smaller than break it
                parts.append(
                    set_text(
                        line.text,
                        line.span[0],
                        style=s,
                        font=font,
                        size=size,
                        room=room,
                        align="center",
                        leading=1.05,
                        blanks=self.blanks,
                    )
                )
        return stack(parts)

    def head_font(self, zone: Zone, index: int) -> tuple[str, float]:
        s = self.style
        if zone == Zone.PARENT_BODY:
            return "regular", s.head_size
        if zone == Zone.ISSUER:
            return "bold", s.head_size
        if zone == Zone.NATIONAL_TITLE:
            # The head's first line just fits its column at 12–13 points.
            return "bold", (15 if s.party else min(s.head_size, 12.5) if index == 0 else s.head_size)
        if zone == Zone.PLACE_DATE:
            return "italic", s.head_size
        if zone == Zone.SUBJECT:
            return ("italic" if s.party else "regular"), 12
        return "regular", s.head_size

    def block(self, block: Block) -> None:
        s = self.style
        if block.zone == Zone.TABLE:
            self.table(block)
            return
        if block.zone == Zone.APPENDIX and self.y > s.top + 40:
            self.new_page()
        for i, line in enumerate(block.lines):
            self.line(block, line, i)
        if block.zone == Zone.SUBJECT:
            middle = s.left + s.text_width / 2
            if self.has_type and not s.party:
                self.rule(middle - 45, middle + 45, self.y + 3)
            self.y += 8
        if block.zone in (Zone.URGENCY, Zone.SECRECY):
            words = [w for w in self.layout.words if block.span[0] <= w.span[0] < block.span[1]]
            if words and not words[0].hidden:
                x0, y0 = min(w.box[0] for w in words) - 6, min(w.box[1] for w in words) - 3
                x1, y1 = max(w.box[2] for w in words) + 6, max(w.box[3] for w in words) + 3
                for a, b, c, d in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                    self.layout.rules.append(Rule(self.page, a, b, c, d, 1.2, (0.8, 0.1, 0.1)))
            self.y += 6
        if block.zone == Zone.ADDRESSEES:
            self.y += 6

    def line(self, block: Block, line: TextLine, index: int) -> None:
        s = self.style
        zone = block.zone
        text, room, x = line.text, s.text_width, s.left
        align: Align = "justify" if s.justify else "left"
        font, size, indent, gap, bold = "regular", s.size, s.indent, s.paragraph_gap, 0
        if line.gap:
            gap += 6
        short = len(text) < 70
        if zone == Zone.DOCUMENT_TYPE:
            font, align, indent, size = "bold", "center", 0, (16 if s.party else s.size)
            gap += 4
        elif zone == Zone.SUBJECT:
            font, align, indent, gap = ("bold" if self.has_type else "regular"), "center", 0, 0
        elif zone == Zone.ADDRESSEES:
            align, indent, gap = "left", 0, 1
            lone = len(block.lines) == 1
            if lone and short:
                align = "center"
            elif not text.lower().startswith("kính"):
                x, room = s.left + s.text_width * 0.26, s.text_width * 0.74
            else:
                x, room = s.left + s.text_width * 0.12, s.text_width * 0.88
        elif zone in (Zone.URGENCY, Zone.SECRECY):
            font, align, indent, x, room = "bold", "center", 0, s.left + 10, s.text_width * s.head_split - 20
        elif zone == Zone.LEGAL_BASIS:
            font = "italic" if s.italic_bases else "regular"
        elif zone == Zone.PLACE_DATE:
            font, align, indent = "italic", "right", 0
        elif zone == Zone.APPENDIX and index < 3 and len(text) < 130:
            font, align, indent = ("italic" if text.startswith("(") else "bold"), "center", 0
        elif zone in (Zone.PAGE_FURNITURE, Zone.CONTACT):
            size, align, indent, gap = 10.5, "center" if short else "left", 0, 1
        elif zone in (Zone.NATIONAL_TITLE, Zone.PARENT_BODY, Zone.ISSUER, Zone.DOCUMENT_NUMBER):
            font, align, indent, gap = ("bold" if zone != Zone.DOCUMENT_NUMBER else "regular"), "center", 0, 1
        elif CHAPTER.match(text) or (short and text.rstrip(":").isupper() and not text[0].isdigit() and not re.match(r"[IVX]+[.\-]", text)):
            font, align, indent = "bold", "center", 0
        elif set(text.strip()) <= set("-*_=—–. "):
            align, indent = "center", 0
        elif s.bold_articles and (found := _BOLD_PREFIX.match(text)):
            heading = text.startswith("Điều") and short and text[-1] not in ".,;:/"
            bold = len(text) if heading or (short and text.rstrip(".:").isupper()) else found.end()
        if font == "regular" and text.startswith(("- ", "+ ", "• ")) and not s.justify:
            align = "left"
        part = set_text(
            text,
            line.span[0],
            style=s,
            font=font,
            size=size,
            room=room,
            align=align,
            indent=indent,
            bold_until=bold,
            blanks=self.blanks,
        )
        self.flow(part, x, gap)

    def table(self, block: Block) -> None:
        s = self.style
        widths, rows = set_table(block, s)
        self.y += s.paragraph_gap + 2
        for cells, height in rows:
            if self.y + height > s.height - s.bottom and self.y > s.top + 30:
                self.new_page()
            x = s.left
            for c, wide in enumerate(widths):
                if c in cells:
                    self.put(cells[c], x + PADDING / 2, self.y + 2)
                for a, b, d, e in (
                    (x, self.y, x + wide, self.y),
                    (x, self.y + height, x + wide, self.y + height),
                    (x, self.y, x, self.y + height),
                    (x + wide, self.y, x + wide, self.y + height),
                ):
                    self.layout.rules.append(Rule(self.page, a, b, d, e, 0.5))
                x += wide
            self.y += height
        self.y += 4

    def foot(self, blocks: Sequence[Block]) -> None:
        s = self.style
        left_width, right_width = s.text_width * 0.47, s.text_width * 0.5
        right_x = s.left + s.text_width - right_width
        left_parts: list[SetText] = []
        for block in blocks:
            if block.zone not in FOOT_LEFT:
                continue
            for i, line in enumerate(block.lines):
                heading = block.zone == Zone.RECIPIENTS and i == 0 and line.text.lower().startswith("nơi")
                left_parts.append(
                    set_text(
                        line.text,
                        line.span[0],
                        style=s,
                        font="bolditalic" if heading else "regular",
                        size=s.foot_size + (1 if heading else 0),
                        room=left_width,
                        leading=1.05,
                    )
                )
        left = stack(left_parts)
        signing = [b for b in blocks if b.zone in FOOT_RIGHT]
        names = [b for b in signing if b.zone == Zone.SIGNER_NAME]
        groups = _signers(signing)
        beside = len(groups) > 1
        room = s.text_width / len(groups) - 6 if beside else right_width
        sets: list[tuple[SetText, tuple[float, float] | None]] = [self.signature(g, room) for g in groups]
        height = max([part.height for part, _ in sets] or [0])
        needed = max(height, 0 if beside else min(left.height, 250))
        if self.y + 10 + needed > s.height - s.bottom:
            self.new_page()
        self.y += 12
        top = self.y
        for i, (part, gap) in enumerate(sets):
            x = s.left + i * (s.text_width / len(groups)) + 3 if beside else right_x
            if gap and self.layout.signature is None and names:
                self.layout.signature = (self.page, (x, top + gap[0], x + room, top + gap[1]))
            self.put(part, x, top)
        if beside:
            self.y = top + height + 10
            self.flow(left, s.left, 0)
            return
        self.flow(left, s.left, 0)
        on_page = self.y if self.y > top else top
        self.y = max(on_page, top + height) + 6

    def signature(self, blocks: Sequence[Block], room: float) -> tuple[SetText, tuple[float, float] | None]:
        s = self.style
        parts: list[SetText] = []
        gap: tuple[float, float] | None = None
        for block in blocks:
            for i, line in enumerate(block.lines):
                if block.zone == Zone.SIGNER_NAME and i == 0 and gap is None:
                    sofar = sum(p.height for p in parts)
                    blank = SetText(height=s.signature_gap)
                    gap = (sofar, sofar + s.signature_gap)
                    parts.append(blank)
                font = "regular" if s.party and block.zone == Zone.SIGNER_TITLE else "bold"
                parts.append(
                    set_text(
                        line.text,
                        line.span[0],
                        style=s,
                        font=font,
                        size=s.size,
                        room=room,
                        align="center",
                        leading=1.05,
                    )
                )
        return stack(parts), gap

    def number_pages(self) -> None:
        s = self.style
        if not s.page_numbers:
            return
        for page in range(1, self.layout.pages):
            text = str(page + 1)
            w = width(text, s.family, "regular", s.size - 1)
            y = s.top - 14 if s.number_at_top else s.height - s.bottom + 24
            self.layout.extras.append(
                PlacedWord(text, s.left + s.text_width / 2 - w / 2, y, w, s.size - 1, "regular", (0, 0), page)
            )


def _signers(blocks: Sequence[Block]) -> list[list[Block]]:
    """The signature blocks of each signer; several stand side by side, written in turn or row by row."""
    if not blocks:
        return [[]]
    names = sum(b.zone == Zone.SIGNER_NAME for b in blocks)
    if names < 2:
        return [list(blocks)]
    by_zone = {zone: [b for b in blocks if b.zone == zone] for zone in FOOT_RIGHT}
    if all(len(found) in (0, names) for found in by_zone.values()):
        return [
            [
                by_zone[zone][i]
                for zone in (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE, Zone.SIGNER_NAME)
                if by_zone[zone]
            ]
            for i in range(names)
        ]
    groups: list[list[Block]] = [[]]
    for block in blocks:
        if groups[-1] and groups[-1][-1].zone == Zone.SIGNER_NAME and block.zone != Zone.SIGNER_NAME:
            groups.append([])
        groups[-1].append(block)
    return groups
