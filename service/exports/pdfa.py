"""Searchable PDF/A of scans (PDF hai lớp, Circular 05/2025/TT-BNV) by OCRmyPDF, called as a program.

Pages that have text keep it; pictures get a layer of recognised text. OCRmyPDF is not needed for anything else.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.errors import CongvanError
from models.reading import programs

SECONDS_PER_FILE = 1800.0
_CAUSES = {
    2: ("not_a_pdf", "OCRmyPDF cannot read the file", "Give a PDF or an image (PNG, JPEG, TIFF)."),
    3: ("program_missing", "OCRmyPDF misses a program or its Vietnamese data", "Install them: apt-get install ocrmypdf tesseract-ocr-script-viet."),
    4: ("bad_output", "OCRmyPDF made a PDF that is not valid", "Print the file to a new PDF and try again."),
    8: ("encrypted", "The PDF is encrypted", "Remove the password and try again."),
    10: ("not_pdfa", "The file was read, but its PDF cannot be made PDF/A", "Print the file to a new PDF and try again."),
}


class PdfaFailed(CongvanError):
    """The PDF/A could not be made; the cause and the remedy are OCRmyPDF's."""

    code = "pdfa_failed"
    http_status = 422


def to_pdfa(data: bytes, *, suffix: str = ".pdf", dpi: int = 300) -> bytes:
    """``data`` (a PDF, or an image taken at ``dpi``) as searchable PDF/A-2b.

    Raises PdfaFailed, or ReadingTimeout after :data:`SECONDS_PER_FILE`.
    """
    program = programs.find("ocrmypdf")
    if program is None:
        raise PdfaFailed("OCRmyPDF is not installed", remedy="Install it: apt-get install ocrmypdf.", code="program_missing")
    with tempfile.TemporaryDirectory(prefix="congvan-") as name:
        folder = Path(name)
        source, target = folder / f"letter{suffix}", folder / "out.pdf"
        source.write_bytes(data)
        options = ["--skip-text"] if suffix == ".pdf" else ["--image-dpi", str(dpi)]
        status, _ = programs.run([program, "--quiet", "-l", "Vietnamese", "--output-type", "pdfa-2", "--jobs", "1", "--optimize", "0", *options, str(source), str(target)],
                                 folder, seconds=SECONDS_PER_FILE)
        if status != 0 or not target.exists():
            code, message, remedy = _CAUSES.get(status, ("pdfa_failed", f"OCRmyPDF ended with status {status}", "Print the file to a new PDF and try again."))
            raise PdfaFailed(message, remedy=remedy, code=code)
        return target.read_bytes()
