"""Zones of lines, on letters of the forms that the rules must know."""

from __future__ import annotations

import pytest

from models.document import Line, Page, assemble
from models.letter import Zone
from models.reading import read
from models.segmentation import label_lines, segment
from models.segmentation.anchors import is_person_name

FORMS = {
    "party": """ĐẢNG BỘ TỈNH KHÁNH SƠN | parent_body issuer
HUYỆN ỦY TÂN LẬP | issuer
* | page_furniture
Số 57-CV/HU | document_number
về việc chuẩn bị hội nghị sơ kết | subject
ĐẢNG CỘNG SẢN VIỆT NAM | national_title
Tân Lập, ngày 3 tháng 6 năm 2014 | place_date
Kính gửi: Đảng ủy các xã, thị trấn | addressees
Thực hiện Chương trình công tác năm 2014 của Ban Chấp hành Đảng bộ huyện, Huyện ủy yêu cầu các đảng ủy báo cáo kết quả sáu tháng. | body
Nơi nhận: | recipients
- Như trên, | recipients
- Lưu Văn phòng Huyện ủy. | archive_note
T/M BAN THƯỜNG VỤ | signing_authority
PHÓ BÍ THƯ | signer_title
Đinh Văn Lộc | signer_name""",
    "decision": """ỦY BAN NHÂN DÂN | issuer
XÃ PHÚ ĐIỀN | issuer
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | national_title
Độc lập - Tự do - Hạnh phúc | national_title
Số: 88/QĐ-UBND | document_number
Phú Điền, ngày 16 tháng 9 năm 2025 | place_date
QUYẾT ĐỊNH | document_type
Về việc thành lập Tổ công tác chuyển đổi số | subject
ỦY BAN NHÂN DÂN XÃ PHÚ ĐIỀN | body
Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025; | legal_basis
Theo đề nghị của Trưởng phòng Văn hóa - Xã hội xã. | legal_basis
QUYẾT ĐỊNH: | body
Điều 1. Thành lập Tổ công tác chuyển đổi số xã gồm các ông, bà có tên trong danh sách kèm theo. | body
Nơi nhận: | recipients
- Như Điều 2; | recipients
- Lưu: VT. | archive_note
TM. ỦY BAN NHÂN DÂN | signing_authority
CHỦ TỊCH | signer_title
Bùi Thị Thanh Thúy | signer_name
PHỤ LỤC | appendix
DANH SÁCH TỔ CÔNG TÁC | appendix""",
    "telegram": """THỦ TƯỚNG CHÍNH PHỦ | issuer
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | national_title
Độc lập - Tự do - Hạnh phúc | national_title
Số: 21/CĐ-TTg | document_number
Hà Nội, ngày 04 tháng 9 năm 2022 | place_date
HỎA TỐC | urgency
CÔNG ĐIỆN | document_type
Về việc ứng phó với mưa lớn | subject
THỦ TƯỚNG CHÍNH PHỦ điện: | addressees
- Bộ trưởng Bộ Quốc phòng; | addressees
- Chủ tịch Ủy ban nhân dân các tỉnh ven biển. | addressees
Theo dự báo, từ đêm nay mưa lớn diện rộng sẽ xảy ra ở nhiều nơi; Thủ tướng Chính phủ yêu cầu các địa phương trực ban nghiêm túc. | body
KT. THỦ TƯỚNG | signing_authority
PHÓ THỦ TƯỚNG | signer_title
Hoàng Đình Phúc | signer_name""",
    "old": """ỦY BAN NHÂN DÂN | issuer
Tỉnh Sông Bé | issuer
Số : 214/CV-UB | document_number
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | national_title
Độc lập - Tự do - Hạnh phúc | national_title
Thủ Dầu Một, ngày 2 tháng 2 năm 1987 | place_date
Kính gửi : Ủy ban nhân dân các huyện, thị xã | addressees
Để chuẩn bị vụ hè thu, Ủy ban nhân dân tỉnh yêu cầu các huyện báo cáo diện tích gieo trồng trước ngày 15 tháng 2 năm 1987. | body
TM/ UBND TỈNH SÔNG BÉ | signing_authority
K/T CHỦ TỊCH | signing_authority
PHÓ CHỦ TỊCH | signer_title
Trần Văn Tám | signer_name""",
    "no head": """Số: 31/CĐN | document_number
Tổ chức hội thao mừng ngày thành lập ngành | subject
Bắc Ninh, ngày 7 tháng 7 năm 2023 | place_date
Kính gửi: | addressees
- Công đoàn cơ sở các đơn vị trực thuộc. | addressees
Để chào mừng ngày thành lập ngành, Ban Thường vụ đề nghị các công đoàn cơ sở đăng ký đội dự thi. | body
TM. BAN THƯỜNG VỤ | signing_authority
CHỦ TỊCH | signer_title
Nguyễn Thị Lụa | signer_name""",
}


@pytest.mark.parametrize("name", FORMS)
def test_zones_of_a_form(name: str) -> None:
    rows = [line.rpartition(" | ") for line in FORMS[name].splitlines()]
    document = read("\n".join(text for text, _, _ in rows).encode(), "thu.txt")
    found = {line.text: zone.value for line, zone in zip(document.lines, label_lines(document), strict=True)}
    for text, _, zones in rows:
        if text in found:
            assert found[text] in zones.split(), text
    assert len(found) >= len(rows) - 2


def test_paragraphs_join_wrapped_lines_and_keep_items_apart() -> None:
    text = FORMS["old"].replace(" | ", "\x00")
    lines = [line.split("\x00")[0] for line in text.splitlines()]
    lines[7:8] = ["Để chuẩn bị vụ hè thu, Ủy ban nhân dân", "tỉnh yêu cầu các huyện:", "1. Báo cáo diện tích gieo", "trồng trước ngày 15 tháng 2 năm 1987.", "2. Chuẩn bị giống và phân bón."]
    found = segment(read("\n".join(lines).encode(), "thu.txt"))
    body = [p.text for p in found.paragraphs if p.zone == "body"]
    assert body == [
        "Để chuẩn bị vụ hè thu, Ủy ban nhân dân tỉnh yêu cầu các huyện:",
        "1. Báo cáo diện tích gieo trồng trước ngày 15 tháng 2 năm 1987.",
        "2. Chuẩn bị giống và phân bón.",
    ]


@pytest.mark.parametrize(("gap", "kept"), [(1.5, True), (24.0, False)])
def test_subject_is_one_block_of_lines_set_in_the_middle(gap: float, kept: bool) -> None:
    """A line of the block may begin with a capital; what stands apart from it is no part of it."""
    texts = [
        ("QUYẾT ĐỊNH", None), ("Về việc phê duyệt kết quả lựa chọn nhà thầu thực hiện", 2.0),
        ("Đề án kiện toàn bộ máy của Văn phòng Sở", gap), ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19/6/2015;", 20.0),
    ]  # fmt: skip
    lines = [Line(text, alignment="left" if text.startswith("Căn cứ") else "center", gap_before=space, font_size=13.0) for text, space in texts]
    zones = label_lines(assemble([Page(1, 595, 842, lines=lines)]))
    assert (zones[2] == Zone.SUBJECT) == kept


@pytest.mark.parametrize(
    ("text", "name"), [("VỤ HÀNH CHÍNH CÔNG", False), ("LÊ VĂN HÓA", True), ("VŨ THỊ HÀ", True), ("Trần Kim Long", True), ("AN TOÀN THỰC PHẨM", False)]
)
def test_the_rest_of_a_title_is_no_name(text: str, name: bool) -> None:
    assert is_person_name(text) is name
