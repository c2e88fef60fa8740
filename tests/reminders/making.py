"""What reminders are about, in numbers: a teacher with an e-mail address for each of many children."""

from datetime import date

from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.people.access import Role
from hometeach.people.models import Account
from hometeach.people.rules import ContactRule, UnitKind
from hometeach.reminders.models import ContactChoice
from hometeach.schedule.models import Occurrence, OccurrenceState
from tests import factories

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def make_occurrence(child, teacher, *, on: date = TOMORROW, start: int = 900) -> Occurrence:
    """A planned session with its weekly hour."""
    slot = factories.make_slot(child, teacher, weekday=on.weekday(), start=start, end=start + 75)
    made = Occurrence(
        slot_id=slot.id,
        original_on=on,
        child_id=child.id,
        teacher_id=teacher.id,
        planned_on=on,
        start_minute=start,
        end_minute=start + 75,
        state=OccurrenceState.PLANNED,
    )
    db.session.add(made)
    db.session.flush()
    return made


def choose_mail(account: Account, address: str) -> None:
    """Somebody wants to be reminded by e-mail."""
    db.session.add(ContactChoice(account_id=account.id, channel=Channel.EMAIL, address=address))
    db.session.flush()


def make_many_due(many: int) -> None:
    """So many teachers who each visit one child tomorrow and want an e-mail about it."""
    factories.make_unit("J00", UnitKind.BUREAU)
    school = factories.make_unit("S1")
    for number in range(many):
        teacher = factories.make_teacher(f"T{number}", school)
        child = factories.make_child(f"C{number}", school, teacher)
        child.guardians[0].contact_rule = ContactRule.NEVER
        account = factories.make_account(f"teacher{number}", school, Role.TEACHER, teacher=teacher)
        choose_mail(account, f"teacher{number}@example.org")
        make_occurrence(child, teacher)
