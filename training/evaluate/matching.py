"""Four ways in which a value counts as right: strict, soft, Levenshtein and Ratcliff-Obershelp.

All compare the forms of ``models.scoring.compare`` (CONTRACT section 4). *soft* is the contract's indel ratio (rapidfuzz ``ratio``)
of 90 or more for scalars and 85 for names in lists; *levenshtein* is one minus the edit distance over the longer length, at .80 or
more; *ratcliff* is the Ratcliff-Obershelp similarity (``difflib``, without its heuristic for frequent characters), at .95 or more.
Numbers, symbols, dates and closed vocabularies know only the strict way: half a number is no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from models.scoring.compare import assign, bare, norm, norm_field

MODES = ("strict", "soft", "levenshtein", "ratcliff")
"""Names of the ways, in the order of the tables."""
STRICT_ONLY = frozenset({
    "document_type", "number", "symbol", "identifier", "date", "urgency", "reference type", "reference identifier", "reference date",
    "reference relation", "references", "task deadline", "task types", "zone lines",
})  # fmt: skip
"""Fields compared only the strict way; in the other ways their strict counts stand."""
LISTS = frozenset({"addressees", "recipients", "tasks", "task assignees", "task coordinators"})
SOFT_SCALAR, SOFT_NAME, LEVENSHTEIN, RATCLIFF = 90.0, 85.0, 0.80, 0.95


def similarity(mode: str, a: str, b: str, *, soft: float = SOFT_SCALAR) -> float:
    """How alike two compared forms are in this way, 0 to 1; 0 below the way's threshold. Raises ValueError for an unknown way."""
    if mode not in MODES:
        raise ValueError(f"unknown way of matching {mode!r}: one of {', '.join(MODES)}")
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if mode == "soft":
        found, least = fuzz.ratio(a, b) / 100, soft / 100
    elif mode == "levenshtein":
        found, least = Levenshtein.normalized_similarity(a, b), LEVENSHTEIN
    elif mode == "ratcliff":
        matcher = SequenceMatcher(None, a, b, autojunk=False)
        # the quick bounds never lie below the ratio
        found = matcher.ratio() if matcher.real_quick_ratio() >= RATCLIFF and matcher.quick_ratio() >= RATCLIFF else 0.0
        least = RATCLIFF
    else:
        return 0.0
    return found if found >= least else 0.0


def equal(mode: str, field: str, gold: object, guess: object) -> bool:
    """Whether two values of a scalar field count as the same in this way; False where either is missing."""
    way = "strict" if field in STRICT_ONLY else mode
    return similarity(way, norm_field(field, gold), norm_field(field, guess)) > 0


def match_list(mode: str, gold: Sequence[object], guess: Sequence[object], *, names: bool = True) -> list[tuple[int, int]]:
    """One-to-one matching of two lists, best first. ``names`` leaves remarks in parentheses aside, as the contract does for bodies."""
    form = bare if names else norm
    a, b = [form(g) for g in gold], [form(g) for g in guess]
    pairs = [(similarity(mode, x, y, soft=SOFT_NAME), i, j) for i, x in enumerate(a) for j, y in enumerate(b)]
    return assign([pair for pair in pairs if pair[0] > 0])
