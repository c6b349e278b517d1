"""A set letter as a typed PDF with a text layer."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import groupby

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.render.fonts import registered
from corpus.render.lines import Layout, PlacedWord
from models.letter import Box


def draw_pdf(layout: Layout, *, title: str = "", images: Iterable[tuple[int, Box, bytes]] = ()) -> bytes:
    """The pages as PDF bytes. ``images`` are PNGs (page, box, bytes) laid over the text: stamps, signatures.

    The same layout gives the same bytes (no dates inside).
    """
    buffer = io.BytesIO()
    style = layout.style
    canvas = Canvas(buffer, pagesize=(style.width, style.height), invariant=1)
    canvas.setTitle(title)
    canvas.setCreator("congvan corpus.render")
    stamps = list(images)
    for page in range(layout.pages):
        for rule in layout.rules:
            if rule.page == page:
                canvas.setLineWidth(rule.thickness)
                canvas.setStrokeColorRGB(*rule.color)
                canvas.line(rule.x0, style.height - rule.y0, rule.x1, style.height - rule.y1)
        words = [w for w in [*layout.words, *layout.extras] if w.page == page]
        for _, line in groupby(words, key=lambda w: (round(w.y, 2), w.font, w.size)):
            _draw_run(canvas, layout, list(line))
        for number, box, png in stamps:
            if number == page:
                canvas.drawImage(
                    ImageReader(io.BytesIO(png)),
                    box[0],
                    style.height - box[3],
                    box[2] - box[0],
                    box[3] - box[1],
                    mask="auto",
                )
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_run(canvas: Canvas, layout: Layout, words: list[PlacedWord]) -> None:
    """Words of one baseline and font: one text object, words set at their places."""
    style = layout.style
    text = canvas.beginText()
    first = words[0]
    text.setFont(registered(style.family, first.font), first.size)
    text.setFillColorRGB(0, 0, 0)
    for word, following in zip(words, [*words[1:], None], strict=True):
        if word.hidden:
            continue
        joined = following is not None and following.span[0] > word.span[1]
        text.setTextOrigin(word.x, style.height - word.y)
        text.textOut(word.text + (" " if joined else ""))
    canvas.drawText(text)
