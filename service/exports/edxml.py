"""edXML messages (gói tin văn bản điện tử): QCVN 102:2016/BTTTT with Amendment 1:2022, written and read.

Elements inside the envelope carry the prefix ``edXML:``, those of the attachments none: readers in use insist on it,
although both are the same namespace. Attachments are zipped and in base64.
"""

from __future__ import annotations

import base64
import binascii
import io
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from lxml import etree

from models.errors import CongvanError
from service.exports.facts import letter_facts
from service.exports.organs import is_organ_id, organ_id
from service.exports.records import LetterRecord
from service.exports.registers import VIETNAM

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
MAX_ATTACHMENT = 200_000_000
_LEGAL = frozenset({"L", "LUẬT", "PL", "NĐ", "TT", "TTLT", "NQLT", "HP", "LỆNH"})


class BadEdxml(CongvanError):
    """A message that is no edXML, breaks the schema, or carries a broken attachment."""

    code = "bad_edxml"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EdxmlMessage:
    """What a message says: ``facts`` as in :mod:`service.exports.facts` (days ISO 8601), ``answers`` the identifiers of the
    documents it responds to, and its files."""

    facts: dict[str, str]
    receivers: list[str]
    answers: list[str]
    attachments: list[Attachment]


def to_edxml(record: LetterRecord, attachments: Sequence[Attachment] = (), *, sender_id: str | None = None, receiver_ids: dict[str, str] | None = None, sent: datetime | None = None) -> bytes:
    """One letter as an edXML message.

    ``sender_id`` and ``receiver_ids`` (name to id) give the identifiers that no public list says; a receiver without one is
    named only among the ``ToPlaces``. ``sent`` is the moment of sending (default: now, Vietnamese time). Raises BadEdxml
    naming what the regulation demands and the letter lacks.
    """
    facts = letter_facts(record, day_format="%Y/%m/%d")
    day = facts.get("issued_date")
    sender = sender_id or facts.get("issuer_id")
    missing = [name for name, there in (("number", "number" in facts), ("symbol", "notation" in facts), ("date", day), ("issuer", "issuer" in facts), ("subject", "subject" in facts), ("organisation id of the issuer", sender)) if not there]
    if missing:
        raise BadEdxml(f"An edXML message needs what this letter does not state: {', '.join(missing)}", remedy="Correct the letter, or give the id of the sending body.")
    assert sender is not None
    if not is_organ_id(sender):
        raise BadEdxml(f"{sender!r} is no organisation id", remedy="Use the form H26.01 or 000.00.01.H26.")
    names = list(dict.fromkeys(i["value"] for i in [*record.data["addressees"], *record.data["recipients"]]))
    known = {name: found for name in names if (found := (receiver_ids or {}).get(name) or organ_id(name, (record.data["date"] or {}).get("value")))}
    document_id = f"{sender},{day},{facts['number']}/{facts['notation']}"
    out = io.StringIO()
    xml = _Writer(out)
    xml.begin("edXML", {"xmlns": NAMESPACE, "xmlns:edXML": NAMESPACE})
    xml.begin("edXML:edXMLEnvelope")
    xml.begin("edXML:edXMLHeader")
    xml.begin("edXML:MessageHeader")
    xml.organ("From", sender, facts["issuer"], facts.get("parent"))
    for name, id in (known or {facts["issuer"]: sender}).items():  # the regulation demands one; a letter to bodies without ids comes back to its sender
        xml.organ("To", id, name)
    xml.group("Code", {"CodeNumber": facts["number"], "CodeNotation": facts["notation"]})
    xml.group("PromulgationInfo", {"Place": facts.get("place"), "PromulgationDate": day})
    legal = facts.get("type_code") in _LEGAL
    xml.group("DocumentType", {"Type": "1" if legal else "2", "TypeName": facts.get("type_name", "Công văn"), "TypeDetail": "0"})
    xml.leaf("Subject", facts["subject"][:500])
    xml.group("SignerInfo", {"Competence": facts.get("signer_authority"), "Position": facts.get("signer_position"), "FullName": facts.get("signer_name")})
    xml.leaf("DueDate", facts.get("due_date"))
    xml.many("ToPlaces", "Place", [name[:150] for name in names])
    xml.group("OtherInfo", {"Priority": facts["priority"], "PageAmount": facts.get("pages")})
    for reference in record.data["references"]:
        if reference["relation"] == "tra_loi" and reference["identifier"]:
            answered_day = (reference["date"] or "").replace("-", "/") if len(reference["date"] or "") == 10 else None
            answered_by = organ_id(reference["issuer"], reference["date"])
            whole = f"{answered_by},{answered_day},{reference['identifier']}" if answered_by and answered_day else None
            xml.group("ResponseFor", {"OrganId": answered_by, "Code": reference["identifier"], "PromulgationDate": answered_day, "DocumentId": whole})
    xml.leaf("SteeringType", "3" if facts.get("type_code") == "BC" else "2" if record.data["tasks"] else "1")
    xml.leaf("DocumentId", document_id)
    xml.end("edXML:MessageHeader")
    moment = (sent or datetime.now(VIETNAM)).astimezone(VIETNAM).strftime("%Y/%m/%d %H:%M:%S")
    trace = uuid.uuid5(uuid.NAMESPACE_URL, document_id)
    xml.begin("edXML:TraceHeaderList", {"id": trace.hex[:8], "version": "1.0", "mustUnderstand": "1", "actor": "http://schemas.xmlsoap.org/soap/actor/next"})
    xml.group("TraceHeader", {"OrganId": sender, "Timestamp": moment})
    xml.group("Bussiness", {"BussinessDocType": "0", "Paper": "0"})
    xml.end("edXML:TraceHeaderList")
    xml.empty("edXML:DigitalSignature")
    xml.end("edXML:edXMLHeader")
    ids = [str(uuid.uuid5(trace, f"{n}/{a.name}")) for n, a in enumerate(attachments)]
    xml.begin("edXML:edXMLBody")
    xml.begin("edXML:edXMLManifest", {"version": "1.0"})
    for id, attachment in zip(ids, attachments, strict=True):
        xml.begin("edXML:Reference", {"xmlns:xlink": "http://www.w3.org/1999/xlink", "xlink:href": f"cid:{id}", "xlink:role": "XLinkRole", "xlink:type": "simple"})
        for name, value in (("ContentId", f"cid:{id}"), ("ContentType", attachment.media_type), ("AttachmentName", attachment.name)):
            xml.leaf(name, value)
        xml.end("edXML:Reference")
    for name in ("edXML:edXMLManifest", "edXML:edXMLBody", "edXML:edXMLEnvelope"):
        xml.end(name)
    xml.begin("AttachmentEncoded")
    for id, attachment in zip(ids, attachments, strict=True):
        xml.begin("Attachment")
        for name, value in (("ContentId", id), ("Description", attachment.name), ("AttachmentName", attachment.name), ("ContentType", attachment.media_type), ("ContentTransferEncoded", _packed(attachment))):
            xml.leaf(name, value, prefix="")
        xml.end("Attachment")
    xml.end("AttachmentEncoded")
    xml.end("edXML")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + out.getvalue() + "\n").encode()


