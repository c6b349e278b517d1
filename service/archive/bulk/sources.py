"""The files of a run: folders, single files, ZIPs and object stores (fsspec URLs), listed without reading them.

A file's *name* is what it is known by in the archive's list of seen files: the absolute path, ``…/a.zip!/inside.pdf`` for
a member of a ZIP, the URL for an object store. Together with its size and its *stamp* (time of change, or ETag) it tells
whether the file has been done already.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from models.errors import CongvanError, InputTooLarge, UnreadableInput

_INSIDE = "!/"
_NOT_LETTERS = ("._*", ".*", "~$*", "Thumbs.db", "desktop.ini", "*.part", "*.tmp", "*.crdownload")
_FOLDERS = ("__MACOSX", "@eaDir", "$RECYCLE.BIN")


@dataclass(frozen=True, slots=True)
class Item:
    """One file: name, size in bytes, stamp; ``stored`` names a file of the archive itself (re-extraction)."""

    name: str
    size: int
    stamp: str
    stored: str | None = None
    filename: str | None = None

    @property
    def shown(self) -> str:
        """The file's own name, without folders."""
        return self.filename or self.name.rsplit(_INSIDE, 1)[-1].replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A folder, ZIP or store that cannot be listed, and why."""

    name: str
    error: CongvanError


def listing(places: Sequence[str], *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Iterator[Item | Unlisted]:
    """All files of ``places`` (paths and URLs), each place in the order of names; ``include`` and ``exclude`` are patterns of file names."""
    for place in places:
        for item in _place(place):
            if isinstance(item, Item) and not _wanted(item.shown, include, exclude):
                continue
            yield item


def _wanted(shown: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    if any(fnmatch(shown, pattern) for pattern in _NOT_LETTERS) or any(fnmatch(shown, pattern) for pattern in exclude):
        return False
    return not include or any(fnmatch(shown, pattern) for pattern in include)


def _place(place: str) -> Iterator[Item | Unlisted]:
    if "://" in place:
        yield from _remote(place)
        return
    path = Path(place).absolute()
    if path.is_dir():
        yield from _folder(path)
    elif path.is_file():
        yield from _file(path)
    else:
        yield Unlisted(str(path), UnreadableInput(f"There is no file or folder {place}", remedy="Check the path.", code="no_such_file"))


def _folder(folder: Path) -> Iterator[Item | Unlisted]:
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as error:
        yield Unlisted(str(folder), UnreadableInput(f"The folder cannot be listed: {error.strerror}", remedy="Check its permissions.", code="no_access"))
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _FOLDERS and not entry.name.startswith("."):
                    yield from _folder(Path(entry.path))
            elif entry.is_file():
                yield from _file(Path(entry.path))
        except OSError as error:
            yield Unlisted(entry.path, UnreadableInput(f"The file cannot be looked at: {error.strerror}", remedy="Check its permissions.", code="no_access"))


def _file(path: Path) -> Iterator[Item | Unlisted]:
    status = path.stat()
    if path.suffix.lower() == ".zip":
        yield from _members(path, str(status.st_mtime_ns))
    else:
        yield Item(str(path), status.st_size, str(status.st_mtime_ns))


def _members(path: Path, stamp: str) -> Iterator[Item | Unlisted]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda m: m.filename)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        yield Unlisted(str(path), UnreadableInput(f"The ZIP cannot be read: {error}", remedy="Pack it anew, or unpack it and name the folder.", code="bad_zip"))
        return
    for member in members:
        if member.is_dir() or any(part in _FOLDERS for part in member.filename.split("/")):
            continue
        yield Item(f"{path}{_INSIDE}{member.filename}", member.file_size, f"{stamp}-{member.CRC:08x}")


def _remote(url: str) -> Iterator[Item | Unlisted]:
    try:
        import fsspec

        system, root = fsspec.core.url_to_fs(url)
        found = system.find(root, detail=True)
        if not found and system.isfile(root):
            found = {root: system.info(root)}
    except ImportError as error:
        yield Unlisted(url, UnreadableInput(f"This kind of store needs a package: {error}", remedy="Install congvan[stores], or the package named.", code="missing_package"))
        return
    except Exception as error:
        yield Unlisted(url, UnreadableInput(f"The store cannot be listed ({type(error).__name__}): {error}", remedy="Check the address and the access rights.", code="no_access"))
        return
    for name in sorted(found):
        info: dict[str, Any] = found[name]
        stamp = next((str(info[key]) for key in ("ETag", "etag", "mtime", "LastModified", "last_modified", "created", "md5") if info.get(key)), "")
        yield Item(system.unstrip_protocol(name), int(info.get("size") or 0), stamp)


def read_item(item: Item, limit: int) -> bytes:
    """The bytes of a file. Raises InputTooLarge above ``limit`` bytes, UnreadableInput when it cannot be had."""
    if item.size > limit:
        raise _too_large(limit)
    try:
        if item.stored is not None:
            data = Path(item.stored).read_bytes()
        elif "://" in item.name:
            import fsspec

            with fsspec.open(item.name, "rb") as remote:
                data = remote.read(limit + 1)
        elif _INSIDE in item.name and not Path(item.name).exists():
            data = _member(item.name, limit)
        else:
            with Path(item.name).open("rb") as file:
                data = file.read(limit + 1)
    except CongvanError:
        raise
    except Exception as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableInput(f"The file cannot be had: {reason}", remedy="Check that it is still there and may be read.", code="no_access") from error
    if len(data) > limit:
        raise _too_large(limit)
    return bytes(data)


def _member(name: str, limit: int) -> bytes:
    path, member = name.split(_INSIDE, 1)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(member)
        if info.flag_bits & 1:
            raise UnreadableInput("This file of the ZIP needs a password", remedy="Pack the ZIP anew without a password.", code="encrypted")
        with archive.open(info) as file:
            return file.read(limit + 1)


def _too_large(limit: int) -> InputTooLarge:
    return InputTooLarge(f"The file has more than {limit:,} bytes", remedy="Split it, or raise CONGVAN_MAX_UPLOAD_BYTES.")
