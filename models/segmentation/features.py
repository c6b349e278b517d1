"""What the learned segmenter sees of a line: its words, its place, its look, its neighbours, and what the rules say of it.

Every feature is a short string that is present or absent. What a format does not tell (boxes, weight, alignment in plain text)
is simply absent, so one model serves plain text, typed files and recognised pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from models.letter import TextOrigin, Zone
from models.segmentation.anchors import document_type_line, is_authority, is_person_name, is_place_date, is_title
from models.segmentation.lineview import LineView, item_mark

NEAR = 2
"""Lines above and below whose signs a line takes as its own."""
_WORDS = re.compile(r"[a-z]+|\d+|[^\w\s]")
_DATE = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|ngay.{1,20}thang")
_SYMBOL = re.compile(r"\d\s?[/-]\s?[a-z]{2,}|\d/\d{4}/")
_BODY_KIND = re.compile(
    r"^(uy ban|ubnd|hdnd|hoi dong|so|bo|ban|phong|chi cuc|cuc|tong cuc|tong cong ty|cong ty|truong|van phong|lien doan|hoi|doan|tinh uy|thanh uy|huyen uy|"
    r"dang uy|dang bo|toa an|vien|trung tam|benh vien|tap doan|ngan hang|kho bac|bao hiem|cong doan|cong an|mat tran|bch|btv)\b"
)
_BUCKETS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45, 70)


def line_features(views: Sequence[LineView], anchors: Sequence[set[Zone]], rules: Sequence[Zone] | None) -> list[list[str]]:
    """The features of every line. ``rules``: the zones by rules, or None to do without them."""
    own = [_own(view, anchor) for view, anchor in zip(views, anchors, strict=True)]
    sizes = sorted(v.line.font_size for v in views if v.line.font_size)
    body_size = sizes[len(sizes) // 2] if sizes else None
    widths = _page_widths(views)
    above, below = _landmarks(anchors), _landmarks(anchors, reverse=True)
    total = len(views)
    found: list[list[str]] = []
    for i, view in enumerate(views):
        features = ["bias", *own[i][0], *own[i][1], *_look(views, i, body_size, widths)]
        features += [f"top={_bucket(i)}", f"end={_bucket(total - 1 - i)}", f"tenth={10 * i // total}", f"above={above[i]}", f"below={below[i]}"]
        if rules is not None:
            zone = rules[i].value
            features += [f"rule={zone}", f"rule={zone}&{_shape(view)}"]
            features += [f"rule={zone}&a={a.value}" for a in anchors[i]]
            for step in (-2, -1, 1, 2):
                other = rules[i + step].value if 0 <= i + step < total else "edge"
                features.append(f"rule{step:+d}={other}")
                if abs(step) == 1:
                    features.append(f"rule{step:+d}={other}&{zone}")
            features.append(f"run={_bucket(_run(rules, i))}&{zone}")
        for step in range(-NEAR, NEAR + 1):
            if step == 0:
                continue
            if not 0 <= i + step < total:
                features.append(f"{step:+d}:edge")
                continue
            features += [f"{step:+d}:{name}" for name in own[i + step][0]]
        found.append(features)
    return found


def _own(view: LineView, anchors: set[Zone]) -> tuple[list[str], list[str]]:
    """Features of the line alone: those that its neighbours take too, and those that are only its own."""
    line, text = view.line, view.text
    shared = [f"a={zone.value}" for zone in anchors]
    shared += [_shape(view), f"len={_bucket(len(text) // 8)}", f"last={text[-1:]}" if not text[-1:].isalnum() else "last=word"]
    mark = item_mark(text)
    if mark:
        sign = mark[0].strip()
        shared.append("item=" + ("dash" if not sign[:1].isalnum() else "number" if sign[0].isdigit() else "letter" if len(sign) <= 3 else "word"))
    if is_person_name(text):
        shared.append("person")
    if is_title(view):
        shared.append("title")
    if is_authority(view):
        shared.append("authority")
    if is_place_date(view):
        shared.append("placedate")
    if document_type_line(view):
        shared.append("typeline")
    if _BODY_KIND.match(view.folded):
        shared.append("body")
    if line.cell is not None:
        shared.append(f"cell={'layout' if line.cell.layout else 'data'}")
    if line.side:
        shared.append(f"side={line.side}")
    if line.role != "text":
        shared.append(f"role={line.role}")
    words = _WORDS.findall(view.folded)
    letters = [w for w in words if w[0].isalpha()]
    own = [f"w0={w}" for w in words[:1]]
    own += ["w01=" + " ".join(words[:2]), "w02=" + " ".join(words[:3])]
    own += [f"w={w}" for w in dict.fromkeys(letters[:12])]
    own += [f"wl={w}" for w in letters[-1:]]
    own += ["b=" + " ".join(pair) for pair in pairwise(letters[:7])]
    if not view.lower_start:
        own.append("start=upper")
    if view.folded.startswith(("ve viec", "v/v", "ve ")):
        own.append("start=about")
    if _DATE.search(view.folded):
        own.append("has=date")
    if _SYMBOL.search(view.folded):
        own.append("has=symbol")
    if ":" in text:
        own.append("has=colon")
    if "(" in text:
        own.append("has=bracket")
    if not letters:
        own.append("has=noletters")
    if line.origin == TextOrigin.OCR:
        own.append(f"ocr={_bucket(int(10 * (line.confidence if line.confidence is not None else 0.9)))}")
    return shared, own


def _shape(view: LineView) -> str:
    """Case and kind of the line in a word."""
    if view.letters == 0:
        return "shape=figures"
    if view.capitals:
        return "shape=capitals"
    if view.bulleted:
        return "shape=bullet"
    if view.lower_start:
        return "shape=lower"
    return "shape=title" if view.text.istitle() or view.upper_ratio > 0.25 else "shape=sentence"


def _look(views: Sequence[LineView], i: int, body_size: float | None, widths: dict[int, tuple[float, float]]) -> list[str]:
    """Size, weight, alignment, gap, indent and width, where the format tells them."""
    line = views[i].line
    features: list[str] = [f"page={min(line.page, 3)}"]
    if i and views[i - 1].line.page != line.page:
        features.append("newpage")
    if line.whole_paragraph:
        features.append("whole")
    if line.bold is not None:
        features.append(f"bold={line.bold}")
    if line.italic:
        features.append("italic")
    if line.alignment:
        features.append(f"align={line.alignment}")
    if line.font_size and body_size:
        features.append(f"size={max(-3, min(3, round((line.font_size - body_size) / 1.0)))}")
    if line.gap_before:
        features.append(f"gap={min(6, int(line.gap_before // 6))}")
    edges = widths.get(line.page)
    if line.box and edges and edges[1] > edges[0]:
        width = edges[1] - edges[0]
        left, right = (line.box[0] - edges[0]) / width, (line.box[2] - edges[0]) / width
        features += [f"x0={round(left * 10)}", f"x1={round(right * 10)}", f"x={round(left * 5)},{round(right * 5)}"]
        features.append("middle" if abs(left + right - 1) < 0.06 and left > 0.06 else "notmiddle")
        if i and (before := views[i - 1].line.box) and views[i - 1].line.page == line.page:
            features.append(f"dy={max(-2, min(6, round((line.box[1] - before[3]) / 6)))}")
            features.append(f"dx={max(-4, min(4, round((line.box[0] - before[0]) / 20)))}")
    return features


def _page_widths(views: Sequence[LineView]) -> dict[int, tuple[float, float]]:
    """Left and right edge of the text of every page, in points."""
    edges: dict[int, tuple[float, float]] = {}
    for view in views:
        if view.line.box:
            left, right = edges.get(view.line.page, (view.line.box[0], view.line.box[2]))
            edges[view.line.page] = (min(left, view.line.box[0]), max(right, view.line.box[2]))
    return edges


def _landmarks(anchors: Sequence[set[Zone]], *, reverse: bool = False) -> list[str]:
    """For every line the last anchor before it (after it if ``reverse``) that orders a letter, and how far away it stands."""
    kept = (Zone.NATIONAL_TITLE, Zone.DOCUMENT_NUMBER, Zone.ADDRESSEES, Zone.RECIPIENTS, Zone.ARCHIVE_NOTE, Zone.SIGNING_AUTHORITY, Zone.APPENDIX)
    order = range(len(anchors) - 1, -1, -1) if reverse else range(len(anchors))
    result = [""] * len(anchors)
    last, since = "none", 0
    for i in order:
        result[i] = f"{last},{_bucket(since)}"
        since += 1
        for zone in kept:
            if zone in anchors[i]:
                last, since = zone.value, 0
    return result


def _run(rules: Sequence[Zone], i: int) -> int:
    """How many lines before ``i`` have its zone without a break."""
    start = i
    while start and rules[start - 1] == rules[i]:
        start -= 1
    return i - start


def _bucket(number: int) -> int:
    """The number, coarser as it grows."""
    for step, limit in enumerate(_BUCKETS):
        if number < limit:
            return step
    return len(_BUCKETS)
