"""Styles of a DOCX: the look of a paragraph or run after defaults, style chain and own settings (ECMA-376, 17.7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lxml import etree

from models.document import Alignment
from models.reading.xmlsafe import attribute, local

_ALIGNMENTS: dict[str, Alignment] = {
    "left": "left",
    "start": "left",
    "center": "center",
    "right": "right",
    "end": "right",
    "both": "justify",
    "distribute": "justify",
}


@dataclass(slots=True, frozen=True)
class Look:
    """What is known of paragraph and run; None is not said. Sizes and indents in points."""

    bold: bool | None = None
    italic: bool | None = None
    caps: bool | None = None
    hidden: bool | None = None
    size: float | None = None
    font: str | None = None
    color: str | None = None
    alignment: Alignment | None = None
    indent: float | None = None
    before: float | None = None
    list_id: str | None = None
    list_level: int | None = None
    page_break_before: bool | None = None

    def over(self, base: Look) -> Look:
        """This look laid over ``base``: what this one does not say, the base says."""
        said = {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}
        return replace(base, **said) if said else base


EMPTY = Look()


@dataclass(slots=True)
class Styles:
    """The styles of one document, resolved on demand."""

    defaults: Look = EMPTY
    default_paragraph: str | None = None
    raw: dict[str, tuple[Look, str | None]] = field(default_factory=dict)
    ruled_tables: set[str] = field(default_factory=set)
    _resolved: dict[str, Look] = field(default_factory=dict)

    def look(self, style: str | None) -> Look:
        """Look of a style with everything that it is based on; defaults of the document below it."""
        name = style or self.default_paragraph or ""
        if name in self._resolved:
            return self._resolved[name]
        chain: list[Look] = []
        seen: set[str] = set()
        current: str | None = name
        while current and current in self.raw and current not in seen:
            seen.add(current)
            own, current = self.raw[current]
            chain.append(own)
        look = self.defaults
        for own in reversed(chain):
            look = own.over(look)
        self._resolved[name] = look
        return look

    def run_look(self, style: str) -> Look:
        """Look of a character style alone, without the document's defaults."""
        look = EMPTY
        seen: set[str] = set()
        current: str | None = style
        while current and current in self.raw and current not in seen:
            seen.add(current)
            own, current = self.raw[current]
            look = look.over(own)
        return look


def read_styles(root: etree._Element | None) -> Styles:
    """The styles part; an absent one gives no looks."""
    styles = Styles()
    if root is None:
        return styles
    for element in root:
        kind = local(element)
        if kind == "docDefaults":
            for child in element.iter():
                if local(child) in ("rPr", "pPr"):
                    styles.defaults = look_of(child).over(styles.defaults)
        elif kind == "style":
            name = attribute(element, "styleId")
            if not name:
                continue
            look, based = EMPTY, None
            for child in element:
                part = local(child)
                if part in ("rPr", "pPr"):
                    look = look_of(child).over(look)
                elif part == "basedOn":
                    based = attribute(child, "val")
                elif part == "tblPr" and ruled(child):
                    styles.ruled_tables.add(name)
            styles.raw[name] = (look, based)
            if attribute(element, "type") == "paragraph" and attribute(element, "default") in ("1", "true", "on"):
                styles.default_paragraph = name
    for name, (_, base) in styles.raw.items():
        if base in styles.ruled_tables:
            styles.ruled_tables.add(name)
    return styles


def look_of(properties: etree._Element) -> Look:
    """The look that one w:rPr or w:pPr element says."""
    said: dict[str, object] = {}
    for child in properties:
        kind = local(child)
        if kind in ("b", "i", "caps", "vanish"):
            said[{"b": "bold", "i": "italic", "caps": "caps", "vanish": "hidden"}[kind]] = is_on(child)
        elif kind == "pageBreakBefore":
            said["page_break_before"] = is_on(child)
        elif kind == "sz":
            said["size"] = points(attribute(child, "val"), 2)
        elif kind == "rFonts":
            said["font"] = attribute(child, "ascii") or attribute(child, "hAnsi")
        elif kind == "color":
            value = attribute(child, "val")
            said["color"] = None if value in (None, "auto") else f"#{value.lower()}"
        elif kind == "jc":
            said["alignment"] = _ALIGNMENTS.get(attribute(child, "val") or "")
        elif kind == "ind":
            said["indent"] = _indent(child)
        elif kind == "spacing":
            said["before"] = points(attribute(child, "before"), 20)
        elif kind == "numPr":
            for part in child:
                if local(part) == "numId":
                    said["list_id"] = attribute(part, "val")
                elif local(part) == "ilvl":
                    level = attribute(part, "val") or ""
                    said["list_level"] = int(level) if level.isdigit() else 0
    return Look(**said) if said else EMPTY  # type: ignore[arg-type]


def is_on(element: etree._Element) -> bool:
    """An on/off property: present without value means on."""
    return (attribute(element, "val") or "1").lower() not in ("0", "false", "off", "none")


def points(value: str | None, per_point: int) -> float | None:
    """A length in half-points or twentieths as points; None for anything that is no number."""
    try:
        return round(float(value or ""), 1) / per_point
    except ValueError:
        return None


def _indent(element: etree._Element) -> float | None:
    left = points(attribute(element, "left") or attribute(element, "start"), 20)
    first = points(attribute(element, "firstLine"), 20)
    hanging = points(attribute(element, "hanging"), 20)
    if left is None and first is None and hanging is None:
        return None
    return (left or 0.0) + (first or 0.0) - (hanging or 0.0)


def ruled(properties: etree._Element) -> bool | None:
    """Whether table or cell properties draw lines inside; None when they do not speak of borders."""
    answer: bool | None = None
    for child in properties:
        if local(child) not in ("tblBorders", "tcBorders"):
            continue
        for edge in child:
            if local(edge) in ("insideH", "insideV", "top", "bottom", "left", "right", "start", "end"):
                drawn = (attribute(edge, "val") or "none") not in ("none", "nil")
                inside = local(edge) in ("insideH", "insideV")
                if inside or local(child) == "tcBorders":
                    answer = drawn or bool(answer)
                elif answer is None and not drawn:
                    answer = False
    return answer
