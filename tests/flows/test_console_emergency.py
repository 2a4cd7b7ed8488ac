"""An emergency at the console: one approver, a fresh code, every friend once, until it is ended."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

import content
from bot.campaigns import emergency
from bot.clocks import real_time
from bot.db import Database
from bot.line.outcomes import MONTH_IS_FULL, TryAgain
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import EMERGENCY
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Search
from bot.staff.codes import STEP_SECONDS
from bot.staff.rules import Role
from scheduler.sending import Sender
from tests.flows.announcing import befriend
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.line_double import LineDouble
from tests.flows.staff_at_work import Colleague, colleague

HAZARDS = emergency.templates(content.toml("emergency.toml"))
PAGE = "/console/emergency/hazard/flood"


def form_of(browser: Browser) -> str:
    found = re.search(r'name="form" value="([\w-]{10,43})"', browser.page)
    assert found
    return found.group(1)


def broadcasts(database: Database) -> list[int]:
    with database.reading() as session:
        wanted = select(OutboxParcel.priority).where(OutboxParcel.endpoint == "broadcast")
        return list(session.scalars(wanted))


def fresh_code(who: Colleague) -> str:
    """The code of the next half minute, which is accepted ahead of its time."""
    return who.code(real_time() + timedelta(seconds=STEP_SECONDS))


def test_an_emergency_goes_to_every_friend_once_after_a_fresh_code_until_it_is_ended(
    database: Database, sealer: Sealer
) -> None:
    app = app_with_console(services(database, sealer))
    chief = colleague(database, sealer, "chief", [Role.APPROVER], real_time())
    browser = Browser(app)
    now: datetime = real_time()
    browser.sign_in(chief, now)
    assert "いま出ている緊急のお知らせはありません。" in browser.get("/console/emergency").text
    assert browser.get(PAGE).status_code == 200
    typed = {
        "title": "川の水があふれそうです",
        "words": "高い所へ逃げてください。",
        "easy": "高（たか）い ところへ 逃（に）げてください。",
        "banner": "高い所へ逃げてください。",
        "banner_easy": "高（たか）い ところへ。",
        "drill": "1",
        "form": form_of(browser),
    }
    assert browser.post(PAGE, {**typed, "code": "000000"}).status_code == 422
    assert "確認コードが違うか、もう使われています" in browser.page
    assert browser.post(PAGE, {**typed, "code": chief.code(now)}).status_code == 422, "used before"
    assert broadcasts(database) == []
    code = fresh_code(chief)
    assert browser.post(PAGE, {**typed, "words": "あ" * 1001, "code": code}).status_code == 422
    assert "文章を1〜1000文字で書いてください。" in browser.page
    assert broadcasts(database) == []
    assert browser.post(PAGE, {**typed, "code": code}).status_code == 303
    assert browser.post(PAGE, {**typed, "code": code}).status_code == 303, "pressed twice"
    assert "もう送られています。同じものは2回送りません。" in browser.get("/console/emergency").text
    assert broadcasts(database) == [-1]
    with database.reading() as session:
        (lasting,) = emergency.active(session)
    assert (lasting.banner, lasting.is_drill) == ("高い所へ逃げてください。", True)

    browser.get("/console/")
    assert "緊急のお知らせが出ています" in browser.words
    assert "訓練" in browser.get("/console/emergency").text
    writer = at_work(database, sealer, app, "writer", Role.ANNOUNCER)
    assert writer.get(PAGE).status_code == 403
    assert writer.post(PAGE, typed).status_code == 403
    assert writer.post("/console/emergency/1/end").status_code == 403
    browser.get("/console/emergency")
    browser.post("/console/emergency/1/end")
    browser.get("/console/emergency")
    assert "終わりにしました。" in browser.words
    assert "送るのをやめました。だれにも届いていません。" in browser.words
    assert "全員への送信：送る前に終わりにしました。" in browser.words
    browser.post("/console/emergency/1/end")
    assert "もう終わっています" in browser.get("/console/emergency").text
    with database.reading() as session:
        done = [row.done.action for row in audit.find(session, Search())]
    assert done.count("emergency.declared") == 1
    assert done.count("emergency.ended") == 1


def declare(database: Database, sealer: Sealer, hazard: int, *, is_drill: bool = False) -> int:
    said = HAZARDS[hazard]
    with database.writing() as session:
        done = emergency.declare(
            *(session, sealer, said, [{"type": "text", "text": said.words}]),
            form=f"{hazard} {is_drill}",
            actor="chief",
            proved=True,
            is_drill=is_drill,
            is_real_line=False,
            now=real_time(),
            lease_now=database.lease_now(session),
        )
    assert isinstance(done, emergency.Declared)
    return done.emergency_id


def test_who_comes_second_hears_who_told_it_and_can_end_it_or_tell_of_another(
    database: Database, sealer: Sealer
) -> None:
    app = app_with_console(services(database, sealer))
    chief = colleague(database, sealer, "boss", [Role.APPROVER], real_time())
    second = Browser(app)
    second.sign_in(chief)
    assert "まだ出ています" not in second.get(PAGE).text
    form = form_of(second)
    declare(database, sealer, 2)
    code = fresh_code(chief)
    assert second.post(PAGE, {"form": form, "code": code}).status_code == 409
    assert re.search(
        rf"「{HAZARDS[2].title}」は、chiefが午[前後][0-9時分]+に送りました。", second.words
    )
    assert "まだ出ています。同じ種類は2回送りません。" in second.words
    assert "/console/emergency#lasting" in second.page
    assert "/console/emergency#choose" in second.page
    assert broadcasts(database) == [-1]
    other = {"form": form, "code": code}
    assert second.post(PAGE.replace("flood", "storm"), other).status_code == 303, "code is unused"
    assert "まだ出ています。同じ種類は2回送りません。" in second.get(PAGE).text, "told before"


@pytest.mark.parametrize(
    ("left", "said", "button"),
    [
        (None, "友だちは、分かっているだけで3人です。今月LINEで送れる通数は、", "友だち全員に送る"),
        (3, "あと3通です。友だちは、分かっているだけで3人です。", "友だち全員に送る"),
        (2, "だけで3人なので、足りません。", "足りなくても、友だち全員に送ってみる"),
    ],
)
def test_before_it_is_sent_one_reads_whether_what_line_sends_this_month_suffices(
    database: Database, sealer: Sealer, left: int | None, said: str, button: str
) -> None:
    befriend(database, sealer, range(3), topic="disaster")
    app = app_with_console(replace(services(database, sealer), quota=lambda: left))
    chief = colleague(database, sealer, "chief", [Role.APPROVER], real_time())
    browser = Browser(app)
    browser.sign_in(chief)
    browser.get(PAGE)
    assert said in browser.words
    assert f"{button}</button>" in browser.page
    assert ("防災無線" in browser.words) == (left == 2)
    assert ("友だち全員に、いますぐ届きます。" in browser.words) == (left != 2)
    held = {"form": form_of(browser), "code": fresh_code(chief)}
    assert browser.post(PAGE, held).status_code == 303, "LINE may raise what it sends"
    assert broadcasts(database) == [-1]


def test_a_month_that_is_full_is_told_with_other_ways(database: Database, sealer: Sealer) -> None:
    app = app_with_console(services(database, sealer))
    chief = at_work(database, sealer, app, "chief", Role.APPROVER)
    declare(database, sealer, 0)
    assert "送っている途中です" in chief.get("/console/emergency").text
    line = LineDouble()
    line.answers = [TryAgain(MONTH_IS_FULL, 429, may_have_arrived=False)]
    assert Sender(database, sealer, line, "w", lambda point: None).one(EMERGENCY)
    chief.get("/console/emergency")
    assert "今月LINEで送れる通数が足りません。まだ、だれにも届いていません。" in chief.words
    assert "防災無線やホームページなど" in chief.words
    assert "送っている途中です" not in chief.words


def test_every_emergency_that_lasts_is_listed_and_ended_by_itself(
    database: Database, sealer: Sealer
) -> None:
    app = app_with_console(services(database, sealer))
    chief = at_work(database, sealer, app, "chief", Role.APPROVER)
    real, drill = declare(database, sealer, 0), declare(database, sealer, 1, is_drill=True)
    chief.get("/console/emergency")
    ends = re.findall(r"/console/emergency/(\d+)/end", chief.page)
    assert ends == [str(real), str(drill)]
    assert "2件が出ています。1件ずつ、終わりにしてください。" in chief.words
    chief.get("/console/emergency/hazard/flood")
    titles = f"「{HAZARDS[0].title}」「{HAZARDS[1].title}」（訓練）"
    assert f"いま出ているお知らせ：{titles}。" in chief.words
    chief.get("/console/")
    assert f"「{HAZARDS[0].title}」" in chief.words
    assert f"「{HAZARDS[1].title}」" in chief.words
    chief.post(f"/console/emergency/{drill}/end")
    chief.get("/console/emergency")
    still = f"ほかの緊急のお知らせは、まだ出ています：「{HAZARDS[0].title}」"
    assert f"終わりにしました。{still}" in chief.words
    assert "消えました" not in chief.words
    chief.post(f"/console/emergency/{real}/end")
    chief.get("/console/emergency")
    assert "終わりにしました。メニューと答えの上から消えました。" in chief.words


def test_a_drill_and_a_sample_never_leave_for_the_real_line(
    database: Database, sealer: Sealer
) -> None:
    app = app_with_console(replace(services(database, sealer), is_real_line=True))
    chief = colleague(database, sealer, "chief", [Role.APPROVER], real_time())
    browser = Browser(app)
    browser.sign_in(chief)
    assert "訓練として送る" not in browser.get(PAGE).text
    held = {"form": form_of(browser), "drill": "1", "code": fresh_code(chief)}
    assert browser.post(PAGE, held).status_code == 422
    assert "訓練を送れません" in browser.page
    assert broadcasts(database) == []
