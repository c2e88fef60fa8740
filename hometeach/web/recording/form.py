"""What is asked about a visit. The same questions stand where a record is corrected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.cases.plan.models import PlanGoal
from hometeach.people.models import Child, Teacher
from hometeach.schedule.rules import Mode
from hometeach.visits.recording.rules import GoalScore, VisitFacts
from hometeach.web import words
from hometeach.web.forms import Form
from hometeach.web.words.coded import named

#: What is written in words, by the name of the question, with the most characters it takes.
WRITTEN = {
    "place": 80,
    "carer_words": 40,
    "theme": 80,
    "performance": 1000,
    "practice": 500,
    "next_time": 500,
    "incident": 1000,
    "late_reason": 200,
    "overlap_reason": 200,
}
#: Questions whose answers the verdict depends on.
JUDGED = ("arrived", "left", "mode", "second_teacher", "makes_up_for")
#: Anything else in an address is no score.
SCORES = {str(score) for score in range(5)}
SOMEBODY_ELSE, NOBODY = "else", "nobody"


def words_of(name: str, label: Any, *validators: Any, area: bool = True) -> Any:
    """A question that is answered in words."""
    kind = TextAreaField if area else StringField
    return kind(label, validators=[*validators, Length(max=WRITTEN[name])], render_kw={"rows": 3} if area else None)


class TimeOfDay(TimeField):
    """A time in hours and minutes; also as somebody types it whose phone offers no clock: 15：00, 1500."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time, or say how it is written."""
        typed = "".join(valuelist).strip().replace("：", ":")
        typed = f"{typed[:-2]}:{typed[-2:]}" if typed.isdecimal() and len(typed) in (3, 4) else typed
        if not typed:
            return
        try:
            super().process_formdata([typed])
        except ValueError as unread:
            raise ValueError(_("Write the time like this: 15:05.")) from unread


