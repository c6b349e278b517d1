"""Citations in the store: which letter a reference means, which letters cite a letter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.letter import (
    DocumentTypeValue,
    Extraction,
    FieldValue,
    PageInfo,
    Segment,
    Signer,
    Source,
    TextOrigin,
    Zone,
)
from models.references import LetterContext, find_references
from service.archive.store import Store
from service.citations import around


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "data")
    yield opened
    opened.close()


def put(store: Store, kind: str, identifier: str | None, date: str, issuer: str, text: str = "", subject: str | None = None) -> str:
    """A letter with these fields whose references the reference stage found in ``text``."""
    text = text or f"{kind} {identifier} {issuer} {date}"
    data = f"{identifier}{issuer}{date}{text}".encode()
    store.add_file(data, "text/plain")
    sha256 = hashlib.sha256(data).hexdigest()
    context = LetterContext(identifier=identifier, document_type=kind, date=date, issuer=issuer)
    extraction = Extraction(
        source=Source(filename="x.txt", media_type="text/plain", sha256=sha256, page_count=1, text_origin=TextOrigin.EMBEDDED),
        text=text, pages=[PageInfo(number=1, width=595, height=842, text_origin=TextOrigin.EMBEDDED, span=(0, len(text)))],
        segments=[Segment(zone=Zone.BODY, span=(0, len(text)), page=1)], document_type=DocumentTypeValue(value=kind),
        identifier=FieldValue(value=identifier) if identifier else None, date=FieldValue(value=date), issuer=FieldValue(value=issuer),
        subject=FieldValue(value=subject) if subject else None, signer=Signer(), references=find_references(text, context=context),
    )  # fmt: skip
    return store.put_extraction(sha256, extraction)


def names(store: Store, id: str) -> list[str]:
    return [letter.id for letter in store.citing(id)]


def test_one_number_of_two_bodies(store: Store) -> None:
    ours = put(store, "kế hoạch", "40/KH-UBND", "2023-02-01", "Ủy ban nhân dân tỉnh Hà Nam")
    theirs = put(store, "kế hoạch", "40/KH-UBND", "2023-03-09", "Ủy ban nhân dân tỉnh Nam Định")
    by_date = put(store, "công văn", "5/SNN-KL", "2023-04-01", "Sở Nông nghiệp tỉnh Hà Nam", "Thực hiện Kế hoạch số 40/KH-UBND ngày 01/02/2023 của UBND tỉnh,")
    by_body = put(store, "công văn", "6/SYT-NV", "2023-04-02", "Sở Y tế tỉnh Nam Định", "Thực hiện Kế hoạch số 40/KH-UBND của UBND tỉnh,")
    assert store.resolve_references(by_date) == {"r1": ours}
    assert store.resolve_references(by_body) == {"r1": theirs}
    assert names(store, ours) == [by_date]
    assert names(store, theirs) == [by_body]
    assert {letter.id for letter in store.cited_by("40 / kh-ubnd")} == {by_date, by_body}


def test_several_that_fit_are_none(store: Store) -> None:
    for day in ("2023-02-01", "2023-05-01"):
        put(store, "công văn", "7/STC-NS", day, "Sở Tài chính tỉnh Hà Nam")
    citing = put(store, "công văn", "9/SYT-KH", "2023-06-01", "Sở Y tế tỉnh Hà Nam", "Phúc đáp Công văn số 7/STC-NS của Sở Tài chính,")
    assert store.resolve_references(citing) == {}


def test_known_by_title_date_or_bare_number(store: Store) -> None:
    plan = put(store, "kế hoạch", "168-KH/TU", "2024-02-02", "Tỉnh ủy Ninh Bình", subject="thông tin đối ngoại năm 2024")
    by_title = put(store, "công văn", "69/LĐLĐ", "2024-03-14", "Liên đoàn Lao động tỉnh Ninh Bình", "Thực hiện Kế hoạch ngày 02/02/2024 của Tỉnh ủy Ninh Bình về thông tin đối ngoại năm 2024;")
    by_number = put(store, "công văn", "70/LĐLĐ", "2024-03-15", "Liên đoàn Lao động tỉnh Ninh Bình", "Thực hiện Kế hoạch số 168 ngày 02/02/2024 của Tỉnh ủy Ninh Bình, các đơn vị")
    assert store.resolve_references(by_title) == {"r1": plan}
    assert store.resolve_references(by_number) == {"r1": plan}
    assert names(store, plan) == [by_title, by_number]


def test_a_letter_never_cites_itself_and_unknown_ids_are_empty(store: Store) -> None:
    own = put(store, "công văn", "7/STC-NS", "2023-02-01", "Sở Tài chính tỉnh Hà Nam", "Sở Tài chính đã có Công văn số 8/STC-NS ngày 2/1/2023.")
    assert store.resolve_references(own) == {}
    assert names(store, own) == []
    assert store.resolve_references("nothing") == {}
    assert store.citing("nothing") == []


def test_the_graph_around_a_letter_goes_both_ways(store: Store) -> None:
    plan = put(store, "kế hoạch", "40/KH-UBND", "2023-02-01", "Ủy ban nhân dân tỉnh Hà Nam", "Thực hiện Chỉ thị số 3/CT-TTg ngày 5/1/2023 của Thủ tướng Chính phủ;")
    middle = put(store, "công văn", "5/SNN-KL", "2023-04-01", "Sở Nông nghiệp tỉnh Hà Nam", "Thực hiện Kế hoạch số 40/KH-UBND ngày 01/02/2023 của UBND tỉnh,")
    report = put(store, "báo cáo", "9/BC-HKL", "2023-12-01", "Hạt Kiểm lâm tỉnh Hà Nam", "Thực hiện Công văn số 5/SNN-KL ngày 01/4/2023 của Sở Nông nghiệp, Hạt báo cáo:")
    put(store, "kế hoạch", "40/KH-UBND", "2023-03-09", "Ủy ban nhân dân tỉnh Nam Định")
    found = around(store, middle, steps=2)
    assert {n.id for n in found.nodes.values() if n.stored} == {plan, middle, report}
    assert {n.label for n in found.nodes.values() if not n.stored} == {"chỉ thị 3/CT-TTg"}
    assert [e.source for e in found.cited_by(plan)] == [middle]
