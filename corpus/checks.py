"""The checks of one annotated letter beyond its form: values that agree with the words, ids, labels, order of zones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from corpus.data import data_table
from corpus.dates import days_in, ends_in, parse_due, parse_iso
from corpus.markup import LEVELS, SYSTEMS, compose
from corpus.model import AnnotatedLetter, Mark, MarkupError, Problem, SourceLine
from models.letter import TaskType, Zone
from models.lexicons import table
from models.text import fold, match_key

Check = Callable[[AnnotatedLetter], Iterator[Problem]]

LABELS = frozenset(t.value for t in TaskType)
NEGATIVES = frozenset(["background", "finding", "purpose", "closing", "done", "basis", "event", "permission"])
URGENCIES = frozenset({"khan", "thuong_khan", "hoa_toc", "hoa_toc_hen_gio"})
SECRECIES = frozenset({"mat", "toi_mat", "tuyet_mat"})
INFERABLE = frozenset(
    [
        "number",
        "symbol",
        "identifier",
        "date",
        "place",
        "issuer",
        "parent_body",
        "subject",
        "urgency",
        "secrecy",
        "archive_note",
        "document_type",
    ]
)
ZONE_OF = {
    "number": {Zone.DOCUMENT_NUMBER},
    "symbol": {Zone.DOCUMENT_NUMBER},
    "date": {Zone.PLACE_DATE},
    "place": {Zone.PLACE_DATE},
    "subject": {Zone.SUBJECT},
    "doctype": {Zone.DOCUMENT_TYPE},
    "issuer": {Zone.ISSUER},
    "parent": {Zone.PARENT_BODY},
    "urgency": {Zone.URGENCY},
    "secrecy": {Zone.SECRECY},
    "recipient": {Zone.RECIPIENTS},
    "archive": {Zone.ARCHIVE_NOTE},
    "authority": {Zone.SIGNING_AUTHORITY},
    "title": {Zone.SIGNER_TITLE},
    "name": {Zone.SIGNER_NAME},
}
FOOT = (Zone.SIGNING_AUTHORITY, Zone.SIGNER_TITLE, Zone.SIGNER_NAME, Zone.RECIPIENTS, Zone.ARCHIVE_NOTE)
PROSE_START = (Zone.BODY, Zone.TASK, Zone.LEGAL_BASIS)
DEICTIC = re.compile(r"(?i)\b(nêu trên|nói trên|dẫn trên|trên đây|trên|này|đó|kèm theo|cùng ngày|vừa nêu|viện dẫn)\b")
FIRST_YEAR, LAST_YEAR = 1945, 2026


def _problem(letter: AnnotatedLetter, line: int, cause: str, remedy: str, warning: bool = False) -> Problem:
    return Problem(letter.path, line, cause, remedy, warning)


def header(letter: AnnotatedLetter) -> Iterator[Problem]:
    """Known system, level, province and type; id is the file's stem."""
    head = letter.header
    stem = re.split(r"[\\/]", letter.path)[-1].removesuffix(".cv")
    if letter.path and head.id != stem:
        yield _problem(letter, 1, f"id {head.id!r} is not the file's stem {stem!r}", f"write 'id: {stem}'")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", head.id):
        yield _problem(letter, 1, f"id {head.id!r} has other characters than a-z, 0-9, '-'", "rename file and id")
    if head.system not in SYSTEMS:
        yield _problem(letter, 1, f"unknown system {head.system!r}", f"one of: {', '.join(SYSTEMS)}")
    if head.level not in LEVELS:
        yield _problem(letter, 1, f"unknown level {head.level!r}", f"one of: {', '.join(LEVELS)}")
    if head.province and head.province not in known_provinces():
        yield _problem(
            letter, 1, f"unknown province {head.province!r}", "its name in models/lexicons/provinces.tsv", True
        )
    if head.level in ("province", "district", "commune") and not head.province:
        yield _problem(letter, 1, f"level {head.level} without 'province'", "write 'province: …'")
    if match_key(head.type) not in known_types():
        yield _problem(letter, 1, f"unknown type {head.type!r}", "a name of models/lexicons/document_types.tsv")
    for key in head.inferred:
        if key not in INFERABLE:
            yield _problem(
                letter, 1, f"'inferred' names the unknown field {key!r}", f"one of: {', '.join(sorted(INFERABLE))}"
            )


