"""What follows from every change of the plan: sessions laid anew, and the ledger, of one child."""

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.kernel import clock
from hometeach.schedule.planning.actions import Held
from hometeach.visits.models import held_sessions
from hometeach.workbook.keeping.sessions import drop_stale_plan

#: The ids of planned sessions that were held.
HELD: Held = held_sessions()


def follow_up(child_id: int) -> None:
    """Lay what is planned anew where the hours no longer give it, plan what is missing, and compute the ledger."""
    today = clock.today()
    drop_stale_plan({child_id}, today)
    plan_ahead(today, {child_id})
    rebuild_ledger({child_id})
