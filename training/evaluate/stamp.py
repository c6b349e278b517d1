"""Of which state of the project and of which data a result is."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def commit() -> str:
    """The short hash of the commit, "+changes" behind it where files differ from it; "unknown" outside a repository."""
    try:
        found = _git("rev-parse", "--short=10", "HEAD")
        return found + ("+changes" if _git("status", "--porcelain", "--untracked-files=no", "--", "models", "training", "corpus") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def stamp(data: str, seed: int) -> dict[str, str | int]:
    """Commit, data hash, seed, day and Python of a run."""
    return {"commit": commit(), "data": data, "seed": seed, "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "python": platform.python_version()}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True).stdout.strip()
