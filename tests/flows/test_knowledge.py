"""Knowledge as staff and every process see it: put, found, removed, restored, and never missed."""

import threading
from datetime import UTC, datetime

from bot.db import Database
from bot.knowledge import keeping, queries, service
from bot.knowledge.keeping import Added, Author, Changed, Same
from bot.knowledge.queries import Changes, Entry
from bot.knowledge.service import (
    NotThere,
    Stale,
    WordingAdded,
    WordingEmpty,
    WordingKnown,
)
from bot.knowledge.shelves import ENTRIES, IGNORABLE, PROCEDURES, SYNONYMS
from bot.knowledge.values import (
    IgnorableWord,
    KnowledgeEntry,
    Origin,
    Procedure,
    State,
    SynonymGroup,
)

NOW = datetime(2026, 4, 10, 0, 30, tzinfo=UTC)
STAFF = Author("staff:1", NOW)
RESIDENT = Author("staff:1", NOW, Origin.RESIDENT)
CARD = KnowledgeEntry(
    id="card", question="カードの申込みは", answer="スマホでできます。", wordings=("カード 作る",)
)


def put(database: Database, *entries: KnowledgeEntry, author: Author = STAFF) -> None:
    with database.writing() as session:
        keeping.put(session, ENTRIES, entries, author)


def changes(database: Database, version: int) -> Changes:
    with database.reading() as session:
        return service.changes_since(session, version)


def test_an_entry_is_there_for_residents_as_soon_as_it_is_put(database: Database) -> None:
    with database.writing() as session:
        outcome = service.put(session, ENTRIES, CARD, STAFF)
    assert outcome == Added(CARD)
    with database.reading() as session:
        held = service.entry(session, "card")
    assert held == CARD
    assert held is not None
    assert (held.kept.version, held.kept.updated_at, held.kept.updated_by) == (1, NOW, "staff:1")


def test_putting_the_same_again_changes_nothing(database: Database) -> None:
    put(database, CARD)
    with database.writing() as session:
        assert service.put(session, ENTRIES, CARD, STAFF) == Same(CARD)
    assert changes(database, 1) == Changes(1, False, (), (), None, None)


def test_the_slower_of_two_editors_overwrites_nothing(database: Database) -> None:
    put(database, CARD)
    quicker = KnowledgeEntry(id="card", question="カードの申込みは", answer="窓口でもできます。")
    with database.writing() as session:
        assert isinstance(service.put(session, ENTRIES, quicker, STAFF, read_at=1), Changed)
    with database.writing() as session:
        assert service.put(session, ENTRIES, CARD, STAFF, read_at=1) == Stale(quicker)


def test_every_process_learns_what_changed_and_only_that(database: Database) -> None:
    assert changes(database, 0) == Changes(0, False, (), (), None, None)
    put(database, CARD, KnowledgeEntry(id="tax", question="税は", answer="窓口へ。"))
    with database.writing() as session:
        keeping.put(session, SYNONYMS, [SynonymGroup(id="a", words=("税", "税金"))], STAFF)
        keeping.put(session, IGNORABLE, [IgnorableWord(id="えっと")], STAFF)
    everything = changes(database, 0)
    assert everything == Changes(
        version=3,
        whole=True,
        put=(
            Entry("card", "カードの申込みは", "スマホでできます。", ("カード 作る",)),
            Entry("tax", "税は", "窓口へ。"),
        ),
        removed=(),
        synonyms=(("税", "税金"),),
        ignorable=("えっと",),
    )
    with database.writing() as session:
        assert service.remove(session, ENTRIES, "tax", STAFF)
    assert changes(database, 3) == Changes(4, False, (), ("tax",), None, None)
    with database.writing() as session:
        keeping.remove(session, IGNORABLE, ["えっと"], STAFF)
    assert changes(database, 4) == Changes(5, False, (), (), (("税", "税金"),), ())


def test_a_process_ahead_of_a_restored_database_loads_everything_anew(database: Database) -> None:
    put(database, CARD)
    assert changes(database, 7).whole


def test_what_is_rolled_back_is_told_to_nobody(database: Database) -> None:
    with database.writing() as session:
        keeping.put(session, ENTRIES, [CARD], STAFF)
        session.rollback()
    assert changes(database, 0) == Changes(0, False, (), (), None, None)


