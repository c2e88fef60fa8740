"""The first pages of a teacher and of the bureau against a bare Flask route, under the same server.

Measured twice: asked again and again from a database that nobody writes to meanwhile (where the page is kept), and
asked each time after something was committed elsewhere (where what was made of each child is kept, and all else anew).
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench.measuring import Ratio, of_pairs, seconds
from hometeach.demonstration import CAST, PASSWORD
from hometeach.kernel.clock import machine_now
from hometeach.kernel.jobs import Heartbeat
from hometeach.people.access import Role

WORKERS, CONNECTIONS, SECONDS, PAIRS, ONE_BY_ONE = 2, 4, 4, 3, 60
AGAINST = "a bare Flask route, same server"
PAGES = {Role.TEACHER: "a teacher's week page", Role.BUREAU_OFFICER: "the bureau's home page, 310 children"}
#: What is meant to be reached after a commit elsewhere.
ONE_GOAL = {Role.TEACHER: 0.15, Role.BUREAU_OFFICER: 0.05}
BARE = "from flask import Flask\napp = Flask('bare')\n@app.get('/')\ndef hello():\n    return 'hello'\n"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(target: str, folder: Path, **environment: str) -> Iterator[str]:
    """The address of a gunicorn with two sync workers that serves ``target``."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", str(WORKERS), "-b", f"127.0.0.1:{port}", target]
    process = subprocess.Popen(
        command,
        cwd=environment.pop("cwd"),
        env={**os.environ, **environment},
        stderr=(folder / "gunicorn.log").open("w"),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(address: str) -> None:
    """Until the server answers at all."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"no server at {address}: see gunicorn.log")


def sign_in(address: str, role: Role) -> str:
    """The cookie of the demonstration's person with this role, as a browser holds it that has seen a page."""
    name = next(card.sign_in_name for card in CAST if card.role is role)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(f"{address}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    fields = {"name": name, "password": PASSWORD, "csrf_token": token.group(1) if token else ""}
    opener.open(f"{address}/sign-in", urllib.parse.urlencode(fields).encode())
    opener.open(f"{address}/").read()
    jar = next(handler.cookiejar for handler in opener.handlers if hasattr(handler, "cookiejar"))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def rate(address: str, cookie: str = "") -> tuple[float, float, float]:
    """Requests a second, and the latency of the median and of the 99th hundredth in milliseconds."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-H", f"Cookie: {cookie}", f"{address}/"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told:
        raise SystemExit(f"the page did not answer 200:\n{told}")
    per_second = float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0])
    return per_second, _milliseconds(told, "50%"), _milliseconds(told, "99%")


def _milliseconds(told: str, share: str) -> float:
    number, unit = re.findall(rf"{share}\s+([\d.]+)(us|ms|s)", told)[0]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def get(address: str, cookie: str = "") -> bytes:
    """One page, by a connection of its own."""
    request = urllib.request.Request(f"{address}/", headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def measure(app: Flask, folder: Path) -> Iterator[Ratio]:
    """The pages with sign-in, scope and all, in turn with the bare route."""
    (folder / "bare.py").write_text(BARE)
    settings = {
        "HOMETEACH_CONFIG": "demonstration",
        "HOMETEACH_VAR": str(folder),
        "DATABASE_URL": str(app.config["SQLALCHEMY_DATABASE_URI"]),
    }
    with (
        serving("bare:app", folder, cwd=str(folder)) as bare,
        serving("hometeach.app:create_app()", folder, cwd=str(Path.cwd()), **settings) as ours,
    ):
        for role, name in PAGES.items():
            cookie = sign_in(ours, role)
            yield from _again_and_again(name, ours, cookie, bare)
            yield _after_each_commit(ONE_GOAL[role], ours, cookie, bare, str(app.config["SQLALCHEMY_DATABASE_URI"]))


def _again_and_again(name: str, ours: str, cookie: str, bare: str) -> Iterator[Ratio]:
    rate(bare), rate(ours, cookie)
    runs = [(rate(ours, cookie), rate(bare)) for _ in range(PAIRS)]
    rates = [(mine[0], other[0]) for mine, other in runs]
    yield of_pairs(f"{name} (SQLite)", AGAINST, rates, goal=">= 0.30", unit="req/s")
    tails = [(mine[2], mine[1]) for mine, _ in runs]
    yield of_pairs("  the same, slowest hundredth", "its own median", tails, goal="<= 3", unit="ms")


def _after_each_commit(goal: float, ours: str, cookie: str, bare: str, database: str) -> Ratio:
    """The time of one page, where something was committed since the last; as many to a second as it would give."""
    engine = sa.create_engine(database)

    def something_happens() -> None:
        with engine.begin() as connection:
            connection.execute(sa.delete(Heartbeat).where(Heartbeat.name == "bench"))
            connection.execute(sa.insert(Heartbeat).values(name="bench", at=machine_now()))

    pairs = []
    for _ in range(ONE_BY_ONE):
        something_happens()
        mine, other = seconds(lambda: get(ours, cookie)), seconds(lambda: get(bare))
        pairs.append((1 / mine, 1 / other))
    engine.dispose()
    return of_pairs("  the same, after a commit each", AGAINST, pairs, goal=f">= {goal}", unit="req/s")
