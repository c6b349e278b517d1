"""XML of foreign files, parsed without entities, network, document types or unbounded trees."""

from __future__ import annotations

from typing import Final

from lxml import etree

from models.errors import UnreadableInput

_XML: Final = "http://www.w3.org/XML/1998/namespace"


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
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    try:
        root = etree.fromstring(data, etree.XMLParser(**options, remove_comments=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError):
        root = _recovered(data, options)
    if root is None:
        raise UnreadableInput(
            f"The {what} is damaged and cannot be read.",
            remedy="Open the file in Word or LibreOffice, save it anew, and send that.",
        )
    return root


def _recovered(data: bytes, options: dict[str, bool]) -> etree._Element | None:
    try:
        return etree.fromstring(
            data, etree.XMLParser(**options, recover=True, remove_comments=True, remove_pis=True)
        )
    except (etree.XMLSyntaxError, ValueError):
        return None


def local(element: etree._Element) -> str:
    """Tag without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """The attribute of this local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None
