"""The stages joined: bytes in, an :class:`~models.letter.Extraction` out.

    reading -> segmentation -> extraction -> references -> tasks

Each stage is usable alone; this module is the only one that knows their order.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from models.confidence import calibrate
from models.confidence_candidates import calibrate_candidates
from models.document import Document, box_of, line_boxes
from models.extraction import Fields, extract_fields
from models.extraction.candidates import losing
from models.extraction.inference import complete
from models.letter import Extraction, Located, PageInfo, Reference, Segment, Source, Task, Warning_, Zone
from models.reading import ReadOptions, read
from models.references import find_references, reference_warnings
from models.references.context import LetterContext
from models.segmentation import Segmentation, segment
from models.tasks import TaskContext, find_tasks, task_warnings
from models.tasks.classifier import shipped


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """How to extract: the options of reading, whether the readings that lost are wanted too (``Extraction.candidates``), and the
    boxes of lines and words (``PageInfo.lines``)."""

    reading: ReadOptions | None = None
    candidates: bool = False
    lines: bool = False


def extract(data: bytes, filename: str | None = None, *, media_type: str | None = None, options: ExtractOptions | None = None, seen: Callable[[Document], None] | None = None) -> Extraction:
    """Read one letter from its bytes.

    ``filename`` is only a hint at the kind of file. ``seen`` is called with the file as it was read. Raises a :class:`~models.errors.CongvanError` for what cannot be read.
    """
    options = options or ExtractOptions()
    document = read(data, filename, media_type=media_type, options=options.reading)
    if seen is not None:
        seen(document)
    source = Source(
        filename=Path(filename).name if filename else None,
        media_type=document.media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        page_count=len(document.pages),
        text_origin=document.text_origin,
        legacy_encoding=document.legacy_encoding,
        ocr=document.ocr,
    )
    extraction = extract_document(document, source, candidates=options.candidates)
    if options.lines:
        for info, page in zip(extraction.pages, document.pages, strict=True):
            info.lines = line_boxes(page)
    return extraction


def extract_path(path: Path, *, options: ExtractOptions | None = None) -> Extraction:
    """Read the letter in a file. Raises CongvanError, also for a missing file."""
    from models.reading import read_bytes

    return extract(read_bytes(path), path.name, options=options)


def extract_document(
    document: Document, source: Source, *, calibrated: bool = True, segmentation: Segmentation | None = None, candidates: bool = False,
    candidates_calibrated: bool = True,
) -> Extraction:
    """All stages after reading, for a document that is already in memory.

    Without ``calibrated`` confidences are the stages' own. ``segmentation``: zones made elsewhere, instead of our own.
    ``candidates``: keep the readings that lost; their confidences are probabilities unless not ``candidates_calibrated``.
    """
    found = segmentation or segment(document)
    segments = found.segments
    fields = extract_fields(document, found.zones)
    complete(document, fields)
    references = _references(document, segments, fields)
    context = task_context(fields)
    tasks = _tasks(document, found, context, references)
    _mark_tasks(segments, tasks)
    extraction = Extraction(
        source=source,
        text=document.text,
        pages=[
            PageInfo(
                number=page.number, width=round(page.width, 1), height=round(page.height, 1), rotation=page.rotation,
                text_origin=page.text_origin, span=page.span, quality=page.quality,
            )
            for page in document.pages
        ],
        segments=segments,
        document_type=fields.document_type, number=fields.number, symbol=fields.symbol, identifier=fields.identifier,
        date=fields.date, place=fields.place, issuer=fields.issuer, parent_body=fields.parent_body, subject=fields.subject,
        urgency=fields.urgency, secrecy=fields.secrecy, archive_note=fields.archive_note, signer=fields.signer,
        addressees=fields.addressees, recipients=fields.recipients, references=references, tasks=tasks,
        warnings=[*document.warnings, *fields.warnings, *reference_warnings(references, fields.date.value if fields.date else None), *task_warnings(tasks, context), *_letter_like(fields)],
        signatures=document.signatures,
    )
    if calibrated:
        calibrate(document, extraction, found)
    if candidates:
        extraction.candidates = losing(document, found.zones, found.odds, found.rules or found.zones, fields)
        if calibrated and candidates_calibrated:
            calibrate_candidates(extraction)
    return extraction


def _references(document: Document, segments: list[Segment], fields: Fields) -> list[Reference]:
    context = LetterContext(
        identifier=fields.identifier.value if fields.identifier else None,
        document_type=fields.document_type.value if fields.document_type else None,
        date=fields.date.value if fields.date else None,
        issuer=fields.issuer.value if fields.issuer else None,
        parent_body=fields.parent_body.value if fields.parent_body else None,
        place=fields.place.value if fields.place else None,
    )
    references = find_references(document.text, segments=segments, context=context)
    for reference in references:
        for mention in reference.mentions:
            _place(document, mention)
    return references


def task_context(fields: Fields) -> TaskContext:
    """What the task stage may know of the letter's head."""
    return TaskContext(
        document_type=fields.document_type.value if fields.document_type else None,
        date=fields.date.value if fields.date else None,
        issuer=fields.issuer.value if fields.issuer else None,
        addressees=[a.value for a in fields.addressees],
        place=fields.place.value if fields.place else None,
    )


def _tasks(document: Document, found: Segmentation, context: TaskContext, references: list[Reference]) -> list[Task]:
    tasks = find_tasks(
        document.text, segments=found.segments, paragraphs=found.paragraphs, context=context, references=references, classifier=shipped()
    )
    for task in tasks:
        _place(document, task)
    return tasks


def _place(document: Document, item: Located) -> None:
    if item.span is not None and item.page is None:
        item.page, item.box = box_of(document, item.span)


def _mark_tasks(segments: list[Segment], tasks: list[Task]) -> None:
    """A body segment whose greater part is a task is of zone ``task``: the task stage decides, not the segmenter."""
    spans = sorted(task.span for task in tasks if task.span)
    reach = list(accumulate((b for _, b in spans), max))  # how far the spans up to each one go: those before a segment are passed over
    for piece in segments:
        if piece.zone not in (Zone.BODY, Zone.CLOSING, Zone.TASK, Zone.LEGAL_BASIS):
            continue
        length = piece.span[1] - piece.span[0]
        near = spans[bisect_right(reach, piece.span[0]) : bisect_left(spans, (piece.span[1], 0))]
        covered = sum(max(0, min(b, piece.span[1]) - max(a, piece.span[0])) for a, b in near)
        if length and covered >= 0.5 * length:
            piece.zone = Zone.TASK.value  # type: ignore[assignment]
        elif piece.zone == Zone.TASK:
            piece.zone = Zone.BODY.value  # type: ignore[assignment]


def _letter_like(fields: Fields) -> list[Warning_]:
    """Warn when nothing that makes a letter was found: most likely the file is something else."""
    signs = [
        fields.symbol, fields.date, fields.issuer, fields.signer.name, fields.subject, *fields.addressees[:1], *fields.recipients[:1],
        fields.document_type if fields.document_type and fields.document_type.span else None,
    ]
    if sum(sign is not None for sign in signs) >= 2:
        return []
    return [Warning_(code="not_a_letter", message="Tệp đọc được nhưng không giống một văn bản hành chính; hãy kiểm tra lại tệp.")]
