"""Archival packages (gói tin SIP, AIP) of Circular 05/2025/TT-BNV: METS, EAD and PREMIS around the letters' files.

A package is a ZIP with one folder, named as its OBJID ``urn:<mã phông>:uuid:<UUID>`` with ":" written "_"::

    METS.xml
    metadata/descriptive/EAD.xml              the file (hồ sơ)
    metadata/preservation/PREMIS.xml
    schemas/ead.xsd, schemas/EAD_doc.xsd
    representations/rep1/METS.xml
    representations/rep1/metadata/descriptive/EAD_doc_File1.xml …   one a letter
    representations/rep1/data/File1.pdf …

Digests are SHA-256, moments Vietnamese time (+07:00). The tests validate both METS files by the schemas of METS 1.12 and
E-ARK; no package was found that brings the schema of PREMIS 3, whose part is checked by structure. The EAD parts are the
circular's own elements (simpledc), checked by schemas written from the field tables.
"""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from models.errors import CongvanError
from service.exports.facts import FileContext, file_facts, letter_facts
from service.exports.metadata import metadata_sets, to_facts, to_row
from service.exports.records import LetterRecord
from service.exports.registers import VIETNAM

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
PREMIS = "http://www.loc.gov/premis/v3"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
_SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "text/plain": ".txt", "application/msword": ".doc",
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "application/vnd.oasis.opendocument.text": ".odt"}
MAX_MEMBER = 500_000_000


class BadPackage(CongvanError):
    """A package that is broken or does not keep the form of the circular."""

    code = "bad_package"
    http_status = 422


