"""Reading: any file that offices send becomes one :class:`~models.document.Document`.

:func:`read` decides the kind by content, hands the bytes to the reader of that kind, and promises that nothing but a
:class:`~models.errors.CongvanError` ever comes out of a bad file. Readers are imported when first needed, so a batch
of DOCX never loads the OCR engine.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import Final

from models.document import Document
from models.errors import CongvanError, InputTooLarge, UnreadableInput
from models.reading import sniff
from models.reading.limits import MAX_BYTES
from models.reading.options import ReadOptions

__all__ = ["ReadOptions", "read", "read_bytes", "read_path"]

_log = logging.getLogger(__name__)
_DAMAGED_REMEDY: Final = "Open it in the program that made it, save it anew (best as PDF or DOCX), and send that."


def read(
    data: bytes,
    filename: str | None = None,
    *,
    media_type: str | None = None,
    options: ReadOptions | None = None,
) -> Document:
    """Read one letter of any kind.

    ``filename`` and ``media_type`` are hints; the content decides. ``options`` steer PDF and image reading (OCR).
    Raises a CongvanError: UnreadableInput, UnsupportedMediaType, EncryptedInput, InputTooLarge, ReadingTimeout,
    MissingProgram, each with cause and remedy.
    """
    try:
        document = _read(bytes(data), filename, media_type, options)
    except CongvanError:
        raise
    except RecursionError as error:
        raise UnreadableInput(
            "The file is nested too deeply to be an ordinary letter.", remedy=_DAMAGED_REMEDY
        ) from error
    except MemoryError as error:
        raise InputTooLarge("The file needs more memory than there is.", remedy="Send a smaller file.") from error
    except Exception as error:
        # The safety net: a defect of ours must not take down a batch. It is logged, so that it can be found.
        _log.exception("reading failed unexpectedly")
        raise UnreadableInput(
            f"The file could not be read ({type(error).__name__}); it is probably damaged.", remedy=_DAMAGED_REMEDY
        ) from error
    if not document.text.strip():
        raise UnreadableInput(
            "No text was found in the file.",
            remedy="A blank page or a picture without writing has nothing to extract; otherwise send a PDF.",
        )
    return document


def read_path(path: str | os.PathLike[str], *, options: ReadOptions | None = None) -> Document:
    """Read the letter that lies at ``path``. Raises as :func:`read`; a missing file or a folder is UnreadableInput."""
    limit = options.max_bytes if options is not None else MAX_BYTES
    return read(read_bytes(path, limit=limit), Path(path).name, options=options)


def read_bytes(path: str | os.PathLike[str], *, limit: int = MAX_BYTES) -> bytes:
    """The bytes of the ordinary file at ``path``, at most ``limit``.

    Raises UnreadableInput (missing, a folder, a device) or InputTooLarge.
    """
    place = Path(path)
    try:
        # Not blocking, so that a named pipe cannot hold us; the file is asked after opening, so that it cannot change
        # between the question and the reading.
        with open(
            os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
        ) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableInput(f"{place.name} is no ordinary file.", remedy="Give the path of a letter.")
            if status.st_size > limit:
                raise _too_large(status.st_size, limit)
            return stream.read(limit + 1)
    except IsADirectoryError as error:
        raise UnreadableInput(f"{place.name} is a folder.", remedy="Give the letters in it one by one.") from error
    except FileNotFoundError as error:
        raise UnreadableInput(f"There is no file {place.name}.", remedy="Check the path.", code="not_found") from error
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise UnreadableInput(f"The file cannot be opened: {cause}.", remedy="Check path and permissions.") from error


def _too_large(size: int, limit: int) -> InputTooLarge:
    return InputTooLarge(
        f"The file has {size / 1024 / 1024:.0f} MB; at most {limit // 1024 // 1024} MB are read.",
        remedy="Send the letter without its large attachments, or scan it at 200–300 dpi.",
    )


def _read(data: bytes, filename: str | None, media_type: str | None, options: ReadOptions | None) -> Document:
    limit = options.max_bytes if options is not None else MAX_BYTES
    if len(data) > limit:
        raise _too_large(len(data), limit)
    kind = sniff.sniff(data, filename, media_type)
    return read_kind(kind, data, options)


def read_kind(kind: sniff.Kind, data: bytes, options: ReadOptions | None) -> Document:
    """Hand the bytes to the reader of their kind, imported on first use. Raises what that reader raises."""
    match kind.name:
        case "pdf":
            from models.reading.options import ReadOptions as Options
            from models.reading.pdf import read_pdf

            return read_pdf(data, options=options or Options())
        case "image":
            from models.reading.images import read_image
            from models.reading.options import ReadOptions as Options

            return read_image(data, options=options or Options())
        case "docx" | "wordml":
            from models.reading.docx import read_docx, read_wordml

            return read_docx(data) if kind.name == "docx" else read_wordml(data)
        case "doc":
            from models.reading.doc import read_doc

            return read_doc(data)
        case "rtf":
            from models.reading.rtf import read_rtf

            return read_rtf(data)
        case "odt" | "fodt":
            from models.reading.odt import read_fodt, read_odt

            return read_odt(data) if kind.name == "odt" else read_fodt(data)
        case "html":
            from models.reading.html import read_html

            return read_html(data)
        case "markdown":
            from models.reading.markdown import read_markdown

            return read_markdown(data)
        case "eml":
            from models.reading.eml import read_eml

            return read_eml(data, options=options)
        case _:
            from models.reading.plain import read_plain

            return read_plain(data)
