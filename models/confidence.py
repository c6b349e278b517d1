"""Calibrated confidence: of the values given 0.9, nine in ten are right.

What the stages found is described by a few signs that can be read off the extraction and the page (was it recognised, how sure was
the recogniser, is it printed or inferred, does it fit the lexicon, does it agree with the rest of the letter), and a logistic
model a kind of field, fitted on held-out letters by ``training.calibrate``, turns them into a probability.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from models.document import Document
from models.extraction.number import type_code
from models.extraction.subject import codes
from models.letter import Extraction, FieldValue, Reference, Span, Task, TextOrigin
from models.segmentation.anchors import is_person_name, known_title
from models.text import fold

SIGNS = ("bias", "ocr", "recogniser", "inferred", "fits", "agrees", "length", "stage")
"""Names of the signs, in the order of the weights."""
WEIGHTS = "weights/confidence.json"


@dataclass(slots=True)
class Rated:
    """One value of the extraction, the kind of field it is, and its signs."""

    kind: str
    value: FieldValue | Reference | Task
    signs: tuple[float, ...]


class PageEvidence:
    """How sure the recogniser was of each stretch of text; 1 where the file itself gave the text."""

    def __init__(self, document: Document) -> None:
        self._lines = [line for line in document.lines if line.origin == TextOrigin.OCR]

    def of(self, span: Span | None) -> tuple[float, float]:
        """``(recognised, lowest word confidence)`` of the words in ``span``."""
        if span is None:
            return (1.0 if self._lines else 0.0), 1.0
        lowest = 1.0
        seen = False
        for line in self._lines:
            if line.span[1] <= span[0] or line.span[0] >= span[1]:
                continue
            seen = True
            inside = [w.confidence for w in line.words if w.confidence is not None and w.span[0] < span[1] and w.span[1] > span[0]]
            lowest = min([lowest, *inside] if inside else [lowest, line.confidence if line.confidence is not None else 0.8])
        return (1.0 if seen else 0.0), lowest


def rate(document: Document, extraction: Extraction) -> Iterator[Rated]:
    """Every value of the extraction that carries a confidence, with its signs."""
    evidence = PageEvidence(document)
    latest = max((r.date for r in extraction.references if r.date), default=None)
    date = extraction.date.value if extraction.date else None
    scalars: list[tuple[str, FieldValue | None, float, float]] = [
        ("document_type", extraction.document_type, 1.0 if extraction.document_type and extraction.document_type.span else 0.0, _type_agrees(extraction)),
        ("number", extraction.number, _number_fits(extraction.number), _repeated(extraction, extraction.identifier)),
        ("symbol", extraction.symbol, _symbol_fits(extraction.symbol), _type_agrees(extraction)),
        ("identifier", extraction.identifier, _number_fits(extraction.number), _repeated(extraction, extraction.identifier)),
        ("date", extraction.date, 1.0 if extraction.date and extraction.date.text and re.search(r"\d{4}", extraction.date.text) else 0.0,
         1.0 if not (latest and date) or latest <= date else 0.0),
        ("place", extraction.place, 1.0 if extraction.place and len(extraction.place.value.split()) <= 6 else 0.0, 1.0 if date else 0.0),
        ("issuer", extraction.issuer, _starts_like_a_body(extraction.issuer), _body_in_text(extraction, extraction.issuer)),
        ("parent_body", extraction.parent_body, _starts_like_a_body(extraction.parent_body), _body_in_text(extraction, extraction.parent_body)),
        ("subject", extraction.subject, 1.0 if extraction.subject and 12 <= len(extraction.subject.value) <= 260 else 0.0, _subject_agrees(extraction)),
        ("urgency", extraction.urgency, 1.0, 1.0),
        ("secrecy", extraction.secrecy, 1.0, 1.0),
        ("archive_note", extraction.archive_note, 1.0 if extraction.archive_note and len(extraction.archive_note.value) <= 45 else 0.0, 1.0),
        ("signer.authority", extraction.signer.authority, _authority_fits(extraction), 1.0 if extraction.signer.title else 0.0),
        ("signer.title", extraction.signer.title, 1.0 if extraction.signer.title and known_title(extraction.signer.title.value) else 0.0, 1.0 if extraction.signer.name else 0.0),
        ("signer.name", extraction.signer.name, 1.0 if extraction.signer.name and is_person_name(extraction.signer.name.value) else 0.0, 1.0 if extraction.signer.title else 0.0),
    ]
    for kind, value, fits, agrees in scalars:
        if value is not None:
            yield Rated(kind, value, _signs(evidence, value.span, value.span is None, fits, agrees, len(value.value), 1.0))
    for kind, items in (("addressees", extraction.addressees), ("recipients", extraction.recipients)):
        for item in items:
            fits = 1.0 if re.match(r"\w", item.value) and not re.search(r"[|_~^]", item.value) else 0.0
            yield Rated(kind, item, _signs(evidence, item.span, False, fits, 1.0 if len(items) > 1 else 0.0, len(item.value), 1.0))
    for reference in extraction.references:
        span = reference.mentions[0].span if reference.mentions else None
        complete = sum(part is not None for part in (reference.identifier, reference.date, reference.issuer)) / 3
        agrees = 1.0 if not (reference.date and date) or reference.date <= date else 0.0
        yield Rated("references", reference, _signs(evidence, span, False, complete, agrees, len(reference.identifier or ""), reference.confidence))
    for task in extraction.tasks:
        fits = 1.0 if task.assignees and task.assignees[0].explicit else 0.0
        yield Rated("tasks", task, _signs(evidence, task.span, False, fits, 1.0 if task.item else 0.0, len(task.text), task.confidence))


def calibrate(document: Document, extraction: Extraction) -> None:
    """Replace every confidence of ``extraction`` by its calibrated probability, in place."""
    weights = _weights()
    if not weights:
        return
    for rated in list(rate(document, extraction)):
        if rated.kind in ("number", "identifier", "date") and written_by_hand(document, getattr(rated.value, "span", None)):
            continue  # its own probability, weighed against the evidence of the file, says more than the general model
        model = weights.get(rated.kind) or weights.get("all")
        if model is not None:
            score = sum(w * s for w, s in zip(model, rated.signs, strict=True))
            rated.value.confidence = round(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), 3)


def written_by_hand(document: Document, span: Span | None) -> bool:
    """Whether a word of ``span`` was read from handwriting, with values that compete."""
    return span is not None and any(
        word.options for line in document.lines if line.span[0] < span[1] and span[0] < line.span[1]
        for word in line.words if word.span[0] < span[1] and span[0] < word.span[1]
    )


@cache
def _weights() -> dict[str, list[float]]:
    path = files("models").joinpath(WEIGHTS)
    if not path.is_file():
        return {}
    loaded: dict[str, list[float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return loaded


def _signs(evidence: PageEvidence, span: Span | None, inferred: bool, fits: float, agrees: float, length: int, stage: float) -> tuple[float, ...]:
    recognised, lowest = evidence.of(span)
    # a doubtful word weighs more the less sure it is
    doubt = math.sqrt(1 - max(0.0, min(1.0, lowest)))
    return (1.0, recognised, -doubt, float(inferred), fits, agrees, min(length, 400) / 400, stage)


def _number_fits(number: FieldValue | None) -> float:
    return 1.0 if number and re.fullmatch(r"\d{1,5}[a-zA-Z]?", number.value) else 0.0


def _symbol_fits(symbol: FieldValue | None) -> float:
    return 1.0 if symbol and re.fullmatch(r"[A-ZĐ&0-9.]+(?:[-/][A-Za-zĐđÀ-ỹ&0-9.]+)*", symbol.value) else 0.0


def _type_agrees(extraction: Extraction) -> float:
    """The printed type and the code of the symbol say the same (or both none)."""
    if extraction.symbol is None or extraction.document_type is None:
        return 0.5
    names = codes().get(type_code(extraction.symbol.value) or "", ())
    if not names:
        return 1.0 if extraction.document_type.value == "công văn" else 0.5
    return 1.0 if extraction.document_type.value in names else 0.0


def _repeated(extraction: Extraction, identifier: FieldValue | None) -> float:
    """The letter's number stands again in its text (an annex: "Kèm theo Quyết định số …")."""
    if identifier is None:
        return 0.0
    return 1.0 if extraction.text.replace(" ", "").count(identifier.value.replace(" ", "")) > 1 else 0.0


def _starts_like_a_body(body: FieldValue | None) -> float:
    from models.extraction.organisations import starts_like_a_body

    return 1.0 if body and starts_like_a_body(body.value) else 0.0


def _body_in_text(extraction: Extraction, body: FieldValue | None) -> float:
    """The body is named again in the letter, as bodies name themselves."""
    if body is None:
        return 0.0
    words = fold(body.value).lower().split()[:4]
    return 1.0 if fold(extraction.text).lower().count(" ".join(words)) > 1 else 0.0


def _subject_agrees(extraction: Extraction) -> float:
    """Half of the subject's words or more come again in the letter."""
    if extraction.subject is None:
        return 0.0
    words = set(re.findall(r"\w{3,}", fold(extraction.subject.value).lower()))
    rest = set(re.findall(r"\w{3,}", fold(extraction.text[extraction.subject.span[1]:] if extraction.subject.span else extraction.text).lower()))
    return len(words & rest) / len(words) if words else 0.0


def _authority_fits(extraction: Extraction) -> float:
    authority = extraction.signer.authority
    return 1.0 if authority and re.match(r"^(TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\s?[./,]?\s?\S", authority.value) and len(authority.value) <= 80 else 0.0
