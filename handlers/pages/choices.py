"""One large form for all that a resident chooses: topics, district, age band, hours, reading."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.residents import preferences
from bot.residents import service as residents
from bot.residents.rules import AgeBand, Choices, Hours, Style, age_band_of, hours_of
from bot.speech import choice_cards, district_cards
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
    kept = choice_cards.rows(one.voice, services.city, services.news_topics, choices)
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
    """Keeps the form as it stands; what is not on offer is passed over."""
    services = one.services
    district = services.city.district(one.typed("district", 32))
    choices = Choices(
        topics=frozenset(t.key for t in services.news_topics.chosen(request.form.getlist("topic"))),
        district=district.key if district else None,
        age_band=age_band_of(one.typed("age_band", 8)),
        hours=hours_of(one.typed("hours", 8)),
    )
    style = one.typed("style", 16)
    with one.writing() as session:
        preferences.choose(session, one.key, choices, one.now)
        if style in set(Style):
            residents.choose_style(session, one.key, Style(style))
    return one.go("mine_choose", kept=1)
