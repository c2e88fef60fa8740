"""The people of the demonstration: one sign-in per role, on a county's own workbook.

Exists only in demonstration mode. Their accounts are marked, so that no real
deployment ever lets one of them in, or starts on a database that holds one.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.actions import set_password
from hometeach.people.founding import found_bureau
from hometeach.people.models import (
    Account,
    OrgUnit,
    ResponsibleSpan,
    RoleGrant,
    Teacher,
    account_by_sign_in_name,
    in_force,
)
from hometeach.programmes.actions import write_area_text
from hometeach.programmes.models import Donor, PolicyDocument, texts_of

#: Known to everybody who reads this: good for invented people on one machine, and refused everywhere else.
PASSWORD = "songjiao-2026"  # noqa: S105


@dataclass(frozen=True, slots=True)
class SignInCard:
    """What the demonstration prints for one role."""

    role: Role
    sign_in_name: str
    name: str


CAST = (
    SignInCard(Role.BUREAU_OFFICER, "bai", "白科长"),
    SignInCard(Role.SCHOOL_COORDINATOR, "he", "何校长"),
    SignInCard(Role.TEACHER, "lin", ""),
    SignInCard(Role.AUDITOR, "qin", "秦组长"),
    SignInCard(Role.RELIEF_CLERK, "yu", "余干事"),
    SignInCard(Role.ADMINISTRATOR, "guan", "管老师"),
)


#: What the areas tell beside their figures: area, what it is an example of, the words. All of it invented.
TEXTS = (
    (
        6,
        "",
        "各学校把心理健康课排进课表，班主任每学期与每名留守学生、困难学生至少单独谈心一次，发现情况及时转介。",
    ),
    (
        6,
        "白沙乡中心小学",
        "学校把一间旧教室改成“树洞小屋”，午间开放，学生可以写信、画画，也可以约老师说话；家长会前先发一页纸，教家长怎样听孩子说话。",
    ),
    (7, "", "爱心项目由学生资助中心统一登记，受助名单在学校公示栏张贴五天，款项直接打到家长账户。"),
)
PAPERS = ((5, "《乡村教师支持办法》", "X政办〔2024〕9号", 2024, 2028),)
DONORS = ("晨光助学金", "青禾励志奖", "山桥书社")


def seed(on: date, bureau_name: str) -> tuple[SignInCard, ...]:
    """Make the accounts that are missing; those that are there stay as they are.

    Raises: Refused ``demonstration:no_teachers`` before a workbook was imported.
    """
    bureau = found_bureau(bureau_name)
    teacher = _busiest_teacher(on)
    if teacher is None:
        raise Refused(
            "demonstration:no_teachers", "Import a workbook first: flask import-workbook examples/county.xlsx"
        )
    for card in CAST:
        if account_by_sign_in_name(card.sign_in_name) is None:
            _make(card, _unit_of(card.role, bureau, teacher), teacher if card.role is Role.TEACHER else None)
    if not texts_of(on.year):
        _tell_of_the_areas(on.year)
    return CAST


def _tell_of_the_areas(year: int) -> None:
    """Give the report of the demonstration words, a paper and donors beside its figures."""
    for position, (area, title, body) in enumerate(TEXTS, start=1):
        write_area_text(area=area, year=year, position=position, title=title, body=body, by="demonstration")
    db.session.add_all(
        PolicyDocument(area=area, title=title, document_no=number, first_year=first, last_year=last)
        for area, title, number, first, last in PAPERS
    )
    db.session.add_all(Donor(name=name, position=position) for position, name in enumerate(DONORS, start=1))
    db.session.flush()


def _busiest_teacher(on: date) -> Teacher | None:
    """The teacher who answers for most children that day."""
    answered = (
        select(ResponsibleSpan.teacher_id, func.count().label("children"))
        .where(in_force(ResponsibleSpan, on))
        .group_by(ResponsibleSpan.teacher_id)
        .subquery()
    )
    statement = select(Teacher).join(answered, answered.c.teacher_id == Teacher.id)
    return db.session.scalars(statement.order_by(answered.c.children.desc(), Teacher.code)).first()


def _unit_of(role: Role, bureau: OrgUnit, teacher: Teacher) -> int:
    return teacher.school_id if role in (Role.TEACHER, Role.SCHOOL_COORDINATOR) else bureau.id


def _make(card: SignInCard, unit_id: int, teacher: Teacher | None) -> None:
    account = Account(
        sign_in_name=card.sign_in_name,
        name=card.name or (teacher.name if teacher else card.sign_in_name),
        teacher_id=teacher.id if teacher else None,
        password_hash="",
        is_demonstration=True,
    )
    set_password(account, PASSWORD)
    is_head = card.role is Role.SCHOOL_COORDINATOR
    account.grants = [RoleGrant(role=card.role, unit_id=unit_id, effective_from=date(2026, 1, 1), is_head=is_head)]
    db.session.add(account)
    db.session.flush()
    audit.record(
        "account:make", actor="demonstration", about=f"account:{account.public_id}", detail={"role": card.role.value}
    )
