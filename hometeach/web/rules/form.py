"""What a bureau writes into a delivery rule, as questions."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hometeach.kernel.clock import Span
from hometeach.schedule.rules import DeliveryRule, Metric, Mode, PartialPeriod, PeriodKind, Quota, RuleScope
from hometeach.web.forms import ChecksField, Form
from hometeach.web.words.amounts import EACH, METRIC_WORDS
from hometeach.web.words.rules import PARTIAL_WORDS
from hometeach.web.words.verdicts import mode_words

#: So many quotas can be written; those left empty ask nothing.
MOST_QUOTAS = 4
SCOPES = {
    RuleScope.BUREAU: _l("every school and child"),
    RuleScope.SCHOOL: _l("one school alone"),
    RuleScope.CHILD: _l("one child alone"),
}


def _choices(words: Any) -> list[SelectChoice]:
    return [SelectChoice(code.value, said) for code, said in words.items()]


def _number(label: Any, least: int, most: int, default: int) -> IntegerField:
    message = _l("Enter a whole number from %(least)s to %(most)s.", least=least, most=most)
    return IntegerField(label, default=default, validators=[NumberRange(least, most, message)])


class QuotaForm(PlainForm):
    """How much is owed in which period?"""

    minimum = IntegerField(_l("At least"), validators=[Optional(), NumberRange(1, 10_000)])
    metric = SelectField(_l("Of what"), choices=_choices(METRIC_WORDS))
    period = SelectField(_l("In which period"), choices=_choices(EACH))


class RuleForm(Form):
    """What does the bureau's document set?"""

    code = StringField(
        _l("Which code will the rule have?"), validators=[DataRequired(_l("Give the rule a code.")), Length(max=40)]
    )
    document_no = StringField(
        _l("Which document sets it?"),
        validators=[DataRequired(_l("Name the document that sets the rule.")), Length(max=80)],
    )
    title = StringField(_l("What is the document's title?"), validators=[Length(max=120)])
    issuer = StringField(_l("Who issued it?"), validators=[Length(max=80)])
    source_text = TextAreaField(_l("What does it say, word by word?"), validators=[Length(max=2000)])
    scope = SelectField(_l("For whom is it?"), choices=_choices(SCOPES))
    scope_key = StringField(_l("For one school or child: which code?"), validators=[Length(max=32)])
    first = DateField(_l("From which day on?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day?"), validators=[Optional()])
    quotas = FieldList(
        FormField(QuotaForm), label=_l("What is owed?"), min_entries=MOST_QUOTAS, max_entries=MOST_QUOTAS
    )
    min_minutes = _number(_l("How many minutes must a session last to count?"), 1, 600, 60)
    minutes_per_class_hour = _number(_l("How many minutes is a class hour?"), 1, 120, 40)
    min_teachers = _number(_l("How many teachers must be there?"), 1, 9, 1)
    modes = ChecksField(_l("Which ways of teaching count?"))
    remote_cap = IntegerField(
        _l("How many remote sessions count in a term?"), validators=[Optional(), NumberRange(0, 500)]
    )
    max_per_day = _number(_l("How many sessions of a child count on one day?"), 1, 9, 1)
    confirmation_required = BooleanField(_l("A session counts only once the family has confirmed it"))
    make_up_days = _number(_l("Within how many days may a missed session be made up?"), 0, 366, 14)
    partial_period = SelectField(
        _l("What is owed in a period in which the child was not enrolled throughout?"), choices=_choices(PARTIAL_WORDS)
    )

    @property
    def rule(self) -> DeliveryRule:
        """What was written into the form."""
        asked = [one for one in self.quotas.data if one["minimum"]]
        scope = RuleScope(self.scope.data)
        return DeliveryRule(
            code=(self.code.data or "").strip(),
            span=Span.of(self.first.data, self.last.data),
            min_minutes=self.min_minutes.data,
            quotas=tuple(Quota(PeriodKind(one["period"]), Metric(one["metric"]), one["minimum"]) for one in asked),
            scope=scope,
            scope_key="" if scope is RuleScope.BUREAU else (self.scope_key.data or "").strip(),
            minutes_per_class_hour=self.minutes_per_class_hour.data,
            min_teachers=self.min_teachers.data,
            modes=frozenset(Mode(code) for code in self.modes.data or ()),
            remote_cap=self.remote_cap.data,
            max_per_day=self.max_per_day.data,
            confirmation_required=self.confirmation_required.data,
            make_up_days=self.make_up_days.data,
            partial_period=PartialPeriod(self.partial_period.data),
            title=(self.title.data or "").strip(),
            document_no=(self.document_no.data or "").strip(),
            issuer=(self.issuer.data or "").strip(),
            source_text=(self.source_text.data or "").strip(),
        )


def new_form(like: DeliveryRule | None = None) -> RuleForm:
    """The form as it was sent, or as it is first shown: empty, or like another rule in all but code and days."""
    form = RuleForm(data=_as_written(like))
    form.modes.choices = [SelectChoice(mode.value, mode_words(mode)) for mode in Mode]
    return form


def _as_written(rule: DeliveryRule | None) -> dict[str, Any]:
    if rule is None:
        counted = [mode.value for mode in Mode if mode is not Mode.REMOTE]
        return {"modes": counted, "quotas": [{"minimum": 1, "metric": "sessions", "period": "week"}]}
    quotas = [{"minimum": one.minimum, "metric": one.metric.value, "period": one.period.value} for one in rule.quotas]
    kept = ("title", "issuer", "scope_key", "min_minutes", "minutes_per_class_hour", "min_teachers", "remote_cap")
    return {
        **{name: getattr(rule, name) for name in (*kept, "max_per_day", "confirmation_required", "make_up_days")},
        "scope": rule.scope.value,
        "partial_period": rule.partial_period.value,
        "modes": [mode.value for mode in rule.modes],
        "quotas": quotas,
    }
