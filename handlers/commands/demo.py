"""`madoguchi demo`: the main job with nothing installed, in one go, until Ctrl-C."""

import argparse
import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

from bot.speech.texts import Voice
from handlers.commands import demo_week
from handlers.week.town import Town

PROGRAM: tuple[str, ...] = ("-m", "wsgi")
"""What Python runs as the product."""
_START_WITHIN = 120.0
_STOP_WITHIN = 25.0


def run(
    args: Sequence[str],
    environ: Mapping[str, str],
    voice: Voice,
    prepare: Callable[[Mapping[str, str]], None],
    furnish: Callable[[Mapping[str, str]], None],
) -> int:
    """Starts emulator and product as programs of their own and stops both at Ctrl-C.

    `prepare` migrates and seeds the demo's database before; `furnish` gives the running emulator
    the rich menu. Keys are made once and kept in the demo's
    folder, so that a later start finds the same residents. Returns the exit status.
    """
    parser = argparse.ArgumentParser(prog="madoguchi demo")
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--week", action="store_true", help="plays a city's week and reports")
    parser.add_argument("--part", action="append", default=[], help="of the week, this part alone")
    asked = parser.parse_args(args)
    port = asked.port
    for taken in (port, port + 1):
        if _is_taken(taken):
            print(voice.say("command.demo_port_taken", port=taken), file=sys.stderr)
            return 2
    print(voice.say("command.demo_preparing"), flush=True)
    settings = _environment(environ, port, demo_week.fresh_folder if asked.week else _folder)
    if asked.week:
        settings |= demo_week.settings(environ, settings)
    clock = Path(settings["MADOGUCHI_DEMO_CLOCK"])
    monday = demo_week.set_clock(clock, datetime.now(UTC)) if asked.week else None
    # The emulator comes up while the database is prepared.
    children = [_emulator(settings, port)]
    try:
        prepare(settings)
        children.append(_product(settings, port))
    except KeyboardInterrupt:
        _stop(children)
        print(voice.say("command.demo_stopped"), flush=True)
        return 0
    except BaseException:
        _stop(children)
        raise
    if monday is not None:
        folder = Path(settings["MADOGUCHI_VAR"]).resolve()
        perform = partial(
            demo_week.perform, voice=voice, monday=monday, folder=folder, parts=asked.part
        )
        return _play(children, settings, lambda: furnish(settings), perform)
    return _stay(children, port, voice, lambda: furnish(settings))


def _folder(place: Path) -> Path:
    folder = place / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _play(
    children: Sequence[subprocess.Popen[bytes]],
    settings: Mapping[str, str],
    furnish: Callable[[], None],
    perform: Callable[[Town], bool],
) -> int:
    """Plays the week and ends; 0 when every promise was kept."""
    port = int(settings["MADOGUCHI_BASE_URL"].rpartition(":")[2])
    town = Town(port, f"http://127.0.0.1:{port + 1}", children[1], lambda: _product(settings, port))
    # Told to end, it stops its programs too.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))
    try:
        # The platform is there first: it is furnished while the product still starts.
        if not _wait_ready([_platform_probe(port)], children, lambda: False):
            return 1
        furnish()
        if not _wait_ready(_probes(port), children, lambda: False):
            return 1
        return 0 if perform(town) else 1
    except KeyboardInterrupt:
        return 1
    finally:
        _stop([children[0], town.product])


def _environment(
    environ: Mapping[str, str], port: int, folder_in: Callable[[Path], Path]
) -> dict[str, str]:
    folder = folder_in(Path(environ.get("MADOGUCHI_VAR") or "var"))
    return {
        **environ,
        "MADOGUCHI_VAR": str(folder),
        "DATABASE_URL": environ.get("DATABASE_URL") or f"sqlite:///{folder}/madoguchi.db",
        "LINE_API_BASE_URL": f"http://127.0.0.1:{port + 1}",
        "MADOGUCHI_BASE_URL": f"http://127.0.0.1:{port}",
        "MADOGUCHI_DEMO_CLOCK": str(folder / "clock.json"),
        "MADOGUCHI_DEMO_EMULATOR": f"http://127.0.0.1:{port + 1}/",
        **_keys(folder / "keys.json"),
    }


