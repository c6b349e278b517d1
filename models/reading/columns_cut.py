"""Where one line of text holds two things, cut it: columns merged on a line, zones glued together, rules at its ends.

Nothing here knows of more than one line; ``models.reading.columns`` decides which zone a line is in and in which order
the pieces are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from models.document import Line, union
from models.reading.anchors import (
    ARCHIVE,
    AUTHORITY,
    DATE,
    LOWER,
    MOTTO,
    NATIONAL,
    NATIONAL_START,
    NUMBER,
    PARTY,
    PERSON,
    PLACE_DATE,
    RECIPIENTS,
    SEPARATOR_HEAD,
    SEPARATOR_TAIL,
    SIGN_START,
    SIGNER_TITLE,
    SUBJECT,
    TO,
    UPPER,
)

GAP = re.compile(r"(?<=\S)(?: *\t[ \t]*| {3,})(?=\S)")
"""Blank between two columns: a tab, or three blanks and more."""
_LIST_ITEM = re.compile(r"^\W{0,3}(?:[-–—+*•]|\d{1,2}[./)]|[a-zđ][.)]|[IVXLC]{1,5}[./)])\s")
_BASIS = re.compile(
    r"(?<=[\w;.)])\s(?=(?:Căn cứ|Xét) (?:Luật|Nghị|Quyết|Thông|Pháp|Hiến|Chỉ|Kế|[Cc]ông|Chương|Văn|đề|Bộ|Kết))"
)
_PAGE_GLUED = re.compile(rf"^\s*Trang\s?\d{{1,3}}(?=[{UPPER}]{{2}})")
_SIGNED_INSIDE = re.compile(r"\(\s?(?:Đã|đã|ĐÃ)\s?(?:ký|KÝ)\s?\)")
_NATIONAL_END = re.compile(r"CHỦ\s{0,4}NGHĨA\s{0,4}VIỆT\s{0,4}NAM\s*$")
_COUNTRY = re.compile(r"(?i)(?<!\w)n(?:ước|uoc)\s*$")
"""Before the country's name in a sentence ("Ngày Pháp luật nước Cộng hòa xã hội chủ nghĩa Việt Nam"), which is no quốc hiệu."""
_ONLY_CAPITALS = re.compile(rf"^[^{LOWER}]{{2,}}$")
_RANK = re.compile(
    r"^\W*(?:(?:GS|PGS|TS|TSKH|Th\.?S|BS|BS\.?\s?CK\s?I{1,2}|CK\s?I{1,2}|BSCK[12]|CK[12]|DS|KS|LS|CN|NGND|NGƯT|TTND|TTƯT|NSND|NSƯT"
    r"|(?:Đại|Thượng|Trung|Thiếu) (?:tướng|tá|uý|úy)|Tiến s[ĩỹ]|Thạc s[ĩỹ]|Bác s[ĩỹ]|Kỹ sư|Luật sư|Giáo sư|Phó)[.,\s]*)+$",
    re.I,
)
"""Academic, medical and military titles before a name: they stay with it."""
_CODE_END = re.compile(rf"(?:[;.)]|[\d{UPPER}]{{2,}}\)?)\s*$")
_NAME_BEFORE = re.compile(r"(?<![\w/&-])")


def squeeze(text: str) -> str:
    """Blanks of every kind as one, none at the ends."""
    return " ".join(text.split())


def piece(line: Line, start: int, end: int) -> Line | None:
    """The part of ``line`` between two offsets of its text, with its words and their box; None where it is blank."""
    text = squeeze(line.text[start:end])
    if not text:
        return None
    if start <= 0 and end >= len(line.text):
        line.text = text
        return line
    words, offset = [], 0
    for word in line.words:
        found = line.text.find(word.text, offset)
        if found < 0:
            continue
        offset = found + len(word.text)
        if start <= found < end:
            words.append(word)
    boxes = [word.box for word in words if word.box]
    return replace(
        line,
        text=text,
        words=words,
        box=union(boxes) if boxes else line.box,
        label=line.label if start == 0 else None,
        gap_before=line.gap_before if start == 0 else 0.0,
        whole_paragraph=line.whole_paragraph if end >= len(line.text) else False,
    )


def cut(line: Line, places: Iterable[int]) -> list[Line]:
    """``line`` cut at the given offsets of its text, blank pieces dropped."""
    inner = sorted({p for p in places if 0 < p < len(line.text)})
    marks = [0, *inner, len(line.text)]
    pieces = (piece(line, a, b) for a, b in pairwise(marks))
    return [p for p in pieces if p is not None]


def trim_rules(text: str) -> str:
    """Without the rules ("*****", "-----") glued to its ends."""
    return SEPARATOR_HEAD.sub("", SEPARATOR_TAIL.sub("", text))


def national_spacing(text: str) -> str:
    """Quốc hiệu and tiêu ngữ whose words ran together, with single blanks; the letters stay as printed."""
    match = NATIONAL.search(text)
    if match:
        text = text[: match.start()] + _spaced(match[0], (4, 3, 2, 3, 3, 5, 4, 3)) + text[match.end() :]
    match = MOTTO.search(text)
    if match and " " not in match[0][:9].strip(" -–—−"):
        text = text[: match.start()] + _motto(match[0]) + text[match.end() :]
    return text


def _spaced(phrase: str, lengths: tuple[int, ...]) -> str:
    letters = "".join(phrase.split())
    words, at = [], 0
    for length in lengths:
        words.append(letters[at : at + length])
        at += length
    return " ".join(words)


def _motto(phrase: str) -> str:
    letters = "".join(c for c in phrase if c.isalpha())
    return f"{letters[:3]} {letters[3:6]} - {letters[6:8]} {letters[8:10]} - {letters[10:14]} {letters[14:]}"


