"""The same letter in other forms of writing: abbreviations, forms of dates, tone placement, slips of typing."""

from __future__ import annotations

import re
from random import Random

from corpus.data import data_table
from corpus.generate.draft import Draft, innermost_reference
from models.letter import Zone

HEAD = frozenset({Zone.NATIONAL_TITLE, Zone.PARENT_BODY, Zone.ISSUER, Zone.DOCUMENT_TYPE, Zone.SIGNER_NAME})
_SLASHED = re.compile(r"(ngày\s+)(\d{1,2})/(\d{1,2})/(\d{4})")
_WORDED = re.compile(r"(ngày\s+)(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})")
_TONES = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ",
    "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ", "ọe": "oẹ",
    "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
_TONES |= {k.upper(): v.upper() for k, v in _TONES.items()} | {
    k[0].upper() + k[1]: v[0].upper() + v[1] for k, v in _TONES.items()
}
_TONED = re.compile("(?:" + "|".join(_TONES) + r")(?!\w)")
_SHORT = re.compile(r"(?<![\w])[A-ZĐ]{1,4}[a-z]?\.?\s$")
_EXACT = frozenset(["number", "symbol", "date", "due", "name", "email", "archive", "place", "urgency", "secrecy"])


def abbreviate(draft: Draft, rng: Random) -> None:
    """Write some names short that were written out, or out that were short, all through the letter and its header."""
    text = "\n".join(draft.raw_lines())
    table: dict[str, str] = {}
    for row in data_table("abbreviation_pairs"):
        if row["full"] in text and rng.random() < 0.25:
            table[row["full"]] = row["abbr"]
        elif row["back"] and row["full"] not in text and row["abbr"] in text and rng.random() < 0.3:
            table[row["abbr"]] = row["full"]
    if not table:
        return
    keys = sorted(table, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w/&\-])(?:{'|'.join(map(re.escape, keys))})(?![\w/&\-])")

    def change(words: str) -> str:
        def one(m: re.Match[str]) -> str:
            # "TT HĐND" does not become "TT Hội đồng nhân dân": short stands beside short.
            return m[0] if len(table[m[0]]) > len(m[0]) and _SHORT.search(words[: m.start()]) else table[m[0]]

        return pattern.sub(one, words)

    def edit(words: str, stack: tuple[str, ...], zone: Zone) -> str:
        return words if zone in HEAD or "symbol" in stack or "email" in stack else change(words)

    draft.edit_text(edit)
    province, identifier = draft.header.province, draft.header.identifier
    draft.edit_header(lambda s: s if s in (province, identifier) or re.match(r"\d+[a-z]?[/-]", s) else change(s))
    draft.done.append("abbreviations")


def reform_dates(draft: Draft, rng: Random) -> None:
    """Write the dates of citations and deadlines with strokes instead of words, or the other way round."""
    to_words = rng.random() < 0.5
    pad_month = rng.random() < 0.3

    def words_of(m: re.Match[str]) -> str:
        month = int(m[3])
        return (
            f"{m[1]}{int(m[2]):02d} tháng {month:02d} năm {m[4]}"
            if month < 3
            else f"{m[1]}{int(m[2]):02d} tháng {month} năm {m[4]}"
        )

    def strokes_of(m: re.Match[str]) -> str:
        month = int(m[3])
        padded = pad_month or month < 3
        return f"{m[1]}{int(m[2]):02d}/{month:02d}/{m[4]}" if padded else f"{m[1]}{int(m[2]):02d}/{month}/{m[4]}"

    def edit(words: str, stack: tuple[str, ...], zone: Zone) -> str:
        if innermost_reference(stack) or "due" in stack:
            return _SLASHED.sub(words_of, words) if to_words else _WORDED.sub(strokes_of, words)
        return words

    draft.edit_text(edit)
    draft.done.append("date forms")


def old_tones(draft: Draft) -> None:
    """Set tone marks in the other place ("hoà", "uỷ"), all through the text; values compare as equal."""

    def edit(words: str, stack: tuple[str, ...], zone: Zone) -> str:
        def one(m: re.Match[str]) -> str:
            before = words[m.start() - 1 : m.start()].lower()
            return m[0] if before == "q" else _TONES[m[0]]

        return _TONED.sub(one, words)

    draft.edit_text(edit)
    draft.done.append("old tones")


def slips(draft: Draft, rng: Random) -> None:
    """A few slips as typists make them: a blank too many or too few, a stroke set off, a lost final mark."""
    kinds = [
        (re.compile(r", "), [",", " , "]),
        (re.compile(r"(?<=\w) (?=\w)"), ["  "]),
        (re.compile(r"; "), [" ; ", ";"]),
        (re.compile(r"\./\.$"), [".", "./"]),
        (re.compile(r"^Kính gửi:"), ["Kính gửi :"]),
        (re.compile(r"^Nơi nhận:"), ["Nơi nhận :"]),
        (re.compile(r"^Số:"), ["Số :"]),
        (re.compile(r"^- "), ["-", "+ ", "– "]),
    ]
    left = rng.randint(1, 4)

    def edit(words: str, stack: tuple[str, ...], zone: Zone) -> str:
        nonlocal left
        if (
            left <= 0
            or zone in HEAD
            or rng.random() > 0.08
            or any(n in _EXACT for n in stack)
            or innermost_reference(stack)
        ):
            return words
        pattern, forms = rng.choice(kinds)
        places = list(pattern.finditer(words))
        if not places:
            return words
        place = rng.choice(places)
        left -= 1
        return words[: place.start()] + rng.choice(forms) + words[place.end() :]

    draft.edit_text(edit)
    draft.done.append("slips")
