"""How a cited document stands to the letter, or to the citation in whose title it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.letter import Relation
from models.lexicons import table
from models.references import lexicon
from models.references.folding import low as fold_low
from models.references.mention import Mention
from models.references.view import View
from models.text import fold

_ROWS = table("ref_relations")
_START = {fold(r["trigger"]).lower(): r["relation"] for r in _ROWS if r["place"] == "start"}
_NEAR = {(fold(r["trigger"]).lower(), r["own"]): r["relation"] for r in _ROWS if r["place"] == "near"}
_LEAD_IN = (
    r"\s*(?:[-+*•]\s*|\d{1,2}(?:\.\d{1,2})*[.)]?\s+|[a-z]\)\s*|\(\d+\)\s*|[ivx]{1,5}\.\s*)?"
    r"(?:(?:ngay\s+[\d/.\-]{6,10}\s*,?\s*)?(?:va|de|nham|dong\s+thoi|cung\s+voi|viec|tiep\s+tuc|khan\s+truong)\s+)?"
)
_START_TRIGGER = re.compile(rf"{_LEAD_IN}(?P<t>{lexicon.alternation(_START)})(?![a-z])")
_FILL = (
    r"(?:\s*,?\s*(?:bo\s+sung|sua\s+doi|thay\s+the|bai\s+bo|mot\s+so|dieu|khoan|muc|diem|noi\s+dung|cac|cua|tai"
    r"|toan\s+bo|mot\s+phan|quy\s+dinh|va|hieu\s+luc"
    r"|thi\s+hanh|co\s+hieu\s+qua|hieu\s+qua|nghiem\s+tuc|nghiem|day\s+du|kip\s+thoi|tot|quyet\s+liet|dong\s+bo"
    r"|theo|duoc|so|\d{1,3}|[a-z]|phu\s+luc|doi\s+voi|chi\s+dao)(?![a-z]))*\s*"
)
_NEAR_TRIGGER = re.compile(rf"(?<![a-z])(?P<t>{lexicon.alternation(t for t, _ in _NEAR)})(?![a-z])(?P<fill>{_FILL})")
_PASSIVE = re.compile(r"duoc\s+$|boi\s+$")
_PROMULGATED_WITH = re.compile(
    r"(?:ban\s+hanh|quy\s+dinh|qui\s+dinh|neu|phu\s+luc\s*[ivx\d]*|danh\s+muc|bieu\s+mau|mau"
    r"|ho\s+so)\s+(?:tai\s+)?(?:gui\s+)?kem\s+theo\s*(?:cac\s+)?$"
)
_RECEIVED = re.compile(r"(?<![a-z])(?P<t>nhan\s+duoc|tiep\s+nhan)\s+(?:cac\s+)?[a-z\s]{0,60}[:(]?\s*$")
_ENCLOSED_AFTER = re.compile(
    r"[^;.¶()]{0,4}\((?:xin\s+)?(?:gui\s+kem|kem\s+theo|dinh\s+kem|ban\s+chup\s+kem"
    r"|co\s+(?:ban\s+)?[a-z\s]{0,24}kem|sao\s+gui|ban\s+sao\s+kem)"
)
_HAS_SENT = re.compile(
    r"co\s+y\s+kien\s+nhu\s+sau|tra\s+loi\s+nhu\s+sau|co\s+y\s+kien(?:\s+chi\s+dao)?\s+nhu|tra\s+loi\s*:"
)
_SUPERIOR = re.compile(
    r"theo\s+de\s+nghi\s+cua\s+(?:bo|chinh\s+phu|thu\s+tuong|van\s+phong\s+chinh\s+phu|quoc\s+hoi"
    r"|ban\s+bi\s+thu|bo\s+chinh\s+tri|thanh\s+tra\s+chinh\s+phu|tong\s+lien\s+doan|uy\s+ban\s+dan\s+toc"
    r"|ngan\s+hang\s+nha\s+nuoc)(?![a-z])"
)
_OPENING_END = re.compile(
    r"¶\s*(?:1\.|1\)|a\)|i\.|i\s*-|dieu\s+1|-\s)|(?:nhu\s+sau|sau\s+day|de\s+nghi|yeu\s+cau|noi\s+dung"
    r"|quyet\s+dinh|nghi\s+quyet|chi\s+thi|ket\s+luan)\s*:"
)
_WORD = re.compile(r"[a-z\d]+")
_UNIT_WORDS = frozenset({"khoan", "phan", "chuong", "tiet", "quy", "dinh"})
_AT_RULE = re.compile(_LEAD_IN + r"(?:theo|tai|doi\s+chieu\s+voi|truoc\s+do\s*,)(?![a-z])")
"""The head of a sentence that says what the rules are: "Theo khoản 4 Điều 3 Thông tư …"."""
_AT = re.compile(_LEAD_IN + r"tai\s+(?:cac\s+)?$")
_ORDERS_AT = re.compile(r"(?:thuc\s+hien|trien\s+khai)[a-z\s,]{0,60}\schi\s+dao[a-z\s]{0,50}\stai\s+(?:cac\s+)?$")
"""A letter that calls for what its own issuer ordered before follows that up: "thực hiện các chỉ đạo … tại …"."""
_AS_FOLLOWS = re.compile(r"nhu\s+sau")
_ANSWERS = re.compile(r"(?:y\s+kien|tra\s+loi|huong\s+dan)(?:\s+[a-z]+){0,3}\s+$")
"""What stands before "như sau" where a letter begins to answer."""
_NORMATIVE = frozenset({"luật", "bộ luật", "pháp lệnh", "hiến pháp", "nghị định", "thông tư", "thông tư liên tịch"})
_ABOVE = re.compile(
    r"(?:chinh\s+phu|thu\s+tuong|van\s+phong\s+(?:chinh\s+phu|trung\s+uong|tinh\s+uy|ubnd|uy\s+ban\s+nhan\s+dan"
    r"|doan\s+dbqh|quoc\s+hoi)|quoc\s+hoi|bo|ban\s+bi\s+thu|ban\s+thuong\s+vu|ban\s+to\s+chuc\s+trung\s+uong|tinh\s+uy"
    r"|thanh\s+uy|huyen\s+uy|tong\s+cuc|tong\s+lien\s+doan|(?:chu\s+tich\s+)?(?:ubnd|uy\s+ban\s+nhan\s+dan)"
    r"\s+(?:tinh|thanh\s+pho|huyen|quan|thi\s+xa))(?![a-z])"
)
"""Bodies whose letters are orders to most who cite them in the opening of a letter."""
_ACCORDING_TO = re.compile(_LEAD_IN + r"theo\s+(?:cac\s+)?$")
_BASIS_LEAD = re.compile(r"(?:^|¶)\s*(?:[ivx]{1,4}[.)]|\d{1,2}[.)]?)?\s*(?:cac|nhung)?$")
_BASIS_HEADING = re.compile(
    r"co\s+so\s+phap\s+ly(?=[\s:¶])\s*:?|can\s+cu(?:\s+phap\s+ly[^¶;,]{0,30}"
    r"|\s+lap[^¶;,]{0,30}|\s+xay\s+dung[^¶;,]{0,30})?\s*:?\s*(?=¶)"
)
_ENDED_LIST = re.compile(
    r"(?P<t>bai\s+bo|huy\s+bo|thay\s+the)\s+(?:toan\s+bo\s+)?(?:cac|nhung|\d{1,2})\s+(?:[a-z]+\s+){1,8}(?:sau|sau\s+day)\s*:"
)
_ARTICLE = re.compile(r"¶\s*(?:dieu\s+\d|noi\s+nhan)")
_HEADING = re.compile(r"¶\s*(?:[IVX]{1,4}\.|\d{1,2}\.)\s+[^a-z]")
_TURNS = re.compile(
    rf",\s*(?:yêu cầu|đề nghị|giao|kính|xin|{lexicon.BODY_HEAD.pattern}[^,;]{{0,90}}?\s(?:đề nghị|yêu cầu|giao"
    rf"|đã|ban hành|báo cáo))"
)
_PART = re.compile(r"[;,]")
_TELLS = frozenset({"báo cáo", "biên bản", "quyết định", "nghị quyết", "nghị định", "thông tư", "luật"})
"""Types that tell or decide: "theo …" in their opening is a reason, not an order that they carry out."""
_COMMANDS = frozenset({"chỉ thị", "công điện"})
"""Types with which a body follows up what it ordered before."""
DECIDES = frozenset({"quyết định", "nghị quyết", "nghị định", "thông tư"})
_NESTED = (
    (re.compile(r"(?<![a-z])(?:thay\s+the)\s"), Relation.THAY_THE),
    (re.compile(r"(?<![a-z])(?:bai\s+bo|huy\s+bo|thu\s+hoi)\s"), Relation.BAI_BO),
    (re.compile(r"(?<![a-z])(?:sua\s+doi|bo\s+sung|dieu\s+chinh|dinh\s+chinh)"), Relation.SUA_DOI),
    (
        re.compile(
            r"(?<![a-z])(?:thuc\s+hien|trien\s+khai|thi\s+hanh|quy\s+dinh\s+chi\s+tiet|quy\s+dinh\s+chi\s+tiet"
            r"|huong\s+dan|cu\s+the\s+hoa)"
        ),
        Relation.DUOC_TRIEN_KHAI_BOI,
    ),
)


def listed_regions(view: View) -> list[tuple[int, int, Relation]]:
    """Spans of lists under a heading that gives every document in them one relation.

    "Căn cứ pháp lý" up to the next heading with a number; "Bãi bỏ các văn bản sau đây:" up to the next article.
    """
    out: list[tuple[int, int, Relation]] = []
    for m in _BASIS_HEADING.finditer(view.low):
        start = m.start()
        while view.low[start - 1 : start] == " ":
            start -= 1
        if not _BASIS_LEAD.search(view.low, max(0, start - 120), start):
            continue
        following = _HEADING.search(view.flat, m.end())
        out.append((m.end(), following.start() if following else len(view.flat), Relation.CAN_CU))
    for m in _ENDED_LIST.finditer(view.low):
        following = _ARTICLE.search(view.low, m.end())
        relation = Relation.THAY_THE if m["t"].startswith("thay") else Relation.BAI_BO
        out.append((m.end(), following.start() if following else len(view.flat), relation))
    return out


@dataclass(frozen=True)
class Plan:
    """How the letter is built, as far as relations ask."""

    opening_end: int
    """End of the opening: where the letter's items begin, or the words that announce them ("như sau:")."""
    answers_from: int
    """Where it begins to answer or explain ("có ý kiến như sau"); the end of the text if it does not."""


