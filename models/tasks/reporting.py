"""Whom the result goes to, through whom and by what address; and what is to be handed in (sản phẩm)."""

from __future__ import annotations

import re

from models.canonical import canonical, tokens
from models.letter import ReportTo
from models.tasks.names import noun_phrase

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_VERB = re.compile(
    r"(?<!\w)(?:(?:gửi|báo cáo|phản ánh|nộp|chuyển|thông báo|thông tin|đăng ký|phản hồi|trả lời|cung cấp|trình|kiến nghị)"
    r"(?: [^\W\d_]+){0,14}? (?:về|cho|tới|đến|đề nghị|lên|với)|(?:báo cáo|trình|gửi|nộp)(?: kịp thời| ngay)?) "
)
_VIA = re.compile(r"\(? ?(?:thông )?qua:? (?P<via>[^();,.]{3,80})")
_PRODUCT = re.compile(
    r"(?<!\w)(?:gửi|nộp|lập|xây dựng|ban hành|trình|hoàn thiện|soạn thảo|báo cáo|tham mưu ban hành|cung cấp|đăng ký|có)"
    r"(?: ngay| kịp thời)? (?P<what>(?:văn bản|danh sách|báo cáo|kế hoạch|phương án|đề án|dự thảo|dự toán|hồ sơ|tờ trình|biểu mẫu|số liệu"
    r"|phiếu|chương trình|quy chế|quyết định|chỉ thị|công văn|ý kiến|tài liệu|quy trình|danh mục|nghị quyết|hướng dẫn|kết quả)"
    r"(?: [^\W\d_]+){0,9})"
)
_PRODUCT_LABEL = re.compile(r"sản phẩm(?: đầu ra)? ?: ?(?P<what>[^.;]{3,120})")
_WHAT_ENDS = re.compile(r"(?<!\w)(?:về|gửi|trước|để|theo|cho|đến|tới|trong|tại|qua|và báo cáo|của|trình|chậm nhất|nêu|trên|bằng)(?!\w)")


def report_to(text: str) -> ReportTo | None:
    """Whom the task's result goes to; None when the task names nobody."""
    flat = canonical(text)
    sequence = tokens(text)
    starts = {t.start: i for i, t in enumerate(sequence)}
    for match in _VERB.finditer(flat):
        index = starts.get(match.end())
        if index is None:
            continue
        phrase = noun_phrase(sequence, index)
        if phrase is None:
            continue
        name = phrase.names[0]
        rest = flat[name.end : name.end + 160]
        via = _VIA.search(rest)
        email = EMAIL.search(text[name.end : name.end + 400])
        return ReportTo(
            name=re.sub(r"\s*\(.*", "", text[name.start : name.end]).strip() or text[name.start : name.end],
            email=email[0] if email else None,
            via=text[name.end + via.start("via") : name.end + via.end("via")].strip() if via else None,
        )
    return None


def deliverable(text: str) -> str | None:
    """What is to be handed in, as the task words it ("danh sách đại biểu"); None when it is no paper."""
    flat = canonical(text)
    found = _PRODUCT_LABEL.search(flat)
    if found is None:
        found = _PRODUCT.search(flat)
        if found is None:
            return None
        head = re.match(r"\w+(?: \w+)?", found["what"])
        after = head.end() if head else 0
        end = _WHAT_ENDS.search(found["what"], after)
        length = end.start() if end else len(found["what"])
        return text[found.start("what") : found.start("what") + length].strip(" ,") or None
    return text[found.start("what") : found.end("what")].strip(" ,.;")