class RecordForm(Form):
    """What happened on this visit?"""

    arrived = TimeOfDay(_l("When did you arrive?"), validators=[InputRequired(_l("Write when you arrived."))])
    left = TimeOfDay(_l("When did you leave?"), validators=[InputRequired(_l("Write when you left."))])
    mode = RadioField(
        _l("How was it held?"),
        default=Mode.HOME.value,
        validators=[InputRequired(_l("Choose how it was held."))],
    )
    place = words_of("place", _l("Where, if not at home?"), area=False)
    second_teacher = SelectField(_l("Which other teacher was there?"), validators=[Optional()])
    carer = RadioField(
        _l("Who of the family was there?"), validators=[InputRequired(_l("Choose who of the family was there."))]
    )
    carer_words = words_of("carer_words", _l("Who was it?"), area=False)
    makes_up_for = SelectField(_l("Does it make up for a missed date?"), validators=[Optional()])
    theme = words_of("theme", _l("What was it about?"), InputRequired(_l("Write what it was about.")), area=False)
    domain = SelectField(_l("Which field of learning?"), validators=[Optional()])
    performance = words_of(
        "performance", _l("What did the child do?"), InputRequired(_l("Write in a sentence or two what the child did."))
    )
    practice = words_of("practice", _l("What does the family practise until next time?"))
    next_time = words_of("next_time", _l("What comes next time?"))
    has_incident = RadioField(
        _l("Did anything happen that should not have happened?"),
        choices=[SelectChoice("", _l("No")), SelectChoice("yes", _l("Yes"))],
        default="",
    )
    incident = words_of("incident", _l("What happened, and who was told?"))
    late_reason = words_of("late_reason", _l("Why is it written down only now?"))
    overlap_reason = words_of("overlap_reason", _l("Why does another record share time with it?"))

    goal_fields: Sequence["GoalFields"] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody else has a name, and an incident is told."""
        is_valid = super().validate(extra_validators)
        for field, needed, message in (
            (self.carer_words, self.carer.data == SOMEBODY_ELSE, _l("Write who it was.")),
            (self.incident, self.has_incident.data == "yes", _l("Write what happened, and who was told.")),
        ):
            if needed and not (field.data or "").strip():
                field.errors = [*field.errors, message]
                is_valid = False
        return is_valid


@dataclass(frozen=True)
class GoalFields:
    """The two questions about one goal, with how it went last time."""

    goal: PlanGoal
    score: Any
    prompt: Any
    last: str = ""


@dataclass(frozen=True)
class Offered:
    """What there is to choose from."""

    goals: Sequence[PlanGoal]
    teachers: Sequence[Teacher]
    child: Child
    domains: Sequence[Any]
    scores: Sequence[Any]
    prompts: Sequence[Any]
    missed: Sequence[date]


def form_over(offered: Offered, typed: MultiDict[str, str] | None, *, last: Mapping[str, str] | None = None) -> Any:
    """The form with what there is to choose from, and with what was typed."""
    kind = type("RecordFormHere", (RecordForm,), dict(_goal_questions(offered)))
    form = kind(formdata=typed)
    form.mode.choices = [SelectChoice(mode.value, words.mode_words(mode)) for mode in Mode]
    form.second_teacher.choices = _choices([(one.code, one.name) for one in offered.teachers], none=_l("nobody else"))
    form.carer.choices = [
        *(SelectChoice(one.public_id, f"{one.name}（{one.relation}）") for one in offered.child.guardians),
        SelectChoice(SOMEBODY_ELSE, _l("Somebody else")),
        SelectChoice(NOBODY, _l("Nobody")),
    ]
    form.domain.choices = _choices([(one.code, named(one)) for one in offered.domains], none=_l("not said"))
    form.makes_up_for.choices = _choices(
        [(day.isoformat(), words.day_words(day)) for day in offered.missed], none=_l("no, it is a lesson of its own")
    )
    form.goal_fields = [
        GoalFields(goal, form[f"score_{n}"], form[f"prompt_{n}"], (last or {}).get(goal.line, ""))
        for n, goal in enumerate(offered.goals)
    ]
    return form


def facts_in(form: RecordForm, *, keeper: str) -> VisitFacts:
    """What was answered; ``keeper`` is the staff number of the teacher who keeps the record."""
    return VisitFacts(
        arrived=second_of(form.arrived.data),
        left=second_of(form.left.data),
        mode=Mode(form.mode.data),
        teachers=(keeper, *([form.second_teacher.data] if form.second_teacher.data else [])),
        makes_up_for=date.fromisoformat(form.makes_up_for.data) if form.makes_up_for.data else None,
        carer=form.carer.data if form.carer.data not in (SOMEBODY_ELSE, NOBODY, None) else "",
        domain=form.domain.data or "",
        goals=tuple(_scores(form)),
        has_incident=form.has_incident.data == "yes",
        words={name: text for name in WRITTEN if (text := (form[name].data or "").strip())},
    )


def is_judgeable(form: RecordForm) -> bool:
    """Whether what the verdict depends on is there and can be."""
    arrived, left = form.arrived.data, form.left.data
    if not (arrived and left) or left <= arrived:
        return False
    fields = (form.mode, form.makes_up_for, form.second_teacher)
    return all((field.data or "") in {"", *(str(one.value) for one in field.choices)} for field in fields) and bool(
        form.mode.data
    )


def typed_from(facts: VisitFacts, goals: Sequence[PlanGoal]) -> dict[str, str]:
    """The answers that say what a record says."""
    by_goal = {one.goal: one for one in facts.goals}
    found = {
        "arrived": words.clock_words(facts.arrived),
        "left": words.clock_words(facts.left),
        "mode": facts.mode.value,
        "second_teacher": facts.teachers[1] if len(facts.teachers) > 1 else "",
        "makes_up_for": facts.makes_up_for.isoformat() if facts.makes_up_for else "",
        "carer": facts.carer or (SOMEBODY_ELSE if facts.words.get("carer_words") else NOBODY),
        "domain": facts.domain,
        "has_incident": "yes" if facts.has_incident else "",
        **facts.words,
    }
    for n, goal in enumerate(goals):
        if one := by_goal.get(goal.public_id):
            found[f"score_{n}"] = "" if one.score is None else str(one.score)
            found[f"prompt_{n}"] = one.prompt
    return found


def second_of(at: time) -> int:
    """Seconds after midnight of a time in whole minutes."""
    return at.hour * 3600 + at.minute * 60


def _scores(form: RecordForm) -> Iterable[GoalScore]:
    for one in form.goal_fields:
        score = one.score.data if one.score.data in SCORES else ""
        if score or one.prompt.data:
            yield GoalScore(one.goal.public_id, int(score) if score else None, one.prompt.data or "")


def _goal_questions(offered: Offered) -> Iterable[tuple[str, Any]]:
    scores = [("", _l("not worked on")), *((str(one.score), f"{one.score} {named(one)}") for one in offered.scores)]
    prompts = [("", _l("not said")), *((one.code, named(one)) for one in offered.prompts)]
    for n, goal in enumerate(offered.goals):
        yield f"score_{n}", SelectField(goal.text, choices=_pairs(scores), validators=[Optional()])
        yield f"prompt_{n}", SelectField(_l("With how much help?"), choices=_pairs(prompts), validators=[Optional()])


def _choices(pairs: Iterable[tuple[str, str]], *, none: Any) -> list[SelectChoice]:
    return _pairs([("", none), *pairs])


def _pairs(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, said) for value, said in pairs]
