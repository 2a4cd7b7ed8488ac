"""Districts stand by their first kana, at most six together, none is lost."""

import content
from bot.city import City, District
from bot.speech.district_cards import AT_ONCE, grouped


def test_the_districts_of_the_sample_city_stand_on_five_cards() -> None:
    groups = grouped(City.from_toml(content.toml("city.toml")).districts)
    assert [(row, len(held)) for row, held in groups] == [
        ("あ", 4),
        ("か", 6),
        ("さ", 4),
        ("た", 4),
        ("は・ま・や", 6),
    ]
    assert groups[1][1][0].name == "海蔵"


def test_a_row_with_many_districts_is_shared_between_cards_and_none_is_lost() -> None:
    many = [District(f"k{n}", f"地区{n}", f"が{n}") for n in range(14)]
    odd = [District("x", "Ｘ地区", "")]
    groups = grouped([*many, *odd])
    assert all(len(held) <= AT_ONCE for _, held in groups)
    assert sorted(d.key for _, held in groups for d in held) == sorted(d.key for d in [*many, *odd])
