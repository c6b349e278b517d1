"""The letter's data model: what one official letter (văn bản hành chính) becomes.

This is the form of CONTRACT section 1, which the HTTP service, the command line, the exports and the evaluation all
speak. Spans are half-open character offsets ``[start, end)`` into :attr:`Extraction.text`; boxes are
``[x0, y0, x1, y1]`` in points of the page, origin top left. Fields may be added within a major version, never renamed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

SCHEMA_VERSION = "1"

Span = tuple[int, int]
"""``(start, end)`` character offsets into the letter's text, end exclusive."""

Box = tuple[float, float, float, float]
"""``(x0, y0, x1, y1)`` in points, origin at the page's top left."""

Confidence = Annotated[float, Field(ge=0.0, le=1.0)]


class SchemaVersionError(ValueError):
    """A stored document was written by another major version of the schema."""


class Zone(StrEnum):
    """The zones (thành phần thể thức) of a letter: Decree 30/2020 Articles 8 to 9 and Appendix I, and what practice adds."""

    NATIONAL_TITLE = "national_title"
    PARENT_BODY = "parent_body"
    ISSUER = "issuer"
    DOCUMENT_NUMBER = "document_number"
    PLACE_DATE = "place_date"
    DOCUMENT_TYPE = "document_type"
    SUBJECT = "subject"
    URGENCY = "urgency"
    SECRECY = "secrecy"
    ADDRESSEES = "addressees"
    LEGAL_BASIS = "legal_basis"
    BODY = "body"
    TASK = "task"
    CLOSING = "closing"
    RECIPIENTS = "recipients"
    ARCHIVE_NOTE = "archive_note"
    SIGNING_AUTHORITY = "signing_authority"
    SIGNER_TITLE = "signer_title"
    SIGNER_NAME = "signer_name"
    DRAFTER = "drafter"
    CONTACT = "contact"
    APPENDIX = "appendix"
    TABLE = "table"
    PAGE_FURNITURE = "page_furniture"


class TaskType(StrEnum):
    """The fifteen kinds of duty a letter gives (CONTRACT, task types)."""

    TUYEN_TRUYEN = "tuyen_truyen"
    TRIEN_KHAI = "trien_khai"
    PHOI_HOP = "phoi_hop"
    THAM_MUU = "tham_muu"
    XAY_DUNG_VAN_BAN = "xay_dung_van_ban"
    KIEM_TRA = "kiem_tra"
    BAO_CAO = "bao_cao"
    GOP_Y = "gop_y"
    CU_NGUOI = "cu_nguoi"
    KHEN_THUONG = "khen_thuong"
    KINH_PHI = "kinh_phi"
    RA_SOAT = "ra_soat"
    GIAI_QUYET = "giai_quyet"
    DAO_TAO = "dao_tao"
    CUNG_CAP = "cung_cap"


class Relation(StrEnum):
    """How a cited document stands to this letter, or to the reference named by ``via``."""

    CAN_CU = "can_cu"
    THUC_HIEN = "thuc_hien"
    DUOC_TRIEN_KHAI_BOI = "duoc_trien_khai_boi"
    TRA_LOI = "tra_loi"
    KEM_THEO = "kem_theo"
    SUA_DOI = "sua_doi"
    THAY_THE = "thay_the"
    BAI_BO = "bai_bo"
    TIEP_THEO = "tiep_theo"
    VIEN_DAN = "vien_dan"


class TextOrigin(StrEnum):
    """Where text came from: the file itself, OCR, or (of a document) some pages each."""

    EMBEDDED = "embedded"
    OCR = "ocr"
    MIXED = "mixed"


class _Model(BaseModel):
    """Strict about what we write, open to fields that a later minor version adds."""

    model_config = ConfigDict(extra="ignore", use_enum_values=True, validate_default=True)


class OcrInfo(_Model):
    """The recogniser that read the scanned pages."""

    engine: str
    engine_version: str
    language: str
    mean_confidence: Confidence | None = None


class Source(_Model):
    """The file a letter came from."""

    filename: str | None = None
    media_type: str
    sha256: str
    page_count: int = Field(ge=0)
    text_origin: TextOrigin
    legacy_encoding: str | None = None
    ocr: OcrInfo | None = None


class PageQuality(_Model):
    """How well a scanned page can be read: a grade, what is worst about the picture, and the measures behind it."""

    grade: Literal["good", "fair", "poor", "hopeless"]
    reason: Literal["resolution", "blur", "contrast", "specks", "text"] | None = None
    """What is worst: too few dots an inch, blur, faint print, specks, or the writing itself (null for a good page)."""
    estimated_error: float
    """Estimated share of wrong characters, 0–1."""
    confidence: Confidence
    """Mean confidence of the recogniser's words."""
    dpi: int
    """Dots an inch of the scan itself."""
    sharpness: float
    contrast: int
    specks: float
    skew: float
    """Degrees by which the page was straightened."""


