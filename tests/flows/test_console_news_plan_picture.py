"""The plan's picture in the month's news never tells an older state than its words, unnoticed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import plan_pictures, queries, series
from bot.campaigns.firing import Making
from bot.campaigns.models import CampaignPicture
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import Kind, Picture, State
from bot.db import Database
from bot.plan import queries as plan_queries
from bot.plan import recording
from bot.schedules import service as schedules
from bot.sealing import Sealer
from bot.speech.texts import Voice
from scheduler import repeating
from scheduler.clock import next_due
from scheduler.composing import Composer
from tests.flows.announcing import TERMS as NEWS_TERMS
from tests.flows.announcing import Office, befriend
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import TEXTS, Browser, app_with_console, services
from tests.flows.test_console_news import approves, newest, version
from tests.flows.test_console_news_repeating import CHECK, PLAN, TERMS

DUE = datetime(2026, 12, 1, 1, tzinfo=UTC)
"""Ten in the morning of the first of December: the news of November."""
MOVED = "図を作ったあとに、計画の記録が変わりました。"
CARD = "計画の記録が変わったお知らせ"
NAMES = ("粗大ごみの申込み", "水道の使用開始", "犬の登録")


@pytest.fixture
def civil() -> CivilTime:
    return CivilTime(DUE - timedelta(minutes=10))


@pytest.fixture
def app(database: Database, sealer: Sealer, civil: CivilTime) -> Flask:
    befriend(database, sealer, range(3), topic="plan")
    given = services(database, sealer, civil=civil, base_url="https://madoguchi.example")
    return app_with_console(replace(given, next_due=next_due))


def went_online(database: Database, name: str, civil: CivilTime) -> None:
    with database.writing() as session:
        recording.went_online_by_name(
            session, [name], date(2026, 11, 20), by="clerk", now=civil(), terms=TERMS
        )


def fires(database: Database, civil: CivilTime, between: str = "") -> Campaign:
    """The monthly news comes due; `between` went online after its picture had been drawn."""
    plan = series.Plan(Kind.PROGRESS, "毎月", None, "0 10 1 * *")
    with database.writing() as session:
        number = series.make(session, plan, author="writer", now=civil())
        series.approve(
            *(session, number),
            actor="boss",
            now=civil(),
            next_due=next_due,
            terms=NEWS_TERMS,
            reach=3,
        )
    repeating.draw_ahead(database, PLAN, civil())
    if between:
        went_online(database, between, civil)
    civil.now = DUE + timedelta(seconds=1)
    generate = repeating.drafting(Voice(TEXTS), PLAN, None)
    start = repeating.repeating(civil, Making(generate, NEWS_TERMS, CHECK))
    with database.writing() as session:
        (due,) = schedules.overdue(session, civil())

        def begin(held: Session, job: str, at: datetime) -> None:
            start(held, number, at)

        schedules.fire_due(session, due, civil(), next_due, begin)
    made = newest(database)
    assert (made.state, made.draft.kind) == (State.CHECKED, Kind.PROGRESS)
    return made


def picture_in(found: Campaign) -> Picture:
    (picture,) = (part for part in found.draft.parts if isinstance(part, Picture))
    return picture


def is_current(database: Database, found: Campaign) -> bool:
    with database.reading() as session:
        stands = plan_pictures.stands(session, PLAN, found.draft)
    assert stands is not None
    assert stands.month == date(2026, 11, 1)
    return stands.is_current


def test_a_record_after_the_drafting_is_told_to_all_and_the_picture_can_be_drawn_again(
    database: Database, sealer: Sealer, civil: CivilTime, writer: Browser, boss: Browser
) -> None:
    went_online(database, NAMES[0], civil)
    made = fires(database, civil)
    page = f"/console/news/{made.id}"
    assert is_current(database, made)
    boss.get(page)
    assert MOVED not in boss.words
    boss.get("/console/")
    assert CARD not in boss.words

    went_online(database, NAMES[1], civil)
    assert not is_current(database, made)
    boss.get("/console/")
    assert f"{CARD} 1件" in boss.words
    boss.get(page)
    assert MOVED in boss.words
    assert "今の記録で図を描く" not in boss.words, "that is its writer's"
    assert boss.post(f"{page}/picture", {"version": version(boss)}).status_code == 403
    assert approves(boss, made.id) == 303, "they know, and it is theirs to say"
    writer.get(page)
    assert MOVED in writer.words
    assert writer.post(f"{page}/picture", {"version": "9"}).status_code == 409
    assert writer.post(f"{page}/picture", {"version": str(made.version)}).status_code == 303
    writer.get(page)
    assert "図を描きました。文章の数も確かめてください。" in writer.words
    assert MOVED not in writer.words
    drawn = newest(database)
    assert (drawn.state, drawn.is_as_approved) == (State.DRAFT, False)
    assert "全部で224のうち2です" in picture_in(drawn).alt
    assert len(drawn.draft.parts) == len(made.draft.parts)
    assert is_current(database, drawn)
    assert writer.post(f"{page}/picture", {"version": str(drawn.version)}).status_code == 404

    writer.get(page)
    writer.post(f"{page}/check", {"version": version(writer)})
    assert approves(boss, made.id) == 303
    composer = Composer(database, lambda style: Voice(TEXTS, style), "https://madoguchi.example")
    composed = composer(newest(database))
    with database.reading() as session:
        names = select(CampaignPicture.name).where(
            CampaignPicture.id == picture_in(drawn).picture_id
        )
        name = session.scalars(names).one()
    assert all(f"/p/{name}.jpg" in str(body) for body in composed.bodies.values())


def test_a_record_just_before_the_instant_leaves_the_picture_out_rather_than_an_old_one(
    database: Database, civil: CivilTime, writer: Browser
) -> None:
    went_online(database, NAMES[0], civil)
    made = fires(database, civil, between=NAMES[1])
    assert [part for part in made.draft.parts if isinstance(part, Picture)] == []
    assert NAMES[1] in str(made.draft.parts)
    page = f"/console/news/{made.id}"
    writer.get(page)
    assert "図がありません。" in writer.words
    assert writer.post(f"{page}/picture", {"version": str(made.version)}).status_code == 303
    drawn = newest(database)
    assert [type(part).__name__ for part in drawn.draft.parts][:2] == ["Words", "Picture"]
    assert "全部で224のうち2です" in picture_in(drawn).alt
    assert is_current(database, drawn)


def test_a_record_that_was_taken_back_is_noticed_as_well(
    database: Database, civil: CivilTime, writer: Browser
) -> None:
    for name in NAMES[:2]:
        went_online(database, name, civil)
    made = fires(database, civil)
    with database.reading() as session:
        latest = plan_queries.latest(session)
    with database.writing() as session:
        recording.withdraw(session, latest, by="clerk", now=civil())
    writer.get(f"/console/news/{made.id}")
    assert MOVED in writer.words
    went_online(database, NAMES[1], civil)
    writer.get(f"/console/news/{made.id}")
    assert MOVED not in writer.words, "the records say what the picture shows"


def test_records_of_another_month_change_nothing_in_the_news_of_this_one(
    database: Database, civil: CivilTime, writer: Browser
) -> None:
    went_online(database, NAMES[0], civil)
    made = fires(database, civil)
    with database.writing() as session:
        recording.went_online_by_name(
            session, [NAMES[2]], date(2026, 12, 1), by="clerk", now=civil(), terms=TERMS
        )
    assert is_current(database, made)


def test_news_of_one_month_can_be_copied_with_a_word_about_its_picture_but_not_repeated(
    database: Database, sealer: Sealer, civil: CivilTime, writer: Browser, boss: Browser
) -> None:
    went_online(database, NAMES[0], civil)
    made = fires(database, civil)
    assert approves(boss, made.id) == 303
    writer.get("/console/news/series/new")
    assert made.draft.title not in writer.words
    weekly = {"what": str(made.id), "every": "month", "day": "1", "at": "10:00"}
    assert writer.post("/console/news/series/new", weekly).status_code == 422
    writer.get(f"/console/news/{made.id}")
    assert writer.post(f"/console/news/{made.id}/copy").status_code == 303
    writer.get(f"/console/news/{newest(database).id}")
    assert "計画の図は、11月の終わりの数のままです。" in writer.words


def test_what_is_sent_keeps_the_picture_that_was_approved(
    database: Database, sealer: Sealer, civil: CivilTime, boss: Browser
) -> None:
    went_online(database, NAMES[0], civil)
    made = fires(database, civil)
    assert approves(boss, made.id) == 303
    went_online(database, NAMES[1], civil)
    office = Office(database, sealer, civil=civil)
    office.compose = Composer(database, lambda style: Voice(TEXTS, style), "https://m.example")
    civil.passes(minutes=6)
    office.goes_round()
    office.sends(made.id)
    assert office.state(made.id) is State.DONE
    with database.reading() as session:
        sent = queries.one(session, made.id)
    assert sent is not None
    assert sent.draft == made.draft
    boss.get(f"/console/news/{made.id}")
    assert MOVED not in boss.words, "there is nothing to be done any more"