def glued(line: Line) -> list[Line]:
    """Zones glued on one line, wherever it stands: a page number before the head, a title and a name."""
    text = line.text
    places: list[int] = []
    if match := _PAGE_GLUED.match(text):
        places.append(match.end())
    if match := _SIGNED_INSIDE.search(text):
        before, after = text[: match.start()].strip(), text[match.end() :].strip()
        if (not before or _ONLY_CAPITALS.match(before)) and (not after or PERSON.fullmatch(after)):
            places.extend((match.start(), match.end()))
    match = PERSON.search(text)
    if match and match.start() > 0:
        before = text[: match.start()]
        capitals = before.strip()
        if _ONLY_CAPITALS.match(capitals) and len(capitals) < 90:
            title = AUTHORITY.match(capitals) or SIGNER_TITLE.search(capitals)
            if title and (before[-1].isalpha() or SIGNER_TITLE.search(capitals)):
                places.append(match.start())
    return cut(line, places) if places else [line]


def columns_by_gap(line: Line) -> list[tuple[int, Line]]:
    """The pieces of a line between wide gaps or pipes, each with the column (in characters) where it begins."""
    if "|" in line.text:
        return _columns_by_pipe(line)
    if "\t" in line.text:
        # Positions in characters mean something only after tabs are spread.
        line.text = line.text.expandtabs(8) if line.text.strip("\t").count("\t") == 0 else _spread(line.text)
    places = [match.end() for match in GAP.finditer(line.text)]
    marks = [0, *places, len(line.text)]
    found: list[tuple[int, Line]] = []
    source = line.text
    for start, end in pairwise(marks):
        part = piece(replace(line, text=source), start, end)
        if part is not None:
            lead = len(source[start:end]) - len(source[start:end].lstrip())
            found.append((start + lead, part))
    return found


def _spread(text: str) -> str:
    """Tabs as at least three blanks, so that they remain gaps."""
    parts = text.split("\t")
    spread = parts[0]
    for part in parts[1:]:
        width = max(3, 8 - len(spread) % 8)
        spread += " " * width + part
    return spread


def _columns_by_pipe(line: Line) -> list[tuple[int, Line]]:
    found: list[tuple[int, Line]] = []
    start = 0
    source = line.text
    for index, cell in enumerate(source.split("|")):
        part = piece(replace(line, text=source), start, start + len(cell))
        if part is not None:
            found.append((index * 60, part))
        start += len(cell) + 1
    return found


def head_cut(line: Line, *, national_open: bool) -> list[Line]:
    """A line of the head cut at the fixed phrases of its right column.

    ``national_open``: the line above ended within quốc hiệu, so its second half may be merged on this one.
    """
    text = line.text
    places: list[int] = []
    for pattern in (NATIONAL, MOTTO, PARTY):
        if (match := pattern.search(text)) and not _COUNTRY.search(text[: match.start()]):
            places.extend((match.start(), match.end()))
    half = NATIONAL_START.search(text) or (_NATIONAL_END.search(text) if national_open else None)
    if half and not NATIONAL.search(text):
        places.append(half.start())
    if not places or NUMBER.search(text):
        places.extend(_place_date_cut(text))
    if TO.match(text) or _LIST_ITEM.match(text):
        places.extend(match.start() for match in _BASIS.finditer(text))
    return cut(line, places) if places else [line]


def _place_date_cut(text: str) -> list[int]:
    """Where địa danh and date begin (and end) on a line that begins with something else."""
    if not DATE.search(text):
        return []
    for match in PLACE_DATE.finditer(text):
        start = match.start()
        if start == 0 or not _NAME_BEFORE.match(text, start):
            continue
        rest = text[match.end() :].strip(" .,")
        before = text[:start].strip()
        if NUMBER.match(before) and not re.search(r"\bcủa\b|\bvề\b", before):
            return [start, match.end()] if rest else [start]
        if not rest and (SUBJECT.match(before) or _ONLY_CAPITALS.match(before)):
            return [start]
    return []


def foot_cut(line: Line, *, name_wanted: bool) -> list[Line]:
    """A line of the foot cut where the signature's column begins: authority, title, "(đã ký)", name.

    ``name_wanted``: a title was seen and no name yet, so a person's name at the end of a recipient is the signer's.
    """
    text = line.text
    head = RECIPIENTS.match(text)
    signature = head is None and SIGN_START.match(text.strip()) is not None
    for match in () if signature else SIGN_START.finditer(text, head.end() if head else 1):
        rest = text[match.start() :].strip()
        before = text[: match.start()]
        if not before[-1:].isspace() and not (head and match.start() == head.end()):
            continue
        if before.strip(" .").upper() in ("PHÓ", "PHÓ TỔNG", "Q", "QUYỀN", "TRỢ LÝ"):
            continue
        if _ONLY_CAPITALS.match(rest) and (SIGNER_TITLE.search(rest) or len(rest.split()) >= 3):
            return cut(line, [match.start()])
        name = PERSON.search(rest)
        if name and _ONLY_CAPITALS.match(rest[: name.start()].strip()) and SIGNER_TITLE.search(rest):
            return cut(line, [match.start(), match.start() + name.start()])
    if (signed := _SIGNED_INSIDE.search(text)) and signed.start() > 0:
        return cut(line, [signed.start(), signed.end()])
    if name_wanted and (person := PERSON.search(text)) and person.start() > 0:
        before = text[: person.start()]
        if before[-1:].isspace() and not _RANK.match(before) and (
            before.rstrip()[-1:] in ";.)" or (ARCHIVE.match(text) and _CODE_END.search(before))
        ):
            return cut(line, [person.start()])
    return [line]
