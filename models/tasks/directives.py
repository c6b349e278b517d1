"""Directive constructions: "giao X chủ trì, phối hợp với Y V", "đề nghị X V", "X có trách nhiệm V", the bare imperative.

:func:`read` looks at one sentence and says whether it directs somebody, whom, together with whom, and from which word on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.canonical import Token
from models.tasks import lexicon
from models.tasks.names import Name, NounPhrase, head_at, noun_phrase

Kind = Literal["marker", "subject", "imperative", "execution", "invitation"]
_PREDICATE_WINDOW = 34
_HARD_STOPS = {"đã", "đang", "bị", "là", "vừa", "chưa", "sẽ", "vẫn"}
_TELLS = {"nhận", "thấy", "từng", "nêu", "cho", "thuộc", "gồm", "có", "tán", "nhất", "được"}
_PREAMBLES = (
    "căn cứ", "trên cơ sở", "để", "theo", "thực hiện", "khi", "sau khi", "nếu", "trường hợp", "trong", "định kỳ", "hằng", "hàng", "trước",
    "đối với", "ngoài ra", "đồng thời", "riêng", "từ", "nhằm", "tùy", "mỗi", "bên cạnh", "với", "qua", "tại", "đến", "ngay", "về",
    "chậm nhất", "tiếp tục", "nhận được", "xét", "sau", "cùng với", "nội dung", "hiện", "do",
)  # fmt: skip
_PREAMBLE = re.compile(rf"(?:{'|'.join(_PREAMBLES)})(?!\w)")
_EXECUTION = re.compile(
    r"(?:chịu trách nhiệm|có trách nhiệm|chiểu|căn cứ)(?: (?:tổ chức|triển khai|hướng dẫn|chỉ đạo|phối hợp|quyết định|nghị quyết)){0,3}"
    r" (?:thi ?hành|thực hiện)(?: (?:nghị quyết|quyết định|chỉ thị|thông tư|kế hoạch|văn bản|chương trình|quy định|quy chế|hướng dẫn|công điện))? ?(?:này|\W*$)"
    r"|(?<!\w)thi ?hành (?:quyết định|nghị quyết|chỉ thị|thông tư) này"
)


@dataclass(frozen=True, slots=True)
class Directive:
    """What one sentence directs. Token indexes are within the sentence's tokens."""

    kind: Kind
    start: int
    """Token at which the task begins: the subject of the marker, the marker, the acting body or the verb."""
    names: tuple[Name, ...] = ()
    coordinators: tuple[Name, ...] = ()
    predicate: int = 0
    """Token at which the duty itself begins."""
    force: str = "order"
    opens: bool = False
    """The sentence ends with a colon: the duties come in the items below."""
    has_verb: bool = True
    """False for "Đề nghị Sở Y tế:", where only the name stands."""
    reporter: NounPhrase | None = field(default=None, compare=False)
    """Who directs ("UBND tỉnh" in "UBND tỉnh yêu cầu …")."""
    together: bool = False
    negated: bool = False


def _words(sequence: Sequence[Token], first: int, last: int) -> str:
    return " ".join(t.word for t in sequence[max(first, 0) : last])


def _negative(sequence: Sequence[Token], index: int, marker: str) -> bool:
    pairs = lexicon.negatives()
    for length in (1, 2, 3):
        if index >= length:
            before = _words(sequence, index - length, index)
            if (before, "*") in pairs or (before, marker) in pairs:
                return True
    return False


def predicate_after(sequence: Sequence[Token], index: int, *, permitted: bool = False) -> int | None:
    """The token of the first verb of duty after a subject that ends at ``index``; None when it does nothing directive.

    Adverbs, "căn cứ …", "theo chức năng, nhiệm vụ" and the names one works with may stand between.
    """
    position = index
    limit = min(len(sequence), index + _PREDICATE_WINDOW)
    while position < limit:
        word = sequence[position].word
        if word in _HARD_STOPS and not sequence[position].capital:
            return None
        if word == "được" and position == index and permitted:
            position += 1
            continue
        if word in (".", ";", "?") or (position == index and word in _TELLS and _tells(sequence, position)):
            return None
        verb = lexicon.verb_at(sequence, position)
        if verb is not None and not sequence[position].capital:
            return position
        adverb = lexicon.adverbs().match(sequence, position)
        if adverb is not None:
            position = adverb[0]
            continue
        position = lexicon.noun_at(sequence, position) or position + 1
    return None


