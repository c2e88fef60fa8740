"""Does a real deployment refuse to start on what only the demonstration may use?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config
from hometeach.kernel.sealing import load_keys

ROOT = Path(__file__).resolve().parent.parent
GIVEN = {
    "HOMETEACH_CONFIG": "production",
    "DATABASE_URL": "sqlite://",
    "HOMETEACH_HOSTS": "songjiao.example.gov.cn",
    "HOMETEACH_SEAL_EMBEDDED": "1",
} | {name: f"{n:02x}" * 32 for n, name in enumerate(config.KEY_NAMES, start=1)}


START = "import hometeach.app; hometeach.app.create_app(); print('started')"
#: The first thing that it does: what is refused here is refused before anything is loaded.
CHOOSE = "import config; config.chosen()"


def started(given: dict[str, str], folder: Path, what: str = START) -> subprocess.CompletedProcess[str]:
    """What happens when the application is made, or chooses, with exactly this environment."""
    return subprocess.run(
        [sys.executable, "-c", what],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOMETEACH_VAR": str(folder)} | given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deployment_that_names_all_of_its_own_starts(tmp_path):
    assert started(GIVEN, tmp_path).stdout == "started\n"


@pytest.mark.parametrize("left_out", config.NAMED_IN_PRODUCTION)
def test_a_deployment_that_leaves_something_out_is_told_its_name(tmp_path, left_out):
    answer = started({name: value for name, value in GIVEN.items() if name != left_out}, tmp_path, CHOOSE)
    assert answer.returncode == 1
    assert f"Not started: {left_out} not set." in answer.stderr


@pytest.mark.parametrize("left_out", config.KEY_NAMES)
def test_a_deployment_that_leaves_out_a_key_is_told_its_name(left_out):
    with pytest.raises(SystemExit, match=f"Not started: {left_out} not set."):
        load_keys({name: None if name == left_out else GIVEN[name] for name in config.KEY_NAMES}, None)


def test_a_deployment_without_its_keys_leaves_nothing_behind(tmp_path):
    answer = started({name: value for name, value in GIVEN.items() if name not in config.KEY_NAMES}, tmp_path)
    assert answer.returncode == 1
    assert f"Not started: {', '.join(config.KEY_NAMES)} not set." in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_silence_about_the_configuration_means_a_real_deployment(tmp_path):
    answer = started({}, tmp_path, CHOOSE)
    assert answer.returncode == 1
    assert "Not started: DATABASE_URL, HOMETEACH_HOSTS not set." in answer.stderr


def test_an_unknown_configuration_is_answered_with_those_that_exist(tmp_path):
    answer = started({"HOMETEACH_CONFIG": "prodcution"}, tmp_path, CHOOSE)
    assert answer.returncode == 1
    assert "write one of demonstration, testing, production" in answer.stderr


def test_a_deployment_that_does_not_say_with_what_it_seals_is_told_so(tmp_path):
    answer = started({name: value for name, value in GIVEN.items() if name != "HOMETEACH_SEAL_EMBEDDED"}, tmp_path)
    assert answer.returncode == 1
    assert "Not started: HOMETEACH_SEAL_PKCS12 (a file) or HOMETEACH_SEAL_PKCS11 (a module) not set." in answer.stderr


def test_a_certificate_that_cannot_be_opened_stops_the_start(tmp_path):
    (tmp_path / "seal.p12").write_bytes(b"no certificate")
    answer = started(GIVEN | {"HOMETEACH_SEAL_PKCS12": str(tmp_path / "seal.p12")}, tmp_path)
    assert answer.returncode == 1
    assert "Not started: seal.p12 cannot be opened" in answer.stderr
