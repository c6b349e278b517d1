"""Judged queries for the search benchmark, made from what is known of generated letters; the same seed gives the same queries.

Each query comes with grades: 3 the letter that was looked for, 2 a letter on just this matter, 1 a letter that is of use.
Judgements never look at the words of a letter's text, only at gold facts: which written letter it was made of and the topic
that its author noted, number, issuer, dates, deadlines, cited documents, signer. So no engine is favoured by how it matches.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from models.lexicons import table
from models.text import fold

FAMILIES = {
    "topic": "the topic as its author noted it, with marks",
    "topic, no marks": "other topics, typed without marks",
    "topic, OCR errors": "topics with one or two letters misread",
    "topic + place, no marks": "topic and province",
    "subject, no marks": "four to six words of a subject, without marks",
    "abbreviation": "an issuer's name shortened, or written out, against how its letter prints it, and words of the subject",
    "number": "a number in one of five spellings, and the province",
    "cites": "a number that letters cite, in one of five spellings",
    "deadline": "a day in one of five spellings, some without marks, and what is due",
    "issuer + year, no marks": "words of an issuer and a year",
    "signer, no marks": "a signer's name",
}
_MISREAD = {"n": "u", "u": "n", "h": "b", "c": "e", "e": "c", "i": "l", "l": "i", "o": "0", "g": "q", "t": "f", "m": "rn", "a": "o"}
_SMALL = frozenset(["và", "của", "các", "về", "cho", "tại", "trong", "theo", "việc", "một", "số", "năm", "từ", "đến", "với"])


@dataclass(frozen=True, slots=True)
class Letter:
    """A generated letter: its id, what it was made of, and its perfect extraction."""

    id: str
    base: str
    topic: str
    province: str | None
    extraction: dict[str, Any]

    def value(self, name: str) -> str | None:
        """A scalar field."""
        found = (self.extraction.get(name) or {}).get("value")
        return str(found) if found else None

    @property
    def year(self) -> str | None:
        """Year of issue."""
        return (self.value("date") or "")[:4] or None


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with the grades of letters by id."""

    family: str
    text: str
    grades: dict[str, int]


def queries(letters: list[Letter], each: int = 20, seed: int = 1) -> list[Judged]:
    """``each`` queries of every family."""
    made: list[Judged] = []
    for number, (family, make) in enumerate(_makers(letters).items()):
        rng = Random(f"{seed}/{number}")
        seen: set[str] = set()
        for judged in make(rng):
            if judged.text in seen or not judged.grades:
                continue
            seen.add(judged.text)
            made.append(Judged(family, judged.text, judged.grades))
            if len(seen) == each:
                break
    return made


Maker = Callable[[Random], Iterator[Judged]]


def _makers(letters: list[Letter]) -> dict[str, Maker]:
    by_base: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_base[letter.base].append(letter)
    near = _near_topics(by_base)

    def about(base: str) -> dict[str, int]:
        grades = {one.id: 1 for other in near[base] for one in by_base[other]}
        return grades | {one.id: 2 for one in by_base[base]}

    def bases(rng: Random, part: int) -> Iterator[str]:
        # each family has topics of its own
        names = sorted(base for base in by_base if len(re.findall(r"\w+", by_base[base][0].topic)) >= 3)
        rng.shuffle(names)
        yield from (name for number, name in enumerate(names) if number % 3 == part)

    def topic(rng: Random) -> Iterator[Judged]:
        for base in bases(rng, 0):
            yield Judged("", by_base[base][0].topic, about(base))

    def topic_plain(rng: Random) -> Iterator[Judged]:
        for base in bases(rng, 1):
            yield Judged("", fold(by_base[base][0].topic).lower(), about(base))

    def topic_misread(rng: Random) -> Iterator[Judged]:
        for base in bases(rng, 2):
            yield Judged("", _misread(by_base[base][0].topic, rng), about(base))

    def topic_place(rng: Random) -> Iterator[Judged]:
        for base in bases(rng, 1):
            one = rng.choice(by_base[base])
            if one.province:
                here = {other.id: 3 for other in by_base[base] if other.province == one.province}
                yield Judged("", fold(f"{one.topic} {one.province}").lower(), dict.fromkeys(about(base), 1) | here)

    def subject(rng: Random) -> Iterator[Judged]:
        for base in bases(rng, 0):
            words = [w for w in re.findall(r"[^\W\d_]+", rng.choice(by_base[base]).value("subject") or "") if w.lower() not in _SMALL]
            if len(words) >= 5:
                start = rng.randrange(0, len(words) - 4)
                yield Judged("", fold(" ".join(words[start : start + rng.randint(4, 6)])).lower(), about(base))

    def abbreviation(rng: Random) -> Iterator[Judged]:
        for base in bases(rng, 2):
            one = rng.choice(by_base[base])
            other = _other_form(one.value("issuer") or "", rng)
            words = [w for w in re.findall(r"[^\W\d_]+", one.value("subject") or "") if w.lower() not in _SMALL][:4]
            if other and words:
                same = {x.id: 3 for x in by_base[base] if x.value("issuer") == one.value("issuer")}
                yield Judged("", f"{other} {' '.join(words)}", about(base) | same)

    def number(rng: Random) -> Iterator[Judged]:
        for one in _shuffled(letters, rng):
            identifier = one.value("identifier")
            if identifier and "/" in identifier and one.province:
                own = {x.id: 3 if x.province == one.province else 1 for x in letters if x.value("identifier") == identifier}
                citing = {x.id: 1 for x in letters for r in x.extraction["references"] if r["identifier"] == identifier}
                yield Judged("", f"{_respelled(identifier, rng)} {rng.choice([one.province, fold(one.province).lower()])}", citing | own)

    def cites(rng: Random) -> Iterator[Judged]:
        for one in _shuffled(letters, rng):
            cited = [r for r in one.extraction["references"] if r["identifier"] and "/" in r["identifier"]]
            if cited:
                ref = rng.choice(cited)
                found = {x.id: 2 for x in letters if any(r["identifier"] == ref["identifier"] for r in x.extraction["references"])}
                own = {x.id: 3 for x in letters if x.value("identifier") == ref["identifier"]}
                if len(found) < 2000:
                    yield Judged("", f"{ref['type'] or ''} {_respelled(ref['identifier'], rng)}".strip(), found | own)

    def deadline(rng: Random) -> Iterator[Judged]:
        for one in _shuffled(letters, rng):
            due = [t["deadline"]["date"][:10] for t in one.extraction["tasks"] if (t["deadline"] or {}).get("date")]
            if due:
                day = rng.choice(due)
                found = {x.id: 2 for x in letters if any(((t["deadline"] or {}).get("date") or "")[:10] == day for t in x.extraction["tasks"])}
                text = f"{rng.choice(['báo cáo trước', 'gửi trước', 'hạn', 'bao cao truoc', 'han'])} {_day(day, rng)}"
                yield Judged("", text, found)

    def issuer_year(rng: Random) -> Iterator[Judged]:
        for one in _shuffled(letters, rng):
            issuer = one.value("issuer")
            if issuer and one.year and 3 <= len(issuer.split()) <= 9:
                found = {x.id: 2 for x in letters if x.value("issuer") == issuer and x.year == one.year}
                other = {x.id: 1 for x in letters if x.value("issuer") == issuer}
                yield Judged("", fold(f"{issuer} {one.year}").lower(), other | found)

    def signer(rng: Random) -> Iterator[Judged]:
        for one in _shuffled(letters, rng):
            name = ((one.extraction["signer"] or {}).get("name") or {}).get("value")
            if name and len(name.split()) >= 3:
                found = {x.id: 2 for x in letters if ((x.extraction["signer"] or {}).get("name") or {}).get("value") == name}
                yield Judged("", fold(name).lower(), found)

    return dict(zip(FAMILIES, (topic, topic_plain, topic_misread, topic_place, subject, abbreviation, number, cites, deadline, issuer_year, signer), strict=True))


