"""The gist of a task: its words without those that say nothing of what is to be done.

Names of bodies ("Sở Thông tin và Truyền thông"), titles of cited documents, remarks in brackets, quotations and purposes ("để tổng hợp, báo cáo
UBND tỉnh") hold the very words by which kinds of tasks are told; a classifier that reads them learns the topics of letters instead of the duties.
"""

from __future__ import annotations

import re
from functools import lru_cache

from models.canonical import tokens
from models.references.context import LetterContext
from models.references.find import find_mentions
from models.references.view import make_view
from models.tasks.names import noun_phrase
from models.text import vn_regex

DOCUMENT, BODY = "văn bản", "đơn vị"
"""What stands for a cited document and for the name of a body."""
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_QUOTED = re.compile(r"[“\"«][^“”\"»]{3,}?[”\"»]")
_REST = r"(?:[^.;]|\.(?=\S))*"
"""To the end of the sentence or clause; a full stop inside an address is none."""
_PURPOSE = re.compile(rf"(?<!không)(?<!thực tế)\s,?(?:để|nhằm|góp phần|làm cơ sở|làm căn cứ)\s{_REST}", re.IGNORECASE)
_OPENING = re.compile(r"^(?:để|nhằm|căn cứ|trên cơ sở|theo đề nghị|xét đề nghị)\s[^.;]*?,\s*(?=\w)", re.IGNORECASE)
_ABOUT = re.compile(rf"((?:cuộc|buổi|phiên)? ?(?:họp|hội nghị|hội thảo|tọa đàm|lễ))\s(?:bàn |nghe )?(?:về|nghe|bàn)\s{_REST}", re.IGNORECASE)
_NUMBERS = re.compile(r"\d[\d./:,-]*")
_SPACES = re.compile(r"\s+")
_NAME = vn_regex(r"[§U]")


@lru_cache(maxsize=4096)
def gist(text: str) -> str:
    """``text`` with citations and names of bodies as :data:`DOCUMENT` and :data:`BODY`, without brackets, quotations, purposes and numbers."""
    short = _without_citations(_SPACES.sub(" ", text))
    short = _QUOTED.sub(" ", _BRACKETS.sub(" ", short))
    opened = _OPENING.sub("", short)
    short = opened if len(opened.split()) >= 4 else short
    short = _PURPOSE.sub(" ", short)
    short = _ABOUT.sub(r"\1", short)
    short = _without_names(_SPACES.sub(" ", short).strip())
    return _SPACES.sub(" ", _NUMBERS.sub(" ", short)).strip(" ,;:-") or text


def _without_citations(text: str) -> str:
    spans: list[tuple[int, int]] = []
    for mention in find_mentions(make_view(text), LetterContext()):
        end = max(mention.end, mention.title.end if mention.title is not None and not mention.title_shared else 0)
        if spans and mention.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((mention.start, end))
    for start, end in reversed(spans):
        text = f"{text[:start]}{DOCUMENT}{text[end:]}"
    return text


def _without_names(text: str) -> str:
    sequence = tokens(text)
    spans: list[tuple[int, int]] = []
    index = 0
    while index < len(sequence):
        phrase = noun_phrase(sequence, index) if sequence[index].capital else None
        if phrase is None:
            index += 1
            continue
        spans.extend((name.start, name.end) for name in phrase.names if name.kind in ("body", "post") and _NAME.match(text[name.start]))
        index = max(phrase.last, index + 1)
    for start, end in reversed(spans):
        text = f"{text[:start]}{BODY}{text[end:]}"
    return text
