
"""DOCX, ODT, RTF, HTML, Markdown, mail: (what the format says, lines as a person reads them)."""

from __future__ import annotations

import pytest

from models.document import Document, Line
from models.reading import read
from models.reading.docx_numbering import format_number
from models.reading.sniff import sniff
from tests.reading_files import (
    LETTER,
    W,
    docx,
    docx_letter,
    eml_letter,
    fodt,
    html_letter,
    odt,
    odt_letter,
    p,
    rtf,
    rtf_letter,
    rtf_text,
    tbl,
)
from tests.test_encodings import to_tcvn3

NATIONAL = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def texts(document: Document, role: str = "text") -> list[str]:
    return [line.text for line in document.lines if line.role == role]


def only(document: Document) -> Line:
    (line,) = document.lines
    return line


@pytest.mark.parametrize(
    "make",
    [
        docx_letter,
        odt_letter,
        rtf_letter,
        html_letter,
        lambda: LETTER.encode(),
        lambda: eml_letter(docx_letter()),
        lambda: fodt("".join(f"<text:p>{line}</text:p>" for line in LETTER.split("\n"))),
    ],
)
def test_every_format_gives_the_same_text(make: object) -> None:
    assert read(make()).text == LETTER  # type: ignore[operator]


# -- DOCX ------------------------------------------------------------------------------------------------------------------


def test_head_and_foot_tables() -> None:
    head = [[["PHÒNG GIÁO DỤC", "Số: 4/PGD"], [NATIONAL, MOTTO, "Sa Lý, ngày 1 tháng 2 năm 2021"]]]
    foot = [[["Nơi nhận:", "- Như trên;"], ["TRƯỞNG PHÒNG", "", "Lò Thị Mai"]]]
    document = read(docx(tbl(head) + p("Kính gửi: Các trường.") + tbl(foot)))
    assert [(line.text, line.side) for line in document.lines] == [
        ("PHÒNG GIÁO DỤC", "left"),
        ("Số: 4/PGD", "left"),
        (NATIONAL, "right"),
        (MOTTO, "right"),
        ("Sa Lý, ngày 1 tháng 2 năm 2021", "right"),
        ("Kính gửi: Các trường.", None),
        ("Nơi nhận:", "left"),
        ("- Như trên;", "left"),
        ("TRƯỞNG PHÒNG", "right"),
        ("Lò Thị Mai", "right"),
    ]
    assert all(line.cell is None or line.cell.layout for line in document.lines)


def test_addressee_table_is_read_by_rows() -> None:
    rows = [[["Kính gửi:"], ["- Sở A;", "- Sở B."]], [["Đồng kính gửi:"], ["- Ban C."]]]
    assert texts(read(docx(tbl(rows)))) == ["Kính gửi:", "- Sở A;", "- Sở B.", "Đồng kính gửi:", "- Ban C."]


def test_data_table_keeps_its_cells() -> None:
    lines = read(docx(p("Bảng:") + tbl([[["TT"], ["Xã"]], [["1"], ["Sa Lý", "Sa Pả"]]], ruled=True))).lines[1:]
    assert [(line.text, line.cell.row, line.cell.column, line.cell.layout) for line in lines if line.cell] == [
        ("TT", 0, 0, False),
        ("Xã", 0, 1, False),
        ("1", 1, 0, False),
        ("Sa Lý", 1, 1, False),
        ("Sa Pả", 1, 1, False),
    ]


def _level(index: int, kind: str, pattern: str, extra: str = "") -> str:
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/>{extra}</w:lvl>'


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{_level(0, "upperRoman", "%1.")}{_level(1, "decimal", "%2.")}'
    f"{_level(2, 'lowerLetter', '%3)')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="1">{_level(0, "bullet", chr(0xF0B7))}{_level(1, "decimal", "%1.%2", "<w:isLgl/>")}'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="1"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def _item(text: str, list_id: int, level: int) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def test_automatic_numbers() -> None:
    body = "".join(
        _item(*item)
        for item in (
            ("mở", 1, 0),
            ("một", 1, 1),
            ("nhỏ", 1, 2),
            ("nhỏ nữa", 1, 2),
            ("hai", 1, 1),
            ("tiếp", 1, 0),
            ("lại một", 1, 1),
            ("năm", 3, 1),
            ("sáu", 3, 1),
            ("chấm", 2, 0),
            ("không số", 0, 0),
        )
    )
    document = read(docx(body, numbering=NUMBERING))
    assert texts(document) == [
        "I. mở",
        "1. một",
        "a) nhỏ",
        "b) nhỏ nữa",
        "2. hai",
        "II. tiếp",
        "1. lại một",
        "5. năm",
        "6. sáu",
        "• chấm",
        "không số",
    ]
    assert [line.label for line in document.lines][:3] == ["I.", "1.", "a)"]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (4, "decimal", "4"),
        (4, "upperRoman", "IV"),
        (1949, "lowerRoman", "mcmxlix"),
        (27, "lowerLetter", "aa"),
        (3, "upperLetter", "C"),
        (7, "decimalZero", "07"),
        (15, "vietnameseCounting", "mười lăm"),
        (21, "vietnameseCounting", "hai mươi mốt"),
        (9, "chicago", "9"),
    ],
)
def test_number_formats(value: int, kind: str, expected: str) -> None:
    assert format_number(value, kind) == expected


