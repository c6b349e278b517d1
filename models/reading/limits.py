"""What one file may cost: the limits that keep reading within bounded time and memory.

They are generous for letters (the longest dev letter has 18 pages) and small for a machine: a plan of 300 pages with
its appendices stays far below each of them.
"""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 100 * 1024 * 1024
"""Bytes of one file."""
MAX_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of one XML part after unpacking; the text of a 500-page DOCX is about a tenth of that."""
MAX_MEMBERS: Final = 20_000
"""Files in one ZIP container."""
MAX_LINES: Final = 50_000
"""Lines or paragraphs of one document, about 1,000 full pages."""
MAX_CHARACTERS: Final = 5_000_000
"""Characters of one document."""
MAX_DEPTH: Final = 60
"""Nesting of tables, text boxes and groups; what lies deeper is read as plain text of its outermost ancestor."""
MAX_ATTACHMENTS: Final = 20
"""Attachments of one mail that are looked at."""
PROGRAM_SECONDS: Final = 60.0
"""Seconds that an outside program (LibreOffice, antiword) may take for one file."""
