"""Can anybody check a sealed agreement, and does nobody learn more than whether it holds?"""

import tempfile
from io import BytesIO

import pytest

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.models import seal_of
from hometeach.kernel.extensions import db
from hometeach.kernel.files import StoredFile
from hometeach.kernel.jobs import committed
from hometeach.people.entry.models import SignInAttempt
from tests.agreements.sealing.conftest import TODAY, child, conclude  # noqa: F401 - the agreements of the sealing tests

COUNTED = (StoredFile, SignInAttempt)


@pytest.fixture
def sealed(app, conclude):  # noqa: F811 - the fixture
    """A sealed agreement: its offer and its seal."""
    offer = conclude()
    with committed():
        assert actions.seal_next(TODAY) is True
    seal = seal_of(offer.id)
    content = seal.document.content
    db.session.rollback()
    return offer, seal, content


def upload(client, content: bytes, **more):
    return client.post(
        "/verify",
        data={"document": (BytesIO(content), "agreement.pdf"), **more},
        content_type="multipart/form-data",
    )


def test_a_stranger_checks_a_document(client, sealed):
    offer, _seal, content = sealed
    assert client.get("/verify").status_code == 200
    page = upload(client, content)
    assert page.status_code == 200
    assert offer.number in page.text
    assert "核对相符" in page.text
    for name in (offer.signers[0].name, offer.child.name):
        assert name not in page.text, "initials only"


def test_a_document_that_was_changed_is_refused_and_told_nothing_of(client, sealed):
    offer, _seal, content = sealed
    page = upload(client, content[:-20] + b"0" + content[-19:])
    assert "核对不符" in page.text
    assert offer.number not in page.text


def test_the_printed_code_leads_to_the_same_answer_however_it_is_typed(client, sealed):
    offer, seal, _content = sealed
    for typed in (seal.code, seal.code.lower(), seal.code.replace("-", " ")):
        assert offer.number in client.post("/verify", data={"code": typed}).text


def test_an_unknown_code_and_words_that_are_none_are_answered_alike(client, sealed):
    unknown = client.post("/verify", data={"code": "2222-2222-2222-2222"}).text
    assert unknown == client.post("/verify", data={"code": "hello"}).text
    assert "核对不符" in unknown


def test_nothing_chosen_and_too_much_are_told_beside_the_field(client, app):
    assert client.post("/verify", data={}).status_code == 422
    large = upload(client, b"%PDF-1.7\n" + bytes(5 * 1024 * 1024))
    assert large.status_code == 422
    assert "太大" in large.text


def test_the_upload_is_kept_nowhere(client, sealed, tmp_path, monkeypatch):
    _offer, _seal, content = sealed
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    before = db.session.query(StoredFile).count()
    db.session.rollback()
    upload(client, content + bytes(900_000))
    assert list((tmp_path / "temporary").iterdir()) == []
    assert db.session.query(StoredFile).count() == before


def test_who_asks_too_often_from_one_address_waits(client, app):
    answers = [client.post("/verify", data={"code": f"x{n}"}).status_code for n in range(31)]
    assert answers == [200] * 30 + [422]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04", b"<html>", bytes(10_000)])
def test_whatever_is_uploaded_is_answered(client, app, content):
    assert upload(client, content + b"x").status_code == 200
