"""Tables of smartphone classes: courses, sessions, seats, waiting lines, attendance."""
