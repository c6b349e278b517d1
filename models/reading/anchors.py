"""Fixed phrases of an official letter by which its head and foot are known, whatever the layout did to them.

Source: Decree 30/2020/NĐ-CP, Appendix I, and the forms of Party, unions and youth union (DOMAIN 1.3, 2). The titles of
signers stand in ``tables/signer_titles.txt``, family names in ``tables/surnames.txt``. All patterns are linear.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from models.reading import tables

_BASE: Final = "aăâeêioôơuưy"
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
LOWER: Final = "a-zđ" + "".join(
    c for v in _BASE for t in ("", *_TONES) if (c := unicodedata.normalize("NFC", v + t)) > "z"
)
"""Small letters of Vietnamese, for a character class. (The range à-ỹ will not do: it holds capitals too.)"""
UPPER: Final = "A-Z" + LOWER.removeprefix("a-z").upper()
"""Capital letters of Vietnamese, for a character class."""
_GAP = r"\s{0,8}"


def _letters(phrase: str) -> str:
    """Pattern of a phrase whose blanks may be missing (words run together) or many."""
    return _GAP.join(re.escape(word) for word in phrase.split())


NATIONAL: Final = re.compile(rf"{_letters('CỘNG')}{_GAP}H(?:ÒA|OÀ){_GAP}{_letters('XÃ HỘI CHỦ NGHĨA VIỆT NAM')}", re.I)
"""Quốc hiệu, in one piece."""
NATIONAL_START: Final = re.compile(rf"CỘNG{_GAP}H(?:ÒA|OÀ){_GAP}XÃ{_GAP}HỘI", re.I)
MOTTO: Final = re.compile(
    rf"ĐỘC{_GAP}LẬP{_GAP}[-–—−]{{0,2}}{_GAP}TỰ{_GAP}DO{_GAP}[-–—−]{{0,2}}{_GAP}HẠNH{_GAP}PHÚC", re.I
)
"""Tiêu ngữ."""
PARTY: Final = re.compile(rf"ĐẢNG{_GAP}CỘNG{_GAP}SẢN{_GAP}VIỆT{_GAP}NAM|ĐOÀN{_GAP}TNCS{_GAP}HỒ{_GAP}CHÍ{_GAP}MINH")
"""Heading of Party and youth union letters, capitals only: the words also stand in running text."""

_DAY = r"(?:\d{1,2}|[.…_\s]{0,12})"
DATE: Final = re.compile(
    rf"ngày{_GAP}{_DAY}{_GAP}tháng{_GAP}{_DAY}{_GAP}năm{_GAP}(?:\d{{2,4}}|[.…_]{{1,12}})?"
    r"|ngày\s{1,4}\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{4}",
    re.I,
)
_UNIT = r"(?:[Tt]hành phố|[Tt]hị xã|[Tt]hị trấn|[Hh]uyện|[Tt]ỉnh|[Qq]uận|[Pp]hường|[Xx]ã|TP\.?|Tp\.?|TX\.?|T\.P\.?)"
_NAME_WORD = rf"(?:[{UPPER}][{LOWER}']+|\d{{1,2}}\b)"
PLACE_DATE: Final = re.compile(
    rf"(?<![\w/&-])(?:{_UNIT}\s{{0,2}})?{_NAME_WORD}(?:(?:\s|\s?-\s?){_NAME_WORD}){{0,5}}{_GAP},?{_GAP}(?:{DATE.pattern})",
    re.U,
)
"""Địa danh and date: capitalised words of mixed case before "ngày", so that codes in capitals are no part of it."""
NUMBER: Final = re.compile(rf"^\W{{0,3}}Số\s{{0,4}}[:.]?\s{{0,12}}(?:\d|/|[.…_]{{2,}}|[{UPPER}]{{2,}})", re.I)
"""Number line."""
SUBJECT: Final = re.compile(r"^\W{0,2}(?:V\s?/\s?v|V\.\s?v|Về việc|Trích yếu)\b", re.I)
TO: Final = re.compile(r"Kính\s{0,3}gửi|Kính\s{0,3}trình", re.I)
RECIPIENTS: Final = re.compile(r"N[ơo]i\s{0,3}nh[ậạâ]n(?:\s{0,3}(?:văn bản|thông báo))?\s{0,4}[:;.\-–]", re.I)
RECIPIENTS_LINE: Final = re.compile(r"^\W{0,3}N[ơo]i\s{0,3}nh[ậạâ]n\b", re.I)
ARCHIVE: Final = re.compile(r"^\W{0,4}Lưu\b", re.I)
AUTHORITY: Final = re.compile(rf"(?:(?:TUQ|TMUB|TM|KT|TL|T/M|K/T|T/L)(?:\s?[.,]\s?|\s)|Q\s?\.\s?)(?=[{UPPER}])")
"""Quyền hạn before the title (KT., TM., TL., TUQ., Q.)."""

_TITLES = "|".join(sorted((_letters(t) for t in tables.words("signer_titles")), key=len, reverse=True))
SIGNER_TITLE: Final = re.compile(rf"(?:{_TITLES})(?!\w)")
"""Title of a signer in capitals."""
SIGN_START: Final = re.compile(rf"(?:{AUTHORITY.pattern}|(?:{_TITLES})(?!\w))")
"""Where a signature block begins: authority or title in capitals."""
SIGNED: Final = re.compile(r"^\W{0,3}\(?\s?(?:Đã\s?ký|đã ký|ĐÃ KÝ|ký tên)[^)]{0,40}\)?\W{0,3}$")

_SURNAMES = "|".join(tables.words("surnames"))
PERSON: Final = re.compile(rf"(?:{_SURNAMES})(?:\s{{1,3}}[{UPPER}][{LOWER}']{{1,6}}){{1,4}}$")
"""A person's name at the end of a line, in mixed case, by its family name."""

SEPARATOR: Final = re.compile(r"^[\s\-–—−_*=~.…|o•●◦‾¯─━═+]*$")
"""A line of nothing but rules."""
SEPARATOR_TAIL: Final = re.compile(r"(?<=[^\W\d_])\s*(?:[*=~─━═]{2,}|[-–—_]{3,})\s*$")
SEPARATOR_HEAD: Final = re.compile(r"^\s*(?:[*=~─━═]{3,}|[-–—_]{4,})\s*(?=[^\W\d_])")


def head_mark(text: str) -> bool:
    """Whether ``text`` holds a phrase that stands only in the head."""
    return bool(
        NATIONAL_START.search(text)
        or MOTTO.search(text)
        or PARTY.search(text)
        or NUMBER.match(text)
        or PLACE_DATE.fullmatch(text.strip(" .;"))
    )


def foot_mark(text: str) -> bool:
    """Whether ``text`` holds a phrase that stands only in the foot."""
    return bool(RECIPIENTS_LINE.match(text) or AUTHORITY.match(text.strip()) or SIGNER_TITLE.fullmatch(text.strip()))
