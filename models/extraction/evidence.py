"""What the rest of the file says about a value that a clerk wrote by hand: the time of signing, the days of the
documents that it cites, the stamp of the office that received it, the signer's certificate.

A digital signature follows the letter, mostly on the same day. The reader of handwriting keeps the values that compete
for a day and a month with their probabilities; here they are weighed against that evidence, and the outcome says how sure
it is. A printed date is never changed: where a signature contradicts it, a warning says so.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date as Date

from rapidfuzz import fuzz

from models.document import Document, Word
from models.extraction.dates import iso_date, overlay_days
from models.extraction.fields import Fields
from models.letter import Span, Warning_
from models.text import fold, match_key

_FLOOR = 0.0015
"""Probability that is left for a day or month which the reader did not name."""
_LIKE = 82.0
"""Names that are alike to this degree (of 100) are one name, read badly."""


@dataclass(frozen=True, slots=True)
class DatedGuess:
    """A date and the probability that it is the letter's."""

    date: str
    probability: float


def signed_days(document: Document) -> list[str]:
    """ISO days on which the file was signed, by its signatures and by the overlays that show them, earliest first."""
    days = {one.time[:10] for one in document.signatures if one.time and one.integrity is not False}
    return sorted(days | set(overlay_days(document)))


def prior(day: str, signed: str) -> float:
    """How likely a letter of ``day`` is first signed on ``signed``: mostly at once, some days late, hardly ever before."""
    late = (Date.fromisoformat(signed) - Date.fromisoformat(day)).days
    if late < 0:
        return 0.004
    if late == 0:
        return 0.55
    if late <= 4:
        return 0.3 / 4
    return 0.1 / 26 if late <= 30 else 0.01 / (late - 20)


_CITED = re.compile(
    r"số\s*:?\s*\d[\w.]*\s?[/-]\s?[A-ZĐ][^\s,;]*,?\s+ngày\s+(\d{1,2})\s*(?:/|tháng)\s*(\d{1,2})\s*(?:/|năm)\s*(\d{4})"
)
_AFTER_CITED = 0.05
"""A letter hardly ever cites a document of a later day (a reader of the citation may have erred, so not never)."""


def cited_days(document: Document) -> list[str]:
    """ISO days of the documents that the letter cites by number, as they stand in its text."""
    days = (iso_date(int(m[1]), int(m[2]), int(m[3])) for m in _CITED.finditer(document.text))
    return sorted({day for day in days if day})


_PLANNED = re.compile(r"(?<![\d/])(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4})(?![\d/])|ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})")
_PLANS = re.compile(r"^\W*(?:ke hoach|giay moi|chuong trinh|lich)\b")
_AFTER_PLANNED = 0.08
"""A plan or an invitation hardly ever follows the last day that it plans."""


def planned_days(document: Document) -> list[str]:
    """ISO days named in the text of a plan or an invitation, the days of cited documents and the letter's own line of date left out;
    [] for letters of other types."""
    head = document.lines[:16]
    if not any(_PLANS.match(fold(line.text).lower()) for line in head):
        return []
    begin = head[-1].span[1] if len(document.lines) > 16 else 0
    text = _CITED.sub(" ", document.text[begin:])
    days = (iso_date(*(int(m[i] or m[i + 3]) for i in (1, 2, 3))) for m in _PLANNED.finditer(text))
    return sorted({day for day in days if day})


_CAME = re.compile(r"ngay\W{0,4}(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:\s?[/.\-]\s?((?:20)?\d\d))?(?!\d)")
_STAMP_READ = 0.6
"""How often the day in a stamp of incoming mail, which is written by hand too, is read right."""


def received_days(document: Document, year: int) -> list[str]:
    """ISO days in the stamps of incoming mail (dấu "ĐẾN") on the page; a stamp without a year is of the letter's ``year``."""
    days: set[str] = set()
    for line in document.overlays:
        folded = fold(" ".join(line.text.split())).lower()
        if " ky" in folded or "+07" in folded:
            continue  # the overlay of a signature
        for match in _CAME.finditer(folded):
            said = int(match[3]) % 100 + 2000 if match[3] else year
            day = iso_date(int(match[1]), int(match[2]), said)
            if day:
                days.add(day)
    return sorted(days)


def received_prior(day: str, came: str) -> float:
    """How likely a letter of ``day`` comes in on ``came``: mostly within ten days, never before it was written."""
    late = (Date.fromisoformat(came) - Date.fromisoformat(day)).days
    known = 0.0 if late < 0 else 0.85 / 11 if late <= 10 else 0.13 / 50 if late <= 60 else 0.02 / 300
    return _STAMP_READ * known + (1 - _STAMP_READ) / 365


Options = list[tuple[str, float]]
"""Values with their probabilities."""


def weigh(day: Options, month: Options, year: int, signed: str | None, cited: str | None = None, came: str | None = None, planned: str | None = None) -> DatedGuess | None:
    """The likeliest date of a year from the values read for day and month, the day of signing, the latest day of a document that
    the letter cites, the day in a stamp of incoming mail, and the last day that the letter plans. None where none exists."""
    return next(iter(weigh_all(day, month, year, signed, cited, came, planned)), None)


