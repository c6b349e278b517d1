"""Laws, codes and ordinances cited by name, with or without a year."""

from __future__ import annotations

import re

from models.references.found import Found
from models.references.laws import LAW_WORD, LawName, law_at, more_names
from models.references.mention import Mention
from models.references.tail import inside, pinpoint_before, read_tail
from models.references.titles import Title
from models.text import squeeze

_YEAR_AT_END = re.compile(r"\s+\(?((?:19|20)\d\d)\)?$")
_AMENDED = re.compile(r"\s*\(\s*(?:sửa đổi|đã sửa đổi|đã được sửa đổi)[^()¶]{0,60}\)")
_YEAR = re.compile(r"\s*\(?\s*((?:19|20)\d\d)(?![\d/\-])\)?")


class LawsFound:
    """Finds the laws cited by name."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.view = found.view
        self.context = found.context
        self.mentions = found.mentions

    def laws(self) -> None:
        spans = sorted((m.start, m.end) for m in self.mentions)
        law_titles = sorted((m.title.start, m.title.end) for m in self.mentions if m.type == "luật" and m.title)
        skip_to = 0
        for m in LAW_WORD.finditer(self.view.low):
            if (
                m.start() < skip_to
                or self.view.low[m.start() - 1 : m.start()].isalpha()
                or inside(spans, m.start())
                or inside(law_titles, m.start())
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
        group = self.found.new_group()
        mention = Mention(
            law.start, max(end, tail.end), "law", law.type, True, group=group, plural=law.plural, year=year
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
        mention.pinpoint = pinpoint_before(self.view, law.start)
        self.mentions.append(mention)
        pos = mention.end
        while law.plural and (span := more_names(self.view, pos)):
            further = Mention(span[0], span[1], "law", law.type, True, group=group, plural=True)
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
