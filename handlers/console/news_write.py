"""作成: the words, pictures and cards of an announcement; every press of a button keeps them."""

import contextlib
from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from bot.campaigns import pictures, service
from bot.campaigns.checking import (
    BUTTONS_MOST,
    CARD_TEXT_MOST,
    LABEL_MOST,
    TEXT_MOST,
    TITLE_MOST,
)
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import EDITABLE, PARTS_MOST, Card, Draft, Part, Picture, State, Words
from bot.campaigns.service import ChangedMeanwhile, Kept
from bot.line.limits import ALT_TEXT_UNITS, graphemes, units
from handlers.console import editing, news_form, news_look, news_words
from handlers.console.desk import Desk
from handlers.console.news import NUMBER, WRITE, editing_key, one_of
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("news_write")
_KINDS: Mapping[type, str] = {Words: "words", Picture: "picture", Card: "card"}


@section.get(f"{NUMBER}/write", WRITE)
def write(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """The form, with what was being written when I last paused."""
    found = one_of(desk, campaign_id)
    if found.state not in EDITABLE:
        return desk.go("news_one", campaign_id=campaign_id)
    kept = desk.draft(editing_key(campaign_id))
    if kept is None:
        return _show(desk, found, found.draft)
    typed, version = _typed(found.draft, kept.fields), _number(kept.fields)
    if version != found.version and typed == found.draft:
        return _show(desk, found, found.draft)
    return _show(desk, found, typed, kept=kept, version=version)


@section.post(f"{NUMBER}/write", WRITE)
def keep(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Keeps what was typed, then does what the pressed button says; approvals of it are void.

    What a colleague kept meanwhile is replaced only by the button that says so, and only as it
    was shown beside what was typed.
    """
    found = one_of(desk, campaign_id)
    fields, do = _fields(), request.form.get("do", "save")
    typed, version = _typed(found.draft, fields), _number(fields)
    if too_long := _too_long(desk, fields):
        return _show(desk, found, typed, 422, too_long, seen=found.draft, version=version)
    drawn = None
    if do == "picture":
        drawn = _drawn()
        if isinstance(drawn, pictures.Unfit):
            words = desk.say(f"console_news.picture_{drawn.why}")
            return _show(desk, found, typed, 422, words, version=version)
    over = _number(fields, "over") if do == "replace" else version
    with desk.writing() as session:
        held = news_form.rearranged(typed.parts, do)
        if isinstance(drawn, pictures.Drawn):
            kept = pictures.keep(session, drawn, desk.now)
            alt = request.form.get("alt", "").strip()[:ALT_TEXT_UNITS]
            held = news_form.with_picture(held, kept.id, alt, request.form.get("onto", ""))
        written = _with(typed, held)
        done = service.edit(session, campaign_id, over, written, actor=desk.me.login, now=desk.now)
        if isinstance(done, Kept):
            if done.version != over:
                desk.record(session, "news.written", ("news", campaign_id))
            desk.drop_draft(session, editing_key(campaign_id))
        else:
            session.rollback()
    if isinstance(done, ChangedMeanwhile):
        return _show(desk, one_of(desk, campaign_id), typed, 409, version=version)
    if not isinstance(done, Kept):
        refused = news_words.refused(desk, done)
        return _show(desk, found, typed, 409, refused, version=version)
    if found.state is not State.DRAFT and done.version != over:
        desk.tell(desk.say("console_news.approval_void"), "note")
    if do == "next":
        return desk.go("news_audience_ask", campaign_id=campaign_id)
    if do in ("save", "replace"):
        desk.tell(desk.say("console_news.kept"))
    return desk.go_to(desk.to("news_write_write", campaign_id=campaign_id) + _place(do, held))


@section.post(f"{NUMBER}/write/look", WRITE)
def look(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """The phone with what is typed, which is not kept; a script asks for that part alone."""
    found = one_of(desk, campaign_id)
    fields = _fields()
    typed = _typed(found.draft, fields)
    seen = found.draft if news_form.is_too_long(fields) else typed
    if request.args.get("part"):
        return desk.show("news/phones.html", phones=news_look.phones(desk, seen))
    return _show(desk, found, typed, seen=seen, version=_number(fields))


@section.post(f"{NUMBER}/write/drop", WRITE)
def drop(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Throws away what was being written; the announcement itself stays as it was kept."""
    with desk.writing() as session:
        desk.drop_draft(session, editing_key(campaign_id))
    return desk.go("news_write_write", campaign_id=campaign_id)


def _show(
    desk: Desk,
    found: Campaign,
    draft: Draft,
    status: int = 200,
    fault: str = "",
    *,
    kept: object = None,
    seen: Draft | None = None,
    version: int | None = None,
) -> ResponseReturnValue:
    """The form; on the phone stands `seen` where that is another: what is too long is not drawn.

    `version` is the one that the writer began with, the present one unless told. Over an older
    one stands what a colleague kept meanwhile.
    """
    topics = [topic.key for topic in desk.services.news_topics.all]
    return desk.show(
        "news/write.html",
        status,
        campaign=found,
        draft=draft,
        kinds=[_KINDS[type(part)] for part in draft.parts],
        groups=desk.services.news_topics.groups,
        topics=topics,
        targets=news_form.TARGETS,
        argument_of=news_form.argument_of,
        phones=news_look.phones(desk, seen or draft),
        picture_of=lambda picture_id: _picture(desk, picture_id),
        limits={
            "parts": PARTS_MOST,
            "text": TEXT_MOST,
            "card": CARD_TEXT_MOST,
            "name": news_form.TITLE_LONGEST,
            "title": TITLE_MOST,
            "label": LABEL_MOST,
            "alt": ALT_TEXT_UNITS,
            "buttons": BUTTONS_MOST,
            "bytes": pictures.BYTES_MOST,
        },
        units=units,
        graphemes=graphemes,
        draft_key=editing_key(found.id),
        editors=editing.enter(desk, editing_key(found.id)),
        kept=kept,
        fault=fault,
        version=found.version if version is None else version,
        theirs=None if version in (None, found.version) else _theirs(desk, found),
    )


def _too_long(desk: Desk, fields: Mapping[str, str]) -> str | None:
    """What is to be shortened before anything is kept, in words."""
    if news_form.is_too_long(fields):
        return desk.say("console_news.field_long", most=news_words.number(news_form.LONGEST))
    if units(fields.get("title", "").strip()) > news_form.TITLE_LONGEST:
        return desk.say("console_news_write.title_long", most=news_form.TITLE_LONGEST)
    return None


def _theirs(desk: Desk, found: Campaign) -> Mapping[str, object]:
    """What stands kept now, to be seen beside what was typed."""
    return {
        "title": found.draft.title,
        "topic": news_words.topic(desk, found.draft.topic),
        "phones": news_look.phones(desk, found.draft),
    }


def _typed(before: Draft, fields: Mapping[str, str]) -> Draft:
    title = fields.get("title", "").strip()
    topic = fields.get("topic") or None
    return Draft(
        before.kind,
        title,
        topic and topic[:32],
        news_form.parts(fields),
        before.audience,
        before.wish,
    )


def _with(typed: Draft, held: tuple[Part, ...]) -> Draft:
    return Draft(typed.kind, typed.title, typed.topic, held, typed.audience, typed.wish)


def _number(fields: Mapping[str, str], name: str = "version") -> int:
    return number_of(fields.get(name, "")) or 0


def _fields() -> dict[str, str]:
    return {name: value.replace("\r\n", "\n") for name, value in request.form.items()}


def _drawn() -> pictures.Drawn | pictures.Unfit:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return pictures.Unfit("none")
    with contextlib.closing(upload):
        return pictures.draw(upload.stream.read(pictures.BYTES_MOST + 1))


def _picture(desk: Desk, picture_id: int | None) -> str | None:
    if picture_id is None:
        return None
    with desk.reading() as session:
        found = pictures.find(session, picture_id)
    return f"/p/{found.name}/small.jpg" if found else None


def _place(do: str, held: tuple[Part, ...]) -> str:
    """Where the page opens again: at the part that was added, else at the top."""
    is_new = do in ("words", "card", "picture") and held
    return f"#part{len(held) - 1}" if is_new else ""
