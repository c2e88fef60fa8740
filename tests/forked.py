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

import config
from tools.programs import MAINS

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(["tests.conftest", "gunicorn.app.wsgiapp", "pyhanko.sign.signers", "weasyprint"])


def begin(program: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """Start ``flask`` or ``gunicorn`` with what follows it on the command line; what it says goes to the log."""
    process = FORKED.Process(target=_run, args=(program, list(arguments), dict(environment), log))
    process.start()
    return process


def _run(program: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
    os.setsid()
    os.chdir(config.ROOT)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    importlib.reload(config)  # it read the environment of the process that this one was forked from
    sys.argv = [program, *arguments]
    MAINS[program]()
