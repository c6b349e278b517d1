"""Citations without a number and symbol: known by their date, by their congress, or by a bare number."""

from __future__ import annotations

import re

from models.references import lexicon
from models.references.dates import DATE, read_date
from models.references.found import Found
from models.references.issuers import make_issuer, name_end
from models.references.mention import Mention
from models.references.tail import inside, read_tail
from models.references.titles import Title
from models.references.view import BREAK
from models.text import squeeze

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


class Unnumbered:
    """Finds the citations without a symbol."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.view = found.view
        self.context = found.context
        self.mentions = found.mentions

    def dated(self) -> None:
        low, flat = self.view.low, self.view.flat
        spans = sorted((m.start, m.end) for m in self.mentions)
        for d in DATE.finditer(low):
            if inside(spans, d.start()):
                continue
            base = max(0, d.start() - 90)
            broken = flat.rfind(BREAK, base, d.start())
            base = broken + 1 if broken >= 0 else base
            words = list(lexicon.DATED_TYPE.finditer(low[base : d.start()]))
            if not words:
                continue
            w = words[-1]
            start, end = base + w.start(), base + w.end()
            if inside(spans, start):
                continue
            between = _DATED_GAP.fullmatch(low, end, d.start())
            of = _DATED_OF.fullmatch(low, end, d.start())
            record = low.startswith("bien ban", start)
            if not (between and (record or not _NOT_DATED.search(between["words"] or ""))) and not of:
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
            if not issuer and not tail.title and not record and not _DATED_LEAD.search(lead):
                continue
            group = self.found.new_group()
            mention = Mention(start, max(d.end(), tail.end), "dated", word.type, word.kind != "generic", group=group)
            mention.date, mention.supplied_year = found.iso, found.supplied_year
            mention.issuer, mention.title = issuer, tail.title
            self.mentions.append(mention)

    def named(self) -> None:
        spans = sorted((m.start, m.end) for m in self.mentions)
        for m in _NAMED.finditer(self.view.flat):
            if inside(spans, m.start()):
                continue
            start = m.start("name")
            end = name_end(self.view, start, min(len(self.view.flat), start + 140))
            issuer = make_issuer(self.view, start, end)
            if issuer is None or " " not in issuer.name:
                continue
            tail = read_tail(self.view, end, self.context)
            group = self.found.new_group()
            mention = Mention(
                m.start(),
                max(end, tail.end if not tail.issuer else end),
                "named",
                "nghị quyết",
                True,
                group=group,
                issuer=issuer,
            )
            mention.title = tail.title or Title(issuer.name, issuer.start, issuer.end, "named")
            if tail.date:
                mention.date, mention.supplied_year = tail.date.iso, tail.date.supplied_year
            self.mentions.append(mention)

    def bare(self) -> None:
        low, flat = self.view.low, self.view.flat
        spans = sorted((m.start, m.end) for m in self.mentions)
        for digits in _NUMBER.finditer(low):
            start = digits.start()
            if inside(spans, start):
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
            group = self.found.new_group()
            mention = Mention(
                head_start,
                max(m.end(), tail.end),
                "bare",
                word.type,
                word.kind != "generic",
                number=m["number"],
                group=group,
            )
            if m["so"]:
                mention.marks.add("so")
            if tail.date:
                mention.date, mention.supplied_year = tail.date.iso, tail.date.supplied_year
            mention.year, mention.issuer, mention.title = tail.year, tail.issuer, tail.title
            self.mentions.append(mention)
