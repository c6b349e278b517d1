"""Matching citations to stored letters, and the citation graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

import pytest

from models.letter import Reference
from models.references import LetterContext, find_references
from models.references.drawing import to_svg
from models.references.graph import CitationGraph, build_graph
from models.references.matching import Matcher, canonical_key


@dataclass(frozen=True)
class Letter:
    id: str
    document_type: str | None
    identifier: str | None
    date: str | None
    issuer: str | None
    subject: str | None = None
    parent_body: str | None = None
    place: str | None = None
    references: list[Reference] = field(default_factory=list)


def letter(
    id: str, type: str, identifier: str, date: str, issuer: str, text: str = "", subject: str | None = None
) -> Letter:
    context = LetterContext(identifier=identifier, document_type=type, date=date, issuer=issuer)
    return Letter(id, type, identifier, date, issuer, subject, references=find_references(text, context=context))


ARCHIVE = [
    letter(
        "plan",
        "kế hoạch",
        "40/KH-UBND",
        "2023-02-01",
        "Ủy ban nhân dân tỉnh Hà Nam",
        "Thực hiện Chỉ thị số 3/CT-TTg ngày 5/1/2023 của Thủ tướng Chính phủ;",
        "phòng cháy rừng năm 2023",
    ),
    letter("other plan", "kế hoạch", "40/KH-UBND", "2023-03-09", "Ủy ban nhân dân tỉnh Nam Định"),
    letter("last year", "kế hoạch", "40/KH-UBND", "2022-02-02", "Ủy ban nhân dân tỉnh Hà Nam"),
    letter(
        "department",
        "công văn",
        "55/SNN-KL",
        "2023-02-20",
        "Sở Nông nghiệp và Phát triển nông thôn tỉnh Hà Nam",
        "Thực hiện Kế hoạch số 40/KH-UBND ngày 01/02/2023 của UBND tỉnh về phòng cháy rừng năm 2023,",
    ),
    letter(
        "report",
        "báo cáo",
        "9/BC-HKL",
        "2023-12-01",
        "Hạt Kiểm lâm huyện Kim Bảng tỉnh Hà Nam",
        "Thực hiện Công văn số 55/SNN-KL ngày 20/02/2023 của Sở Nông nghiệp và Phát triển nông thôn, Hạt báo cáo:",
    ),
]


def one(text: str, **context: str) -> Reference:
    [reference] = find_references(text, context=LetterContext(**context))
    return reference


MATCHES = [
    ("Kế hoạch số 40/KH-UBND ngày 1/2/2023 của UBND tỉnh Hà Nam", ("plan", "number_and_date")),
    ("Kế hoạch số 040/KH-UBND ngày 9/3/2023 của UBND tỉnh Nam Định", ("other plan", "number_and_date")),
    ("Kế hoạch số 40/KH-UBND ngày 3/2/2023 của UBND tỉnh Hà Nam", ("plan", "number_body_and_year")),
    ("Công văn số 55/SNN-KL của Sở Nông nghiệp và Phát triển nông thôn tỉnh Hà Nam", ("department", "number")),
    ("Kế hoạch số 40/KH-UBND của UBND tỉnh Hà Nam", None),
    ("Kế hoạch số 41/KH-UBND ngày 1/2/2023 của UBND tỉnh Hà Nam", None),
    ("Công văn số 55/SNN-KL ngày 20/2/2023 của Sở Nông nghiệp và Phát triển nông thôn tỉnh Nam Định", None),
    ("Kế hoạch ngày 1/2/2023 của UBND tỉnh Hà Nam về phòng cháy rừng năm 2023", ("plan", "title_and_date")),
    ("Kế hoạch ngày 1/2/2023 của UBND tỉnh Hà Nam về tuyển dụng viên chức", None),
]


@pytest.mark.parametrize(("text", "expected"), MATCHES)
def test_matching(text: str, expected: tuple[str, str] | None) -> None:
    match = Matcher(ARCHIVE).match(one(text))
    assert (None if match is None else (match.letter_id, match.how)) == expected


def test_a_code_is_read_in_the_citing_letters_province() -> None:
    match = Matcher(ARCHIVE).match(one("Kế hoạch số 40/KH-UBND ngày 9/3/2023", issuer="Sở Y tế tỉnh Nam Định"))
    assert match is not None
    assert match.letter_id == "other plan"


def test_one_key_for_every_citation_of_a_document() -> None:
    first = one("Nghị định số 08/2022/NĐ-CP ngày 10/1/2022 của Chính phủ quy định chi tiết")
    second = one("theo Nghị định 8/2022/ND-CP")
    assert canonical_key(first) == canonical_key(second)
    here, there = (
        one("Quyết định số 8/QĐ-UBND", issuer=f"UBND tỉnh {name}", date="2020-02-02") for name in ("Hà Nam", "Nam Định")
    )
    assert canonical_key(here) != canonical_key(there)


@pytest.fixture(scope="module")
def graph() -> CitationGraph:
    return build_graph(ARCHIVE)


def test_cites_and_cited_by(graph: CitationGraph) -> None:
    assert [e.target for e in graph.cites("report")] == ["department"]
    assert [e.source for e in graph.cited_by("plan")] == ["department"]
    assert graph.cited_by("nothing") == []


def test_chain_of_implementation(graph: CitationGraph) -> None:
    [chain] = graph.chains("report")
    assert chain[:3] == ["report", "department", "plan"]
    assert graph.nodes[chain[3]].label == "chỉ thị 3/CT-TTg"
    assert not graph.nodes[chain[3]].stored


def test_most_carried_out(graph: CitationGraph) -> None:
    assert dict(graph.most_carried_out())["plan"] == 1


def test_cycles_and_impossible_dates() -> None:
    assert build_graph(ARCHIVE).cycles() == []
    assert build_graph(ARCHIVE).impossible_dates() == []
    ring = [
        letter(
            "a",
            "công văn",
            "1/SNV-A",
            "2020-01-01",
            "Sở Nội vụ",
            "Phúc đáp Công văn số 2/SYT-B ngày 2/2/2020 của Sở Y tế;",
        ),
        letter(
            "b",
            "công văn",
            "2/SYT-B",
            "2020-02-02",
            "Sở Y tế",
            "Phúc đáp Công văn số 1/SNV-A ngày 1/1/2020 của Sở Nội vụ;",
        ),
    ]
    graph = build_graph(ring)
    assert graph.cycles() == [["a", "b"]]
    [wrong] = graph.impossible_dates()
    assert (wrong.source, wrong.target) == ("a", "b")


def test_via_becomes_an_edge_between_the_cited() -> None:
    text = "Thực hiện Kế hoạch số 9-KH/TU của Tỉnh ủy về thực hiện Kết luận số 8-KL/TW ngày 5/5/2023 của Bộ Chính trị;"
    graph = build_graph([letter("x", "công văn", "3/LĐLĐ", "2024-03-01", "LĐLĐ tỉnh Hà Nam", text)])
    relations = {(graph.nodes[e.source].label, graph.nodes[e.target].label, str(e.relation)) for e in graph.edges}
    assert ("kế hoạch 9-KH/TU", "kết luận 8-KL/TW", "thuc_hien") in relations


def test_part_of_the_graph_and_its_picture(graph: CitationGraph) -> None:
    part = graph.around("department", steps=1)
    assert set(part.nodes) == {"department", "plan", "report"}
    root = ElementTree.fromstring(to_svg(part, highlight="department"))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}rect")) == 3
    assert {e["relation"] for e in part.to_dict()["edges"]} == {"thuc_hien"}
