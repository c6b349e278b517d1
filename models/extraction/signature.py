"""Thẩm quyền, chức vụ, họ tên người ký (Decree 30/2020 Article 13, Appendix I II.7)."""

from __future__ import annotations

import re

from models.document import Line
from models.extraction.fields import ZonedLines, inferred, located, trim
from models.extraction.repair import restore_marks, restore_surname
from models.letter import FieldValue, Signer, TextOrigin, Zone
from models.lexicons import words
from models.segmentation.anchors import is_person_name, known_title, strip_rank, worn_title
from models.text import fold, match_key, squeeze

_CODE = re.compile(r"^\s*(?:(?:TM|KT|TL|TUQ|TƯQ|UQ|T/M|K/T|T/L|T\.M|K\.T|T\.L|T\.U\.Q)\s*(?:[.,/:]|(?=\s))|Q\.)\s*(?=\S)")
# under "KT. …" stands the deputy's own title (Decree 30/2020 Article 13), never more of the authority
_DEPUTY = re.compile(r"^\W*(?:PHÓ|THỨ TRƯỞNG)\s")
_RUNNING = (Zone.BODY, Zone.TASK, Zone.RECIPIENTS, Zone.ARCHIVE_NOTE, Zone.TABLE)
_PART = re.compile(r"^(?:nguoi|ben|dai dien ben) (?:uy quyen|giao|cap|gioi thieu|moi|a)$")
_OCR_LETTERS = str.maketrans("ÑñÐ", "NnĐ")
_SECOND_TITLE = re.compile(r"(?<=\S)(?<!TỔNG)(?<!PHÓ)\s+(?=(?:PHÓ|THỨ TRƯỞNG|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|VỤ TRƯỞNG|CỤC TRƯỞNG|BỘ TRƯỞNG|GIÁM ĐỐC|CHỦ TỊCH|TRƯỞNG BAN)\b)")


def signer(zoned: ZonedLines) -> Signer:
    """The first signer: authority lines joined by " / ", title and name."""
    zones = [Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE, Zone.SIGNER_NAME]
    begin = _behind_others(zoned)
    lines = [(line, zone) for line, zone in _block(zoned)[begin:] if zone in zones]
    authority: list[list[Line]] = []
    title: list[Line] = []
    name: Line | None = None
    for line, zone in lines:
        if zone == Zone.SIGNER_NAME:
            name = _likeliest_name([x for x, z in lines[lines.index((line, zone)):] if z == Zone.SIGNER_NAME])
            break
        if zone == Zone.SIGNING_AUTHORITY and authority and _DEPUTY.match(line.text):
            title.append(line)
        elif zone == Zone.SIGNING_AUTHORITY:
            if title and authority:
                if _CODE.match(line.text):
                    break  # the second signer's
            elif authority and not _CODE.match(line.text):
                authority[-1].append(line)
            else:
                authority.append([line])
        else:
            title.append(line)
    # "NGƯỜI ỦY QUYỀN" over a title is the part that the signer takes in the paper, no authority that he signs by
    authority = [group for group in authority if not _PART.match(fold(group[0].text).lower().strip(" *:"))]
    # a few letters on a recognised page beside a title are what was seen of the seal
    title = [line for line in title if line.origin != TextOrigin.OCR or sum(c.isalpha() for c in line.text) > 3] or title
    result = Signer()
    document = zoned.document
    if authority:
        texts = [squeeze(" ".join(line.text for line in group)) for group in authority]
        if not title:
            # authority and title printed on one line
            code = _CODE.match(texts[-1])
            split = _SECOND_TITLE.search(texts[-1], code.end() + 3 if code else 3)
            if split:
                last = authority[-1][-1]
                at = last.text.rfind(texts[-1][split.end():].split()[0])
                if at > 0:
                    result.title = located(document, _clean(texts[-1][split.end():]), trim(document, (last.span[0] + at, last.span[1])), marks=True)
                    texts[-1] = texts[-1][: split.start()]
        if authority[-1][-1].origin == TextOrigin.OCR and not title and result.title is None:
            texts[-1], result.title = _worn_deputy(texts[-1])
        span = trim(document, (authority[0][0].span[0], authority[-1][-1].span[1]))
        result.authority = located(document, " / ".join(_clean(t) for t in texts), span, marks=True)
    if title:
        span = trim(document, (title[0].span[0], title[-1].span[1]))
        result.title = located(document, _clean(" ".join(line.text for line in title)), span, marks=True)
        if title[0].origin == TextOrigin.OCR and len(title) == 1 and not known_title(result.title.value):
            result.title.value = worn_title(title[0].text) or result.title.value
    if result.title is None and result.authority is not None and re.match(r"^Q\s?\.\s?\w", result.authority.value) and " / " not in result.authority.value:
        # who acts as head ("Q. CỤC TRƯỞNG") signs in an office of his own, for nobody else
        result.title, result.authority = result.authority, None
    if name is not None:
        value = strip_rank(squeeze(name.text)).strip(" .,;:-–*'\"“”|_")
        at = name.text.find(value.split()[0]) if value else 0
        if name.origin == TextOrigin.OCR:
            value = restore_surname(value.translate(_OCR_LETTERS))
        start = name.span[0] + max(at, 0)
        result.name = located(document, value, trim(document, (start, name.span[1])))
    return result


