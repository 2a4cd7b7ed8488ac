"""What staff write in a conversation: forms, templates, and what must not go into a chat."""

import re
import secrets

from bot import masking
from bot.city import City
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty

TEMPLATES = ("hello", "wait", "page", "phone", "counter", "done")
"""Ready answers for the chat, in content/texts/handover.toml."""

_FORM = Field("form", "console_conversations.form", most=43)
CHAT = (Field("text", "console_conversations.answer", "area", most=1000), _FORM)
PAGE = (Field("personal", "console_conversations.personal_answer", "area", most=2000), _FORM)


def empty_form(fields: tuple[Field, ...], text: str = "") -> Form:
    """A form with a number of its own, so that pressing twice says it once."""
    return empty(fields, {fields[0].name: text, "form": secrets.token_urlsafe(16)})


def refuse_personal(desk: Desk, form: Form) -> None:
    """Refuses what holds a number or mail address that is not the city's own.

    What is personal must not stay on LINE's side; the page is for that.
    """
    if holds_contact(form["text"], desk.services.city):
        form.refuse("text", desk.say("console_conversations.too_personal"))


def holds_contact(text: str, city: City) -> bool:
    """True for words with a telephone number, mail address or the like of somebody."""
    numbers = {city.phone, *(section.phone for section in city.sections.values())}
    for number in sorted(numbers, key=len, reverse=True):
        digits = r"[-‐－ー]?".join(re.escape(part) for part in number.split("-"))
        text = re.sub(digits, "", text)
    return masking.mask_for_log(text) != text
