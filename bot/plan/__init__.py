"""The city's plan: its progress, and who wants to know when a procedure goes online."""
