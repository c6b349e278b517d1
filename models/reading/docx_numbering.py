"""Automatic list numbers of Word, computed as Word prints them (ECMA-376, 17.9): "1.", "a)", "II.", "-", "2.1."."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from models.reading.xmlsafe import attribute, local

_ROMAN: Final = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
_COUNTED: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_PLACEHOLDER = re.compile(r"%([1-9])")
_SYMBOLS: Final = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0fc": "✓",
    "\uf076": "❖",
    "\uf02d": "-",
    "o": "◦",
    "\uf0f0": "→",
    "\uf0e8": "➔",
    "\uf02b": "+",
    "\uf0a8": "◦",
    "\uf06f": "▫",
    "\uf02a": "*",
}


@dataclass(slots=True)
class Level:
    """One level of a list: number format, label pattern ("%1.%2."), first number."""

    kind: str = "decimal"
    pattern: str = ""
    start: int = 1
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class Numbering:
    """The lists of one document and where each of them counts."""

    abstract: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def label(self, list_id: str | None, level: int) -> str | None:
        """The next label of a list at a level; None for no list (numId 0 switches a style's list off)."""
        if not list_id or list_id == "0" or list_id not in self.lists:
            return None
        name, overrides = self.lists[list_id]
        levels = self.abstract.get(name)
        if not levels or level not in levels:
            return None
        counts = self._counts.setdefault(name, {})
        for other in range(level):
            counts.setdefault(other, levels[other].start if other in levels else 1)
        own = levels[level]
        if level in overrides and (list_id, level) not in self._started:
            counts[level] = overrides[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else own.start
        self._started.add((list_id, level))
        for deeper in [d for d in counts if d > level]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart != 0 and level < restart):
                del counts[deeper]
        if own.kind == "bullet":
            return _bullet(own.pattern)
        if own.kind == "none" and "%" in own.pattern:
            return None

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            kind = "decimal" if own.legal else (levels[at].kind if at in levels else "decimal")
            return format_number(counts.get(at, 1), kind)

        return _PLACEHOLDER.sub(number, own.pattern).strip() or None


def format_number(value: int, kind: str) -> str:
    """``value`` in one of Word's number formats; unknown formats give Arabic figures."""
    formatter = _FORMATS.get(kind)
    return formatter(value) if formatter and value > 0 else ("" if kind == "none" else str(value))


def _roman(value: int) -> str:
    if value > 3999:
        return str(value)
    parts: list[str] = []
    for worth, sign in _ROMAN:
        count, value = divmod(value, worth)
        parts.append(sign * count)
    return "".join(parts)


def _letter(value: int) -> str:
    """a … z, then aa, bb …, as Word counts with letters."""
    repeat, index = divmod(value - 1, 26)
    return chr(ord("a") + index) * min(repeat + 1, 5)


def _counting(value: int) -> str:
    """Vietnamese words (vietnameseCounting), as far as lists go."""
    if value <= 10:
        return _COUNTED[value]
    tens, ones = divmod(value, 10)
    if value >= 100:
        return str(value)
    head = "mười" if tens == 1 else f"{_COUNTED[tens]} mươi"
    tail = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(ones, _COUNTED[ones])
    return f"{head} {tail}".strip()


_FORMATS: Final[dict[str, Callable[[int], str]]] = {
    "decimal": str,
    "decimalZero": lambda n: f"{n:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": lambda n: _letter(n).upper(),
    "lowerLetter": _letter,
    "vietnameseCounting": _counting,
    "none": lambda n: "",
}


def _bullet(pattern: str) -> str:
    sign = pattern.strip()
    if not sign:
        return "-"
    return "".join(_SYMBOLS.get(c, "-" if "\ue000" <= c <= "\uf8ff" else c) for c in sign)


def read_numbering(root: etree._Element | None) -> Numbering:
    """The numbering part; an absent one gives no labels."""
    numbering = Numbering()
    if root is None:
        return numbering
    linked: dict[str, str] = {}
    style_of: dict[str, str] = {}
    for element in root:
        name = attribute(element, "abstractNumId") or ""
        if local(element) == "abstractNum":
            numbering.abstract[name] = _levels(element)
            for child in element:
                if local(child) == "styleLink":
                    style_of[attribute(child, "val") or ""] = name
                elif local(child) == "numStyleLink":
                    linked[name] = attribute(child, "val") or ""
    for name, style in linked.items():
        if style in style_of and not numbering.abstract.get(name):
            numbering.abstract[name] = numbering.abstract[style_of[style]]
    for element in root:
        if local(element) == "num":
            _list(element, numbering)
    return numbering


def _levels(element: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for child in element:
        if local(child) == "lvl":
            index = _int(attribute(child, "ilvl"), 0)
            levels[index] = _level(child)
    return levels


def _level(element: etree._Element) -> Level:
    level = Level()
    for child in element:
        value = attribute(child, "val")
        match local(child):
            case "numFmt":
                level.kind = value or "decimal"
            case "lvlText":
                level.pattern = value or ""
            case "start":
                level.start = _int(value, 1)
            case "lvlRestart":
                level.restart = _int(value, 0)
            case "isLgl":
                level.legal = (value or "1").lower() not in ("0", "false", "off")
            case _:
                pass
    return level


def _list(element: etree._Element, numbering: Numbering) -> None:
    """One w:num: the abstract list that it uses, and where it starts anew or changes a level."""
    list_id = attribute(element, "numId") or ""
    abstract = ""
    overrides: dict[int, int] = {}
    own_levels: dict[int, Level] = {}
    for child in element:
        if local(child) == "abstractNumId":
            abstract = attribute(child, "val") or ""
        elif local(child) == "lvlOverride":
            index = _int(attribute(child, "ilvl"), 0)
            for part in child:
                if local(part) == "startOverride":
                    overrides[index] = _int(attribute(part, "val"), 1)
                elif local(part) == "lvl":
                    own_levels[index] = _level(part)
    if own_levels:
        name = f"{abstract}/{list_id}"
        numbering.abstract[name] = {**numbering.abstract.get(abstract, {}), **own_levels}
        abstract = name
    numbering.lists[list_id] = (abstract, overrides)


def _int(value: str | None, default: int) -> int:
    text = (value or "").strip()
    return int(text) if text.lstrip("-").isdigit() and len(text) < 9 else default