def plan_of(view: View) -> Plan:
    """The plan of a letter."""
    to = view.low.find("kinh gui", 0, 4000)
    opening = _OPENING_END.search(view.low, max(to, 0) + 40)
    end = len(view.low)
    announced = (m.start() for m in _AS_FOLLOWS.finditer(view.low))
    answers = next((at for at in announced if _ANSWERS.search(view.low, max(0, at - 60), at)), end)
    return Plan(opening.start() if opening else end, answers)


def letter_relation(
    view: View,
    mention: Mention,
    run_start: int,
    before: Relation | None,
    letter_type: str | None,
    plan: Plan,
    *,
    own: bool = False,
    again: bool = False,
) -> Relation:
    """The relation of a citation in the letter's own sentence.

    ``run_start`` is where its enumeration begins, ``before`` the relation of the citation before it in the same
    sentence, ``letter_type`` the type of the letter itself, ``plan`` how it is built, ``own`` whether the letter's own issuer wrote it,
    ``again`` whether the letter has cited it before.
    """
    low = view.low
    sentence = _sentence_start(view, run_start)
    near = _near(low, max(sentence, run_start - 110), run_start, letter_type)
    if near in (Relation.THAY_THE, Relation.BAI_BO, Relation.SUA_DOI, Relation.KEM_THEO):
        return near
    if view.zone_at(mention.start) == "legal_basis":
        return Relation.CAN_CU
    part = _part_start(view, sentence, run_start)
    told = letter_type == "báo cáo" and sentence > _lead_end(view)
    for at in (part, sentence):
        m = _START_TRIGGER.match(low, at, run_start)
        if m and (at == part or run_start - at < 260) and not _TURNS.search(view.flat, m.end(), run_start):
            relation = _by_start(m, low, letter_type)
            if relation is Relation.THUC_HIEN and own and letter_type in _COMMANDS:
                return Relation.TIEP_THEO
            return Relation.VIEN_DAN if told and relation is Relation.THUC_HIEN else relation
    if letter_type in DECIDES and _ACCORDING_TO.match(low, part, run_start):
        return Relation.CAN_CU
    if before is not None and run_start - part < 14 and view.flat[max(0, part - 1)] in ";,":
        return before
    opening = mention.start < plan.opening_end
    if near is Relation.THUC_HIEN and (told or not (opening or again)):
        return Relation.VIEN_DAN
    if near is Relation.TRA_LOI and _ENCLOSED_AFTER.match(low, mention.full_end):
        return Relation.KEM_THEO
    if near:
        return near
    if (m := _RECEIVED.search(low, max(sentence, run_start - 110), run_start)) is not None:
        return (
            Relation.THUC_HIEN
            if m["t"].startswith("tiep")
            else Relation.CAN_CU
            if letter_type == "giấy mời"
            else Relation.TRA_LOI
        )
    sent = any(mark.startswith("verb:") for mark in mention.marks) and letter_type in (None, "công văn")
    if sent and sentence < _lead_end(view) and _HAS_SENT.search(low, mention.end, mention.end + 700):
        return Relation.TRA_LOI
    if _ENCLOSED_AFTER.match(low, mention.full_end):
        return Relation.KEM_THEO
    return _without_trigger(view, mention, run_start, part, letter_type, plan, own=own)


