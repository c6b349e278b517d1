"""Small PDFs and pictures for the tests of reading, drawn here with reportlab, pdfium and Pillow and a font of the system."""

from __future__ import annotations

import ctypes
import io
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

A4 = (595.0, 842.0)
HEAD = [
    (70, 60, 12, "UBND TỈNH MẪU"),
    (75, 78, 12, "SỞ THỬ NGHIỆM"),
    (290, 60, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (340, 78, 12, "Độc lập - Tự do - Hạnh phúc"),
    (75, 105, 12, "Số: 45/STN-VP"),
    (340, 105, 12, "Mẫu Sơn, ngày 05 tháng 6 năm 2023"),
    (70, 123, 11, "V/v kiểm tra việc đọc văn bản"),
]
BODY = [
    (200, 170, 13, "Kính gửi: Các phòng chuyên môn"),
    (105, 200, 13, "Để chuẩn bị cho việc kiểm tra, Sở Thử nghiệm đề nghị các phòng rà"),
    (70, 220, 13, "soát hồ sơ và báo cáo kết quả trước ngày 20/6/2023 theo đúng quy định."),
]
FOOT = [
    (70, 270, 12, "Nơi nhận:"),
    (70, 286, 11, "- Như trên;"),
    (70, 300, 11, "- Lưu: VT, VP."),
    (380, 270, 12, "GIÁM ĐỐC"),
    (370, 340, 12, "Lê Thị Thử"),
]


@lru_cache(maxsize=1)
def font_path() -> str:
    """A font with Vietnamese letters; tests that need one are skipped where there is none."""
    if shutil.which("fc-list"):
        command = ["fc-list", "-f", "%{file}\n", ":charset=1ec7:charset=1ef1:charset=111"]
        out = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        files = [name for name in out.stdout.split("\n") if name.endswith(".ttf") and Path(name).is_file()]
        for wanted in (
            "LiberationSerif-Regular",
            "NotoSerif-Regular",
            "DejaVuSerif.",
            "DejaVuSans.",
            "NotoSans-Regular",
        ):
            for name in files:
                if wanted in name:
                    return name
    pytest.skip("no font with Vietnamese letters on this machine")


def typed_pdf(pages: list[list[tuple[float, float, float, str]]]) -> bytes:
    """A PDF with each (x, baseline from the top, size, text) as a text object."""
    out = io.BytesIO()
    pdfmetrics.registerFont(TTFont("Sample", font_path()))
    drawing = canvas.Canvas(out, pagesize=A4)
    for items in pages:
        for x, y, size, text in items:
            drawing.setFont("Sample", size)
            drawing.drawString(x, A4[1] - y, text)
        drawing.showPage()
    drawing.save()
    return out.getvalue()


def stamped_pdf(items: list[tuple[float, float, float, str]], stamps: list[tuple[float, float, float, str]]) -> bytes:
    """A typed page with stamp annotations that draw text over it, as signing programs do."""
    document = pdfium.PdfDocument(typed_pdf([items]))
    data = Path(font_path()).read_bytes()
    buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
    font = raw.FPDFText_LoadFont(document.raw, buffer, len(data), raw.FPDF_FONT_TRUETYPE, True)
    page = document[0]
    for x, y, size, text in stamps:
        annotation = raw.FPDFPage_CreateAnnot(page.raw, raw.FPDF_ANNOT_STAMP)
        rect = raw.FS_RECTF(x - 2, A4[1] - y + size, x + size * 0.6 * len(text) + 4, A4[1] - y - 4)
        raw.FPDFAnnot_SetRect(annotation, rect)
        item = raw.FPDFPageObj_CreateTextObj(document.raw, font, size)
        encoded = (text + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(item, ctypes.cast(ctypes.create_string_buffer(encoded), ctypes.POINTER(ctypes.c_ushort)))
        raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, A4[1] - y)
        raw.FPDFAnnot_AppendObject(annotation, item)
        raw.FPDFPage_CloseAnnot(annotation)
    page.close()
    return _saved(document)


def drawn_page(items: list[tuple[float, float, float, str]], *, dpi: int = 200, height: float = 400) -> Image.Image:
    """The upper part of a page as a picture."""
    scale = dpi / 72
    image = Image.new("RGB", (round(A4[0] * scale), round(height * scale)), "white")
    draw = ImageDraw.Draw(image)
    for x, y, size, text in items:
        draw.text((x * scale, y * scale), text, "black", ImageFont.truetype(font_path(), size * scale), anchor="ls")
    return image


def scanned_pdf(image: Image.Image, dpi: int = 200) -> bytes:
    """A PDF whose only content is the picture."""
    out = io.BytesIO()
    image.save(out, "PDF", resolution=dpi)
    return out.getvalue()


def _saved(document: pdfium.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()
