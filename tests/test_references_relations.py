"""Relations to the letter and between citations, bodies, pinpoints, what is the letter itself."""

from __future__ import annotations

import pytest

from models.letter import Segment, Zone
from models.references import LetterContext, find_references
from models.references.bodies import body_of
from models.references.identifiers import parse_identifier

RELATIONS = [
    ("Căn cứ Nghị định số 12/2020/NĐ-CP ngày 1/2/2020 của Chính phủ;", "công văn", ["can_cu"]),
    ("Căn cứ các Quyết định: số 1/QĐ-A ngày 1/1/2020; số 2/QĐ-A ngày 2/1/2020;", "quyết định", ["can_cu", "can_cu"]),
    ("Thực hiện Kế hoạch số 5/KH-SYT ngày 3/3/2021 của Sở Y tế, các trạm báo cáo.", "công văn", ["thuc_hien"]),
    ("Tiếp tục thực hiện Chỉ thị số 7/CT-UBND; Công văn số 9/UBND-VX;", "công văn", ["thuc_hien", "thuc_hien"]),
    ("Phúc đáp Công văn số 8/PNV-TH ngày 4/4/2022 của Phòng Nội vụ.", "công văn", ["tra_loi"]),
    ("Sở Nội vụ nhận được Công văn số 8/PNV-TH ngày 4/4/2022 của Phòng Nội vụ.", "công văn", ["tra_loi"]),
    ("Sở Nội vụ nhận được Công văn số 8/PNV-TH ngày 4/4/2022 của Phòng Nội vụ.", "giấy mời", ["can_cu"]),
    ("Tiếp theo Công văn số 31/SCT-TM ngày 9/9/2021, Sở Công Thương đề nghị:", "công văn", ["tiep_theo"]),
    ("Quyết định này thay thế Quyết định số 3/QĐ-SXD ngày 6/6/2018.", "quyết định", ["thay_the"]),
    ("Bãi bỏ khoản 2 Điều 4 Quyết định số 3/QĐ-SXD ngày 6/6/2018.", "quyết định", ["bai_bo"]),
    ("Sửa đổi, bổ sung một số điều của Quyết định số 3/QĐ-SXD ngày 6/6/2018 như sau:", "quyết định", ["sua_doi"]),
    ("(Gửi kèm Báo cáo số 3/BC-SCT ngày 3/3/2023)", "công văn", ["kem_theo"]),
    ("Quy chế ban hành kèm theo Quyết định số 3/QĐ-SXD ngày 6/6/2018.", "công văn", ["vien_dan"]),
    ("Việc cấp phép được nêu tại Quyết định số 3/QĐ-SXD ngày 6/6/2018.", "công văn", ["vien_dan"]),
    ("Theo đề nghị của Giám đốc Sở Tài chính tại Tờ trình số 4/TTr-STC;", "quyết định", ["can_cu"]),
    ("Theo đề nghị của Bộ Tài chính tại Công văn số 4/BTC-NSNN, giao Sở Tài chính:", "công văn", ["thuc_hien"]),
    ("góp ý dự thảo Nghị định sửa đổi Nghị định số 44/2014/NĐ-CP", "công văn", ["vien_dan"]),
]


@pytest.mark.parametrize(("text", "letter_type", "expected"), RELATIONS)
def test_relation_to_the_letter(text: str, letter_type: str, expected: list[str]) -> None:
    found = find_references(text, context=LetterContext(document_type=letter_type))
    assert [r.relation for r in found] == expected


