"""Calibrated confidence: of the values given 0.9, nine in ten are right.

What the stages found is described by signs that can be read off the extraction and the page (``models.confidence_signs``), and a logistic
model a kind of field, fitted on held-out letters of all sources by ``training.calibrate``, turns them into a probability.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from models.confidence_second import SecondLook
from models.confidence_signs import SIGNS, PageEvidence, annex, calm, form_signs, task_signs, value_signs
from models.document import Document
from models.extraction.number import type_code
from models.extraction.organisations import starts_like_a_body
from models.extraction.subject import codes
from models.letter import Extraction, FieldValue, Reference, Task, Zone
from models.segmentation import Segmentation
from models.segmentation.anchors import is_person_name, known_title
from models.tasks.types import scored
from models.text import fold

__all__ = ["SIGNS", "WEIGHTS", "PageEvidence", "Rated", "calibrate", "rate"]

WEIGHTS = "weights/confidence.json"
_ZONES: dict[str, tuple[Zone, ...]] = {
    "document_type": (Zone.DOCUMENT_TYPE,), "number": (Zone.DOCUMENT_NUMBER,), "symbol": (Zone.DOCUMENT_NUMBER,), "identifier": (Zone.DOCUMENT_NUMBER,),
    "date": (Zone.PLACE_DATE,), "place": (Zone.PLACE_DATE,), "issuer": (Zone.ISSUER,), "parent_body": (Zone.PARENT_BODY,), "subject": (Zone.SUBJECT,),
    "urgency": (Zone.URGENCY,), "secrecy": (Zone.SECRECY,), "archive_note": (Zone.ARCHIVE_NOTE,), "signer.authority": (Zone.SIGNING_AUTHORITY,),
    "signer.title": (Zone.SIGNER_TITLE,), "signer.name": (Zone.SIGNER_NAME,), "addressees": (Zone.ADDRESSEES,), "recipients": (Zone.RECIPIENTS,),
    "tasks": (Zone.TASK,), "references": (),
}  # fmt: skip


@dataclass(slots=True)
class Rated:
    """One value of the extraction, the kind of field it is, and its signs (by the names of :data:`SIGNS`)."""

    kind: str
    value: FieldValue | Reference | Task
    signs: dict[str, float]

    def vector(self) -> tuple[float, ...]:
        """The signs in the order of :data:`SIGNS`; what does not concern this kind is 0."""
        return tuple(self.signs.get(name, 0.0) for name in SIGNS)


def rate(document: Document, extraction: Extraction, found: Segmentation | None = None) -> Iterator[Rated]:
    """Every value of the extraction that carries a confidence, with its signs. ``found``: the segmentation that it comes from."""
    evidence, second = PageEvidence(document), SecondLook(document, found)
    page = {"bias": 1.0, **evidence.signs, **form_signs(extraction), "head_missing": _head_missing(extraction), "calm": calm(extraction)}
    for kind, value, fits, agrees in _scalars(extraction):
        yield Rated(kind, value, {**page, **value_signs(evidence, extraction, _ZONES[kind], value.span, value.value), **second.of(kind, _ZONES[kind], value.span, value.value), "fits": fits, "agrees": agrees, "stage": value.confidence})
    for kind, items in (("addressees", extraction.addressees), ("recipients", extraction.recipients)):
        for index, item in enumerate(items):
            fits = 1.0 if re.match(r"\w", item.value) and (starts_like_a_body(item.value) or re.match(r"(?i)(?:như|nhu) ", item.value)) else 0.0
            place = {"first": float(index == 0), "last": float(index == len(items) - 1), "many": min(len(items), 12) / 12}
            yield Rated(kind, item, {
                **page, **value_signs(evidence, extraction, _ZONES[kind], item.span, item.value), **second.of(kind, _ZONES[kind], item.span, item.value), **place,
                "fits": fits, "agrees": 1.0 if len(items) > 1 else 0.0, "stage": item.confidence,
            })  # fmt: skip
    date = extraction.date.value if extraction.date else None
    for reference in extraction.references:
        span = reference.mentions[0].span if reference.mentions else None
        words = extraction.text[span[0] : span[1]] if span else (reference.title or "")
        yield Rated("references", reference, {
            **page, **value_signs(evidence, extraction, (), span, words), "stage": reference.confidence,
            "agrees": 1.0 if not (reference.date and date) or reference.date <= date else 0.0,
            "has_number": float(bool(reference.identifier)), "has_date": float(bool(reference.date)), "has_issuer": float(bool(reference.issuer)),
            "has_title": float(bool(reference.title)), "mentions": min(len(reference.mentions), 4) / 4, "annex": annex(extraction, span),
        })  # fmt: skip
    for index, task in enumerate(extraction.tasks):
        verb = max(scored(task.text).values(), default=0.0)
        yield Rated("tasks", task, {
            **page, **value_signs(evidence, extraction, _ZONES["tasks"], task.span, task.text), **task_signs(extraction, index, verb), "stage": task.confidence,
        })  # fmt: skip


def calibrate(document: Document, extraction: Extraction, found: Segmentation | None = None) -> None:
    """Replace every confidence of ``extraction`` by its calibrated probability, in place."""
    weights = _weights()
    if not weights:
        return
    for rated in list(rate(document, extraction, found)):
        model = weights.get(rated.kind) or weights.get("all")
        if model is not None:
            score = sum(weight * rated.signs.get(name, 0.0) for name, weight in model.items())
            # nothing read is certain, and nothing given impossible
            rated.value.confidence = round(min(0.999, max(0.001, 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))))), 3)


@cache
def _weights() -> dict[str, dict[str, float]]:
    path = files("models").joinpath(WEIGHTS)
    if not path.is_file():
        return {}
    loaded: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return {kind: row for kind, row in loaded.items() if isinstance(row, dict)}


def _scalars(extraction: Extraction) -> Iterator[tuple[str, FieldValue, float, float]]:
    """The scalar fields that have a value: kind, value, whether it looks like its kind, whether the letter bears it out."""
    latest = max((r.date for r in extraction.references if r.date), default=None)
    date = extraction.date.value if extraction.date else None
    signer = extraction.signer
    rows: list[tuple[str, FieldValue | None, float, float]] = [
        ("document_type", extraction.document_type, 1.0 if extraction.document_type and extraction.document_type.span else 0.0, _type_agrees(extraction)),
        ("number", extraction.number, _number_fits(extraction.number), _repeated(extraction, extraction.identifier)),
        ("symbol", extraction.symbol, _symbol_fits(extraction.symbol), _type_agrees(extraction)),
        ("identifier", extraction.identifier, _number_fits(extraction.number) * _symbol_fits(extraction.symbol), _repeated(extraction, extraction.identifier)),
        ("date", extraction.date, 1.0 if extraction.date and extraction.date.text and re.search(r"\d{4}", extraction.date.text) else 0.0,
         1.0 if not (latest and date) or latest <= date else 0.0),
        ("place", extraction.place, 1.0 if extraction.place and len(extraction.place.value.split()) <= 6 else 0.0, _place_agrees(extraction)),
        ("issuer", extraction.issuer, float(bool(extraction.issuer and starts_like_a_body(extraction.issuer.value))), _body_in_text(extraction, extraction.issuer)),
        ("parent_body", extraction.parent_body, float(bool(extraction.parent_body and starts_like_a_body(extraction.parent_body.value))),
         _body_in_text(extraction, extraction.parent_body)),
        ("subject", extraction.subject, 1.0 if extraction.subject and 12 <= len(extraction.subject.value) <= 260 else 0.0, _subject_agrees(extraction)),
        ("urgency", extraction.urgency, 1.0, 1.0),
        ("secrecy", extraction.secrecy, 1.0, 1.0),
        ("archive_note", extraction.archive_note, _archive_fits(extraction.archive_note), 1.0),
        ("signer.authority", signer.authority, _authority_fits(extraction), 1.0 if signer.title else 0.0),
        ("signer.title", signer.title, 1.0 if signer.title and known_title(signer.title.value) else 0.0, 1.0 if signer.name else 0.0),
        ("signer.name", signer.name, 1.0 if signer.name and is_person_name(signer.name.value) else 0.0, 1.0 if signer.title else 0.0),
    ]
    for kind, value, fits, agrees in rows:
        if value is not None:
            yield kind, value, fits, agrees


def _head_missing(extraction: Extraction) -> float:
    """The share of the usual parts of a letter that were not found."""
    parts = (extraction.symbol, extraction.date, extraction.place, extraction.issuer, extraction.signer.name, extraction.signer.title, extraction.recipients, extraction.subject)
    return sum(not part for part in parts) / len(parts)


def _number_fits(number: FieldValue | None) -> float:
    return 1.0 if number and re.fullmatch(r"\d{1,5}[a-zA-Z]?", number.value) else 0.0


def _symbol_fits(symbol: FieldValue | None) -> float:
    return 1.0 if symbol and re.fullmatch(r"[A-ZĐ&0-9.]+(?:[-/][A-Za-zĐđÀ-ỹ&0-9.]+)*", symbol.value) else 0.0


def _archive_fits(note: FieldValue | None) -> float:
    """"VT, QLĐT": short, begins with an office, no sentence."""
    return 1.0 if note and len(note.value) <= 45 and re.match(r"(?i)(?:vt|văn thư|văn phòng|vp|hs|hồ sơ|[A-ZĐ]{2,})\b", note.value) else 0.0


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


def _place_agrees(extraction: Extraction) -> float:
    """The place is named again in the letter."""
    if extraction.place is None:
        return 0.0
    return 1.0 if fold(extraction.text).lower().count(fold(extraction.place.value).lower()) > 1 else 0.0


def _body_in_text(extraction: Extraction, body: FieldValue | None) -> float:
    """The body is named again in the letter, as bodies name themselves."""
    if body is None:
        return 0.0
    words = fold(body.value).lower().split()[:4]
    return 1.0 if fold(extraction.text).lower().count(" ".join(words)) > 1 else 0.0


def _subject_agrees(extraction: Extraction) -> float:
    """The share of the subject's words that come again in the letter."""
    if extraction.subject is None:
        return 0.0
    words = set(re.findall(r"\w{3,}", fold(extraction.subject.value).lower()))
    rest = set(re.findall(r"\w{3,}", fold(extraction.text[extraction.subject.span[1] :] if extraction.subject.span else extraction.text).lower()))
    return len(words & rest) / len(words) if words else 0.0


def _authority_fits(extraction: Extraction) -> float:
    authority = extraction.signer.authority
    return 1.0 if authority and re.match(r"^(TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\s?[./,]?\s?\S", authority.value) and len(authority.value) <= 80 else 0.0