class LineBox(_Model):
    """Where a line stands: its span and box, and the left and right edges of its words (parted by white space), in points."""

    span: Span
    box: Box
    edges: list[int] = Field(default_factory=list)
    """Left, right, left, right … of the words in order, rounded to whole points; empty where the words' places are not known."""


class PageInfo(_Model):
    """One page: size in points, clockwise rotation applied in degrees, and the span of the text that stands on it."""

    number: int = Field(ge=1)
    width: float
    height: float
    rotation: int = 0
    text_origin: TextOrigin
    span: Span
    quality: PageQuality | None = None
    """Of recognised pages."""
    lines: list[LineBox] = Field(default_factory=list)
    """The lines that have a box, where they were asked for (letters of an archive have them)."""


class Located(_Model):
    """A place in the letter: span of the text, page and box there. All null for what was inferred."""

    span: Span | None = None
    page: int | None = None
    box: Box | None = None


class Segment(_Model):
    """A stretch of the text and the zone it belongs to."""

    zone: Zone
    span: Span
    page: int = Field(ge=1)
    box: Box | None = None
    confidence: Confidence = 1.0


class FieldValue(Located):
    """A scalar field: canonical ``value``, the ``text`` as it stands on the page, its place, and a calibrated confidence."""

    value: str
    text: str | None = None
    confidence: Confidence = 1.0


class Candidate(FieldValue):
    """Another reading of a field that was not chosen.

    ``source`` says where it comes from: ``zone`` a line that may be of another zone, ``rules`` what the rules of segmentation
    say where the trained model decided otherwise, ``date_line`` another date of head or foot, ``signature`` the day of a digital signature, ``text`` the letter's own number as its
    text repeats it, ``ocr`` what else a recogniser may have seen (handwritten digits, letters that look like digits).
    """

    source: Literal["zone", "rules", "date_line", "signature", "text", "ocr"] = "zone"


class DocumentTypeValue(FieldValue):
    """Tên loại văn bản with its code (Decree 30/2020, Appendix III), e.g. "kế hoạch", KH."""

    code: str | None = None


class Signer(_Model):
    """Who signed: authority line (TM., KT., TL. …), title (chức vụ) and name (họ tên)."""

    authority: FieldValue | None = None
    title: FieldValue | None = None
    name: FieldValue | None = None


class Addressee(FieldValue):
    """One addressee (Kính gửi)."""


class Recipient(FieldValue):
    """One line of the distribution list (Nơi nhận) with its purpose ("để b/c") and note ("qua Website")."""

    purpose: str | None = None
    note: str | None = None


class Body(_Model):
    """A body (cơ quan, tổ chức) an issuer name was resolved to."""

    name: str
    level: Literal["central", "province", "district", "commune"] | None = None
    province: str | None = None
    successor: str | None = None


class Conflict(_Model):
    """What the mentions of one document contradict each other in, with every value read."""

    field: Literal["date", "type", "issuer", "title"]
    values: list[str]


class Reference(_Model):
    """A cited document: one object however often it is mentioned.

    ``year`` is the year of a law or document whose day the letter does not tell ("Luật Đất đai năm 2024").
    """

    id: str
    type: str | None = None
    type_code: str | None = None
    identifier: str | None = None
    date: str | None = None
    issuer: str | None = None
    title: str | None = None
    relation: Relation = Relation.VIEN_DAN
    via: str | None = None
    mentions: list[Located] = Field(default_factory=list)
    confidence: Confidence = 1.0
    text: str | None = None
    pinpoints: list[str] = Field(default_factory=list)
    body: Body | None = None
    year: str | None = None
    conflicts: list[Conflict] = Field(default_factory=list)


class RelativeDeadline(_Model):
    """A limit counted from an event: 5 working days from receipt."""

    amount: int
    unit: Literal["hour", "day", "working_day", "week", "month", "quarter", "year"]
    from_: str = Field(alias="from", serialization_alias="from")

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Deadline(_Model):
    """When a task is due: a date (ISO 8601), an hour, a recurrence or a relative limit; ``text`` as it stands."""

    text: str
    date: str | None = None
    time: str | None = None
    recurrence: Literal["weekly", "monthly", "quarterly", "yearly", "continuous", "daily", "half_yearly"] | None = None
    relative: RelativeDeadline | None = None
    inclusive: bool | None = None
    rrule: str | None = None
    span: Span | None = None


