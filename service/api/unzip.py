"""ZIP files as a bundle of letters: every entry a file of its own, nothing written under the names that the ZIP gives.

Limits are on what comes out, counted while it is unpacked, so that a bomb is found whatever its directory claims. An
entry that cannot be taken (encrypted, damaged, itself a ZIP, too large) fails alone; the others go on.
"""

from __future__ import annotations

import hashlib
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from models.errors import CongvanError, EncryptedInput, InputTooLarge, UnreadableInput, UnsupportedMediaType
from service.api.uploads import Received, clean_name
from service.settings import Settings

_CHUNK = 256 * 1024
_PACKAGES = ("[Content_Types].xml", "mimetype", "content.xml")
_UNPACK_ERRORS = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError, RuntimeError, KeyError)


def is_bundle(path: Path) -> bool:
    """True for a ZIP that is a bundle of files, not a letter in a package format (DOCX, ODT)."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as bundle:
            return not any(name in _PACKAGES for name in bundle.namelist()[:10_000])
    except _UNPACK_ERRORS:
        return False  # reading says what is wrong with it


def unpack(path: Path, folder: Path, settings: Settings) -> Iterator[tuple[Received, CongvanError | None]]:
    """Every entry with its file on the disk, or with the reason why it is not taken.

    Raises InputTooLarge when the whole is too much: entries, unpacked bytes.
    """
    total = 0
    with zipfile.ZipFile(path) as bundle:
        entries = [entry for entry in bundle.infolist() if not entry.is_dir() and not _furniture(entry.filename)]
        if len(entries) > settings.max_files:
            raise InputTooLarge(f"The ZIP holds {len(entries)} files; at most {settings.max_files} are taken.", remedy="Send it in parts.")
        for entry in entries:
            file = Received(clean_name(entry.filename))
            try:
                total += _take(bundle, entry, file, folder, settings, settings.max_request_unpacked_bytes - total)
            except CongvanError as error:
                yield _drop(file), error
                if isinstance(error, _Bomb):
                    raise InputTooLarge(f"The ZIP unpacks to more than {settings.max_request_unpacked_bytes:,} bytes.", remedy="Send it in parts.") from error
            except _UNPACK_ERRORS:
                yield _drop(file), UnreadableInput("The entry of the ZIP is damaged.", remedy="Pack it again, or send the file alone.")
            else:
                yield file, None


class _Bomb(InputTooLarge):
    """All entries together unpack beyond the limit."""


def _take(bundle: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Received, folder: Path, settings: Settings, left: int) -> int:
    if entry.flag_bits & 1:
        raise EncryptedInput("The entry of the ZIP is encrypted.", remedy="Pack it without a password.")
    digest: Any = hashlib.sha256()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.path = folder / f"{secrets.token_hex(12)}.part"
    with bundle.open(entry) as source, file.path.open("xb") as out:
        while piece := source.read(_CHUNK):
            file.size += len(piece)
            if file.size > settings.max_upload_bytes:
                raise InputTooLarge(f"The entry unpacks to more than {settings.max_upload_bytes:,} bytes.", remedy="Send the letter alone, or split the scan.")
            if file.size > left:
                raise _Bomb("The ZIP unpacks to too much.", remedy="Send it in parts.")
            digest.update(piece)
            out.write(piece)
    file.sha256 = digest.hexdigest()
    if is_bundle(file.path):
        raise UnsupportedMediaType("A ZIP within a ZIP is not unpacked.", remedy="Send the inner ZIP by itself.", code="nested_archive")
    return file.size


def _drop(file: Received) -> Received:
    if file.path is not None:
        file.path.unlink(missing_ok=True)
    file.path = None
    return file


def _furniture(name: str) -> bool:
    """What packers add: resource forks of macOS, thumbnails of Windows."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "__MACOSX" in path.parts or path.name in (".DS_Store", "Thumbs.db", "desktop.ini") or path.name.startswith("._")
