"""Would this session count, were it written down as it is now? Nothing is written."""

from dataclasses import replace

from hometeach.compliance.facts import gather
from hometeach.visits.rules import Judgement, Session

#: Sorts behind every record number: among equals, what is not written down yet comes last.
NOT_WRITTEN_YET = "~"


def judge_trial(session: Session, child_id: int, *, clashes: bool, instead_of: str = "") -> Judgement:
    """The verdict of a session among the child's others, ``instead_of`` the record that it would correct.

    ``clashes`` brings down whether it shares time with another record.
    """
    gathered = gather([child_id])
    facts = gathered.facts[child_id]
    trial = session._replace(number=NOT_WRITTEN_YET)
    others = [one for one in facts.sessions if one.number != instead_of]
    clashing = facts.clashing | ({NOT_WRITTEN_YET} if clashes else set())
    judged = gathered.ledger.judge(replace(facts, sessions=[*others, trial], clashing=clashing))
    return next(item for item in judged if item.session.number == NOT_WRITTEN_YET)