CHAINS = [
    (
        "Thực hiện Kế hoạch số 9-KH/TU của Tỉnh ủy về thực hiện Kết luận số 8-KL/TW ngày 5/5/2023 của Bộ Chính trị;",
        [("thuc_hien", None), ("duoc_trien_khai_boi", "r1")],
    ),
    (
        "Căn cứ Nghị định số 1/2020/NĐ-CP quy định chi tiết một số điều của Luật Thú y;",
        [("can_cu", None), ("duoc_trien_khai_boi", "r1")],
    ),
    (
        "Căn cứ Quyết định số 6/QĐ-UBND ngày 7/7/2022 sửa đổi Quyết định số 5/QĐ-UBND ngày 6/6/2021;",
        [("can_cu", None), ("sua_doi", "r1")],
    ),
    (
        "theo Thông tư số 1/2018/TT-BYT được sửa đổi, bổ sung tại Thông tư số 9/2021/TT-BYT thì",
        [("sua_doi", "r2"), ("vien_dan", None)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CHAINS)
def test_relation_between_citations(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(r.relation, r.via) for r in find_references(text)] == expected


def test_the_letter_itself_is_no_reference() -> None:
    letter = "Số: 15/KH-SNV\nKẾ HOẠCH\nThực hiện Công văn số 2/UBND-NC.\n(Kèm theo Kế hoạch số 15/KH-SNV ngày 4/5/2023)"
    assert [r.identifier for r in find_references(letter)] == ["2/UBND-NC"]
    context = LetterContext(identifier="15/KH-SNV", document_type="kế hoạch", date="2023-05-04")
    assert [r.identifier for r in find_references(letter, context=context)] == ["2/UBND-NC"]


def test_zones_that_cite_nothing() -> None:
    text = "Số: 3/SNV-TH\nTheo Công văn số 8/UBND-NC\nngày 5/6/2021.\nNơi nhận:\n- Như Quyết định số 4/QĐ-SNV;"
    cut = [text.index("Theo"), text.index("Nơi nhận")]
    zones = [Zone.DOCUMENT_NUMBER, Zone.BODY, Zone.RECIPIENTS]
    spans = zip([0, *cut], [*cut, len(text)], strict=True)
    segments = [Segment(zone=zone, span=span, page=1) for zone, span in zip(zones, spans, strict=True)]
    [found] = find_references(text, segments=segments)
    assert (found.identifier, found.date) == ("8/UBND-NC", "2021-06-05")


def test_legal_basis_zone_makes_a_basis() -> None:
    text = "Nghị định số 7/2022/NĐ-CP của Chính phủ;"
    [found] = find_references(text, segments=[Segment(zone=Zone.LEGAL_BASIS, span=(0, len(text)), page=1)])
    assert found.relation == "can_cu"


def test_pinpoints_and_mentions() -> None:
    text = "Theo điểm b khoản 2 Điều 9 Luật Thú y và Điều 12 Luật Thú y; Kế hoạch số 3/KH-A. Theo Kế hoạch nêu trên."
    law, plan = find_references(text)
    assert law.pinpoints == ["điểm b khoản 2 Điều 9", "Điều 12"]
    assert [text[m.span[0] : m.span[1]] for m in plan.mentions if m.span] == ["Kế hoạch số 3/KH-A", "Kế hoạch nêu trên"]


def test_pointing_words_need_one_antecedent() -> None:
    text = "Kế hoạch số 3/KH-A; Kế hoạch số 4/KH-A. Theo Kế hoạch nêu trên."
    assert [len(r.mentions) for r in find_references(text)] == [1, 1]


BODIES = [
    (
        "UBND tỉnh",
        LetterContext(issuer="Sở Y tế tỉnh Nam Định", date="2020-01-01"),
        ("Ủy ban nhân dân tỉnh", "province", "Nam Định"),
    ),
    ("Bộ Y tế", LetterContext(), ("Bộ Y tế", "central", None)),
    ("UBND xã Gia Lạc", LetterContext(place="Ninh Bình"), ("Ủy ban nhân dân xã Gia Lạc", "commune", "Ninh Bình")),
    (
        "UBND huyện Nho Quan",
        LetterContext(place="Ninh Bình"),
        ("Ủy ban nhân dân huyện Nho Quan", "district", "Ninh Bình"),
    ),
    ("Thủ tướng Chính phủ", LetterContext(place="Hà Nội"), ("Thủ tướng Chính phủ", "central", None)),
    ("Sở GTVT Hà Nội", LetterContext(), ("Sở Giao thông vận tải Hà Nội", "province", "Hà Nội")),
]


@pytest.mark.parametrize(("issuer", "context", "expected"), BODIES)
def test_body_of_a_printed_issuer(issuer: str, context: LetterContext, expected: tuple[str, str, str | None]) -> None:
    body = body_of(issuer, None, None, context)
    assert body is not None
    assert (body.name, body.level, body.province) == expected


def test_body_implied_by_the_symbol_is_of_the_letters_province() -> None:
    identifier = parse_identifier("12", None, "/", "QĐ-UBND")
    body = body_of(None, identifier, "quyết định", LetterContext(issuer="Sở Nội vụ tỉnh Hà Nam", date="2021-05-05"))
    assert body is not None
    assert (body.name, body.province) == ("Ủy ban nhân dân tỉnh Hà Nam", "Hà Nam")


def test_successors_by_the_letters_date() -> None:
    before, after = LetterContext(date="2024-12-31"), LetterContext(date="2025-08-01")
    for issuer, name in [
        ("Bộ Giao thông vận tải", "Bộ Xây dựng"),
        ("Ủy ban nhân dân tỉnh Hà Nam", "Ủy ban nhân dân tỉnh Ninh Bình"),
    ]:
        old, new = body_of(issuer, None, None, before), body_of(issuer, None, None, after)
        assert old is not None
        assert old.successor is None
        assert new is not None
        assert new.successor == name
