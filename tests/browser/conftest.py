"""One headless Chromium for all browser tests."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from tests.browser.demonstration import Demonstration, demonstration
from tests.conftest import skip_or_fail

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

UNTOUCHED_UNTIL_LOADED = """(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { pointer-events: none !important }");
    document.adoptedStyleSheets = [sheet];
    addEventListener("load", () => { document.adoptedStyleSheets = []; });
})()"""
"""Nobody presses what they cannot see: a test's pointer waits until the page's style is there.

Otherwise the style sheet may arrive between pressing and letting go, and the button is elsewhere.
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        skip_or_fail("no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        new_context = opened.new_context

        def with_patience(**wishes: Any) -> BrowserContext:
            context = new_context(**wishes)
            if wishes.get("java_script_enabled", True):
                context.add_init_script(UNTOUCHED_UNTIL_LOADED)
            return context

        patched.setattr(opened, "new_context", with_patience)
        patched.setattr(opened, "new_page", lambda **wishes: with_patience(**wishes).new_page())
        yield opened
        opened.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test tells what its open pages showed."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.failed and report.when == "call" and isinstance(browser, Browser):
        for context in browser.contexts:
            for page in context.pages:
                try:
                    shown = page.locator("body").inner_text(timeout=2000)
                except Error as gone:
                    shown = str(gone)
                report.sections.append((f"page {page.url}", shown[-1500:]))
    return report


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """`madoguchi demo`, one for all tests of a module."""
    with demonstration(tmp_path_factory.mktemp("demo")) as running:
        yield running
