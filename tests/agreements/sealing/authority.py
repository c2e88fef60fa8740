"""A real RFC 3161 authority on loopback: ``openssl ts`` behind a small HTTP server, which can be made to misbehave."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from asn1crypto import tsp

from tests.agreements.sealing.issuing import Issuer, on_loopback

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
certs = $dir/chain.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
EXTENSIONS = """
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """The authority: its folder with keys and certificates, and how it behaves at the moment."""

    def __init__(self, folder: Path, name: str = "TSA of the tests", issuer: Issuer | None = None):
        self.folder, self.issuer = folder, issuer
        #: ``up``, ``down`` (the connection is dropped), ``slow``, ``refuses`` (HTTP 503), ``garbage``,
        #: ``wrong nonce``, ``wrong imprint``: what it does with the next question.
        self.behaves = "up"
        self.asked = 0
        self.let_go = threading.Event()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "extensions.cnf").write_text(EXTENSIONS)
        (folder / "serial").write_text("01\n")
        self._make(name)

    @property
    def certificates(self) -> Path:
        """What whoever believes it needs."""
        return self.issuer.certificate if self.issuer else self.folder / "ca.pem"

    def answer(self, question: bytes) -> bytes:
        """A reply of ``openssl ts``."""
        asked, told = self.folder / "q.tsq", self.folder / "a.tsr"
        asked.write_bytes(question)
        self._openssl("ts", "-reply", "-config", "openssl.cnf", "-queryfile", str(asked), "-out", str(told))
        return told.read_bytes()

    def renew(self, name: str) -> None:
        """Sign with a new key and certificate from now on."""
        self._make(name)

    def _make(self, name: str) -> None:
        """Keys and certificates: by an issuer that can be asked about them, or by one of its own that says nothing."""
        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._openssl("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
        if self.issuer:
            self.issuer.issue(self.folder / "tsa.csr", self.folder / "tsa.pem", EXTENSIONS)
            (self.folder / "chain.pem").write_bytes(self.certificates.read_bytes())
            return
        self._openssl(
            *("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "900", "-subj", f"/CN=CA of {name}")
        )
        self._openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-out", "tsa.pem", "-days", "800", "-extfile", "extensions.cnf"),
        )
        (self.folder / "chain.pem").write_bytes((self.folder / "ca.pem").read_bytes())

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


def _changed(question: bytes, behaves: str) -> bytes:
    asked = tsp.TimeStampReq.load(question)
    if behaves == "wrong nonce":
        asked["nonce"] = 7
    if behaves == "wrong imprint":
        asked["message_imprint"]["hashed_message"] = bytes(32)
    changed: bytes = asked.dump(force=True)
    return changed


@contextmanager
def listening(authority: Authority) -> Iterator[str]:
    """The address at which the authority is asked, for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked += 1
            behaves = authority.behaves
            if behaves == "down":
                self.close_connection = True
                return
            if behaves == "slow":
                authority.let_go.wait(30)
                return
            if behaves == "refuses":
                self.send_error(503)
                return
            told = b"\x30\x03garbage" if behaves == "garbage" else authority.answer(_changed(question, behaves))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with on_loopback(Handler, authority.let_go) as address:
        yield address