class _Writer:
    """Writes elements with the prefixes given: a namespace-aware writer would choose them itself."""

    def __init__(self, out: io.StringIO) -> None:
        self.xml = XMLGenerator(out, "utf-8", short_empty_elements=True)

    def begin(self, name: str, attributes: dict[str, str] | None = None) -> None:
        self.xml.startElement(name, AttributesImpl(attributes or {}))

    def end(self, name: str) -> None:
        self.xml.endElement(name)

    def empty(self, name: str) -> None:
        self.begin(name)
        self.end(name)

    def leaf(self, name: str, value: str | None, prefix: str = "edXML:") -> None:
        if value:
            self.begin(prefix + name)
            self.xml.characters("".join(c for c in value if c >= " " or c in "\n\t"))
            self.end(prefix + name)

    def group(self, name: str, leaves: dict[str, str | None]) -> None:
        if any(leaves.values()):
            self.begin("edXML:" + name)
            for key, value in leaves.items():
                self.leaf(key, value)
            self.end("edXML:" + name)

    def many(self, name: str, item: str, values: Sequence[str]) -> None:
        if values:
            self.begin("edXML:" + name)
            for value in values:
                self.leaf(item, value)
            self.end("edXML:" + name)

    def organ(self, name: str, id: str, organ: str, parent: str | None = None) -> None:
        self.group(name, {"OrganId": id, "OrganizationInCharge": parent, "OrganName": organ[:200]})


def _packed(attachment: Attachment) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(attachment.name, (1980, 1, 1, 0, 0, 0)), attachment.data, zipfile.ZIP_DEFLATED)
    return base64.b64encode(out.getvalue()).decode()


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(files("service.exports").joinpath("schemas/edxml.xsd").read_bytes()))


