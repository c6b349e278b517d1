"""XML of foreign files, parsed without entities, network, document types or unbounded trees."""

from __future__ import annotations

from lxml import etree

from models.errors import UnreadableInput


def parse(data: bytes, *, what: str) -> etree._Element:
    """The root of ``data``. ``what`` names the part in the error.

    Entities are not expanded and nothing is fetched, so neither XXE nor an entity bomb does harm; a document type
    with entities of its own has no place in an office file and is refused. Damage is repaired where libxml2 can.
    """
    head = data[:65536]
    if b"<!ENTITY" in head or b"<\0!\0E\0N\0T\0I\0T\0Y" in head:
        raise UnreadableInput(
            f"The {what} declares XML entities, which no office program writes; it may be an attack.",
            remedy="Open the file in Word or LibreOffice, save it anew, and send that.",
        )
    try:
        root: etree._Element | None = etree.fromstring(data, _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError):
        root = _recovered(data)
    if root is None:
        raise UnreadableInput(
            f"The {what} is damaged and cannot be read.",
            remedy="Open the file in Word or LibreOffice, save it anew, and send that.",
        )
    return root


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def _recovered(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def local(element: etree._Element | None) -> str:
    """Tag without its namespace; empty for comments, processing instructions and nothing at all."""
    tag = element.tag if element is not None else None
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """The attribute of this local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None
