"""A message as an e-mail, through the bureau's own mail server.

SMTP knows no idempotency key. Up to the answer 354 nothing has left, and any
failure may be tried again; once the words are on the line, only an answer tells
whether they were taken. That is why ``hand_over`` is called between the two.
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from hometeach.kernel.delivering import Answer, Parcel, Reply
from hometeach.kernel.outbox import Channel

#: Steps of one delivery that may each take the whole patience: connect, greet, secure, greet, sign in (2),
#: sender, recipient, data, words.
STEPS = 10
FAILED = (OSError, smtplib.SMTPException)


class SmtpGateway:
    """One mail server, with a connection that is kept for a batch.

    ``security``: ``starttls``, ``tls`` or ``none``. ``absorbs_repeats``: the
    bureau knows that its server delivers one Message-ID once, so that what is
    unknown may be handed over again.
    """

    channel = Channel.EMAIL

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: str,
        user: str,
        password: str,
        sender: str,
        absorbs_repeats: bool,
        patience: timedelta,
    ):
        self.honours_keys = absorbs_repeats
        self.longest = patience * STEPS
        self._host, self._port, self._security = host, port, security
        self._user, self._password, self._sender = user, password, sender
        self._patience = patience.total_seconds()
        self._connection: smtplib.SMTP | None = None

    def deliver(self, parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
        """Hand one e-mail to the server."""
        try:
            smtp = self._connected()
            refusal = self._envelope(smtp, parcel)
        except FAILED:
            self.close()
            return Reply(Answer.RETRY, "smtp:unreachable", is_down=True)
        if refusal is not None:
            self._begin_anew(smtp)
            return refusal
        try:
            hand_over()
        except BaseException:
            self._hang_up()  # after 354 only a cut line keeps the server from waiting for words
            raise
        return self._words(smtp, parcel)

    def close(self) -> None:
        """Say good-bye, if anybody listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except FAILED:
                connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            if self._security == "tls":
                context = ssl.create_default_context()
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._patience, context=context)
            else:
                smtp = smtplib.SMTP(self._host, self._port, timeout=self._patience)
            self._connection = smtp
            smtp.ehlo_or_helo_if_needed()
            if self._security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if self._user:
                _sign_in(smtp, self._user, self._password)
        return self._connection

    def _envelope(self, smtp: smtplib.SMTP, parcel: Parcel) -> Reply | None:
        """Sender, recipient, and the question whether words are welcome. None where they are."""
        if not (parcel.address.isascii() and parcel.address.isprintable()):
            return Reply(Answer.FINAL, "smtp:address")  # it cannot be said in these letters
        steps: tuple[tuple[Callable[[], tuple[int, bytes]], tuple[int, ...]], ...] = (
            (lambda: smtp.mail(self._sender), (250,)),
            (lambda: smtp.rcpt(parcel.address), (250, 251)),
            (lambda: smtp.docmd("DATA"), (354,)),
        )
        for ask, welcome in steps:
            code, _said = ask()
            if code not in welcome:
                return _refused(code)
        return None

    def _words(self, smtp: smtplib.SMTP, parcel: Parcel) -> Reply:
        try:
            smtp.send(_on_the_line(self._mail(parcel)))
            code, _said = smtp.getreply()
        except FAILED:
            self._hang_up()
            return Reply(Answer.UNKNOWN, "smtp:no_answer", is_down=False)
        if code == 250:
            return Reply(Answer.ACCEPTED, f"smtp:{code}")
        if 400 <= code < 600:
            return _refused(code)
        self._hang_up()  # an answer that cannot be read tells no more than none
        return Reply(Answer.UNKNOWN, "smtp:no_answer", is_down=False)

    def _mail(self, parcel: Parcel) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self._sender, parcel.address
        mail["Subject"] = parcel.subject
        mail["Message-ID"] = f"<{parcel.key}@{self._sender.rpartition('@')[2]}>"
        mail["Date"] = formatdate()
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(parcel.body, cte="base64")
        return mail.as_bytes()

    def _begin_anew(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except FAILED:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _sign_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Raises: OSError, SMTPException, also where the server asks in a way that cannot be read."""
    try:
        smtp.login(user, password)
    except ValueError as broken:
        raise smtplib.SMTPException("what it asks cannot be read") from broken


def _refused(code: int) -> Reply:
    """What an answer that is no yes means; 421 says that the server closes."""
    if 500 <= code < 600:
        return Reply(Answer.FINAL, f"smtp:{code}")
    return Reply(Answer.RETRY, f"smtp:{code}", is_down=code == 421)


def _on_the_line(content: bytes) -> bytes:
    """The words as they go over the line: a leading dot doubled, and the dot that ends them."""
    lines = content.split(b"\r\n")
    quoted = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n")
