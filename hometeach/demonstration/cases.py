"""Cases of the demonstration: children on their way to a placement, a dispute, a refusal, a suspension asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from hometeach.cases.actions import Intake, register_child
from hometeach.cases.file.actions import PaperDraft, enter_paper
from hometeach.cases.models import Case, CaseMove
from hometeach.cases.rules import Acting, Event, Given, Mover, Need
from hometeach.compliance.casework import carry_out
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, ResponsibleSpan, RoleGrant, account_by_sign_in_name, in_force
from hometeach.people.rules import DisabilityType, FamilyCategory, Sex

#: One step of a life: the move, how many days ago, and what is written or chosen with it.
Step = tuple[Event, int, Mapping[str, object]]
CHECKED: tuple[Step, ...] = (
    (Event.BEGIN_CHECK, 30, {"ticked": frozenset({Need.NOT_A_DUPLICATE})}),
    (Event.RECORD_HOME_CHECK, 27, {"words": "住房安全，采光一般；由祖母照护，能配合。"}),
)
ASSESSED: tuple[Step, ...] = (
    *CHECKED,
    (Event.COMMISSION_ASSESSMENT, 24, {"ticked": frozenset({Need.GUARDIAN_INFORMED})}),
    (Event.RECORD_ASSESSMENT, 16, {"words": "可独坐，能听懂简单指令，不能独立行走。"}),
    (Event.RECORD_OPINION, 12, {"code": "home", "words": "建议送教上门，每周一次，同时安排康复。"}),
)
PLACED: tuple[Step, ...] = (
    *ASSESSED,
    (
        Event.PLACE_HOME,
        9,
        {"decision_no": "X教安〔2026〕21号", "roll": "to_be_made", "words": "不能独立行走，不能到校。"},
    ),
)
DISPUTED: tuple[Step, ...] = (*PLACED, (Event.RAISE_DISPUTE, 4, {"words": "家长希望孩子到特殊教育学校就读。"}))
REFUSED: tuple[Step, ...] = (
    *PLACED,
    (Event.PROPOSE_AGREEMENT, 8, {"ticked": frozenset({Need.NOTICE_READ})}),
    *((Event.RECORD_ATTEMPT, ago, {"words": "上门、电话各一次，家长表示暂不考虑。"}) for ago in (7, 5, 3)),
    (Event.RECORD_REFUSAL, 2, {"words": "家长外出务工，打算带孩子一起走。"}),
)


@dataclass(frozen=True)
class Life:
    """An invented child, and how far its case came."""

    name: str
    sex: Sex
    born_on: date
    guardian: str
    relation: str
    steps: tuple[Step, ...]


LIVES = (
    Life("覃小雨", Sex.FEMALE, date(2018, 4, 12), "覃志明", "父亲", CHECKED),
    Life("向阳", Sex.MALE, date(2017, 9, 3), "田桂英", "祖母", ASSESSED),
    Life("彭可可", Sex.FEMALE, date(2016, 12, 21), "彭建国", "父亲", DISPUTED),
    Life("滕子涵", Sex.MALE, date(2015, 2, 8), "石秀兰", "母亲", REFUSED),
)
BY_SCHOOL = frozenset(
    {
        *(Event.BEGIN_CHECK, Event.RECORD_HOME_CHECK, Event.PROPOSE_AGREEMENT),
        *(Event.RECORD_ATTEMPT, Event.RECORD_REFUSAL, Event.RAISE_DISPUTE),
    }
)


def seed(on: date) -> None:
    """Let four children come as far as their lives say, and a teacher ask for a suspension, once."""
    bai, he, lin = (account_by_sign_in_name(name) for name in ("bai", "he", "lin"))
    if bai is None or he is None or lin is None or db.session.scalar(select(CaseMove.id).limit(1)):
        return
    school_id, head = _school_of(he, on), _as(he, Mover.COORDINATOR, Mover.HEAD)
    for life in LIVES:
        child = register_child(_intake(life, school_id), acting=head, on=on - timedelta(days=35))
        case = _case_of(child)
        for event, ago, written in life.steps:
            day = on - timedelta(days=ago)
            given = Given(done_on=day, school_id=school_id, **written)  # type: ignore[arg-type]
            if event is Event.PROPOSE_AGREEMENT:
                enter_paper(child, PaperDraft("F06", day, life.guardian), by=he.public_id, on=day)
            acting = head if event in BY_SCHOOL else _as(bai, Mover.OFFICER)
            carry_out(case, event, given, acting=acting, on=day)
    taught = _children_of(lin, on)
    if taught:
        _ask_for_a_suspension(taught[-1], lin, on)


def _ask_for_a_suspension(child: Child, lin: Account, on: date) -> None:
    first = on + timedelta(days=2)
    given = Given(
        done_on=first, code="hospital", until_on=first + timedelta(days=12), words="县医院通知住院做康复手术。"
    )
    carry_out(_case_of(child), Event.ASK_SUSPENSION, given, acting=_as(lin, Mover.TEACHER), on=on)


def _case_of(child: Child) -> Case:
    return db.session.scalars(select(Case).where(Case.child_id == child.id)).one()


def _intake(life: Life, school_id: int) -> Intake:
    return Intake(
        name=life.name,
        sex=life.sex,
        born_on=life.born_on,
        id_number="",
        disability_type=DisabilityType.MULTIPLE,
        disability_level=1,
        family_category=FamilyCategory.MINIMUM_LIVING,
        school_id=school_id,
        source="federation_list",
        guardian=life.guardian,
        relation=life.relation,
        phone="",
        township="",
        visit_address="",
        cannot_attend_reason="",
    )


def _as(account: Account, *movers: Mover) -> Acting:
    return Acting(account.public_id, frozenset(movers))


def _school_of(account: Account, on: date) -> int:
    statement = select(RoleGrant.unit_id).where(
        RoleGrant.account_id == account.id, RoleGrant.role == Role.SCHOOL_COORDINATOR, in_force(RoleGrant, on)
    )
    return db.session.scalars(statement.limit(1)).one()


def _children_of(account: Account, on: date) -> Sequence[Child]:
    answered = select(ResponsibleSpan.child_id).where(
        ResponsibleSpan.teacher_id == account.teacher_id, in_force(ResponsibleSpan, on)
    )
    return db.session.scalars(select(Child).where(Child.id.in_(answered)).order_by(Child.code)).all()
