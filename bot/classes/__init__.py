"""Smartphone classes: courses, sessions, seats, waiting lines, attendance.

Asking for a seat is `booking.reserve`; `booking.cancel`, `moving.move`, `offers.accept` and
`offers.decline` follow it. `bookers` knows the people, `queries` what there is and what somebody
has, `sessions`, `planning` and `catalogue` what staff make. Every change of a seat locks the
session (`ledger`) and ends with `line.settle`, so that what falls free is the line's first.
`rules`, `times` and `naming` decide without the database.
"""
