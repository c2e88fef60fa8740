"""The house keeps its own rules: every page declares who may open it, and a machine tries all of them.

The matrix is made from the URL map, so a new route cannot escape: every
endpoint, by every role and by nobody, on its own object, on somebody else's,
and on one that does not exist. On PostgreSQL by day only by those for whom the page is.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from subprocess import run

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import config
from hometeach.cases.plan.rules import PlanStatus
from hometeach.compliance.findings.rules import Finding, Kind, Owner
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.visits.models import Absence
from hometeach.web.rail import NAVIGATION
from tests import factories
from tests.conftest import IS_LONG
from tests.databases import SERVER

ROOT = config.ROOT
PACKAGE = ROOT / "hometeach"
ABSENT = "AAAAAAAAAAAA"
#: Pages that anybody may open, each with its reason in the code; a new one has to be written here too.
OPEN_TO_ALL = {
    "entry.sign_in",
    "entry.begin",
    "entry.code",
    "entry.give_code",
    "passkey_entry.ask",
    "passkey_entry.give",
    "entry.sign_out",
    "entry.choose_language",
    "family.door",
    "family.ask",
    "family.link",
    "family.ask_by_link",
    "family.code",
    "family.check",
    "family.send_again",
    "outbox.show",
    "health.alive",
    "health.ready",
    "feeds.read",
    "verify.show",
    "verify.check",
    "design.show",
    "design.one_thing",
    "design.stack",
    "design.chart",
    "static",
}
#: What a GET may write: that a child's file was opened.
WRITTEN_BY_A_GET = {"access_log"}
MAY_COMMIT = {"hometeach/web/base/ending.py", "hometeach/web/base/once.py", "hometeach/kernel/jobs.py"}


#: Who asks with a code and no role.
GUARDIAN = "guardian"
#: What ends the session of whoever asks.
ENDS_A_SESSION = ("entry.sign_out", "entry.begin", "family.leave")


@dataclass(frozen=True)
class Case:
    """One cell of the matrix."""

    endpoint: str
    method: str
    path: str
    #: A role of the staff, a guardian, or nobody.
    role: Role | str | None
    relation: str


def object_ids(endpoint: str, cast: factories.Cast, path: str, disputes: dict[str, str]) -> dict[str, str]:
    """The public id that an endpoint's address takes, by relation to Teacher Lin's school."""
    family = endpoint.partition(".")[0]
    known = {
        "agreements": {"own": "offer-C1", "foreign": "offer-C2"},
        "absences": {"own": "absence-C1", "foreign": "absence-C2"},
        "make_ups": {"own": cast.own_child, "foreign": cast.foreign_child},
        "report_absence": {"own": cast.own_child, "foreign": cast.foreign_child},
        "new_hour": {"own": cast.own_child, "foreign": cast.foreign_child},
        "hours": {"own": cast.own_slot, "foreign": cast.foreign_slot},
        "planned": {"own": cast.own_occurrence, "foreign": cast.foreign_occurrence},
        "cases": {"own": cast.own_child, "foreign": cast.foreign_child},
        "lessons": {"own": "lesson-C1", "foreign": "lesson-C2"},
        "consents": {"own": cast.own_child, "foreign": cast.foreign_child},
        "notices": {"own": factories.NOTICE},
        "files": {"own": cast.own_child, "foreign": cast.foreign_child},
        "plans": {"own": cast.own_child, "foreign": cast.foreign_child},
        "children": {"own": cast.own_child, "foreign": cast.foreign_child},
        "teachers": {"own": cast.own_teacher, "foreign": cast.foreign_teacher},
        "units": {"own": cast.own_school, "foreign": cast.foreign_school},
        "recording": {"own": cast.own_occurrence, "foreign": cast.foreign_occurrence},
        "my_day": {"own": cast.own_child, "foreign": cast.foreign_child},
        "guardians": {"own": cast.own_guardian, "foreign": cast.foreign_guardian},
        "disputes": disputes,
        "visits": {"own": cast.own_visit, "foreign": cast.foreign_visit},
        "incidents": {"own": "incident-C1", "foreign": "incident-C2"},
        "safety": {"own": cast.own_child, "foreign": cast.foreign_child},
        "findings": {"own": finding_of(cast.own_child), "foreign": finding_of(cast.foreign_child)},
        "inspections": {"own": factories.SAMPLE, "foreign": factories.SAMPLE},
        "reviews": {"own": factories.REVIEW, "foreign": factories.REVIEW},
    }
    photos = {"own": "photo-C1", "foreign": "photo-C2"}
    named = {
        "files.take_out": {"own": "paper-C1", "foreign": "paper-C2"},
        "agreements.ask_terms": known["children"],
        "agreements.draw": known["children"],
        "schedule.school": known["units"],
        "contacts.ask": known["units"],
        "contacts.write": known["units"],
        "visits.photo": photos,
        "visits.remove": photos,
        "lessons.index": known["children"],
        "lessons.new": known["children"],
        "lessons.make": known["children"],
        "stand_ins.ask": known["children"],
        "stand_ins.make": known["children"],
        "guardians.ask_new": known["children"],
        "guardians.add": known["children"],
        "disputes.open_from_list": known["visits"],
        "incidents.ask": known["children"],
        "incidents.report": known["children"],
        "incidents.ask_after_visit": known["visits"],
        "incidents.report_after_visit": known["visits"],
    }
    if family == "family":
        known["photos"] = photos
        said = ("photos", "visits", "agreements", "children")
        about = next((name for name in said if f"/family/{name}" in path), "children")
        named[endpoint] = known[about]
    return {**named.get(endpoint, known.get(family, {})), "absent": ABSENT}


def finding_of(child: str) -> str:
    """The key of the finding that nobody accounts for a week in September."""
    return Finding(Kind.UNACCOUNTED, f"{child}:week:2026-09-21:0", Owner.TEACHER, date.max, date.max).key


#: Values for the parts of an address that name no object.
OTHER_PARTS = {
    "version": "2",
    "goal": factories.GOAL,
    "action": "submit",
    "event": "record_home_check",
    "number": "1",
    "period_kind": "week",
    "day": "2026-09-07",
    "date": "2026-09-07",
    "start": "2026-09-07",
    "place": "1",
    "quota_no": "0",
    "year": "2026",
    "area": "4",
    "kind": "pdf",
    "what": "phone",
    "token": ABSENT,
    "grant_id": "999999",
    "sign_in_id": "999999",
    "code": "A1-01",
    "name": "late_entry_days",
    "purpose": "photos",
    "reason": "ill",
    "account": factories.SOMEBODY,
}


def matrix(app: Flask, cast: factories.Cast, disputes: dict[str, str]) -> Iterator[Case]:
    """Every route × method × role × relation to the object."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, one.rule)):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for relation, path in addresses(app, rule, cast, disputes):
                for role in (*Role, GUARDIAN, None):
                    yield Case(rule.endpoint, method, path, role, relation)


