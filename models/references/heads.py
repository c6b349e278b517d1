"""The type that stands before a number: "Quyết định số …", "các Công điện số …", "Quyết định của Bộ Chính trị số …"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.references import lexicon
from models.references.issuers import Issuer, make_issuer, name_end, starts_name
from models.references.laws import LAW_WORD, LawName, law_at
from models.references.view import BREAK, View
from models.text import squeeze

_DIRECT = re.compile(
    r"\s*(?:\([a-z&.\- ]{1,12}\)\s*)?[:,]?\s*(?:\(\s*)?(?:s[o6](?:\s*ky\s+hieu)?\s*[:.,']*)?\s*(?:-\s*)?"
)
_OF = re.compile(
    r"\s+(?:lien\s+tich\s+)?cua\s+(?P<name>[^;¶]{2,130}?)\s*[:,]?\s*(?:(?:cac\s+)?so\s*[:.]?|:)\s*(?:-\s*)?"
)
_QUALIFIED = re.compile(r"(?P<words>(?:\s+(?:[a-z\-&]+|(?:19|20)\d\d)){1,7}?)\s+so\s*[:.]?\s*")
_NOT_QUALIFIER = re.compile(
    r"(?<![a-z])(?:cua|tai|theo|ve|va|co|da|ngay|duoc|nay|tren|trong|kem|la|voi|den|tu|neu|thi|khi|de|do|gui"
    r"|can\s+cu|mot|cac|trinh|nhan|dieu|khoan|diem|muc)(?![a-z])"
)
_PART_OF_WORD = re.compile(r"(?:phap|quy)\s+$")
_PLURAL = re.compile(r"(?:cac|nhung|hai|ba|bon|nam|02|03|04)\s+$")
_WINDOW = 170


@dataclass(frozen=True)
class Head:
    """A type word with what stands between it and the number."""

    word: lexicon.DocumentWord
    start: int
    end: int
    plural: bool = False
    issuer: Issuer | None = None
    law: LawName | None = None
    direct: bool = True
    subject: tuple[int, int] | None = None
    """What stands between type and number and says what the document is about: "Chương trình công tác năm 2023 số 2"."""


def head_before(view: View, number_start: int, floor: int) -> Head | None:
    """The type word that governs a number, looked for left of it down to ``floor``."""
    base = max(floor, number_start - _WINDOW)
    broken = view.flat.rfind(BREAK, base, number_start)
    if broken >= 0:
        base = broken + 1
    window = view.low[base:number_start]
    found = list(lexicon.ANY_TYPE.finditer(window))
    for index in range(len(found) - 1, -1, -1):
        m = found[index]
        if head := _fits(view, base, m, number_start):
            if not head.direct and (law := _law_before(view, base, found[:index], number_start)):
                return law
            return _first_of_pair(view, base, found, index, head)
    return None


def _law_before(view: View, base: int, found: list[re.Match[str]], number_start: int) -> Head | None:
    """A law whose whole name stands before the number, type words in it: "Luật Ban hành văn bản quy phạm pháp luật số"."""
    for m in found:
        head = _fits(view, base, m, number_start)
        if head and head.law:
            return head
    return None


def _fits(view: View, base: int, m: re.Match[str], number_start: int) -> Head | None:
    low = view.low
    word = lexicon.document_words()[squeeze(m[0])]
    start, end = base + m.start(), base + m.end()
    if not lexicon.is_type_word(view.flat, low, start, end, word):
        return None
    if word.kind == "law" and _PART_OF_WORD.search(low, max(0, start - 7), start):
        return None
    plural = bool(_PLURAL.search(low, max(0, start - 8), start))
    if _DIRECT.fullmatch(low, end, number_start):
        return Head(word, start, end, plural)
    if word.kind == "law":
        law_word = LAW_WORD.match(low, start)
        law = law_at(view, law_word) if law_word else None
        if law and _DIRECT.fullmatch(low, law.end, number_start):
            return Head(word, start, end, plural, law=law)
        return None
    if (of := _OF.fullmatch(low, end, number_start)) and starts_name(view, of.start("name")):
        stop = of.end("name")
        if name_end(view, of.start("name"), stop) >= stop - 1 and (issuer := make_issuer(view, of.start("name"), stop)):
            return Head(word, start, end, plural, issuer)
    qualified = _QUALIFIED.fullmatch(low, end, number_start)
    if qualified and not _NOT_QUALIFIER.search(qualified["words"]):
        return Head(word, start, end, plural, direct=False, subject=_subject(qualified))
    return None


def _subject(qualified: re.Match[str]) -> tuple[int, int] | None:
    start, end = qualified.span("words")
    return (start, end) if qualified["words"].count(" ") > 3 else None


def _first_of_pair(view: View, base: int, found: list[re.Match[str]], index: int, head: Head) -> Head:
    """In "công văn hướng dẫn số" and "Thông báo kết luận số" the first type names the document."""
    if index == 0 or head.law:
        return head
    first = found[index - 1]
    if base + first.end() > head.start or view.low[base + first.end() : head.start].strip():
        return head
    word = lexicon.document_words()[squeeze(first[0])]
    second_is_plain = view.flat[head.start].islower()
    if word.kind == "law" or not (
        second_is_plain or word.kind == "generic" or head.word.type in ("kết luận", "hướng dẫn")
    ):
        return head
    if (
        head.word.type
        in ("nghị quyết", "nghị định", "quyết định", "chỉ thị", "thông tư", "luật", "công văn", "tờ trình", "báo cáo")
        and word.kind != "generic"
    ):
        return head
    start = base + first.start()
    plural = bool(_PLURAL.search(view.low, max(0, start - 8), start))
    return Head(word, start, head.end, plural, head.issuer, None, head.direct)