def _without_trigger(
    view: View, mention: Mention, run_start: int, part: int, letter_type: str | None, plan: Plan, *, own: bool
) -> Relation:
    """The relation where no word names it: what the citation's place, kind and issuer say."""
    low = view.low
    opening = mention.start < plan.opening_end
    verb = any(mark.startswith("verb:") for mark in mention.marks)
    if own and (verb or _ORDERS_AT.search(low, max(0, run_start - 160), run_start)):
        return Relation.TIEP_THEO
    if mention.type in _NORMATIVE:
        rules = part > 0 and _names_rules(view, part, run_start) and (opening or plan.answers_from < part)
        return Relation.CAN_CU if rules else Relation.VIEN_DAN
    if not opening or letter_type in _TELLS:
        return Relation.VIEN_DAN
    if mention.type != "quyết định" and _ACCORDING_TO.match(low, part, run_start):
        return Relation.THUC_HIEN
    ordered = mention.issuer is not None and bool(_ABOVE.match(fold_low(mention.issuer.name)))
    if ordered and not own and (verb or _AT.match(low, part, run_start)):
        return Relation.THUC_HIEN
    return Relation.VIEN_DAN


def _names_rules(view: View, part: int, at: int) -> bool:
    """Whether nothing but "Theo khoản 4 Điều 3" and the like stands between the head of the sentence and ``at``."""
    m = _AT_RULE.match(view.low, part, at)
    return m is not None and all(len(w) <= 4 or w in _UNIT_WORDS for w in _WORD.findall(view.low, m.end(), at)[:24])


