"""The values a deployment is made of, read from the environment and nowhere else.

``HOMETEACH_CONFIG`` names one of the classes below (``.flaskenv`` says
``demonstration``; a real deployment says ``production`` and brings its own keys).
"""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from hometeach.kernel import environment

ROOT = Path(__file__).resolve().parent
#: What a real deployment names itself, so that it never runs by accident on the embedded database or for any host.
NAMED_IN_PRODUCTION = ("DATABASE_URL", "HOMETEACH_HOSTS")
KEY_NAMES = ("HOMETEACH_SECRET_KEY", "HOMETEACH_FIELD_KEY", "HOMETEACH_INDEX_KEY", "HOMETEACH_AUDIT_KEY")


class Base:
    """What holds everywhere."""

    DEMONSTRATION = False
    TESTING = False
    #: Where the product writes what is not in the database: reports, demonstration keys.
    VAR_DIR = Path(environment.given("HOMETEACH_VAR", str(ROOT / "var"))).resolve()
    SQLALCHEMY_DATABASE_URI = environment.database(f"sqlite:///{VAR_DIR / 'hometeach.db'}")
    #: A lost connection is noticed before it is used, where there is one to lose: SQLite is a file. An error never
    #: prints the values of its statement.
    SQLALCHEMY_ENGINE_OPTIONS: ClassVar[dict[str, bool]] = {
        "pool_pre_ping": not SQLALCHEMY_DATABASE_URI.startswith("sqlite"),
        "hide_parameters": True,
    }
    #: Keys are 64 hex digits (32 bytes). None: not given, see ``kernel.sealing.load_keys``.
    KEYS: ClassVar[dict[str, str | None]] = {name: environment.secret(name) or None for name in KEY_NAMES}
    #: Field keys of before, which still open what they sealed; see ``flask rotate-field-key``.
    FIELD_KEYS_BEFORE: ClassVar[list[str]] = environment.listed("HOMETEACH_FIELD_KEYS_BEFORE")
    #: Where keys may be made when none are given; None forbids it.
    KEY_FILE: Path | None = None

    BABEL_DEFAULT_LOCALE = "zh_Hans_CN"
    LANGUAGES: ClassVar[dict[str, str]] = {"zh_Hans_CN": "中文", "en": "English"}

    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    #: A sign-in ends after this long without a request, and after this long in any case.
    SIGN_IN_IDLE = timedelta(hours=2)
    SIGN_IN_AT_MOST = timedelta(hours=12)
    #: The same for guardians, who came in with a code and look for longer at one page.
    GUARDIAN_IDLE = timedelta(hours=1)
    GUARDIAN_AT_MOST = timedelta(hours=12)
    MAX_CONTENT_LENGTH = 20 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 500_000
    TRUSTED_HOSTS = environment.listed("HOMETEACH_HOSTS") or None
    WTF_CSRF_TIME_LIMIT = None
    #: Whether officers and administrators may do nothing before they have a second factor.
    SECOND_FACTOR_REQUIRED = True
    #: How many reverse proxies stand in front and name the visitor's address; with none, what they say is not believed.
    PROXIES = environment.whole("HOMETEACH_PROXIES", 0, most=10)
    #: Where people reach these pages, for the links in messages and for passkeys; empty: there are none.
    PUBLIC_URL = environment.given("HOMETEACH_URL").rstrip("/")
    #: The bureau's mail server; empty: no message goes out by e-mail. Security: starttls, tls or none.
    SMTP_HOST = environment.given("HOMETEACH_SMTP_HOST")
    SMTP_PORT = environment.whole("HOMETEACH_SMTP_PORT", 587, most=65_535)
    SMTP_SECURITY = environment.one_of("HOMETEACH_SMTP_SECURITY", "starttls", "tls", "none")
    SMTP_USER = environment.given("HOMETEACH_SMTP_USER")
    SMTP_PASSWORD = environment.secret("HOMETEACH_SMTP_PASSWORD")
    MAIL_FROM = environment.given("HOMETEACH_MAIL_FROM", "hometeach@localhost")
    #: Whether the mail server is known to deliver one Message-ID once: then what is unknown is handed over again.
    SMTP_ABSORBS_REPEATS = environment.given("HOMETEACH_SMTP_ABSORBS_REPEATS") == "1"
    #: An SMS service, see ``reminders/gateways/http.py``; empty: what would be an SMS goes to the school's call list.
    SMS_URL = environment.given("HOMETEACH_SMS_URL")
    SMS_TOKEN = environment.secret("HOMETEACH_SMS_TOKEN")
    #: How long a gateway may keep silent at each step, how long a claimed message is left to who claimed it
    #: (longer than the longest delivery), and how long after each refusal the next attempt is made. In seconds.
    GATEWAY_TIMEOUT_SECONDS = environment.seconds("HOMETEACH_GATEWAY_TIMEOUT", "10")
    MESSAGE_LEASE_SECONDS = environment.seconds("HOMETEACH_MESSAGE_LEASE", "300")
    MESSAGE_BACK_OFF_SECONDS = environment.waits("HOMETEACH_MESSAGE_BACK_OFF", "30,120,600,1800,3600")
    #: Where the seal's key (if it is made here) and all certificates that are believed are kept: outside the database.
    #: None: the folder ``seal`` in ``VAR_DIR``.
    SEAL_DIR = environment.folder("HOMETEACH_SEAL_DIR")
    #: Whether documents are sealed with a certificate that is made here, where the bureau has none of its own.
    SEAL_EMBEDDED = True
    #: The bureau's own certificate: a PKCS#12 file and its password, or a PKCS#11 module with token, key and PIN.
    SEAL_PKCS12 = environment.given("HOMETEACH_SEAL_PKCS12")
    SEAL_PKCS12_PASSWORD = environment.secret("HOMETEACH_SEAL_PKCS12_PASSWORD")
    SEAL_PKCS11 = environment.given("HOMETEACH_SEAL_PKCS11")
    SEAL_PKCS11_TOKEN = environment.given("HOMETEACH_SEAL_PKCS11_TOKEN")
    SEAL_PKCS11_KEY = environment.given("HOMETEACH_SEAL_PKCS11_KEY")
    SEAL_PKCS11_PIN = environment.secret("HOMETEACH_SEAL_PKCS11_PIN")
    #: RFC 3161 authorities in the order in which they are asked: address and file of certificates, the pairs apart
    #: by commas; and how long each may take, in seconds.
    TIMESTAMP_AUTHORITIES: ClassVar[list[list[str]]] = environment.pairs(
        "HOMETEACH_TIMESTAMP_AUTHORITIES", "address and file of certificates, the pairs apart by commas"
    )
    TIMESTAMP_SECONDS = environment.seconds("HOMETEACH_TIMESTAMP_SECONDS", "5")
    #: How long a document is left to who seals it (longer than all authorities together), and how long after each
    #: failure it is tried again; the last wait is kept for ever. In seconds.
    SEAL_LEASE_SECONDS = environment.seconds("HOMETEACH_SEAL_LEASE", "180")
    SEAL_BACK_OFF_SECONDS = environment.waits("HOMETEACH_SEAL_BACK_OFF", "60,300,900,3600")
    #: The bureau's name as the report prints it.
    BUREAU_NAME = environment.given("HOMETEACH_BUREAU", "X市教育局")


