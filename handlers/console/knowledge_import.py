"""Taking in a table: checked first, then confirmed, watched while it is written, and undone."""

import logging
import threading
from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from bot.knowledge import import_batches as batches
from bot.knowledge import importing, proposals, proposing
from bot.knowledge.comparing import Comparison, compare
from bot.knowledge.import_batches import Batch
from bot.knowledge.tables.faults import TableFault
from bot.knowledge.tables.files import LARGEST_FILE, read_table
from bot.knowledge.tables.reading import Understood, understand
from handlers.console.desk import Desk
from handlers.console.knowledge import EDIT, READ, may_edit
from handlers.console.knowledge_kinds import Kind
from handlers.console.routing import Section
from handlers.console.table_findings import MOST_LISTED, Finding, of_fault, of_notice

log = logging.getLogger("madoguchi.console")
section = Section("knowledge_import")
_BATCH = "/knowledge/import/<int(max=2147483647):batch_id>"


@section.get("/knowledge/import", READ)
def start(desk: Desk) -> ResponseReturnValue:
    """Choosing a file; the last imports; and what may be taken away as a file."""
    return _start(desk)


@section.post("/knowledge/import", EDIT)
def check(desk: Desk) -> ResponseReturnValue:
    """Reads a file and lays its rows down, for nobody to meet yet. The file itself is not kept."""
    kind = desk.services.knowledge.kinds.get(request.form.get("kind", ""))
    upload = request.files.get("file")
    if kind is None or upload is None or not upload.filename:
        return _start(desk, 422, fault=desk.say("console_knowledge.no_file"))
    understood = _understand(desk, kind, upload.stream.read(LARGEST_FILE + 1))
    if understood.faults:
        faults = [of_fault(desk, fault) for fault in understood.faults[:MOST_LISTED]]
        count, name = len(understood.faults), upload.filename[:200]
        return _start(desk, 422, faults=faults, fault_count=count, file_name=name, kind=kind)
    with desk.writing() as session:
        batches.forget_unconfirmed(session, desk.lease_now(session))
    with desk.reading() as session:
        sections = desk.services.city.sections
        comparison = compare(session, kind.shelf, understood.rows, sections)
    notices = [of_notice(desk, one) for one in (*understood.notices, *comparison.notices)]
    if not comparison.new and not comparison.changed:
        desk.tell(desk.say("console_knowledge.import_nothing", same=comparison.same), "note")
        return _start(desk, notices=notices[:MOST_LISTED])
    batch_id = _lay_down(desk, kind, comparison, upload.filename)
    batch = _batch(desk, batch_id)
    return _checked(desk, batch, same=comparison.same, notices=notices)


@section.get(_BATCH, READ)
def one(desk: Desk, batch_id: int) -> ResponseReturnValue:
    """An import as it stands; while it moves, the page looks again by itself.

    A script asks for the part alone; without one the page asks the browser to open it again.
    """
    batch = _batch(desk, batch_id)
    if batch.state == "staging":
        return _checked(desk, batch) if may_edit(desk) else abort(404)
    with desk.reading() as session:
        waits = proposals.waiting_for(session, proposals.IMPORT, str(batch_id))
    page = "import_progress" if request.args.get("part") else "import_one"
    return desk.show(f"knowledge/{page}.html", batch=batch, may_edit=may_edit(desk), proposal=waits)


@section.post(_BATCH + "/confirm", EDIT)
def confirm(desk: Desk, batch_id: int) -> ResponseReturnValue:
    """Begins to write; pressing twice begins once."""
    batch = _batch(desk, batch_id)
    if batch.state == "staging" and not _is_meant(batch):
        return _start(desk, 409, fault=desk.say("console_knowledge.other_file"))
    if desk.services.second_person_approves:
        return _ask_second_person(desk, batch)
    _send(desk, batch, ("staging", "writing"), "knowledge.imported")
    return desk.go("knowledge_import_one", batch_id=batch_id)


@section.post(_BATCH + "/cancel", EDIT)
def cancel(desk: Desk, batch_id: int) -> ResponseReturnValue:
    """Gives it up: before it is confirmed nothing was written; after, what was is given back."""
    batch = _batch(desk, batch_id)
    if batch.state != "staging":
        _send(desk, batch, ("writing", "undoing"), "knowledge.import_stopped")
        return desk.go("knowledge_import_one", batch_id=batch_id)
    if _is_meant(batch):
        with desk.writing() as session:
            batches.throw_away(session, batch_id)
    desk.tell(desk.say("console_knowledge.import_dropped"))
    return desk.go("knowledge_import_start")


