"""Zones of the foot by rules: recipients (Nơi nhận), archive line (Lưu) and signature."""

from __future__ import annotations

import re

from models.letter import TextOrigin, Zone
from models.segmentation.anchors import document_type_line, is_authority, is_person_name, is_title
from models.segmentation.lineview import item_mark
from models.segmentation.walk import Walk


class FootWalk(Walk):
    """From where the foot begins to its last line."""

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
