"""Noises on the text of a letter, with the way back for spans."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from corpus.data import data_table
from corpus.model import AnnotatedLetter
from corpus.noise.encodings import TCVN3, VNI
from models.letter import Span, Zone
from models.text import fold

LEFT_HEAD = (Zone.PARENT_BODY, Zone.ISSUER, Zone.DOCUMENT_NUMBER)
RIGHT_HEAD = (Zone.NATIONAL_TITLE, Zone.PLACE_DATE)
LEFT_FOOT = (Zone.RECIPIENTS, Zone.ARCHIVE_NOTE, Zone.DRAFTER)
RIGHT_FOOT = (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE, Zone.SIGNER_NAME)


@dataclass(slots=True)
class NoisyText:
    """A text made worse. ``origins[i]`` is the place in the letter's text of character ``i``, -1 for what was added."""

    text: str
    origins: list[int]
    _order: list[tuple[int, int]] = field(default_factory=list)

    def span(self, span: Span) -> Span | None:
        """Where a span of the letter now stands: from its first to its last character kept, None when all are gone."""
        if not self._order:
            self._order = sorted((origin, i) for i, origin in enumerate(self.origins) if origin >= 0)
        a = bisect_left(self._order, (span[0], -1))
        b = bisect_left(self._order, (span[1], -1))
        if a >= b:
            return None
        places = [i for _, i in self._order[a:b]]
        return min(places), max(places) + 1


Chars = list[tuple[str, int]]
Noise = Callable[[AnnotatedLetter, Random], Chars]


def make_noise(letter: AnnotatedLetter, kind: str, seed: int = 0) -> NoisyText:
    """One kind of noise (a key of NOISES) on a letter's text. Raises ValueError for an unknown kind."""
    if kind not in NOISES:
        raise ValueError(f"unknown noise {kind!r}: one of {', '.join(NOISES)}")
    chars = NOISES[kind](letter, Random(f"noise/{letter.id}/{kind}/{seed}"))
    text: list[str] = []
    origins: list[int] = []
    for written, origin in chars:
        text.append(written)
        origins.extend([origin] * len(written))
    return NoisyText("".join(text), origins)


def _plain(letter: AnnotatedLetter, span: Span | None = None) -> Chars:
    start, end = span or (0, len(letter.text))
    return [(letter.text[i], i) for i in range(start, end)]


def _added(text: str) -> Chars:
    return [(c, -1) for c in text]


