"""Ctrl-C ends the demo in words, also while it is still being prepared."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.demonstration import ROOT, free_pair

pytestmark = pytest.mark.slow


def test_ctrl_c_while_it_is_being_prepared_ends_it_in_words(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "wsgi", "demo", "--port", str(free_pair())],
        cwd=ROOT,
        env={**os.environ, "MADOGUCHI_VAR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = ""
    # The platform comes up while the database is still being made.
    while "emulator ready" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=40)
    assert rest.splitlines()[-1] == "終わりました。", rest
    assert "Traceback" not in rest
    assert process.returncode == 0
