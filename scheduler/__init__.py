"""Doors that open when it is time."""
