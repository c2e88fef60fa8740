"""The audit log can be added to, and only that; whoever changes it otherwise is found."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed

ROWS = 6


@pytest.fixture
def chain(app: Flask) -> None:
    """Six audit rows and an unguarded table, as somebody with the database's password would have it."""
    with committed():
        for n in range(ROWS):
            audit.record("visit:correct", actor="bai", about=f"visit:{n}", detail={"n": n, "why": "记错时间"})
    names = ("audit_event_no_update", "audit_event_no_delete")
    for name in names:
        with committed():
            on = " ON audit_event" if db.engine.dialect.name == "postgresql" else ""
            db.session.execute(sa.text(f"DROP TRIGGER {name}{on}"))


def tamper(statement: str, **values: object) -> None:
    """Change the tables as an insider would."""
    with committed():
        db.session.execute(sa.text(statement), values)
    db.session.expire_all()


def test_an_untouched_chain_holds(app: Flask) -> None:
    with committed():
        for n in range(ROWS):
            audit.record("visit:correct", actor="bai", about=f"visit:{n}")
    assert audit.verify() is None
    assert audit.head()[0] == ROWS


@pytest.mark.parametrize("column", ["at", "actor", "action", "about", "detail"])
@pytest.mark.parametrize("seq", [1, 3, ROWS])
def test_a_changed_field_is_found_at_its_row(chain: None, column: str, seq: int) -> None:
    tamper(f"UPDATE audit_event SET {column} = 'x' || substr({column}, 2) WHERE seq = :seq", seq=seq)
    flaw = audit.verify()
    assert flaw is not None
    assert flaw.seq == seq


@pytest.mark.parametrize("seq", range(1, ROWS + 1))
def test_a_deleted_row_is_found_at_its_place_the_last_one_too(chain: None, seq: int) -> None:
    tamper("DELETE FROM audit_event WHERE seq = :seq", seq=seq)
    flaw = audit.verify()
    assert flaw is not None
    assert flaw.seq == seq


def test_a_deleted_row_is_found_after_the_rest_was_renumbered(chain: None) -> None:
    tamper("DELETE FROM audit_event WHERE seq = 3")
    for seq in range(4, ROWS + 1):
        tamper("UPDATE audit_event SET seq = seq - 1 WHERE seq = :seq", seq=seq)
    flaw = audit.verify()
    assert flaw is not None
    assert flaw.seq == 3


def test_two_exchanged_rows_are_found(chain: None) -> None:
    for old, new in ((2, 99), (5, 2), (99, 5)):
        tamper("UPDATE audit_event SET seq = :new WHERE seq = :old", old=old, new=new)
    flaw = audit.verify()
    assert flaw is not None
    assert flaw.seq == 2


def test_an_emptied_log_is_found(chain: None) -> None:
    tamper("DELETE FROM audit_event")
    assert audit.verify() is not None
    tamper("DELETE FROM audit_head")
    assert audit.verify() is not None


def test_a_tail_cut_off_with_its_head_put_back_is_found_by_a_printed_head(chain: None) -> None:
    printed = audit.head()[1]
    length, mac, seal = 4, None, None
    rows = db.session.execute(sa.text("SELECT mac FROM audit_event WHERE seq = 4")).scalar_one()
    mac = bytes(rows)
    seal = audit._seal_of(length, mac)  # an insider who kept an old copy of the head has this value
    tamper("DELETE FROM audit_event WHERE seq > 4")
    tamper("UPDATE audit_head SET length = 4, mac = :mac, seal = :seal", mac=mac, seal=seal)
    assert audit.verify() is None
    flaw = audit.verify(printed)
    assert flaw is not None
    assert flaw.seq == 5


@pytest.mark.parametrize("table", ["audit_event", "access_log"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete(app: Flask, table: str, statement: str) -> None:
    with committed():
        audit.record("visit:correct", actor="bai", about="visit:1")
        audit.note_access(actor="bai", about="child:1", what="file")
    with pytest.raises(DBAPIError), committed():
        db.session.execute(sa.text(statement.format(table)))


def test_the_access_log_is_digested_into_the_chain_once(app: Flask) -> None:
    with committed():
        audit.note_access(actor="lin", about="child:1", what="file")
        audit.note_access(actor="lin", about="child:1", what="phone", reason="约时间")
    covered: Callable[[], int] = audit.chain_access_log
    with committed():
        assert covered() == 2
    with committed():
        assert covered() == 0
    assert audit.verify() is None
