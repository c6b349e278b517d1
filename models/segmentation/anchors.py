"""Anchors: the lines that say by their own words which zone they are (``zone_patterns.tsv``), and names and titles."""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz import fuzz

from models.letter import TextOrigin, Zone
from models.lexicons import table, words
from models.segmentation.lineview import LineView
from models.text import fold, vn_regex

_NATIONAL = (
    "cong hoa xa hoi chu nghia viet nam",
    "doc lap - tu do - hanh phuc",
    "dang cong san viet nam",
    "doan tncs ho chi minh",
    "viet nam dan chu cong hoa",
)
_PLACE_DATE = re.compile(
    r"(?:^|,|\s)(?:ngay|nga[y¥v]|ng[aà]y)\s*[\d.…_\s/oOlI|]{0,10}\s*(?:[,.]\s*)?th[aá]ng\s*[\d.…_\s/]{0,8}\s*n[aă]m\s*[\d.…_\s]{0,8}\.?\s*$"
)
# the same line as OCR reads it when day and month are written by hand over the dots
_WORN_PLACE_DATE = re.compile(r"^[^\d,;:]{2,32},?\s*n[gqh].{0,2}[ypv]\W?.{0,12}?t[hb][aâá]ng.{0,10}n[aăà]m.{0,9}$")
_PLACE_NUMERIC_DATE = re.compile(r"^[^\d]{3,40},\s*(?:ngay\s*)?\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}\.?$")
_AUTHORITY_CODES = vn_regex(
    r"^(?:(?:TM|KT|TL|TUQ|TƯQ|T\.M|K\.T|T\.L|T\.U\.Q|UQ)\s*[.,/:]\s*(?=[§U])|(?:T/M|K/T|T/L|TM|KT|TL|TUQ|TƯQ)\s*[.,:]?\s+(?=[§U]{2})|(?:T/M|K/T|T/L)\s*[.,:]?\s*(?=[§U]{2})|Q\.\s*(?=[§U]{2}))"
)
_MODIFIER = re.compile(r"(?<=\w) (hanh dong|lien tich|lien nganh|lien bo|phoi hop|hop|bao chi|lien so|hoi nghi|lien co quan)$")
_OCR_LETTERS = str.maketrans({"Ñ": "N", "ñ": "n", "Ð": "Đ", "“": "", "”": "", '"': ""})
_NAME_WORD = vn_regex(r"^[§U][§L§U'’.-]*$")
_RANK = re.compile(
    r"^(?:(?:GS|PGS|TS|ThS|Ths|Th\.s|BS|BSCKI{1,2}|BS\.?CKI{1,2}|CKI{1,2}|CK\d|LS|KS|CN|NGND|NGƯT|TTND|TTƯT|Dr|DS|DSCKI{1,2}|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy|Thượng úy|Trung úy|"
    r"Thiếu tướng|Trung tướng|Thượng tướng|Đại tướng|Tiến sĩ|Thạc sĩ|Bác sĩ|Giáo sư|Phó Giáo sư|Luật sư|Đ/c|Ông|Bà)\s*[.,:-]*\s*)+",
    re.IGNORECASE,
)


@cache
def _patterns() -> tuple[tuple[Zone, str, re.Pattern[str]], ...]:
    return tuple((Zone(row["zone"]), row["kind"], re.compile(row["pattern"])) for row in table("zone_patterns"))


@cache
def _titles() -> tuple[str, ...]:
    return tuple(sorted((fold(title).lower() for title in words("titles")), key=len, reverse=True))


@cache
def _fields() -> frozenset[str]:
    """Kinds and fields of bodies of three words and more, folded."""
    return frozenset(fold(word).lower() for word in words("official_capitals") if word.count(" ") > 1)


@cache
def _surnames() -> frozenset[str]:
    return frozenset(words("surnames"))


@cache
def type_names() -> dict[str, str]:
    """Folded capitals of every document type's name to the name ("ke hoach" -> "kế hoạch")."""
    names = {row["name"] for row in table("document_types")}
    return {fold(name).lower(): name for name in sorted(names)}


def anchors(view: LineView) -> set[Zone]:
    """The zones whose anchor the line matches; usually none or one."""
    found: set[Zone] = set()
    texts = [view.folded]
    if view.line.origin == TextOrigin.OCR and not view.bulleted and (bare := view.folded.lstrip(" .,:;|'\"`~^_")) != view.folded:
        texts.append(bare)  # specks before the first letter
    for zone, kind, pattern in _patterns():
        for text in texts:
            match = pattern.match(text)
            if match and (kind == "start" or match.end() == len(text)):
                found.add(zone)
    if Zone.NATIONAL_TITLE not in found and is_national_title(view):
        found.add(Zone.NATIONAL_TITLE)
    return found


def is_national_title(view: LineView) -> bool:
    """Quốc hiệu, tiêu ngữ or the Party's heading, also with letters that OCR got wrong."""
    if not 12 <= len(view.folded) <= 60:
        return False
    return any(fuzz.ratio(view.folded, title) >= 82 for title in _NATIONAL)


