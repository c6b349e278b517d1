"""The perfect extraction of a letter: :func:`to_extraction` (CONTRACT section 1), :func:`to_gold` (section 3).

Both follow the same reading of the marks, so that scoring one against the other gives 1 in every figure.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

from corpus.dates import Due, parse_due
from corpus.model import AnnotatedLetter, Block, Mark
from models.letter import (
    Addressee,
    Assignee,
    Deadline,
    DocumentTypeValue,
    Extraction,
    FieldValue,
    Located,
    PageInfo,
    Recipient,
    Reference,
    RelativeDeadline,
    ReportTo,
    Segment,
    Signer,
    Source,
    Span,
    Task,
    TaskType,
    TextOrigin,
    TypeLabel,
    Zone,
)
from models.lexicons import table
from models.text import match_key

A4 = (595.3, 841.9)
_ITEM = re.compile(r"^[\s*]*(?:(?:Điều|Mục|Phần)\s+)?([0-9]+(?:\.[0-9]+)*|[IVXLC]+|[a-zđ])\s*[.)\-/:](?!\d)")
_HEADING_LEAD = re.compile(
    r"(?i)^[\s\-–+•*]*(?:(?:điều|mục|phần)?\s*(?:[0-9]+(?:\.[0-9]+)*|[ivxlc]+|[a-zđ])\s*[.)\-/:]\s*)?"
    r"(?:giao|đối với|trách nhiệm của|nhiệm vụ của|đề nghị|yêu cầu|về phía)?\s*$"
)
_NUMBERED = re.compile(r"(?i)^[\s]*(?:[-–+•*]|(?:điều|mục|phần)?\s*(?:[0-9]+(?:\.[0-9]+)*|[ivxlc]+|[a-zđ])\s*[.)\-/:])")


# --- reading the marks ----------------------------------------------------------------------------------------------


def identifier_of(letter: AnnotatedLetter) -> str | None:
    """Number and symbol in their canonical form; None where the number is blank."""
    number, symbol = letter.first("number"), letter.first("symbol")
    if letter.header.inferred.get("identifier"):
        return letter.header.inferred["identifier"]
    if number is None:
        return None
    if letter.header.identifier:
        return letter.header.identifier
    digits = letter.joined(number)
    if symbol is None:
        return digits
    between = letter.text[number.span[1] : symbol.span[0]]
    return digits + compact(between) + symbol_of(letter, symbol)


def compact(text: str) -> str:
    """Text of a number without the blanks around its strokes; blanks alone stay one blank."""
    return re.sub(r"\s*([/\-–.])\s*", r"\1", text) if text.strip() else text and " "


def symbol_of(letter: AnnotatedLetter, mark: Mark) -> str:
    """The symbol (ký hiệu) without the blanks around its strokes."""
    return compact(letter.joined(mark))


def is_heading(letter: AnnotatedLetter, who: Mark) -> bool:
    """True when ``who`` names the body of a heading ("2. Sở Tài chính:"), False for the lead sentence of the letter.

    The gold gives a task its heading's body, but leaves out a body that only the lead sentence of the whole letter
    names ("Sở Nội vụ đề nghị các cơ quan, đơn vị:"). ``{who:h1=heading|…}`` and ``{who:h1=lead|…}`` decide by hand.
    """
    if who.value in ("heading", "lead"):
        return who.value == "heading"
    line = letter.line_at(who.span[0])
    if line.cell is not None or _NUMBERED.match(line.text):
        return True
    before = letter.text[line.span[0] : who.span[0]]
    after = letter.text[who.span[1] : line.span[1]].strip()
    return (
        not re.search(r"(?i)đề nghị|yêu cầu", before) and bool(_HEADING_LEAD.match(before)) and after in ("", ":", ".")
    )


def linked(letter: AnnotatedLetter, task: Mark, name: str) -> list[Mark]:
    """The named marks outside a task that it takes by ``<…``, of one kind."""
    return [m for link in task.links for m in letter.marks if m.ident == link and m.name == name]


def due_of(letter: AnnotatedLetter, task: Mark) -> tuple[Mark, Due] | None:
    """The first deadline of a task: its own, else the one it takes from outside."""
    for mark in [*letter.inside(task, "due"), *linked(letter, task, "due")]:
        due = parse_due(mark.value or "")
        if due is not None:
            return mark, due
    return None


def labels_of(task: Mark) -> list[str]:
    """The task's labels in the order written."""
    return [part.strip() for part in (task.value or "").split(",") if part.strip()]


