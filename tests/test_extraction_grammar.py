"""Grammar of the head: numbers, dates, names in official capitals, as tables of (input, expected)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.extraction.capitals import official_name
from models.extraction.dates import parse_place_date
from models.extraction.number import parse_number_line, type_code
from models.extraction.repair import restore_marks, restore_surname
from models.pipeline import extract
from models.text import fold, match_key
from tests.conftest import LETTER

NUMBERS = [
    # line, number, symbol, identifier
    ("Số: 15/QĐ-SNV", "15", "QĐ-SNV", "15/QĐ-SNV"),
    ("Số: 7 /LĐLĐ", "7", "LĐLĐ", "7/LĐLĐ"),
    ("Số 231-KH/TU", "231", "KH/TU", "231-KH/TU"),
    ("Số : 5120 /GDĐT – TrH", "5120", "GDĐT-TrH", "5120/GDĐT-TrH"),
    ("Số: 887 TCT/DNNN", "887", "TCT/DNNN", "887 TCT/DNNN"),
    ("Số: 12TCT/CS", "12", "TCT/CS", "12 TCT/CS"),
    ("Số: 05/2012/QĐ-UBND", "05", "2012/QĐ-UBND", "05/2012/QĐ-UBND"),
    ("Số:      /UBND-KTTH", None, "UBND-KTTH", None),
    ("Số: ....../KH-STTTT", None, "KH-STTTT", None),
    ("Số: 417a/VPCP-KTN", "417a", "VPCP-KTN", "417a/VPCP-KTN"),
    ("Số: 3120/VPCP-V .I", "3120", "VPCP-V.I", "3120/VPCP-V.I"),
    ("Số: 0042/BC-UBND", "0042", "BC-UBND", "0042/BC-UBND"),
    ("Số: 402/UBDT-VP135", "402", "UBDT-VP135", "402/UBDT-VP135"),
    ("Số: 118 - QĐ/TWĐTN-VP", "118", "QĐ/TWĐTN-VP", "118-QĐ/TWĐTN-VP"),
    ("Số: 2519/EVN-KD+KT", "2519", "EVN-KD+KT", "2519/EVN-KD+KT"),
    ("Số: 96/KH&ĐT-ĐKKD", "96", "KH&ĐT-ĐKKD", "96/KH&ĐT-ĐKKD"),
    ("Số: 44-CP", "44", "CP", "44-CP"),
    ("Số: 3/UBND-VX     Tân An, ngày 4 tháng 5 năm 2009", "3", "UBND-VX", "3/UBND-VX"),
    ("Số: (3+ /QĐ-SXD", None, "QĐ-SXD", None),
]


@pytest.mark.parametrize(("line", "number", "symbol", "identifier"), NUMBERS)
def test_number_line(line: str, number: str | None, symbol: str | None, identifier: str | None) -> None:
    parts = parse_number_line(line)
    assert parts is not None
    assert (parts.number, parts.symbol, parts.identifier) == (number, symbol, identifier)
    if parts.number_span:
        assert line[slice(*parts.number_span)].replace(" ", "") == number


@given(st.text(max_size=80))
def test_number_line_never_fails_and_its_spans_lie_inside(line: str) -> None:
    parts = parse_number_line("Số: " + line)
    if parts and parts.symbol_span:
        assert 0 <= parts.symbol_span[0] <= parts.symbol_span[1] <= len(line) + 4


@pytest.mark.parametrize(("symbol", "code"), [("QĐ-BNV", "QĐ"), ("KH/TU", "KH"), ("2012/QĐ-UBND", "QĐ"), ("UBND-KT", "UBND"), ("LĐLĐ", "LĐLĐ")])
def test_type_code(symbol: str, code: str) -> None:
    assert type_code(symbol) == code


DATES = [
    ("Hà Nội, ngày 05 tháng 01 năm 2020", "Hà Nội", "2020-01-05"),
    ("Tân An, ngày 2 tháng 2 năm 1994", "Tân An", "1994-02-02"),
    ("TP. Hồ Chí Minh, ngày 30 tháng 4 năm 2016", "TP. Hồ Chí Minh", "2016-04-30"),
    ("Bà Rịa - Vũng Tàu, ngày 9 tháng 10 năm 2018", "Bà Rịa - Vũng Tàu", "2018-10-09"),
    ("Lai Châu, ngày      tháng 12 năm 2011", "Lai Châu", None),
    ("Lai Châu, ngày … tháng … năm 2011", "Lai Châu", None),
    ("Hà Nội, ngày 31 tháng 02 năm 2015", "Hà Nội", None),
    ("Cà Mau, 12/7/1999", "Cà Mau", "1999-07-12"),
    ("ngày 6 tháng 9 năm 2022", None, "2022-09-06"),
    ("Yên Bái, hồi 17 giờ 30 ngày 08 tháng 9 năm 2024", "Yên Bái", "2024-09-08"),
    ("Quy Nhơn, ngày\n14 tháng 3 năm 2017", "Quy Nhơn", "2017-03-14"),
]


@pytest.mark.parametrize(("line", "place", "date"), DATES)
def test_place_date(line: str, place: str | None, date: str | None) -> None:
    parsed = parse_place_date(line)
    assert parsed is not None
    assert (parsed.place, parsed.date) == (place, date)


def test_a_line_without_a_date_is_none() -> None:
    assert parse_place_date("Kính gửi: Ủy ban nhân dân tỉnh") is None


CAPITALS = [
    ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NAM", "Ủy ban nhân dân tỉnh Quảng Nam"),
    ("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Sở Lao động - Thương binh và Xã hội"),
    ("UBND HUYỆN TRI TÔN", "UBND huyện Tri Tôn"),
    ("HUYỆN ỦY ĐỨC CƠ", "Huyện ủy Đức Cơ"),
    ("VĂN PHÒNG HĐND&UBND", "Văn phòng HĐND&UBND"),
    ("BAN QUẢN LÝ KHU KINH TẾ NGHI SƠN", "Ban Quản lý Khu kinh tế Nghi Sơn"),
    ("TRƯỜNG ĐẠI HỌC TÂY BẮC", "Trường Đại học Tây Bắc"),
    ("LIÊN ĐOÀN LAO ĐỘNG THÀNH PHỐ CẦN THƠ", "Liên đoàn Lao động thành phố Cần Thơ"),
    ("BỘ NÔNG NGHIỆP VÀ PTNT", "Bộ Nông nghiệp và PTNT"),
    ("Sở Nội vụ", "Sở Nội vụ"),
    ("UỶ BAN NHÂN DÂN XÃ HOÀ BÌNH", "Uỷ ban nhân dân xã Hoà Bình"),
]


@pytest.mark.parametrize(("printed", "official"), CAPITALS)
def test_official_capitals(printed: str, official: str) -> None:
    assert official_name(printed) == official


@given(st.text(alphabet="ABCĐỦỶẤ .,-&()'’", max_size=60))
def test_official_capitals_change_case_only(printed: str) -> None:
    assert match_key(official_name(printed)) == match_key(printed)


MARKS = [
    ("SỞ KÉ HOẠCH VÀ ĐẦU TỰ", "SỞ KẾ HOẠCH VÀ ĐẦU TƯ"),
    ("KT. GIÁM ĐÓC", "KT. GIÁM ĐỐC"),
    ("TĨNH QUẢNG NGÃI", "TỈNH QUẢNG NGÃI"),
    ("PHÓ CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    ("Uỷ ban nhân dân", "Uỷ ban nhân dân"),
    ("Số 45/XYZ-ABC", "Số 45/XYZ-ABC"),
]


@pytest.mark.parametrize(("read", "mended"), MARKS)
def test_marks_of_known_names_are_restored(read: str, mended: str) -> None:
    assert restore_marks(read) == mended


@given(st.text(alphabet="abcđêỦỶẤ 0123456789/-.", max_size=60))
def test_restoring_marks_never_touches_digits_and_keeps_the_length(read: str) -> None:
    mended = restore_marks(read)
    assert [c for c in mended if c.isdigit()] == [c for c in read if c.isdigit()]
    assert fold(mended).lower().split() == fold(read).lower().split()


@given(st.text(max_size=60))
def test_fold_keeps_the_length_of_composed_text(text: str) -> None:
    import unicodedata

    assert len(fold(text)) == len(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("Nbuyễn Thị Mai", "Nguyễn Thị Mai"),
        ("Trân Văn An", "Trần Văn An"),
        ("TRÂN VĂN AN", "TRẦN VĂN AN"),
        ("Nguyển Thị Mai", "Nguyễn Thị Mai"),
        ("Hà Thị Vân", "Hà Thị Vân"),
        ("Võ Minh", "Võ Minh"),
        ("Vỏ Minh", "Võ Minh"),
        ("Lương Tám", "Lương Tám"),
        ("Y Thanh Hà", "Y Thanh Hà"),
        ("Xyz Abc", "Xyz Abc"),
        ("Trần", "Trần"),
        ("", ""),
    ],
)
def test_surname_that_was_read_badly(read: str, name: str) -> None:
    assert restore_surname(read) == name


def test_a_dotted_leader_that_was_read_as_letters_is_nobody() -> None:
    before, after = LETTER.split("Kính gửi:\n", 1)
    letter = f"{before}Kính gửi: eeeeeee l\n\n{after.split(chr(10) * 2, 1)[1]}"
    assert not extract(letter.encode(), "giay-moi.txt").addressees
    assert len(extract(LETTER.encode(), "cv.txt").addressees) == 2


def test_a_speck_before_the_head_of_the_recipients_makes_it_no_recipient() -> None:
    found = extract(LETTER.replace("Nơi nhận:", ".Nơi nhận:").encode(), "cv.txt")
    assert [item.value for item in found.recipients] == ["Như trên", "UBND tỉnh"]
