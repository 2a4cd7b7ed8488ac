"""Announcements that repeat, drafts made from what is recorded, and tests to staff's own LINE."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import content
from bot.campaigns import queries, series, testers
from bot.campaigns.firing import Making
from bot.campaigns.rules import Card, Draft, Kind, Picture, State, Words
from bot.city import City
from bot.classes import samples
from bot.db import Database
from bot.outbox.models import OutboxParcel
from bot.plan import recording
from bot.plan.measures import Plan
from bot.plan.recording import Terms
from bot.residents.topics import NewsTopics
from bot.schedules import service as schedules
from bot.sealing import Sealer
from bot.speech import news_gathering
from bot.speech.texts import Voice
from bot.staff.rules import Role
from scheduler import repeating
from scheduler.clock import next_due
from tests.flows.announcing import TERMS as NEWS_TERMS
from tests.flows.announcing import befriend
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import TEXTS, Browser, app_with_console, at_work, services
from tests.flows.test_console_news import approves, checked, newest

TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PLAN = Plan.from_toml(content.toml("plan.toml"))
TERMS = Terms.from_toml(PLAN, content.toml("city.toml")["rules"])
CHECK = repeating.checking(
    lambda style: Voice(TEXTS, style),
    [one.key for one in NewsTopics.from_toml(content.toml("topics.toml")).all],
    is_real_line=False,
)


@pytest.fixture
def civil() -> CivilTime:
    return CivilTime(TUESDAY)


@pytest.fixture
def app(database: Database, sealer: Sealer, civil: CivilTime) -> Flask:
    given = services(database, sealer, civil=civil, base_url="http://127.0.0.1:5000")
    return app_with_console(replace(given, next_due=next_due))


def records(database: Database, day: date) -> None:
    with database.writing() as session:
        recording.went_online_by_name(
            session, ["粗大ごみの申込み"], day, by="writer", now=TUESDAY, terms=TERMS
        )


def seeds_classes(database: Database) -> None:
    opening = City.from_toml(content.toml("city.toml")).opening
    with database.writing() as session:
        samples.seed(session, content.toml("classes.toml"), opening, TUESDAY)


def test_each_kind_is_drafted_from_what_is_known_and_says_so_when_nothing_is(
    database: Database, writer: Browser
) -> None:
    new = "/console/news/new"

    def begins(**fields: object) -> int:
        writer.get(new)
        return writer.post(new, fields).status_code

    assert begins(kind="progress", month="2026-11") == 422
    assert "その月の記録がありません" in writer.page
    assert begins(kind="digest") == 422
    assert begins(kind="class") == 422
    assert begins(kind="go_live", procedure="nothing") == 422
    assert begins(kind="other") == 422
    seeds_classes(database)
    records(database, date(2026, 11, 20))
    writer.get(new)
    session_id = re.search(r'name="session" value="(\d+)"', writer.page)
    assert session_id
    assert begins(kind="class", session=session_id.group(1)) == 303
    about_class = newest(database).draft
    card = about_class.parts[1]
    assert isinstance(card, Card)
    assert card.buttons[0].argument == f"s={session_id.group(1)}"
    assert "いつ：" in card.easy
    assert about_class.audience.topics == {"classes"}
    assert begins(kind="progress", month="2026-11") == 303
    progress = newest(database).draft
    assert [type(part).__name__ for part in progress.parts] == ["Words", "Picture", "Card", "Card"]
    assert isinstance(progress.parts[1], Picture)
    assert "全部で224のうち1です" in progress.parts[1].alt
    assert begins(kind="digest") == 303
    digest = newest(database).draft
    assert digest.audience.topics == {"digest"}
    assert "・粗大ごみの申込み" in [getattr(part, "text", "") for part in digest.parts]
    writer.get(f"/console/news/{newest(database).id}")
    assert "直すところはありません" in writer.page


def test_a_weekly_digest_waits_for_another_person_and_can_skip_a_week_and_stop(
    database: Database, sealer: Sealer, app: Flask, civil: CivilTime, writer: Browser
) -> None:
    records(database, date(2026, 11, 24))
    page = "/console/news/series/new"
    writer.get(page)
    weekly = {"what": "digest", "every": "week", "weekday": "fri", "at": "10:00", "waits": "1"}
    assert writer.post(page, {**weekly, "at": "later"}).status_code == 422
    assert writer.post(page, {**weekly, "until": "2026-11-01"}).status_code == 422
    assert writer.post(page, {**weekly, "until": "2026-12-11"}).status_code == 303
    one = "/console/news/series/1"
    assert "毎週金曜日 午前10時" in writer.get(one).text
    assert writer.post(f"{one}/approve").status_code == 403
    chief = at_work(database, sealer, app, "chief", Role.ADMIN)
    assert "承認を待つくり返し" in chief.get("/console/").text
    chief.get(one)
    assert chief.post(f"{one}/approve").status_code == 303
    assert "令和8年11月27日（金） 午前10時" in chief.get(one).text
    assert chief.post(f"{one}/skip", {"day": "2026-12-04"}).status_code == 303
    assert "令和8年12月4日（金） 午前10時" not in chief.get(one).text
    assert "令和8年12月11日（金） 午前10時" in chief.page
    assert "令和8年12月18日" not in chief.page, "it ends"
    assert chief.post(f"{one}/skip-not", {"day": "2026-12-11"}).status_code == 409
    chief.get(one)
    assert chief.post(f"{one}/skip-not", {"day": "2026-12-04"}).status_code == 303
    assert "令和8年12月4日（金） 午前10時" in chief.get(one).text
    assert chief.post(f"{one}/skip", {"day": "2026-12-04"}).status_code == 303
    chief.get(one)

    civil.now = datetime(2026, 11, 27, 1, 0, 5, tzinfo=UTC)
    generate = repeating.drafting(Voice(TEXTS), PLAN, None)
    with database.writing() as session:
        (due,) = schedules.overdue(session, civil())

        def start(session: object, job: str, at: datetime) -> None:
            repeating.repeating(civil, Making(generate, NEWS_TERMS, CHECK))(session, 1, at)  # type: ignore[arg-type]

        schedules.fire_due(session, due, civil(), next_due, start)
    made = newest(database)
    assert (made.state, made.draft.kind, made.series_id) == (State.CHECKED, Kind.DIGEST, 1)
    chief.get(f"/console/news/{made.id}")
    assert "自動で作られ、承認を待っています" in chief.page
    assert "作りました" in chief.get(one).text
    now, civil.now = civil.now, datetime(2026, 12, 11, 1, 0, 5, tzinfo=UTC)
    assert "終わりました" in at_work(database, sealer, app, "late", Role.APPROVER).get(one).text
    civil.now = now
    chief.get(one)
    assert chief.post(f"{one}/stop").status_code == 303
    assert "止めてあります" in chief.get(one).text
    assert chief.post(f"{one}/stop").status_code == 409
    writer.get(one)
    assert (
        writer.post(f"{one}/when", {**weekly, "every": "month", "day": "last"}).status_code == 303
    )
    assert "毎月最後の日 午前10時" in writer.get(one).text
    with database.reading() as session:
        held = series.one(session, 1)
    assert held is not None
    assert held.state == "draft"


def test_who_approves_words_that_go_by_themselves_sees_whom_they_reach_and_types_the_number(
    database: Database, sealer: Sealer, app: Flask, civil: CivilTime, writer: Browser
) -> None:
    befriend(database, sealer, range(1001), topic="disaster")
    boss = at_work(database, sealer, app, "boss", Role.APPROVER)
    copied = checked(database, writer)
    assert approves(boss, copied, typed="1001") == 303
    mondays = {"what": copied, "every": "week", "weekday": "mon", "at": "20:58"}
    writer.get("/console/news/series/new")
    assert writer.post("/console/news/series/new", mondays).status_code == 303
    one = "/console/news/series/1"
    page = boss.get(one).text
    assert '<span class="count">1,001</span> 人に届きます' in page
    for said in (
        "今月LINEで送れる",
        "この話題は",
        "5分は取り消せます",
        "令和8年11月30日（月） 午後8時58分",
        "令和8年11月30日（月） 午後9時3分に送ります。",
        "午後9時3分は夜です。",
        "対象の人数（1,001）を入力してください",
    ):
        assert said in page, said
    assert boss.post(f"{one}/approve", {"typed": "1000"}).status_code == 409
    boss.get(one)
    assert boss.post(f"{one}/approve", {"typed": "1,001"}).status_code == 303
    writer.get(one)
    assert writer.post(f"{one}/when", mondays).status_code == 303
    assert "動いています" in writer.get(one).text, "the same again changes nothing"


def test_the_picture_of_the_plan_is_drawn_before_the_monthly_news_is_due(
    database: Database,
) -> None:
    records(database, date(2026, 11, 20))
    first = datetime(2026, 12, 1, 1, tzinfo=UTC)
    repeating.draw_ahead(database, PLAN, first)
    repeating.draw_ahead(database, PLAN, first)
    with database.reading() as session:
        made = news_gathering.generate(
            session, Kind.PROGRESS, first, None, voice=Voice(TEXTS), plan=PLAN, page=None
        )
    assert made is not None
    assert made.title == "計画の進み具合（令和8年11月）"
    assert [part for part in made.parts if isinstance(part, Picture)]


def test_a_draft_is_tried_on_ones_own_line_and_reaches_nobody_else(
    database: Database, sealer: Sealer, civil: CivilTime, writer: Browser
) -> None:
    mine, _other = befriend(database, sealer, range(2), topic="classes")
    seeds_classes(database)
    writer.get("/console/news/new")
    found = re.search(r'name="session" value="(\d+)"', writer.page)
    assert found
    writer.post("/console/news/new", {"kind": "class", "session": found.group(1)})
    page = f"/console/news/{newest(database).id}"
    writer.get(page)
    assert writer.post(f"{page}/test", {"to": "me"}).status_code == 422
    assert "受け取るLINEがありません" in writer.page
    writer.get("/console/news/testers")
    writer.post("/console/news/testers/invite")
    code = re.search(r'class="code">([A-Z2-9]{8})<', writer.page)
    assert code
    with database.writing() as session:
        assert testers.join(session, sealer, code.group(1), mine, civil()) == "writer"
    writer.get(page)
    assert writer.post(f"{page}/test", {"to": "me"}).status_code == 303
    writer.get(page)
    assert "1人にためしに送りました" in writer.page
    with database.reading() as session:
        sent = session.scalars(select(OutboxParcel.kind)).all()
        state = queries.one(session, newest(database).id)
    assert sent == ["campaign_test"]
    assert state is not None
    assert state.state is State.DRAFT


def test_what_a_series_made_too_long_shows_what_is_to_be_mended(
    database: Database, sealer: Sealer, app: Flask, civil: CivilTime, writer: Browser
) -> None:
    befriend(database, sealer, range(3), topic="plan")
    records(database, date(2026, 11, 20))
    with database.writing() as session:
        plan = series.Plan(Kind.PROGRESS, "毎月", None, "0 10 25 * *")
        number = series.make(session, plan, author="writer", now=civil())
        who = {"actor": "boss", "now": civil(), "next_due": next_due, "terms": NEWS_TERMS}
        assert series.approve(session, number, reach=3, **who) == series.On()  # type: ignore[arg-type]
    drafting = repeating.drafting(Voice(TEXTS), PLAN, None)

    def generate(session: Session, kind: Kind, due: datetime, told: datetime | None) -> Draft:
        made = drafting(session, kind, due, told)
        assert made is not None
        return replace(made, parts=(Words("長" * 2001), *made.parts))

    due = datetime(2026, 11, 25, 1, tzinfo=UTC)
    with database.writing() as session:
        held = Making(generate, NEWS_TERMS, CHECK)
        assert repeating.repeating(civil, held)(session, number, due) is not None
        fine = Making(drafting, NEWS_TERMS, CHECK)
        later = datetime(2026, 12, 25, 1, tzinfo=UTC)
        assert repeating.repeating(civil, fine)(session, number, later) is None, "told already"
    made = newest(database)
    assert made.state is State.DRAFT
    page = writer.get(f"/console/news/{made.id}").text
    assert "直すところがあるので、止めてあります" in page
    assert "1番目：2000文字までにしてください。" in page
    writer.get("/console/")
    assert "止まっているお知らせ" in writer.words
