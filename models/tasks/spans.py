"""Which paragraphs direct work: walking through a letter with its headings, lead sentences and sections in mind.

Conventions (CONTRACT and the letters' own form): a numbered item or dash is one task; a paragraph that only introduces
items is none, and lends them the body it names; sections of purpose, situation and findings direct nothing; what was done,
agreed or told is no task; a closing request that only repeats the general one counts where there is no other task.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.canonical import Token, canonical, tokens
from models.letter import Deadline
from models.segmentation.items import Paragraph, item_of
from models.tasks import cues, directives, landmarks, lexicon, sections, tables
from models.tasks.context import TaskContext
from models.tasks.deadlines import binding, find_deadlines
from models.tasks.directives import Directive
from models.tasks.names import head_at, noun_phrase
from models.tasks.sentences import sentences
from models.text import squeeze


def _key(name: str) -> str:
    """A name for comparing: one spelling, single blanks, "UBND" in full."""
    return re.sub(r"(?<!\w)ubnd(?!\w)", "ủy ban nhân dân", squeeze(canonical(name)))


def _opens_list(flat: str) -> bool:
    """The paragraph ends with a colon, which is not the rest of a "./." read wrongly."""
    return flat.endswith(":") and not flat.endswith(("/:", ".:"))


@dataclass(slots=True)
class Found:
    """A task before its fields are read: where it stands and who was named."""

    paragraph: Paragraph
    start: int
    """Offset in the paragraph's text."""
    end: int
    names: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    duty: int = 0
    """Offset in the paragraph's text at which the duty begins (after who acts)."""
    inherited: list[str] = field(default_factory=list)
    """Bodies that only the lead sentence of the letter names."""
    deadline: Deadline | None = None
    """A deadline that the heading gives to all its items."""
    closing: bool = False
    confidence: float = 0.9
    more: Paragraph | None = None
    """A paragraph that belongs to the task ("Tới dự …" after "kính mời: …")."""
    invitation: bool = False
    product: str | None = None
    item: str | None = None
    """The number in the table's first column."""
    request: bool = False
    """The request of a submission (tờ trình) for a decision."""




@dataclass(slots=True)
class _Frame:
    level: float
    directs: str
    """yes, no, other"""
    names: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    general: list[str] = field(default_factory=list)
    deadline: Deadline | None = None
    lead: bool = False
    strong: bool = False
    """The lead asks for work, so that every item below is work ("đề nghị … thực hiện một số nội dung sau:")."""


def _names(text: str, directive: Directive) -> list[str]:
    return [text[n.start : n.end] for n in directive.names]