def _shuffled(letters: list[Letter], rng: Random) -> Iterator[Letter]:
    for _ in range(2000):
        yield rng.choice(letters)


def _near_topics(by_base: dict[str, list[Letter]]) -> dict[str, list[str]]:
    """Written letters whose authors noted nearly the same topic."""
    words = {base: frozenset(w for w in fold(found[0].topic).lower().split() if w not in _SMALL) for base, found in by_base.items()}
    return {
        base: [other for other, theirs in words.items() if other != base and len(mine & theirs) >= 2 and len(mine & theirs) / len(mine | theirs) >= 0.5]
        for base, mine in words.items()
    }


def _misread(text: str, rng: Random) -> str:
    """``text`` with one or two of its longer words misread by a letter."""
    words = text.split()
    places = [n for n, w in enumerate(words) if len(w) >= 3]
    for at in rng.sample(places, min(len(places), rng.randint(1, 2))):
        spots = [n for n, c in enumerate(words[at]) if c in _MISREAD]
        if spots:
            spot = rng.choice(spots)
            words[at] = words[at][:spot] + _MISREAD[words[at][spot]] + words[at][spot + 1 :]
    return " ".join(words)


def _other_form(issuer: str, rng: Random) -> str | None:
    """An issuer's name shortened where it is written out, or the other way round; None when no abbreviation is known."""
    rows = [(row["abbr"], row["expansion"]) for row in table("abbreviations") if ";" not in row["expansion"] and "/" not in row["expansion"] and len(row["abbr"]) >= 3]
    for short, full in sorted(rows, key=lambda r: -len(r[1])):
        if full.lower() in issuer.lower():
            return re.sub(re.escape(full), short, issuer, flags=re.I)
    for short, full in rows:
        if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", issuer):
            return issuer.replace(short, full)
    return None


def _respelled(identifier: str, rng: Random) -> str:
    return rng.choice([
        identifier, re.sub(r"[-/]", " ", identifier), identifier.lower(), fold(identifier), re.sub(r"[-/]", lambda m: "/" if m[0] == "-" else "-", identifier),
    ])


def _day(iso: str, rng: Random) -> str:
    year, month, day = iso.split("-")
    return rng.choice([
        f"{int(day)}/{int(month)}/{year}", f"{day}/{month}/{year}", f"ngày {int(day)} tháng {int(month)} năm {year}", f"ngay {day} thang {month} nam {year}", f"{int(day)}.{int(month)}.{year}",
    ])


def read_letters(lines: Iterable[str]) -> Iterator[Letter]:
    """Letters of ``python -m corpus.generate --form extraction``."""
    import json

    for line in lines:
        record = json.loads(line)
        yield Letter(record["id"], record["base"], record["topic"] or "", record["province"], record["extraction"])
