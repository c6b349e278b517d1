"""Lines with their gold zones: letters of the corpus read in many forms, as the segmenter will meet them.

A letter is written as plain text, as noisy text, typed PDF, DOCX or a scan, and goes through the real readers; each line of
what was read is then found again in the letter's own text, whose zones are known. So the training data hold what readers do
to a letter: columns put apart, lines wrapped, letters misread, furniture that no gold knows.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rapidfuzz import fuzz

from corpus.generate import vary
from corpus.gold import segments
from corpus.model import AnnotatedLetter
from corpus.noise.text import NOISES, make_noise
from corpus.render.__main__ import render
from models.document import Document
from models.errors import CongvanError
from models.letter import Zone
from models.reading import read
from models.text import fold
from training.zones_habits import with_habits

CLEAN, PDF, DOCX = "text", "pdf", "docx"
NOISY = tuple(kind for kind in NOISES if kind != "one_line")
"""Noises that training and evaluation use; a letter on one line has lines only after the reader guessed them."""
GRADES = ("clean", "light", "scan", "hard", "fax")
_ALIKE = 72
_GONE = "\x00"
_SIGNED = re.compile(r"^\W*(đã )?ký\W*$|^\W*đã ký (và|tên).{0,16}$", re.IGNORECASE)


@dataclass(slots=True)
class ZonedLetter:
    """A letter as it was read in one form, and the gold zone of each of its lines."""

    letter: str
    form: str
    document: Document
    zones: list[Zone]
    generated: bool = False
    """Made of a generated letter, not of a written one."""


def line_zone(zone: Zone) -> Zone:
    """The zone that a segmenter of lines is to give: whether a paragraph directs (``task``) is asked after it."""
    return Zone.BODY if zone == Zone.TASK else zone


def align(document: Document, letter: AnnotatedLetter, *, tasks: bool = False) -> list[Zone]:
    """The gold zone of every line of ``document``, which was made of ``letter``; what the letter does not hold is furniture.

    ``tasks``: with ``task`` told from ``body``.
    """
    places = [""] * len(letter.text)
    for piece in segments(letter):
        for i in range(piece.span[0], min(piece.span[1], len(places))):
            places[i] = str(piece.zone)
    zones: list[Zone] = []
    for line, origins in zip(document.lines, origins_of_lines(document, letter), strict=True):
        names = [name for i in origins if (name := places[i])]
        if not names or _SIGNED.match(line.text):
            zones.append(Zone.PAGE_FURNITURE)
        elif names[0] == Zone.DOCUMENT_TYPE:
            zones.append(Zone.DOCUMENT_TYPE)  # type and subject in one line: the type's
        else:
            # two columns that came out as one line belong to the left one, whose extractors can cut it
            first = names.count(names[0]) >= 0.25 * len(names)
            zone = Zone(names[0] if first else max(set(names), key=lambda n: (names.count(n), n)))
            zones.append(zone if tasks else line_zone(zone))
    return zones


def origins_of_lines(document: Document, letter: AnnotatedLetter) -> list[list[int]]:
    """For every line of ``document``, which was made of ``letter``, the offsets in the letter's text of its letters and digits; empty for what is not the letter's."""
    key, origins = key_of(letter.text)
    left = key
    position = 0
    keys = [key_of(line.text)[0] for line in document.lines]
    # lines that stand in the letter word for word take their place first, so that a damaged line cannot take it
    found: list[tuple[int, int] | None] = []
    for one in keys:
        start = _nearest(left, one, position) if len(one) >= 4 else (position if one and left.startswith(one, position) else -1)
        if start < 0:
            found.append(None)
            continue
        found.append((start, start + len(one)))
        left = left[:start] + _GONE * len(one) + left[start + len(one):]
        position = start + len(one)
    for i, one in enumerate(keys):
        if found[i] is None and len(one) >= 4:
            best = fuzz.partial_ratio_alignment(one, left, score_cutoff=_ALIKE if len(one) > 8 else 80)
            if best is not None and best.dest_end > best.dest_start and left.count(_GONE, best.dest_start, best.dest_end) < 0.5 * len(one):
                found[i] = (best.dest_start, best.dest_end)
                left = left[:best.dest_start] + _GONE * (best.dest_end - best.dest_start) + left[best.dest_end:]
    return [
        [origins[i] for span in ([place] if place else _pieces(line.text, key)) for i in range(*span)]
        for place, line in zip(found, document.lines, strict=True)
    ]


def _pieces(text: str, key: str) -> list[tuple[int, int]]:
    """Where the words of a line stand that was put together of several (a row of a table): none where half of it is unknown."""
    words = [w for w in (key_of(part)[0] for part in text.split()) if w]
    spans: list[tuple[int, int]] = []
    first = 0
    while first < len(words):
        for last in range(len(words), first, -1):
            part = "".join(words[first:last])
            if len(part) >= 6 and (start := key.find(part)) >= 0:
                spans.append((start, start + len(part)))
                first = last
                break
        else:
            first += 1
    return spans if sum(b - a for a, b in spans) >= 0.5 * sum(map(len, words)) else []


def key_of(text: str) -> tuple[str, list[int]]:
    """Letters and digits without marks and case, and where each stood."""
    out: list[str] = []
    origins: list[int] = []
    for i, char in enumerate(text):
        if char.isalnum():
            plain = fold(char).lower()
            out.append(plain)
            origins.extend([i] * len(plain))
    return "".join(out), origins


def _nearest(text: str, part: str, position: int) -> int:
    """The occurrence of ``part`` that is nearest to ``position``, or -1."""
    after = text.find(part, position)
    before = text.rfind(part, 0, position)
    if after < 0 or (before >= 0 and position - before - len(part) < after - position - 40):
        return before
    return after


def read_form(letter: AnnotatedLetter, form: str, seed: int, *, habits: bool = False) -> ZonedLetter | None:
    """``letter`` written in one form (text, a noise, pdf, docx, ``scan GRADE``) and read again; None where it cannot be read.

    ``habits``: with habits of real letters put into forms of plain text (``training.zones_habits``).
    """
    if form == CLEAN or form in NOISES:
        text = letter.text if form == CLEAN else make_noise(letter, form, seed=seed).text
        if habits:
            text = with_habits(letter, text, Random(f"{letter.id}/{form}/{seed}"))
        data, name = text.encode(), "thu.txt"
    else:
        kind, _, grade = form.partition(" ")
        with tempfile.TemporaryDirectory() as folder:
            render(letter, Path(folder), [kind], grade or "clean", seed)
            path = next(p for p in sorted(Path(folder).iterdir()) if p.suffix in (".pdf", ".docx"))
            data, name = path.read_bytes(), path.name
    try:
        document = read(data, name)
    except CongvanError:
        return None
    return ZonedLetter(letter.id, form, document, align(document, letter))


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which forms of a letter are made. ``generated``: variants of each letter beside the written one."""

    noises: int = 3
    pdf: bool = True
    docx: bool = True
    generated: int = 1

    def forms(self, number: int, seed: int) -> list[str]:
        """The forms of letter ``number``: noises in turn, so that every letter has other ones."""
        found = [CLEAN]
        found += [NOISY[(number * self.noises + k + seed) % len(NOISY)] for k in range(min(self.noises, len(NOISY)))]
        return [*found, *[PDF] * self.pdf, *[DOCX] * self.docx]