def _block(zoned: ZonedLines) -> list[tuple[Line, Zone]]:
    """Lines with their zones; a short word in capitals between two lines of a title ("PHÓ TRƯỞNG BAN THƯỜNG / TRỰC") is part of it."""
    result = list(zip(zoned.lines, zoned.zones, strict=True))
    titles = (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE)
    for i in range(1, len(result) - 1):
        line, zone = result[i]
        (above, zone_above), (_, zone_below) = result[i - 1], result[i + 1]
        if (
            zone == Zone.PAGE_FURNITURE and zone_above in titles and zone_below in (*titles, Zone.SIGNER_NAME) and line.side == above.side
            and line.origin != TextOrigin.OCR and re.fullmatch(r"[^\W\d_]{2,8}(?: [^\W\d_]{2,8})?", line.text.strip()) and line.text.isupper()
        ):
            result[i] = (line, zone_above)
    return result


def _behind_others(zoned: ZonedLines) -> int:
    """Index of the first line behind the signatures that are not the issuer's (secretary, who is authorised); 0 where none leads."""
    begin, other = 0, False
    heads = [fold(head).lower() for head in words("not_the_signer")]
    names = [i for i, zone in enumerate(zoned.zones) if zone == Zone.SIGNER_NAME]
    for at, last in zip(names, [-1, *names], strict=False):
        above = range(max(last + 1, at - 8), at)
        other = any(len(zoned.lines[i].text) < 60 and fold(zoned.lines[i].text).lower().lstrip(" -*").startswith(tuple(heads)) for i in above if zoned.zones[i] not in _RUNNING)
        if not other:
            break
        begin = at + 1
    return 0 if other else begin


def _likeliest_name(lines: list[Line]) -> Line:
    """The first signer's name among lines that may be one: what a recogniser makes of a seal over the name is no name."""
    near = [line for line in lines[:3] if line.span[0] - lines[0].span[0] < 120]
    return next((line for strict in (True, False) for line in near if is_person_name(line.text, strict=strict)), lines[0])


def _worn_deputy(text: str) -> tuple[str, FieldValue | None]:
    """Split an authority line that a seal ran together with the title under it.

    Who signs KT. (ký thay) is the deputy of the head he signs for (Decree 30/2020 Article 13): where the rest is illegible the title
    follows from the authority.
    """
    mended = restore_marks(text)
    match = re.match(r"^\s*K\s?[./]?\s?T\s*[.,/:]?\s*", mended)
    if match is None:
        return text, None
    head = next((t for t in sorted(words("titles"), key=len, reverse=True) if match_key(mended[match.end():]).startswith(match_key(t))), None)
    if head is None or len(mended) - match.end() - len(head) < 4:
        return text, None
    deputy = {"Bộ trưởng": "Thứ trưởng"}.get(head, f"Phó {head}")
    return mended[: match.end() + len(head)], inferred(deputy.upper(), confidence=0.6)


def _clean(text: str) -> str:
    return squeeze(text).strip(" ,;:-–*|_")
