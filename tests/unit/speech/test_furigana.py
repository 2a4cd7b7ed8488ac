"""Districts, places and days are read as people here say them."""

import re
from datetime import date, timedelta

import pytest

import content
from bot.city import City, District
from bot.residents.rules import Choices, Style
from bot.speech import choice_cards, dates
from bot.speech.texts import Texts, Voice
from tests.flows.chatting import words
from tests.reading_aloud import readings_of_the_city

CITY = City.from_toml(content.toml("city.toml"))
TEXTS = Texts.read(content.folder() / "texts")
READ = readings_of_the_city()
VENUES = content.toml("classes.toml")["venue"]
MONDAY = date(2026, 11, 30)
WEEKDAYS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")


def named(district: District) -> str:
    return f"{district.name}（{district.kana}）"


@pytest.mark.parametrize("district", CITY.districts, ids=lambda one: one.key)
def test_a_district_is_read_as_the_city_says(district: District) -> None:
    name, read = district.name, named(district)
    assert READ(name) == read
    assert READ(f"地区は「{name}」です。") == f"地区（ちく）は「{read}」です。"
    assert READ(f"{name}地区の教室") == f"{read}地区（ちく）の教室（きょうしつ）"
    in_the_city = f"三重県（みえけん）四日市市（よっかいちし）{read}（見本（みほん））"
    assert READ(f"三重県四日市市{name}（見本）") == in_the_city
    assert READ(read) == read


@pytest.mark.parametrize("style", [Style.EASY, Style.FURIGANA])
def test_every_text_that_names_a_district_has_its_reading(style: Style) -> None:
    voice = Voice(TEXTS, style, READ)
    asked = words(choice_cards.ask_district(voice, CITY, Choices(), walks=False))
    listed = READ("、".join(one.name for one in CITY.districts))
    assert listed == "、".join(named(one) for one in CITY.districts)
    for one in CITY.districts:
        assert named(one) in asked
        assert named(one) in words(choice_cards.told(voice, one.name))
        where = voice.read(one.name)
        assert named(one) in voice.say("booking.none_in_district", where=where)


def test_places_of_classes_are_read_as_they_say() -> None:
    for venue in VENUES:
        district = next(one for one in CITY.districts if one.name == venue["district"])
        assert READ(venue["name"]).startswith(f"{district.name}地区")
        assert f"（{district.kana}ちく" in READ(venue["name"])


def test_a_district_that_is_a_common_word_too_is_read_as_that_elsewhere() -> None:
    assert READ("県の手続き") == "県（けん）の手続（てつづ）き"
    assert READ("三重県の窓口") == "三重県（みえけん）の窓口（まどぐち）"
    assert READ("国・県のシステム") == "国（くに）・県（けん）のシステム"
    assert READ("内部障害") == "内部（ないぶ）障害（しょうがい）"
    assert READ("市民税・県民税").endswith("県民（けんみん）税（ぜい）")


@pytest.mark.parametrize("days", range(31))
def test_a_day_and_its_weekday_are_read(days: int) -> None:
    day = MONDAY + timedelta(days=days)
    read = READ(dates.say_day(day))
    assert read.endswith(f"（{'月火水木金土日'[day.weekday()]}（{WEEKDAYS[day.weekday()]}））")
    assert f"{day.month}月（がつ）{day.day}日（" in read
    assert re.findall("[ぁ-ゖ]+", read)[3:4] == [DAYS.get(day.day, "にち")]
    assert READ(read) == read


DAYS = {
    **{1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか"},
    **{7: "なのか", 8: "ようか", 9: "ここのか", 10: "とおか"},
    **{14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか"},
}


def test_weekdays_are_read_alone_and_in_lists() -> None:
    assert READ("3日（木・祝）") == "3日（みっか）（木（もく）・祝（しゅく））"
    assert READ("月・水・金") == "月（げつ）・水（すい）・金（きん）"
    assert READ("火曜日と木曜日") == "火曜日（かようび）と木曜日（もくようび）"
    assert READ("木と水") == "木（き）と水（みず）"


def test_days_that_are_counted_are_no_dates() -> None:
    assert READ("3日以内") == "3日以内（いない）"
    assert READ("1月3日間") == "1月（がつ）3日間"
