"""Does a session count, and if not, why not?

Every recorded session is kept; the first reason that applies is its verdict.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hometeach.kernel.clock import Span, in_any
from hometeach.schedule.rules import Calendar, DeliveryRule, Mode, RuleBook


class Verdict(StrEnum):
    """How a session stands, in the order in which the reasons are asked."""

    VOID = "void"
    NO_RULE = "no_rule"
    OUTSIDE_AGREEMENT = "outside_agreement"
    SUSPENDED = "suspended"
    DISPUTED = "disputed"
    OVERLAP = "overlap"
    MODE_NOT_COUNTED = "mode_not_counted"
    TOO_FEW_TEACHERS = "too_few_teachers"
    TOO_SHORT = "too_short"
    UNCONFIRMED = "unconfirmed"
    OVER_DAILY_CAP = "over_daily_cap"
    OVER_REMOTE_CAP = "over_remote_cap"
    COUNTED = "counted"


class Confirmation(StrEnum):
    """What the guardian or carer said of a session. A dispute that was rejected is a confirmation."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    DISPUTED = "disputed"


class ExcuseEffect(StrEnum):
    """What an approved reason for a missed lesson does."""

    REDUCES = "reduces"
    MAKE_UP = "make_up"


class Session(NamedTuple):
    """One recorded session of one child, as it was written down.

    Units: ``arrived`` and ``left`` in seconds after midnight, Asia/Shanghai.
    ``teachers`` and ``child`` are keys; ``group`` is empty for a single lesson.
    """

    number: str
    child: str
    day: date
    arrived: int
    left: int
    teachers: tuple[str, ...]
    mode: Mode = Mode.HOME
    confirmation: Confirmation = Confirmation.CONFIRMED
    void: bool = False
    makes_up_for: date | None = None
    group: str = ""

    @property
    def minutes(self) -> int:
        """Whole minutes from arrival to departure at the child's place."""
        return (self.left - self.arrived) // 60

    @property
    def order(self) -> tuple[date, int, str]:
        """Earliest first: by date, start and record number."""
        return (self.day, self.arrived, self.number)


class Judgement(NamedTuple):
    """A session with its verdict and the rule that was asked."""

    session: Session
    verdict: Verdict
    rule: DeliveryRule | None

    @property
    def is_counted(self) -> bool:
        """Whether the session counts."""
        return self.verdict is Verdict.COUNTED

    @property
    def class_hours(self) -> int:
        """Whole class hours by the rule of the session's own day; 0 without a rule."""
        return self.rule.class_hours(self.session.minutes) if self.rule else 0


def overlapping(sessions: Iterable[Session]) -> set[str]:
    """The numbers of the non-void sessions that share time with another of the same child or teacher.

    Touching ends do not overlap, nor do records under one group code.
    """
    by_day: defaultdict[date, list[Session]] = defaultdict(list)
    for session in sessions:
        if not session.void:
            by_day[session.day].append(session)
    clashing: set[str] = set()
    for held in by_day.values():
        for with_one in _by_person(held):
            if len(with_one) > 1:
                clashing.update(_clashing_of_one(with_one))
    return clashing


def _by_person(held: Iterable[Session]) -> Iterator[list[Session]]:
    """The sessions of one day, by child and by teacher."""
    of_child: defaultdict[str, list[Session]] = defaultdict(list)
    of_teacher: defaultdict[str, list[Session]] = defaultdict(list)
    for session in held:
        of_child[session.child].append(session)
        for teacher in session.teachers:
            of_teacher[teacher].append(session)
    yield from of_child.values()
    yield from of_teacher.values()


def _clashing_of_one(held: list[Session]) -> Iterator[str]:
    held.sort(key=lambda session: (session.arrived, session.left))
    for place, earlier in enumerate(held):
        for later in held[place + 1 :]:
            if later.arrived >= earlier.left:
                break
            if not (earlier.group and earlier.group == later.group):
                yield from (earlier.number, later.number)


def judge_sessions(
    sessions: Iterable[Session],
    *,
    book: RuleBook,
    calendar: Calendar,
    agreed: Sequence[Span],
    suspended: Sequence[Span],
    clashing: set[str],
) -> list[Judgement]:
    """Judge every session of one child, earliest first.

    ``agreed`` and ``suspended`` are the child's spans; ``clashing`` holds the
    numbers that :func:`overlapping` gave for all children together, since a
    teacher can be in two homes at once only on paper.
    """
    counted_on: Counter[date] = Counter()
    remote_in: Counter[Span | None] = Counter()
    judged = []
    for session in sorted(sessions, key=lambda some: some.order):
        rule = book.on(session.day)
        verdict = _before_caps(session, rule, agreed, suspended, clashing)
        if verdict is Verdict.COUNTED and rule is not None:
            term = calendar.term_of(session.day)
            term_key = term.span if term else None
            if counted_on[session.day] >= rule.max_per_day:
                verdict = Verdict.OVER_DAILY_CAP
            elif session.mode is Mode.REMOTE and rule.remote_cap is not None and remote_in[term_key] >= rule.remote_cap:
                verdict = Verdict.OVER_REMOTE_CAP
            else:
                counted_on[session.day] += 1
                remote_in[term_key] += session.mode is Mode.REMOTE
        judged.append(Judgement(session, verdict, rule))
    return judged


def _before_caps(
    session: Session, rule: DeliveryRule | None, agreed: Sequence[Span], suspended: Sequence[Span], clashing: set[str]
) -> Verdict:
    """The first reason that applies, the two caps left aside."""
    day = session.day
    if session.void:
        return Verdict.VOID
    if rule is None:
        return Verdict.NO_RULE
    if not in_any(day, agreed):
        return Verdict.OUTSIDE_AGREEMENT
    if in_any(day, suspended):
        return Verdict.SUSPENDED
    if session.confirmation is Confirmation.DISPUTED:
        return Verdict.DISPUTED
    if session.number in clashing:
        return Verdict.OVERLAP
    for verdict, applies in _BY_RULE:
        if applies(session, rule):
            return verdict
    return Verdict.COUNTED


_BY_RULE: tuple[tuple[Verdict, Callable[[Session, DeliveryRule], bool]], ...] = (
    (Verdict.MODE_NOT_COUNTED, lambda session, rule: session.mode not in rule.modes),
    (Verdict.TOO_FEW_TEACHERS, lambda session, rule: len(session.teachers) < rule.min_teachers),
    (Verdict.TOO_SHORT, lambda session, rule: session.minutes < rule.min_minutes),
    (
        Verdict.UNCONFIRMED,
        lambda session, rule: rule.confirmation_required and session.confirmation is not Confirmation.CONFIRMED,
    ),
)
