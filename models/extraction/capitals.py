"""Official capitals (viết hoa) for names that a head prints in capitals: Decree 30/2020, Appendix II.

"LIÊN ĐOÀN LAO ĐỘNG TỈNH NINH BÌNH" becomes "Liên đoàn Lao động tỉnh Ninh Bình". A phrase lexicon says how kinds and fields
are written; after a word for a unit of territory everything is a place name; abbreviations stay in capitals.
"""

from __future__ import annotations

import re
from functools import cache

from models.lexicons import table, words
from models.text import match_key

_UNITS = {"tỉnh", "thành phố", "huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu", "khu vực", "tp", "tx"}
_JOINERS = {"và", "của", "về", "các", "cho", "tại", "ở", "với", "trên", "thuộc", "trực thuộc"}
# kinds of bodies whose own name follows: what no lexicon knows after them is a proper name
_NAME_TAKING = (
    "huyện ủy", "huyện uỷ", "quận ủy", "quận uỷ", "thị ủy", "thị uỷ", "tỉnh ủy", "tỉnh uỷ", "thành ủy", "thành uỷ", "đại học", "khu kinh tế", "khu công nghiệp",
    "công ty", "cổ phần", "trách nhiệm hữu hạn", "trung học phổ thông", "trung học cơ sở", "tiểu học", "mầm non", "bệnh viện", "đa khoa", "học viện",
    "tỉnh đoàn", "huyện đoàn", "quận đoàn", "thành đoàn", "thị đoàn", "tập đoàn", "tổng công ty", "điện lực", "báo", "chi nhánh",
)
_TOKEN = re.compile(r"[\w&.’']+|[^\w\s]")
_VOWELS = re.compile(r"[aeiouyăâêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
_ABBREVIATED = re.compile(r"^(?:[A-ZĐ&.]*[BCDFGHKLMNPQRSTVXĐ&]{2,}[A-ZĐ&.]*)$")


@cache
def _phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    names = list(words("official_capitals"))
    names += [row["name"] for row in table("ministries") if "/" not in row["name"]]
    for row in table("provinces"):
        names += [row["old"], row["new"], row["seat"]]
    for name in names:
        parts = tuple(_TOKEN.findall(name))
        if parts:
            phrases[tuple(match_key(p) for p in parts)] = parts
    return phrases


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(row["abbr"] for row in table("abbreviations"))


def is_abbreviation(token: str) -> bool:
    """Whether a token in capitals is an abbreviation ("UBND", "GD&ĐT"), not a Vietnamese syllable."""
    if token in _abbreviations() and not (_VOWELS.search(token[1:]) and len(token) <= 3):
        return True
    if "&" in token:
        return True
    onsets = {"CH", "GH", "GI", "KH", "NG", "NGH", "NH", "PH", "QU", "TH", "TR"}
    letters = token.strip(".")
    if not letters.isupper() or not letters.isalpha() or len(letters) < 2:
        return bool(re.match(r"^[A-ZĐ]+\d+$", token))
    match = re.match(r"^[BCDĐFGHKLMNPQRSTVXWJZ]+", letters)
    onset = match[0] if match else ""
    if len(onset) >= 2 and onset not in onsets:
        return True
    return not _VOWELS.search(letters)


def official_name(text: str) -> str:
    """``text`` (the name of a body, in any case) with official capitals; text that is not in capitals is kept as it is."""
    text = " ".join(text.split())
    letters = [c for c in text if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) / len(letters) < 0.6:
        return text
    tokens = _TOKEN.findall(text)
    gaps = _gaps(text, tokens)
    out: list[str] = []
    i = 0
    place = False
    longest = max(len(key) for key in _phrases())
    while i < len(tokens):
        token = tokens[i]
        lowered = token.lower()
        two = f"{lowered} {tokens[i + 1].lower()}" if i + 1 < len(tokens) else ""
        if is_abbreviation(token):
            out.append(token)
            i += 1
            continue
        matched = _match(tokens, i, longest)
        if two in _UNITS and not (matched and len(matched) > 2):
            out += [lowered, tokens[i + 1].lower()]
            place = True
            i += 2
        elif lowered in _UNITS and not matched:
            out.append(lowered)
            place = True
            i += 1
        elif matched:
            out += matched
            i += len(matched)
            place = " ".join(matched).lower().endswith(_NAME_TAKING)
        elif lowered in _JOINERS:
            out.append(lowered)
            i += 1
        elif place:
            out.append(token.capitalize())
            i += 1
        else:
            out.append(lowered)
            i += 1
    result = "".join(piece + gap for piece, gap in zip(out, gaps, strict=True))
    for index, char in enumerate(result):
        if char.isalpha():
            return result[:index] + char.upper() + result[index + 1:]
    return result


def _match(tokens: list[str], start: int, longest: int) -> list[str] | None:
    phrases = _phrases()
    for length in range(min(longest, len(tokens) - start), 0, -1):
        key = tuple(match_key(t) for t in tokens[start:start + length])
        if key in phrases:
            # keep the tone placement of the page, take only the case of the lexicon
            return [_case_like(t, p) for t, p in zip(tokens[start:start + length], phrases[key], strict=True)]
    return None


def _case_like(token: str, pattern: str) -> str:
    if len(pattern) > 1 and pattern.isupper():
        return token.upper()
    return token.capitalize() if pattern[:1].isupper() else token.lower()


def _gaps(text: str, tokens: list[str]) -> list[str]:
    gaps: list[str] = []
    position = 0
    for i, token in enumerate(tokens):
        position = text.index(token, position) + len(token)
        following = text.index(tokens[i + 1], position) if i + 1 < len(tokens) else len(text)
        gaps.append(text[position:following])
    return gaps
