"""Whoever gets hold of the database alone learns no number, no address, no diagnosis."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

import config
from hometeach.kernel import sealing
from hometeach.kernel.extensions import Model, db
from hometeach.kernel.jobs import committed
from hometeach.kernel.sealing import SealBroken
from hometeach.people.models import Child, Guardian, Teacher, id_number_index, phone_index
from hometeach.workbook.actions import apply_import, read_workbook
from tests import factories

COUNTY = config.ROOT / "examples" / "county.xlsx"
CANARIES = {
    "id_number": "43042120150601001X",
    "phone": "13712349876",
    "diagnosis": "难治性癫痫伴重度智力障碍",
    "address": "金丝猴镇云雾村九组",
    "certificate": "43042120150601001X11",
    "roll number": "G43042120150601001X",
    "teacher's phone": "15900001111",
}


@pytest.fixture
def child(app: Flask) -> Child:
    """A child all of whose sealed fields hold a canary."""
    with committed():
        school = factories.make_unit("S1")
        teacher = factories.make_teacher("T1", school)
        teacher.phone = CANARIES["teacher's phone"]
        made = factories.make_child(
            "C1",
            school,
            teacher,
            id_number=CANARIES["id_number"],
            visit_address=CANARIES["address"],
            cannot_attend_reason=CANARIES["diagnosis"],
            disability_cert_no=CANARIES["certificate"],
            roll_no=CANARIES["roll number"],
        )
        guardian = made.guardians[0]
        guardian.phone, guardian.phone_index = CANARIES["phone"], phone_index(CANARIES["phone"])
        return made


def test_what_was_sealed_comes_back_after_the_row_was_read_anew(child: Child) -> None:
    db.session.expire_all()
    found = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
    assert found.id_number == CANARIES["id_number"]
    assert found.visit_address == CANARIES["address"]
    assert found.cannot_attend_reason == CANARIES["diagnosis"]
    assert found.guardians[0].phone == CANARIES["phone"]


def test_a_field_that_was_left_empty_stays_empty(app: Flask) -> None:
    with committed():
        child = factories.make_child("C9", factories.make_unit("S1"))
    assert child.id_number is None
    assert child.id_number_sealed is None


@pytest.mark.parametrize("column", ["id_number_sealed", "visit_address_sealed", "cannot_attend_reason_sealed"])
def test_a_sealed_field_that_was_moved_to_another_child_does_not_open(child: Child, column: str) -> None:
    with committed():
        other = factories.make_child("C2", factories.make_unit("S2"), id_number="430421201506020021")
        db.session.execute(
            sa.update(Child.__table__).where(Child.__table__.c.id == other.id).values({column: getattr(child, column)})
        )
    db.session.expire_all()
    moved = db.session.get_one(Child, other.id)
    with pytest.raises(SealBroken):
        getattr(moved, column.removesuffix("_sealed"))


def test_a_sealed_field_that_was_moved_to_another_column_does_not_open(child: Child) -> None:
    with committed():
        child.visit_address_sealed = child.cannot_attend_reason_sealed
    with pytest.raises(SealBroken):
        assert child.visit_address


def test_an_id_number_is_found_through_its_blind_index_whatever_the_case_of_the_x(child: Child) -> None:
    index = id_number_index(CANARIES["id_number"].lower())
    assert db.session.scalar(sa.select(Child.code).where(Child.id_number_index == index)) == "C1"
    assert db.session.scalar(sa.select(Child.code).where(Child.id_number_index == id_number_index("4" * 18))) is None


def test_a_guardian_is_found_through_the_phones_blind_index(child: Child) -> None:
    index = phone_index(CANARIES["phone"])
    assert db.session.scalar(sa.select(Guardian.child_id).where(Guardian.phone_index == index)) == child.id


def test_two_children_never_share_an_id_number(child: Child) -> None:
    school = factories.make_unit("S2")
    with pytest.raises(sa.exc.IntegrityError):
        factories.make_child("C2", school, id_number=CANARIES["id_number"])


def test_equal_values_of_two_children_do_not_look_alike(child: Child) -> None:
    with committed():
        other = factories.make_child("C2", factories.make_unit("S2"), visit_address=CANARIES["address"])
    assert other.visit_address == child.visit_address
    assert other.visit_address_sealed != child.visit_address_sealed


def test_with_other_keys_nothing_opens_and_nothing_is_found(app: Flask, child: Child) -> None:
    other = dict(zip(app.config["KEYS"], [f"{n:02x}" * 32 for n in range(9, 13)], strict=True))
    app.extensions["hometeach.keys"] = sealing.load_keys(other, None)
    with pytest.raises(SealBroken):
        assert child.id_number
    index = id_number_index(CANARIES["id_number"])
    assert db.session.scalar(sa.select(Child.code).where(Child.id_number_index == index)) is None


def test_no_canary_stands_anywhere_in_the_database(app: Flask, child: Child) -> None:
    db.session.remove()
    everything = content_of_the_database(app)
    assert b"C1" in everything, "the search looks at what is there"
    for what, canary in CANARIES.items():
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert canary.encode(encoding) not in everything, what


def test_after_an_import_none_of_the_workbooks_numbers_stands_in_the_database(app: Flask) -> None:
    with committed():
        apply_import(read_workbook(COUNTY), by="import", bureau_name="X市教育局")
    db.session.remove()
    everything = content_of_the_database(app)
    secrets = set(personal_cells())
    assert len(secrets) > 100
    assert not [secret for secret in secrets if secret.encode() in everything]


def personal_cells() -> Iterator[str]:
    """ID numbers, phones, certificates, addresses and reasons as the sample county writes them."""
    sheet = load_workbook(COUNTY, read_only=True)["学生"]
    head, *rows = sheet.iter_rows(values_only=True)
    columns = [
        head.index(name) for name in ("公民身份号码", "学籍号", "监护人手机", "残疾人证号", "住址", "不能到校原因")
    ]
    for row in rows:
        yield from (str(row[column]) for column in columns if row[column])


#: A school's address and telephone hang at its door; that a phone was checked is no phone.
OPEN = {"org_unit.address", "org_unit.phone", "guardian.phone_checked_at", "guardian.phone_checked_by"}


def test_no_field_named_like_a_secret_is_kept_in_the_open() -> None:
    """A new column that holds such a thing has to be sealed, or to be a blind index."""
    telling = ("phone", "id_number", "roll_no", "address", "cert_no", "diagnosis", "cannot_attend")
    for table in Model.metadata.tables.values():
        for column in table.columns:
            if any(word in column.name for word in telling) and f"{table.name}.{column.name}" not in OPEN:
                assert column.name.endswith(("_sealed", "_index")), f"{table.name}.{column.name}"


def test_sealed_attributes_are_bound_to_a_name_that_never_changes(app: Flask, child: Child) -> None:
    assert {Child.__tablename__, Guardian.__tablename__, Teacher.__tablename__} == {"child", "guardian", "teacher"}
    with committed():
        child.name = "改了名字"
        child.code = "C1-2"
    db.session.expire_all()
    assert db.session.get_one(Child, child.id).id_number == CANARIES["id_number"]


def content_of_the_database(app: Flask) -> bytes:
    """The bytes of the database's files, or, on a server, every value of every table."""
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.database and url.get_backend_name() == "sqlite":
        folder = Path(url.database).parent
        return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{Path(url.database).name}*")))
    found = []
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)
