"""A letter as a table for a clerk to read (``congvan extract --table``); its texts are Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

_FIELDS = (
    ("Loại văn bản", "document_type"), ("Số, ký hiệu", "identifier"), ("Ngày ban hành", "date"), ("Nơi ban hành", "place"),
    ("Cơ quan ban hành", "issuer"), ("Cơ quan chủ quản", "parent_body"), ("Trích yếu", "subject"), ("Độ khẩn", "urgency"), ("Độ mật", "secrecy"),
    ("Thẩm quyền ký", "signer.authority"), ("Chức vụ", "signer.title"), ("Người ký", "signer.name"), ("Lưu", "archive_note"),
)
RELATIONS = {
    "can_cu": "căn cứ", "thuc_hien": "thực hiện", "duoc_trien_khai_boi": "được triển khai bởi", "tra_loi": "trả lời", "kem_theo": "kèm theo",
    "sua_doi": "sửa đổi", "thay_the": "thay thế", "bai_bo": "bãi bỏ", "tiep_theo": "tiếp theo", "vien_dan": "viện dẫn",
}
_TYPES = {
    "tuyen_truyen": "tuyên truyền", "trien_khai": "triển khai", "phoi_hop": "phối hợp", "tham_muu": "tham mưu", "xay_dung_van_ban": "xây dựng văn bản",
    "kiem_tra": "kiểm tra", "bao_cao": "báo cáo", "gop_y": "góp ý", "cu_nguoi": "cử người", "khen_thuong": "khen thưởng", "kinh_phi": "kinh phí",
    "ra_soat": "rà soát", "giai_quyet": "giải quyết", "dao_tao": "đào tạo", "cung_cap": "cung cấp",
}


def type_names(codes: Iterable[str]) -> str:
    """Kinds of duty in words, by their codes (``bao_cao`` → "báo cáo"); a code without a name stays as it is."""
    return ", ".join(_TYPES.get(code, code) for code in codes)


def print_letter(letter: dict[str, Any], console: Console | None = None) -> None:
    """Print one extraction: fields with their confidence, lists, cited documents and tasks."""
    console = console or Console(highlight=False)
    table = Table(title=letter["source"].get("filename") or "văn bản", title_justify="left", show_header=True, expand=True)
    table.add_column("Trường", ratio=2, style="bold")
    table.add_column("Giá trị", ratio=8, overflow="fold")
    table.add_column("Tin cậy", justify="right", width=8)
    for label, path in _FIELDS:
        field: Any = letter
        for part in path.split("."):
            field = (field or {}).get(part)
        if field:
            table.add_row(label, str(field["value"]), f"{field['confidence']:.0%}")
    for label, name in (("Kính gửi", "addressees"), ("Nơi nhận", "recipients")):
        for index, item in enumerate(letter.get(name) or []):
            extra = " ".join(f"({x})" for x in (item.get("purpose"), item.get("note")) if x)
            table.add_row(label if index == 0 else "", f"{item['value']} {extra}".strip(), f"{item['confidence']:.0%}")
    console.print(table)
    _references(letter.get("references") or [], console)
    _tasks(letter.get("tasks") or [], console)
    for warning in letter.get("warnings") or []:
        console.print(f"[yellow]Lưu ý:[/yellow] {warning['message']}")


def _references(references: list[dict[str, Any]], console: Console) -> None:
    if not references:
        return
    table = Table(title="Văn bản được dẫn", title_justify="left", expand=True)
    for name, ratio in (("Mã", 1), ("Loại", 2), ("Số, ký hiệu", 3), ("Ngày", 2), ("Cơ quan", 3), ("Trích yếu", 6), ("Quan hệ", 2)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for ref in references:
        relation = RELATIONS.get(ref["relation"], ref["relation"]) + (f" ({ref['via']})" if ref.get("via") else "")
        table.add_row(ref["id"], *(ref.get(k) or "" for k in ("type", "identifier", "date", "issuer", "title")), relation)
    console.print(table)


def _tasks(tasks: list[dict[str, Any]], console: Console) -> None:
    if not tasks:
        return
    table = Table(title="Nhiệm vụ", title_justify="left", expand=True)
    for name, ratio in (("Mã", 1), ("Nội dung", 8), ("Giao cho", 4), ("Thời hạn", 2), ("Loại", 3)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for task in tasks:
        due = task.get("deadline") or {}
        who = "; ".join(a["value"] for a in task["assignees"])
        table.add_row(task["id"], task["text"], who, due.get("date") or due.get("text") or "", type_names(t["label"] for t in task["types"]))
    console.print(table)


def print_tasks(rows: list[dict[str, str]], console: Console | None = None) -> None:
    """The tasks of several letters, soonest first; those without a date at the end."""
    console = console or Console(highlight=False)
    table = Table(title="Nhiệm vụ", title_justify="left", expand=True)
    for name, ratio in (("Văn bản", 2), ("Nội dung", 8), ("Giao cho", 3), ("Phối hợp", 2), ("Thời hạn", 2), ("Loại", 2)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in sorted(rows, key=lambda r: (not r["due"], r["due"])):
        table.add_row(*(row[key] for key in ("letter", "text", "lead", "coordinators")), row["due"] or row["deadline"], type_names(row["types"].split(", ")))
    console.print(table)