def _by_start(m: re.Match[str], low: str, letter_type: str | None) -> Relation:
    key = _key(m)
    if key == "theo de nghi":
        superior = _SUPERIOR.match(low, m.start("t"))
        return Relation.THUC_HIEN if superior and letter_type not in DECIDES else Relation.CAN_CU
    if key.startswith("sau khi xem") and letter_type in DECIDES:
        return Relation.CAN_CU
    return Relation(_START[key])


def _lead_end(view: View) -> int:
    """End of the part of the letter in which it says what it answers: the first paragraphs of the body."""
    to = view.low.find("kinh gui", 0, 4000)
    return max(to, 0) + 1500


def _sentence_start(view: View, at: int) -> int:
    base = max(0, at - 600)
    for end in view.sentence_ends_between(base, at):
        if not (view.flat[end - 1] == ":" and at - end < 6):
            return end
    return base


def _part_start(view: View, sentence: int, at: int) -> int:
    start = sentence
    for m in _PART.finditer(view.flat, sentence, at):
        if m[0] == ";" or _START_TRIGGER.match(view.low, m.end(), at):
            start = m.end()
    return start


_DRAFT = re.compile(r"du\s+thao")
_SENDS = re.compile(r"(?:^|[(;,.:¶-]|xin|va|duoc|de nghi)\s*$")
"""What stands before "kèm theo" when this letter encloses the document; after a noun it is the other's enclosure."""


