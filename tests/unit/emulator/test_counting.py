"""Labels are counted as a person counts, message text as UTF-16 counts."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.emulator.counting import graphemes, utf16_units

JAPANESE_AND_PICTURES = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("👨👩👧🏽❤☀👍🇯🇵🏳🌈ｶﾞ각가ᄀ"),
        st.sampled_from("\u200d\ufe0f\u3099\u309a\u0301\r\n"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "people_see"),
    [
        ("はい", 2),
        ("👨‍👩‍👧‍👦", 1),
        ("👍🏽", 1),
        ("🇯🇵🇯🇵", 2),
        ("か\u3099", 1),
        ("ｶﾞ", 1),
        ("❤️", 1),
        ("각", 1),
        ("\r\n", 1),
        ("", 0),
    ],
)
def test_what_a_person_sees_as_one_character_counts_one(text: str, people_see: int) -> None:
    assert graphemes(text) == people_see


@given(JAPANESE_AND_PICTURES)
@settings(max_examples=400, deadline=None)
def test_clusters_are_those_of_unicode(text: str) -> None:
    assert graphemes(text) == len(regex.findall(r"\X", text))


def test_an_emoji_beyond_the_basic_plane_costs_two_units_of_text() -> None:
    assert [utf16_units(t) for t in ("あ", "👍", "👨‍👩‍👧‍👦", "\ud800")] == [1, 2, 11, 1]
