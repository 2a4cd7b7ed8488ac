"""Words that, typed alone, do what a button does, and who answers each; see content/typed.toml."""

from handlers.chat import (
    booking,
    booking_mine,
    choices,
    greeting,
    me,
    person,
    plan,
    procedures,
    reactions,
)
from handlers.chat.turn import Handler

BY_WORD: dict[str, Handler] = {
    "menu": greeting.menu,
    "back": greeting.back,
    "person": person.person,
    "me": me.see,
    "forget": me.ask_before_forgetting,
    "procedures": procedures.areas,
    "plan": plan.progress,
    "ask": greeting.how_to_ask,
    "classes": booking.start,
    "my_classes": booking_mine.mine,
    "class_training": booking.training,
    "news": choices.news,
    "stop_news": choices.stop,
    "my_district": choices.district,
    "style_easy": me.easy,
    "style_furigana": me.furigana,
    "style_plain": me.plain,
    "thanks": greeting.thanks,
    "hello": greeting.hello,
    "yes": reactions.said_yes,
    "no": reactions.said_no,
    "understood": greeting.understood,
    "upset": greeting.upset,
    "afraid": greeting.afraid,
    "styles": me.styles,
}
