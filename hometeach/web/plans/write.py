"""Write the head of a draft, what the child can do by field of learning, and who helps."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hometeach.cases.plan import actions
from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import PlanAction
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.people.access import Role
from hometeach.web.base import allowed, refusals_on
from hometeach.web.editing import EditedForm, tidy
from hometeach.web.plans import pages
from hometeach.web.plans.asking import asker_for, load_plan
from hometeach.web.plans.telling import domain_names

#: A week has no more minutes than this to teach in.
MOST_MINUTES = 2400
MOST_TEXT = 4000


class HeadForm(EditedForm):
    """What holds for the whole plan; the fields of learning are added for each deployment."""

    domains: dict[str, str]

    term = StringField(
        _l("For which term or year is the plan?"),
        validators=[DataRequired(_l("Write for which term or year it is.")), Length(max=80)],
    )
    first = DateField(_l("From which day on shall it hold?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day shall it hold?"), validators=[InputRequired(_l("Choose the last day."))])
    team = TextAreaField(_l("Who made it together?"), filters=[tidy], validators=[Length(max=MOST_TEXT)])
    meeting_notes = TextAreaField(
        _l("What was said at the meeting?"), filters=[tidy], validators=[Length(max=MOST_TEXT)]
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field holds what it asks for; whoever helps, helps for some minutes."""
        is_valid = super().validate(extra_validators)
        for code in self.domains:
            minutes, provider = self[f"minutes_{code}"], self[f"provider_{code}"]
            if provider.data and not (minutes.data or minutes.errors):
                minutes.errors = [_("Enter for how many minutes a week.")]
                is_valid = False
        return is_valid

    @property
    def draft(self) -> actions.PlanDraft:
        """What was written."""
        return actions.PlanDraft(
            term=self.term.data or "",
            span=Span(self.first.data, self.last.data),
            team=self.team.data or "",
            meeting_notes=self.meeting_notes.data or "",
            baselines={code: self[f"baseline_{code}"].data or "" for code in self.domains},
            services=[
                actions.ServiceDraft(code, minutes, tidy(self[f"provider_{code}"].data))
                for code in self.domains
                if (minutes := self[f"minutes_{code}"].data)
            ],
        )

    def is_filled(self, code: str) -> bool:
        """Whether something stands, or is wrong, in a field of learning."""
        fields = [self[f"{name}_{code}"] for name in ("baseline", "minutes", "provider")]
        return any(field.data or field.errors for field in fields)


@pages.get("/children/<public_id>/plans/<int:version>/write")
@allowed(Role.TEACHER)
def write(public_id: str, version: int) -> str:
    """The form over a draft."""
    plan = load_draft(public_id, version)
    form = head_form()
    form.open_on(texts_of(plan), plan.revision)
    return _asked(plan, form)


@pages.post("/children/<public_id>/plans/<int:version>/write")
@allowed(Role.TEACHER)
def save(public_id: str, version: int) -> Response | tuple[str, int]:
    """Save the draft; where somebody saved meanwhile, show both."""
    plan = load_draft(public_id, version)
    form = head_form()
    form.open_on(texts_of(plan), plan.revision)
    if form.validate():
        with refusals_on(form):
            asker = asker_for(plan.child)
            actions.write_plan(plan, form.draft, seen=form.seen_revision, by=asker, on=clock.today())
            flash(_("The draft is saved."), "done")
            return redirect(url_for(".show", public_id=public_id, version=version))
    form.show_both(texts_of(plan), plan.revision)
    return _asked(plan, form), 422


def load_draft(public_id: str, version: int) -> Plan:
    """A version that the person writes at. One that is no draft any more is only told so before anything is typed.

    Raises: NotFound where it is for others to write; Refused ``plan:wrong_state``.
    """
    plan = load_plan(public_id, version)
    code = actions.why_not(plan, PlanAction.WRITE, asker_for(plan.child), clock.today())
    if code == "plan:not_yours_to_do":
        raise NotFound
    if code and request.method == "GET":
        raise actions.refused(code)
    return plan


def head_form() -> HeadForm:
    """The form with the fields of learning that there are."""
    domains = domain_names()
    fields: dict[str, Any] = {"domains": domains}
    for code, name in domains.items():
        fields[f"baseline_{code}"] = TextAreaField(
            _("%(domain)s: what can the child do now?", domain=name), filters=[tidy], validators=[Length(max=MOST_TEXT)]
        )
        fields[f"minutes_{code}"] = IntegerField(
            _("%(domain)s: minutes a week", domain=name),
            validators=[
                Optional(),
                NumberRange(1, MOST_MINUTES, _("Enter a whole number from 1 to %(most)s.", most=MOST_MINUTES)),
            ],
        )
        fields[f"provider_{code}"] = StringField(_("%(domain)s: who helps?", domain=name), validators=[Length(max=80)])
    made: type[HeadForm] = type("PlanForm", (HeadForm,), fields)
    return made()


def texts_of(plan: Plan) -> dict[str, str]:
    """What is stored, as it would be typed."""
    texts = {
        "term": plan.term,
        "first": plan.span.first.isoformat(),
        "last": plan.span.last.isoformat(),
        "team": plan.team or "",
        "meeting_notes": plan.meeting_notes or "",
    }
    for code in domain_names():
        texts |= {f"baseline_{code}": "", f"minutes_{code}": "", f"provider_{code}": ""}
    texts |= {f"baseline_{one.domain}": one.text for one in plan.baselines}
    for service in plan.services:
        texts[f"minutes_{service.domain}"] = str(service.minutes_per_week)
        texts[f"provider_{service.domain}"] = service.provider
    return texts


def _asked(plan: Plan, form: HeadForm) -> str:
    return render_template("plans/write.html", plan=plan, child=plan.child, form=form)
