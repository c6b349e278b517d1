"""Citations with a number and symbol: "Quyết định số 12/QĐ-UBND", lists that share a type or a symbol."""

from __future__ import annotations

import re

from models.references import lexicon
from models.references.bodies import known_bodies
from models.references.found import Found
from models.references.heads import Head, head_before
from models.references.identifiers import Identifier, identifiers, parse_identifier
from models.references.mention import Mention
from models.references.tail import Tail, pinpoint_before, read_tail
from models.references.titles import Title
from models.references.view import BREAK
from models.text import squeeze

_NEXT_ITEM = re.compile(
    r"\s*(?:\[\d{1,3}\]\s*)?\)?\s*[,;]?\s*(?:(?:va|hoac|cung|cung voi)\s+)?(?:(?:cac\s+)?s[o6]\s*[:.]?\s*)?"
)
_AFTER_TITLE = re.compile(r"(?:[,;:¶]\s*(?:va\s+)?|\s+va\s+)(?:-\s*)?(?:cac\s+)?s[o6]\s*[:.]?\s*$")
_NEW_ITEM = re.compile(r";\s*(?:va\s+)?s[o6]\s*[:.]?\s*$")
_SO = re.compile(r"(?<![a-z])s[o6](?:\s+ky\s+hieu)?\s*[:.]?\s*$")
_SPLIT_NUMBER = re.compile(r"(?<![a-z])s[o6]\s*[:.]?\s*(\d{1,3})\s$")
_SHARED_SYMBOL = re.compile(r"(?:(?:s[o6]\s*[:.]?\s*)?\d{1,5}[a-z]?\s*(?:,|;|va)\s*)+(?:s[o6]\s*[:.]?\s*)?$")
_ALWAYS_CODED = frozenset(
    {"nghị định", "thông tư", "thông tư liên tịch", "nghị quyết", "quyết định", "chỉ thị", "kế hoạch"}
)
"""Types whose symbol says so: a number with a body's code alone ("1187/BTC-ĐT") after one of them is a letter."""