def _tells(sequence: Sequence[Token], index: int) -> bool:
    """"nhận được …", "có văn bản số …": a subject that has done something, unless a phrase of duty begins so."""
    return lexicon.verb_at(sequence, index) is None and lexicon.adverbs().match(sequence, index) is None


_WITH = {"với", "cùng", "cùng với"}


def coordinators_in(sequence: Sequence[Token], start: int, stop: int, *, weak: bool = True) -> tuple[tuple[Name, ...], int]:
    """The bodies one works with ("phối hợp với Y", "cùng Y"), from all such places, and the token after the last."""
    found: list[Name] = []
    last = start
    index = start
    while index < stop:
        word = sequence[index].word
        after = index
        if word in ("phối", "kết") and index + 1 < stop and sequence[index + 1].word == "hợp":
            after = index + 2
            while after < stop and _words(sequence, after, after + 2) in ("chặt chẽ", "đồng bộ", "hiệu quả", "tích cực", "thường xuyên"):
                after += 2
            if _words(sequence, after, after + 2) in ("hoạt động", "công tác"):
                after += 2
            while after < stop and sequence[after].word in ("với", "cùng", "giữa", ","):
                after += 1
        elif (word == "thống" and _words(sequence, index, index + 3) == "thống nhất với") or (word == "trao" and _words(sequence, index, index + 3) == "trao đổi với"):
            after = index + 3
        elif weak and word == "cùng" and (index == 0 or sequence[index - 1].word in (",", "trì", "hợp") or index == start):
            after = index + 1
            if after < stop and sequence[after].word == "với":
                after += 1
        if after > index and after < stop:
            phrase = noun_phrase(sequence, after)
            if phrase is not None:
                found.extend(phrase.names)
                last = phrase.last
                index = phrase.last
                continue
            index = after
            continue
        index += 1
    return tuple(found), last


def _colon_at_end(sequence: Sequence[Token], index: int) -> bool:
    return index < len(sequence) and sequence[index].word == ":" and index >= len(sequence) - 2


def _subject_before(sequence: Sequence[Token], index: int) -> tuple[int, NounPhrase | None]:
    """Where the phrase that directs begins: the issuer right before the marker ("Chủ tịch UBND tỉnh | giao")."""
    for back in range(max(0, index - 24), index):
        if back and sequence[back - 1].word not in (",", ";", ":", ".", ")", "(") and back != 0:
            continue
        phrase = noun_phrase(sequence, back)
        if phrase is not None and phrase.last <= index:
            between = {t.word for t in sequence[phrase.last : index]}
            if not between - {"trân", "trọng", "kính", "nghiêm", "túc", "xin", "có", "ý", "kiến", "cũng", "tiếp", "tục", "(", ")", "-"}:
                return back, phrase
    return index, None


