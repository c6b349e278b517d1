"""Limits and choices of reading, given once and passed to every reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How much of a file may be read, and how scans are recognised.

    The defaults suit an office: letters of a few pages, at most a small book. Every limit that is passed raises
    :class:`models.errors.InputTooLarge` or :class:`models.errors.ReadingTimeout`, never an endless run.
    """

    max_bytes: int = 100 * MEBIBYTE
    """Largest file in bytes."""
    max_pages: int = 200
    """Most pages of a PDF or frames of an image; a file with more is refused before its first page is read."""
    max_pixels: int = 120_000_000
    """Most pixels of one image as its header claims them (A3 at 600 dpi has 70 million)."""
    ocr: Literal["auto", "never", "always"] = "auto"
    """auto: recognise the pages whose text layer cannot be trusted; never: take what the file says; always: all pages."""
    ocr_quality: Literal["fast", "default", "accurate"] = "default"
    """fast: one recogniser; default: lines found by one and read by another; accurate: three recognisers vote."""
    page_seconds: float = 60.0
    """Longest time for one page, in seconds; a page that takes longer gives what was read and a warning."""
    total_seconds: float = 600.0
    """Longest time for one file, in seconds."""
    dpi: int = 300
    """Resolution at which pages are drawn for the recogniser, in dots an inch."""
    trust_roots: tuple[str, ...] = ()
    """Files or folders of root certificates (PEM, DER) that digital signatures are checked against."""
    without: frozenset[str] = frozenset()
    """Steps of page preparation left out, to measure what each is worth: :data:`models.reading.ocr.prepare.STEPS`."""
    workers: int = 1
    """Processes that recognise the pages of one file. One is right where many files are read side by side."""
