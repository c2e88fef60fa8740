"""What can be found in the records, and in which of them? ``kinds`` is the table; ``detecting`` looks."""

from hometeach.compliance.findings.rules.detecting import find
from hometeach.compliance.findings.rules.kinds import (
    SHEETS,
    Finding,
    Kind,
    Limits,
    Occurrence,
    Owner,
    Standing,
    may_decide,
    standing_of,
)
from hometeach.compliance.findings.rules.records import (
    CaseFact,
    ItemFact,
    PeriodFact,
    Records,
    TeacherFact,
    VisitFact,
)

__all__ = [
    "SHEETS",
    "CaseFact",
    "Finding",
    "ItemFact",
    "Kind",
    "Limits",
    "Occurrence",
    "Owner",
    "PeriodFact",
    "Records",
    "Standing",
    "TeacherFact",
    "VisitFact",
    "find",
    "may_decide",
    "standing_of",
]
