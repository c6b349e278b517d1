"""Examples for the documentation of the API: one letter written for it, and what the service says of it."""

from __future__ import annotations

from typing import Any

LETTER_ID = "5f0c6bb36a0d2f0f9f6c1d7e"
SHA256 = "5f0c6bb36a0d2f0f9f6c1d7e6a52ac1f1b2d5a9d0c8f2e4b7a6d3c1e9f8b7a65"
MOMENT = "2026-03-02T07:15:30.120000+00:00"
CURSOR = "WyItZGF0ZSIsICIyMDI2LTAzLTAyIl0"
JOB_ID = "9b1deb4d3b7d4bad9bdd2b0d"
TASK_ID = f"{LETTER_ID}-a1b2c3d4e5"
HOOK_ID = "c2f1a7d04e5b4c6d8e9f0a1b"
KEY_ID = "3a5f9c2b7d10"


def _field(value: str, text: str, start: int) -> dict[str, Any]:
    return {"value": value, "text": text, "span": [start, start + len(text)], "page": 1, "box": [72.0, 96.0, 72.0 + 6.0 * len(text), 110.4], "confidence": 0.98}


EXTRACTION: dict[str, Any] = {
    "schema_version": "1",
    "source": {"filename": "letter.pdf", "media_type": "application/pdf", "sha256": SHA256, "page_count": 1, "text_origin": "embedded", "legacy_encoding": None, "ocr": None},
    "text": "SỞ Y TẾ\nSố: 318/SYT-NVY\nV/v rà soát trang thiết bị y tế\n…",
    "pages": [{"number": 1, "width": 595.3, "height": 841.9, "rotation": 0, "text_origin": "embedded", "span": [0, 57]}],
    "segments": [{"zone": "issuer", "span": [0, 7], "page": 1, "box": [72.0, 72.0, 160.0, 86.0], "confidence": 0.99}],
    "document_type": {"value": "công văn", "code": "CV", "text": None, "span": None, "page": None, "box": None, "confidence": 0.98},
    "number": _field("318", "318", 12), "symbol": _field("SYT-NVY", "SYT-NVY", 16), "identifier": _field("318/SYT-NVY", "318/SYT-NVY", 12),
    "date": None, "place": None, "issuer": _field("Sở Y tế", "SỞ Y TẾ", 0), "parent_body": None,
    "subject": _field("rà soát trang thiết bị y tế", "rà soát trang thiết bị y tế", 28), "urgency": None, "secrecy": None, "archive_note": None,
    "signer": {"authority": None, "title": None, "name": None}, "addressees": [], "recipients": [], "references": [], "tasks": [], "warnings": [],
}
SUMMARY: dict[str, Any] = {
    "id": LETTER_ID, "sha256": SHA256, "filename": "letter.pdf", "added_at": MOMENT, "updated_at": MOMENT, "generation": 1, "model_version": "0.1.0+3f9a1c2b4d5e",
    "type_code": "CV", "document_type": "công văn", "identifier": "318/SYT-NVY", "date": "2026-02-12", "place": "Khánh Sơn", "issuer": "Sở Y tế",
    "subject": "rà soát trang thiết bị y tế", "urgency": None, "secrecy": None, "signer": "Phan Thanh Sơn", "page_count": 1, "text_origin": "embedded", "task_count": 2,
}
CORRECTION: dict[str, Any] = {"path": "subject", "value": "Rà soát trang thiết bị", "machine_value": "rà soát trang thiết bị y tế", "who": "chi.lan", "at": MOMENT, "applied": True}
JOB_FILE: dict[str, Any] = {"id": 1, "sha256": SHA256, "filename": "letter.pdf", "state": "done", "attempts": 1, "letter_id": LETTER_ID, "error": None}
BAD_FILE: dict[str, Any] = {
    "id": 2, "sha256": SHA256[::-1], "filename": "broken.pdf", "state": "failed", "attempts": 1, "letter_id": None,
    "error": {"code": "unreadable", "message": "The PDF cannot be opened.", "remedy": "Export or scan it again."},
}
JOB: dict[str, Any] = {
    "id": JOB_ID, "state": "running", "owner": KEY_ID, "created_at": MOMENT, "finished_at": None,
    "progress": {"total": 3, "queued": 1, "running": 0, "done": 1, "failed": 1, "cancelled": 0},
}
TASK: dict[str, Any] = {
    "id": TASK_ID, "letter_id": LETTER_ID, "task": "t2", "item": "2", "text": "Báo cáo kết quả về Sở Y tế trước ngày 30/8/2026.", "assignees": ["các đơn vị"],
    "types": ["bao_cao"], "deadline": "2026-08-30", "deadline_text": "trước ngày 30/8/2026", "status": "open", "owner": None, "updated_at": MOMENT,
    "identifier": "318/SYT-NVY", "issuer": "Sở Y tế",
}
LETTER: dict[str, Any] = {
    **EXTRACTION,
    "archive": {"id": LETTER_ID, "sha256": SHA256, "filename": "letter.pdf", "added_at": MOMENT, "updated_at": MOMENT, "generation": 2, "version": 1,
                "model_version": SUMMARY["model_version"], "corrections": [CORRECTION]},
}
REFERENCE: dict[str, Any] = {
    "id": "r1", "type": "kế hoạch", "identifier": "145/KH-UBND", "date": "2026-01-20", "issuer": "Ủy ban nhân dân tỉnh", "title": "đầu tư trang thiết bị y tế",
    "relation": "thuc_hien", "via": None, "confidence": 0.97, "letter": None,
}
GRAPH: dict[str, Any] = {
    "nodes": [{"id": LETTER_ID, "label": "318/SYT-NVY", "type": "công văn", "date": "2026-02-12", "stored": True},
              {"id": "stub:145/kh-ubnd", "label": "kế hoạch 145/KH-UBND", "type": "kế hoạch", "date": "2026-01-20", "stored": False}],
    "edges": [{"source": LETTER_ID, "target": "stub:145/kh-ubnd", "relation": "thuc_hien", "asserted_by": LETTER_ID, "matched_by": None, "confidence": None}],
}
STATS: dict[str, Any] = {
    "letters": 2, "pages": 3, "bytes": 120345, "near_duplicates": 0, "quarantine": 0, "by_type": {"CV": 2}, "by_year": {"2026": 2}, "by_issuer": {"Sở Y tế": 2},
    "tasks": {"open": 3, "done": 1}, "queue": {"done": 2},
}
WEBHOOK: dict[str, Any] = {
    "id": HOOK_ID, "url": "https://hooks.example.com/congvan", "events": ["letter.changed", "letter.deleted"], "owner": KEY_ID, "created_at": MOMENT, "disabled_at": None}
DELIVERY: dict[str, Any] = {
    "id": "0f1e2d3c4b5a69788796a5b4", "event": "letter.changed", "state": "done", "attempts": 1, "next_at": MOMENT, "last_status": 204, "last_error": None, "created_at": MOMENT,
    "finished_at": MOMENT}
KEY: dict[str, Any] = {"id": KEY_ID, "name": "văn thư", "scopes": ["write"], "created_at": MOMENT, "used_at": MOMENT, "revoked_at": None}
