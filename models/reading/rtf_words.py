"""Control words of RTF 1.9 by what a reader does with them, and its character sets."""

from __future__ import annotations

from typing import Final

SKIPPED: Final = frozenset(
    ["colortbl", "stylesheet", "info", "pict", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "listtable", "listoverridetable", "themedata", "generator", "xmlnstbl", "rsidtbl", "mmathPr", "datastore", "latentstyles", "fldinst", "objdata", "nonshppict", "shppict", "filetbl", "revtbl", "annotation", "atnid", "atnauthor", "template", "operator", "author", "title", "private", "xe", "tc", "bkmkstart", "bkmkend", "objclass", "pnseclvl", "sp", "colorschememapping", "wgrffmtfilter", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "listpicture", "pgptbl"]
)
"""Groups that hold no text of the letter."""
KEPT_STARRED: Final = frozenset({"shpinst", "nesttableprops", "cs", "ud"})
"""Starred groups, otherwise skipped, whose text is read."""
SIGNS: Final = {
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
"""Control words that stand for a sign."""
CHARSETS: Final = {
    0: None,
    1: None,
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
"""Python's code pages by the number of a font's character set; None: that of the document."""