@cache
def known_provinces() -> frozenset[str]:
    """Names of provinces of today, of 2008–2025 and of the larger units of 1976–1997."""
    rows = table("provinces")
    now = {row["old"] for row in rows} | {row["new"] for row in rows}
    return frozenset(now | {row["name"] for row in data_table("old_provinces")})


@cache
def known_types() -> frozenset[str]:
    """Keys of the names of document types."""
    return frozenset(match_key(row["name"]) for row in table("document_types"))


def zones(letter: AnnotatedLetter) -> Iterator[Problem]:
    """The zones stand in a plausible order and every mark in a zone where it may stand."""
    seen = [block.zone for block in letter.blocks]
    prose = [i for i, zone in enumerate(seen) if zone in PROSE_START]
    if not any(zone in (*PROSE_START, Zone.TABLE, Zone.APPENDIX) for zone in seen):
        yield _problem(letter, 1, "no body: neither @body, @task nor @legal_basis", "a letter says something")
    if prose:
        for zone in (Zone.NATIONAL_TITLE, Zone.PARENT_BODY, Zone.ISSUER, Zone.DOCUMENT_NUMBER, Zone.PLACE_DATE):
            if zone in seen and seen.index(zone) > prose[-1]:
                block = letter.blocks[seen.index(zone)]
                if zone != Zone.PLACE_DATE:  # a report or an old letter may be dated at the foot
                    yield _problem(letter, block.number, f"@{zone.value} after the body", "put it into the head", True)
        for zone in FOOT:
            if zone in seen and seen.index(zone) < prose[0]:
                block = letter.blocks[seen.index(zone)]
                yield _problem(letter, block.number, f"@{zone.value} before the body", "put it after the body", True)
    for mark in letter.marks:
        allowed = ZONE_OF.get(mark.name)
        zone = letter.blocks[mark.block].zone
        if allowed and zone not in allowed and not (mark.name in ("title", "name") and zone in FOOT):
            names = ", ".join("@" + z.value for z in allowed)
            yield _problem(
                letter, mark.line, f"mark {mark.name!r} stands in @{zone.value}", f"it belongs in {names}", True
            )
        if mark.is_task and zone not in (Zone.TASK, Zone.TABLE, Zone.APPENDIX, Zone.BODY, Zone.CLOSING):
            yield _problem(
                letter, mark.line, f"task {mark.name} stands in @{zone.value}", "tasks stand in @task or @table"
            )
    for index, block in enumerate(letter.blocks):
        if block.zone == Zone.TASK and not any(m.is_task and m.block == index for m in letter.marks):
            yield _problem(
                letter, block.number, "@task block without a task mark", "mark {t1=label|…} or call it @body"
            )
        if block.zone == Zone.BODY and any(m.is_task and m.block == index for m in letter.marks):
            yield _problem(
                letter, block.number, "a task is marked in a @body block", "put its paragraph into @task", True
            )


