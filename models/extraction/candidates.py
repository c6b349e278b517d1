"""The candidates that lost: other readings of a field, for a clerk to pick from.

They come from where the letter leaves room: lines that may be of another zone (the segmenter's second choices, and the rules where
they disagree), other dates in the head and the foot, other numbers that the letter gives itself, letters that OCR may have read for
digits. Nothing here changes what was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.document import Document, Line
from models.extraction import extract_fields
from models.extraction.dates import parse_place_date
from models.extraction.evidence import handwritten_dates, signed_days
from models.extraction.fields import Fields, located, trim
from models.extraction.number import parse_number_line
from models.letter import Candidate, FieldValue, TextOrigin, Zone
from models.text import match_key

CandidateSource = str
MOST = 6
"""Candidates kept a field."""
_VARIANTS = 16
_SECOND = 0.04
"""A zone less likely than this is no second reading of a line."""
_SCALARS = ("document_type", "number", "symbol", "identifier", "date", "place", "issuer", "parent_body", "subject", "urgency", "secrecy", "archive_note")
_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "i": "1", "!": "1", "Z": "2", "z": "2", "S": "5", "s": "5", "G": "6", "b": "6", "B": "8", "g": "9", "q": "9"})
_PROSE = frozenset({Zone.BODY, Zone.LEGAL_BASIS, Zone.TABLE, Zone.APPENDIX, Zone.CLOSING})
_EDGE = 12
"""Lines from either end in which a stray date may be the letter's own."""


@dataclass(slots=True)
class _Found:
    """One candidate before ranking."""

    field: str
    value: FieldValue
    confidence: float
    source: CandidateSource


def losing(document: Document, zones: Sequence[Zone], odds: Sequence[dict[Zone, float]], rules: Sequence[Zone], chosen: Fields) -> dict[str, list[Candidate]]:
    """The other readings of every field by its path ("date", "signer.name", "addressees"), the likeliest first; what was chosen is not among them."""
    found: list[_Found] = []
    for other, likely, source in _other_zones(document.lines, zones, odds, rules):
        for name, value in values(extract_fields(document, other)):
            found.append(_Found(name, value, likely, source))
    found += _dates(document, zones)
    found += _numbers(document, zones, chosen)
    taken = {(name, match_key(value.value)) for name, value in values(chosen)}
    best: dict[tuple[str, str], _Found] = {}
    for one in found:
        key = (one.field, match_key(one.value.value))
        if key not in taken and (key not in best or best[key].confidence < one.confidence):
            best[key] = one
    result: dict[str, list[Candidate]] = {}
    for one in sorted(best.values(), key=lambda o: -o.confidence):
        kept = result.setdefault(one.field, [])
        if len(kept) < MOST:
            value = one.value
            kept.append(Candidate(value=value.value, text=value.text, span=value.span, page=value.page, box=value.box, confidence=round(min(one.confidence, 0.95), 3), source=one.source))  # type: ignore[arg-type]
    return result


def values(fields: Fields) -> Iterator[tuple[str, FieldValue]]:
    """Every value with its path; list items under the name of their list."""
    for name in _SCALARS:
        value = getattr(fields, name)
        if value is not None:
            yield name, value
    for part in ("authority", "title", "name"):
        value = getattr(fields.signer, part)
        if value is not None:
            yield f"signer.{part}", value
    for name in ("addressees", "recipients"):
        for item in getattr(fields, name):
            yield name, item


def _other_zones(
    lines: Sequence[Line], zones: Sequence[Zone], odds: Sequence[dict[Zone, float]], rules: Sequence[Zone]
) -> Iterator[tuple[list[Zone], float, CandidateSource]]:
    """Labellings in which one run of lines has another zone: the rules' where they differ, and every likely second choice."""
    variants: list[tuple[float, CandidateSource, range, Zone]] = []
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and rules[j] != zones[j] and (j == i or rules[j] == rules[i]):
            j += 1
        if j > i:
            variants.append((max(0.05, max(odds[k].get(rules[k], 0.0) for k in range(i, j))), "rules", range(i, j), rules[i]))
        i = max(j, i + 1)
    for zone in Zone:
        i = 0
        while i < len(lines):
            j = i
            while j < len(lines) and zones[j] != zone and odds[j].get(zone, 0.0) >= _SECOND:
                j += 1
            if j > i:
                variants.append((sum(odds[k][zone] for k in range(i, j)) / (j - i), "zone", range(i, j), zone))
            i = max(j, i + 1)
    variants.sort(key=lambda v: -v[0])
    for likely, source, where, zone in variants[:_VARIANTS]:
        other = list(zones)
        for k in where:
            other[k] = zone
        yield other, likely, source
        if zone in (Zone.ISSUER, Zone.PARENT_BODY, Zone.SUBJECT, Zone.SIGNER_NAME, Zone.PLACE_DATE, Zone.DOCUMENT_NUMBER):
            # extractors take the first run of a zone: let the second choice be the only one
            alone = [Zone.PAGE_FURNITURE if z == zone and k not in where else z for k, z in enumerate(other)]
            yield alone, likely * 0.9, source


