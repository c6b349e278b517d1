"""Finding citations: numbers with a symbol, then laws, documents known by date, named resolutions, bare numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from models.references import lexicon
from models.references.bodies import known_bodies
from models.references.context import LetterContext
from models.references.dates import DATE, DATE_AFTER, NO_DATE_AFTER, YEAR_AFTER, FoundDate, read_date
from models.references.heads import Head, head_before
from models.references.identifiers import Identifier, identifiers, parse_identifier
from models.references.issuers import Issuer, issuer_after, make_issuer, name_end
from models.references.laws import LAW_WORD, LawName, law_at, more_names
from models.references.mention import Mention
from models.references.titles import Title, title_after
from models.references.view import BREAK, View
from models.text import squeeze

_FOOTNOTE_MARK = re.compile(r"\s?(?:\[\d{1,3}\]|\(\d\)(?=\s)|[¹²³⁴⁵⁶⁷⁸⁹]+)")
_NEXT_ITEM = re.compile(
    r"\s*(?:\[\d{1,3}\]\s*)?\)?\s*[,;]?\s*(?:(?:va|hoac|cung|cung voi)\s+)?(?:(?:cac\s+)?s[o6]\s*[:.]?\s*)?"
)
_AFTER_TITLE = re.compile(r"(?:[,;:¶]\s*(?:va\s+)?|\s+va\s+)(?:-\s*)?(?:cac\s+)?s[o6]\s*[:.]?\s*$")
_NEW_ITEM = re.compile(r";\s*(?:va\s+)?s[o6]\s*[:.]?\s*$")
_SO = re.compile(r"(?<![a-z])s[o6](?:\s+ky\s+hieu)?\s*[:.]?\s*$")
_SPLIT_NUMBER = re.compile(r"(?<![a-z])s[o6]\s*[:.]?\s*(\d{1,3})\s$")
_SHARED_SYMBOL = re.compile(r"(?:(?:s[o6]\s*[:.]?\s*)?\d{1,5}[a-z]?\s*(?:,|;|va)\s*)+(?:s[o6]\s*[:.]?\s*)?$")
_UNIT = r"(?:[Đđ]iểm|[Kk]hoản|[Mm]ục|[Pp]hần|[Cc]hương|[Đđ]iều|[Tt]iết|[Tt]iểu\s+mục|[Pp]hụ\s+lục)"
_UNIT_WORD = re.compile(r"(?:dieu|khoan|diem|muc|phan|chuong|tiet|phu luc)\s")
_OF_AT_END = re.compile(r"\s*(?:của|tại|trong)\s*$")
_PINPOINT = re.compile(
    rf"{_UNIT}\s+[\dđĐa-zA-Z.]{{1,5}}(?:\s*(?:,|;|và|đến|-)?\s*(?:các\s+)?(?:{_UNIT}\s+)?(?:[\d.]{{1,5}}|[a-zđ]"
    rf"|[IVX]{{1,5}})(?![\w]))*\s*,?\s*(?:của\s+|tại\s+|trong\s+)?$"
)
_SESSION = re.compile(
    r"\s*[,-]?\s*(?:tại\s+)?[Kk]ỳ\s+họp\s+(?:[^\s,;.¶]+\s+){0,6}?[^\s,;.¶]+(?=\s*,?\s+(?:về|V/v|quy định"
    r"|ban hành|phê|thông qua|\())"
)
"""The council's session between issuer and title: ", Kỳ họp thứ 11"."""
_ALIAS = re.compile(
    r"\s*\(\s*(?:kh[oó][aá]|nhiệm kỳ|sau đây|gọi tắt|viết tắt|gọi chung|gọi là|dưới đây|nay là|cũ\)|[^()¶]{1,34}\)(?=\s+(?:V/v|về"
    r"|quy định|ban hành|hướng dẫn|phê duyệt)))[^()¶]{0,140}\)?"
)


@dataclass
class Tail:
    """What follows a number: date, issuer, title."""

    end: int
    date: FoundDate | None = None
    year: str | None = None
    issuer: Issuer | None = None
    title: Title | None = None


