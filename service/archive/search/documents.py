"""A letter as a document of the index: which field holds what."""

from __future__ import annotations

import hashlib
import json
import zlib
from functools import cache, lru_cache
from typing import Any

import tantivy

from models.lexicons import table
from models.references.bodies import body_of, province_in
from models.references.context import LetterContext
from models.references.folding import low
from service.archive.search.fields import type_value
from service.archive.search.lexicon import concepts_of
from service.archive.search.numbers import day_number, days_in, number_key
from service.archive.search.words import folded, forms_of, pairs, tokens

VERSION = 3
"""Grows with every change of the fields or of the analysis: an index of another version is made anew."""
BUCKETS = 64
"""Letters are dealt out to so many buckets by their id; counts over many letters are taken from some of them."""
SHOWN = "\x1f"
"""In terms of ``suggest``: what is typed, this sign, what is shown."""
WORDS = ("subject", "issuer_words", "addressee", "recipient", "signer", "place", "task_words", "assignee")
"""Fields of words without marks, for queries that name the field."""
NAMES = ("type", "issuer", "level", "province", "province_old", "urgency", "secrecy", "task", "origin")
"""Fields of whole values, for filters and facets."""
KEYS = ("id", "kind", "key", "number", "cites", "concepts", "suggest")
DAYS = ("year", "date", "due", "dates", "added", "bucket", "uid")
_HEAD_WEIGHT = 2


def schema() -> tantivy.Schema:
    """The index's fields."""
    builder = tantivy.SchemaBuilder()
    for name in ("text", "fold"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("exact_pairs", tokenizer_name="whitespace", index_option="freq")
    for name in WORDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in NAMES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in KEYS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="freq" if name == "concepts" else "basic", stored=name == "id", fast=name == "cites")
    for name in DAYS:
        builder.add_unsigned_field(name, indexed=True, fast=name != "bucket")
    builder.add_unsigned_field("seq", stored=True, indexed=False)
    for name in ("record", "lines"):
        builder.add_text_field(name, tokenizer_name="stored_only", index_option="basic", stored=True)
    return builder.build()


def prepare(index: tantivy.Index) -> None:
    """Register the analysers that the schema names; to be called after every opening."""
    nothing = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.remove_long(1)).build()
    index.register_tokenizer("stored_only", nothing)


def uid(id: str) -> int:
    """A letter's id as a number of 63 bits: a few letters are named to the index by it."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest(), "big") >> 1


@cache
def _today() -> dict[str, str]:
    return {row["old"]: row["new"] for row in table("provinces")}


@lru_cache(maxsize=50_000)
def where(issuer: str | None, parent: str | None, place: str | None, kind: str | None) -> tuple[str | None, str | None, str | None]:
    """``(level, province of then, province of today)`` of a letter's issuer."""
    then = next((found for text in (issuer, parent, place) if (found := province_in(text))), None)
    body = body_of(issuer, None, kind, LetterContext(issuer=issuer, parent_body=parent, place=place, document_type=kind))
    return body.level if body else None, then, _today().get(then, then) if then else None


