"""Numbers and symbols (số, ký hiệu): found, put into canonical form, taken apart.

Law 45/2019/QH14, legal 12/2015/TT-BTC, Party 168-KH/TU, named 12/KH-UBND, letter 123/UBND-KTTH (Decree 30/2020, Article
8 and Appendix III; Party guide 36-HD/VPTW), old 217-HĐBT; also odd ones that offices print: 12TCT/AC, 1041 TCT/NV6,
908a/VPCP-KTN, 1432/LS:TC-XD, 5397/BC-TTTP(P4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from models.lexicons import table
from models.references.folding import low
from models.text import fold

_UPPER = "A-ZĐƯƠÂÊÔĂ"
_CODE = (
    rf"(?:[{_UPPER}][{_UPPER}]+[a-zđ]{{0,3}}[{_UPPER}0-9&]*|[{_UPPER}]&[{_UPPER}]+|[{_UPPER}][a-zđ][{_UPPER}]+"
    rf"|Qy[ĐD]|TrS|Ttg|Ttr[{_UPPER}]*"
    rf"|[{_UPPER}][0-9]*[a-z]?|[IVX]+[0-9.]*)"
)
_JOIN = r"(?:\s*[-/_]\s*|\s?\.(?=\S)|\.\s(?=[A-ZĐ]{1,4}\s+ngày)|:|\s?&\s?|,(?=\S))"
IDENTIFIER = re.compile(
    r"(?:(?<![\w/.\-])|(?<=[sS][ốỐ]))(?P<number>(?:\d{1,4}-(?=\d{1,5}\s?/))?[OIl]{0,2}\d[\dOIl]{0,7}(?:[a-zA-Z](?=\s?[/\-]))?(?:\.(?:19|20)\d\d)?)"
    r"(?:\s?/\s?(?P<year>(?:1\s?9|2\s?0)\s?\d\s?\d|\d{2,4})(?=\s*[/\-]))?"
    r"(?P<join>\s*[/_]\s*-?\s*|\s*-\s*|\s?)"
    rf"(?P<symbol>(?:[{_UPPER}]\s(?=[{_UPPER}]{{2,}}[-/][{_UPPER}]))?{_CODE}(?:{_JOIN}(?:{_CODE}"
    rf"|\d{{1,4}}(?=[-/][{_UPPER}]{{2}})))*(?:[-/]\d{{1,4}}(?![\d/.])"
    rf"|-\s?[a-zđ]{{2,5}}(?=\s*ngày))?(?:\([A-Z]{{0,2}}\d{{0,2}}\))?)"
    r"(?=ngày|ngay|của|năm|[^\w&]|$)"
)
"""Matched on the flat view. ``join`` is empty or a blank where the number is printed without "/" or "-"."""

_CANDIDATE = re.compile(
    rf"\d+(?!\d)(?=(?:-\d{{1,5}})?[\dOIl]*[a-zA-Z]?(?:\.\d{{4}})?(?:\s?/\s?[\d ]{{2,7}})?[\s/_\-]*[{_UPPER}])"
)
"""Digits that a number with a symbol may begin with: what :data:`IDENTIFIER` asks for, cheaply and a little too freely."""


def identifiers(flat: str) -> Iterator[re.Match[str]]:
    """Every match of :data:`IDENTIFIER`, tried only where :data:`_CANDIDATE` allows one."""
    at = 0
    for digits in _CANDIDATE.finditer(flat):
        start, end = digits.span()
        if start < at:
            continue
        while start > at and start > end - 9 and flat[start - 1] in "OIl":
            start -= 1
        if m := IDENTIFIER.match(flat, start):
            at = m.end()
            yield m


_SPACES = re.compile(r"\s+")
_DIGIT_LOOKS = str.maketrans({"O": "0", "I": "1", "l": "1"})
_NOISE = re.compile(r"[\s.&]+")
_ZEROS = re.compile(r"^0+(?=\d)")
_FOOTNOTE = re.compile(r"^(.*[A-ZĐ])(\d{1,2})$")


@cache
def _known_codes() -> dict[str, str]:
    """Folded code -> the code with its Đ, for the codes whose folded form means one thing only."""
    forms: dict[str, set[str]] = {}
    for name, column in (
        ("ref_codes", "code"),
        ("ministries", "code"),
        ("bodies_by_code", "code"),
        ("abbreviations", "abbr"),
    ):
        for row in table(name):
            code = row[column]
            if name == "abbreviations" and (row["kind"] != "agency" or len(code) < 4):
                continue
            if code and " " not in code and code.upper()[:2] == code[:2]:
                forms.setdefault(fold(code).upper(), set()).add(code)
    return {folded: next(iter(codes)) for folded, codes in forms.items() if len({c.upper() for c in codes}) == 1}


@cache
def _plain_bodies() -> frozenset[str]:
    """Codes that never end in a digit, so that a digit after them is a footnote mark."""
    return frozenset(r["code"] for r in table("bodies_by_code") if r["footnote"] == "yes")


@cache
def type_codes() -> dict[tuple[str, str], str]:
    """(code, "state" or "party") -> type of document."""
    out: dict[tuple[str, str], str] = {}
    for row in table("ref_codes"):
        for system in (row["system"],) if row["system"] else ("state", "party"):
            out[row["code"], system] = row["type"]
    return out


@dataclass(frozen=True)
class Identifier:
    """A number and symbol, taken apart."""

    canonical: str
    number: str
    year: str | None
    type_code: str | None
    type: str | None
    body: str | None
    """The body's code, first after the type code: "UBND", "TU"."""
    style: str
    """"/" (state) or "-" (Party, old forms) or "" (printed without)."""

    @property
    def key(self) -> str:
        """Equal for spellings of one number: caseless, without Đ, blanks, dots, "&" and leading zeros."""
        return identifier_key(self.canonical)


