"""What every page stands on: who asks, may they, and the commit after success.

Closed by default: a view says who may use it with :func:`allowed` or
:func:`open_to_all`; one that says nothing answers like an absent page. A GET
writes nothing but the access log. With ``kernel/jobs.py`` the only place that
commits.
"""

import gzip
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from hometeach.kernel import audit, clock, receipts
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db, reading
from hometeach.people.access import Role, Scope, scope_of
from hometeach.people.entry.guardians.models import children_of_phone, reached_by
from hometeach.people.entry.interrupted import keep_form
from hometeach.people.models import Child, Guardian, children_within
from hometeach.schedule.models import children_taught_by
from hometeach.web import kept
from hometeach.web.asking import Family, Person, which_guardian, who_asks

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger(__name__)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ROLE_NAMES = {
    Role.BUREAU_OFFICER: _l("Bureau officer"),
    Role.SCHOOL_COORDINATOR: _l("School coordinator"),
    Role.TEACHER: _l("Teacher"),
    Role.AUDITOR: _l("Auditor"),
    Role.RELIEF_CLERK: _l("Relief-office clerk"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
#: Whose password alone would open too much.
NEEDS_SECOND_FACTOR = frozenset({Role.BUREAU_OFFICER, Role.ADMINISTRATOR})
#: How a form is refused: beside its fields, or because of what somebody else did.
REFUSALS = frozenset({409, 422})
#: Pages from this size on, in bytes, are sent compressed.
COMPRESSED_FROM = 65_536


def allowed(*roles: Role) -> Callable[[View], View]:
    """Say that a view is for those who hold one of the roles today."""

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def also_without_role(reason: str) -> Callable[[View], View]:
    """Say, with the reason, that a view answers as well to those who have signed in and hold no role today."""

    def mark(view: View) -> View:
        view.also_without_role = reason  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(reason: str) -> Callable[[View], View]:
    """Say, with the reason, that a view is open to anybody: the written exception."""

    def mark(view: View) -> View:
        view.open_because = reason  # type: ignore[attr-defined]
        return view

    return mark


def for_guardians(view: View) -> View:
    """Say that a view is for guardians and carers who came in with a code, and for nobody of the staff."""
    view.for_guardians = True  # type: ignore[attr-defined]
    return view


def person() -> Person:
    """Who asks. Only for views that are not open to all."""
    asking: Person = g.person
    return asking


def family() -> Family:
    """Which guardian asks. Only for views that are for guardians."""
    asking: Family = g.family
    return asking


def load_own_child(public_id: str) -> Child:
    """The child of this address, if the guardian who asks has it in care; opening its pages is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    mine = children_of_phone(family().entered.phone_index)
    child = db.session.scalar(mine.where(Child.public_id == public_id))
    if child is None:
        raise NotFound
    g.opened.append((f"child:{child.public_id}", "file", ""))
    return child


def guardian_of(child: Child) -> Guardian:
    """As whom the person who asks speaks for a child: each child has its own entry of the family.

    Where two of a family share a phone, the one of the same name as came in.
    ``child`` comes from :func:`load_own_child`.

    Raises: Refused ``family:other_person`` for what is said where only others who share the phone have the child.
    """
    asking = family().entered
    here = select(Guardian).where(Guardian.child_id == child.id, reached_by(asking.phone_index))
    found = db.session.scalars(
        here.order_by(Guardian.id != asking.guardian_id, Guardian.name != asking.name, Guardian.id).limit(1)
    ).one()
    if request.method == "POST" and found.name != asking.name and found.id != asking.guardian_id:
        told = _("Somebody else who shares this phone is on this child's file. Say first who you are: switch person.")
        raise Refused("family:other_person", told)
    return found


def visible_children() -> Select[Child]:
    """The children whom the person sees today; the loader is the guard."""
    return select(Child).where(sees_child())


def scope_here() -> Scope:
    """Whose children the person sees by one of the roles that open this very page."""
    asking = person()
    return scope_of((one for one in asking.grants if one.role in g.opened_by), asking.signed_in.teacher_id)


def sees_child() -> Any:
    """The condition on ``Child`` that the person sees it today, by one of the roles that open this very page.

    Who audits the whole bureau and coordinates one school changes the plans of that one alone.
    """
    scope, today = scope_here(), clock.today()
    taught = children_taught_by(scope.teacher_id, today) if scope.teacher_id is not None else None
    return children_within(scope, today, taught=taught)


def load_child(public_id: str) -> Child:
    """The child of this address, if the person sees it; opening its file is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    child = db.session.scalar(visible_children().where(Child.public_id == public_id))
    if child is None:
        raise NotFound
    g.opened.append((f"child:{child.public_id}", "file", ""))
    return child


def note_reveal(child: Child, what: str, reason: str) -> None:
    """Have it logged, with the change or after the page, that a masked field was shown."""
    audit.note_access(actor=person().actor, about=f"child:{child.public_id}", what=what, reason=reason)


@contextmanager
def refusals_on(form: FlaskForm) -> Iterator[None]:
    """Show a refusal beside the field it belongs to, or at the head of the form; what was typed stays."""
    try:
        yield
    except Refused as refused:
        field = form[refused.field] if refused.field and refused.field in form else None
        if field is None:
            form.form_errors.append(refused.message)
        else:
            field.errors = [*field.errors, refused.message]


def keep_this_write() -> None:
    """Commit although the answer is a refusal: a failed sign-in is counted."""
    g.keep_write = True


def chosen_locale() -> str:
    """The reader's language: chosen on the page, else Chinese."""
    try:
        chosen = session.get("language")
    except RuntimeError:  # a command or a job has no request
        chosen = None
    languages: dict[str, str] = current_app.config["LANGUAGES"]
    return chosen if chosen in languages else current_app.config["BABEL_DEFAULT_LOCALE"]


def init_app(app: Flask) -> None:
    """Bind guard, commit and headers."""
    app.before_request(_begin)
    app.before_request(_guard)
    app.after_request(_finish)
    app.teardown_request(_let_go)


def _begin() -> Response | None:
    g.opened = []
    g.keep_write = False
    g.person = None
    g.family = None
    g.opened_by = frozenset(Role)
    g.request_id = secrets.token_hex(4)
    g.reading_token = reading.set(request.method in ("GET", "HEAD", "OPTIONS"))
    sent = chain(request.args.items(multi=True), request.form.items(multi=True))
    if "\0" in request.path or any("\0" in name + value for name, value in sent):
        abort(400)  # nobody types it, and PostgreSQL keeps no text that holds it
    return kept.answer()


def _guard() -> BaseResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "static":
        return None
    g.family = which_guardian()
    if view is None or hasattr(view, "open_because"):
        g.person = who_asks()
        return None
    if hasattr(view, "for_guardians"):
        return _guard_family()
    roles: frozenset[Role] = getattr(view, "allowed_roles", frozenset())
    g.person = who_asks()
    if g.person is None:
        _remember_what_was_asked()
        return redirect(url_for("entry.sign_in"))
    is_told_so = not g.person.roles and hasattr(view, "also_without_role")
    if not (roles & g.person.roles or is_told_so):
        raise NotFound
    g.opened_by = roles
    if _lacks_second_factor(g.person) and request.blueprint != "second_factor":
        return redirect(url_for("second_factor.show"))
    return _answered_before()


def _lacks_second_factor(asking: Person) -> bool:
    """Whether this person may do nothing before a second factor is set up."""
    if not current_app.config["SECOND_FACTOR_REQUIRED"] or asking.signed_in.with_code:
        return False
    return bool(asking.roles & NEEDS_SECOND_FACTOR)


def _remember_what_was_asked() -> None:
    """After signing in a person comes to the page that was asked for, or to the form that was about to be sent."""
    if request.method == "GET":
        session["after_sign_in"] = request.full_path.rstrip("?")
    elif keep_form(session.get("token", ""), request.path, list(request.form.items(multi=True))):
        session["after_sign_in"] = url_for("entry.interrupted")
        flash(_("Your sign-in had run out. What you typed is kept: sign in again to go on."), "note")


def _guard_family() -> BaseResponse | None:
    """Let in who came with a code; anybody else is asked for the phone, the staff like everybody."""
    if g.family is None:
        if request.method == "GET":
            session["after_code"] = request.full_path.rstrip("?")
        return redirect(url_for("family.door"))
    return _answered_before()


def _actor() -> str:
    """Who asks, as the logs name them; empty for nobody."""
    asking = g.get("person") or g.get("family")
    return asking.actor if asking else ""


def _answered_before() -> BaseResponse | None:
    """Where this very form led when it was sent before: a second click does nothing twice."""
    location = receipts.answer_to(_actor(), once) if (once := _once()) else None
    return redirect(location) if location is not None else None


def _once() -> str:
    """The word that the form in this request carries; see ``web/forms.py``."""
    word: str = request.form.get("once", "") if request.method == "POST" else ""
    return word if len(word) <= receipts.LONGEST_KEY else ""


def _finish(response: Response) -> Response:
    if "is_answered_from_memory" in g:
        return response
    if request.endpoint != "static":
        response = _end_transaction(response)
        response.headers.setdefault("Cache-Control", "no-store")
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response = _compressed(response)
    kept.keep(response)
    return response


def _compressed(response: Response) -> Response:
    """The stacks of strips shrink twentyfold; a smaller page is not worth the time, nor the hint that
    its compressed length would give of what stands in it."""
    is_large = response.mimetype == "text/html" and (response.content_length or 0) > COMPRESSED_FROM
    if is_large and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(response.get_data(), compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def _end_transaction(response: Response) -> Response:
    """Commit after success, undo after anything else; a GET then writes what it has to the access log."""
    succeeded = response.status_code < 400
    if not reading.get() and (succeeded or g.keep_write):
        response = _commit_once(response)
    else:
        db.session.rollback()
        if response.status_code in REFUSALS:
            response = _answered_meanwhile() or response
    if g.get("opened") and succeeded and _actor():
        reading.set(False)
        for about, what, reason in g.opened:
            audit.note_access(actor=_actor(), about=about, what=what, reason=reason)
        db.session.commit()
    return response


def _commit_once(response: Response) -> Response:
    """Commit with the receipt of the form; of two at the same time the second leads where the first did."""
    once = _once()
    actor = _actor()
    if not (once and actor and response.location):
        db.session.commit()
        return response
    try:
        receipts.keep(actor, once, response.location)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        answer = _answered_meanwhile()
        if answer is None:
            raise
        return answer
    return response


def _answered_meanwhile() -> Response | None:
    """Where the same form led that was sent at the same time and won: who came second is not told of a refusal."""
    answer = _answered_before()
    db.session.rollback()
    return answer  # type: ignore[return-value]


def _let_go(_error: BaseException | None) -> None:
    token = g.pop("reading_token", None)
    if token is not None:
        reading.reset(token)
