"""Invitations: who is asked to come, and the sentence that asks."""

from __future__ import annotations

import re

from models.canonical import canonical, tokens
from models.segmentation.items import Paragraph
from models.tasks import cues, directives, sections
from models.tasks.found import Found, names_of
from models.tasks.names import noun_phrase
from models.tasks.sentences import sentences
from models.tasks.state import State


class Invitations(State):
    """Finds the invitation of a letter."""

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
            names.append(bare_item(text))
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
            names = names_of(piece, reads[0])
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


def bare_item(text: str) -> str:
    """A list entry without its remark and end marks."""
    return re.sub(r"\s*(?:\([^()]*\))?\s*[.;:,/]*$", "", text).strip()
