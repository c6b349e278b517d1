"""A small archive for tests: letters that cite each other, with tasks, one of them as a PDF with pages."""

from __future__ import annotations

from pathlib import Path

from models.pipeline import extract
from service.archive.store import Store
from tests.conftest import LETTER

TYPED = Path(__file__).parent.parent / "corpus" / "samples" / "letter-typed.pdf"
PLAN = LETTER.replace("318/SYT-NVY", "145/KH-UBND").replace("SỞ Y TẾ        ", "ỦY BAN NHÂN DÂN        ").replace("12 tháng 8", "20 tháng 6").replace(
    "V/v rà soát trang thiết bị y tế", "KẾ HOẠCH\nđầu tư trang thiết bị").replace("Kế hoạch số 145/KH-UBND ngày 20 tháng 6 năm 2019", "Nghị quyết số 12/NQ-HĐND ngày 10 tháng 5 năm 2019")


def seed(folder: Path) -> dict[str, str]:
    """Fill an archive; ids by name, and a key of scope write under ``key``."""
    store = Store.open(folder)
    ids = {}
    for name, data in (("letter.txt", LETTER.encode()), ("plan.txt", PLAN.encode()), ("letter-typed.pdf", TYPED.read_bytes())):
        ids[name] = store.put_extraction(store.add_file(data), extract(data, name), filename=name)
    ids["key"] = store.create_key("Lan", ["write"])[1]
    store.close()
    return ids