def read_tail(view: View, pos: int, context: LetterContext, *, with_title: bool = True) -> Tail:
    """Date, issuer and title right of ``pos``, in either order of date and issuer."""
    tail = Tail(pos)
    limit = len(view.flat)
    if m := _FOOTNOTE_MARK.match(view.flat, pos):
        pos = m.end()
    for _ in range(4):
        if tail.date is None and (m := DATE_AFTER.match(view.low, pos)):
            tail.date = read_date(m, context.date)
            pos = m.end()
            if "(" in m[0] and view.flat[pos : pos + 1] == ")":
                pos += 1
        elif tail.date is None and tail.year is None and (m := YEAR_AFTER.match(view.low, pos)):
            tail.year = m["year"]
            pos = m.end()
        elif tail.date is None and tail.issuer is None and (m := NO_DATE_AFTER.match(view.low, pos)):
            pos = m.end()
            continue
        elif tail.issuer is None and (issuer := issuer_after(view, pos, limit)):
            tail.issuer = issuer
            pos = issuer.end
        else:
            break
        tail.end = pos
    while m := _ALIAS.match(view.flat, pos) or _SESSION.match(view.flat, pos):
        pos = m.end()
    if with_title:
        tail.title = title_after(view, pos)
    return tail


def find_mentions(view: View, context: LetterContext) -> list[Mention]:
    """Every citation of the text, in text order, not yet filtered nor joined."""
    finder = _Finder(view, context)
    finder.numbered()
    finder.laws()
    finder.dated()
    finder.named()
    finder.bare()
    mentions = sorted(finder.mentions, key=lambda m: (m.start, -m.end))
    _nest(mentions)
    return mentions


def _nest(mentions: list[Mention]) -> None:
    """Mark the mentions that stand inside the title of another, the innermost title first."""
    open_titles: list[tuple[int, int]] = []
    for i, m in enumerate(mentions):
        while open_titles and open_titles[-1][1] <= m.start:
            open_titles.pop()
        if open_titles and mentions[open_titles[-1][0]].title and m.start >= mentions[open_titles[-1][0]].title.start:  # type: ignore[union-attr]
            m.inside = open_titles[-1][0]
        if m.title and not m.title_shared:
            open_titles.append((i, m.title.end))


