"""Answers one kept event: decide without a lock, then one transaction, then the reply goes out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.orm import Session

from bot import masking
from bot.campaigns import reactions
from bot.clocks import CivilClock
from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox.service import Claim
from bot.line import events, limits
from bot.line.events import Inbound, Unreadable
from bot.line.inbound import read_kept
from bot.line.limits import Message
from bot.outbox import service as outbox
from bot.outbox.rules import TOKEN_LIVES
from bot.residents import service as residents
from bot.residents.rules import Resident
from bot.sealing import Sealer
from bot.speech import alarm_cards, flex, menu_cards
from bot.speech.texts import Voice
from handlers.chat import ask, greeting, handover, routes
from handlers.chat.turn import Commit, Desk, Turn, say

log = logging.getLogger(__name__)

APOLOGISE_AT = 3
"""Attempts after which an event that cannot be answered gets an apology instead of silence."""

_ASKS = frozenset(["text", "edited", "postback"])
"""Kinds of events in which somebody asks for something that is looked up."""

_WITHOUT_MEETING = frozenset(["unfollow", "unsend", "withdrawn", "leave"])


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers claimed events. `answer` is handed to the worker; safe in several threads."""

    database: Database
    sealer: Sealer
    civil: CivilClock
    desk: Desk

    def answer(self, claim: Claim) -> None:
        """Answers the event once and finishes it in the same transaction.

        Where nothing can be looked up, a message or a tap is answered at once with telephone and
        shelters. Else raises what went wrong, for the worker to give the event back; at the third
        attempt the resident hears an apology with a phone number instead. Faults stand in the log.
        """
        inbound = _readable(events.read(read_kept(claim.event_id, claim.event)))
        if inbound.standby or not _is_ours(inbound):
            with self.database.writing() as session:
                inbox.finish(session, claim)
            return
        try:
            commit, turn = self._decide(inbound, claim)
            self._commit(claim, turn, commit)
        except inbox.LostLease:
            raise
        except Exception:
            if claim.attempts < APOLOGISE_AT:
                raise
            # Silence is the worst answer, so after several crashes a way on is given.
            log.exception("event could not be answered", extra={"event_id": claim.event_id})
            turn = self._bare_turn(inbound, claim)
            self._commit(claim, turn, say(_apology(turn)))

    def _decide(self, inbound: Inbound, claim: Claim) -> tuple[Commit, Turn]:
        try:
            return self._understand(inbound, claim)
        except Exception as fault:
            if inbound.kind not in _ASKS or _may_pass(fault):
                raise
            # What cannot be read now cannot be read in a second either: a way on is given at once.
            log.exception("nothing could be looked up", extra={"event_id": claim.event_id})
        with self.database.reading() as session:
            resident = residents.recognise(session, claim.user_key or "")
            turn = self._turn(session, inbound, resident, claim)
            answer = ask.out_of_order(turn)
            return (handover.instead(turn, answer) if inbound.kind == "edited" else answer), turn

    def _understand(self, inbound: Inbound, claim: Claim) -> tuple[Commit, Turn]:
        with self.database.reading() as session:
            resident = residents.recognise(session, claim.user_key or "")
            turn = self._turn(session, inbound, resident, claim)
            if inbound.kind == "postback":
                handler, arguments = routes.read_button(inbound.postback_data)
                turn = replace(turn, arguments=arguments)
            else:
                handler = routes.BY_KIND.get(inbound.kind, greeting.unknown)
            return handler(turn), turn

    def _commit(self, claim: Claim, turn: Turn, commit: Commit) -> None:
        inbound, key = turn.inbound, claim.user_key
        with self.database.writing() as session:
            inbox.finish(session, claim)
            if key and inbound.user_id and inbound.kind not in _WITHOUT_MEETING:
                residents.meet(session, self.sealer, key, inbound.user_id, turn.now)
            messages = _with_notices(turn, commit(session))
            known = bool(key) and not residents.recognise(session, key or "").is_new
            self._speak(session, claim, turn, messages, key if known else None)
            if came_from := turn.arguments.get(reactions.CAME_FROM):
                # Last, as many who tap at once raise the same number.
                reactions.tapped(session, came_from, turn.now)

    def _speak(
        self, session: Session, claim: Claim, turn: Turn, said: Sequence[Message], key: str | None
    ) -> None:
        reply_token = turn.inbound.reply_token
        if said and reply_token:
            outbox.keep_reply(
                session,
                self.sealer,
                claim=claim,
                reply_token=reply_token,
                messages=_within_limits(turn, said),
                user_key=key,
                now=self.database.lease_now(session),
                token_until=_token_until(turn.inbound, claim),
            )

    def _bare_turn(self, inbound: Inbound, claim: Claim) -> Turn:
        with self.database.reading() as session:
            resident = Resident(key=claim.user_key or "")
            return self._turn(session, inbound, resident, claim)

    def _turn(self, session: Session, inbound: Inbound, resident: Resident, claim: Claim) -> Turn:
        now, alarms = self.civil(), self.desk.alarms(session)
        return Turn(self.desk, session, inbound, resident, now, claim, self.sealer, alarms=alarms)


def _may_pass(fault: Exception) -> bool:
    """The database itself was away, so that nothing can be said before it is back."""
    lost = isinstance(fault, DBAPIError) and fault.connection_invalidated
    return lost or isinstance(fault, NoConnectionInTime)


def _readable(read: Inbound | Unreadable) -> Inbound:
    if isinstance(read, Inbound):
        return read
    return Inbound(
        event_id=read.event_id,
        kind="unknown",
        source=read.source,
        user_id=read.user_id,
        reply_token=read.reply_token,
        standby=read.standby,
        is_redelivery=False,
        occurred_at=None,
    )


def _is_ours(inbound: Inbound) -> bool:
    # In groups and rooms: one sentence at the door, then silence.
    return inbound.source == "user" or inbound.kind == "join"


def _token_until(inbound: Inbound, claim: Claim) -> datetime:
    # A redelivered event's token is as old as the event; otherwise our own receipt counts, since
    # the sender's clock may stand wrong.
    since = claim.received_at
    if inbound.is_redelivery and inbound.occurred_at is not None:
        since = min(inbound.occurred_at, since)
    return since + TOKEN_LIVES


def _with_notices(turn: Turn, said: Sequence[Message]) -> list[Message]:
    heard = turn.inbound.text or ""
    if said and masking.MARK in heard:
        said = [*flex.plain(turn.voice.say("greeting.number_masked")), *said]
    if not turn.alarms or turn.desk.dangers.recognise(heard) is not None:
        return [*said]  # in danger nothing stands before the numbers to ring
    return alarm_cards.with_banner(turn.voice, turn.desk.city, turn.alarms, said)


def _within_limits(turn: Turn, said: Sequence[Message]) -> list[Message]:
    faults = limits.check(said)
    if not faults:
        return [*said]
    log.error("a reply is over LINE's limits: %s", "; ".join(faults))
    return _apology(turn)


def _apology(turn: Turn) -> list[Message]:
    # In plain words, as adding readings may be what failed.
    voice = Voice(turn.desk.texts)
    said = voice.say("greeting.failed", phone=turn.desk.city.phone)
    return menu_cards.ways_on(voice, flex.plain(said))
