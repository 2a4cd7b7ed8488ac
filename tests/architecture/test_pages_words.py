"""The words of residents' pages: all that is said exists, none is orphaned, nothing is inline."""

import re
from collections.abc import Iterator
from pathlib import Path

import content
from bot.speech.texts import Texts
from handlers.pages.contents import TOPICS
from tests.architecture.test_words import blanks, named_texts

PAGES = Path(__file__).parents[2] / "handlers" / "pages" / "templates"
TEXTS = Texts.read(content.folder() / "texts")
MINE = ("pages.", "plan_page.", "class_page.", "booking_page.")
SAID = re.compile(r"""say\(\s*["']([\w.]+)["']([^}]*)""")


def templates() -> Iterator[tuple[str, str]]:
    for file in sorted(PAGES.rglob("*.html")):
        yield file.name, file.read_text(encoding="utf-8")


def test_every_text_a_page_says_exists_and_its_blanks_are_filled() -> None:
    faults = []
    for file, page in templates():
        for name, given in SAID.findall(page):
            if name.endswith("_"):
                continue
            if name not in TEXTS.names():
                faults.append(f"{file} says {name}, which content does not have")
                continue
            versions = filter(None, (TEXTS.find(name).plain, TEXTS.find(name).easy))
            missing = {b for v in versions for b in blanks(v)} - set(re.findall(r"(\w+)=", given))
            if missing:
                faults.append(f"{file} leaves {missing} of {name} empty")
    assert faults == []


def test_no_word_of_a_page_is_orphaned() -> None:
    named = {name for _, page in templates() for name, _ in SAID.findall(page)} | {*named_texts()}
    begun = tuple(name for name in named if name.startswith(MINE) and name.endswith("_"))
    mine = (name for name in TEXTS.names() if name.startswith(MINE))
    assert [name for name in mine if name not in named and not name.startswith(begun)] == []


def test_pages_hold_no_script_no_inline_style_and_no_words_of_their_own() -> None:
    inline = re.compile(r"<script|<style|\bstyle=|\bon\w+=", re.IGNORECASE)
    kana = re.compile(r"[ぁ-んァ-ヶ]{2}")
    assert [file for file, page in templates() if inline.search(page)] == []
    assert [file for file, page in templates() if kana.search(page)] == []


def test_every_link_says_before_it_opens_what_it_leads_to() -> None:
    assert [t.purpose for t in TOPICS if f"pages.open_about_{t.purpose}" not in TEXTS.names()] == []