class _Finder:
    def __init__(self, view: View, context: LetterContext) -> None:
        self.view = view
        self.context = context
        self.mentions: list[Mention] = []
        self.groups = 0

    # --- numbers with a symbol ---------------------------------------------------------------------------------

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
        self.groups += group is None
        mention.group = group.group if group else self.groups
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
        mention.pinpoint = _pinpoint(self.view, mention.start)

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

    # --- laws ------------------------------------------------------------------------------------------------------

    def laws(self) -> None:
        spans = sorted((m.start, m.end) for m in self.mentions)
        law_titles = sorted((m.title.start, m.title.end) for m in self.mentions if m.type == "luật" and m.title)
        skip_to = 0
        for m in LAW_WORD.finditer(self.view.low):
            if (
                m.start() < skip_to
                or self.view.low[m.start() - 1 : m.start()].isalpha()
                or _inside(spans, m.start())
                or _inside(law_titles, m.start())
            ):
                continue
            law = law_at(self.view, m)
            if law is None:
                continue
            skip_to = max(skip_to, self._law(law))

    def _law(self, law: LawName) -> int:
        end = law.end
        if amended := _AMENDED.match(self.view.flat, end):
            end = amended.end()
        tail = read_tail(self.view, end, self.context, with_title=False)
        capital = (law.name or "")[:1].isupper()
        if not (law.known or tail.date or tail.year or (capital and law.type == "luật")):
            return 0
        year = tail.year
        if not year and (m := _YEAR.match(self.view.flat, end)):
            year, tail.end = m[1], m.end()
        self.groups += 1
        mention = Mention(
            law.start, max(end, tail.end), "law", law.type, True, group=self.groups, plural=law.plural, year=year
        )
        if law.name:
            name = law.name
            if (at_end := _YEAR_AT_END.search(name)) and len(name) > len(at_end[0]) + 1:
                name, mention.year = name[: at_end.start()], mention.year or at_end[1]
            mention.title = Title(name, law.start, law.end, "law")
        if tail.date:
            mention.date, mention.supplied_year = tail.date.iso, tail.date.supplied_year
            if mention.supplied_year:
                mention.date = None
        mention.issuer = tail.issuer if tail.issuer and "Quốc hội" in tail.issuer.name else None
        if mention.issuer is None and tail.issuer:
            mention.end = max(end, min(mention.end, tail.issuer.start))
        mention.pinpoint = _pinpoint(self.view, law.start)
        self.mentions.append(mention)
        pos = mention.end
        while law.plural and (span := more_names(self.view, pos)):
            further = Mention(span[0], span[1], "law", law.type, True, group=self.groups, plural=True)
            further.title = Title(squeeze(self.view.flat[span[0] : span[1]]), span[0], span[1], "law")
            tail = read_tail(self.view, span[1], self.context, with_title=False)
            further.date, further.year, further.end = (
                (tail.date.iso if tail.date else None),
                tail.year,
                max(span[1], tail.end if not tail.issuer else span[1]),
            )
            self.mentions.append(further)
            pos = further.end
        return pos

    # --- documents known by their date ------------------------------------------------------------------------

    def dated(self) -> None:
        low, flat = self.view.low, self.view.flat
        spans = sorted((m.start, m.end) for m in self.mentions)
        for d in DATE.finditer(low):
            if _inside(spans, d.start()):
                continue
            base = max(0, d.start() - 90)
            broken = flat.rfind(BREAK, base, d.start())
            base = broken + 1 if broken >= 0 else base
            words = list(lexicon.DATED_TYPE.finditer(low[base : d.start()]))
            if not words:
                continue
            w = words[-1]
            start, end = base + w.start(), base + w.end()
            if _inside(spans, start):
                continue
            between = _DATED_GAP.fullmatch(low, end, d.start())
            of = _DATED_OF.fullmatch(low, end, d.start())
            if not (between and not _NOT_DATED.search(between["words"] or "")) and not of:
                continue
            found = read_date(d, self.context.date)
            if found.iso is None or (found.supplied_year and not flat[start].isupper()):
                continue
            word = lexicon.document_words()[squeeze(w[0])]
            tail = read_tail(self.view, d.end(), self.context)
            issuer = tail.issuer
            if of and not issuer:
                stop = of.end("name")
                if not flat[of.start("name")].isupper() or name_end(self.view, of.start("name"), stop) < stop - 1:
                    continue
                issuer = make_issuer(self.view, of.start("name"), stop)
            lead = low[max(0, start - 30) : start]
            if not (flat[start].isupper() or issuer or _DATED_LEAD.search(lead)) or _NOT_DATED_LEAD.search(lead):
                continue
            if not issuer and not tail.title and not _DATED_LEAD.search(lead):
                continue
            self.groups += 1
            mention = Mention(
                start, max(d.end(), tail.end), "dated", word.type, word.kind != "generic", group=self.groups
            )
            mention.date, mention.supplied_year = found.iso, found.supplied_year
            mention.issuer, mention.title = issuer, tail.title
            self.mentions.append(mention)

    # --- resolutions known by their congress ------------------------------------------------------------------

    def named(self) -> None:
        spans = sorted((m.start, m.end) for m in self.mentions)
        for m in _NAMED.finditer(self.view.flat):
            if _inside(spans, m.start()):
                continue
            start = m.start("name")
            end = name_end(self.view, start, min(len(self.view.flat), start + 140))
            issuer = make_issuer(self.view, start, end)
            if issuer is None or " " not in issuer.name:
                continue
            tail = read_tail(self.view, end, self.context)
            self.groups += 1
            mention = Mention(
                m.start(),
                max(end, tail.end if not tail.issuer else end),
                "named",
                "nghị quyết",
                True,
                group=self.groups,
                issuer=issuer,
            )
            mention.title = tail.title or Title(issuer.name, issuer.start, issuer.end, "named")
            if tail.date:
                mention.date, mention.supplied_year = tail.date.iso, tail.date.supplied_year
            self.mentions.append(mention)

    # --- numbers without a symbol ------------------------------------------------------------------------------

    def bare(self) -> None:
        low, flat = self.view.low, self.view.flat
        spans = sorted((m.start, m.end) for m in self.mentions)
        for digits in _NUMBER.finditer(low):
            start = digits.start()
            if _inside(spans, start):
                continue
            before = low[max(0, start - 14) : start].rstrip(" .:")
            before = before[:-2].rstrip() if before.endswith((" so", " s6")) else before
            if before[before.rfind(" ") + 1 :] not in lexicon.TYPE_ENDS:
                continue
            m = _BARE.search(low, max(0, start - 16), digits.end() + 24)
            if m is None or m.start("number") != start:
                continue
            base = max(0, m.start() - 34)
            words = [
                w
                for w in lexicon.DOCUMENT_TYPE.finditer(low[base : m.start("gap")])
                if w.end() == m.start("gap") - base
            ]
            if not words:
                continue
            head_start = base + words[-1].start()
            word = lexicon.document_words()[squeeze(words[-1][0])]
            tail = read_tail(self.view, m.end(), self.context)
            if not flat[head_start].isupper() and not m["so"]:
                continue
            self.groups += 1
            mention = Mention(
                head_start,
                max(m.end(), tail.end),
                "bare",
                word.type,
                word.kind != "generic",
                number=m["number"],
                group=self.groups,
            )
            if m["so"]:
                mention.marks.add("so")
            if tail.date:
                mention.date, mention.supplied_year = tail.date.iso, tail.date.supplied_year
            mention.year, mention.issuer, mention.title = tail.year, tail.issuer, tail.title
            self.mentions.append(mention)


