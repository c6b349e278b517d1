"""The command line as CONTRACT section 2 says: one line a file, in order, errors on their line, exit status."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from models.letter import Relation, TaskType
from service.table import RELATIONS, type_names
from tests.conftest import LETTER

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_extract_prints_one_object_a_line_in_order_and_goes_on_after_a_bad_file(congvan: Run, letter_file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "hong.pdf"
    bad.write_bytes(b"%PDF-1.7\n")
    second = tmp_path / "cv-2.txt"
    second.write_text(LETTER.replace("318/", "319/"), encoding="utf-8")
    done = congvan("extract", str(letter_file), str(bad), str(second), str(tmp_path / "khong-co.pdf"))
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"]["filename"] for line in lines] == ["cv-318.txt", "hong.pdf", "cv-2.txt", "khong-co.pdf"]
    assert [line.get("identifier", {}).get("value") for line in lines] == ["318/SYT-NVY", None, "319/SYT-NVY", None]
    assert {"code", "message"} <= set(lines[1]["error"])
    assert lines[3]["error"]["code"] == "not_found"
    assert "Traceback" not in done.stderr
    assert "hong.pdf" in done.stderr


def test_jobs_give_the_same_lines_in_the_same_order(congvan: Run, tmp_path: Path) -> None:
    names = []
    for number in range(400, 407):
        path = tmp_path / f"{number}.txt"
        path.write_text(LETTER.replace("318/", f"{number}/"), encoding="utf-8")
        names.append(str(path))
    one, two = congvan("extract", *names), congvan("extract", "--jobs", "2", *names)
    assert one.returncode == two.returncode == 0
    assert one.stdout == two.stdout
    assert len(one.stdout.splitlines()) == 7


def test_standard_input(congvan: Run) -> None:
    done = congvan("extract", "-", stdin=LETTER.encode())
    assert done.returncode == 0
    assert json.loads(done.stdout)["date"]["value"] == "2019-08-12"


def test_pretty_indents(congvan: Run, letter_file: Path) -> None:
    done = congvan("extract", "--pretty", str(letter_file))
    assert done.stdout.startswith('{\n  "schema_version": "1"')


def test_table_for_a_clerk_is_vietnamese(congvan: Run, letter_file: Path) -> None:
    done = congvan("extract", "--table", str(letter_file))
    for words in ("Trích yếu", "rà soát trang thiết bị y tế", "Kính gửi", "145/KH-UBND", "Nhiệm vụ", "2019-08-30", "rà soát"):
        assert words in done.stdout
    assert "ra_soat" not in done.stdout


def test_every_kind_of_duty_and_relation_has_a_vietnamese_name() -> None:
    for code in TaskType:
        assert type_names([code]) != str(code)
    assert set(RELATIONS) == set(Relation)


def test_wrong_usage_exits_2(congvan: Run) -> None:
    assert congvan("extract").returncode == 2
    assert congvan("extract", "--jobs", "0", "x").returncode == 2
    assert congvan("nothing-like-that").returncode == 2


def test_evaluate_scores_a_folder(congvan: Run, letter_file: Path) -> None:
    gold = {
        "id": "cv-318", "kind": "text", "doc_type": "công văn", "number": "318", "symbol": "SYT-NVY", "full_number": "318/SYT-NVY",
        "date": "2019-08-12", "place": "Khánh Sơn", "issuer": "Sở Y tế", "issuer_parent": "UBND tỉnh Khánh Sơn",
        "subject": "một trích yếu khác hẳn", "addressees": ["Các bệnh viện đa khoa tuyến tỉnh", "Trung tâm Y tế các huyện, thị xã"],
        "recipients": ["Như trên", "UBND tỉnh (để b/c)"], "archive_note": "VT, NVY",
        "signer": {"authority": "KT. GIÁM ĐỐC", "title": "PHÓ GIÁM ĐỐC", "name": "Phan Thanh Sơn"},
        "references": [{"text": "Kế hoạch số 145/KH-UBND", "type": "kế hoạch", "number": "145/KH-UBND", "date": "2019-06-20", "issuer": "Ủy ban nhân dân tỉnh", "title": None}],
        "tasks": [],
    }
    letter_file.with_suffix(".json").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
    done = congvan("evaluate", str(letter_file.parent), "--json", "--errors", "subject")
    assert done.returncode == 0, done.stderr
    report, _, errors = done.stdout.rpartition("}\n{")
    rows = json.loads(report + "}")["all"]
    for field in ("number", "symbol", "identifier", "date", "place", "issuer", "parent_body", "addressees", "recipients", "signer.name", "references tuple"):
        assert rows[field]["f1"] == 1, field
    assert rows["subject"]["f1"] == 0
    assert "một trích yếu khác hẳn" in errors


def test_evaluate_without_gold_says_what_to_do(congvan: Run, tmp_path: Path) -> None:
    done = congvan("evaluate", str(tmp_path))
    assert done.returncode == 1
    assert "<id>.json" in done.stderr


def test_schema_is_printed(congvan: Run) -> None:
    assert json.loads(congvan("schema").stdout)["title"] == "Extraction"


def test_tasks_as_table_csv_calendar_and_tracker(congvan: Run, letter_file: Path, tmp_path: Path) -> None:
    assert "2019-08-30" in congvan("tasks", str(letter_file)).stdout
    assert "Nội dung nhiệm vụ" in congvan("tasks", str(letter_file), "--as", "csv").stdout
    assert "BEGIN:VEVENT" in congvan("tasks", str(letter_file), "--as", "ics").stdout
    assert json.loads(congvan("tasks", str(letter_file), "--as", "tracker").stdout)
    book = tmp_path / "nhiem-vu.xlsx"
    assert congvan("tasks", str(letter_file), "--as", "xlsx", "--out", str(book)).returncode == 0
    assert book.read_bytes()[:2] == b"PK"
    assert congvan("tasks", str(letter_file), "--as", "xlsx").returncode == 2


def test_without_keys_the_service_stays_on_this_machine(congvan: Run) -> None:
    done = congvan("serve", "--no-auth", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "this machine only" in done.stderr