def to_fields(id: str, data: dict[str, Any], *, added: str | None = None, filename: str | None = None) -> dict[str, list[Any]]:
    """The document of a letter's (corrected) extraction, as field -> values."""
    doc: dict[str, list[Any]] = {}

    def value(name: str) -> str | None:
        return (data.get(name) or {}).get("value")

    def put(name: str, *what: Any) -> None:
        if kept := [one for one in what if one]:
            doc[name] = kept

    text = data["text"]
    subject, issuer, kind = value("subject"), value("issuer"), value("document_type")
    code = type_value(kind, (data.get("document_type") or {}).get("code"))
    addressees, recipients = _values(data["addressees"]), _values(data["recipients"])
    signer = data.get("signer") or {}

    words = tokens(text)
    exact, flat = forms_of(words)
    joined = pairs(flat)
    # what the letter is about counts more than what it mentions: its head is repeated, which BM25 takes as more mentions
    head_words = tokens(" ".join(part for part in (kind, subject, issuer, *addressees[:3]) if part))
    head = forms_of(head_words)[1]
    head_pairs = pairs(head)
    put("text", " ".join(exact))
    put("fold", " ".join(flat + head * _HEAD_WEIGHT))
    put("pairs", " ".join(joined + head_pairs * _HEAD_WEIGHT))
    put("exact_pairs", " ".join(pairs(exact)))
    put("concepts", *concepts_of(words, flat), *concepts_of(head_words, head) * _HEAD_WEIGHT)

    level, then, today = where(issuer, value("parent_body"), value("place"), kind)
    for name, found in (("type", code), ("issuer", issuer), ("level", level), ("province", today), ("province_old", then), ("urgency", value("urgency")),
                        ("secrecy", value("secrecy")), ("origin", data["source"].get("text_origin"))):
        put(name, found)
    put("task", *sorted({label["label"] for task in data["tasks"] for label in task["types"]}))
    for name, texts in (
        ("subject", [subject]), ("issuer_words", [issuer, value("parent_body")]), ("addressee", addressees), ("recipient", recipients),
        ("signer", [(signer.get("name") or {}).get("value"), (signer.get("title") or {}).get("value")]), ("place", [value("place"), then, today]),
        ("task_words", [task["text"] for task in data["tasks"]]), ("assignee", [a["value"] for task in data["tasks"] for a in task["assignees"]]),
    ):  # fmt: skip
        put(name, " ".join(folded(" . ".join(one for one in texts if one))))

    suggested = [f"{' '.join(folded(issuer))}{SHOWN}{issuer}"] if issuer else []
    put("id", id)
    put("kind", "letter")
    if identifier := value("identifier"):
        key = number_key(identifier)
        put("key", key)
        put("number", key.split(" ", 1)[0])
        suggested.append(f"{key}{SHOWN}{identifier}")
    put("suggest", *suggested)
    put("cites", *{number_key(ref["identifier"]) for ref in data["references"] if ref["identifier"]})

    day = day_number(value("date"))
    due = sorted({found for task in data["tasks"] if (found := day_number((task["deadline"] or {}).get("date")))})
    cited = {found for ref in data["references"] if (found := day_number(ref["date"]))}
    if day:
        put("date", day)
        put("year", day // 10000)
    put("due", *due)
    put("dates", *{*due, *cited, *days_in(low(text)), day})
    doc["added"] = [_moment(added)]
    doc["bucket"] = [zlib.crc32(id.encode()) % BUCKETS]
    doc["uid"] = [uid(id)]
    put("record", _record(id, data, code=code, filename=filename, level=level, province=today, due=due))
    lines = [[page["number"], *line["span"], *line["box"], line["edges"]] for page in data["pages"] for line in page.get("lines") or ()]
    if lines:
        put("lines", json.dumps(lines, separators=(",", ":")))
    return doc


def to_json(fields: dict[str, list[Any]]) -> str:
    """A document in the form that the index's writer takes."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _values(items: list[dict[str, Any]]) -> list[str]:
    return [item["value"] for item in items]


def _moment(added: str | None) -> int:
    """Digits of an ISO moment up to the second, which sort as it does."""
    digits = "".join(c for c in (added or "")[:19] if c.isdigit())
    return int(digits) if digits else 0


def _record(id: str, data: dict[str, Any], *, code: str | None, filename: str | None, level: str | None, province: str | None, due: list[int]) -> str:
    """What a hit shows: summary, the text, and the places of its paragraphs (span, page, box) for highlights."""
    def value(name: str) -> str | None:
        return (data.get(name) or {}).get("value")

    record = {
        "id": id, "filename": filename, "type_code": code, "document_type": value("document_type"), "identifier": value("identifier"), "date": value("date"),
        "issuer": value("issuer"), "place": value("place"), "subject": value("subject"), "urgency": value("urgency"), "level": level, "province": province,
        "due": due, "tasks": len(data["tasks"]), "text": data["text"],
        "places": [[*s["span"], s["page"], *([round(v, 1) for v in s["box"]] if s.get("box") else [])] for s in data["segments"]],
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
