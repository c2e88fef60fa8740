"""Who changed what, who looked at whose file, and does the chain hold?

An auditor reads the children's names here; an administrator, who reads no
files, sees of a child its random name alone.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from hometeach.kernel import audit, jobs
from hometeach.kernel.audit import ALWAYS, AccessLog, AuditEvent, Between
from hometeach.kernel.clock import SHANGHAI
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Account, Child
from hometeach.web.addresses import number_kept
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import day_named
from hometeach.web.lists import Asked, Filter
from hometeach.web.subjects import MOST_FOUND, SubjectForm, subjects_named
from hometeach.web.words import audit as told
from hometeach.web.words import evidence_words, listed

pages = Blueprint("audit", __name__, url_prefix="/audit")

#: The job that goes through the whole chain.
CHECK = "verify-audit"
PER_PAGE = 50
READERS = (Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Log:
    """One of the two logs: where it is shown, how its rows are counted, which code they carry, how it is told."""

    endpoint: str
    template: str
    find: str
    number: Any
    code: Any
    code_label: Any
    code_words: Callable[[str], str]
    rows: Callable[..., Select[Any]]


@dataclass(frozen=True)
class Line:
    """One row of either log, in words."""

    number: int
    when: str
    what: str
    who: str
    about: str
    #: The address of all rows about the same.
    same: str
    more: str


@dataclass(frozen=True)
class Names:
    """The names of those of whom some rows speak, as far as the reader may know them."""

    accounts: Mapping[str, str]
    children: Mapping[str, str]

    def who(self, actor: str) -> str:
        """The person, or the process."""
        return self.accounts.get(actor) or told.process_words(actor)

    def about(self, subject: str) -> str:
        """What it is about."""
        kind, _colon, public_id = subject.partition(":")
        name = self.children.get(public_id) or self.accounts.get(public_id) or public_id
        return _("%(kind)s %(name)s", kind=told.subject_words(kind), name=name)


DONE = Log(
    "audit.index",
    "audit/index.html",
    "audit.find",
    AuditEvent.seq,
    AuditEvent.action,
    _l("What was done"),
    told.action_words,
    audit.events,
)
OPENED = Log(
    "audit.access",
    "audit/access.html",
    "audit.find_access",
    AccessLog.id,
    AccessLog.what,
    _l("What was looked at"),
    told.looked_at_words,
    audit.accesses,
)


@pages.get("")
@allowed(*READERS)
def index() -> str:
    """What was done, newest first, and how the chain stands."""
    return _page(DONE, SubjectForm())


@pages.get("/access")
@allowed(*READERS)
def access() -> str:
    """Who opened which child's file, newest first, and which masked fields were seen, with the reason."""
    return _page(OPENED, SubjectForm())


@pages.post("/find")
@allowed(*READERS)
def find() -> Response | tuple[str, int]:
    """Lead to what was done about the child, visit or agreement that somebody names."""
    return _found(DONE)


@pages.post("/access/find")
@allowed(*READERS)
def find_access() -> Response | tuple[str, int]:
    """Lead to who opened the file that somebody names."""
    return _found(OPENED)


@pages.post("/check")
@allowed(*READERS)
def check() -> Response:
    """Have the whole chain checked; a check that has not ended is not asked for twice."""
    if all(job.has_ended for job in jobs.newest(CHECK)):
        jobs.ask(CHECK, {}, by=person().actor)
    return redirect(url_for(".index"))


def _found(log: Log) -> Response | tuple[str, int]:
    form = SubjectForm()
    if form.validate():
        with refusals_on(form):
            return redirect(_asked(log).address(about=",".join(subjects_named(form.who.data or ""))))
    return _page(log, form), 422


def _page(log: Log, form: SubjectForm) -> str:
    return render_template(log.template, form=form, **_shown(log), **(_chain() if log is DONE else {}))


def _chain() -> dict[str, Any]:
    """How the chain stands, and what the last check of it found."""
    length, head = audit.head()
    newest = next(iter(jobs.newest(CHECK)), None)
    is_done = newest is not None and newest.state is jobs.JobState.DONE
    return {
        "length": length,
        "head": head,
        "check": newest,
        "found": newest.outcome if newest is not None and is_done else None,
        "flaw_words": told.flaw_words,
    }


