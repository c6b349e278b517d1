"""New names for signers: put together from common parts, so that no person is meant."""

from __future__ import annotations

import re
from random import Random

from corpus.data import data_table
from corpus.generate.draft import Draft, pieces

_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,4}$")


def make_name(rng: Random, *, woman: bool) -> str:
    """A name: surname, middle name, given name (họ, tên đệm, tên)."""

    def pick(part: str) -> str:
        rows = [row for row in data_table("names") if row["part"] == part]
        return rng.choices([r["word"] for r in rows], [int(r["weight"]) for r in rows])[0]

    kind = "nu" if woman else "nam"
    return f"{pick('ho')} {pick('dem_' + kind)} {pick('ten_' + kind)}"


def surnames() -> frozenset[str]:
    """Words that make a following capitalised word part of a person's name."""
    return frozenset(word for row in data_table("names") if row["part"] != "ten_nam" for word in row["word"].split())


def rename_signers(draft: Draft, rng: Random) -> None:
    """Give every signer a new name, everywhere in the letter where the old one stands in full."""
    names: dict[str, str] = {}
    for line in draft.raw_lines():
        open_names = 0
        for piece in pieces(line):
            if piece.kind == "open":
                open_names = 1 if piece.name == "name" else 0
            elif piece.kind == "text" and open_names and _NAME.match(piece.text):
                old = piece.text
                new = make_name(rng, woman=" Thị " in f" {old.title()} ")
                names.setdefault(old, new.upper() if old.isupper() else new)
            else:
                open_names = 0
    if not names:
        return
    for old in list(names):
        if not old.isupper():
            names.setdefault(old.upper(), names[old].upper())
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(old)}(?!\w)" for old in sorted(names, key=len, reverse=True)))
    draft.edit_raw(lambda line: pattern.sub(lambda m: names[m[0]], line))
    draft.done.append("names")
