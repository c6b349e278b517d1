"""The reference stage: every other document a letter cites, found, understood and joined.

:func:`find_references` runs the stages in order: flatten the text (:mod:`view`), find and parse citations (:mod:`find`,
:mod:`heads`, :mod:`identifiers`, :mod:`dates`, :mod:`issuers`, :mod:`titles`, :mod:`laws`), share what an enumeration
shares (:mod:`share`, :mod:`before`), drop what is the letter itself (:mod:`own`), join the mentions of one document
(:mod:`resolve`), say how it stands to the letter (:mod:`relations`) and which body issued it (:mod:`bodies`). Word
lists are tables under ``models/lexicons``; :mod:`graph` joins the references of many letters.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.letter import Reference, Segment
from models.references.conflicts import reference_warnings
from models.references.context import LetterContext
from models.references.find import find_mentions
from models.references.own import own_identifier, without_own
from models.references.report import to_references
from models.references.resolve import resolve
from models.references.share import share
from models.references.view import make_view

__all__ = ["LetterContext", "find_references", "reference_warnings"]


def find_references(
    text: str, *, segments: Sequence[Segment] = (), context: LetterContext | None = None
) -> list[Reference]:
    """Every other document ``text`` cites, once each, in the order of first mention.

    ``text`` is the letter in Unicode NFC; ``segments`` are its zones (head, distribution list and page furniture cite
    nothing; without zones they are recognised by their form); ``context`` holds the letter's own number, type, date and
    issuer. Spans of the mentions are character offsets into ``text``; pages and boxes are left to the caller. Any text
    is accepted, an empty one gives an empty list; time is linear in its length.
    """
    context = context or LetterContext()
    view = make_view(text, segments)
    mentions = find_mentions(view, context)
    share(view, mentions, context.date)
    mentions = without_own(view, mentions, context, own_identifier(text, context))
    documents, of = resolve(view, mentions)
    return to_references(view, mentions, documents, of, context)
