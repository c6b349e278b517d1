"""Errors that a user can act on: each has a code, a cause and a remedy.

Every failure that congvan foresees is a :class:`CongvanError`. The command line prints it as the ``error`` object of
CONTRACT section 2, the HTTP service as ``application/problem+json``; neither ever shows a traceback for a bad file.
"""

from __future__ import annotations

from typing import ClassVar


class CongvanError(Exception):
    """Base of all foreseen failures.

    ``message`` names the cause in words, ``remedy`` what the reader of the message can do next. ``code`` is stable and
    meant for programs; ``http_status`` is what the service answers; ``exit_code`` what the command line exits with.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, remedy: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.error_code = code or self.code

    def as_dict(self) -> dict[str, object]:
        """The ``error`` object of the contract: code, message and, where there is one, the remedy."""
        result: dict[str, object] = {"code": self.error_code, "message": self.message}
        if self.remedy:
            result["remedy"] = self.remedy
        return result


class UnreadableInput(CongvanError):
    """The bytes are not a letter that can be read (empty, truncated, damaged, no text at all)."""

    code = "unreadable"
    http_status = 422


class UnsupportedMediaType(CongvanError):
    """A kind of file that congvan does not read (a film, a program, a spreadsheet)."""

    code = "unsupported_media_type"
    http_status = 415


class EncryptedInput(CongvanError):
    """The file needs a password."""

    code = "encrypted"
    http_status = 422


class InputTooLarge(CongvanError):
    """More bytes, pages or pixels than the limits allow."""

    code = "too_large"
    http_status = 413


class ReadingTimeout(CongvanError):
    """Reading took longer than the limit allows."""

    code = "timeout"
    http_status = 422
    retryable = True


class MissingProgram(CongvanError):
    """A program of the system that this kind of file needs is not installed."""

    code = "missing_program"
    http_status = 501
