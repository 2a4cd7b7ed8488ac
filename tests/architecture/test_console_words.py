"""The console's words: all that its pages say exist, and none is said nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import content
from bot.speech.texts import Texts
from tests.architecture.test_words import blanks, named_texts

CONSOLE = Path(__file__).parents[2] / "handlers" / "console"
TEXTS = Texts.read(content.folder() / "texts")
SAID = re.compile(r"""say\(\s*["']([\w.]+)["']([^}]*)""")
JOINED = re.compile(r"""["'](console\w*\.\w+_)["']\s*~""")
NAMED = re.compile(r"""["'](console\w*\.\w+)["']""")


def templates() -> Iterator[tuple[str, str]]:
    for file in sorted((CONSOLE / "templates").rglob("*.html")):
        yield file.name, file.read_text(encoding="utf-8")


def test_every_text_a_page_says_exists_and_its_blanks_are_filled() -> None:
    faults = []
    for file, page in templates():
        for name, given in SAID.findall(page):
            if name.endswith("_"):
                continue  # the rest is joined to it; the next test looks at those
            if name not in TEXTS.names():
                faults.append(f"{file} says {name}, which content does not have")
                continue
            missing = blanks(TEXTS.find(name).plain) - set(re.findall(r"(\w+)=", given))
            if missing:
                faults.append(f"{file} leaves {missing} of {name} empty")
    assert faults == []


def test_no_word_for_staff_is_orphaned() -> None:
    named = {name for _, page in templates() for name in NAMED.findall(page)}
    begun = {name for _, page in templates() for name in JOINED.findall(page)}
    for name in named_texts():
        stem, star, _rest = name.partition("*")
        (begun if star and stem.startswith("console") else named).add(stem)
    begun.update({"console.kind_", "console.role_", "console.mihon_", "console_actions."})
    orphans = [
        name
        for name in TEXTS.names()
        if name.startswith("console")
        and name not in named
        and not name.startswith(tuple(begun - {"console.", "console_"}))
    ]
    assert sorted(orphans) == []


def test_pages_hold_no_inline_script_or_style_and_no_words_of_their_own() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", re.IGNORECASE)
    kana = re.compile(r"[ぁ-んァ-ヶ]{2}")
    assert [file for file, page in templates() if inline.search(page)] == []
    assert [file for file, page in templates() if kana.search(page)] == []


def test_every_form_that_does_something_carries_its_token() -> None:
    form = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL)
    bare = [
        file
        for file, page in templates()
        for found in form.findall(page)
        if "parts.csrf()" not in found
    ]
    assert bare == []