class Numbered:
    """Finds the citations with a number and symbol."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.view = found.view
        self.context = found.context
        self.mentions = found.mentions

    def numbered(self) -> None:
        previous: Mention | None = None
        lists: list[Mention] = []
        for m in identifiers(self.view.flat):
            while lists and (lists[-1].full_end < m.start() - 40 or BREAK in self.view.flat[lists[-1].end : m.start()]):
                lists.pop()
            outer = lists[-1] if lists and _NEW_ITEM.search(self.view.low, max(0, m.start() - 16), m.start()) else None
            if mention := self._numbered(m, previous, outer):
                self.mentions.append(mention)
                previous = mention
                if mention.plural and mention.title:
                    lists.append(mention)

    def _numbered(self, m: re.Match[str], previous: Mention | None, outer: Mention | None) -> Mention | None:
        view, low = self.view, self.view.low
        start = m.start()
        number = m["number"]
        if split := _SPLIT_NUMBER.search(low, max(0, start - 12), start):
            start = split.start(1)
            number = split[1] + number
        if start and view.flat[start - 1] == ":" and view.flat[start - 2 : start - 1].isdigit():
            return None
        ident = parse_identifier(number, m["year"], m["join"], m["symbol"])
        so = bool(_SO.search(low, max(0, start - 14), start))
        floor = previous.end if previous else 0
        head = head_before(view, start, floor)
        chained = (
            not head
            and previous is not None
            and bool(_NEXT_ITEM.fullmatch(low, previous.end, start))
            and start - previous.end < 60
        )
        carried = (
            not head and not chained and previous is not None and (outer is not None or self._carried(previous, start))
        )
        if head is None and not chained and not carried and not _plausible(ident, so, low[max(0, start - 40) : start]):
            return None
        if not (head and head.direct) and lexicon.NOT_CITATION.search(view.flat, max(0, start - 40), start):
            return None
        if ident.style == "" and head is None and not so:
            return None
        if ident.style == "-" and ident.type is None and head is None and not so and not chained:
            return None
        if outer is not None and (carried or chained):
            previous, carried, chained = outer, True, False
        mention = Mention(head.start if head else start, m.end(), "numbered", identifier=ident)
        mention.head_end = start
        self._type(mention, head, previous if chained or carried else None, so)
        tail = read_tail(view, m.end(), self.context)
        self._fill(mention, head, tail, previous if chained or carried else None)
        if head is None:
            mention.start = _with_so(low, start)
        if number != ident.number:
            mention.marks.add("ocr")
        self._shared_symbol(mention, head, start)
        return mention

    def _carried(self, previous: Mention, start: int) -> bool:
        """ "các Quyết định của UBND tỉnh: số A ngày … về …; số B …": the type goes on past the title."""
        gap = self.view.low[previous.end : start]
        return (
            len(gap) < 1000
            and bool(_AFTER_TITLE.search(gap))
            and (previous.plural or BREAK not in gap)
            and gap.count(BREAK) <= 1
        )

    def _type(self, mention: Mention, head: Head | None, group: Mention | None, so: bool) -> None:
        ident = mention.identifier
        assert ident is not None
        if head and head.word.kind != "generic":
            mention.type, mention.explicit, mention.plural = head.word.type, True, head.plural
            if (
                head.law is None
                and ident.type
                and head.word.type
                in (
                    "kết luận",
                    "hướng dẫn",
                    "quy định",
                    "quy chế",
                    "chương trình",
                    "đề án",
                    "kế hoạch",
                    "quy hoạch",
                    "phương án",
                )
                and _is_annexed(head.word.type, ident)
            ):
                mention.type = ident.type
        elif group is not None and not head:
            same = group.explicit and (ident.type in (None, group.type) or group.plural)
            if (
                ident.type is None
                and group.type in _ALWAYS_CODED
                and ident.body in known_bodies()
                and "-" in ident.canonical
            ):
                same = False
            mention.type = group.type if same else ident.type or "công văn"
            mention.explicit, mention.plural = group.explicit and same, group.plural
        else:
            mention.type = ident.type or (_law_type(ident) if not head else None) or "công văn"
            mention.plural = head.plural if head else False
            if not head and not so:
                mention.marks.add("no_head")
        if mention.type == "thông tư" and _is_joint(ident):
            mention.type = "thông tư liên tịch"

    def _fill(self, mention: Mention, head: Head | None, tail: Tail, group: Mention | None) -> None:
        mention.group = group.group if group else self.found.new_group()
        mention.end = tail.end
        if tail.date:
            mention.date, mention.supplied_year = tail.date.iso, tail.date.supplied_year
        mention.year, mention.issuer, mention.title = tail.year, tail.issuer, tail.title
        if head and head.subject and mention.title is None:
            at, stop = head.subject
            mention.title = Title(squeeze(self.view.flat[at:stop]), at, stop, "head")
        if head and head.law and head.law.name:
            mention.title = Title(head.law.name, head.law.start, head.law.end, "law")
        if mention.issuer is None:
            if head and head.issuer:
                mention.issuer = head.issuer
                mention.marks.add("issuer_in_head")
            elif group and "issuer_in_head" in group.marks:
                mention.issuer, mention.issuer_shared = group.issuer, True
                mention.marks.add("issuer_in_head")
        mention.pinpoint = pinpoint_before(self.view, mention.start)

    def _shared_symbol(self, last: Mention, head: Head | None, start: int) -> None:
        """ "Chỉ thị 01, 13, 33/CT-UB": the members before the last take its symbol."""
        low = self.view.low
        if last.identifier is None or (head is not None and head.direct):
            return
        m = _SHARED_SYMBOL.search(low, max(0, start - 60), start)
        if not m:
            return
        lead = re.sub(r"s[o6]\s*[:.]?\s*$", "", low[max(0, m.start() - 30) : m.start()]).rstrip()
        words = [w for w in lexicon.ANY_TYPE.finditer(lead) if w.end() == len(lead)]
        if not words:
            return
        word = lexicon.document_words()[squeeze(words[-1][0])]
        head_start = max(0, m.start() - 30) + words[-1].start()
        if word.kind == "law":
            return
        last.marks.discard("no_head")
        last.type, last.explicit, last.plural = (
            (word.type, True, True) if word.kind != "generic" else (last.type, False, True)
        )
        if word.kind == "generic" and last.identifier.type:
            last.type = last.identifier.type
        tail_of = last.identifier.canonical[len(last.identifier.number) :]
        for i, n in enumerate(re.finditer(r"\d{1,5}[a-z]?", m[0])):
            style = re.match(r"([/\-]?)(?:(\d{4})/)?(.*)", tail_of)
            assert style is not None
            ident = parse_identifier(n[0], style[2], style[1], style[3])
            at = m.start() + n.start()
            self.mentions.append(
                Mention(
                    head_start if i == 0 else at,
                    m.start() + n.end(),
                    "numbered",
                    last.type,
                    last.explicit,
                    ident,
                    group=last.group,
                    plural=True,
                    head_end=at,
                )
            )


def _with_so(low: str, start: int) -> int:
    m = _SO.search(low, max(0, start - 14), start)
    return m.start() if m else start


def _law_type(ident: Identifier) -> str | None:
    if ident.year and re.match(r"QH\d", ident.body or ident.canonical.rsplit("/", 1)[-1]):
        return "luật"
    return None


def _is_joint(ident: Identifier) -> bool:
    """Whether a circular's symbol names two ministries or more: a joint circular, whatever was left of its name."""
    codes = ident.canonical.rsplit("/", 1)[-1].split("-")[1:]
    return len(codes) > 1 and sum(c in known_bodies() for c in codes) > 1


def _is_annexed(word: str, ident: Identifier) -> bool:
    """Whether the number's type counts, not the printed one: "Kết luận số 12-TB/TW" is a notice."""
    return word in ("kết luận", "hướng dẫn") and ident.type == "thông báo"


def _plausible(ident: Identifier, so: bool, left: str) -> bool:
    """Whether a number without a type word can be a citation: a known type in its symbol, or "số" and a symbol."""
    if ident.type or _law_type(ident):
        return True
    return so and ident.style != "" and len(ident.canonical) > 6 and ("-" in ident.canonical or "/" in ident.canonical)
