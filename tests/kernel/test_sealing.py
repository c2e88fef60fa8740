"""A sealed value opens in its own row, with its own key, and nowhere else; a deployment brings keys of its own."""

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

import config
from hometeach.kernel import sealing
from hometeach.kernel.sealing import SealBroken, load_keys, seal, unseal

PLACE = {"table": "child", "column": "id_number_sealed", "row": "AAAABBBBCCCC"}
SECRET = "430421201506010018"


def fresh() -> dict[str, str | None]:
    return {name: secrets.token_hex(32) for name in config.KEY_NAMES}


def test_a_value_comes_back_and_is_sealed_anew_each_time(app: Flask) -> None:
    first, second = seal(SECRET, **PLACE), seal(SECRET, **PLACE)
    assert unseal(first, **PLACE) == unseal(second, **PLACE) == SECRET
    assert first != second, "equal values do not look equal"
    assert SECRET.encode() not in first


@pytest.mark.parametrize("part", ["table", "column", "row"])
def test_a_value_does_not_open_in_another_place(app: Flask, part: str) -> None:
    envelope = seal(SECRET, **PLACE)
    with pytest.raises(SealBroken):
        unseal(envelope, **{**PLACE, part: "elsewhere"})


@pytest.mark.parametrize("at", [0, 3, 12, 25, -1], ids=["algorithm", "key", "nonce", "text", "tag"])
def test_one_flipped_bit_anywhere_is_noticed(app: Flask, at: int) -> None:
    envelope = bytearray(seal(SECRET, **PLACE))
    envelope[at] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(envelope), **PLACE)


@pytest.mark.parametrize("length", [0, 5, 20, 30])
def test_an_envelope_that_was_cut_off_is_noticed(app: Flask, length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(seal(SECRET, **PLACE)[:length], **PLACE)


def test_another_deployments_key_opens_nothing(app: Flask) -> None:
    envelope = seal(SECRET, **PLACE)
    app.extensions["hometeach.keys"] = load_keys(fresh(), None)
    with pytest.raises(SealBroken, match="not loaded"):
        unseal(envelope, **PLACE)


def test_another_key_under_the_same_name_opens_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    envelope = seal(SECRET, **PLACE)
    known = sealing.keys().field_key_id
    other = load_keys(fresh(), None)
    other.__dict__["field_key_id"] = known
    app.extensions["hometeach.keys"] = other
    with pytest.raises(SealBroken, match="does not belong"):
        unseal(envelope, **PLACE)


def test_a_blind_index_finds_equal_values_of_one_purpose_and_tells_nothing_without_the_key(app: Flask) -> None:
    found = sealing.blind_index("13812345678", purpose="phone")
    assert found == sealing.blind_index("13812345678", purpose="phone")
    assert found != sealing.blind_index("13812345678", purpose="id_number")
    app.extensions["hometeach.keys"] = load_keys(fresh(), None)
    assert found != sealing.blind_index("13812345678", purpose="phone")


def test_keys_that_are_given_are_taken(tmp_path: Path) -> None:
    given = fresh()
    loaded = load_keys(given, tmp_path / "keys.json")
    assert loaded.secret.hex() == given["HOMETEACH_SECRET_KEY"]
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (dict.fromkeys(config.KEY_NAMES), "HOMETEACH_SECRET_KEY, HOMETEACH_FIELD_KEY"),
        ({"HOMETEACH_AUDIT_KEY": ""}, "HOMETEACH_AUDIT_KEY not set"),
        ({"HOMETEACH_FIELD_KEY": "short"}, "HOMETEACH_FIELD_KEY must be 64 hex digits"),
        ({"HOMETEACH_FIELD_KEY": "ab" * 31}, "HOMETEACH_FIELD_KEY must be 64 hex digits"),
        ({"HOMETEACH_FIELD_KEY": "zz" * 32}, "HOMETEACH_FIELD_KEY must be 64 hex digits"),
        ({"HOMETEACH_FIELD_KEY": "ab" * 32, "HOMETEACH_INDEX_KEY": "ab" * 32}, "must differ"),
    ],
    ids=["none", "one missing", "too short", "a byte short", "not hex", "two equal"],
)
def test_a_deployment_without_good_keys_does_not_start_and_says_what_to_do(
    change: dict[str, str | None], told: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        load_keys(fresh() | change, None)
    assert told in str(stopped.value)


def test_equal_keys_are_noticed_whatever_the_letters_case() -> None:
    with pytest.raises(SystemExit, match="must differ"):
        load_keys(fresh() | {"HOMETEACH_FIELD_KEY": "ab" * 32, "HOMETEACH_INDEX_KEY": "AB" * 32}, None)


def test_a_refused_key_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        load_keys(fresh() | {"HOMETEACH_FIELD_KEY": "secret-but-malformed"}, None)
    assert "secret-but-malformed" not in str(stopped.value)


def test_the_demonstrations_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    nothing = dict.fromkeys(config.KEY_NAMES)
    first = load_keys(nothing, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(nothing, path) == first
    assert [one.name for one in path.parent.iterdir()] == ["keys.json"]


def test_two_processes_that_begin_at_once_hold_the_same_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    program = (
        "import sys; from pathlib import Path; import config; from hometeach.kernel.sealing import load_keys; "
        "sys.stdin.readline(); print(load_keys(dict.fromkeys(config.KEY_NAMES), Path(sys.argv[1])).field.hex())"
    )
    environment = {**os.environ, "PYTHONPATH": str(config.ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _n in range(4)
    ]
    answers = []
    for process in processes:
        process.stdin.write("\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    for process in processes:
        answers.append(process.communicate(timeout=60)[0].strip())
    assert len(set(answers)) == 1
    assert len(answers[0]) == 64
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_production_does_not_start_without_keys_and_never_makes_any() -> None:
    assert config.Production.KEY_FILE is None
    with pytest.raises(SystemExit, match="HOMETEACH_SECRET_KEY"):
        load_keys(dict.fromkeys(config.KEY_NAMES), config.Production.KEY_FILE)