def test_list_from_a_style() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    document = read(docx(p("a", properties='<w:pStyle w:val="Muc"/>') * 2, numbering=NUMBERING, styles=styles))
    assert texts(document) == ["I. a", "II. a"]


def test_tracked_changes_breaks_links_and_hidden_text() -> None:
    body = (
        "<w:p><w:r><w:t>giữ </w:t></w:r><w:ins><w:r><w:t>thêm </w:t></w:r></w:ins><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
        "<w:hyperlink><w:r><w:t>nối</w:t></w:r></w:hyperlink><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>dòng một</w:t><w:br/><w:t>dòng hai</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>số</w:t></w:r><w:r><w:noBreakHyphen/><w:t>KH</w:t></w:r></w:p>"
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>trường</w:t></w:r></w:p>'
        "<w:p><w:moveFrom><w:r><w:t>đi</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>đến</w:t></w:r></w:moveTo></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>khung</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document = read(docx(body))
    assert texts(document) == ["giữ thêm nối", "dòng một", "dòng hai", "số-KH", "trường", "đến", "khung"]
    assert [line.whole_paragraph for line in document.lines][1:3] == [False, True]


def test_deleted_row() -> None:
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    table = "<w:tbl>" + row.format("", "còn") + row.format("<w:trPr><w:del/></w:trPr>", "mất") + "</w:tbl>"
    assert texts(read(docx(table))) == ["còn"]


def test_text_box_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>HỎA TỐC</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f"<w:p><w:r><w:t>Số: 1/A</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(read(docx(body))) == ["Số: 1/A", "HỎA TỐC"]


def test_footnotes_headers_and_footers() -> None:
    body = '<w:p><w:r><w:t>theo Luật</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>' + p("Hết.")
    document = read(
        docx(
            body,
            footnotes=f'<w:footnote w:type="separator" w:id="0">{p("-")}</w:footnote><w:footnote w:id="2">{p("Luật số 5.")}</w:footnote>',
            header=p("2"),
            footer=p("Địa chỉ: Sa Lý"),
        )
    )
    assert [(line.text, line.role) for line in document.lines] == [
        ("2", "page_number"),
        ("theo Luật", "text"),
        ("Hết.", "text"),
        ("[1] Luật số 5.", "footnote"),
        ("Địa chỉ: Sa Lý", "footer"),
    ]


def test_head_kept_in_the_page_header() -> None:
    document = read(docx(p("Kính gửi: A."), header=p("SỞ Y TẾ") + p(NATIONAL)))
    assert texts(document) == ["SỞ Y TẾ", NATIONAL, "Kính gửi: A."]


def test_looks() -> None:
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="26"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:styleId="A"><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/><w:rPr><w:i/></w:rPr></w:style>'
    )
    body = p("một", properties='<w:pStyle w:val="B"/>') + p(
        "hai",
        run='<w:b w:val="0"/><w:caps/><w:sz w:val="28"/>',
        properties='<w:ind w:left="720" w:firstLine="360"/><w:jc w:val="both"/>',
    )
    first, second = read(docx(body, styles=styles)).lines
    assert (first.bold, first.italic, first.font_size, first.alignment) == (True, True, 13.0, "center")
    assert (second.text, second.bold, second.font_size, second.alignment, second.indent) == (
        "HAI",
        False,
        14.0,
        "justify",
        54.0,
    )