def scalars(letter: AnnotatedLetter) -> Iterator[Problem]:
    """Once-only fields occur once; urgency and secrecy codes exist; the date is real and agrees with its words."""
    for name in ("number", "symbol", "date", "subject", "doctype", "issuer", "archive"):
        marks = letter.named(name)
        if len(marks) > 1 and name not in ("issuer", "archive", "symbol", "doctype"):
            yield _problem(letter, marks[1].line, f"{name!r} is marked twice", "mark the letter's own one only")
    for name, codes in (("urgency", URGENCIES), ("secrecy", SECRECIES)):
        for mark in letter.named(name):
            if mark.value not in codes:
                yield _problem(
                    letter,
                    mark.line,
                    f"{name}={mark.value} is no code",
                    f"write {{{name}=…|…}} with {', '.join(sorted(codes))}",
                )
    misprint = any("misprint" in p or "mistyped" in p or "contradict" in p for p in letter.header.phenomena)
    for mark in letter.named("date"):
        if mark.value is None:
            yield _problem(
                letter, mark.line, "'date' without a value", "write {date=YYYY-MM-DD|…}; no mark where the day is blank"
            )
            continue
        day = parse_iso(mark.value)
        if day is None:
            yield _problem(letter, mark.line, f"date {mark.value!r} is no real day", "write YYYY-MM-DD")
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield _problem(letter, mark.line, f"year {day.year} is out of range", f"{FIRST_YEAR}–{LAST_YEAR}")
        elif day not in days_in(letter.joined(mark)) and not misprint:
            yield _problem(
                letter,
                mark.line,
                f"date {mark.value} does not stand in {letter.joined(mark)!r}",
                "make value and words agree",
            )
    symbol, number = letter.first("symbol"), letter.first("number")
    if number and not symbol and Zone.DOCUMENT_NUMBER in {b.zone for b in letter.blocks}:
        yield _problem(letter, number.line, "a number without a symbol", "mark the symbol, if there is one", True)
    if number and not re.search(r"\d", letter.joined(number)):
        yield _problem(
            letter, number.line, f"number {letter.joined(number)!r} has no digit", "leave a blank number unmarked"
        )
    if letter.header.identifier and number:
        squeezed = re.sub(r"[\s/\-.]", "", letter.header.identifier)
        if not squeezed.startswith(re.sub(r"[\s/\-.]", "", letter.joined(number))):
            yield _problem(
                letter, 1, f"identifier {letter.header.identifier!r} does not begin with the number", "mend one"
            )
    code = letter.first("doctype")
    if code is None and letter.header.type != "công văn" and letter.zones(Zone.DOCUMENT_TYPE):
        yield _problem(letter, letter.zones(Zone.DOCUMENT_TYPE)[0].number, "no {doctype|…} mark on the type", "add it")
    if code and match_key(letter.joined(code)) != match_key(letter.header.type):
        yield _problem(
            letter,
            code.line,
            f"type {letter.header.type!r} is printed {letter.joined(code)!r}",
            "make header and page agree",
            "misprint" in " ".join(letter.header.phenomena),
        )


def references(letter: AnnotatedLetter) -> Iterator[Problem]:
    """References are defined and mentioned; a mention shows its number and date; via points to a reference."""
    mentions: dict[str, list[Mark]] = {}
    text_key = match_key(letter.text)
    text_codes = fold(re.sub(r"[\s\d/\-.]", "", letter.text)).lower()
    for mark in letter.mentions:
        mentions.setdefault(mark.name, []).append(mark)
        if mark.name not in letter.references:
            yield _problem(
                letter,
                mark.line,
                f"{mark.name} is mentioned but not defined",
                f"add '{mark.name}: {{type: …}}' to refs",
            )
        if letter.joined(mark) != letter.joined(mark).strip(" ,;."):
            yield _problem(
                letter, mark.line, f"mention of {mark.name} ends or begins with a mark", "leave punctuation out", True
            )
    year_of = parse_iso(date_mark.value or "") if (date_mark := letter.first("date")) else None
    year = year_of.year if year_of else None
    for key, entry in letter.references.items():
        if match_key(entry.type) not in known_types() | {
            match_key(w) for w in ("văn bản", "điều lệ", "quy tắc", "thư", "đơn")
        }:
            yield _problem(
                letter, 1, f"{key}: unknown type {entry.type!r}", "a name of document_types.tsv, lower case", True
            )
        if entry.via and entry.via not in letter.references:
            yield _problem(
                letter, 1, f"{key}: via {entry.via!r} is no reference", "give the key of the carrying reference"
            )
        marks = mentions.get(key)
        if not marks:
            yield _problem(letter, 1, f"{key} is defined but never mentioned", f"mark a mention {{{key}|…}}")
            continue
        shown = " ".join(letter.joined(mark) for mark in marks)
        if entry.identifier:
            digits = re.match(r"\d+", re.sub(r"^\D+", "", entry.identifier))
            if digits and not re.search(rf"(?<!\d)0*{int(digits[0])}(?!\d)|{digits[0]}", shown):
                yield _problem(
                    letter, marks[0].line, f"{key}: number {entry.identifier!r} stands in no mention", "mend one"
                )
            tail = re.sub(r"[\s\d/\-.]", "", entry.identifier)
            if tail and fold(tail).lower() not in text_codes:
                yield _problem(
                    letter,
                    marks[0].line,
                    f"{key}: symbol of {entry.identifier!r} stands nowhere in the text",
                    "mend one",
                )
        if entry.date:
            yield from _reference_date(letter, key, entry.date, marks, year)
        if entry.title:
            missing = [w for w in re.findall(r"\w+", match_key(entry.title)) if w not in text_key]
            if missing:
                yield _problem(
                    letter, marks[0].line, f"{key}: title has {missing[0]!r}, the text has not", "copy the title", True
                )
        if entry.year and entry.year not in shown:
            yield _problem(letter, marks[0].line, f"{key}: year {entry.year} stands in no mention", "mend one")


