"""Tên loại and trích yếu: what kind of letter it is and what about (Decree 30/2020 Appendix I II.5)."""

from __future__ import annotations

import re
from functools import cache

from models.document import Line
from models.extraction.fields import ZonedLines, inferred, located, trim
from models.extraction.number import type_code
from models.letter import DocumentTypeValue, FieldValue, Zone
from models.lexicons import table
from models.segmentation.anchors import document_type_line, split_type_line
from models.segmentation.lineview import LineView
from models.segmentation.paragraphs import join_lines
from models.text import fold, squeeze

# codes that stand for a type even where the letter is laid out as a công văn; the others may be a body ("CT" Cục Thuế, "CĐ" công đoàn)
_SURE_CODES = {"QĐ", "KH", "TB", "BC", "TTr", "GM", "NQ", "HD", "CTr", "KL", "BB", "QC", "QyĐ"}
_NEVER_ALONE = {"CV", "HĐ", "DA", "TT"}
# words after a type's name that say of which kind it is and begin no trích yếu
_KINDS = frozenset(["tham tra", "tham dinh", "thanh tra", "kiem tra", "kiem toan", "lien tich", "lien nganh", "lien so", "lien bo", "phoi hop", "tom tat", "giai trinh", "chuyen de", "so bo", "nhanh", "hoa toc", "khan", "lien quan", "noi bo", "bo sung", "dinh chinh"])
_OF_BODY = re.compile(r"^\s*(cua |hoi nghi (lan|ban)|dai hoi )(?!.* ve )")
_OPENING = re.compile(r"^\s*(?:[(\[“\"]?\s*V\s?[/.,]?\s?v\b\.?\s*[:;.]?\s*(?:về\s+(?:việc\s+)?)?|Về\s+việc\s*:?\s*|Về\s*:?\s+|Trích yếu\s*:\s*)", re.IGNORECASE)


@cache
def codes() -> dict[str, tuple[str, ...]]:
    """Code of a type to the names it may stand for, the commonest first."""
    found: dict[str, list[str]] = {}
    for row in table("document_types"):
        if row["code"]:
            found.setdefault(row["code"], [])
            if row["name"] not in found[row["code"]]:
                found[row["code"]].append(row["name"])
    return {code: tuple(names) for code, names in found.items()}


@cache
def code_of() -> dict[str, str]:
    """Name of a type to its code, state usage first."""
    found: dict[str, str] = {"công văn": "CV"}
    for row in table("document_types"):
        if row["code"]:
            found.setdefault(row["name"], row["code"])
    return found


def document_type(zoned: ZonedLines, symbol: str | None) -> DocumentTypeValue:
    """The printed type, else the type that the symbol's code names, else công văn (which names none)."""
    for line in zoned.of(Zone.DOCUMENT_TYPE):
        view = as_view(line)
        name = document_type_line(view)
        span = line.span
        if name is None:
            joined = split_type_line(view)
            if joined is None:
                continue
            name, length = joined
            span = (line.span[0], line.span[0] + length)
        field = located(zoned.document, name, trim(zoned.document, span), confidence=0.97)
        return DocumentTypeValue(**field.model_dump(), code=code_of().get(name))
    code = type_code(symbol) if symbol else None
    letter_like = bool(zoned.of(Zone.ADDRESSEES)) or bool(zoned.of(Zone.SUBJECT))
    if code and code in codes() and (code in _SURE_CODES or (code not in _NEVER_ALONE and not letter_like)):
        name = codes()[code][0]
        return DocumentTypeValue(**inferred(name, confidence=0.7).model_dump(), code=code_of().get(name))
    return DocumentTypeValue(**inferred("công văn", confidence=0.9).model_dump(), code="CV")


def subject(zoned: ZonedLines) -> FieldValue | None:
    """Trích yếu nội dung without "V/v" or "Về việc", wrapped lines joined."""
    lines = zoned.first_run(Zone.SUBJECT)
    document = zoned.document
    for line in zoned.of(Zone.DOCUMENT_TYPE):
        view = as_view(line)
        joined = split_type_line(view) if document_type_line(view) is None else None
        if joined:
            rest = squeeze(line.text)[joined[1]:].strip()
            if fold(rest).lower().startswith("cua "):
                continue  # "QUYẾT ĐỊNH CỦA UBND TỈNH …": the issuer, not the subject
            if lines and fold(rest).lower().strip(" .:*") in _KINDS:
                continue  # "BÁO CÁO THẨM TRA", "KẾT LUẬN THANH TRA": what kind of report it is
            value = _strip(join_lines([rest, *[x.text for x in lines]]))
            if value:
                end = lines[-1].span[1] if lines else line.span[1]
                start = line.span[0] + line.text.find(rest.split()[0], joined[1] - 1)
                return located(document, value, trim(document, (start, end)))
    while len(lines) > 1 and _OF_BODY.match(fold(lines[0].text).lower()):
        lines = lines[1:]  # "CHỈ THỊ / CỦA BAN THƯỜNG VỤ TỈNH ỦY / về …": the body, not the subject
    if not lines:
        return None
    value = _strip(join_lines([line.text for line in lines]))
    if not value:
        return None
    start, end = lines[0].span[0], lines[-1].span[1]
    raw = document.text[start:end]
    opening = _OPENING.match(raw)
    start += opening.end() if opening else 0
    return located(document, value, trim(document, (start, end), " \t\n.;:*"), confidence=0.9)


def _strip(text: str) -> str:
    text = squeeze(text)
    opening = _OPENING.match(text)
    if opening:
        text = text[opening.end():]
    text = re.sub(r"\s*[-–—_*]{3,}\s*$", "", text)
    return text.strip(" *;:").removesuffix("./.").rstrip(" .") if not text.endswith("...") else text


def as_view(line: Line) -> LineView:
    """A line on its own as the segmenter sees it."""
    text = squeeze(line.text)
    letters = [c for c in text if c.isalpha()]
    return LineView(line, 0, text, fold(text).lower(), len(letters), sum(c.isupper() for c in letters) / len(letters) if letters else 0.0)
