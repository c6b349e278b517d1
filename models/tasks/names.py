"""Who acts: reading the names of bodies, posts and classes of bodies (cơ quan, chức vụ, nhóm) out of a sentence.

Names hold commas and "và" ("Sở Văn hóa, Thể thao và Du lịch", "Giám đốc các Sở: Tài chính, Nội vụ"), so a list of names
is never split by marks alone: a new name begins only where a word that begins names stands. Where a name ends is told by
the verb, adverb or stop word after it; capitals inside a name shield words that are verbs elsewhere ("Ban Chỉ đạo").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.canonical import Token, tokens
from models.tasks import lexicon

_DETERMINERS = {"các", "những", "mỗi", "từng", "toàn", "tất", "một"}
_DETERMINER_RUNS = ("tất cả các", "tất cả", "toàn thể các", "toàn thể", "toàn bộ", "một số", "hai", "quý")
_LIST_HEADS = {"bộ", "sở", "phòng", "ban", "vụ", "cục", "ngành", "trường", "giám", "bộ trưởng", "huyện", "tỉnh", "phố", "trưởng", "đốc", "xã",
               "phường", "quận", "đội", "khoa", "viện", "đài", "hội", "thể", "trấn", "vị", "quan"}  # fmt: skip
_ABBREVIATED = {"tp", "tx", "tt", "q", "p", "h", "vp", "ubnd", "ths", "ts", "đ", "c"}
_LOWER_LIMIT = 16
_ONLY_WITH_DETERMINER = {"cấp", "khối", "khoa", "tỉnh", "xã", "huyện", "quận", "phường", "thành phố", "bản", "thôn", "trường", "báo", "bộ",
                         "hội", "cơ sở", "cảnh sát", "quân sự", "đại biểu", "học sinh", "sinh viên", "nhân viên", "quỹ", "viện"}  # fmt: skip
_FIELDS = {"đầu tư", "xây dựng", "phát triển", "đào tạo", "giáo dục", "khai thác", "bảo vệ", "quản lý", "tư vấn", "sản xuất", "thương mại",
           "dịch vụ", "kiểm tra", "giám sát", "thanh tra", "bảo trì", "vận hành"}  # fmt: skip
_BARE_TAILS = {"sở", "bộ", "ngành", "ban", "phòng", "quan", "vị"}
_COMPOUND_HEADS = {"quản lý", "tư vấn", "đầu tư", "dịch vụ", "thương mại"}
_FIELD_NOUNS = {"dự án", "công trình", "truyền thông", "nghề nghiệp", "kỹ thuật", "cơ bản", "đô thị"}
_UNITS = {"đoàn", "công đoàn", "phòng", "sở", "ngành", "cục", "vụ", "viện"}
_INSPECTS = {"kiểm tra", "giám sát", "thanh tra"}
_PLAIN_CLASSES = {"câu lạc bộ", "học viện", "trường đại học", "chi đoàn", "liên chi đoàn", "văn phòng", "trung tâm", "bệnh viện", "công ty", "chi bộ", "đảng bộ", "công đoàn", "huyện ủy",
                  "thành ủy", "thị ủy", "đảng ủy", "quận ủy", "tỉnh ủy", "tỉnh đoàn", "thành đoàn", "huyện đoàn", "xí nghiệp", "nhà máy", "nông trường"}  # fmt: skip
_AREAS = {"tỉnh", "huyện", "quận", "xã", "phường", "phố", "trấn", "khu", "thôn", "thị"}
_WHOLE_WORDS = {"phường", "tỉnh", "quận", "huyện", "xã", "sở", "phố"}
"""Words written with a capital at the end of a name ("Ủy ban nhân dân Phường"), which no second syllable follows."""
_TERRITORY = {"ủy ban nhân dân", "ubnd", "hđnd", "hội đồng nhân dân", "công an", "huyện ủy", "lđlđ", "liên đoàn lao động"}


@dataclass(frozen=True, slots=True)
class Name:
    """One name: token range ``[first, last)``, text offsets of its sentence, kind of its head."""

    first: int
    last: int
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """One or more names in a row; ``last`` is the token after them."""

    names: tuple[Name, ...]
    first: int
    last: int


@dataclass(slots=True)
class _Element:
    first: int
    last: int
    kind: str
    determiner: bool
    named: bool
    conjunction: str
    head: str
    tail: str
    born_class: bool
    """The head is a kind of bodies, not a body left unnamed."""
    capital: bool
    """The head itself is capitalised, though not for standing first."""


def _determiner(sequence: Sequence[Token], index: int) -> int:
    if index < len(sequence):
        for run in _DETERMINER_RUNS:
            parts = run.split()
            if [t.word for t in sequence[index : index + len(parts)]] == parts:
                return index + len(parts)
        if sequence[index].word in ("các", "những", "mỗi", "từng"):
            return index + 1
    return index


def head_at(sequence: Sequence[Token], index: int, *, after_class: bool = False) -> tuple[int, str, bool] | None:
    """``(token after the head, kind, determiner)`` when a name begins at ``index``, else None."""
    start = _determiner(sequence, index)
    determined = start > index
    if determined and sequence[index].word == "quý":
        start, determined = index, False  # "Quý cơ quan" is entered whole
    found = lexicon.bodies().match(sequence, start)
    blocked = lexicon.not_bodies().match(sequence, start)
    if start < len(sequence) and sequence[start].word == "tổ" and start + 1 < len(sequence) and sequence[start + 1].word == "chức":
        following = sequence[start + 2].word if start + 2 < len(sequence) else "."
        inside = (
            following in (",", "và", ":", ".", "có", "chính", "đoàn", "đảng", "cá", "xã", "liên", "hội", "trực", "tín", "thuộc", "được")
            or lexicon.adverbs().match(sequence, start + 2) is not None
        )
        if determined or (after_class and inside):
            return (found[0] if found and found[0] > start + 2 else start + 2), "class", determined
        if not found or found[0] <= start + 1:
            return None
    if found is None or (blocked is not None and blocked[0] >= found[0]):
        return None
    end, kind = found
    phrase = " ".join(t.word for t in sequence[start:end])
    if phrase in _ONLY_WITH_DETERMINER and not determined and not after_class:
        after = sequence[end] if end < len(sequence) else None
        if not (sequence[start].capital and after is not None and (after.capital or after.word in (",", "-"))):
            return None
    verb = lexicon.verb_at(sequence, start)
    if verb is not None and verb[0] > end and not determined:
        return None
    if verb is not None and verb[0] == end and not determined and not (end < len(sequence) and (sequence[end].capital or sequence[end].word in
            ("tỉnh", "huyện", "thành", "nhà", "sở", "bộ", "chính", "quận", "thị"))):  # fmt: skip
        return None  # "thanh tra" is a verb unless a name follows
    return end, kind, determined


def _element(sequence: Sequence[Token], index: int, conjunction: str, after_class: bool) -> _Element | None:
    head = head_at(sequence, index, after_class=after_class)
    if head is None:
        return None
    position, kind, determined = head
    head_start = _determiner(sequence, index) if determined else index
    head_phrase = " ".join(t.word for t in sequence[head_start:position])
    named = any(t.capital for t in sequence[head_start + 1 : position]) or sequence[head_start].upper
    lower_run = 0
    listing = False
    while position < len(sequence):
        token = sequence[position]
        word = token.word
        following = sequence[position + 1] if position + 1 < len(sequence) else None
        if word == "(":
            close = next((k for k in range(position + 1, min(len(sequence), position + 60)) if sequence[k].word == ")"), None)
            if close is None:
                break
            position = close + 1
            continue
        if word == ",":
            if following is None:
                break
            if head_at(sequence, position + 1, after_class=kind == "class" or not named) is not None and not (
                listing and following.capital and sequence[position + 1].word in ("quy", "kế", "tài")
            ):
                break
            if following.capital and (named or listing) and lexicon.markers().match(sequence, position + 1) is None:
                position += 2
                lower_run = 0
                continue
            break
        if word == ":":
            plural = determined or after_class or kind == "post" or any(t.word in ("các", "những") for t in sequence[head_start:position])
            if not listing and plural and _lists_after_colon(sequence, position):
                listing = named = True
                position += 1
                lower_run = 0
                continue
            break
        if word in ("và", "&", "-", "/"):
            if following is None:
                break
            if word == "và" and _one_body(sequence, head_start, position):
                position += 2
                if position + 2 < len(sequence) and sequence[position].word == "tổ" and sequence[position + 1].word == "chức":
                    position += 2
                continue
            if word == "và" and head_at(sequence, position + 1, after_class=kind == "class") is not None:
                break
            if following.capital or word in ("&", "-", "/"):
                position += 2
                lower_run = 0
                continue
            if _ending_length(sequence, position + 1) or kind in ("class",):
                break
            position += 2
            continue
        if word == ".":
            if following is not None and sequence[position - 1].word in _ABBREVIATED and following.capital:
                position += 1
                continue
            break
        if not (word[0].isalnum()):
            if word in "\"'" and following is not None and following.capital:
                position += 1
                continue
            break
        if token.capital:
            if not token.word[0].isdigit():
                named = True
            position += 1
            lower_run = 0
            continue
        if word == "từ" and following is not None and following.capital and not following.word[0].isdigit():
            position += 1
            continue
        if word == "tại" and lexicon.stops().match(sequence, position) is None and following is not None and (following.capital or following.word in ("điều", "địa", "khoản", "các", "cơ")):
            position += 2
            continue
        if word == "đến" and following is not None and following.capital and any(t.word == "từ" for t in sequence[head_start:position]):
            position += 1
            continue
        extended = lexicon.modifiers().match(sequence, position)
        ending = _ending_length(sequence, position)
        if extended is not None and extended[0] >= ending:
            position = extended[0]
            continue
        inside = ending and _in_compound(sequence, position, head_phrase, position == head[0])
        if ending and not inside and not (kind == "body" and _second_syllable(sequence, position, head[0])):
            break
        # both syllables of a compound: the second alone may look like a verb ("Ban QLDA Đầu tư xây dựng quận")
        step = 2 if inside else 1
        lower_run += step
        if lower_run > _LOWER_LIMIT:
            return None
        position += step
    if kind == "body" and (not named or (listing and conjunction and not sequence[head_start].capital)):
        kind = "class"
    capital = sequence[head_start].capital and bool(conjunction)
    return _Element(index, position, kind, determined, named, conjunction, head_phrase, sequence[position - 1].word, head[1] != "body", capital)


def _ending_length(sequence: Sequence[Token], index: int) -> int:
    """The end of the verb, adverb or stop word that begins at ``index`` and ends a name there; 0 when none does."""
    verb = lexicon.verb_at(sequence, index)
    ends = [verb[0]] if verb is not None else []
    for phrases in (lexicon.adverbs(), lexicon.markers(), lexicon.stops()):
        found = phrases.match(sequence, index)
        if found is not None and (phrases is lexicon.stops() or not lexicon.in_noun(sequence, index, found[0])):
            ends.append(found[0])
    return max(ends, default=0)


def _second_syllable(sequence: Sequence[Token], index: int, after_head: int) -> bool:
    """A verb-like syllable that completes a word of the name begun with a capital: "Phòng Hậu cần", "Thi đua - Khen thưởng"."""
    before = sequence[index - 1]
    if not before.capital or before.upper or before.word[0].isdigit() or before.word in _WHOLE_WORDS:
        return False
    for phrases in (lexicon.adverbs(), lexicon.stops()):
        if (found := phrases.match(sequence, index)) is not None and found[0] > index + 1:
            return False  # words of their own: "Văn phòng Bộ có trách nhiệm"
    return index - 1 == after_head or sequence[index - 2].word in ("-", "&")


def _one_body(sequence: Sequence[Token], first: int, conjunction: int) -> bool:
    """"Văn phòng HĐND và UBND …", "Mặt trận Tổ quốc tỉnh và các đoàn thể": the "và" is inside one name."""
    words = " ".join(t.word for t in sequence[first:conjunction])
    after = " ".join(t.word for t in sequence[conjunction + 1 : conjunction + 4])
    if words.startswith(("văn phòng", "vp", "chánh văn phòng", "phó chánh văn phòng")) and words.endswith(("hđnd", "hội đồng nhân dân", "đoàn đbqh", "đại biểu quốc hội")):
        return after.startswith(("ubnd", "ủy ban nhân", "hđnd", "hội đồng nhân"))
    if words.startswith(("ủy ban mặt trận", "mặt trận", "ubmttq", "ủy ban mttq", "mttq")):
        return after.startswith(("các đoàn thể", "đoàn thể", "các tổ chức"))
    return False


def _lists_after_colon(sequence: Sequence[Token], colon: int) -> bool:
    """True when the names after a colon share the head before it ("các Sở: Tài chính, Nội vụ"), and no duty follows."""
    if sequence[colon - 1].word not in _LIST_HEADS or colon + 1 >= len(sequence) or not sequence[colon + 1].capital:
        return False
    if head_at(sequence, colon + 1) is not None:
        return False
    if lexicon.verb_at(sequence, colon + 1) is None and lexicon.adverbs().match(sequence, colon + 1) is None:
        return True
    comma = next((k for k in range(colon + 2, min(len(sequence) - 1, colon + 12)) if sequence[k].word in (",", ";", ".")), None)
    return comma is not None and sequence[comma].word == "," and sequence[comma + 1].capital


def _in_compound(sequence: Sequence[Token], index: int, head: str, at_head: bool) -> bool:
    """True where a verb-like word goes on with a capitalised compound ("Phòng Quản lý đầu tư", "Công ty tư vấn xây dựng")."""
    if lexicon.adverbs().match(sequence, index) is not None:
        return False
    word = f"{sequence[index].word} {sequence[index + 1].word}" if index + 1 < len(sequence) else ""
    if word not in _FIELDS:
        return False
    before = f"{sequence[index - 2].word} {sequence[index - 1].word}" if index >= 2 else ""
    if head in _UNITS and sequence[index - 1].word == head.split(" ")[-1]:
        return True  # "phòng giáo dục và đào tạo", "công đoàn giáo dục"
    verb = lexicon.verb_at(sequence, index)
    if verb is not None and verb[0] > index + 2:
        return False  # "xây dựng kế hoạch" is what somebody does
    if before in _FIELD_NOUNS and not sequence[index - 2].capital and word not in _INSPECTS:
        return True
    joined = index >= 3 and sequence[index - 3].word in ("và", "-", ",")
    if (before in _COMPOUND_HEADS and not at_head and not joined) or before.split(" ")[-1] in ("mtv", "tnhh", "phần", "viên"):
        return True
    return head.startswith(("công ty", "tổng công ty", "tập đoàn")) and sequence[index - 1].word in ("ty", "phần", "mtv", "tnhh")


def group_ends_with_area(element: _Element) -> bool:
    """True when the last word of the name is a kind of territory ("các Cục Hải quan tỉnh", ", thành phố" follows)."""
    return element.tail in _AREAS


def _joins(group: list[_Element], element: _Element) -> bool:
    """True when ``element`` goes on with the class that ``group`` names ("các sở, ban, ngành"), not a new name."""
    last = group[-1]
    if element.conjunction == ";":
        return False
    if element.kind == "area":
        if group_ends_with_area(last) and not element.determiner:
            return True
        if last.kind == "area" or group[0].head in _TERRITORY or group[0].kind == "post":
            return not (element.conjunction == "và" and element.determiner)
        return element.conjunction == "," and not element.determiner
    if element.kind == "post":
        if last.tail == "trưởng" and element.head.startswith("phó") and element.conjunction == ",":
            return True
        return last.kind == "post" and not last.named and last.last - last.first <= 3 and element.conjunction == ","
    if element.kind in ("class", "person"):
        if element.capital or (element.kind == "person" and element.named):
            return False
        if element.head.endswith("ủy") and last.tail == "ủy" and not element.determiner and element.conjunction == ",":
            return True  # "Ban Thường vụ các huyện ủy, thành ủy"
        if not element.born_class and last.kind == "area" and not element.determiner and element.conjunction == ",":
            return True  # "các tỉnh, thành đoàn", "các huyện, thị ủy"
        if not element.born_class and len(element.head.split()) > 1 and element.head not in _PLAIN_CLASSES:
            return False
        if last.kind == "post" and last.tail in _BARE_TAILS and element.conjunction == ",":
            return True  # "Giám đốc các Sở, ngành"
        classlike = last.kind in ("class", "person") or (last.kind == "post" and not last.named)
        if last.kind == "post" and last.last - last.first <= 2 and element.kind != "person":
            classlike = False
        if not classlike:
            return False
        if last.kind == "class" and element.kind == "person" and element.determiner:
            return False
        return element.conjunction == "," or not element.determiner
    return False


def noun_phrase(sequence: Sequence[Token], index: int) -> NounPhrase | None:
    """The names that begin at token ``index``, up to the verb that follows; None when no name begins there."""
    element = _element(sequence, index, "", False)
    if element is None:
        return None
    elements = [element]
    position = element.last
    while position < len(sequence) and len(elements) < 60:
        word = sequence[position].word
        step = position + 1
        if word == "," and step < len(sequence) and sequence[step].word in ("và", "cùng"):
            word, step = "và", step + 1
        if word not in (",", ";", "và", "cùng"):
            break
        if word == "cùng" and (step >= len(sequence) or head_at(sequence, step) is None):
            break
        following = _element(sequence, step, "và" if word == "cùng" else word, elements[-1].kind != "body" or elements[-1].head in _TERRITORY or elements[-1].tail in _AREAS)
        if following is None:
            break
        before = elements[-1]
        if following.kind == "area" and not following.determiner and before.kind not in ("area", "post", "class") and (
            before.head not in _TERRITORY and before.tail not in _AREAS
        ):
            break
        elements.append(following)
        position = following.last
    if any(sequence[e.first].word == "đồng" for e in elements[1:]):
        # "đồng chí A, Phó Trưởng ban, đồng chí B": a post between two persons is the first one's
        elements = [e for e in elements if e is elements[0] or e.kind != "post" or e.conjunction != ","]
    groups: list[list[_Element]] = []
    for item in elements:
        if groups and _joins(groups[-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
    names: list[Name] = []
    for group in groups:
        first, last = _trimmed(sequence, group[0].first, group[-1].last)
        if last > first:
            names.append(Name(first, last, sequence[first].start, sequence[last - 1].end, group[0].kind))
    if not names:
        return None
    return NounPhrase(tuple(names), index, elements[-1].last)


_FORMS_OF_ADDRESS = (("các", "ông", "(", "bà", ")"), ("ông", "(", "bà", ")"), ("các", "ông"), ("ông",), ("bà",), ("đồng", "chí"), ("đ", "/", "c"))


def _trimmed(sequence: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The name without a form of address before a post, and without marks at its end."""
    for form in _FORMS_OF_ADDRESS:
        if tuple(t.word for t in sequence[first : first + len(form)]) == form:
            after = first + len(form)
            if after < last and sequence[after].word == ":":
                after += 1
            found = lexicon.bodies().match(sequence, after)
            if found is not None and found[1] == "post" and after < last:
                first = after
            break
    while last > first and sequence[last - 1].word in (",", ";", ":", "-", "và", "."):
        last -= 1
    return first, last


def names_in(text: str) -> list[str]:
    """The names in a piece of text that is nothing but names: a heading, a table cell ("Sở Y tế; UBND các xã")."""
    sequence = tokens(text)
    found: list[str] = []
    index = 0
    while index < len(sequence):
        phrase = noun_phrase(sequence, index)
        if phrase is None:
            index += 1
            continue
        found.extend(text[name.start : name.end] for name in phrase.names)
        index = max(phrase.last, index + 1)
    return found