def _reference_date(
    letter: AnnotatedLetter, key: str, value: str, marks: list[Mark], year: int | None
) -> Iterator[Problem]:
    if re.fullmatch(r"\d{4}-\d{2}", value):
        return
    day = parse_iso(value)
    if day is None:
        yield _problem(letter, 1, f"{key}: date {value!r} is no real day", "write YYYY-MM-DD")
        return
    if not any(day in days_in(letter.joined(mark), year) for mark in marks):
        lines = " ".join(letter.line_at(mark.span[0]).text for mark in marks)
        if day not in days_in(letter.text, year) and day not in days_in(lines, day.year):
            yield _problem(letter, marks[0].line, f"{key}: date {value} stands nowhere in the text", "make them agree")
    own = letter.first("date")
    if own and own.value and value > own.value and not letter.header.phenomena:
        yield _problem(
            letter, marks[0].line, f"{key}: dated {value}, after the letter itself ({own.value})", "mend one", True
        )


def tasks(letter: AnnotatedLetter) -> Iterator[Problem]:
    """Labels are known, numbers unique, links defined, leads inside tasks, deadlines agree with their words."""
    named = {mark.ident: mark for mark in letter.marks if mark.ident and mark.name in ("who", "due", "coord", "report")}
    seen: set[str] = set()
    for task in letter.tasks:
        if task.name in seen:
            yield _problem(letter, task.line, f"task {task.name} is marked twice", "number tasks t1, t2 …")
        seen.add(task.name)
        labels = [part.strip() for part in (task.value or "").split(",") if part.strip()]
        if not labels:
            yield _problem(letter, task.line, f"task {task.name} has no label", f"write {{{task.name}=trien_khai|…}}")
        for label in labels:
            if label not in LABELS:
                yield _problem(
                    letter, task.line, f"unknown task label {label!r}", f"one of: {', '.join(sorted(LABELS))}"
                )
        for link in task.links:
            if link not in named:
                yield _problem(
                    letter,
                    task.line,
                    f"task {task.name} refers to {link!r}, which no mark names",
                    f"mark {{who:{link}|…}}",
                )
        if letter.joined(task).endswith("."):
            yield _problem(
                letter, task.line, f"task {task.name} ends with its full stop", "put '}' before the final '.'", True
            )
        if re.match(r"(\d+[.)]|[a-zđ]\)|[-+])\s", letter.words(task)):
            yield _problem(
                letter, task.line, f"task {task.name} begins with its number", "put '{' after the number", True
            )
    linked = {link for task in letter.tasks for link in task.links}
    for mark in letter.marks:
        in_task = any(task.contains(mark) for task in letter.tasks)
        if mark.name == "lead" and not in_task:
            yield _problem(letter, mark.line, "'lead' outside a task", "put it inside, or name it {who:h1|…}")
        if mark.name in ("coord", "report", "via", "email", "due") and not in_task and mark.ident is None:
            if mark.name in ("coord", "due"):
                yield _problem(
                    letter, mark.line, f"{mark.name!r} outside a task without a name", f"write {{{mark.name}:x1|…}}"
                )
            else:
                yield _problem(letter, mark.line, f"{mark.name!r} outside a task", "put it inside the task", True)
        if mark.name == "who" and mark.ident is None:
            yield _problem(letter, mark.line, "'who' without a name", "write {who:h1|…}")
        if mark.ident and mark.name in ("who", "due", "coord") and not in_task and mark.ident not in linked:
            yield _problem(letter, mark.line, f"no task takes {mark.ident!r}", f"write {{t1<{mark.ident}=…|…}}", True)
        if mark.name == "neg" and mark.value not in NEGATIVES:
            yield _problem(letter, mark.line, f"neg={mark.value} is unknown", f"one of: {', '.join(sorted(NEGATIVES))}")
        if mark.name == "purpose" and mark.ident and not mark.ident.isdigit():
            yield _problem(letter, mark.line, f"purpose:{mark.ident} is no count", "write {purpose:3|…}")
        if mark.name == "due":
            yield from _due(letter, mark)


