"""Many files, one line each: extraction in order, in this process or in several, with memory bounded and nothing lost."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from models.document import Document
from models.errors import CongvanError, UnreadableInput


def _trust_roots() -> tuple[str, ...]:
    from service.settings import Settings

    return tuple(p for p in Settings().trust_roots.split(":") if p)


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What the workers need to know: OCR mode and quality, and whether the readings that lost are wanted."""

    ocr: Literal["auto", "never", "always"] = "auto"
    ocr_quality: Literal["fast", "default", "accurate"] = "default"
    trust_roots: tuple[str, ...] = field(default_factory=_trust_roots)
    """Root certificates for digital signatures; by default those of ``CONGVAN_TRUST_ROOTS``."""
    candidates: bool = False
    searchable: str | None = None
    """File (or folder) for the searchable PDF of what was recognised."""


def extract_file(name: str, data: bytes | None, options: BatchOptions) -> dict[str, Any]:
    """The line for one file: the extraction, or ``{"source", "error"}`` when it cannot be read. Never raises for a bad file."""
    from models.pipeline import ExtractOptions, extract
    from models.reading import ReadOptions, read_bytes

    digest: str | None = None
    try:
        if data is None:
            data = read_bytes(Path(name))
        digest = hashlib.sha256(data).hexdigest()
        reading = ReadOptions(ocr=options.ocr, ocr_quality=options.ocr_quality, trust_roots=options.trust_roots)
        write = _searchable_copy(name, data, options.searchable) if options.searchable else None
        extraction = extract(data, name, options=ExtractOptions(reading=reading, candidates=options.candidates), seen=write)
    except CongvanError as error:
        return {"source": {"filename": Path(name).name, "sha256": digest}, "error": error.as_dict()}
    return extraction.to_dict()


def _searchable_copy(name: str, data: bytes, out: str) -> Callable[[Document], None]:
    """What writes the searchable PDF of a file that has pages to look at: at ``out``, or in it where it is a folder."""
    from models.reading.searchable import searchable_pdf

    def write(document: Document) -> None:
        if document.media_type != "application/pdf" and not document.media_type.startswith("image/"):
            return
        path = Path(out) / f"{Path(name).stem}.pdf" if Path(out).is_dir() else Path(out)
        try:
            path.write_bytes(searchable_pdf(data, document))
        except OSError as error:
            raise UnreadableInput(f"{path} cannot be written: {error.strerror}", remedy="Give a file or folder that may be written.") from error

    return write


def extract_many(names: Sequence[str], *, jobs: int = 1, options: BatchOptions | None = None) -> Iterator[dict[str, Any]]:
    """One result a file in the order given; ``jobs`` processes work ahead by a few files only, so memory stays flat.

    A file that kills its worker process gets an error of its own; the others go on.
    """
    options = options or BatchOptions()
    if jobs <= 1 or len(names) <= 1:
        for name in names:
            yield extract_file(name, None, options)
        return
    yield from _parallel(names, jobs, options)


def _parallel(names: Sequence[str], jobs: int, options: BatchOptions) -> Iterator[dict[str, Any]]:
    context = multiprocessing.get_context("spawn")
    queue = deque(names)
    waiting: deque[tuple[str, Future[dict[str, Any]]]] = deque()
    pool = ProcessPoolExecutor(jobs, mp_context=context)
    try:
        while queue or waiting:
            while queue and len(waiting) < jobs * 3:
                name = queue.popleft()
                waiting.append((name, pool.submit(extract_file, name, None, options)))
            name, future = waiting.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                # one file of those under way killed its process: run each alone to find which, then go on
                pool.shutdown(wait=False, cancel_futures=True)
                suspects = [name, *(n for n, _ in waiting)]
                waiting.clear()
                for suspect in suspects:
                    yield _alone(suspect, options, context)
                pool = ProcessPoolExecutor(jobs, mp_context=context)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _alone(name: str, options: BatchOptions, context: Any) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=context) as single:
        try:
            return single.submit(extract_file, name, None, options).result()
        except BrokenProcessPool:
            error = UnreadableInput(
                "Reading this file ended the process that read it (out of memory or a fault in a library)",
                remedy="Open the file, print it to a new PDF and try again; please report the file.",
                code="worker_died",
            )
            return {"source": {"filename": Path(name).name, "sha256": None}, "error": error.as_dict()}
