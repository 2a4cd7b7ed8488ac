"""The table of contents of the conversation: what is said or tapped, and who answers."""

from urllib.parse import parse_qsl

from handlers.chat import ask, choices, greeting, handover, me, person, plan, procedures, reactions
from handlers.chat.turn import Handler

BY_KIND: dict[str, Handler] = {
    "text": handover.text,
    "edited": handover.edited,
    "unsend": handover.unsend,
    "follow": greeting.follow,
    "unfollow": handover.unfollow,
    "join": greeting.join,
    "sticker": greeting.sticker,
    "image": greeting.picture,
    "video": greeting.picture,
    "audio": greeting.sound,
    "file": greeting.file,
    "location": greeting.location,
}

BY_BUTTON: dict[str, Handler] = {
    "menu": greeting.menu,
    "ask": greeting.how_to_ask,
    "person": person.person,
    "talk": person.talk,
    "talk_end": person.stop,
    "talk_page": person.page,
    "classes": greeting.classes,
    "news": choices.news,
    "choose_topics": choices.topics,
    "choose_district": choices.district,
    "choose_age": choices.age,
    "choose_hours": choices.hours,
    "choose_page": choices.page,
    "topic_on": choices.topic_on,
    "stop_topic": choices.stop_topic,
    "district_set": choices.set_district,
    "age_set": choices.set_age,
    "hours_set": choices.set_hours,
    "stop_all": choices.stop_all,
    "stop_all_yes": choices.stop_all_yes,
    "later": choices.later,
    "open": ask.opened,
    "none": reactions.none_of_these,
    "yes": reactions.resolved,
    "no": reactions.not_resolved,
    "await": reactions.await_answer,
    "procedures": procedures.areas,
    "events": procedures.events,
    "event": procedures.event,
    "procedure": procedures.procedure,
    "watch": procedures.watch,
    "unwatch": procedures.unwatch,
    "plan": plan.progress,
    "me": me.see,
    "me_page": me.page,
    "style": me.styles,
    "style_set": me.choose_style,
    "forget": me.ask_before_forgetting,
    "forget_yes": me.forget,
    "forget_no": me.keep,
}


def read_button(data: str | None) -> tuple[Handler, dict[str, str]]:
    """Who answers a tapped button, and what the button carried; a stale one has its own answer."""
    arguments = dict(parse_qsl(data or ""))
    return BY_BUTTON.get(arguments.get("to", ""), greeting.stale), arguments
