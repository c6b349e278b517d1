"""Lines built from runs of text with looks: shared by the readers of HTML, RTF and ODT."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from models.document import Alignment, Line
from models.errors import InputTooLarge
from models.reading.encodings import decode_by_font, encoding_of_font
from models.reading.limits import MAX_CHARACTERS, MAX_LINES

_SPACES = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\ufeff\u2060\x00-\x08\x0e-\x1f]")


@dataclass(slots=True, frozen=True)
class Style:
    """Look of a run and its paragraph; sizes in points."""

    bold: bool = False
    italic: bool = False
    hidden: bool = False
    capitals: bool = False
    size: float | None = None
    font: str | None = None
    alignment: Alignment | None = None
    indent: float | None = None

    def but(self, **changes: Any) -> Style:
        """The same style with some properties changed."""
        return replace(self, **changes)


@dataclass(slots=True)
class Builder:
    """Collects runs into lines. ``lines`` is where finished lines go; a table cell swaps it for its own list."""

    lines: list[Line] = field(default_factory=list)
    page: int = 1
    legacy: Counter[str] = field(default_factory=Counter)
    total_lines: int = 0
    total_characters: int = 0
    _runs: list[tuple[str, Style]] = field(default_factory=list)
    _label: str | None = None
    _raw: list[str] = field(default_factory=list)
    _raw_look: tuple[Style, bool] | None = None

    def text(self, text: str, style: Style, *, collapse: bool = True) -> None:
        """Add text to the current line. ``collapse``: white space of the source means one blank (HTML, ODT)."""
        if not text or style.hidden:
            return
        self.total_characters += len(text)
        if self.total_characters > MAX_CHARACTERS:
            raise InputTooLarge(f"More than {MAX_CHARACTERS:,} characters.", remedy="Send one letter at a time.")
        if self._raw and self._raw_look == (style, collapse):
            self._raw.append(text)
            return
        self._convert()
        self._raw, self._raw_look = [text], (style, collapse)

    def _convert(self) -> None:
        """Bring the text that came in one look to Unicode as a whole: VNI writes one letter as two signs ("oà" for "ồ"), which some
        programs hand over one by one."""
        if self._raw_look is None or not self._raw:
            return
        (style, collapse), text = self._raw_look, "".join(self._raw)
        self._raw, self._raw_look = [], None
        if style.font:
            converted = decode_by_font(text, style.font)
            if converted is not None:
                encoding = encoding_of_font(style.font)
                if encoding and not text.isascii():
                    self.legacy[encoding] += len(text)
                text = converted
        text = _INVISIBLE.sub("", text)
        if collapse:
            text = _SPACES.sub(" ", text)
        if style.capitals:
            text = text.upper()
        self._runs.append((text.replace("\u00a0", " "), style))

    def label(self, label: str) -> None:
        """An automatic number or bullet that stands before the next line."""
        self._label = label

    def end(self, *, whole: bool = True) -> Line | None:
        """End the current line; ``whole`` says that the paragraph ends with it."""
        self._convert()
        runs, self._runs = self._runs, []
        text = "".join(run for run, _ in runs).rstrip()
        if not text.strip():
            return None
        label, self._label = self._label, None
        if label:
            text = f"{label} {text.strip()}"
        self.total_lines += 1
        if self.total_lines > MAX_LINES:
            raise InputTooLarge(f"More than {MAX_LINES:,} lines.", remedy="Send one letter at a time.")
        weight: Counter[Style] = Counter()
        for run, style in runs:
            weight[style] += len(run.strip())
        total = sum(weight.values())
        style = weight.most_common(1)[0][0]
        line = Line(
            text=text,
            page=self.page,
            bold=2 * sum(n for s, n in weight.items() if s.bold) > total,
            italic=2 * sum(n for s, n in weight.items() if s.italic) > total,
            font_size=style.size,
            alignment=style.alignment,
            indent=style.indent,
            label=label,
            whole_paragraph=whole,
        )
        self.lines.append(line)
        return line


def convert_lines(lines: list[Line], legacy: Counter[str]) -> str | None:
    """Bring lines in a legacy encoding to Unicode (in place) and join loose tone marks; the encoding that was found."""
    from models.reading.encodings import detect_and_convert, repair_tones

    found = legacy.most_common(1)[0][0] if legacy else None
    if found is None:
        converted, found = detect_and_convert("\n".join(line.text.replace("\n", " ") for line in lines))
        pieces = converted.split("\n")
        if found is not None and len(pieces) == len(lines):
            for line, piece in zip(lines, pieces, strict=True):
                line.text = piece
    for line in lines:
        line.text = repair_tones(line.text)
    return found
