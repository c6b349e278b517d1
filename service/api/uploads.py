"""Uploads as they arrive: multipart/form-data parsed while it streams, each file hashed and written to the data folder.

The web framework would put a whole request into memory or the temporary folder before a route sees the caller; here a
caller without a key is refused before the first byte is read, and a file over the limit before its last.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from models.errors import InputTooLarge
from service import problems

_MAX_NAME = 255


@dataclass(slots=True)
class Received:
    """One file of a request. Small ones, where that was asked for, are in ``data``, others at ``path``."""

    filename: str | None
    size: int = 0
    sha256: str = ""
    data: bytes = b""
    path: Path | None = None

    def content(self) -> bytes | str:
        """What the reading processes take: the bytes, or the path as text."""
        return str(self.path) if self.path is not None else self.data


class Uploads:
    """The files of a request; ``with`` removes from the disk what was not taken away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Received] = []

    def __enter__(self) -> Uploads:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files:
            if file.path is not None:
                with suppress(OSError):
                    file.path.unlink(missing_ok=True)


@dataclass(slots=True)
class _Parse:
    """State of the parser: where the bytes of the current part go."""

    folder: Path
    max_bytes: int
    max_files: int
    keep: int
    names: Sequence[str]
    files: list[Received]
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    current: Received | None = None
    out: BinaryIO | None = None
    digest: Any = None

    def part_begin(self) -> None:
        self.headers, self.current = {}, None

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        self.headers[self.name.lower()] = self.value
        self.name = self.value = b""

    def headers_finished(self) -> None:
        _, options = parse_options_header(self.headers.get(b"content-disposition", b""))
        if options.get(b"name", b"").decode("latin-1") not in self.names:
            return
        if len(self.files) >= self.max_files:
            raise InputTooLarge(f"The request holds more than {self.max_files} files.", remedy="Send them in several requests, or in a ZIP.")
        raw = options.get(b"filename")
        self.current = Received(clean_name(raw.decode("utf-8", "replace")) if raw is not None else None)
        self.digest = hashlib.sha256()
        self.files.append(self.current)

    def part_data(self, data: bytes, start: int, end: int) -> None:
        file = self.current
        if file is None:
            return
        piece = data[start:end]
        file.size += len(piece)
        if file.size > self.max_bytes:
            raise InputTooLarge(f"A file is larger than {self.max_bytes:,} bytes.", remedy="Send the letter alone, or split the scan.")
        self.digest.update(piece)
        if self.out is None and file.size <= self.keep:
            file.data += piece
            return
        out = self.out or self.to_disk(file)
        out.write(piece)

    def part_end(self) -> None:
        if self.current is not None:
            if self.keep < 0 and self.out is None:  # an empty file, where files are wanted on the disk
                self.to_disk(self.current)
            self.current.sha256 = self.digest.hexdigest()
        self.close()
        self.current = None

    def to_disk(self, file: Received) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.path = self.folder / f"{secrets.token_hex(12)}.part"
        self.out = file.path.open("xb")
        self.out.write(file.data)
        file.data = b""
        return self.out

    def close(self) -> None:
        if self.out is not None:
            self.out.close()
            self.out = None


async def receive(request: Request, uploads: Uploads, *, names: Sequence[str], max_bytes: int, max_files: int, seconds: float, keep: int = -1) -> list[Received]:
    """The files of the parts called ``names``; those of at most ``keep`` bytes stay in memory, with -1 none does.

    ``seconds`` may pass between two pieces of the body. Raises CongvanError: 408 when more do, 413 for too much, 415 for a body that is no multipart/form-data, 422 for a broken or fileless one.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise problems.error("unsupported_media_type", "The body is not multipart/form-data.", f"Send the file as part {names[0]!r}: curl -F {names[0]}=@letter.pdf", 415)
    state = _Parse(uploads.folder, max_bytes, max_files, keep, names, uploads.files)
    try:
        parser = MultipartParser(options[b"boundary"], {
            "on_part_begin": state.part_begin, "on_part_data": state.part_data, "on_part_end": state.part_end, "on_header_field": state.header_field,
            "on_header_value": state.header_value, "on_header_end": state.header_end, "on_headers_finished": state.headers_finished,
        })
        pieces = request.stream()
        while True:
            async with asyncio.timeout(seconds):
                chunk = await anext(pieces, None)
            if chunk is None:
                break
            if chunk:
                parser.write(chunk)
        parser.finalize()
        whole = state.current is None
    except MultipartParseError as error:
        raise problems.error("invalid_request", "The multipart body is broken.", "Let the HTTP library build it.", 422) from error
    except TimeoutError as error:
        raise problems.error("too_slow", f"Nothing of the body came for {seconds:.0f} s.", "Send it again over a better line.", 408, retryable=True) from error
    except ClientDisconnect as error:
        raise problems.error("invalid_request", "The body was cut off.", "Send it again.", 422, retryable=True) from error
    finally:
        state.close()
    if not whole:
        raise problems.error("invalid_request", "The multipart body ends in the middle of a part.", "Send it again.", 422, retryable=True)
    if not uploads.files:
        raise problems.error("no_file", f"The request holds no file in a part {names[0]!r}.", f"curl -F {names[0]}=@letter.pdf", 422)
    return uploads.files


def clean_name(name: str) -> str | None:
    """A file name for showing: the last component, without control characters, no longer than 255; None when nothing is left."""
    last = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    kept = "".join(c for c in last if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF).strip()
    return kept[-_MAX_NAME:] or None
