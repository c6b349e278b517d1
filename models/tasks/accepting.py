"""Whether a sentence that looks like a duty is one: who says it, of whom, in which kind of letter and section."""

from __future__ import annotations

import re

from models.canonical import canonical, tokens
from models.segmentation.items import Paragraph
from models.tasks import cues, directives, lexicon, sections
from models.tasks.directives import Directive
from models.tasks.found import name_key, names_of
from models.tasks.names import head_at
from models.tasks.state import State


class Accepting(State):
    """Judges directives and imperatives."""

    def _accepts(self, piece: str, flat: str, directive: Directive, paragraph: Paragraph, state: str) -> bool:
        if directive.force == "permit" and self.kind not in cues.DECISIONS:
            return False
        names = names_of(piece, directive)
        if directive.kind == "marker" and cues.CITES.search(flat[: self._offset(piece, directive)][-70:]):
            return False
        if directive.reporter is not None and directive.kind == "marker":
            reporter = name_key(piece[directive.reporter.names[-1].start : directive.reporter.names[-1].end])
            if directive.force == "request" and not self._is_issuer(reporter) and cues.TOLD.match(flat.strip()) is not None:
                return False
        if directive.kind == "subject":
            if not paragraph.level and piece[:1].islower() and paragraph.text.startswith(piece[:20]):
                return False  # the rest of a paragraph that was cut in two
            if names and self._is_issuer(name_key(names[0])) and (
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
                name_key(name) in name_key(a) or name_key(a) in name_key(name) for name in names for a in self.context.addressees
            )
            decided = self.kind in cues.DECISIONS | cues.PLANS | cues.COMMANDS
            later = (bool(self.found) and (self.kind in cues.INVITATIONS)) or (bool(self.found) and all(name.kind in ("class", "person", "post") for name in directive.names))
            return strong or addressed or decided or later
        return True

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

    @staticmethod
    def _clause(content: str) -> bool:
        """Under a heading that names who acts every item that is more than a name or a figure is that body's duty."""
        flat = canonical(content)
        label = re.match(r"([^:]{2,28}) ?:", flat)
        if label is not None and head_at(tokens(content), 0) is None and not any(w in label[1] for w in ("báo cáo", "đối với", "riêng")):
            return False  # "Nơi thi: …", "Ngày thi: …"
        return not re.match(r"(?:\d|\+|gồm|bao gồm|trong đó|đồng chí|ông|bà|mức|tổng số|số tiền)", flat) and sections.actors(content) is None


def paragraph_orders(flat: str) -> bool:
    """A decision that goes on to order work: "Đồng ý …; giao Sở Tài chính …"."""
    return bool(re.search(r"(?<!\w)(?:giao|yêu cầu|đề nghị) (?:sở|ubnd|ủy ban|ban|phòng|văn phòng|bộ|các)", flat))