def _near(low: str, base: int, at: int, letter_type: str | None) -> Relation | None:
    """The trigger right before a citation, with nothing but "một số điều của" and the like between."""
    if _PROMULGATED_WITH.search(low, max(base, at - 60), at):
        return None
    for m in _NEAR_TRIGGER.finditer(low, base, at):
        if m.end() == at and not _PASSIVE.search(low, max(base, m.start() - 8), m.start()):
            key = _key(m)
            found = _NEAR.get((key, letter_type or "")) or _NEAR.get((key, ""))
            if found == Relation.KEM_THEO and not _SENDS.search(low, max(0, m.start() - 12), m.start()):
                return None
            if found == Relation.SUA_DOI and _DRAFT.search(low, max(base, m.start() - 60), m.start()):
                return None
            return Relation(found) if found else None
    return None


def _key(m: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", m["t"])


_OBJECT = re.compile(
    _FILL[:-3] + r"(?:\s+(?:chi\s+tiet|bien\s+phap|ke\s+hoach|va|mot|thuc\s+hien|trien\s+khai|thi\s+hanh|huong\s+dan"
    r"|to\s+chuc|noi\s+dung|cua|cac|quy\s+dinh|ban\s+hanh\s+kem\s+theo|tai))*\s*" + _FILL
)


def nested_relation(view: View, outer: Mention, inner: Mention) -> Relation | None:
    """How the document cited inside a title stands to the document that bears the title; None when merely named."""
    if outer.title is None:
        return None
    lead = view.low[outer.title.start : inner.start]
    best: tuple[int, Relation] | None = None
    for pattern, relation in _NESTED:
        for m in pattern.finditer(lead):
            if (best is None or m.start() > best[0]) and _OBJECT.fullmatch(lead, m.end()):
                best = (m.start(), relation)
    if best is None or _DRAFT.search(lead, max(0, best[0] - 60), best[0]):
        return None
    return best[1]


_AMENDED_BY = re.compile(
    r"\s*,?\s*\(?\s*(?:da\s+)?duoc\s+(?P<how>sua\s+doi|bo\s+sung|thay\s+the|bai\s+bo"
    r"|dieu\s+chinh)[^;.¶]{0,60}?(?:boi|tai|theo|bang)\s*(?:cac\s+)?(?:khoan\s+\d+\s+)?(?:dieu\s+\d+\s+)?$"
)


def passive_relation(view: View, before: Mention, after: Mention) -> Relation | None:
    """ "A được sửa đổi, bổ sung bởi B": how A stands to B."""
    if not 0 < after.start - before.end < 140:
        return None
    m = _AMENDED_BY.fullmatch(view.low, before.end, after.start)
    if not m:
        return None
    how = m["how"]
    return (
        Relation.THAY_THE if how.startswith("thay") else Relation.BAI_BO if how.startswith("bai") else Relation.SUA_DOI
    )
