"""Zones of the head by rules: quốc hiệu, issuer, number, place and date, type, subject (trích yếu) and addressees (Kính gửi)."""

from __future__ import annotations

import re
from dataclasses import replace

from models.letter import TextOrigin, Zone
from models.segmentation.anchors import document_type_line, is_place_date, split_type_line
from models.segmentation.lineview import LineView, item_mark
from models.segmentation.walk import Walk
from models.text import vn_regex

_BODY_OPENERS = re.compile(
    r"^(can cu|thuc hien|theo|de\b|nham|trong|ngay \d|qua|sau khi|tiep theo|phuc dap|dap|tra loi|xet|hien nay|vua qua|thoi gian|chieu theo|"
    r"duoc su|tren co so|thi hanh|kinh thua|ke tu|nhan duoc|nhan dip|lien quan|kinh gui .{20,})\b"
)
NUMBERED = re.compile(r"^\s*\d{1,2}[.)/]\s*\S.{3,140}[;,.]?$")
"""A numbered item in one line, as of an addressee."""
_ACTING_BODY = re.compile(r"^(Sở|Bộ|Ủy ban|Uỷ ban|UBND|Hội đồng|Văn phòng|Ban(?!\s+hành)|Cục|Chi cục|Tổng cục|Phòng|Công an|Viện|Tòa án|Liên đoàn|Hội|Đoàn|Thường trực|Chủ tịch|Thủ tướng|Chính phủ)\s.{40,}")
_WORN_NUMBER = vn_regex(r"^.{1,16}?[/\\]\s?[§U][§L§U&]{1,8}(\s?[-–]\s?[§U][§L§U&]*)*\W{0,3}$")
_BARE_DATE = re.compile(r"^ngay \d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\.?$")
_SUBJECT_START = re.compile(r"^(v\s?[/.,]?\s?v\b|v/v|ve viec|ve )")
_ORG_START = re.compile(
    r"^(uy ban|uỷ ban|ubnd|hdnd|hoi dong|so |bo |ban |phong |chi cuc|cuc |tong cuc|tong cong ty|cong ty|truong |van phong|lien doan|hoi |doan |tinh |thanh pho|huyen|quan |thi xa|xa |"
    r"phuong|thi tran|dang |tinh uy|thanh uy|huyen uy|quan uy|toa an|vien |trung tam|benh vien|tap doan|ngan hang|kho bac|bao hiem|cong doan|bch|ban chap hanh|chi nhanh|tong lien doan|chinh phu|thu tuong|"
    r"quoc hoi|uy ban mat tran|mat tran|cong an|bo tu lenh|bo chi huy|quan khu|thanh tra|kiem toan|dai |hoc vien|dai hoc|vu |to |doi )"
)


class HeadWalk(Walk):
    """From the first line to where the body begins."""

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
            elif taken and self._left_of(first, v) and not v.lower_start and not (listed and telegram and not previous.text.endswith((";", ".", ":"))) and not (NUMBERED.match(v.text) and NUMBERED.match(previous.text)):
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
