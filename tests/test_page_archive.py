"""The pages of the archive in a real browser, on a service that asks for a key: list, correction, search, tasks, citations, uploads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.archive_seed import seed
from tests.browser import browser
from tests.browser import page as start
from tests.conftest import LETTER
from tests.serving import serving
from tests.test_page import TWO_DATES

__all__ = ["browser", "start"]
Ids = dict[str, str]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive")


@pytest.fixture(scope="module")
def ids(data: Path) -> Ids:
    return seed(data)


@pytest.fixture(scope="module")
def server(data: Path, ids: Ids) -> Iterator[str]:
    with serving(data) as base:
        yield base


@pytest.fixture
def page(start: Page, ids: Ids) -> Page:
    """A window that has the key."""
    start.evaluate("key => sessionStorage.setItem('congvan-key', key)", ids["key"])
    return start


@pytest.fixture
def go(page: Page) -> Callable[[str], Page]:
    def to(address: str) -> Page:
        page.evaluate("address => { location.hash = address; }", address)
        return page

    return to


def test_the_key_is_asked_for_once_checked_and_kept_in_the_tab_only(start: Page, ids: Ids, browser: Browser, server: str) -> None:
    start.click("#tabs a >> nth=1")
    dialog = start.get_by_role("dialog")
    expect(dialog).to_contain_text("Máy chủ này yêu cầu khóa truy cập")
    expect(dialog).to_contain_text("sessionStorage")
    dialog.locator("input").fill("cv_sai")
    dialog.locator("input").press("Enter")
    expect(start.get_by_role("alert")).to_contain_text("khóa truy cập hợp lệ")
    start.click("#key")
    dialog.locator("input").fill(ids["key"])
    dialog.locator(".primary").click()
    expect(start.locator(".letters li")).to_have_count(3)
    assert ids["key"] not in start.evaluate("JSON.stringify(localStorage) + document.cookie + location.href")
    other = start.context.new_page()
    other.goto(server + "/#/letters")
    expect(other.get_by_role("dialog")).to_be_visible()


def test_the_list_is_filtered_and_the_address_keeps_the_filter(go: Callable[[str], Page]) -> None:
    page = go("/letters")
    expect(page.locator(".letters li")).to_have_count(3)
    page.fill("[name=number]", "145 KH UBND")
    expect(page.locator(".letters li")).to_have_count(1)
    page.reload()
    expect(page.locator(".letters li")).to_have_count(1)
    page.fill("[name=number]", "9/XX")
    expect(page.locator(".empty")).to_contain_text("Không có văn bản nào khớp")


def test_a_correction_is_saved_with_who_and_the_machines_value(go: Callable[[str], Page], ids: Ids) -> None:
    page = go(f"/letters/{ids['letter-typed.pdf']}")
    row = page.locator(".row[data-place='subject']")
    row.locator(".row-main").press("F2")
    row.locator("textarea").fill("kiểm tra hồ chứa")
    row.locator("textarea").press("Control+Enter")
    expect(row).to_contain_text("Đã sửa; máy đọc: kiểm tra, bảo đảm")
    expect(page.locator(".sheet img").first).to_have_js_property("naturalWidth", 1400)
    page.reload()
    expect(row).to_contain_text("kiểm tra hồ chứa")
    expect(row).to_contain_text("(Lan, ")


def test_a_letter_that_somebody_else_has_changed_is_not_overwritten(go: Callable[[str], Page], ids: Ids, data: Path) -> None:
    from service.archive.store import Store

    page = go(f"/letters/{ids['plan.txt']}")
    row = page.locator(".row[data-place='signer.name']")
    expect(row).to_be_visible()
    store = Store.open(data)
    store.correct_field(ids["plan.txt"], "place", "Nơi khác", "Minh")
    store.close()
    row.locator(".row-main").dblclick()
    row.locator("input").fill("Ai Đó")
    row.locator("input").press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("vừa được người khác sửa")


def test_cited_letters_are_linked_and_drawn(go: Callable[[str], Page], ids: Ids) -> None:
    page = go(f"/letters/{ids['letter.txt']}")
    expect(page.locator(".held")).to_have_attribute("href", f"#/letters/{ids['plan.txt']}")
    page.click("text=Sơ đồ viện dẫn")
    expect(page.locator(".node.centre")).to_contain_text("318/SYT-NVY")
    cited = page.locator("a.node.stored")
    assert cited.bounding_box()["x"] < page.locator(".node.centre").bounding_box()["x"], "what is cited stands at the left"
    cited.click()
    expect(page.locator("h1")).to_have_text("Kế hoạch 145/KH-UBND")


def test_search_with_highlights_and_facets(go: Callable[[str], Page]) -> None:
    page = go("/search")
    page.fill("#q", "ho chua")
    expect(page.locator(".letters mark").first).to_have_text(re.compile("^hồ chứa$", re.IGNORECASE))
    page.fill("#q", '"trang thiết bị"')
    expect(page.locator(".letters li")).to_have_count(2)
    page.locator(".facet label", has_text="kế hoạch").click()
    expect(page.locator(".letters li")).to_have_count(1)
    page.reload()
    expect(page.locator(".letters li")).to_have_count(1)
    page.locator(".letters a").click()
    expect(page.locator("h1")).to_have_text("Kế hoạch 145/KH-UBND")


def test_a_wrong_query_says_how_to_mend_it(go: Callable[[str], Page]) -> None:
    page = go("/search")
    page.fill("#q", "nguoiki:An")
    expect(page.get_by_role("alert")).to_contain_text("nguoiki")


def test_tasks_are_moved_on_the_board_and_back(go: Callable[[str], Page]) -> None:
    page = go("/tasks")
    late = page.locator(".column.late .task-card", has_text="Báo cáo kết quả về Sở Y tế").first
    expect(late).to_contain_text("30/08/2019")
    before = page.locator(".task-card").count()
    late.locator("select").select_option("done")
    expect(page.locator("#toast")).to_contain_text("Đã xong")
    page.reload()
    expect(page.locator(".task-card")).to_have_count(before - 1)
    page.select_option("[name=which]", "done")
    expect(page.locator(".task-card")).to_have_count(1)
    page.locator(".task-card select").select_option("open")
    page.click("text=Hoàn tác")
    expect(page.locator(".task-card.done")).to_have_count(1)
    page.click("text=Theo người làm")
    expect(page.locator(".column h2").first).to_be_visible()


def test_other_readings_of_a_letter_of_the_archive_are_looked_for_when_asked(go: Callable[[str], Page], tmp_path: Path) -> None:
    page = go("/")
    (tmp_path / "hai-ngay.txt").write_text(TWO_DATES.replace("318/SYT", "999/SYT"), encoding="utf-8")
    page.check("input[name=keep][value=true]")
    page.set_input_files("#file", str(tmp_path / "hai-ngay.txt"))
    row = page.locator(".row[data-place='date']")
    row.locator(".row-main").press("F2")
    row.locator(".candidates button", has_text="Tìm cách đọc khác").click()
    row.locator(".candidates button", has_text="14/08/2019").click()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Đã sửa; máy đọc: 12/08/2019")


def test_a_task_is_moved_on_its_letter_too(go: Callable[[str], Page], ids: Ids) -> None:
    page = go(f"/letters/{ids['letter-typed.pdf']}")
    card = page.locator(".card.c-task", has_text="Bố trí kinh phí dự phòng")
    with page.expect_response(lambda answer: "/v1/tasks/" in answer.url) as waiting:
        card.locator("select").select_option("in_progress")
    assert waiting.value.ok
    page.reload()
    expect(card.locator("select")).to_have_value("in_progress")


def test_many_files_are_one_job_whose_progress_is_followed(go: Callable[[str], Page], tmp_path: Path) -> None:
    page = go("/")
    for number in range(3):
        (tmp_path / f"cv{number}.txt").write_text(LETTER.replace("318/SYT", f"{400 + number}/SYT"), encoding="utf-8")
    (tmp_path / "hong.pdf").write_bytes(b"%PDF-1.7 hong")
    page.check("input[name=keep][value=true]")
    page.set_input_files("#file", [*map(str, sorted(tmp_path.glob("*.txt"))), str(tmp_path / "hong.pdf")])
    expect(page.locator("h1")).to_have_text("Lần gửi 4 tệp")
    expect(page.locator(".letters li.done")).to_have_count(3, timeout=30_000)
    expect(page.locator(".letters li.failed")).to_contain_text("Tệp trống hoặc bị hỏng")
    assert page.get_attribute("progress", "value") == "4"
    page.locator(".letters li.done a").first.click()
    expect(page.locator(".notice", has_text="Gần trùng với")).to_contain_text("/SYT-NVY")
    expect(page.locator("h1")).to_have_text("Công văn 400/SYT-NVY")


def test_a_letter_that_was_only_read_is_kept_with_its_corrections(go: Callable[[str], Page], tmp_path: Path) -> None:
    page = go("/")
    (tmp_path / "doc.txt").write_text(LETTER.replace("318/SYT", "777/SYT"), encoding="utf-8")
    page.set_input_files("#file", str(tmp_path / "doc.txt"))
    row = page.locator(".row[data-place='signer.name']")
    row.locator(".row-main").press("F2")
    row.locator("input").fill("Phan Thanh Sơn Hải")
    row.locator("input").press("Enter")
    page.click("#keep")
    page.wait_for_url(re.compile(r"#/letters/[0-9a-f]{24}"))
    expect(row).to_contain_text("Phan Thanh Sơn Hải")


def test_a_letter_is_taken_away_in_other_forms_and_deleted_for_good(go: Callable[[str], Page], tmp_path: Path) -> None:
    page = go("/")
    page.check("input[name=keep][value=true]")
    (tmp_path / "xoa.txt").write_text(LETTER.replace("318/SYT", "888/SYT"), encoding="utf-8")
    page.set_input_files("#file", str(tmp_path / "xoa.txt"))
    expect(page.locator("h1")).to_have_text("Công văn 888/SYT-NVY")
    page.click("summary:has-text('Tải về')")
    with page.expect_download() as waiting:
        page.click("text=Bảng (CSV)")
    assert waiting.value.suggested_filename == "xoa.csv"
    assert "888/SYT-NVY" in Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    page.click("[aria-label='Xóa']")
    page.get_by_role("dialog").locator("button", has_text="Hủy").click()
    page.click("[aria-label='Xóa']")
    page.get_by_role("dialog").locator(".primary").click()
    expect(page.locator("h1")).to_have_text("Văn bản trong kho")
    expect(page.locator(".letters")).not_to_contain_text("888/SYT-NVY")


def test_figures_lead_to_lists(go: Callable[[str], Page]) -> None:
    page = go("/stats")
    expect(page.locator(".tile").first).to_contain_text("Văn bản trong kho")
    page.locator(".bars a", has_text="Kế hoạch").first.click()
    expect(page.locator(".letters li")).to_have_count(1)


def test_the_documentation_page_lists_every_call(page: Page, server: str) -> None:
    import httpx

    page.goto(server + "/docs")
    expect(page.locator("#operations td code").first).to_be_visible()
    calls = sum(len(methods) for methods in httpx.get(server + "/openapi.json").json()["paths"].values())
    assert page.locator("#operations td code").count() == calls > 25


SCREENS = ("/", "/letters", "/search?q=trang", "/tasks", "/tasks?by=who", "/stats", "/jobs", "/letters/LETTER", "/letters/LETTER/graph")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_screen_fits_its_window_and_is_accessible(go: Callable[[str], Page], ids: Ids, width: int) -> None:
    """No sideways scrolling, no finding of axe-core (WCAG 2.1 A and AA), in Vietnamese and English."""
    from axe_playwright_python.sync_playwright import Axe

    page = go("/letters")
    page.set_viewport_size({"width": width, "height": 800})
    for number, screen in enumerate(SCREENS):
        if number == len(SCREENS) // 2:
            page.click("#language")
        go(screen.replace("LETTER", ids["letter-typed.pdf"]))
        page.wait_for_selector("main h1")
        page.wait_for_selector(".loading, [aria-busy]", state="detached")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, screen
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        assert not found.response["violations"], f"{screen}: " + "; ".join(f"{v['id']}: {v['nodes'][0]['html'][:150]} {v['nodes'][0].get('failureSummary')}" for v in found.response["violations"])
