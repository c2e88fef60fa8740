"""Register one child by a form: the child, its guardian, the school that serves it, and its case."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hometeach.cases.models import Case, CaseMove, namesakes
from hometeach.cases.rules import MOVES, Acting, CaseStatus, Event, Given, Known, Need, decide
from hometeach.cases.rules.moves import acts_as
from hometeach.cases.rules.needs import met_needs
from hometeach.cases.wording import MISSING
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Guardian, ServingSpan, id_number_index, phone_index
from hometeach.people.rules import DisabilityType, FamilyCategory, Sex, is_phone


@dataclass(frozen=True, slots=True)
class Intake:
    """What is asked of a child and its family. Empty: not known yet."""

    name: str
    sex: Sex
    born_on: date
    id_number: str
    disability_type: DisabilityType
    disability_level: int
    family_category: FamilyCategory
    school_id: int
    source: str
    guardian: str
    relation: str
    phone: str
    township: str
    visit_address: str
    cannot_attend_reason: str
    #: That the children of this name and birth date were compared, and this is another one.
    is_another: bool = False


def register_child(intake: Intake, *, acting: Acting, on: date) -> Child:
    """Register a child; its case begins.

    Raises: Refused ``case:known``, ``case:not_a_duplicate``, ``case:not_yours``, ``case:source``,
    ``child:birth``, ``child:phone``.
    """
    _refuse_misfits(intake, on)
    audit.turn_first()
    given = Given(
        done_on=on,
        code=intake.source,
        ticked=frozenset({Need.NOT_A_DUPLICATE} if intake.is_another or not _has_namesake(intake) else ()),
    )
    met = met_needs(given, Known(id_number_on_file=bool(intake.id_number)))
    move = MOVES[Event.REGISTER]
    refusal = decide(move, None, acting, met, {})
    if refusal:
        raise Refused(refusal.code, _why_not(refusal.need), _field(refusal.need))
    child = _added(intake)
    _add_family(child, intake, on)
    case = Case(child_id=child.id, status=CaseStatus.REGISTERED, moved=1)
    db.session.add(case)
    db.session.flush()
    db.session.add(
        CaseMove(
            case_id=case.id,
            number=1,
            event=Event.REGISTER,
            source=None,
            target=CaseStatus.REGISTERED,
            actor=acting.actor,
            acted_as=acts_as(move, acting, met),
            at=machine_now(),
            done_on=on,
            code=intake.source,
        )
    )
    audit.record(
        move.audit_action,
        actor=acting.actor,
        about=f"child:{child.public_id}",
        detail={"code": child.code, "source": intake.source, "to": CaseStatus.REGISTERED},
    )
    return child


def _refuse_misfits(intake: Intake, on: date) -> None:
    if intake.born_on >= on:
        raise Refused("child:birth", _("The birth date lies in the future. Check the year."), "born_on")
    if intake.phone and not is_phone(intake.phone):
        raise Refused("child:phone", _("A mobile number has eleven digits and begins with 1."), "phone")
    if intake.id_number and intake.id_number[6:14] != intake.born_on.strftime("%Y%m%d"):
        raise Refused("child:id_number", _("The ID number names another birth date. Check both."), "id_number")


def _has_namesake(intake: Intake) -> bool:
    return db.session.scalar(namesakes(intake.name, intake.born_on).limit(1)) is not None


def _why_not(need: Need | None) -> str:
    if need is Need.NOT_A_DUPLICATE:
        return _(
            "A child of this name and birth date is registered already. Ask the bureau to compare, or enter the ID "
            "number; if it is another child, tick it."
        )
    return str(MISSING[need]) if need else _("Only the bureau, or the school that serves the child, registers it.")


def _field(need: Need | None) -> str | None:
    return {Need.NOT_A_DUPLICATE: "is_another", Need.SOURCE: "source"}.get(need) if need else None


def _added(intake: Intake) -> Child:
    """The child, with a number of the application's own series.

    That somebody else has the ID number is said without saying who: it may be another school's child.
    """
    index = id_number_index(intake.id_number) if intake.id_number else None
    if index and db.session.scalar(select(Child.id).where(Child.id_number_index == index)):
        raise _known()
    child = Child(
        code=_next_code(),
        name=intake.name,
        sex=intake.sex,
        born_on=intake.born_on,
        id_number=intake.id_number or None,
        id_number_index=index,
        disability_type=intake.disability_type,
        disability_level=intake.disability_level,
        family_category=intake.family_category,
        township=intake.township or None,
        visit_address=intake.visit_address or None,
        cannot_attend_reason=intake.cannot_attend_reason or None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(child)
    except IntegrityError as taken:
        raise _known() from taken
    return child


def _known() -> Refused:
    return Refused(
        "case:known",
        _("A child with this ID number is registered already, or was just now. Ask the bureau which school it is."),
        "id_number",
    )


def _next_code() -> str:
    """HT0001, HT0002, …: apart from the numbers that a bureau's workbook gives; five digits after HT9999."""
    number, digits = 1, 4
    while last := db.session.scalar(
        select(func.max(Child.code)).where(Child.code.regexp_match(f"^HT[0-9]{{{digits}}}$"))
    ):
        number = int(last[2:]) + 1
        if number < 10**digits:
            break
        digits += 1
    return f"HT{number:04d}"


def _add_family(child: Child, intake: Intake, on: date) -> None:
    db.session.add(ServingSpan(child_id=child.id, school_id=intake.school_id, effective_from=on))
    db.session.add(
        Guardian(
            child_id=child.id,
            name=intake.guardian,
            relation=intake.relation,
            phone=intake.phone or None,
            phone_index=phone_index(intake.phone) if intake.phone else None,
        )
    )
    db.session.flush()