@section.post(_BATCH + "/undo", EDIT)
def undo(desk: Desk, batch_id: int) -> ResponseReturnValue:
    """Gives the rows back what they said before; those changed since are left and told."""
    batch = _batch(desk, batch_id)
    _send(desk, batch, ("done", "undoing"), "knowledge.import_undone")
    return desk.go("knowledge_import_one", batch_id=batch_id)


@section.post(_BATCH + "/go-on", EDIT)
def go_on(desk: Desk, batch_id: int) -> ResponseReturnValue:
    """Goes on with one that a crash left half-way; beside a running one it does no harm."""
    if _batch(desk, batch_id).is_moving:
        finish_in_background(desk, batch_id)
    return desk.go("knowledge_import_one", batch_id=batch_id)


# ---------------------------------------------------------------- steps


def _understand(desk: Desk, kind: Kind, data: bytes) -> Understood:
    table = read_table(data)
    if isinstance(table, TableFault):
        return Understood(faults=[table])
    return understand(table, kind.form, desk.services.city.sections)


def _lay_down(desk: Desk, kind: Kind, comparison: Comparison, file_name: str) -> int:
    database = desk.services.database
    batch_id = importing.stage(
        database,
        kind.shelf,
        comparison,
        started_by=f"staff:{desk.me.login}",
        file_name=file_name.replace("\0", ""),
        now=desk.now,
    )
    batches.hold(database, batch_id)
    return batch_id


def _is_meant(batch: Batch) -> bool:
    """True when it is the file that the page showed: numbers of dropped ones are given again."""
    return request.form.get("stamp") == batch.stamp


def _ask_second_person(desk: Desk, batch: Batch) -> ResponseReturnValue:
    """Lets the file wait as a whole. Undoing an import later needs nobody: it only goes back."""
    with desk.writing() as session:
        me = desk.me.login
        proposal = proposing.propose_import(session, batch.id, batch.total, me, desk.now)
        if proposal is not None:
            after = {"file": batch.file_name, "kind": batch.kind, "proposal": proposal.id}
            desk.record(session, "knowledge.proposed", ("import", batch.id), after=after)
    if proposal is None:
        return desk.go("knowledge_import_one", batch_id=batch.id)
    desk.tell(desk.say("console_knowledge.proposed"), "note")
    return desk.go("knowledge_approval_look", proposal_id=proposal.id)


def _send(desk: Desk, batch: Batch, way: tuple[str, str], action: str) -> None:
    """Sends an import its way and records it, once; the work itself goes on behind the page."""
    with desk.writing() as session:
        is_sent = importing.turn(session, batch.id, *way)
        if is_sent:
            after = {"file": batch.file_name, "kind": batch.kind, "rows": batch.total}
            desk.record(session, action, ("import", batch.id), after=after)
    if is_sent:
        finish_in_background(desk, batch.id)


def finish_in_background(desk: Desk, batch_id: int) -> None:
    """The page answers at once. A crash leaves a state that 続ける or the next start finishes."""
    database, now = desk.services.database, desk.now

    def run() -> None:
        try:
            importing.finish(database, batch_id, now)
        except Exception:
            log.exception("an import stopped half-way: %s", batch_id)

    threading.Thread(target=run, name=f"import-{batch_id}", daemon=True).start()


def _batch(desk: Desk, batch_id: int) -> Batch:
    with desk.reading() as session:
        batch = batches.find(session, batch_id)
    return batch if batch is not None else abort(404)


# ---------------------------------------------------------------- showing


def _start(desk: Desk, status: int = 200, /, **more: Any) -> ResponseReturnValue:
    with desk.reading() as session:
        latest = batches.latest(session)
    context = {"fault": "", "faults": (), "fault_count": 0, "notices": (), "kind": None, **more}
    return desk.show(
        "knowledge/import.html",
        status,
        kinds=desk.services.knowledge.kinds.values(),
        latest=latest,
        may_edit=may_edit(desk),
        largest=LARGEST_FILE,
        **context,
    )


def _checked(
    desk: Desk, batch: Batch, *, same: int | None = None, notices: Sequence[Finding] = ()
) -> ResponseReturnValue:
    kind = desk.services.knowledge.kinds[batch.kind]
    with desk.reading() as session:
        rows = {
            name: batches.first_rows(session, batch.id, new=is_new)
            for name, is_new in (("new", True), ("changed", False))
        }
    return desk.show(
        "knowledge/import_checked.html",
        batch=batch,
        kind=kind,
        rows=rows,
        same=same,
        notices=notices[:MOST_LISTED],
        notice_count=len(notices),
        needs_approval=desk.services.second_person_approves,
    )
