"""Every setting of the service, declared once: default and help here, documented in ``service/SETTINGS.md``.

A setting ``name`` is read from the environment variable ``CONGVAN_NAME`` or from ``.env`` in the working directory, or from a
file ``congvan_name`` in ``/run/secrets``, where containers get what nobody should see in an environment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CONGVAN_"
_SECRETS = "/run/secrets"


class Settings(BaseSettings):
    """What an administrator can choose. Sizes are in bytes, times in seconds unless the help says otherwise."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", secrets_dir=_SECRETS if Path(_SECRETS).is_dir() else None, extra="ignore", frozen=True)

    data: Path | None = Field(default=None, description="Folder for letters, database and search index; without it `$XDG_DATA_HOME/congvan` or `~/.local/share/congvan`.")
    database_url: str | None = Field(default=None, description="Database: `sqlite:///PATH` or `postgresql://USER@HOST/NAME`; without it SQLite in the data folder.")
    auth: Literal["keys", "off"] = Field(default="keys", description="API keys (`congvan keys create`), or off: then the service answers calls from this machine only.")
    rate_limit: str = Field(default="6000/minute", description="Most calls of one key, as `NUMBER/second|minute|hour|day`; empty for no limit.")
    rate_limit_failed: str = Field(default="30/minute", description="Most calls with a missing or wrong key from one address; empty for no limit.")
    workers: int = Field(default=2, ge=1, le=64, description="Processes that read letters at the same time.")
    queue: int = Field(default=64, ge=0, le=10_000, description="Letters that may wait for a free process; one more is answered 503 with Retry-After.")
    max_upload_bytes: int = Field(default=100 * 1024 * 1024, ge=1024, description="Largest file.")
    max_request_bytes: int = Field(default=1024**3, ge=1024, description="Largest request to `POST /v1/letters`, all its files together.")
    max_request_unpacked_bytes: int = Field(default=4 * 1024**3, ge=1024, description="Most bytes that a ZIP may unpack to.")
    max_files: int = Field(default=2000, ge=1, le=100_000, description="Most files of one request, those in a ZIP counted.")
    upload_seconds: float = Field(default=30.0, gt=0, description="Longest pause in the body of an upload; after it the request is answered 408.")
    max_uploads: int = Field(default=64, ge=1, le=1000, description="Requests that may send files at the same time; one more is answered 503 with Retry-After.")
    max_queue_files: int = Field(default=20_000, ge=1, description="Files that may wait to be read; beyond it uploads are answered 503 with Retry-After.")
    max_queue_bytes: int = Field(default=50 * 1024**3, ge=1, description="Bytes of files that may wait to be read; beyond it uploads are answered 503 with Retry-After.")
    lease_seconds: float = Field(default=60.0, ge=2, description="A file whose reader has been silent that long is read anew by another.")
    webhook_private: bool = Field(default=False, description="Webhooks may call http:// and addresses of private networks.")
    webhook_seconds: float = Field(default=10.0, gt=0, le=60, description="Longest time for one call of a webhook.")
    webhook_attempts: int = Field(default=8, ge=1, le=8, description="Calls of a webhook for one event before it is given up.")
    webhook_patience: float = Field(default=1.0, gt=0, description="Factor on the pauses between these calls (5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 24 h).")
    min_free_bytes: int = Field(default=512 * 1024**2, ge=0, description="Space that stays free in the data folder: below it nothing is taken (503).")
    max_pages: int = Field(default=200, ge=1, description="Most pages of one letter.")
    letter_seconds: float = Field(default=300.0, gt=0, description="Longest time for one letter; its process is ended after that.")
    worker_memory_bytes: int = Field(default=3 * 1024**3, ge=512 * 1024**2, description="Address space of one process that reads letters (Linux).")
    worker_letters: int = Field(default=200, ge=1, description="Letters after which a reading process is replaced by a fresh one.")
    ocr: Literal["auto", "never", "always"] = Field(default="auto", description="Recognise text in images: where needed, never, or on every page.")
    ocr_quality: Literal["fast", "default", "accurate"] = Field(default="default", description="Speed or accuracy of OCR.")
    trust_roots: str = Field(default="", description="Root certificates (PEM or DER files, or folders of them, separated by `:`) that digital signatures are checked against; empty: a signature is never called trusted.")
    secret_letters: Literal["flag", "no_search", "refuse"] = Field(
        default="flag", description="Letters marked mật, tối mật or tuyệt mật: `flag` them with a warning, also keep them out of search (`no_search`), or `refuse` them with 422 and delete them.")

    @field_validator("rate_limit", "rate_limit_failed")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        from limits import parse

        if value:
            parse(value)
        return value


def as_markdown() -> str:
    """The table of all settings for ``service/SETTINGS.md``."""
    lines = [
        "# Settings",
        "",
        "Written by `congvan settings --markdown`; do not edit by hand. Each is an environment variable, a line of `.env` in the working directory, or a file in `/run/secrets` (its name in small letters).",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default is not None else ""
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"
