"""Doors that open when someone speaks, taps, clicks or types a command."""
