"""Extraction: the scalar and list fields of a letter from its lines and their zones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from models.document import Document
from models.extraction.dates import parse_place_date, signing_date
from models.extraction.evidence import confirm, handwritten_date, handwritten_number
from models.extraction.fields import Fields, ZonedLines, located, trim
from models.extraction.lists import addressees, archive_note, recipients
from models.extraction.number import parse_number_line
from models.extraction.organisations import bodies
from models.extraction.signature import signer
from models.extraction.subject import document_type, subject
from models.letter import FieldValue, Warning_, Zone
from models.text import fold, squeeze

__all__ = ["Fields", "extract_fields"]

_URGENCY = {"khan": "khan", "thuong khan": "thuong_khan", "hoa toc": "hoa_toc", "hoa toc hen gio": "hoa_toc_hen_gio"}
_SECRECY = {"mat": "mat", "toi mat": "toi_mat", "tuyet mat": "tuyet_mat"}


def extract_fields(document: Document, zones: Sequence[Zone]) -> Fields:
    """All scalar and list fields; ``zones`` has one zone a line of ``document.lines``."""
    zoned = ZonedLines(document, document.lines, list(zones))
    fields = Fields()
    _number(zoned, fields)
    _place_date(zoned, fields)
    fields.issuer, fields.parent_body = bodies(zoned, fields.symbol.value if fields.symbol else None)
    fields.document_type = document_type(zoned, fields.symbol.value if fields.symbol else None)
    fields.subject = subject(zoned)
    fields.urgency = _stamp(zoned, Zone.URGENCY, _URGENCY)
    fields.secrecy = _stamp(zoned, Zone.SECRECY, _SECRECY)
    fields.addressees = addressees(zoned)
    fields.recipients = recipients(zoned)
    fields.archive_note = archive_note(zoned)
    fields.signer = signer(zoned)
    confirm(document, fields)
    _warn(fields)
    return fields


def _number(zoned: ZonedLines, fields: Fields) -> None:
    document = zoned.document
    for line in zoned.of(Zone.DOCUMENT_NUMBER):
        parts = parse_number_line(line.text)
        if parts is None:
            continue
        base = line.span[0]
        if parts.number and parts.number_span:
            span = (base + parts.number_span[0], base + parts.number_span[1])
            word = next((w for w in line.words if w.options and w.span[0] < span[1] and span[0] < w.span[1]), None)
            repeated = handwritten_number(document, word, parts.symbol) if word is not None and parts.symbol else None
            if repeated is not None and parts.identifier:
                parts = replace(parts, number=repeated[0], identifier=parts.identifier.replace(parts.number, repeated[0], 1))
            sure = repeated[1] if repeated else word.options[0][1] if word is not None else 0.9
            fields.number = located(document, parts.number or "", span, confidence=sure)
        if parts.symbol and parts.symbol_span:
            fields.symbol = located(document, parts.symbol, (base + parts.symbol_span[0], base + parts.symbol_span[1]))
        if parts.identifier and parts.symbol_span and parts.number_span:
            both = (base + parts.number_span[0], base + parts.symbol_span[1])
            fields.identifier = located(document, parts.identifier, both, confidence=fields.number.confidence if fields.number else 0.9)
        elif parts.identifier and fields.number:
            fields.identifier = FieldValue(**fields.number.model_dump(exclude={"value"}), value=parts.identifier)
        return


def _place_date(zoned: ZonedLines, fields: Fields) -> None:
    document = zoned.document
    run = zoned.first_run(Zone.PLACE_DATE)
    if run:
        start, end = run[0].span[0], run[-1].span[1]
    elif fields.symbol and fields.symbol.span and (after := [x for x in zoned.of(Zone.DOCUMENT_NUMBER) if fields.symbol.span[1] <= x.span[1]]):
        run = after[:1]  # "Số 211/CV-UB Hạ Lang, 5.3.2012": number and date on one line
        start, end = fields.symbol.span[1], run[0].span[1]
    else:
        return
    parsed = parse_place_date(document.text[start:end])
    if parsed is None:
        return
    if parsed.place and parsed.place_span:
        span = trim(document, (start + parsed.place_span[0], start + parsed.place_span[1]))
        fields.place = located(document, squeeze(parsed.place), span, marks=True)
    guess = handwritten_date(document, (start, end), parsed.partial[2])
    if guess is not None and parsed.date_span:
        span = trim(document, (start + parsed.date_span[0], start + parsed.date_span[1]))
        fields.date = located(document, guess.date, span, confidence=guess.probability)
    elif parsed.date and parsed.date_span:
        fields.date = located(document, parsed.date, trim(document, (start + parsed.date_span[0], start + parsed.date_span[1])))
    elif parsed.date_span and (signed := signing_date(document, parsed.partial)) is not None:
        fields.date = located(document, signed, trim(document, (start + parsed.date_span[0], start + parsed.date_span[1])), confidence=0.6)
    elif parsed.date_span and any(p is not None for p in parsed.partial) and all(p is not None for p in parsed.partial):
        fields.warnings.append(Warning_(code="date_impossible", message=f"Ngày ban hành không có thật: {document.text[start:end]!r}", page=run[0].page))


def _stamp(zoned: ZonedLines, zone: Zone, codes: dict[str, str]) -> FieldValue | None:
    for line in zoned.of(zone):
        key = re.sub(r"[^a-z ]", "", fold(line.text).lower()).strip()
        if key in codes:
            return located(zoned.document, codes[key], trim(zoned.document, line.span))
    return None


def _warn(fields: Fields) -> None:
    if fields.number is None:
        fields.warnings.append(Warning_(code="number_missing", message="Văn bản không ghi số (dự thảo, bản chưa đóng dấu, hoặc số viết tay không đọc được)."))
    if fields.date is None:
        fields.warnings.append(Warning_(code="date_missing", message="Không đọc được ngày ban hành."))
    if fields.issuer is None:
        fields.warnings.append(Warning_(code="issuer_missing", message="Không thấy tên cơ quan ban hành ở đầu văn bản."))
    if fields.signer.name is None:
        fields.warnings.append(Warning_(code="signer_missing", message="Không thấy họ tên người ký."))
