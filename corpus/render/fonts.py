"""Free fonts with Vietnamese letters, found on the machine when needed (none is shipped)."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from models.errors import MissingProgram

STYLES = ("regular", "bold", "italic", "bolditalic")
CANDIDATES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "serif": (
        ("Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"),
        ("LiberationSerif-Regular", "LiberationSerif-Bold", "LiberationSerif-Italic", "LiberationSerif-BoldItalic"),
        ("NotoSerif-Regular", "NotoSerif-Bold", "NotoSerif-Italic", "NotoSerif-BoldItalic"),
        ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    ),
    "sans": (
        ("Arimo-Regular", "Arimo-Bold", "Arimo-Italic", "Arimo-BoldItalic"),
        ("LiberationSans-Regular", "LiberationSans-Bold", "LiberationSans-Italic", "LiberationSans-BoldItalic"),
        ("NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic", "NotoSans-BoldItalic"),
        ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    ),
    "dejavu": (("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),),
    "noto": (("NotoSerif-Regular", "NotoSerif-Bold", "NotoSerif-Italic", "NotoSerif-BoldItalic"),),
    "mono": (
        ("Cousine-Regular", "Cousine-Bold", "Cousine-Italic", "Cousine-BoldItalic"),
        ("DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique", "DejaVuSansMono-BoldOblique"),
    ),
}
"""Families by role, the best first. Tinos and Liberation Serif 2 have the widths of Times New Roman, which Decree
30/2020 prescribes; Liberation 1 lacks most Vietnamese letters and is passed over."""
PROBE = "ếựẵỡỵĐ"
DIRECTORIES = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"))


@cache
def _files() -> dict[str, Path]:
    found: dict[str, Path] = {}
    try:
        listed = subprocess.run(
            ["fc-list", "--format", "%{file}\n"], capture_output=True, text=True, timeout=20, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        listed = [str(p) for directory in DIRECTORIES for p in Path(directory).rglob("*.ttf")]
    for name in listed:
        found.setdefault(Path(name).stem, Path(name))
    return found


@cache
def _stems(family: str) -> tuple[str, str, str, str] | None:
    for stems in CANDIDATES[family]:
        if all(stem in _files() and _speaks_vietnamese(_files()[stem]) for stem in stems):
            return stems
    return None


@cache
def _speaks_vietnamese(path: Path) -> bool:
    try:
        face = TTFont("probe", str(path)).face
    except (OSError, TTFError):
        return False
    return all(ord(c) in face.charToGlyph for c in PROBE)


@cache
def font_file(family: str, style: str = "regular") -> Path:
    """The file of a family's style.

    Raises MissingProgram when no family of this kind with Vietnamese letters is installed.
    """
    stems = _stems(family)
    if stems is None:
        raise MissingProgram(
            f"No {family} font with Vietnamese letters is installed.",
            remedy="Install Debian's fonts-croscore (Tinos, Arimo) or fonts-dejavu.",
        )
    return _files()[stems[STYLES.index(style)]]


def available(family: str) -> bool:
    """True when all four styles of a family are installed."""
    return _stems(family) is not None


@cache
def registered(family: str, style: str = "regular") -> str:
    """The name under which ReportLab knows the font, registered on first use."""
    name = f"{family}-{style}"
    pdfmetrics.registerFont(TTFont(name, str(font_file(family, style))))
    return name


def width(text: str, family: str, style: str, size: float) -> float:
    """Width of a text in points."""
    return float(pdfmetrics.stringWidth(text, registered(family, style), size))
