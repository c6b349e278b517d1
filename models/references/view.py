"""One text, three strings of one length: as it stands, flattened for parsing, and folded for tolerant matching.

Every offset in one is the same offset in the others, so a match in the folded string is a span of the letter. Line
breaks inside a sentence become blanks; those that end a paragraph become the mark :data:`BREAK`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from models.letter import Segment, Zone
from models.references.folding import low, make_table, translate
from models.references.letters import LOWER

BREAK = "¶"

_FLAT = make_table(
    {
        ord(k): v
        for k, v in {
            "\t": " ",
            "\r": " ",
            "\v": " ",
            "\f": "\n",
            "\x85": "\n",
            "\u2028": "\n",
            "\u2029": "\n",
            "\xa0": " ",
            "\ufeff": " ",
            "\u200b": " ",
            "\u202f": " ",
            "\u2009": " ",
            "\xad": "-",
            "\ufffe": "-",
            "\u2010": "-",
            "\u2011": "-",
            "\u2012": "-",
            "–": "-",
            "—": "-",
            "−": "-",
            "⁄": "/",
            "Ð": "Đ",
            "ð": "đ",
            "¶": " ",
            "|": "\n",
        }.items()
    }
)


_NEWLINES = re.compile(rf"\n(?:[ ]*\n[\n ]*|[ ]*(?![ {LOWER}])|[ ]*(?=[a-zđ]\)))")
"""Line breaks that may end a paragraph: blank lines, and those that a small letter does not follow."""
_NEW_PARAGRAPH = re.compile(
    r"(?:[-+*•●▪]\s*(?=[^\W\d_])|\d{1,2}(?:\.\d{1,2})*[.)]\s|[a-zđ]\)\s|\(\d{1,2}\)\s|[IVX]{1,5}\.\s"
    r"|Điều\s+\d+|Khoản\s+\d+|Căn cứ\b|CĂN CỨ|Theo đề nghị|Xét\b|Nơi nhận|NƠI NHẬN|Noi nhận|Kính gửi|QUYẾT ĐỊNH"
    r"|Phụ lục|PHỤ LỤC"
    r"|\(?(?:Ban hành )?[Kk]èm theo\b|Thực hiện\b|Tiếp theo\b|Phúc đáp\b)"
)
_TYPE_CODE_AT_END = re.compile(r"/\s?(?:NQ|QĐ|CT|KH|TB|TTr|BC|CV|HD|NĐ|TT|CĐ|GM|CTr|[A-ZĐ&]{2,12})$")
_FURNITURE_LINE = re.compile(r"(?m)^[ ]*-?[ ]?\d{1,3}[ ]?-?[ ]*$")

_SENTENCE_MARK = re.compile(r"¶|[.:](?=[ ¶])")
_NOT_NEWLINE = re.compile(r"[^\n]")

SILENT_ZONES = frozenset(
    zone.value
    for zone in (
        Zone.NATIONAL_TITLE,
        Zone.PARENT_BODY,
        Zone.ISSUER,
        Zone.DOCUMENT_NUMBER,
        Zone.PLACE_DATE,
        Zone.URGENCY,
        Zone.SECRECY,
        Zone.RECIPIENTS,
        Zone.ARCHIVE_NOTE,
        Zone.SIGNING_AUTHORITY,
        Zone.SIGNER_TITLE,
        Zone.SIGNER_NAME,
        Zone.DRAFTER,
        Zone.CONTACT,
        Zone.PAGE_FURNITURE,
    )
)
"""Zones that cite nothing: the head, the signing block, the distribution list, page furniture."""

_OWN_NUMBER = re.compile(r"(?m)^[ ]{0,60}(?:Số|SỐ|số)\s{0,3}[:.]?[^\n]{0,90}$")
_HEAD_END = re.compile(r"(?m)^[ ]*(?:Kính gửi|KÍNH GỬI|Căn cứ|CĂN CỨ|QUYẾT ĐỊNH|Thực hiện)")
_RECIPIENTS = re.compile(r"(?m)^[ *_]*N[oơ]i\s*n?h[aâ]n?̣?ậ?n?[ậâạa]?n?\s*:?")
_RECIPIENTS_LINE = re.compile(
    r"(?m)^[ *_]{0,8}(?:Nơi nhận|NƠI NHẬN|Noi nhận|Nơi nhân|Nơi gửi|Noi nhan|Nơi nhện)\b[^\n]*"
)
_LIST_LINE = re.compile(r"\n[ ]*(?:[-+•*][^\n]*|Lưu[^\n]*|)(?=\n|$)")


@dataclass(frozen=True)
class View:
    """The letter's text and its two readings, all of one length."""

    text: str
    flat: str
    low: str
    zones: tuple[tuple[int, int, str], ...] = ()

    @cached_property
    def sentence_ends(self) -> list[int]:
        """Offsets right after every mark that can end a sentence (paragraph end, full stop, colon), in order."""
        return [m.end() for m in _SENTENCE_MARK.finditer(self.flat)]

    def sentence_ends_between(self, base: int, at: int) -> Iterator[int]:
        """The sentence ends after ``base`` up to ``at``, the last first."""
        ends = self.sentence_ends
        return reversed(ends[bisect_right(ends, base) : bisect_right(ends, at)])

    def zone_at(self, offset: int) -> str | None:
        """The zone a character stands in, None when no zones are known."""
        at = bisect_right(self.zones, offset, key=lambda piece: piece[0]) - 1  # segments stand in order and do not overlap
        return self.zones[at][2] if at >= 0 and offset < self.zones[at][1] else None


