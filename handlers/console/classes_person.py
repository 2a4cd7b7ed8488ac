"""Who somebody is and what they need, as the forms of 教室 ask for it."""

from typing import Any

from bot.classes import bookers
from bot.classes.bookers import Particulars, Unreadable
from bot.classes.values import Device, Wishes
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form

_NEEDS = ("needs_hearing", "needs_sight", "needs_step_free", "companions")


def _field(name: str, most: int) -> Field:
    return Field(name, f"console_classes.field_{name}", most=most, is_needed=False)


NAMED = [_field("kana", 60), _field("person", 60), _field("phone", 30)]
FIELDS = [
    *NAMED,
    *(_field("district", 20), _field("channel", 8)),
    *(_field("device", 8), _field("model", 80), _field("wish", 400)),
    *(_field(name, 1) for name in _NEEDS),
]


def particulars(desk: Desk, form: Form, *, phone_needed: bool = False) -> Particulars | None:
    """Who it is; None where that cannot be read or kept, which the form then says by its fields."""
    known = {one.name for one in desk.services.city.districts}
    read = bookers.read(
        form["person"],
        form["kana"],
        form["phone"],
        district=form["district"] if form["district"] in known else "",
        phone_needed=phone_needed,
    )
    if isinstance(read, Unreadable):
        for name in read.fields:
            words = desk.say(f"console_classes.unreadable_{name}")
            form.refuse("person" if name == "name" else name, words)
        return None
    return read if form.is_good else None


def wishes(form: Form) -> Wishes:
    """What a form says that somebody needs."""
    return Wishes(
        companions=1 if form["companions"] else 0,
        needs_hearing=bool(form["needs_hearing"]),
        needs_sight=bool(form["needs_sight"]),
        needs_step_free=bool(form["needs_step_free"]),
        device=Device(form["device"]) if form["device"] in set(Device) else None,
        model=form["model"],
        note=form["wish"],
    )


def choices(desk: Desk) -> dict[str, Any]:
    """What the lists of the form offer, as (value, words)."""
    return {
        "districts": [(one.name, one.name) for one in desk.services.city.districts],
        "devices": [(one.value, desk.say(f"console_classes.device_{one}")) for one in Device],
    }
