"""A week of a city's desk, played through the real doors: chat, console and pages."""
