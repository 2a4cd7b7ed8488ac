"""Tells whoever watches how the program is: alive, ready, and in figures."""

import hmac
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.db import Database
from bot.inbox import upkeep as inbox
from bot.outbox import upkeep as outbox

_LOOPBACK = ("127.0.0.1", "::1")


def blueprint(
    database: Database, is_current: Callable[[Database], bool], metrics_token: str | None
) -> Blueprint:
    """`GET /healthz`, `/readyz` and `/metrics`; `is_current` tells whether the schema is newest.

    `/metrics` answers to this machine, or to who has the token (`Authorization: Bearer …`).
    """
    door = Blueprint("health", __name__)

    @door.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @door.get("/readyz")
    def readyz() -> tuple[Response, int]:
        try:
            if not is_current(database):
                return jsonify(ready=False, reason="the schema is not the newest"), 503
            with database.reading() as session:
                return jsonify(ready=True, **_ages(database, session)), 200
        except SQLAlchemyError:
            return jsonify(ready=False, reason="the database does not answer"), 503

    @door.get("/metrics")
    def metrics() -> Response:
        if not _may_read_metrics(metrics_token):
            return Response(status=403)
        try:
            with database.reading() as session:
                text = _prometheus(database, session)
        except SQLAlchemyError:
            return Response(status=503)
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")

    return door


def _may_read_metrics(token: str | None) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # Behind a proxy on this machine everyone comes from it: then the token is needed.
    return request.remote_addr in _LOOPBACK and "X-Forwarded-For" not in request.headers


def _ages(database: Database, session: Session) -> dict[str, float | None]:
    now = database.lease_now(session)
    return {
        "oldest_event_seconds": _age(now, inbox.oldest_waiting(session)),
        "oldest_parcel_seconds": _age(now, outbox.oldest_waiting(session, now)),
    }


def _age(now: datetime, moment: datetime | None) -> float | None:
    return None if moment is None else round(max(0.0, (now - moment).total_seconds()), 3)


def _prometheus(database: Database, session: Session) -> str:
    lines = []
    for name, age in _ages(database, session).items():
        lines += [f"# TYPE madoguchi_{name} gauge", f"madoguchi_{name} {age or 0}"]
    for table, counts in (("events", inbox.counts(session)), ("parcels", outbox.counts(session))):
        lines.append(f"# TYPE madoguchi_{table} gauge")
        lines += [f'madoguchi_{table}{{state="{state}"}} {n}' for state, n in counts.items()]
    return "\n".join(lines) + "\n"
