"""The console behind a real server and in a real Chromium, with what the browser complains of."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

WIDTHS = (320, 1024, 1920)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serves the app on a free port of this machine; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listen(page: Page) -> list[str]:
    """Collects what the page complains of: refused content, script errors, failed requests."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => console.error('CSP', e.violatedDirective, e.blockedURI))"
    )
    return complaints


def look(page: Page, name: str, *, height: int = 800) -> list[str]:
    """Everything wrong with a page as it stands, at three widths; keeps pictures on wish."""
    page.wait_for_load_state()  # a click ends before the next page has its style
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        at = f"{name} at {width}: "
        wrong += [at + one for one in findings(page)]
        wrong += [at + "small target " + one for one in small_targets(page)]
        wrong += [at + "small type " + one for one in small_type(page)]
        wrong += [at + "wider than the window"] if overflow(page) > 0 else []
        picture(page, f"{name}-{width}")
    return wrong


def picture(page: Page, name: str) -> None:
    """Keeps a picture of the page where MADOGUCHI_SCREENSHOTS says, if it does."""
    if folder := os.environ.get("MADOGUCHI_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def findings(page: Page) -> list[str]:
    """What axe-core finds, as rule and element; empty when nothing."""
    # Our content policy forbids what is evaluated in the page itself; axe runs beside it.
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


def small_targets(page: Page) -> list[str]:
    """Buttons, fields and links that stand by themselves and are lower than 44 px.

    Links within a sentence are as high as its line (WCAG 2.2, 2.5.8: inline).
    """
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(
             "button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea,"
             + " select, summary, .button, .menu a, .box, .list-title a, .plain a")]
           .filter(e => e.checkVisibility() && !e.classList.contains("as-link")
                        && e.getBoundingClientRect().height < 43.5)
           .map(e => e.outerHTML.slice(0, 100))"""
    )
    return found


def small_type(page: Page) -> list[str]:
    """Elements whose own text is set below 16 px."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
           .filter(e => e.checkVisibility() && [...e.childNodes].some(
               n => n.nodeType === 3 && n.textContent.trim())
               && parseFloat(getComputedStyle(e).fontSize) < 16)
           .map(e => e.outerHTML.slice(0, 100))"""
    )
    return found