def weigh_all(
    day: Options, month: Options, year: int, signed: str | None, cited: str | None = None, came: str | None = None, planned: str | None = None, *, most: int = 8
) -> list[DatedGuess]:
    """The ``most`` likeliest dates of a year with their probabilities, the likeliest first."""
    days = {int(k): max(v, _FLOOR) for k, v in day if k.isdigit()}
    months = {int(k): max(v, _FLOOR) for k, v in month if k.isdigit()}
    scores: dict[str, float] = {}
    for m in range(1, 13):
        for d in range(1, 32):
            if m not in months and d not in days and signed is None:
                continue
            try:
                iso = Date(year, m, d).isoformat()
            except ValueError:
                continue
            score = math.log(days.get(d, _FLOOR)) + math.log(months.get(m, _FLOOR))
            score += math.log(_AFTER_CITED) if cited and iso < cited else 0.0
            score += math.log(_AFTER_PLANNED) if planned and iso > planned else 0.0
            score += math.log(received_prior(iso, came)) if came else 0.0
            scores[iso] = score + (math.log(prior(iso, signed)) if signed else 0.0)
    if not scores:
        return []
    top = max(scores.values())
    total = sum(math.exp(s - top) for s in scores.values())
    ordered = sorted(scores, key=lambda k: -scores[k])[:most]
    return [DatedGuess(iso, round(math.exp(scores[iso] - top) / total, 4)) for iso in ordered]


def handwritten_date(document: Document, span: Span, year: int | None) -> DatedGuess | None:
    """The date of a line whose day or month was written by hand, with the evidence of the file; None for a printed one."""
    return next(iter(handwritten_dates(document, span, year)), None)


def handwritten_dates(document: Document, span: Span, year: int | None) -> list[DatedGuess]:
    """The dates that compete for such a line, the likeliest first; none for a printed one."""
    words = [w for line in document.lines if line.span[0] < span[1] and span[0] < line.span[1] for w in line.words]
    inside = [w for w in words if w.span[0] >= span[0] and w.span[1] <= span[1]]
    competing = [w for w in inside if w.options]
    if year is None or not competing:
        return []
    days, months = _options(inside, 0), _options(inside, 1)
    if days is None or months is None:
        return []
    signed = [s for s in signed_days(document) if s[:4] == str(year)]
    cited = [c for c in cited_days(document) if c[:4] == str(year)]
    came = [*received_days(document, year), *received_days(document, year + 1)]  # a letter of December comes in in January
    came = [c for c in came if c[:4] == str(year) or c[5:7] == "01"]
    planned = [p for p in planned_days(document) if p[:4] >= str(year)]
    return weigh_all(
        days, months, year, signed[0] if signed else None, cited[-1] if cited else None, came[0] if came else None,
        planned[-1] if planned else None,
    )  # fmt: skip


def _options(words: list[Word], which: int) -> list[tuple[str, float]] | None:
    """Values of the day (0) or month (1): the words of digits before the year, read by hand or printed."""
    numbers = [w for w in words if re.fullmatch(r"\d{1,2}", w.text)]
    if len(numbers) <= which:
        return None
    word = numbers[which]
    return word.options or [(word.text.lstrip("0"), word.confidence or 0.95)]


_OWN = r"(?:kèm\s+theo|nội\s+dung|ban\s+hành)[^.;]{0,90}?số\s*:?\s*(\d{1,5}[a-z]?)\s*[/-]\s*"
_REPEATED = 12.0
"""How much likelier a value is that the letter repeats ("Kèm theo Quyết định số …"), where the reader of handwriting named it."""


def handwritten_number(document: Document, word: Word, symbol: str) -> tuple[str, float] | None:
    """The number among those read of a handwritten ``word`` that the letter's own appendices repeat before ``symbol``, and its
    probability; None for a printed number, and where nothing is repeated or nothing of it was read."""
    if not word.options:
        return None
    own = re.compile(_OWN + re.escape(symbol).replace(r"\-", r"\s*-\s*").replace("/", r"\s*/\s*") + r"(?!\w)", re.IGNORECASE)
    said = {match[1].lstrip("0") for match in own.finditer(document.text) if not match.start(1) <= word.span[0] < match.end(1)}
    weights = [(text, p * (_REPEATED if text.lstrip("0") in said else 1.0)) for text, p in word.options]
    if not any(text.lstrip("0") in said for text, _ in word.options):
        return None
    best = max(weights, key=lambda pair: pair[1])
    return best[0], round(min(0.99, best[1] / sum(p for _, p in weights)), 4)


def confirm(document: Document, fields: Fields) -> None:
    """Say which of the printed values a signature confirms, mend names that were read badly, warn of a contradiction."""
    names = {"issuer": fields.issuer, "signer": fields.signer.name}
    for signature in document.signatures:
        for kind, value in names.items():
            if value is None or not signature.signer:
                continue
            alike = fuzz.ratio(match_key(value.value), match_key(signature.signer))
            if alike < _LIKE:
                continue
            signature.agrees_with.append(kind)
            if kind == "signer" and match_key(value.value) != match_key(signature.signer) and signature.integrity:
                value.value = _as_name(signature.signer)  # the certificate spells it; the scan did not show it well
        if fields.date and signature.time and signature.time[:10] == fields.date.value:
            signature.agrees_with.append("date")
    signed = signed_days(document)
    if fields.date and signed and signed[0] < fields.date.value:
        fields.warnings.append(
            Warning_(code="date_after_signature", message=f"Ngày ban hành {fields.date.value} sau ngày ký số đầu tiên {signed[0]}.")
        )


def _as_name(name: str) -> str:
    return " ".join(w.capitalize() for w in name.split()) if name.isupper() else " ".join(name.split())
