"""What the members of an enumeration share: date, issuer and title of the last, the issuer named before the first.

"các Quyết định số 1/QĐ-A, 2/QĐ-A ngày … của B về C": date, issuer and title are those of both.
"""

from __future__ import annotations

import re

from models.references.before import issuer_afterwards, look_before
from models.references.mention import Mention
from models.references.view import View

_JOINED = re.compile(
    r"\s*(?:\[\d+\]\s*)?(?:\([^()¶]{0,140}\)|\))?\s*(?:,|;)?\s*(?:(?:va|hoac|cung|cung voi)\s+)?(?:cac\s+"
    r"|so\s*:?\s*)*-?\s*"
)
_CLOSE = re.compile(
    r"\s*(?:\[\d+\]\s*)?(?:,\s*(?:va\s+)?|va\s+|hoac\s+|(?:,\s*)?cung(?:\s+voi)?\s+)(?:cac\s+|so\s*:?\s*)*"
)


def share(view: View, mentions: list[Mention], letter_date: str | None = None) -> None:
    """Fill in place what neighbours in an enumeration supply."""
    runs: list[list[Mention]] = []
    for m in mentions:
        last = runs[-1][-1] if runs else None
        if m.kind == "law" or (last and m.inside != last.inside) or last is None or last.kind == "law":
            runs.append([m])
        elif _JOINED.fullmatch(view.low, last.end, max(last.end, m.start)) or (m.group == last.group and last.plural):
            runs[-1].append(m)
        else:
            runs.append([m])
    for run in runs:
        _from_the_right(view, run)
        _from_the_left(view, run, letter_date)


def _from_the_right(view: View, run: list[Mention]) -> None:
    for left, right in zip(reversed(run[:-1]), reversed(run[1:]), strict=True):
        close = _CLOSE.fullmatch(view.low, left.end, max(left.end, right.start))
        if not close:
            if left.group == right.group and left.plural and left.issuer is None and right.issuer and not left.title:
                left.issuer, left.issuer_shared = right.issuer, True
            continue
        same_group = left.group == right.group
        if left.kind != "numbered" or right.kind != "numbered":
            continue
        bare = left.date is None and left.year is None and left.issuer is None and left.title is None
        if same_group and bare and right.date:
            left.date, left.supplied_year = right.date, right.supplied_year
        same_body = (
            left.identifier is not None
            and right.identifier is not None
            and left.identifier.body == right.identifier.body
        )
        if left.issuer is None and left.title is None and right.issuer is not None and (same_body or same_group):
            left.issuer, left.issuer_shared = right.issuer, True
        own_issuer = left.issuer is not None and not left.issuer_shared
        if left.title is None and right.title is not None and (same_group or (same_body and not own_issuer)):
            left.title, left.title_shared = right.title, True


def _from_the_left(view: View, run: list[Mention], letter_date: str | None) -> None:
    if run[0].kind == "law" or all(m.issuer and m.date for m in run):
        return
    before = look_before(view, run[0].start, letter_date)
    issuer = before.issuer
    if before.verb:
        run[0].marks.add(f"verb:{before.verb}")
    if before.date and run[0].date is None and len({m.group for m in run}) == 1:
        for m in run:
            if m.date is None:
                m.date, m.supplied_year = before.date.iso, before.date.supplied_year
    if issuer is None:
        issuer = issuer_afterwards(view, run[0].start, run[-1].end)
    if issuer is None:
        return
    first = run[0].identifier.body if run[0].identifier else None
    for m in run:
        if m.issuer is None and m.type != "luật" and (m is run[0] or (m.identifier and m.identifier.body == first)):
            m.issuer, m.issuer_shared = issuer, True
