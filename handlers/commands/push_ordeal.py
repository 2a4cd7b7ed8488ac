"""Has announcements sent while the product is killed, and judges by the platform's own log."""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from bot.campaigns import drafts
from bot.campaigns.models import CampaignRow
from bot.campaigns.rules import Audience, Cap, Draft, Kind, State, Wish, Words
from bot.db import Database
from bot.line.inbound import resident_key
from bot.outbox.models import OutboxParcel
from bot.residents.models import ResidentRow, ResidentTopic
from bot.residents.service import USER_ID_PURPOSE
from bot.sealing import Sealer
from handlers.commands.ordeal import Program, wait_until
from handlers.emulator.launch import RunningEmulator

TOPIC = "classes"


@dataclass(frozen=True, slots=True)
class PushPlan:
    """How hard it gets. Seconds throughout; probabilities are of each multicast.

    Each of the announcements goes to everybody. A program is killed within `kill_within` of the
    first sign of progress since the last kill, the first while the audience is being cut: so it
    is as hard on a slow machine.
    """

    people: int = 6_000
    announcements: int = 1
    kills: int = 3
    kill_within: float = 0.8
    busy: float = 0.04
    broken: float = 0.04
    cut_after_accept: float = 0.08
    slow_after_accept: float = 0.01
    settle: float = 180
    seed: int = 5


@dataclass(frozen=True, slots=True)
class PushVerdict:
    """What became of each person's each announcement. `missing`, `doubled`, `changed` and
    `strangers` must be 0; `refused_retries` must not be, or nothing was tested.

    `fullest_second` is the largest number of multicasts in one second.
    """

    expected: int
    reached: int
    missing: int
    doubled: int
    changed: int
    strangers: int
    refused_retries: int
    calls: int
    fullest_second: int
    kills: int
    unfinished: int

    @property
    def is_good(self) -> bool:
        """True when every promise was kept."""
        broken = self.missing + self.doubled + self.changed + self.strangers + self.unfinished
        return broken == 0 and self.reached == self.expected > 0

    @property
    def had_teeth(self) -> bool:
        """True when the product was killed and the platform had to refuse retries."""
        return self.refused_retries > 0 and self.kills > 0

    def as_json(self) -> dict[str, Any]:
        """For the command's output."""
        return asdict(self) | {"good": self.is_good, "had_teeth": self.had_teeth}


@dataclass(slots=True)
class PushOrdeal:
    """One run on a migrated, empty database that the programs work on."""

    emulator: RunningEmulator
    programs: Sequence[Program]
    database: Database
    sealer: Sealer
    plan: PushPlan
    kills: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> PushVerdict:
        """Sends, kills, waits for the end, and judges."""
        chance = random.Random(self.plan.seed)  # noqa: S311 (a coin for tests, not a secret)
        people = self._befriend()
        self._order_faults()
        verdicts = []
        since = int(self.emulator.get("log")["next"])
        for number in range(self.plan.announcements):
            unfinished = self._announce(number, chance)
            log = self.emulator.get(f"log?since={since}&kind=api")
            since = int(log["next"])
            verdicts.append(judge(people, log["entries"], unfinished=unfinished))
        return _summed(verdicts, self.kills)

    def _announce(self, number: int, chance: random.Random) -> int:
        """0 when the announcement ended in time, else 1."""
        campaign_id = schedule(self.database, f"announcement {number + 1}")
        self._over = threading.Event()
        killer = threading.Thread(
            target=self._kill_as_it_goes, args=(campaign_id, chance), daemon=True
        )
        killer.start()
        with contextlib.suppress(RuntimeError):
            wait_until(lambda: self._is_done(campaign_id), self.plan.settle, "not sent")
        self._over.set()
        killer.join()
        return 0 if self._is_done(campaign_id) else 1

    def _is_done(self, campaign_id: int) -> bool:
        with self.database.reading() as session:
            state = session.scalar(select(CampaignRow.state).where(CampaignRow.id == campaign_id))
        return state == State.DONE

    def _befriend(self) -> list[str]:
        made = self.emulator.post("residents", {"count": self.plan.people, "prefix": "p"})
        befriend(self.database, self.sealer, made["user_ids"])
        ids: list[str] = made["user_ids"]
        return ids

    def _order_faults(self) -> None:
        plan = self.plan
        for kind, probability, seconds in (
            ("429", plan.busy, 0.0),
            ("500", plan.broken, 0.0),
            ("reset", plan.broken, 0.0),
            ("reset-after-accept", plan.cut_after_accept, 0.0),
            ("timeout-after-accept", plan.slow_after_accept, 6.0),
        ):
            order = {"kind": kind, "probability": probability, "seconds": seconds, "count": None}
            self.emulator.post("faults", order | {"endpoint": "multicast"})

    def _kill_as_it_goes(self, campaign_id: int, chance: random.Random) -> None:
        for number in range(self.plan.kills):
            before = self._progress(campaign_id)
            while self._progress(campaign_id) <= before:
                if self._over.wait(0.01):
                    return
            if self._over.wait(chance.uniform(0, self.plan.kill_within) if number else 0.0):
                return
            self.kills += 1
            chance.choice(self.programs).restart()

    def _progress(self, campaign_id: int) -> int:
        with self.database.reading() as session:
            parts = session.scalar(select(CampaignRow.parts).where(CampaignRow.id == campaign_id))
            ended = session.scalar(
                select(func.count()).where(
                    OutboxParcel.campaign_id == campaign_id, OutboxParcel.done_at.isnot(None)
                )
            )
        return int(parts or 0) + int(ended or 0)


