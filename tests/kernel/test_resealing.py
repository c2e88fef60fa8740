"""A new field key seals everything again while people work, and whatever was not reached still opens."""

import secrets

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel import audit, files, resealing, sealing
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.resealing import count_earlier, reseal_some, sealed_columns
from hometeach.people.models import Child, Guardian
from hometeach.workbook.models import ImportedRow


def take_a_new_key(app: Flask) -> None:
    """As a deployment that was restarted with a new key, the old one among those of before."""
    keys = app.extensions["hometeach.keys"]
    app.extensions["hometeach.keys"] = sealing.Keys(
        keys.secret, secrets.token_bytes(32), keys.index, keys.audit, earlier=(keys.field, *keys.earlier)
    )


def forget_the_earlier_keys(app: Flask) -> None:
    keys = app.extensions["hometeach.keys"]
    app.extensions["hometeach.keys"] = sealing.Keys(keys.secret, keys.field, keys.index, keys.audit)


def left() -> dict[str, int]:
    return {one.name: count for one in sealed_columns() if (count := count_earlier(one))}


def test_an_earlier_key_opens_what_it_sealed_and_seals_nothing_any_more(app: Flask) -> None:
    place = {"table": "child", "column": "id_number_sealed", "row": "AAAABBBBCCCC"}
    before = sealing.seal("430421201506010018", **place)
    take_a_new_key(app)
    take_a_new_key(app)
    after = sealing.seal("430421201506010018", **place)
    assert sealing.unseal(before, **place) == sealing.unseal(after, **place)
    forget_the_earlier_keys(app)
    assert sealing.unseal(after, **place) == "430421201506010018"
    with pytest.raises(sealing.SealBroken, match="not loaded"):
        sealing.unseal(before, **place)


def test_every_value_of_a_county_opens_with_the_new_key_alone(county_app: Flask) -> None:
    with county_app.app_context(), committed():
        known = [
            (child.id_number, child.visit_address) for child in db.session.scalars(sa.select(Child).order_by(Child.id))
        ]
        phones = [guardian.phone for guardian in db.session.scalars(sa.select(Guardian).order_by(Guardian.id))]
        kept = files.keep(b"a paper", "application/pdf")
        db.session.flush()
        file_id = kept.id
    with county_app.app_context():
        db.session.remove()
        take_a_new_key(county_app)
        told = county_app.test_cli_runner().invoke(args=["rotate-field-key"])
        assert told.exit_code == 0, told.output
        assert "nothing is left under an earlier key" in told.output
        forget_the_earlier_keys(county_app)
        db.session.remove()
        children = db.session.scalars(sa.select(Child).order_by(Child.id)).all()
        assert [(child.id_number, child.visit_address) for child in children] == known
        assert [guardian.phone for guardian in db.session.scalars(sa.select(Guardian).order_by(Guardian.id))] == phones
        assert db.session.get_one(files.StoredFile, file_id).content == b"a paper"
        assert db.session.scalar(sa.select(sa.func.count(ImportedRow.id))) > 0
        last = db.session.scalars(sa.select(audit.AuditEvent).order_by(audit.AuditEvent.seq.desc())).first()
        assert last.action == "field_key:rotate"
        assert '"left":0' in last.detail.replace(" ", "")


def test_it_goes_on_where_it_was_stopped(county_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "A_FEW", 5)
    with county_app.app_context():
        take_a_new_key(county_app)
        column = next(one for one in sealed_columns() if one.name == "child.id_number_sealed")
        all_of_them = count_earlier(column)
        with committed():
            assert reseal_some(column)[0] == 5
        assert count_earlier(column) == all_of_them - 5
        county_app.test_cli_runner().invoke(args=["rotate-field-key"])
        assert left() == {}


def test_a_value_that_changed_meanwhile_stays_as_it_changed(county_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with county_app.app_context():
        take_a_new_key(county_app)
        column = next(one for one in sealed_columns() if one.name == "child.visit_address_sealed")
        child = db.session.scalars(sa.select(Child).where(Child.visit_address_sealed.is_not(None))).first()
        child_id, seal_bytes = child.id, sealing.seal_bytes

        def written_by_another_just_then(content: bytes, *, table: str, column: str, row: str) -> bytes:
            if row == child.public_id:
                newer = seal_bytes(b"moved to the river", table=table, column=column, row=row)
                db.session.execute(sa.update(Child).where(Child.id == child_id).values(visit_address_sealed=newer))
            return seal_bytes(content, table=table, column=column, row=row)

        monkeypatch.setattr(sealing, "seal_bytes", written_by_another_just_then)
        with committed():
            reseal_some(column)
        db.session.remove()
        assert db.session.get_one(Child, child_id).visit_address == "moved to the river"


def test_rows_that_never_change_are_named_and_keep_their_key(county_app: Flask) -> None:
    with county_app.app_context():
        kept = [one.name for one in sealed_columns() if one.is_kept]
        assert "case_move.words_sealed" in kept
        assert "child.id_number_sealed" not in kept


def test_a_malformed_earlier_key_is_named(app: Flask) -> None:
    with pytest.raises(SystemExit, match="HOMETEACH_FIELD_KEYS_BEFORE"):
        sealing.load_keys(app.config["KEYS"], None, ["ab"])