@dataclass(frozen=True, slots=True)
class PackagedLetter:
    """A document of a package: its facts (days ISO 8601 where they can be read), name and bytes."""

    facts: dict[str, str]
    name: str
    data: bytes = field(repr=False)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds: kind (SIP, AIP), OBJID, the facts of the file (hồ sơ), and its documents."""

    kind: str
    objid: str
    file_facts: dict[str, str]
    letters: list[PackagedLetter]


def write_package(out: IO[bytes], records: Sequence[LetterRecord], data_of: Callable[[str], bytes], context: FileContext, *, kind: str = "SIP", agency: str = "congvan", created: datetime | None = None) -> str:
    """Write a package of these letters to ``out`` and return its OBJID, which is the same for the same letters and context.

    ``data_of`` gives a file's bytes by SHA-256. Raises BadPackage when the context lacks the fond or the letters are none.
    """
    fond = context.fond_id or context.organ_id
    if not fond:
        raise BadPackage("A package needs the id of its fond (mã phông)", remedy="Give --fond, for example --fond H30.81.")
    if not records:
        raise BadPackage("There is no letter to pack", remedy="Choose at least one letter.")
    moment = (created or datetime.now(VIETNAM)).astimezone(VIETNAM).isoformat(timespec="seconds")
    seed = "/".join([fond, context.code or "", *(r.sha256 for r in records)])
    objid = f"urn:{fond}:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}"
    root = objid.replace(":", "_")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        def put(path: str, content: bytes, media_type: str, id: str) -> _Entry:
            archive.writestr(f"{root}/{path}", content)
            return _Entry(path, len(content), hashlib.sha256(content).hexdigest(), media_type, id)

        data: list[_Entry] = []
        documents: list[_Entry] = []
        for number, record in enumerate(records, start=1):
            content = data_of(record.sha256)
            if hashlib.sha256(content).hexdigest() != record.sha256:
                raise BadPackage(f"The bytes of letter {record.id} have changed", remedy="Run congvan doctor --deep and restore the file.")
            media_type = record.data["source"]["media_type"]
            data.append(put(f"representations/rep1/data/File{number}{_SUFFIXES.get(media_type, '.bin')}", content, media_type, f"ID-File{number}"))
            facts = letter_facts(record, context, ordinal=number)
            documents.append(put(f"representations/rep1/metadata/descriptive/EAD_doc_File{number}.xml", ead("tt05_document", facts), "text/xml", f"ID-EAD-doc-File{number}"))
        inner = put("representations/rep1/METS.xml", _mets(objid, kind, moment, agency, described=_relative(documents, "representations/rep1/"), files=_relative(data, "representations/rep1/"), label="rep1"), "text/xml", "ID-rep1-METS")
        described = put("metadata/descriptive/EAD.xml", ead("tt05_file", file_facts(list(records), context)), "text/xml", "ID-EAD")
        preserved = put("metadata/preservation/PREMIS.xml", _premis(data, moment, agency), "text/xml", "ID-PREMIS")
        schemas = [put("schemas/ead.xsd", ead_schema("tt05_file"), "text/xml", "ID-ead-xsd"), put("schemas/EAD_doc.xsd", ead_schema("tt05_document"), "text/xml", "ID-EAD-doc-xsd")]
        put("METS.xml", _mets(objid, kind, moment, agency, described=[described], preserved=[preserved], schemas=schemas, representation=inner), "text/xml", "ID-METS")
    return objid


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    size: int
    sha256: str
    media_type: str
    id: str


def _relative(entries: Sequence[_Entry], base: str) -> list[_Entry]:
    return [_Entry(e.path.removeprefix(base), e.size, e.sha256, e.media_type, e.id) for e in entries]


def ead(name: str, facts: dict[str, str]) -> bytes:
    """The EAD of a metadata set (``tt05_document``, ``tt05_file``): all its elements, in order, empty where unknown."""
    lines = [f"  <{key}>{escape(_clean(value))}</{key}>" if value else f"  <{key}/>" for key, value in to_row(name, facts).items()]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<simpledc>\n' + "\n".join(lines) + "\n</simpledc>\n").encode()


def ead_schema(name: str) -> bytes:
    """The XML Schema of that EAD: strings in the order of the table."""
    elements = "\n".join(f'    <xs:element name="{f.name}" type="xs:string"/>' for f in metadata_sets()[name])
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n  <xs:element name="simpledc"><xs:complexType><xs:sequence>\n'
            f"{elements}\n  </xs:sequence></xs:complexType></xs:element>\n</xs:schema>\n").encode()


def _clean(value: str) -> str:
    return "".join(c for c in value if c >= " " or c in "\n\t")


def _reference(e: _Entry, kind: str) -> str:
    return (f'<mdRef LOCTYPE="URL" xlink:type="simple" xlink:href={quoteattr(e.path)} MDTYPE="{kind}" MIMETYPE="{e.media_type}" SIZE="{e.size}" '
            f'CHECKSUM="{e.sha256}" CHECKSUMTYPE="SHA-256"/>')


def _mets(objid: str, kind: str, moment: str, agency: str, *, described: Sequence[_Entry], preserved: Sequence[_Entry] = (), schemas: Sequence[_Entry] = (), files: Sequence[_Entry] = (),
          representation: _Entry | None = None, label: str = "CSIP") -> bytes:
    def group(use: str, entries: Sequence[_Entry]) -> str:
        rows = "".join(f'      <file ID="{e.id}" MIMETYPE="{e.media_type}" SIZE="{e.size}" CHECKSUM="{e.sha256}" CHECKSUMTYPE="SHA-256">'
                       f'<FLocat LOCTYPE="URL" xlink:type="simple" xlink:href={quoteattr(e.path)}/></file>\n' for e in entries)
        return f'    <fileGrp USE="{use}">\n{rows}    </fileGrp>\n' if entries else ""

    def pointers(entries: Sequence[_Entry]) -> str:
        return "".join(f'<fptr FILEID="{e.id}"/>' for e in entries)

    dmd = "".join(f'  <dmdSec ID="dmd-{e.id}" CREATED="{moment}">{_reference(e, "EAD")}</dmdSec>\n' for e in described)
    amd = "".join(f'  <amdSec><digiprovMD ID="amd-{e.id}">{_reference(e, "PREMIS")}</digiprovMD></amdSec>\n' for e in preserved)
    divisions = f'<div LABEL="Metadata" DMDID="{" ".join("dmd-" + e.id for e in described)}"' + (f' ADMID="{" ".join("amd-" + e.id for e in preserved)}"' if preserved else "") + "/>"
    if schemas:
        divisions += f'<div LABEL="Schemas">{pointers(schemas)}</div>'
    if files:
        divisions += f'<div LABEL="Data">{pointers(files)}</div>'
    if representation:
        divisions += f'<div LABEL="Representations/rep1"><mptr LOCTYPE="URL" xlink:type="simple" xlink:href={quoteattr(representation.path)}/>{pointers([representation])}</div>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mets xmlns="{METS}" xmlns:xlink="{XLINK}" xmlns:csip="{CSIP}" OBJID={quoteattr(objid)} TYPE="{kind}" csip:OAISPACKAGETYPE="{kind}">\n'
        f'  <metsHdr CREATEDATE="{moment}" RECORDSTATUS="NEW"><agent ROLE="CREATOR" TYPE="ORGANIZATION"><name>{escape(agency)}</name></agent></metsHdr>\n'
        f'{dmd}{amd}  <fileSec>\n{group("Schemas", schemas)}{group("Data", files)}{group("Representations/rep1", [representation] if representation else [])}  </fileSec>\n'
        f'  <structMap TYPE="PHYSICAL" LABEL="{label}"><div LABEL={quoteattr(objid)}>{divisions}</div></structMap>\n</mets>\n'
    ).encode()


def _premis(data: Sequence[_Entry], moment: str, agency: str) -> bytes:
    objects = "".join(
        f'  <premis:object xsi:type="premis:file"><premis:objectIdentifier><premis:objectIdentifierType>local</premis:objectIdentifierType>'
        f"<premis:objectIdentifierValue>{e.id}</premis:objectIdentifierValue></premis:objectIdentifier><premis:objectCharacteristics><premis:fixity>"
        f"<premis:messageDigestAlgorithm>SHA-256</premis:messageDigestAlgorithm><premis:messageDigest>{e.sha256}</premis:messageDigest></premis:fixity>"
        f"<premis:size>{e.size}</premis:size><premis:format><premis:formatDesignation><premis:formatName>{e.media_type}</premis:formatName></premis:formatDesignation></premis:format>"
        f"</premis:objectCharacteristics><premis:originalName>{escape(e.path)}</premis:originalName></premis:object>\n" for e in data)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<premis:premis xmlns:premis="{PREMIS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n{objects}'
        f"  <premis:event><premis:eventIdentifier><premis:eventIdentifierType>local</premis:eventIdentifierType><premis:eventIdentifierValue>packaging</premis:eventIdentifierValue></premis:eventIdentifier>"
        f"<premis:eventType>information package creation</premis:eventType><premis:eventDateTime>{moment}</premis:eventDateTime></premis:event>\n"
        f"  <premis:agent><premis:agentIdentifier><premis:agentIdentifierType>local</premis:agentIdentifierType><premis:agentIdentifierValue>{escape(agency)}</premis:agentIdentifierValue>"
        f"</premis:agentIdentifier><premis:agentName>{escape(agency)}</premis:agentName></premis:agent>\n</premis:premis>\n"
    ).encode()


@cache
def _compiled(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(ead_schema(name)))


def _parse(content: bytes, what: str) -> etree._Element:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise BadPackage(f"{what} is no XML: {error}", remedy="Ask the sender for the package again.") from error


def _facts_of(name: str, content: bytes, what: str) -> dict[str, str]:
    root = _parse(content, what)
    try:
        _compiled(name).assertValid(root)
    except etree.DocumentInvalid as error:
        raise BadPackage(f"{what} breaks the schema: {error}", remedy="Ask the sender for a package after Circular 05/2025/TT-BNV.") from error
    return to_facts(name, {child.tag: (child.text or "").strip() for child in root})


def read_package(source: IO[bytes]) -> Package:
    """Read and check a package: names, digests and sizes of every member, the EAD schemas, and nothing that METS does not list.

    Raises BadPackage naming the member that is wrong.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadPackage(f"The package is no readable ZIP: {error}", remedy="Ask the sender for the package again.") from error