def _shown(log: Log) -> dict[str, Any]:
    """What the page of a log is laid from: its filters, the rows after the given one, and where it goes on."""
    asked = _asked(log)
    statement = log.rows(asked["code"], actor=asked["actor"], during=_during())
    subjects = [one for one in asked.kept["about"].split(",") if one][:MOST_FOUND]
    if subjects:
        statement = statement.where(log.code.class_.about.in_(subjects))
    before = request.args.get("before", type=number_kept)
    if before is not None:
        statement = statement.where(log.number < before)
    found = db.session.scalars(statement.limit(PER_PAGE + 1)).all()
    rows, names = found[:PER_PAGE], _names_in(found, subjects)
    lines = [_line(log, row, names) for row in rows]
    return {
        "asked": asked,
        "chosen": [*asked.chosen, *_chosen_beside(asked, names)],
        "find": replace(asked, endpoint=log.find).address(about=""),
        "lines": lines,
        "newest": asked.address() if before is not None else "",
        "older": asked.address(before=str(lines[-1].number)) if len(found) > PER_PAGE else "",
    }


def _asked(log: Log) -> Asked:
    codes = db.session.scalars(select(log.code).distinct().order_by(log.code)).all()
    actors = set(db.session.scalars(select(log.code.class_.actor).distinct()))
    accounts = _names_of(Account, actors)
    people = sorted((accounts.get(actor) or told.process_words(actor), actor) for actor in actors)
    return Asked(
        log.endpoint,
        (
            Filter.over("code", str(log.code_label), _("Everything"), [(code, log.code_words(code)) for code in codes]),
            Filter.over("actor", _("By whom"), _("Everybody"), [(actor, name) for name, actor in people]),
        ),
        kept={name: request.args.get(name, "") for name in ("about", "first", "last")},
    )


def _chosen_beside(asked: Asked, names: Names) -> Iterable[tuple[str, str]]:
    """What is asked for beside the choices, in words, with the address without it."""
    for name, words_of in (
        ("about", lambda about: listed([names.about(one) for one in about.split(",") if one])),
        ("first", lambda day: _("from %(day)s", day=day)),
        ("last", lambda day: _("until %(day)s", day=day)),
    ):
        if asked.kept[name]:
            yield words_of(asked.kept[name]), asked.address(**{name: ""})


def _during() -> Between:
    """The days that the address asks for, both whole; a day that is none is unasked."""
    first, last = (day_named(request.args.get(name, "")) for name in ("first", "last"))
    return (
        _midnight(first) if first else ALWAYS[0],
        _midnight(last + timedelta(days=1)) if last else ALWAYS[1],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _line(log: Log, row: Any, names: Names) -> Line:
    is_event = isinstance(row, AuditEvent)
    return Line(
        number=row.seq if is_event else row.id,
        when=evidence_words(datetime.fromisoformat(row.at) if is_event else row.at),
        what=log.code_words(row.action if is_event else row.what),
        who=names.who(row.actor),
        about=names.about(row.about),
        same=url_for(log.endpoint, about=row.about),
        more=_detail(row.detail) if is_event else told.reveal_reason_words(row.reason),
    )


def _detail(canonical: str) -> str:
    """The detail of an audit row, as it was hashed but for the brackets."""
    found = json.loads(canonical)
    return "; ".join(f"{name}: {value}" for name, value in found.items() if value is not None)


def _names_in(rows: Sequence[Any], subjects: Iterable[str]) -> Names:
    about = {row.about for row in rows}.union(subjects)
    mentioned = {one.partition(":")[2] for one in about} | {row.actor for row in rows}
    may_know_children = bool(person().roles & FILE_READERS & g.opened_by)
    children = _names_of(Child, mentioned) if may_know_children else {}
    return Names(_names_of(Account, mentioned), children)


def _names_of(model: type[Account] | type[Child], public_ids: Iterable[str]) -> dict[str, str]:
    statement = select(model.public_id, model.name).where(model.public_id.in_(sorted(public_ids)))
    return {row.public_id: row.name for row in db.session.execute(statement)}