def test_pages() -> None:
    explicit = (
        p("một")
        + '<w:p><w:r><w:br w:type="page"/><w:t>hai</w:t></w:r></w:p>'
        + p("ba", properties="<w:pageBreakBefore/>")
    )
    assert [(line.text, line.page) for line in read(docx(explicit)).lines] == [("một", 1), ("hai", 2), ("ba", 3)]
    rendered = p("một") + (
        '<w:p><w:r><w:br w:type="page"/></w:r></w:p><w:p><w:r><w:lastRenderedPageBreak/><w:t>hai</w:t></w:r></w:p>'
    )
    document = read(docx(rendered))
    assert [(line.text, line.page) for line in document.lines] == [("một", 1), ("hai", 2)]
    assert [page.number for page in document.pages] == [1, 2]


def test_page_size() -> None:
    page = read(docx(p("a") + '<w:sectPr><w:pgSz w:w="16838" w:h="11906"/></w:sectPr>')).pages[0]
    assert (page.width, page.height) == (841.9, 595.3)


def test_legacy_fonts_run_by_run() -> None:
    body = (
        p(to_tcvn3("ủy ban nhân dân tỉnh"), run='<w:rFonts w:ascii=".VnTimeH"/>')
        + p(to_tcvn3("kính gửi các phòng"), run='<w:rFonts w:ascii=".VnTime"/>')
        + p("Kính gửi các sở", run='<w:rFonts w:ascii=".VnTime"/>')
    )
    document = read(docx(body))
    assert texts(document) == ["ỦY BAN NHÂN DÂN TỈNH", "kính gửi các phòng", "Kính gửi các sở"]
    assert document.legacy_encoding == "tcvn3"


def test_legacy_text_without_its_font() -> None:
    document = read(docx(p(to_tcvn3("về việc thành lập tổ công tác phòng cháy của huyện"))))
    assert (document.text, document.legacy_encoding) == ("về việc thành lập tổ công tác phòng cháy của huyện", "tcvn3")


def test_flat_word_xml() -> None:
    flat = f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument {W}><w:body>{p("chữ")}</w:body></w:wordDocument>'
    document = read(flat.encode(), "a.doc")
    assert (document.text, document.media_type) == ("chữ", "application/msword")


# -- ODT, RTF, HTML, Markdown, mail ------------------------------------------------------------------------------------------