def item_of(letter: AnnotatedLetter, task: Mark) -> str | None:
    """The number before the task on its line: "1", "a", "II"; None for dashes and plain paragraphs."""
    line = letter.line_at(task.span[0])
    found = _ITEM.match(letter.text[line.span[0] : task.span[0]])
    return found[1] if found else None


def remark_of(letter: AnnotatedLetter) -> dict[int, dict[str, str]]:
    """For every recipient (by its place in order) its purpose and note."""
    result: dict[int, dict[str, str]] = {}
    count = 0
    for mark in letter.marks:
        if mark.name == "recipient":
            count += 1
        elif mark.name in ("purpose", "note") and count:
            covers = int(mark.ident) if mark.ident and mark.ident.isdigit() else 1
            for index in range(max(0, count - covers), count):
                result.setdefault(index, {})[mark.name] = letter.joined(mark)
    return result


def signer_marks(letter: AnnotatedLetter) -> tuple[list[Mark], Mark | None, Mark | None]:
    """Authority lines, title and name of the first signer.

    Signers side by side are written row by row: all authorities, all titles, all names.
    """
    authorities, titles, names = letter.named("authority"), letter.named("title"), letter.named("name")
    if len(names) > 1 and len(authorities) == len(names):
        authorities = authorities[:1]
    elif len(names) > 1:
        authorities = [m for m in authorities if m.span[0] < names[0].span[0]]
    return authorities, titles[0] if titles else None, names[0] if names else None


@cache
def type_codes() -> dict[str, str]:
    """Code of every document type by its name's key, state types first."""
    codes: dict[str, str] = {}
    for row in table("document_types"):
        codes.setdefault(match_key(row["name"]), row["code"])
    return codes


# --- the contract's forms -------------------------------------------------------------------------------------------


def to_extraction(letter: AnnotatedLetter) -> Extraction:
    """The perfect extraction of a letter, one page of plain text, without boxes."""
    value = _Values(letter)
    signers = signer_marks(letter)
    authorities = signers[0]
    authority = None
    if authorities:
        joined = " / ".join(letter.joined(m) for m in authorities)
        authority = value.field((authorities[0].span[0], authorities[-1].span[1]), joined)
    doctype = letter.first("doctype")
    return Extraction(
        source=Source(
            filename=f"{letter.id}.txt",
            media_type="text/plain",
            sha256=hashlib.sha256(letter.text.encode()).hexdigest(),
            page_count=1,
            text_origin=TextOrigin.EMBEDDED,
        ),
        text=letter.text,
        pages=[
            PageInfo(number=1, width=A4[0], height=A4[1], text_origin=TextOrigin.EMBEDDED, span=(0, len(letter.text)))
        ],
        segments=segments(letter),
        document_type=DocumentTypeValue(
            value=letter.header.type,
            code=type_codes().get(match_key(letter.header.type)) or None,
            **value.place(doctype.span if doctype else None),
        ),
        number=value.scalar("number"),
        symbol=value.scalar("symbol", compacted=True),
        identifier=value.identifier(),
        date=value.scalar("date"),
        place=value.scalar("place"),
        issuer=value.scalar("issuer"),
        parent_body=value.scalar("parent", key="parent_body"),
        subject=value.scalar("subject"),
        urgency=value.scalar("urgency"),
        secrecy=value.scalar("secrecy"),
        archive_note=value.scalar("archive", key="archive_note"),
        signer=Signer(
            authority=authority,
            title=value.field(signers[1].span) if signers[1] else None,
            name=value.field(signers[2].span) if signers[2] else None,
        ),
        addressees=[Addressee(value=letter.joined(m), **value.place(m.span)) for m in letter.named("addressee")],
        recipients=_recipients(letter, value),
        references=_references(letter),
        tasks=[_task(letter, mark) for mark in letter.tasks],
    )


