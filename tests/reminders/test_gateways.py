"""Does each gateway say truly what became of a message? Against real servers on this machine."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from hometeach.kernel.delivering import Answer, Overtaken, Parcel
from hometeach.reminders.gateways.http import HttpGateway
from hometeach.reminders.gateways.smtp import SmtpGateway
from tests.reminders.mailserver import Mailbox, listening

PARCEL = Parcel("k3y", "lin@example.org", "家访提醒：1 件事", "老师明天 15:00 上门。\n.\n..请看。")
PATIENCE = timedelta(seconds=1)


class HandedOver:
    """Counts how often the words were said to leave."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def handed() -> HandedOver:
    return HandedOver()


def smtp(port: int, user: str = "") -> SmtpGateway:
    return SmtpGateway(
        host="127.0.0.1",
        port=port,
        security="none",
        user=user,
        password="",
        sender="hometeach@example.org",
        absorbs_repeats=False,
        patience=PATIENCE,
    )


def test_a_mail_arrives_with_its_key_as_message_id_and_its_words_whole(handed):
    mailbox = Mailbox()
    with listening(mailbox) as port:
        gateway = smtp(port)
        replies = [gateway.deliver(PARCEL, handed), gateway.deliver(PARCEL, handed)]
        gateway.close()
    assert [reply.answer for reply in replies] == [Answer.ACCEPTED] * 2
    assert (handed.times, mailbox.taken["k3y"]) == (2, 2)
    mail = BytesParser(policy=policy.default).parsebytes(mailbox.mails[0].as_bytes())
    assert mail["Subject"] == PARCEL.subject
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == PARCEL.body


@pytest.mark.parametrize(
    ("how", "answer", "times"),
    [
        ("handle_RCPT", Answer.RETRY, 0),
        ("handle_DATA", Answer.RETRY, 1),
        ("final", Answer.FINAL, 0),
        ("cut", Answer.UNKNOWN, 1),
    ],
    ids=["refused before the words", "refused after the words", "refused for good", "cut off after the words"],
)
def test_what_a_mail_server_answers_is_told_apart(handed, how, answer, times):
    class Grumpy(Mailbox):
        pass

    async def later(*_: object) -> str:
        return "451 4.3.0 later"

    async def never(*_: object) -> str:
        return "550 5.1.1 lin@example.org is unknown here"

    async def cut(_self: object, server, *_: object) -> str:
        server.transport.abort()
        return "421 cut"

    setattr(Grumpy, "handle_RCPT" if how == "final" else "handle_DATA" if how == "cut" else how,
            {"final": never, "cut": cut}.get(how, later))  # fmt: skip
    with listening(Grumpy()) as port:
        gateway = smtp(port)
        reply = gateway.deliver(PARCEL, handed)
        gateway.close()
    assert (reply.answer, handed.times) == (answer, times)
    assert "lin@" not in reply.said, "what is kept of an answer names nobody"


def test_a_mail_server_that_is_not_there_or_keeps_silent_is_down_and_nothing_left(handed):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        assert smtp(port).deliver(PARCEL, handed).is_down, "nobody listens"
        silent.listen()
        reply = smtp(port).deliver(PARCEL, handed)
    assert (reply.answer, reply.is_down, handed.times) == (Answer.RETRY, True, 0)


