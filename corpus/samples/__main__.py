"""``python -m corpus.samples``: makes the two sample files and their gold again out of their ``.cv`` files."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.gold import to_gold
from corpus.load import read
from corpus.render.__main__ import scan_pdf
from corpus.render.layout import lay_out
from corpus.render.pdf import draw_pdf
from corpus.render.scan import scan
from corpus.render.style import PageStyle

HERE = Path(__file__).parent
SEED = 5
"""A seed whose scan has handwriting, a seal, and a stamp over the first lines."""


def main() -> None:
    """Write the PDFs and the gold beside the ``.cv`` files."""
    typed, scanned = read(HERE / "letter-typed.cv"), read(HERE / "letter-scan.cv")
    for letter in (typed, scanned):
        text = json.dumps(to_gold(letter), ensure_ascii=False, indent=1)
        (HERE / f"{letter.id}.json").write_text(text + "\n", encoding="utf-8")
    layout = lay_out(typed, PageStyle(size=13, leading=1.08, paragraph_gap=4))
    (HERE / "letter-typed.pdf").write_bytes(draw_pdf(layout, title="1584/SNN-TL"))
    found = scan(scanned, "scan", SEED, PageStyle(size=13.5, leading=1.1, paragraph_gap=4))
    (HERE / "letter-scan.pdf").write_bytes(scan_pdf(found))


if __name__ == "__main__":
    main()
