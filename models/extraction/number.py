"""Số và ký hiệu: the number line of a letter (Decree 30/2020 Appendix I II.3; Party 36-HD/VPTW).

"Số: 15/QĐ-BNV", "Số 168-KH/TU", "Số : 4144 /GDĐT – VP", "1041 TCT/NV6", "12TCT/AC", "Số:      /UBND-KT".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.letter import Span
from models.text import LOWER, UPPER, vn_regex

_PREFIX = re.compile(r"^\s*(?:[Ss$5][\wốôóòỏõọồổỗộ6&]{0,2}(?:\s?hiệu)?)\s*[:;.,]?\s*|^\s*", re.UNICODE)
_CAPITAL = UPPER + "Ð"
_CUT = vn_regex(r"\s{3,}(?=[§U]\w+)|\s+V\s?/\s?v\b|\t|\s[|]\s?")
_PART = rf"[{_CAPITAL}0-9][{_CAPITAL}{LOWER}0-9&]*"
_SYMBOL = re.compile(rf"{_PART}(?:\s*[.&:+]\s*{_PART}|\s*[-–—/,]\s*{_PART})*(?:\s?\([{_CAPITAL}0-9a-z]{{1,6}}\))?", re.UNICODE)
_WORN = re.compile(rf"^(?P<number>[^/\\]{{0,18}}?)\s*[/\\]\s*(?P<symbol>{_SYMBOL.pattern})")
_NUMBER = re.compile(r"(?P<number>\d[\d.]{0,7}\s?\d*\s?[a-zA-ZđĐ]?(?![A-Za-zĐđÀ-ỹ\d]))?(?P<blank>[\s.…_]*)(?P<separator>[-–—/\\|]\s*[-–—]?)?\s*")
_TYPE_CODES = r"NQ|CT|KL|QĐNS|QĐ|QĐi|QC|TT|HD|TB|TC|BC|KH|CTr|ĐA|PA|TTr|CV|BB|BS|GM|TTR|PC|NĐ|QyĐ"
# the number left blank before the Party's form: "Số      -CV/VPTU", "Số … CT/HU"
_BLANK_TYPE = re.compile(rf"^[\s.…_]*[-–—]?\s*(?:{_TYPE_CODES})\s*$")


@dataclass(frozen=True, slots=True)
class NumberParts:
    """The parts of a number line; ``number`` and ``identifier`` are None where the number is left blank."""

    number: str | None
    symbol: str | None
    identifier: str | None
    number_span: Span | None
    symbol_span: Span | None


def parse_number_line(text: str) -> NumberParts | None:
    """Parse the text of a number line; spans index ``text``. None when nothing on it looks like a number or symbol."""
    prefix = _PREFIX.match(text)
    start = prefix.end() if prefix else 0
    rest = text[start:]
    cut = _CUT.search(rest)
    stop = len(rest)
    if cut and re.search(r"[\w)]", rest[: cut.start()]) and re.search(r"[A-ZĐ]", rest[: cut.start()]):
        stop = cut.start()
    rest = rest[:stop]
    worn = _WORN.match(rest)
    if worn and not re.match(r"\s*\d", rest) and not _BLANK_TYPE.match(worn["number"]):
        # a number that could not be read: the symbol still stands after the slash
        return _symbol_only(worn, start)
    match = _NUMBER.match(rest)
    if match is None:
        return None
    number = re.sub(r"[\s.]", "", match["number"] or "")
    if worn and number and re.search(r"[^\w\s.…–-]", worn["number"]):
        # digits beside marks that are none ("2+5 /UBND"): part of a number is worse than none
        return _symbol_only(worn, start)
    separator = "".join((match["separator"] or "").split()).replace("–", "-").replace("—", "-").replace("\\", "/").replace("|", "/")[:1]
    after = match.end()
    joined = re.match(rf"(\d+[a-z]?)([{_CAPITAL}].*)", rest)
    if not number and joined:
        # "12TCT/AC": number and symbol written together
        number, separator, after = joined[1], " ", joined.start(2)
    symbol_match = _SYMBOL.match(rest, after)
    symbol = _clean_symbol(symbol_match[0]) if symbol_match else None
    if symbol and not number and not separator and not re.search(r"[-/]", symbol):
        return None
    if not symbol and not number:
        return None
    if symbol and re.fullmatch(r"\d+", symbol):
        return None
    number_span = None
    if number:
        offset = rest.index(number[0])
        number_span = (start + offset, start + offset + len((match["number"] or number).rstrip()))
    symbol_span = (start + symbol_match.start(), start + symbol_match.end()) if symbol_match and symbol else None
    return NumberParts(
        number=number or None,
        symbol=symbol,
        identifier=_identifier(number, separator, symbol),
        number_span=number_span,
        symbol_span=symbol_span,
    )


def _symbol_only(worn: re.Match[str], start: int) -> NumberParts:
    span = (start + worn.start("symbol"), start + worn.end("symbol"))
    return NumberParts(None, _clean_symbol(worn["symbol"]), None, None, span)


def _identifier(number: str, separator: str, symbol: str | None) -> str | None:
    if not number:
        return None
    if not symbol:
        return number
    return f"{number}{separator or ' '}{symbol}"


def _clean_symbol(symbol: str) -> str:
    symbol = symbol.replace("Ð", "Đ").replace("–", "-").replace("—", "-")
    symbol = re.sub(r"\s*([-/&:,.+])\s*", r"\1", symbol)
    return symbol.strip(" .,:;-/")


def type_code(symbol: str) -> str | None:
    """The code of the document type in a symbol: "QĐ-BNV" -> QĐ, "KH/TU" -> KH, "2010/QĐ-UBND" -> QĐ; None for "UBND-KT"."""
    bare = re.sub(r"^\d{4}/", "", symbol)
    head = re.split(r"[-/.:]", bare, maxsplit=1)[0]
    return head or None
