"""Pages that are answered from memory as long as nothing was written to the database since they were made.

Not a cache that grows stale: each request asks the database whether anything
at all was committed since, by whomever, and only then is the guard not asked
again, because it would read the same rows. A page is kept for one cookie, and
only one that wrote nothing, neither into the log nor into the cookie.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from flask import current_app, g, request, session
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.kernel.extensions import database_version

View = TypeVar("View")

#: A page is kept no longer, because of what the clock alone changes: a sign-in that runs out, a heartbeat that is late.
AT_MOST = timedelta(seconds=10)
#: In one process.
PAGES_AT_MOST = 128


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was sent, and what the database was then."""

    version: tuple[object, ...]
    made_at: datetime
    body: bytes
    headers: list[tuple[str, str]]


_lock = Lock()


def while_unchanged(view: View) -> View:
    """Say that a view reads the database, the cookie and the date, and nothing else that could change."""
    view.is_kept = True  # type: ignore[attr-defined]
    return view


def answer() -> Response | None:
    """The page that was made before, if the database is what it was; else have this one kept, if it may be."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "GET" or not hasattr(view, "is_kept"):
        return None
    # As it was asked: a page that is being made while the day ends is one of the day before.
    g.kept_as = key = _key()
    g.version = version = database_version()
    kept = _pages().get(key)
    if kept is None or kept.version != version or abs(clock.machine_now() - kept.made_at) > AT_MOST:
        return None
    g.is_answered_from_memory = True
    return current_app.response_class(kept.body, headers=kept.headers)


def keep(response: Response) -> None:
    """Keep the page that is about to be sent, unless it wrote something or the database was written to meanwhile."""
    version = g.get("version")
    if version is None or response.status_code != 200 or g.opened or session.modified:
        return
    if version != database_version():
        return
    key, pages = g.kept_as, _pages()
    with _lock:
        pages[key] = Kept(version, clock.machine_now(), response.get_data(), response.headers.to_wsgi_list())
        pages.move_to_end(key)
        while len(pages) > PAGES_AT_MOST:
            pages.popitem(last=False)


def _pages() -> OrderedDict[tuple[object, ...], Kept]:
    """Those of this application in this process."""
    pages: OrderedDict[tuple[object, ...], Kept] = current_app.extensions.setdefault("hometeach.kept", OrderedDict())
    return pages


def _key() -> tuple[object, ...]:
    """All that a page is made of beside the database."""
    sent = ("HTTP_HOST", "HTTP_COOKIE", "HTTP_ACCEPT_ENCODING")
    return clock.today(), request.full_path, *(request.environ.get(name) for name in sent)
