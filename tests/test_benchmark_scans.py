"""The measures of the scans' benchmark: errors on grapheme clusters, lines free of order, key strings."""

from __future__ import annotations

import pytest

from training.benchmark_scans import Tally, _key, key_strings, printed_lines, rendered
from training.characters import clusters, free_errors, ordered_errors
from training.scan_regressions import losses


@pytest.mark.parametrize(
    ("gold", "read", "errors", "signs"),
    [
        ("Điều 1", "Điều 1", 0, 6),
        ("ệ", "e\u0323\u0302", 0, 1),  # precomposed and combining are one cluster
        ("quyết định", "quyêt  định\n", 1, 10),
        ("A – B", "A - B", 0, 5),
        ("", "seal", 4, 0),
    ],
)
def test_ordered_errors(gold: str, read: str, errors: int, signs: int) -> None:
    assert ordered_errors(gold, read) == (errors, signs)


@pytest.mark.parametrize(
    ("lines", "read", "errors"),
    [
        (["left column", "right one"], "right one\nleft column", 0),
        (["left column"], "noise lefd column noise", 1),
        (["missing"], "", 7),
        (["ĐỘC LẬP"], "CỘNG HÒA ĐỘC LÂP - TỰ DO", 1),
    ],
)
def test_free_errors(lines: list[str], read: str, errors: int) -> None:
    assert free_errors(lines, read)[0] == errors


def test_clusters_of_stacked_marks() -> None:
    assert clusters("e\u0302\u0323 ă") == ["ệ", " ", "ă"]


def test_rendered_sample_has_all_of_its_text() -> None:
    """The printed lines of the pages hold every key string of the gold letter, so that a perfect reader gets all."""
    sample = next(iter(rendered(["clean"], 1, 2, seed=3)))
    whole = _key("\n".join("\n".join(page) for page in sample.lines))
    assert sample.keys
    assert all(key in whole for key in sample.keys)
    assert len(sample.pages) == len(sample.lines)


def test_key_strings_are_free_of_spacing() -> None:
    gold = {"full_number": "12/QĐ-UBND", "date": "2024-03-04", "references": [{"number": "5 /KH - X"}], "signer": {"name": None}}
    assert key_strings(gold) == ["12/qđ-ubnd", "5/kh-x", "ngày 4 tháng 3 năm 2024"]
    assert _key("ngày 04 tháng 03 năm 2024") == "ngày 4 tháng 3 năm 2024"
    assert printed_lines([], 1) == [[]]


def _tally(pages: dict[str, int], held: set[str], number: str) -> Tally:
    gold = {"id": "a", "number": "12", "date": "2024-03-04"}
    return Tally(
        by_page={page: (errors, 1000) for page, errors in pages.items()}, held={"a": held},
        gold={"a": gold}, found={"a": {"number": {"value": number}, "date": {"value": "2024-03-04"}}},
    )  # fmt: skip


def test_losses_are_named_page_by_page() -> None:
    before = _tally({"a/1": 2, "a/2": 40, "a/3": 5}, {"12/qđ-ubnd"}, "12")
    after = _tally({"a/1": 9, "a/2": 4, "a/3": 7}, {"ngày 4 tháng 3 năm 2024"}, "72")
    found = losses([before], [after])
    assert (found.compared, len(found.pages), found.better) == (3, 1, 1)
    assert found.pages[0].startswith("page a/1: 0.20 %")
    assert found.keys == ["a: '12/qđ-ubnd' stood in the text"]
    assert found.keys_won == 1
    assert [f for f in found.fields if "number" in f]
    assert found.any
    assert not losses([before], [before]).any
