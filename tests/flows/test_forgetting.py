"""わたしの情報 is seen and deleted from the chat; afterwards no row of any table holds it."""

from sqlalchemy import inspect, select, text

from bot.db import Database
from bot.line.inbound import resident_key
from bot.residents.models import ResidentRow
from tests.flows.chatting import Resident, words


def holds(database: Database, needle: str) -> list[str]:
    """Names of tables with a row in which the text stands."""
    found = []
    with database.reading() as session:
        for table in inspect(database.engine).get_table_names():
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
            if any(needle in str(value) for row in rows for value in row):
                found.append(table)
    return found


def test_a_resident_sees_what_is_kept(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    resident.says("明日の天気を教えて")
    resident.taps("調べてお返事します")
    said = words(resident.says("わたしの情報"))
    assert "2件" in said
    assert "1件" in said


def test_a_resident_erases_everything_from_the_chat(resident: Resident) -> None:
    key = resident_key(resident.sealer, resident.user_id)
    resident.says("マイナカードを作りたい")
    resident.posts_back("to=watch&p=P013")
    resident.posts_back("to=topic_on&t=classes")
    resident.posts_back("to=district_set&d=hazu")
    assert {"resident_topic", "resident_choice"} <= {*holds(resident.database, key)}
    assert "resident" in holds(resident.database, key)
    resident.says("わたしの情報")
    resident.taps("わたしの情報を消す")
    assert "全部消しました" in words(resident.taps("はい、消します"))
    assert holds(resident.database, key) == []
    assert holds(resident.database, resident.user_id) == []


def test_a_redelivered_event_of_someone_forgotten_brings_nothing_back(resident: Resident) -> None:
    resident.says("こんにちは")
    event = {
        "type": "postback",
        "postback": {"data": "to=forget_yes"},
        "webhookEventId": "event-forget",
        "mode": "active",
        "timestamp": 1,
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": resident.user_id},
        "replyToken": "token-forget",
    }
    assert resident.deliver(event) != []
    resident.deliver(event | {"deliveryContext": {"isRedelivery": True}})
    with resident.database.reading() as session:
        assert session.scalars(select(ResidentRow)).all() == []


def test_someone_who_blocked_the_account_is_pushed_nothing_and_can_return(
    resident: Resident,
) -> None:
    resident.says("こんにちは")
    assert resident.does({"type": "unfollow"}) == []
    with resident.database.reading() as session:
        assert session.scalars(select(ResidentRow.left_at)).one() is not None
    assert "こんにちは。" in words(resident.says("こんにちは"))
    with resident.database.reading() as session:
        assert session.scalars(select(ResidentRow.left_at)).one() is None
