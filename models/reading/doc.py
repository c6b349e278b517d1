"""DOC (Word 97–2003, binary): read directly; LibreOffice, then antiword, for what our own reader does not understand."""

from __future__ import annotations

from models.document import Document, assemble
from models.errors import EncryptedInput, MissingProgram, ReadingTimeout, UnreadableInput
from models.letter import Warning_
from models.reading import programs
from models.reading.columns import split_columns
from models.reading.doc_binary import DocReading, read_binary
from models.reading.docx import pages_of, read_docx
from models.reading.furniture import mark_furniture
from models.reading.plain import document_of_text
from models.reading.runs import convert_lines
from models.reading.sniff import DOC


def read_doc(data: bytes) -> Document:
    """Read a DOC.

    Raises EncryptedInput, UnreadableInput for damage, MissingProgram where only a program that is not installed
    could read the file.
    """
    reading: DocReading | None = None
    try:
        reading = read_binary(data)
        if not reading.doubts and any(line.text.strip() for line in reading.lines):
            return _document(reading)
    except EncryptedInput:
        raise
    except UnreadableInput:
        # Word 95, damage: the programs know more old forms and more repairs than we do.
        pass
    try:
        converted = programs.office_to_docx(data, ".doc")
    except ReadingTimeout:
        if reading is None:
            raise
        converted = None
    if converted is not None:
        document = read_docx(converted)
        document.media_type = DOC.media_type
        return document
    if reading is not None and reading.lines:
        document = _document(reading)
        doubts = ", ".join(sorted(set(reading.doubts)))
        document.warnings.append(
            Warning_(code="doc_partly_read", message=f"Read without LibreOffice; may be missing: {doubts}.")
        )
        return document
    text = programs.antiword(data)
    if text is not None:
        return document_of_text(text, media_type=DOC.media_type)
    if programs.find("soffice", "libreoffice", "antiword") is None:
        raise MissingProgram(
            "This old Word file (.doc) needs LibreOffice or antiword, and neither is installed.",
            remedy="Install one (apt-get install antiword, or libreoffice-writer-nogui), or save the letter as DOCX.",
        )
    raise UnreadableInput(
        "The DOC file is damaged or no Word document.", remedy="Open it in Word, save it as DOCX, and send that."
    )


def _document(reading: DocReading) -> Document:
    encoding = convert_lines(reading.lines, reading.builder.legacy)
    return assemble(
        pages_of(mark_furniture(split_columns(reading.lines))), media_type=DOC.media_type, legacy_encoding=encoding
    )
