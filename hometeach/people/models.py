"""Units, staff, accounts, children and the adults around them."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    Float,
    ForeignKey,
    LargeBinary,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from hometeach.kernel.clock import Span, machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.files import new_public_id
from hometeach.kernel.sealing import Sealed, blind_index
from hometeach.people.access import Role, Scope
from hometeach.people.rules import ContactRule, DisabilityType, FamilyCategory, Sex, Standing, UnitKind

LONGEST_NAME = 40
LONGEST_SIGN_IN_NAME = 64
SIGN_IN_NAME = rf"[\w.\-]{{2,{LONGEST_SIGN_IN_NAME}}}"
IN_ORDER = "effective_to IS NULL OR effective_from <= effective_to"


class Identified:
    """A row with a random name for addresses, set before anything else is."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)

    def __init__(self, **values: object):
        self.public_id = str(values.pop("public_id", None) or new_public_id())
        for name, value in values.items():
            setattr(self, name, value)


class Dated:
    """A row that holds from one day to another, both included; an empty end is open."""

    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)

    @property
    def span(self) -> Span:
        """Its days."""
        return Span.of(self.effective_from, self.effective_to)


class OrgUnit(Identified, Model):
    """The bureau or one of its schools."""

    __tablename__ = "org_unit"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[UnitKind] = mapped_column(coded(UnitKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    township: Mapped[str | None] = mapped_column(String(40))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    #: Where it is and where it is called, as agreements print it; empty where nobody has written it down.
    address: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))


class Teacher(Identified, Model):
    """Somebody who teaches at children's homes, by staff number."""

    __tablename__ = "teacher"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    school_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    phone = Sealed()
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    specialism: Mapped[str | None] = mapped_column(String(40))
    #: Day of the last yearly check for violent or sexual offences (Minors Protection Law art. 62).
    record_checked_on: Mapped[date | None] = mapped_column(Date)

    school: Mapped[OrgUnit] = relationship()


