"""Annotated letters as pages: DOCX, typed PDF, page images and scans, with the boxes of every zone and field."""
