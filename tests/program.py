"""A program as small as can be around the durable core, for tests that kill, stall and flood it.

`python -m tests.program serve --port N` and `… worker`, settings from the environment. The desk
says back what was said. MADOGUCHI_TEST_FAILPOINT names a point where the process ends at once, at
its n-th pass (`claimed:3`); it does so once, the file MADOGUCHI_TEST_CUT tells that it was.
MADOGUCHI_TEST_MUTATION breaks a promise, to show that it is kept.
"""

import itertools
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.settings import Settings

ENVIRON = os.environ


@dataclass
class Small:
    """The wiring."""

    settings: Settings

    def __post_init__(self) -> None:
        from tests import mutations

        mutations.apply(ENVIRON.get("MADOGUCHI_TEST_MUTATION"))

    @cached_property
    def database(self) -> Any:
        from bot.db import Database

        return Database(self.settings.database_url)

    @cached_property
    def sealer(self) -> Any:
        from bot.sealing import Sealer

        assert self.settings.lookup_key
        return Sealer(self.settings.data_keys, self.settings.lookup_key)

    @cached_property
    def role(self) -> Any:
        from bot.line.gateway import Gateway
        from scheduler.worker import Sizes, Worker

        return Worker(
            self.database,
            self.sealer,
            Gateway(self.settings.line),
            answering(self.database, self.sealer),
            sizes=Sizes(answering=int(ENVIRON.get("MADOGUCHI_TEST_ANSWERING", "2"))),
            failpoint=failpoint(ENVIRON.get("MADOGUCHI_TEST_FAILPOINT")),
            companion=announcing(self) if "MADOGUCHI_TEST_ANNOUNCES" in ENVIRON else None,
        )

    @cached_property
    def worker(self) -> Any:
        paused = ENVIRON.get("MADOGUCHI_TEST_PAUSED") == "1"
        return self.role if self.settings.is_sqlite and not paused else None

    @cached_property
    def flask_app(self) -> Any:
        import time

        from flask import Flask

        from bot.migrations import is_current
        from handlers import health, webhook
        from scheduler.bells import Caller

        app = Flask("small")
        wake: Callable[[], None] = lambda: None  # noqa: E731
        if self.worker:
            wake = self.worker.wake
        elif not self.settings.is_sqlite:
            caller = Caller(self.database)
            caller.start()
            wake = caller.wake
        secret = self.settings.line.channel_secret or ""
        app.register_blueprint(
            webhook.blueprint(secret, self.database, self.sealer, lambda event: event, wake)
        )
        app.register_blueprint(health.blueprint(self.database, is_current, None))

        @app.get("/slow")
        def slow() -> str:
            time.sleep(0.2)
            return "slow"

        @app.post("/upload")
        def upload() -> str:
            from flask import request

            return str(len(request.get_data()))

        return app


def answering(database: Any, sealer: Any) -> Callable[[Any], None]:
    """Says back what was said; an event that no sentence belongs to is just finished."""
    from bot.inbox import service as inbox
    from bot.line import events
    from bot.line.inbound import read_kept
    from bot.outbox import service as outbox

    def answer(claim: Any) -> None:
        inbound = events.read(read_kept(claim.event_id, claim.event))
        with database.writing() as session:
            inbox.finish(session, claim)
            if inbound.reply_token and not inbound.standby:
                outbox.keep_reply(
                    session,
                    sealer,
                    claim=claim,
                    reply_token=inbound.reply_token,
                    messages=[{"type": "text", "text": getattr(inbound, "text", None) or "?"}],
                    user_key=claim.user_key,
                    now=database.lease_now(session),
                )
            failpoint_in_transaction()

    return answer


def announcing(small: Small) -> Any:
    """Announcements, cut small (20 people a parcel, 1000 a stretch), so there is much to cut; and
    with little patience (a lease of 5 s, 1.5 s for LINE, 1 s between tries), so that what was lost
    is soon found."""
    from datetime import timedelta

    from bot.campaigns import parcels, planning
    from bot.campaigns.rules import Terms
    from bot.campaigns.starting import Composed
    from bot.clocks import real_time
    from bot.line.client import Timeouts
    from bot.line.gateway import Gateway
    from bot.outbox import rules
    from bot.residents.rules import Style
    from scheduler.campaigns import Campaigns
    from scheduler.mailing import Mailing, Pace
    from scheduler.rounds import Round, Together
    from tests.flows.announcing import TERMS

    planning.MULTICAST_MOST, planning.STRETCH = 20, 1000
    parcels.LEASE = timedelta(seconds=5)
    rules.back_off = lambda _endpoint, _attempts: timedelta(seconds=1)
    terms: Terms = TERMS
    gateway = Gateway(small.settings.line, Timeouts(connect=1.5, read=1.5))
    point = failpoint(ENVIRON.get("MADOGUCHI_TEST_FAILPOINT"))
    mailing = Mailing(
        small.database,
        small.sealer,
        gateway,
        real_time,
        f"test-{os.getpid()}",
        pace=Pace(carriers=6, per_second=60),
        failpoint=point,
    )

    def compose(campaign: Any) -> Composed:
        body = [{"type": "text", "text": campaign.draft.parts[0].text}]
        return Composed(dict.fromkeys(Style, body))

    campaigns = Campaigns(
        small.database,
        real_time,
        terms,
        compose=compose,
        quota=lambda: None,
        takes=gateway.takes,
        is_real_line=False,
        wake=mailing.wake,
        failpoint=point,
    )
    return Together([mailing, Round("announcements", campaigns.go, every=0.1)])


def failpoint(wanted: str | None) -> Callable[[str], None]:
    """Ends the process, as a power cut would, at the n-th pass of the point; once in a test."""
    name, _, number = (wanted or "").partition(":")
    passes = itertools.count(1)

    def pass_by(point: str) -> None:
        if point == name and next(passes) == int(number or "1"):
            with suppress(FileExistsError):
                os.close(os.open(ENVIRON["MADOGUCHI_TEST_CUT"], os.O_CREAT | os.O_EXCL))
                os._exit(9)

    return pass_by


_IN_TRANSACTION = failpoint(ENVIRON.get("MADOGUCHI_TEST_FAILPOINT"))


def failpoint_in_transaction() -> None:
    _IN_TRANSACTION("before the commit")


def main() -> int:
    import logging

    logging.basicConfig(level=ENVIRON.get("MADOGUCHI_TEST_LOG", "ERROR"))
    command, *args = sys.argv[1:]
    if command == "serve":
        from handlers.commands import serve

        return serve.run(args, ENVIRON, Small)
    from handlers.commands import worker

    return worker.run(args, ENVIRON, lambda settings: Small(settings).role)


if __name__ == "__main__":
    sys.exit(main())