def addresses(app: Flask, rule: Rule, cast: factories.Cast, disputes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The addresses of a route: one where it names no object, else one for each relation."""
    ids = object_ids(rule.endpoint, cast, rule.rule, disputes)
    with app.test_request_context():
        if "public_id" not in rule.arguments:
            yield "none", build(rule, {})
            return
        for relation, public_id in ids.items():
            yield relation, build(rule, {"public_id": public_id})


def build(rule: Rule, values: dict[str, str]) -> str:
    from flask import url_for

    parts: dict[str, object] = {}
    for name in rule.arguments:
        text = values.get(name) or OTHER_PARTS[name]
        parts[name] = int(text) if type(rule._converters[name]).__name__ == "IntegerConverter" else text
    return url_for(rule.endpoint, **parts)


class Statements:
    """Hears every statement that may write where no GET may: all that do not plainly begin like one that does not."""

    READS = ("SELECT ", "PRAGMA ", "SAVEPOINT ", "RELEASE ", "ROLLBACK", "BEGIN", "COMMIT")
    HARMLESS = (*READS, *(f"INSERT INTO {table} ".upper() for table in WRITTEN_BY_A_GET))

    def __init__(self) -> None:
        self.heard: list[str] = []

    @classmethod
    @contextmanager
    def of(cls, app: Flask) -> Iterator["Statements"]:
        """For as long as the block runs."""
        statements = cls()
        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", statements._hear)
        try:
            yield statements
        finally:
            sa.event.remove(engine, "before_cursor_execute", statements._hear)

    def _hear(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(self.HARMLESS):
            self.heard.append(statement)


def told(answer: TestResponse) -> tuple[int, str]:
    """What an outsider can tell from an answer, its random reference and token left out, and what was said before."""
    text = re.sub(r'[0-9a-f]{8}</|value="[^"]*"|\n<p class="said.*?</p>', "", answer.text)
    return answer.status_code, text


def allowed_roles(app: Flask, endpoint: str) -> frozenset[Role]:
    return getattr(app.view_functions[endpoint], "allowed_roles", frozenset())


def is_for_guardians(app: Flask, endpoint: str) -> bool:
    return hasattr(app.view_functions[endpoint], "for_guardians")


def test_every_route_declares_who_may_use_it(bare_app: Flask) -> None:
    for endpoint, view in bare_app.view_functions.items():
        if endpoint in OPEN_TO_ALL:
            assert endpoint == "static" or view.open_because  # type: ignore[attr-defined]
        else:
            assert allowed_roles(bare_app, endpoint) or is_for_guardians(bare_app, endpoint), (
                f"{endpoint} says nothing of who may use it"
            )


def test_the_rail_leads_somewhere(bare_app: Flask) -> None:
    for endpoint, _label, roles in NAVIGATION:
        assert roles <= allowed_roles(bare_app, endpoint), endpoint


def test_every_cell_of_the_matrix(bare_app: Flask, cast: factories.Cast, capsys: pytest.CaptureFixture[str]) -> None:
    """Denied looks like absent and changes nothing; allowed never fails; a GET writes nothing."""
    browsers: dict[Role | str, FlaskClient] = {
        role: sign_in(bare_app, name) for role, name in cast.sign_in_names.items()
    }
    browsers[GUARDIAN] = come_in(bare_app, "13812345678")
    write_plans(bare_app, cast)
    make_absences(bare_app)
    with bare_app.app_context(), committed():
        factories.make_sample(db.session.scalars(sa.select(Child).order_by(Child.code)).first())
        factories.make_review()
        factories.make_draft()
        factories.make_photos()
    cases = list(matrix(bare_app, cast, made_disputes(bare_app, cast)))
    askers = f"{len(Role) + 2} askers"
    if SERVER and not IS_LONG:
        cases, askers = [case for case in cases if is_meant_for(bare_app, case)], "those for whom a page is"
    absent_page = {role: told(browser.get("/no-such-page")) for role, browser in browsers.items()}
    written = 0
    with Statements.of(bare_app) as statements:
        for case in cases:
            if case.endpoint in ENDS_A_SESSION:
                continue
            browser = browsers[case.role] if case.role else bare_app.test_client()
            statements.heard.clear()
            answer = browser.open(case.path, method=case.method)
            problem = judge(bare_app, case, answer, absent_page)
            assert problem is None, f"{case}: {problem}"
            if case.method == "GET" or is_denied(bare_app, case):
                assert not statements.heard, f"{case} writes"
            elif statements.heard:
                written += 1
    assert written, "what is allowed writes, and is heard"
    with capsys.disabled():
        routes = len({(case.endpoint, case.method) for case in cases})
        print(f"\nhouse matrix: {routes} routes × {askers} × own/foreign/absent = {len(cases)} cells")


def is_meant_for(app: Flask, case: Case) -> bool:
    """Whether a page is for such an asker: others are turned away before the database is asked about its object."""
    if is_for_guardians(app, case.endpoint):
        return case.role == GUARDIAN
    return case.endpoint in OPEN_TO_ALL or case.role in allowed_roles(app, case.endpoint)


def is_denied(app: Flask, case: Case) -> bool:
    if case.endpoint in OPEN_TO_ALL:
        return False
    if is_for_guardians(app, case.endpoint):
        return case.role != GUARDIAN or case.relation in ("foreign", "absent")
    wide = case.role in (Role.BUREAU_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
    foreign = case.relation == "foreign" and not wide
    return case.role not in allowed_roles(app, case.endpoint) or case.relation == "absent" or foreign


def judge(app: Flask, case: Case, answer: TestResponse, absent_page: dict[Role | str, tuple[int, str]]) -> str | None:
    """What is wrong with an answer, None where nothing is."""
    if answer.status_code >= 500:
        return f"answers {answer.status_code}"
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        if header not in answer.headers:
            return f"has no {header}"
    if case.endpoint in OPEN_TO_ALL:
        return None
    door = "/family" if is_for_guardians(app, case.endpoint) else "/sign-in"
    if case.role is None or (case.role == GUARDIAN) != is_for_guardians(app, case.endpoint):
        # The staff are nobody on the family's pages, and the family is nobody on the staff's.
        is_sent_to_door = answer.status_code == 302 and answer.headers["Location"].endswith(door)
        return None if is_sent_to_door else f"answers {answer.status_code} to nobody"
    if is_denied(app, case):
        same = told(answer) == absent_page[case.role]
        return None if same else f"answers {answer.status_code}, not as an absent page does"
    return None if answer.status_code in (200, 302, 303, 409, 422) else f"answers {answer.status_code}"


def sign_in(app: Flask, name: str) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/sign-in", data={"name": name, "password": factories.PASSWORD}).status_code == 302
    return browser


def write_plans(app: Flask, cast: factories.Cast) -> None:
    """For either child a plan that holds and the draft of the next version, a lesson and a paper."""
    with app.app_context(), committed():
        for public_id in (cast.own_child, cast.foreign_child):
            child = db.session.scalars(sa.select(Child).where(Child.public_id == public_id)).one()
            factories.make_plan(child, status=PlanStatus.APPROVED)
            factories.make_plan(child, version=2)
            factories.make_lesson(child)
            factories.make_paper(child)
            factories.make_offer(child, public_id=f"offer-{child.code}")
            factories.make_safety_note(child)
            factories.make_incident(child)


def make_absences(app: Flask) -> None:
    """An absence of each child that waits for its school."""
    with app.app_context(), committed():
        for child in db.session.scalars(sa.select(Child).where(Child.code.in_(("C1", "C2")))):
            db.session.add(
                Absence(
                    public_id=f"absence-{child.code}",
                    child_id=child.id,
                    missed_on=date(2026, 11, 17),
                    reason_code="ill",
                    is_approved=False,
                )
            )


def made_disputes(app: Flask, cast: factories.Cast) -> dict[str, str]:
    """A dispute of each child."""
    children = {"own": cast.own_child, "foreign": cast.foreign_child}
    with app.app_context(), committed():
        return {
            relation: factories.make_complaint(
                db.session.scalars(sa.select(Child).where(Child.public_id == public_id)).one()
            ).public_id
            for relation, public_id in children.items()
        }


def come_in(app: Flask, phone: str) -> FlaskClient:
    """A browser in which a guardian has come in with the code that was sent."""
    app.config["SMS_URL"] = "http://127.0.0.1:9/"
    browser = app.test_client()
    assert browser.post("/family", data={"phone": phone}).headers["Location"] == "/family/code"
    with app.app_context():
        newest = sa.select(Message).order_by(Message.id.desc()).limit(1)
        words = db.session.scalars(newest).one().body
        db.session.rollback()
    code = re.search(r"\d{6}", words)
    assert code is not None
    assert browser.post("/family/code", data={"code": code[0]}).headers["Location"] == "/family/home"
    return browser


@cache
def sources() -> Sequence[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]


def test_only_two_files_commit() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert found == MAY_COMMIT


def test_only_the_clock_reads_the_clock() -> None:
    forbidden = {"now", "today", "utcnow"}
    for path, tree in sources():
        if path.name == "clock.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in forbidden:
                owner = ast.unparse(node.func.value)
                assert owner not in ("datetime", "date", "datetime.datetime", "datetime.date"), f"{path}:{node.lineno}"


def test_no_row_is_ever_pickled() -> None:
    for path, tree in sources():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            assert not {"pickle", "marshal", "shelve"} & set(names), path


def test_rules_import_without_flask() -> None:
    rules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in PACKAGE.rglob("*.py")
        if (path.name in ("rules.py", "access.py") or path.parent.name == "rules") and "web" not in path.parts
    ]
    assert len(rules) > 5
    check = (
        f"import sys; import {', '.join(rules)}; assert 'flask' not in sys.modules and 'sqlalchemy' not in sys.modules"
    )
    answer = run([sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=False)
    assert answer.returncode == 0, answer.stderr


def test_every_template_compiles_and_holds_no_inline_script_or_style(bare_app: Flask) -> None:
    names = bare_app.jinja_env.list_templates(filter_func=lambda name: name.endswith((".html", ".svg")))
    assert names
    for name in names:
        bare_app.jinja_env.get_template(name)
        if name.startswith("documents/") or not name.endswith(".html"):
            continue
        text = (ROOT / "templates" / name).read_text(encoding="utf-8")
        assert not re.search(r"""\sstyle=|<style|\son[a-z]+=["']|<script(?![^>]*\ssrc=)|javascript:""", text), name


def test_every_imported_macro_is_used() -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for names in re.findall(r"{%-?\s*from\s+\S+\s+import\s+(.+?)(?:\s+with context)?\s*-?%}", text, flags=re.S):
            for name in re.split(r"\s*,\s*", names.strip()):
                used_as = name.split(" as ")[-1].strip()
                assert len(re.findall(rf"\b{re.escape(used_as)}\b", text)) > 1, f"{path}: {used_as} is not used"
