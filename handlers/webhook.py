"""The door LINE delivers events to: verify, mask, keep, and only then say 200."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from bot.inbox.rules import without_words
from bot.line.inbound import NotADelivery, RawEvent, split, verify
from bot.sealing import Sealer
from handlers.arrival import WEBHOOK_MOST
from handlers.keeping import Keeper

log = logging.getLogger("madoguchi.webhook")


def blueprint(
    secret: str,
    database: Database,
    sealer: Sealer,
    mask: Callable[[dict[str, Any]], dict[str, Any]],
    wake: Callable[[], None],
) -> Blueprint:
    """`POST /callback` for the channel with this secret.

    `mask` takes numbers that must not be kept out of an event, before it is written anywhere.
    `wake` is called after events were kept, so that a worker need not find them by itself.
    """
    door = Blueprint("webhook", __name__)
    keeper = Keeper(database, sealer)

    @door.post("/callback")
    def callback() -> Response:
        status = _receive(secret, keeper, mask, wake)
        log.info("webhook from %s: %s", request.remote_addr, status)
        return Response(status=status)

    return door


def _receive(
    secret: str,
    keeper: Keeper,
    mask: Callable[[dict[str, Any]], dict[str, Any]],
    wake: Callable[[], None],
) -> int:
    if (request.content_length or 0) > WEBHOOK_MOST:
        return 413
    body = request.stream.read(WEBHOOK_MOST + 1)
    if len(body) > WEBHOOK_MOST:
        return 413
    if not verify(body, request.headers.get("X-Line-Signature"), secret):
        return 400
    try:
        events = [_masked(raw, mask) for raw in split(body)]
    except NotADelivery:
        return 400
    if not events:
        return 200
    try:
        keeper.keep(events)
    except SQLAlchemyError as error:
        # LINE delivers again what was not acknowledged.
        log.error("events could not be kept: %s", type(error).__name__)
        return 503
    wake()
    return 200


def _masked(raw: RawEvent, mask: Callable[[dict[str, Any]], dict[str, Any]]) -> RawEvent:
    try:
        return replace(raw, event=mask(raw.event))
    except Exception as error:
        # What cannot be masked is not written down; the event is still answered.
        log.error("an event could not be masked: %s", type(error).__name__)
        return replace(raw, event=without_words(raw.event))