def _due(letter: AnnotatedLetter, mark: Mark) -> Iterator[Problem]:
    shown = letter.joined(mark)
    due = parse_due(mark.value or "")
    if due is None:
        yield _problem(
            letter,
            mark.line,
            f"deadline value {mark.value!r} is not understood",
            "2024-03-20, …T17:00, monthly:20, '5 working_day receipt', none",
        )
        return
    own = letter.first("date")
    own_day = parse_iso(own.value) if own and own.value else None
    if due.date:
        day = parse_iso(due.date)
        assert day is not None
        years = [day.year] if not own_day else [own_day.year, own_day.year + 1]
        written = [d for y in years for d in days_in(shown, y)]
        if written and day not in written:
            yield _problem(
                letter, mark.line, f"deadline {due.date} but the words say {written[0]} ({shown!r})", "make them agree"
            )
        if not written and day not in [d for y in years for d in ends_in(shown, y)]:
            yield _problem(
                letter,
                mark.line,
                f"deadline {due.date} does not follow from {shown!r}",
                "the last day of the period; or none",
                True,
            )
        if own_day and day < own_day:
            yield _problem(
                letter, mark.line, f"deadline {due.date} lies before the letter ({own_day})", "mend one", True
            )
    if due.time and not re.search(r"\d\s*(giờ|h|g)|\d:\d", shown):
        yield _problem(
            letter, mark.line, f"hour {due.time} does not stand in {shown!r}", "take the hour's words into the mark"
        )
    if (
        due.amount is not None
        and not re.search(rf"(?<!\d)0*{due.amount}(?!\d)", shown)
        and not _in_words(due.amount, shown)
    ):
        yield _problem(
            letter, mark.line, f"amount {due.amount} does not stand in {shown!r}", "make value and words agree"
        )
    if due.amount is None and not due.date and not due.recurrence and days_in(shown, own_day.year if own_day else 2000):
        yield _problem(letter, mark.line, f"'none' although {shown!r} has a date", "give the date", True)


_NUMERALS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]


def _in_words(amount: int, text: str) -> bool:
    return amount < len(_NUMERALS) and _NUMERALS[amount] in text.lower()


def alternatives(letter: AnnotatedLetter) -> Iterator[Problem]:
    """Every alternative carries the same marks as its line; every droppable line leaves its block whole."""

    def signature(found: AnnotatedLetter) -> list[str]:
        return sorted(repr((m.name, m.value, m.ident, m.links)) for m in found.marks)

    own = signature(letter)
    for block in letter.source.blocks:
        for line in block.lines:
            for choice in (*line.alternatives, *([None] if line.droppable else [])):

                def choose(one: SourceLine, target: SourceLine = line, text: str | None = choice) -> str | None:
                    return text if one is target else one.text

                try:
                    changed = compose(letter.source, choose)
                except MarkupError as error:
                    kind = "dropping" if choice is None else "an alternative of"
                    yield _problem(
                        letter,
                        line.number,
                        f"{kind} this line breaks its block: {error.problems[0].cause}",
                        "balance its marks",
                    )
                    continue
                if choice is not None and signature(changed) != own:
                    yield _problem(
                        letter, line.number, "an alternative has other marks than its line", "give both the same marks"
                    )


CHECKS: tuple[Check, ...] = (header, zones, scalars, references, tasks, alternatives)


def check(letter: AnnotatedLetter) -> list[Problem]:
    """All problems of one letter, in the order of its lines."""
    return sorted((p for one in CHECKS for p in one(letter)), key=lambda p: (p.line, p.cause))
