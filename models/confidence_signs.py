"""The signs of confidence: what can be read off a page and a value that tells right values from wrong ones.

A sign is a number of about 0 to 1. Signs of the *page* say in what state the text is (recognised, without tones, words run together, on one
line, flattened columns); signs of the *value* say whether it looks like one of its kind and whether the rest of the letter bears it out.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

from models.canonical import canonical, tokens
from models.confidence_second import SECOND_SIGNS
from models.document import Document, Line
from models.extraction.organisations import starts_like_a_body
from models.letter import Extraction, Span, TextOrigin, Zone
from models.tasks import directives
from models.text import fold, match_key, toneless

PAGE_SIGNS = (
    "plain", "toneless", "glued", "one_line", "debris", "wide", "legacy", "head_missing", "doubt_page", "calm", "paper", "heads", "bodies", "signers", "numbers", "bare", "joint",
)  # fmt: skip
VALUE_SIGNS = (
    "ocr", "doubt", "inferred", "zone", "zone_sure", "fits", "agrees", "length", "short", "lines", "odd", "several", "capitals", "tail", "small_start",
    "toneless_value", "first", "last", "many", "stage", "unmarked", "dotted", "commas", "joined", "rewritten", "glued_value",
)  # fmt: skip
TASK_SIGNS = ("explicit", "numbered", "verb", "type_sure", "due", "past", "annex", "lone", "stop_inside", "items_inside", "long", "reads")
REFERENCE_SIGNS = ("has_number", "has_date", "has_issuer", "has_title", "mentions", "annex")
SIGNS = ("bias", *PAGE_SIGNS, *VALUE_SIGNS, *SECOND_SIGNS, *TASK_SIGNS, *(s for s in REFERENCE_SIGNS if s not in TASK_SIGNS))
"""Names of all signs, in the order of the weights."""

_ACCENTED = re.compile(r"[^\W\d_a-zA-Z]")
_DEBRIS = re.compile(r"[|_~^=<>\\{}¦§¬•■□◦]|(?<!\w)[^\W\d_](?!\w)(?=\s+[^\W\d_](?!\w))")
_ODD = re.compile(r"[|_~^=<>\\{};:]|\s[-–]\s|\.\s+\S|\s{2,}|\d{5,}")
_CAPITALS_AFTER_SMALL = re.compile(r"[^\W\d_]*[^\W\d_A-ZĐ]{2,}\W+(?:[A-ZĐ]{2,}\s+){1,}[A-ZĐ]{2,}")
_TAIL = re.compile(r"(?i)(?:[,;(/\-–]|\b(?:và|của|về|các|theo|tại|cho|với|do|là|để|từ|đến))$")
_PAST = re.compile(r"(?i)\b(?:đã|được|còn|chưa|vừa|từng|đạt|là)\b")
_DOTTED = re.compile(r"[^\W\d_]\.[^\W\d_]")
_ITEMS = re.compile(r"[.;:]?\s(?:[-–+•]\s|(?:\d{1,2}|[a-zđ])[.)]\s)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"(?:^gi|^qu)?[aeiouy]+")
_JOINT = re.compile(r"(?:^|[/.-])[A-ZĐ]{2,3}LT(?=[/.-]|$)")
_STRAY = re.compile(r"(?:^|\s)[\u0300-\u036f]")
_PAPERS = {"giấy ủy quyền", "giấy giới thiệu", "giấy mời", "giấy nghỉ phép", "biên bản", "hợp đồng", "phiếu gửi", "phiếu chuyển", "phiếu báo", "giấy biên nhận", "giấy chứng nhận", "bản ghi nhớ", "bản thỏa thuận"}
_CALM = {"báo cáo", "kết luận", "biên bản", "nghị quyết", "tờ trình", "quy chế", "quy định", "thông cáo", "hướng dẫn"}


@dataclass(slots=True)
class PageEvidence:
    """How sure the recogniser was of each stretch of text, and the signs of the page."""

    document: Document
    recognised: list[Line] = field(init=False)
    signs: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.recognised = [line for line in self.document.lines if line.origin == TextOrigin.OCR]
        self.signs = self._page()

    def of(self, span: Span | None) -> tuple[float, float]:
        """``(recognised, lowest word confidence)`` of the words in ``span``."""
        if span is None:
            return (1.0 if self.recognised else 0.0), 1.0
        lowest, seen = 1.0, False
        for line in self.recognised:
            if line.span[1] <= span[0] or line.span[0] >= span[1]:
                continue
            seen = True
            inside = [w.confidence for w in line.words if w.confidence is not None and w.span[0] < span[1] and w.span[1] > span[0]]
            lowest = min([lowest, *inside] if inside else [lowest, line.confidence if line.confidence is not None else 0.8])
        return (1.0 if seen else 0.0), lowest

    def _page(self) -> dict[str, float]:
        text = self.document.text
        words = re.findall(r"[^\W\d_]+", text)
        lines = [line for line in text.split("\n") if line.strip()][:14]
        sure = [line.confidence for line in self.recognised if line.confidence is not None]
        return {
            "plain": 1.0 if all(line.box is None for line in self.document.lines) else 0.0,
            "toneless": toneless(text),
            "bare": max(0.0, min(1.0, (bare_share(text) - 0.4) / 0.5)),
            "glued": min(1.0, 12 * sum(len(w) > 8 for w in words) / max(len(words), 1)),
            # the reader of plain text cuts a letter that came as one line, and says of each piece that it is whole
            "one_line": float(self.document.media_type == "text/plain" and sum(line.whole_paragraph for line in self.document.lines[:8]) >= 4),
            "debris": min(1.0, 25 * len(_DEBRIS.findall(text)) / max(len(words), 1)),
            "wide": min(1.0, sum(bool(re.search(r"\S(?:\t|\s{4,}|\s\|\s)\S", line)) for line in lines) / 4),
            "legacy": 1.0 if self.document.legacy_encoding else 0.0,
            "doubt_page": doubt(sum(sure) / len(sure)) if sure else 0.0,
        }


def doubt(confidence: float) -> float:
    """A doubtful word weighs more the less sure it is."""
    return math.sqrt(1 - max(0.0, min(1.0, confidence)))


def value_signs(evidence: PageEvidence, extraction: Extraction, zones: tuple[Zone, ...], span: Span | None, value: str) -> dict[str, float]:
    """The signs of any value: recognised, doubtful, in its zone, odd signs in it, and so on."""
    ocr, lowest = evidence.of(span)
    zone, sure = _zone(extraction, zones, span)
    letters = sum(c.isalpha() for c in value)
    words = value.split()
    return {
        "ocr": ocr, "doubt": doubt(lowest), "inferred": float(span is None), "zone": zone, "zone_sure": sure,
        "length": min(len(value), 400) / 400, "short": float(letters < 4),
        "lines": min(4, extraction.text[span[0] : span[1]].count("\n")) / 4 if span else 0.0,
        "odd": min(3, len(_ODD.findall(value)) + 3 * bool(_STRAY.search(value))) / 3 + float(value.count("(") != value.count(")") or value.count('"') % 2 == 1),
        "several": float(";" in value), "capitals": float(bool(_CAPITALS_AFTER_SMALL.search(value))), "tail": float(bool(_TAIL.search(value.strip()))),
        "small_start": float(value[:1].islower()), "unmarked": unmarked(evidence.signs["toneless"], value), "dotted": float(bool(_DOTTED.search(value))),
        "commas": min(4, value.count(",")) / 4, "joined": min(3, sum(starts_like_a_body(part) for part in re.split(r"[,;]\s*|\s(?:và|-|–)\s", value)[1:])) / 3,
        "rewritten": float(span is not None and match_key(extraction.text[span[0] : span[1]]) != match_key(value)),
        "toneless_value": toneless(value) if len(words) >= 2 and not value.isupper() else 0.0,
    }  # fmt: skip


def task_signs(extraction: Extraction, index: int, verb: float) -> dict[str, float]:
    """What tells a task from a sentence that only looks like one."""
    task = extraction.tasks[index]
    opening = " ".join(task.text.split()[:14])
    sequence = tokens(task.text)
    return {
        "explicit": float(bool(task.assignees) and task.assignees[0].explicit), "numbered": float(bool(task.item)), "verb": verb,
        "type_sure": max((t.confidence for t in task.types), default=0.0), "due": float(task.deadline is not None),
        "past": float(bool(_PAST.search(opening))), "annex": annex(extraction, task.span),
        "items_inside": min(3, len(_ITEMS.findall(task.text))) / 3, "long": min(1.0, max(0, len(task.text) - 300) / 600),
        "reads": float(bool(directives.read(sequence, canonical(task.text))) or directives.imperative_at(sequence) is not None),
        "lone": float(len(extraction.tasks) == 1), "stop_inside": min(3, len(re.findall(r"[.;]\s", task.text))) / 3,
    }  # fmt: skip


def bare_share(text: str) -> float:
    """The share of the syllables in ``text`` that carry no mark at all; about three in ten in ordinary Vietnamese."""
    syllables = [w for w in _WORD.findall(unicodedata.normalize("NFC", text)) if len(w) > 1]
    return sum(not _ACCENTED.search(w) for w in syllables) / len(syllables) if syllables else 0.0


def unmarked(page: float, value: str) -> float:
    """How likely the value lost marks with its page: how much of it is without, on a page that lost some."""
    return min(1.0, 4 * page) * bare_share(value)


def glued(value: str) -> float:
    """The share of a value's words that hold more than one syllable ("tàichính"): a syllable has one group of vowels."""
    words = [w for w in _WORD.findall(unicodedata.normalize("NFC", value)) if len(w) > 3]
    return sum(len(_VOWELS.findall(fold(w).lower())) > 1 for w in words) / len(words) if words else 0.0


