"""DOC (Word 97–2003, binary), read by the programs that are installed: LibreOffice first, then antiword."""

from __future__ import annotations

from models.document import Document
from models.errors import MissingProgram, UnreadableInput
from models.reading import programs
from models.reading.docx import read_docx
from models.reading.plain import document_of_text
from models.reading.sniff import DOC


def read_doc(data: bytes) -> Document:
    """Read a DOC. Raises MissingProgram where no reader is installed, UnreadableInput, ReadingTimeout."""
    converted = programs.office_to_docx(data, ".doc")
    if converted is not None:
        document = read_docx(converted)
        document.media_type = DOC.media_type
        return document
    text = programs.antiword(data)
    if text is not None:
        return document_of_text(text, media_type=DOC.media_type)
    if programs.find("soffice", "libreoffice", "antiword") is None:
        raise MissingProgram(
            "Old Word files (.doc) need LibreOffice or antiword, and neither is installed.",
            remedy="Install one (apt-get install antiword, or libreoffice-writer-nogui), or save the letter as DOCX.",
        )
    raise UnreadableInput(
        "The DOC file is damaged or no Word document.", remedy="Open it in Word, save it as DOCX, and send that."
    )
