"""Do the processes of `make run` live and die together?"""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LAUNCHER = """
import sys
from tools.processes import Processes
processes = Processes()
try:
    for number, seconds in enumerate(sys.argv[1:]):
        code = f"import time; print('teaching', flush=True); time.sleep({seconds}); sys.exit(3)"
        processes.start(f"worker {number}", [sys.executable, "-c", "import sys; " + code], {})
        print(processes.running[f"worker {number}"].pid, flush=True)
    processes.watch()
    print("asked to stop", flush=True)
finally:
    processes.stop()
"""


class Launched:
    """A launcher with two workers: its process, and handles that tell when a worker is gone."""

    def __init__(self, folder: Path, *seconds: float):
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, *map(str, seconds)],
            cwd=ROOT,
            env={**os.environ, "HOMETEACH_VAR": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers = [os.pidfd_open(int(self.process.stdout.readline())) for _ in seconds]

    def workers_gone(self) -> bool:
        """Whether every worker ends within ten seconds."""
        return all(select.select([worker], [], [], 10)[0] for worker in self.workers)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        for worker in self.workers:
            os.close(worker)


@pytest.fixture
def launch(tmp_path):
    launched = []

    def start(*seconds: float) -> Launched:
        launched.append(Launched(tmp_path, *seconds))
        return launched[-1]

    yield start
    for one in launched:
        one.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_launcher_ends_every_process(launch, number):
    launched = launch(60, 60)
    launched.process.send_signal(number)
    printed, _ = launched.process.communicate(timeout=20)
    assert (launched.process.returncode, printed) == (0, "asked to stop\n")
    assert launched.workers_gone()


def test_a_process_that_ends_by_itself_is_named_with_its_last_words_and_takes_the_others_along(launch, tmp_path):
    launched = launch(60, 0.2)
    printed, _ = launched.process.communicate(timeout=20)
    assert launched.process.returncode == 1
    assert "The worker 1 ended by itself. Its last words:\n    teaching\n" in printed
    assert str(tmp_path / "log" / "worker-1.log") in printed
    assert launched.workers_gone()


def test_nothing_is_left_behind_where_the_launcher_is_killed(launch):
    launched = launch(60, 60)
    launched.process.kill()
    assert launched.workers_gone()