def form_signs(extraction: Extraction) -> dict[str, float]:
    """Signs of the letter's form: a paper between persons, several heads, bodies, numbers or signers (joint letters, letters bound together)."""
    lines: dict[str, int] = {}
    for piece in extraction.segments:
        lines[piece.zone] = lines.get(piece.zone, 0) + 1 + extraction.text[piece.span[0] : piece.span[1]].count("\n")
    kind = extraction.document_type.value if extraction.document_type else ""
    symbol = extraction.symbol.value if extraction.symbol else ""
    title = " ".join(extraction.text[piece.span[0] : piece.span[1]] for piece in extraction.segments if piece.zone == Zone.DOCUMENT_TYPE)
    return {
        "joint": float(bool(_JOINT.search(symbol)) or "lien tich" in fold(title).lower()), "paper": float(kind in _PAPERS), "heads": min(3, max(0, sum(str(piece.zone) == Zone.NATIONAL_TITLE for piece in extraction.segments) - 1)) / 3,
        "bodies": min(4, max(0, lines.get(Zone.ISSUER, 0) + lines.get(Zone.PARENT_BODY, 0) - 2)) / 4,
        "signers": min(3, max(0, lines.get(Zone.SIGNER_NAME, 0) - 1)) / 3, "numbers": min(2, max(0, lines.get(Zone.DOCUMENT_NUMBER, 0) - 1)) / 2,
    }  # fmt: skip


def calm(extraction: Extraction) -> float:
    """1 for kinds of documents that tell or rule more than they direct (minutes, reports, resolutions)."""
    return float(bool(extraction.document_type and extraction.document_type.value in _CALM))


def annex(extraction: Extraction, span: Span | None) -> float:
    """1 for what stands after the signature: an annex, a form, a table."""
    signed = extraction.signer.name.span if extraction.signer.name else None
    return float(bool(span and signed and span[0] > signed[1]))


def _zone(extraction: Extraction, zones: tuple[Zone, ...], span: Span | None) -> tuple[float, float]:
    """Whether the value stands in a zone of its kind, and how sure the segmentation is there."""
    if span is None or not zones:
        return 1.0, 1.0
    middle = (span[0] + span[1]) / 2
    at = bisect_right(extraction.segments, middle, key=lambda piece: piece.span[0]) - 1  # they stand in order and do not overlap
    if at < 0 or middle >= extraction.segments[at].span[1]:
        return 0.0, 0.0
    return (1.0 if extraction.segments[at].zone in zones else 0.0), extraction.segments[at].confidence