def _blanked(flat: str, spans: list[tuple[int, int]]) -> str:
    """The text with the characters of the spans as blanks, line breaks kept."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if end > start:
            parts += [flat[at:start], _NOT_NEWLINE.sub(" ", flat[start:end])]
            at = end
    return "".join([*parts, flat[at:]])


def _own_head(flat: str) -> list[tuple[int, int]]:
    """Spans of the letter's own number line and distribution list, in a text without zones."""
    spans: list[tuple[int, int]] = []
    head = _HEAD_END.search(flat, 0, 4000)
    limit = head.start() if head else min(len(flat), 900)
    number = _OWN_NUMBER.search(flat, 0, limit)
    if number:
        end = flat.find("V/v", number.start(), number.end())
        spans.append((number.start(), end if end > 0 else number.end()))
    for m in _RECIPIENTS_LINE.finditer(flat):
        end = m.end()
        while (line := _LIST_LINE.match(flat, end)) and line.end() > end:
            end = line.end()
        spans.append((m.start(), end))
    return spans


def make_view(text: str, segments: Sequence[Segment] = ()) -> View:
    """The readings of ``text``; what cites nothing is blanked, so that a citation goes on across a page number."""
    flat = translate(text, _FLAT)
    zones = tuple((s.span[0], s.span[1], str(s.zone)) for s in segments)
    spans = [(a, b) for a, b, zone in zones if zone in SILENT_ZONES] if zones else _own_head(flat)
    spans += [m.span() for m in _FURNITURE_LINE.finditer(flat)]
    if spans:
        flat = _blanked(flat, spans)
    flat = _break_paragraphs(flat, _zone_edges(zones))
    return View(text=text, flat=flat, low=low(flat), zones=zones)


def _zone_edges(zones: Sequence[tuple[int, int, str]]) -> list[int]:
    """Offsets, in order, where text of another kind begins (subject after body text): a citation never crosses them."""
    kinds = [(a, zone) for a, _, zone in zones if zone not in SILENT_ZONES]
    return [a for (_, before), (a, zone) in pairwise(kinds) if zone != before]


def _break_paragraphs(flat: str, edges: Sequence[int]) -> str:
    def joined(m: re.Match[str]) -> str:
        run = m[0]
        before = flat[max(0, m.start() - 40) : m.start()].rstrip(" ")
        after = flat[m.end() : m.end() + 40]
        hard = _is_break(before, after, blank_line=run.count("\n") > 1)
        if not hard and edges:
            hard = bisect_right(edges, m.end()) > bisect_left(edges, m.start()) and not before.endswith(("-", "/", ","))
        return (BREAK if hard else " ") + " " * (len(run) - 1)

    return _NEWLINES.sub(joined, flat).replace("\n", " ")


def _is_break(before: str, after: str, *, blank_line: bool) -> bool:
    if not before or not after:
        return True
    last = before[-1]
    marker = _NEW_PARAGRAPH.match(after)
    if marker:
        if _TYPE_CODE_AT_END.search(before) and after[0] == "-":
            return False
        if last in ",-/" or (last.isalnum() and after[0].isdigit() and not blank_line):
            return last == "," and after[0] == "-"
        return True
    if last in ".;:!?":
        return blank_line or after[0].isupper() or (last != ":" and after[0].isdigit())
    if blank_line:
        return after[0].isupper() and last not in ",-/(" and not before.endswith((" của", " số", " ngày", " và"))
    return False
