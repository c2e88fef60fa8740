"""The product's own programs, begun without reading the house anew: forked from a launcher that has read it.

Reading it takes seconds of a processor, and `make run` begins up to eight of them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedWriter
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FORK = get_context("fork")


@dataclass(frozen=True)
class Program:
    """``flask`` or ``gunicorn``, with what follows it on the command line."""

    name: str
    arguments: tuple[str, ...]


class Running(_FORK.Process):  # type: ignore[name-defined,misc]
    """A program that runs; it is waited for like a process of ``subprocess``."""

    def __init__(self, program: Program, log: BufferedWriter, env: Mapping[str, str], first: Callable[[], None]):
        import hometeach.app  # noqa: F401 - read here, once, and not in each of the processes

        super().__init__(target=_run, args=(program, log.fileno(), dict(env), first), daemon=True)
        self.start()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended.

        Raises: subprocess.TimeoutExpired if it has not, after so many seconds.
        """
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired(self.name, timeout or 0)
        return self.exitcode

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.join()


def _run(program: Program, log: int, env: Mapping[str, str], first: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # not the launcher's way of being asked to stop
    first()
    os.chdir(ROOT)
    os.environ.update(env)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.argv = [program.name, *program.arguments]
    MAINS[program.name]()


def _flask() -> None:
    from flask.cli import main

    main()


def _gunicorn() -> None:
    from gunicorn.app.wsgiapp import run

    run()


MAINS: dict[str, Callable[[], None]] = {"flask": _flask, "gunicorn": _gunicorn}


def flask(*arguments: object) -> Program:
    """A command of the product."""
    return Program("flask", tuple(map(str, arguments)))


def gunicorn(*arguments: object) -> Program:
    """The web server."""
    return Program("gunicorn", tuple(map(str, arguments)))


Command = Sequence[object] | Program


def begun(
    command: Command, log: BufferedWriter, env: Mapping[str, str], *, first: Callable[[], None] = lambda: None
) -> "subprocess.Popen[bytes] | Running":
    """Begin a program of the product, or any other command; its output goes to the log.

    ``first`` is done in the new process before anything else.
    """
    if isinstance(command, Program):
        return Running(command, log, env, first)
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, **env},
        preexec_fn=first,  # noqa: PLW1509 - no thread exists here that could hold a lock
    )
