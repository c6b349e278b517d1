"""Splits by issuer and topic: train, dev and test share no issuing body, no topic and no near-duplicate.

Letters that share an issuer (body, parent and province together), a topic or a good part of their wording form one
group; a group's side is a hash of its first issuer, so that it does not depend on the order of files or on chance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Literal

from corpus.model import AnnotatedLetter
from corpus.shingles import near_duplicates, prose
from models.text import fold

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
SHARES = {"train": 80, "dev": 10, "test": 10}
KEPT: dict[str, Split] = {
    "w2-lientich-mttq-cand-langson-kh-2020": "train", "w3-caosu-2021-khen-tho-gioi": "test", "w3-ct-chi-cuc-2006-thue-mon-bai": "test", "w5-ccb-nhuxuan-2018-gioi-thieu": "test",
}  # fmt: skip
"""Letters the names of whose bodies were mended after the splits were made: their groups keep their sides, so that results stay comparable."""
ALIKE = 0.2
"""Letters of which this share of 6-word runs is common stand on one side."""


def issuer_key(letter: AnnotatedLetter) -> str:
    """Caseless key of the issuing body with its parent and province."""
    names = [letter.header.province or ""]
    for name, field in (("parent", "parent_body"), ("issuer", "issuer")):
        mark = letter.first(name)
        names.append((mark.value or letter.joined(mark)) if mark else letter.header.inferred.get(field, ""))
    key = " | ".join(" ".join(fold(n).casefold().split()) for n in names)
    return key if key.strip(" |") else letter.id


def topic_key(letter: AnnotatedLetter) -> str:
    """Caseless key of the topic."""
    return " ".join(fold(letter.header.topic).casefold().split())


def groups(letters: Sequence[AnnotatedLetter]) -> list[list[AnnotatedLetter]]:
    """The letters in groups that must stay on one side."""
    parent = list(range(len(letters)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[str, int] = {}
    place = {letter.id: i for i, letter in enumerate(letters)}
    for i, letter in enumerate(letters):
        for key in ("issuer " + issuer_key(letter), "topic " + topic_key(letter)):
            parent[root(i)] = root(seen.setdefault(key, i))
    for a, b, _ in near_duplicates({letter.id: prose(letter) for letter in letters}, share=ALIKE):
        parent[root(place[a])] = root(place[b])
    found: dict[int, list[AnnotatedLetter]] = {}
    for i, letter in enumerate(letters):
        found.setdefault(root(i), []).append(letter)
    return list(found.values())


def assign(letters: Sequence[AnnotatedLetter]) -> dict[str, Split]:
    """The side of every letter by its id."""
    sides: dict[str, Split] = {}
    for group in groups(letters):
        key = min(issuer_key(letter) for letter in group)
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 100
        drawn: Split = "train" if number < SHARES["train"] else "dev" if number < 100 - SHARES["test"] else "test"
        side = next((KEPT[letter.id] for letter in group if letter.id in KEPT), drawn)
        for letter in group:
            sides[letter.id] = side
    return sides


def leaks(letters: Sequence[AnnotatedLetter], sides: dict[str, Split]) -> Iterator[str]:
    """What two sides share although they must not: issuers, topics, wording. Empty for a sound split."""
    seen: dict[str, str] = {}
    for letter in letters:
        for key in ("issuer " + issuer_key(letter), "topic " + topic_key(letter)):
            other = seen.setdefault(key, letter.id)
            if sides[other] != sides[letter.id]:
                yield f"{key}: {other} is {sides[other]}, {letter.id} is {sides[letter.id]}"
    for a, b, alike in near_duplicates({letter.id: prose(letter) for letter in letters}, share=ALIKE):
        if sides[a] != sides[b]:
            yield f"{a} ({sides[a]}) and {b} ({sides[b]}) share {alike:.0%} of their wording"