def merged_columns(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Head and foot with both columns on one line, apart by blanks, a tab or a stroke."""
    gap = rng.choice(["   ", "      ", "\t", " | ", " ", "                    "])
    # A công văn has its V/v under the number, in the left column.
    head = LEFT_HEAD if letter.zones(Zone.DOCUMENT_TYPE) else (*LEFT_HEAD, Zone.SUBJECT)
    result: Chars = []
    i = 0
    blocks = letter.blocks
    while i < len(blocks):
        for left, right in ((head, RIGHT_HEAD), (LEFT_FOOT, RIGHT_FOOT)):
            j = i
            while j < len(blocks) and blocks[j].zone in (*left, *right):
                j += 1
            columns = [[ln for b in blocks[i:j] if b.zone in side for ln in b.lines] for side in (left, right)]
            if j > i and columns[0] and columns[1]:
                for row in range(max(map(len, columns))):
                    cells = [column[row] for column in columns if row < len(column)]
                    for n, line in enumerate(cells):
                        result += (_added(gap) if n else []) + _plain(letter, line.span)
                    result += _added("\n")
                i = j
                break
        else:
            for line in blocks[i].lines:
                result += _plain(letter, line.span) + _added("\n")
            i += 1
    return result[:-1] if result and result[-1] == ("\n", -1) else result


def one_line(letter: AnnotatedLetter, rng: Random) -> Chars:
    """The whole letter on one line."""
    return [(" ", o) if c == "\n" else (c, o) for c, o in _plain(letter)]


def hard_wraps(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Lines broken at a fixed width, within words of a number too ("412/TTr-" / "SKHĐT")."""
    room = rng.randint(56, 92)
    result: Chars = []
    column = 0
    chars = _plain(letter)
    for i, (c, origin) in enumerate(chars):
        if c == "\n":
            column = 0
        elif column >= room and c == " ":
            result.append(("\n", origin))
            column = 0
            continue
        elif column >= room and i and chars[i - 1][0] in "-/" and c.isalnum():
            result += _added("\n")
            column = 0
        result.append((c, origin))
        column += 1
    return result


def run_together(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Some blanks between words lost, some put inside."""
    share = rng.uniform(0.01, 0.06)
    result: Chars = []
    for c, origin in _plain(letter):
        if c == " " and rng.random() < share:
            continue
        result.append((c, origin))
        if c.isalpha() and rng.random() < share / 12:
            result += _added(" ")
    return result


def lost_tones(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Tone and letter marks lost: all of them, or on part of the lines."""
    share = rng.choice([1.0, 0.5, 0.25])
    lines = {line.span[0]: rng.random() < share for line in letter.lines}
    flat, result = False, []
    for c, origin in _plain(letter):
        flat = lines.get(origin, flat)
        result.append((fold(c) if flat else c, origin))
    return result


def detached_marks(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Decomposed letters (Unicode NFD), sometimes the tone mark set apart by a blank, as PDF printers do."""
    apart = rng.choice([0.0, 0.0, 0.15])
    result: Chars = []
    for c, origin in _plain(letter):
        parts = unicodedata.normalize("NFD", c)
        result.append((parts[0], origin))
        for mark in parts[1:]:
            if rng.random() < apart:
                result += _added(" ")
            result.append((mark, origin))
    return result


def ocr(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Confusions as recognisers make them (tables/ocr_confusions.tsv), lines cut and specks read as marks."""
    rows = [(r["seen"], r["read"], float(r["weight"])) for r in data_table("ocr_confusions")]
    first: dict[str, list[tuple[str, str, float]]] = {}
    for row in rows:
        first.setdefault(row[0][0], []).append(row)
    strength = rng.choice([0.15, 0.4, 1.0])
    result: Chars = []
    i = 0
    text = letter.text
    while i < len(text):
        for seen, read, weight in first.get(text[i], ()):
            if text.startswith(seen, i) and rng.random() < weight * strength:
                result.append((read, i))
                i += len(seen)
                break
        else:
            if text[i] == "\n" and rng.random() < 0.04 * strength:
                result += _added(rng.choice([" .", " '", "\n~", "\n|", " _"]))
            result.append((text[i], i))
            i += 1
    return result


def tcvn3(letter: AnnotatedLetter, rng: Random) -> Chars:
    """The bytes of a TCVN3 (ABC) file read as Windows-1252: "Uû ban nh©n d©n"."""
    return [(TCVN3.get(c, c), origin) for c, origin in _plain(letter)]


def vni(letter: AnnotatedLetter, rng: Random) -> Chars:
    """The letters of a VNI file: "UÛY BAN NHAÂN DAÂN"."""
    return [(VNI.get(c, c), origin) for c, origin in _plain(letter)]


def web_copy(letter: AnnotatedLetter, rng: Random) -> Chars:
    """A copy from a web page: navigation, sharing buttons and notices around the letter, blank lines between."""
    rows = data_table("web_furniture")
    before = [r["text"] for r in rows if r["where"] == "before"]
    after = [r["text"] for r in rows if r["where"] == "after"]
    result = _added("\n".join(sorted(rng.sample(before, rng.randint(3, 8)), key=before.index)) + "\n\n")
    gap = rng.choice(["\n", "\n\n", "\n \n"])
    for c, origin in _plain(letter):
        result += [("\n", origin), *_added(gap[1:])] if c == "\n" else [(c, origin)]
    return result + _added("\n\n" + "\n".join(sorted(rng.sample(after, rng.randint(3, 8)), key=after.index)))


def markdown(letter: AnnotatedLetter, rng: Random) -> Chars:
    """Markdown as converters write it: bold head, escaped dashes, blank lines between paragraphs."""
    bold = {Zone.ISSUER, Zone.NATIONAL_TITLE, Zone.DOCUMENT_TYPE, Zone.SIGNER_TITLE, Zone.SIGNER_NAME}
    result: Chars = []
    for block in letter.blocks:
        for line in block.lines:
            star = "**" if block.zone in bold and rng.random() < 0.9 else ""
            chars = _plain(letter, line.span)
            if chars and chars[0][0] in "-+" and rng.random() < 0.3:
                chars = _added("\\") + chars
            result += _added(star) + chars + _added(star + rng.choice(["\n\n", "\n\n", "  \n"]))
    while result and result[-1][1] == -1 and not result[-1][0].strip():
        result.pop()
    return result


NOISES: dict[str, Noise] = {
    "merged_columns": merged_columns,
    "one_line": one_line,
    "hard_wraps": hard_wraps,
    "run_together": run_together,
    "lost_tones": lost_tones,
    "detached_marks": detached_marks,
    "ocr": ocr,
    "tcvn3": tcvn3,
    "vni": vni,
    "web_copy": web_copy,
    "markdown": markdown,
}
