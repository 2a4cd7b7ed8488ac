"""Takes a kept message back, as far as it has not left."""

from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from bot.outbox import queries
from bot.outbox.models import OutboxParcel


def withdraw(session: Session, dedupe_key: str, lease_now: datetime) -> str | None:
    """Ends a message that waits, and gives the state it is in now; None when it is not known.

    `dropped`: LINE has surely not taken it. `unknown`: it is in a sender's hand, or an earlier
    call may have arrived. One at its end stays as it ended. Never commits.
    """
    in_hand = OutboxParcel.owner.is_not(None) & (OutboxParcel.run_at > lease_now)
    may_have_arrived = in_hand | (OutboxParcel.unsure > 0)
    session.execute(
        update(OutboxParcel)
        .where(OutboxParcel.dedupe_key == dedupe_key, OutboxParcel.state == queries.WAITING)
        .values(
            state=case((may_have_arrived, "unknown"), else_="dropped"),
            address=None,
            messages=None,
            owner=None,
            done_at=lease_now,
        )
        .execution_options(synchronize_session=False)
    )
    wanted = select(OutboxParcel.state).where(OutboxParcel.dedupe_key == dedupe_key)
    return session.scalars(wanted).one_or_none()
