"""Reading of scanned pages: preparation, recognisers behind one interface, lines in reading order.

:func:`models.reading.ocr.page.read_page_image` is the way in. This file imports nothing, so that typed PDFs and office
files never load the recognisers.
"""
