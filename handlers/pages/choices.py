"""One large form for all that a resident chooses: topics, district, age band, hours, reading."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.residents import preferences
from bot.residents import service as residents
from bot.residents.rules import AgeBand, Choices, Hours, Style, age_band_of, hours_of
from bot.speech import chosen_cards, district_cards
from handlers.pages import mine
from handlers.pages.visitor import Visitor

topic = mine.topic
"""The same link and the same visit as わたしの情報: one leads to the other."""


@topic.get("/choices")
def choose(one: Visitor) -> ResponseReturnValue:
    """The form with what is chosen now; after it was sent, the 控え above it."""
    services = one.services
    with one.reading() as session:
        choices = preferences.chosen(session, one.key)
        style = residents.recognise(session, one.key).style
    kept = chosen_cards.rows(one.voice, services.city, services.news_topics, choices)
    return one.show(
        "choices.html",
        is_kept="kept" in request.args,
        kept=kept,
        chosen=choices,
        style=style,
        districts=district_cards.grouped(services.city.districts),
        groups=services.news_topics.groups,
        choose=one.voice.choose,
        read=one.voice.read,
        age_bands=[(band, one.voice.say(f"choices.age_{band}")) for band in AgeBand],
        hours=[(hours, one.voice.say(f"choices.hours_{hours}")) for hours in Hours],
        styles=[(each, one.voice.say(f"me.style_{each}")) for each in Style],
    )


@topic.post("/choices")
def keep(one: Visitor) -> ResponseReturnValue:
    """Keeps what was changed on the form; what is not on offer is passed over.

    What the page was shown with stands in it beside each choice. What differs from that is the
    resident's wish; all else stays as it is now, also where it was changed elsewhere meanwhile: a
    topic that was stopped by a tap does not come back.
    """
    seen, wanted = _choices(one, "had_"), _choices(one)
    style = one.typed("style", 16)
    with one.writing() as session:
        if residents.hold(session, one.key):
            now = preferences.chosen(session, one.key)
            preferences.choose(session, one.key, _changed(now, seen, wanted), one.now)
        if style in set(Style) and style != one.typed("had_style", 16):
            residents.choose_style(session, one.key, Style(style))
    return one.go("mine_choose", kept=1)


def _choices(one: Visitor, before: str = "") -> Choices:
    """The choices in the fields of the form whose names begin so."""
    topics = one.services.news_topics.chosen(request.form.getlist(f"{before}topic"))
    district = one.services.city.district(one.typed(f"{before}district", 32))
    return Choices(
        topics=frozenset(topic.key for topic in topics),
        district=district.key if district else None,
        age_band=age_band_of(one.typed(f"{before}age_band", 8)),
        hours=hours_of(one.typed(f"{before}hours", 8)),
    )


def _changed(now: Choices, seen: Choices, wanted: Choices) -> Choices:
    """The present choices with what the resident changed on the page."""
    started, stopped = wanted.topics - seen.topics, seen.topics - wanted.topics
    return Choices(
        topics=(now.topics | started) - stopped,
        district=now.district if wanted.district == seen.district else wanted.district,
        age_band=now.age_band if wanted.age_band == seen.age_band else wanted.age_band,
        hours=now.hours if wanted.hours == seen.hours else wanted.hours,
    )