def _read(archive: zipfile.ZipFile) -> Package:
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    roots = {name.split("/", 1)[0] for name in names}
    if len(roots) != 1:
        raise BadPackage("A package has exactly one folder at its top", remedy="Ask the sender for a package after Circular 05/2025/TT-BNV.")
    root = roots.pop()

    def member(path: str) -> bytes:
        name = f"{root}/{path}"
        if name not in names:
            raise BadPackage(f"{path} is missing", remedy="Ask the sender for the package again.")
        if archive.getinfo(name).file_size > MAX_MEMBER:
            raise BadPackage(f"{path} has more than {MAX_MEMBER} bytes", remedy="Split the package.")
        return archive.read(name)

    mets = _parse(member("METS.xml"), "METS.xml")
    objid, kind = mets.get("OBJID", ""), mets.get("TYPE", "")
    if objid.replace(":", "_") != root:
        raise BadPackage(f"The folder {root} does not bear the package's id {objid}", remedy="Ask the sender for the package again.")
    seen = {"METS.xml"}

    def checked(element: etree._Element, base: str) -> tuple[str, bytes]:
        link = element if element.get(f"{{{XLINK}}}href") else element[0]
        path = base + str(link.get(f"{{{XLINK}}}href"))
        if ".." in path.split("/") or path.startswith("/"):
            raise BadPackage(f"{path} points out of the package", remedy="Do not use this package.")
        content = member(path)
        if hashlib.sha256(content).hexdigest() != element.get("CHECKSUM") or str(len(content)) != element.get("SIZE"):
            raise BadPackage(f"{path} is not what METS says: digest or size differ", remedy="Ask the sender for the package again.")
        seen.add(path)
        return path, content

    def listed(tree: etree._Element, base: str) -> dict[str, bytes]:
        found = tree.iter(f"{{{METS}}}mdRef", f"{{{METS}}}file")
        return dict(checked(element, base) for element in found)

    outer = listed(mets, "")
    inner_path = "representations/rep1/METS.xml"
    if inner_path not in outer:
        raise BadPackage(f"{inner_path} is not listed in METS.xml", remedy="Ask the sender for the package again.")
    inner = listed(_parse(outer[inner_path], inner_path), "representations/rep1/")
    extra = sorted(set(names) - {f"{root}/{path}" for path in seen})
    if extra:
        raise BadPackage(f"{extra[0]} stands in the package and in no METS", remedy="Ask the sender for the package again.")
    described = outer.get("metadata/descriptive/EAD.xml")
    if described is None:
        raise BadPackage("metadata/descriptive/EAD.xml is not listed in METS.xml", remedy="Ask the sender for the package again.")
    letters = []
    for path, content in inner.items():
        if "/data/" not in path:
            continue
        stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        about = inner.get(f"representations/rep1/metadata/descriptive/EAD_doc_{stem}.xml")
        facts = _facts_of("tt05_document", about, f"EAD_doc_{stem}.xml") if about is not None else {}
        letters.append(PackagedLetter(facts, path.rsplit("/", 1)[-1], content, hashlib.sha256(content).hexdigest()))
    return Package(kind, objid, _facts_of("tt05_file", described, "EAD.xml"), letters)
