"""Does `make run` bring an empty folder to an answering product, and does it end without a trace?"""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hometeach.kernel.jobs import committed
from hometeach.people.founding import make_first_administrator

ROOT = Path(__file__).resolve().parent.parent


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def launcher(database_url: str, folder: Path, port: int | str) -> subprocess.Popen[str]:
    """What `make run` hands over to, on a database and a folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "HOMETEACH_CONFIG": "demonstration",
            "HOMETEACH_TODAY": "2026-11-23",
            "HOMETEACH_VAR": str(folder),
            "PORT": str(port),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lines_until_ready(process: subprocess.Popen[str]) -> Iterator[str]:
    for line in process.stdout:
        yield line.rstrip("\n")
        if line.startswith("Ctrl-C"):
            return


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().status


@pytest.fixture
def run(database_url, tmp_path):
    """Start the launcher and wait until it says that it is ready: the process, its port, its lines."""
    started = []

    def start() -> tuple[subprocess.Popen[str], int, list[str]]:
        port = a_free_port()
        process = launcher(database_url, tmp_path / "var", port)
        started.append(process)
        return process, port, list(lines_until_ready(process))

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def test_an_empty_database_becomes_a_running_demonstration_and_the_second_start_only_starts_it(run, tmp_path):
    process, port, lines = run()
    printed = "\n".join(lines)
    assert status_of(port, "/healthz") == 200
    assert "sample county imported" in printed
    assert f"http://127.0.0.1:{port} " in printed
    reports = [tmp_path / "var" / "report-2026.pdf", tmp_path / "var" / "report-2026.xlsx"]
    assert [report.read_bytes()[:4] for report in reports] == [b"%PDF", b"PK\x03\x04"]
    assert all(str(report) in printed for report in reports)

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        status_of(port, "/healthz")

    written = [report.stat().st_mtime_ns for report in reports]
    _, port, again = run()
    assert status_of(port, "/healthz") == 200
    assert "sample county imported" not in "\n".join(again)
    assert [report.stat().st_mtime_ns for report in reports] == written


def test_a_port_that_is_taken_is_named_beside_one_that_is_free(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        printed, _ = launcher(f"sqlite:///{tmp_path / 'new.db'}", tmp_path, port).communicate(timeout=30)
    assert f"Port {port} is taken" in printed
    assert "make run PORT=" in printed
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("port", ["abc", "99999"])
def test_a_port_that_is_none_is_answered_with_one_that_is(tmp_path, port):
    process = launcher(f"sqlite:///{tmp_path / 'new.db'}", tmp_path, port)
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert printed.strip() == f"PORT={port} is no port. Choose one up to 65535: make run PORT=8000"


@pytest.mark.parametrize("address", ["postgresql://me:secret@localhost/x", "mysql://me:secret@localhost/x", "nonsense"])
def test_a_database_address_that_cannot_be_used_is_answered_with_one_that_can(tmp_path, address):
    process = launcher(address, tmp_path, a_free_port())
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "postgresql+psycopg://user:password@host:5432/database" in printed
    assert "secret" not in printed


def test_the_database_of_a_real_deployment_is_left_alone(bare_app, database_url, tmp_path):
    with bare_app.app_context(), committed():
        make_first_administrator("zhang", "a password of her own", "X市教育局", date(2026, 9, 1))
    printed, _ = launcher(database_url, tmp_path, a_free_port()).communicate(timeout=30)
    assert "the database of a real deployment, which `make run` leaves alone" in printed
    assert "sample county imported" not in printed
    assert not (tmp_path / "report-2026.pdf").exists()


def test_a_database_that_does_not_answer_is_told_with_what_to_look_at_and_without_its_password(tmp_path):
    address = f"postgresql+psycopg://hometeach:secret@127.0.0.1:{a_free_port()}/hometeach"
    printed, _ = launcher(address, tmp_path, a_free_port()).communicate(timeout=30)
    assert "The database cannot be reached" in printed
    assert "are name and password right" in printed
    assert "secret" not in printed
