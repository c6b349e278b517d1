
"""Merged columns put apart: (text as it stands, lines with sides as a person reads them)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.document import Cell, Line, Word
from models.reading.columns import split_columns
from models.reading.furniture import is_navigation, mark_furniture
from models.reading.layout import Table, TableCell, place_table
from models.reading.plain import document_of_text, hard_wrapped

NATIONAL = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def read(text: str) -> list[str]:
    """Lines as "L:", "R:" or plain."""
    mark = {"left": "L:", "right": "R:", None: ""}
    return [mark[line.side] + line.text for line in document_of_text(text).lines]


CASES: list[tuple[str, str, list[str]]] = [
    (
        "single blanks",
        f"ỦY BAN NHÂN DÂN {NATIONAL}\nHUYỆN MƯỜNG SA {MOTTO}\n\nSố: 61/UBND-NN Mường Sa, ngày 7 tháng 3 năm 2016",
        [
            "L:ỦY BAN NHÂN DÂN",
            "L:HUYỆN MƯỜNG SA",
            "L:Số: 61/UBND-NN",
            f"R:{NATIONAL}",
            f"R:{MOTTO}",
            "R:Mường Sa, ngày 7 tháng 3 năm 2016",
        ],
    ),
    (
        "wide gaps, left column longer",
        f"SỞ Y TẾ            {NATIONAL}\nTRUNG TÂM                {MOTTO}\nKIỂM SOÁT BỆNH TẬT\n"
        f"Số: 5/TTKSBT                      Bình Sa, ngày 02 tháng 01 năm 2020\nV/v phun hóa chất\nKính gửi: Trạm y tế.",
        [
            "L:SỞ Y TẾ",
            "L:TRUNG TÂM",
            "L:KIỂM SOÁT BỆNH TẬT",
            "L:Số: 5/TTKSBT",
            f"R:{NATIONAL}",
            f"R:{MOTTO}",
            "R:Bình Sa, ngày 02 tháng 01 năm 2020",
            "V/v phun hóa chất",
            "Kính gửi: Trạm y tế.",
        ],
    ),
    (
        "tabs",
        f"BỘ A\t{NATIONAL}\nSố: 1/BA-VP\tHà Nội, ngày 3 tháng 4 năm 2019",
        ["L:BỘ A", "L:Số: 1/BA-VP", f"R:{NATIONAL}", "R:Hà Nội, ngày 3 tháng 4 năm 2019"],
    ),
    (
        "pipes",
        f"BỘ A | {NATIONAL} |\nSố: 1/BA-VP | Hà Nội, ngày 3 tháng 4 năm 2019 |",
        ["L:BỘ A", "L:Số: 1/BA-VP", f"R:{NATIONAL}", "R:Hà Nội, ngày 3 tháng 4 năm 2019"],
    ),
    (
        "pipes on lines of their own",
        f"BỘ A\n|\n{NATIONAL}\n{MOTTO}\n|\nSố: 1/BA",
        ["BỘ A", NATIONAL, MOTTO, "Số: 1/BA"],
    ),
    (
        "party",
        "TỈNH ỦY LAM GIANG ĐẢNG CỘNG SẢN VIỆT NAM\nBAN DÂN VẬN\nSố 8-CV/BDVTU Lam Giang, ngày 4 tháng 5 năm 2018",
        [
            "L:TỈNH ỦY LAM GIANG",
            "L:BAN DÂN VẬN",
            "L:Số 8-CV/BDVTU",
            "R:ĐẢNG CỘNG SẢN VIỆT NAM",
            "R:Lam Giang, ngày 4 tháng 5 năm 2018",
        ],
    ),
    (
        "two-level code before the place",
        "Số: 77/2100/STP-VP TP. Hồ Chí Minh, ngày 9 tháng 9 năm 2014",
        ["L:Số: 77/2100/STP-VP", "R:TP. Hồ Chí Minh, ngày 9 tháng 9 năm 2014"],
    ),
    (
        "code in mixed case before the place",
        "Số: 31/QĐ-TTg Hà Nội, ngày 1 tháng 1 năm 2010",
        ["L:Số: 31/QĐ-TTg", "R:Hà Nội, ngày 1 tháng 1 năm 2010"],
    ),
    (
        "blank number and day",
        "Số:       /KH-STC    Lam Giang, ngày      tháng 6 năm 2012",
        ["L:Số: /KH-STC", "R:Lam Giang, ngày tháng 6 năm 2012"],
    ),
    (
        "quốc hiệu wrapped",
        "CỘNG HÒA XÃ HỘI\nCHỦ NGHĨA VIỆT NAM\nLam Giang, ngày 13\ntháng 01 năm 2020",
        [NATIONAL, "Lam Giang, ngày 13 tháng 01 năm 2020"],
    ),
    (
        "both wrapped and merged",
        f"ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI\nTỈNH LAM GIANG CHỦ NGHĨA VIỆT NAM\n{MOTTO}",
        ["L:ỦY BAN NHÂN DÂN", "L:TỈNH LAM GIANG", f"R:{NATIONAL}", MOTTO],
    ),
    (
        "words run together",
        "CỘNG HOÀ XÃHỘI CHỦNGHĨA VIỆTNAM\nĐộclập-Tựdo-Hạnhphúc",
        ["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
    ),
    (
        "rules",
        f"BỘ A\n*******\n{NATIONAL}------\n{MOTTO}\n_____________\n—————\nSố: 1/BA",
        ["BỘ A", NATIONAL, MOTTO, "Số: 1/BA"],
    ),
    (
        "subject and date on one line",
        "V/v họp giao ban quý I Lam Giang, ngày 4 tháng 4 năm 2011",
        ["L:V/v họp giao ban quý I", "R:Lam Giang, ngày 4 tháng 4 năm 2011"],
    ),
    (
        "a citation is no head",
        "Căn cứ Công văn số 15/UBND-VX ngày 2 tháng 3 năm 2010 của Ủy ban nhân dân tỉnh",
        ["Căn cứ Công văn số 15/UBND-VX ngày 2 tháng 3 năm 2010 của Ủy ban nhân dân tỉnh"],
    ),
    ("page number before the head", "Trang 1ỦY BAN NHÂN DÂN\nXÃ A", ["Trang 1", "ỦY BAN NHÂN DÂN", "XÃ A"]),
    (
        "addressee and legal basis",
        "Kính gửi: - Phòng Nội vụ\n- Phòng Tài chính huyện Mường Sa Căn cứ Luật Thi đua năm 2003;",
        ["Kính gửi: - Phòng Nội vụ", "- Phòng Tài chính huyện Mường Sa", "Căn cứ Luật Thi đua năm 2003;"],
    ),
    (
        "foot, wide gaps",
        "Nơi nhận:                       KT. GIÁM ĐỐC\n- Như trên;                    PHÓ GIÁM ĐỐC\n- Lưu: VT.\n"
        "                                 (đã ký)\n                               Lò Thị Mai",
        [
            "L:Nơi nhận:",
            "L:- Như trên;",
            "L:- Lưu: VT.",
            "R:KT. GIÁM ĐỐC",
            "R:PHÓ GIÁM ĐỐC",
            "R:(đã ký)",
            "R:Lò Thị Mai",
        ],
    ),
    (
        "foot, single blanks",
        "Nơi nhận: TM. ỦY BAN NHÂN DÂN\n- Như trên; KT. CHỦ TỊCH\n- CT, các PCT; PHÓ CHỦ TỊCH\n- Lưu: VT, VX. Đào Thị Mận",
        [
            "L:Nơi nhận:",
            "L:- Như trên;",
            "L:- CT, các PCT;",
            "L:- Lưu: VT, VX.",
            "R:TM. ỦY BAN NHÂN DÂN",
            "R:KT. CHỦ TỊCH",
            "R:PHÓ CHỦ TỊCH",
            "R:Đào Thị Mận",
        ],
    ),
    (
        "foot, pipes",
        "Nơi nhận: | KT. BỘ TRƯỞNG |\n- Như trên; | THỨ TRƯỞNG |\n- Lưu: VT. | |\n| Vàng A Tủa |",
        ["L:Nơi nhận:", "L:- Như trên;", "L:- Lưu: VT.", "R:KT. BỘ TRƯỞNG", "R:THỨ TRƯỞNG", "R:Vàng A Tủa"],
    ),
    (
        "foot already apart",
        "Nơi nhận:\n- Như trên;\n- Lưu: VT.\nKT. CỤC TRƯỞNG\nPHÓ CỤC TRƯỞNG\nLò Thị Mai",
        ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "Lò Thị Mai"],
    ),
    (
        "tabs among recipients part nothing",
        "Nơi nhận:\n- Các Vụ: TH,\tKTTH, NC;\n- Lưu: VT.\nBỘ TRƯỞNG\nLò Thị Mai",
        ["Nơi nhận:", "- Các Vụ: TH, KTTH, NC;", "- Lưu: VT.", "BỘ TRƯỞNG", "Lò Thị Mai"],
    ),
    (
        "a person among recipients is no signer",
        "Nơi nhận:\n- PCN Lò Thị Mai;\n- Lưu: VT.\nCHỦ NHIỆM\nĐào Thị Mận",
        ["Nơi nhận:", "- PCN Lò Thị Mai;", "- Lưu: VT.", "CHỦ NHIỆM", "Đào Thị Mận"],
    ),
    (
        "title and name glued",
        "Nơi nhận:\n- Như trên;\nPHÓ TỔNG CỤC TRƯỞNGLò Thị Mai",
        ["Nơi nhận:", "- Như trên;", "PHÓ TỔNG CỤC TRƯỞNG", "Lò Thị Mai"],
    ),
    (
        "title, (đã ký), name glued",
        "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH(Đã ký)Lò Thị Mai",
        ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "(Đã ký)", "Lò Thị Mai"],
    ),
    (
        "tabs after numbers are blanks",
        "Kính gửi: A.\n1.\tLàm việc này.\n2.\tLàm việc kia.",
        ["Kính gửi: A.", "1. Làm việc này.", "2. Làm việc kia."],
    ),
    (
        "the country's name in a sentence is no quốc hiệu",
        f"BỘ B\n{NATIONAL}\nKẾ HOẠCH\nHưởng ứng Ngày Môi trường nước Cộng hòa xã hội chủ nghĩa Việt Nam năm 2022",
        ["BỘ B", NATIONAL, "KẾ HOẠCH", "Hưởng ứng Ngày Môi trường nước Cộng hòa xã hội chủ nghĩa Việt Nam năm 2022"],
    ),
    ("nothing to part", "Một dòng\nhai dòng", ["Một dòng", "hai dòng"]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_columns(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_letter_on_one_line() -> None:
    text = (
        f"SỞ TƯ PHÁP {NATIONAL} {MOTTO} Số: 19/STP-VP V/v báo cáo quý Lam Giang, ngày 8 tháng 3 năm 2017 Kính gửi: Các phòng "
        "trực thuộc. Để tổng hợp kịp thời, Sở đề nghị: 1. Các phòng gửi báo cáo trước ngày 15/3/2017. 2. Văn phòng tổng hợp, "
        "trình Giám đốc./. Nơi nhận: - Như trên; - Lưu: VT. KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC Lò Thị Mai"
    )
    lines = [line.text for line in document_of_text(text).lines]
    for expected in (
        "SỞ TƯ PHÁP",
        NATIONAL,
        MOTTO,
        "Số: 19/STP-VP",
        "Lam Giang, ngày 8 tháng 3 năm 2017",
        "1. Các phòng gửi báo cáo trước ngày 15/3/2017.",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT.",
        "Lò Thị Mai",
    ):
        assert expected in lines, expected
    assert any(line.startswith("Kính gửi: Các phòng trực thuộc.") for line in lines)


def test_words_and_boxes_follow_their_piece() -> None:
    texts = f"BỘ A {NATIONAL}".split()
    words = [Word(text, box=(10.0 * i, 0.0, 10.0 * i + 8, 10.0)) for i, text in enumerate(texts)]
    left, right = split_columns([Line(" ".join(texts), words=words, box=(0.0, 0.0, 500.0, 10.0))])
    assert [w.text for w in left.words] == ["BỘ", "A"]
    assert left.box == (0.0, 0.0, 18.0, 10.0)
    assert (left.side, right.side) == ("left", "right")
    assert len(right.words) == 8


def test_lines_with_a_side_or_cell_keep_their_order() -> None:
    lines = [
        Line("BỘ A", side="left"),
        Line("Số: 1/BA", cell=Cell(0, 1, 0, layout=True), side="left"),
        Line(NATIONAL, side="right"),
        Line("Nơi nhận:", cell=Cell(1, 0, 0, layout=True), side="left"),
        Line("BỘ TRƯỞNG", side="right"),
    ]
    assert [(line.text, line.side) for line in split_columns(lines)] == [
        ("BỘ A", "left"),
        ("Số: 1/BA", "left"),
        (NATIONAL, "right"),
        ("Nơi nhận:", "left"),
        ("BỘ TRƯỞNG", "right"),
    ]


def test_data_table_of_pipes() -> None:
    text = f"{NATIONAL}\nKính gửi: A.\nTheo bảng sau:\nTT | Xã | Tấn\n1 | Sa Lý | 20\n2 | Sa Pả | 35\nHết."
    lines = document_of_text(text).lines
    cells = [(line.text, line.cell.row, line.cell.column) for line in lines if line.cell and not line.cell.layout]
    assert cells[:3] == [("TT", 0, 0), ("Xã", 0, 1), ("Tấn", 0, 2)]
    assert cells[-1] == ("35", 2, 2)
    assert lines[-1].text == "Hết."


HEAD_ROWS = [["BỘ A", NATIONAL], ["Số: 1/BA", "Hà Nội, ngày 1 tháng 2 năm 2003"]]


@pytest.mark.parametrize(
    ("rows", "ruled", "layout"),
    [
        (HEAD_ROWS, False, True),
        (HEAD_ROWS, True, True),
        ([["Nơi nhận:", "GIÁM ĐỐC"]], None, True),
        ([["Kính gửi:", "- Sở A;"], ["", "- Sở B."]], False, True),
        ([["TT", "Tên"], ["1", "A"]], True, False),
        ([["TT", "Tên"], ["1", "A"], ["2", "B"]], None, False),
        ([["a", "b", "c", "d", "e"]], False, False),
        ([["một ô"]], True, True),
    ],
)
def test_layout_or_data(rows: list[list[str]], ruled: bool | None, layout: bool) -> None:
    table = Table([[TableCell([Line(text)], column) for column, text in enumerate(row)] for row in rows], ruled)
    lines = place_table(table, 3)
    assert {line.cell.layout for line in lines if line.cell} == {layout}
    assert all(line.cell and line.cell.table == 3 for line in lines)


def test_layout_reads_column_by_column() -> None:
    table = Table([[TableCell([Line(text)], column) for column, text in enumerate(row)] for row in HEAD_ROWS], False)
    assert [line.text for line in place_table(table, 0)] == [
        "BỘ A",
        "Số: 1/BA",
        NATIONAL,
        "Hà Nội, ngày 1 tháng 2 năm 2003",
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("2", "page_number"),
        ("- 3 -", "page_number"),
        ("Trang 4/7", "page_number"),
        ("2024", "text"),
        ("1. Làm", "text"),
        (r"d:\CV\2012\thang 3\bao cao.doc", "footer"),
        (r"\\mayin\hanhchinh\cv.doc", "footer"),
        ("https://xa.example/van-ban/12", "footer"),
        ("Trang chủ", "header"),
        ("Đăng nhập", "header"),
        ("Đăng ký danh sách về Sở;", "text"),
        ("Nội dung báo cáo gồm:", "text"),
    ],
)
def test_furniture(text: str, role: str) -> None:
    lines = mark_furniture([Line(text), Line("Một câu đầy đủ."), Line("Một câu nữa.")])
    assert lines[0].role == role


def test_navigation_is_not_a_sentence() -> None:
    assert is_navigation("Vui lòng ĐĂNG NHẬP để tiếp tục.")
    assert not is_navigation("Liên hệ với Văn phòng Sở để nhận tài liệu; ")
    assert not is_navigation("")


def test_wrapped_year_is_no_page_number() -> None:
    lines = mark_furniture([Line("mùa khô năm 2019 -"), Line("20")])
    assert lines[1].role == "text"


def test_paragraphs() -> None:
    wrapped = (
        "Trên cơ sở đề nghị của các phòng, Sở giao Văn phòng chủ\ntrì lập danh sách, tổng hợp nhu cầu của từng phòng và\n"
        "báo cáo Giám đốc trước ngày 5 hằng tháng."
    )
    assert hard_wrapped(wrapped.split("\n"))
    assert [line.whole_paragraph for line in document_of_text(wrapped).lines] == [False, False, True]
    single = "Các phòng báo cáo.\nVăn phòng tổng hợp.\nSở trình Ủy ban."
    assert not hard_wrapped(single.split("\n"))
    assert all(line.whole_paragraph for line in document_of_text(single).lines)


def test_blank_lines_are_gaps() -> None:
    assert [line.gap_before for line in document_of_text("a\n\n\nb\nc").lines] == [0.0, 24.0, 0.0]


_PHRASES = st.sampled_from(
    [
        NATIONAL,
        MOTTO,
        "Số: 5/UBND",
        "BỘ A",
        "Nơi nhận:",
        "- Như trên;",
        "KT. CHỦ TỊCH",
        "Lò Thị Mai",
        "Hà Nội, ngày 1 tháng 2 năm 2003",
        "|",
        "\t",
        "     ",
        "*****",
        "Kính gửi: B",
        "a",
        "(đã ký)",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(_PHRASES, max_size=4).map(" ".join), max_size=12))
def test_no_word_is_lost(rows: list[str]) -> None:
    """Whatever is cut and reordered, every word stays, once."""
    before = sorted("".join(c for c in " ".join(rows) if c.isalnum()))
    after = sorted("".join(c for line in split_columns([Line(row) for row in rows]) for c in line.text if c.isalnum()))
    assert before == after
