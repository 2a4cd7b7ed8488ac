"""Residents: preferences, consent, and being forgotten."""