def test_odt() -> None:
    styles = (
        '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
    )
    body = (
        '<text:tracked-changes><text:p>bỏ</text:p></text:tracked-changes><text:p><text:span text:style-name="B">ĐẬM</text:span></text:p>'
        '<text:list text:style-name="L"><text:list-item><text:p>một</text:p><text:list><text:list-item><text:p>nhỏ</text:p>'
        "</text:list-item></text:list></text:list-item><text:list-item><text:p>hai</text:p></text:list-item></text:list>"
        '<text:p>a<text:line-break/>b<text:s text:c="2"/>c<text:note><text:note-body><text:p>chú</text:p></text:note-body></text:note></text:p>'
        "<table:table><table:table-row><table:table-cell><text:p>Nơi nhận:</text:p></table:table-cell><table:table-cell>"
        "<text:p>GIÁM ĐỐC</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = read(odt(body, styles))
    assert texts(document) == ["ĐẬM", "1. một", "a) nhỏ", "2. hai", "a", "b c", "Nơi nhận:", "GIÁM ĐỐC"]
    assert texts(document, "footnote") == ["[1] chú"]
    assert document.lines[0].bold
    assert [line.side for line in document.lines][-3:-1] == ["left", "right"]


def test_rtf() -> None:
    body = (
        r"{\b " + rtf_text("Đậm") + r"}\par {\listtext 1.\tab}" + rtf_text("mục") + r"\par "
        r"{\v an}\'e1\line x{\footnote y}\par {\deleted bo}c\par "
        r"\trowd\clbrdrt\brdrs\cellx3000\cellx6000\intbl TT\cell " + rtf_text("Xã") + r"\cell\row\pard\page het\par"
    )
    document = read(rtf(body))
    assert texts(document) == ["Đậm", "1. mục", "á", "x", "c", "TT", "Xã", "het"]
    assert texts(document, "footnote") == ["[1] y"]
    assert document.lines[0].bold
    assert document.lines[1].label == "1."
    assert [line.page for line in document.lines if line.text == "het"] == [2]
    assert [line.cell.column for line in document.lines if line.cell] == [0, 1]


def test_rtf_code_pages_and_fonts() -> None:
    fonts = r"{\f0\fcharset0 Arial;}{\f1\fcharset163 Times New Roman;}{\f2\fcharset0 .VnTimeH;}"
    document = read(rtf(r"\f1 Vi\'ea\'f2t\par\f2 c\'e9ng\par\f0 caf\'e9\par", fonts))
    assert texts(document) == ["Việt", "CỘNG", "café"]
    assert document.legacy_encoding == "tcvn3"


def test_html() -> None:
    page = (
        "<html><body><nav>Trang chủ</nav><div><div>Trang chủ &gt; Văn bản</div><table><tr><td><p>SỞ Y TẾ</p><p>Số: 1/SYT</p></td>"
        f"<td>{NATIONAL}<br>{MOTTO}</td></tr></table><p>Kính gửi:&nbsp;Các   trạm\n y tế.</p><ol type=a><li>Một<li>Hai</ol>"
        "<table border=1><tr><th>TT<td>1</table><table><tr><td>Nơi nhận:<br>- Như trên;</td><td>GIÁM ĐỐC<br>Lò Thị Mai</td></tr></table>"
        "<p>In trang</p></div><div>Tin liên quan</div><p style='display: none'>ẩn</p><script>x()</script></body></html>"
    )
    document = read(page.encode())
    assert texts(document) == [
        "SỞ Y TẾ",
        "Số: 1/SYT",
        NATIONAL,
        MOTTO,
        "Kính gửi: Các trạm y tế.",
        "a) Một",
        "b) Hai",
        "TT",
        "1",
        "Nơi nhận:",
        "- Như trên;",
        "GIÁM ĐỐC",
        "Lò Thị Mai",
    ]


def test_html_in_an_old_font() -> None:
    page = f'<html><body><p><font face=".VnTimeH">{to_tcvn3("tỉnh ủy")}</font></p></body></html>'.encode()
    assert read(page).text == "TỈNH ỦY"


def test_markdown() -> None:
    source = (
        f"| **BỘ A** | **{NATIONAL}**<br>{MOTTO} |\n|---|:-:|\n| Số: 1/BA | *Hà Nội, ngày 1 tháng 2 năm 2003* |\n\n## KẾ HOẠCH\n\n"
        "2\\. Làm *ngay* việc_này_đi [xem](http://a.example/b_(c)).\n* Một\n+ Hai\n\n**Đậm cả\ndòng sau** `mã` &amp; <br>xuống\n\n---\n> trích"
    )
    document = read(source.encode(), "a.md")
    assert texts(document) == [
        "BỘ A",
        "Số: 1/BA",
        NATIONAL,
        MOTTO,
        "Hà Nội, ngày 1 tháng 2 năm 2003",
        "KẾ HOẠCH",
        "2. Làm ngay việc_này_đi xem.",
        "- Một",
        "- Hai",
        "Đậm cả",
        "dòng sau mã &",
        "xuống",
        "trích",
    ]
    bold = {line.text: line.bold for line in document.lines}
    assert bold["BỘ A"]
    assert bold["KẾ HOẠCH"]
    assert bold["Đậm cả"]
    assert not bold["- Một"]


def test_mail_body_and_attachments() -> None:
    assert read(eml_letter(body=LETTER)).text == LETTER
    document = read(eml_letter(rtf_letter(), "a.doc", body="Gửi các đồng chí công văn kèm theo."))
    assert document.text == LETTER
    assert [warning.code for warning in document.warnings] == ["attachment_read"]
    broken = read(eml_letter(b"%PDF-1.4", "a.pdf", body=LETTER))
    assert broken.text == LETTER
    forwarded = eml_letter(eml_letter(docx_letter()), "thu.eml")
    assert read(forwarded).text == LETTER


def test_saved_web_archive() -> None:
    archive = (
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\nSubject: x\n\n--b\n'
        b'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n\n' + html_letter() + b"\n--b--\n"
    )
    assert read(archive, "a.doc").text == LETTER


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.4", "a.docx", "pdf"),
        (b"\r\n\r\n%PDF-1.4", None, "pdf"),
        (b"{\\rtf1", "a.doc", "rtf"),
        (b"  <html><p>x</p>", None, "html"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>", None, "html"),
        ("<html><p>".encode("utf-16"), None, "html"),
        (b"BM the letter", None, "text"),
        (b"Subject: nothing else", None, "text"),
        (b"From: a\nTo: b\n\nx", None, "eml"),
        (b"# A\n\n**b**\n", None, "markdown"),
        (b"x", "a.md", "markdown"),
        (b"a < b and c > d", None, "text"),
        (b"\xff\xd8\xff\xe0", "a.txt", "image"),
    ],
)
def test_kinds(data: bytes, name: str | None, kind: str) -> None:
    assert sniff(data, name).name == kind


def test_words_of_a_line_have_spans() -> None:
    document = read(docx(p("Kính gửi: Sở Y tế")))
    line = only(document)
    assert document.text[slice(*line.span)] == line.text