def befriend(database: Database, sealer: Sealer, user_ids: Sequence[str]) -> None:
    """Residents of these ids who chose the topic."""
    met = datetime.now(UTC) - timedelta(days=1)
    keys = [resident_key(sealer, user_id) for user_id in user_ids]
    rows = [
        {
            "key": key,
            "sealed_user_id": sealer.seal(user_id.encode(), USER_ID_PURPOSE),
            "met_at": met,
            "style": "plain",
        }
        for key, user_id in zip(keys, user_ids, strict=True)
    ]
    chosen = [{"topic": TOPIC, "resident_key": key, "chosen_at": met} for key in keys]
    with database.writing() as session:
        session.execute(insert(ResidentRow), rows)
        session.execute(insert(ResidentTopic), chosen)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("ANALYZE"))


def schedule(database: Database, words: str) -> int:
    """An announcement that was approved and is due at once; its number."""
    now = datetime.now(UTC)
    audience = Audience(topics=frozenset({TOPIC}))
    draft = Draft(Kind.FREE, "torture", TOPIC, (Words(words),), audience, Wish(cap=Cap.SEND_ALL))
    with database.writing() as session:
        row = CampaignRow(
            kind=draft.kind,
            title=draft.title,
            topic=draft.topic,
            content=drafts.content_json(draft.parts),
            audience=drafts.audience_json(draft.audience),
            wish=drafts.wish_json(draft.wish),
            state=State.SCHEDULED,
            author="writer",
            made_at=now,
            changed_at=now,
            approved_by="approver",
            approved_at=now,
            approved_hash=drafts.hash_of(draft),
            start_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def judge(
    people: Sequence[str], entries: Iterable[Mapping[str, Any]], *, unfinished: int = 0
) -> PushVerdict:
    """`people` are to be reached once each by what the log's `entries` tell; no kills are known
    here."""
    reached: Counter[str] = Counter()
    seconds: list[float] = []
    changed = refused = calls = 0
    for entry in entries:
        if entry["endpoint"] != "multicast":
            continue
        calls += 1
        seconds.append(datetime.fromisoformat(entry["at"]).timestamp())
        changed += bool(entry.get("retry_body_changed"))
        refused += entry["verdict"] == "already accepted"
        if entry["verdict"] == "accepted":
            reached.update(entry["recipients"])
    expected = set(people)
    return PushVerdict(
        expected=len(expected),
        reached=len(expected & reached.keys()),
        missing=len(expected - reached.keys()),
        doubled=sum(number - 1 for number in reached.values() if number > 1),
        changed=changed,
        strangers=len(reached.keys() - expected),
        refused_retries=refused,
        calls=calls,
        fullest_second=_fullest(sorted(seconds)),
        kills=0,
        unfinished=unfinished,
    )


def _fullest(moments: Sequence[float]) -> int:
    most = start = 0
    for end, moment in enumerate(moments):
        while moment - moments[start] >= 1:
            start += 1
        most = max(most, end - start + 1)
    return most


def _summed(verdicts: Sequence[PushVerdict], kills: int) -> PushVerdict:
    held = [asdict(verdict) for verdict in verdicts]
    total = {name: sum(one[name] for one in held) for name in held[0]}
    total["fullest_second"] = max(one["fullest_second"] for one in held)
    return PushVerdict(**(total | {"kills": kills}))