_YEAR_AT_END = re.compile(r"\s+\(?((?:19|20)\d\d)\)?$")
_AMENDED = re.compile(r"\s*\(\s*(?:sửa đổi|đã sửa đổi|đã được sửa đổi)[^()¶]{0,60}\)")
_YEAR = re.compile(r"\s*\(?\s*((?:19|20)\d\d)(?![\d/\-])\)?")
_NAMED = re.compile(
    r"Nghị\s+quyết\s+(?P<name>(?:Đại\s+hội|Hội\s+nghị|Trung\s+ương)\s+(?:(?:đại\s+biểu|lần|toàn\s+quốc|Đảng"
    r"|Công\s+đoàn|Đoàn|Trung|BCH|Ban|[IVXL\d]+)\b)?)"
)
_NUMBER = re.compile(r"(?<=[ :])\d{1,5}[a-z]?(?![\w%])(?!\s*[/.,]\s*\d|\s?[/\-]\s*[a-z\d]|\.\d)")
"""A number that can stand bare: the end of :data:`_BARE`, tried first because few digits of a letter pass it."""
_BARE = re.compile(
    r"(?<=[a-z])(?P<gap>\s+)(?P<so>s[o6]\s*[:.]?\s*)?(?P<number>\d{1,5}[a-z]?)(?![\w%])(?!\s*[/.,]\s*\d"
    r"|\s?[/\-]\s*[a-z\d]|\.\d)"
)
_DATED_GAP = re.compile(r"(?P<words>(?:\s+[a-z\-,]+){0,7})\s*(?:,\s*)?(?:de\s+|lap\s+|ky\s+|ban\s+hanh\s+)?\(?\s*")
_DATED_OF = re.compile(r"\s+cua\s+(?P<name>[^;¶.]{2,80}?)\s*,?\s*(?:de\s+|lap\s+|ky\s+|ban\s+hanh\s+)?\(?\s*")
_NOT_DATED = re.compile(
    r"(?<![a-z])(?:truoc|tu|den|vao|trong|sau|het|nhat|ve|gui|nop|hop|hoi|phien|lam|viec|nay|cua|tai|thang|quy"
    r"|nam|tuan|ky|truong|hang|moi|bang|theo|va|hoac|xong|la|de|ket|thuc|"
    r"duoc|co|da|tren|cho|voi|nhung|do|nhu|neu|doi|trinh|muc|chieu|sang|toi|hom|hien|hanh|xet|chinh|thuong"
    r"|xuyen)(?![a-z])|ke\s+tu"
)
_DATED_LEAD = re.compile(
    r"(?:can\s+cu|theo|xet|tai|thuc\s+hien|kem\s+theo|phuc\s+dap|tra\s+loi|tiep\s+theo|nhan\s+duoc"
    r"|cac)\s+(?:cac\s+)?$"
)
_NOT_DATED_LEAD = re.compile(
    r"(?:gui|nop|tong\s+hop|lap|thoi\s+han|tinh\s+hinh|ra|ban\s+hanh|hoan\s+thanh|xay\s+dung|trinh"
    r"|hoan\s+thien)\s+(?:cac\s+)?$"
)


def _pinpoint(view: View, start: int) -> str | None:
    """ "điểm b khoản 2 Điều 90" right before a citation, without "của"."""
    base = max(0, start - 90)
    if not _UNIT_WORD.search(view.low, base, start):
        return None
    found = _PINPOINT.search(view.flat, base, start)
    return (squeeze(_OF_AT_END.sub("", found[0])).strip(" ,") or None) if found else None


def _inside(spans: list[tuple[int, int]], at: int) -> bool:
    """Whether an offset lies in one of the spans, which are sorted and hardly overlap."""
    i = bisect_right(spans, (at, 1 << 60))
    return any(a <= at < b for a, b in spans[max(0, i - 4) : i])


def _with_so(low: str, start: int) -> int:
    m = _SO.search(low, max(0, start - 14), start)
    return m.start() if m else start


def _law_type(ident: Identifier) -> str | None:
    if ident.year and re.match(r"QH\d", ident.body or ident.canonical.rsplit("/", 1)[-1]):
        return "luật"
    return None


_ALWAYS_CODED = frozenset(
    {"nghị định", "thông tư", "thông tư liên tịch", "nghị quyết", "quyết định", "chỉ thị", "kế hoạch"}
)
"""Types whose symbol says so: a number with a body's code alone ("1187/BTC-ĐT") after one of them is a letter."""


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