class Account(Identified, Model):
    """Somebody who can sign in."""

    __tablename__ = "account"

    sign_in_name: Mapped[str] = mapped_column(String(LONGEST_SIGN_IN_NAME), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    #: argon2id; empty for one who cannot sign in yet.
    password_hash: Mapped[str] = mapped_column(String(160))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"), unique=True)
    language: Mapped[str | None] = mapped_column(String(16))
    #: Made by the demonstration's seed; such an account can never exist in production.
    is_demonstration: Mapped[bool] = mapped_column(Boolean, default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    teacher: Mapped[Teacher | None] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(order_by="RoleGrant.id", back_populates="account")


class RoleGrant(Dated, Model):
    """A role that an account holds for some days, at a unit."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(coded(Role))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    #: The principal: a coordinator who answers for the school.
    is_head: Mapped[bool] = mapped_column(Boolean, default=False)

    account: Mapped[Account] = relationship(back_populates="grants")
    unit: Mapped[OrgUnit] = relationship()

    __table_args__ = (CheckConstraint(IN_ORDER, name="in_order"),)


class Child(Identified, Model):
    """A child of school age who is, or was, taught at home."""

    __tablename__ = "child"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    #: A national roll number is a letter and the ID number: as telling as that.
    roll_no = Sealed()
    roll_no_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(40), index=True)
    sex: Mapped[Sex] = mapped_column(coded(Sex))
    born_on: Mapped[date] = mapped_column(Date)
    id_number = Sealed()
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Finds an equal ID number without opening any; no two children share one.
    id_number_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    disability_type: Mapped[DisabilityType] = mapped_column(coded(DisabilityType))
    #: 1 (most severe) to 4.
    disability_level: Mapped[int]
    disability_cert_no = Sealed()
    disability_cert_no_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    family_category: Mapped[FamilyCategory] = mapped_column(coded(FamilyCategory))
    roll_school_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    visit_address = Sealed()
    visit_address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    township: Mapped[str | None] = mapped_column(String(40))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    #: Why the child cannot attend school: health data, the nearest thing to a diagnosis that the lists hold.
    cannot_attend_reason = Sealed()
    cannot_attend_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    roll_school: Mapped[OrgUnit | None] = relationship()
    guardians: Mapped[list["Guardian"]] = relationship(order_by="Guardian.id", back_populates="child")

    __table_args__ = (CheckConstraint("disability_level BETWEEN 1 AND 4", name="level"),)


class ServingSpan(Dated, Model):
    """The days on which a school serves a child. Never two schools on one day."""

    __tablename__ = "serving_span"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)

    __table_args__ = (CheckConstraint(IN_ORDER, name="in_order"),)


class ResponsibleSpan(Dated, Model):
    """The days on which a teacher answers for a child. Never two on one day."""

    __tablename__ = "responsible_span"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)

    __table_args__ = (CheckConstraint(IN_ORDER, name="in_order"),)


class Guardian(Identified, Model):
    """A guardian of a child, or a carer to whom it is entrusted."""

    __tablename__ = "guardian"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    #: As the family says it: 父亲, 外祖母, …
    relation: Mapped[str] = mapped_column(String(20))
    standing: Mapped[Standing] = mapped_column(coded(Standing), default=Standing.GUARDIAN)
    phone = Sealed()
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    #: When somebody of the school saw that the phone is in this person's hand, and who; signing by message needs it.
    phone_checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    phone_checked_by: Mapped[str | None] = mapped_column(String(64))
    id_number = Sealed()
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Whether the person can read the text alone; empty where nobody asked.
    can_read: Mapped[bool | None] = mapped_column(Boolean)
    contact_rule: Mapped[ContactRule] = mapped_column(coded(ContactRule), default=ContactRule.ANY)
    #: For a carer: the paper by which the guardians entrusted the child.
    entrusted_by: Mapped[str | None] = mapped_column(Text)

    child: Mapped[Child] = relationship(back_populates="guardians")

    __table_args__ = (UniqueConstraint("child_id", "name"),)


def id_number_index(number: str) -> bytes:
    """By which a child with this ID number is found."""
    return blind_index(number.upper(), purpose="id_number")


def phone_index(phone: str) -> bytes:
    """By which a guardian with this phone is found."""
    return blind_index(phone, purpose="phone")


def in_force(model: type[Dated], day: date) -> ColumnElement[bool]:
    """The condition that a dated row holds on a day."""
    return (model.effective_from <= day) & (or_(model.effective_to.is_(None), model.effective_to >= day))


def children_within(scope: Scope, on: date, *, taught: Select[int] | None = None) -> ColumnElement[bool]:
    """The condition on ``Child`` that a person with this scope sees it on a day.

    ``taught`` brings down from the schedule whom the teacher has a slot with.
    """
    if scope.everything:
        return true()
    visible = []
    if scope.school_ids:
        served = select(ServingSpan.child_id).where(
            ServingSpan.school_id.in_(scope.school_ids), in_force(ServingSpan, on)
        )
        visible.append(Child.id.in_(served))
    if scope.teacher_id is not None:
        answered = select(ResponsibleSpan.child_id).where(
            ResponsibleSpan.teacher_id == scope.teacher_id, in_force(ResponsibleSpan, on)
        )
        visible.append(Child.id.in_(answered))
        if taught is not None:
            visible.append(Child.id.in_(taught))
    return or_(*visible) if visible else false()


def the_bureau() -> OrgUnit | None:
    """The bureau itself, once it has been named."""
    return db.session.scalar(select(OrgUnit).where(OrgUnit.kind == UnitKind.BUREAU))


def account_by_sign_in_name(name: str) -> Account | None:
    """The account with this sign-in name, whatever its letters' case."""
    return db.session.scalar(select(Account).where(Account.sign_in_name == name.strip().lower()))


def accounts_listed(on: date, *, role: Role | None = None, unit: OrgUnit | None = None) -> Select[Account]:
    """Accounts by name; only those that hold a role that day, or hold one at a unit, where that is asked."""
    statement = select(Account).options(selectinload(Account.grants).joinedload(RoleGrant.unit))
    if role or unit:
        held = select(RoleGrant.account_id).where(in_force(RoleGrant, on))
        held = held.where(RoleGrant.role == role) if role else held
        held = held.where(RoleGrant.unit_id == unit.id) if unit else held
        statement = statement.where(Account.id.in_(held))
    return statement.order_by(Account.name, Account.id)


def units_in_order() -> list[OrgUnit]:
    """The bureau first, then its schools by code."""
    statement = select(OrgUnit).order_by(OrgUnit.kind != UnitKind.BUREAU, OrgUnit.code)
    return list(db.session.scalars(statement))


def serving_schools_on(day: date) -> Select[int, int]:
    """(child id, school id) of each child served that day."""
    return select(ServingSpan.child_id, ServingSpan.school_id).where(in_force(ServingSpan, day))


def responsible_teachers_on(day: date) -> Select[int, int]:
    """(child id, teacher id) of each child somebody answers for that day."""
    return select(ResponsibleSpan.child_id, ResponsibleSpan.teacher_id).where(in_force(ResponsibleSpan, day))
