"""Does a real deployment refuse to start on what only the demonstration may use?"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import config
from hometeach.kernel import environment
from hometeach.kernel.sealing import load_keys
from tests.forked import Ended, ended

GIVEN = {
    "HOMETEACH_CONFIG": "production",
    "DATABASE_URL": "sqlite://",
    "HOMETEACH_HOSTS": "songjiao.example.gov.cn",
    "HOMETEACH_SEAL_EMBEDDED": "1",
} | {name: f"{n:02x}" * 32 for n, name in enumerate(config.KEY_NAMES, start=1)}


@pytest.fixture
def started(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ended]:
    """What happens when the application is made with exactly this environment, in a process of its own."""
    said = tmp_path_factory.mktemp("said")

    def started(given: dict[str, str], folder: Path) -> Ended:
        environment = {"PATH": os.environ["PATH"], "HOMETEACH_VAR": str(folder), "FLASK_SKIP_DOTENV": "1"} | given
        return ended("flask", ["--app", "hometeach.app", "routes"], environment, said)

    return started


def test_a_deployment_that_names_all_of_its_own_starts(started, tmp_path):
    assert "health.alive" in started(GIVEN, tmp_path).stdout


@pytest.mark.parametrize("left_out", config.NAMED_IN_PRODUCTION)
def test_a_deployment_that_leaves_something_out_is_told_its_name(started, tmp_path, left_out):
    answer = started({name: value for name, value in GIVEN.items() if name != left_out}, tmp_path)
    assert answer.returncode == 1
    assert f"Not started: {left_out} not set." in answer.stderr


@pytest.mark.parametrize("left_out", config.KEY_NAMES)
def test_a_deployment_that_leaves_out_a_key_is_told_its_name(left_out):
    with pytest.raises(SystemExit, match=f"Not started: {left_out} not set."):
        load_keys({name: None if name == left_out else GIVEN[name] for name in config.KEY_NAMES}, None)


def test_a_deployment_without_its_keys_leaves_nothing_behind(started, tmp_path):
    answer = started({name: value for name, value in GIVEN.items() if name not in config.KEY_NAMES}, tmp_path)
    assert answer.returncode == 1
    assert f"Not started: {', '.join(config.KEY_NAMES)} not set." in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_silence_about_the_configuration_means_a_real_deployment(started, tmp_path):
    answer = started({}, tmp_path)
    assert answer.returncode == 1
    assert "Not started: DATABASE_URL, HOMETEACH_HOSTS not set." in answer.stderr


def test_an_unknown_configuration_is_answered_with_those_that_exist(started, tmp_path):
    answer = started({"HOMETEACH_CONFIG": "prodcution"}, tmp_path)
    assert answer.returncode == 1
    assert "write one of demonstration, testing, production" in answer.stderr


def test_a_deployment_that_does_not_say_with_what_it_seals_is_told_so(started, tmp_path):
    answer = started({name: value for name, value in GIVEN.items() if name != "HOMETEACH_SEAL_EMBEDDED"}, tmp_path)
    assert answer.returncode == 1
    assert "Not started: HOMETEACH_SEAL_PKCS12 (a file) or HOMETEACH_SEAL_PKCS11 (a module) not set." in answer.stderr


def test_a_certificate_that_cannot_be_opened_stops_the_start(started, tmp_path):
    (tmp_path / "seal.p12").write_bytes(b"no certificate")
    answer = started(GIVEN | {"HOMETEACH_SEAL_PKCS12": str(tmp_path / "seal.p12")}, tmp_path)
    assert answer.returncode == 1
    assert "Not started: seal.p12 cannot be opened" in answer.stderr


UNREADABLE = {
    "HOMETEACH_SMTP_SECURITY": ("ssl", "none at all"),
    "HOMETEACH_PROXIES": ("-1", "x", "99"),
    "HOMETEACH_SMTP_PORT": ("smtp", "70000"),
    "HOMETEACH_GATEWAY_TIMEOUT": ("ten", "0", "-1", "1e300", "nan", "7,5"),
    "HOMETEACH_MESSAGE_BACK_OFF": ("30,,5",),
    "HOMETEACH_TIMESTAMP_AUTHORITIES": ("https://tsa.example",),
    "HOMETEACH_TODAY": ("2026-13-45", "heute"),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in UNREADABLE.items() for value in values])
def test_what_cannot_be_read_is_named_at_the_start(started, tmp_path, name, value):
    answer = started(GIVEN | {name: value}, tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Not started: {name}")
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("address", ["sqlite:///here.db", "sqlite:///a/here.db", "mysql://me:secret@host/x", "x:y:abc"])
def test_no_database_is_begun_in_whatever_folder_one_stands_in(started, tmp_path, address):
    answer = started(GIVEN | {"DATABASE_URL": address}, tmp_path)
    assert answer.returncode == 1
    assert "sqlite:////absolute/path/hometeach.db" in answer.stderr
    assert "secret" not in answer.stderr


def test_what_is_left_empty_is_left_out(started, tmp_path):
    empty = dict.fromkeys([*UNREADABLE, "HOMETEACH_SEAL_DIR", "HOMETEACH_SEAL_BACK_OFF", "HOMETEACH_BUREAU"], "")
    assert "health.alive" in started(GIVEN | empty, tmp_path).stdout


def test_a_list_of_nobody_is_no_list_of_hosts(started, tmp_path):
    answer = started(GIVEN | {"HOMETEACH_HOSTS": " , "}, tmp_path)
    assert "Not started: HOMETEACH_HOSTS not set." in answer.stderr


def test_what_people_write_is_read_as_it_was_meant(monkeypatch):
    monkeypatch.setenv("HOMETEACH_HOSTS", " a.cn, b.cn ,")
    monkeypatch.setenv("HOMETEACH_SMTP_SECURITY", " TLS")
    assert environment.listed("HOMETEACH_HOSTS") == ["a.cn", "b.cn"]
    assert environment.one_of("HOMETEACH_SMTP_SECURITY", "starttls", "tls", "none") == "tls"


def test_a_database_that_is_none_stops_the_start_in_words(started, tmp_path):
    (tmp_path / "none.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    answer = started(GIVEN | {"DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}, tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Not started: The database cannot be used (DatabaseError: file is not a database)")


def test_keys_that_cannot_be_read_name_their_file(started, tmp_path):
    (tmp_path / "demonstration-keys.json").write_text("{")
    answer = started({"HOMETEACH_CONFIG": "demonstration"}, tmp_path)
    assert answer.returncode == 1
    assert f"Not started: {tmp_path / 'demonstration-keys.json'} holds no keys that can be read." in answer.stderr
