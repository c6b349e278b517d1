"""The signer's name: one name out of several readings, and the place of signature looked at again under seal and red ink."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from corpus.render import ink
from corpus.render.fonts import font_file
from models.reading.ocr import names, signing
from models.reading.ocr.inks import darkest_ink
from models.reading.ocr.page import read_page_image
from tests.test_ocr import _needs_tesseract

DPI = 200


@pytest.mark.parametrize(
    ("readings", "name"),
    [
        (["Lê Văn Tuần", "Lê Văn Tuấn"], "Lê Văn Tuấn"),  # a week is no name
        (["Lê Văn Tuần", "Lê Văn Tuần"], "Lê Văn Tuần"),  # but what all read alike stands
        (["Íñã Thị Lê Vân", "Ha ThịLê Vân"], "Hà Thị Lê Vân"),
        (["Nguyễn Thị Thúy", "Nguyên Thị Thúy", "Nguyễn Thị Thuy"], "Nguyễn Thị Thúy"),
        (["TRẦN VĂN HUNG", "TRẦN VĂN HÙNG"], "TRẦN VĂN HÙNG"),
        (["TS. Pham Hữu Phước", "TS. Phạm Hữu Phước"], "Phạm Hữu Phước"),
        (["Y Thuyên Niê", "Y Thuyên Nie"], "Y Thuyên Niê"),
        (["Lượng Công Tấn", "Lượng Công Tấn", "Lượng Công Tắn", "Lương Công Tấn"], "Lương Công Tấn"),  # no surname is so spelt
        (["Giám đốc", "Giám đóc"], None),
        (["- Lưu: VT", "Lưu VT."], None),
        (["", ""], None),
    ],
)
def test_name_of_readings(readings: list[str], name: str | None) -> None:
    found = names.combine([(text, 0.8) for text in readings])
    assert (found and found[0]) == name


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("BSCKI. Võ Hoàng Hận", ("BSCKI.", ("Võ", "Hoàng", "Hận"))),
        ("PGS.TS Trần Văn Nam", ("PGS.TS.", ("Trần", "Văn", "Nam"))),
        ("7/2 Võ Hoàng Hận", ("", ("Võ", "Hoàng", "Hận"))),
        ("NguyễnVăn An", ("", ("Nguyễn", "Văn", "An"))),
        ("ngày 12 tháng 5", ("", ())),
        ("Nguyễn", ("", ())),
    ],
)
def test_what_stands_before_a_name(text: str, split: tuple[str, tuple[str, ...]]) -> None:
    assert names.split_name(text) == split


@pytest.mark.parametrize(
    ("text", "near"),
    [("Bui Thi Ngọc Lan", True), ("Đòng Miạh Ước", True), ("BiiThiNgocLan", True), ("CHI CỤC TRƯỞNG", False), ("Nơi nhận", False), ("hahn1", False), ("đề nghị", False)],
)
def test_what_may_be_a_name_read_badly(text: str, near: bool) -> None:
    assert names.near_name(text) == near


def test_a_capital_under_a_stroke() -> None:
    readings = [("Bùi hị Ngọc Lan", 0.8), ("Bui hị Ngọc Lan", 0.8)]
    assert names.combine(readings) is None
    found = names.combine(readings, bad=True)
    assert found is not None
    assert found[0] == "Bùi Thị Ngọc Lan"


def test_a_rarer_name_costs_more_and_a_strange_word_most() -> None:
    costs = [names.likeness(name.split()) for name in ("Nguyễn Văn Hùng", "Nguyễn Văn Ẩn", "Nguyễn Văn Xzq")]
    assert costs == sorted(costs)
    assert costs[0] < costs[2] - 1


@pytest.mark.parametrize(
    ("text", "title"),
    [("GIÁM ĐỐC*", "GIÁM ĐỐC"), ("GIAM ĐÓC", "GIÁM ĐỐC"), ("2u HÙ TỊCH", "CHỦ TỊCH"), ("Giám đốc", None), ("CHI CUC TRƯỜNG", "CHI CỤC TRƯỞNG"), ("ĐẦU TƯ", None), ("", None)],
)
def test_title_of_a_worn_line(text: str, title: str | None) -> None:
    assert signing.title_of(text) == title


def _page(*, name: str, color: tuple[int, int, int], seal: tuple[int, int, int] | None) -> np.ndarray:
    """A page whose foot holds a list of recipients, a title, and a name in ink of ``color`` under a seal."""
    unit = DPI / 72
    sheet = Image.new("RGB", (round(595 * unit), round(842 * unit)), "white")
    draw = ImageDraw.Draw(sheet)

    def put(text: str, x: float, y: float, *, size: float = 14, style: str = "regular", fill: tuple[int, int, int] = (20, 20, 20)) -> None:
        draw.text((x * unit, y * unit), text, fill, font=ImageFont.truetype(str(font_file("serif", style)), round(size * unit)))

    for row in range(6):
        put("Đề nghị các cơ quan, đơn vị nghiêm túc triển khai thực hiện văn bản này", 85, 90 + 22 * row)
    put("Nơi nhận:", 85, 260, size=12, style="bolditalic")
    put("- Như trên;", 85, 275, size=11)
    put("- Lưu: VT.", 85, 289, size=11)
    put("GIÁM ĐỐC", 370, 260, style="bold")
    put(name, 362, 352, style="bold", fill=color)
    page = np.array(sheet)
    if seal is not None:
        mask = ink.seal(round(96 * unit), "SỞ KẾ HOẠCH VÀ ĐẦU TƯ", Random(4))
        ink.lay_ink(page, mask, seal, (round(300 * unit), round(262 * unit)))
    return page


@pytest.mark.parametrize(
    ("color", "seal"),
    [((205, 30, 45), (205, 30, 45)), ((20, 20, 20), (205, 30, 45)), ((20, 20, 20), (70, 70, 75))],
    ids=["name stamped in red", "red seal over the name", "grey seal over the name"],
)
def test_name_at_the_foot_of_a_scan(color: tuple[int, int, int], seal: tuple[int, int, int]) -> None:
    _needs_tesseract()
    page = _page(name="Nguyễn Thị Minh Hạnh", color=color, seal=seal)
    texts = [line.text for line in read_page_image(page, dpi=DPI).lines]
    assert "Nguyễn Thị Minh Hạnh" in texts
    assert "GIÁM ĐỐC" in texts


@pytest.mark.parametrize(("seal", "kept"), [(130, True), (40, False)])
def test_print_alone_is_what_is_darkest(seal: int, kept: bool) -> None:
    picture = np.full((120, 400), 245, np.uint8)
    picture[50:60, 40:360] = 30  # print
    picture[20:100, 100:140] = np.minimum(picture[20:100, 100:140], seal)  # a broad stroke over it
    dark = darkest_ink(picture)
    assert (dark is not None) == kept
    if dark is not None:
        assert dark[55, 60] < 60
        assert dark[30, 120] > 200


def test_no_name_is_made_out_of_a_seal() -> None:
    _needs_tesseract()
    page = _page(name="", color=(0, 0, 0), seal=(205, 30, 45))
    texts = [line.text for line in read_page_image(page, dpi=DPI).lines]
    assert not [t for t in texts if names.is_name(t) and not signing.title_of(t)]
