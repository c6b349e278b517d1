"""When two values count as equal: CONTRACT section 4 (NFC, caseless, tone placement, white space, outer punctuation)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from models.text import tone_key

_URGENCY = {"khẩn": "khan", "thượng khẩn": "thuong_khan", "hỏa tốc": "hoa_toc", "hoả tốc": "hoa_toc", "hỏa tốc hẹn giờ": "hoa_toc_hen_gio"}


def norm(value: object) -> str:
    """The form in which strings are compared; the empty string for None."""
    if value is None:
        return ""
    text = unicodedata.normalize("NFC", str(value)).casefold()
    text = text.replace("–", "-").replace("—", "-").replace("“", '"').replace("”", '"')
    text = re.sub(r"\s+", " ", text).strip(" \t\n.,;:-*\"'()[]/")
    return " ".join(tone_key(word) for word in text.split(" "))


def norm_identifier(value: object) -> str:
    """Numbers and symbols: no blanks, no dots, no leading zeros."""
    return re.sub(r"[\s.]+", "", norm(value)).lstrip("0")


def norm_field(field: str, value: object) -> str:
    """The comparison form of a scalar field."""
    if field in ("number", "symbol", "identifier"):
        return norm_identifier(value)
    if field == "subject":
        return re.sub(r"^(v/v|về việc|về)\s*:?\s*", "", norm(value))
    if field == "archive_note":
        return re.sub(r"^lưu\s*:?\s*", "", norm(value))
    if field == "urgency":
        return _URGENCY.get(unicodedata.normalize("NFC", str(value or "")).casefold(), norm(value))
    return norm(value)


def bare(name: object) -> str:
    """A name without its remarks in parentheses, unless nothing else is left."""
    return norm(re.sub(r"\([^()]*\)", " ", str(name or ""))) or norm(name)


def assign(pairs: Sequence[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """Greedy best-first one-to-one matching of (score, i, j)."""
    matched: list[tuple[int, int]] = []
    used_i: set[int] = set()
    used_j: set[int] = set()
    for _, i, j in sorted(pairs, key=lambda pair: -pair[0]):
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            matched.append((i, j))
    return matched


def match_names(gold: Sequence[object], predicted: Sequence[object]) -> list[tuple[int, int]]:
    """One-to-one matching of names at ratio 85 or better."""
    pairs = [(fuzz.ratio(bare(g), bare(p)), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted)]
    return assign([pair for pair in pairs if pair[0] >= 85])


def match_references(gold: Sequence[dict[str, object]], predicted: Sequence[dict[str, object]]) -> list[tuple[int, int]]:
    """By identifier where gold has one, else by type with the same date or a title at ratio 80 or better."""
    pairs: list[tuple[float, int, int]] = []
    for i, g in enumerate(gold):
        gold_id = norm_identifier(g.get("number"))
        for j, p in enumerate(predicted):
            score = 0.0
            if gold_id:
                score = 100.0 if gold_id == norm_identifier(p.get("identifier")) else 0.0
            elif norm(g.get("type")) == norm(p.get("type")):
                if g.get("date") and g.get("date") == p.get("date"):
                    score = 95.0
                if p.get("title"):
                    title = fuzz.partial_ratio(norm(g.get("title") or g.get("text")), norm(p.get("title")))
                    score = max(score, title if title >= 80 else 0.0)
            if score:
                pairs.append((score, i, j))
    return assign(pairs)


def words(text: object) -> set[str]:
    """The distinct words of a text in comparison form."""
    return set(re.findall(r"\w+", norm(text)))


def match_tasks(gold: Sequence[object], predicted: Sequence[object]) -> list[tuple[int, int]]:
    """One to one where the shared words are 60% of the shorter text and 40% of the longer."""
    pairs: list[tuple[float, int, int]] = []
    gold_words = [words(g) for g in gold]
    predicted_words = [words(p) for p in predicted]
    for i, a in enumerate(gold_words):
        for j, b in enumerate(predicted_words):
            if not a or not b:
                continue
            shared = len(a & b)
            small, large = sorted((len(a), len(b)))
            if shared / small >= 0.6 and shared / large >= 0.4:
                pairs.append((shared / large, i, j))
    return assign(pairs)
