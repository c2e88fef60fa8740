"""Why does a session count, or not? The arithmetic behind each verdict, in a sentence."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.schedule.rules import DeliveryRule, Metric, Mode
from hometeach.visits.rules import Judgement, Verdict
from hometeach.web.words.amounts import amount_words, enumerated
from hometeach.web.words.days import day_words

_VERDICTS = {
    Verdict.VOID: _l("withdrawn"),
    Verdict.NO_RULE: _l("no rule in force"),
    Verdict.OUTSIDE_AGREEMENT: _l("no agreement in force"),
    Verdict.SUSPENDED: _l("while suspended"),
    Verdict.DISPUTED: _l("disputed by the guardian"),
    Verdict.OVERLAP: _l("overlaps another record"),
    Verdict.MODE_NOT_COUNTED: _l("way of teaching not counted"),
    Verdict.TOO_FEW_TEACHERS: _l("too few teachers"),
    Verdict.TOO_SHORT: _l("too short"),
    Verdict.UNCONFIRMED: _l("not confirmed yet"),
    Verdict.OVER_DAILY_CAP: _l("over the day's limit"),
    Verdict.OVER_REMOTE_CAP: _l("over the term's remote limit"),
    Verdict.COUNTED: _l("counts"),
}
_MODES = {
    Mode.HOME: _l("at home"),
    Mode.COMMUNITY: _l("in the community"),
    Mode.INSTITUTION: _l("at an institution"),
    Mode.REMOTE: _l("remotely"),
}


def verdict_words(verdict: Verdict) -> str:
    """A verdict in two or three words."""
    return str(_VERDICTS[verdict])


def mode_words(mode: Mode) -> str:
    """Where a session is held: 入户, at home."""
    return str(_MODES[mode])


def verdict_sentence(item: Judgement) -> str:
    """The verdict with its arithmetic: 58 分钟，比 XJ-2026-11 的 60 分钟少 2 分钟，不计入."""
    if item.rule is not None and item.verdict in _BY_RULE:
        return _BY_RULE[item.verdict](item, item.rule)
    return _BY_FACT[item.verdict](item)


def _minutes(value: int) -> str:
    return amount_words(value, Metric.MINUTES)


def _void(_item: Judgement) -> str:
    return _("Withdrawn, so it does not count")


def _no_rule(item: Judgement) -> str:
    return _(
        "No delivery rule was in force on %(day)s, so it does not count", day=day_words(item.session.day, weekday=False)
    )


def _outside_agreement(item: Judgement) -> str:
    return _(
        "No agreement was in force on %(day)s, so it does not count", day=day_words(item.session.day, weekday=False)
    )


def _suspended(item: Judgement) -> str:
    return _("Teaching was suspended on %(day)s, so it does not count", day=day_words(item.session.day, weekday=False))


def _disputed(_item: Judgement) -> str:
    return _("The guardian disputes this record: it does not count until the dispute is settled in its favour")


def _overlap(_item: Judgement) -> str:
    return _("It shares time with another record: neither counts until somebody says which of them is right")


def _mode_not_counted(item: Judgement, rule: DeliveryRule) -> str:
    return _(
        "Held %(mode)s; %(rule)s counts only lessons %(modes)s, so it does not count",
        mode=mode_words(item.session.mode),
        rule=rule.code,
        modes=enumerated(mode_words(mode) for mode in Mode if mode in rule.modes),
    )


def _too_few_teachers(item: Judgement, rule: DeliveryRule) -> str:
    present = len(item.session.teachers)
    return ngettext(
        "%(num)s teacher present, %(rule)s asks for %(wanted)s, so it does not count",
        "%(num)s teachers present, %(rule)s asks for %(wanted)s, so it does not count",
        present,
        rule=rule.code,
        wanted=rule.min_teachers,
    )


def _too_short(item: Judgement, rule: DeliveryRule) -> str:
    taught = item.session.minutes
    return _(
        "%(taught)s, %(missing)s less than the %(wanted)s of %(rule)s, so it does not count",
        taught=_minutes(taught),
        missing=_minutes(rule.min_minutes - taught),
        wanted=_minutes(rule.min_minutes),
        rule=rule.code,
    )


def _unconfirmed(_item: Judgement, rule: DeliveryRule) -> str:
    return _("%(rule)s asks for the guardian's confirmation; until it is there, this does not count", rule=rule.code)


def _over_daily_cap(_item: Judgement, rule: DeliveryRule) -> str:
    return _(
        "%(rule)s counts at most %(most)s a day and an earlier one took the place, so it does not count",
        rule=rule.code,
        most=amount_words(rule.max_per_day, Metric.SESSIONS),
    )


def _over_remote_cap(_item: Judgement, rule: DeliveryRule) -> str:
    return _(
        "%(rule)s counts at most %(most)s held remotely in a term and they are used up, so it does not count",
        rule=rule.code,
        most=amount_words(rule.remote_cap or 0, Metric.SESSIONS),
    )


def _counted(item: Judgement, rule: DeliveryRule) -> str:
    return _(
        "%(taught)s, not less than the %(wanted)s of %(rule)s: counts as %(session)s, %(hours)s",
        taught=_minutes(item.session.minutes),
        wanted=_minutes(rule.min_minutes),
        rule=rule.code,
        session=amount_words(1, Metric.SESSIONS),
        hours=amount_words(item.class_hours, Metric.CLASS_HOURS),
    )


_BY_FACT: dict[Verdict, Callable[[Judgement], str]] = {
    Verdict.VOID: _void,
    Verdict.NO_RULE: _no_rule,
    Verdict.OUTSIDE_AGREEMENT: _outside_agreement,
    Verdict.SUSPENDED: _suspended,
    Verdict.DISPUTED: _disputed,
    Verdict.OVERLAP: _overlap,
}
_BY_RULE: dict[Verdict, Callable[[Judgement, DeliveryRule], str]] = {
    Verdict.MODE_NOT_COUNTED: _mode_not_counted,
    Verdict.TOO_FEW_TEACHERS: _too_few_teachers,
    Verdict.TOO_SHORT: _too_short,
    Verdict.UNCONFIRMED: _unconfirmed,
    Verdict.OVER_DAILY_CAP: _over_daily_cap,
    Verdict.OVER_REMOTE_CAP: _over_remote_cap,
    Verdict.COUNTED: _counted,
}
