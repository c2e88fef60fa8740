"""A real certificate authority: ``openssl ca`` in a folder, asked about its certificates over HTTP on loopback.

It answers by OCSP and hands out its list of revoked certificates, and can be made to misbehave.
"""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[ca]
default_ca = here
[here]
dir = {folder}
database = $dir/index.txt
new_certs_dir = $dir
serial = $dir/serial
crlnumber = $dir/crlnumber
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
default_days = 800
default_crl_days = 7
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = any_name
[any_name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier = hash
"""
#: What an issuer below another one may do.
ISSUES = "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign,digitalSignature\n"
#: What the bureau's certificate may do.
SEALS = "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature,nonRepudiation\n"
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Issuer:
    """One issuer: a root, or below another one. Its certificates say at ``address`` where it is asked."""

    def __init__(self, folder: Path, name: str, address: str, *, above: "Issuer | None" = None, short: bool = True):
        folder.mkdir(parents=True)
        self.folder, self.name, self.address = folder, name, address
        #: Whether its certificates name a place that answers about single ones (OCSP), beside the list.
        self.short = short
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "index.txt").touch()
        (folder / "serial").write_text("1000\n")
        (folder / "crlnumber").write_text("01\n")
        made = ("-keyout", "ca.key", "-subj", f"/CN={name}", "-config", "openssl.cnf")
        if above is None:
            self.openssl("req", "-x509", *NEW_KEY, *made, "-out", "ca.pem", "-days", "900", "-extensions", "root")
        else:
            self.openssl("req", *NEW_KEY, *made, "-out", "ca.csr")
            above.issue(folder / "ca.csr", self.certificate, ISSUES)

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    def issue(self, request: Path, to: Path, extensions: str) -> None:
        """Certify a request."""
        at = f"crlDistributionPoints = URI:{self.address}{self.folder.name}.crl\n"
        short = f"authorityInfoAccess = OCSP;URI:{self.address}{self.folder.name}.ocsp\n" if self.short else ""
        (self.folder / "extensions.cnf").write_text(extensions + at + short)
        self.openssl(
            *("ca", "-batch", "-config", "openssl.cnf", "-notext", "-in", str(request), "-out", str(to)),
            *("-extfile", "extensions.cnf"),
        )

    def revoke(self, certificate: Path) -> None:
        self.openssl("ca", "-config", "openssl.cnf", "-revoke", str(certificate))

    def list(self) -> bytes:
        """The list of what it revoked, DER."""
        self.openssl("ca", "-config", "openssl.cnf", "-gencrl", "-out", "list.pem")
        self.openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", "list.crl")
        return (self.folder / "list.crl").read_bytes()

    def answer(self, question: bytes) -> bytes:
        """A reply of ``openssl ocsp``."""
        asked, told = self.folder / "q.ocsp", self.folder / "a.ocsp"
        asked.write_bytes(question)
        signs = ("-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-ndays", "2")
        self.openssl("ocsp", *signs, "-reqin", str(asked), "-respout", str(told))
        return told.read_bytes()

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


class Office:
    """Where issuers are asked: their folders, and how the place behaves at the moment."""

    def __init__(self, folder: Path):
        self.folder, self.address = folder, ""
        self.issuers: dict[str, Issuer] = {}
        #: ``up``, ``refuses`` (HTTP 503), ``garbage``, ``slow``: what each ending (``crl``, ``ocsp``) does next.
        self.behaves = {"crl": "up", "ocsp": "up"}
        self.asked: list[str] = []
        self.let_go = threading.Event()

    def issuer(self, name: str, *, above: Issuer | None = None, short: bool = True) -> Issuer:
        made = Issuer(self.folder / name, f"{name} of the tests", self.address, above=above, short=short)
        self.issuers[name] = made
        return made


@contextmanager
def on_loopback(handler: type[BaseHTTPRequestHandler], let_go: threading.Event) -> Iterator[str]:
    """The address of a server for as long as the block runs; at its end whoever is kept waiting is let go."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def open_office(office: Office) -> Iterator[Office]:
    """The office, asked at its address for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._tell(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self._tell(b"")

        def _tell(self, question: bytes) -> None:
            name, kind = self.path.strip("/").split(".")
            office.asked.append(self.path)
            behaves = office.behaves[kind]
            if behaves == "slow":
                office.let_go.wait(30)
                return
            if behaves == "refuses":
                self.send_error(503)
                return
            issuer = office.issuers[name]
            told = issuer.answer(question) if kind == "ocsp" else issuer.list()
            told = b"\x30\x03garbage" if behaves == "garbage" else told
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with on_loopback(Handler, office.let_go) as office.address:
        yield office
