"""Agreement of two annotations: the figures, and what they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.agreement import Agreement, cohen_kappa, compare, krippendorff_alpha, main, report
from corpus.markup import parse
from models.errors import CongvanError
from tests.corpus_letters import LETTER, PARTY


@pytest.mark.parametrize(
    ("pairs", "kappa", "alpha"),
    [
        ([("a", "a"), ("b", "b")], 1.0, 1.0),
        ([("a", "b"), ("b", "a")], -1.0, -0.5),
        # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed .7, expected .5
        ([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15, 0.4, 0.40),
        ([("a", "a")], 1.0, 1.0),
        ([], 1.0, 1.0),
    ],
)
def test_kappa_and_alpha(pairs: list[tuple[object, object]], kappa: float, alpha: float) -> None:
    assert cohen_kappa(pairs) == pytest.approx(kappa, abs=1e-9)
    assert krippendorff_alpha(pairs) == pytest.approx(alpha, abs=0.01)


def test_equal_annotations_agree_fully() -> None:
    found = Agreement()
    compare(parse(LETTER), parse(LETTER), found)
    assert all(c.f1(c.exact) == 1 and c.same_value == c.overlapping == c.first for c in found.spans.values())
    assert "kappa 1.000" in report(found)


def test_differences_are_counted() -> None:
    other = (
        LETTER.replace("t3=trien_khai", "t3=bao_cao")
        .replace("{neg=background|Năm 2020 toàn tỉnh có 14 nhà tốc mái}", "Năm 2020 toàn tỉnh có 14 nhà tốc mái")
        .replace("@closing", "@body")
        .replace("{coord|Công an thành phố}", "{coord|Công an} thành phố")
    )
    found = Agreement()
    compare(parse(LETTER), parse(other), found)
    assert found.spans["neg"].f1(found.spans["neg"].exact) == 0
    assert (found.spans["coord"].exact, found.spans["coord"].overlapping) == (0, 0)
    assert found.spans["task"].exact == 4
    assert found.spans["task"].same_value == 3
    assert cohen_kappa(found.types["trien_khai"]) < 1
    assert sum(a != b for a, b in found.zones) == 1


def test_other_texts_are_refused() -> None:
    with pytest.raises(CongvanError, match="different texts"):
        compare(parse(LETTER), parse(PARTY), Agreement())


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side in ("a", "b"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "thu-nghiem.cv").write_text(LETTER, encoding="utf-8")
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert "1 letters annotated twice" in capsys.readouterr().out
    (tmp_path / "c").mkdir()
    assert main([str(tmp_path / "a"), str(tmp_path / "c")]) == 1