class Demonstration(Base):
    """``make run``: invented people, keys made on the spot, plain HTTP on this machine."""

    DEMONSTRATION = True
    SECOND_FACTOR_REQUIRED = False
    KEY_FILE = Base.VAR_DIR / "demonstration-keys.json"
    SESSION_COOKIE_SECURE = False


class Testing(Base):
    """The tests: like the demonstration, with keys that never leave the test."""

    TESTING = True
    SECOND_FACTOR_REQUIRED = False
    KEYS: ClassVar[dict[str, str | None]] = {name: f"{n:02x}" * 32 for n, name in enumerate(KEY_NAMES, start=1)}
    SESSION_COOKIE_SECURE = False


class Production(Base):
    """A real bureau. Starts only with its own keys, database and host names, and knowing with what it seals."""

    SEAL_EMBEDDED = environment.given("HOMETEACH_SEAL_EMBEDDED") == "1"


CONFIGS = {"demonstration": Demonstration, "testing": Testing, "production": Production}


def chosen() -> type[Base]:
    """The configuration that ``HOMETEACH_CONFIG`` names; production where it is silent.

    Raises: SystemExit with what to write, if it names none or the production lacks what only it can know.
    """
    name = environment.given("HOMETEACH_CONFIG", "production")
    if name not in CONFIGS:
        raise SystemExit(f"HOMETEACH_CONFIG={name!r} is not known: write one of {', '.join(CONFIGS)}")
    missing = [needed for needed in NAMED_IN_PRODUCTION if name == "production" and not environment.listed(needed)]
    if missing:
        raise SystemExit(f"Not started: {', '.join(missing)} not set. See `A real deployment` in README.md.")
    return CONFIGS[name]
