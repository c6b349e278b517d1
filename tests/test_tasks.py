"""Tasks: sentences that direct, headings that lend their names, tables, invitations, and what must hold for any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.letter import Located, Reference, Task, TaskType, TypeLabel
from models.tasks import TaskContext, find_tasks

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    lines = [x for x in (DATA / name).read_text(encoding="utf-8").splitlines() if x.strip() and not x.startswith("#")]
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t") + [""] * len(head), strict=False)) for line in lines[1:]]


SENTENCES = rows("tasks_sentences.tsv")


def tasks_of(body: str, kind: str = "công văn", **fields: object) -> list[Task]:
    text = f"Kính gửi: Các đơn vị.\n\n{body}\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
    context = TaskContext(document_type=kind, date="2024-03-01", issuer="Ủy ban nhân dân tỉnh", **fields)  # type: ignore[arg-type]
    return find_tasks(text, context=context)


def explicit(task: Task) -> list[str]:
    return [a.value for a in task.assignees if a.explicit]


def test_the_table_is_large() -> None:
    assert len(SENTENCES) >= 300
    assert sum(r["tasks"] == "0" for r in SENTENCES) >= 40


@pytest.mark.parametrize("row", SENTENCES, ids=lambda r: r["sentence"][:60])
def test_sentence(row: dict[str, str]) -> None:
    found = tasks_of(row["sentence"], row["document_type"])
    assert len(found) == int(row["tasks"]), [t.text for t in found]
    if not found:
        return
    first = found[0]
    assert explicit(first) == [x for x in row["assignees"].split(";") if x] or explicit(first) == [row["assignees"]]
    if row["coordinators"]:
        assert [c.value for c in first.coordinators] == row["coordinators"].split(";")
    assert (first.deadline.date if first.deadline and first.deadline.date else "") == row["deadline"]
    if row["type"]:
        assert row["type"] in {t.label for t in first.types}


def test_items_take_the_name_of_their_heading() -> None:
    found = tasks_of(
        "Ủy ban nhân dân tỉnh yêu cầu các đơn vị thực hiện một số nhiệm vụ sau:\n"
        "1. Sở Y tế:\na) Rà soát cơ số thuốc tại các trạm y tế xã.\nb) Báo cáo kết quả trước ngày 15/3/2024.\n"
        "2. Sở Tài chính bố trí kinh phí mua sắm trang thiết bị.\n"
        "3. Tiếp tục tuyên truyền về phòng bệnh mùa hè trên hệ thống truyền thanh cơ sở.\n"
    )
    assert [t.item for t in found] == ["a", "b", "2", "3"]
    assert [explicit(t) for t in found] == [["Sở Y tế"], ["Sở Y tế"], ["Sở Tài chính"], []]
    assert [a.value for a in found[3].assignees] == ["các đơn vị"]
    assert not found[3].assignees[0].explicit
    assert found[1].deadline is not None
    assert found[1].deadline.date == "2024-03-15"


def test_addressees_act_where_nobody_is_named() -> None:
    found = tasks_of("Đề nghị báo cáo kết quả thực hiện về Sở Tư pháp trước ngày 20/3/2024.", addressees=["Các phòng tư pháp"])
    assert [(a.value, a.explicit) for a in found[0].assignees] == [("Các phòng tư pháp", False)]
    assert found[0].report_to is not None
    assert found[0].report_to.name == "Sở Tư pháp"


def test_a_deadline_of_the_lead_reaches_every_item() -> None:
    found = tasks_of(
        "Đề nghị Ủy ban nhân dân các xã thực hiện các nội dung sau, hoàn thành trước ngày 30/4/2024, cụ thể:\n"
        "1. Rà soát hộ nghèo trên địa bàn.\n2. Lập danh sách hộ cần hỗ trợ nhà ở.\n"
    )
    assert [t.deadline.date if t.deadline else None for t in found] == ["2024-04-30", "2024-04-30"]


def test_sections_of_purpose_direct_nothing() -> None:
    found = tasks_of(
        "I. MỤC ĐÍCH, YÊU CẦU\n- Nâng cao nhận thức của người dân về phòng cháy.\n- Bảo đảm tiết kiệm, hiệu quả.\n"
        "II. TỔ CHỨC THỰC HIỆN\n1. Công an huyện\n- Kiểm tra các cơ sở kinh doanh có nguy cơ cháy cao.\n"
        "2. Phòng Tài chính - Kế hoạch\n- Bố trí kinh phí mua phương tiện chữa cháy.\n",
        "kế hoạch",
    )
    assert [explicit(t) for t in found] == [["Công an huyện"], ["Phòng Tài chính - Kế hoạch"]]


def test_a_closing_repeats_only_beside_other_tasks() -> None:
    closing = "Đề nghị các đơn vị nghiêm túc triển khai thực hiện."
    assert len(tasks_of(closing)) == 1
    assert len(tasks_of(f"Đề nghị các đơn vị thực hiện một số nội dung sau:\n1. Rà soát hồ sơ cán bộ, công chức.\n2. Gửi báo cáo về Sở.\n{closing}")) == 2


def test_an_invitation_with_its_list() -> None:
    found = tasks_of(
        "Sở Nội vụ trân trọng kính mời:\n- Đại diện lãnh đạo Sở Tài chính;\n- Trưởng phòng Nội vụ các huyện;\n"
        "Tới dự hội nghị triển khai công tác bầu cử.\nThời gian: 8 giờ 00 ngày 20/3/2024.\n",
        "giấy mời",
    )
    assert len(found) == 1
    assert explicit(found[0]) == ["Đại diện lãnh đạo Sở Tài chính", "Trưởng phòng Nội vụ các huyện"]
    assert [t.label for t in found[0].types] == [TaskType.CU_NGUOI]
    assert found[0].deadline is None


def test_labelled_fields_complete_a_task() -> None:
    found = tasks_of(
        "III. NHIỆM VỤ CỤ THỂ\n1. Xây dựng cơ sở dữ liệu dùng chung của tỉnh\n- Cơ quan chủ trì: Sở Khoa học và Công nghệ.\n"
        "- Cơ quan phối hợp: Công an tỉnh.\n- Thời gian hoàn thành: Quý III/2024.\n",
        "kế hoạch",
    )
    assert len(found) == 1
    assert explicit(found[0]) == ["Sở Khoa học và Công nghệ"]
    assert [c.value for c in found[0].coordinators] == ["Công an tỉnh"]
    assert found[0].deadline is not None
    assert found[0].deadline.date == "2024-09-30"


def test_references_are_carried_out_by_the_task_that_mentions_them() -> None:
    body = "Đề nghị Sở Nội vụ triển khai thực hiện Kế hoạch số 12/KH-UBND. Giao Sở Tài chính bố trí kinh phí."
    text = f"Kính gửi: Các sở.\n\n{body}\n"
    start = text.index("Kế hoạch số")
    reference = Reference(id="r1", mentions=[Located(span=(start, start + 24))])
    found = find_tasks(text, context=TaskContext(date="2024-03-01"), references=[reference])
    assert [t.references for t in found] == [["r1"], []]


def test_a_classifier_replaces_the_rule_labels() -> None:
    class One:
        def predict(self, texts: list[str]) -> list[list[TypeLabel]]:  # type: ignore[override]
            return [[TypeLabel(label=TaskType.GOP_Y, confidence=0.7)] for _ in texts]

    found = find_tasks("Kính gửi: Sở Y tế.\n\nĐề nghị Sở Y tế báo cáo kết quả.\n", classifier=One())  # type: ignore[arg-type]
    assert [t.label for t in found[0].types] == [TaskType.GOP_Y]


def test_spans_give_back_the_words() -> None:
    text = "Kính gửi: Các sở.\n\nĐề nghị Sở Nội vụ tổng hợp\ndanh sách cán bộ, gửi về Ủy ban\nnhân dân tỉnh trước ngày 20/3/2024./.\n"
    task = find_tasks(text, context=TaskContext(date="2024-03-01"))[0]
    assert task.span is not None
    assert " ".join(text[task.span[0] : task.span[1]].split()) == task.text
    assert task.deadline is not None
    assert task.deadline.span is not None
    assert text[task.deadline.span[0] : task.deadline.span[1]] == "trước ngày 20/3/2024"


PIECES = st.sampled_from(
    ["Đề nghị ", "giao ", "Sở Nội vụ ", "các xã, phường ", "báo cáo ", "kết quả ", "trước ngày 20/3/2024", ". ", ";\n", "1. ", "- ", "a) ", ":\n",
     "Điều 2. ", "\n\n", "chủ trì, phối hợp với ", "UBND tỉnh ", "(", ")", "kính mời ", "TỔ CHỨC THỰC HIỆN\n", "không ", "và ", ", "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(["công văn", "quyết định", "kế hoạch", "giấy mời", "tờ trình", "báo cáo", "chỉ thị"]))
@settings(max_examples=200, deadline=None)
def test_any_order_of_words_is_read(text: str, kind: str) -> None:
    for task in find_tasks(text, context=TaskContext(document_type=kind, date="2024-03-01", issuer="UBND tỉnh")):
        assert task.span is not None
        assert 0 <= task.span[0] <= task.span[1] <= len(text)
        assert task.types
        assert task.text


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    find_tasks(text, context=TaskContext())


def test_long_letter_does_not_hang() -> None:
    unit = "1. Giao Sở Nội vụ chủ trì, phối hợp với Sở Tài chính rà soát, báo cáo trước ngày 20/3/2024.\nĐề nghị các xã {} gửi báo cáo.\n"
    text = "Kính gửi: Các sở.\n\n" + "".join(unit.format(i) for i in range(120))
    begin = time.process_time()
    assert len(find_tasks(text)) >= 120
    # only backtracking can take so long; speed is a matter of benchmarks
    assert time.process_time() - begin < 30