def _marker_directive(sequence: Sequence[Token], index: int, text: str) -> Directive | None:
    found = lexicon.markers().match(sequence, index)
    if found is None:
        return None
    end, force = found
    marker = _words(sequence, index, end)
    if lexicon.in_noun(sequence, index, end) or _negative(sequence, index, marker):
        return None
    start, reporter = _subject_before(sequence, index)
    position = end
    while position < len(sequence) and sequence[position].word in ("cho", "đến", "tới", ":", "rằng", "ngay", "và", "yêu", "cầu") and (
        position < end + 3
    ):
        if sequence[position].word == ":" and _colon_at_end(sequence, position):
            break
        position += 1
    phrase = noun_phrase(sequence, position)
    if phrase is not None and len(phrase.names) == 1 and phrase.last - phrase.first <= 3 and phrase.names[0].kind == "post":
        colon = phrase.last
        if colon + 1 < len(sequence) and sequence[colon].word == ":" and head_at(sequence, colon + 1) is not None:
            phrase = noun_phrase(sequence, colon + 1) or phrase  # "đề nghị Giám đốc: Sở A, Sở B …"
    if phrase is None:
        if force == "invite":
            return Directive("invitation", start, predicate=position, force=force, opens=_colon_at_end(sequence, position), reporter=reporter)
        if marker in ("giao", "chỉ đạo", "phân công", "chuyển", "cho phép", "xin", "kính xin", "mời", "kiến nghị", "lưu ý", "nhắc", "giao cho"):
            return None
        verb = predicate_after(sequence, position)
        free = index == 0 or reporter is not None or sequence[index - 1].word in (",", ";", ")")
        if verb is None or verb > position + 8 or not free:
            if _colon_at_end(sequence, position):
                return Directive("marker", start, predicate=position, force=force, opens=True, has_verb=False, reporter=reporter)
            return None
        return _completed(sequence, "marker", start, (), position, force, reporter)
    if force == "invite":
        return Directive("invitation", start, phrase.names, predicate=phrase.last, force=force, opens=sequence[-1].word == ":", reporter=reporter)
    if phrase.last >= len(sequence) or _colon_at_end(sequence, phrase.last):
        opens = phrase.last < len(sequence)
        if not opens and marker not in ("giao", "đề nghị", "yêu cầu", "phân công", "kính đề nghị", "kính trình"):
            return None
        return Directive("marker", start, phrase.names, (), phrase.last, force, opens, False, reporter)
    if marker == "kính trình" or marker == "kính xin":
        return Directive("marker", start, phrase.names, (), phrase.last, force, False, True, reporter)
    verb = predicate_after(sequence, phrase.last, permitted=force == "permit")
    if verb is None and not (marker in ("giao", "đề nghị", "yêu cầu", "kính đề nghị") and _acts(sequence, phrase.last)):
        return None
    if marker == "chuyển" and (index > 0 or verb is None):
        return None
    if marker == "chỉ đạo" and reporter is None:
        return None  # the imperative "Chỉ đạo …": who must direct is named elsewhere
    if marker in ("chỉ đạo", "kiến nghị", "xin", "chuyển", "cho phép", "lưu ý", "nhắc") and start == index and index > 0:
        return None  # a second verb of another sentence part
    return _completed(sequence, "marker", start, phrase.names, phrase.last, force, reporter)


def _acts(sequence: Sequence[Token], index: int) -> bool:
    """Something that may be a verb follows: a plain word that is no sign of a story told."""
    word = sequence[index].word
    return word.isalpha() and not sequence[index].capital and word not in _HARD_STOPS | _TELLS | {"để", "về", "tại", "theo", "của", "trong"}


def _completed(
    sequence: Sequence[Token], kind: Kind, start: int, names: tuple[Name, ...], after: int, force: str, reporter: NounPhrase | None
) -> Directive:
    opens = sequence[-1].word == ":"
    coordinators, _ = coordinators_in(sequence, after, len(sequence))
    return Directive(kind, start, names, coordinators, after, force, opens, True, reporter)


_DIRECTING = {"đề nghị", "kính đề nghị", "trân trọng đề nghị", "yêu cầu", "kiến nghị", "giao", "giao cho", "mời", "kính mời", "phân công",
              "trân trọng kính mời", "trân trọng mời", "kính trình", "kêu gọi", "kính mong"}  # fmt: skip


def _subject_directive(sequence: Sequence[Token], index: int) -> Directive | None:
    phrase = noun_phrase(sequence, index)
    if phrase is None:
        return None
    last = phrase.last
    if last >= len(sequence):
        return None
    if sequence[last].word == ":":
        if _colon_at_end(sequence, last):
            return Directive("subject", index, phrase.names, (), last, "order", True, False)
        # "Sở Y tế: Chỉ đạo các cơ sở …" - the duty begins after the colon
        verb = imperative_at(sequence, last + 1)
        return _completed(sequence, "subject", index, phrase.names, last + 1, "order", None) if verb is not None else None
    verb = predicate_after(sequence, last)
    if verb is None:
        return None
    if _words(sequence, verb, verb + 2) == "chủ trì" and all(not t.word[0].isalnum() for t in sequence[verb + 2 :]):
        return None  # "Đ/c Giám đốc Sở chủ trì" of an invitation
    for position in range(last, verb + 1):
        marker = lexicon.markers().match(sequence, position)
        if marker is not None and _words(sequence, position, marker[0]) in _DIRECTING and not (
            _negative(sequence, position, sequence[position].word) or lexicon.in_noun(sequence, position, marker[0])
        ):
            return None  # the issuer directs; the marker reading says whom
    return _completed(sequence, "subject", index, phrase.names, last, "order", None)


