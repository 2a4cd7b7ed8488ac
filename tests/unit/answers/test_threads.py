"""One question keeps one core busy: NumPy reads how many threads it may take when it is loaded."""

import os
import subprocess
import sys

import pytest

COUNT = """
import os, sys
from importlib import import_module
from bot.answers.threads import use_one_thread_a_question
for name in sys.argv[1:]:
    import_module(name)
use_one_thread_a_question(os.environ)
import numpy
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted by Linux")
@pytest.mark.parametrize(
    "names", [(), ("bot.answers.following",), ("handlers.commands.evaluate",), ("wsgi",)]
)
def test_numpy_is_loaded_with_one_thread(names: tuple[str, ...]) -> None:
    limits = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
    environ = {name: value for name, value in os.environ.items() if name not in limits}
    told = subprocess.run(
        [sys.executable, "-c", COUNT, *names],
        check=True,
        capture_output=True,
        text=True,
        env=environ,
    )
    assert told.stdout.strip() == "1"
