"""kill -9 at any moment loses no accepted letter and doubles none (``python -m tests.load.kill`` is the long form)."""

from __future__ import annotations

from pathlib import Path

from tests.load.kill import run


def test_forty_uploads_and_three_kills(tmp_path: Path) -> None:
    counts = run(40, 3, workers=1, folder=tmp_path)
    assert counts["letters"] == counts["done"] == counts["extractions"] == 40
