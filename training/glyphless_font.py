"""Makes ``models/weights/invisible.ttf``: python -m training.glyphless_font

A TrueType font for the invisible text layer of searchable PDFs: every letter that Vietnamese letters hold has its
character code, and all have one width and one outline, a box. It is made here from nothing, so no licence of a typeface applies.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

TARGET = Path(__file__).parent.parent / "models" / "weights" / "invisible.ttf"
WIDTH = 500
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x1A0, 0x1B0), (0x300, 0x323), (0x1EA0, 0x1EF9), (0x2010, 0x2044), (0x20AB, 0x20AC), (0x2190, 0x2193), (0x2200, 0x2265), (0x25A0, 0x25FF))


def main() -> None:
    """Write the font."""
    codes = [code for first, last in RANGES for code in range(first, last + 1)]
    names = {code: f"u{code:04X}" for code in codes}
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    # Readers tell the place of a letter from its outline: a full box each, which invisible text never shows.
    pen = TTGlyphPen(None)
    pen.moveTo((0, -220))
    for corner in ((0, 780), (WIDTH, 780), (WIDTH, -220)):
        pen.lineTo(corner)
    pen.closePath()
    box, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder.setupGlyf({name: empty if name in (".notdef", "u0020", "u00A0") else box for name in order})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (WIDTH, 0)))
    builder.setupHorizontalHeader(ascent=780, descent=-220)
    builder.setupNameTable({"familyName": "Congvan Invisible", "styleName": "Regular", "psName": "CongvanInvisible"})
    builder.setupOS2(sTypoAscender=780, sTypoDescender=-220, usWinAscent=780, usWinDescent=220)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=3786912000, modified=3786912000)
    builder.save(TARGET)


if __name__ == "__main__":
    main()
