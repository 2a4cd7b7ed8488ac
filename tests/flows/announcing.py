"""Announcements as staff make them and LINE takes them, with residents who chose topics."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import insert, select, update

from bot.campaigns import audience, queries, service, starting, stopping
from bot.campaigns.models import CampaignRow
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import Audience, Draft, Kind, State, Terms, Wish, Words
from bot.city import Quiet
from bot.db import Database
from bot.line.inbound import resident_key
from bot.line.outcomes import Accepted, AlreadyAccepted, Outcome, Refused, TryAgain
from bot.outbox.models import OutboxParcel
from bot.residents.models import ResidentRow, ResidentTopic
from bot.residents.rules import Style
from bot.residents.service import USER_ID_PURPOSE
from bot.sealing import Sealer
from scheduler.campaigns import Campaigns
from scheduler.mailing import Mailing, Pace
from tests.flows.chatting import CivilTime

TERMS = Terms(
    undo=timedelta(minutes=5),
    typed_count_above=1000,
    pushes_a_week=2,
    topic_share_days=30,
    quiet=Quiet(clock_time(21), clock_time(8)),
)
TOPIC = "classes"
REVOKED = TryAgain("status 401", 401, may_have_arrived=False)
MET = datetime(2026, 1, 1, tzinfo=UTC)


def user_id(number: int) -> str:
    return f"U{number:032x}"


def befriend(
    database: Database,
    sealer: Sealer,
    numbers: Iterable[int],
    *,
    topic: str | None = TOPIC,
    style: str = "plain",
) -> list[str]:
    """Residents of these numbers, who chose the topic; their keys."""
    keys, rows = [], []
    for number in numbers:
        who = user_id(number)
        key = resident_key(sealer, who)
        keys.append(key)
        sealed = sealer.seal(who.encode(), USER_ID_PURPOSE)
        rows.append({"key": key, "sealed_user_id": sealed, "met_at": MET, "style": style})
    with database.writing() as session:
        session.execute(insert(ResidentRow), rows)
        if topic:
            chosen = [{"topic": topic, "resident_key": key, "chosen_at": MET} for key in keys]
            session.execute(insert(ResidentTopic), chosen)
    return keys


def befriend_all(office: "Office", many: int) -> list[str]:
    return befriend(office.database, office.sealer, range(1, many + 1))


def written(words: str = "スマホ教室のお知らせです。", **more: Any) -> Draft:
    facts: dict[str, Any] = {
        "kind": Kind.FREE,
        "title": "お知らせ",
        "topic": TOPIC,
        "parts": (Words(words),),
        "audience": Audience(topics=frozenset({TOPIC})),
        "wish": Wish(),
    }
    return Draft(**(facts | more))


def compose(campaign: Campaign) -> starting.Composed:
    body = [{"type": "text", "text": p.text} for p in campaign.draft.parts if isinstance(p, Words)]
    easy = [
        {"type": "text", "text": p.easy or p.text}
        for p in campaign.draft.parts
        if isinstance(p, Words)
    ]
    return starting.Composed({Style.PLAIN: body, Style.EASY: easy, Style.FURIGANA: body})


@dataclass
class Platform:
    """LINE as it judges multicasts: a key sends once, an unknown id spoils the call."""

    unknown: frozenset[str] = frozenset()
    answers: list[Outcome | str] = field(default_factory=list)
    calls: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    got: Counter[str] = field(default_factory=Counter)
    said: dict[str, list[str]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    revoked: bool = False
    quota: int | None = None
    delay: float = 0.0
    _lock: Any = field(default_factory=threading.Lock)

    def multicast(
        self,
        to: Sequence[str],
        messages: Sequence[dict[str, Any]],
        retry_key: str,
        unit: str | None = None,
    ) -> Outcome:
        time.sleep(self.delay)
        with self._lock:
            self.calls.append((tuple(to), retry_key))
            if self.revoked:
                return REVOKED
            if self.answers and not isinstance(self.answers[0], str):
                answer = self.answers.pop(0)
                assert not isinstance(answer, str)
                return answer
            if retry_key in self.keys:
                return AlreadyAccepted("r")
            if self.unknown & set(to):
                return Refused(400, "r")
            self.keys.add(retry_key)
            self.got.update(to)
            for one in to:
                self.said.setdefault(one, []).append(str(messages[0].get("text")))
            if self.answers and self.answers.pop(0) == "accepted, unheard":
                return TryAgain("ReadTimeoutError", None, may_have_arrived=True)
            return Accepted("r")

    def takes(self, messages: Sequence[dict[str, Any]]) -> Outcome:
        return REVOKED if self.revoked else Accepted("v")


@dataclass
class Office:
    """The department that announces: a writer, an approver, and the machinery that sends."""

    database: Database
    sealer: Sealer
    civil: CivilTime = field(default_factory=CivilTime)
    line: Platform = field(default_factory=Platform)
    is_real_line: bool = False
    compose: Callable[[Campaign], starting.Composed] = compose

    def drafts(self, draft: Draft | None = None, author: str = "writer") -> int:
        with self.database.writing() as session:
            kept = service.draft(session, draft or written(), author=author, now=self.civil())
        return kept.campaign_id

    def checks(self, campaign_id: int) -> Any:
        with self.database.writing() as session:
            return service.check(
                session,
                campaign_id,
                self.find(campaign_id).version,
                actor="writer",
                now=self.civil(),
                is_real_line=self.is_real_line,
                topics=[TOPIC, "online"],
            )

    def approves(
        self,
        campaign_id: int,
        actor: str = "approver",
        typed: int | None = None,
        version: int | None = None,
        **counted: Any,
    ) -> Any:
        seen = self.find(campaign_id)
        with self.database.reading() as session:
            reach = audience.count(session, seen.draft.audience)
        with self.database.writing() as session:
            return service.approve(
                session,
                campaign_id,
                version or seen.version,
                actor=actor,
                now=self.civil(),
                terms=TERMS,
                typed=typed,
                **({"reach": reach} | counted),
            )

    def announces(self, draft: Draft | None = None) -> int:
        """Drafted, checked, approved, and the time for second thoughts is over."""
        campaign_id = self.drafts(draft)
        assert self.checks(campaign_id) == service.Checked()
        typed = self.reach(campaign_id)
        assert isinstance(self.approves(campaign_id, typed=typed), service.Approved)
        self.civil.passes(minutes=5)
        return campaign_id

    def reach(self, campaign_id: int) -> int:
        with self.database.reading() as session:
            return audience.count(session, self.find(campaign_id).draft.audience)

    def find(self, campaign_id: int) -> Campaign:
        with self.database.reading() as session:
            found = queries.one(session, campaign_id)
        assert found is not None
        return found

    def state(self, campaign_id: int) -> State:
        return self.find(campaign_id).state

    def numbers(self, campaign_id: int) -> stopping.Numbers:
        with self.database.reading() as session:
            return stopping.numbers(session, campaign_id)

    def rounds(self, **more: Any) -> Campaigns:
        return Campaigns(
            self.database,
            self.civil,
            TERMS,
            compose=self.compose,
            quota=lambda: self.line.quota,
            takes=self.line.takes,
            is_real_line=self.is_real_line,
            **more,
        )

    def goes_round(self) -> None:
        self.rounds().go()

    def mailing(self, **more: Any) -> Mailing:
        pace = Pace(carriers=more.pop("carriers", 4), per_second=10_000, poll=0.02)
        owner = secrets.token_hex(8)
        return Mailing(self.database, self.sealer, self.line, self.civil, owner, pace=pace, **more)

    def sends(self, campaign_id: int, until: Callable[[], bool] | None = None) -> None:
        """Sends until the announcement is over, or until something holds."""
        mailing = self.mailing()
        mailing.start()
        wait_for(until or (lambda: self.is_over(campaign_id)))
        mailing.stop()
        self.goes_round()

    def sends_after_all(self, campaign_id: int) -> None:
        """A person lets go what was held."""
        with self.database.writing() as session:
            assert starting.send_after_all(session, campaign_id, actor="boss", now=self.civil())
        self.goes_round()
        self.sends(campaign_id)

    def is_over(self, campaign_id: int) -> bool:
        self.hurries()
        self.goes_round()
        return self.state(campaign_id) not in (State.SENDING, State.PLANNING)

    def hurries(self) -> None:
        """What waits for another try is due at once."""
        with self.database.writing() as session:
            now = self.database.lease_now(session)
            waiting = update(OutboxParcel).where(
                OutboxParcel.state == "waiting", OutboxParcel.owner.is_(None)
            )
            session.execute(waiting.values(run_at=now))

    def story(self, campaign_id: int) -> list[str]:
        with self.database.reading() as session:
            return [one.what for one in queries.story(session, campaign_id)]

    def row(self, campaign_id: int) -> CampaignRow:
        with self.database.reading() as session:
            return session.scalars(select(CampaignRow).where(CampaignRow.id == campaign_id)).one()


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
