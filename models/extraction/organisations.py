"""Tên cơ quan: the bodies of the head's left column, told apart and written with official capitals."""

from __future__ import annotations

import re

from models.document import Line
from models.extraction.capitals import official_name
from models.extraction.fields import ZonedLines, located
from models.letter import FieldValue, TextOrigin, Zone
from models.text import fold, match_key, squeeze

# what can only go on with the name above it
_CONTINUES = re.compile(
    r"^(tinh|thanh pho|tp\b|t\.p|huyen|quan(?! (khu|doi|su))|thi xa|tx\b|[hqpx]\.|xa|phuong|thi tran|dac khu|viet nam|khu vuc|trung uong|to quoc|va|hoa hop|so \d|cua|va\b|&|-|trong|thuoc|cac|lan thu|khoa|nhiem ky)\b(?!\s*(uy|doan)\b)"
)
_STARTS = re.compile(
    r"^(uy ban|ubnd|ubmt|hdnd|hoi dong|so|bo|ban|bch|btv|phong|p\.|chi cuc|cuc|tong|cong ty|truong|van phong|vp|lien doan|ldld|hoi|doan|tinh (uy|doan)|thanh (uy|doan)|huyen (uy|doan)|quan (uy|doan)|thi (uy|doan)|"
    r"dang|chi bo|toa|vien|trung tam|tt|benh vien|tap doan|ngan hang|kho bac|bao hiem|bhxh|cong doan|cd|chi nhanh|chinh phu|thu tuong|quoc hoi|mat tran|cong an|quan|bo tu lenh|thanh tra|kiem toan|dai|hoc vien|dh|"
    r"to|doi|xi nghiep|nha may|hiep hoi|lien hiep|nha|bao|tap chi|dien luc|tieu ban|thuong truc|lien minh|hat|tram|cang|chu tich|doan dai bieu|quy|cdcs|thue|chi doan|lien chi|khoi|khoa|hdqt|tct|sy doan|su doan|trung doan|lu doan|dong|bqp|bca|btl|bch)\b"
)
# a committee's name goes before the name of the organisation it leads: "BAN CHẤP HÀNH TRUNG ƯƠNG / HỘI NÔNG DÂN VIỆT NAM"
_COMMITTEE = re.compile(r"^(ban chap hanh|bch|btv|ban thuong vu)( trung uong| tw)?$")
_INCOMPLETE = re.compile(r"(^(van phong|ban chap hanh|bch|truong|trung tam|hoi dong|ban quan ly|ban chi dao|chi nhanh|uy ban|bo|so|ban thuong vu|ban|thuong truc|phong|cong ty|lien doan|doan dai bieu|tap doan|tong cong ty|ngan hang|benh vien|hoc vien|vien|cuc|tong cuc|uy ban trung uong|bo tu lenh|bo chi huy|ban chi huy|hoi|dang uy|chi bo|dang bo|toa an|lien hiep|hiep hoi|chu tich)|\b(va|cua|cac|&)|[-,–])$")

_RULE = re.compile(r"^\W*[oO0]{1,4}\W*$")  # "-----o0o-----"
# liên tịch, liên ngành, liên sở, phối hợp: the type code of a letter that bodies issue together
_JOINT = re.compile(r"^(?:\d{4}/)?[A-ZĐ][A-ZĐa-zy]{0,3}(?:LT|LN|LS|LB|PH)(?=[-/.])|^LT(?=[-/.])")
# a unit that has no name of its own, so that it cannot be the upper body of what stands under it
_UNIT = re.compile(r"^(van phong|thanh tra|ban chap hanh|ban thuong vu|thuong truc|ban quan ly|ban quan ly du an|trung tam)$")


def starts_like_a_body(name: str) -> bool:
    """Whether a name begins with a kind of body (cơ quan, tổ chức) or the title of one."""
    return bool(_STARTS.match(fold(name).lower()))


# words that are a kind of body only under this tone: "PHÒNG NỘI VỤ", but not "PHONG TRÀO …"; "BÁO NHÂN DÂN", but not "BẢO VỆ …"
_TONED = {
    "bao": ("báo", "bảo hiểm"), "bo": ("bộ",), "phong": ("phòng",), "doi": ("đội",), "quy": ("quỹ", "qũy"), "khoi": ("khối",), "to": ("tổ",), "hoi": ("hội",), "dai": ("đài", "đại"),
    "dang": ("đảng",), "doan": ("đoàn",), "vien": ("viện",), "tram": ("trạm",), "nha": ("nhà",), "so": ("sở",), "quan": ("quân", "quận"), "dong": (), "cang": ("cảng",), "ban": ("ban",),
}  # fmt: skip


def _begins_a_body(line: Line) -> bool:
    """The same of a printed line, whose tones tell words apart that fold alike; a recognised line's tones are not relied on."""
    text = squeeze(line.text)
    if not starts_like_a_body(text):
        return False
    if line.origin == TextOrigin.OCR or text.isascii():
        return True
    wanted = _TONED.get(fold(text).lower().split()[0])
    return wanted is None or match_key(text).startswith(tuple(match_key(word) for word in wanted))


