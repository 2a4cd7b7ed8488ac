"""Times due: schedules and their firings, each instant once."""
