"""What follows from every change of the plan: sessions laid anew, and the ledger, of one child."""

from sqlalchemy import select

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.kernel import clock
from hometeach.schedule.planning.actions import Held
from hometeach.visits.models import Visit
from hometeach.workbook.keeping.sessions import drop_stale_plan

#: The ids of planned sessions that were held.
HELD: Held = select(Visit.occurrence_id).where(Visit.occurrence_id.is_not(None))


def follow_up(child_id: int) -> None:
    """Lay what is planned anew where the hours no longer give it, plan what is missing, and compute the ledger."""
    today = clock.today()
    drop_stale_plan({child_id}, today)
    plan_ahead(today, {child_id})
    rebuild_ledger({child_id})
