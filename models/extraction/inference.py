"""What a letter without a head still says about itself: its issuer from the symbol, the place and the sentences in which it acts.

A pasted or republished letter often lost its two-column head. Its symbol still carries the body's code ("69/LĐLĐ"), its body
names itself ("Liên đoàn Lao động tỉnh đề nghị …"), its date line names the place, and a web copy may name its source.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from models.document import Document
from models.extraction.dates import parse_place_date
from models.extraction.fields import Fields, inferred, located
from models.extraction.number import parse_number_line
from models.lexicons import table
from models.text import match_key, squeeze, vn_regex

_BODY_KINDS = ("agency", "agency-local", "agency-local (old)", "agency (old)", "agency-commune", "agency-district", "union", "mass", "party", "youth", "women", "farmers", "veterans", "front", "army", "police", "enterprise", "association")
_SOURCE = re.compile(r"\(?\s*Nguồn\s*:\s*(?:theo\s+)?[^\d\n]{0,40}?số\s*(?P<number>\d[\w.]*\s?[-/][^\s,;)]+)(?:,?\s*(?P<date>ngày\s+\d[^)\n,;]{4,25}))?", re.IGNORECASE)


@cache
def _expansions() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in table("abbreviations"):
        if row["kind"] in _BODY_KINDS:
            names = [re.sub(r"\s*\([^)]*\)", "", n).strip() for n in re.split(r"[;/]", row["expansion"])]
            found.setdefault(row["abbr"], []).extend(n for n in names if n)
    for row in table("ministries"):
        found.setdefault(row["code"], []).append(row["name"])
    return {code: tuple(names) for code, names in found.items()}


@cache
def _provinces() -> dict[str, str]:
    return {match_key(row[k]): row[k] for row in table("provinces") for k in ("old", "new")}


def complete(document: Document, fields: Fields) -> None:
    """Fill the number, date and issuer of a letter whose head does not print them, where the text leaves one reading."""
    if fields.number is None and fields.symbol is None:
        _from_source_line(document, fields)
    if fields.issuer is None and fields.symbol is not None:
        issuer = infer_issuer(document.text, fields.symbol.value, fields.place.value if fields.place else None)
        if issuer:
            fields.issuer = inferred(issuer, confidence=0.6)
            fields.warnings = [w for w in fields.warnings if w.code != "issuer_missing"]


def _from_source_line(document: Document, fields: Fields) -> None:
    found = list(_SOURCE.finditer(document.text))
    if not found:
        return
    match = found[-1]
    parts = parse_number_line(match["number"])
    base = match.start("number")
    if parts and parts.number and parts.number_span and parts.symbol_span and parts.identifier and parts.symbol:
        fields.number = located(document, parts.number, (base + parts.number_span[0], base + parts.number_span[1]), confidence=0.7)
        fields.symbol = located(document, parts.symbol, (base + parts.symbol_span[0], base + parts.symbol_span[1]), confidence=0.7)
        fields.identifier = located(document, parts.identifier, (base + parts.number_span[0], base + parts.symbol_span[1]), confidence=0.7)
        fields.warnings = [w for w in fields.warnings if w.code != "number_missing"]
    if match["date"] and fields.date is None:
        parsed = parse_place_date(match["date"])
        if parsed and parsed.date and parsed.date_span:
            start = match.start("date")
            fields.date = located(document, parsed.date, (start + parsed.date_span[0], start + parsed.date_span[1]), confidence=0.7)
            fields.warnings = [w for w in fields.warnings if w.code != "date_missing"]


def infer_issuer(text: str, symbol: str, place: str | None) -> str | None:
    """The body whose code the symbol carries, as the text names it acting, with the place's province where it says only "tỉnh".

    None where the code is unknown, or the text never names the body.
    """
    for code in reversed([c for c in re.split(r"[-/.]", symbol) if c]):
        for name in _expansions().get(code, ()):
            named = _named(text, name)
            if named is None:
                continue
            province = _provinces().get(match_key(re.sub(r"^(tỉnh|thành phố|tp\.?)\s+", "", place, flags=re.IGNORECASE))) if place else None
            if province and re.search(r"\b(tỉnh|thành phố)$", named):
                named = f"{named} {province}"
            return named
    return None


def _named(text: str, name: str) -> str | None:
    """The commonest way in which the text writes the body's name, with the level and place that follow it."""
    pattern = vn_regex(re.escape(name).replace(r"\ ", r"\s+") + r"(?:\s+(?:các\s+)?(?:tỉnh|thành\s+phố|huyện|quận|thị\s+xã|xã|phường|thị\s+trấn)(?:\s+(?-i:[§U]\w*(?:\s+[§U]\w*){0,3}))?)?(?!\s*,)", re.IGNORECASE)
    found = Counter(squeeze(m[0]) for m in pattern.finditer(text) if " các " not in squeeze(m[0]))
    if not found:
        return None
    best = max(found.items(), key=lambda item: (item[1], len(item[0])))[0]
    return best[:1].upper() + best[1:]
