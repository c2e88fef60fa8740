"""How is a delivery rule said: whom it is for, what it asks, what it counts?"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.schedule.rules import DeliveryRule, Mode, PartialPeriod, RuleScope
from hometeach.web.words.amounts import enumerated, quota_words
from hometeach.web.words.verdicts import mode_words

PARTIAL_WORDS = {
    PartialPeriod.PRORATE: _l("in proportion to the teaching days on which the child was enrolled"),
    PartialPeriod.FULL: _l("in full as soon as the child was enrolled on one teaching day"),
    PartialPeriod.WHOLE_ONLY: _l("nothing, unless the child was enrolled on every teaching day"),
}


def scope_words(rule: DeliveryRule, names: dict[str, str]) -> str:
    """Whom a rule is for. ``names`` are those of schools and children by their codes."""
    if rule.scope is RuleScope.BUREAU:
        return _("for every school and child")
    return _("for %(name)s alone", name=names.get(rule.scope_key, rule.scope_key))


def quotas_words(rule: DeliveryRule) -> str:
    """All that a rule asks: 每周 1 次、每学年 216 课时."""
    return enumerated(quota_words(quota) for quota in rule.quotas)


def rule_facts(rule: DeliveryRule) -> list[tuple[str, str]]:
    """What a rule sets beside its quotas, as questions and answers."""
    modes = enumerated(mode_words(mode) for mode in Mode if mode in rule.modes)
    return [
        (_("Shortest session that counts"), _minutes(rule.min_minutes)),
        (_("One class hour is"), _minutes(rule.minutes_per_class_hour)),
        (_("Teachers who must be there"), str(rule.min_teachers)),
        (_("What counts"), modes),
        (_("Remote sessions that count in a term"), _cap(rule)),
        (_("Sessions of one child that count on a day"), str(rule.max_per_day)),
        (_("The family has to confirm a session"), _("yes") if rule.confirmation_required else _("no")),
        (
            _("A make-up counts if it is held"),
            ngettext(
                "at most 7 days before or %(num)s day after the missed date, in the same term",
                "at most 7 days before or %(num)s days after the missed date, in the same term",
                rule.make_up_days,
            ),
        ),
        (_("What is owed in a period that is not whole"), str(PARTIAL_WORDS[rule.partial_period])),
    ]


def _minutes(value: int) -> str:
    return ngettext("%(num)s minute", "%(num)s minutes", value)


def _cap(rule: DeliveryRule) -> str:
    if Mode.REMOTE not in rule.modes:
        return _("none of them")
    return _("as many as are held") if rule.remote_cap is None else str(rule.remote_cap)
