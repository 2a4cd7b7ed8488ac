"""Wires settings, database and doors together, and is the console script."""


def main() -> int:
    return 0
