"""``congvan pdf``: a letter as a searchable PDF."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="pdf")(pdf_command)


def pdf_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A scanned PDF or a picture.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT.pdf", help="The PDF to write.")],
    always: Annotated[bool, typer.Option("--always", help="Recognise every page, also those with a text layer.")] = False,
) -> None:
    """Write the letter as a searchable PDF: its pages as they are, with the recognised words as an invisible text layer.

    A signed file stays valid only as the original: the searchable one is a copy for finding and reading.
    """
    from models.errors import CongvanError
    from models.reading import ReadOptions, read, read_bytes
    from models.reading.searchable import searchable_pdf

    try:
        data = read_bytes(file)
        document = read(data, file.name, options=ReadOptions(ocr="always" if always else "auto"))
        out.write_bytes(searchable_pdf(data, document))
    except CongvanError as error:
        print(f"congvan: {file.name}: {error.message} {error.remedy}", file=sys.stderr)
        raise typer.Exit(1) from error
    if document.signatures:
        print(f"congvan: {out.name}: a copy; its {len(document.signatures)} digital signature(s) hold only for {file.name}", file=sys.stderr)