def to_gold(letter: AnnotatedLetter) -> dict[str, Any]:
    """The gold form of CONTRACT section 3, after the conventions of the development letters."""
    found = to_extraction(letter)

    def value(field: FieldValue | None) -> str | None:
        return field.value if field else None

    return {
        "id": letter.id,
        "doc_type": value(found.document_type),
        "number": value(found.number),
        "symbol": value(found.symbol),
        "full_number": value(found.identifier),
        "date": value(found.date),
        "place": value(found.place),
        "issuer": value(found.issuer),
        "issuer_parent": value(found.parent_body),
        "subject": value(found.subject),
        "urgency": value(found.urgency),
        "addressees": [one.value for one in found.addressees],
        "recipients": [_with_remarks(one) for one in found.recipients],
        "archive_note": value(found.archive_note),
        "signer": {
            "authority": value(found.signer.authority),
            "title": value(found.signer.title),
            "name": value(found.signer.name),
        },
        "references": [
            {
                "text": one.text,
                "type": one.type,
                "number": one.identifier,
                "date": one.date,
                "issuer": one.issuer,
                "title": one.title,
                "relation": one.relation,
            }
            for one in found.references
        ],
        "tasks": [
            {
                "text": one.text,
                "assignees": [a.value for a in one.assignees if a.explicit],
                "coordinating": [c.value for c in one.coordinators],
                "deadline": {"text": one.deadline.text, "date": one.deadline.date} if one.deadline else None,
                "types": [str(t.label) for t in one.types],
            }
            for one in found.tasks
        ],
    }


def segments(letter: AnnotatedLetter) -> list[Segment]:
    """The zones in reading order; lines of a task block that no task covers (headings) are body."""
    result: list[Segment] = []
    for block in letter.blocks:
        for zone, span in _runs(letter, block):
            result.append(Segment(zone=zone, span=span, page=1))
    return result


def _runs(letter: AnnotatedLetter, block: Block) -> list[tuple[Zone, Span]]:
    if block.zone != Zone.TASK:
        return [(block.zone, block.span)]
    runs: list[tuple[Zone, Span]] = []
    for line in block.lines:
        touched = any(t.span[0] < line.span[1] and line.span[0] < t.span[1] for t in letter.tasks)
        zone = Zone.TASK if touched else Zone.BODY
        if runs and runs[-1][0] == zone:
            runs[-1] = (zone, (runs[-1][1][0], line.span[1]))
        else:
            runs.append((zone, line.span))
    return runs


class _Values:
    """Makes field values of marks."""

    def __init__(self, letter: AnnotatedLetter) -> None:
        self.letter = letter

    def place(self, span: Span | None) -> dict[str, Any]:
        if span is None:
            return {}
        return {"text": self.letter.text[span[0] : span[1]], "span": span, "page": 1}

    def field(self, span: Span, value: str | None = None) -> FieldValue:
        return FieldValue(value=value if value is not None else self.letter.joined(span), **self.place(span))

    def scalar(self, name: str, *, key: str | None = None, compacted: bool = False) -> FieldValue | None:
        mark = self.letter.first(name)
        if mark is not None:
            words = self.letter.joined(mark)
            return self.field(mark.span, mark.value or (compact(words) if compacted else words))
        inferred = self.letter.header.inferred.get(key or name)
        return FieldValue(value=inferred) if inferred else None

    def identifier(self) -> FieldValue | None:
        value = identifier_of(self.letter)
        if value is None:
            return None
        number, symbol = self.letter.first("number"), self.letter.first("symbol")
        if number is None:
            return FieldValue(value=value)
        return self.field((number.span[0], symbol.span[1] if symbol else number.span[1]), value)


