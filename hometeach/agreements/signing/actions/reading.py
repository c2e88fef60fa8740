"""Note what a signer has read: that it was opened, how long the summary took, each clause that limits rights."""

from datetime import date

from hometeach.agreements.offers.models import Signer
from hometeach.agreements.signing.actions.writing import write
from hometeach.agreements.signing.facts import clauses_opened, standing_of
from hometeach.agreements.signing.rules import OPEN, SigningEvent
from hometeach.kernel.extensions import hold

#: Nobody reads longer: what a device says beyond it is a page left open.
MOST_SECONDS = 6 * 3600


def note_opened(signer: Signer, *, by: str, route: str, on: date) -> None:
    """The code was entered, and the agreement stands before the signer. What is over is looked at without a note."""
    if standing_of(signer.offer, on) not in OPEN:
        return
    write(SigningEvent.OPENED, signer.offer, signer, by=by, detail={"route": route}, told={"route": route})


def note_summary_read(signer: Signer, seconds: int, *, by: str, on: date) -> None:
    """The signer says that the summary was read, after so many seconds. What is over is read without a note."""
    hold(signer.offer)
    if standing_of(signer.offer, on) not in OPEN:
        return
    read = max(0, min(seconds, MOST_SECONDS))
    write(SigningEvent.SUMMARY_READ, signer.offer, signer, by=by, detail={"seconds": read}, told={"seconds": read})


def note_clause_opened(signer: Signer, clause_id: int, *, by: str, on: date) -> bool:
    """The signer opened a clause that limits rights, by itself. Returns whether it is noted: once, while it is open."""
    offer = signer.offer
    hold(offer)
    if standing_of(offer, on) not in OPEN or clause_id in clauses_opened(offer, signer):
        return False
    detail = {"clause": clause_id}
    write(SigningEvent.CLAUSE_OPENED, offer, signer, by=by, detail=detail, told=detail)
    return True
