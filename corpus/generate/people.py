"""New names for signers: put together from common parts, so that no person is meant."""

from __future__ import annotations

import re
from random import Random

from corpus.data import data_table
from corpus.generate.draft import Draft, pieces

_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,4}$")


REGIONAL = 0.35
"""Share of new names that are of the peoples of the region, where there are such."""


def people_of(province: str | None) -> str | None:
    """The names of ``names.tsv`` that are common in a province beside the Kinh ones, if any."""
    regions = {row["province"]: row["region"] for row in data_table("regions")}
    if province in ("Sóc Trăng", "Trà Vinh", "Kiên Giang", "Bạc Liêu", "Hậu Giang"):
        return "khmer"
    if province in ("Đắk Lắk", "Gia Lai", "Kon Tum", "Đắk Nông"):
        return "tay_nguyen"
    return "nui" if regions.get(province or "") == "núi phía Bắc" else None


def make_name(rng: Random, *, woman: bool, people: str | None = None) -> str:
    """A name: surname, middle name, given name (họ, tên đệm, tên); of ``people`` where it is given."""

    def pick(part: str) -> str:
        rows = [row for row in data_table("names") if row["part"] == part]
        return rng.choices([r["word"] for r in rows], [int(r["weight"]) for r in rows])[0]

    kind = "nu" if woman else "nam"
    if people == "tay_nguyen" and not woman:
        return f"Y {pick('ten_tay_nguyen')} {pick('ho_tay_nguyen')}"
    if people and people != "tay_nguyen":
        return f"{pick('ho_' + people)} {pick('dem_' + kind)} {pick('ten_' + kind)}"
    return f"{pick('ho')} {pick('dem_' + kind)} {pick('ten_' + kind)}"


def surnames() -> frozenset[str]:
    """Words that make a following capitalised word part of a person's name."""
    return frozenset(
        word for row in data_table("names") if not row["part"].startswith("ten_") for word in row["word"].split()
    )


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
                people = people_of(draft.header.province) if rng.random() < REGIONAL else None
                new = make_name(rng, woman=" Thị " in f" {old.title()} ", people=people)
                names.setdefault(old, new.upper() if old.isupper() else new)
            else:
                open_names = 0
    if not names:
        return
    for old in list(names):
        if not old.isupper():
            names.setdefault(old.upper(), names[old].upper())
    # "Bà Lành thông qua danh sách": whom the letter calls by the given name alone.
    for old, new in list(names.items()):
        if not old.isupper():
            for call in ("Ông", "ông", "Bà", "bà", "Đồng chí", "đồng chí", "đ/c", "anh", "chị"):
                names.setdefault(f"{call} {old.split()[-1]}", f"{call} {new.split()[-1]}")
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(old)}(?!\w)" for old in sorted(names, key=len, reverse=True)))
    draft.edit_raw(lambda line: pattern.sub(lambda m: names[m[0]], line))
    draft.done.append("names")
