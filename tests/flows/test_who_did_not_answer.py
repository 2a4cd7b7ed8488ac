"""Each question on oneself is optional: who did not answer is shut out only where staff say so."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from bot.campaigns import audience, drafts
from bot.campaigns.rules import Audience
from bot.db import Database
from bot.line.inbound import resident_key
from bot.residents import preferences
from bot.residents.rules import AgeBand, Choices, Hours
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.announcing import TOPIC, Office, befriend, written
from tests.flows.chatting import Resident, words
from tests.flows.console_at_work import at_work
from tests.flows.test_console_news import aims, checked, newest

NEAR = Audience(topics=frozenset({TOPIC}), districts=frozenset({"hazu"}))


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def tells(office: Office, key: str, **told: object) -> None:
    choices = replace(Choices(frozenset({TOPIC})), **told)  # type: ignore[arg-type]
    with office.database.writing() as session:
        assert preferences.choose(session, key, choices, office.civil())


def fit(office: Office, whom: Audience) -> int:
    with office.database.reading() as session:
        return audience.count(session, whom)


def test_who_told_no_district_is_in_only_where_the_box_says_so(office: Office) -> None:
    near, far, silent, _never = befriend(office.database, office.sealer, range(1, 5))
    tells(office, near, district="hazu")
    tells(office, far, district="tomisuhara")
    tells(office, silent, age_band=AgeBand.TO_74)
    assert fit(office, NEAR) == 1
    assert fit(office, replace(NEAR, or_untold=True)) == 3
    older = replace(NEAR, or_untold=True, age_bands=frozenset({AgeBand.FROM_75}))
    assert fit(office, older) == 2, "one answer that does not fit is enough"


def test_what_is_sent_goes_to_those_who_were_counted(office: Office) -> None:
    near, far, _silent = befriend(office.database, office.sealer, range(1, 4))
    tells(office, near, district="hazu")
    tells(office, far, district="tomisuhara")
    campaign_id = office.announces(written(audience=replace(NEAR, or_untold=True)))
    office.goes_round()
    office.sends(campaign_id)
    assert len(office.line.got) == 2


def test_the_box_is_part_of_what_is_approved() -> None:
    with_them = written(audience=replace(NEAR, or_untold=True))
    assert drafts.hash_of(with_them) != drafts.hash_of(written(audience=NEAR))
    assert drafts.draft_of(drafts.draft_json(with_them)) == with_them


def test_either_is_an_answer_that_fits_every_hour(office: Office) -> None:
    day, either, _silent = befriend(office.database, office.sealer, range(1, 4))
    tells(office, day, hours=Hours.DAY)
    tells(office, either, hours=Hours.EITHER)
    by_day = Audience(topics=frozenset({TOPIC}), hours=frozenset({Hours.DAY}))
    assert fit(office, by_day) == 2
    assert fit(office, replace(by_day, hours=frozenset({Hours.NIGHT}))) == 1


def test_either_is_kept_shown_and_taken_away_again(resident: Resident) -> None:
    resident.posts_back("to=choose_hours")
    said = words(resident.taps("どちらでもよい"))
    assert said.startswith("「どちらでもよい」ですね。")
    assert "えらんでいません" in said, "the district, still"
    assert "どちらでもよい" in said.split("お知らせの控え")[1]
    key = resident_key(resident.sealer, resident.user_id)

    def hours() -> Hours | None:
        with resident.database.reading() as session:
            return preferences.chosen(session, key).hours

    assert hours() is Hours.EITHER
    resident.posts_back("to=choose_hours")
    resident.taps("残したものを消す")
    assert hours() is None


def test_staff_tick_the_box_and_see_that_it_is_ticked(
    database: Database, sealer: Sealer, app: Flask
) -> None:
    writer = at_work(database, sealer, app, "writer", Role.ANNOUNCER)
    number = checked(database, writer, districts=["hazu"], untold="1")
    assert newest(database).draft.audience.or_untold
    assert "その人にも送る" in writer.get(f"/console/news/{number}").text
    box = r'name="untold" value="1" checked'
    assert re.search(box, writer.get(f"/console/news/{number}/audience").text)
    assert aims(writer, number, districts=["hazu"]) == 303
    assert not newest(database).draft.audience.or_untold
    assert "その人には送らない" in writer.get(f"/console/news/{number}").text
