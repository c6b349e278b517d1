"""Letters written for the tests, and the command run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LETTER = """UBND TỈNH KHÁNH SƠN        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
SỞ Y TẾ        Độc lập - Tự do - Hạnh phúc
Số: 318/SYT-NVY        Khánh Sơn, ngày 12 tháng 8 năm 2019
V/v rà soát trang thiết bị y tế

Kính gửi:
- Các bệnh viện đa khoa tuyến tỉnh;
- Trung tâm Y tế các huyện, thị xã.

Thực hiện Kế hoạch số 145/KH-UBND ngày 20 tháng 6 năm 2019 của Ủy ban nhân dân tỉnh về đầu tư trang thiết bị y tế, Sở Y tế đề nghị các đơn vị:

1. Rà soát số trang thiết bị hiện có, lập danh mục theo mẫu gửi kèm.

2. Báo cáo kết quả về Sở Y tế (qua Phòng Nghiệp vụ Y) trước ngày 30/8/2019.

Sở Y tế đề nghị các đơn vị nghiêm túc thực hiện./.

Nơi nhận:        KT. GIÁM ĐỐC
- Như trên;        PHÓ GIÁM ĐỐC
- UBND tỉnh (để b/c);
- Lưu: VT, NVY.
        Phan Thanh Sơn
"""


@pytest.fixture
def letter_file(tmp_path: Path) -> Path:
    """A công văn in plain text, its head and foot in two columns."""
    path = tmp_path / "cv-318.txt"
    path.write_text(LETTER, encoding="utf-8")
    return path


@pytest.fixture
def congvan() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command ``congvan``, as a process of its own."""

    def run(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", *arguments], input=stdin, capture_output=True, timeout=120,
            env=os.environ | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "160", "NO_COLOR": "1"}, check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
