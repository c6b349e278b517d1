"""Pages of letters: every word is set once, boxes hold what they say, files open, scans follow their matrices."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from docx import Document

from corpus.markup import parse
from corpus.render import fonts
from corpus.render.__main__ import main, scan_pdf
from corpus.render.boxes import gold_boxes
from corpus.render.docx import to_docx
from corpus.render.ink import handwriting
from corpus.render.layout import lay_out
from corpus.render.pdf import draw_pdf
from corpus.render.scan import GRADES, scan
from corpus.render.style import PageStyle, choose_style
from models.text import squeeze
from tests.corpus_letters import LETTER, PARTY

pytestmark = pytest.mark.skipif(not fonts.available("serif"), reason="no serif font with Vietnamese letters installed")


@pytest.mark.parametrize("source", [LETTER, PARTY])
def test_every_word_of_the_letter_is_set_once(source: str) -> None:
    letter = parse(source)
    layout = lay_out(letter, choose_style(letter, 1))
    words = sorted(layout.words, key=lambda w: w.span)
    assert [w.text for w in words] == letter.text.split()
    assert all(letter.text[slice(*w.span)] == w.text for w in words)


def test_words_stay_inside_the_page_and_apart() -> None:
    letter = parse(LETTER.replace("Trân trọng./.", "Trân trọng đề nghị các đơn vị. " * 300))
    style = PageStyle()
    layout = lay_out(letter, style)
    assert layout.pages > 2
    for word in layout.words:
        assert style.left - 1 <= word.box[0]
        assert word.box[2] <= style.width - style.right + 1
        assert word.box[3] <= style.height - style.bottom + 8
    rows: dict[tuple[int, float], list[tuple[float, float]]] = {}
    for word in layout.words:
        rows.setdefault((word.page, round(word.y, 1)), []).append((word.x, word.x + word.width))
    for row in rows.values():
        row.sort()
        assert all(b[0] >= a[1] - 0.5 for a, b in pairwise(row))


def test_pdf_text_layer_holds_the_words_in_their_boxes() -> None:
    letter = parse(LETTER)
    layout = lay_out(letter, PageStyle())
    document = pdfium.PdfDocument(draw_pdf(layout))
    page = document[0]
    height = page.get_height()
    text_page = page.get_textpage()
    for box in gold_boxes(letter, layout):
        if (
            box.kind == "mark"
            and "\n" not in box.text
            and box.name in ("number", "symbol", "name", "issuer", "place", "archive")
        ):
            x0, y0, x1, y1 = box.box
            found = text_page.get_text_bounded(x0 - 1, height - y1 - 1, x1 + 1, height - y0 + 1)
            assert squeeze(box.text) in squeeze(found), box


def test_same_style_same_bytes() -> None:
    letter = parse(LETTER)
    assert draw_pdf(lay_out(letter, PageStyle())) == draw_pdf(lay_out(letter, PageStyle()))


def test_blanks_leave_number_and_day_out_of_the_pdf() -> None:
    letter = parse(LETTER)
    layout = lay_out(letter, PageStyle(), blanks=frozenset({"number", "day"}))
    text = pdfium.PdfDocument(draw_pdf(layout))[0].get_textpage().get_text_range()
    assert "88/SXD" not in text
    assert "/SXD-QLN" in text
    assert "12 tháng" not in text
    assert "năm 2021" in text


def test_docx_has_head_table_and_all_text() -> None:
    letter = parse(LETTER)
    document = Document(io.BytesIO(to_docx(letter, 3)))
    assert len(document.tables) == 3  # head, data, foot
    assert "SỞ XÂY DỰNG" in document.tables[0].cell(0, 0).text
    assert "Độc lập" in document.tables[0].cell(0, 1).text
    assert document.tables[1].cell(1, 1).text == "Chi cục Thủy lợi"
    assert "Đỗ Thị Thu Trang" in document.tables[2].cell(0, 1).text
    everything = " ".join(
        [p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells]
    )
    for word in letter.text.split():
        assert word in everything


def test_docx_numbering_takes_numbers_out_of_the_text() -> None:
    letter = parse(LETTER)
    document = Document(io.BytesIO(to_docx(letter, 3, numbering=True)))
    item = next(p for p in document.paragraphs if p.text.startswith("Kiểm tra nhà"))
    assert item._p.pPr is not None
    assert item._p.pPr.numPr is not None
    assert not any(p.text.startswith("1. Kiểm tra") for p in document.paragraphs)


@pytest.mark.parametrize("grade", GRADES)
def test_scans_follow_their_matrix(grade: str) -> None:
    letter = parse(LETTER)
    found = scan(letter, grade, 5)  # type: ignore[arg-type]
    page = found.pages[0]
    assert page.image.dtype == np.uint8
    assert (page.image.ndim == 2) == (grade == "fax")
    gray = page.image if page.image.ndim == 2 else page.image.min(axis=2)
    paper = np.median(gray)
    dark = 0
    words = [b for b in found.boxes if b.kind == "word" and b.page == 1 and b.text.isalpha() and len(b.text) > 2]
    for box in words:
        x0, y0, x1, y1 = (round(v) for v in box.box)
        patch = gray[max(y0, 0) : y1, max(x0, 0) : x1]
        dark += patch.size > 0 and patch.min() < paper - 60
    assert dark / len(words) > 0.95


def test_scans_are_repeatable_and_seeds_differ() -> None:
    letter = parse(PARTY)
    first = scan(letter, "light", 2)
    assert np.array_equal(first.pages[0].image, scan(letter, "light", 2).pages[0].image)
    assert not np.array_equal(first.pages[0].image, scan(letter, "light", 3).pages[0].image)


def test_scan_pdf_has_no_text() -> None:
    document = pdfium.PdfDocument(scan_pdf(scan(parse(PARTY), "scan", 1)))
    assert document[0].get_textpage().get_text_range().strip() == ""
    assert abs(document[0].get_width() - 595) < 8


def test_unknown_grade() -> None:
    with pytest.raises(ValueError, match="unknown grade"):
        scan(parse(PARTY), "worst")  # type: ignore[arg-type]


def test_handwriting_differs_each_time() -> None:
    from random import Random

    a, b = handwriting("215", 40, Random(1)), handwriting("215", 40, Random(2))
    assert a.max() > 0.5
    assert a.shape != b.shape or not np.array_equal(a, b)


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "thu-nghiem.cv"
    source.write_text(LETTER, encoding="utf-8")
    assert main([str(source), "--out", str(tmp_path / "out"), "--form", "pdf,docx,txt,scan", "--grade", "fax"]) == 0
    written = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"thu-nghiem.pdf", "thu-nghiem.docx", "thu-nghiem.txt", "thu-nghiem-scan.pdf", "thu-nghiem.json"} <= written
    boxes = json.loads((tmp_path / "out" / "thu-nghiem.boxes.json").read_text(encoding="utf-8"))
    assert {"zone", "mark", "word"} == {b["kind"] for b in boxes}
    assert main(["no-such-letter", "--out", str(tmp_path / "out")]) == 1
    assert "no such letter" in capsys.readouterr().err
