"""Drafts announcements from what the desk knows: classes with seats, the plan's month, the week.

Staff read, change and check each of them; a draft is never sent as it comes out of here alone.
"""

from collections.abc import Sequence
from datetime import date

from bot.campaigns.rules import Audience, Button, Card, Draft, Kind, Part, Picture, Words
from bot.city import City
from bot.classes.values import Session
from bot.knowledge.values import Procedure
from bot.line.limits import graphemes
from bot.plan.news import MeasureNews, MonthsNews
from bot.plan.rules import Record
from bot.residents.rules import Style
from bot.speech import class_cards, dates, plan_words, procedure_cards
from bot.speech.texts import Voice

CLASSES, ONLINE, PLAN, DIGEST = "classes", "online", "plan", "digest"
"""Topics of `content/topics.toml` that the desk can draft for."""
CARDS_MOST = 3
_TITLE_MOST = 40
_NAMED_MOST = 8


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
    month = _month(news.first)
    parts: list[Part] = [_words(voice, "news.progress_open", month=month)]
    if picture_id is not None:
        parts.append(Picture(picture_id, plan_words.picture(voice, news.progress)))
    if news.online:
        parts.append(_went_online(voice, news.online))
    lines = [line for one in news.measures for line in _measure(voice, one)]
    buttons = [Button(voice.label("news.button_plan"), "plan")]
    if page:
        buttons.append(Button(voice.label("news.button_plan_page"), "link", page))
    said = "\n".join(lines) or plan_words.recorded(voice, news.progress)
    card = Card(
        voice.say("news.progress_card"), _cut(said), _easy(voice, _cut(said)), tuple(buttons)
    )
    title = voice.say("news.progress_title", month=month)
    audience = Audience(topics=frozenset({PLAN}))
    return Draft(Kind.PROGRESS, title, PLAN, (*parts, card), audience)


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
    card = Card(voice.say("news.online_card"), said, easy, tuple(buttons))
    title = _short(voice.say("news.online_title", name=name))
    told = Audience(topics=frozenset({ONLINE}), procedures=frozenset({procedure.id}))
    return Draft(Kind.GO_LIVE, title, ONLINE, (card,), told)


def digest(
    voice: Voice,
    told: Sequence[str],
    sessions: Sequence[Session],
    online: Sequence[Record],
    day: date,
) -> Draft | None:
    """The week in one: what was announced (titles), what went online, classes to come.

    None when there is nothing of all three.
    """
    if not (told or sessions or online):
        return None
    said = dates.say_short_day(day)
    parts: list[Part] = [_words(voice, "news.digest_open", day=said)]
    if told:
        lines = [voice.say("plan.item", text=title) for title in told]
        button = Button(voice.label("news.button_news"), "news")
        parts.append(_listed(voice, voice.say("news.digest_told"), lines, button))
    if online:
        parts.append(_went_online(voice, online))
    if sessions:
        lines = [_line(voice, one) for one in sessions[:_NAMED_MOST]]
        button = Button(voice.label("news.button_classes"), "classes")
        parts.append(_listed(voice, voice.say("news.digest_classes"), lines, button))
    title = voice.say("news.digest_title", day=said)
    audience = Audience(topics=frozenset({DIGEST}))
    return Draft(Kind.DIGEST, title, DIGEST, tuple(parts), audience)


def _listed(voice: Voice, title: str, lines: Sequence[str], button: Button) -> Card:
    text = _cut("\n".join(lines))
    return Card(title, text, _easy(voice, text), (button,))


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
        _easy_say(voice, "news.class_said", **easy),
        (Button(voice.label("news.button_class"), "class_pick", f"s={session.id}"),),
    )


def _went_online(voice: Voice, records: Sequence[Record]) -> Card:
    names = [voice.say("plan.item", text=one.subject) for one in records[:_NAMED_MOST]]
    if len(records) > _NAMED_MOST:
        names.append(voice.say("news.online_more", count=len(records) - _NAMED_MOST))
    title = voice.say("news.online_count", count=len(records))
    button = Button(voice.label("news.button_procedures"), "procedures")
    return _listed(voice, title, names, button)


def _measure(voice: Voice, news: MeasureNews) -> list[str]:
    number, title = news.measure.number, news.measure.title
    lines = [voice.say("plan.measure_title", number=number, title=title)]
    for one in news.steps:
        text = f"{one.step.text}：{plan_words.step(voice, one)}"
        lines.append(voice.say("plan.item", text=text))
    for record in news.figures:
        lines.append(voice.say("plan.item", text=plan_words.figure(voice, record)))
    return lines


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


def _easy(voice: Voice, words: str) -> str:
    """The same with readings: nobody has written it easily yet, but it can be read."""
    return voice.add_readings(words)


def _month(first: date) -> str:
    return f"{dates.say_year(first)}{first.month}月"


def _day_of(session: Session) -> date:
    return dates.today(session.starts_at)


def _short(words: str) -> str:
    return words if graphemes(words) <= _TITLE_MOST else f"{words[: _TITLE_MOST - 1]}…"


def _cut(words: str) -> str:
    """Whole lines, as many as a card takes with readings added."""
    kept: list[str] = []
    for line in words.splitlines():
        if sum(map(len, kept)) + len(line) > _CARD_MOST:
            break
        kept.append(line)
    return "\n".join(kept)


_CARD_MOST = 240
"""Characters; readings at most double them, and a card takes 600."""
