"""May whoever asks do this? What happens to a request before its view is called."""

import secrets
from itertools import chain

from flask import abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.http import parse_date
from werkzeug.wrappers import Response as BaseResponse

from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import reading
from hometeach.people.access import Role
from hometeach.people.entry.interrupted import keep_form
from hometeach.web import kept
from hometeach.web.asking import Person, which_guardian, who_asks
from hometeach.web.base.marks import NEEDS_SECOND_FACTOR
from hometeach.web.base.once import answered_before

#: Neither a date nor the tag of anything.
NO_DATE = '"none"'


def begin() -> BaseResponse | None:
    """Know nothing of anybody yet; what is kept for exactly this request answers it at once."""
    g.opened = []
    g.keep_write = False
    g.person = None
    g.family = None
    g.opened_by = frozenset(Role)
    g.request_id = secrets.token_hex(4)
    g.reading_token = reading.set(request.method in ("GET", "HEAD", "OPTIONS"))
    _refuse_what_no_page_sends()
    _forget_dates_of_no_calendar()
    return kept.answer()


def _refuse_what_no_page_sends() -> None:
    """Nobody types these: they are turned away before anything reads them."""
    if request.is_json and request.method == "POST":
        abort(415)  # else it would stand for a form, with values that are no text
    try:
        sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
    except UnicodeDecodeError:
        request.query_string = b""  # so that the page that says so can be drawn
        abort(400)
    if any(name is None for name, _value in sent):
        abort(400)
    if any("\0" in text for text in chain([request.path], *sent)):
        abort(400)  # PostgreSQL keeps no text that holds it


def _forget_dates_of_no_calendar() -> None:
    """A date that cannot be read is no condition (RFC 9110, 13.1); one so far off would break who reads it."""
    for name in ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE"):
        try:
            parse_date(request.environ.get(name))
        except OverflowError:
            request.environ[name] = NO_DATE


def guard() -> BaseResponse | None:
    """Find out who asks, and let in whom the view says; a form that was answered before leads where it led."""
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
    return answered_before()


def _guard_family() -> BaseResponse | None:
    """Let in who came with a code; anybody else is asked for the phone, the staff like everybody."""
    if g.family is None:
        if request.method == "GET":
            session["after_code"] = request.full_path.rstrip("?")
        return redirect(url_for("family.door"))
    return answered_before()


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