@contextmanager
def saying(*answers: bytes) -> Iterator[int]:
    """The port of somebody who says these lines, the first one unasked, each other one to a line of the other side."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def speak() -> None:
            line, _address = server.accept()
            with line, line.makefile("rb") as asked:
                line.sendall(answers[0])
                for answer in answers[1:]:
                    asked.readline()
                    line.sendall(answer)

        speaker = Thread(target=speak)
        speaker.start()
        yield server.getsockname()[1]
        speaker.join()


def test_a_mail_server_that_asks_for_the_password_in_no_letters_is_down(handed):
    with saying(b"220 hi\r\n", b"250-hi\r\n250 AUTH CRAM-MD5\r\n", b"334 abc\r\n") as port:
        reply = smtp(port, user="bureau").deliver(PARCEL, handed)
    assert (reply.answer, reply.is_down, handed.times) == (Answer.RETRY, True, 0)


@pytest.mark.parametrize("last", [b"\xff50 taken\r\n", b"999999 taken\r\n", b"251 taken\r\n"])
def test_an_answer_to_the_words_that_cannot_be_read_tells_nothing(handed, last):
    with saying(b"220 hi\r\n", *[b"250 yes\r\n"] * 3, b"354 go on\r\n", last) as port:
        reply = smtp(port).deliver(PARCEL, handed)
    assert (reply.answer, handed.times) == (Answer.UNKNOWN, 1)


def test_an_address_that_cannot_be_said_is_for_good_and_holds_up_nobody(handed):
    mailbox = Mailbox()
    with listening(mailbox) as port:
        gateway = smtp(port)
        strange = [replace(PARCEL, key=key, address=key) for key in ("林@example.org", "lin@example.org\r\nQUIT")]
        answers = [gateway.deliver(parcel, handed).answer for parcel in (*strange, PARCEL)]
        gateway.close()
    assert answers == [Answer.FINAL, Answer.FINAL, Answer.ACCEPTED]
    assert (handed.times, dict(mailbox.taken)) == (1, {"k3y": 1})


def test_a_message_that_somebody_else_has_by_now_does_not_leave():
    def overtaken() -> None:
        raise Overtaken

    mailbox = Mailbox()
    with listening(mailbox) as port:
        gateway = smtp(port)
        with pytest.raises(Overtaken):
            gateway.deliver(PARCEL, overtaken)
        assert gateway.deliver(PARCEL, HandedOver()).answer is Answer.ACCEPTED, "and the next one does"
        gateway.close()
    assert mailbox.taken["k3y"] == 1


class Service(BaseHTTPRequestHandler):
    """An SMS service that answers as its server says, and takes one key once."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(content)))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == 0:
            self.server.silent.wait(5)
            return
        answer = self.server.says if status == 200 else b"nonsense \xff"
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.asked, server.statuses, server.silent, server.says = [], [], Event(), b'{"id": 4711}'
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.silent.set()
    server.shutdown()
    server.server_close()


def sms(service: ThreadingHTTPServer) -> HttpGateway:
    return HttpGateway(url=f"http://127.0.0.1:{service.server_port}/send?v=1", token="t0ken", patience=PATIENCE)


def test_an_sms_is_posted_with_its_key_and_the_services_number_is_kept(service, handed):
    reply = sms(service).deliver(PARCEL, handed)
    assert (reply.answer, reply.reference, handed.times) == (Answer.ACCEPTED, "4711", 1)
    path, headers, told = service.asked[0]
    assert path == "/send?v=1"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer t0ken", "k3y")
    assert told == {"to": "lin@example.org", "text": PARCEL.body, "key": "k3y"}


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (202, Answer.ACCEPTED),
        (302, Answer.FINAL),
        (400, Answer.FINAL),
        (404, Answer.FINAL),
        (408, Answer.RETRY),
        (429, Answer.RETRY),
        (500, Answer.RETRY),
        (503, Answer.RETRY),
        (0, Answer.UNKNOWN),
    ],
)
def test_what_an_sms_service_answers_is_told_apart(service, handed, status, answer):
    service.statuses.append(status)
    assert sms(service).deliver(PARCEL, handed).answer is answer


@pytest.mark.parametrize("says", [b"[" * 4096, b'{"id": "\\ud800"}', b'{"id": "\\u0000"}', b'{"id": {}}', b"[1]"])
def test_a_number_that_cannot_be_kept_makes_nothing_of_a_yes(service, handed, says):
    service.says = says
    reply = sms(service).deliver(PARCEL, handed)
    assert (reply.answer, reply.reference, handed.times) == (Answer.ACCEPTED, "", 1)


def test_an_sms_service_that_is_not_there_is_down_and_nothing_left(handed):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gateway = HttpGateway(url=f"http://127.0.0.1:{nobody.getsockname()[1]}/", token="", patience=PATIENCE)
        reply = gateway.deliver(PARCEL, handed)
    assert (reply.answer, reply.is_down, handed.times) == (Answer.RETRY, True, 0)
