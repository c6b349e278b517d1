"""Headings and lead sentences: what they lend to the items below them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.canonical import canonical, tokens
from models.segmentation.items import Paragraph
from models.tasks import cues, directives, sections
from models.tasks.deadlines import binding, find_deadlines
from models.tasks.directives import Directive
from models.tasks.duties import Duties
from models.tasks.found import Frame, first_tokens, name_key, names_of, opens_list
from models.tasks.names import head_at, names_in
from models.tasks.sentences import sentences


class Headings(Duties):
    """Opens frames."""

    def _heading(self, paragraph: Paragraph, content: str, flat: str, level: float, children: Sequence[Paragraph]) -> bool:
        words = flat.split()
        if len(words) > 45 or (flat.endswith((".", ";", "./.")) and not (paragraph.level and len(words) <= 14)):
            return False
        follows = bool(children) or opens_list(flat)
        named = sections.actors(content)
        if named is not None and (follows or (paragraph.level and len(words) <= 16 and not directives.read(tokens(content), flat))):
            at = level or self._level_inside()
            self._pop(at)
            self.frames.append(Frame(at, "yes", named[0], named[1]))
            return True
        if children and len(words) <= 14 and not flat.endswith((".", ";", ",")) and not cues.SELF_LEAD.search(flat) and head_at(tokens(content), 0) is not None and not (
            directives.executes(flat) or cues.STRONG.search(flat) or content.upper() == content
            or any(d.kind in ("marker", "invitation") for d in directives.read(tokens(content), flat))
            or (head_at(tokens(content), 0) or (0, "post", False))[1] in ("post", "person", "area")
        ) and (paragraph.level or self.paragraphs_level(children) >= 2):
            at = level or self._level_inside()
            self._pop(at)
            self.frames.append(Frame(at, "yes", [re.sub(r"\s*[:.]+$|^\d+\.\s*", "", content).strip()]))
            return True
        capitals = [c for c in content if c.isalpha()]
        title = bool(capitals) and all(c.isupper() for c in capitals)
        directs = sections.direction(content)
        if paragraph.level >= 2 and children and len(words) <= 22 and not flat.endswith((".", ";", ",")) and not self._directs(content, flat):
            self.frames.append(Frame(level, directs or "other"))
            return True
        short = len(words) <= 14 and not flat.endswith(".")
        if title or (paragraph.level == 1 and len(words) <= 30 and not flat.endswith(".") and not content[:1].islower() and (
            not self._directs(content, flat)
        )):
            at = level or 0.5
            self._pop(at)
            self.frames.append(Frame(at, directs or "other"))
            return True
        if directs is not None and short and (children or opens_list(flat) or paragraph.bold) and not self._directs(content, flat):
            at = level or self._level_inside()
            self._pop(at)
            self.frames.append(Frame(at, directs))
            return True
        return False

    @staticmethod
    def paragraphs_level(children: Sequence[Paragraph]) -> int:
        """The depth of the items below."""
        return min((c.level for c in children), default=0)

    def _lead(
        self, index: int, paragraph: Paragraph, content_at: int, content: str, flat: str, level: float, children: Sequence[Paragraph]
    ) -> bool:
        """A paragraph that introduces the items below it."""
        following = self.paragraphs[index + 1] if index + 1 < len(self.paragraphs) else None
        if not opens_list(flat) or following is None:
            return False
        spans = sentences(content)
        start, end = spans[-1]
        last = content[start:end]
        last_flat = canonical(last)
        read = directives.read(tokens(last), last_flat)
        share = self._directing_share(children)
        if (of := cues.DUTIES_OF.fullmatch(last_flat.strip())) and (who := names_in(last[: of.end("who")])):
            at = level if paragraph.level else 0.5
            self._pop(at)
            self.frames.append(Frame(at, "yes", who, lead=True, strong=True))
            return True
        own = [d for d in read if d.kind == "subject" and d.names and (self._is_issuer(name_key(names_of(last, d)[0])) or (not paragraph.level and (cues.SELF_LEAD.search(last_flat) or (cues.COMMITTEE.match(name_key(names_of(last, d)[0])) and re.search(r"sau(?: đây)? ?:$", last_flat)))))]
        if own and len(own) == len(read):
            self._pop(level if paragraph.level else 0.5)
            self.frames.append(Frame(level if paragraph.level else 0.5, "yes" if cues.STRONG_LEAD.search(last_flat) else "other", lead=True))
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
            self.frames.append(Frame(at, "other"))
            return True
        frame = Frame(at, "yes", lead=True, strong=asks or bool(cues.STRONG_LEAD.search(last_flat)))
        frame.deadline = binding(find_deadlines(last, self.context.date)) if read else None
        for directive in read:
            names = names_of(last, directive)
            if directive.kind == "subject" and (not names or self._is_issuer(name_key(names[0])) or cues.SELF_LEAD.search(last_flat) or (not paragraph.level and cues.COMMITTEE.match(name_key(names[0])))):
                continue
            if not paragraph.level and self._addressed(names):
                frame.general.extend(names)  # the lead sentence asks whom the letter is for
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

    def _addressed(self, names: Sequence[str]) -> bool:
        """Whether all names are those of the letter's addressees, or kinds of them."""
        to = [name_key(a) for a in self.context.addressees]
        return bool(names) and bool(to) and all(any(name_key(n) in a for a in to) for n in names)

    @staticmethod
    def _inside_named_list(directive: Directive) -> bool:
        """An item that names who acts and then lists the duties: the name is that of the duties."""
        return bool(directive.names)

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
            if directives.imperative_at(sequence) is not None or sections.actors(content) is not None or directives.read(first_tokens(sequence), canonical(content)):
                count += 1
        return count / len(children)
