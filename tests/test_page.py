"""The page in a real browser: a clerk drops a letter and sees its fields on the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.conftest import LETTER
from tests.test_service import server

__all__ = ["server"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@pytest.fixture
def page(server: str) -> Iterator[Page]:
    assert CHROMIUM, "install chromium (.ci/setup dev does)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            opened = browser.new_page(viewport={"width": 1300, "height": 900})
            opened.goto(server)
            yield opened
        finally:
            browser.close()


def test_a_pdf_is_shown_with_its_fields_as_boxes(page: Page) -> None:
    page.click("[data-sample='letter-typed.pdf']")
    page.wait_for_selector(".mark", timeout=60_000)
    assert "1584/SNN-TL" in page.inner_text("#form")
    row = page.locator("#form .row", has_text="1584/SNN-TL")
    row.hover()
    index = row.get_attribute("data-place")
    assert "active" in (page.locator(f".mark[data-place='{index}']").get_attribute("class") or "")


def test_text_is_shown_with_its_spans_and_never_as_html(page: Page, tmp_path: Path) -> None:
    letter = tmp_path / "thu.txt"
    letter.write_text(LETTER.replace("rà soát trang thiết bị y tế", "rà soát <img src=x onerror=alert(1)> thiết bị"), encoding="utf-8")
    page.set_input_files("#file", str(letter))
    page.wait_for_selector("#result:not([hidden])", timeout=60_000)
    assert page.locator(".text mark").count() > 5
    assert page.locator("#form img, .text img").count() == 0
    assert "<img src=x" in page.inner_text("#form")


def test_a_bad_file_says_why_and_the_page_goes_on(page: Page, tmp_path: Path) -> None:
    empty = tmp_path / "trong.pdf"
    empty.write_bytes(b"")
    page.set_input_files("#file", str(empty))
    page.wait_for_selector("#queue .bad", timeout=60_000)
    assert "Không đọc được" in page.inner_text("#queue")


def test_english_on_request_and_narrow_screens(page: Page) -> None:
    page.click("#language")
    assert "Drop letters here" in page.inner_text("#drop")
    page.set_viewport_size({"width": 380, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
