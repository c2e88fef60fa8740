"""What the server said is saved is saved, and stands once: also where it is killed while it works.

Eight teachers' phones send visits through the real gunicorn, each form until it
is answered, some twice at once; the whole server is killed with SIGKILL in between and started again.
"""

import os
import random
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.compliance.models import SessionVerdict
from hometeach.kernel import audit
from hometeach.kernel.clock import today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.settings import Setting
from hometeach.people.access import Role
from hometeach.people.rules import UnitKind
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import VisitDetail
from tests import factories
from tests.conftest import IS_LONG, make_app
from tests.databases import database
from tests.forked import begin

CLIENTS = 8
#: By night the server dies fifty times.
KILLS = 50 if IS_LONG else 3
SECONDS_AT_MOST = 600 if IS_LONG else 120
#: One in so many forms is sent twice at once.
DOUBLE_CLICKS = 5
#: The days before today on which the visits were, and the hours at which they began.
DAYS, HOURS = 60, range(0, 22, 2)
WORKERS = 2


@dataclass
class Phone:
    """One teacher's phone: what it was told is saved, and what else it was told."""

    name: str
    child: str
    port: int
    cookie: str = ""
    token: str = ""
    saved: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where to, and the page. Raises OSError or HTTPException where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            baked = SimpleCookie()
            for line in answer.headers.get_all("Set-Cookie") or ():
                baked.load(line)
            if baked:
                self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in baked.items())
            return answer.status, answer.headers.get("Location", ""), page
        finally:
            connection.close()

    def sign_in(self) -> None:
        """Come in, and take the token that forms carry."""
        _status, _to, page = self.ask("GET", "/sign-in")
        token = token_in(page)
        status, _to, _page = self.ask(
            "POST", "/sign-in", {"name": self.name, "password": factories.PASSWORD, "csrf_token": token}
        )
        assert status == 302, status
        self.token = token_in(self.ask("GET", "/my-day")[2])

    def record(self, day: str, once: str, start: int) -> None:
        """Send one visit until the server answers; a client that gives up has not been told anything."""
        fields = {
            **{"csrf_token": self.token, "once": once, "do": "record", "mode": "home", "carer": "nobody"},
            **{"arrived": f"{start:02d}:00", "left": f"{start + 1:02d}:05", "late_reason": "没有网络"},
            **{"theme": "认识水果", "performance": once},
        }
        while True:
            try:
                status, to, page = self.ask("POST", f"/visits/record/{self.child}?day={day}", fields)
            except (OSError, HTTPException):
                time.sleep(0.05)
                continue
            if status == 302 and to.endswith("/receipt"):
                self.saved.setdefault(once, to)
                if self.saved[once] != to:
                    self.odd.append(f"{once}: {self.saved[once]} and {to}")
                return
            if status not in (502, 503):
                self.odd.append(f"{once}: {status} {to} {page[-300:]}")
                return


def token_in(page: str) -> str:
    """The token that a form of this page carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return found.group(1) if found else ""


@pytest.fixture
def world(tmp_path: Path, template: str) -> Iterator[tuple[Flask, str, list[tuple[str, str]]]]:
    """A database in which eight teachers of one school each teach a child, with its address."""
    with database(tmp_path, template) as url:
        app = make_app(url, tmp_path)
        with app.app_context(), committed():
            people = populate()
        yield app, url, people
        with app.app_context():
            db.engine.dispose()


def populate() -> list[tuple[str, str]]:
    """Sign-in names and children."""
    factories.make_unit("J00", UnitKind.BUREAU, name="X市教育局")
    row = Setting(name="late_entry_days", value=str(DAYS), effective_from=date(2026, 1, 1), source="test")
    db.session.add(row)
    school = factories.make_unit("S1")
    factories.make_rule(max_per_day=5)
    factories.make_term()
    people = []
    for n in range(CLIENTS):
        teacher = factories.make_teacher(f"T{n}", school)
        child = factories.make_child(f"C{n}", school, teacher)
        factories.make_agreement(child)
        account = factories.make_account(f"t{n}", school, Role.TEACHER, teacher=teacher)
        people.append((account.sign_in_name, child.public_id))
    return people


class Server:
    """The real gunicorn, in a group of its own, so that all of it is killed at once."""

    def __init__(self, url: str, folder: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder = folder
        self.environment = {
            **os.environ,
            "HOMETEACH_CONFIG": "testing",
            "HOMETEACH_VAR": str(folder),
            "HOMETEACH_TODAY": "2026-11-23",
            "DATABASE_URL": url,
        }
        self.process: ForkServerProcess | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        arguments = ["--no-control-socket", "--workers", str(WORKERS), "--bind", f"127.0.0.1:{self.port}"]
        log = self.folder / "server.log"
        self.process = begin("gunicorn", [*arguments, "hometeach.app:create_app()"], self.environment, log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                Phone("", "", self.port).ask("GET", "/healthz")
            except (OSError, HTTPException):
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "server.log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill the master and its workers, as a power cut to the process would."""
        assert self.process
        assert self.process.pid
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join(20)

    def stop(self) -> None:
        """Kill it if it runs."""
        if self.process and self.process.exitcode is None:
            self.kill()