def _dates(document: Document, zones: Sequence[Zone]) -> Iterator[_Found]:
    """Dates that stand in the head or the foot on short lines, outside the sentences of the letter."""
    lines = document.lines
    for i, line in enumerate(lines):
        if not (i < 2 * _EDGE or i >= len(lines) - _EDGE) or len(line.text) > 80 or zones[i] in _PROSE:
            continue
        parsed = parse_place_date(line.text)
        if parsed is None or parsed.date_span is None:
            continue
        start = line.span[0]
        if zones[i] == Zone.PLACE_DATE:
            written = trim(document, (start + parsed.date_span[0], start + parsed.date_span[1]))
            for guess in handwritten_dates(document, line.span, parsed.partial[2]):
                yield _Found("date", located(document, guess.date, written), guess.probability, "ocr")
            for day in signed_days(document)[:2]:
                yield _Found("date", located(document, day, written), 0.15, "signature")
        if parsed.date is None:
            continue
        span = trim(document, (start + parsed.date_span[0], start + parsed.date_span[1]))
        own_line = parsed.date_span[1] >= len(line.text.rstrip(" .")) - 1
        yield _Found("date", located(document, parsed.date, span), 0.2 if own_line else 0.08, "date_line")
        if parsed.place and parsed.place_span and own_line and parsed.place[:1].isupper() and len(parsed.place.split()) <= 5:
            yield _Found("place", located(document, parsed.place, trim(document, (start + parsed.place_span[0], start + parsed.place_span[1]))), 0.15, "date_line")


def _numbers(document: Document, zones: Sequence[Zone], chosen: Fields) -> Iterator[_Found]:
    """The letter's number as its own text repeats it, and the number line with letters read as digits."""
    for line, zone in zip(document.lines, zones, strict=True):
        if zone == Zone.DOCUMENT_NUMBER and line.origin == TextOrigin.OCR:
            yield from _misread(document, line)
            yield from _by_hand(document, line)
    if chosen.symbol is None:
        return
    own = re.compile(r"(?<![\w/-])(\d{1,5}[a-z]?)(\s*[-/]\s*)" + re.escape(chosen.symbol.value).replace(r"\-", r"\s*-\s*").replace("/", r"\s*/\s*") + r"(?!\w)")
    for match in own.finditer(document.text):
        yield _Found("number", located(document, match[1], match.span(1)), 0.3, "text")
        yield _Found("identifier", located(document, "".join(match[0].split()), match.span()), 0.3, "text")


def _by_hand(document: Document, line: Line) -> Iterator[_Found]:
    """The other values that the reader of handwriting kept for the number."""
    for word in line.words:
        for text, probability in word.options:
            offset = word.span[0] - line.span[0]
            parts = parse_number_line(line.text[:offset] + text + line.text[offset + len(word.text):])
            if parts is None or parts.number != text:
                continue
            yield _Found("number", located(document, text, word.span), probability, "ocr")
            if parts.identifier:
                yield _Found("identifier", located(document, parts.identifier, (word.span[0], line.span[1])), probability, "ocr")


def _misread(document: Document, line: Line) -> Iterator[_Found]:
    """"Số: lO5/UBND" as 105/UBND: letters before the stroke read as the digits that they look like."""
    head, stroke, rest = line.text.partition("/")
    match = re.search(r"[\dA-Za-z|!]{1,6}\s*$", head)
    if not stroke or not match or not re.search(r"[^\d\s]", match[0]):
        return
    digits = match[0].strip().translate(_DIGITS)
    if not digits.isdigit():
        return
    parts = parse_number_line(f"{head[:match.start()]}{digits}/{rest}")
    if parts is None or not parts.number:
        return
    start = line.span[0] + match.start()
    span = (start, start + len(match[0].rstrip()))
    yield _Found("number", located(document, parts.number, span), 0.25, "ocr")
    if parts.identifier:
        yield _Found("identifier", located(document, parts.identifier, (span[0], line.span[1])), 0.25, "ocr")
