"""Spans carried through noise, compared, tagged: the measure that decided which fields a tagger may speak on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.load import load
from training import spans
from training.spans_data import bare, gold_spans, hits, read_spans

TEXT = "Giao Sở Nội vụ, Sở Tài chính báo cáo trước ngày 05/4/2021."


def span(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


@pytest.mark.parametrize(
    ("gold", "guess", "share", "count"),
    [
        (["Sở Nội vụ"], ["Sở Nội vụ,"], 1.0, 1),
        (["Sở Nội vụ"], ["Sở Nội"], 1.0, 0),
        (["Sở Nội vụ"], ["Sở Nội"], 0.6, 1),
        (["Sở Nội vụ", "Sở Tài chính"], ["Sở Tài chính"], 1.0, 1),
        (["Sở Nội vụ"], ["Sở Nội vụ", "Sở Nội vụ"], 1.0, 1),
        (["trước ngày 05/4/2021"], ["trước ngày 05/4/2021."], 1.0, 1),
        ([], ["Sở Nội vụ"], 1.0, 0),
    ],
)
def test_hits(gold: list[str], guess: list[str], share: float, count: int) -> None:
    assert hits(TEXT, [span(g) for g in gold], [span(g) for g in guess], share=share) == count


def test_joined_takes_the_tagger_only_where_the_grammar_is_silent() -> None:
    assert spans.joined([(0, 5)], [(3, 8), (9, 12)]) == [(0, 5), (9, 12)]


@pytest.mark.parametrize("form", ["text", "hard_wraps", "lost_tones"])
def test_gold_spans_hold_the_same_letters_after_noise(form: str) -> None:
    for number, letter in enumerate(list(load("test"))[:6]):
        one = read_spans(letter, form, number)
        assert one is not None
        written = sum(map(len, gold_spans(letter).values()))
        kept = sum(map(len, one.gold.values()))
        assert kept >= 0.9 * written
        for place in one.gold["subject"]:
            assert bare(one.document.text, place)[1] > place[0]


def test_the_comparison_runs_for_real(tmp_path: Path) -> None:
    out = tmp_path / "spans.json"
    spans.main(["--tiny", "--out", str(out)])
    rows = json.loads(out.read_text(encoding="utf-8"))["f1_exact_and_soft"]
    assert set(rows) == {"grammar", "tagger", "grammar, else tagger", "tagger hearing the grammar"}
    assert rows["grammar"]["text"]["subject"][1] > 0.5
