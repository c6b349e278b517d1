"""The state of the walk: open headings and leads, tasks found so far, and what every step asks of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.canonical import canonical, tokens
from models.segmentation.items import Paragraph, item_of
from models.tasks import cues, directives, lexicon, tables
from models.tasks.context import TaskContext
from models.tasks.deadlines import find_deadlines
from models.tasks.directives import Directive
from models.tasks.found import Found, Frame, in_particular, name_key
from models.text import vn_regex

_NAMED = vn_regex(r"(?:^|\s)[§U]")
"""A name of its own has a capital; "người đứng đầu" of a later clause is anybody's."""
_CLAUSE = re.compile(r";\s+(?=[^\W\d_])")


class State:
    """The paragraphs, the frames that are open and the tasks found so far."""

    def __init__(self, paragraphs: Sequence[Paragraph], context: TaskContext) -> None:
        self.paragraphs = list(paragraphs)
        self.context = context
        self.kind = (context.document_type or "công văn").lower()
        self.frames: list[Frame] = []
        self.found: list[Found] = []
        self.issuer = name_key(context.issuer or "")
        self.seen_items = False
        self.last_level = 0

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

    def _level_inside(self) -> float:
        """The level of an unmarked heading: just inside the frames that are open."""
        return (self.frames[-1].level if self.frames else 0.0) + 0.4

    def _directs(self, content: str, flat: str) -> bool:
        return bool(directives.read(tokens(content), flat))

    def _allowed(self) -> str:
        """Whether the open sections direct work: yes, no or other."""
        state = "yes" if self.kind in cues.COMMANDS else "other"
        for frame in self.frames:
            if frame.directs != "other":
                state = frame.directs
        return state

    def _named_frame(self) -> Frame | None:
        return next((f for f in reversed(self.frames) if f.names), None)

    def _is_issuer(self, key: str) -> bool:
        """True for the issuer's own name, full or cut short ("UBND tỉnh" of "Ủy ban nhân dân tỉnh Hậu Giang")."""
        if not key or not self.issuer:
            return False
        full, short = self.issuer, key
        rest = short[len(full) :].strip() if short.startswith(full + " ") else "các"
        return full == short or full.startswith(short + " ") or short.endswith(" " + full) or not re.match(r"(?:các|những|cấp|huyện|quận|xã)(?!\w)", rest)

    @staticmethod
    def _offset(piece: str, directive: Directive) -> int:
        sequence = tokens(piece)
        return sequence[directive.start].start if directive.start < len(sequence) else 0

    @staticmethod
    def _skips(preamble: str) -> bool:
        """True when what stands before the one who directs is mere background ("Thực hiện Công văn số …, |Sở X đề nghị")."""
        flat = canonical(preamble)
        return bool(re.search(r"(?:số|ngày) \d|^(?:thực hiện|tiếp theo|căn cứ (?!chức năng)|xét|theo|qua|sau khi|ngày|để)", flat)) and len(flat.split()) > 6

    def _imperative(self, content: str) -> int | None:
        return directives.imperative_at(tokens(content))

    @staticmethod
    def _with(content: str) -> list[str]:
        """The bodies a duty without a subject is to be done with."""
        sequence = tokens(content)
        found, _ = directives.coordinators_in(sequence, 0, len(sequence))
        return list(dict.fromkeys(content[n.start : n.end] for n in found))

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
        names = in_particular(names)
        names += [n for n in in_particular(self._later_subjects(paragraph.text[content_at + start : content_at + end])) if n not in names]
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

    @staticmethod
    def _later_subjects(text: str) -> list[str]:
        """Who acts in the later clauses of one item: "Sở Tài chính cân đối kinh phí; Sở Xây dựng thẩm định"."""
        found: list[str] = []
        for clause in _CLAUSE.finditer(text):
            sequence = tokens(text[clause.end() :])[:90]
            stop = next((i for i, t in enumerate(sequence) if t.word in (";", ".")), len(sequence))
            if directive := directives.subject_at(sequence[:stop]):
                names = [text[clause.end() + n.start : clause.end() + n.end] for n in directive.names if n.kind in ("body", "post", "class")]
                found += [n for n in names if _NAMED.search(n) or n.startswith("các ")]
        return found

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
