"""What the desk knows and does; no web framework here."""