def test_no_reader_misses_a_change_of_many_writers(database: Database) -> None:
    seen: dict[str, str] = {}
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(12):
            entry_id = f"e{(writer + number) % 5}"
            put(database, KnowledgeEntry(id=entry_id, question="q", answer=f"{writer}/{number}"))

    def read() -> None:
        version = 0
        while True:
            last = done.is_set()
            found = changes(database, version)
            assert found.version >= version
            version = found.version
            seen.update({entry.id: entry.answer for entry in found.put})
            if last:
                return

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    with database.reading() as session:
        held = {e.id: e.answer for e in queries.contents(session, ENTRIES)}
        count = sum(len(queries.versions(session, ENTRIES, entry_id)) for entry_id in held)
    assert seen == held
    assert count == 48
    assert changes(database, 0).version == 48


def test_a_wording_of_staff_is_found_at_once_and_kept_once(database: Database) -> None:
    put(database, CARD, KnowledgeEntry(id="b", question="b", answer="b", wordings=("作りたい",)))
    with database.writing() as session:
        added = service.add_wording(session, "card", "つくりたい。", RESIDENT)
        again = service.add_wording(session, "card", "つくりたい", STAFF)
        empty = service.add_wording(session, "card", "？", STAFF)
        nowhere = service.add_wording(session, "gone", "つくりたい", STAFF)
        elsewhere = service.add_wording(session, "card", "作りたい", STAFF)
    assert isinstance(added, WordingAdded)
    assert added.entry.wordings == ("カード 作る", "つくりたい。")
    assert (again, empty, nowhere) == (WordingKnown(), WordingEmpty(), NotThere())
    assert isinstance(elsewhere, WordingAdded)
    assert elsewhere.also_at == ("b",)
    put_again = changes(database, 1).put
    assert [e.wordings for e in put_again] == [("カード 作る", "つくりたい。", "作りたい")]


def test_a_removed_entry_is_gone_for_residents_and_can_be_restored(database: Database) -> None:
    put(database, CARD)
    with database.writing() as session:
        assert service.remove(session, ENTRIES, "card", STAFF)
        assert not service.remove(session, ENTRIES, "card", STAFF)
        assert service.entry(session, "card") is None
        service.restore(session, ENTRIES, "card", 1, STAFF)
        assert service.entry(session, "card") == CARD
        assert service.restore(session, ENTRIES, "card", 9, STAFF) == NotThere()
        history = service.history(session, ENTRIES, "card")
    assert [(v.number, v.state, v.content) for v in history] == [
        (3, State.PUBLISHED, CARD),
        (2, State.REMOVED, CARD),
        (1, State.PUBLISHED, CARD),
    ]


def test_a_draft_is_not_for_residents(database: Database) -> None:
    put(database, CARD)
    with database.writing() as session:
        service.put(session, ENTRIES, CARD, STAFF, state=State.DRAFT)
        assert service.entry(session, "card") is None
        assert service.entry_in_any_state(session, "card") == CARD
    assert changes(database, 1) == Changes(2, False, (), ("card",), None, None)


def test_characters_no_database_takes_are_left_out(database: Database) -> None:
    put(database, KnowledgeEntry(id="a", question="い\0つ\ud800", answer="右\u202eから\r\n左"))
    with database.reading() as session:
        held = service.entry(session, "a")
    assert held == KnowledgeEntry(id="a", question="いつ", answer="右\u202eから\n左")


def test_procedures_are_found_by_life_event_and_by_name(database: Database) -> None:
    procedures = [
        Procedure(id="P1", name="転入届", wordings=("引越してきた",), life_events=("引越し",)),
        Procedure(id="P2", name="国外からの転入届", life_events=("引越し", "外国から来たとき")),
        Procedure(id="P3", name="100%減免"),
    ]
    with database.writing() as session:
        keeping.put(session, PROCEDURES, procedures, STAFF)

    def found(name: str) -> list[str]:
        with database.reading() as session:
            return [one.id for one in service.search_procedures(session, name)]

    with database.reading() as session:
        assert service.procedure(session, "P1") == procedures[0]
        assert service.procedure(session, "P9") is None
        assert service.procedures_for(session, "引越し") == tuple(procedures[:2])
    assert [found("転入"), found("ひっこし"), found("引越して　きた")] == [["P1", "P2"], [], ["P1"]]
    assert [found("%"), found("_"), found(" ")] == [["P3"], [], []]
