"""What every page stands on: who asks, may they, and the commit after success.

Closed by default: a view says who may use it with :func:`allowed` or
:func:`open_to_all`; one that says nothing answers like an absent page. A GET
writes nothing but the access log. With ``kernel/jobs.py`` the only place that
commits.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g, session
from wtforms import Form

from hometeach.kernel.errors import Refused
from hometeach.web.base.ending import finish, let_go
from hometeach.web.base.guarding import begin, guard
from hometeach.web.base.loading import (
    family,
    guardian_of,
    load_child,
    load_own_child,
    note_reveal,
    person,
    scope_here,
    sees_child,
    visible_children,
)
from hometeach.web.base.marks import (
    NEEDS_SECOND_FACTOR,
    ROLE_NAMES,
    allowed,
    also_without_role,
    for_guardians,
    open_to_all,
)

__all__ = [
    "NEEDS_SECOND_FACTOR",
    "ROLE_NAMES",
    "allowed",
    "also_without_role",
    "chosen_locale",
    "family",
    "for_guardians",
    "guardian_of",
    "init_app",
    "keep_this_write",
    "load_child",
    "load_own_child",
    "note_reveal",
    "open_to_all",
    "person",
    "refusals_on",
    "scope_here",
    "sees_child",
    "visible_children",
]


def init_app(app: Flask) -> None:
    """Bind guard, commit and headers."""
    app.before_request(begin)
    app.before_request(guard)
    app.after_request(finish)
    app.teardown_request(let_go)


@contextmanager
def refusals_on(form: Form) -> Iterator[None]:
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
