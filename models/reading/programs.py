"""Outside programs, run without harm: own folder, own profile, time limit, the whole process group ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from models.errors import ReadingTimeout
from models.reading.limits import PROGRAM_SECONDS

_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "SAL_USE_VCLPLUGIN": "svp"}


def find(*names: str) -> str | None:
    """The path of the first of these programs that is installed."""
    return next((path for name in names if (path := shutil.which(name))), None)


def run(command: Sequence[str], folder: Path, *, seconds: float = PROGRAM_SECONDS) -> tuple[int, bytes]:
    """Run ``command`` in ``folder``; its status and standard output. Raises ReadingTimeout after ``seconds``."""
    environment = {
        **_ENVIRONMENT,
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    try:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return 127, b""
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired as error:
        raise ReadingTimeout(
            f"{Path(command[0]).name} did not finish within {seconds:.0f} seconds.",
            remedy="Open the file in Word or LibreOffice, save it as DOCX or PDF, and send that.",
        ) from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what the program left running: soffice starts children of its own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def office_to_docx(data: bytes, suffix: str) -> bytes | None:
    """``data`` as DOCX by LibreOffice; None where it is not installed or cannot read the file."""
    program = find("soffice", "libreoffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="congvan-") as name:
        folder = Path(name)
        source = folder / f"letter{suffix}"
        source.write_bytes(data)
        command = (
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(source),
        )
        run(command, folder)
        result = folder / "out" / "letter.docx"
        return result.read_bytes() if result.exists() else None


def antiword(data: bytes) -> str | None:
    """The text of a DOC by antiword, one paragraph a line; None where it is not installed or cannot read the file."""
    program = find("antiword")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="congvan-") as name:
        folder = Path(name)
        (folder / "letter.doc").write_bytes(data)
        status, output = run((program, "-m", "UTF-8.txt", "-w", "0", "letter.doc"), folder)
        return output.decode("utf-8", "replace") if status == 0 and output.strip() else None
