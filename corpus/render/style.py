"""How one office sets its pages: sizes, margins, habits. Decree 30/2020 Appendix I, with the variation of practice."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from corpus.model import AnnotatedLetter
from corpus.render.fonts import available

MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Lengths in points."""

    width: float = 595.3
    height: float = 841.9
    left: float = 30 * MM
    right: float = 18 * MM
    top: float = 20 * MM
    bottom: float = 20 * MM
    family: str = "serif"
    size: float = 14
    head_size: float = 13
    foot_size: float = 11
    leading: float = 1.18
    paragraph_gap: float = 6
    indent: float = 12.7 * MM
    head_split: float = 0.42
    """Share of the text width that the left column of the head takes."""
    justify: bool = True
    party: bool = False
    bold_articles: bool = True
    italic_bases: bool = True
    signature_gap: float = 62
    page_numbers: bool = True
    number_at_top: bool = True

    @property
    def text_width(self) -> float:
        """Width between the margins."""
        return self.width - self.left - self.right


def choose_style(letter: AnnotatedLetter, seed: int) -> PageStyle:
    """A plausible style for a letter: the Decree's norm most of the time, and what offices make of it."""
    rng = Random(f"style/{letter.id}/{seed}")
    party = "ĐẢNG CỘNG SẢN" in letter.text[:400] or letter.header.system == "party"
    families = ["serif"] * 22 + [f for f in ("sans", "dejavu", "noto") if available(f)]
    size = rng.choice([13, 13, 13.5, 14, 14, 14])
    return PageStyle(
        left=rng.uniform(28, 35) * MM,
        right=rng.uniform(14, 20) * MM,
        top=rng.uniform(16, 25) * MM,
        bottom=rng.uniform(15, 25) * MM,
        family=rng.choice(families),
        size=size,
        head_size=rng.choice([12, 13, 13]) if not party else 14,
        foot_size=rng.choice([11, 11, 12]) if not party else 12,
        leading=rng.choice([1.1, 1.15, 1.2, 1.3, 1.4]),
        paragraph_gap=rng.choice([2, 4, 6, 6, 8]),
        indent=rng.choice([10, 12.7, 12.7]) * MM,
        head_split=rng.uniform(0.38, 0.46),
        justify=rng.random() < 0.9,
        party=party,
        bold_articles=rng.random() < 0.8,
        italic_bases=rng.random() < 0.7,
        signature_gap=rng.uniform(50, 80),
        page_numbers=rng.random() < 0.85,
        number_at_top=rng.random() < 0.75,
    )
