"""How many threads the numeric libraries may take; this module loads none of them."""

from collections.abc import MutableMapping


def use_one_thread_a_question(environ: MutableMapping[str, str]) -> None:
    """Keeps the numeric libraries from spreading one question over all cores.

    Call it first thing in a process, before NumPy is imported: they read it when they load.
    Values the operator has set stay.
    """
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    environ.setdefault("OMP_NUM_THREADS", "1")
