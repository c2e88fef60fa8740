"""How do the web server and the scheduler live and die together?

Each is a process of its own with a log of its own. A signal stops all of them;
one that ends by itself is named, and takes the others along.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from tools.programs import Command, Running, begun
from tools.steps import LOG_FOLDER, Stopped, say

SECONDS_TO_STOP = 10
LINES_OF_LOG_SHOWN = 25
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


class Processes:
    """The running processes by their names, and whether somebody asked to stop."""

    def __init__(self) -> None:
        self.stop_asked = False
        self.running: dict[str, subprocess.Popen[bytes] | Running] = {}
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked = True

    def start(self, name: str, command: Command, env: Mapping[str, str]) -> None:
        """Start one process in a session of its own, so that Ctrl-C reaches it through us, once."""
        with log_of(name).open("ab") as log:
            self.running[name] = begun(command, log, env, first=_apart)

    def ended(self) -> str | None:
        """The name of a process that ended by itself, if one did."""
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def watch(self) -> None:
        """Wait until somebody asks to stop.

        Raises: Stopped with the name and the last words of a process that ended by itself.
        """
        while not self.stop_asked:
            if name := self.ended():
                raise Stopped(f"The {name} ended by itself. Its last words:\n{last_words(name)}\nAll: {log_of(name)}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask every process to end, in the order opposite to their start, and insist after a while."""
        for process in reversed(self.running.values()):
            process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for name, process in self.running.items():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"The {name} does not end: killed.")
                process.kill()
                process.wait()


def _apart() -> None:
    """Be a session of one's own; where the launcher itself is killed, leave nothing behind that holds the port."""
    os.setsid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def log_of(name: str) -> Path:
    """Where a process writes."""
    LOG_FOLDER.mkdir(parents=True, exist_ok=True)
    return LOG_FOLDER / f"{name.replace(' ', '-')}.log"


def last_words(name: str) -> str:
    """The end of a process's log, set in."""
    lines = log_of(name).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-LINES_OF_LOG_SHOWN:])
