"""Schools, teachers, children and their guardians: where they are kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.kernel.clock import ONE_DAY, today
from hometeach.kernel.extensions import db
from hometeach.kernel.files import new_public_id
from hometeach.people.models import (
    Child,
    Guardian,
    OrgUnit,
    ResponsibleSpan,
    ServingSpan,
    Teacher,
    id_number_index,
    in_force,
    phone_index,
    the_bureau,
)
from hometeach.people.rules import ContactRule, DisabilityType, FamilyCategory, Sex, Standing, UnitKind
from hometeach.workbook.cells import FIRST_DAY
from hometeach.workbook.comparing import Plain, Stated, Update
from hometeach.workbook.keeping.fields import Field, Ids, code, day, elsewhere, refers, same, sealed
from hometeach.workbook.keeping.table import KeptList, StandingRows

#: Fields of a child that say who has it in hand, by the table of their spans.
SPANS: tuple[tuple[str, type[ServingSpan] | type[ResponsibleSpan], str], ...] = (
    ("serving_school", ServingSpan, "school_id"),
    ("responsible_teacher", ResponsibleSpan, "teacher_id"),
)


def _school_columns(_stated: Stated) -> dict[str, Any]:
    bureau = the_bureau()
    return {"parent_id": bureau.id if bureau else None}


def _id_of(name: str, value: Plain, ids: Ids) -> int | None:
    by_code = ids.schools if name == "serving_school" else ids.teachers
    return None if value is None else by_code[str(value)]


def _complete_children(rows: StandingRows, ids: Ids) -> None:
    """Add the serving school and responsible teacher of today, and the day of placement."""
    by_id = {row.id: row for row in rows.values()}
    codes = {"serving_school": ids.school_codes, "responsible_teacher": ids.teacher_codes}
    for row in rows.values():
        row.values |= {"serving_school": None, "responsible_teacher": None, "placed_on": None}
    for name, model, column in SPANS:
        of_today = select(model.child_id, getattr(model, column)).where(in_force(model, today()))
        for child_id, other_id in db.session.execute(of_today):
            if child_id in by_id:
                by_id[child_id].values[name] = codes[name].get(other_id)
    for child_id, placed_on in db.session.execute(select(Case.child_id, Case.placed_on)):
        if child_id in by_id and placed_on:
            by_id[child_id].values["placed_on"] = placed_on.isoformat()


def _finish_children(created: Sequence[Stated], rows: StandingRows, ids: Ids) -> None:
    """Give new children their spans and their case.

    A list tells who has a child in hand, not since when: its school is the
    one for every day that a rule can be asked for, until a later list or
    somebody in the app says otherwise.
    """
    for name, model, column in SPANS:
        spans = [
            {"child_id": rows[one.key].id, column: _id_of(name, one.values[name], ids), "effective_from": FIRST_DAY}
            for one in created
            if one.values[name] is not None
        ]
        if spans:
            db.session.execute(insert(model), spans)
    db.session.execute(
        insert(Case),
        [
            {
                "public_id": new_public_id(),
                "child_id": rows[one.key].id,
                "status": CaseStatus.AGREEMENT_PENDING,
                "placed_on": _day(one.values["placed_on"]),
            }
            for one in created
        ],
    )


def _finish_changed_children(updates: Sequence[Update], rows: StandingRows, ids: Ids) -> None:
    """Let the old span end yesterday and the new one begin today; set the day of placement."""
    for one in updates:
        child_id = rows[one.stated.key].id
        after = {change.field: change.after for change in one.changes}
        for name, model, column in SPANS:
            if name in after:
                _hand_over(model, child_id, column, _id_of(name, after[name], ids))
        if "placed_on" in after:
            placed = update(Case).where(Case.child_id == child_id).values(placed_on=_day(after["placed_on"]))
            db.session.execute(placed)


def _hand_over(
    model: type[ServingSpan] | type[ResponsibleSpan], child_id: int, column: str, other_id: int | None
) -> None:
    on = today()
    db.session.execute(delete(model).where(model.child_id == child_id, model.effective_from >= on))
    db.session.execute(
        update(model).where(model.child_id == child_id, in_force(model, on)).values(effective_to=on - ONE_DAY)
    )
    if other_id is not None:
        db.session.execute(insert(model), [{"child_id": child_id, column: other_id, "effective_from": on}])


def _day(value: Plain) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _phone_to_be_checked() -> Field:
    """Another phone was seen in nobody's hand yet: no link to sign goes there."""
    phone = sealed("phone", "guardian", phone_index)
    unchecked = {"phone_checked_at": None, "phone_checked_by": None}
    return replace(phone, store=lambda value, ids, row: {**phone.store(value, ids, row), **unchecked})


PLACE: tuple[Field, ...] = (same("township"), same("latitude"), same("longitude"))
SCHOOLS = KeptList(
    "schools",
    OrgUnit.__table__,  # type: ignore[arg-type]
    ("code",),
    (same("code"), same("name"), code("kind", UnitKind), *PLACE),
    made=_school_columns,
)
TEACHERS = KeptList(
    "teachers",
    Teacher.__table__,  # type: ignore[arg-type]
    ("code",),
    (
        same("code"),
        same("name"),
        refers("school", "school", "school_id"),
        sealed("phone", "teacher"),
        same("specialism"),
        day("record_checked_on"),
    ),
)
CHILDREN = KeptList(
    "children",
    Child.__table__,  # type: ignore[arg-type]
    ("code",),
    (
        same("code"),
        sealed("roll_no", "child"),
        same("name"),
        code("sex", Sex),
        day("born_on"),
        sealed("id_number", "child", id_number_index),
        code("disability_type", DisabilityType),
        same("disability_level"),
        sealed("disability_cert_no", "child"),
        code("family_category", FamilyCategory),
        refers("roll_school", "school", "roll_school_id"),
        elsewhere("serving_school"),
        elsewhere("responsible_teacher"),
        elsewhere("placed_on"),
        sealed("visit_address", "child"),
        *PLACE,
        sealed("cannot_attend_reason", "child"),
    ),
    complete=_complete_children,
    after_create=_finish_children,
    after_update=_finish_changed_children,
)
GUARDIANS = KeptList(
    "guardians",
    Guardian.__table__,  # type: ignore[arg-type]
    ("child", "name"),
    (
        refers("child", "child", "child_id"),
        same("name"),
        same("relation"),
        _phone_to_be_checked(),
    ),
    made=lambda _stated: {"standing": Standing.GUARDIAN, "contact_rule": ContactRule.ANY},
)
