"""Smartphone classes: courses, sessions, seats, waiting lines, attendance."""
