"""Staff record what they know of the plan and take back what was wrong; viewers only look."""

from datetime import date

import pytest
from flask import Flask

from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import OnlineStatus, Procedure
from bot.plan import queries
from bot.plan import service as watching
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import Browser, app_with_console, at_work, services

POSTED = "/console/plan"


@pytest.fixture
def app(database: Database, sealer: Sealer, civil: CivilTime) -> Flask:
    with database.writing() as session:
        held = Procedure(
            id="P900",
            name="粗大ごみ収集の申込み",
            online_status=OnlineStatus.NOT_YET,
            planned_year=2023,
        )
        knowledge.put(session, PROCEDURES, held, Author("seed", civil()))
        residents.meet(session, sealer, "someone", "U" + "1" * 32, civil())
        watching.watch(session, "someone", "P900", civil())
    return app_with_console(services(database, sealer, civil=civil))


def test_progress_is_recorded_seen_and_taken_back(
    app: Flask, database: Database, sealer: Sealer
) -> None:
    staff = at_work(database, sealer, app, "tanaka", Role.ANNOUNCER)
    staff.get(POSTED)
    assert "記録がありません（計画では全部で224）。今の状況は窓口へ" in staff.words
    assert "粗大ごみ収集の申込み（1人が待っています）" in staff.words

    fields = {"procedure": "P900", "day": "2026-11-20", "url": "http://plain.example/"}
    assert staff.post(f"{POSTED}/online", fields).status_code == 422
    assert 'value="http://plain.example/"' in staff.page
    assert "https:// で始まる住所を書いてください。" in staff.words
    staff.post(f"{POSTED}/online", {**fields, "url": "https://apply.example/"})
    staff.get(POSTED)
    assert "待っている1人に、午前10時5分に知らせます。" in staff.words
    with database.reading() as session:
        found = knowledge.procedure(session, "P900")
    assert found is not None
    assert (found.online_status, found.online_url) == (OnlineStatus.DONE, "https://apply.example/")

    staff.post(
        f"{POSTED}/names", {"names": "道路の届出\n粗大ごみ収集の申込み\n", "day": "2023-05-01"}
    )
    staff.get(POSTED)
    assert "1件を記録しました。" in staff.words
    assert "1件は、もう記録がありました：粗大ごみ収集の申込み" in staff.words
    assert "2（計画では全部で224）" in staff.words

    staff.post(
        f"{POSTED}/measure/1/step", {"step": "1-1:2022:1", "state": "done", "day": "2022-12-01"}
    )
    staff.post(
        f"{POSTED}/measure/1/figure", {"name": "友だち", "value": "12人", "day": "2026-11-01"}
    )
    staff.get(f"{POSTED}/measure/1")
    assert "システム導入 終わりました（令和4年12月1日（木））" in staff.words
    assert "友だち：12人（令和8年11月1日（日））" in staff.words
    assert (
        staff.post(
            f"{POSTED}/measure/2/step", {"step": "1-1:2022:1", "state": "done", "day": "2022-12-01"}
        ).status_code
        == 404
    )

    for wrong in ("2022-03-31", "2026-11-25", "きのう"):
        staff.post(f"{POSTED}/names", {"names": "打った名前", "day": wrong})
        assert "計画の始まり（令和4年4月1日（金））から今日までにしてください" in staff.words
        assert ">打った名前</textarea>" in staff.page
    staff.get(f"{POSTED}/records")
    assert "1人に、午前10時5分に知らせます。" in staff.words
    staff.post(f"{POSTED}/records/1/withdraw")
    staff.get(f"{POSTED}/records")
    assert "手続きの情報も元に戻しました" in staff.words
    assert "取り消し済み" in staff.words
    with database.reading() as session:
        stands = queries.progress(session, services(database, sealer).plan, date(2026, 11, 24))
        actions = [row.done.action for row in audit.every(session, audit.Search())]
        back = knowledge.procedure(session, "P900")
    assert stands.recorded == 1
    assert back is not None
    assert back.online_status is OnlineStatus.NOT_YET
    for action in ("plan.online", "plan.step", "plan.figure", "plan.withdrawn"):
        assert action in actions


def test_a_viewer_sees_the_records_and_no_form(
    app: Flask, database: Database, sealer: Sealer
) -> None:
    viewer = at_work(database, sealer, app, "suzuki", Role.VIEWER)
    for page in ("", "/measure/8", "/records"):
        assert viewer.get(f"{POSTED}{page}").status_code == 200
        assert "記録する</button>" not in viewer.page
    assert viewer.post(f"{POSTED}/names", {"names": "何か", "day": "2026-11-20"}).status_code == 403
    assert viewer.get(f"{POSTED}/measure/9").status_code == 404


def test_today_points_at_what_is_online_but_not_recorded_while_somebody_waits(
    app: Flask, database: Database, sealer: Sealer, civil: CivilTime
) -> None:
    staff: Browser = at_work(database, sealer, app, "tanaka", Role.APPROVER)
    assert "記録のない手続き" not in staff.words
    with database.writing() as session:
        held = Procedure(id="P900", name="粗大ごみ", online_status=OnlineStatus.DONE)
        knowledge.put(session, PROCEDURES, held, Author("staff:suzuki", civil()))
    staff.get("/console/")
    assert "ネットでできるのに、記録のない手続き" in staff.words
    assert "P900 粗大ごみ（1人が待っています）" in staff.words
