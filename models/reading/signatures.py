"""Digital signatures of a PDF (chữ ký số): who signed, when, whether the file is as it was signed, and by whose word.

Decree 30/2020 Article 5 and Circular 01/2019/TT-BNV: the body's seal signature and, often, those of the drafter, the
signer and the registry stand in one file, each over the revision before it. They are read and verified with pyHanko
(MIT), which is loaded only for files that hold one. Nothing is fetched: no revocation list, no trust list; whether a
chain is trusted can be said only where the administrator gave root certificates.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.errors import UnreadableInput
from models.letter import DigitalSignature, Warning_

_LOG = logging.getLogger(__name__)
_MOST = 40
"""Signatures of one file that are looked at; letters have one to five."""
_MARK = b"/ByteRange"
_VIETNAM = timezone(timedelta(hours=7))
for _name in ("pyhanko", "pyhanko_certvalidator"):
    # They log the names of signers with a traceback for every chain without a root; what matters is in the result.
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
_SUFFIXES = (".pem", ".crt", ".cer", ".der")


def has_signatures(data: bytes) -> bool:
    """Whether the PDF may hold signatures, told from its bytes at no cost."""
    return _MARK in data


def read_signatures(data: bytes, *, trust_roots: Sequence[str] = ()) -> tuple[list[DigitalSignature], list[Warning_]]:
    """The signatures of a PDF in the order in which they were made, and warnings about them.

    ``trust_roots`` are files (PEM or DER) of root certificates, or folders of such files; without any,
    :attr:`DigitalSignature.trusted` is None. Raises UnreadableInput for a root that is no certificate.
    """
    if not has_signatures(data):
        return [], []
    roots = load_roots(tuple(trust_roots))
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader
    except ImportError:
        return [], [
            Warning_(code="signatures_not_read", message="Tệp có chữ ký số nhưng máy chủ chưa cài pyHanko nên chưa kiểm tra.")
        ]
    try:
        embedded = list(PdfFileReader(io.BytesIO(data), strict=False).embedded_signatures)[:_MOST]
    except Exception as error:  # a broken cross-reference table, an encrypted file: pdfium may still read the text
        _LOG.debug("signatures not read: %s", error)
        return [], [Warning_(code="signatures_not_read", message="Tệp có chữ ký số nhưng không đọc được chữ ký.")]
    found = [_read(one, roots) for one in embedded]
    warnings = [
        Warning_(
            code="signature_broken",
            message=f"Chữ ký số của {one.signer or 'người ký không rõ'} không còn hợp lệ: tệp đã bị thay đổi sau khi ký.",
        )
        for one in found
        if one.integrity is False
    ]
    return found, warnings


def _read(embedded: Any, roots: tuple[Any, ...]) -> DigitalSignature:
    result = DigitalSignature(field=str(embedded.field_name or ""))
    try:
        _certificate(embedded, result)
        signed = embedded.self_reported_timestamp
        if signed is not None:
            result.time, result.time_source = signed.isoformat(), "signer"
        for name, key in (("reason", "/Reason"), ("location", "/Location")):
            value = embedded.sig_object.get(key)
            if isinstance(value, str) and value.strip():
                setattr(result, name, str(value).strip())
        _verify(embedded, result, roots)
    except Exception as error:  # one signature that is damaged must not hide the others or the letter
        _LOG.debug("signature %s not verified: %s", result.field, error)
        result.problem = f"{type(error).__name__}"
    return result


def _certificate(embedded: Any, result: DigitalSignature) -> None:
    certificate = embedded.signer_cert
    subject = certificate.subject.native
    result.signer = _first(subject.get("common_name"))
    result.organization = _first(subject.get("organization_name"))
    unit = subject.get("organizational_unit_name")
    result.unit = ", ".join(unit) if isinstance(unit, list) else unit
    result.email = _first(subject.get("email_address"))
    result.authority = _first(certificate.issuer.native.get("common_name"))
    result.serial = f"{certificate.serial_number:x}"


def _first(value: Any) -> str | None:
    return str(value[0] if isinstance(value, list) else value) if value else None


def _verify(embedded: Any, result: DigitalSignature, roots: tuple[Any, ...]) -> None:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    moment = embedded.self_reported_timestamp
    context = ValidationContext(
        trust_roots=list(roots), allow_fetching=False, moment=moment, revocation_mode="soft-fail",
        retroactive_revinfo=True, weak_hash_algos={"md2", "md5"},
    )  # fmt: skip
    status = validate_pdf_signature(
        embedded, signer_validation_context=context, ts_validation_context=context, key_usage_settings=_any_usage()
    )
    result.integrity = bool(status.intact and status.valid)
    result.covers_file = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if status.coverage in (SignatureCoverageLevel.UNCLEAR, SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START):
        result.problem = "coverage"
    if not result.covers_file:
        level = status.modification_level
        result.later_changes = "none" if level is None else str(level.name).lower()
        if status.docmdp_ok is False:
            result.later_changes = "forbidden"
    if status.timestamp_validity is not None:
        stamped = status.timestamp_validity.timestamp.astimezone(_VIETNAM)
        result.time, result.time_source = stamped.isoformat(), "timestamp_authority"
    if roots:
        result.trusted = bool(status.trusted)


def _any_usage() -> Any:
    """Seals of bodies in Vietnam are made with certificates without the non-repudiation bit too."""
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    return KeyUsageConstraints(key_usage=set(), match_all_key_usages=False)


@lru_cache(maxsize=4)
def load_roots(places: tuple[str, ...]) -> tuple[Any, ...]:
    """The certificates in ``places`` (files, or folders of files). Raises UnreadableInput for what is none."""
    if not places:
        return ()
    from pyhanko import keys

    load: Any = keys.load_certs_from_pemder
    found: list[Any] = []
    for path in _files(places):
        try:
            found += list(load([str(path)]))
        except (OSError, ValueError, TypeError) as error:
            raise UnreadableInput(
                f"{path.name} is no certificate.", remedy="Give PEM or DER files of root certificates in CONGVAN_TRUST_ROOTS."
            ) from error
    return tuple(found)


def _files(places: Iterable[str]) -> list[Path]:
    files: list[Path] = []
    for place in places:
        path = Path(place)
        files += sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
    return files
