"""Zones by rules: a walk over the lines from the head, and one from the foot.

The form of a letter is fixed (Decree 30/2020 Appendix I; 36-HD/VPTW for the Party): a head of two columns, perhaps a
title, the addressees, the body, and a foot of two columns. The walk knows the order and the anchors, not the layout, so
it works on plain text; sides and alignment are used where the reader knows them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from models.letter import TextOrigin, Zone
from models.segmentation.anchors import (
    anchors,
    document_type_line,
    is_authority,
    is_person_name,
    is_place_date,
    is_title,
    split_type_line,
)
from models.segmentation.lineview import LineView, item_mark
from models.text import vn_regex

_BODY_OPENERS = re.compile(
    r"^(can cu|thuc hien|theo|de\b|nham|trong|ngay \d|qua|sau khi|tiep theo|phuc dap|dap|tra loi|xet|hien nay|vua qua|thoi gian|chieu theo|"
    r"duoc su|tren co so|thi hanh|kinh thua|ke tu|nhan duoc|nhan dip|lien quan|kinh gui .{20,})\b"
)
_NUMBERED = re.compile(r"^\s*\d{1,2}[.)/]\s*\S.{3,140}[;,.]?$")
_ACTING_BODY = re.compile(r"^(Sở|Bộ|Ủy ban|Uỷ ban|UBND|Hội đồng|Văn phòng|Ban(?!\s+hành)|Cục|Chi cục|Tổng cục|Phòng|Công an|Viện|Tòa án|Liên đoàn|Hội|Đoàn|Thường trực|Chủ tịch|Thủ tướng|Chính phủ)\s.{40,}")
_WORN_NUMBER = vn_regex(r"^.{1,16}?[/\\]\s?[§U][§L§U&]{1,8}(\s?[-–]\s?[§U][§L§U&]*)*\W{0,3}$")
_DECIDES = re.compile(r"^(ra )?(quyet dinh|quyet nghi|chi thi)\s*:?\s*$")
_BARE_DATE = re.compile(r"^ngay \d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\.?$")
_CLOSING = re.compile(r"^(tran trong|xin (tran trong )?cam on|rat mong|kinh de nghi .{0,80}xem xet|tran trong (kinh|cam))")
_RULE_LINE = re.compile(r"^[\W_oO]*$")
_SUBJECT_START = re.compile(r"^(v\s?[/.,]?\s?v\b|v/v|ve viec|ve )")


def label_lines(views: list[LineView]) -> list[Zone]:
    """The zone of every line, by rules alone."""
    return _Walk(views).run()


def label_with_anchors(views: list[LineView]) -> tuple[list[Zone], list[set[Zone]]]:
    """The zone of every line by rules, and the anchors that each line matches."""
    walk = _Walk(views)
    return walk.run(), walk.anchors


class _Walk:
    def __init__(self, views: list[LineView]) -> None:
        self.views = views
        self.zones: list[Zone] = [Zone.BODY] * len(views)
        self.anchors = [anchors(v) for v in views]
        for i, v in enumerate(views):
            if v.line.role in ("page_number", "overlay", "header", "footer") or _RULE_LINE.match(v.text):
                self.anchors[i] = {Zone.PAGE_FURNITURE}
            elif Zone.PAGE_FURNITURE in self.anchors[i] and len(self.anchors[i]) > 1:
                self.anchors[i].discard(Zone.PAGE_FURNITURE)

    def run(self) -> list[Zone]:
        body_start = self._head()
        foot_start, foot_end = self._foot(body_start)
        self._body(body_start, foot_start)
        if Zone.PLACE_DATE not in self.zones:
            self._late_date(max(body_start, foot_start - 4), min(foot_start + 4, len(self.views)))
        for i in range(foot_end, len(self.views)):
            self.zones[i] = Zone.PAGE_FURNITURE if self._furniture(i) else Zone.APPENDIX
        self._contact()
        return self.zones

    def _late_date(self, start: int, end: int) -> None:
        """Place and date over the signature, as in notices within an office and in letters of the people's committees of old."""
        for i in range(start, end):
            if is_place_date(self.views[i]) and len(self.views[i].text) < 70:
                self.zones[i] = Zone.PLACE_DATE
                return

    def _furniture(self, i: int) -> bool:
        return Zone.PAGE_FURNITURE in self.anchors[i]

    # ---------------------------------------------------------------- head
    def _head(self) -> int:
        """Label the head; return the index of the first line of the body (legal basis included)."""
        limit = min(len(self.views), 60)
        start = self._start()
        i = start
        seen: set[Zone] = set()
        while i < limit:
            v, found = self.views[i], self.anchors[i]
            if self._furniture(i):
                self.zones[i] = Zone.PAGE_FURNITURE
                i += 1
                continue
            if Zone.NATIONAL_TITLE in found:
                self._set(i, Zone.NATIONAL_TITLE, seen)
            elif Zone.URGENCY in found or Zone.SECRECY in found:
                self._set(i, Zone.URGENCY if Zone.URGENCY in found else Zone.SECRECY, seen)
            elif Zone.DOCUMENT_NUMBER in found and Zone.DOCUMENT_NUMBER not in seen and len(v.text) < 90:
                self._set(i, Zone.DOCUMENT_NUMBER, seen)
            elif (is_place_date(v) and Zone.PLACE_DATE not in seen) or (Zone.PLACE_DATE not in seen and _BARE_DATE.match(v.folded) and not any(is_place_date(w) for w in self.views[:40])):
                self._set(i, Zone.PLACE_DATE, seen)
            elif Zone.PLACE_DATE not in seen and self._split_place_date(i):
                self._set(i, Zone.PLACE_DATE, seen)
                self._set(i + 1, Zone.PLACE_DATE, seen)
                i += 1
            elif Zone.ADDRESSEES in found and not (v.folded.startswith("kinh") is False and Zone.DOCUMENT_TYPE not in seen):
                return self._addressees(i, seen)
            elif document_type_line(v) and self._title_position(i, seen):
                self._set(i, Zone.DOCUMENT_TYPE, seen)
                i = self._title(i + 1, seen)
                continue
            elif self._is_joined_title(i, seen):
                self._set(i, Zone.DOCUMENT_TYPE, seen)
                i = self._title(i + 1, seen, joined=True)
                continue
            elif Zone.SUBJECT in found and Zone.SUBJECT not in seen:
                i = self._subject(i, seen)
                continue
            elif Zone.LEGAL_BASIS in found or self._is_body(i, seen):
                return i
            elif Zone.DOCUMENT_NUMBER in seen and Zone.SUBJECT not in seen and Zone.DOCUMENT_TYPE not in seen and self._addressees_ahead(i):
                i = self._subject(i, seen)
                continue
            elif Zone.DOCUMENT_TYPE in seen and v.capitals and i + 1 < limit and Zone.ADDRESSEES in self.anchors[i + 1]:
                self.zones[i] = Zone.ADDRESSEES  # "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH" over "ĐIỆN:"
            elif Zone.DOCUMENT_TYPE in seen and not (v.capitals and self._legal_ahead(i)):
                return i
            elif Zone.DOCUMENT_TYPE in seen:
                self.zones[i] = Zone.BODY  # thẩm quyền ban hành: "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH"
            elif self._worn_number(i, seen):
                self._set(i, Zone.DOCUMENT_NUMBER, seen)
            elif len(v.text) <= 110:
                self._set(i, self._organisation(i, seen), seen)
            else:
                return i
            i += 1
        return i

    def _legal_ahead(self, i: int) -> bool:
        return any(Zone.LEGAL_BASIS in self.anchors[j] for j in range(i, min(i + 4, len(self.views))))

    def _worn_number(self, i: int, seen: set[Zone]) -> bool:
        """A number line that OCR could hardly read, known by its symbol alone: "sẻ để /CT-BCT"."""
        v = self.views[i]
        return (
            v.line.origin == TextOrigin.OCR and v.line.side != "right" and Zone.DOCUMENT_NUMBER not in seen and len(v.text) < 45
            and bool(_WORN_NUMBER.match(v.text))
        )

    def _split_place_date(self, i: int) -> bool:
        """The date line broken in two by a narrow column ("Lạng Sơn, ngày 13" / "tháng 01 năm 2020")."""
        if i + 1 >= len(self.views) or not re.search(r"\bngay[\s\d.…]{0,8}$|\bthang[\s\d.…]{0,8}$|\bnam$", self.views[i].folded):
            return False
        first, second = self.views[i], self.views[i + 1]
        return is_place_date(replace(first, folded=f"{first.folded} {second.folded}", text=f"{first.text} {second.text}"))

    def _start(self) -> int:
        """Skip what stands before the head (navigation of a web copy)."""
        for i, v in enumerate(self.views[:40]):
            if Zone.NATIONAL_TITLE in self.anchors[i] or Zone.DOCUMENT_NUMBER in self.anchors[i]:
                first = i
                while first > 0 and (self._org_like(first - 1) or self._furniture(first - 1)):
                    first -= 1
                for j in range(first):
                    self.zones[j] = Zone.PAGE_FURNITURE
                return first
            if Zone.ADDRESSEES in self.anchors[i] or Zone.LEGAL_BASIS in self.anchors[i]:
                break
            if len(v.text) > 200:
                break
        return 0

    def _org_like(self, i: int) -> bool:
        v = self.views[i]
        return v.letters >= 2 and len(v.text) <= 80 and (v.capitals or bool(_ORG_START.match(v.folded))) and not v.text.endswith((".", ";", ":"))

    def _set(self, i: int, zone: Zone, seen: set[Zone]) -> None:
        self.zones[i] = zone
        seen.add(zone)

    def _organisation(self, i: int, seen: set[Zone]) -> Zone:
        v = self.views[i]
        if Zone.DOCUMENT_NUMBER in seen and Zone.ISSUER in seen and not v.capitals:
            return Zone.SUBJECT if Zone.SUBJECT not in seen and Zone.DOCUMENT_TYPE not in seen else Zone.BODY
        return Zone.ISSUER

    def _title_position(self, i: int, seen: set[Zone]) -> bool:
        ahead = range(i + 1, min(i + 12, len(self.views)))
        if self.views[i].line.side == "left" and Zone.DOCUMENT_NUMBER not in seen and any(Zone.DOCUMENT_NUMBER in self.anchors[j] for j in ahead):
            return False
        return Zone.DOCUMENT_NUMBER in seen or Zone.PLACE_DATE in seen or Zone.NATIONAL_TITLE in seen or i == 0 or self.views[i].capitals

    def _is_joined_title(self, i: int, seen: set[Zone]) -> bool:
        v = self.views[i]
        if Zone.DOCUMENT_TYPE in seen or not split_type_line(v):
            return False
        if Zone.ISSUER in seen or Zone.NATIONAL_TITLE in seen:
            return Zone.DOCUMENT_NUMBER in seen or Zone.PLACE_DATE in seen
        return i <= 3

    def _addressees_ahead(self, i: int) -> bool:
        return any(Zone.ADDRESSEES in self.anchors[j] for j in range(i, min(i + 9, len(self.views))))

    def _is_body(self, i: int, seen: set[Zone]) -> bool:
        v = self.views[i]
        if len(v.text) > 160:
            return True
        if v.capitals:
            return False
        if Zone.DOCUMENT_NUMBER in seen or Zone.DOCUMENT_TYPE in seen or Zone.PLACE_DATE in seen:
            if self._addressees_ahead(i) and v.line.side != "right" and not _SUBJECT_START.match(v.folded):
                return False
            return bool(_BODY_OPENERS.match(v.folded) or _ACTING_BODY.match(v.text)) and len(v.text) > 45 and not self._addressees_ahead(i)
        return bool(_BODY_OPENERS.match(v.folded) or _ACTING_BODY.match(v.text)) and len(v.text) > 70

    def _subject(self, i: int, seen: set[Zone]) -> int:
        """V/v and the lines it runs over."""
        self._set(i, Zone.SUBJECT, seen)
        first = self.views[i]
        j = i + 1
        while j < min(len(self.views), i + 12):
            v, found = self.views[j], self.anchors[j]
            if self._furniture(j) and len(v.text) > 2:
                break
            known = {Zone.PAGE_FURNITURE} | ({Zone.DOCUMENT_NUMBER} if Zone.DOCUMENT_NUMBER in seen else set())
            if found - known or is_place_date(v) or document_type_line(v):
                break
            if first.line.side and v.line.side != first.line.side:
                break
            if _BARE_DATE.match(v.folded) and not any(is_place_date(w) for w in self.views[:40]):
                break
            if first.line.side is None and (v.capitals and not first.capitals) and self._org_like(j) and not v.lower_start:
                break
            if len(v.text) > 200 or (first.line.side is None and self._is_body(j, seen)):
                break
            if first.line.whole_paragraph and first.text.endswith((".", "./.")) and not v.lower_start:
                break
            self._set(j, Zone.SUBJECT, seen)
            j += 1
        return j

    def _title(self, i: int, seen: set[Zone], *, joined: bool = False) -> int:
        """The trích yếu under a tên loại, up to a rule, the addressees, a legal basis or the first sentence."""
        count = 0
        while i < len(self.views) and count < 14:
            v, found = self.views[i], self.anchors[i]
            if self._furniture(i):
                self.zones[i] = Zone.PAGE_FURNITURE
                if count or joined:
                    return i + 1
                i += 1
                continue
            if Zone.ADDRESSEES in found or Zone.LEGAL_BASIS in found or item_mark(v.text):
                return i
            if Zone.URGENCY in found or Zone.SECRECY in found:
                self._set(i, Zone.URGENCY if Zone.URGENCY in found else Zone.SECRECY, seen)
                i += 1
                continue
            if is_place_date(v) and Zone.PLACE_DATE not in seen:
                self._set(i, Zone.PLACE_DATE, seen)
                i += 1
                continue
            if Zone.DOCUMENT_NUMBER in found and Zone.DOCUMENT_NUMBER not in seen:
                self._set(i, Zone.DOCUMENT_NUMBER, seen)
                i += 1
                continue
            if not self._continues_title(i, count):
                return i
            self._set(i, Zone.SUBJECT, seen)
            count += 1
            i += 1
        return i

    def _continues_title(self, i: int, count: int) -> bool:
        v = self.views[i]
        previous = self.views[i - 1]
        if v.text.endswith(":") and len(v.text) < 120 and count == 0 and not _SUBJECT_START.match(v.folded):
            return False
        if count == 0:
            if re.search(r"\b(kinh moi|tran trong moi|xin moi|moi)\b", v.folded) and not v.capitals and len(v.text) > 30:
                return bool(_SUBJECT_START.match(v.folded))
            if v.capitals or _SUBJECT_START.match(v.folded):
                return True
            if v.line.bold and len(v.text) < 300:
                return True
            if v.line.alignment == "center" and len(v.text) < 200:
                return True
            if (_BODY_OPENERS.match(v.folded) or _ACTING_BODY.match(v.text)) and len(v.text) > 60 and not v.lower_start:
                return len(v.text) < 260 and not self._sentence(i)
            return len(v.text) < 260 and not v.text.endswith((".", ";", ":"))
        if re.match(r"^(chu tich|bo truong|giam doc|thu tuong|uy ban|hoi dong|ban |cuc truong|tong |chanh an|vien truong|hieu truong|thong doc)", v.folded) and v.capitals:
            # thẩm quyền ban hành of a decision stands under the trích yếu, in capitals too
            return previous.capitals and not previous.text.endswith((".", ",")) and v.folded.split()[0] in {"ban"}
        if v.line.font_size is not None and previous.line.bold and v.line.bold is False and not v.lower_start:
            return False
        if v.lower_start or (v.text.startswith(("“", '"', "«")) and not previous.text.endswith((".", ";", ":"))):
            return True
        if v.text.startswith("(") and len(v.text) < 160:
            return True
        if re.match(r"^(cua |hoi nghi (lan|ban)|dai hoi )", previous.folded) and count <= 2 and previous.capitals:
            return len(v.text) < 300 and not self._sentence(i)
        if v.line.alignment == previous.line.alignment == "center" and v.capitals == previous.capitals and not v.line.whole_paragraph:
            # set in the middle close under the line before: one block, whatever it begins with
            return v.line.gap_before is None or v.line.gap_before < 0.6 * (v.line.font_size or 12.0)
        if previous.capitals:
            return v.capitals or (v.letters == 0 and bool(re.search(r"[-–]$|(nam|den|doan)$", previous.folded)))
        if not previous.line.whole_paragraph and len(v.text) < 110 and not previous.text.endswith((".", ";", ":")) and not _BODY_OPENERS.match(v.folded):
            ahead = range(i + 1, min(i + 4, len(self.views)))
            stop = next((j for j in ahead if self._ends_title(j)), None)
            if stop is not None and not (_ACTING_BODY.match(v.text) and len(v.text) > 85) and not item_mark(v.text):
                return True
        if v.line.whole_paragraph and previous.line.whole_paragraph:
            return bool(v.line.bold and previous.line.bold and v.line.alignment == "center")
        if v.line.bold is not None and previous.line.bold is not None and v.line.bold != previous.line.bold:
            return False
        if v.line.bold and previous.line.bold and v.line.alignment == "center":
            return True
        if _BODY_OPENERS.match(v.folded):
            return False
        if v.capitals:
            return False
        return len(previous.text) > 30 and not previous.text.endswith((".", ";", ":")) and len(v.text) < 100 and v.line.alignment == "center"

    def _sentence(self, i: int) -> bool:
        """The text from line ``i`` runs to the end of a sentence before anything else of the form begins, as a body does and a title does not."""
        for j in range(i, min(i + 7, len(self.views))):
            v = self.views[j]
            if j > i and (self.anchors[j] - {Zone.PAGE_FURNITURE} or self._furniture(j) or item_mark(v.text)):
                return False
            if v.text.endswith((".", ":", ";", "./.")) and not v.text.endswith(("TP.", "Tp.")):
                return True
            if v.line.whole_paragraph:
                return False
        return True

    def _ends_title(self, j: int) -> bool:
        v = self.views[j]
        return bool(
            self.anchors[j] & {Zone.ADDRESSEES, Zone.LEGAL_BASIS} or self._furniture(j) or len(v.text) >= 110
            or _BODY_OPENERS.match(v.folded) or item_mark(v.text) or v.text.endswith(":")
        )

    def _addressees(self, i: int, seen: set[Zone]) -> int:
        """Kính gửi and its list; return the index of the first line of the body."""
        self._set(i, Zone.ADDRESSEES, seen)
        first = self.views[i]
        dotted = bool(re.search(r"[.…_]{5,}", first.text))
        alone = (not dotted and re.sub(r"^k\w*nh\s?(gui|trinh|goi)\s?[:;.]?", "", first.folded).strip(" :.-") == "") or first.folded.rstrip(" :").endswith("dien")
        telegram = first.folded.rstrip(" :").endswith("dien")
        listed = "-" in first.text[:30].split(":")[-1][:4] if ":" in first.text[:30] else False
        j = i + 1
        taken = 0 if alone else 1
        while j < min(len(self.views), i + 60):
            v, found = self.views[j], self.anchors[j]
            if self._furniture(j):
                self.zones[j] = Zone.PAGE_FURNITURE
                j += 1
                continue
            if is_place_date(v) and Zone.PLACE_DATE not in seen:
                self._set(j, Zone.PLACE_DATE, seen)
                j += 1
                continue
            if Zone.DOCUMENT_NUMBER in found and Zone.DOCUMENT_NUMBER not in seen:
                self._set(j, Zone.DOCUMENT_NUMBER, seen)
                j += 1
                continue
            if Zone.LEGAL_BASIS in found or Zone.RECIPIENTS in found or document_type_line(v):
                return j
            if Zone.ADDRESSEES in found:  # Đồng kính gửi
                self._set(j, Zone.ADDRESSEES, seen)
                taken = 0
                j += 1
                continue
            previous = self.views[j - 1]
            ended = (dotted and j == i + 1) or (previous.text.endswith(".") and not re.search(r"\b(TP|Tp|TT|T\.P|P|Q|H|VP)\.$", previous.text) and taken > 0)
            if v.bulleted:
                if ended and taken and not listed and not alone:
                    return j
                if ended and len(v.text) > 160:
                    return j
                listed = True
            elif ended:
                if not (v.text.startswith("(") and len(v.text) < 100):
                    return j
            elif taken and self._left_of(first, v) and not v.lower_start and not (listed and telegram and not previous.text.endswith((";", ".", ":"))) and not (_NUMBERED.match(v.text) and _NUMBERED.match(previous.text)):
                return j
            elif taken == 0:
                if len(v.text) > 260:
                    return j
            elif v.line.side == "right" or (v.text.startswith("(") and len(v.text) < 160) or (v.lower_start and not v.line.whole_paragraph):
                pass
            elif listed:
                # a wrapped line of an item, or the first sentence of the body
                open_item = v.lower_start and not previous.text.endswith((";", "."))
                long = len(v.text) > 120 or (previous.text.endswith(";") and len(v.text) > 60)
                if not open_item and (v.line.whole_paragraph or _BODY_OPENERS.match(v.folded) or long):
                    return j
            elif _BODY_OPENERS.match(v.folded) or len(v.text) > 110 or (v.line.whole_paragraph and len(v.text) > 60) or (not previous.text.endswith((",", ";", ":")) and len(previous.text) < 45 and not alone):
                return j
            self._set(j, Zone.ADDRESSEES, seen)
            taken += 1
            j += 1
        return j

    @staticmethod
    def _left_of(first: LineView, v: LineView) -> bool:
        """The line begins left of "Kính gửi", where paragraphs begin and addressees do not."""
        a, b = first.line.box, v.line.box
        return a is not None and b is not None and v.line.page == first.line.page and b[0] < a[0] - 15

    # ---------------------------------------------------------------- body
    def _body(self, start: int, end: int) -> None:
        legal = True
        self.decides = any(_DECIDES.match(self.views[i].folded) for i in range(start, min(end, start + 60)))
        for i in range(start, end):
            v, found = self.views[i], self.anchors[i]
            if self._furniture(i):
                self.zones[i] = Zone.PAGE_FURNITURE
            elif v.line.cell is not None and not v.line.cell.layout:
                self.zones[i] = Zone.TABLE
                legal = False
            elif (legal and Zone.LEGAL_BASIS in found and self._is_basis(i, end)) or (legal and i > start and self.zones[i - 1] == Zone.LEGAL_BASIS and not self.views[i - 1].text.endswith((";", ".")) and not v.capitals):
                self.zones[i] = Zone.LEGAL_BASIS
            elif _CLOSING.match(v.folded):
                self.zones[i] = Zone.CLOSING
                legal = False
            else:
                self.zones[i] = Zone.BODY
                legal = legal and (i - start < 40) and not v.folded.startswith(("quyet dinh", "dieu 1", "1."))

    def _is_basis(self, i: int, end: int) -> bool:
        """Căn cứ paragraphs of a decision, or of a list that ends each with ";": in other letters "Căn cứ …, Sở đề nghị …" is a sentence."""
        if self.decides:
            return True
        for j in range(i, min(i + 14, end)):
            v = self.views[j]
            if v.text.endswith((";", ",")) and (v.line.whole_paragraph or v.text.endswith(";")):
                return True
            if v.line.whole_paragraph or v.text.endswith((".", ":", "./.")):
                return False
        return False

    # ---------------------------------------------------------------- foot
    def _foot(self, body_start: int) -> tuple[int, int]:
        """Label the foot (nơi nhận, signature); return its first line and the first line after it."""
        total = len(self.views)
        receivers = [i for i in range(body_start, total) if Zone.RECIPIENTS in self.anchors[i]]
        receiver = next((i for i in receivers if self._list_follows(i)), receivers[0] if receivers else None)
        signature = self._signature_start(body_start, receiver)
        starts = [i for i in (receiver, signature) if i is not None]
        if not starts:
            archive = next((i for i in range(total - 1, body_start, -1) if Zone.ARCHIVE_NOTE in self.anchors[i] and i > total - 25), None)
            if archive is None:
                return total, total
            starts = [archive]
            while starts[0] - 1 > body_start and self.views[starts[0] - 1].bulleted and len(self.views[starts[0] - 1].text) < 90:
                starts[0] -= 1
        start = min(starts)
        if start - 1 > body_start and Zone.ARCHIVE_NOTE in self.anchors[start - 1] and self.views[start - 1].line.side == "left":
            start -= 1  # "Lưu: …" beside the signature, without Nơi nhận
        return start, self._walk_foot(start)

    def _list_follows(self, i: int) -> bool:
        window = range(i + 1, min(i + 12, len(self.views)))
        return (":" in self.views[i].text[9:] and len(self.views[i].text) > 14) or any(
            self.views[j].bulleted or Zone.ARCHIVE_NOTE in self.anchors[j] or is_authority(self.views[j]) or is_title(self.views[j]) for j in window
        )

    def _signature_start(self, body_start: int, receiver: int | None) -> int | None:
        """The first line of the signing block: authority or title, with a name under it, near Nơi nhận or near the end."""
        total = len(self.views)
        candidates: list[int] = []
        for i in range(body_start, total):
            v = self.views[i]
            closing = i >= total - 8 and is_title(v) and len(v.text) < 50 and not item_mark(v.text)
            if not (is_authority(v) or (is_title(v) and v.capitals) or closing):
                continue
            if receiver is not None and not (receiver - 14 <= i <= receiver + 60):
                continue
            if receiver is None and not self._name_below(i):
                continue
            candidates.append(i)
        if receiver is None:
            return candidates[0] if candidates else self._bare_authority(body_start)
        before = [i for i in candidates if i < receiver]
        for i in before:
            if all(self._foot_like(j) for j in range(i, receiver)):
                return i
        return next((i for i in candidates if i > receiver), None)

    def _bare_authority(self, body_start: int) -> int | None:
        total = len(self.views)
        return next((i for i in range(max(body_start, total - 6), total) if is_authority(self.views[i])), None)

    def _foot_like(self, i: int) -> bool:
        v = self.views[i]
        return (
            is_authority(v) or is_title(v) or v.capitals or is_person_name(v.text, strict=False) or self._furniture(i)
            or len(v.text) <= 25 or Zone.RECIPIENTS in self.anchors[i]
        )

    def _name_below(self, i: int) -> bool:
        for j in range(i + 1, min(i + 9, len(self.views))):
            if is_person_name(self.views[j].text):
                return True
            if not self._foot_like(j):
                return False
        return False

    def _walk_foot(self, start: int) -> int:
        total = len(self.views)
        state = Zone.RECIPIENTS if Zone.RECIPIENTS in self.anchors[start] else Zone.SIGNER_TITLE
        names = 0
        archived = listed = False
        strays = 0
        i = start
        while i < total:
            v, found = self.views[i], self.anchors[i]
            signing = v.line.side == "right" or (v.line.side is None)
            listing = v.line.side != "right"
            expected = state in (Zone.SIGNER_TITLE, Zone.SIGNING_AUTHORITY)
            listed = listed or Zone.RECIPIENTS in found
            if self._furniture(i) and not (v.folded.startswith("-") and v.letters):
                self.zones[i] = Zone.PAGE_FURNITURE
            elif Zone.RECIPIENTS in found and listing:
                self.zones[i], state = Zone.RECIPIENTS, Zone.RECIPIENTS
            elif Zone.ARCHIVE_NOTE in found and listing and not (expected and ":" not in v.text and not v.bulleted and is_person_name(v.text)):
                self.zones[i], state, archived = Zone.ARCHIVE_NOTE, Zone.ARCHIVE_NOTE, True
            elif signing and is_authority(v):
                self.zones[i], state = Zone.SIGNING_AUTHORITY, Zone.SIGNING_AUTHORITY
            elif signing and is_title(v) and (v.capitals or v.line.side == "right" or state in (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE)) and not v.bulleted:
                self.zones[i], state = Zone.SIGNER_TITLE, Zone.SIGNER_TITLE
            elif signing and not v.bulleted and self._is_name(i, state):
                self.zones[i], state = Zone.SIGNER_NAME, Zone.SIGNER_NAME
                names += 1
            elif (v.line.side == "right" and v.capitals and state in (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE)) or (v.line.side is None and v.capitals and state in (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE) and len(v.text) < 70):
                self.zones[i] = state
            elif expected and not listed and v.line.side == "left" and v.capitals and not v.bulleted and len(v.text) < 70:
                self.zones[i] = state  # the left one of two signatures side by side
            elif listing and (v.bulleted or v.line.side == "left") and not (archived and names and len(v.text) > 100):
                self.zones[i] = state = Zone.RECIPIENTS if not archived or v.bulleted else Zone.ARCHIVE_NOTE
            elif Zone.APPENDIX in found or document_type_line(v) or Zone.NATIONAL_TITLE in found:
                return i
            elif state in (Zone.RECIPIENTS, Zone.ARCHIVE_NOTE) and listing and len(v.text) < 110 and not (names and archived):
                self.zones[i] = state if self._continues_list(i) else Zone.PAGE_FURNITURE
            elif len(v.text) > 90 or (names and (archived or strays >= 3)):
                return i
            else:
                self.zones[i] = Zone.PAGE_FURNITURE
                strays += 1
            i += 1
        return total

    def _continues_list(self, i: int) -> bool:
        previous = self.views[i - 1]
        v = self.views[i]
        if re.match(r"^\((gui |dinh )?kem\b", v.folded):
            return False
        if self.zones[i - 1] == Zone.ARCHIVE_NOTE and previous.text.endswith((".", ". /.")) and (not previous.line.side or v.line.origin == TextOrigin.EMBEDDED):
            return False
        if v.text.startswith("(") or v.lower_start:
            return True
        return self.zones[i - 1] in (Zone.RECIPIENTS, Zone.ARCHIVE_NOTE) and v.letters > 1 and not re.match(r"^[a-z]:", v.folded) and not (
            self.zones[i - 1] == Zone.ARCHIVE_NOTE and previous.text.endswith(".") and len(v.text) < 4
        )

    def _is_name(self, i: int, state: Zone) -> bool:
        v = self.views[i]
        expected = state in (Zone.SIGNER_TITLE, Zone.SIGNING_AUTHORITY)
        if is_person_name(v.text):
            return expected or v.line.side == "right" or (state != Zone.SIGNER_NAME and v.line.side is None and not v.text.endswith((";", ",")))
        return state == Zone.SIGNER_TITLE and v.line.side != "left" and not is_title(v) and is_person_name(v.text, strict=False)

    # ---------------------------------------------------------------- contact
    def _contact(self) -> None:
        """Ô 13: address, telephone and web site of the issuer, wherever they stand outside the body's sentences."""
        for i, _ in enumerate(self.views):
            if self.zones[i] in (Zone.PAGE_FURNITURE, Zone.APPENDIX, Zone.ISSUER) and Zone.CONTACT in self.anchors[i]:
                self.zones[i] = Zone.CONTACT


_ORG_START = re.compile(
    r"^(uy ban|uỷ ban|ubnd|hdnd|hoi dong|so |bo |ban |phong |chi cuc|cuc |tong cuc|tong cong ty|cong ty|truong |van phong|lien doan|hoi |doan |tinh |thanh pho|huyen|quan |thi xa|xa |"
    r"phuong|thi tran|dang |tinh uy|thanh uy|huyen uy|quan uy|toa an|vien |trung tam|benh vien|tap doan|ngan hang|kho bac|bao hiem|cong doan|bch|ban chap hanh|chi nhanh|tong lien doan|chinh phu|thu tuong|"
    r"quoc hoi|uy ban mat tran|mat tran|cong an|bo tu lenh|bo chi huy|quan khu|thanh tra|kiem toan|dai |hoc vien|dai hoc|vu |to |doi )"
)
