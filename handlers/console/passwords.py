"""Choosing a password: the two fields, and in plain words what is wrong with a choice."""

from bot.staff.rules import Person, password_fault
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form

NEW = Field(
    "password",
    "console_door.new_password",
    "password",
    most=1000,
    hint="console_door.password_rules",
    autocomplete="new-password",
)
AGAIN = Field("again", "console_door.again", "password", most=1000, autocomplete="new-password")


def check(desk: Desk, form: Form, person: Person) -> Form:
    """The form with what is wrong with the chosen password."""
    if not form.is_good:
        return form
    personal = (
        *(person.login, person.name, *person.name.split()),
        *(desk.services.city.name, "madoguchi", "まちの窓口"),
    )
    fault = password_fault(form["password"], personal=personal, known=desk.services.known_passwords)
    if fault is not None:
        form.refuse("password", desk.say(f"console_door.password_{fault}"))
    elif form["password"] != form["again"]:
        form.refuse("again", desk.say("console_door.not_again"))
    return form
