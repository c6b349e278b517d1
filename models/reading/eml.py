"""Mail (RFC 5322, MHTML): the letter is the best of its attachments, or the body where no attachment is a letter."""

from __future__ import annotations

from collections.abc import Sequence
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from itertools import islice
from typing import TYPE_CHECKING, Final

from models.document import Document
from models.errors import CongvanError, EncryptedInput, InputTooLarge, UnreadableInput
from models.letter import Warning_
from models.reading import sniff
from models.reading.anchors import DATE, MOTTO, NATIONAL_START, NUMBER, PARTY, RECIPIENTS, SIGNER_TITLE, TO
from models.reading.html import document_of_html
from models.reading.limits import MAX_ATTACHMENTS
from models.reading.plain import document_of_text

if TYPE_CHECKING:
    from models.reading.options import ReadOptions

_COST: Final = {
    "docx": 0,
    "wordml": 0,
    "odt": 0,
    "fodt": 0,
    "rtf": 0,
    "html": 1,
    "markdown": 1,
    "text": 1,
    "eml": 1,
    "doc": 2,
    "pdf": 3,
    "image": 4,
}
"""Order in which attachments are tried; recognition of images comes last."""
_GOOD: Final = 4
_LOGO_BYTES: Final = 40_000
_MAX_MAILS: Final = 3
_MAX_PARTS: Final = 300


def read_eml(data: bytes, *, options: ReadOptions | None = None, depth: int = 0) -> Document:
    """Read a mail. ``options`` are handed to the readers of its attachments.

    Raises UnreadableInput when neither body nor attachment can be read; the remedy repeats what was wrong with the
    attachment, EncryptedInput when it is under a password.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        parts = list(islice(message.walk(), _MAX_PARTS + 1))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableInput("The mail is damaged.", remedy="Send the letter that is attached to it.") from error
    if len(parts) > _MAX_PARTS:
        raise InputTooLarge(
            f"The mail has more than {_MAX_PARTS} parts.", remedy="Send the letter that is attached to it."
        )
    documents: list[tuple[int, int, Document]] = []
    failures: list[CongvanError] = []
    for document in _bodies(message, failures):
        documents.append((_likeness(document), 0, document))
    if max((score for score, _, _ in documents), default=0) < _GOOD + 2:
        _attachments(parts, options, depth, documents, failures)
    if not documents:
        locked = next((f for f in failures if isinstance(f, EncryptedInput)), None)
        if locked is not None:
            raise locked
        cause = f" ({failures[0].message})" if failures else ""
        raise UnreadableInput(
            f"The mail holds neither text nor an attachment that can be read{cause}.",
            remedy="Send the letter itself as PDF, DOCX or an image.",
        )
    # At equal likeness the attachment is the letter: mails only accompany it.
    _, attached, best = max(documents, key=lambda d: (d[0], d[1]))
    best.media_type = sniff.EML.media_type
    if attached:
        best.warnings.append(
            Warning_(code="attachment_read", message="The letter was read from an attachment of the mail.")
        )
    elif failures:
        best.warnings.append(
            Warning_(code="attachment_unreadable", message=f"An attachment could not be read: {failures[0].message}")
        )
    return best


def _bodies(message: EmailMessage | Message, failures: list[CongvanError]) -> list[Document]:
    """The mail's own text; HTML is preferred, because it keeps tables."""
    found: list[Document] = []
    for kind in ("html", "plain"):
        part = message.get_body(preferencelist=(kind,)) if isinstance(message, EmailMessage) else None
        content = _content(part)
        if part is None or not content.strip():
            continue
        try:
            found.append(document_of_html(content) if kind == "html" else document_of_text(content))
        except CongvanError as error:
            failures.append(error)
            continue
        break
    return [document for document in found if document.text.strip()]


def _content(part: Message | None) -> str:
    if not isinstance(part, EmailMessage):
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError, KeyError, AttributeError, UnicodeError, TypeError):
        content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        from models.reading.encodings import decode_bytes

        return decode_bytes(content)[0]
    return content if isinstance(content, str) else ""


def _attachments(
    parts: Sequence[Message],
    options: ReadOptions | None,
    depth: int,
    documents: list[tuple[int, int, Document]],
    failures: list[CongvanError],
) -> None:
    """Read attachments, cheap kinds first, until one is plainly a letter."""
    candidates: list[tuple[int, str, sniff.Kind, bytes]] = []
    for part in parts:
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        name = _filename(part)
        if part.get_content_maintype() == "text" and not name:
            continue
        data = _payload(part)
        if not data:
            continue
        try:
            kind = sniff.sniff(data, name, part.get_content_type())
        except CongvanError as error:
            failures.append(error)
            continue
        if kind.name == "image" and len(data) < _LOGO_BYTES and part.get("Content-ID"):
            continue
        candidates.append((_COST.get(kind.name, 5), name, kind, data))
        if len(candidates) >= MAX_ATTACHMENTS:
            break
    for cost, _, kind, data in sorted(candidates, key=lambda c: c[0]):
        if cost >= _COST["image"] and any(score >= _GOOD for score, _, _ in documents):
            break
        try:
            document = _read(kind, data, options, depth)
        except CongvanError as error:
            failures.append(error)
            continue
        if document is not None and document.text.strip():
            documents.append((_likeness(document), 1, document))


def _read(kind: sniff.Kind, data: bytes, options: ReadOptions | None, depth: int) -> Document | None:
    if kind.name == "eml":
        return read_eml(data, options=options, depth=depth + 1) if depth + 1 < _MAX_MAILS else None
    from models.reading import read_kind

    return read_kind(kind, data, options)


def _filename(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""


def _payload(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
    try:
        payload = part.get_payload(decode=True)
    except (LookupError, ValueError, AssertionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _likeness(document: Document) -> int:
    """How many of the marks of an official letter a text has, 0 to 8."""
    text = document.text[:200_000]
    lines = [line.text for line in document.lines[:400]]
    return (
        2 * bool(NATIONAL_START.search(text) or PARTY.search(text))
        + bool(MOTTO.search(text))
        + any(NUMBER.match(line) for line in lines)
        + bool(DATE.search(text))
        + bool(TO.search(text))
        + bool(RECIPIENTS.search(text))
        + any(SIGNER_TITLE.search(line) for line in lines)
    )