class _Walker:
    """One pass over the paragraphs of one letter."""

    def __init__(self, paragraphs: Sequence[Paragraph], context: TaskContext) -> None:
        self.paragraphs = list(paragraphs)
        self.context = context
        self.kind = (context.document_type or "công văn").lower()
        self.frames: list[_Frame] = []
        self.found: list[Found] = []
        self.issuer = _key(context.issuer or "")
        self.seen_items = False
        self.last_level = 0

    # --- the walk ------------------------------------------------------------------------------------------------

    def run(self) -> list[Found]:
        skip = 0
        for index, paragraph in enumerate(self.paragraphs):
            if paragraph.cell is not None:
                before = self.paragraphs[index - 1].cell if index else None
                if before is None or before.table != paragraph.cell.table:
                    self._table(paragraph.cell.table)
                continue
            if skip:
                skip -= 1
                continue
            skip = self._paragraph(index, paragraph)
        return self._without_closings()

    def _paragraph(self, index: int, paragraph: Paragraph) -> int:
        content_at = self._content_offset(paragraph)
        content = paragraph.text[content_at:]
        flat = canonical(content).strip()
        if len(flat) < 4 or sum(c.isalpha() for c in flat) < 0.5 * len(flat.replace(" ", "")):
            return 0  # marks, figures, what a scanner makes of a stain
        level = float(paragraph.level)
        if paragraph.level:
            self._pop(level)
        elif self.last_level > 0:
            # An unmarked paragraph after a list leaves the unmarked heading ("Thành phần:") that the list stood under.
            self.frames = [f for f in self.frames if not (f.directs == "no" and f.level % 1)]
        self.last_level = paragraph.level
        children = self._children(index)
        if self._field_lines(content):
            return 0
        if children and paragraph.level and self._allowed() != "no":
            rows = [tables.fields(c.text[self._content_offset(c) :], self.context.date) for c in children]
            filled = [r for r in rows if r is not None]
            if filled and any(r.names or r.deadline for r in filled):
                if len(filled) == len(rows):
                    self._add(paragraph, content_at, 0, len(content), [], self._with(content), 0, 0.85)
                    return 0
                if not self._directs(content, flat):
                    names = [n for r in filled for n in r.names]
                    self.frames.append(_Frame(level, "yes", names, [n for r in filled for n in r.coordinators]))
                    return 0
        if paragraph.level >= 2 and children and all(cues.EVENT_FIELD.match(canonical(c.text[self._content_offset(c) :])) for c in children):
            return 0  # an event with its time, place and participants
        used = self._invitation(index, paragraph, content_at, content, flat)
        if used is not None:
            return used
        if self._heading(paragraph, content, flat, level, children):
            return 0
        if self._lead(index, paragraph, content_at, content, flat, level, children):
            return 0
        self._task(index, paragraph, content_at, content, flat, level, children)
        return 0

    def _table(self, number: int) -> None:
        """The tasks of an assignment table."""
        cells = [p for p in self.paragraphs if p.cell is not None and p.cell.table == number]
        for row in tables.rows(cells, self.context.date):
            if row.paragraph is None:
                continue
            text = row.paragraph.text
            after = item_of(text)[2]
            entry = Found(row.paragraph, after, len(text), row.names, row.coordinators, after, [], row.deadline, False, 0.88)
            entry.product, entry.item = row.product, row.item
            if not row.names:
                entry.inherited = next((f.general or f.names for f in reversed(self.frames) if f.general or f.names), list(self.context.addressees))
            self.found.append(entry)

    def _field_lines(self, content: str) -> bool:
        """Labelled fields under a task ("Cơ quan chủ trì: …") complete the task before them."""
        row = tables.fields(content, self.context.date)
        if row is None:
            return False
        if not self.found or (self.frames and self.frames[-1].names == row.names and row.names):
            return bool(row.names or row.deadline)
        task = self.found[-1]
        if row.names:
            task.names, task.inherited = row.names, []
        task.coordinators.extend(c for c in row.coordinators if c not in task.coordinators)
        task.deadline = task.deadline or row.deadline
        task.product = task.product or row.product
        return True

    def _content_offset(self, paragraph: Paragraph) -> int:
        mark, _, after = item_of(paragraph.text)
        if not paragraph.item or not mark:
            return 0
        return after + len(paragraph.text[after:]) - len(paragraph.text[after:].lstrip())

    def _pop(self, level: float) -> None:
        while self.frames and self.frames[-1].level >= level:
            self.frames.pop()

    def _children(self, index: int) -> list[Paragraph]:
        """The items below paragraph ``index``: those of the first deeper level, up to its own level."""
        own = self.paragraphs[index].level
        below: list[Paragraph] = []
        depth: int | None = None
        for paragraph in self.paragraphs[index + 1 : index + 120]:
            if paragraph.level == 0:
                if own == 0 or not below:
                    if not below:
                        # A heading may be followed by an unmarked paragraph before its list.
                        break
                    break
                continue
            if paragraph.level <= own and own:
                break
            if depth is None:
                depth = paragraph.level
            if paragraph.level < depth:
                break
            if paragraph.level == depth:
                below.append(paragraph)
        return below

    def _directing_share(self, children: Sequence[Paragraph]) -> float:
        """How many of the items below direct work themselves."""
        if not children:
            return 0.0
        count = 0
        for child in children:
            content = child.text[self._content_offset(child) :]
            sequence = tokens(content)
            if not sequence:
                continue
            if directives.imperative_at(sequence) is not None or sections.actors(content) is not None or directives.read(_head(sequence), canonical(content)):
                count += 1
        return count / len(children)

    # --- what a paragraph is -------------------------------------------------------------------------------------

    def _heading(self, paragraph: Paragraph, content: str, flat: str, level: float, children: Sequence[Paragraph]) -> bool:
        words = flat.split()
        if len(words) > 45 or (flat.endswith((".", ";", "./.")) and not (paragraph.level and len(words) <= 14)):
            return False
        follows = bool(children) or _opens_list(flat)
        named = sections.actors(content)
        if named is not None and (follows or (paragraph.level and len(words) <= 16 and not directives.read(tokens(content), flat))):
            at = level or self._level_inside()
            self._pop(at)
            self.frames.append(_Frame(at, "yes", named[0], named[1]))
            return True
        if children and len(words) <= 14 and not flat.endswith((".", ";", ",")) and head_at(tokens(content), 0) is not None and not (
            directives.executes(flat) or cues.STRONG.search(flat) or content.upper() == content
            or any(d.kind in ("marker", "invitation") for d in directives.read(tokens(content), flat))
            or (head_at(tokens(content), 0) or (0, "post", False))[1] in ("post", "person", "area")
        ) and (paragraph.level or self.paragraphs_level(children) >= 2):
            at = level or self._level_inside()
            self._pop(at)
            self.frames.append(_Frame(at, "yes", [re.sub(r"\s*[:.]+$|^\d+\.\s*", "", content).strip()]))
            return True
        capitals = [c for c in content if c.isalpha()]
        title = bool(capitals) and all(c.isupper() for c in capitals)
        directs = sections.direction(content)
        if paragraph.level >= 2 and children and len(words) <= 22 and not flat.endswith((".", ";", ",")) and not self._directs(content, flat):
            self.frames.append(_Frame(level, directs or "other"))
            return True
        short = len(words) <= 14 and not flat.endswith(".")
        if title or (paragraph.level == 1 and len(words) <= 30 and not flat.endswith(".") and not content[:1].islower() and (
            not self._directs(content, flat)
        )):
            at = level or 0.5
            self._pop(at)
            self.frames.append(_Frame(at, directs or "other"))
            return True
        if directs is not None and short and (children or _opens_list(flat) or paragraph.bold) and not self._directs(content, flat):
            at = level or self._level_inside()
            self._pop(at)
            self.frames.append(_Frame(at, directs))
            return True
        return False

    @staticmethod
    def paragraphs_level(children: Sequence[Paragraph]) -> int:
        """The depth of the items below."""
        return min((c.level for c in children), default=0)

    def _level_inside(self) -> float:
        """The level of an unmarked heading: just inside the frames that are open."""
        return (self.frames[-1].level if self.frames else 0.0) + 0.4

    def _directs(self, content: str, flat: str) -> bool:
        return bool(directives.read(tokens(content), flat))

    def _lead(
        self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str, level: float, children: Sequence[Paragraph]
    ) -> bool:
        """A paragraph that introduces the items below it."""
        following = self.paragraphs[index + 1] if index + 1 < len(self.paragraphs) else None
        if not _opens_list(flat) or following is None:
            return False
        spans = sentences(content)
        start, end = spans[-1]
        last = content[start:end]
        last_flat = canonical(last)
        read = directives.read(tokens(last), last_flat)
        share = self._directing_share(children)
        own = [d for d in read if d.kind == "subject" and d.names and (self._is_issuer(_key(_names(last, d)[0])) or (not paragraph.level and (cues.SELF_LEAD.search(last_flat) or (cues.COMMITTEE.match(_key(_names(last, d)[0])) and re.search(r"sau(?: đây)? ?:$", last_flat)))))]
        if own and len(own) == len(read):
            self._pop(level if paragraph.level else 0.5)
            self.frames.append(_Frame(level if paragraph.level else 0.5, "yes" if cues.STRONG_LEAD.search(last_flat) else "other", lead=True))
            return True
        if not read and not cues.LEAD_DIRECTS.search(last_flat) and (self._imperative(last) is None or share < 0.5):
            return False
        if children and share < 0.4 and ((read and any(d.has_verb for d in read)) or self._imperative(last) is not None):
            return False  # a task whose details are listed
        if cues.LISTS.search(last_flat) and share < 0.4 and not read:
            return False
        if len(spans) > 1:
            # What the sentences before the lead direct is a task of its own.
            self._task(index, paragraph, content_at, content[:start], canonical(content[:start]), level, [])
        if following.level > paragraph.level or not children:
            at = level if paragraph.level else (following.level - 0.5 if following.level else 0.5)
        else:
            at = level
        self._pop(at)
        asks = any(d.kind == "marker" and d.force in ("order", "request") for d in read)
        if self.kind in cues.REPORTS and not asks:
            self.frames.append(_Frame(at, "other"))
            return True
        frame = _Frame(at, "yes", lead=True, strong=asks or bool(cues.STRONG_LEAD.search(last_flat)))
        frame.deadline = binding(find_deadlines(last, self.context.date)) if read else None
        for directive in read:
            names = _names(last, directive)
            if directive.kind == "subject" and (not names or self._is_issuer(_key(names[0])) or cues.SELF_LEAD.search(last_flat) or (not paragraph.level and cues.COMMITTEE.match(_key(names[0])))):
                continue
            specific = [n for n, name in zip(names, directive.names, strict=True) if name.kind in ("body", "post")]
            inside = bool(paragraph.level) and self._inside_named_list(directive)
            if names and ((directive.opens and not directive.has_verb and specific == names) or inside or directive.kind == "subject"):
                frame.names.extend(names)
                frame.coordinators.extend(last[n.start : n.end] for n in directive.coordinators)
            else:
                frame.general.extend(names)
                if directive.coordinators and paragraph.level:
                    frame.coordinators.extend(last[n.start : n.end] for n in directive.coordinators)
        self.frames.append(frame)
        return True

    @staticmethod
    def _inside_named_list(directive: Directive) -> bool:
        """An item that names who acts and then lists the duties: the name is that of the duties."""
        return bool(directive.names)

    def _imperative(self, content: str) -> int | None:
        return directives.imperative_at(tokens(content))

    # --- tasks ---------------------------------------------------------------------------------------------------

    def _allowed(self) -> str:
        """Whether the open sections direct work: yes, no or other."""
        state = "yes" if self.kind in cues.COMMANDS else "other"
        for frame in self.frames:
            if frame.directs != "other":
                state = frame.directs
        return state

    def _named_frame(self) -> _Frame | None:
        return next((f for f in reversed(self.frames) if f.names), None)

    def _task(
        self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str, level: float, children: Sequence[Paragraph]
    ) -> None:
        state = self._allowed()
        if state == "no":
            return
        spans = sentences(content)
        if self.kind in cues.UPWARD:
            self._request(paragraph, content_at, content, spans)
            return
        reads: list[tuple[int, int, Directive]] = []
        for start, end in spans:
            piece = content[start:end]
            piece_flat = canonical(piece)
            if cues.INFORMS.search(piece_flat.rstrip(" ./")) or (cues.EFFECT.search(piece_flat) and not directives.executes(piece_flat)):
                continue
            for directive in directives.read(tokens(piece), piece_flat):
                if self._accepts(piece, piece_flat, directive, paragraph, state):
                    reads.append((start, end, directive))
        if self.kind in cues.REPORTS and state != "yes":
            return
        imperative = self._imperative(content) if spans else None
        general = any(f.lead for f in self.frames)
        item = paragraph.level >= 2 or (paragraph.level == 1 and self.kind not in cues.DECISIONS)
        if imperative is not None and item and reads and not (reads[0][2].kind == "marker" and reads[0][2].start == 0 and reads[0][0] == 0):
            later = [r for r in reads if r[0] > 0 and r[2].kind == "marker" and r[2].start == 0 and not self._named_frame()]
            if self._imperative_counts(content, flat, imperative) and not later:
                reads = []
        if reads:
            self._emit(paragraph, content_at, content, spans, reads, item)
            return
        if cues.INFORMS.search(flat.rstrip(" ./")) or (cues.TOLD.match(flat) and not general):
            return
        if self.found and not paragraph.level and cues.SEPARATE.match(flat) and find_deadlines(content, self.context.date):
            self._add(paragraph, content_at, 0, len(content), [], [], 0, 0.7)
            return
        named = self._named_frame()
        plan = self.kind in cues.PLANS | cues.COMMANDS or state == "yes"
        if self.kind in cues.INVITATIONS and not named:
            return
        if cues.PASSIVE.match(flat) and ((item and (general or named)) or (self.found and find_deadlines(content, self.context.date))):
            self._add(paragraph, content_at, 0, len(content), [], [], 0, 0.75)
            return
        if not paragraph.level and not self.seen_items and cues.PREAMBLE.match(flat):
            return
        if imperative is not None and self._imperative_counts(content, flat, imperative):
            if item and (general or named or (plan and state == "yes") or (self.kind in cues.PLANS and state != "no")):
                self._add(paragraph, content_at, 0, len(content), [], self._with(content), imperative_offset(content, imperative), 0.85)
                return
            if not paragraph.level and (named or (general and self.seen_items) or self.kind in cues.COMMANDS or (plan and state == "yes")) and len(flat.split()) >= 6:
                self._add(paragraph, content_at, 0, len(content), [], self._with(content), imperative_offset(content, imperative), 0.75)
                return
        strong = any(f.strong for f in self.frames)
        if state != "yes" or self._listing_only(flat) or len(flat.split()) < (5 if named and item else 9) or cues.WEAK_REFUSED.match(flat) or self.kind in cues.INVITATIONS:
            return
        if (item and ((strong and paragraph.level <= 3 and self._has_duty(content)) or (named and self._clause(content)))) or (not paragraph.level and strong and self.seen_items and self._has_duty(content, 16)):
            self._add(paragraph, content_at, 0, len(content), [], self._with(content), 0, 0.6)

    @staticmethod
    def _clause(content: str) -> bool:
        """Under a heading that names who acts every item that is more than a name or a figure is that body's duty."""
        flat = canonical(content)
        label = re.match(r"([^:]{2,28}) ?:", flat)
        if label is not None and head_at(tokens(content), 0) is None and not any(w in label[1] for w in ("báo cáo", "đối với", "riêng")):
            return False  # "Nơi thi: …", "Ngày thi: …"
        return not re.match(r"(?:\d|\+|gồm|bao gồm|trong đó|đồng chí|ông|bà|mức|tổng số|số tiền)", flat) and sections.actors(content) is None

    @staticmethod
    def _with(content: str) -> list[str]:
        """The bodies a duty without a subject is to be done with."""
        sequence = tokens(content)
        found, _ = directives.coordinators_in(sequence, 0, len(sequence))
        return list(dict.fromkeys(content[n.start : n.end] for n in found))

    def _imperative_counts(self, content: str, flat: str, imperative: int) -> bool:
        """A verb at the start that is no noun ("Báo cáo của …", "Kế hoạch …") and tells nothing past."""
        sequence = tokens(content)
        verb = lexicon.verb_at(sequence, imperative)
        if verb is None:
            return False
        after = sequence[verb[0]].word if verb[0] < len(sequence) else ""
        if verb[1].phrase in cues.DECIDES and not paragraph_orders(flat):
            return False
        if after in ("của", "này", "trên", "đã", "được", "là", "số", ":") and not (after == ":" and verb[0] > 2):
            return False
        if len(sequence) < 4:
            return False
        return not re.match(r"[^.;]{0,50}(?<!\w)đã (?!được giao|ban hành|được phê|quy định|nêu|đề ra|ký|phát hiện|có)", flat)

    def _has_duty(self, content: str, window: int = 60) -> bool:
        sequence = tokens(content)[:window]
        for position, token in enumerate(sequence):
            verb = lexicon.verb_at(sequence, position)
            if verb is not None and verb[1].main and not token.capital:
                before = sequence[position - 1].word if position else ""
                if before not in ("đã", "được", "việc", "công", "tác", "các", "những", "của"):
                    return True
        return False

    @staticmethod
    def _listing_only(flat: str) -> bool:
        return bool(re.match(r"(?:thời gian|địa điểm|thành phần|nội dung|hình thức|đối tượng|kinh phí|số lượng|phương tiện|trang phục|tên|ghi chú|chi tiết)\b[^:]{0,40}:", flat))

    def _accepts(self, piece: str, flat: str, directive: Directive, paragraph: Paragraph, state: str) -> bool:
        if directive.force == "permit" and self.kind not in cues.DECISIONS:
            return False
        names = _names(piece, directive)
        if directive.kind == "marker" and cues.CITES.search(flat[: self._offset(piece, directive)][-70:]):
            return False
        if directive.reporter is not None and directive.kind == "marker":
            reporter = _key(piece[directive.reporter.names[-1].start : directive.reporter.names[-1].end])
            if directive.force == "request" and not self._is_issuer(reporter) and cues.TOLD.match(flat.strip()) is not None:
                return False
        if directive.kind == "subject":
            if not paragraph.level and piece[:1].islower() and paragraph.text.startswith(piece[:20]):
                return False  # the rest of a paragraph that was cut in two
            if names and self._is_issuer(_key(names[0])) and (
                self.kind not in cues.PLANS | cues.DECISIONS or self.kind == "hướng dẫn" or not (paragraph.level or cues.STRONG.search(flat))
            ) and not re.search(
                r"có trách nhiệm|chịu trách nhiệm", flat
            ):
                return self.kind in cues.COMMANDS
            if directives.executes(flat):
                return True
            general = any(f.lead or f.names for f in self.frames)
            if cues.TOLD.match(flat.strip()) and not general:
                return False
            if general or state == "yes" or paragraph.level >= 2:
                return not re.search(r"(?<!\w)(?:có quyền|được phép|được quyền)(?!\w)", flat[:120])
            acts = flat[directive.names[-1].end :].lstrip() if directive.names else flat
            strong = cues.STRONG.search(flat[directive.names[0].start :] if directive.names else flat) is not None or acts.startswith(":")
            addressed = any(
                _key(name) in _key(a) or _key(a) in _key(name) for name in names for a in self.context.addressees
            )
            decided = self.kind in cues.DECISIONS | cues.PLANS | cues.COMMANDS
            later = (bool(self.found) and (self.kind in cues.INVITATIONS)) or (bool(self.found) and all(name.kind in ("class", "person", "post") for name in directive.names))
            return strong or addressed or decided or later
        return True

    @staticmethod
    def _offset(piece: str, directive: Directive) -> int:
        sequence = tokens(piece)
        return sequence[directive.start].start if directive.start < len(sequence) else 0

    def _is_issuer(self, key: str) -> bool:
        """True for the issuer's own name, full or cut short ("UBND tỉnh" of "Ủy ban nhân dân tỉnh Hậu Giang")."""
        if not key or not self.issuer:
            return False
        full, short = self.issuer, key
        rest = short[len(full) :].strip() if short.startswith(full + " ") else "các"
        return full == short or full.startswith(short + " ") or short.endswith(" " + full) or not re.match(r"(?:các|những|cấp|huyện|quận|xã)(?!\w)", rest)

    def _emit(
        self,
        paragraph: Paragraph,
        content_at: int,
        content: str,
        spans: Sequence[tuple[int, int]],
        reads: Sequence[tuple[int, int, Directive]],
        item: bool,
    ) -> None:
        """One task an item; of an unmarked paragraph one a body that acts."""
        groups: list[list[tuple[int, int, Directive]]] = []
        for entry in reads:
            start, _, directive = entry
            named = {_key(n) for n in _names(content[start:], directive)}
            previous = {_key(n) for s, _, d in (groups[-1] if groups else []) for n in _names(content[s:], d)}
            ordered = directive.kind == "marker" and directive.force == "order" and named
            conditional = directive.kind == "subject" and directive.start > 0
            if groups and conditional:
                continue
            if not groups or (named - previous and (not item or (ordered and groups[-1][-1][2].kind == "marker" and groups[-1][-1][2].force == "order"))):
                groups.append([entry])
            else:
                groups[-1].append(entry)
        for number, group in enumerate(groups):
            start, _, directive = group[0]
            sequence = tokens(content[start:])
            begin = start + sequence[directive.start].start if directive.start < len(sequence) else start
            if item and number == 0:
                begin = 0
            elif not self._skips(content[start:begin]):
                begin = start
            if number + 1 < len(groups):
                following, _, later = groups[number + 1][0]
                later_tokens = tokens(content[following:])
                end = following + (later_tokens[later.start].start if later.start < len(later_tokens) else 0)
            elif item:
                end = len(content)
            else:
                end = self._extent(content, spans, group[-1][1])
            names: list[str] = []
            coordinators: list[str] = []
            for number_in_group, (at, _, d) in enumerate(group):
                piece = content[at:]
                adds = not number_in_group or (d.kind == "marker" and all(n.kind in ("body", "class", "post") for n in d.names) and (
                    canonical(piece[self._offset(piece, d) :]).startswith(("giao", "yêu cầu", "đề nghị"))
                ))
                if not adds:
                    continue
                names.extend(n for n in _names(piece, d) if n not in names)
                coordinators.extend(c for c in (piece[x.start : x.end] for x in d.coordinators) if c not in coordinators and c not in names)
            duty = start + sequence[directive.predicate].start if directive.predicate < len(sequence) else begin
            self._add(paragraph, content_at, begin, end, names, coordinators, duty, 0.92)
        if not item:
            self._separate(paragraph, content_at, content, spans, reads[-1][1])

    def _separate(self, paragraph: Paragraph, content_at: int, content: str, spans: Sequence[tuple[int, int]], after: int) -> None:
        for start, end in spans:
            piece = content[start:end]
            if start >= after and cues.SEPARATE.match(canonical(piece)) and find_deadlines(piece, self.context.date):
                self._add(paragraph, content_at, start, end, [], [], start, 0.7)

    @staticmethod
    def _skips(preamble: str) -> bool:
        """True when what stands before the one who directs is mere background ("Thực hiện Công văn số …, |Sở X đề nghị")."""
        flat = canonical(preamble)
        return bool(re.search(r"(?:số|ngày) \d|^(?:thực hiện|tiếp theo|căn cứ (?!chức năng)|xét|theo|qua|sau khi|ngày|để)", flat)) and len(flat.split()) > 6

    @staticmethod
    def _extent(content: str, spans: Sequence[tuple[int, int]], end: int) -> int:
        for start, stop in spans:
            if start < end:
                continue
            piece = canonical(content[start:stop])
            if cues.SEPARATE.match(piece) or cues.INFORMS.search(piece.rstrip(" ./")) or not (cues.CONTINUES.match(piece) or directives.imperative_at(tokens(content[start:stop])) is not None):
                break
            end = stop
        return end

    def _request(self, paragraph: Paragraph, content_at: int, content: str, spans: Sequence[tuple[int, int]]) -> None:
        """Of a submission (tờ trình) only the sentence that asks the superior to decide: the one that says what."""
        for start, end in spans:
            piece = content[start:end]
            flat = canonical(piece)
            asked = cues.ASKS.search(flat)
            if asked is None or re.search(r"(?<!\w)(?:nhận được|tiếp nhận|đã có|được sự)(?!\w)", flat[: asked.start()]) or cues.CITES.search(flat[: asked.start()][-70:]) or not cues.ASKS_DECISION.search(flat[asked.start() :]):
                continue
            sequence = tokens(piece)
            index = next((i for i, t in enumerate(sequence) if t.start >= asked.end()), None)
            phrase = noun_phrase(sequence, index) if index is not None else None
            if phrase is None:
                continue
            formula = len(flat.split()) <= 16 and not re.search(r"(?<!\w)(?:về|việc|cho|công nhận|ban hành)(?!\w)", flat[sequence[phrase.last - 1].end :])
            if self.found and (formula or not self.found[0].closing):
                continue
            self.found = []
            names = [piece[n.start : n.end] for n in phrase.names[:1]]
            self._add(paragraph, content_at, start, end, names, [], start, 0.8, closing=formula)
            self.found[-1].request = True

    def _add(
        self,
        paragraph: Paragraph,
        content_at: int,
        start: int,
        end: int,
        names: list[str],
        coordinators: list[str],
        duty: int,
        confidence: float,
        closing: bool = False,
    ) -> None:
        if not re.search(r"\w+\W+\w+", paragraph.text[content_at + start : content_at + end]):
            return
        named = self._named_frame()
        inherited: list[str] = []
        if not names and named is not None:
            names = list(named.names)
        if named is not None and not coordinators and names == named.names:
            coordinators = list(named.coordinators)
        inside = tables.inline_fields(paragraph.text[content_at + start : content_at + end], self.context.date)
        if inside.names:
            names = inside.names
        coordinators.extend(c for c in inside.coordinators if c not in coordinators)
        if not names:
            inherited = next((f.general for f in reversed(self.frames) if f.general), list(self.context.addressees))
        deadline = next((f.deadline for f in reversed(self.frames) if f.deadline), None)
        if not closing and not paragraph.level and self.kind not in cues.UPWARD:
            closing = self._repeats(paragraph.text[content_at + start : content_at + end], self.seen_items or len(self.found) > 1)
        self.found.append(
            Found(paragraph, content_at + start, content_at + end, names, coordinators, content_at + duty, inherited, deadline, closing, confidence)
        )
        if paragraph.level >= 2:
            self.seen_items = True

    def _repeats(self, text: str, directive: bool) -> bool:
        """A closing line that only repeats the general request: no verb but those of carrying out, no deadline of its own."""
        flat = re.sub(r"\W*/\s?\w{0,4}$", "", canonical(text).strip())
        if not directive or len(flat.split()) > 60 or find_deadlines(text, self.context.date) or cues.REPORTS_BACK.search(flat):
            return False
        sequence = tokens(flat)
        verbs = [v for i in range(len(sequence)) if (v := lexicon.verb_at(sequence, i)) is not None]
        general = {"trien_khai", "tuyen_truyen", "phoi_hop"}
        return all(v[1].phrase in cues.REPEAT_VERBS or not v[1].main or (self.seen_items and set(v[1].labels) <= general) for v in verbs)

    def _without_closings(self) -> list[Found]:
        others = [f for f in self.found if not f.closing]
        return others if others else self.found

    # --- invitations ---------------------------------------------------------------------------------------------

    def _participants(self, start: int) -> list[str]:
        """The list under "Thành phần:" of an invitation that names nobody itself; a body's own list stands for the body."""
        names: list[str] = []
        inside = False
        window = self.paragraphs[start : start + 40]
        for position, paragraph in enumerate(window):
            text = paragraph.text[self._content_offset(paragraph) :].strip()
            if re.match(r"thành ph[ầâ]n", canonical(text)):
                inside = True
                continue
            if not inside:
                continue
            if not paragraph.level:
                break
            following = window[position + 1] if position + 1 < len(window) else None
            if following is not None and following.level > paragraph.level:
                continue
            names.append(_bare_item(text))
        return [n for n in names if n]

    def _invitation(self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str) -> int | None:
        """"… trân trọng kính mời:" with the bodies invited and "Tới dự …" below; the number of paragraphs it uses."""
        found = cues.INVITES.search(flat)
        if found is None or any(f.invitation for f in self.found):
            return None
        if content.upper() == content:
            return None
        formal = "kính mời" in flat or "trân trọng mời" in flat
        if self.kind != "giấy mời" and not (formal or re.search(r"(?<!\w)mời [^.;]{0,200}(?:dự|tham gia|họp)", flat)):
            return None
        if re.match(r"(?:giấy mời|thành phần|khách mời)", flat):
            return None
        spans = sentences(content)
        start, end = next(((s, e) for s, e in spans if cues.INVITES.search(canonical(content[s:e]))), (0, len(content)))
        piece = content[start:end]
        names: list[str] = []
        reads = [d for d in directives.read(tokens(piece), canonical(piece)) if d.kind == "invitation"]
        begin = start
        if reads:
            names = _names(piece, reads[0])
            sequence = tokens(piece)
            if self._skips(piece[: sequence[reads[0].start].start]):
                begin = start + sequence[reads[0].start].start
        used = 0
        more: Paragraph | None = None
        if canonical(piece).rstrip().endswith(("mời:", "mời")) or (piece.rstrip().endswith(":") and not names):
            for following in self.paragraphs[index + 1 : index + 40]:
                if sum(c.isalpha() for c in following.text) < 6:
                    used += 1
                    continue
                text = following.text[self._content_offset(following) :].strip()
                low = canonical(text)
                if cues.ATTENDS.match(low):
                    more = following
                    used += 1
                    break
                if re.match(r"(?:nội dung|thời gian|địa điểm|chủ trì|thành phần ?:|về việc|để dự|dự )", low) or len(low.split()) > 60:
                    break
                if sections.actors(text) is not None or following.level or noun_phrase(tokens(text), 0) is not None:
                    names.append(re.sub(r"\s*[.;,/]+$", "", text))
                    used += 1
                    continue
                break
        if not names:
            names = self._participants(index + 1)
        entry = Found(paragraph, content_at + begin, content_at + end, names, [], content_at + begin, [], None, False, 0.85, more, True)
        if not names:
            entry.inherited = list(self.context.addressees)
        self.found.append(entry)
        return used


def _bare_item(text: str) -> str:
    """A list entry without its remark and end marks."""
    return re.sub(r"\s*(?:\([^()]*\))?\s*[.;:,/]*$", "", text).strip()


def paragraph_orders(flat: str) -> bool:
    """A decision that goes on to order work: "Đồng ý …; giao Sở Tài chính …"."""
    return bool(re.search(r"(?<!\w)(?:giao|yêu cầu|đề nghị) (?:sở|ubnd|ủy ban|ban|phòng|văn phòng|bộ|các)", flat))


def imperative_offset(content: str, token: int) -> int:
    """The text offset of token ``token``."""
    sequence = tokens(content)
    return sequence[token].start if token < len(sequence) else 0


def _head(sequence: Sequence[Token], limit: int = 120) -> Sequence[Token]:
    return sequence[:limit]


def find(paragraphs: Sequence[Paragraph], context: TaskContext) -> list[Found]:
    """The tasks of a letter's paragraphs, in order."""
    kind = (context.document_type or "công văn").lower()
    return _Walker(landmarks.body(paragraphs, kind), context).run()
