"""Searchable PDFs: the words can be found where they stand, and the page looks as before."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image
from typer.testing import CliRunner

from models.document import Document, Line, Page, Word, assemble
from models.errors import UnreadableInput
from models.letter import TextOrigin
from models.reading import read
from models.reading.searchable import searchable_pdf
from models.text import squeeze
from service.cli import app
from tests.test_ocr import _needs_tesseract
from tests.test_reading_pdf_samples import BODY, FOOT, HEAD, drawn_page, scanned_pdf

TEXTS = ["ỦY BAN NHÂN DÂN", "Số: 15/QĐ-UBND", "Độc lập - Tự do", "Trưởng phòng Nguyễn Thị Thuỷ – 100 m² (50%)", "ngày 8 tháng 5"]


def _blank(width: float, height: float, rotation: int = 0) -> bytes:
    document = pdfium.PdfDocument.new()
    page = document.new_page(width, height)
    page.set_rotation(rotation)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _document(width: float, height: float, rotation: int = 0) -> Document:
    lines: list[Line] = []
    for at, text in enumerate(TEXTS):
        y, x = 60.0 + 40 * at, 50.0
        words = []
        for part in text.split():
            words.append(Word(part, (x, y, x + 8 * len(part), y + 14), 0.9))
            x += 8 * len(part) + 6
        lines.append(Line(text, box=(50, y, x, y + 14), words=words, origin=TextOrigin.OCR))
    page = Page(1, width, height, rotation=rotation, text_origin=TextOrigin.OCR, lines=lines)
    return assemble([page], media_type="application/pdf")


@pytest.mark.parametrize(("turned", "content"), [(0, 0), (90, 0), (270, 0), (0, 90), (0, 180), (0, 270), (90, 90)])
def test_words_stand_where_they_were_read(turned: int, content: int) -> None:
    """``turned`` is the page's own rotation, ``content`` what reading undid."""
    shown = (600.0, 800.0)
    sheet = shown if turned % 180 == 0 else shown[::-1]
    upright = shown if content % 180 == 0 else shown[::-1]
    document = _document(*upright, rotation=content)
    pdf = pdfium.PdfDocument(searchable_pdf(_blank(*sheet, rotation=turned), document))
    page = pdf[0]
    assert page.get_size() == shown
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    # Upside down pdfium gives the words of a line from its own left.
    assert sorted(text.split()) == sorted(" ".join(TEXTS).split())
    # The box of every word as a viewer shows it, turned back to the upright page.
    for line in document.lines:
        for word in line.words:
            if text.split().count(word.text) > 1:
                continue
            place = re.search(rf"(?<!\S){re.escape(word.text)}(?!\S)", text)
            assert place is not None
            at = place.start()
            xs, ys = [], []
            for index in range(at, at + len(word.text)):
                left, bottom, right, top = textpage.get_charbox(index, loose=True)
                for x, y in ((left, bottom), (right, top)):
                    dx, dy = pdfium_c.c_int(), pdfium_c.c_int()
                    pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, 6000, 8000, 0, x, y, dx, dy)
                    px, py = dx.value / 10, dy.value / 10
                    if content == 90:
                        px, py = py, shown[0] - px
                    elif content == 180:
                        px, py = shown[0] - px, shown[1] - py
                    elif content == 270:
                        px, py = shown[1] - py, px
                    xs.append(px)
                    ys.append(py)
            assert word.box is not None
            assert min(xs) == pytest.approx(word.box[0], abs=1.5)
            assert max(xs) == pytest.approx(word.box[2], abs=1.5)
            middle = (word.box[1] + word.box[3]) / 2
            assert min(ys) < middle < max(ys)


def test_scan_becomes_searchable_and_looks_the_same() -> None:
    _needs_tesseract()
    data = scanned_pdf(drawn_page(HEAD + BODY + FOOT))
    document = read(data, "scan.pdf")
    made = searchable_pdf(data, document)
    pdf = pdfium.PdfDocument(made)
    text = squeeze(pdf[0].get_textpage().get_text_range())
    wanted = [squeeze(line.text) for line in document.lines]
    assert sum(line in text for line in wanted) >= 0.9 * len(wanted)
    before = pdfium.PdfDocument(data)[0].render(scale=1).to_numpy()
    assert np.array_equal(before, pdf[0].render(scale=1).to_numpy()), "the layer must not be seen"
    again = read(made, "again.pdf")
    assert squeeze(again.text).count("CỘNG HÒA XÃ HỘI") == 1


def test_layer_is_not_written_twice() -> None:
    _needs_tesseract()
    data = scanned_pdf(drawn_page(HEAD))
    document = read(data, "scan.pdf")
    once = searchable_pdf(data, document)
    twice = searchable_pdf(once, document)
    one, two = (squeeze(pdfium.PdfDocument(d)[0].get_textpage().get_text_range()) for d in (once, twice))
    assert one == two


def test_typed_pages_stay_as_they_are() -> None:
    document = _document(600, 800)
    document.pages[0].text_origin = TextOrigin.EMBEDDED
    pdf = pdfium.PdfDocument(searchable_pdf(_blank(600, 800), document))
    assert pdf[0].get_textpage().get_text_range() == ""


def test_picture_becomes_a_pdf(tmp_path: Path) -> None:
    _needs_tesseract()
    image = drawn_page(HEAD + BODY)
    image.convert("RGB").save(tmp_path / "thu.jpg", quality=90, dpi=(200, 200))
    result = CliRunner().invoke(app, ["pdf", str(tmp_path / "thu.jpg"), "-o", str(tmp_path / "thu.pdf")])
    assert result.exit_code == 0, result.output
    pdf = pdfium.PdfDocument(tmp_path / "thu.pdf")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in squeeze(pdf[0].get_textpage().get_text_range())
    shown = Image.open(tmp_path / "thu.jpg").size
    width, height = pdf[0].get_size()
    assert width / height == pytest.approx(shown[0] / shown[1], rel=0.01)


def test_extraction_writes_the_searchable_copy_too(tmp_path: Path) -> None:
    _needs_tesseract()
    (tmp_path / "scan.pdf").write_bytes(scanned_pdf(drawn_page(HEAD)))
    (tmp_path / "typed.txt").write_text("Số: 12/UBND-VX", encoding="utf-8")
    names = [str(tmp_path / name) for name in ("scan.pdf", "typed.txt")]
    (tmp_path / "out").mkdir()
    result = CliRunner().invoke(app, ["extract", "-q", *names, "--searchable-pdf", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert result.stdout.count("schema_version") == 2
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["scan.pdf"]
    assert "CỘNG HÒA" in squeeze(pdfium.PdfDocument(tmp_path / "out" / "scan.pdf")[0].get_textpage().get_text_range())
    assert CliRunner().invoke(app, ["extract", *names, "--searchable-pdf", str(tmp_path / "one.pdf")]).exit_code == 2


def test_word_processor_files_have_no_page_images() -> None:
    document = assemble([Page(1, 1, 1, lines=[Line("a")])], media_type="text/plain")
    with pytest.raises(UnreadableInput):
        searchable_pdf(b"a", document)