def bodies(zoned: ZonedLines, symbol: str | None = None) -> tuple[FieldValue | None, FieldValue | None]:
    """Issuer and parent body (cơ quan ban hành, cơ quan chủ quản) from the head's lines, either None where not printed.

    ``symbol`` tells a joint letter (văn bản liên tịch, "KHLT-SGDĐT-CAT"): the bodies that it names issue it together, none is over another.
    """
    lines = [line for line in zoned.of(Zone.ISSUER, Zone.PARENT_BODY) if any(c.isalpha() for c in line.text) and not _RULE.match(line.text)]
    if any(line.side == "left" for line in lines):
        lines = [line for line in lines if line.side != "right"]
    if not lines:
        return None, None
    groups = _by_zone(zoned) or group_names(lines)
    together = _joint(group_names(lines), symbol)
    if together:
        joint = _field(zoned, [line for group in together for line in group])
        joint.value = " - ".join(_field(zoned, group).value for group in together)
        return joint, None
    issuer_group = groups[-1]
    parent_group = groups[-2] if len(groups) > 1 else None
    return _field(zoned, issuer_group), _field(zoned, parent_group) if parent_group else None


def _joint(groups: list[list[Line]], symbol: str | None) -> list[list[Line]]:
    """The groups that issue a joint letter together; empty where one body issues it."""
    if len(groups) < 2 or not symbol or not _JOINT.search(symbol):
        return []
    codes = re.split(r"[-/.]", symbol)[1:]
    named = [group for group in groups if any(code and _initials(group).startswith(code) for code in codes)]
    return named if len(named) > 1 else []


def _initials(group: list[Line]) -> str:
    """ "SỞ GIÁO DỤC VÀ ĐÀO TẠO" -> "SGDĐT", as symbols of letters name bodies."""
    words = re.findall(r"\w+", " ".join(line.text for line in group).upper())
    return "".join(word if word in ("UBND", "HĐND", "LĐLĐ", "BHXH", "MTTQ") else word[0] for word in words if word not in ("VÀ", "CỦA"))


def _by_zone(zoned: ZonedLines) -> list[list[Line]] | None:
    """Parent and issuer as the segmenter told them apart; None where it did not, or cut through a name ("BẢO HIỂM XÃ HỘI" / "VIỆT NAM")."""
    parent = zoned.first_run(Zone.PARENT_BODY)
    issuer = zoned.first_run(Zone.ISSUER)
    if not parent or not issuer or issuer[0].span < parent[0].span:
        return None
    if _CONTINUES.match(fold(squeeze(issuer[0].text)).lower()):
        return None
    above = fold(squeeze(parent[-1].text)).lower().strip(" *.")
    if re.search(r"(?:\b(?:va|cua|cac)|[,&–-])$", above) and len(issuer) > 1:
        return None
    if not _begins_a_body(issuer[0]) and any(_begins_a_body(line) for line in issuer[1:]):
        # the cut went through the name of the upper body: "CÔNG TY TNHH MTV" / "CẤP NƯỚC …"
        return None
    first = zoned.lines.index(parent[0]) == min(zoned.lines.index(line) for line in zoned.of(Zone.ISSUER, Zone.PARENT_BODY))
    if len(parent) == 1 and first and _UNIT.match(above) and parent[0].bold == issuer[0].bold:
        # "VĂN PHÒNG" over all: whose office it is stands under it
        return [parent + issuer]
    if len(issuer) > 1 and issuer[0].bold is not None and issuer[0].bold == parent[-1].bold and issuer[-1].bold != issuer[0].bold:
        # the cut went through a wrapped name of the upper body, which is set apart by its weight
        return None
    return [parent, issuer]


def group_names(lines: list[Line]) -> list[list[Line]]:
    """The lines of the left column grouped by body: a line that only continues a name joins the one above."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _joins(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _joins(group: list[Line], line: Line) -> bool:
    text = fold(squeeze(line.text)).lower()
    above = fold(squeeze(group[-1].text)).lower().strip(" *.")
    if _CONTINUES.match(text):
        return True
    if _COMMITTEE.match(above) and re.match(r"^(hoi|doan|cong doan|dang bo)\b", text):
        return True
    if line.bold is not None and group[-1].bold is not None and line.bold != group[-1].bold:
        return False
    if _INCOMPLETE.search(above) and not (line.bold and not group[-1].bold):
        only = _INCOMPLETE.search(above)
        # "VĂN PHÒNG" above another body's name is its beginning only when nothing stands over it
        return bool(only)
    return not _begins_a_body(line)


def _field(zoned: ZonedLines, group: list[Line]) -> FieldValue:
    document = zoned.document
    start, end = group[0].span[0], group[-1].span[1]
    while start < end and not (document.text[start].isalnum()):
        start += 1
    while end > start and not (document.text[end - 1].isalnum() or document.text[end - 1] == ")"):
        end -= 1
    name = squeeze(" ".join(line.text for line in group)).strip(" *-–—_.|:")
    field = located(document, name, (start, end), confidence=0.9, marks=True)
    field.value = official_name(field.value)
    return field