def work(phone: Phone, stop: threading.Event) -> None:
    """Write down visits, one after the other, until it is enough; some forms are sent twice at once."""
    dice = random.Random(phone.name)
    for n, (back, hour) in enumerate((back, hour) for back in range(1, DAYS) for hour in HOURS):
        if stop.is_set():
            return
        asked = ((today() - timedelta(days=back)).isoformat(), f"{phone.name}-{n}", hour)
        twin = threading.Thread(target=phone.record, args=asked) if dice.randrange(DOUBLE_CLICKS) == 0 else None
        if twin:
            twin.start()
        phone.record(*asked)
        if twin:
            twin.join()


def test_nothing_acknowledged_is_lost_and_nothing_stands_twice(
    world: tuple[Flask, str, list[tuple[str, str]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, url, people = world
    began, stop, dice = time.monotonic(), threading.Event(), random.Random(7)
    server = Server(url, tmp_path)
    with ExitStack() as at_end:
        at_end.callback(server.stop)
        server.start()
        phones = [Phone(name, child, server.port) for name, child in people]
        for phone in phones:
            phone.sign_in()
        threads = [threading.Thread(target=work, args=(phone, stop)) for phone in phones]
        for thread in threads:
            thread.start()
        kills = 0
        while kills < KILLS and time.monotonic() - began < SECONDS_AT_MOST:
            time.sleep(dice.uniform(0.3, 1.5))
            server.kill()
            kills += 1
            server.start()
        time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
    saved = {once: to for phone in phones for once, to in phone.saved.items()}
    odd = [line for phone in phones for line in phone.odd]
    assert odd == []
    assert kills == KILLS
    assert len(saved) >= CLIENTS
    with app.app_context():
        check(saved)
    with capsys.disabled():
        seconds = time.monotonic() - began
        print(f"\n{kills} kills, {len(saved)} visits acknowledged in {seconds:.0f} s: none lost, none twice")


def check(saved: dict[str, str]) -> None:
    """Every visit acknowledged stands once and whole, and nothing stands that nobody asked for."""
    rows = db.session.execute(sa.select(VisitDetail, Visit).join(Visit, Visit.id == VisitDetail.visit_id)).all()
    found: dict[str, list[str]] = {}
    for detail, visit in rows:
        found.setdefault(detail.words["performance"], []).append(f"/visits/{visit.public_id}/receipt")
    assert {once: [to] for once, to in saved.items()} == found
    for table, column in ((SessionVerdict, SessionVerdict.visit_id), (VisitTeacher, VisitTeacher.visit_id)):
        assert db.session.scalar(sa.select(sa.func.count(column.distinct())).select_from(table)) == len(found)
    recorded = db.session.scalar(
        sa.select(sa.func.count()).where(audit.AuditEvent.action == "visit:record").select_from(audit.AuditEvent)
    )
    assert recorded == len(found)
    assert audit.verify() is None