def is_place_date(view: LineView) -> bool:
    """Địa danh và thời gian: "Hà Nội, ngày 05 tháng 01 năm 2020", blanks and pre-printed years included."""
    if len(view.folded) > 90:
        return False
    if len(view.folded) <= 60 and _WORN_PLACE_DATE.match(view.folded):
        return True
    if _PLACE_DATE.search(view.folded):
        before = re.split(r"ng[aà]y", view.folded)[0]
        return len(before.split()) <= 8
    return bool(_PLACE_NUMERIC_DATE.match(view.folded))


def is_authority(view: LineView) -> bool:
    """Thẩm quyền ký: a line that begins with TM., KT., TL., TUQ. or Q."""
    if not _AUTHORITY_CODES.match(view.text) or len(view.text) > 110:
        return False
    # "KT/ Chủ tịch" of old typewritten letters: the code is in capitals, the title need not be
    return view.upper_ratio >= 0.5 or (len(view.text) < 50 and not view.text.endswith((".", ";", ",", ":")))


def is_title(view: LineView) -> bool:
    """Chức vụ: a line that begins with a title of the lexicon, in capitals or short."""
    if len(view.text) > 90 or view.text.endswith((";", ":")):
        return False
    if view.line.origin == TextOrigin.OCR and view.line.side == "right" and worn_title(view.text):
        return True
    text = view.folded.lstrip("-– ")
    text = re.sub(r"^q\.\s*", "", text)
    if not known_title(text):
        return False
    return view.capitals or (len(view.text.split()) <= 6 and view.text[:1].isupper() and not re.search(r"[.;,:]$", view.text))


def known_title(text: str) -> bool:
    """Whether ``text`` begins with a title of the lexicon, tone marks and case aside."""
    text = fold(text).lower()
    if not text.startswith(_titles()):  # one look instead of one a title
        return False
    return any(text.startswith(title) and not text[len(title):len(title) + 1].isalpha() for title in _titles())


def worn_title(text: str) -> str | None:
    """The title of the lexicon that a line under a seal most likely was ("2u HÙ TỊCH": CHỦ TỊCH), in capitals; None where none is near.

    Only for lines in capitals: what a seal leaves of a name must not become a title.
    """
    letters = re.sub(r"[^a-z ]", "", fold(text).lower()).strip()
    upper = sum(c.isupper() for c in text)
    if not 6 <= len(letters) <= 40 or upper < 0.6 * sum(c.isalpha() for c in text):
        return None
    best = max(((fuzz.ratio(letters, fold(title).lower()), len(title), title) for title in words("titles") if len(title) >= 7), default=None)
    return best[2].upper() if best and best[0] >= 76 else None


def strip_rank(text: str) -> str:
    """A name without academic titles, ranks and courtesy before it ("TS. ", "Đại tá ")."""
    return _RANK.sub("", text.strip(" .,-–*;:"))


def is_person_name(text: str, *, strict: bool = True) -> bool:
    """Họ và tên: two to six capitalised words that begin with a Vietnamese surname (any capitalised word if not strict)."""
    text = strip_rank(text.translate(_OCR_LETTERS))
    if not 4 <= len(text) <= 40 or any(c.isdigit() for c in text):
        return False
    parts = text.replace(".", " ").split()
    if not 2 <= len(parts) <= 6 or not all(_NAME_WORD.match(part) for part in parts):
        return False
    if text.isupper() and len(parts) > 2 and any(f" {phrase} " in f" {fold(text).lower()} " for phrase in _fields()):
        return False  # "VỤ HÀNH CHÍNH CÔNG": what a title runs over, though Vũ is a surname
    first = fold(parts[0]).lower()
    if first in _surnames() or (len(parts) > 1 and f"{first} {fold(parts[1]).lower()}" in _surnames()):
        return not any(fold(text).lower().startswith(title + " ") or fold(text).lower() == title for title in _titles())
    return not strict and all(len(part) <= 7 for part in parts)


def document_type_line(view: LineView) -> str | None:
    """The type's name when the line is a tên loại ("KẾ HOẠCH"), perhaps letter-spaced, else None."""
    if len(view.folded) > 60:
        return None
    text = _MODIFIER.sub("", view.folded.strip(" .:*-–—_#\"'"))
    name = type_names().get(text) or type_names().get(text.replace(" ", ""))
    if name is None and re.fullmatch(r"(?:\w\s)+\w", text):
        joined = text.replace(" ", "")
        name = next((n for key, n in type_names().items() if key.replace(" ", "") == joined), None)
    if name and (view.capitals or len(view.text.split()) <= 3):
        return name
    if view.capitals and name is None and len(text) >= 7:
        close = [(fuzz.ratio(text, key), n) for key, n in type_names().items() if abs(len(key) - len(text)) <= 2]
        if close and max(close)[0] >= 88:
            return max(close)[1]
    return None


def split_type_line(view: LineView) -> tuple[str, int] | None:
    """A title line that holds type and subject ("HƯỚNG DẪN VỀ THỂ THỨC …"): the type and the offset where the subject begins."""
    if not view.capitals and not view.text[:1].isupper():
        return None
    for key, name in sorted(type_names().items(), key=lambda kv: -len(kv[0])):
        if len(key) >= 5 and view.folded.startswith(key + " "):
            first_words = view.text[: len(key)]
            if view.capitals or first_words.isupper() or re.match(r"\s*(ve viec|v/v)\b", view.folded[len(key):]):
                return name, len(key)
    return None
