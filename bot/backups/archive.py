"""The file of a backup: written beside its place and moved there whole, checked before use."""

import hashlib
import hmac
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.backups.values import Field, Manifest, Part, Refused, Why
from bot.sealing import Sealer

_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sign"
_PURPOSE = "backup.manifest"
# Vectors and sealed values do not get smaller by trying harder.
_EFFORT = 3
_READ = 1 << 16


class Writer:
    """Writes the parts one after another, then the manifest."""

    def __init__(self, pack: zipfile.ZipFile) -> None:
        self._pack = pack

    def add(
        self,
        table: str,
        fields: Sequence[Field],
        rows: Iterable[list[Any]],
        next_ids: dict[str, int],
    ) -> Part:
        """Writes one table, row by row, and gives what the manifest says of it."""
        part = Part(table, tuple(fields), 0, "", next_ids)
        digest, count = hashlib.sha256(), 0
        with self._pack.open(part.member, "w", force_zip64=True) as member:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                digest.update(line)
                member.write(line)
                count += 1
        return Part(table, tuple(fields), count, digest.hexdigest(), next_ids)

    def finish(self, manifest: Manifest, sealer: Sealer) -> None:
        """Writes the manifest and its keyed hash."""
        held = manifest.to_json()
        self._pack.writestr(_MANIFEST, held)
        self._pack.writestr(_SIGNATURE, sealer.lookup(held, _PURPOSE))


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """A new backup, readable by its owner alone; it takes the place of `file` only when whole.

    Raises Refused when something other than a backup has that name, OSError when the disk will
    not take it; nothing is left behind then.
    """
    if file.exists() and not _looks_like_backup(file):
        raise Refused(Why.NOT_A_BACKUP, file.name)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as raw:
            with zipfile.ZipFile(
                raw, "w", zipfile.ZIP_DEFLATED, compresslevel=_EFFORT, allowZip64=True
            ) as pack:
                yield Writer(pack)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _keep_name(file.parent)


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was found whole: its manifest, and its rows a table at a time."""

    manifest: Manifest
    pack: zipfile.ZipFile

    def rows(self, part: Part) -> Iterator[list[Any]]:
        """The cells of each row, in the order of the fields."""
        with self.pack.open(part.member) as lines:
            for line in lines:
                cells: list[Any] = json.loads(line)
                yield cells


@contextmanager
def reading(file: Path, sealer: Sealer) -> Iterator[Archive]:
    """The backup in `file`, every part of it checked before the first row is given.

    Raises Refused when it is no backup, was made by a newer program or under another lookup key,
    or is not as it was written; OSError when it cannot be read.
    """
    try:
        pack = zipfile.ZipFile(file)
    except zipfile.BadZipFile as strange:
        raise Refused(Why.NOT_A_BACKUP, file.name) from strange
    with pack:
        try:
            held = pack.read(_MANIFEST).decode()
            signature = pack.read(_SIGNATURE).decode()
        except (KeyError, ValueError, zipfile.BadZipFile, zlib.error) as strange:
            raise Refused(Why.NOT_A_BACKUP, file.name) from strange
        manifest = Manifest.from_json(held)
        if manifest.lookup_proof != lookup_proof(sealer):
            raise Refused(Why.OTHER_KEY)
        if not hmac.compare_digest(signature.encode(), sealer.lookup(held, _PURPOSE).encode()):
            raise Refused(Why.CHANGED, _MANIFEST)
        for part in manifest.parts:
            _check(pack, part)
        yield Archive(manifest, pack)


def lookup_proof(sealer: Sealer) -> str:
    """Tells one lookup key from another and gives none away."""
    return sealer.lookup("proof", "backup.lookup_key")


def _check(pack: zipfile.ZipFile, part: Part) -> None:
    digest = hashlib.sha256()
    try:
        with pack.open(part.member) as member:
            while piece := member.read(_READ):
                digest.update(piece)
    except (KeyError, EOFError, zipfile.BadZipFile, zlib.error) as broken:
        raise Refused(Why.CHANGED, part.table) from broken
    if digest.hexdigest() != part.sha256:
        raise Refused(Why.CHANGED, part.table)


def _looks_like_backup(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as pack:
            return _MANIFEST in pack.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _keep_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
