"""What would be found today if the bureau set another value?

The value is written, everything is found again, and the writing is undone:
what is told is what would come out, with nothing guessed.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete

from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.rules import Finding, Kind
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import Setting


@dataclass(frozen=True, slots=True)
class Tried:
    """How many findings of one kind there are, and how many of them are past their day."""

    kind: Kind
    found: tuple[int, int]
    overdue: tuple[int, int]


def try_setting(name: str, value: str, on: date) -> list[Tried]:
    """Before and after of the kinds of which something would come out otherwise, had the value held on this day."""
    before = findings_on(on)
    with db.session.begin_nested() as tried:
        db.session.execute(delete(Setting).where(Setting.name == name, Setting.effective_from == on))
        db.session.add(Setting(name=name, value=value, effective_from=on, source="tried"))
        db.session.flush()
        after = findings_on(on)
        tried.rollback()
    counts = [_counts(findings, on) for findings in (before, after)]
    return [
        Tried(
            kind,
            found=(counts[0][kind, False], counts[1][kind, False]),
            overdue=(counts[0][kind, True], counts[1][kind, True]),
        )
        for kind in Kind
        if any(counts[0][kind, late] != counts[1][kind, late] for late in (False, True))
    ]


def _counts(findings: list[Finding], on: date) -> Counter[tuple[Kind, bool]]:
    """By kind: all of them under False, those past their day under True."""
    return Counter([(one.kind, False) for one in findings]) + Counter(
        (one.kind, True) for one in findings if one.due_on < on
    )
