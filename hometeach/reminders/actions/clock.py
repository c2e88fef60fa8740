"""Is the clock to be believed? While it is not, nothing falls due and only codes leave."""

from hometeach.kernel import audit, doubting
from hometeach.kernel.doubting import ClockGuard

#: One for each process: it compares two clocks of this machine.
CLOCK = ClockGuard()


def trust_the_clock(*, by: str) -> bool:
    """The clock is right as it stands: go on sending."""
    ended = doubting.trust_the_clock(by=by)
    if ended:
        audit.record("clock:trust", actor=by, about="job:send-messages", detail={"jumps": ended})
    return bool(ended)
