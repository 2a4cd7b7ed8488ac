"""Says how far the plan has come, the same in the chat and on the public page."""

from collections.abc import Iterator

from bot.plan.rules import How, MeasureStands, Progress, Record, StepStands
from bot.speech import dates
from bot.speech.texts import Voice

ORDER = (How.DONE, How.UNDER_WAY, How.STOPPED, How.THIS_YEAR, How.PASSED, How.TO_COME)
"""What is recorded comes first, then what should be known, then what is still to come."""


def recorded(voice: Voice, progress: Progress) -> str:
    """How many procedures are recorded as online, or that nothing is recorded."""
    if progress.recorded is None:
        return voice.say("plan.recorded_unknown", total=progress.total)
    return voice.say("plan.recorded_count", count=progress.recorded, total=progress.total)


def notes(voice: Voice, progress: Progress) -> list[str]:
    """What belongs beside the count: of which day it is, and how many came late."""
    said = []
    if progress.as_of is not None:
        said.append(voice.say("plan.as_of", day=dates.say_day(progress.as_of)))
    if progress.late:
        said.append(voice.say("plan.late", count=progress.late))
    return said


def picture(voice: Voice, progress: Progress) -> str:
    """All that the picture shows, for those who cannot see it."""
    if progress.recorded is None:
        return voice.say("plan.picture_unknown", total=progress.total)
    whole = voice.say("plan.picture_known", total=progress.total, count=progress.recorded)
    return whole + "、".join(
        voice.say("plan.year", year=year.name, count=count(voice, year.count))
        for year in progress.years
    )


def count(voice: Voice, number: int | None) -> str:
    """A count, or that there is no record."""
    if number is None:
        return voice.say("plan.not_recorded")
    return voice.say("plan.number", count=number)


def how(voice: Voice, stands: How) -> str:
    """How a step stands, in a sentence."""
    return voice.say(f"plan.how_{stands.value}")


def step(voice: Voice, stands: StepStands) -> str:
    """How a step stands, with the day from which that is recorded."""
    if stands.record is None:
        return how(voice, stands.how)
    day = voice.say("plan.since", day=dates.say_day(stands.record.day))
    return how(voice, stands.how) + day


def groups(voice: Voice, measure: MeasureStands) -> Iterator[tuple[str, str]]:
    """A measure's steps by how they stand: the words for it, and the steps, a line each."""
    for one in ORDER:
        texts = [stands.step.text for stands in measure.steps if stands.how is one]
        if texts:
            lines = [voice.say("plan.item", text=text) for text in dict.fromkeys(texts)]
            yield how(voice, one), "\n".join(lines)


def figure(voice: Voice, record: Record) -> str:
    """A figure with the day it is of."""
    day = dates.say_day(record.day)
    return voice.say("plan.figure", name=record.subject, value=record.value, day=day)
