"""Which paragraphs direct: the trained model beside the rules, and the one place where they are joined."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.load import load
from models.letter import Zone
from models.segmentation.items import Paragraph, item_of
from models.segmentation.lineview import item_mark
from models.tasks import TaskContext, directing, spans
from models.tasks.directing import DirectingModel, Told, Tracing, features
from training.calibrate import forms
from training.directing import fit, touched, walk

LINES = [
    "Thực hiện Kế hoạch số 5/KH-UBND, Sở đề nghị các đơn vị thực hiện một số nội dung sau:",
    "1. Phòng Tài chính lập dự toán kinh phí gửi Sở trước ngày 20/3/2024.",
    "2. Trong năm qua phong trào đã đạt nhiều kết quả tốt.",
    "- Mỗi tổ tự quản trồng thêm hai hàng cây ven đường liên thôn.",
    "Trân trọng./.",
]


def paragraphs(lines: list[str]) -> list[Paragraph]:
    found = []
    offset = 0
    for line in lines:
        mark, level, _ = item_of(line)
        found.append(Paragraph((offset, offset + len(line)), line, mark, level, Zone.BODY))
        offset += len(line) + 1
    return found


@pytest.fixture
def without_model() -> Iterator[None]:
    directing.use(Path("nowhere"))
    yield
    directing.use(None)


def test_without_weights_the_rules_decide(without_model: None) -> None:
    context = TaskContext(document_type="công văn", date="2024-03-01")
    texts = [f.paragraph.text for f in directing.find(paragraphs(LINES), context)]
    assert texts == [f.paragraph.text for f in spans.find(paragraphs(LINES), context)]
    assert LINES[1] in texts


def test_a_paragraph_is_a_task_when_told_so_and_none_when_told_not() -> None:
    context = TaskContext(document_type="công văn", date="2024-03-01")
    found = Told(paragraphs(LINES), context, {1: False, 3: True}).run()
    texts = {f.paragraph.text: f for f in found}
    assert LINES[1] not in texts
    told = texts[LINES[3]]
    assert told.paragraph.text[told.start : told.end] == LINES[3][2:]


def test_the_walk_notes_what_it_made_of_each_paragraph() -> None:
    walk_ = Tracing(paragraphs(LINES), TaskContext(document_type="công văn", date="2024-03-01"))
    walk_.finish()
    outcomes = [t.outcome for t in walk_.traces]
    assert outcomes[0] == "lead"
    assert outcomes[1] == "task"
    assert outcomes[4] == "none"
    rows = features(walk_.paragraphs, walk_.traces, walk_.context)
    assert len(rows) == len(LINES)
    assert "out=task" in rows[1]
    assert "+1:out=task" in rows[0]


def test_gold_paragraphs_are_those_that_a_task_touches() -> None:
    letter = next(one for one in load("dev") if one.tasks)
    form, document = next(iter(forms(letter, grade=None, seed=1, typed=False)))
    walked = walk(letter, form, document)
    assert any(walked.gold)
    assert len(walked.gold) == len(walked.rows) == len(walked.outcomes)
    whole = [Paragraph(page.span, document.text[page.span[0] : page.span[1]]) for page in document.pages]
    assert touched(document, letter, whole) == [True]


def test_a_model_trained_for_real_gives_probabilities(tmp_path: Path) -> None:
    letters = [one for one in load("dev") if one.tasks][:6]
    data = [walk(letter, form, document) for letter in letters for form, document in list(forms(letter, grade=None, seed=1, typed=False))[:1]]
    fit(data, tmp_path / "small.crfsuite")
    model = DirectingModel(tmp_path / "small.crfsuite")
    walk_ = Tracing(paragraphs(LINES), TaskContext(document_type="công văn", date="2024-03-01"))
    walk_.finish()
    odds = model.odds(walk_.paragraphs, walk_.traces, walk_.context)
    assert all(0 <= p <= 1 for p in odds)
    assert odds[1] > odds[4]


@pytest.mark.parametrize(
    ("text", "mark", "level"),
    [
        ("1, Từ tháng 4 các chi hội ra quân", "1,", 2), ("1, 2 và 3 của Điều này", None, 0), ("12,5 tỷ đồng", None, 0), ("ĐIỀU II: Văn phòng chi tiền", "ĐIỀU II:", 1),
        ("Điều 3. Chánh Văn phòng", "Điều 3.", 1), ("1. Sở Tài chính", "1.", 2),
    ],
)  # fmt: skip
def test_item_marks(text: str, mark: str | None, level: int) -> None:
    assert item_of(text)[:2] == (mark, level)
    assert (item_mark(text) is not None) == (mark is not None)
