"""Copies the whole database into one file while the desk works, and brings it back anywhere.

Why a format of our own instead of SQLite's online backup and `pg_dump`: the copy goes from either
engine into either, so that a city may start on a file and grow to a server, or look into last
night's backup on a laptop; it needs no second program of the server's very version; it is checked
as a whole before anything is touched; and what it holds can be looked at with `unzip`. Nor would
SQLite's own way do better: copied in steps it begins anew with each write of another process,
while a reader in WAL mode sees one moment and holds up nobody.

The file is a ZIP: one member of JSON lines a table, then the manifest (schema, columns, counts,
SHA-256 of each member), then the manifest's keyed hash, by which a file that was changed is
refused. Sealed values stay sealed and the file holds no key: without the data keys and the lookup
key of its day it gives away no name, number or user id, and cannot be brought back. What residents
asked stands in it as in the question log, masked; so the file is for its owner's eyes (mode 600).
"""
