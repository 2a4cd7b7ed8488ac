"""Drafts announcements from what the desk knows: classes with seats, the plan's month, the week.

Staff read, change and check each of them; a draft is never sent as it comes out of here alone.
"""

from collections.abc import Sequence
from datetime import date

from bot.campaigns.checking import CARD_TEXT_MOST
from bot.campaigns.rules import (
    PARTS_MOST,
    Audience,
    Button,
    Card,
    Draft,
    Kind,
    Part,
    Picture,
    Words,
)
from bot.city import City
from bot.classes.values import Session
from bot.knowledge.values import Procedure
from bot.line.limits import graphemes, units
from bot.plan.news import MeasureNews, MonthsNews
from bot.plan.rules import Record
from bot.residents.rules import Style
from bot.speech import class_cards, dates, news_lines, plan_words, procedure_cards
from bot.speech.texts import Voice

CLASSES, ONLINE, PLAN, DIGEST = "classes", "online", "plan", "digest"
"""Topics of `content/topics.toml` that the desk can draft for."""
CARDS_MOST = 3
_TITLE_MOST = 40


def topic_of(kind: Kind) -> str:
    """The topic that announcements of a kind are about when the desk drafts them."""
    return PLAN if kind is Kind.PROGRESS else DIGEST


def empty(kind: Kind) -> Draft:
    """Nothing written yet, for staff to write it all."""
    return Draft(kind, "", None, (Words(""),))


def classes(voice: Voice, city: City, sessions: Sequence[Session]) -> Draft:
    """Classes with seats left, at most three as cards of their own; each books with one tap.

    The audience is the districts they are held in: what lies far away is seldom of use. Who told
    no district is in it: none had to.
    """
    shown = sessions[:CARDS_MOST]
    parts: list[Part] = [_words(voice, "news.classes_open", count=len(shown))]
    parts.extend(_class(voice, one) for one in shown)
    names = {one.venue.district for one in shown}
    near = frozenset(one.key for one in city.districts if one.name in names)
    title = voice.say("news.classes_title", day=dates.say_short_day(_day_of(shown[0])))
    audience = Audience(topics=frozenset({CLASSES}), districts=near, or_untold=True)
    return Draft(Kind.CLASS, title, CLASSES, tuple(parts), audience)


def progress(
    voice: Voice, news: MonthsNews, picture_id: int | None, page: str | None = None
) -> Draft:
    """What the month brought: procedures, then measure by measure, with the picture of the count.

    What is not recorded is said to be unknown. `page` is the address of the public page.
    """
    month = _months(voice, news)
    parts: list[Part] = [_words(voice, "news.progress_open", month=month)]
    if picture_id is not None:
        parts.append(Picture(picture_id, plan_words.picture(voice, news.progress)))
    if news.online:
        parts.append(_went_online(voice, news.online, page))
    measures = [_measure(voice, one) for one in news.measures]
    counted = news_lines.Group("", [plan_words.recorded(voice, news.progress)])
    buttons = [Button(voice.label("news.button_plan"), "plan"), *_to_page(voice, page)]
    card_title = voice.say("news.progress_card")
    for groups in _over_cards(voice, measures or [counted], PARTS_MOST - len(parts)):
        parts.append(_listed(voice, card_title, groups, buttons))
    title = voice.say("news.progress_title", month=month)
    audience = Audience(topics=frozenset({PLAN}))
    return Draft(Kind.PROGRESS, title, PLAN, tuple(parts), audience)


def went_online(voice: Voice, procedure: Procedure) -> Draft:
    """A procedure can be done online now, for those who chose the topic of such news.

    And for who waits for it; who was told of it by itself already is left out.
    """
    name = procedure_cards.everyday_name(procedure)
    said = voice.say("news.online_said", name=name)
    easy = _easy_say(voice, "news.online_said", name=voice.add_readings(name))
    buttons = [Button(voice.label("news.button_procedure"), "procedure", f"p={procedure.id}")]
    if procedure.online_url.startswith("https://"):
        way = Button(voice.label("news.button_apply"), "link", procedure.online_url)
        buttons.insert(0, way)
    card = Card(voice.say("news.online_card"), said, _if_it_fits(easy), tuple(buttons))
    title = _short(voice.say("news.online_title", name=name))
    told = Audience(topics=frozenset({ONLINE}), procedures=frozenset({procedure.id}))
    return Draft(Kind.GO_LIVE, title, ONLINE, (card,), told)