def _recipients(letter: AnnotatedLetter, value: _Values) -> list[Recipient]:
    remarks = remark_of(letter)
    return [
        Recipient(
            value=letter.joined(m),
            purpose=remarks.get(i, {}).get("purpose"),
            note=remarks.get(i, {}).get("note"),
            **value.place(m.span),
        )
        for i, m in enumerate(letter.named("recipient"))
    ]


def _with_remarks(one: Recipient) -> str:
    remarks = [r.strip("() ") for r in (one.purpose, one.note) if r]
    return one.value + "".join(f" ({r})" for r in remarks)


def _references(letter: AnnotatedLetter) -> list[Reference]:
    codes = type_codes()
    mentions: dict[str, list[Mark]] = {}
    for mark in letter.mentions:
        mentions.setdefault(mark.name, []).append(mark)
    result: list[Reference] = []
    for key, marks in mentions.items():
        entry = letter.references[key]
        pins = [
            letter.joined(pin)
            for pin in letter.named("pin")
            if any(0 <= m.span[0] - pin.span[1] <= 3 or m.contains(pin) for m in marks)
        ]
        result.append(
            Reference(
                id=key,
                type=entry.type,
                type_code=codes.get(match_key(entry.type)) or None,
                identifier=entry.identifier,
                date=entry.date if entry.date and len(entry.date) == 10 else None,
                issuer=entry.issuer,
                title=entry.title,
                relation=entry.relation,  # type: ignore[arg-type]
                via=entry.via if entry.via in mentions else None,
                mentions=[Located(span=m.span, page=1) for m in marks],
                text=letter.joined(marks[0]),
                pinpoints=pins,
            )
        )
    return result


def _task(letter: AnnotatedLetter, mark: Mark) -> Task:
    leads = [Assignee(value=letter.joined(m), explicit=True, span=m.span) for m in letter.inside(mark, "lead")]
    inherited = [
        Assignee(value=letter.joined(m), explicit=is_heading(letter, m), span=m.span)
        for m in linked(letter, mark, "who")
    ]
    # A lead inside a sub-item names who really acts; the heading's body is then not repeated.
    assignees = leads or inherited
    coordinators = [
        Assignee(value=letter.joined(m), explicit=inside, span=m.span)
        for inside, marks in ((True, letter.inside(mark, "coord")), (False, linked(letter, mark, "coord")))
        for m in marks
    ]
    found = due_of(letter, mark)
    report = next(iter([*letter.inside(mark, "report"), *linked(letter, mark, "report")]), None)
    via = next(letter.inside(mark, "via"), None)
    email = next(letter.inside(mark, "email"), None)
    return Task(
        id=mark.name,
        item=item_of(letter, mark),
        text=letter.joined(mark),
        span=mark.span,
        page=1,
        assignees=assignees,
        coordinators=coordinators,
        deadline=_deadline(letter, *found) if found else None,
        report_to=ReportTo(
            name=letter.joined(report),
            email=letter.joined(email) if email else None,
            via=letter.joined(via) if via else None,
        )
        if report
        else None,
        types=[TypeLabel(label=TaskType(label)) for label in labels_of(mark)],
        references=list(dict.fromkeys(m.name for m in letter.inside(mark) if m.is_reference)),
    )


def _deadline(letter: AnnotatedLetter, mark: Mark, due: Due) -> Deadline:
    return Deadline(
        text=letter.joined(mark),
        date=due.date,
        time=due.time,
        recurrence=due.recurrence,  # type: ignore[arg-type]
        relative=RelativeDeadline.model_validate(
            {"amount": due.amount, "unit": due.unit, "from": due.from_ or "receipt"}
        )
        if due.amount is not None
        else None,
        span=mark.span,
    )