def _keys(file: Path) -> dict[str, str]:
    names = ("MADOGUCHI_SECRET_KEY", "MADOGUCHI_DATA_KEYS", "MADOGUCHI_LOOKUP_KEY")
    line = ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        held = {}
    for name in (*names, *line):
        if not isinstance(held.get(name), str):
            held[name] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    file.touch(mode=0o600)
    file.write_text(json.dumps(held), encoding="utf-8")
    return {name: held[name] for name in (*names, *line)}


def _emulator(settings: Mapping[str, str], port: int) -> subprocess.Popen[bytes]:
    return _program(
        settings,
        *("-m", "handlers.emulator", "--port", str(port + 1)),
        *("--webhook", f"http://127.0.0.1:{port}/callback"),
        # One argument each: a random value may begin with a dash.
        f"--channel-secret={settings['LINE_CHANNEL_SECRET']}",
        f"--channel-token={settings['LINE_CHANNEL_ACCESS_TOKEN']}",
        *("--product-url", f"http://127.0.0.1:{port}"),
        *("--clock-file", settings["MADOGUCHI_DEMO_CLOCK"]),
        *("--data-dir", str(Path(settings["MADOGUCHI_VAR"]) / "emulator")),
    )


def _product(settings: Mapping[str, str], port: int) -> subprocess.Popen[bytes]:
    return _program(settings, *PROGRAM, "serve", "--port", str(port))


def _program(settings: Mapping[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop the programs in order.
    with ExitStack() as held:
        file = settings.get(demo_week.LOG)
        log = held.enter_context(Path(file).open("ab")) if file else None
        return subprocess.Popen(  # noqa: S603 (our own two programs)
            [sys.executable, *arguments],
            env=dict(settings),
            start_new_session=True,
            stdout=log,
            stderr=log,
        )


def _stay(
    children: Sequence[subprocess.Popen[bytes]],
    port: int,
    voice: Voice,
    furnish: Callable[[], None],
) -> int:
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    try:
        ready = _wait_ready(_probes(port), children, lambda: stopping)
        if ready:
            chat, product = f"http://127.0.0.1:{port + 1}/", f"http://127.0.0.1:{port}/"
            print(voice.say("command.demo_ready", emulator=chat, product=product), flush=True)
            furnish()
        while ready and not stopping and all(child.poll() is None for child in children):
            time.sleep(0.2)
    finally:
        _stop(children)
    print(voice.say("command.demo_stopped" if stopping else "command.demo_failed"), flush=True)
    return 0 if stopping else 1


def _wait_ready(
    probes: Sequence[tuple[int, str]],
    children: Sequence[subprocess.Popen[bytes]],
    stopping: Callable[[], bool],
) -> bool:
    end = time.monotonic() + _START_WITHIN
    while time.monotonic() < end and not stopping():
        if any(child.poll() is not None for child in children):
            return False
        if all(_answers(f"http://127.0.0.1:{port}/{path}") for port, path in probes):
            return True
        time.sleep(0.1)
    return False


def _probes(port: int) -> list[tuple[int, str]]:
    return [(port, "readyz"), _platform_probe(port)]


def _platform_probe(port: int) -> tuple[int, str]:
    return port + 1, "_emulator/residents"


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 (loopback, ours)
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    # The product first, so that it can still send what is in flight.
    for child in reversed(children):
        if child.poll() is None:
            os.kill(child.pid, signal.SIGTERM)
            try:
                child.wait(_STOP_WITHIN)
            except subprocess.TimeoutExpired:
                child.kill()


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