def digest(
    voice: Voice,
    told: Sequence[str],
    sessions: Sequence[Session],
    online: Sequence[Record],
    day: date,
    *,
    page: str | None = None,
) -> Draft | None:
    """The week in one: what was announced (titles), what went online, classes to come.

    `page` is the address of the plan's public page. None when there is nothing of all three.
    """
    if not (told or sessions or online):
        return None
    said = dates.say_short_day(day)
    parts: list[Part] = [_words(voice, "news.digest_open", day=said)]
    if told:
        lines = [voice.say("plan.item", text=title) for title in told]
        button = Button(voice.label("news.button_news"), "news")
        group = news_lines.Group("", lines)
        parts.append(_listed(voice, voice.say("news.digest_told"), [group], [button]))
    if online:
        parts.append(_went_online(voice, online, page))
    if sessions:
        group = news_lines.Group("", [_line(voice, one) for one in sessions])
        button = Button(voice.label("news.button_classes"), "classes")
        parts.append(_listed(voice, voice.say("news.digest_classes"), [group], [button]))
    title = voice.say("news.digest_title", day=said)
    audience = Audience(topics=frozenset({DIGEST}))
    return Draft(Kind.DIGEST, title, DIGEST, tuple(parts), audience)


def _listed(
    voice: Voice, title: str, groups: Sequence[news_lines.Group], buttons: Sequence[Button]
) -> Card:
    # Nobody has written it easily yet, but with readings it can be read.
    text, easy = news_lines.told(voice, groups)
    return Card(title, text, easy, tuple(buttons))


def _over_cards(
    voice: Voice, groups: Sequence[news_lines.Group], most: int
) -> list[Sequence[news_lines.Group]]:
    """All on one card where they fit, else on two if there may be two."""
    if most < 2 or len(groups) < 2 or news_lines.all_fit(voice, groups):
        return [groups]
    half = (len(groups) + 1) // 2
    return [groups[:half], groups[half:]]


def _to_page(voice: Voice, page: str | None) -> list[Button]:
    return [Button(voice.label("news.button_plan_page"), "link", page)] if page else []


def _class(voice: Voice, session: Session) -> Card:
    blanks = {
        "when": class_cards.when(session),
        "where": session.venue.name,
        "left": class_cards.places(voice, session),
        "level": class_cards.level(voice, session),
    }
    easy = {name: voice.add_readings(words) for name, words in blanks.items()}
    return Card(
        _short(session.course.title),
        voice.say("news.class_said", **blanks),
        _if_it_fits(_easy_say(voice, "news.class_said", **easy)),
        (Button(voice.label("news.button_class"), "class_pick", f"s={session.id}"),),
    )


def _went_online(voice: Voice, records: Sequence[Record], page: str | None) -> Card:
    names = [voice.say("plan.item", text=one.subject) for one in records]
    title = voice.say("news.online_count", count=len(records))
    procedures = Button(voice.label("news.button_procedures"), "procedures")
    all_of_it = _to_page(voice, page) or [Button(voice.label("news.button_plan"), "plan")]
    return _listed(voice, title, [news_lines.Group("", names)], [procedures, *all_of_it])


def _measure(voice: Voice, news: MeasureNews) -> news_lines.Group:
    number, title = news.measure.number, news.measure.title
    steps = [f"{one.step.text}：{plan_words.step(voice, one)}" for one in news.steps]
    figures = [plan_words.figure(voice, one) for one in news.figures]
    lines = [voice.say("plan.item", text=text) for text in (*steps, *figures)]
    return news_lines.Group(voice.say("plan.measure_title", number=number, title=title), lines)


def _line(voice: Voice, session: Session) -> str:
    first = session.meetings[0].starts_at if session.meetings else session.starts_at
    moment = f"{dates.say_short_day(dates.today(first))} {dates.say_time(first)}"
    return voice.say(
        "news.digest_class",
        when=moment,
        title=session.course.title,
        where=session.venue.name,
        left=class_cards.places(voice, session),
    )


def _words(voice: Voice, name: str, /, **blanks: object) -> Words:
    return Words(voice.label(name, **blanks), _easy_say(voice, name, **blanks))


def _easy_say(voice: Voice, name: str, /, **blanks: object) -> str:
    return Voice(voice.texts, Style.EASY, voice.add_readings).say(name, **blanks)


def _if_it_fits(easy: str) -> str:
    """Too long with its readings it is left out: whoever asked for it gets the other with them."""
    return easy if units(easy) <= CARD_TEXT_MOST else ""


def _months(voice: Voice, news: MonthsNews) -> str:
    first, last = _month(news.earliest), _month(news.first)
    if news.earliest >= news.first:
        return last
    return voice.say("news.months", first=first, last=last)


def _month(first: date) -> str:
    return f"{dates.say_year(first)}{first.month}月"


def _day_of(session: Session) -> date:
    return dates.today(session.starts_at)


def _short(words: str) -> str:
    return words if graphemes(words) <= _TITLE_MOST else f"{words[: _TITLE_MOST - 1]}…"
