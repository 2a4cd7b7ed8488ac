"""How large the measurements of the console and the review are."""

import os

SCALE = float(os.environ.get("MADOGUCHI_BENCH_SCALE") or "0.1")
"""A tenth of a city's size in the suite; 1 for the figures of the README."""


def sized(full: int) -> int:
    """So many rows of the full number."""
    return max(int(full * SCALE), 500)
