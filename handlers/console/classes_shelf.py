"""教室の講座と会場: what is taught and where, made and changed by those who run the classes."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from datetime import time
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import catalogue
from bot.classes.catalogue import InUse
from bot.classes.values import Course, Kind, Venue
from handlers.console.classes_names import EDIT, READ
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.routing import Section

section = Section("class_shelf")
_COURSE = "<int(max=2147483647):course_id>"
_VENUE = "<int(max=2147483647):venue_id>"
_LENGTHS: Mapping[str, Mapping[str, int]] = {
    "course": {
        "title": 80,
        "kind": 12,
        "level": 1,
        "about": 1000,
        "steps": 1000,
        "prerequisites": 200,
        "bring": 200,
        "organiser": 80,
        "reminder_days": 40,
        "reminder_at": 5,
        "morning_at": 5,
    },
    "venue": {
        "name": 80,
        "kana": 120,
        "address": 200,
        "district": 20,
        "lat": 20,
        "lon": 20,
        "access": 200,
        "is_step_free": 1,
        "map_url": 300,
        "phone": 20,
        "venue_note": 1000,
    },
}
_NEEDED = ("title", "name")


def _fields(kind: str) -> list[Field]:
    return [
        Field(name, f"console_classes.field_{name}", most=most, is_needed=name in _NEEDED)
        for name, most in _LENGTHS[kind].items()
    ]


@section.get("/classes/courses", READ)
def courses(desk: Desk) -> ResponseReturnValue:
    """Every course."""
    with desk.reading() as db:
        held = catalogue.courses(db)
    return desk.show("classes/courses.html", courses=held)


@section.get("/classes/venues", READ)
def venues(desk: Desk) -> ResponseReturnValue:
    """Every venue."""
    with desk.reading() as db:
        held = catalogue.venues(db)
    return desk.show("classes/venues.html", venues=held)


@section.get("/classes/courses/new", EDIT)
def course_new(desk: Desk) -> ResponseReturnValue:
    """The form for a course."""
    return _course(desk, empty(_fields("course"), {"kind": Kind.CLASS, "level": "0"}))


@section.post("/classes/courses/new", EDIT)
def course_create(desk: Desk) -> ResponseReturnValue:
    """Makes a course."""
    return _keep_course(desk, None)


@section.get(f"/classes/courses/{_COURSE}", EDIT)
def course(desk: Desk, course_id: int) -> ResponseReturnValue:
    """A course in its form."""
    held = _held_course(desk, course_id)
    days = held.reminder_days
    values = {
        "title": held.title,
        "kind": held.kind,
        "level": str(held.level),
        "about": held.about,
        "steps": "\n".join(held.steps),
        "prerequisites": held.prerequisites,
        "bring": held.bring,
        "organiser": held.organiser,
        "reminder_days": "" if days is None else "、".join(map(str, days)),
        "reminder_at": held.reminder_at or "",
        "morning_at": held.morning_at or "",
    }
    return _course(desk, empty(_fields("course"), values), held)


@section.post(f"/classes/courses/{_COURSE}", EDIT)
def course_save(desk: Desk, course_id: int) -> ResponseReturnValue:
    """Changes a course."""
    return _keep_course(desk, _held_course(desk, course_id))


@section.post(f"/classes/courses/{_COURSE}/remove", EDIT)
def course_remove(desk: Desk, course_id: int) -> ResponseReturnValue:
    """Takes a course away while no class was ever made of it."""
    before = {"title": _held_course(desk, course_id).title}
    with desk.writing() as db:
        done = catalogue.remove_course(db, course_id)
        if done is True:
            desk.record(db, "class.course_removed", ("class_course", course_id), before=before)
    return _removed(desk, done, "class_shelf_courses")


@section.get("/classes/venues/new", EDIT)
def venue_new(desk: Desk) -> ResponseReturnValue:
    """The form for a venue."""
    return _venue(desk, empty(_fields("venue")))


@section.post("/classes/venues/new", EDIT)
def venue_create(desk: Desk) -> ResponseReturnValue:
    """Makes a venue."""
    return _keep_venue(desk, None)


@section.get(f"/classes/venues/{_VENUE}", EDIT)
def venue(desk: Desk, venue_id: int) -> ResponseReturnValue:
    """A venue in its form."""
    held = _held_venue(desk, venue_id)
    values = {name: str(getattr(held, name, "") or "") for name in _LENGTHS["venue"]}
    values |= {"is_step_free": "1" if held.is_step_free else "", "venue_note": held.note}
    return _venue(desk, empty(_fields("venue"), values), held)


@section.post(f"/classes/venues/{_VENUE}", EDIT)
def venue_save(desk: Desk, venue_id: int) -> ResponseReturnValue:
    """Changes a venue; those who booked there are told of another venue, not of better words."""
    return _keep_venue(desk, _held_venue(desk, venue_id))


@section.post(f"/classes/venues/{_VENUE}/remove", EDIT)
def venue_remove(desk: Desk, venue_id: int) -> ResponseReturnValue:
    """Takes a venue away while no class was ever held there."""
    before = {"name": _held_venue(desk, venue_id).name}
    with desk.writing() as db:
        done = catalogue.remove_venue(db, venue_id)
        if done is True:
            desk.record(db, "class.venue_removed", ("class_venue", venue_id), before=before)
    return _removed(desk, done, "class_shelf_venues")


# ---------------------------------------------------------------- steps


def _keep_course(desk: Desk, held: Course | None) -> ResponseReturnValue:
    form = desk.read(_fields("course"))
    if form["kind"] not in set(Kind):
        form.refuse("kind", desk.say("console_classes.fault_gone"))
    if form["level"] not in {str(one) for one in catalogue.LEVELS}:
        form.refuse("level", desk.say("console_classes.fault_gone"))
    values: dict[str, Any] = {
        name: form[name] for name in ("title", "about", "prerequisites", "bring", "organiser")
    }
    values["steps"] = tuple(form["steps"].splitlines())
    values["reminder_days"] = _days(desk, form)
    values["reminder_at"] = _time(desk, form, "reminder_at")
    values["morning_at"] = _time(desk, form, "morning_at")
    if not form.is_good:
        return _course(desk, form, held, 422)
    values |= {"kind": Kind(form["kind"]), "level": int(form["level"])}
    with desk.writing() as db:
        code, is_sample = (held.code, held.is_sample) if held else ("", False)
        number = catalogue.put_course(db, code=code, is_sample=is_sample, **values)
        _record(desk, db, "course", held, catalogue.course(db, number))
    desk.tell(desk.say("console_classes.kept"))
    return desk.go("class_shelf_courses")


def _keep_venue(desk: Desk, held: Venue | None) -> ResponseReturnValue:
    form = desk.read(_fields("venue"))
    names = {one.name for one in desk.services.city.districts}
    if form["district"] and form["district"] not in names:
        form.refuse("district", desk.say("console_classes.fault_gone"))
    if form["map_url"] and not form["map_url"].startswith("https://"):
        form.refuse("map_url", desk.say("console_classes.fault_url"))
    plain = ("name", "kana", "address", "district", "access", "map_url", "phone")
    values: dict[str, Any] = {name: form[name] for name in plain}
    values["lat"], values["lon"] = _degrees(desk, form, "lat"), _degrees(desk, form, "lon")
    if not form.is_good:
        return _venue(desk, form, held, 422)
    values |= {"is_step_free": bool(form["is_step_free"]), "note": form["venue_note"]}
    with desk.writing() as db:
        code, is_sample = (held.code, held.is_sample) if held else ("", False)
        number = catalogue.put_venue(db, code=code, is_sample=is_sample, **values)
        _record(desk, db, "venue", held, catalogue.venue(db, number))
    desk.tell(desk.say("console_classes.kept"))
    return desk.go("class_shelf_venues")


def _record(
    desk: Desk, db: Db, what: str, held: Course | Venue | None, kept: Course | Venue | None
) -> None:
    """What was changed, before and after; a form that was saved as it stood changes nothing."""
    assert kept is not None
    was, became = _said(held) if held else {}, _said(kept)
    names = [name for name in {**was, **became} if was.get(name) != became.get(name)]
    if names:
        desk.record(
            db,
            f"class.{what}_changed" if held else f"class.{what}_added",
            (f"class_{what}", kept.id),
            before={name: was.get(name) for name in names} if held else None,
            after={name: became.get(name) for name in names},
        )


def _said(kept: Course | Venue) -> dict[str, Any]:
    hidden = ("id", "code", "is_sample")
    return {name: value for name, value in asdict(kept).items() if value and name not in hidden}


def _days(desk: Desk, form: Form) -> tuple[int, ...] | None:
    typed = unicodedata.normalize("NFKC", form["reminder_days"]).replace("、", ",")
    if not typed.strip():
        return None
    pieces = [one.strip() for one in typed.split(",") if one.strip()]
    if all(one.isascii() and one.isdigit() and 0 < int(one) <= 30 for one in pieces):
        return tuple(sorted({int(one) for one in pieces}, reverse=True))
    form.refuse("reminder_days", desk.say("console_classes.fault_days"))
    return None


def _time(desk: Desk, form: Form, name: str) -> str | None:
    try:
        return f"{time.fromisoformat(form[name]):%H:%M}" if form[name] else None
    except ValueError:
        form.refuse(name, desk.say("console_classes.fault_moment"))
        return None


def _degrees(desk: Desk, form: Form, name: str) -> float | None:
    most = 90 if name == "lat" else 180
    try:
        value = float(unicodedata.normalize("NFKC", form[name])) if form[name] else None
    except ValueError:
        value = most + 1.0
    if value is not None and not -most <= value <= most:
        form.refuse(name, desk.say("console_classes.fault_degrees"))
        return None
    return value


def _held_course(desk: Desk, course_id: int) -> Course:
    with desk.reading() as db:
        return catalogue.course(db, course_id) or abort(404)


def _held_venue(desk: Desk, venue_id: int) -> Venue:
    with desk.reading() as db:
        return catalogue.venue(db, venue_id) or abort(404)


def _removed(desk: Desk, done: bool | InUse, page: str) -> ResponseReturnValue:
    if isinstance(done, InUse):
        desk.tell(desk.say("console_classes.in_use", count=done.sessions), "fault")
    elif done:
        desk.tell(desk.say("console_classes.removed"))
    return desk.go(page)


def _course(
    desk: Desk, form: Form, held: Course | None = None, status: int = 200
) -> ResponseReturnValue:
    kinds = [(kind.value, desk.say(f"console_classes.kind_{kind}")) for kind in Kind]
    levels = [(one, desk.say(f"console_classes.level_{one}")) for one in catalogue.LEVELS]
    return desk.show(
        "classes/course.html", status, form=form, held=held, kinds=kinds, levels=levels
    )


def _venue(
    desk: Desk, form: Form, held: Venue | None = None, status: int = 200
) -> ResponseReturnValue:
    names = [(one.name, one.name) for one in desk.services.city.districts]
    return desk.show("classes/venue.html", status, form=form, held=held, districts=names)