class Assignee(_Model):
    """A body or person that must act; ``explicit`` when the task itself names it."""

    value: str
    explicit: bool = True
    span: Span | None = None


class ReportTo(_Model):
    """Whom the result goes to."""

    name: str
    email: str | None = None
    via: str | None = None


class TypeLabel(_Model):
    """One task type with its probability."""

    label: TaskType
    confidence: Confidence = 1.0


class Task(Located):
    """What the letter directs or asks somebody to do."""

    id: str
    item: str | None = None
    text: str
    assignees: list[Assignee] = Field(default_factory=list)
    coordinators: list[Assignee] = Field(default_factory=list)
    deadline: Deadline | None = None
    report_to: ReportTo | None = None
    deliverable: str | None = None
    types: list[TypeLabel] = Field(default_factory=list)
    references: list[str] = Field(default_factory=list)
    confidence: Confidence = 1.0


class DigitalSignature(_Model):
    """A digital signature of the file (chữ ký số), as its certificate and the cryptography say; no part of the letter's text."""

    field: str = ""
    signer: str | None = None
    """Common name of the certificate: a body (its seal) or a person."""
    organization: str | None = None
    unit: str | None = None
    email: str | None = None
    authority: str | None = None
    """Common name of the certificate authority that issued the signer's certificate."""
    serial: str | None = None
    """Serial number of the certificate, hexadecimal."""
    time: str | None = None
    """ISO 8601; of a timestamp authority in Vietnamese time. Many signing programs write local time as UTC: trust the
    day, not the hour, of a time whose source is the signer."""
    time_source: Literal["signer", "timestamp_authority"] | None = None
    reason: str | None = None
    location: str | None = None
    integrity: bool | None = None
    """What was signed is unchanged and the signature is that of the certificate; null where it could not be told."""
    covers_file: bool | None = None
    """The whole file was signed; false where something was added after it."""
    later_changes: str | None = None
    """What was added: none, lta_updates, form_filling (a further signature), annotations, other, forbidden."""
    trusted: bool | None = None
    """The certificate's chain ends in a root that the administrator trusts; null where no roots were given."""
    agrees_with: list[str] = Field(default_factory=list)
    """What of the printed letter it confirms: issuer, signer, date."""
    problem: str | None = None


class Warning_(_Model):
    """Something a reader should know: broken form, doubtful text, contradicting dates."""

    code: str
    message: str
    page: int | None = None


class Extraction(_Model):
    """One letter, read: source, text, pages, zones, fields, references and tasks."""

    schema_version: str = SCHEMA_VERSION
    source: Source
    text: str
    pages: list[PageInfo]
    segments: list[Segment] = Field(default_factory=list)

    document_type: DocumentTypeValue | None = None
    number: FieldValue | None = None
    symbol: FieldValue | None = None
    identifier: FieldValue | None = None
    date: FieldValue | None = None
    place: FieldValue | None = None
    issuer: FieldValue | None = None
    parent_body: FieldValue | None = None
    subject: FieldValue | None = None
    urgency: FieldValue | None = None
    secrecy: FieldValue | None = None
    archive_note: FieldValue | None = None
    signer: Signer = Field(default_factory=Signer)

    addressees: list[Addressee] = Field(default_factory=list)
    recipients: list[Recipient] = Field(default_factory=list)
    references: list[Reference] = Field(default_factory=list)
    tasks: list[Task] = Field(default_factory=list)
    warnings: list[Warning_] = Field(default_factory=list)
    signatures: list[DigitalSignature] = Field(default_factory=list)
    candidates: dict[str, list[Candidate]] = Field(default_factory=dict)
    """Other readings by the field's path ("date", "signer.name", "addressees"), the likeliest first; empty unless asked for."""

    @field_validator("schema_version")
    @classmethod
    def _same_major_version(cls, value: str) -> str:
        if value.split(".", 1)[0] != SCHEMA_VERSION:
            raise SchemaVersionError(
                f"This document has schema version {value!r}; this congvan reads version {SCHEMA_VERSION}. "
                "Extract the letter again, or read it with the congvan that wrote it."
            )
        return value

    def to_json(self, *, indent: int | None = None) -> str:
        """The letter as JSON text, keys as in the contract ("from", not "from_")."""
        return self.model_dump_json(by_alias=True, indent=indent)

    def to_dict(self) -> dict[str, Any]:
        """The letter as plain Python objects, keys as in the contract."""
        return self.model_dump(mode="json", by_alias=True)
