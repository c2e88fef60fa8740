"""What does the bureau tell families about their data? In versions, each kept as it was shown."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.consents.actions import publish_notice
from hometeach.people.consents.default import proposed
from hometeach.people.consents.models import PrivacyNotice, notice_on
from hometeach.people.consents.models import notices as every_notice
from hometeach.people.consents.rules import Purpose
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.consents import notices
from hometeach.web.forms import Form
from hometeach.web.words.consents import PURPOSES

LONGEST = 6_000
#: How far ahead a version may begin.
AHEAD = timedelta(days=366)
NEEDED = DataRequired(_l("Write what families are to read."))


class NoticeForm(Form):
    """What are families told? A yes falls where what is said of its purpose changes."""

    text = TextAreaField(
        _l("Who handles which data, what for, how long, and which rights families have"), [NEEDED, Length(max=LONGEST)]
    )
    child_rules = TextAreaField(_l("Rules for the data of children under fourteen"), [NEEDED, Length(max=LONGEST)])
    photos = TextAreaField(PURPOSES[Purpose.PHOTOS], [NEEDED, Length(max=1_000)])
    visit_location = TextAreaField(PURPOSES[Purpose.VISIT_LOCATION], [NEEDED, Length(max=1_000)])
    publicity = TextAreaField(PURPOSES[Purpose.PUBLICITY], [NEEDED, Length(max=1_000)])
    charities = TextAreaField(PURPOSES[Purpose.CHARITIES], [NEEDED, Length(max=1_000)])
    voice = TextAreaField(PURPOSES[Purpose.VOICE], [NEEDED, Length(max=1_000)])
    research = TextAreaField(PURPOSES[Purpose.RESEARCH], [NEEDED, Length(max=1_000)])
    effective_from = DateField(_l("From which day does it hold?"), [DataRequired(_l("Write the day."))])
    source = StringField(
        _l("On which decision or document does it rest?"), [DataRequired(_l("Name the document.")), Length(max=200)]
    )

    def validate_effective_from(self, field: DateField) -> None:
        """What is published stays, and no other version begins before it: a slip in the year would bar them all."""
        if field.data > clock.today() + AHEAD:
            raise ValidationError(_("This is more than a year ahead. Check the year: no version can begin before it."))


@notices.get("/")
@allowed(*FILE_READERS)
def index() -> str:
    """Every version, the one in force first."""
    return render_template(
        "notices/index.html",
        versions=every_notice(),
        current=notice_on(clock.today()),
        may_publish=Role.BUREAU_OFFICER in person().roles,
    )


@notices.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One version as families read it."""
    notice = db.session.query(PrivacyNotice).filter_by(public_id=public_id).one_or_none()
    if notice is None:
        raise NotFound
    return render_template("notices/show.html", notice=notice, PURPOSES=PURPOSES)


@notices.get("/new")
@allowed(Role.BUREAU_OFFICER)
def ask() -> str:
    """The next version, beginning with the words of the last, or with those we propose."""
    versions = every_notice()
    if versions:
        last = versions[0]
        words = {"text": last.text, "child_rules": last.child_rules} | {
            one.purpose.value: one.text for one in last.purposes
        }
    else:
        words = proposed()
    return _page(NoticeForm(formdata=None, data=words | {"effective_from": clock.today()}))


@notices.post("/new")
@allowed(Role.BUREAU_OFFICER)
def publish() -> Response | tuple[str, int]:
    """Publish it."""
    form = NoticeForm()
    if form.validate():
        with refusals_on(form):
            notice = publish_notice(
                form.text.data or "",
                form.child_rules.data or "",
                {one: form[one.value].data or "" for one in Purpose},
                effective_from=form.effective_from.data or clock.today(),
                source=form.source.data or "",
                by=person().actor,
            )
            flash(_("Version %(n)s is published.", n=notice.version), "done")
            return redirect(url_for(".show", public_id=notice.public_id))
    return _page(form), 422


def _page(form: NoticeForm) -> str:
    return render_template("notices/form.html", form=form, LONGEST=LONGEST)