def training_letters(letters: Sequence[AnnotatedLetter], recipe: Recipe, *, seed: int = 0, habits: bool = True) -> Iterator[ZonedLetter]:
    """Every letter, and generated variants of it, in the forms of the recipe; clean text stays as it is written."""
    for number, letter in enumerate(letters):
        for form in recipe.forms(number, seed):
            if (one := read_form(letter, form, seed + number, habits=habits and form != CLEAN)) is not None:
                yield one
        for k in range(recipe.generated):
            other = vary(letter, seed * 7919 + k + 1).letter
            for form in (CLEAN, NOISY[(number + k + seed) % len(NOISY)], PDF):
                if (one := read_form(other, form, seed + number + 31 * (k + 1), habits=habits)) is not None:
                    one.generated = True
                    yield one


def scanned_letters(letters: Sequence[AnnotatedLetter], count: int, *, seed: int = 0) -> Iterator[ZonedLetter]:
    """``count`` letters spread over ``letters``, rendered as scans of every grade in turn and recognised (3 to 8 seconds each)."""
    step = max(1, len(letters) // count) if count else 1
    for number, letter in enumerate(letters[::step][:count]):
        if (one := read_form(letter, f"scan {GRADES[number % len(GRADES)]}", seed + number)) is not None:
            yield one


def cached(folder: Path | None, name: str, letters: Sequence[AnnotatedLetter], make: Callable[[], Iterable[ZonedLetter]]) -> list[ZonedLetter]:
    """What ``make`` gives, kept in ``folder`` (where one is given) under ``name`` and the hash of the letters."""
    if folder is None:
        return list(make())
    digest = hashlib.sha256(repr((name, [letter.text for letter in letters])).encode()).hexdigest()[:16]
    file = folder / f"zones-{digest}.pickle"
    if file.is_file():
        loaded: list[ZonedLetter] = pickle.loads(file.read_bytes())
        return loaded
    found = list(make())
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(found))
    return found
