"""Keeps what residents chose to be told, and what they told of themselves for it.

Nothing is inferred: every value was tapped by the resident. Nothing here commits.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.residents.models import ResidentChoice, ResidentTopic
from bot.residents.rules import AgeBand, Choices, Hours, age_band_of, hours_of
from bot.residents.service import hold


def chosen(session: Session, key: str) -> Choices:
    """What the resident chose; nothing at all for one who never did. Writes nothing."""
    topics = session.scalars(select(ResidentTopic.topic).where(ResidentTopic.resident_key == key))
    row = session.get(ResidentChoice, key)
    return Choices(
        topics=frozenset(topics),
        district=row.district if row else None,
        age_band=age_band_of(row.age_band) if row else None,
        hours=hours_of(row.hours) if row else None,
    )


def district_of(session: Session, key: str) -> str | None:
    """The key of the district that the resident chose, if any."""
    return session.scalar(select(ResidentChoice.district).where(ResidentChoice.resident_key == key))


def choose(session: Session, key: str, choices: Choices, now: datetime) -> bool:
    """Puts all choices in the place of the earlier ones, as from the form of a page.

    False, and nothing kept, for a resident whom the desk does not know (any more).
    """
    if not choose_topics(session, key, choices.topics, now):
        return False
    told = {"age_band": choices.age_band, "hours": choices.hours}
    return _keep(session, key, now, district=choices.district, **told)


def choose_topics(session: Session, key: str, topics: Iterable[str], now: datetime) -> bool:
    """The resident hears of exactly these topics from now on; those chosen before keep their date.

    False, and nothing kept, for a resident whom the desk does not know (any more).
    """
    if not hold(session, key):
        return False
    wanted, held = set(topics), chosen(session, key).topics
    stop_topics(session, key, held - wanted)
    for topic in sorted(wanted - held):
        session.add(ResidentTopic(topic=topic, resident_key=key, chosen_at=now))
    session.flush()
    return True


def start_topic(session: Session, key: str, topic: str, now: datetime) -> bool:
    """The resident hears of this topic from now on. Asking twice changes nothing.

    False, and nothing kept, for a resident whom the desk does not know (any more).
    """
    if not hold(session, key):
        return False
    if session.get(ResidentTopic, (topic, key)) is None:
        session.add(ResidentTopic(topic=topic, resident_key=key, chosen_at=now))
        session.flush()
    return True


def stop_topic(session: Session, key: str, topic: str) -> bool:
    """The resident hears of this topic no more; False when they did not before."""
    return bool(stop_topics(session, key, [topic]))


def stop_topics(session: Session, key: str, topics: Iterable[str]) -> frozenset[str]:
    """The resident hears of none of these topics any more; those they had chosen before."""
    gone = delete(ResidentTopic).where(
        ResidentTopic.resident_key == key, ResidentTopic.topic.in_(sorted(topics))
    )
    return frozenset(session.scalars(gone.returning(ResidentTopic.topic)))


def choose_district(session: Session, key: str, district: str | None, now: datetime) -> bool:
    """Keeps the district, by its key in `city.toml`; None takes it away.

    False, and nothing kept, for a resident whom the desk does not know (any more).
    """
    return _keep(session, key, now, district=district)


def choose_age_band(session: Session, key: str, age_band: AgeBand | None, now: datetime) -> bool:
    """Keeps the age band; None takes it away. False as for `choose_district`."""
    return _keep(session, key, now, age_band=age_band)


def choose_hours(session: Session, key: str, hours: Hours | None, now: datetime) -> bool:
    """Keeps when the resident has time; None takes it away. False as for `choose_district`."""
    return _keep(session, key, now, hours=hours)


def forget(session: Session, key: str) -> int:
    """Erases what the resident chose; returns how many rows went."""
    topics = delete(ResidentTopic).where(ResidentTopic.resident_key == key)
    row = delete(ResidentChoice).where(ResidentChoice.resident_key == key)
    gone = len(session.execute(topics.returning(ResidentTopic.topic)).all())
    return gone + len(session.execute(row.returning(ResidentChoice.resident_key)).all())


def _keep(session: Session, key: str, now: datetime, **told: str | None) -> bool:
    if not hold(session, key):
        return False
    row = session.get(ResidentChoice, key) or ResidentChoice(resident_key=key)
    for name, value in told.items():
        setattr(row, name, value)
    row.changed_at = now
    session.add(row)
    session.flush()
    return True