@lru_cache(maxsize=8192)
def identifier_key(identifier: str) -> str:
    """The comparison key of a printed number, see :attr:`Identifier.key`."""
    folded = low(identifier)
    folded = _NOISE.sub("", folded).replace("_", "-")
    return _ZEROS.sub("", folded)


def restore_code(code: str) -> str:
    """A code with the Đ that misprints and OCR drop ("QD" -> "QĐ"), if the code is known and means one thing."""
    if re.fullmatch(r"TT[aeqsy]", code):
        return "TTg"
    if "Đ" in code or "D" not in code:
        return code
    known = _known_codes().get(code.upper())
    return known if known else code


_SMALL_TAIL = re.compile(r"-[a-zđ]{2,5}$")
"""A unit's code that OCR read in small letters: "KH- cc"."""


def _clean_symbol(symbol: str) -> str:
    symbol = _SPACES.sub("", re.sub(r"\s+\.", "-", symbol))
    symbol = _SMALL_TAIL.sub(lambda m: m[0].upper(), symbol)
    parts = re.split(r"([-/._:,&])", symbol)
    cleaned: list[str] = []
    for part in parts:
        m = _FOOTNOTE.match(part)
        if m and m[1] in _plain_bodies():
            part = m[1]
        cleaned.append(restore_code(part))
    return "".join(cleaned)


@lru_cache(maxsize=8192)
def parse_identifier(number: str, year: str | None, join: str, symbol: str) -> Identifier:
    """The parts that :data:`IDENTIFIER` matched, as an :class:`Identifier`."""
    number = _SPACES.sub("", number)
    if number[-1:].isalpha() and number[-1] == "l" and number[:-1] == "0":
        number = "01"
    suffix = number[-1] if number[-1:].isalpha() and number[-1] not in "OIl" else ""
    digits = (number[: len(number) - len(suffix)]).translate(_DIGIT_LOOKS)
    number = digits + suffix
    symbol = re.sub(r"(?<![A-ZĐ])(?:Ttg|TTG)(?![A-ZĐ])", "TTg", symbol)
    year = _SPACES.sub("", year) if year else None
    symbol = _clean_symbol(symbol)
    sep = _SPACES.sub("", join)
    style = "/" if "/" in sep or "_" in sep else "-" if "-" in sep else ""
    printed = sep if sep else (" " if join and not sep else "")
    canonical = f"{number}/{year}{sep or '/'}{symbol}" if year else f"{number}{printed}{symbol}"
    head, _, rest = re.match(r"([^-/._:]*)([-/._:]?)(.*)", symbol, re.S).groups()  # type: ignore[union-attr]
    system = "party" if style == "-" and "/" in symbol else "state"
    kind = type_codes().get((head, system)) or (type_codes().get((head, "state")) if system == "party" else None)
    if (
        kind
        and not rest
        and head in {"CT", "TT", "TC", "DA", "PA", "CĐ", "TB", "HD", "BB", "PC", "GP", "SL", "BC", "GM", "PL", "KL"}
        and style != "/"
    ):
        kind = None
    body_part = rest if kind else symbol
    body = re.split(r"[-/._:,]", body_part)[0] or None
    return Identifier(canonical, number, year, head if kind else None, kind, body, style)


def parse_printed(identifier: str | None) -> Identifier | None:
    """A printed number taken apart, None when it has no symbol."""
    m = IDENTIFIER.match(identifier or "")
    return parse_identifier(m["number"], m["year"], m["join"], m["symbol"]) if m else None
