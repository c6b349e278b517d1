"""Typed PDFs: order of reading, annotations, limits, bad input; the verdict on text layers."""

from __future__ import annotations

import pytest

from models.errors import CongvanError, EncryptedInput, InputTooLarge, UnreadableInput
from models.reading.options import ReadOptions
from models.reading.pdf import read_pdf
from models.reading.pdf_text import RawWord, Style, join_marks
from models.reading.trust import is_overlay, judge_page
from tests.test_reading_pdf_samples import BODY, FOOT, HEAD, stamped_pdf, typed_pdf

STYLE = Style(12.0, False, False, "Serif", False, None)


def test_head_and_foot_are_read_column_by_column() -> None:
    document = read_pdf(typed_pdf([HEAD + BODY + FOOT]))
    assert [(line.side, line.text) for line in document.lines] == [
        ("left", "UBND TỈNH MẪU"),
        ("left", "SỞ THỬ NGHIỆM"),
        ("left", "Số: 45/STN-VP"),
        ("left", "V/v kiểm tra việc đọc văn bản"),
        ("right", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("right", "Độc lập - Tự do - Hạnh phúc"),
        ("right", "Mẫu Sơn, ngày 05 tháng 6 năm 2023"),
        *[(None, text) for _, _, _, text in BODY],
        ("left", "Nơi nhận:"),
        ("left", "- Như trên;"),
        ("left", "- Lưu: VT, VP."),
        ("right", "GIÁM ĐỐC"),
        ("right", "Lê Thị Thử"),
    ]


def test_words_have_boxes_and_spans() -> None:
    document = read_pdf(typed_pdf([HEAD]))
    for line in document.lines:
        assert line.box is not None
        assert document.text[line.span[0] : line.span[1]] == line.text
        for word in line.words:
            assert word.box is not None
            assert document.text[word.span[0] : word.span[1]] == word.text
            assert line.box[0] - 1 <= word.box[0] < word.box[2] <= line.box[2] + 1
    first = document.lines[0]
    assert first.box is not None
    assert abs(first.box[0] - 70) < 3
    assert first.font_size == pytest.approx(12, abs=0.5)


def test_page_numbers_are_marked() -> None:
    document = read_pdf(typed_pdf([HEAD + BODY, [(297, 40, 13, "2"), *BODY]]))
    assert [line.text for line in document.pages[1].lines if line.role == "page_number"] == ["2"]


def test_stamped_number_fills_its_blank_and_signature_goes_to_the_overlays() -> None:
    head = [item for item in HEAD if not item[3].startswith("Số")]
    head += [(75, 105, 12, "Số:"), (130, 105, 12, "/STN-VP")]
    stamps = [(100, 105, 12, "507"), (400, 30, 8, "Ký bởi: Sở Thử nghiệm 2023-06-05 09:00:00 +07:00")]
    document = read_pdf(stamped_pdf(head + BODY, stamps))
    assert "Số: 507 /STN-VP" in document.text
    assert "Ký bởi" not in document.text
    assert any("Ký bởi: Sở Thử nghiệm" in line.text for line in document.overlays)


def test_text_layer_of_signature_printed_into_the_page_is_put_aside() -> None:
    lines = [(420, 20, 8, "Ký bởi: Sở Thử nghiệm"), (420, 30, 8, "Email: vt@example.vn")]
    document = read_pdf(typed_pdf([lines + HEAD + BODY]))
    assert "Email" not in document.text
    assert {line.text for line in document.overlays} == {"Ký bởi: Sở Thử nghiệm", "Email: vt@example.vn"}


ENCRYPTED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/P -44/O<" + b"00" * 32 + b">/U<" + b"11" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\n"
)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", UnreadableInput),
        (b" \n", UnreadableInput),
        (b"%PDF-1.7\n", UnreadableInput),
        (b"no pdf at all", UnreadableInput),
        (b"%PDF-1.4" + b"\0" * 5000, UnreadableInput),
        (ENCRYPTED, EncryptedInput),
    ],
)
def test_bad_input_has_cause_and_remedy(data: bytes, error: type[CongvanError]) -> None:
    with pytest.raises(error) as caught:
        read_pdf(data)
    assert caught.value.message
    assert caught.value.remedy


def test_limits_of_pages_and_bytes() -> None:
    data = typed_pdf([BODY] * 3)
    with pytest.raises(InputTooLarge):
        read_pdf(data, options=ReadOptions(max_pages=2))
    with pytest.raises(InputTooLarge):
        read_pdf(data, options=ReadOptions(max_bytes=100))


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_cut_off_file_is_refused(share: float) -> None:
    data = typed_pdf([HEAD + BODY])
    with pytest.raises(UnreadableInput):
        read_pdf(data[: int(len(data) * share)])


GOOD = "Kính gửi các sở, ban, ngành. Thực hiện Công văn của Ủy ban nhân dân tỉnh, Sở đề nghị các đơn vị báo cáo kết quả"


@pytest.mark.parametrize(
    ("text", "cover", "overlay", "verdict"),
    [
        (GOOD, 0.0, 0, "trusted"),
        (GOOD, 1.0, 0, "trusted"),
        (
            "CONG HOA XA HO! CHU NGHIA VIET NAM Dc lp - Tu do - Hnh phuc so nong nghip va ptnt thanh ph",
            1.0,
            0,
            "broken",
        ),
        ("", 1.0, 3, "overlay_only"),
        ("", 1.0, 0, "empty"),
        ("xq wrtp zzk plmn qwrt fghj kkl mnbv cxzs dfgh jklp poiu ytrw qazx", 0.0, 0, "broken"),
    ],
)
def test_verdict(text: str, cover: float, overlay: int, verdict: str) -> None:
    judgement = judge_page(text, image_cover=cover, overlay_chars=overlay)
    assert judgement.verdict == verdict
    assert judgement.reasons


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ký bởi: Sở Thử nghiệm", True),
        ("Thời gian ký: 05.06.2023 09:00:00 +07:00", True),
        ("Digitally signed by VAN THU", True),
        ("Người ký văn bản chịu trách nhiệm", False),
        ("Email: vt@example.vn", False),
    ],
)
def test_overlay_lines(text: str, expected: bool) -> None:
    assert is_overlay(text) is expected


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([("U", 10, 18), ("\u0309", 12, 15)], ["Ủ"]),
        ([("hoa", 10, 28), ("\u0300", 23, 27)], ["hoà"]),
        ([("nha", 10, 28), ("nhà", 40, 58)], ["nha", "nhà"]),
        ([("VN", 10, 28), ("\u0301", 12, 15)], ["VN", "\u0301"]),
    ],
)
def test_detached_tone_marks_return(pieces: list[tuple[str, float, float]], expected: list[str]) -> None:
    words = [RawWord(text, (x0, 100.0, x1, 112.0), STYLE) for text, x0, x1 in pieces]
    assert [w.text for w in join_marks(words)] == expected
