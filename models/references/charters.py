"""Charters and rules of procedure that a letter rests on: "Căn cứ Điều lệ Công đoàn Việt Nam", "Quy chế làm việc của …".

They bear no number and often no date; they are citations only as a basis ("căn cứ …"), elsewhere the words mean the
thing itself ("đúng Điều lệ", "soạn thảo Quy chế").
"""

from __future__ import annotations

import re

from models.references.found import Found
from models.references.mention import Mention
from models.references.tail import inside
from models.references.titles import Title
from models.text import squeeze

_BASIS = re.compile(
    r"[Cc]ăn\s+cứ\s+(?:vào\s+)?(?:(?:khoản|Điều|điều|Chương|Mục)\s+[\dIVX]{1,4}\s*,?\s*)*(?P<word>Điều\s+lệ|Quy\s+chế)\s+"
    r"(?P<name>(?=[A-ZĐ]|tổ\s+chức|làm\s+việc|hoạt\s+động|chi\s+tiêu|dân\s+chủ|thi\s+đua|bầu\s+cử))"
)
_END = re.compile(
    r"[;,.:¶“”\"\[\]]|(?<=\s)(?:và|ban\s+hành|số|ngày|được|đã|thì|nêu|hiện\s+hành|thực\s+hiện|về|quy\s+định)(?!\w)"
)
_TERM = re.compile(r"\s*\((?:[Kk]hóa|[Kk]hoá|sửa\s+đổi)[^()¶]{0,30}\)")


class Charters:
    """Finds the charters and rules of procedure named as a basis."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def charters(self) -> None:
        """Add the mention of every charter that no other finder took."""
        flat = self.found.view.flat
        spans = sorted((m.start, m.full_end) for m in self.found.mentions)
        for m in _BASIS.finditer(flat):
            start, at = m.start("word"), m.start("name")
            if inside(spans, start):
                continue
            stop = _END.search(flat, at, at + 160)
            end = stop.start() if stop else min(len(flat), at + 160)
            if term := _TERM.match(flat, end):
                end = term.end()
            name = squeeze(flat[at:end])
            if not 3 <= len(name) <= 140:
                continue
            mention = Mention(
                start, end, "charter", squeeze(m["word"]).lower(), True, group=self.found.new_group(), head_end=at
            )
            mention.title = Title(name, at, end, "named")
            self.found.mentions.append(mention)
