"""Headings: section titles that say whether what follows directs work, and headings that name who must act."""

from __future__ import annotations

import re
from functools import cache

from models.canonical import canonical, tokens
from models.lexicons import table
from models.tasks.directives import coordinators_in
from models.tasks.names import Name, noun_phrase

_TASKS_OF = re.compile(r"(?:trách nhiệm|nhiệm vụ|phân công nhiệm vụ|nhiệm vụ cụ thể)(?: của| đối với| cho)? |đối với |về phía |giao (?:cho )?|đề nghị |yêu cầu ")
_TAIL = re.compile(
    r"^(?: ?,? ?(?:theo|trên cơ sở|căn cứ) [^:]{3,100}?)?"
    r"(?: ?,? ?(?:có )?(?:các )?(?:trách nhiệm|nhiệm vụ)(?: sau(?: đây)?)?| thực hiện(?: các nhiệm vụ sau)?| ?,? ?chịu trách nhiệm"
    r"| ?,? ?chủ trì(?: ?,? ?(?:phối hợp|cùng)(?: (?:với|cùng))?.*)?| ?,? ?phối hợp (?:với )?.*)? ?[:.]?(?: cụ thể(?: như sau)?:?| như sau:?)? ?[:.]? ?$"
)


@cache
def _titles() -> tuple[tuple[str, str, str], ...]:
    return tuple((canonical(row["title"]), row["where"], row["directs"]) for row in table("task_sections"))


def direction(title: str) -> str | None:
    """"yes", "no" or "other" for a known section title, None for an unknown one."""
    flat = canonical(title).strip(" .:-\"")
    best: tuple[int, str] | None = None
    for words, where, directs in _titles():
        found = flat.startswith(words) if where == "start" else words in flat
        if found and (best is None or len(words) > best[0]):
            best = (len(words), directs)
    return best[1] if best else None


def actors(title: str) -> tuple[list[str], list[str]] | None:
    """``(names, coordinators)`` when a heading is nothing but who must act ("2. Sở Tài chính:"), else None."""
    flat = canonical(title)
    led = _TASKS_OF.match(flat)
    begin = led.end() if led else 0
    sequence = tokens(title)
    index = next((i for i, t in enumerate(sequence) if t.start >= begin), None)
    if index is None:
        return None
    phrase = noun_phrase(sequence, index)
    if phrase is None:
        return None
    rest = flat[sequence[phrase.last - 1].end :] if phrase.last else flat
    if not _TAIL.match(rest):
        if len(sequence) <= 12 and not rest.strip().endswith((".", ";")) and phrase.last - index >= 2 and not re.search(r"\d", rest) and (
            re.match(r" (?:tham gia|được|thuộc|phụ trách|có|là)", rest)
        ):
            return [title[begin:].strip(" :.;")], []
        return None
    coordinators, _ = coordinators_in(sequence, phrase.last, len(sequence))
    return [title[n.start : n.end] for n in phrase.names], [_text(title, n) for n in coordinators]


def _text(title: str, name: Name) -> str:
    return title[name.start : name.end]
