"""The page in a real browser: a clerk drops a letter, sees its fields on the page, moves through them and corrects them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import browser, page
from tests.conftest import LETTER
from tests.test_service import server

__all__ = ["browser", "page", "server"]


@pytest.fixture
def typed(page: Page) -> Page:
    """The typed sample, read and shown with its boxes."""
    page.click("[data-sample='letter-typed.pdf']")
    page.wait_for_selector(".mark")
    return page


def row(page: Page, text: str):  # type: ignore[no-untyped-def]
    return page.locator("#form .row, #form .card", has_text=text).first


def test_pointing_goes_both_ways_between_form_and_page(typed: Page) -> None:
    number = row(typed, "1584/SNN-TL")
    number.hover()
    expect(typed.locator(".mark[data-place='identifier']")).to_have_class("mark c-field active")
    typed.locator(".mark[data-place='subject']").hover()
    expect(typed.locator("#form .row[data-place='subject']")).to_have_class("row c-field active")
    assert "active" not in (number.get_attribute("class") or "")


def test_a_click_on_a_value_brings_its_box_into_view(typed: Page) -> None:
    box = typed.locator(".mark[data-place='signer.name']")
    expect(box).not_to_be_in_viewport()
    row(typed, "Trần Hữu Khoan").locator("button").first.click()
    expect(box).to_be_in_viewport()


def test_boxes_lie_on_what_they_name(typed: Page) -> None:
    """The number stands left of the date and above the subject, on a picture that has loaded."""
    place = {name: typed.locator(f".mark[data-place='{name}']").bounding_box() for name in ("identifier", "date", "subject")}
    assert place["identifier"]["x"] < place["date"]["x"]
    assert place["identifier"]["y"] < place["subject"]["y"]
    expect(typed.locator(".sheet img").first).to_have_js_property("naturalWidth", 1400)


def test_keys_move_through_the_values_and_edit_them(typed: Page) -> None:
    typed.locator("#form [data-move]").first.focus()
    typed.keyboard.press("ArrowDown")
    assert "1584/SNN-TL" in typed.evaluate("document.activeElement.textContent")
    expect(typed.locator(".mark[data-place='identifier']")).to_have_class("mark c-field active")
    typed.keyboard.press("F2")
    typed.keyboard.type("99/SNN-TL")
    typed.keyboard.press("Enter")
    expect(row(typed, "99/SNN-TL")).to_contain_text("máy đọc: 1584/SNN-TL")
    assert "99/SNN-TL" in typed.evaluate("document.activeElement.textContent"), "the focus stays on the row"
    expect(typed.locator("h1")).to_have_text("Công văn 99/SNN-TL")
    typed.keyboard.press("F2")
    typed.keyboard.type("1/XX")
    typed.keyboard.press("Escape")
    expect(typed.locator("h1")).to_have_text("Công văn 99/SNN-TL")
    typed.keyboard.press("End")
    assert "1126/SNN-TL" in typed.evaluate("document.activeElement.textContent")


TWO_DATES = LETTER.replace("- Lưu: VT, NVY.\n", "- Lưu: VT, NVY.\nKhánh Sơn, ngày 14 tháng 8 năm 2019\n")


def test_other_readings_are_offered_and_taken(page: Page, tmp_path: Path) -> None:
    letter = tmp_path / "hai-ngay.txt"
    letter.write_text(TWO_DATES, encoding="utf-8")
    page.set_input_files("#file", str(letter))
    row(page, "12/08/2019").locator("button").first.press("F2")
    page.locator(".candidates button", has_text="14/08/2019").click()
    expect(page.locator(".editor input")).to_have_value("2019-08-14")
    page.keyboard.press("Enter")
    expect(row(page, "14/08/2019")).to_contain_text("máy đọc: 12/08/2019")


def test_the_keys_are_shown_when_asked(typed: Page) -> None:
    typed.keyboard.press("?")
    dialog = typed.get_by_role("dialog")
    expect(dialog).to_contain_text("Giá trị cần xem tiếp theo")
    typed.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    typed.keyboard.press("/")
    expect(typed.locator("#q")).to_be_visible()


def test_the_form_is_one_stop_of_the_tab_key(typed: Page) -> None:
    assert typed.locator("#form [data-move][tabindex='0']").count() == 1
    assert typed.locator("#form [data-move]").count() > 20


def test_the_download_holds_the_correction(typed: Page) -> None:
    row(typed, "07/08/2023").locator("button").first.dblclick()
    typed.locator(".editor input").fill("2023-08-09")
    typed.click(".editor .primary")
    with typed.expect_download() as waiting:
        typed.click("#export")
    letter = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert letter["date"]["value"] == "2023-08-09"
    assert letter["identifier"]["value"] == "1584/SNN-TL"


def test_kinds_of_boxes_are_switched_off_and_text_is_shown_with_the_same_marks(typed: Page) -> None:
    typed.click(".chip.c-task")
    expect(typed.locator(".mark.c-task").first).to_be_hidden()
    typed.click(".viewer .toggle button >> nth=1")
    mark = typed.locator(".letter-text mark[data-place='identifier']")
    expect(mark).to_have_text("1584/SNN-TL")
    mark.click()
    expect(typed.locator("#form .row[data-place='identifier']")).to_have_class("row c-field active")


def test_low_confidence_stands_out_and_is_stepped_through(page: Page, tmp_path: Path) -> None:
    """A letter without number and date: both are missed aloud, and N goes from one to the other."""
    letter = tmp_path / "thieu.txt"
    letter.write_text(LETTER.replace("Số: 318/SYT-NVY", "").replace("Khánh Sơn, ngày 12 tháng 8 năm 2019", ""), encoding="utf-8")
    page.set_input_files("#file", str(letter))
    expect(page.locator("#form .row.low[data-place='identifier']")).to_contain_text("không thấy trong văn bản")
    expect(page.locator(".low-button")).to_contain_text("giá trị cần xem")
    page.click(".low-button")
    first = page.evaluate("document.activeElement.closest('.low').dataset.place")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.closest('.low').dataset.place") != first


def test_text_is_shown_with_its_spans_and_never_as_html(page: Page, tmp_path: Path) -> None:
    letter = tmp_path / "thu.txt"
    letter.write_text(LETTER.replace("rà soát trang thiết bị y tế", "rà soát <img src=x onerror=alert(1)> thiết bị"), encoding="utf-8")
    page.set_input_files("#file", str(letter))
    page.wait_for_selector(".letter-text mark")
    assert page.locator(".letter-text mark").count() > 5
    assert page.locator("#form img, .letter-text img").count() == 0
    assert "<img src=x" in page.inner_text("#form")


def test_several_files_a_bad_one_says_why_and_harms_no_other(page: Page, tmp_path: Path, letter_file: Path) -> None:
    empty = tmp_path / "trong.pdf"
    empty.write_bytes(b"")
    page.set_input_files("#file", [str(empty), str(letter_file)])
    expect(page.locator("#queue .bad")).to_contain_text("Không đọc được. Tệp trống hoặc bị hỏng")
    page.locator("#queue a", has_text="318/SYT-NVY").click()
    expect(page.locator("h1")).to_have_text("Công văn 318/SYT-NVY")
    expect(page.locator("h1")).to_be_focused()


def test_progress_is_spoken(page: Page, letter_file: Path) -> None:
    said = page.locator("#live[role=status][aria-live=polite]")
    page.set_input_files("#file", str(letter_file))
    expect(said).to_have_text("Đã đọc xong cv-318.txt")
    page.locator("#form .row-main", has_text="318/SYT-NVY").press("F2")
    page.keyboard.type("319/SYT-NVY")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Đã sửa Số, ký hiệu")


def test_english_on_request_is_remembered(page: Page) -> None:
    page.click("#language")
    expect(page.locator("#drop h1")).to_have_text("Drop letters here")
    page.reload()
    expect(page.locator("#drop h1")).to_have_text("Drop letters here")
    assert page.get_attribute("html", "lang") == "en"


def test_a_phone_shows_page_and_form_without_sideways_scrolling(typed: Page) -> None:
    typed.set_viewport_size({"width": 360, "height": 740})
    assert typed.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    row(typed, "Trần Hữu Khoan").locator("button").first.click()
    expect(typed.locator(".mark[data-place='signer.name']")).to_be_in_viewport()
    expect(row(typed, "Trần Hữu Khoan")).to_be_in_viewport()


def test_every_text_is_there_in_both_languages_and_every_key_that_is_used() -> None:
    import re

    static = Path(__file__).parent.parent / "service" / "static"
    texts = dict(re.findall(r'(?:^|[\s,{])"?([\w.]+)"?: (\["(?:[^"\\]|\\.)+", "(?:[^"\\]|\\.)+"\])', (static / "js" / "texts.js").read_text(encoding="utf-8")))
    assert len(texts) > 150
    used = set()
    for path in [*static.rglob("*.js"), *static.glob("*.html")]:
        source = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'\bt\("([\w.]+)"', source)) | set(re.findall(r'data-(?:t|label)="([\w.]+)"', source))
    assert used - set(texts) == set()
    for key, pair in texts.items():
        vietnamese, english = json.loads(pair)
        assert set(re.findall(r"\{\w+\}", vietnamese)) == set(re.findall(r"\{\w+\}", english)), key
