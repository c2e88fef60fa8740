"""How does a person see that a long step is alive, how long it took, and what to do when it fails?

Only the standard library: this runs before anything is installed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tools.programs import ROOT, Command, Running, begun

__all__ = ["ROOT", "Stopped", "say", "step"]

LOG_FOLDER = Path(os.environ.get("HOMETEACH_VAR", "").strip() or ROOT / "var") / "log"
SECONDS_BETWEEN_LINES = 10
LINES_OF_LOG_SHOWN = 25


class Stopped(SystemExit):
    """The end of a command, with what a person should do next."""

    def __init__(self, message: str):
        say(f"\n{message}")
        super().__init__(1)


def say(text: str) -> None:
    """Print at once, also where the output is a file."""
    print(text, flush=True)


def step(title: str, command: Command, *, advice: str, env: Mapping[str, str] | None = None) -> str:
    """Run one command and show that it is alive; what it printed.

    Its output goes to var/log/setup.log, of which a failure shows the end.

    Raises: Stopped with the advice if the command fails.
    """
    LOG_FOLDER.mkdir(parents=True, exist_ok=True)
    log_file = LOG_FOLDER / "setup.log"
    began = time.monotonic()
    with log_file.open("ab") as log:
        log.write(f"\n== {title}\n".encode())
        log.flush()
        beginning = log.tell()
        status = _watched(title, command, log_file, env)
    printed = log_file.read_bytes()[beginning:].decode(errors="replace")
    if status:
        _show_end(printed)
        raise Stopped(f"Failed: {title}.\n{advice}\nThe whole log: {log_file}")
    _clear_line()
    say(f"{time.monotonic() - began:5.0f} s  {title}")
    return printed


def _watched(title: str, command: Command, log_file: Path, env: Mapping[str, str] | None) -> int:
    began = shown = time.monotonic()
    with log_file.open("ab") as log, begun(command, log, env or {}) as process:
        while (status := _ended(process)) is None:
            now = time.monotonic()
            if sys.stdout.isatty() or now - shown >= SECONDS_BETWEEN_LINES:
                _show_progress(now - began, title, log_file)
                shown = now
    return status


def _ended(process: subprocess.Popen[bytes] | Running) -> int | None:
    try:
        return process.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        return None


def _show_progress(seconds: float, title: str, log_file: Path) -> None:
    lines = log_file.read_bytes()[-2000:].decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    line = f"{seconds:5.0f} s  {title}: {last[:70]}"
    if sys.stdout.isatty():
        print(f"\r\033[K{line[:110]}", end="", flush=True)
    else:
        say(line)


def _clear_line() -> None:
    if sys.stdout.isatty():
        print("\r\033[K", end="")


def _show_end(printed: str) -> None:
    _clear_line()
    for line in printed.rstrip().splitlines()[-LINES_OF_LOG_SHOWN:]:
        say(f"    {line}")