def from_edxml(message: bytes, *, strict: bool = True) -> EdxmlMessage:
    """Read a message. Both spellings of prefixes are accepted, entities and external references are not.

    With ``strict`` the message must fit ``schemas/edxml.xsd``; without, elements are taken where they stand. Raises BadEdxml.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(message, parser)
    except etree.XMLSyntaxError as error:
        raise BadEdxml(f"The message is no XML: {error}", remedy="Ask the sender for the message again.") from error
    if b"<!DOCTYPE" in message[:4096]:
        raise BadEdxml("The message declares a document type", remedy="edXML has none: ask the sender for a clean message.")
    if etree.QName(root).localname.casefold() not in ("edxml", "edxmlenvelope"):
        raise BadEdxml(f"The root element is {etree.QName(root).localname}, not edXML", remedy="Give an edXML message (QCVN 102:2016/BTTTT).")
    if strict:
        try:
            _schema().assertValid(root)
        except etree.DocumentInvalid as error:
            raise BadEdxml(f"The message breaks the schema: {error}", remedy="Ask the sender for a valid message, or read it without the check of form (strict=false).") from error

    def text(*path: str) -> str | None:
        return next(_texts(root, *path), None)

    day = (text("PromulgationInfo", "PromulgationDate") or "").replace("/", "-") or None
    number, notation = text("MessageHeader", "Code", "CodeNumber"), text("MessageHeader", "Code", "CodeNotation")
    facts = {
        "number": number, "notation": notation, "identifier": f"{number}/{notation}" if number and notation else None, "issued_date": day, "place": text("PromulgationInfo", "Place"),
        "type_name": text("DocumentType", "TypeName"), "subject": text("MessageHeader", "Subject"), "issuer": text("From", "OrganName"), "issuer_id": text("From", "OrganId"),
        "parent": text("From", "OrganizationInCharge") or text("From", "OrganInCharge"), "signer_authority": text("SignerInfo", "Competence"), "signer_position": text("SignerInfo", "Position"),
        "signer_name": text("SignerInfo", "FullName"), "due_date": (text("MessageHeader", "DueDate") or "").replace("/", "-"), "priority": text("OtherInfo", "Priority"),
        "pages": text("OtherInfo", "PageAmount"), "document_id": text("MessageHeader", "DocumentId"),
    }
    found = [_unpacked(element) for element in _elements(root, "AttachmentEncoded", "Attachment")]
    return EdxmlMessage({k: v for k, v in facts.items() if v}, list(_texts(root, "ToPlaces", "Place")), list(_texts(root, "ResponseFor", "Code")), found)


def _elements(root: etree._Element, *path: str) -> Iterator[etree._Element]:
    """Elements with these local names, the first anywhere below ``root``, each further one a child of the one before."""
    found: list[etree._Element] = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == path[0]]
    for name in path[1:]:
        found = [child for e in found for child in e if isinstance(child.tag, str) and etree.QName(child).localname == name]
    yield from found


def _texts(root: etree._Element, *path: str) -> Iterator[str]:
    return (text for e in _elements(root, *path) if (text := (e.text or "").strip()))


def _unpacked(element: etree._Element) -> Attachment:
    def leaf(name: str) -> str:
        return next(_texts(element, name), "")

    name = leaf("AttachmentName").replace("\\", "/").rsplit("/", 1)[-1] or "attachment"
    try:
        raw = base64.b64decode(leaf("ContentTransferEncoded"), validate=False)
        if not zipfile.is_zipfile(io.BytesIO(raw)):
            return Attachment(name, leaf("ContentType"), raw)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
            if len(entries) != 1:  # an office file sent as it is, without the zip that the regulation asks for
                return Attachment(name, leaf("ContentType") or "application/zip", raw)
            if entries[0].file_size > MAX_ATTACHMENT:
                raise BadEdxml(f"Attachment {name} unpacks to {entries[0].file_size} bytes; {MAX_ATTACHMENT} are allowed", remedy="Ask for a smaller file.")
            with archive.open(entries[0]) as stream:
                data = stream.read(MAX_ATTACHMENT + 1)
            if len(data) > MAX_ATTACHMENT:
                raise BadEdxml(f"Attachment {name} unpacks to more than {MAX_ATTACHMENT} bytes", remedy="Ask for a smaller file.")
            return Attachment(name, leaf("ContentType"), data)
    except (binascii.Error, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise BadEdxml(f"Attachment {name} cannot be unpacked: {error}", remedy="Ask the sender for the message again.") from error
