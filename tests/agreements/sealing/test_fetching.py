"""Is a server asked by the web alone, and is whatever it does told in our words?"""

import threading
from http.server import BaseHTTPRequestHandler

import pytest

from hometeach.agreements.sealing.fetching import NotAnswered, answer_of
from tests.agreements.sealing.issuing import on_loopback


@pytest.mark.parametrize(
    "address",
    ["", "http://[", "http://[::1", "http://℀/", "http://127.0.0.1:x/", "ftp://127.0.0.1/", "file:///etc/hosts"],
)
def test_what_is_no_address_of_the_web_is_not_asked(address: str) -> None:
    with pytest.raises(NotAnswered):
        answer_of(address, seconds=1, longest=100)


@pytest.mark.parametrize("place", ["ftp://127.0.0.1:9/list", "file:///etc/hosts", "http://["])
def test_an_answer_leads_nowhere_but_into_the_web(place: str) -> None:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with on_loopback(Elsewhere, threading.Event()) as address, pytest.raises(NotAnswered) as told:
        answer_of(address, seconds=1, longest=100)
    assert "hosts" not in str(told.value)
