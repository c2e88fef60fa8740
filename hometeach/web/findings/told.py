"""How is a finding said: what it is, its figures, on what it rests, and what clears it?"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.cases.file.dictionary import form_of
from hometeach.cases.file.rules import ItemState
from hometeach.compliance.findings.rules import Finding, Kind, Owner, Standing
from hometeach.kernel.clock import Span
from hometeach.schedule.models import the_calendar
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.web import words
from hometeach.web.look import sentence_gap
from hometeach.web.standings.names import PeriodNames
from hometeach.web.words import files


class Said(NamedTuple):
    """What is said of every finding of a kind."""

    name: Any
    sentence: Callable[[Mapping[str, Any]], str]
    clears: Any
    source: Any


def _unaccounted(facts: Mapping[str, Any]) -> str:
    metric = Metric(facts["metric"])
    period = Span(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))
    return _(
        "%(period)s: %(required)s owed − %(given)s given − %(excused)s excused; nobody accounts for %(nothing)s.",
        period=PeriodNames(the_calendar().terms)(PeriodKind(facts["kind"]), period),
        required=words.amount_words(facts["required"], metric),
        given=facts["given"],
        excused=facts["excused"],
        nothing=facts["nothing"],
    )


def _short(facts: Mapping[str, Any]) -> str:
    return _(
        "%(when)s: %(minutes)s minutes; the rule asks for %(least)s. %(least)s − %(minutes)s = %(less)s too few.",
        when=_when(facts),
        **_of(facts, "minutes", "least", "less"),
    )


def _outside(facts: Mapping[str, Any]) -> str:
    return _("%(when)s: no agreement was in force that day, so that the session does not count.", when=_when(facts))


def _unconfirmed(facts: Mapping[str, Any]) -> str:
    return _(
        "%(when)s: nobody of the family has confirmed it within %(days)s days.", when=_when(facts), days=facts["days"]
    )


def _late(facts: Mapping[str, Any]) -> str:
    return _(
        "%(when)s: written down on %(day)s, %(days)s days after.",
        when=_when(facts),
        day=_day(facts["recorded"]),
        days=facts["days"],
    )


def _overlap(facts: Mapping[str, Any]) -> str:
    return _(
        "%(when)s and %(other)s: two records of the child share %(minutes)s minutes.",
        when=_when(facts),
        other=_other_hours(facts),
        minutes=facts["minutes"],
    )


def _two_places(facts: Mapping[str, Any]) -> str:
    return _(
        "%(when)s and %(other)s: the records of two children put one teacher in two homes for %(minutes)s minutes.",
        when=_when(facts),
        other=_other_hours(facts),
        minutes=facts["minutes"],
    )


def _same_times(facts: Mapping[str, Any]) -> str:
    if facts["rows"] > 1:
        return _(
            "%(sessions)s sessions in %(rows)s unbroken rows, all %(hours)s to the minute; "
            "from %(least)s in a row on it is looked at.",
            hours=words.hours_words(facts["start"] * 60, facts["end"] * 60),
            **_of(facts, "sessions", "rows", "least"),
        )
    return _(
        "%(sessions)s sessions one after another, all %(hours)s to the minute; from %(least)s on it is looked at.",
        hours=words.hours_words(facts["start"] * 60, facts["end"] * 60),
        **_of(facts, "sessions", "least"),
    )


def _copied(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "%(records)s records tell of %(num)s child in the very same words.",
        "%(records)s records tell of %(num)s children in the very same words.",
        facts["children"],
        records=facts["records"],
    )


def _item(facts: Mapping[str, Any]) -> str:
    form = form_of(facts["form"])
    name = f"{facts['form']} {files.form_name(form)}" if form else facts["form"]
    if facts["state"] == ItemState.EXPIRED:
        return _("%(form)s ran out on %(day)s.", form=name, day=_day(facts["since"]))
    return _("%(form)s is missing from the file.", form=name)


def _plan(facts: Mapping[str, Any]) -> str:
    return _("The last approved plan has ended: without one since %(day)s.", day=_day(facts["since"]))


def _review(facts: Mapping[str, Any]) -> str:
    return _("The review of the term is due since %(day)s.", day=_day(facts["since"]))


def _record_check(facts: Mapping[str, Any]) -> str:
    if not facts["checked"]:
        return _("No check of the record is on file; it is asked for every %(days)s days.", days=facts["days"])
    return _(
        "Last checked on %(day)s; a check holds for %(days)s days.", day=_day(facts["checked"]), days=facts["days"]
    )


def _not_taught(facts: Mapping[str, Any]) -> str:
    since = _("Last counted session on %(day)s", day=_day(facts["last"])) if facts["last"] else _("No counted session")
    return _(
        "%(since)s: %(weeks)s school weeks are over since; from %(least)s on it is looked at.",
        since=since,
        **_of(facts, "weeks", "least"),
    )


RULE_OF_THE_DAY = _l("the delivery rule in force that day")
SPOT_CHECK = _l("the bureau's spot checks, form F20")
KINDS: Mapping[Kind, Said] = {
    Kind.TWO_PLACES: Said(
        _l("Teacher in two places"),
        _two_places,
        _l("One of the records is corrected or withdrawn."),
        RULE_OF_THE_DAY,
    ),
    Kind.OVERLAP: Said(
        _l("Sessions that overlap"),
        _overlap,
        _l("One of the records is corrected or withdrawn."),
        RULE_OF_THE_DAY,
    ),
    Kind.OUTSIDE_AGREEMENT: Said(
        _l("Session outside an agreement"),
        _outside,
        _l("An agreement that covers the day is entered, or the day of the record is corrected."),
        RULE_OF_THE_DAY,
    ),
    Kind.NOT_TAUGHT: Said(
        _l("On the list, not taught"),
        _not_taught,
        _l("A session that counts is recorded, or the case is suspended or closed with its reason."),
        _l("dropout control: on the roll, yet not taught"),
    ),
    Kind.UNACCOUNTED: Said(
        _l("Nobody accounts for it"),
        _unaccounted,
        _l("What was taught is recorded, the absence is approved, or the lesson is made up in time."),
        RULE_OF_THE_DAY,
    ),
    Kind.SAME_TIMES: Said(
        _l("The same times every time"),
        _same_times,
        _l("Records whose times were not those really kept are corrected; else it is explained."),
        SPOT_CHECK,
    ),
    Kind.COPIED_TEXT: Said(
        _l("The same words again"),
        _copied,
        _l("The records tell of each session in words of its own; else it is explained."),
        SPOT_CHECK,
    ),
    Kind.SHORT: Said(
        _l("Session too short"),
        _short,
        _l("A wrong time is corrected; a session that really was that short is explained."),
        RULE_OF_THE_DAY,
    ),
    Kind.UNCONFIRMED: Said(
        _l("Not confirmed by the family"),
        _unconfirmed,
        _l("The family confirms the session, by its link or when the school rings up."),
        SPOT_CHECK,
    ),
    Kind.LATE_ENTRY: Said(
        _l("Written down late"), _late, _l("The school checks the record in the weekly check."), SPOT_CHECK
    ),
    Kind.MISSING_ITEM: Said(
        _l("Missing from the file"),
        _item,
        _l("The form is entered into the file, or a record of this application proves it."),
        _l("one child, one file: the list of forms F01 to F21"),
    ),
    Kind.PLAN_OVERDUE: Said(
        _l("Plan has ended"), _plan, _l("A new version of the plan is approved."), _l("one child, one plan: form F08")
    ),
    Kind.REVIEW_OVERDUE: Said(
        _l("Term review overdue"), _review, _l("The review is written and signed."), _l("one child, one plan")
    ),
    Kind.RECORD_CHECK: Said(
        _l("Record check overdue"),
        _record_check,
        _l("The day of the new check is written on the teacher's entry."),
        _l("Minors Protection Law art. 62"),
    ),
}
STANDINGS = {
    Standing.OPEN: _l("open"),
    Standing.WAITING: _l("explanation waits for a decision"),
    Standing.EXPLAINED: _l("explained"),
}
OWNERS = {Owner.TEACHER: _l("the teacher"), Owner.SCHOOL: _l("the school"), Owner.BUREAU: _l("the bureau")}


def kind_words(kind: Kind) -> str:
    """What kind of finding it is."""
    return str(KINDS[kind].name)


def sentence(finding: Finding, *, new: int = 0) -> str:
    """What was found, with its figures and how they come about; ``new``: since an explanation was accepted."""
    said = KINDS[finding.kind].sentence(finding.facts)
    if not new:
        return said
    since = _(
        "%(n)s of it are new since the explanation that was accepted; %(step)s new ones open it again.",
        n=new,
        step=finding.step,
    )
    return said + sentence_gap() + since


def owner_words(owner: Owner, name: str) -> str:
    """Who must act: by name where there is one."""
    return str(OWNERS[owner]) if owner is Owner.BUREAU or not name else name


def _when(facts: Mapping[str, Any]) -> str:
    return f"{_day(facts['day'])} {words.hours_words(facts['arrived'], facts['left'])}"


def _other_hours(facts: Mapping[str, Any]) -> str:
    return words.hours_words(facts["other_arrived"], facts["other_left"])


def _day(text: str) -> str:
    return words.day_words(date.fromisoformat(text))


def _of(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names}
