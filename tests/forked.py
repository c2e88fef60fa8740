"""Real processes of the product that do not read all of it anew: each is forked from one that has read it.

They have a memory, connections and an end of their own, and are killed like any other; only the 3 to 5 seconds of
processor time are spared that reading the house takes each of them.
"""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import config
from tools.programs import MAINS

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(["tests.conftest", "gunicorn.app.wsgiapp", "pyhanko.sign.signers", "weasyprint"])


class Ended(NamedTuple):
    """How a program ended, and what it said until then."""

    returncode: int
    stdout: str
    stderr: str


def begin(program: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """Start ``flask`` or ``gunicorn`` with what follows it on the command line; what it says goes to the log."""
    return _begun(program, arguments, environment, log, log)


def ended(program: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Ended:
    """Run ``flask`` or ``gunicorn`` to its end; the folder is for what it says meanwhile."""
    said, complained = folder / f"said-{uuid4().hex}", folder / f"complained-{uuid4().hex}"
    process = _begun(program, arguments, environment, said, complained)
    process.join()
    assert process.exitcode is not None
    told = Ended(process.exitcode, said.read_text(encoding="utf-8"), complained.read_text(encoding="utf-8"))
    said.unlink()
    complained.unlink()
    return told


def _begun(
    program: str, arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path
) -> ForkServerProcess:
    process = FORKED.Process(target=_run, args=(program, list(arguments), dict(environment), out, err))
    process.start()
    return process


def _run(program: str, arguments: list[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    os.setsid()
    os.chdir(config.ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, out), (2, err)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), stream)
    importlib.reload(config)  # it read the environment of the process that this one was forked from
    sys.argv = [program, *arguments]
    MAINS[program]()