def subject_at(sequence: Sequence[Token]) -> Directive | None:
    """The directive of a clause that begins with who acts: a body, a post or a kind of bodies and a verb of duty."""
    if not sequence:
        return None
    directive = _subject_directive(sequence, 0)
    return directive if directive is not None and directive.has_verb and not directive.opens else None


def imperative_at(sequence: Sequence[Token], index: int = 0) -> int | None:
    """The token of the verb when the sentence begins with one (adverbs aside), else None."""
    position = index
    fallback: int | None = None
    while position < min(len(sequence), index + 14):
        verb = lexicon.verb_at(sequence, position)
        adverb = lexicon.adverbs().match(sequence, position)
        if verb is not None and fallback is None:
            fallback = position
        if verb is not None and (adverb is None or verb[0] > adverb[0] or verb[1].main):
            return position
        if adverb is None:
            if sequence[position].word in (",", "và") and position > index:
                position += 1
                continue
            return fallback
        position = adverb[0]
    return fallback


def read(sequence: Sequence[Token], text: str) -> list[Directive]:
    """The directives of one sentence, in order; empty when it directs nobody.

    ``sequence`` are the sentence's tokens; ``text`` its canonical text.
    """
    if not sequence:
        return []
    found: list[Directive] = []
    skip_until = -1
    # 1. A subject at the very start.
    first = _subject_directive(sequence, 0)
    if first is None and sequence[0].word == "riêng" and len(sequence) > 1:
        first = _subject_directive(sequence, 1)
    if first is not None:
        found.append(first)
        skip_until = first.predicate
    # 2. Markers anywhere.
    index = 0
    while index < len(sequence):
        if index >= skip_until:
            directive = _marker_directive(sequence, index, text)
            nested = bool(found) and 0 <= index - found[-1].predicate <= 2 and bool(found[-1].names)
            if directive is not None and not nested and not any(d.predicate >= directive.predicate for d in found):
                found.append(directive)
                index = max(index + 1, directive.predicate)
                continue
        index += 1
    if found:
        return found
    passed = _PASSES.search(text)
    if passed is not None:
        # "Văn phòng chuyển đơn (kèm theo) đến Chủ tịch UBND xã để xem xét, giải quyết"
        position = next((i for i, t in enumerate(sequence) if t.start >= passed.end()), len(sequence))
        phrase = noun_phrase(sequence, position) if position < len(sequence) else None
        if phrase is not None and phrase.last < len(sequence):
            return [Directive("marker", 0, phrase.names, (), phrase.last, "order")]
    if executes(text):
        # The names could not be read to their end (a scan, a slip): what stands before the duty is still who acts.
        verb = next((i for i in range(len(sequence)) if _words(sequence, i, i + 3) in ("chịu trách nhiệm", "có trách nhiệm")), None)
        if verb is not None and head_at(sequence, 0) is not None:
            names: list[Name] = []
            index = 0
            while index < verb:
                phrase = noun_phrase(sequence, index)
                if phrase is not None:
                    names.extend(n for n in phrase.names if n.last <= verb)
                    index = max(index + 1, phrase.last)
                else:
                    index += 1
            return [Directive("execution", 0, tuple(names), (), verb)]
    # 3. A subject after a preamble: "Trên cơ sở …, Sở Y tế theo dõi …".
    if _PREAMBLE.match(text.lstrip()):
        for position, token in enumerate(sequence[:-1]):
            if token.word in (",", ";") and head_at(sequence, position + 1) is not None:
                later = _subject_directive(sequence, position + 1)
                if (later is not None and not later.opens) or (later is not None and later.has_verb):
                    return [later]
    return []


_PASSES = re.compile(r"(?<!\w)chuyển (?:đơn|hồ sơ|văn bản|công văn|kiến nghị|phản ánh|nội dung|vụ việc)[^.;]{0,120}?(?:đến|tới|cho) (?=[^.;]{3,120}(?:để|xem xét|giải quyết))")


def executes(text: str) -> bool:
    """True for the execution clause of a decision: "… chịu trách nhiệm thi hành Quyết định này"."""
    return bool(_EXECUTION.search(text))
