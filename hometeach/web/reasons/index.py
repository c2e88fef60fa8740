"""For which reasons may a lesson be missed, what does each do, and since when?"""

from datetime import date

from flask import render_template
from flask_babel import gettext as _

from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.people.access import FILE_READERS, Role
from hometeach.visits.models import ExcuseReason, excuse_reasons, times_used
from hometeach.web import words
from hometeach.web.absences.told import EFFECT_WORDS
from hometeach.web.base import allowed, chosen_locale, person
from hometeach.web.reasons import pages


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """Every reason, with how many absences carry it."""
    today, reasons = clock.today(), excuse_reasons()
    return render_template(
        "reasons/index.html",
        reasons=reasons,
        holding=sum(today in one.span for one in reasons),
        used=times_used(),
        effects=EFFECT_WORDS,
        name_of=name_of,
        days_words=days_words,
        may_write=Role.BUREAU_OFFICER in person().roles,
    )


def name_of(reason: ExcuseReason) -> str:
    """What a reason is called, in the reader's language."""
    return reason.name_zh if chosen_locale().startswith("zh") else reason.name_en


def days_words(first: date | None, last: date | None) -> str:
    """The missed days that a reason excuses."""
    if first is not None:
        return words.span_words(Span.of(first, last))
    return _("until %(day)s", day=words.day_words(last)) if last is not None else _("always")
