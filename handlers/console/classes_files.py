"""教室の取り込みと書き出し: a table is checked first, then taken as a whole; open data goes out."""

import base64
import binascii
import zlib
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from bot.classes.importing import Read
from bot.knowledge.tables.files import LARGEST_FILE
from bot.knowledge.tables.writing import to_csv
from handlers.class_tables import FORMS, KINDS, look, take
from handlers.console.classes_names import EDIT
from handlers.console.desk import Desk
from handlers.console.routing import Section
from handlers.console.saving import csv_file
from handlers.console.table_findings import MOST_LISTED, of_fault, of_notice

section = Section("class_files")
_MOST_CARRIED = 300_000
"""Bytes that the page for confirming carries: a file of classes is small, a larger one is cut."""


@section.get("/classes/files", EDIT)
def start(desk: Desk) -> ResponseReturnValue:
    """Choosing a file, and what may be taken away as open data."""
    return _start(desk)


@section.post("/classes/files", EDIT)
def check(desk: Desk) -> ResponseReturnValue:
    """Reads a file and says what would become of it; nothing is written."""
    kind, upload = request.form.get("kind", ""), request.files.get("file")
    if kind not in KINDS or upload is None or not upload.filename:
        return _start(desk, 422, fault=desk.say("console_knowledge.no_file"))
    data = upload.stream.read(LARGEST_FILE + 1)
    read, notices = _understand(desk, kind, data)
    name = upload.filename.replace("\0", "")[:200]
    if read.faults:
        return _refuse(desk, kind, name, read)
    carried = base64.b64encode(zlib.compress(data, 9)).decode()
    if len(carried) > _MOST_CARRIED:
        return _start(desk, 413, fault=desk.say("console_classes.file_too_long"))
    taken = look(desk.services.database, kind, read)
    return desk.show(
        "classes/files_checked.html",
        kind=kind,
        name=name,
        taken=taken,
        lines=_lines(read)[:MOST_LISTED],
        count=len(_lines(read)),
        notices=[of_notice(desk, one) for one in notices[:MOST_LISTED]],
        carried=carried,
    )


@section.post("/classes/files/take", EDIT)
def confirm(desk: Desk) -> ResponseReturnValue:
    """Takes the file that was checked, read anew, as a whole. Twice changes nothing more."""
    kind, name = request.form.get("kind", ""), request.form.get("name", "")[:200]
    data = _carried(request.form.get("carried", ""))
    if kind not in KINDS or data is None:
        return _start(desk, 422, fault=desk.say("console_knowledge.no_file"))
    read, _notices = _understand(desk, kind, data)
    if read.faults:
        return _refuse(desk, kind, name, read)
    with desk.writing() as db:
        taken = take(db, kind, read)
        if taken.new or taken.changed:
            after = {"file": name, "new": taken.new, "changed": taken.changed}
            desk.record(db, "class.imported", ("class_table", kind), after=after)
    desk.tell(desk.say("console_classes.taken", new=taken.new, changed=taken.changed))
    if taken.left:
        left = "、".join(taken.left[:20])
        desk.tell(desk.say("console_classes.taken_left", codes=left), "note")
    return desk.go("class_shelf_venues" if kind == "venues" else "classes_everything")


@section.post("/classes/files/export", EDIT)
def export(desk: Desk) -> ResponseReturnValue:
    """Classes to come or venues as open data; nobody who booked stands in it."""
    wanted = request.form.get("form", "")
    name = wanted if wanted in FORMS else FORMS[0]
    tables = desk.services.class_tables
    with desk.reading() as db:
        rows = tables.written(db, name, desk.now)
    with desk.writing() as db:
        after = {"rows": len(rows) - 1, "form": name}
        desk.record(db, "class.exported", ("class_table", name), after=after)
    return csv_file(desk, name, to_csv(rows))


def _understand(desk: Desk, kind: str, data: bytes) -> tuple[Read, Any]:
    city = desk.services.city
    districts = [one.name for one in city.districts]
    tables = desk.services.class_tables
    return tables.understand(kind, data, districts, city.opening.zone, desk.now)


def _carried(written: str) -> bytes | None:
    """The file that the page for confirming carried; unpacked no further than a file may be."""
    try:
        packed = base64.b64decode(written, validate=True)
        data = zlib.decompressobj().decompress(packed, LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return data or None


def _lines(read: Read) -> list[str]:
    venues = [one.name for one in read.venues]
    classes = [
        f"{one.code}　{one.plan.dates[0][0]:%Y-%m-%d %H:%M}　{one.title}　{one.venue.name}"
        for one in read.classes
    ]
    return venues + classes


def _refuse(desk: Desk, kind: str, name: str, read: Read) -> ResponseReturnValue:
    faults = [of_fault(desk, one) for one in read.faults[:MOST_LISTED]]
    return _start(desk, 422, faults=faults, fault_count=len(read.faults), name=name, kind=kind)


def _start(desk: Desk, status: int = 200, /, **more: Any) -> ResponseReturnValue:
    context = {"fault": "", "faults": (), "fault_count": 0, "kind": KINDS[0], "name": "", **more}
    return desk.show(
        "classes/files.html", status, kinds=KINDS, forms=FORMS, largest=LARGEST_FILE, **context
    )
