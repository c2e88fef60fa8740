"""One question to somebody else's server: a few seconds, so many bytes, and a failure that is told in our words."""

from functools import cache
from http.client import HTTPException
from time import monotonic
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

HANDLERS = (
    *(ProxyHandler, HTTPHandler, HTTPSHandler),
    *(HTTPRedirectHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler, UnknownHandler),
)
#: An answer is read in pieces of so many bytes, so that one that drips ends in time.
PIECE = 4096


class NotAnswered(Exception):  # noqa: N818 - a state of the world
    """There is no answer; the message says why."""


def answer_of(url: str, *, seconds: float, longest: int, question: bytes | None = None, kind: str = "") -> bytes:
    """What a server answers to a question of this content type, or has at this address where there is no question.

    Units: ``longest`` in bytes.
    Raises: NotAnswered.
    """
    if not host_of(url):
        raise NotAnswered("its address is no web address")
    until = monotonic() + seconds
    try:
        asked = Request(url, data=question, headers={"Content-Type": kind} if kind else {})  # noqa: S310 - see above
        with _by_http().open(asked, timeout=seconds) as response:
            content = b""
            while piece := response.read1(PIECE):
                content += piece
                if len(content) > longest or monotonic() > until:
                    raise NotAnswered("the answer is too long or too slow")
            return content
    except TimeoutError as slow:
        raise NotAnswered(f"no answer within {seconds:g} s") from slow
    except URLError as down:
        if isinstance(down.reason, TimeoutError):
            raise NotAnswered(f"no answer within {seconds:g} s") from down
        raise NotAnswered(f"not reached: {_code(down)}") from down
    except (OSError, HTTPException, ValueError) as down:
        raise NotAnswered(f"not reached: {type(down).__name__}") from down


def host_of(url: str) -> str:
    """Whom an address asks by HTTP; empty where it is no such address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""


@cache
def _by_http() -> OpenerDirector:
    """What asks by HTTP and by nothing else, wherever an answer leads on."""
    opener = OpenerDirector()
    for handler in HANDLERS:
        opener.add_handler(handler())
    return opener


def _code(error: URLError) -> str:
    """What is told of a failure: a status or a kind, never words that somebody else chose."""
    status = getattr(error, "code", None)
    return f"HTTP {status}" if status else type(error.reason).__name__
