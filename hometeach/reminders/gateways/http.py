"""A message as an SMS, through whatever service the bureau has: one POST of JSON.

``{"to": phone, "text": words, "key": key}`` with the key as ``Idempotency-Key``
too. The service promises that one key is delivered once; that is what makes it
safe to ask again where no answer came. 2xx is taken, 408, 425, 429 and 5xx are
for another time, any other 4xx is for good.
"""

import http.client
import json
import ssl
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from hometeach.kernel.delivering import Answer, Parcel, Reply
from hometeach.kernel.outbox import Channel

FAILED = (OSError, http.client.HTTPException)
#: 4xx that mean "not now" all the same.
NOT_NOW = (408, 425, 429)
#: More of an answer than this is not read, in bytes.
MOST_READ = 4096


class HttpGateway:
    """One SMS service. ``url`` is http or https; redirects are not followed, because the token would go along."""

    channel = Channel.SMS
    honours_keys = True

    def __init__(self, *, url: str, token: str, patience: timedelta):
        self._place = urlsplit(url)
        self._token = token
        self._patience = patience.total_seconds()
        self.longest = patience * 3

    def deliver(self, parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
        """Hand one message to the service."""
        connection = self._open()
        try:
            connection.connect()
        except FAILED:
            connection.close()
            return Reply(Answer.RETRY, "http:unreachable", is_down=True)
        try:
            hand_over()
            return self._ask(connection, parcel)
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing is kept open."""

    def _open(self) -> http.client.HTTPConnection:
        host, port = self._place.hostname or "", self._place.port
        if self._place.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._patience, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._patience)

    def _ask(self, connection: http.client.HTTPConnection, parcel: Parcel) -> Reply:
        body = json.dumps({"to": parcel.address, "text": parcel.body, "key": parcel.key}, ensure_ascii=False)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": parcel.key,
        }
        path = f"{self._place.path or '/'}{'?' + self._place.query if self._place.query else ''}"
        try:
            connection.request("POST", path, body.encode(), headers)
            answer = connection.getresponse()
            content = answer.read(MOST_READ)
        except FAILED:
            return Reply(Answer.UNKNOWN, "http:no_answer")
        return Reply(_meaning(answer.status), f"http:{answer.status}", _reference(content))


def _meaning(status: int) -> Answer:
    if 200 <= status < 300:
        return Answer.ACCEPTED
    if status in NOT_NOW or status >= 500:
        return Answer.RETRY
    return Answer.FINAL


def _reference(content: bytes) -> str:
    """The service's own number for the message, where it gives one."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    number = told.get("id") if isinstance(told, dict) else None
    text = str(number) if isinstance(number, str | int) else ""
    return text if text.isprintable() else ""
